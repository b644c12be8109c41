"""Trees of the rule language become closures over a scope; all logic is Kleene's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from iamlint.engine.expression import Tree
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import Truth, Unknown, all_of, any_of, negation

Scope = Mapping[str, Any]
Evaluate = Callable[[Scope], Any]

MOST_SHOWN = 8


def compiled(tree: Tree) -> Evaluate:
    """A closure that gives the expression's value in a scope."""
    return _FORMS[tree[0]](tree)


def truth(value: Any) -> Truth:
    """What a value says as an answer: absent is False, a list is whether it has items."""
    if isinstance(value, (bool, Unknown)):
        return value
    if isinstance(value, Setting):
        return truth(value.value)
    if isinstance(value, (tuple, str)):
        return bool(value)
    return value is not None and value is not False and value != 0


def condition(tree: Tree) -> Callable[[Scope], Truth]:
    """A closure that gives the expression's answer in a scope."""
    evaluate = compiled(tree)
    if tree[0] in _ANSWERS:
        return evaluate

    def answer(scope: Scope) -> Truth:
        value = evaluate(scope)
        return value if value is True or value is False else truth(value)

    return answer


def certainty(trees: Sequence[Tree]) -> Callable[[Scope], bool]:
    """A closure that tells whether all of some conditions surely hold: what is written of the fields of a thing is
    asked before what has to be worked out, and nothing after the first that does not hold for sure."""
    tests = [condition(tree) for tree in sorted(trees, key=_is_worked_out)]
    if len(tests) == 1:
        test = tests[0]
        return lambda scope: test(scope) is True

    def holds(scope: Scope) -> bool:
        for test in tests:  # noqa: SIM110 - a generator for each question would cost more than the questions
            if test(scope) is not True:
                return False
        return True

    return holds


def conjuncts(tree: Tree) -> list[Tree]:
    """The conditions that an expression joins by `and`."""
    return [part for operand in tree[1] for part in conjuncts(operand)] if tree[0] == "and" else [tree]


def names_in(tree: Tree) -> set[str]:
    """The names that an expression speaks of, those of its own quantifiers among them."""
    if tree[0] == "name":
        return {tree[1]}
    found: set[str] = set()
    for part in tree[1:]:
        for inner in (part, *part) if isinstance(part, list) else ():
            if isinstance(inner, list) and inner and isinstance(inner[0], str):
                found |= names_in(inner)
    return found


def _is_worked_out(tree: Tree) -> bool:
    """Whether a condition is more than a comparison of a name's attribute with a literal."""
    return not (tree[0] == "compare" and tree[2][0] == "attr" and tree[2][1][0] == "name")


def _name(tree: Tree) -> Evaluate:
    name = tree[1]
    return lambda scope: scope[name]


def _attribute(tree: Tree) -> Evaluate:
    name = tree[2]
    if tree[1][0] == "name":
        variable = tree[1][1]

        def of_name(scope: Scope) -> Any:
            value = scope[variable]
            return value if value is None or isinstance(value, Unknown) else getattr(value, name)

        return of_name
    of = compiled(tree[1])

    def evaluate(scope: Scope) -> Any:
        value = of(scope)
        return value if value is None or isinstance(value, Unknown) else getattr(value, name)

    return evaluate


def _call(tree: Tree) -> Evaluate:
    of, name, arguments = compiled(tree[1]), tree[2], [compiled(argument) for argument in tree[3]]

    def evaluate(scope: Scope) -> Any:
        value = of(scope)
        if value is None or isinstance(value, Unknown):
            return value
        return getattr(value, name)(*[argument(scope) for argument in arguments])

    return evaluate


def _constant(tree: Tree) -> Evaluate:
    value = tuple(tree[1]) if tree[0] == "list" else tree[1]
    return lambda scope: value


def _not(tree: Tree) -> Evaluate:
    operand = condition(tree[1])
    return lambda scope: negation(operand(scope))


def _and(tree: Tree) -> Evaluate:
    return _joined(tree, False)


def _or(tree: Tree) -> Evaluate:
    return _joined(tree, True)


def _joined(tree: Tree, decisive: bool) -> Evaluate:
    """What all_of (`decisive` is False) or any_of (True) says, without a generator for each question."""
    operands = [condition(operand) for operand in tree[1]]

    def evaluate(scope: Scope) -> Truth:
        doubt: Unknown | None = None
        for operand in operands:
            answer = operand(scope)
            if isinstance(answer, Unknown):
                doubt = answer if doubt is None else doubt
            elif answer is decisive:
                return decisive
        return (not decisive) if doubt is None else doubt

    return evaluate


def _quantified(tree: Tree) -> Evaluate:
    variable, items, test = tree[1], compiled(tree[2]), condition(tree[3])
    together = any_of if tree[0] == "any" else all_of

    def evaluate(scope: Scope) -> Truth:
        listed = items(scope)
        if isinstance(listed, Unknown):
            return listed
        inner = dict(scope)

        def answers() -> Iterable[Truth]:
            for item in listed or ():
                inner[variable] = item
                yield test(inner)

        return together(answers())

    return evaluate


def _compare(tree: Tree) -> Evaluate:
    operator, left, right = tree[1], compiled(tree[2]), compiled(tree[3])
    relation = _RELATIONS[operator]
    if operator == "==" and tree[3][0] == "literal" and isinstance(tree[3][1], str):
        text = tree[3][1]

        def is_text(scope: Scope) -> Truth:
            value = left(scope)
            return value == text if type(value) is str else _equal(value, text)

        return is_text
    return lambda scope: relation(left(scope), right(scope))


def _equal(left: Any, right: Any) -> Truth:
    if isinstance(left, Setting):
        left = left.value
    if isinstance(right, Setting):
        right = right.value
    for side in (left, right):
        if isinstance(side, Unknown):
            return side
    if isinstance(left, Text) and isinstance(right, str):
        return left.equals(right)
    if isinstance(right, Text) and isinstance(left, str):
        return right.equals(left)
    # `true` and `1` are different things in a template, though Python's are equal.
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _contained(left: Any, right: Any) -> Truth:
    if isinstance(right, Unknown):
        return right
    if isinstance(right, str) and isinstance(left, str):
        return left in right
    return any_of(_equal(left, item) for item in right or ())


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Truth]:
    def relation(left: Any, right: Any) -> Truth:
        left = left.value if isinstance(left, Setting) else left
        right = right.value if isinstance(right, Setting) else right
        for side in (left, right):
            if isinstance(side, Unknown):
                return side
            if not isinstance(side, (int, float)) or isinstance(side, bool):
                return False
        return test(left, right)

    return relation


_RELATIONS: dict[str, Callable[[Any, Any], Truth]] = {
    "==": _equal,
    "!=": lambda left, right: negation(_equal(left, right)),
    "in": _contained,
    "not in": lambda left, right: negation(_contained(left, right)),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
}

_FORMS: dict[str, Callable[[Tree], Evaluate]] = {
    "name": _name,
    "attr": _attribute,
    "call": _call,
    "literal": _constant,
    "list": _constant,
    "not": _not,
    "and": _and,
    "or": _or,
    "any": _quantified,
    "all": _quantified,
    "compare": _compare,
}

# The forms that give an answer, not a value.
_ANSWERS = frozenset({"not", "and", "or", "any", "all", "compare"})


def message(pieces: list[str | Tree]) -> Callable[[Scope], str]:
    """A closure that renders a message in a scope."""
    parts: list[str | Evaluate] = [piece if isinstance(piece, str) else compiled(piece) for piece in pieces]
    return lambda scope: "".join(part if isinstance(part, str) else shown(part(scope)) for part in parts)


def shown(value: Any) -> str:
    """A value as a message prints it; of a long list the first few and how many more."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        told = list(dict.fromkeys(map(shown, value)))  # what is listed twice is one
        listed = told[:MOST_SHOWN]
        more = len(told) - len(listed)
        return ", ".join(listed) + (f" and {more} more" if more else "")
    return str(value)

"""Trees of the rule language become closures over a scope; all logic is Kleene's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    return lambda scope: truth(evaluate(scope))


def _name(tree: Tree) -> Evaluate:
    name = tree[1]
    return lambda scope: scope[name]


def _attribute(tree: Tree) -> Evaluate:
    of, name = compiled(tree[1]), tree[2]

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
    operands = [condition(operand) for operand in tree[1]]
    return lambda scope: all_of(operand(scope) for operand in operands)


def _or(tree: Tree) -> Evaluate:
    operands = [condition(operand) for operand in tree[1]]
    return lambda scope: any_of(operand(scope) for operand in operands)


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
        listed = [shown(item) for item in value[:MOST_SHOWN]]
        more = len(value) - len(listed)
        return ", ".join(listed) + (f" and {more} more" if more else "")
    return str(value)

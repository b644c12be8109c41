"""Evaluates expressions: literals, templates, operators, conditionals, `for`, steps and calls, within a scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from iamlint.model.text import Part, Text
from iamlint.model.unknown import Guard, Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value, measure
from iamlint.parsers.terraform import functions, operators
from iamlint.parsers.terraform.access import attribute, indexed, iterated, on_one_line, rest_of, several, single
from iamlint.parsers.terraform.literals import (
    Failed,
    Spread,
    failed,
    has_failed,
    hole,
    is_null,
    joined,
    spelled,
    string_parts,
    unknown,
)
from iamlint.parsers.values import alternatives, reworked
from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Expression, Step
from iamlint.source.span import Place, Spelling

if TYPE_CHECKING:
    from iamlint.parsers.terraform.instances import Module

DEEPEST = 64  # nested expressions, and nested values
LARGEST = 200_000  # values in a value
_COMPOSED = frozenset({ListValue, MapValue, Choice})


class Scope:
    """What names mean where an expression stands: a module instance, and the names bound around the expression
    (`each`, `count`, `self`, the variables of `for`, the iterators of dynamic blocks)."""

    __slots__ = ("in_template", "module", "names")

    def __init__(self, module: Module, names: Mapping[str, Value], in_template: bool = False) -> None:
        self.module = module
        self.names = names
        self.in_template = in_template

    def binding(self, names: Mapping[str, Value]) -> Scope:
        """The same scope with more names."""
        return Scope(self.module, {**self.names, **names}, self.in_template)


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of an expression. Never raises: what cannot be evaluated is an UnknownValue that says why."""
    run = scope.module.run
    if run.depth >= DEEPEST:
        return unknown("nested too deeply", expression)
    run.steps += 1
    if run.steps > run.most_steps:
        return unknown("too much to evaluate", expression)
    run.depth += 1
    try:
        value = _KINDS[type(expression)](expression, scope)
        if type(value) in _COMPOSED and (measure(value)[0] > LARGEST or measure(value)[1] > DEEPEST):
            return unknown("a value too large", expression)
        return value
    except RecursionError:
        return unknown("nested too deeply", expression)
    finally:
        run.depth -= 1


def _literal(expression: syntax.Literal, scope: Scope) -> Value:
    return Scalar(expression.value, expression)


def _broken(expression: syntax.Broken, scope: Scope) -> Value:
    return unknown("an expression that could not be read", expression)


def _pending(expression: syntax.Pending, scope: Scope) -> Value:
    """What a plan will know after apply. Where the configuration's reference leads to something wholly known, more
    than that reference is written, as the plan would else know the value too."""
    value = evaluate(expression.likely, scope) if expression.likely is not None else None
    if value is not None and not has_failed(value):
        if expression.is_document:
            is_likely = isinstance(value, MapValue) and value.get("Statement") is not None
        else:
            is_likely = not isinstance(value, Scalar) and not (isinstance(value, Text) and value.is_known)
        if is_likely:
            return value
    return unknown("known after apply", expression, expression.shown)


def _withheld(expression: syntax.Withheld, scope: Scope) -> Value:
    from iamlint.parsers.terraform.sensitive import withheld

    return withheld(evaluate(expression.value, scope))


def _template(expression: syntax.Template, scope: Scope) -> Value:
    parts = expression.parts
    if not parts:
        return Text(parts=("",), place=expression)
    first = parts[0]
    if len(parts) == 1:
        if isinstance(first, syntax.Piece):
            return Text(parts=(first.text,), spellings=(first,), place=expression)
        if isinstance(first, syntax.Interpolation):
            return evaluate(first.value, scope)
    values = list(_template_values(expression, scope))
    choices = tuple(value for value, _ in values if isinstance(value, Choice))
    if choices and len(choices) <= 5:

        def make(chosen: list[Value]) -> Value:
            rest = iter(chosen)
            chosen_values: list[Written] = [(next(rest), at) if isinstance(v, Choice) else (v, at) for v, at in values]
            return _concatenated(chosen_values, expression, scope)

        return operators.distributed(choices, make, expression)
    return _concatenated(values, expression, scope)


Written = tuple["syntax.Piece | Value", Place | None]
"""A piece of a template, or a value in it with the place of its interpolation."""


def _concatenated(values: list[Written], place: Place, scope: Scope) -> Value:
    parts: list[Part] = []
    where: list[Spelling | None] = []
    for value, at in values:
        if isinstance(value, syntax.Piece):
            parts.append(value.text)
            where.append(value)
            continue
        more = string_parts(value)
        if more is None:
            more = ([Failed("null in a string", on_one_line(at) if at is not None else "")], [None])
        for part, spelling in zip(*more, strict=True):
            parts.append(part)
            local = spelling is not None and spelling.source is place.source
            where.append(spelling if local or at is None or isinstance(part, Unknown) else Spread(at, len(part)))
    made = joined(parts, where, place)
    scope.module.run.steps += functions.cost(made)
    return made


def _template_values(template: syntax.Template, scope: Scope) -> Iterator[Written]:
    """The pieces and values that make up a template, its directives carried out."""
    for part in template.parts:
        if isinstance(part, syntax.Piece):
            yield part, None
        elif isinstance(part, syntax.Interpolation):
            yield evaluate(part.value, scope), part
        elif isinstance(part, syntax.IfDirective):
            yield from _if_directive(part, scope)
        else:
            yield from _for_directive(part, scope)


def _if_directive(part: syntax.IfDirective, scope: Scope) -> Iterator[Written]:
    condition = evaluate(part.condition, scope)
    answer = operators.truth(condition)
    empty: Value = Text(parts=("",), place=part)
    if answer is operators.NOT_A_CONDITION:
        yield failed(operators.NOT_A_CONDITION.reason, part), part
        return
    if isinstance(answer, Unknown):
        yes = _template(part.yes, scope)
        no = _template(part.no, scope) if part.no is not None else empty
        yield guarded(condition, part.condition, yes, no, part, scope), part
    elif answer:
        yield from _template_values(part.yes, scope)
    elif part.no is not None:
        yield from _template_values(part.no, scope)


def _for_directive(part: syntax.ForDirective, scope: Scope) -> Iterator[Written]:
    collection = evaluate(part.collection, scope)
    if isinstance(collection, Choice):
        yield unknown("a loop over one of several values", part), part
        return
    for key, value in iterated(collection, part.collection):
        yield from _template_values(part.body, scope.binding(_bound(part.key, part.value, key, value)))


def _bound(key_name: str, value_name: str, key: Value, value: Value) -> dict[str, Value]:
    return {key_name: key, value_name: value} if key_name else {value_name: value}


def _for(expression: syntax.For, scope: Scope) -> Value:
    collection = evaluate(expression.collection, scope)
    if isinstance(collection, Choice):
        return operators.distributed((collection,), lambda c: _for_over(expression, c[0], scope), expression)
    return _for_over(expression, collection, scope)


def _for_over(expression: syntax.For, collection: Value, scope: Scope) -> Value:
    if is_null(collection) or isinstance(collection, Text | Scalar):
        return failed("no collection in a for expression", expression)
    entries: list[tuple[Value | None, Value]] = []
    for key, value in iterated(collection, expression.collection):
        inner = scope.binding(_bound(expression.key, expression.value, key, value))
        guard = Guard()
        if expression.condition is not None:
            answer = operators.truth(evaluate(expression.condition, inner))
            if answer is False:
                continue
            if isinstance(answer, Unknown) and not isinstance(value, UnknownValue):
                guard = Guard(((_shown(expression.condition, scope), True),))
        result = evaluate(expression.result, inner)
        if guard.branches:
            result = reworked(result, result.via, guard.joined(result.when) or guard)
        name = evaluate(expression.result_key, inner) if expression.result_key is not None else None
        entries.append((name, result))
    return _collected(expression, collection, entries)


def _collected(expression: syntax.For, collection: Value, entries: list[tuple[Value | None, Value]]) -> Value:
    if expression.result_key is None:
        unknown_rest = rest_of(collection)
        items = [value for _, value in entries]
        if unknown_rest is not None and items and isinstance(items[-1], UnknownValue):
            items[-1] = hole(several(items[-1].unknown), items[-1].place)
        return ListValue(tuple(items), expression)
    rest = rest_of(collection)
    grouped: dict[str, tuple[Text, list[Value]]] = {}
    for name, value in entries:
        parts = string_parts(name) if name is not None else None
        if parts is None:
            continue
        key = joined(*parts, name.place if name is not None else expression)
        if key.literal is None:
            rest = key.hole if rest is None else rest
        grouped.setdefault(key.shown, (key, []))[1].append(value)
    made: list[tuple[Text, Value]] = []
    for key, values in grouped.values():
        made.append((key, ListValue(tuple(values), expression) if expression.grouped else values[-1]))
    return MapValue(tuple(made), expression, rest)


def _conditional(expression: syntax.Conditional, scope: Scope) -> Value:
    condition = evaluate(expression.condition, scope)
    answer = operators.truth(condition)
    if isinstance(answer, bool):
        taken, other = (expression.yes, expression.no) if answer else (expression.no, expression.yes)
        value = evaluate(taken, scope)
        if isinstance(value, Scalar) and value.value is not None and _is_string(other):
            # Both outcomes have one type, and a string is what a number or a boolean can become.
            return Text(parts=(spelled(value.value),), place=value.place, via=value.via, when=value.when)
        return value
    if answer is operators.NOT_A_CONDITION:
        return failed(answer.reason, expression)
    yes, no = evaluate(expression.yes, scope), evaluate(expression.no, scope)
    return guarded(condition, expression.condition, yes, no, expression, scope)


def _is_string(expression: Expression) -> bool:
    """Whether an expression is plainly a string, known or not."""
    if not isinstance(expression, syntax.Template):
        return False
    return len(expression.parts) != 1 or not isinstance(expression.parts[0], syntax.Interpolation)


def guarded(condition: Value, written: Expression, yes: Value, no: Value, place: Place, scope: Scope) -> Value:
    """Both outcomes of a condition that is not known, each under its guard."""
    if operators.equal(yes, no) is True:
        return yes
    options: list[Value] = []
    if isinstance(condition, Choice):
        for option in alternatives(condition):
            answer = operators.truth(option)
            for branch, value in ((True, yes), (False, no)):
                if isinstance(answer, Unknown) or answer is branch:
                    guard = option.when.joined(Guard(((_shown(written, scope), branch),)))
                    _add_option(options, value, guard if isinstance(answer, Unknown) else option.when)
    else:
        name = _shown(written, scope)
        _add_option(options, yes, Guard(((name, True),)))
        _add_option(options, no, Guard(((name, False),)))
    return Choice(tuple(options), place) if options else unknown("no alternative is possible", place)


def _add_option(options: list[Value], value: Value, guard: Guard | None) -> None:
    if guard is None:
        return
    for option in alternatives(value):
        both = guard.joined(option.when)
        if both is not None and len(options) < 64:
            options.append(reworked(option, option.via, both))


def _shown(expression: Expression, scope: Scope) -> str:
    """A condition as written, on one line, with the module it stands in."""
    written = " ".join(expression.written.split())
    prefix = scope.module.address
    return f"{prefix}: {written}" if prefix else written


def _binary(expression: syntax.Binary, scope: Scope) -> Value:
    left = evaluate(expression.left, scope)
    if expression.operator in ("&&", "||"):
        decisive = expression.operator == "||"
        if operators.truth(left) is decisive:
            return Scalar(decisive, expression)
    return operators.binary(expression.operator, left, evaluate(expression.right, scope), expression)


def _unary(expression: syntax.Unary, scope: Scope) -> Value:
    return operators.unary(expression.operator, evaluate(expression.operand, scope), expression)


def _tuple(expression: syntax.Tuple, scope: Scope) -> Value:
    return ListValue(tuple([evaluate(item, scope) for item in expression.items]), expression)


def _object(expression: syntax.Object, scope: Scope) -> Value:
    entries: list[tuple[Text, Value]] = []
    rest: Unknown | None = None
    for written, item in expression.entries:
        key = evaluate(written, scope)
        value = evaluate(item, scope)
        for option in alternatives(key):
            parts = string_parts(option)
            if parts is None:
                continue
            name = option if isinstance(option, Text) else joined(*parts, written)
            entries.append((name, value))
    return MapValue(tuple(entries), expression, rest)


def _call(expression: syntax.Call, scope: Scope) -> Value:
    return functions.called(expression, scope, evaluate)


def _reference(expression: syntax.Reference, scope: Scope) -> Value:
    bound = scope.names.get(expression.root)
    if bound is not None:
        return stepped(bound, expression.steps, scope, expression)
    return scope.module.reference(expression, scope)


def _access(expression: syntax.Access, scope: Scope) -> Value:
    return stepped(evaluate(expression.target, scope), expression.steps, scope, expression)


def stepped(value: Value, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
    """The value after the steps `.name`, `[key]`, `[*]`."""
    for index, step in enumerate(steps):
        if isinstance(value, Choice):
            rest = steps[index:]
            return operators.distributed((value,), lambda v: stepped(v[0], rest, scope, place), place)  # noqa: B023
        if isinstance(step, syntax.GetAttr):
            value = attribute(value, step.name, place)
        elif isinstance(step, syntax.Index):
            value = indexed(value, evaluate(step.key, scope), place)
        else:
            value = splat(value, step.steps, scope, place)
    return value


def splat(value: Value, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
    """The steps taken on each item of a list; null is no item, anything else one."""
    if isinstance(value, Choice):
        return operators.distributed((value,), lambda v: splat(v[0], steps, scope, place), place)
    if is_null(value):
        return ListValue((), place)
    if isinstance(value, UnknownValue):
        one = stepped(hole(single(value.unknown), value.place), steps, scope, place)
        return ListValue((hole(several(one.unknown), place),) if isinstance(one, UnknownValue) else (one,), place)
    if not isinstance(value, ListValue):
        return ListValue((stepped(value, steps, scope, place),), place)
    items: list[Value] = []
    for item in value.items:
        many = isinstance(item, UnknownValue) and item.unknown.many
        result = stepped(item, steps, scope, place)
        items.append(hole(several(result.unknown), place) if many and isinstance(result, UnknownValue) else result)
    return ListValue(tuple(items), value.place, via=value.via, when=value.when)


_KINDS: dict[type[Any], Callable[[Any, Scope], Value]] = {
    syntax.Literal: _literal,
    syntax.Broken: _broken,
    syntax.Pending: _pending,
    syntax.Withheld: _withheld,
    syntax.Template: _template,
    syntax.For: _for,
    syntax.Conditional: _conditional,
    syntax.Binary: _binary,
    syntax.Unary: _unary,
    syntax.Tuple: _tuple,
    syntax.Object: _object,
    syntax.Call: _call,
    syntax.Reference: _reference,
    syntax.Access: _access,
}

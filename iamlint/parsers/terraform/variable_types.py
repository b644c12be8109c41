"""Converts a value to the type of its variable: what `optional(…)` leaves out is null or its default."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.text import Text
from iamlint.model.value import Choice, ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.terraform import conversion_functions
from iamlint.parsers.terraform.literals import has_failed, is_null, null, text
from iamlint.parsers.values import alternatives, reworked
from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Expression

Evaluate = Callable[[Expression], Value]
DEEPEST = 20

_PRIMITIVES = {
    "string": conversion_functions.tostring,
    "number": conversion_functions.tonumber,
    "bool": conversion_functions.tobool,
}


def converted(value: Value, kind: Expression, evaluate: Evaluate, depth: int = 0) -> Value:
    """The value as Terraform converts it to a variable's type; `evaluate` gives the defaults in it.

    What cannot be converted stays as it is: Terraform refuses it, and a linter looks at it all the same.
    """
    if depth > DEEPEST or isinstance(value, UnknownValue):
        return value
    if isinstance(value, Choice):
        options = tuple(converted(option, kind, evaluate, depth + 1) for option in alternatives(value))
        return Choice(options, value.place, value.via, value.when)
    if isinstance(kind, syntax.Reference):
        return _primitive(value, kind.root)
    if not isinstance(kind, syntax.Call) or not kind.arguments:
        return value
    inner = kind.arguments[0]
    if kind.name == "optional":
        return _optional(value, kind, evaluate, depth)
    if kind.name == "object" and isinstance(inner, syntax.Object) and isinstance(value, MapValue):
        return _object(value, inner, evaluate, depth)
    if kind.name == "map" and isinstance(value, MapValue):
        entries = tuple((key, converted(item, inner, evaluate, depth + 1)) for key, item in value.entries)
        return MapValue(entries, value.place, value.rest, value.via, value.when)
    if kind.name in ("list", "set") and isinstance(value, ListValue):
        items = tuple(converted(item, inner, evaluate, depth + 1) for item in value.items)
        made = ListValue(items, value.place, value.via, value.when)
        return made if kind.name == "list" else _set(made)
    if kind.name == "tuple" and isinstance(value, ListValue) and isinstance(inner, syntax.Tuple):
        pairs = zip(value.items, inner.items, strict=False)
        items = tuple(converted(item, of, evaluate, depth + 1) for item, of in pairs)
        return ListValue(items, value.place, value.via, value.when)
    return value


def _primitive(value: Value, name: str) -> Value:
    """A string, number or boolean of what is one in another spelling."""
    convert = _PRIMITIVES.get(name)
    if convert is None or is_null(value) or (name == "string" and isinstance(value, Text)):
        return value
    made = convert([value], value.place)
    return value if isinstance(made, UnknownValue) or has_failed(made) else reworked(made, value.via, value.when)


def _set(value: ListValue) -> Value:
    made = conversion_functions.toset([value], value.place)
    return reworked(made, value.via, value.when) if isinstance(made, ListValue) else value


def _optional(value: Value, kind: syntax.Call, evaluate: Evaluate, depth: int) -> Value:
    if is_null(value) and len(kind.arguments) > 1:
        value = evaluate(kind.arguments[1])
    return value if is_null(value) else converted(value, kind.arguments[0], evaluate, depth + 1)


def _object(value: MapValue, attributes: syntax.Object, evaluate: Evaluate, depth: int) -> Value:
    """An object with the attributes of its type and no others."""
    given = {key.literal: (key, item) for key, item in value.entries}
    entries: list[tuple[Text, Value]] = []
    for written, kind in attributes.entries:
        name = written.literal if isinstance(written, syntax.Template) else None
        if name is None:
            continue
        key, item = given.get(name) or (text(name, value.place), None)
        if item is None and value.rest is not None:
            continue
        entries.append((key, converted(item if item is not None else null(value.place), kind, evaluate, depth + 1)))
    return MapValue(tuple(entries), value.place, value.rest, value.via, value.when)

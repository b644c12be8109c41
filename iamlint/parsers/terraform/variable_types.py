"""Converts a value to the type of its variable: what `optional(…)` leaves out is null or its default."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.text import Text
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, Value
from iamlint.parsers.terraform.literals import is_null, null, spelled, text
from iamlint.parsers.values import alternatives, reworked
from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Expression

Evaluate = Callable[[Expression], Value]
DEEPEST = 20


def converted(value: Value, kind: Expression, evaluate: Evaluate, depth: int = 0) -> Value:
    """The value as Terraform converts it to a variable's type; `evaluate` gives the defaults in it."""
    if depth > DEEPEST:
        return value
    if isinstance(value, Choice):
        options = tuple(converted(option, kind, evaluate, depth + 1) for option in alternatives(value))
        return Choice(options, value.place, value.via, value.when)
    if isinstance(kind, syntax.Reference) and kind.root == "string":
        return _string(value)
    if not isinstance(kind, syntax.Call) or not kind.arguments:
        return value
    inner = kind.arguments[0]
    if kind.name == "optional":
        return _optional(value, kind, evaluate, depth)
    if kind.name == "object" and isinstance(inner, syntax.Object) and isinstance(value, MapValue):
        return _object(value, inner, evaluate, depth)
    if kind.name == "map" and isinstance(value, MapValue) and _has_objects(inner):
        entries = tuple((key, converted(item, inner, evaluate, depth + 1)) for key, item in value.entries)
        return MapValue(entries, value.place, value.rest, value.via, value.when)
    if kind.name in ("list", "set") and isinstance(value, ListValue) and _has_objects(inner):
        items = tuple(converted(item, inner, evaluate, depth + 1) for item in value.items)
        return ListValue(items, value.place, value.via, value.when)
    if kind.name == "tuple" and isinstance(value, ListValue) and isinstance(inner, syntax.Tuple):
        pairs = zip(value.items, inner.items, strict=False)
        items = tuple(converted(item, of, evaluate, depth + 1) for item, of in pairs)
        return ListValue(items, value.place, value.via, value.when)
    return value


def _has_objects(kind: Expression) -> bool:
    """Whether a type has an object type in it, so that conversion can change a value."""
    return isinstance(kind, syntax.Call)


def _string(value: Value) -> Value:
    if isinstance(value, Scalar) and value.value is not None:
        return Text(parts=(spelled(value.value),), place=value.place, via=value.via, when=value.when)
    return value


def _optional(value: Value, kind: syntax.Call, evaluate: Evaluate, depth: int) -> Value:
    if is_null(value) and len(kind.arguments) > 1:
        value = evaluate(kind.arguments[1])
    return value if is_null(value) else converted(value, kind.arguments[0], evaluate, depth + 1)


def _object(value: MapValue, attributes: syntax.Object, evaluate: Evaluate, depth: int) -> Value:
    entries: list[tuple[Text, Value]] = []
    named = set()
    for written, kind in attributes.entries:
        name = written.literal if isinstance(written, syntax.Template) else None
        if name is None:
            continue
        named.add(name)
        found = value.get(name)
        if found is None and value.rest is not None:
            continue
        item = found if found is not None else null(value.place)
        entries.append((_key(value, name), converted(item, kind, evaluate, depth + 1)))
    entries.extend((key, item) for key, item in value.entries if key.literal not in named)
    return reworked(MapValue(tuple(entries), value.place, value.rest), value.via, value.when)


def _key(value: MapValue, name: str) -> Text:
    found = next((key for key, _ in value.entries if key.literal == name), None)
    return found if found is not None else text(name, value.place)

"""Makes evaluated values, and turns them into strings and plain Python data and back."""

from __future__ import annotations

import json
from typing import Any

from iamlint.model.text import Part, Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.values import reworked
from iamlint.source.span import Place, Related, Spelling

Parts = tuple[list[Part], list[Spelling | None]]


class Spread:
    """The spelling of a string that stands for an interpolation: as a whole it is written where that stands."""

    __slots__ = ("length", "place", "source")

    def __init__(self, place: Place, length: int) -> None:
        self.place = place
        self.source = place.source
        self.length = length

    def offsets(self) -> list[int]:
        """For each character an offset within the interpolation, the last one at its end."""
        start, last = self.place.start, self.place.end - 1
        table = [min(start + index, last) for index in range(self.length)]
        if table:
            table[-1] = last
        return [*table, self.place.end]


def text(content: str, place: Place, via: tuple[Related, ...] = ()) -> Text:
    """A wholly known string that is written at a place."""
    return Text(parts=(content,), place=place, via=via)


def null(place: Place) -> Scalar:
    """Terraform's null."""
    return Scalar(None, place)


def unknown(
    reason: str, place: Place, written: str = "", ref: str = "", attribute: str = "", many: bool = False
) -> UnknownValue:
    """A value of which nothing is known but why."""
    return UnknownValue(Unknown(reason, written, ref, attribute, many), place)


class Failed(Unknown):
    """What Terraform would refuse, such as an attribute that an object does not have: `try` and `can` go on."""

    __slots__ = ()


def failed(reason: str, place: Place, written: str = "") -> UnknownValue:
    """A value that cannot be had."""
    return UnknownValue(Failed(reason, written), place)


def has_failed(value: Value) -> bool:
    """Whether evaluating the value would be an error in Terraform."""
    if isinstance(value, UnknownValue):
        return isinstance(value.unknown, Failed)
    return isinstance(value, Text) and any(isinstance(part, Failed) for part in value.parts)


def hole(unknown_: Unknown, place: Place) -> UnknownValue:
    """A value for an Unknown."""
    return UnknownValue(unknown_, place)


def passed(value: Value, related: Related) -> Value:
    """The value, used through one more place."""
    return reworked(value, (related, *value.via), value.when)


def within(value: Value, outer: Value) -> Value:
    """A part of `outer`, reached the way `outer` is."""
    if not outer.via and not outer.when.branches:
        return value
    guard = outer.when.joined(value.when)
    return reworked(value, (*outer.via, *value.via), guard if guard is not None else value.when)


def is_null(value: Value | None) -> bool:
    """Whether the value is absent or null."""
    return value is None or (isinstance(value, Scalar) and value.value is None)


def spelled(value: bool | int | float) -> str:
    """A number or boolean as Terraform turns it into a string: never with an exponent."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    shortest = repr(value)
    if "e" not in shortest:
        return shortest
    from decimal import Decimal

    return format(Decimal(shortest), "f")


def string_parts(value: Value) -> Parts | None:
    """What a value contributes to a string it is interpolated into; None for null. A list or map can only be what
    `jsonencode` or a policy document made, whose text is JSON."""
    if isinstance(value, Text):
        spellings = value.spellings if len(value.spellings) == len(value.parts) else (None,) * len(value.parts)
        return list(value.parts), list(spellings)
    if isinstance(value, Scalar):
        return None if value.value is None else ([spelled(value.value)], [None])
    if isinstance(value, UnknownValue):
        return [value.unknown], [None]
    if isinstance(value, Choice):
        return [Unknown("one of several values")], [None]
    return json_parts(value)


def json_parts(value: Value) -> Parts:
    """A value as JSON text, unknown parts as holes; strings that need no escapes keep where they are written."""
    parts: list[Part] = []
    spellings: list[Spelling | None] = []
    _write_json(value, parts, spellings, 0)
    return parts, spellings


# What Go's encoder escapes for the sake of HTML and JavaScript.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def json_escaped(content: str) -> str:
    """What stands between the quotes of a string in the JSON that Terraform writes."""
    return json.dumps(content, ensure_ascii=False)[1:-1].translate(_ESCAPES)


def _write_json(value: Value, parts: list[Part], spellings: list[Spelling | None], depth: int) -> None:
    def put(part: Part, spelling: Spelling | None = None) -> None:
        parts.append(part)
        spellings.append(spelling)

    if depth > 80:
        put(Unknown("nested too deeply"))
    elif len(parts) > MOST_PARTS:
        put(Unknown("a string too long"))
    elif isinstance(value, Text):
        put('"')
        inner, where = string_parts(value) or ([], [])
        for part, spelling in zip(inner, where, strict=True):
            if isinstance(part, Unknown):
                put(part)
            else:
                escaped = json_escaped(part)
                put(escaped, spelling if escaped == part else None)
        put('"')
    elif isinstance(value, Scalar):
        put("null" if value.value is None else spelled(value.value))
    elif isinstance(value, UnknownValue):
        put(value.unknown)
    elif isinstance(value, Choice):
        put(Unknown("one of several values"))
    elif isinstance(value, ListValue):
        put("[")
        for index, item in enumerate(value.items):
            if index:
                put(",")
            _write_json(item, parts, spellings, depth + 1)
        put("]")
    else:
        put("{")
        for index, (key, item) in enumerate(sorted(value.entries, key=_key_shown)):
            if index:
                put(",")
            _write_json(key, parts, spellings, depth + 1)
            put(":")
            _write_json(item, parts, spellings, depth + 1)
        put("}")


def _key_shown(entry: tuple[Text, Value]) -> str:
    return entry[0].shown


LONGEST = 1_000_000  # characters of a string
MOST_PARTS = 100_000


def joined(parts: list[Part], spellings: list[Spelling | None], place: Place, via: tuple[Related, ...] = ()) -> Text:
    """A string of parts; neighbouring literals without a known spelling become one. One that is longer than any
    policy, as a string doubled a dozen times is, is not known."""
    if sum([len(part) for part in parts if isinstance(part, str)]) > LONGEST or len(parts) > MOST_PARTS:
        return Text(parts=(Unknown("a string too long"),), place=place, via=via)
    kept: list[Part] = []
    where: list[Spelling | None] = []
    loose: list[str] = []  # neighbouring literals without a known spelling
    for part, spelling in zip(parts, spellings, strict=True):
        if part == "":
            continue
        if spelling is None and isinstance(part, str):
            loose.append(part)
            continue
        if loose:
            kept.append("".join(loose))
            where.append(None)
            loose.clear()
        kept.append(part)
        where.append(spelling)
    if loose or not kept:
        kept.append("".join(loose))
        where.append(None)
    return Text(parts=tuple(kept), spellings=tuple(where), place=place, via=via)


def plain(value: Value) -> Any:
    """The value as plain Python data, or an Unknown when some of it is not known."""
    if isinstance(value, Text):
        return value.shown if value.hole is None else value.hole
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, ListValue):
        items = [plain(item) for item in value.items]
        return next((item for item in items if isinstance(item, Unknown)), items)
    if isinstance(value, MapValue):
        if value.rest is not None:
            return value.rest
        result: dict[str, Any] = {}
        for key, item in value.entries:
            inner = plain(item)
            if key.literal is None or isinstance(inner, Unknown):
                return inner if isinstance(inner, Unknown) else key.hole
            result[key.literal] = inner
        return result
    if isinstance(value, UnknownValue):
        return value.unknown
    return Unknown("one of several values")


def lifted(data: Any, place: Place) -> Value:
    """Plain Python data as a value, all of it at one place."""
    if isinstance(data, str):
        return text(data, place)
    if isinstance(data, list | tuple):
        return ListValue(tuple(lifted(item, place) for item in data), place)
    if isinstance(data, dict):
        return MapValue(tuple((text(str(k), place), lifted(v, place)) for k, v in data.items()), place)
    if isinstance(data, bool | int | float) or data is None:
        return Scalar(data, place)
    return unknown("a value of another kind", place)


def shown_key(key: str | int) -> str:
    """An instance key as Terraform prints it in an address."""
    return f"[{key}]" if isinstance(key, int) else f"[{json.dumps(key, ensure_ascii=False)}]"


def shortened(place: Place) -> str:
    """What stands at a place, on one line and cut short."""
    written = " ".join(place.written.split())
    return written if len(written) <= 60 else written[:59] + "…"


WAITING = UnknownValue.__new__(UnknownValue)
"""Stands for a value that is being evaluated: whoever meets it has gone in a circle."""

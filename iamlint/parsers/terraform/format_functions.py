"""Terraform's `format` and `formatlist`: Go's verbs over evaluated values."""

from __future__ import annotations

import json
import re

from iamlint.model.text import Part, Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import operators
from iamlint.parsers.terraform.lifting import MOST_ITEMS, Function, known_text
from iamlint.parsers.terraform.literals import (
    Parts,
    failed,
    hole,
    is_null,
    joined,
    json_parts,
    spelled,
    string_parts,
    unknown,
)
from iamlint.source.span import Place, Spelling

WIDEST = 1000
# Letters that stand for the holes of a spec while its verbs are read; Unicode keeps them for private use.
_MARKS = 0xF0000

_VERB = re.compile(
    r"%(?P<flags>[-+ #0]*)(?P<width>\d*)(?:(?P<dot>\.)(?P<decimals>\d*))?(?:\[(?P<index>\d+)\])?(?P<verb>.?)",
    re.DOTALL,
)


def format_(arguments: list[Value], place: Place) -> Value:
    """`format(spec, values…)`; what is not known is a hole in the result, in the spec as in the values."""
    spec, unknowns = _spec(arguments[0])
    if isinstance(spec, Unknown):
        return hole(spec, place)
    parts: list[Part] = []
    where: list[Spelling | None] = []
    at, following, highest, indexed = 0, 1, 0, False
    for found in _VERB.finditer(spec):
        parts.append(spec[at : found.start()])
        where.append(None)
        at = found.end()
        if found["verb"] == "%":
            parts.append("%")
            where.append(None)
            continue
        index = int(found["index"][:6]) if found["index"] else following
        indexed = indexed or bool(found["index"])
        following = index + 1
        highest = max(highest, index)
        if not 0 < index < len(arguments):
            raise ValueError("more verbs than values")
        more = _formatted(arguments[index], found)
        parts.extend(more[0])
        where.extend(more[1])
    if highest < len(arguments) - 1 and not indexed:
        raise ValueError("more values than verbs")
    parts.append(spec[at:])
    where.append(None)
    if unknowns:
        parts, where = _unmarked(parts, where, unknowns)
    return joined(parts, where, place)


def _spec(value: Value) -> tuple[str | Unknown, dict[str, Unknown]]:
    """The spec, a letter of its own standing for each hole; an Unknown when it is nothing but one.

    That a hole writes no verbs is taken for granted: it is a name, an ARN, a path.
    """
    if not isinstance(value, Text) or value.hole is None or not any(isinstance(part, str) for part in value.parts):
        return known_text(value), {}
    marks: dict[str, Unknown] = {}
    written = ""
    for part in value.parts:
        if isinstance(part, Unknown):
            mark = chr(_MARKS + len(marks))
            marks[mark] = part
            written += mark
        else:
            written += part
    return written, marks


def _unmarked(parts: list[Part], where: list[Spelling | None], marks: dict[str, Unknown]) -> Parts:
    """The parts with the holes of the spec where its letters stand."""
    made: list[Part] = []
    places: list[Spelling | None] = []
    for part, spelling in zip(parts, where, strict=True):
        if isinstance(part, Unknown) or not any(mark in part for mark in marks):
            made.append(part)
            places.append(spelling)
            continue
        for piece in re.split(f"([{''.join(marks)}])", part):
            if piece:
                made.append(marks.get(piece, piece))
                places.append(None)
    return made, places


def _formatted(value: Value, found: re.Match[str]) -> Parts:
    """What a verb makes of a value."""
    verb, flags = found["verb"], found["flags"]
    width = int(found["width"][:5] or 0)
    decimals = int(found["decimals"][:5] or 0) if found["dot"] else None
    if width > WIDEST or (decimals or 0) > WIDEST:
        return [Unknown("a number too wide")], [None]
    if verb in "sqv":
        return _as_text(value, found, width, decimals)
    if isinstance(value, UnknownValue) or (isinstance(value, Text) and value.hole is not None):
        return [value.unknown if isinstance(value, UnknownValue) else value.hole or Unknown("")], [None]
    if is_null(value):
        raise TypeError("null")
    if verb == "t":
        answer = operators.truth(value)
        if isinstance(answer, Unknown):
            raise TypeError("not a boolean")
        return [_padded(spelled(answer), flags, width)], [None]
    number = operators.number(value)
    if isinstance(number, Unknown):
        raise TypeError("not a number")
    return [_padded(_number(number, verb, flags, width, decimals), flags, width)], [None]


def _as_text(value: Value, found: re.Match[str], width: int, decimals: int | None) -> Parts:
    verb, flags = found["verb"], found["flags"]
    if verb == "v" and (isinstance(value, ListValue | MapValue) or "#" in flags or is_null(value)):
        parts, where = json_parts(value)
    elif verb == "v" and isinstance(value, Scalar) and not isinstance(value.value, bool):
        assert value.value is not None
        return [_padded(_number(value.value, "g", flags, width, decimals), flags, width)], [None]
    else:
        made = string_parts(value)
        if made is None:
            raise TypeError("null")
        parts, where = made
    if verb == "q":
        return _quoted(parts, where)
    if (width or decimals is not None) and all(isinstance(part, str) for part in parts):
        content = "".join(map(str, parts))
        content = content if decimals is None else content[:decimals]
        return [_padded(content, flags, width)], [None]
    return parts, where


def _quoted(parts: list[Part], where: list[Spelling | None]) -> Parts:
    made = [part if isinstance(part, Unknown) else json.dumps(part, ensure_ascii=False)[1:-1] for part in parts]
    same = [spelling if part == inner else None for part, inner, spelling in zip(parts, made, where, strict=True)]
    return ['"', *made, '"'], [None, *same, None]


def _padded(content: str, flags: str, width: int) -> str:
    if "-" in flags:
        return content.ljust(width)
    return content.zfill(width) if "0" in flags else content.rjust(width)


def _number(number: int | float, verb: str, flags: str, width: int, decimals: int | None) -> str:
    sign = "+" if "+" in flags else " " if " " in flags else ""
    if verb in "bdoxX":
        if number != int(number):
            raise ValueError("not a whole number")
        content = format(int(number), sign + ("#" if "#" in flags and verb != "d" else "") + verb)
        return content
    if verb in "eEfFgG":
        if decimals is None and verb in "gG":
            shortest = (sign if number >= 0 else "") + _shortest(number)
            return shortest.upper() if verb == "G" else shortest
        return format(float(number), f"{sign}.{6 if decimals is None else decimals}{verb}")
    raise ValueError("no such verb")


def _shortest(number: int | float) -> str:
    """`%g` without a precision: all digits that there are, with an exponent from a million on and below 0.0001."""
    digits = spelled(abs(number))
    before, _, after = digits.partition(".")
    exponent = len(before) - 1 if before != "0" else -1 - (len(after) - len(after.lstrip("0")))
    sign = "-" if number < 0 else ""
    if not number or -4 <= exponent < max(6, len(digits.strip("0.").replace(".", "")) if after else 6):
        return sign + digits
    kept = (before + after).strip("0")
    mantissa = f"{kept[0]}.{kept[1:]}" if len(kept) > 1 else kept
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def formatlist(arguments: list[Value], place: Place) -> Value:
    """`formatlist(spec, lists…)`: one string per item, an unknown rest keeping its pattern."""
    lists = [a for a in arguments[1:] if isinstance(a, ListValue)]
    unknown_list = next((a for a in arguments[1:] if isinstance(a, UnknownValue)), None)
    if not lists:
        return ListValue((format_(arguments, place),), place)
    length = max(len(a.items) for a in lists)
    open_ended = any(isinstance(i, UnknownValue) and i.unknown.many for a in lists for i in a.items)
    if unknown_list is None and not open_ended and any(len(a.items) != length for a in lists):
        return failed("lists of different lengths", place)
    if length > MOST_ITEMS:
        return unknown("a list too long", place, many=True)
    rows: list[Value] = []
    for index in range(length):
        row = [_at(argument, index) for argument in arguments]
        rows.append(format_(row, place))
    return ListValue(tuple(rows), place)


def _at(value: Value, index: int) -> Value:
    """The argument of one row: an item of a list, whose last may stand for any number, or the same for all."""
    if not isinstance(value, ListValue):
        return value
    return value.items[min(index, len(value.items) - 1)] if value.items else unknown("a list too short", value.place)


TABLE: dict[str, Function] = {"format": format_, "formatlist": formatlist}

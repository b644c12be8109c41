"""Terraform's string, number and encoding functions over evaluated values."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

from iamlint.model.text import Part, Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import operators
from iamlint.parsers.terraform.literals import (
    failed,
    hole,
    is_null,
    joined,
    lifted,
    plain,
    spelled,
    string_parts,
    unknown,
)
from iamlint.source.span import Place, Spelling

Function = Callable[[list[Value], Place], Value]
LONGEST = 1_000_000


def known_text(value: Value) -> str | Unknown:
    """The string that a value is; an Unknown when it is not wholly known."""
    if isinstance(value, Text):
        return value.shown if value.hole is None else value.hole
    if isinstance(value, Scalar) and value.value is not None:
        return spelled(value.value)
    if isinstance(value, UnknownValue):
        return value.unknown
    raise TypeError("not a string")


def on_text(work: Callable[..., Any]) -> Function:
    """A function of strings and numbers that is evaluated when all its arguments are known.

    A string that it returns stands where its first string argument does, so that a finding points at a literal."""

    def function(arguments: list[Value], place: Place) -> Value:
        given = [plain(argument) for argument in arguments]
        doubt = next((value for value in given if isinstance(value, Unknown)), None)
        if doubt is not None:
            return hole(doubt, place)
        result = work(*given)
        first = arguments[0] if arguments else None
        if isinstance(first, Text) and isinstance(result, str):
            same = result == first.literal
            return first if same else Text(parts=(result,), place=first.place, via=first.via)
        return lifted(result, place)

    return function


def join(arguments: list[Value], place: Place) -> Value:
    """`join(separator, list…)`; a list of one item is that item, which keeps a document a document."""
    separator = known_text(arguments[0])
    items: list[Value] = []
    for argument in arguments[1:]:
        if isinstance(argument, UnknownValue):
            items.append(argument)
        elif isinstance(argument, ListValue):
            items.extend(item for item in argument.items if not is_null(item))
    if isinstance(separator, Unknown):
        return hole(separator, place)
    if len(items) == 1 and not isinstance(items[0], Scalar):
        only = items[0]
        many = isinstance(only, UnknownValue) and (only.unknown.many or not isinstance(arguments[1], ListValue))
        return (
            unknown(only.unknown.reason, place, only.unknown.written)
            if many and isinstance(only, UnknownValue)
            else only
        )
    parts: list[Part] = []
    where: list[Spelling | None] = []
    for index, item in enumerate(items):
        if index:
            parts.append(separator)
            where.append(None)
        more = string_parts(item)
        if more is not None:
            parts.extend(more[0])
            where.extend(more[1])
    return joined(parts, where, place)


def split(arguments: list[Value], place: Place) -> Value:
    """`split(separator, string)`; the pieces between holes are known."""
    separator = known_text(arguments[0])
    value = arguments[1]
    if isinstance(separator, Unknown) or not separator:
        return unknown("a separator that is not known", place)
    if isinstance(value, UnknownValue):
        u = value.unknown
        return hole(Unknown(u.reason, u.written, u.ref, u.attribute, many=True), place)
    parts = string_parts(value)
    if parts is None:
        raise TypeError("null")
    if sum(isinstance(part, Unknown) for part in parts[0]) and len(parts[0]) == 1:
        return hole(Unknown(str(parts[0][0]), many=True), place)
    groups: list[list[Part]] = [[]]
    for part in parts[0]:
        if isinstance(part, Unknown):
            groups[-1].append(part)
            continue
        first, *rest = part.split(separator)
        groups[-1].append(first)
        groups.extend([piece] for piece in rest)
    where = value.place
    return ListValue(tuple(joined(group, [None] * len(group), where) for group in groups), place)


_VERB = re.compile(r"%(?:\[(\d+)\])?([-+ #0]*\d*(?:\.\d+)?)([vsdqftgGeExXobc%])")


def format_(arguments: list[Value], place: Place) -> Value:
    """`format(spec, values…)`: %s, %v, %d, %q and padded numbers; what is not known is a hole in the result."""
    spec = known_text(arguments[0])
    if isinstance(spec, Unknown):
        return hole(spec, place)
    parts: list[Part] = []
    where: list[Spelling | None] = []
    at, following = 0, 1
    for found in _VERB.finditer(spec):
        parts.append(spec[at : found.start()])
        where.append(None)
        at = found.end()
        if found.group(3) == "%":
            parts.append("%")
            where.append(None)
            continue
        index = int(found.group(1)) if found.group(1) else following
        following = index + 1
        more = _formatted(arguments[index], found.group(2), found.group(3))
        parts.extend(more[0])
        where.extend(more[1])
    parts.append(spec[at:])
    where.append(None)
    return joined(parts, where, place)


def _formatted(value: Value, flags: str, verb: str) -> tuple[list[Part], list[Spelling | None]]:
    if verb in "dxXob" and flags:
        number = operators.number(value)
        if isinstance(number, int | float):
            return [format(int(number), flags.lstrip("-+# ") + verb)], [None]
    parts = string_parts(value) or (["null"], [None])
    if verb == "q":
        return ['"', *parts[0], '"'], [None, *parts[1], None]
    return parts


def formatlist(arguments: list[Value], place: Place) -> Value:
    """`formatlist(spec, lists…)`: one string per item, an unknown rest keeping its pattern."""
    lists = [a for a in arguments[1:] if isinstance(a, ListValue)]
    unknown_list = next((a for a in arguments[1:] if isinstance(a, UnknownValue)), None)
    if unknown_list is not None and not lists:
        return ListValue((format_(arguments, place),), place)
    length = max((len(a.items) for a in lists), default=1)
    rows: list[Value] = []
    for index in range(length):
        row: list[Value] = [arguments[0]]
        row += [a.items[index] if isinstance(a, ListValue) else a for a in arguments[1:]]
        rows.append(format_(row, place))
    return ListValue(tuple(rows), place)


def jsonencode(arguments: list[Value], place: Place) -> Value:
    """The value itself: what reads it as a policy wants the structure, and in a string it becomes JSON text."""
    value = arguments[0]
    if isinstance(value, Text):
        literal = value.literal
        return Text(parts=(json.dumps(literal),), place=place) if literal is not None else value
    if isinstance(value, Scalar):
        return Text(parts=("null" if value.value is None else spelled(value.value),), place=place)
    return value


def jsondecode(arguments: list[Value], place: Place) -> Value:
    """The structure that a JSON string holds, every value at its place in the string."""
    value = arguments[0]
    if not isinstance(value, Text):
        return value
    from iamlint.parsers.embedded_json import read_json_text

    return read_json_text(value)


def replace(arguments: list[Value], place: Place) -> Value:
    """`replace(string, substring, replacement)`, the substring a regular expression when between slashes."""
    value, old, new = arguments[0], known_text(arguments[1]), known_text(arguments[2])
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        return hole(old if isinstance(old, Unknown) else Unknown(str(new)), place)
    parts = string_parts(value)
    if parts is None:
        raise TypeError("null")
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        pattern = _pattern(old[1:-1])
        if pattern is None or any(isinstance(part, Unknown) for part in parts[0]):
            return unknown("a regular expression over what is not known", place)
        replacement = re.sub(r"\$\{?(\w+)\}?", r"\\g<\1>", new.replace("\\", "\\\\"))
        done: list[Part] = [pattern.sub(replacement, "".join(map(str, parts[0])))]
    else:
        done = [part.replace(old, new) if isinstance(part, str) else part for part in parts[0]]
    via = value.via
    return joined(done, [None] * len(done), value.place, via)


_RISKY = re.compile(r"\([^()]*[+*][^()]*\)[+*{]")


def _pattern(written: str) -> re.Pattern[str] | None:
    """A regular expression of Go's kind; None for what Python reads otherwise, or what could take for ever."""
    if len(written) > 300 or _RISKY.search(written) or "\\p" in written or "[[:" in written:
        return None
    try:
        return re.compile(written.replace("\\z", "\\Z"))
    except re.error:
        return None


def regex(arguments: list[Value], place: Place) -> Value:
    """`regex(pattern, string)`: the match, its groups as a list, or its named groups as a map."""
    written, subject = known_text(arguments[0]), known_text(arguments[1])
    if isinstance(written, Unknown) or isinstance(subject, Unknown):
        return hole(subject if isinstance(subject, Unknown) else Unknown(str(written)), place)
    pattern = _pattern(written)
    if pattern is None or len(subject) > 10_000:
        return unknown("a regular expression that is not evaluated", place)
    found = pattern.search(subject)
    if found is None:
        return failed("the pattern does not match", place)
    return lifted(_matched(found), place)


def regexall(arguments: list[Value], place: Place) -> Value:
    """`regexall(pattern, string)`: all matches."""
    written, subject = known_text(arguments[0]), known_text(arguments[1])
    if isinstance(written, Unknown) or isinstance(subject, Unknown):
        return hole(subject if isinstance(subject, Unknown) else Unknown(str(written)), place)
    pattern = _pattern(written)
    if pattern is None or len(subject) > 10_000:
        return unknown("a regular expression that is not evaluated", place)
    return lifted([_matched(found) for found in pattern.finditer(subject)], place)


def _matched(found: re.Match[str]) -> Any:
    if found.re.groupindex:
        return found.groupdict()
    return list(found.groups()) if found.re.groups else found.group()


def tostring(arguments: list[Value], place: Place) -> Value:
    """`tostring(value)`."""
    value = arguments[0]
    if isinstance(value, Scalar) and value.value is not None:
        return Text(parts=(spelled(value.value),), place=value.place, via=value.via)
    if isinstance(value, ListValue | MapValue):
        return value
    return value


def tonumber(arguments: list[Value], place: Place) -> Value:
    """`tonumber(value)`."""
    value = arguments[0]
    number = operators.number(value)
    if is_null(value) or isinstance(value, UnknownValue):
        return value
    if isinstance(number, Unknown):
        return failed("not a number", place) if isinstance(value, Text) and value.is_known else hole(number, place)
    return Scalar(number, value.place, value.via)


def tobool(arguments: list[Value], place: Place) -> Value:
    """`tobool(value)`."""
    value = arguments[0]
    answer = operators.truth(value)
    return value if isinstance(answer, Unknown) else Scalar(answer, value.place, value.via)


def starts_with(arguments: list[Value], place: Place) -> Value:
    """`startswith(string, prefix)`, decided where the known part decides it."""
    prefix = known_text(arguments[1])
    if isinstance(arguments[0], Text) and isinstance(prefix, str):
        return operators.decided(arguments[0].starts_with(prefix), place)
    return unknown("a string that is not known", place)


def unaltered_base64(arguments: list[Value], place: Place) -> Value:
    """`base64encode(string)`: what reads it wants the text, so a text with holes stays as it is written."""
    value = arguments[0]
    if isinstance(value, Text) and value.literal is not None:
        encoded = base64.b64encode(value.literal.encode("utf-8", "surrogatepass")).decode()
        return Text(parts=(encoded,), place=value.place, via=value.via)
    return value


def base64decode(content: str) -> str:
    """The decoded text."""
    try:
        return base64.b64decode(content, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("not base64 text") from error


def _substr(content: str, offset: int, length: int) -> str:
    start = offset if offset >= 0 else max(0, len(content) + offset)
    return content[start:] if length < 0 else content[start : start + length]


def _title(content: str) -> str:
    return re.sub(r"(^|[\s\-])(\w)", lambda found: found.group(1) + found.group(2).upper(), content)


def _indent(spaces: int, content: str) -> str:
    return content.replace("\n", "\n" + " " * min(int(spaces), 200))


def _numbers(work: Callable[[list[Any]], Any]) -> Function:
    return on_text(lambda *values: work(list(values)))


TABLE: dict[str, Function] = {
    "join": join,
    "split": split,
    "format": format_,
    "formatlist": formatlist,
    "jsonencode": jsonencode,
    "jsondecode": jsondecode,
    "replace": replace,
    "regex": regex,
    "regexall": regexall,
    "tostring": tostring,
    "tonumber": tonumber,
    "tobool": tobool,
    "startswith": starts_with,
    "base64encode": unaltered_base64,
    "base64decode": on_text(base64decode),
    "urlencode": on_text(quote_plus),
    "lower": on_text(lambda s: s.lower()),
    "upper": on_text(lambda s: s.upper()),
    "title": on_text(_title),
    "trim": on_text(lambda s, cut: s.strip(cut)),
    "trimspace": on_text(lambda s: s.strip()),
    "trimprefix": on_text(lambda s, prefix: s.removeprefix(prefix)),
    "trimsuffix": on_text(lambda s, suffix: s.removesuffix(suffix)),
    "chomp": on_text(lambda s: s.rstrip("\r\n")),
    "substr": on_text(_substr),
    "indent": on_text(_indent),
    "endswith": on_text(lambda s, suffix: s.endswith(suffix)),
    "strcontains": on_text(lambda s, piece: piece in s),
    "strrev": on_text(lambda s: s[::-1]),
    "basename": on_text(lambda s: s.rstrip("/").rpartition("/")[2]),
    "dirname": on_text(lambda s: s.rpartition("/")[0] or "."),
    "abspath": lambda arguments, place: arguments[0],
    "pathexpand": lambda arguments, place: arguments[0],
    "min": _numbers(min),
    "max": _numbers(max),
    "abs": on_text(abs),
    "ceil": on_text(math.ceil),
    "floor": on_text(math.floor),
    "signum": on_text(lambda n: (n > 0) - (n < 0)),
    "parseint": on_text(int),
    "sensitive": lambda arguments, place: arguments[0],
    "nonsensitive": lambda arguments, place: arguments[0],
    "ephemeralasnull": lambda arguments, place: Scalar(None, place),
}

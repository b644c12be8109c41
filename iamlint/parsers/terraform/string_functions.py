"""Terraform's functions on strings."""

from __future__ import annotations

import re

from iamlint.model.text import Part, Text
from iamlint.model.unknown import Truth, Unknown
from iamlint.model.value import ListValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import operators
from iamlint.parsers.terraform.lifting import MOST_ITEMS, Function, known_text, on_characters, on_known
from iamlint.parsers.terraform.literals import LONGEST, Failed, hole, is_null, joined, string_parts, unknown
from iamlint.source.span import Place, Spelling

_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def join(arguments: list[Value], place: Place) -> Value:
    """`join(separator, list…)`; a list of one item is that item, which keeps a document a document."""
    separator = known_text(arguments[0])
    items: list[Value] = []
    for argument in arguments[1:]:
        if isinstance(argument, UnknownValue):
            items.append(argument)
        elif isinstance(argument, ListValue):
            if any(map(is_null, argument.items)):
                raise TypeError("null")
            items.extend(argument.items)
    if isinstance(separator, Unknown):
        return hole(separator, place)
    if len(items) == 1 and not isinstance(items[0], Scalar):
        only = items[0]
        many = isinstance(only, UnknownValue) and (only.unknown.many or not isinstance(arguments[1], ListValue))
        if not many or not isinstance(only, UnknownValue) or isinstance(only.unknown, Failed):
            return only
        return unknown(only.unknown.reason, place, only.unknown.written)
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
    if isinstance(separator, Unknown):
        return unknown("a separator that is not known", place, many=True)
    if not separator:
        return _characters(value, place)
    if isinstance(value, UnknownValue):
        u = value.unknown
        return hole(Unknown(u.reason, u.written, u.ref, u.attribute, many=True), place)
    parts = string_parts(value)
    if parts is None:
        raise TypeError("null")
    if sum([part.count(separator) for part in parts[0] if isinstance(part, str)]) > MOST_ITEMS:
        return unknown("a list too long", place, many=True)
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


def _characters(value: Value, place: Place) -> Value:
    """`split("", string)`: its characters."""
    content = known_text(value)
    if isinstance(content, Unknown) or len(content) > MOST_ITEMS:
        return unknown("a string that is not known, or too long", place, many=True)
    return ListValue(tuple(Text(parts=(character,), place=value.place) for character in content), place)


def starts_with(arguments: list[Value], place: Place) -> Value:
    """`startswith(string, prefix)`, decided where the known part decides it."""
    prefix = known_text(arguments[1])
    if isinstance(arguments[0], Text) and isinstance(prefix, str):
        return operators.decided(arguments[0].starts_with(prefix), place)
    return hole(prefix, place) if isinstance(prefix, Unknown) else unknown("a string that is not known", place)


def ends_with(arguments: list[Value], place: Place) -> Value:
    """`endswith(string, suffix)`, decided where the known part decides it."""
    suffix = known_text(arguments[1])
    if not isinstance(arguments[0], Text) or isinstance(suffix, Unknown):
        return hole(suffix, place) if isinstance(suffix, Unknown) else unknown("a string that is not known", place)
    *_, last = arguments[0].parts
    if isinstance(last, str) and (len(last) >= len(suffix) or len(arguments[0].parts) == 1):
        return Scalar(last.endswith(suffix), place)
    if isinstance(last, str) and not suffix.endswith(last):
        return Scalar(False, place)
    literal = arguments[0].literal
    answer: Truth = literal.endswith(suffix) if literal is not None else arguments[0].doubt
    return operators.decided(answer, place)


def contains(arguments: list[Value], place: Place) -> Value:
    """`strcontains(string, piece)`, decided where the known part decides it."""
    piece = known_text(arguments[1])
    if isinstance(arguments[0], Text) and isinstance(piece, str):
        return operators.decided(arguments[0].contains(piece), place)
    return hole(piece, place) if isinstance(piece, Unknown) else unknown("a string that is not known", place)


def trimprefix(arguments: list[Value], place: Place) -> Value:
    """`trimprefix(string, prefix)`; what follows a known prefix may be unknown."""
    value, prefix = arguments[0], known_text(arguments[1])
    if isinstance(value, Text) and isinstance(prefix, str) and value.hole is not None:
        first = value.parts[0]
        if isinstance(first, str) and (first.startswith(prefix) or not prefix.startswith(first)):
            return joined(
                [first.removeprefix(prefix), *value.parts[1:]], [None] * len(value.parts), value.place, value.via
            )
    return _trimprefix(arguments, place)


def trimsuffix(arguments: list[Value], place: Place) -> Value:
    """`trimsuffix(string, suffix)`; what precedes a known suffix may be unknown."""
    value, suffix = arguments[0], known_text(arguments[1])
    if isinstance(value, Text) and isinstance(suffix, str) and value.hole is not None:
        last = value.parts[-1]
        if isinstance(last, str) and (last.endswith(suffix) or not suffix.endswith(last)):
            return joined(
                [*value.parts[:-1], last.removesuffix(suffix)], [None] * len(value.parts), value.place, value.via
            )
    return _trimsuffix(arguments, place)


_trimprefix = on_known(str.removeprefix)
_trimsuffix = on_known(str.removesuffix)


def _cased(upper: bool) -> Function:
    """`upper` and `lower`: the known parts of a string in capital or small letters, one for one as Go does it."""

    def case(content: str) -> str:
        if content.isascii():
            return content.upper() if upper else content.lower()
        cased = [(c.upper() if upper else c.lower()) for c in content]
        return "".join([new if len(new) == 1 else old for old, new in zip(content, cased, strict=True)])

    known = on_known(case)

    def function(arguments: list[Value], place: Place) -> Value:
        value = arguments[0]
        if not isinstance(value, Text) or value.hole is None or len(value.parts) == 1:
            return known(arguments, place)
        # A hole in an ARN or a name stays a hole; what is known of it is known in capitals, too.
        parts: list[Part] = [case(part) if isinstance(part, str) else part for part in value.parts]
        return joined(parts, [None] * len(parts), value.place, value.via)

    return function


def _substr(content: str, offset: int, length: int) -> str:
    if int(offset) != offset or int(length) != length:
        raise ValueError("not a length")
    start = int(offset) if offset >= 0 else max(0, len(content) + int(offset))
    return content[start:] if length < 0 else content[start : start + int(length)]


def _title(content: str) -> str:
    return re.sub(r"(?<!\w)\w", _capital, content)


def _capital(found: re.Match[str]) -> str:
    letter = found.group().upper()
    return letter if len(letter) == 1 else found.group()


def _indent(spaces: int, content: str) -> str | Unknown:
    if spaces < 0:
        raise ValueError("less than no blanks")
    if content.count("\n") * spaces > LONGEST:
        return Unknown("a string too long")
    return content.replace("\n", "\n" + " " * int(spaces))


TABLE: dict[str, Function] = {
    "chomp": on_known(lambda content: content.rstrip("\r\n")),
    "endswith": ends_with,
    "indent": on_known(_indent),
    "join": join,
    "lower": _cased(False),
    "split": split,
    "startswith": starts_with,
    "strcontains": contains,
    "strrev": on_characters(lambda content: content[::-1]),
    "substr": on_characters(_substr),
    "title": on_known(_title),
    "trim": on_known(lambda content, cut: content.strip(cut)),
    "trimprefix": trimprefix,
    "trimspace": on_known(lambda content: content.strip(_SPACE)),
    "trimsuffix": trimsuffix,
    "upper": _cased(True),
}

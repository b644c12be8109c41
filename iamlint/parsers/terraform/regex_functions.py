"""Terraform's functions that take regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iamlint.model.text import Part, Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform.go_patterns import MOST_STEPS, go_pattern
from iamlint.parsers.terraform.lifting import Function, known_text
from iamlint.parsers.terraform.literals import LONGEST, failed, hole, joined, lifted, string_parts, unknown
from iamlint.source.span import Place


def regex(arguments: list[Value], place: Place) -> Value:
    """`regex(pattern, string)`: the match, its groups as a list, or its named groups as a map."""
    asked = _asked(arguments, place)
    if not isinstance(asked, tuple):
        return asked
    compiled, subject = asked
    found = compiled.search(subject)
    return lifted(_matched(found), place) if found is not None else failed("the pattern does not match", place)


def regexall(arguments: list[Value], place: Place) -> Value:
    """`regexall(pattern, string)`: all matches."""
    asked = _asked(arguments, place)
    if not isinstance(asked, tuple):
        return asked
    compiled, subject = asked
    return lifted([_matched(found) for found in _matches(compiled, subject)], place)


def _asked(arguments: list[Value], place: Place) -> Value | tuple[re.Pattern[str], str]:
    """The pattern and the string to search, or why they are not known."""
    written, subject = known_text(arguments[0]), known_text(arguments[1])
    if isinstance(written, Unknown) or isinstance(subject, Unknown):
        return hole(subject if isinstance(subject, Unknown) else Unknown(str(written)), place)
    found = go_pattern(written)
    if found is None or len(subject) > found.longest:
        return unknown("a regular expression that is not evaluated", place)
    return found.compiled, subject


def cost(name: str, arguments: list[Value]) -> int:
    """What a search may cost at worst, in steps of evaluation."""
    subject, pattern = arguments[:2] if name == "replace" else reversed(arguments[:2])
    if not isinstance(subject, Text) or not isinstance(pattern, Text) or pattern.literal is None:
        return 0
    found = go_pattern(pattern.literal.strip("/") if name == "replace" else pattern.literal)
    length = len(subject.shown)
    if found is None or length > found.longest:
        return 0
    return int(min(length**found.power, MOST_STEPS)) // 2000


def _matches(compiled: re.Pattern[str], subject: str) -> Iterator[re.Match[str]]:
    """All matches as Go finds them: an empty one right after another match is none."""
    end = -1
    for found in compiled.finditer(subject):
        if found.end() > found.start() or found.start() != end:
            yield found
        end = found.end()


def _matched(found: re.Match[str]) -> Any:
    if found.re.groupindex:
        if len(found.re.groupindex) != found.re.groups:
            raise ValueError("groups with and without names")
        return found.groupdict()
    return list(found.groups()) if found.re.groups else found.group()


def replace(arguments: list[Value], place: Place) -> Value:
    """`replace(string, substring, replacement)`, the substring a regular expression when between slashes."""
    value, old = arguments[0], known_text(arguments[1])
    if isinstance(old, Unknown):
        return hole(old, place)
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return _replaced_by_pattern(value, old[1:-1], arguments[2], place)
    new = string_parts(arguments[2])
    if new is None:
        raise TypeError("null")
    return _replaced(value, old, new[0], place)


def _replaced_by_pattern(value: Value, pattern: str, replacement: Value, place: Place) -> Value:
    new = known_text(replacement)
    if isinstance(new, Unknown):
        return hole(new, place)
    parts = string_parts(value)
    if parts is None:
        raise TypeError("null")
    done = _by_pattern(pattern, new, parts[0])
    if done is None:
        return unknown("a regular expression over what is not known", place)
    return joined(done, [None] * len(done), value.place, value.via)


def _replaced(value: Value, old: str, new: list[Part], place: Place) -> Value:
    """The value with a string replaced by another, which may have holes. In a document that is JSON to Terraform, a
    word is replaced where it stands, so that every string keeps its place."""
    if _WORD.fullmatch(old) and isinstance(value, MapValue | ListValue):
        if isinstance(value, ListValue):
            items = tuple(_replaced(item, old, new, place) for item in value.items)
            return ListValue(items, value.place, value.via, value.when, value.is_set)
        entries = tuple((key, _replaced(item, old, new, place)) for key, item in value.entries)
        return MapValue(entries, value.place, value.rest, value.via, value.when)
    if isinstance(value, UnknownValue | Scalar) and _WORD.fullmatch(old):
        return value
    parts = string_parts(value)
    if parts is None:
        raise TypeError("null")
    length = sum(len(part) for part in new if isinstance(part, str))
    done: list[Part] = []
    for part in parts[0]:
        if isinstance(part, Unknown):
            done.append(part)
            continue
        if part.count(old) * max(length, len(new)) > LONGEST:
            return unknown("a string too long", place)
        first, *rest = part.split(old) if old else ["", *part, ""]
        done.append(first)
        for piece in rest:
            done += [*new, piece]
    if isinstance(value, Text) and not any(isinstance(part, str) and old in part for part in parts[0]):
        return value
    return joined(done, [None] * len(done), value.place, value.via)


# What has the same characters in JSON as in the string.
_WORD = re.compile(r"\w[\w$-]*")
_REFERENCE = re.compile(r"\$\$|\$(\w+)|\$\{(\w+)\}")


def _by_pattern(written: str, new: str, parts: list[Part]) -> list[Part] | None:
    """The string with every match replaced; None when it or the pattern cannot be searched."""
    found = go_pattern(written)
    known = [part for part in parts if isinstance(part, str)]
    subject = "".join(known)
    if found is None or len(known) < len(parts) or len(subject) > found.longest:
        return None
    if len(subject) * len(new) > LONGEST:
        return None
    done: list[Part] = []
    at = 0
    for match in _matches(found.compiled, subject):
        done.append(subject[at : match.start()])
        done.append(_REFERENCE.sub(lambda reference, match=match: _group(match, reference), new))  # type: ignore[misc]
        at = match.end()
    return [*done, subject[at:]]


def _group(found: re.Match[str], reference: re.Match[str]) -> str:
    """What `$1`, `${1}` and `$name` stand for; a group that is not there is empty."""
    name = reference.group(1) or reference.group(2)
    if name is None:
        return "$"
    try:
        return found.group(int(name) if name.isdigit() else name) or ""
    except IndexError:
        return ""


TABLE: dict[str, Function] = {"regex": regex, "regexall": regexall, "replace": replace}

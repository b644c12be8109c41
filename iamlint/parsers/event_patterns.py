"""The words of an event's pattern, whether it is written as an object or as a string with JSON in it."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.values import as_list, as_text


def words_of(pattern: Value) -> Text:
    """All names and strings in a pattern, of whichever branch, with blanks between them."""
    parts: list[str | Unknown] = []
    for word in _words(pattern):
        parts += (*word, " ")
    return Text(parts=tuple(parts), place=pattern.place)


def _words(value: Value) -> Iterator[tuple[str | Unknown, ...]]:
    if isinstance(value, MapValue):
        if value.rest is not None:
            yield (value.rest,)
        for key, inner in value.entries:
            yield key.parts
            yield from _words(inner)
    elif isinstance(value, ListValue | Choice):
        for item in as_list(value):
            yield from _words(item)
    elif isinstance(value, UnknownValue):
        yield (value.unknown,)
    else:
        text = as_text(value)
        if text is not None:
            yield text.parts

"""Credentials in evaluated texts: what is found is traced to where it is written."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator

from iamlint.model.text import Text
from iamlint.parsers.credentials import Found
from iamlint.parsers.scripts import HOLE
from iamlint.source.span import Place, place_within

Find = Callable[[str], Iterator[Found]]


def found_in(value: Text, find: Find) -> Iterator[tuple[Found, Place]]:
    """What is found in a text, its unknown parts put before the search as holes, each with its place: that of the
    whole text where what is found is put together from parts."""
    parts = _parts(value)
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + len(part))
    for found in find("".join(parts)):
        index = bisect_right(starts, found.start) - 1
        spelling = value.spellings[index] if index < len(value.spellings) else None
        place = value.place
        if spelling is not None and found.end <= starts[index + 1]:
            place = place_within(spelling, found.start - starts[index], found.end - starts[index])
        elif spelling is None and found.end <= starts[index + 1]:
            place = _narrowed(place, parts[index][found.start - starts[index] : found.end - starts[index]])
        yield found, place


def joined(value: Text) -> str:
    """A text as it is searched, its unknown parts as holes."""
    return "".join(_parts(value))


def _parts(value: Text) -> list[str]:
    return [part if isinstance(part, str) else HOLE for part in value.parts]


def _narrowed(place: Place, written: str) -> Place:
    """Where in a place what is found in a computed text is written, if it stands there once and as it is."""
    start = place.source.text.find(written, place.start, place.end) if written else -1
    if start < 0 or place.source.text.find(written, start + 1, place.end) >= 0:
        return place
    return Place(place.source, start, start + len(written))

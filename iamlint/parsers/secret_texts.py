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
    parts = [part if isinstance(part, str) else HOLE for part in value.parts]
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + len(part))
    for found in find("".join(parts)):
        index = bisect_right(starts, found.start) - 1
        spelling = value.spellings[index] if index < len(value.spellings) else None
        place = value.place
        if spelling is not None and found.end <= starts[index + 1]:
            place = place_within(spelling, found.start - starts[index], found.end - starts[index])
        yield found, place

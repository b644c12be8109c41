"""Statements that SAM writes for the user become values that stand where the user asked for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.strings import Piece, Standing, concatenated
from iamlint.source.span import Place

_HOLE = re.compile(r"\$\{([^}]*)\}")
_VALUES = (Text, Scalar, ListValue, MapValue, UnknownValue, Choice)
Fill = Callable[[str], Value | None]


def document(it: Declaring, statements: Sequence[Mapping[str, Any]], place: Place, fill: Fill | None = None) -> Value:
    """A policy document of statements that are plain data; it all stands at `place`.

    A value among the data is taken as it is. `${Name}` in a string is what `fill` gives for the name, or CloudFormation
    for a pseudo-parameter; what comes from `fill` keeps its own place.
    """
    return _Written(it, place, fill).value({"Version": "2012-10-17", "Statement": statements})


def string(it: Declaring, text: str, place: Place, fill: Fill | None = None) -> Value:
    """One such string."""
    return _Written(it, place, fill).value(text)


def has_holes(data: Any) -> bool:
    """Whether a statement takes something from the user."""
    if isinstance(data, str):
        return any(not name.startswith("AWS::") for name in _HOLE.findall(data))
    if isinstance(data, Mapping):
        return any(has_holes(item) for item in data.values())
    return isinstance(data, Sequence) and any(has_holes(item) for item in data)


class _Written:
    def __init__(self, it: Declaring, place: Place, fill: Fill | None) -> None:
        self._it = it
        self._place = place
        self._fill = fill

    def value(self, data: Any) -> Value:
        if isinstance(data, _VALUES):
            return data
        place = self._place
        if isinstance(data, str):
            return self._string(data) if "${" in data else Text(parts=(data,), place=place)
        if isinstance(data, Mapping):
            return MapValue(tuple([(Text(parts=(k,), place=place), self.value(v)) for k, v in data.items()]), place)
        if isinstance(data, Sequence):
            return ListValue(tuple([self.value(item) for item in data]), place)
        return Scalar(data, place)

    def _string(self, text: str) -> Value:
        pieces: list[Piece] = []
        at = 0
        place = self._place
        for match in _HOLE.finditer(text):
            if match.start() > at:
                pieces.append((text[at : match.start()], Standing(self._place, match.start() - at)))
            value, given = self._filled(match[1])
            if match.group() == text:
                return value
            if given:
                place = value.place
            pieces.append((value, None if given else self._place))
            at = match.end()
        if at < len(text):
            pieces.append((text[at:], Standing(self._place, len(text) - at)))
        return concatenated(pieces, place)

    def _filled(self, name: str) -> tuple[Value, bool]:
        """What stands for a name, and whether the user wrote it."""
        if name.startswith("AWS::"):
            return self._it.evaluator.references.ref(name, self._place), False
        value = self._fill(name) if self._fill is not None else None
        if value is not None:
            return value, True
        return UnknownValue(Unknown("SAM's to say, or missing", name), self._place), False

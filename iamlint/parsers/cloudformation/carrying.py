"""A value that goes from one template into another keeps its places; its conditions and references are renamed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iamlint.model.text import Text
from iamlint.model.unknown import Guard, Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.cloudformation.sections import Given
from iamlint.parsers.values import as_text
from iamlint.source.node import Node, ScalarNode, SequenceNode
from iamlint.source.span import Place, Related

Rename = Callable[[str], str]


def carried(value: Value, rename: Rename, through: str, place: Place | None, message: str) -> Value:
    """The value as another template sees it.

    `rename` gives the names of its conditions there. What it refers to is not declared there: `through` stands before
    the addresses. `place`, where given, says with the `message` where the value was asked for.
    """
    via = (Related(place, message),) if place is not None else ()
    return _Carrier(rename, through).value(value, via)


class _Carrier:
    def __init__(self, rename: Rename, through: str) -> None:
        self._rename = rename
        self._through = through

    def value(self, value: Value, via: tuple[Related, ...] = ()) -> Value:
        when = Guard(tuple((self._rename(name), taken) for name, taken in value.when.branches))
        via = (*value.via, *via)
        if isinstance(value, Text):
            parts = tuple(part if isinstance(part, str) else self._hole(part) for part in value.parts)
            return Text(parts=parts, spellings=value.spellings, place=value.place, via=via, when=when)
        if isinstance(value, Scalar):
            return Scalar(value.value, value.place, via, when)
        if isinstance(value, UnknownValue):
            return UnknownValue(self._hole(value.unknown), value.place, via, when)
        if isinstance(value, ListValue):
            return ListValue(tuple([self.value(item) for item in value.items]), value.place, via, when)
        if isinstance(value, MapValue):
            entries = tuple([(key, self.value(item)) for key, item in value.entries])
            return MapValue(entries, value.place, value.rest, via, when)
        return Choice(tuple([self.value(option) for option in value.alternatives]), value.place, via, when)

    def _hole(self, hole: Unknown) -> Unknown:
        ref = f"{self._through}/{hole.ref}" if hole.ref else ""
        return Unknown(hole.reason, hole.written, ref, hole.attribute, hole.many)


def as_given(value: Value) -> Given | None:
    """A value that is wholly known, as the node of a parameter; None of any other. It stands where it is written."""
    if value.when.branches or isinstance(value, (UnknownValue, Choice)):
        return None
    if isinstance(value, ListValue):
        items = [as_given(item) for item in value.items]
        nodes: list[Node] = [item for item in items if isinstance(item, ScalarNode)]
        if len(nodes) < len(items):
            return None
        return SequenceNode(value.place.source, value.place.start, value.place.end, nodes)
    text = as_text(value)
    if text is None or text.literal is None:
        return None
    return _node_of(text, text.literal)


def _node_of(text: Text, literal: str) -> ScalarNode:
    spelling = text.spellings[0] if len(text.parts) == 1 and text.spellings else None
    place = text.place
    if spelling is not None and spelling.source is place.source:
        return ScalarNode(place.source, place.start, place.end, literal, lambda _: spelling.offsets())
    offsets: Sequence[int] = [place.start] * len(literal) + [place.end]
    return ScalarNode(place.source, place.start, place.end, literal, lambda _: offsets)

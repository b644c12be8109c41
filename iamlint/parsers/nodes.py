"""JSON and YAML nodes without any intrinsics become values as they stand."""

from __future__ import annotations

from iamlint.model.text import Part, Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.source.node import Node, ScalarNode, SequenceNode
from iamlint.source.span import Slice, Spelling


def value_of(node: Node, holes: dict[str, Unknown] | None = None) -> Value:
    """The value of a node. `holes` maps placeholder characters in strings to the unknown parts they stand for."""
    if isinstance(node, ScalarNode):
        if isinstance(node.value, str):
            return _text(node, node.value, holes)
        return Scalar(node.value, node)
    if isinstance(node, SequenceNode):
        return ListValue(tuple(value_of(item, holes) for item in node.items), node)
    entries = []
    for key, value in node.entries:
        name = key.value if isinstance(key.value, str) else str(key.value)
        shown = _text(key, name, holes)
        if isinstance(shown, Text):
            entries.append((shown, value_of(value, holes)))
    return MapValue(tuple(entries), node)


def _text(node: ScalarNode, value: str, holes: dict[str, Unknown] | None) -> Text | UnknownValue:
    if not holes or not any(character in holes for character in value):
        return Text(parts=(value,), spellings=(node,), place=node)
    if len(value) == 1 and node.end - node.start == 1:
        # A bare placeholder, where JSON expects a value: nothing is known, not even that it is a string.
        return UnknownValue(holes[value], node)
    parts: list[Part] = []
    spellings: list[Spelling | None] = []
    start = 0
    for index, character in enumerate(value):
        if character in holes:
            if index > start:
                parts.append(value[start:index])
                spellings.append(Slice(node, start, index))
            parts.append(holes[character])
            spellings.append(None)
            start = index + 1
    if start < len(value):
        parts.append(value[start:])
        spellings.append(Slice(node, start, len(value)))
    return Text(parts=tuple(parts), spellings=tuple(spellings), place=node)

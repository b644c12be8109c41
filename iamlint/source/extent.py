"""How far what begins on a line reaches: an entry of a mapping, an item of a sequence, a block, an attribute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.source.document import Document
from iamlint.source.node import MappingNode, Node, SequenceNode
from iamlint.source.span import Place

if TYPE_CHECKING:
    from iamlint.source.hcl_syntax import Body


def last_lines(document: Document, lines: set[int]) -> dict[int, int]:
    """For each of the lines on which something begins the last line of the largest such thing.

    The file as a whole does not count, although it begins on its first line.
    """
    found: dict[int, int] = {}
    pending: list[Iterator[tuple[Place, MappingNode | SequenceNode | Body | None]]] = [
        _in_body(document.body) if document.body is not None else _in_node(document.root)
    ]
    while pending:
        for place, inner in pending.pop():
            first, last = lines_of(place)
            if first in lines:
                found[first] = max(last, found.get(first, first))
            if inner is not None and any(first <= line <= last for line in lines):
                pending.append(_in_node(inner) if isinstance(inner, (MappingNode, SequenceNode)) else _in_body(inner))
    return found


def lines_of(place: Place) -> tuple[int, int]:
    """The first and the last line on which something of a place is written."""
    text, end = place.source.text, place.end
    while end > place.start and text[end - 1].isspace():
        end -= 1
    span = place.source.span(place.start, end)
    return span.line, span.end_line


def _in_node(node: Node | None) -> Iterator[tuple[Place, MappingNode | SequenceNode | None]]:
    if isinstance(node, MappingNode):
        for name, value in node.entries:
            whole = Place(name.source, name.start, max(name.end, value.end))
            yield whole, value if isinstance(value, (MappingNode, SequenceNode)) else None
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield item, item if isinstance(item, (MappingNode, SequenceNode)) else None


def _in_body(body: Body) -> Iterator[tuple[Place, Body | None]]:
    for attribute in body.attributes.values():
        yield attribute, None
    for block in body.blocks:
        yield block.whole, block.body

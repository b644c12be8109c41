"""`Fn::ForEach` of the language extensions: what a loop writes out, its variable filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.model.text import Text
from iamlint.model.unknown import Guard, Unknown
from iamlint.model.value import Choice, UnknownValue, Value
from iamlint.parsers.cloudformation import strings
from iamlint.parsers.cloudformation.strings import Piece, concatenated
from iamlint.parsers.values import alternatives, as_text, reworked
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Slice, place_within

if TYPE_CHECKING:
    from iamlint.parsers.cloudformation.intrinsics import Evaluator

LOOP = "Fn::ForEach::"
_DEEPEST = 8
_MOST_ITEMS = 100
_MOST_ENTRIES = 5_000  # of all loops of a template
_HOLE = re.compile(r"[$&]\{([A-Za-z0-9]+)\}")


def filled(evaluator: Evaluator, node: ScalarNode) -> Value:
    """A string in a loop, the loops' variables filled in; other references stay as written.

    `&{Name}` is the variable without what a logical id cannot have.
    """
    text = node.value if isinstance(node.value, str) else str(node.value)
    pieces: list[Piece] = []
    at = 0
    for match in _HOLE.finditer(text):
        value = evaluator.scope.get(match[1])
        if value is None:
            continue
        pieces.append((text[at : match.start()], Slice(node, at, match.start())))
        pieces.append((alphanumeric(value) if match[0][0] == "&" else value, place_within(node, *match.span())))
        at = match.end()
    if not pieces:
        return Text(parts=(text,), spellings=(node,), place=node)
    pieces.append((text[at:], Slice(node, at, len(text))))
    return concatenated(pieces, node, evaluator.allow)


def alphanumeric(value: Value) -> Value:
    """A loop's variable without what a logical id cannot have."""
    if not isinstance(value, Text) or value.literal is None:
        return value
    kept = "".join(character for character in value.literal if character.isalnum())
    return value.model_copy(update={"parts": (kept,), "spellings": ()})


def entries(evaluator: Evaluator, argument: Node) -> Iterator[tuple[ScalarNode, Node]]:
    """The entries that a loop makes. While each is given, the evaluator's `scope` has the loop's variable, and its
    `context` the branch under which the collection has the item."""
    before = (evaluator.scope, evaluator.context)
    try:
        for entry in _entries(evaluator, argument, 0):
            evaluator.looped += 1
            if evaluator.looped > _MOST_ENTRIES:
                return
            yield entry
    finally:
        evaluator.scope, evaluator.context = before


def _entries(evaluator: Evaluator, argument: Node, depth: int) -> Iterator[tuple[ScalarNode, Node]]:
    if not isinstance(argument, SequenceNode) or len(argument.items) != 3:
        return
    name, collection, body = argument.items
    if not isinstance(name, ScalarNode) or not isinstance(body, MappingNode) or depth >= _DEEPEST:
        return
    scope, context = evaluator.scope, evaluator.context
    for item, guard in _items(evaluator, collection):
        joined = context.joined(guard)
        if joined is None:
            continue
        for key, node in body.entries:
            evaluator.scope, evaluator.context = {**scope, str(name.value): item}, joined
            if isinstance(key.value, str) and key.value.startswith(LOOP):
                yield from _entries(evaluator, node, depth + 1)
            else:
                yield key, node
    evaluator.scope, evaluator.context = scope, context


def _items(evaluator: Evaluator, collection: Node) -> list[tuple[Value, Guard]]:
    """The items of a loop's collection, each with its guard; one item that is not known where they are not."""
    found: list[tuple[Value, Guard]] = []
    for option in alternatives(evaluator.value(collection)):
        for item in strings.items_of(option):
            if isinstance(item, Choice) or (isinstance(item, UnknownValue) and item.unknown.many):
                found = []
                break
            text = as_text(item)
            if text is not None:
                found.append((reworked(text, text.via, Guard()), option.when.joined(item.when) or option.when))
    if not found or len(found) > _MOST_ITEMS:
        return [(UnknownValue(Unknown("the collection of a loop is not known"), collection), Guard())]
    return found

"""`Fn::FindInMap`: what a mapping gives for keys that are known, and for those that may be any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.model.text import Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import UnknownValue, Value
from iamlint.parsers.cloudformation.strings import choice
from iamlint.parsers.values import MOST_ALTERNATIVES, alternatives, as_text, reworked
from iamlint.source.node import MappingNode, Node, SequenceNode
from iamlint.source.span import Related

if TYPE_CHECKING:
    from iamlint.parsers.cloudformation.intrinsics import Evaluator

_MOST_LOOKED_UP = 400


def found(evaluator: Evaluator, argument: Node, node: MappingNode) -> Value:
    """What `Fn::FindInMap` gives: one alternative for each key that may be meant."""
    items = argument.items if isinstance(argument, SequenceNode) else []
    if len(items) < 3:
        return UnknownValue(Unknown("Fn::FindInMap takes a map and two keys"), node)
    default = items[3].get("DefaultValue") if len(items) > 3 and isinstance(items[3], MappingNode) else None
    options: list[Value] = []
    sections = evaluator.sections
    name: str | None = None
    for table in alternatives(evaluator.value(items[0])):
        text = as_text(table)
        name = text.literal if text is not None else None
        if name is None or sections.mappings is None:
            return UnknownValue(Unknown("a mapping that is not known"), node)
        pairs = _values(evaluator, sections.mappings.get(name), items[1], items[2], default is not None)
        for value, guard in pairs:
            joined = table.when.joined(guard)
            meant = value if value is not None else default
            if meant is None or joined is None or not evaluator.allow(joined):
                continue
            given = evaluator.value(meant)
            through = (Related(node, f"looked up here in {name}"),) if value is not None else ()
            options.append(reworked(given, given.via + through, joined.joined(given.when) or joined))
            if len(options) > _MOST_LOOKED_UP:
                break
    options = _distinct(options)
    if not options or len(options) > MOST_ALTERNATIVES:
        written = f"FindInMap {name}"
        return UnknownValue(Unknown("a mapping's value that is not known", written), node)
    return choice(options, node)


def _distinct(options: list[Value]) -> list[Value]:
    """Without what is the same whatever the key is; of many, each string once, under the first key that gives it."""
    literals = {value.literal if isinstance(value, Text) else id(value) for value in options}
    if len(options) > 1 and len(literals) == 1:
        return [reworked(options[0], options[0].via, ALWAYS)]
    if len(options) <= MOST_ALTERNATIVES:
        return options
    first: dict[object, Value] = {}
    for option in options:
        first.setdefault(option.literal if isinstance(option, Text) else id(option), option)
    return list(first.values())


def _values(
    evaluator: Evaluator, table: Node | None, first: Node, second: Node, has_default: bool
) -> Iterator[tuple[Node | None, Guard]]:
    """The value for each pair of keys that may be meant; None where the mapping has none for them, which matters where
    there is a default."""
    for inner, outer_guard in _looked_up(evaluator, table, first, has_default):
        if inner is None:
            yield None, outer_guard
            continue
        for value, guard in _looked_up(evaluator, inner, second, has_default):
            joined = outer_guard.joined(guard)
            if joined is not None:
                yield value, joined


def _looked_up(
    evaluator: Evaluator, table: Node | None, key: Node, has_default: bool
) -> Iterator[tuple[Node | None, Guard]]:
    """What a key may give, each with its guard; None for a key that is not there."""
    if not isinstance(table, MappingNode):
        yield None, ALWAYS
        return
    for option in alternatives(evaluator.value(key)):
        text = as_text(option)
        if text is None:
            continue
        if text.literal is not None:
            yield table.get(text.literal), option.when
            continue
        written = _variable(text)
        names: list[str] = []
        for name, value in table.entries:
            if isinstance(text.equals(str(name.value)), bool):
                continue  # what is known of the key is otherwise
            names.append(f"{written} = {name.value}")
            guard = option.when.joined(Guard(((names[-1], True),)))
            if guard is not None:
                yield value, guard
        if has_default:
            yield None, _none_of(option.when, names)


def _none_of(guard: Guard, names: list[str]) -> Guard:
    """A guard where none of some conditions holds, those aside that it says hold."""
    taken = {name for name, branch in guard.branches if branch}
    return guard.joined(Guard(tuple((name, False) for name in names if name not in taken))) or guard


def _variable(text: Text) -> str:
    """What to call a key that is not known: its parameter, else as shown, or by its line."""
    part = text.parts[0]
    if len(text.parts) == 1 and isinstance(part, Unknown) and part.written:
        return part.written
    return text.shown if text.shown != "${…}" else f"the key in line {text.place.span.line}"

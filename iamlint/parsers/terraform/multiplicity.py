"""How often a block is there: `count`, `for_each` and dynamic blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from iamlint.model.text import Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import operators
from iamlint.parsers.terraform.access import iterated
from iamlint.parsers.terraform.expressions import Scope, evaluate
from iamlint.parsers.terraform.literals import hole, is_null, text
from iamlint.parsers.values import alternatives
from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Block, Body
from iamlint.source.span import Place

MOST_COPIES = 64
MOST_BLOCKS = 500

# One instance stands for all that are too many to be looked at one by one.
_REST = Unknown("one of more instances than are evaluated")


@dataclass(slots=True)
class Copy:
    """One instance of a repeated block: its key (None when not repeated or not known), the names that it binds,
    under which conditions it is there, and whether it is a known one or stands for any number."""

    key: str | int | None = None
    names: Mapping[str, Value] = field(default_factory=dict)
    when: Guard = ALWAYS
    is_known: bool = True


def copies(body: Body, scope: Scope) -> list[Copy]:
    """The instances that `count` or `for_each` make of a resource, data source or module call."""
    attributes = body.attributes
    if "count" in attributes:
        return list(_counted(evaluate(attributes["count"].value, scope), attributes["count"]))
    if "for_each" in attributes:
        return list(_each(evaluate(attributes["for_each"].value, scope), attributes["for_each"]))
    return [Copy()]


def _counted(value: Value, place: Place) -> Iterator[Copy]:
    """The instances of a `count`; where it is one of several numbers, the one with the most counts."""
    numbers = [(operators.number(option), option) for option in alternatives(value)]
    if any(isinstance(option, Scalar) and isinstance(option.value, bool) for _, option in numbers):
        numbers = [(int(bool(operators.truth(o) is True)), o) if isinstance(o, Scalar) else (n, o) for n, o in numbers]
    doubt = next((n for n, _ in numbers if isinstance(n, Unknown)), None)
    if doubt is not None:
        yield Copy(None, {"count": _count_object(hole(doubt, place), place)}, ALWAYS, is_known=False)
        return
    known = [(n, option) for n, option in numbers if not isinstance(n, Unknown) and n >= 1]
    if not known:
        return
    most, option = max(known, key=lambda pair: pair[0])
    guard = option.when if len(known) == 1 else ALWAYS
    for index in range(int(min(most, MOST_COPIES))):  # `1e999` is infinite here
        yield Copy(index, {"count": _count_object(Scalar(index, place), place)}, guard)
    if most > MOST_COPIES:
        yield Copy(None, {"count": _count_object(hole(_REST, place), place)}, guard, is_known=False)


def _count_object(index: Value, place: Place) -> Value:
    return MapValue(((text("index", place), index),), place)


def _each(value: Value, place: Place) -> Iterator[Copy]:
    options = list(alternatives(value))
    filled = [option for option in options if not _is_empty(option)]
    for option in filled:
        guard = option.when
        for number, (key, item) in enumerate(iterated(option, place)):
            if number == MOST_COPIES:
                rest = hole(_REST, place)
                yield Copy(None, {"each": _each_object(rest, rest, place)}, guard, is_known=False)
                break
            name = item if isinstance(option, ListValue) else key
            known = name.literal if isinstance(name, Text) else None
            yield Copy(known, {"each": _each_object(name, item, place)}, guard, is_known=known is not None)


def _each_object(key: Value, value: Value, place: Place) -> Value:
    return MapValue(((text("key", place), key), (text("value", place), value)), place)


def _is_empty(value: Value) -> bool:
    return (
        is_null(value)
        or (isinstance(value, ListValue) and not value.items)
        or (isinstance(value, MapValue) and not value.entries and value.rest is None)
    )


@dataclass(slots=True)
class Expanded:
    """A nested block that is there, with the scope that its expressions stand in: written plainly, or made by a
    `dynamic` block, whose header is then its place. `when` says under which conditions it is there."""

    block: Block
    body: Body
    scope: Scope
    when: Guard = ALWAYS
    is_known: bool = True


def expanded(body: Body, scope: Scope, kind: str) -> list[Expanded]:
    """The nested blocks of one type, dynamic ones expanded."""
    found: list[Expanded] = []
    for block in body.blocks:
        if block.kind == kind:
            found.append(Expanded(block, block.body, scope))
        elif block.kind == "dynamic" and block.labels == (kind,):
            found.extend(_dynamic(block, scope, kind))
        if len(found) > MOST_BLOCKS:
            break
    return found


def _dynamic(block: Block, scope: Scope, kind: str) -> Iterator[Expanded]:
    content = next(block.body.blocks_of("content"), None)
    attribute = block.body.attributes.get("for_each")
    if content is None or attribute is None:
        return
    written = block.body.attributes.get("iterator")
    iterator = written.value.root if written is not None and isinstance(written.value, syntax.Reference) else kind
    collection = evaluate(attribute.value, scope)
    for option in alternatives(collection):
        if is_null(option):
            continue
        known = not isinstance(option, UnknownValue)
        for key, item in iterated(option, attribute):
            each = MapValue(((text("key", attribute), key), (text("value", attribute), item)), attribute)
            guard = option.when.joined(item.when) if not isinstance(item, Choice) else option.when
            if guard is not None:
                yield Expanded(block, content.body, scope.binding({iterator: each}), guard, known)


def object_of(body: Body, scope: Scope, place: Place, depth: int = 0) -> MapValue:
    """A block's body as one object: attributes by name, blocks as lists of objects."""
    entries: list[tuple[Text, Value]] = []
    for name, attribute in body.attributes.items():
        entries.append((text(name, attribute), evaluate(attribute.value, scope)))
    kinds = dict.fromkeys(b.labels[0] if b.kind == "dynamic" and b.labels else b.kind for b in body.blocks)
    if depth < 10:
        for kind in kinds:
            inner = expanded(body, scope, kind)
            items = tuple(object_of(b.body, b.scope, b.block, depth + 1) for b in inner)
            entries.append((text(kind, place), ListValue(items, place)))
    return MapValue(tuple(entries), place)

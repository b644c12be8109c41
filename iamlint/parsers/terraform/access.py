"""Takes values apart: attributes of objects, items of lists, the pairs that a loop goes over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import operators
from iamlint.parsers.terraform.literals import failed, hole, joined, string_parts, unknown, within
from iamlint.source.span import Place

MOST_ITEMS = 2000
TOO_MANY = Unknown("more items than are looked at")
_BLANKS = re.compile(r"\s+")


def iterated(collection: Value, place: Place) -> Iterator[tuple[Value, Value]]:
    """The (key, value) pairs of a list, set or map; one representative of what is not known."""
    if isinstance(collection, ListValue):
        for index, item in enumerate(collection.items[:MOST_ITEMS]):
            if isinstance(item, UnknownValue) and item.unknown.many:
                yield hole(single(item.unknown), item.place), hole(single(item.unknown), item.place)
            else:
                value = within(item, collection)
                yield (value if collection.is_set else Scalar(index, place)), value
        if len(collection.items) > MOST_ITEMS:
            yield hole(TOO_MANY, collection.place), hole(TOO_MANY, collection.place)
    elif isinstance(collection, MapValue):
        for name, item in sorted(collection.entries, key=_name)[:MOST_ITEMS]:
            yield name, within(item, collection)
        if len(collection.entries) > MOST_ITEMS:
            yield hole(TOO_MANY, collection.place), hole(TOO_MANY, collection.place)
        if collection.rest is not None and not collection.entries:
            rest = single(collection.rest)
            yield hole(rest, collection.place), hole(rest, collection.place)
    elif isinstance(collection, UnknownValue):
        rest = single(collection.unknown)
        yield hole(rest, collection.place), hole(rest, collection.place)


def _name(entry: tuple[Text, Value]) -> str:
    return entry[0].shown


def single(many: Unknown) -> Unknown:
    """One of the things that an Unknown stands for."""
    return type(many)(many.reason, many.written, many.ref, many.attribute) if many.many else many


def rest_of(collection: Value) -> Unknown | None:
    """Why a collection may have more items than are known."""
    if isinstance(collection, UnknownValue):
        return collection.unknown
    if isinstance(collection, MapValue):
        return TOO_MANY if len(collection.entries) > MOST_ITEMS else collection.rest
    if isinstance(collection, ListValue):
        if len(collection.items) > MOST_ITEMS:
            return TOO_MANY
        return next((i.unknown for i in collection.items if isinstance(i, UnknownValue) and i.unknown.many), None)
    return None


def several(one: Unknown) -> Unknown:
    """Any number of such things."""
    return type(one)(one.reason, one.written, one.ref, one.attribute, many=True)


def attribute(value: Value, name: str, place: Place) -> Value:
    """The attribute of an object, or the entry of a map."""
    if isinstance(value, MapValue):
        found = value.get(name)
        if found is not None:
            return within(found, value)
        if value.rest is not None:
            return UnknownValue(_deeper(value.rest, name, place), place)
        return failed(f"there is no `{name}`", place, on_one_line(place))
    if isinstance(value, UnknownValue):
        return UnknownValue(_deeper(value.unknown, name, place), place, value.via, value.when)
    if isinstance(value, ListValue) and len(value.items) == 1:
        return attribute(within(value.items[0], value), name, place)  # Terraform 0.11's way to read a counted resource
    return failed(f"there is no `{name}`", place, on_one_line(place))


def on_one_line(place: Place) -> str:
    """What stands at a place, on one line and cut short."""
    return _BLANKS.sub(" ", place.written)[:120]


def _deeper(outer: Unknown, name: str, place: Place) -> Unknown:
    if isinstance(outer, Unknown) and outer.ref and not outer.attribute:
        return Unknown(
            outer.reason, f"{outer.written}.{name}" if outer.written else on_one_line(place), outer.ref, name
        )
    return type(outer)(outer.reason, on_one_line(place))


def indexed(value: Value, key: Value, place: Place) -> Value:
    """The item of a list at a number, or the entry of a map at a key."""
    if isinstance(key, Choice) or isinstance(value, Choice):
        return operators.distributed((value, key), lambda v: indexed(v[0], v[1], place), place)
    if isinstance(value, UnknownValue):
        return UnknownValue(_deeper(single(value.unknown), _key_shown(key), place), place, value.via, value.when)
    if isinstance(key, UnknownValue):
        return hole(key.unknown, place)
    if isinstance(value, MapValue):
        parts = string_parts(key)
        name = joined(*parts, place) if parts is not None else None
        if name is None or name.literal is None:
            return unknown("a key that is not known", place, on_one_line(place))
        return attribute(value, name.literal, place)
    number = operators.number(key)
    if not isinstance(value, ListValue):
        return failed("this has no items", place, on_one_line(place))
    if isinstance(number, Unknown):
        if number is operators.NOT_A_NUMBER:
            return failed("not an index", place, on_one_line(place))
        return unknown("an index that is not known", place, on_one_line(place))
    if number != int(number):
        return failed("not an index", place, on_one_line(place))
    at = int(number)
    for item in value.items[: at + 1]:
        if isinstance(item, UnknownValue) and item.unknown.many:
            return UnknownValue(single(item.unknown), place, value.via, value.when)
    if not 0 <= at < len(value.items):
        return failed("the list has no such item", place, on_one_line(place))
    return within(value.items[at], value)


def _key_shown(key: Value) -> str:
    return key.shown if isinstance(key, Text) else str(key.value) if isinstance(key, Scalar) else ""


def key_of(value: Value) -> str | int | None:
    """An instance key: a string or a whole number; None when it is not known."""
    if isinstance(value, Text):
        return value.literal
    number = operators.number(value)
    return int(number) if not isinstance(number, Unknown) and float(number).is_integer() else None

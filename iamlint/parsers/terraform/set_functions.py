"""Terraform's functions on sets, and what all collection functions ask of a collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from math import ceil

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, ListValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import operators
from iamlint.parsers.terraform.lifting import Function
from iamlint.parsers.terraform.literals import failed, hole, is_null, plain, spelled, unknown, within
from iamlint.parsers.values import alternatives
from iamlint.source.span import Place

LARGEST = 1024


def many(value: Unknown) -> Unknown:
    """Any number of the items that an Unknown stands for."""
    return type(value)(value.reason, value.written, value.ref, value.attribute, many=True)


def items_of(value: Value) -> list[Value]:
    """The items of a list, reached the way the list is; an unknown list is any number of unknown items."""
    if isinstance(value, ListValue):
        return [within(item, value) for item in value.items]
    if isinstance(value, UnknownValue):
        return [UnknownValue(many(value.unknown), value.place, value.via, value.when)]
    if isinstance(value, Choice):
        items: list[Value] = []
        for option in alternatives(value):
            if not is_null(option):
                items.extend(items_of(option))
        return items
    if is_null(value):
        raise TypeError("null is no list")
    raise TypeError("not a list")


def doubt(items: Iterable[Value]) -> Unknown | None:
    """Why a list's length or content is not known: an item that stands for any number, or is under a guard."""
    for item in items:
        if isinstance(item, UnknownValue) and item.unknown.many:
            return item.unknown
        if item.when.branches:
            return Unknown("an item that is there under a condition")
    return None


def of_one_type(items: Sequence[Value]) -> list[Value]:
    """The items of a list or the values of a map, which have one type: numbers and booleans beside strings become
    strings."""
    if not any(isinstance(item, Text) for item in items):
        return list(items)
    return [
        Text(parts=(spelled(item.value),), place=item.place, via=item.via, when=item.when)
        if isinstance(item, Scalar) and item.value is not None
        else item
        for item in items
    ]


def identity(value: Value) -> str | None:
    """What two values have in common exactly when they are equal; None for one that is not known."""
    if isinstance(value, Text):
        return f"t{value.literal}" if value.literal is not None else None
    if isinstance(value, Scalar):
        return spelled(value.value) if value.value is not None else "null"
    data = plain(value)
    return None if isinstance(data, Unknown) else repr(_ordered(data))


def _ordered(data: object) -> object:
    if isinstance(data, dict):
        return {key: _ordered(data[key]) for key in sorted(data)}
    return [_ordered(item) for item in data] if isinstance(data, list) else data


def distinct(arguments: list[Value], place: Place) -> Value:
    """`distinct(list)`: each item once."""
    if isinstance(arguments[0], UnknownValue) or is_null(arguments[0]):
        return arguments[0]
    seen: set[str] = set()
    kept: list[Value] = []
    for item in of_one_type(items_of(arguments[0])):
        if not item.when.branches:
            name = identity(item)
            if name is not None:
                if name in seen:
                    continue
                seen.add(name)
        kept.append(item)
    return ListValue(tuple(kept), place)


def in_order_of_sets(items: Sequence[Value], place: Place) -> ListValue:
    """A set of these items: strings in the order of their characters and numbers in theirs, where all are known."""
    if all(isinstance(item, Text) and item.literal is not None for item in items):
        items = sorted(items, key=_sort_key)
    elif all(isinstance(item, Scalar) and type(item.value) in (int, float) for item in items):
        items = sorted(items, key=lambda item: item.value if isinstance(item, Scalar) and item.value else 0)
    return ListValue(tuple(items), place, is_set=True)


def _sort_key(value: Value) -> str:
    return value.shown if isinstance(value, Text) else "\U0010ffff"


def sort(arguments: list[Value], place: Place) -> Value:
    """`sort(list)`: a list of strings in the order of their characters."""
    items: list[Value] = []
    for item in items_of(arguments[0]):
        if is_null(item):
            raise TypeError("null")
        text = isinstance(item, Scalar) and item.value is not None
        items.append(Text(parts=(spelled(item.value),), place=item.place) if text else item)  # type: ignore[arg-type, union-attr]
    return ListValue(tuple(sorted(items, key=_sort_key)), place)


def setproduct(arguments: list[Value], place: Place) -> Value:
    """`setproduct(lists…)`: every combination of an item of each; a set where all are sets."""
    if len(arguments) < 2:
        raise TypeError("two lists at least")
    lists = [of_one_type(items_of(argument)) for argument in arguments]
    count = 1
    for items in lists:
        count *= len(items)
    if count > LARGEST:
        return unknown("a product too large", place, many=True)
    rows: tuple[Value, ...] = tuple(ListValue(row, place) for row in product(*lists))
    return ListValue(rows, place, is_set=all(isinstance(a, ListValue) and a.is_set for a in arguments))


def _sets(keep: Callable[[bool, bool], bool]) -> Function:
    """A set operation by which items stay: those in the first, in the others."""

    def function(arguments: list[Value], place: Place) -> Value:
        lists = [items_of(argument) for argument in arguments]
        together = of_one_type([item for items in lists for item in items])
        names: list[str] = []
        for item in together:
            name = identity(item)
            uncertain = doubt([item])
            if name is None or uncertain is not None:
                return hole(many(uncertain if uncertain is not None else _unknown_of(item)), place)
            names.append(name)
        sets: list[set[str]] = []
        at = 0
        for items in lists:
            sets.append(set(names[at : at + len(items)]))
            at += len(items)
        first, others = sets[0], sets[1:]
        kept: dict[str, Value] = {}
        for name, item in zip(names, together, strict=True):
            if keep(name in first, all(name in other for other in others)):
                kept.setdefault(name, item)
        return in_order_of_sets(list(kept.values()), place)

    return function


def _unknown_of(item: Value) -> Unknown:
    data = plain(item)
    return data if isinstance(data, Unknown) else Unknown("an item that is not known")


def setunion(arguments: list[Value], place: Place) -> Value:
    """`setunion(sets…)`."""
    items = [item for argument in arguments for item in items_of(argument)]
    made = distinct([ListValue(tuple(items), place)], place)
    return in_order_of_sets(made.items, place) if isinstance(made, ListValue) else made


def contains(arguments: list[Value], place: Place) -> Value:
    """`contains(list, value)`."""
    items = items_of(arguments[0])
    answer: bool | Unknown = False
    for item in items:
        found = operators.equal(item, arguments[1])
        if found is True and not item.when.branches:
            return Scalar(True, place)
        if found is not False:
            answer = found if isinstance(found, Unknown) else Unknown("an item that is there under a condition")
    return operators.decided(answer, place)


def _truths(every: bool) -> Function:
    def function(arguments: list[Value], place: Place) -> Value:
        answer: bool | Unknown = every
        for item in items_of(arguments[0]):
            found = operators.truth(item) if not is_null(item) else False
            if isinstance(found, Unknown):
                answer = found
            elif found is not every:
                return Scalar(not every, place)
        return operators.decided(answer, place)

    return function


def index(arguments: list[Value], place: Place) -> Value:
    """`index(list, value)`."""
    items = items_of(arguments[0])
    for position, item in enumerate(items):
        if isinstance(item, UnknownValue) and item.unknown.many:
            return hole(item.unknown, place)
        found = operators.equal(item, arguments[1])
        if isinstance(found, Unknown):
            return hole(found, place)
        if found:
            return Scalar(position, place)
    return failed("the list has no such item", place)


def range_(arguments: list[Value], place: Place) -> Value:
    """`range(end)`, `range(start, end)`, `range(start, end, step)`; without a step it counts down where it has to."""
    if not 1 <= len(arguments) <= 3:
        raise TypeError("one to three numbers")
    numbers: list[int | float] = []
    for argument in arguments:
        number = operators.number(argument)
        if isinstance(number, Unknown):
            return hole(many(number), place)
        numbers.append(number)
    start, end = (0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    step = numbers[2] if len(numbers) == 3 else 1 if end >= start else -1
    if step == 0 or (step > 0) != (end >= start):
        if step and end == start:
            return ListValue((), place)
        raise ValueError("steps that lead away from the end")
    if (end - start) / step > LARGEST:
        return failed("a range too large", place)
    count = ceil((end - start) / step)
    return ListValue(tuple(Scalar(operators.whole(start + step * n), place) for n in range(count)), place)


TABLE: dict[str, Function] = {
    "distinct": distinct,
    "contains": contains,
    "setproduct": setproduct,
    "setunion": setunion,
    "setintersection": _sets(lambda first, others: first and others),
    "setsubtract": _sets(lambda first, others: first and not others),
    "range": range_,
    "sort": sort,
    "index": index,
    "alltrue": _truths(True),
    "anytrue": _truths(False),
}

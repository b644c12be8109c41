"""Terraform's functions on sets, and what all collection functions ask of a collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, ListValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import operators
from iamlint.parsers.terraform.literals import failed, hole, is_null, unknown, within
from iamlint.parsers.values import alternatives
from iamlint.source.span import Place

Function = Callable[[list[Value], Place], Value]
LARGEST = 1024


def many(value: Unknown) -> Unknown:
    """Any number of the items that an Unknown stands for."""
    return Unknown(value.reason, value.written, value.ref, value.attribute, many=True)


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


def distinct(arguments: list[Value], place: Place) -> Value:
    """`distinct(list)`, `toset(list)`: each item once."""
    if isinstance(arguments[0], UnknownValue) or is_null(arguments[0]):
        return arguments[0]
    seen: set[str] = set()
    kept: list[Value] = []
    for item in items_of(arguments[0]):
        literal = item.literal if isinstance(item, Text) else None
        if literal is not None and not item.when.branches:
            if literal in seen:
                continue
            seen.add(literal)
        kept.append(item)
    return ListValue(tuple(kept), place)


def toset(arguments: list[Value], place: Place) -> Value:
    """`toset(list)`: each item once, in Terraform's order of sets where all are known strings."""
    made = distinct(arguments, place)
    if isinstance(made, ListValue) and all(isinstance(i, Text) and i.literal is not None for i in made.items):
        return ListValue(tuple(sorted(made.items, key=_sort_key)), place)
    return made


def _sort_key(value: Value) -> str:
    return value.shown if isinstance(value, Text) else "￿"


def sort(arguments: list[Value], place: Place) -> Value:
    """`sort(list)`."""
    return ListValue(tuple(sorted(items_of(arguments[0]), key=_sort_key)), place)


def setproduct(arguments: list[Value], place: Place) -> Value:
    """`setproduct(lists…)`."""
    lists = [items_of(argument) for argument in arguments]
    count = 1
    for items in lists:
        count *= len(items)
    if count > LARGEST:
        return unknown("a product too large", place)
    return ListValue(tuple(ListValue(tuple(row), place) for row in product(*lists)), place)


def _sets(keep: Callable[[bool, bool], bool]) -> Function:
    """A set operation by which items stay: those in the first, in the others."""

    def function(arguments: list[Value], place: Place) -> Value:
        lists = [items_of(argument) for argument in arguments]
        uncertain = next((d for d in map(doubt, lists) if d is not None), None)
        if uncertain is not None:
            return hole(many(uncertain), place)
        first, others = lists[0], lists[1:]
        kept: dict[str, Value] = {}
        for item in (item for items in lists for item in items):
            name = item.shown if isinstance(item, Text) else repr(item)
            in_first = any(operators.equal(item, other) is True for other in first)
            in_others = all(any(operators.equal(item, o) is True for o in items) for items in others)
            if keep(in_first, in_others):
                kept.setdefault(name, item)
        return ListValue(tuple(kept.values()), place)

    return function


def setunion(arguments: list[Value], place: Place) -> Value:
    """`setunion(sets…)`."""
    items = [item for argument in arguments for item in items_of(argument)]
    return distinct([ListValue(tuple(items), place)], place)


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
            found = operators.truth(item)
            if isinstance(found, Unknown):
                answer = found
            elif found is not every:
                return Scalar(not every, place)
        return operators.decided(answer, place)

    return function


def index(arguments: list[Value], place: Place) -> Value:
    """`index(list, value)`."""
    for position, item in enumerate(items_of(arguments[0])):
        found = operators.equal(item, arguments[1])
        if isinstance(found, Unknown):
            return hole(found, place)
        if found:
            return Scalar(position, place)
    return failed("the list has no such item", place)


def range_(arguments: list[Value], place: Place) -> Value:
    """`range(end)`, `range(start, end)`, `range(start, end, step)`."""
    numbers = [operators.number(argument) for argument in arguments]
    uncertain = next((n for n in numbers if isinstance(n, Unknown)), None)
    if uncertain is not None:
        return hole(many(uncertain), place)
    found = range(*(int(n) for n in numbers if not isinstance(n, Unknown)))
    if len(found) > LARGEST:
        return unknown("a range too large", place, many=True)
    return ListValue(tuple(Scalar(n, place) for n in found), place)


TABLE: dict[str, Function] = {
    "distinct": distinct,
    "toset": toset,
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

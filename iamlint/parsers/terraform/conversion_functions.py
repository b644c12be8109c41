"""Terraform's functions that convert a value to another type, or mark it."""

from __future__ import annotations

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import operators
from iamlint.parsers.terraform.lifting import Function, not_evaluated
from iamlint.parsers.terraform.literals import failed, hole, is_null, spelled
from iamlint.parsers.terraform.set_functions import distinct, in_order_of_sets, of_one_type
from iamlint.source.span import Place


def tostring(arguments: list[Value], place: Place) -> Value:
    """`tostring(value)`. A map is taken for a policy document, whose text is JSON."""
    value = arguments[0]
    if isinstance(value, Scalar) and value.value is not None:
        return Text(parts=(spelled(value.value),), place=value.place, via=value.via)
    is_object = isinstance(value, MapValue) and value.rest is None and value.get("Statement") is None
    return failed("not a string", place) if is_object or isinstance(value, ListValue) else value


def tonumber(arguments: list[Value], place: Place) -> Value:
    """`tonumber(value)`."""
    value = arguments[0]
    if is_null(value) or isinstance(value, UnknownValue):
        return value
    number = operators.number(value)
    if isinstance(number, Unknown):
        return failed("not a number", place) if number is operators.NOT_A_NUMBER else hole(number, place)
    return value if isinstance(value, Scalar) else Scalar(number, value.place, value.via)


def tobool(arguments: list[Value], place: Place) -> Value:
    """`tobool(value)`."""
    value = arguments[0]
    if is_null(value) or isinstance(value, UnknownValue):
        return value
    answer = operators.truth(value)
    if isinstance(answer, Unknown):
        return failed("not a boolean", place) if answer is operators.NOT_A_CONDITION else hole(answer, place)
    return value if isinstance(value, Scalar) else Scalar(answer, value.place, value.via)


def tolist(arguments: list[Value], place: Place) -> Value:
    """`tolist(value)`: a set in its order, a list with its items of one type."""
    value = arguments[0]
    if isinstance(value, ListValue):
        kinds = {type(item.value) is bool for item in value.items if isinstance(item, Scalar) and not is_null(item)}
        if len(kinds) > 1 and not any(isinstance(item, Text) for item in value.items):
            return failed("numbers and booleans have no type in common", place)
        return ListValue(tuple(of_one_type(value.items)), value.place, value.via, value.when)
    return value if isinstance(value, UnknownValue) or is_null(value) else failed("not a list", place)


def toset(arguments: list[Value], place: Place) -> Value:
    """`toset(list)`: each item once, in Terraform's order of sets where all are known."""
    value = arguments[0]
    if isinstance(value, MapValue | Text | Scalar) and not is_null(value):
        return failed("not a list", place)
    made = distinct([value], place)
    return in_order_of_sets(made.items, place) if isinstance(made, ListValue) else made


def tomap(arguments: list[Value], place: Place) -> Value:
    """`tomap(value)`: a map with its values of one type."""
    value = arguments[0]
    if isinstance(value, MapValue):
        items = of_one_type([item for _, item in value.entries])
        names = [key for key, _ in value.entries]
        return MapValue(tuple(zip(names, items, strict=True)), value.place, value.rest, value.via, value.when)
    return value if isinstance(value, UnknownValue) or is_null(value) else failed("not a map", place)


def as_it_is(arguments: list[Value], place: Place) -> Value:
    """`sensitive`, `nonsensitive`: the value; marks change nothing in what a policy allows."""
    return arguments[0]


TABLE: dict[str, Function] = {
    "tostring": tostring,
    "tonumber": tonumber,
    "tobool": tobool,
    "tolist": tolist,
    "toset": toset,
    "tomap": tomap,
    "sensitive": as_it_is,
    "nonsensitive": as_it_is,
    "ephemeralasnull": as_it_is,  # only what is ephemeral becomes null, and no literal is
    "issensitive": not_evaluated("whether a value is marked as sensitive is not followed"),
    "type": not_evaluated("only the console knows types"),
}

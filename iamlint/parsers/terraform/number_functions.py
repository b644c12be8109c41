"""Terraform's functions on numbers."""

from __future__ import annotations

import math

from iamlint.model.unknown import Unknown
from iamlint.model.value import Scalar, UnknownValue, Value
from iamlint.parsers.terraform import operators
from iamlint.parsers.terraform.lifting import Function, on_known
from iamlint.parsers.terraform.literals import failed, hole
from iamlint.parsers.terraform.set_functions import doubt, items_of
from iamlint.source.span import Place

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOST_DIGITS = 150


def _parseint(written: str | int, base: int) -> int | Unknown:
    """`parseint(string, base)`; only from base 37 on are small and capital letters different digits."""
    content = str(written)
    negative = content[:1] == "-"
    digits = content[1:] if content[:1] in ("-", "+") and len(content) > 1 else content
    if base > 36:
        values = [_DIGITS.index(digit) for digit in digits]
    else:
        values = [_DIGITS.index(digit) for digit in digits.lower()]
    if not values or not 2 <= base <= 62 or max(values) >= base:
        raise ValueError("not a number of that base")
    if len(values) > _MOST_DIGITS:
        return Unknown("a number too large")
    found = 0
    for value in values:
        found = found * base + value
    return -found if negative else found


def _pow(base: float, exponent: float) -> float | Unknown:
    """`pow(base, exponent)`, which Terraform computes with 64-bit floats."""
    try:
        result = math.pow(base, exponent)
    except OverflowError:
        return Unknown("a number too large")
    return operators.whole(result) if abs(result) < 1e150 else Unknown("a number too large")


def _log(value: float, base: float) -> float:
    """`log(number, base)`."""
    return operators.whole(math.log(value) / math.log(base))


def _signum(value: float) -> int:
    if value != int(value):
        raise ValueError("not a whole number")
    return (value > 0) - (value < 0)


def _extreme(largest: bool) -> Function:
    def function(arguments: list[Value], place: Place) -> Value:
        if not arguments:
            return failed("no number is given", place)
        found: tuple[int | float, Value] | None = None
        for argument in arguments:
            number = operators.number(argument)
            if isinstance(number, Unknown):
                return hole(number, place)
            if found is None or (number > found[0] if largest else number < found[0]):
                found = number, argument
        return found[1] if found is not None else failed("no number is given", place)

    return function


def total(arguments: list[Value], place: Place) -> Value:
    """`sum(list)`."""
    items = items_of(arguments[0])
    uncertain = doubt(items)
    if uncertain is not None:
        return hole(uncertain, place)
    if not items:
        return failed("the list is empty", place)
    found: Value = Scalar(0, place)
    for item in items:
        found = operators.binary("+", found, item, place)
        if isinstance(found, UnknownValue):
            return found
    return found


TABLE: dict[str, Function] = {
    "abs": on_known(abs),
    "ceil": on_known(math.ceil),
    "floor": on_known(math.floor),
    "log": on_known(_log),
    "max": _extreme(True),
    "min": _extreme(False),
    "parseint": on_known(_parseint),
    "pow": on_known(_pow),
    "signum": on_known(_signum),
    "sum": total,
}

"""Terraform's operators over evaluated values, with its conversions; what is not known stays unknown."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

from iamlint.model.text import Text
from iamlint.model.unknown import Guard, Truth, Unknown, all_of, negation
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform.literals import failed, hole, is_null, unknown
from iamlint.parsers.values import MOST_ALTERNATIVES, alternatives, reworked
from iamlint.source.span import Place

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")
_LARGEST = 2**512  # Terraform counts with 512 bits
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def truth(value: Value) -> Truth:
    """The value as a condition: booleans and their spellings; anything else is unknown."""
    if isinstance(value, Scalar) and isinstance(value.value, bool):
        return value.value
    if isinstance(value, Text):
        if value.hole is not None:
            return value.hole
        return _TRUTHS.get(value.shown, NOT_A_CONDITION)
    if isinstance(value, UnknownValue):
        return value.unknown
    return NOT_A_CONDITION


NOT_A_CONDITION = Unknown("not a condition")
NOT_A_NUMBER = Unknown("not a number")


def number(value: Value) -> int | float | Unknown:
    """The value as a number: numbers and strings that spell one."""
    if isinstance(value, Scalar) and isinstance(value.value, int | float) and not isinstance(value.value, bool):
        return value.value
    if isinstance(value, Text):
        return spelled_number(value.shown) if value.hole is None else value.hole
    return value.unknown if isinstance(value, UnknownValue) else NOT_A_NUMBER


def spelled_number(written: str) -> int | float | Unknown:
    """The number that a string spells."""
    if len(written) > 300 or _NUMBER.fullmatch(written) is None:
        return NOT_A_NUMBER
    try:
        return int(written)
    except ValueError:
        result = float(written)
        return whole(result) if abs(result) < 1e150 else NOT_A_NUMBER


def equal(left: Value, right: Value, depth: int = 0) -> Truth:
    """Whether two values are the same; values of different types never are."""
    if isinstance(left, UnknownValue):
        return left.unknown
    if isinstance(right, UnknownValue):
        return right.unknown
    if isinstance(left, Choice) or isinstance(right, Choice) or depth > 40:
        return Unknown("one of several values")
    if isinstance(left, Text) and isinstance(right, Text):
        return _same_text(left, right)
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        return _same_scalar(left.value, right.value)
    if isinstance(left, ListValue) and isinstance(right, ListValue):
        doubt = next((v for v in (*left.items, *right.items) if isinstance(v, UnknownValue) and v.unknown.many), None)
        if doubt is not None:
            return doubt.unknown
        if len(left.items) != len(right.items) or left.is_set != right.is_set:
            return False
        return all_of(equal(a, b, depth + 1) for a, b in zip(left.items, right.items, strict=True))
    if isinstance(left, MapValue) and isinstance(right, MapValue):
        for rest in (left.rest, right.rest):
            if rest is not None:
                return rest
        return _same_entries(left, right, depth)
    return False


def _same_entries(left: MapValue, right: MapValue, depth: int) -> Truth:
    named = {key.literal: value for key, value in left.entries}
    others = {key.literal: value for key, value in right.entries}
    if None in named or None in others:
        return Unknown("a key that is not known")
    if named.keys() != others.keys():
        return False
    return all_of(equal(value, others[name], depth + 1) for name, value in named.items())


def _same_text(left: Text, right: Text) -> Truth:
    if right.literal is not None:
        return left.equals(right.literal)
    if left.literal is not None:
        return right.equals(left.literal)
    return left.hole if left.hole is not None else Unknown("part of the string")


def _same_scalar(left: bool | int | float | None, right: bool | int | float | None) -> bool:
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def binary(operator: str, left: Value, right: Value, place: Place) -> Value:
    """`left operator right`, once per alternative where a side has several."""
    if isinstance(left, Choice) or isinstance(right, Choice):
        return distributed((left, right), lambda sides: binary(operator, sides[0], sides[1], place), place)
    if operator in ("==", "!="):
        answer = equal(left, right)
        return decided(answer if operator == "==" else negation(answer), place)
    if operator in ("&&", "||"):
        return decided(_logical(operator, truth(left), truth(right)), place)
    if is_null(left) or is_null(right):
        return failed("null in an operation", place)
    a, b = number(left), number(right)
    if isinstance(a, Unknown):
        return _refused(a, place)
    if isinstance(b, Unknown):
        return _refused(b, place)
    if operator in ("/", "%") and b == 0:
        return failed("division by zero", place)
    return _counted(operator, a, b, place)


def _refused(doubt: Unknown, place: Place) -> Value:
    """What is not known stays so; what is known not to be a number or a condition is refused."""
    known = doubt is NOT_A_NUMBER or doubt is NOT_A_CONDITION
    return failed(doubt.reason, place) if known else hole(doubt, place)


def _counted(operator: str, a: int | float, b: int | float, place: Place) -> Value:
    work = _ARITHMETIC[operator]
    try:
        if type(a) is int and type(b) is int:
            result = a // b if operator == "/" and a % b == 0 else work(a, b)
        elif operator in "+-*":
            # Terraform counts in decimals of far more places than a float has: 0.1 + 0.2 is 0.3.
            from fractions import Fraction

            result = float(work(Fraction(repr(a)), Fraction(repr(b))))  # type: ignore[arg-type]
        else:
            result = work(a, b)
    except OverflowError:
        return unknown("a number too large", place)
    if not -_LARGEST < result < _LARGEST:
        return unknown("a number too large", place)
    return Scalar(whole(result), place)


def whole(result: int | float) -> int | float:
    """The number as an int when it is whole and exact, which is how Terraform prints it."""
    if isinstance(result, float) and result.is_integer() and abs(result) < 1e150:
        return int(result) if abs(result) < 1e15 else int(float_digits(result))
    return result


def float_digits(value: float) -> int:
    """The whole number that the shortest spelling of a large float stands for: 1e21 is a one and zeros."""
    mantissa, _, exponent = repr(value).partition("e")
    digits, _, decimals = mantissa.partition(".")
    decimals = decimals.rstrip("0")
    return int(digits + decimals + "0" * (int(exponent or 0) - len(decimals)))


def _logical(operator: str, left: Truth, right: Truth) -> Truth:
    decisive = operator == "||"
    if left is decisive or right is decisive:
        return decisive
    return left if isinstance(left, Unknown) else right


def unary(operator: str, operand: Value, place: Place) -> Value:
    """`!operand` or `-operand`."""
    if isinstance(operand, Choice):
        return distributed((operand,), lambda sides: unary(operator, sides[0], place), place)
    if operator == "!":
        return decided(negation(truth(operand)), place)
    value = number(operand)
    return _refused(value, place) if isinstance(value, Unknown) else Scalar(-value, place)


def decided(answer: Truth, place: Place) -> Value:
    """A truth as a value."""
    return _refused(answer, place) if isinstance(answer, Unknown) else Scalar(answer, place)


_ARITHMETIC: dict[str, Callable[[int | float, int | float], bool | int | float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a % b if (a < 0) == (b < 0) else -(abs(a) % abs(b)) if a < 0 else abs(a) % abs(b),
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def distributed(values: tuple[Value, ...], make: Callable[[list[Value]], Value], place: Place) -> Value:
    """What `make` gives for every consistent combination of the values' alternatives, each under its guard."""
    options = [list(alternatives(value)) for value in values]
    count = 1
    for option in options:
        count *= len(option)
        if count > MOST_ALTERNATIVES:
            return unknown("too many alternatives", place)
    made: list[Value] = []
    for combination in product(*options):
        guard: Guard | None = Guard()
        for value in combination:
            guard = guard.joined(value.when) if guard is not None else None
        if guard is None:
            continue
        result = make([reworked(value, value.via, Guard()) for value in combination])
        both = guard.joined(result.when)
        if both is not None:
            made.append(reworked(result, result.via, both))
    return made[0] if len(made) == 1 and not made[0].when.branches else choice(made, place)


def choice(options: list[Value], place: Place) -> Value:
    """Several alternatives as one value."""
    return Choice(tuple(options), place) if options else unknown("no alternative is possible", place)

"""Terraform's operators over evaluated values, with its conversions; what is not known stays unknown."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from iamlint.model.text import Text
from iamlint.model.unknown import Guard, Truth, Unknown, all_of, negation
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform.literals import hole, unknown
from iamlint.parsers.values import MOST_ALTERNATIVES, alternatives, reworked
from iamlint.source.span import Place


def truth(value: Value) -> Truth:
    """The value as a condition: booleans and their spellings; anything else is unknown."""
    if isinstance(value, Scalar) and isinstance(value.value, bool):
        return value.value
    if isinstance(value, Text):
        if value.literal in ("true", "false"):
            return value.literal == "true"
        return value.hole if value.hole is not None else Unknown("not a condition")
    if isinstance(value, UnknownValue):
        return value.unknown
    return Unknown("not a condition")


def number(value: Value) -> int | float | Unknown:
    """The value as a number: numbers and strings that spell one."""
    if isinstance(value, Scalar) and isinstance(value.value, int | float) and not isinstance(value.value, bool):
        return value.value
    if isinstance(value, Text) and value.literal is not None:
        return spelled_number(value.literal)
    if isinstance(value, UnknownValue):
        return value.unknown
    return value.hole if isinstance(value, Text) and value.hole is not None else Unknown("not a number")


def spelled_number(written: str) -> int | float | Unknown:
    """The number that a string spells."""
    digits = written.strip()
    if len(digits) > 300:
        return Unknown("not a number")
    try:
        return int(digits)
    except ValueError:
        try:
            result = float(digits)
        except ValueError:
            return Unknown("not a number")
        return result if abs(result) < 1e300 else Unknown("not a number")


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
        if len(left.items) != len(right.items):
            return False
        return all_of(equal(a, b, depth + 1) for a, b in zip(left.items, right.items, strict=True))
    if isinstance(left, MapValue) and isinstance(right, MapValue):
        for rest in (left.rest, right.rest):
            if rest is not None:
                return rest
        if {k.literal for k, _ in left.entries} != {k.literal for k, _ in right.entries}:
            return False
        return all_of(equal(v, right.get(k.literal or "") or v, depth + 1) for k, v in left.entries)
    return False


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
    a, b = number(left), number(right)
    if isinstance(a, Unknown):
        return hole(a, place)
    if isinstance(b, Unknown):
        return hole(b, place)
    if operator in ("/", "%") and b == 0:
        return unknown("division by zero", place)
    try:
        result = _ARITHMETIC[operator](a, b)
    except OverflowError:
        return unknown("a number too large", place)
    return Scalar(_whole(result), place)


def _whole(result: bool | int | float) -> bool | int | float:
    if isinstance(result, float) and result.is_integer() and abs(result) < 1e15:
        return int(result)
    return result


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
    return hole(value, place) if isinstance(value, Unknown) else Scalar(-value, place)


def decided(answer: Truth, place: Place) -> Value:
    """A truth as a value."""
    return hole(answer, place) if isinstance(answer, Unknown) else Scalar(answer, place)


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

"""Values of numeric and date operators: between the constants of the conditions, every number behaves alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from iamlint.logic.glob import Tokens
from iamlint.logic.languages import Budget
from iamlint.logic.policy import Condition, shown

_COMPARISONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "equals": lambda value, limit: value == limit,
    "notequals": lambda value, limit: value == limit,
    "lessthan": lambda value, limit: value < limit,
    "lessthanequals": lambda value, limit: value <= limit,
    "greaterthan": lambda value, limit: value > limit,
    "greaterthanequals": lambda value, limit: value >= limit,
}
NUMERIC = frozenset(f"numeric{name}" for name in _COMPARISONS)
DATE = frozenset(f"date{name}" for name in _COMPARISONS)
_NUMBER = re.compile(r"[+-]?(?=\d|\.\d)\d{0,30}(?:\.\d{0,30})?\Z", re.ASCII)
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,30}))?)?([Zz]|[+-]\d\d:?(?:\d\d)?)?)?)?)?\Z",
    re.ASCII,
)
_START = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NO_VALUE = tuple("none")


@lru_cache(maxsize=4096)
def number(text: str) -> Fraction | None:
    """The number that a text is, or None."""
    return Fraction(text) if _NUMBER.match(text) else None


@lru_cache(maxsize=4096)
def moment(text: str) -> Fraction | None:
    """Seconds since 1970 of an ISO 8601 date (UTC when it does not say) or an epoch time, or None."""
    found = _DATE.match(text.strip())
    if found is None:
        return number(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        at = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        return None
    since = at.replace(tzinfo=timezone.utc) - _START
    seconds = Fraction(since.days * 86400 + since.seconds)
    if fraction:
        seconds += Fraction(int(fraction), 10 ** len(fraction))
    if zone and zone not in "Zz":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = int(digits[:2]) * 3600 + int(digits[2:]) * 60
        if int(digits[:2]) > 23 or int(digits[2:]) > 59:
            return None
        seconds -= offset if zone[0] == "+" else -offset
    return seconds


def candidate(tests: list[tuple[Condition, bool]], key: str, budget: Budget) -> Tokens | None:
    """A value that matches each condition that is to match and no other; None when there is none.

    Values of a key are numbers, or dates, as its operators say; a tag may also be neither, and matches nothing then.
    """
    read = number if tests[0][0].operator in NUMERIC else moment
    limits = {limit for condition, _ in tests for limit in _limits(condition)}
    for value in _places(sorted(limits)):
        budget.spend(len(limits))
        if all(_matches(condition, value) is wanted for condition, wanted in tests):
            return tuple(_written(value) if read is number else _dated(value))
    return _NO_VALUE if "tag/" in key and not any(wanted for _, wanted in tests) else None


def matches(condition: Condition, text: str) -> bool:
    """Whether a text matches one of the condition's values."""
    read = number if condition.operator in NUMERIC else moment
    value = read(text)
    return value is not None and _matches(condition, value)


@lru_cache(maxsize=4096)
def _limits(condition: Condition) -> tuple[Fraction, ...]:
    """The numbers that a condition compares with; what is none matches nothing."""
    read = number if condition.operator in NUMERIC else moment
    return tuple(limit for value in condition.values if (limit := read(shown(value))) is not None)


def _matches(condition: Condition, value: Fraction) -> bool:
    compare = _COMPARISONS[condition.operator.removeprefix("numeric").removeprefix("date")]
    return any(compare(value, limit) for limit in _limits(condition))


def _places(limits: list[Fraction]) -> list[Fraction]:
    """The limits, one value between each two (a whole one where there is one), one below and one above."""
    if not limits:
        return [Fraction(0)]
    places = list(limits)
    for low, high in pairwise(limits):
        whole = Fraction(low.__floor__() + 1)
        places.append(whole if whole < high else (low + high) / 2)
    return [*places, Fraction(limits[0].__ceil__() - 1), Fraction(limits[-1].__floor__() + 1)]


def _written(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    exact: Decimal = Context(prec=120).divide(Decimal(value.numerator), Decimal(value.denominator))
    return format(exact, "f")


def _dated(value: Fraction) -> str:
    """ISO 8601 where it can say the moment, else the epoch time."""
    if value.denominator == 1 and -62_000_000_000 < value < 253_000_000_000:
        return (_START + timedelta(seconds=int(value))).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    return _written(value)

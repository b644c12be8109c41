"""Evaluated values before they become IAM models: what both infrastructure languages evaluate to."""

from __future__ import annotations

from dataclasses import dataclass, field

from iamlint.model.text import Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.source.span import Place, Related

Measure = tuple[int, int]
"""How many values a value is made of, a shared one counted as often as it is there, and how deep they are nested."""


@dataclass(slots=True)
class Scalar:
    """A value that is not a string: a number, a boolean, or null."""

    value: bool | int | float | None
    place: Place
    via: tuple[Related, ...] = ()
    when: Guard = ALWAYS


@dataclass(slots=True)
class ListValue:
    """A list, tuple or set. An item that is an UnknownValue with `unknown.many` stands for any number of items.

    `is_set` where the language has sets of its own: their items are their keys."""

    items: tuple[Value, ...]
    place: Place
    via: tuple[Related, ...] = ()
    when: Guard = ALWAYS
    is_set: bool = False
    measure: Measure | None = field(default=None, init=False, repr=False, compare=False)


@dataclass(slots=True)
class MapValue:
    """A map or object, entries in the order written. `rest` is set when there may be entries that are not known."""

    entries: tuple[tuple[Text, Value], ...]
    place: Place
    rest: Unknown | None = None
    via: tuple[Related, ...] = ()
    when: Guard = ALWAYS
    measure: Measure | None = field(default=None, init=False, repr=False, compare=False)

    def get(self, key: str) -> Value | None:
        """The value of a key; None when no known entry has it."""
        for name, value in reversed(self.entries):
            if name.literal == key:
                return value
        return None


@dataclass(slots=True)
class UnknownValue:
    """A value of which nothing is known but why."""

    unknown: Unknown
    place: Place
    via: tuple[Related, ...] = ()
    when: Guard = ALWAYS


@dataclass(slots=True)
class Choice:
    """A value that is one of several, each under its own guard (`Fn::If`, a conditional on an unknown)."""

    alternatives: tuple[Value, ...]
    place: Place
    via: tuple[Related, ...] = ()
    when: Guard = ALWAYS
    measure: Measure | None = field(default=None, init=False, repr=False, compare=False)


Value = Text | Scalar | ListValue | MapValue | UnknownValue | Choice

_LEAF: Measure = (1, 0)


def measure(value: Value) -> Measure:
    """The measure of a value: a few locals that name each other twice make one that is too large to walk over."""
    if isinstance(value, ListValue):
        parts = value.items
    elif isinstance(value, MapValue):
        parts = tuple([item for _, item in value.entries])
    elif isinstance(value, Choice):
        parts = value.alternatives
    else:
        return _LEAF
    if value.measure is None:
        size, depth = 1, 0
        for part in parts:
            inner = _LEAF if isinstance(part, Text) else measure(part)
            size += inner[0]
            depth = max(depth, inner[1])
        value.measure = (size, depth + 1)
    return value.measure

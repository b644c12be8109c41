"""Evaluated values before they become IAM models: what both infrastructure languages evaluate to."""

from __future__ import annotations

from dataclasses import dataclass

from iamlint.model.text import Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.source.span import Place, Related


@dataclass(slots=True)
class Scalar:
    """A value that is not a string: a number, a boolean, or null."""

    value: bool | int | float | None
    place: Place
    via: tuple[Related, ...] = ()
    when: Guard = ALWAYS


@dataclass(slots=True)
class ListValue:
    """A list, tuple or set. An item that is an UnknownValue with `unknown.many` stands for any number of items."""

    items: tuple[Value, ...]
    place: Place
    via: tuple[Related, ...] = ()
    when: Guard = ALWAYS


@dataclass(slots=True)
class MapValue:
    """A map or object, entries in the order written. `rest` is set when there may be entries that are not known."""

    entries: tuple[tuple[Text, Value], ...]
    place: Place
    rest: Unknown | None = None
    via: tuple[Related, ...] = ()
    when: Guard = ALWAYS

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


Value = Text | Scalar | ListValue | MapValue | UnknownValue | Choice

"""Honest ignorance: the hole in a value, and Kleene's three-valued logic over it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Unknown:
    """What cannot be known from the files: why, and how it is written.

    `reason` says why in words ("parameter without a default"); `written` is the expression, for printing as `${…}`;
    `ref` is the address of the declared thing that the value belongs to, when there is one, and `attribute` which of
    its attributes it is ("aws_iam_role.app", "name"); `many` marks any number of list items instead of one value.

    An Unknown is also the third answer of a question. It is neither true nor false: `bool()` of it is refused.
    """

    __slots__ = ("attribute", "many", "reason", "ref", "written")

    def __init__(self, reason: str, written: str = "", ref: str = "", attribute: str = "", many: bool = False) -> None:
        self.reason = reason
        self.written = written
        self.ref = ref
        self.attribute = attribute
        self.many = many

    def _key(self) -> tuple[str, str, str, str, bool]:
        return (self.reason, self.written, self.ref, self.attribute, self.many)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __bool__(self) -> bool:
        raise TypeError(f"neither true nor false: {self.reason}")

    def __str__(self) -> str:
        return "${" + (self.written or "…") + "}"

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r}, {self.written!r})"


Truth = bool | Unknown
"""True, False, or Unknown; only True is a finding."""


def negation(answer: Truth) -> Truth:
    """Not: unknown stays unknown."""
    return answer if isinstance(answer, Unknown) else not answer


def all_of(answers: Iterable[Truth]) -> Truth:
    """And: False if any is False, else the first Unknown, else True. Stops at the first False."""
    doubt: Unknown | None = None
    for answer in answers:
        if isinstance(answer, Unknown):
            doubt = answer if doubt is None else doubt
        elif not answer:
            return False
    return True if doubt is None else doubt


def any_of(answers: Iterable[Truth]) -> Truth:
    """Or: True if any is True, else the first Unknown, else False. Stops at the first True."""
    doubt: Unknown | None = None
    for answer in answers:
        if isinstance(answer, Unknown):
            doubt = answer if doubt is None else doubt
        elif answer:
            return True
    return False if doubt is None else doubt


def certain(answer: Truth) -> bool:
    """Whether the answer is True beyond doubt."""
    return answer is True


def possible(answer: Truth) -> bool:
    """Whether the answer is True or may be."""
    return answer is not False


class Guard(NamedTuple):
    """Under which conditions of a template a value exists: each named condition with the branch taken."""

    branches: tuple[tuple[str, bool], ...] = ()

    def __str__(self) -> str:
        return "when " + " and ".join(_told(name, yes) for name, yes in self.branches) if self.branches else ""

    def joined(self, other: Guard) -> Guard | None:
        """Both guards at once; None when they contradict each other: a condition taken both ways, or `X = a` and
        `X = b`."""
        if not other.branches or other is self:
            return self
        if not self.branches:
            return other
        known = dict(self.branches)
        for name, branch in other.branches:
            if known.setdefault(name, branch) is not branch:
                return None
        chosen: dict[str, str] = {}
        for name, branch in known.items():
            variable, equals, value = name.partition(" = ")
            if equals and branch and chosen.setdefault(variable, value) != value:
                return None
        return Guard(tuple(known.items()))


def _told(name: str, yes: bool) -> str:
    """A branch in words: `IsProd`, `not IsProd`, and of a choice of a value (`Env = prod`) `Env is prod`."""
    variable, chosen, value = name.partition(" = ")
    if chosen:
        return f"{variable} is {'' if yes else 'not '}{value or 'empty'}"
    return name if yes else f"not {name}"


ALWAYS = Guard()

"""Paths by which an identity makes a role or user of its own: all actions on one new name, nobody's yet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from iamlint.aws import escalation as known
from iamlint.logic.glob import ANY, Tokens, Wild

if TYPE_CHECKING:
    from iamlint.model.reasoning.paths import Given


class Giving(Protocol):
    """What tells which actions are given, and for which resources."""

    def patterns(self, action: str) -> Iterator[Tokens]:
        """The resources that an action is given for."""

    def on(self, action: str, resource: Tokens) -> Given | None:
        """What gives an action on one resource."""


# What no one would call anything: a name that is free.
_FREE = tuple("zq7-new")


def makes(judge: Giving, path: known.Path) -> tuple[Given, ...] | None:
    """What gives each action of a path on one name that is free, of those that one of the actions is given for."""
    for pattern in dict.fromkeys(chain.from_iterable(map(judge.patterns, path.actions))):
        name = _new_name(pattern)
        if not name:
            continue
        given = []
        for action in path.actions:
            one = judge.on(action, name)
            if one is None:
                break
            given.append(one)
        else:
            return tuple(given)
    return None


def _new_name(pattern: Tokens) -> Tokens:
    """One that a pattern takes in; empty when it names single ones only, which are there, or has unknown parts."""
    if not any(isinstance(token, Wild) for token in pattern):
        return ()
    return tuple(
        chain.from_iterable(
            (_FREE if token is ANY else "z") if isinstance(token, Wild) else (token,) for token in pattern
        )
    )

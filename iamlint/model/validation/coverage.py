"""Statements that do nothing beside the others of their policy: allowed already, always denied, never met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from iamlint.logic import glob
from iamlint.model.flaw import Flaw
from iamlint.model.unknown import certain

if TYPE_CHECKING:
    from iamlint.model.policy import Policy
    from iamlint.model.principal import Principal
    from iamlint.model.statement import Statement

_SYNTHETIC = ("generated", "aws_managed")
# Of a longer policy only the first statements are compared with each other.
_MOST_STATEMENTS = 60


def check(policy: Policy) -> Iterator[Flaw]:
    """What another statement of the policy makes idle, asked of the logic where a glance says that it may be so."""
    if policy.attachment in _SYNTHETIC:
        return
    for statement in policy.statements:
        if len(statement.conditions) > 1 and _tests_twice(statement):
            from iamlint.model.reasoning.contradiction import contradictions

            yield from contradictions(policy, statement)
    statements = policy.statements[:_MOST_STATEMENTS]
    if len(statements) < 2:
        return
    index = _Index(statements)
    for number in reversed(range(len(statements))):
        judged = statements[number]
        if any(judged.branches > 1 or other.branches > 1 for other in statements) or judged.not_principals:
            return
        by_allows, by_denies = index.around(number)
        if by_allows or by_denies:
            from iamlint.model.reasoning.coverage import covered

            found = list(covered(policy, judged, by_allows, by_denies))
            if any(flaw.path == "" for flaw in found):
                index.drop(number)
            yield from found


def _tests_twice(statement: Statement) -> bool:
    keys = Counter((condition.key.literal or "").lower() for condition in statement.conditions)
    return any(key and count > 1 for key, count in keys.items())


class _Index:
    """Which statements speak of an action, by its name and by the patterns of its service."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._statements = statements
        self._gone: set[int] = set()
        self._exact: dict[str, list[int]] = {}
        self._wild: dict[str, list[tuple[str, int]]] = {}
        for number, statement in enumerate(statements):
            for action in statement.actions:
                literal = (action.literal or "").strip().lower()
                if "*" in literal or "?" in literal:
                    service = literal.partition(":")[0]
                    plain = "*" not in service and "?" not in service
                    self._wild.setdefault(service if plain else "", []).append((literal, number))
                elif literal:
                    self._exact.setdefault(literal, []).append(number)

    def drop(self, number: int) -> None:
        """Leaves out a statement that could go, so that of two alike one stays."""
        self._gone.add(number)

    def around(self, number: int) -> tuple[dict[str, list[Statement]], dict[str, list[Statement]]]:
        """For each action of a statement the statements of the same effect, and the Denies of an Allow, that take in
        the action and meet its resources; empty when that is nothing."""
        judged = self._statements[number]
        allows: dict[str, list[Statement]] = {}
        denies: dict[str, list[Statement]] = {}
        is_allow = certain(judged.allows)
        if judged.not_actions or not (is_allow or certain(judged.denies)):
            return {}, {}
        for action in judged.actions:
            literal = (action.literal or "").strip().lower()
            for other in self._speaking(literal, number) if literal else ():
                if certain(other.allows) == is_allow and certain(other.denies) != is_allow:
                    allows.setdefault(literal, []).append(other)
                elif is_allow and certain(other.denies):
                    denies.setdefault(literal, []).append(other)
        return allows, denies

    def _speaking(self, literal: str, number: int) -> list[Statement]:
        named, wild = self._exact.get(literal, ()), self._wild
        patterns = (*wild.get(literal.partition(":")[0], ()), *wild.get("", ())) if wild else ()
        if len(named) < 2 and not patterns:
            return []  # nobody else does, as of nearly all actions
        numbers = dict.fromkeys(named)
        for pattern, at in patterns:
            if at not in numbers and glob.covers_written(pattern, literal):
                numbers[at] = None
        if len(numbers) < 2 and number in numbers:
            return []
        others = sorted(at for at in numbers if at != number and at not in self._gone)
        judged = self._statements[number]
        return [
            other
            for other in map(self._statements.__getitem__, others)
            if judged.place.span != other.place.span  # else one text that is evaluated more than once
            and _are_among(judged.principals, other.principals)
            and _meet(judged, other)
        ]


def _meet(one: Statement, other: Statement) -> bool:
    """Whether two statements may be about one resource."""
    if one.not_resources or other.not_resources or not one.resources or not other.resources:
        return True
    return any(
        glob.overlap(mine.glob_tokens, theirs.glob_tokens) for mine in one.resources for theirs in other.resources
    )


def _are_among(mine: Sequence[Principal], theirs: Sequence[Principal]) -> bool:
    """Whether principals are named by another statement too. An account takes in its roles, but what is granted to the
    account its administrators still have to hand on: that is not the same as naming a role."""
    if not mine or any(certain(principal.is_anyone) for principal in theirs):
        return True
    named = {(principal.kind, principal.name.shown) for principal in theirs}
    return all((principal.kind, principal.name.shown) in named for principal in mine)

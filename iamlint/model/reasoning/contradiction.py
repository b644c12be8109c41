"""Conditions of one statement that no request can meet together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.aws.today import catalogue
from iamlint.logic import policy as logic
from iamlint.logic.languages import Budget
from iamlint.logic.permission import Asked, may
from iamlint.model.flaw import Flaw
from iamlint.model.reasoning.asking import STEPS, lowered

if TYPE_CHECKING:
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement

_SOME_ACTION = tuple("s3:getobject")


def contradictions(policy: Policy, statement: Statement) -> Iterator[Flaw]:
    """Of each key that is tested more than once, the condition that cannot hold beside one before it."""
    mine = lowered(policy.access, statement)
    if mine is None or len(mine.conditions) != len(statement.conditions):
        return
    for number, later in enumerate(mine.conditions):
        for before, earlier in enumerate(mine.conditions[:number]):
            if earlier.key != later.key or not _exclude(earlier, later):
                continue
            condition = statement.conditions[number]
            other = statement.conditions[before]
            yield Flaw(
                code="condition-never-true",
                message=(
                    f"`{condition.operator.shown}` and `{other.operator.shown}` on `{condition.key.shown}` "
                    "can never both hold"
                ),
                statement=statement, path=f"Condition/{number}", place=condition.place, via=condition.via,
                when=condition.when,
            )  # fmt: skip
            return


def _exclude(one: logic.Condition, other: logic.Condition) -> bool:
    alone = logic.Statement(True, (_SOME_ACTION,), conditions=(one, other))
    if any(logic.holes(value) for condition in (one, other) for value in condition.values):
        return False
    return may(logic.Policy((alone,)), Asked((_SOME_ACTION,)), catalogue(), Budget(STEPS)).answer == "no" and all(
        may(logic.Policy((alone._replace(conditions=(single,)),)), Asked((_SOME_ACTION,)), catalogue(), Budget(STEPS))
        .answer == "yes"
        for single in (one, other)
    )  # fmt: skip

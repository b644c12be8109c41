"""Allows that a Deny in another policy of the same identity stops entirely."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.logic import glob
from iamlint.logic import policy as logic
from iamlint.logic.languages import Budget
from iamlint.model.flaw import Flaw
from iamlint.model.reasoning.asking import STEPS, lowered
from iamlint.source.span import Related

if TYPE_CHECKING:
    from iamlint.model.access import Access
    from iamlint.model.lowering import Origin
    from iamlint.model.policy import Policy
    from iamlint.model.stack import Stack
    from iamlint.model.statement import Statement


def denied_elsewhere(stack: Stack, policy: Policy) -> Iterator[Flaw]:
    """The Allows of a policy of which no holder has anything, as another of its policies denies all of it."""
    if policy.kind != "identity" or not policy.holders or policy.is_aws_written:
        return
    accesses = []
    for holder in policy.holders:
        identity = stack.identities.get(holder.address)
        if identity is None or not any(_denies(one) for one in (*identity.policies, *identity.group_policies)):
            return
        accesses.append(identity.access)
    for statement in policy.statements:
        if statement.allows is not True:
            continue
        shields = [_shield(access, policy, statement) for access in accesses]
        first = shields[0]
        if first is None or first.statement is None or not all(shields):
            continue
        other = first.statement
        where = first.policy.name if first.policy is not None else ""
        message = f"{_named(other)} of {f'`{where}`' if where else 'another policy'} denies all of it"
        related = Related(other.place, f"{_named(other)} is here")
        yield Flaw(
            code="always-denied-allow", message=message, statement=statement, place=statement.place,
            via=(*statement.via, related), when=statement.when,
        )  # fmt: skip


def _denies(policy: Policy) -> bool:
    return any(statement.denies is True for statement in policy.statements)


def _shield(access: Access, policy: Policy, statement: Statement) -> Origin | None:
    """Where the Deny of another policy stands that leaves nothing of a statement."""
    mine = lowered(access, statement)
    if mine is None or mine.doubts:
        return None
    from iamlint.logic.compare import is_within

    for deny in access.policy.denies:
        origin = access.origin(deny)
        if origin.policy is policy or deny.doubts or not _takes_in(deny, mine):
            continue
        if is_within(logic.Policy((mine, deny)), logic.Policy(()), None, Budget(STEPS)):
            return origin
    return None


def _takes_in(deny: logic.Statement, mine: logic.Statement) -> bool:
    """Whether a Deny is about every action of an Allow, by their names alone."""
    if deny.not_actions or mine.not_actions:
        return not deny.not_actions and any(glob.covers(pattern, (glob.ANY,)) for pattern in deny.actions)
    return all(any(glob.covers(pattern, action) for pattern in deny.actions) for action in mine.actions)


def _named(statement: Statement) -> str:
    return f"`{statement.sid.shown}`" if statement.sid is not None and statement.sid.shown else str(statement)

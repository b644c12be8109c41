"""Denies of an identity that take nothing away, as nothing that they deny is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamlint.logic import glob
from iamlint.logic import policy as logic
from iamlint.logic.compare import is_within
from iamlint.logic.languages import Budget
from iamlint.model.identity import Group
from iamlint.model.reasoning.asking import STEPS, lowered
from iamlint.model.reasoning.trusting import names
from iamlint.model.unknown import certain

if TYPE_CHECKING:
    from iamlint.model.access import Access
    from iamlint.model.identity import Identity
    from iamlint.model.policy import Policy
    from iamlint.model.stack import Stack
    from iamlint.model.statement import Statement


def never_bites(stack: Stack, policy: Policy, statement: Statement) -> bool:
    """Whether a Deny surely takes nothing from any who hold the policy: all of them are wholly known, and without it
    they may do no more. What everybody is denied for want of MFA, or by a NotAction, is meant for what is yet to come.
    """
    if not certain(statement.denies) or not statement.actions or statement.branches > 1 or not policy.holders:
        return False
    if any("multifactorauth" in condition.key.shown.lower() for condition in statement.conditions):
        return False
    for holder in policy.holders:
        identity = stack.identities.get(holder.address)
        if identity is None or isinstance(identity, Group) or not _takes_nothing(identity.access, statement):
            return False
        if _is_let_in(stack, identity, statement):
            return False
    return True


def _is_let_in(stack: Stack, identity: Identity, statement: Statement) -> bool:
    """Whether a resource policy of the stack may let an identity do what a Deny of it is about."""
    deny = lowered(identity.access, statement)
    if deny is None:
        return True
    for policy in stack.policies:
        if policy.kind == "resource":
            for one in policy.access.policy.statements:
                written = policy.access.origin(one).statement
                if one.allow and (written is None or _names(written, identity)) and _share_a_request(one, deny):
                    return True
    return False


def _names(statement: Statement, identity: Identity) -> bool:
    """Whether a statement of a resource policy may let an identity in by itself; who names its account leaves that to
    the account's own policies."""
    return bool(statement.not_principals) or any(
        principal.kind in ("anyone", "unknown") or names(principal.name, identity) for principal in statement.principals
    )


def _share_a_request(one: logic.Statement, other: logic.Statement) -> bool:
    """Whether two statements may be about one action on one resource."""
    if not (one.not_actions or other.not_actions or _meet(one, other)):
        return False
    if one.not_resources or other.not_resources or one.resources is None or other.resources is None:
        return True
    return any(glob.overlap(mine, theirs) for mine in one.resources for theirs in other.resources)


def _takes_nothing(access: Access, statement: Statement) -> bool:
    deny = lowered(access, statement)
    whole = (*access.policy.statements, *(one for limit in access.policy.limits for one in limit))
    if deny is None or any(one.doubts for one in whole):
        return False
    allows = tuple(one for one in access.policy.statements if one.allow)
    if not allows:
        return False  # an identity that may do nothing has its rights from elsewhere
    touched = tuple(one for one in allows if one.not_actions or _meet(one, deny))
    if not touched:
        return True
    before = logic.Policy(touched, access.policy.limits)
    after = logic.Policy((*touched, deny), access.policy.limits)
    return is_within(before, after, None, Budget(STEPS))


def _meet(one: logic.Statement, other: logic.Statement) -> bool:
    """Whether two statements may be about one action."""
    return any(glob.overlap(mine, theirs) for mine in one.actions for theirs in other.actions)

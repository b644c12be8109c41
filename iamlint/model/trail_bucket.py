"""How the bucket of a trail is open to everybody: by its ACL, or by its policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.model.account import Trail
from iamlint.model.policy import Policy
from iamlint.model.sharing import Share
from iamlint.model.unknown import certain, negation

if TYPE_CHECKING:
    from iamlint.model.stack import Stack


def opened_by(stack: Stack, trail: Trail) -> str:
    """What lets everybody at the log files of a trail, in words; empty where nothing surely does."""
    names = frozenset(_names(trail))
    if not names:
        return ""
    for share in stack.of_kind("share"):
        if isinstance(share, Share) and not names.isdisjoint(_bucket(share)) and _joined(trail, share):
            public = share.means == "ACL" and certain(share.is_public)
            if public and certain(negation(stack.ignores_acl(share))):
                return f"its ACL grants {share.permission} to {share.whom}"
    for policy in stack.policies:
        if policy.holders and not names.isdisjoint(policy.holders[0].buckets) and _joined(trail, policy):
            told = _opened_by_policy(stack, policy)
            if told:
                return told
    return ""


def _opened_by_policy(stack: Stack, policy: Policy) -> str:
    if policy.kind != "resource" or not certain(negation(stack.stops_policy(policy))):
        return ""
    for statement in policy.statements:
        if (
            certain(statement.allows)
            and any(certain(principal.is_anyone) for principal in statement.principals)
            and certain(negation(statement.fixes_caller))
            and certain(policy.lets_outsiders_in_by(statement))
        ):
            return f"its policy lets {policy.anyone} do {statement.told_actions}"
    return ""


def _joined(trail: Trail, other: Share | Policy) -> bool:
    """Whether there may be both: the trail with that bucket, and what opens it."""
    guard = trail.when.joined(trail.bucket.when) if trail.bucket is not None else trail.when
    return guard is not None and guard.joined(other.when) is not None


def _names(trail: Trail) -> Iterator[str]:
    """The declaration of the bucket that a trail writes to, or its name."""
    bucket = trail.bucket
    if bucket is not None and bucket.ref is not None:
        yield bucket.ref.ref
    if bucket is not None and bucket.literal:
        yield bucket.literal


def _bucket(share: Share) -> Iterator[str]:
    """The names that the bucket of an ACL goes by."""
    if share.of != "bucket":
        return
    if share.resource_address:
        yield share.resource_address
    if share.resource is not None and share.resource.ref is not None:
        yield share.resource.ref.ref
    if share.resource is not None and share.resource.literal:
        yield share.resource.literal

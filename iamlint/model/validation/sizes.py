"""Policies that are longer than AWS takes them, by what they are attached to, or soon will be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from iamlint.aws import quotas
from iamlint.model.flaw import Flaw

if TYPE_CHECKING:
    from iamlint.model.policy import Policy, Size

# The shortest quota is far above: nothing to look up for most policies.
_SHORT = 1800


class _Limit(NamedTuple):
    quota: int
    of: str
    counts_spaces: bool = False


def check(policy: Policy) -> Iterator[Flaw]:
    """A policy over its quota, and one that takes up nine tenths of it; of unknown parts the least is counted."""
    size = policy.size
    if size is None or max(size.packed, size.full) + policy.before < _SHORT or policy.attachment == "aws_managed":
        return
    if policy.kind == "identity" and policy.is_inline:
        yield from _inline(policy, size)
        return
    limit = _limit(policy)
    if limit is not None:
        length = size.full if limit.counts_spaces else size.packed
        spaces = "" if limit.counts_spaces else " without white space"
        told = f"the policy has {_about(size)}{length:,} characters{spaces}"
        yield from _told(policy, length, limit.quota, told, limit.of)


def _limit(policy: Policy) -> _Limit | None:
    kind = policy.kind
    if kind == "trust":
        if policy.attachment == "unattached" and any(statement.resources for statement in policy.statements):
            return None  # of STS's endpoint, or an organization's: its actions alone look like a trust policy's
        return _Limit(quotas.TRUST, "a role trust policy")
    if kind == "scp":
        return _Limit(quotas.ORGANIZATION["scp"], "a service control policy", True)
    if kind == "rcp":
        return _Limit(quotas.ORGANIZATION["rcp"], "a resource control policy", True)
    if kind in ("identity", "boundary", "unattached") and policy.attachment == "managed":
        return _Limit(quotas.MANAGED, "a managed policy")
    if kind == "identity":
        return _Limit(quotas.LARGEST_IDENTITY, "an identity policy of any kind")
    if kind == "vpc_endpoint":
        return _Limit(quotas.VPC_ENDPOINT, "the policy of a VPC endpoint")
    quota = quotas.RESOURCE.get(policy.service) if kind == "resource" else None
    return _Limit(quota, f"a resource policy of `{policy.service}`") if quota is not None else None


def _inline(policy: Policy, size: Size) -> Iterator[Flaw]:
    """All inline policies of an identity together; the one that takes them over the quota is flagged."""
    held = [(quotas.INLINE[holder.kind], holder) for holder in policy.holders if holder.kind in quotas.INLINE]
    quota, holder = min(held, key=lambda pair: pair[0], default=(quotas.LARGEST_IDENTITY, None))
    total = policy.before + size.packed
    if policy.before > quota:
        return  # told of an earlier one
    about = _about(size)
    if policy.before and holder is not None:
        told = f"with the inline policies before it {holder} has {about}{total:,} characters without white space"
        if 10 * policy.before >= 9 * quota and total <= quota:
            return
    else:
        told = f"the policy has {about}{total:,} characters without white space"
    of = (
        f"those of a {holder.kind.replace('_', ' ')} together" if holder is not None else "an inline policy of any kind"
    )
    yield from _told(policy, total, quota, told, of)


def _about(size: Size) -> str:
    return "" if size.exact else "at least "


def _told(policy: Policy, length: int, quota: int, told: str, of: str) -> Iterator[Flaw]:
    if 10 * length < 9 * quota:
        return
    code = "policy-too-large" if length > quota else "policy-nearly-too-large"
    yield Flaw(code=code, message=f"{told}; {of} may have {quota:,}", place=policy.place, via=policy.via)

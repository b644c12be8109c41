"""What can be done without MFA, whatever way of demanding it the policies take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from iamlint.aws import sensitive
from iamlint.logic import glob
from iamlint.logic import policy as logic
from iamlint.logic.glob import Tokens
from iamlint.model.identity import Group, User
from iamlint.model.reasoning.asking import Context, lowered, passes, surroundings
from iamlint.model.reasoning.unused import user_without_group
from iamlint.model.sign_in import MfaDevice
from iamlint.model.unknown import Truth, Unknown, certain

if TYPE_CHECKING:
    from iamlint.model.access import Access
    from iamlint.model.identity import Identity
    from iamlint.model.policy import Policy
    from iamlint.model.stack import Stack
    from iamlint.model.statement import Statement

# Long-term access keys carry neither key; a console session, and what GetSessionToken gives without a code, say "false"
# (IAM User Guide, "AWS global condition context keys", aws:MultiFactorAuthPresent).
_WITHOUT: tuple[Context, ...] = (
    (("aws:multifactorauthage", ()), ("aws:multifactorauthpresent", ())),
    (("aws:multifactorauthage", ()), ("aws:multifactorauthpresent", ("false",))),
)
_IN_CONSOLE = _WITHOUT[1]
# What stands for all actions: one of each kind that a user could be after.
_TELLING = ("iam:createuser", "ec2:runinstances", "s3:getobject")
_MOST_ACTIONS = 30


def without_mfa(stack: Stack, policy: Policy, statement: Statement) -> tuple[str, ...]:
    """Which of a statement's actions that are worth MFA some holder of the policy can take without it, as written."""
    found: dict[str, None] = {}
    for access in _accesses(stack, policy):
        allow = lowered(access, statement)
        if allow is None or not allow.allow:
            continue
        for written in statement.mfa_worthy_actions:
            if written not in found and any(_unprotected(access, allow, a) for a in _worthy(written, statement)):
                found[written] = None
    return tuple(written for written in statement.mfa_worthy_actions if written in found)


def _accesses(stack: Stack, policy: Policy) -> Iterator[Access]:
    """What those may do who hold the policy; of a group its users, where there are some in the code."""
    holders = [stack.identities[holder.address] for holder in policy.holders if holder.address in stack.identities]
    if len(holders) < len(policy.holders) or not holders:
        yield policy.access
    for holder in holders:
        for one in _people(stack, holder):
            if not _unread(one.access):
                yield one.access


def _unread(access: Access) -> str:
    """What the identity has that is not in the code, and so may demand MFA; empty when there is nothing."""
    for one in access.policy.statements:
        if one.doubts and access.origin(one).statement is None:
            return one.doubts[0]
    return ""


def _people(stack: Stack, holder: Identity) -> Iterable[Identity]:
    if not isinstance(holder, Group):
        return (holder,)
    users = [user for user in stack.of_kind("user") if isinstance(user, User) and holder.address in user.groups]
    return users or (holder,)


def _worthy(written: str, statement: Statement) -> Iterator[Tokens]:
    """The single actions that deserve MFA which a statement speaks of by the text as written."""
    if statement.not_actions:
        for action in sorted(sensitive.MFA_WORTHY):
            if certain(statement.speaks_of(action)):
                yield tuple(action)
        return
    for action in _matched(written.strip().lower()):
        yield tuple(action)


@cache
def _matched(pattern: str) -> tuple[str, ...]:
    if "*" not in pattern and "?" not in pattern:
        return (pattern,)
    # A user who sets up a device must be able to do so before there is one.
    return tuple(
        action
        for action in sorted(sensitive.MFA_WORTHY)
        if glob.matches(pattern, action) and not action.endswith("mfadevice")
    )


def _unprotected(access: Access, allow: logic.Statement, action: Tokens) -> bool:
    denies, limits = surroundings(access, action)
    return any(passes(allow, action, None, context, denies, limits) for context in _WITHOUT)


def console_without_mfa(stack: Stack, user: User) -> Truth:
    """Whether a user who signs in to the console without MFA can do more than look after the own sign-in."""
    if any(group not in stack.identities for group in user.groups):
        return Unknown("a group that is not in the code")
    access = user.access
    unread = _unread(access)
    if unread:
        return Unknown(unread)
    if any(isinstance(device, MfaDevice) and _is_for(device, user) for device in stack.of_kind("mfa_device")):
        return False
    given = [one for one in access.policy.statements if one.allow]
    if not given and not user.groups:
        # Nobody has a login to do nothing: what it may do is given elsewhere, and nothing here demands MFA.
        return user_without_group(stack, user)
    return any(_is_open(access, one) for one in given)


def _is_for(device: MfaDevice, user: User) -> bool:
    """Whether the device is, or may be, assigned to the user."""
    names = [user.name.literal] if user.name is not None else []
    return any(
        (text.ref is not None and text.ref.ref == user.address) or text.literal is None or text.literal in names
        for text in device.users
    )


def _is_open(access: Access, allow: logic.Statement) -> bool:
    """Whether an Allow gives without MFA something that is not about the own user, nor needed to set up MFA."""
    own = "${aws:username}"
    resources = ["".join(map(str, resource)) for resource in allow.resources or ()]
    if resources and all(own in resource for resource in resources):
        return False
    for action in _samples(allow):
        denies, limits = surroundings(access, action)
        if passes(allow, action, None, _IN_CONSOLE, denies, limits):
            return True
    return False


def _samples(allow: logic.Statement) -> Iterator[Tokens]:
    """An action for each pattern of an Allow, those aside that only look after one's sign-in."""
    for pattern in ((glob.ANY,),) if allow.not_actions else allow.actions[:_MOST_ACTIONS]:
        if pattern[0] is glob.ANY:
            yield from map(tuple, _TELLING)
            continue
        name = "".join("x" if isinstance(token, glob.Wild) else str(token) for token in pattern)
        if not (sensitive.is_self_service(name) or name.startswith(("iam:get", "iam:list", "sts:getsessiontoken"))):
            yield tuple(name)

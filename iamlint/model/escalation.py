"""Privilege escalation: the known paths that an identity, all its policies taken together, can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from iamlint.aws import escalation as known
from iamlint.model.identity import Identity, User
from iamlint.model.policy import Policy
from iamlint.model.statement import Statement
from iamlint.model.thing import Placed, term
from iamlint.model.unknown import Guard, certain

if TYPE_CHECKING:
    from iamlint.model.reasoning.paths import Way
    from iamlint.model.stack import Stack


# How many of the other paths a message names.
_NAMED = 2


class Escalation(Placed):
    """The most dangerous path that an identity can take, or that a policy gives whoever it is attached to.

    Its place is the first action of the path, in the statement that gives it; `via` are the others.
    """

    path: str
    how: str
    gain: known.Gain
    others: tuple[str, ...] = ()

    @term
    def is_partial(self) -> bool:
        """Whether the path ends at the role of something that exists, lacks a last step, or only lifts limits."""
        return self.gain not in ("account", "role")

    @term
    def also(self) -> str:
        """Which other paths there are, in words: the first two, and how many more."""
        if not self.others:
            return ""
        named, more = self.others[:_NAMED], len(self.others) - _NAMED
        listed = ", ".join(named) + (f" and {more} more" if more > 0 else "")
        return f"; so {'does' if len(self.others) == 1 else 'do'} {listed}"


# From an identity to a strong role by others between.
_LONGEST_CHAIN = 4


class Found(NamedTuple):
    """An escalation with the policy and the statement that its place is in, and which statement, by where it begins,
    gives which of the actions that its message names."""

    escalation: Escalation
    policy: Policy
    statement: Statement
    named: tuple[tuple[tuple[int, int], str], ...] = ()


def escalations(stack: Stack) -> list[Found]:
    """What the identities of a stack can take, and what its policies give that no identity in it holds. Identities
    that take the same path by the same text are told of together."""
    masks: dict[int, int] = {}
    held: set[int] = set()
    found: dict[tuple[int, int, str], list[tuple[str, Found]]] = {}
    strong: dict[str, str] = {}
    for identity in stack.identities.values():
        held.update(map(id, identity.policies))
        one = _of_identity(identity, masks)
        if one is not None:
            found.setdefault(_key(one), []).append((identity.address, one))
            if not one.escalation.is_partial:
                strong[identity.address] = f"can {one.escalation.how}"
        elif identity.boundary is None and _is_all_powerful(identity):
            strong[identity.address] = "is an administrator"
        elif identity.boundary is None and _has(identity, "IAMFullAccess"):
            strong[identity.address] = "has IAMFullAccess"
    for address, one in _chained(stack, strong, masks):
        found.setdefault(_key(one), []).append((address, one))
    together = dict(_joined(stack, strong, masks))
    for address, one in together.items():
        _take_back(found, address, one)
        found.setdefault(_key(one), []).append((address, one))
        strong[address] = f"can {one.escalation.how}"
    for address, one in _chained(stack, strong, masks) if together else ():
        found.setdefault(_key(one), []).append((address, one))
    for policy in stack.policies:
        if id(policy) not in held and policy.grants_to_identity:
            one = _of_policy(policy, masks)
            if one is not None:
                found.setdefault(_key(one), []).append(("", one))
    return [_together(alike) for alike in found.values()]


def _chained(stack: Stack, strong: dict[str, str], masks: dict[int, int]) -> Iterator[tuple[str, Found]]:
    """What identities get by roles of the stack that are strong, and by those that get to these."""
    for _ in range(_LONGEST_CHAIN):
        reached: dict[str, str] = {}
        named = _named_by(stack, strong)
        for identity in stack.identities.values():
            if identity.address in strong:
                continue
            mask = _mask_of_identity(identity, masks)
            name = identity.name.literal if identity.name is not None else None
            trusting = [*named.get(identity.address, ()), *named.get(name or "", ())]
            if not known.is_of_others(mask) and not trusting:
                continue
            from iamlint.model.reasoning.chains import way_to

            way = way_to(stack, identity, mask, strong, trusting)
            one = _told([way]) if way is not None else None
            if one is not None:
                reached[identity.address] = f"can {one.escalation.how}"
                yield identity.address, one
        if not reached:
            return
        strong.update(reached)


def _joined(stack: Stack, strong: dict[str, str], masks: dict[int, int]) -> Iterator[tuple[str, Found]]:
    """What identities that are not strong get together with another that they can become."""
    if len(stack.identities) - len(strong) < 2:
        return
    from iamlint.model.reasoning.joining import Joiner

    for identity, way in Joiner(stack, strong, lambda one: _mask_of_identity(one, masks)).ways():
        one = _told([way])
        if one is not None:
            yield identity.address, one


def _take_back(found: dict[tuple[int, int, str], list[tuple[str, Found]]], address: str, whole: Found) -> None:
    """Drops what was told of an identity that is but a part of a path which is told of it now."""
    actions = set(whole.escalation.path.split(" + "))
    for key, alike in list(found.items()):
        left = [
            (other, one) for other, one in alike
            if other != address or not set(one.escalation.path.split(" + ")) < actions
        ]  # fmt: skip
        if left:
            found[key] = left
        else:
            del found[key]


def _named_by(stack: Stack, strong: dict[str, str]) -> dict[str, list[str]]:
    """The strong roles by the addresses and names of whom they trust."""
    if not strong:
        return {}
    from iamlint.model.reasoning.trusting import trusted

    return trusted(stack, strong)


def _key(found: Found) -> tuple[int, int, str]:
    place = found.escalation.place
    return (id(place.source), place.start, found.escalation.path)


def _together(alike: list[tuple[str, Found]]) -> Found:
    """One finding of those that differ in whom they are about; its policy is held by these alone."""
    first = max((found for _, found in alike), key=lambda found: len(found.escalation.others))
    addresses = {address for address, _ in alike}
    holders = tuple(holder for holder in first.policy.holders if holder.address in addresses)
    if not holders or holders == first.policy.holders:
        return first
    return first._replace(policy=first.policy.model_copy(update={"holders": holders}))


def _of_policy(policy: Policy, masks: dict[int, int]) -> Found | None:
    mask = _mask_of((policy,), masks)
    if not mask or not known.completes(mask) or _is_administrator((policy,)):
        return None
    from iamlint.model.reasoning import paths

    return _told(paths.of_policy(policy, mask))


def _of_identity(identity: Identity, masks: dict[int, int]) -> Found | None:
    mask = _mask_of_identity(identity, masks)
    if not mask or _is_all_powerful(identity) or not known.completes(mask):
        return None
    from iamlint.model.reasoning import paths

    # What a group gives is told of the group.
    of_groups = set(map(id, identity.group_policies)) if isinstance(identity, User) else set()
    return _told(
        way
        for way in paths.of_identity(identity, mask)
        if not all(id(given.policy) in of_groups for given in way.given if given.policy is not None)
    )


def _is_all_powerful(identity: Identity) -> bool:
    attachments = (*identity.attachments, *identity.group_attachments)
    return _is_administrator((*identity.policies, *identity.group_policies)) or any(
        attachment.is_administrator for attachment in attachments
    )


def _has(identity: Identity, name: str) -> bool:
    """Whether an AWS managed policy is attached to an identity, or to one of its groups."""
    return any(one.policy_name == name for one in (*identity.attachments, *identity.group_attachments))


def _mask_of_identity(identity: Identity, masks: dict[int, int]) -> int:
    """The bits of the paths' actions that an identity's own policies may allow, and if any those of AWS's beside."""
    mask = _mask_of((*identity.policies, *identity.group_policies), masks)
    for attachment in (*identity.attachments, *identity.group_attachments) if mask else ():
        if attachment.policy_name:
            mask |= _mask_of_managed(attachment.policy_name)
    return mask


def _told(ways: Iterable[Way]) -> Found | None:
    """The first of the ways as an escalation that names the others."""
    found = list(ways)
    if not found:
        return None
    first, *more = found
    lead = first.lead
    guard: Guard | None = lead.when
    for given in first.given:
        guard = guard.joined(given.when) if guard is not None else None
    if guard is None:
        return None
    escalation = Escalation(
        place=lead.place, via=first.related, when=guard, path=str(first.path), how=first.how, gain=first.path.gain,
        others=tuple(str(way.path) for way in more),
    )  # fmt: skip
    named = {
        (beginning(given.statement), given.action.lower()): None
        for way in found[: 1 + _NAMED]
        for given in way.given
        if given.statement is not None
    }
    return Found(escalation, lead.policy, lead.statement, tuple(named))


def beginning(statement: Statement) -> tuple[int, int]:
    """What tells statements apart by where they are written."""
    return (id(statement.place.source), statement.place.start)


def _mask_of(policies: Iterable[Policy], masks: dict[int, int]) -> int:
    """The bits of the paths' actions that policies may allow, on whatever resource."""
    mask = 0
    for policy in policies:
        if id(policy) not in masks:
            found = 0
            for statement in policy.statements:
                if certain(statement.allows):
                    found |= bits_of(statement)
            masks[id(policy)] = found
        mask |= masks[id(policy)]
    return mask


def bits_of(statement: Statement) -> int:
    """The bits of the paths' actions that a statement speaks of."""
    mask = 0
    for action in statement.not_actions or statement.actions:
        if action.literal is not None:
            mask |= known.reached(action.literal.strip().lower())
    return known.every() & ~mask if statement.not_actions else mask


_MANAGED: dict[str, int] = {}


def _mask_of_managed(name: str) -> int:
    """The same of an AWS managed policy."""
    if name not in _MANAGED:
        from iamlint.aws import managed_policies

        mask = 0
        for statement in managed_policies.granted(name) or ():
            if statement.get("Effect") != "Allow":
                continue
            listed = statement.get("Action", statement.get("NotAction", ()))
            found = 0
            for action in [listed] if isinstance(listed, str) else listed:
                found |= known.reached(action.lower())
            mask |= found if "Action" in statement else known.every() & ~found
        _MANAGED[name] = mask
    return _MANAGED[name]


def _is_administrator(policies: Iterable[Policy]) -> bool:
    """Whether one of the statements allows everything: that is another rule's."""
    return any(certain(statement.allows_everything) for policy in policies for statement in policy.statements)

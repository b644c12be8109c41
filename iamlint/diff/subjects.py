"""What is compared: each identity as a whole, each trust policy, each resource's policies, each policy by itself."""

from __future__ import annotations

import os.path
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from iamlint.logic.policy import Statement
from iamlint.model.access import Access, of_grants, of_guardrail, of_identity
from iamlint.model.identity import Attachment, Identity
from iamlint.model.policy import Policy
from iamlint.model.stack import Stack
from iamlint.model.thing import Thing
from iamlint.source.span import Place

_WORDS = {
    "trust": "trust policy", "resource": "resource policy", "boundary": "permissions boundary",
    "scp": "service control policy", "rcp": "resource control policy", "vpc_endpoint": "VPC endpoint policy",
    "session": "session policy",
}  # fmt: skip
_GUARDRAILS = ("boundary", "scp", "rcp")
_LIMITS = (*_GUARDRAILS, "vpc_endpoint", "session")


@dataclass(frozen=True, eq=False)
class Subject:
    """Something that allows: what it is, where it is declared, what to call it, and all that it allows.

    `root` is the stack it belongs to, relative to what was named; `name` its name in AWS, where that is known.
    `is_shadow` marks a managed policy that counts in the identities it is attached to: it is there to be recognised.
    `only_limits` marks what grants nothing by itself: a boundary, an organization's policy, a VPC endpoint's.
    """

    kind: str
    root: str
    address: str
    label: str
    name: str
    place: Place
    access: Access
    paths: frozenset[str]
    is_shadow: bool = False
    only_limits: bool = False

    @property
    def names_principals(self) -> bool:
        """Whether its statements say to whom they grant."""
        return any(statement.principals is not None for statement in self.access.policy.statements)

    @cached_property
    def content(self) -> frozenset[Statement]:
        """Its statements, whatever they are called."""
        policy = self.access.policy
        every = (policy.statements, *policy.limits)
        return frozenset(statement._replace(name="") for statements in every for statement in statements)


def subjects(stack: Stack, named: str) -> Iterator[Subject]:
    """The subjects of a stack that was found in the file or folder `named`."""
    root = "" if os.path.isfile(named) else os.path.relpath(stack.root or ".", named).replace(os.sep, "/")
    yield from _identities(stack, root)
    yield from _strangers(stack, root)
    bounding = {id(i.boundary_policy) for i in stack.identities.values() if i.boundary_policy is not None}
    grouped: dict[tuple[str, str], list[Policy]] = defaultdict(list)
    for policy in stack.policies:
        if (policy.kind == "identity" and policy.holders) or id(policy) in bounding:
            if policy.attachment == "managed":
                yield replace(_of_policies("unattached", policy.address, [policy], root), is_shadow=True)
            continue
        holder = policy.holders[0] if len(policy.holders) == 1 else None
        about = (holder.address or holder.label) if holder is not None else ""
        own = f"{policy.address} {policy.element}".strip()
        grouped[(policy.kind, about if about and policy.kind in ("trust", "resource") else own)].append(policy)
    for (kind, address), policies in grouped.items():
        yield _of_policies(kind, address, policies, root)


def _identities(stack: Stack, root: str) -> Iterator[Subject]:
    for address, identity in stack.identities.items():
        kind = identity.kind_of_thing.replace("_", " ")
        things: list[Thing] = [identity, *identity.policies, *identity.group_policies]
        things += (*identity.attachments, *identity.group_attachments)
        yield Subject(
            kind, root, address, f"{kind} {identity.label}", _name_of(identity), identity.place, of_identity(identity),
            _paths(things),
        )  # fmt: skip


def _strangers(stack: Stack, root: str) -> Iterator[Subject]:
    """Identities that are declared elsewhere, and get policies here."""
    known = stack.identities
    ours = {id(attachment) for identity in known.values() for attachment in identity.attachments}
    policies: dict[tuple[str, str], list[Policy]] = defaultdict(list)
    attachments: dict[tuple[str, str], list[Attachment]] = defaultdict(list)
    for policy in stack.policies:
        if policy.kind != "identity":
            continue
        for holder in policy.holders:
            if holder.address not in known:
                policies[(holder.kind.replace("_", " "), holder.label)].append(policy)
    for attachment in stack.of_kind("attachment"):
        if isinstance(attachment, Attachment) and id(attachment) not in ours:
            attachments[(attachment.holder_kind.replace("_", " "), attachment.holder)].append(attachment)
    for kind, label in dict.fromkeys((*policies, *attachments)):
        held, attached = policies[(kind, label)], attachments[(kind, label)]
        first: Thing = held[0] if held else attached[0]
        access = of_grants(held, attached)
        shown = f"{kind} {label}".strip() if label else f"a {kind}"
        address = label or first.address
        yield Subject(kind, root, address, shown, label, first.place, access, _paths((*held, *attached)))


def _of_policies(kind: str, address: str, policies: list[Policy], root: str) -> Subject:
    first = policies[0]
    word = _WORDS.get(kind, "policy")
    holder = str(first.holders[0]) if first.holders else ""
    label = f"{word} of {holder}" if holder else f"{word} {first.name or address}".strip()
    access = of_guardrail(first) if kind in _GUARDRAILS and len(policies) == 1 else of_grants(policies)
    told = "policy" if kind == "boundary" else word
    return Subject(
        told, root, address, label, first.name or holder, first.place, access, _paths(policies),
        only_limits=kind in _LIMITS,
    )  # fmt: skip


def _name_of(identity: Identity) -> str:
    return identity.name.literal or "" if identity.name is not None else ""


def _paths(things: Iterable[Thing]) -> frozenset[str]:
    return frozenset(thing.place.source.path for thing in things)

"""What a parser declares, before anything is linked to anything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from iamlint.model.compute import UsedRole
from iamlint.model.policy import HolderKind, Policy
from iamlint.model.stack import Mentions
from iamlint.model.text import Text
from iamlint.model.thing import Thing
from iamlint.model.unknown import ALWAYS, Guard
from iamlint.source.span import Place, Related


@dataclass(slots=True)
class At:
    """Where a declaration stands: its place (its header), its address, the element in it, how it is reached, when."""

    place: Place
    address: str
    element: str = ""
    via: tuple[Related, ...] = ()
    when: Guard = ALWAYS


@dataclass(slots=True)
class Target:
    """Whom a policy goes to: by the address of its declaration, or by the text that names it (name, ARN, reference)."""

    kind: HolderKind
    name: Text | None = None
    address: str = ""


@dataclass(slots=True)
class DeclaredIdentity:
    """An identity before its policies are known."""

    kind: HolderKind
    at: At
    name: Text | None
    extra: dict[str, Any]


@dataclass(slots=True)
class DeclaredPolicy:
    """A policy whose holders are not linked yet."""

    policy: Policy
    targets: list[Target]


@dataclass(slots=True)
class DeclaredInlineName:
    """The name of an inline policy that an identity has, whose content may be declared or not."""

    at: At
    name: Text
    target: Target


@dataclass(slots=True)
class DeclaredAttachment:
    """A managed policy given to an identity, neither of them looked up yet."""

    at: At
    policy: Text
    target: Target
    exclusive: bool


@dataclass(slots=True)
class DeclaredCredential:
    """An access key or a console login, its user not looked up yet."""

    at: At
    user: Text | None
    settings: dict[str, Any]


@dataclass(slots=True)
class DeclaredRunner:
    """What runs code, before its roles are looked up: those that it names, its instance profile and launch template."""

    roles: tuple[UsedRole, ...] = ()
    profile: Text | None = None
    template: Text | None = None


@dataclass(slots=True)
class HandedOver:
    """An access key in what a workload gets: which key (its declaration's address, or its id), and where. `label` is
    what to call a key that is not declared."""

    at: At
    key: str
    label: str = ""


@dataclass(slots=True)
class Pieces:
    """All that a parser declared, in the order it was found."""

    root: str
    things: list[Thing] = field(default_factory=list)
    identities: dict[str, DeclaredIdentity] = field(default_factory=dict)
    policies: list[DeclaredPolicy] = field(default_factory=list)
    attachments: list[DeclaredAttachment] = field(default_factory=list)
    inline_names: list[DeclaredInlineName] = field(default_factory=list)
    boundaries: list[tuple[Target, Text]] = field(default_factory=list)
    members: list[tuple[Target, Text]] = field(default_factory=list)
    keys: list[DeclaredCredential] = field(default_factory=list)
    logins: list[DeclaredCredential] = field(default_factory=list)
    supplied: list[Text] = field(default_factory=list)
    runners: dict[int, DeclaredRunner] = field(default_factory=dict)  # by the index in `things`
    handed: list[HandedOver] = field(default_factory=list)
    unknowns: Counter[str] = field(default_factory=Counter)
    mentions: Mentions | None = None
    sets_up_accounts: bool = False
    is_partial: bool = False  # something of the deploy is not at hand

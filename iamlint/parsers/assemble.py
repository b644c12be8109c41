"""Declared pieces become a stack: policies find their holders, attachments their policies, keys their users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from iamlint.model.base import Setting, Thing
from iamlint.model.identity import (
    AccessKey,
    Attachment,
    Group,
    Identity,
    LoginProfile,
    PermissionSet,
    Role,
    User,
)
from iamlint.model.policy import AttachmentForm, Holder, HolderKind, Policy, PolicyKind
from iamlint.model.stack import Stack, Unresolved
from iamlint.model.text import Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import Value
from iamlint.parsers import policy_document
from iamlint.source.span import Place, Related

_IDENTITIES: dict[str, type[Identity]] = {
    "user": User,
    "group": Group,
    "role": Role,
    "permission_set": PermissionSet,
}


@dataclass(slots=True)
class Target:
    """Whom a policy goes to: by the address of its declaration, or by the text that names it (name, ARN, reference)."""

    kind: HolderKind
    name: Text | None = None
    address: str = ""


@dataclass(slots=True)
class At:
    """Where a declaration stands: its place (its header), its address, the element in it, how it is reached, when."""

    place: Place
    address: str
    element: str = ""
    via: tuple[Related, ...] = ()
    when: Guard = ALWAYS


@dataclass(slots=True)
class _Identity:
    kind: HolderKind
    at: At
    name: Text | None
    extra: dict[str, Any]
    policies: list[Policy] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Declared:
    """A policy whose holders are not linked yet."""

    policy: Policy
    targets: list[Target]


class StackBuilder:
    """Takes what a parser finds, in any order, and links it when everything is there."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._things: list[Thing] = []
        self._identities: dict[str, _Identity] = {}
        self._policies: list[_Declared] = []
        self._attachments: list[tuple[At, HolderKind, Text | None, str, Text, bool]] = []
        self._members: list[tuple[Text | None, str, Text]] = []
        self._keys: list[tuple[At, Text | None, dict[str, Setting]]] = []
        self._logins: list[tuple[At, Text | None, dict[str, Setting]]] = []
        self._unknowns: Counter[str] = Counter()

    def add(self, thing: Thing) -> None:
        """Takes a thing that needs no linking: a trail, an instance, a secret, a file problem …"""
        self._things.append(thing)

    def note_unknown(self, unknown: Unknown) -> None:
        """Counts a value that could not be evaluated, for `summary.unresolved`."""
        self._unknowns[unknown.reason] += 1

    def identity(
        self,
        kind: HolderKind,
        at: At,
        name: Text | None,
        boundary: Text | None = None,
        max_session: Setting | None = None,
    ) -> None:
        """Declares a user, group, role or permission set. `at.address` must be unique within the stack."""
        extra: dict[str, Any] = {"boundary": boundary}
        if kind == "role":
            extra["max_session"] = max_session
        self._identities[at.address] = _Identity(kind, at, name, extra)

    def policy(
        self,
        document: Value,
        at: At,
        kind: PolicyKind,
        attachment: AttachmentForm,
        targets: Sequence[Target] = (),
        name: str = "",
        service: str = "",
        label: str = "",
    ) -> None:
        """Declares a policy: an evaluated object, or a string with JSON in it, or a choice of those.

        For a resource policy give `service` (the IAM prefix of the resource it is attached to, "s3") and `label`
        (what to call that resource in a message).
        """
        holders = (Holder(kind="resource", label=label, address=at.address, service=service),) if label else ()
        for policy in policy_document.policies(document, at, kind, attachment, holders, name):
            for unknown in policy_document.unknowns(policy):
                self.note_unknown(unknown)
            self._policies.append(_Declared(policy, list(targets)))

    def attach(
        self, policy: Text, at: At, holder_kind: HolderKind, holder: Text | None = None,
        holder_address: str = "", exclusive: bool = False,
    ) -> None:  # fmt: skip
        """Attaches a managed policy (an ARN, a name, a reference) to an identity (by address, name or reference)."""
        self._attachments.append((at, holder_kind, holder, holder_address, policy, exclusive))

    def member(self, group: Text, user: Text | None = None, user_address: str = "") -> None:
        """Puts a user into a group."""
        self._members.append((user, user_address, group))

    def access_key(self, at: At, user: Text | None, status: Setting, rotation: Setting, encrypted_to: Setting) -> None:
        """Declares an access key. `rotation` is absent when nothing rotates it; `encrypted_to` (a PGP key) is absent
        when the secret lands in a state in clear, and is set to any value where there is no state."""
        self._keys.append((at, user, {"status": status, "rotation": rotation, "encrypted_to": encrypted_to}))

    def login(self, at: At, user: Text | None, reset_required: Setting, encrypted_to: Setting) -> None:
        """Declares a console login."""
        self._logins.append((at, user, {"reset_required": reset_required, "encrypted_to": encrypted_to}))

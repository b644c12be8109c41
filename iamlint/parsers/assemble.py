"""Declared pieces become a stack: policies find their holders, attachments their policies, keys their users."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from iamlint.model.account import FileProblem
from iamlint.model.compute import Runner, UsedRole
from iamlint.model.policy import AttachmentForm, Holder, HolderKind, PolicyKind
from iamlint.model.stack import Mentions, Stack
from iamlint.model.text import Text
from iamlint.model.thing import Setting, Thing
from iamlint.model.unknown import Guard, Unknown
from iamlint.model.value import Value
from iamlint.parsers import policy_document
from iamlint.parsers.branching import Allow, anything
from iamlint.parsers.flaw_making import Telling
from iamlint.parsers.linking import link
from iamlint.parsers.pieces import (
    At,
    DeclaredAttachment,
    DeclaredCredential,
    DeclaredIdentity,
    DeclaredInlineName,
    DeclaredPolicy,
    DeclaredRunner,
    HandedOver,
    Pieces,
    Target,
)
from iamlint.source.document import Problem
from iamlint.source.span import Place

__all__ = ["At", "StackBuilder", "Target"]


class StackBuilder:
    """Takes what a parser finds, in any order, and links it when everything is there."""

    def __init__(self, root: str, allow: Allow = anything) -> None:
        """`allow` says which branches of the stack can be taken together."""
        self._pieces = Pieces(root)
        self._allow = allow

    def add(self, thing: Thing) -> None:
        """Takes a thing that needs no linking: a trail, an instance, a secret, a file problem …"""
        self._pieces.things.append(thing)

    def run(
        self,
        runner: Runner,
        roles: Sequence[UsedRole] = (),
        profile: Text | None = None,
        template: Text | None = None,
    ) -> None:
        """Takes what runs code, with the roles, the instance profile and the launch template that it names."""
        self._pieces.runners[len(self._pieces.things)] = DeclaredRunner(tuple(roles), profile, template)
        self._pieces.things.append(runner)

    def hand(self, at: At, key: str, label: str = "") -> None:
        """Says that what runs code at `at.address` gets an access key: one that is declared at the address `key`, or
        one with this id, which `label` names without telling it."""
        self._pieces.handed.append(HandedOver(at, key, label))

    def note_unknown(self, unknown: Unknown) -> None:
        """Counts a value that could not be evaluated, for `summary.unresolved`."""
        self._pieces.unknowns[unknown.reason] += 1

    def leave_out(self) -> None:
        """Says that the deploy makes something that is not at hand: what the stack lacks may be there."""
        self._pieces.is_partial = True

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
        if kind in ("role", "permission_set"):
            extra["max_session"] = max_session
        self._pieces.identities[at.address] = DeclaredIdentity(kind, at, name, extra)

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
        in_vpc: bool = False,
        refuses_public: bool = False,
        buckets: tuple[str, ...] = (),
        complete: bool = True,
        astray: str = "",
    ) -> None:
        """Declares a policy: an evaluated object, or a string with JSON in it, or a choice of those.

        For a resource policy give `service` (the IAM prefix of the resource it is attached to, "s3") and `label`
        (what to call that resource in a message), `in_vpc` where it is reached only from within a VPC,
        `refuses_public` where AWS is asked to refuse it if public, and for a bucket the names that it goes by. It is
        not `complete` where statements may be added to it elsewhere. `astray` says in words that it stands where
        nobody looks for it, when it does.
        """
        holders: tuple[Holder, ...] = ()
        if label:
            holders = (
                Holder(
                    kind="resource", label=label, address=at.address, service=service, in_vpc=in_vpc,
                    refuses_public=refuses_public, buckets=buckets,
                ),
            )  # fmt: skip
        for policy in policy_document.policies(
            document, at, kind, attachment, holders, name, self._allow, self._refused
        ):
            for unknown in policy_document.unknowns(policy):
                self.note_unknown(unknown)
            whole = policy if complete else policy.model_copy(update={"complete": False})
            if astray:
                flaw = Telling().flaw("invalid-policy-element", astray, policy.body or policy)
                whole = whole.model_copy(update={"grammar": (flaw, *whole.grammar)})
            self._pieces.policies.append(DeclaredPolicy(whole, list(targets)))

    def statement_places(self) -> Iterator[Place]:
        """Where the statements of the policies stand that are declared so far."""
        for declared in self._pieces.policies:
            for statement in declared.policy.statements:
                yield statement.place

    def _refused(self, problem: Problem, at: At, when: Guard) -> None:
        """Takes note of a policy that is text but not the JSON that it should be."""
        self.add(
            FileProblem(
                kind=problem.kind, message=problem.message, remedy=problem.remedy, place=problem.place, via=at.via,
                when=when, address=at.address, element=at.element,
            )
        )  # fmt: skip

    def attach(
        self, policy: Text, at: At, holder_kind: HolderKind, holder: Text | None = None,
        holder_address: str = "", exclusive: bool = False,
    ) -> None:  # fmt: skip
        """Attaches a managed policy (an ARN, a name, a reference) to an identity (by address, name or reference)."""
        target = Target(holder_kind, holder, holder_address)
        self._pieces.attachments.append(DeclaredAttachment(at, policy, target, exclusive))

    def inline_name(self, name: Text, at: At, target: Target) -> None:
        """Says that an identity has an inline policy of this name, which may be declared or only exist in AWS."""
        self._pieces.inline_names.append(DeclaredInlineName(at, name, target))

    def boundary(self, policy: Text, target: Target) -> None:
        """Gives an identity its permissions boundary, where that is written apart from the identity."""
        self._pieces.boundaries.append((target, policy))

    def member(self, group: Text, user: Text | None = None, user_address: str = "") -> None:
        """Puts a user into a group."""
        self._pieces.members.append((Target("user", user, user_address), group))

    def supply_role(self, template: Text) -> None:
        """Says that what uses this launch template gives its instances their role."""
        self._pieces.supplied.append(template)

    def access_key(self, at: At, user: Text | None, status: Setting, rotation: Setting, encrypted_to: Setting) -> None:
        """Declares an access key. `rotation` is absent when nothing rotates it; `encrypted_to` (a PGP key) is absent
        when the secret lands in a state in clear, and is set to any value where there is no state."""
        settings = {"status": status, "rotation": rotation, "encrypted_to": encrypted_to}
        self._pieces.keys.append(DeclaredCredential(at, user, settings))

    def login(self, at: At, user: Text | None, reset_required: Setting, encrypted_to: Setting) -> None:
        """Declares a console login."""
        settings = {"reset_required": reset_required, "encrypted_to": encrypted_to}
        self._pieces.logins.append(DeclaredCredential(at, user, settings))

    def view(self, mentions: Mentions | None, sets_up_accounts: bool = False) -> None:
        """Says how to look up what names a thing, and whether the language can declare an account's own settings."""
        self._pieces.mentions, self._pieces.sets_up_accounts = mentions, sets_up_accounts

    def build(self) -> Stack:
        """Links everything and freezes it."""
        return link(self._pieces, self._allow)

"""Policies, judged by what they are attached to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal, NamedTuple

from iamlint.model.caller import denies_strangers
from iamlint.model.flaw import Flaw
from iamlint.model.statement import Statement
from iamlint.model.text import Text
from iamlint.model.thing import Model, Placed, Thing, question, term
from iamlint.model.unknown import Truth, Unknown, all_of, any_of

PolicyKind = Literal["identity", "trust", "resource", "boundary", "scp", "rcp", "vpc_endpoint", "session", "unattached"]
AttachmentForm = Literal["inline", "managed", "aws_managed", "generated", "resource", "unattached"]
HolderKind = Literal["user", "group", "role", "permission_set", "resource", "organization"]


class Size(NamedTuple):
    """How many characters a document has at least: without white space, and all of them as they are sent; `exact` when
    no part of it is unknown."""

    packed: int
    full: int
    exact: bool


class Holder(Model):
    """Whom a policy is attached to: its kind, what to call it, the address of its declaration, its service, and whether
    it is reached only from within a VPC."""

    kind: HolderKind
    label: str
    address: str = ""
    service: str = ""
    in_vpc: bool = False

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ')} {self.label}".strip() if self.kind != "resource" else self.label


class Grant(Thing, ABC):
    """What a policy in an identity and an attachment of one have in common: they give an identity permissions."""

    @term
    @abstractmethod
    def is_direct(self) -> bool:
        """Whether the permissions go to the identity itself, by an inline policy or by an attachment."""

    @term
    @abstractmethod
    def holder_kinds(self) -> tuple[str, ...]:
        """The kinds of the identities that get them: user, group, role, permission_set."""

    @term
    @abstractmethod
    def holder_label(self) -> str:
        """What to call the identity in a message."""

    @term
    @abstractmethod
    def label(self) -> str:
        """What to call the policy in a message."""


class Policy(Grant):
    """A policy document and what it is attached to. `size` is None when nothing is known of the document; `before` is
    how many characters the inline policies have that its holder has before it."""

    kind_of_thing: ClassVar[str] = "policy"

    kind: PolicyKind
    attachment: AttachmentForm
    holders: tuple[Holder, ...] = ()
    name: str = ""
    version: Text | None = None
    statements: tuple[Statement, ...] = ()
    body: Placed | None = None
    unresolved: Unknown | None = None
    grammar: tuple[Flaw, ...] = ()
    size: Size | None = None
    before: int = 0

    @term
    def holder(self) -> str:
        """Whom the policy is attached to, in words; "the role", "the resource" or "whoever it is attached to" when
        that is not known."""
        if not self.holders:
            return {"trust": "the role", "resource": "the resource"}.get(self.kind, "whoever it is attached to")
        return str(self.holders[0]) + (f" and {len(self.holders) - 1} more" if len(self.holders) > 1 else "")

    @term
    def holder_kinds(self) -> tuple[str, ...]:
        """The kinds of the identities that it is attached to: user, group, role, permission_set, resource."""
        return tuple(dict.fromkeys(holder.kind for holder in self.holders))

    @term
    def is_inline(self) -> bool:
        """Whether the policy is embedded in one identity."""
        return self.attachment == "inline"

    @term
    def is_aws_written(self) -> bool:
        """Whether a transform of AWS's wrote every word of it, so that the user can only take it or leave it."""
        return self.attachment == "generated"

    @term
    def is_direct(self) -> bool:
        """Whether the permissions go to the identity itself: only those of an inline policy do."""
        return self.is_inline and self.kind == "identity"

    @term
    def holder_label(self) -> str:
        """What to call the holder in a message."""
        return self.holder

    @term
    def label(self) -> str:
        """What to call the policy in a message."""
        return f"inline policy `{self.name}`" if self.is_inline and self.name else "an inline policy"

    @term
    def grants_to_identity(self) -> bool:
        """Whether the policy gives an identity permissions: an identity policy, or a document nothing attaches yet
        that has no principals."""
        if self.kind == "unattached":
            return not any(s.principals or s.not_principals for s in self.statements)
        return self.kind == "identity"

    @term
    def is_for_people(self) -> bool:
        """Whether a user or a group holds the policy."""
        return any(holder.kind in ("user", "group") for holder in self.holders)

    @term
    def enforces_mfa(self) -> Truth:
        """Whether one of its statements denies what matters when MFA is missing."""
        return any_of(statement.enforces_mfa for statement in self.statements)

    @term
    def flaws(self) -> tuple[Flaw, ...]:
        """What AWS would refuse in the policy, what cannot work, and what does nothing."""
        from iamlint.model import validation

        return (*self.grammar, *validation.flaws(self))

    @term
    def service(self) -> str:
        """The service of the resource that a resource policy is attached to; empty when not known."""
        return next((holder.service for holder in self.holders if holder.service), "")

    @term
    def is_in_vpc(self) -> bool:
        """Whether the resource that it is attached to is reached only from within a VPC, as a search domain in one."""
        return bool(self.holders) and all(holder.in_vpc for holder in self.holders)

    @term
    def anyone(self) -> str:
        """Who everybody is to whom a policy without restriction is open, in words."""
        return "anyone in its VPC" if self.is_in_vpc else "anyone"

    @question
    def shields(self, statement: Statement) -> Truth:
        """Whether a Deny for everybody outside a fixed account, organization, network or source takes in all that
        a statement allows."""
        return any_of(
            all_of(
                (
                    deny.denies,
                    any_of(principal.is_anyone for principal in deny.principals),
                    all_of(deny.speaks_of(action.shown) for action in statement.actions if action.is_known),
                    len(deny.conditions) == 1 and denies_strangers(deny.conditions[0]),
                )
            )
            for deny in self.statements
        )

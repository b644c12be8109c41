"""Policies, judged by what they are attached to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from iamlint.model.flaw import Flaw
from iamlint.model.patterns import Resource
from iamlint.model.statement import Statement
from iamlint.model.text import Text
from iamlint.model.thing import Model, Placed, Thing, derived, question, term
from iamlint.model.unknown import Truth, Unknown, all_of, any_of, certain

if TYPE_CHECKING:
    from iamlint.model.access import Access

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
    """Whom a policy is attached to: its kind, what to call it, the address of its declaration, its service, whether
    it is reached only from within a VPC, and whether AWS is asked to refuse a public policy of it. `buckets` are the
    names that a bucket goes by: the address of its declaration, and its own name."""

    kind: HolderKind
    label: str
    address: str = ""
    service: str = ""
    in_vpc: bool = False
    refuses_public: bool = False
    buckets: tuple[str, ...] = ()

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
    how many characters the inline policies have that its holder has before it. A policy that is not `complete` may get
    more statements from a module that is not at hand."""

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
    complete: bool = True

    @derived
    def access(self) -> Access:
        """What it says by itself."""
        from iamlint.model.access import of_policy

        return of_policy(self)

    @derived
    def only_allows(self) -> bool:
        """Whether it surely takes nothing away from what it allows, in whatever branch of a template."""
        return (
            self.unresolved is None
            and not self.when.branches
            and all(one.allows is True and not (one.around.branches or one.when.branches) for one in self.statements)
        )

    @question
    def may(self, action: str, resource: str = "") -> Truth:
        """Whether it allows by itself, its denies taken off, the action (or one of a pattern) on some resource, or on
        this one (or one of a pattern)."""
        return self.access.may(action, resource)

    @term
    def holder(self) -> str:
        """Whom the policy is attached to, in words; "the role", "the resource" or "whoever it is attached to" when
        that is not known."""
        if not self.holders:
            return {"trust": "the role", "resource": "the resource"}.get(self.kind, "whoever it is attached to")
        return str(self.holders[0]) + (f" and {len(self.holders) - 1} more" if len(self.holders) > 1 else "")

    @term
    def receiver(self) -> str:
        """Who gets what the policy gives, in words: its holder; of a trust policy who assumes the role."""
        return f"whoever may assume {self.holder}" if self.kind == "trust" else self.holder

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
    def is_refused_when_public(self) -> bool:
        """Whether AWS is asked to refuse the policy if it is public, by an argument of the policy itself."""
        return bool(self.holders) and all(holder.refuses_public for holder in self.holders)

    @term
    def anyone(self) -> str:
        """Who everybody is to whom a policy without restriction is open, in words."""
        return "anyone in its VPC" if self.is_in_vpc else "anyone"

    @question
    def lets_outsiders_in_by(self, statement: Statement) -> Truth:
        """Whether a statement of it lets in an outsider: a caller whom no statement names, and who has none of the
        accounts, organizations, networks and sources that conditions fix; denies are taken off."""
        return statement.may_be_for_anyone and self.access.lets_outsiders_in_by(statement)

    @term
    def public_statements(self) -> tuple[Statement, ...]:
        """The statements of a resource or trust policy that surely let an outsider in."""
        return tuple(statement for statement in self.statements if certain(self.lets_outsiders_in_by(statement)))

    @term
    def lockout(self) -> str:
        """How a resource policy leaves nobody able to change it, in words; empty when it does not."""
        from iamlint.model import lockout

        found = lockout.lockout(self)
        return "" if found is None else found.told

    @term
    def locking(self) -> Placed | None:
        """The statement that leaves nobody able to change the policy, or the policy where none lets anybody do so."""
        from iamlint.model import lockout

        found = lockout.lockout(self)
        return None if found is None else found.at

    @term
    def requires_secure_transport(self) -> Truth:
        """Whether a Deny for everybody stops what comes without TLS, or with an old version of it."""
        if self.unresolved is not None:
            return self.unresolved
        if not self.complete:
            return Unknown("statements that a module may add")
        return any_of(statement.denies_insecure_transport for statement in self.statements)

    @term
    def denies_without_mfa(self) -> Truth:
        """Whether a Deny of a trust policy stops everybody who signed in without MFA."""
        return any_of(
            all_of(
                (
                    statement.denies,
                    statement.speaks_of("sts:AssumeRole"),
                    any_of(principal.is_anyone for principal in statement.principals),
                    len(statement.conditions) == 1,
                    any_of(condition.denies_without_mfa for condition in statement.conditions),
                )
            )
            for statement in self.statements
        )

    @question
    def shields(self, statement: Statement) -> Truth:
        """Whether a Deny for everybody outside a fixed account, organization, network or source takes in all that
        a statement allows."""
        return any_of(
            all_of(
                (
                    deny.denies,
                    deny.shuts_out_strangers,
                    all_of(deny.speaks_of(action.shown) for action in statement.actions if action.is_known),
                    all_of(any_of(_takes_in(mine, its) for mine in deny.resources) for its in statement.resources)
                    if deny.resources
                    else not deny.uses_not_resource,
                )
            )
            for deny in self.statements
        )


def _takes_in(wider: Resource, narrower: Resource) -> Truth:
    """Whether one ARN of a policy takes in another; the same expression always does."""
    return wider.shown == narrower.shown or any_of((wider.is_wildcard, wider.covers_tokens(narrower.glob_tokens)))

"""What one deploy creates: everything of a template, a Terraform root module, or a policy file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from iamlint.model import strangers
from iamlint.model.identity import Identity, User
from iamlint.model.policy import Policy
from iamlint.model.principal import Principal
from iamlint.model.sharing import PublicAccessBlock, Share
from iamlint.model.statement import Statement
from iamlint.model.thing import Model, Thing, question, term
from iamlint.model.unknown import Truth, any_of


class Unresolved(Model):
    """A count of values that could not be evaluated, by reason."""

    reason: str
    count: int


class Stack(Model):
    """The things of one deploy. `root` is the folder or file that it comes from, as given."""

    root: str
    things: tuple[Thing, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    trusted_accounts: tuple[str, ...] = ()
    trusted_orgs: tuple[str, ...] = ()
    longest_session: int = 43200

    @cached_property
    def by_kind(self) -> dict[str, list[Thing]]:
        """The things, by `kind_of_thing`."""
        kinds: dict[str, list[Thing]] = {}
        for thing in self.things:
            kinds.setdefault(thing.kind_of_thing, []).append(thing)
        return kinds

    def of_kind(self, kind: str) -> Sequence[Thing]:
        """All things of one kind."""
        return self.by_kind.get(kind, ())

    @property
    def policies(self) -> Iterator[Policy]:
        """All policies, whatever they are attached to."""
        return (thing for thing in self.of_kind("policy") if isinstance(thing, Policy))

    @cached_property
    def identities(self) -> dict[str, Identity]:
        """The identities by address."""
        return {thing.address: thing for thing in self.things if isinstance(thing, Identity)}

    @term
    def size(self) -> int:
        """How many things the stack has."""
        return len(self.things)

    @question
    def trusts(self, account: str) -> bool:
        """Whether the configuration lists the account as trusted."""
        return account in self.trusted_accounts

    @cached_property
    def own_accounts(self) -> frozenset[str]:
        """The accounts that the configuration lists as trusted, or that the stack itself shows to be its own."""
        return strangers.own_accounts(self)

    @question
    def is_own(self, account: str) -> bool:
        """Whether an account is listed as trusted, shown by the stack to be its own, or one of AWS's for logs."""
        return account in self.own_accounts or strangers.is_of_aws(account)

    @question
    def outlasts(self, identity: Identity) -> bool:
        """Whether sessions of a role or permission set last longer than the configuration, or AWS, lets them."""
        return identity.session_seconds > self.longest_session

    @question
    def is_foreign(self, principal: Principal, policy: Policy) -> Truth:
        """Whether a principal of a resource's policy is a service, everybody, or of an account that is not known to be
        the resource's own."""
        return strangers.is_foreign(self, principal, policy)

    @question
    def stranger(self, principal: Principal, statement: Statement) -> str:
        """Which account or organization, that the configuration does not list, an Allow lets in by a principal and its
        conditions; empty when there is none."""
        return strangers.stranger(self, principal, statement)

    @question
    def without_mfa(self, policy: Policy, statement: Statement) -> tuple[str, ...]:
        """Which actions of the statement that are worth MFA somebody who holds the policy can take without it, all
        that the holder has and is denied taken together."""
        from iamlint.model.reasoning.mfa import without_mfa

        return without_mfa(self, policy, statement)

    @question
    def leaves(self, policy: Policy, statement: Statement, action: str) -> Truth:
        """Whether denies and boundaries leave somebody who holds the policy this action of the statement, on any
        resource that no deny or boundary is about."""
        from iamlint.model.reasoning.remains import remains

        return remains(self, policy, statement, action)

    @question
    def exposed_by(self, policy: Policy, statement: Statement, exposure: str) -> tuple[str, ...]:
        """The actions by which somebody who holds the policy exposes `credentials`, `data` or `resources`, or blinds
        `logs`, of the statement's as written, and not what denies and boundaries take off."""
        from iamlint.model.reasoning.remains import exposed

        return exposed(self, policy, statement, exposure)

    @question
    def console_without_mfa(self, user: User) -> Truth:
        """Whether a user who signs in to the console with a password alone can do more than set up MFA."""
        from iamlint.model.reasoning.mfa import console_without_mfa

        return console_without_mfa(self, user)

    @question
    def ignores_acl(self, share: Share) -> Truth:
        """Whether a public ACL has no effect, as a public access block of its bucket or of the account ignores it."""
        blocks = self.of_kind("public_access_block")
        return any_of(block.hides(share) for block in blocks if isinstance(block, PublicAccessBlock))

    @question
    def stops_policy(self, policy: Policy) -> Truth:
        """Whether a public policy of a bucket opens it to nobody, as a public access block of the bucket or of the
        account stands in its way, or AWS is asked to refuse it."""
        if policy.is_refused_when_public:
            return True
        if policy.service != "s3" or not policy.holders:
            return False
        buckets = policy.holders[0].buckets
        blocks = self.of_kind("public_access_block")
        return any_of(
            block.stops_policy(buckets, policy.when) for block in blocks if isinstance(block, PublicAccessBlock)
        )

    @question
    def makes_up_for(self, block: PublicAccessBlock) -> Truth:
        """Whether the public access block of the account has on what that of a bucket has off."""
        blocks = self.of_kind("public_access_block")
        return any_of(other.makes_up_for(block) for other in blocks if isinstance(other, PublicAccessBlock))

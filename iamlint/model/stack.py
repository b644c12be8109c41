"""What one deploy creates: everything of a template, a Terraform root module, or a policy file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from iamlint.model.identity import Identity
from iamlint.model.policy import Policy
from iamlint.model.sharing import PublicAccessBlock, Share
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

    @question
    def enforces_mfa_for(self, policy: Policy) -> Truth:
        """Whether every identity that holds the policy is also held by a Deny that enforces MFA."""
        answers = [self._holder_enforces_mfa(holder.address) for holder in policy.holders]
        return all(answer is True for answer in answers) if answers else policy.enforces_mfa

    @question
    def ignores_acl(self, share: Share) -> Truth:
        """Whether a public ACL has no effect, as a public access block of its bucket or of the account ignores it."""
        blocks = self.of_kind("public_access_block")
        return any_of(block.hides(share) for block in blocks if isinstance(block, PublicAccessBlock))

    def _holder_enforces_mfa(self, address: str) -> Truth:
        identity = self.identities.get(address)
        if identity is None:
            return False
        group_policies: Sequence[Policy] = getattr(identity, "group_policies", ())
        return any_of((identity.enforces_mfa, any_of(policy.enforces_mfa for policy in group_policies)))

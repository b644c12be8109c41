"""What one deploy creates: everything of a template, a Terraform root module, or a policy file."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pydantic import SkipValidation

from iamlint.model import strangers
from iamlint.model.account import Trail
from iamlint.model.account_service import AccountService
from iamlint.model.flaw import Flaw
from iamlint.model.identity import Group, Identity, InstanceProfile, LoginProfile, Role, User
from iamlint.model.patterns import Action, Resource
from iamlint.model.policy import Policy
from iamlint.model.principal import Principal
from iamlint.model.sharing import PublicAccessBlock, Share
from iamlint.model.statement import Statement
from iamlint.model.tagging import Tagging
from iamlint.model.text import Text
from iamlint.model.thing import Model, Thing, derived, question, remembered, term
from iamlint.model.unknown import Truth, any_of
from iamlint.model.watching import MetricFilter

if TYPE_CHECKING:
    from iamlint.model.escalation import Found
    from iamlint.model.reasoning.trusting import Door


class Unresolved(Model):
    """A count of values that could not be evaluated, by reason."""

    reason: str
    count: int


Mentions = Callable[[str], "frozenset[str] | None"]


class Stack(Model):
    """The things of one deploy. `root` is the folder or file that it comes from, as given.

    It `is_partial` where modules, nested stacks or macros make things that are not at hand. It `sets_up_accounts` where
    its language has a word for an account's own settings, its password policy among them. `mentions` looks up what
    names the thing at an address: types of resources, kinds of blocks and sections; None where that is not known.
    `unclear` are the kinds of things that some reference may mean of which it is not known what it means.
    """

    root: str
    things: tuple[Thing, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    is_partial: bool = False
    trusted_accounts: tuple[str, ...] = ()
    trusted_orgs: tuple[str, ...] = ()
    longest_session: int = 43200
    mentions: SkipValidation[Mentions | None] = None
    unclear: frozenset[str] = frozenset()
    sets_up_accounts: bool = False

    @derived
    def by_kind(self) -> dict[str, list[Thing]]:
        """The things, by `kind_of_thing`."""
        kinds: dict[str, list[Thing]] = {}
        for thing in self.things:
            kinds.setdefault(thing.kind_of_thing, []).append(thing)
        return kinds

    @derived
    def by_address(self) -> dict[str, list[Thing]]:
        """The things, by the address of their declaration."""
        addresses: dict[str, list[Thing]] = {}
        for thing in self.things:
            addresses.setdefault(thing.address, []).append(thing)
        return addresses

    @derived
    def by_name(self) -> dict[str, list[Thing]]:
        """The things that have a name which is known, by that name."""
        names: dict[str, list[Thing]] = {}
        for thing in self.things:
            name = getattr(thing, "name", None)
            if isinstance(name, Text) and name.literal:
                names.setdefault(name.literal, []).append(thing)
        return names

    @derived
    def _names(self) -> list[str]:
        return sorted(self.by_name)

    def names_from(self, heads: Iterable[str]) -> list[str]:
        """The names of things that begin with one of some texts."""
        found: dict[str, None] = {}
        for head in sorted(heads):
            at = bisect_left(self._names, head)
            while at < len(self._names) and self._names[at].startswith(head):
                found[self._names[at]] = None
                at += 1
        return list(found)

    def of_kind(self, kind: str) -> Sequence[Thing]:
        """All things of one kind."""
        return self.by_kind.get(kind, ())

    @property
    def policies(self) -> Iterator[Policy]:
        """All policies, whatever they are attached to."""
        return (thing for thing in self.of_kind("policy") if isinstance(thing, Policy))

    @derived
    def identities(self) -> dict[str, Identity]:
        """The identities by address."""
        return {thing.address: thing for thing in self.things if isinstance(thing, Identity)}

    @term
    def size(self) -> int:
        """How many things the stack has."""
        return len(self.things)

    @term
    def records_management(self) -> Truth:
        """Whether one of its trails records management events."""
        return any_of(trail.management.equals(True) for trail in self.of_kind("trail") if isinstance(trail, Trail))

    @term
    def requires_session_tokens(self) -> Truth:
        """Whether it declares, as a default of the account, that instances require session tokens for metadata."""
        from iamlint.model.compute import tokens_by_default

        return tokens_by_default(self.of_kind("instance"))

    @term
    def records_iam(self) -> bool:
        """Whether one of its Config recorders records something of IAM, or may."""
        from iamlint.model.recording import records_iam

        return records_iam(self.of_kind("config_recorder"))

    @term
    def leaves_root_credentials(self) -> bool:
        """Whether nothing that it declares, or that is not at hand, manages the root credentials of the accounts."""
        services = self.of_kind("account_service")
        return not self.is_partial and not any(
            isinstance(declared, AccountService) and declared.service == "root credentials" for declared in services
        )

    @question
    def unwatched(self, trail: Trail, what: str) -> str:
        """Why nobody is told of what a trail records and sends to a log group, in words; empty where somebody is or
        may be. What: `root`, `refused calls`, `policy changes` or `sign-in without MFA`."""
        if trail.has_log_group is not True or trail.management.equals(True) is not True:
            return ""
        from iamlint.model.watching import unwatched

        return unwatched(self, trail.log_group_arn, what) if trail.log_group_arn is not None else ""

    @question
    def unheard(self, metric_filter: MetricFilter) -> str:
        """What a metric filter looks for in the log of a trail while no alarm on its metric tells anybody, in words;
        empty where one does or may, and where the trail is in the stack."""
        from iamlint.model.watching import unheard

        return unheard(self, metric_filter)

    @question
    def opens_bucket_of(self, trail: Trail) -> str:
        """What lets everybody at the log files of a trail in their bucket, in words; empty where nothing does."""
        from iamlint.model.trail_bucket import opened_by

        return opened_by(self, trail)

    @question
    def trusts(self, account: str) -> bool:
        """Whether the configuration lists the account as trusted."""
        return account in self.trusted_accounts

    @derived
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
    def stranger_of(self, share: Share) -> str:
        """Which account or organization, that the configuration does not list, something is shared with; empty when
        there is none."""
        return strangers.stranger_of(self, share)

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

    def flaws(self, policy: Policy) -> Iterator[Flaw]:
        """What is wrong with a policy, by itself and beside the other policies of who holds it."""
        from iamlint.model.reasoning.siblings import denied_elsewhere

        yield from policy.flaws
        yield from denied_elsewhere(self, policy)

    @question
    def leaves_some(self, policy: Policy, statement: Statement) -> bool:
        """Whether Denies of other policies leave somebody who holds the policy anything that the statement gives."""
        from iamlint.model.reasoning.remains import leaves_some

        return leaves_some(self, policy, statement)

    @question
    def left_by_boundary(self, policy: Policy) -> str:
        """What the permissions boundaries of those who hold a policy leave of everything: `all`, `what is listed`,
        `what is not denied`, or `unknown` of a boundary that is not in the code."""
        from iamlint.model.reasoning.bounding import left

        return left(self, policy)

    @question
    def but_for_boundary(self, policy: Policy) -> str:
        """The same in words, to stand after what a statement gives; empty when all is left."""
        from iamlint.model.reasoning.bounding import told

        return told(self, policy)

    @derived
    def escalations(self) -> list[Found]:
        """The paths to more than was given that its identities and policies open."""
        from iamlint.model.escalation import escalations

        return escalations(self)

    @question
    def restrictable_beside_paths(self, statement: Statement, resource: Resource) -> tuple[str, ...]:
        """Those of a statement's restrictable actions, for one of its resources, that are not named as well as a path
        to more than was given; all where each is."""
        from iamlint.model.escalation import beginning

        actions = statement.restrictable_on(resource)
        here = beginning(statement)
        told = {action for found in self.escalations for place, action in found.named if place == here}
        return tuple(action for action in actions if action.strip().lower() not in told) or actions

    @question
    def exposed_by(self, policy: Policy, statement: Statement, exposure: str) -> tuple[str, ...]:
        """The actions by which somebody who holds the policy exposes `credentials`, `data` or `resources`, or blinds
        `logs`, of the statement's as written, and not what denies and boundaries take off."""
        from iamlint.model.reasoning.remains import exposed

        return exposed(self, policy, statement, exposure)

    @question
    def reads_any(self, policy: Policy, statement: Statement, what: str) -> tuple[Action, ...]:
        """The actions of an Allow by which somebody who holds the policy decrypts with every key (`keys`), or reads
        every secret or parameter (`secrets`), conditions, denies and boundaries counted."""
        from iamlint.model.reasoning.remains import reading

        return reading(self, policy, statement, what)

    @question
    def open_to_services(self, statement: Statement) -> tuple[Resource, ...]:
        """The resources of a statement, which gives iam:PassRole, that name roles which are not obviously one
        service's; none where a condition says to which service they may be handed."""
        from iamlint.model.reasoning.passing import open_to_services

        return open_to_services(self, statement)

    @remembered
    def doors(self, role: Role) -> tuple[Door, ...]:
        """How a role's trust policy lets in identities of the stack."""
        from iamlint.model.reasoning.trusting import doors

        return doors(self, role)

    @question
    @remembered
    def taggings(self, policy: Policy, statement: Statement) -> tuple[Tagging, ...]:
        """The actions of an Allow by which somebody who holds the policy sets tags that conditions of its own rely
        on, denies and boundaries counted."""
        from iamlint.model.reasoning.tagging import taggings

        return taggings(self, policy, statement)

    @question
    def texts_for_pool(self, policy: Policy, statement: Statement) -> bool:
        """Whether a statement only lets the role of a Cognito user pool send text messages, which takes `*`."""
        from iamlint.model.reasoning.texting import texts_for_pool

        return texts_for_pool(self, policy, statement)

    @question
    @remembered
    def rewrites(self, policy: Policy) -> str:
        """Path and name of the AWS managed policy, for whom holds the policy, that grants exactly the same; empty when
        none is known to."""
        from iamlint.model.reasoning.rewriting import rewritten

        return rewritten(self, policy) if policy.statements else ""

    @question
    def never_bites(self, policy: Policy, statement: Statement) -> bool:
        """Whether a Deny surely takes nothing from any who hold the policy: all of them are wholly known, and nothing
        that it denies is allowed."""
        from iamlint.model.reasoning.idle import never_bites

        return never_bites(self, policy, statement)

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

    @question
    def lacks_group(self, user: User) -> Truth:
        """Whether a user is in no group, and nothing that is not in view can put it into one."""
        from iamlint.model.reasoning.unused import user_without_group

        return user_without_group(self, user)

    @question
    def lacks_members(self, group: Group) -> Truth:
        """Whether no user is in a group, and nothing that is not in view can put one into it."""
        from iamlint.model.reasoning.unused import group_without_members

        return group_without_members(self, group)

    @question
    def lacks_policies(self, role: Role) -> Truth:
        """Whether a role has no policy, and nothing that is not in view can give it one."""
        from iamlint.model.reasoning.unused import role_without_policies

        return role_without_policies(self, role)

    @question
    def leaves_unattached(self, policy: Policy) -> Truth:
        """Whether a managed policy is attached to nobody, bounds nobody, and is named nowhere."""
        from iamlint.model.reasoning.unused import unattached_policy

        return unattached_policy(self, policy)

    @question
    def leaves_unused(self, profile: InstanceProfile) -> Truth:
        """Whether no instance uses an instance profile, and it is named nowhere."""
        from iamlint.model.reasoning.unused import orphan_instance_profile

        return orphan_instance_profile(self, profile)

    @question
    def lacks_password_policy(self, login: LoginProfile) -> Truth:
        """Whether a console login is the first of a stack that, all of it in view, has no password policy."""
        from iamlint.model.reasoning.unused import no_password_policy

        return no_password_policy(self, login)

"""Identities of the stack whose power somebody else gets: by becoming them, by handing them to a service that it runs,
or by changing what runs as them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from iamlint.aws import escalation as known
from iamlint.logic import glob
from iamlint.logic.glob import ANY, Tokens
from iamlint.model.compute import Instance, Workload
from iamlint.model.escalation import bits_of
from iamlint.model.identity import Identity, Role
from iamlint.model.lowering import arn_of
from iamlint.model.policy import Holder, Policy
from iamlint.model.reasoning import paths, probes
from iamlint.model.reasoning.passing import arn_start, things_named
from iamlint.model.reasoning.paths import Given, Way
from iamlint.model.reasoning.trusting import trust
from iamlint.model.unknown import ALWAYS, certain

if TYPE_CHECKING:
    from iamlint.model.patterns import Resource
    from iamlint.model.reasoning.paths import Judge
    from iamlint.model.stack import Stack
    from iamlint.model.thing import Thing

# What makes a taker of an identity that it may be done to, in words.
_TAKING = {
    "role": (("iam:UpdateAssumeRolePolicy", "let itself assume"),),
    "user": (
        ("iam:CreateAccessKey", "make an access key for"),
        ("iam:CreateLoginProfile", "give a password to"),
        ("iam:UpdateLoginProfile", "set the password of"),
    ),
    "group": (("iam:AddUserToGroup", "add users to"),),
}
# What makes an administrator of an identity.
_EMPOWERING = {
    kind: (
        (f"iam:Attach{kind.title()}Policy", "attach AdministratorAccess to"),
        (f"iam:Put{kind.title()}Policy", "write an inline policy into"),
    )
    for kind in ("role", "user", "group")
}
# The kinds of things that another identity may become, empower or change.
_KINDS = ("role", "user", "group", "workload", "instance", "policy")


def way_to(
    stack: Stack, identity: Identity, mask: int, strong: Mapping[str, str], trusting: Sequence[str]
) -> Way | None:
    """The first way, if any, from an identity to one that `strong` has by its address, with what it is or can do in
    words, or that it can make so; `mask` has the bits of the actions that the identity may have, and `trusting` are
    those strong roles whose trust policies may name it."""
    return _Seeker(stack, identity, mask, strong).first(trusting)


def reachable(
    stack: Stack, identity: Identity, mask: int, among: Container[str], trusting: Sequence[str]
) -> Iterator[tuple[Identity, str, tuple[Given, ...]]]:
    """The identities among some that an identity can become, make run its code or take over, each once: with how in
    words, and what gives the actions for it. `trusting` are roles whose trust policies may name it."""
    return _Seeker(stack, identity, mask, {}).reachable(among, trusting)


class _Seeker:
    """Looks for the way of one identity."""

    def __init__(self, stack: Stack, identity: Identity, mask: int, strong: Mapping[str, str]) -> None:
        self._stack = stack
        self._identity = identity
        self._mask = mask
        self._strong = strong

    @cached_property
    def _judge(self) -> Judge:
        return paths.of(self._identity)

    def first(self, trusting: Sequence[str]) -> Way | None:
        for policy, resource in self._resources() if known.is_of_others(self._mask) else ():
            for thing in things_named(self._stack, resource, _KINDS):
                way = self._to(thing, _arn(resource, policy, thing))
                if way is not None:
                    return way
        return self._by_trust_alone(trusting)

    def reachable(
        self, among: Container[str], trusting: Sequence[str]
    ) -> Iterator[tuple[Identity, str, tuple[Given, ...]]]:
        """Those that it can act as, of its resources and of who trusts it."""
        by_assuming = isinstance(self._identity, Role)
        seen = {self._identity.address}
        for policy, resource in self._resources() if known.is_of_others(self._mask) else ():
            for thing in things_named(self._stack, resource, ("role", "user", "group")):
                if not isinstance(thing, Identity) or thing.address in seen or thing.address not in among:
                    continue
                reached = self._reached(thing, _arn(resource, policy, thing), by_assuming)
                if reached is not None:
                    seen.add(thing.address)
                    yield (thing, *reached)
        for address in trusting if by_assuming else ():
            role = self._stack.identities.get(address)
            if isinstance(role, Role) and address not in seen:
                given = self._by_assuming(role, ())
                if given is not None:
                    seen.add(address)
                    yield role, "become", (given,)

    def _resources(self) -> Iterator[tuple[Policy, Resource]]:
        """The resources that Allows name beside actions that may give the power of others."""
        for policy in (*self._identity.policies, *self._identity.group_policies):
            for statement in policy.statements:
                if certain(statement.allows) and known.is_of_others(bits_of(statement)):
                    for resource in statement.resources:
                        if not _is_all_of_a_kind(resource):
                            yield policy, resource

    def _to(self, thing: Thing, arn: Tokens) -> Way | None:
        if isinstance(thing, (Workload, Instance)):
            return self._by_changing(thing, arn)
        if isinstance(thing, Policy):
            return self._by_rewriting(thing, arn)
        if not isinstance(thing, Identity) or thing.address == self._identity.address:
            return None
        if thing.address not in self._strong:
            return self._by_empowering(thing, arn)
        # That people change roles for what needs more is how it is meant.
        reached = self._reached(thing, arn, by_assuming=isinstance(self._identity, Role))
        return self._way(reached[1], reached[0], thing) if reached is not None else None

    def _reached(self, target: Identity, arn: Tokens, by_assuming: bool) -> tuple[str, tuple[Given, ...]] | None:
        """How, in words, and by which actions the identity acts as another."""
        if isinstance(target, Role):
            assumed = self._by_assuming(target, arn) if by_assuming else None
            if assumed is not None:
                return "become", (assumed,)
            passed = self._by_passing(target, arn)
            if passed is not None:
                return "run code as", passed
        for action, doing in _TAKING.get(target.kind_of_thing, ()):
            taken = self._judge.on(action, arn)
            if taken is not None:
                return doing, (taken,)
        return None

    def _by_assuming(self, role: Role, arn: Tokens) -> Given | None:
        """What gives sts:AssumeRole: an Allow of its own, or a trust policy that names it."""
        found = trust(self._stack, role, self._identity)
        if found is None:
            return None
        given = self._judge.on("sts:AssumeRole", arn) if arn else None
        if given is not None and (given.statement is None or given.statement.is_unconditional):
            return given
        if found.manner == "by account" or role.trust is None or self._is_held_back:
            return None
        policy = role.trust.model_copy(update={"holders": (_holder(self._identity),)})
        guard = policy.when.joined(found.statement.when) or ALWAYS
        return Given("sts:AssumeRole", found.principal.place, guard, policy, found.statement)

    @cached_property
    def _is_held_back(self) -> bool:
        """Whether a Deny or a boundary of the identity is, or may be, about assuming roles."""
        denies, limits = self._judge.surroundings("sts:AssumeRole")
        return bool(denies or limits)

    def _by_passing(self, role: Role, arn: Tokens) -> tuple[Given, ...] | None:
        takers = {
            principal.name.literal
            for trusting in (role.trust.statements if role.trust is not None else ())
            if certain(trusting.grants("sts:AssumeRole")) and not trusting.conditions
            for principal in trusting.principals
            if principal.kind == "service" and principal.name.literal
        }
        for path in known.paths() if takers else ():
            if path.gain != "role" or path.actions[0] != "iam:PassRole" or path.bits & ~self._mask:
                continue
            for service in takers.intersection(path.services):
                passed = self._judge.on("iam:PassRole", arn, service)
                given = self._others(path.actions[1:]) if passed is not None else None
                if passed is not None and given is not None:
                    return (passed, *given)
        return None

    def _others(self, actions: Iterable[str]) -> tuple[Given, ...] | None:
        """What gives each of some actions, on whatever resource."""
        given = [self._judge.action(action, False, "") for action in actions]
        found = tuple(one for one in given if one is not None)
        return found if len(found) == len(given) else None

    def _by_empowering(self, target: Identity, arn: Tokens) -> Way | None:
        ways = _EMPOWERING.get(target.kind_of_thing, ())
        if not self._mask & known.bits(action for action, _ in ways):
            return None
        reached = self._reached(target, arn, by_assuming=True)
        for action, doing in ways if reached is not None else ():
            given = self._judge.on(action, arn)
            if given is not None and reached is not None:
                verb, others = reached
                how = f"{doing} {target.kind_of_thing} {called(target)} and {verb} it"
                path = known.Path("account", (action, *(one.action for one in others)), how, (), "", 0)
                return Way(path, (given, *others))
        return None

    def _by_rewriting(self, policy: Policy, arn: Tokens) -> Way | None:
        """By a managed policy of another identity, which it then acts as."""
        if policy.attachment != "managed" or not self._mask & known.bits(("iam:CreatePolicyVersion",)):
            return None
        given = self._judge.on("iam:CreatePolicyVersion", arn)
        for holder in policy.holders if given is not None else ():
            target = self._stack.identities.get(holder.address)
            if target is None or given is None or target.address in (self._identity.address, *self._strong):
                continue
            reached = self._reached(target, self._arn_of(target), by_assuming=True)
            if reached is not None:
                verb, others = reached
                named = policy.name or policy.address
                how = f"rewrite policy {named}, which {holder.kind} {called(target)} has, and {verb} it"
                path = known.Path("account", (given.action, *(one.action for one in others)), how, (), "", 0)
                return Way(path, (given, *others))
        return None

    def _arn_of(self, target: Identity) -> Tokens:
        """The ARN of an identity as the statements name it; empty when they do not, but by everything of its kind."""
        for policy, resource in self._resources():
            if target in things_named(self._stack, resource, (target.kind_of_thing,)):
                return _arn(resource, policy, target)
        return ()

    def _by_changing(self, runner: Workload | Instance, arn: Tokens) -> Way | None:
        """By code of its own in what runs as a strong role, which is there already."""
        start = arn_start(runner)
        addresses = [used.address for used in runner.roles if used.use == "code" and used.address in self._strong]
        role = next((self._stack.identities[one] for one in addresses if one in self._stack.identities), None)
        if role is None or not start:
            return None
        for path in known.paths():
            if path.gain != "workload" or path.bits & ~self._mask or known.kind(path.actions[0])[1] != start:
                continue
            given = self._judge.on(path.actions[0], arn)
            others = self._others(path.actions[1:]) if given is not None else None
            if given is not None and others is not None:
                return self._way((given, *others), "run code as", role)
        return None

    def _by_trust_alone(self, trusting: Sequence[str]) -> Way | None:
        """By a trust policy that names the identity, which then needs no permission of its own."""
        for address in trusting if isinstance(self._identity, Role) else ():
            role = self._stack.identities.get(address)
            given = self._by_assuming(role, ()) if isinstance(role, Role) else None
            if isinstance(role, Role) and given is not None:
                return self._way((given,), "become", role)
        return None

    def _way(self, given: tuple[Given, ...], verb: str, target: Identity) -> Way:
        how = f"{verb} {target.kind_of_thing} {called(target)}, which {self._strong[target.address]}"
        return Way(known.Path("workload", tuple(one.action for one in given), how, (), "", 0), given)


def called(identity: Identity) -> str:
    """What a message calls an identity, after its kind."""
    return identity.label.removeprefix("Resources/")


def _holder(identity: Identity) -> Holder:
    own = (holder for policy in identity.policies for holder in policy.holders if holder.address == identity.address)
    return next(own, Holder(kind="role", label=called(identity), address=identity.address))


def _is_all_of_a_kind(resource: Resource) -> bool:
    """Whether a resource is everything, or every role, which is another rule's."""
    return certain(resource.is_wildcard) or resource.masked.split(":", 5)[-1].partition("/")[2] == "*"


def _arn(resource: Resource, policy: Policy, thing: Thing) -> Tokens:
    """The ARN of the one thing that is meant of those that a resource takes in, as far as it is known."""
    arn = arn_of(resource, policy.address)
    name = thing.name.literal if isinstance(thing, Identity) and thing.name is not None else None
    if name and ANY in arn:
        other = probes.probe(arn, "iam", f"{thing.kind_of_thing}/", probes.account_of(policy.access))
        exact = (*other[: -len(probes.ANY_NAME)], *name)
        if glob.covers(arn, exact) is True:
            return exact
    return arn

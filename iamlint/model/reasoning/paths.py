"""Which escalation paths an access opens: each action on a resource that matters, Denies and limits taken off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from iamlint.aws import escalation as known
from iamlint.logic import glob
from iamlint.logic import policy as logic
from iamlint.logic.glob import ANY, Hole, Tokens
from iamlint.model.identity import Identity, User
from iamlint.model.lowering import arn_of
from iamlint.model.reasoning.asking import Context, passes, speaks, surroundings
from iamlint.model.reasoning.making import makes
from iamlint.model.reasoning.probes import ANY_NAME, account_of, fields_of, last_of, probe
from iamlint.model.unknown import ALWAYS, Guard, certain
from iamlint.source.span import Place, Related

if TYPE_CHECKING:
    from iamlint.model.access import Access
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement

_ANY_ROLE = f"arn:aws:iam::000000000000:role/{ANY_NAME}"
_NOW = "2026-12-31T00:00:00Z"
# The account in the ARNs of what AWS manages, which nobody else can change.
_OF_AWS: Tokens = tuple("aws")

# The policies that make whoever has them an administrator, or let him become one; the taker attaches what is allowed.
_STRONGEST = ("AdministratorAccess", "IAMFullAccess")
# What the taker of a path brings: nothing with a tag or a boundary on it, and no service that calls for it.
_PINNED: dict[str, tuple[str, ...]] = {
    "iam:policyarn": (f"arn:aws:iam::aws:policy/{_STRONGEST[0]}",),
    "iam:permissionsboundary": (),
    "aws:viaawsservice": ("false",),
    "aws:calledvia": (),
    "aws:calledviafirst": (),
    "aws:calledvialast": (),
    "ec2:instanceprofile": (f"arn:aws:iam::000000000000:instance-profile/{ANY_NAME}",),
    "cloudformation:rolearn": (_ANY_ROLE,),
    # What has ended by now is over; the same day in every run.
    "aws:currenttime": (_NOW,),
    "aws:tokenissuetime": (_NOW,),
}


_IN_TEMPLATE = "Resources/"
_ANY_RESOURCE: tuple[Tokens | None, bool] = (None, False)


class Given(NamedTuple):
    """One action of a path, and the statement that gives it; without one it is an AWS managed policy, `label`."""

    action: str
    place: Place | None
    when: Guard = ALWAYS
    policy: Policy | None = None
    statement: Statement | None = None
    label: str = ""
    on_itself: bool = False
    attached: str = ""  # the policy that it attaches


class Lead(NamedTuple):
    """Where a path is told of."""

    place: Place
    when: Guard
    policy: Policy
    statement: Statement


class Way(NamedTuple):
    """A path that is open, with what gives each of its actions."""

    path: known.Path
    given: tuple[Given, ...]

    @property
    def _first(self) -> Given:
        return next(given for given in self.given if given.place is not None)

    @property
    def lead(self) -> Lead:
        """Where the path is told of: its first action that is given by something written here."""
        first = self._first
        assert first.place is not None and first.policy is not None and first.statement is not None
        return Lead(first.place, first.when, first.policy, first.statement)

    @property
    def how(self) -> str:
        """What can be done, as the rest of "X can …"."""
        how = self.path.how
        if self.given[0].on_itself:
            for other, own in (("any user", "itself"), ("any role", "itself"), ("any group", "a group of its own")):
                how = how.replace(other, own)
        attached = next((given.attached for given in self.given if given.attached), _STRONGEST[0])
        return how.replace(_STRONGEST[0], attached)

    @property
    def related(self) -> tuple[Related, ...]:
        """What gives the other actions."""
        first = self._first
        others: dict[tuple[int, int], tuple[Place, list[str]]] = {}
        for given in self.given:
            if given is first or given.place is None:
                continue
            key = (id(given.place.source), given.place.start)
            others.setdefault(key, (given.place, []))[1].append(given.action)
        return tuple(Related(place, f"gives {', '.join(actions)}") for place, actions in others.values())


def of_identity(identity: Identity, mask: int) -> Iterator[Way]:
    """The paths that an identity can take, the most dangerous first."""
    return of(identity).ways(mask)


def of(identity: Identity) -> Judge:
    """What tells which actions an identity can take on itself, or on any other of a kind."""
    declared = [(identity.kind_of_thing, identity.address)]
    declared += [("policy", policy.address) for policy in _own_policies(identity)]
    if isinstance(identity, User):
        declared += [("group", group) for group in identity.groups]
    return Judge(identity.access, _own_names(identity), tuple(_holes(declared)))


def of_policy(policy: Policy, mask: int) -> Iterator[Way]:
    """The paths that a policy opens by itself."""
    return Judge(policy.access, (("user", (logic.Variable("aws:username"),)),)).ways(mask)


def _own_names(identity: Identity) -> tuple[tuple[str, Tokens], ...]:
    """What names the identity itself, by its kind."""
    names: list[tuple[str, Tokens]] = []
    if identity.kind_of_thing in ("user", "group"):
        names.append(("user", (logic.Variable("aws:username"),)))
    if identity.name is not None:
        names.append((identity.kind_of_thing, arn_of(identity.name, identity.address)))
    elif identity.address.startswith(_IN_TEMPLATE):
        # AWS CloudFormation makes the name of those of the stack and of the declaration.
        logical = identity.address.removeprefix(_IN_TEMPLATE)
        names.append((identity.kind_of_thing, (Hole("AWS::StackName"), *f"-{logical}-{ANY_NAME}")))
    names += [("policy", tuple(one.name)) for one in _own_policies(identity) if one.name and "${" not in one.name]
    if isinstance(identity, User):
        holders = {holder for policy in identity.group_policies for holder in policy.holders}
        labels = {holder.label for holder in holders if holder.address in identity.groups}
        names += [("group", tuple(name)) for name in sorted(labels.union(identity.groups, identity.group_names))]
    return tuple(names)


def _own_policies(identity: Identity) -> tuple[Policy, ...]:
    """The customer managed policies that an identity has: rewriting one gives it whatever it likes."""
    return tuple(one for one in (*identity.policies, *identity.group_policies) if one.attachment == "managed")


def _holes(declared: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The holes that stand for what is declared, by its kind."""
    for kind, address in declared:
        yield from ((kind, f"{address}.{attribute}") for attribute in ("arn", "name", "id"))
        yield (kind, address.removeprefix("Resources/"))


class Judge:
    """Looks for open paths in one access. `own` names the identity itself, its managed policies and its groups, each
    after its kind, and `declared` the holes that are these."""

    def __init__(
        self, access: Access, own: tuple[tuple[str, Tokens], ...], declared: tuple[tuple[str, str], ...] = ()
    ) -> None:  # fmt: skip
        self._access = access
        self._own = own
        self._declared = declared
        self._allows = tuple(statement for statement in access.policy.statements if statement.allow)
        self._known: dict[tuple[str, bool, str], Given | None] = {}
        self._account = account_of(access)

    def ways(self, mask: int) -> Iterator[Way]:
        """The open paths; of several with the same actions and more only the first."""
        told: list[frozenset[str]] = []
        for path in known.paths():
            actions = frozenset(path.actions)
            if path.bits & ~mask or any(actions <= other or other <= actions for other in told):
                continue
            given = self._path(path)
            # What AWS wrote in full is judged by its name.
            if given is None or all(_is_of_aws(one) for one in given) or given[0].place is None:
                continue
            told.append(actions)
            yield Way(path, given)

    def _path(self, path: known.Path) -> tuple[Given, ...] | None:
        if path.makes:
            return makes(self, path)
        for service in path.services or ("",):
            given: list[Given] = []
            for number, action in enumerate(path.actions):
                one = self.action(action, number == 0, service if action == "iam:PassRole" else "")
                if one is None:
                    break
                given.append(one)
            else:
                return tuple(given)
        return None

    def action(self, action: str, decides: bool, service: str) -> Given | None:
        """What gives an action, where it decides on every resource of its kind; None when nothing surely does."""
        key = (action, decides, service)
        if key not in self._known:
            self._known[key] = next(self._givers(action, decides, service), None)
        return self._known[key]

    def on(self, action: str, resource: Tokens, service: str = "") -> Given | None:
        """What gives an action on one resource, of iam:PassRole where the role is for a service."""
        tokens = tuple(action.lower())
        for statement in self._allows:
            if speaks(statement, tokens) is True and _is_for(statement, resource):
                attached = self._attached(statement, tokens, resource, service)
                if attached is not None:
                    return self._given(statement, action, False, attached)
        return None

    def surroundings(self, action: str) -> tuple[tuple[logic.Statement, ...], list[tuple[logic.Statement, ...]]]:
        """The Denies about an action, and what the limits say of it."""
        return surroundings(self._access, tuple(action.lower()))

    def patterns(self, action: str) -> Iterator[Tokens]:
        """The resources, as ARNs of the kind that an action is on, that it is given for."""
        tokens = tuple(action.lower())
        service, start = known.kind(action)
        for statement in self._allows:
            if statement.doubts or statement.not_resources or speaks(statement, tokens) is not True:
                continue
            for resource in statement.resources or ((ANY,),):
                any_other = probe(resource, service, start, self._account)
                before, last = any_other[: -len(start) - len(ANY_NAME)], last_of(resource)
                if last[: len(start)] == tuple(start):
                    yield (*before, *last)
                elif glob.covers(resource, any_other) is True:
                    yield (*before, *start, ANY)

    def leaves(self, statement: logic.Statement, action: str) -> bool:
        """Whether a statement still gives an action, on any other resource of its kind, all else counted."""
        tokens = tuple(action.lower())
        probes = list(self._probes(statement, action)) if known.kind(action)[1] else [_ANY_RESOURCE]
        return any(self._attached(statement, tokens, one, "") is not None for one, _ in probes or [_ANY_RESOURCE])

    def _givers(self, action: str, decides: bool, service: str) -> Iterator[Given]:
        tokens = tuple(action.lower())
        for statement in self._allows:
            if statement.doubts or speaks(statement, tokens) is not True:
                continue
            for one, on_itself in self._probes(statement, action) if decides else (_ANY_RESOURCE,):
                attached = self._attached(statement, tokens, one, service)
                if attached is not None:
                    yield self._given(statement, action, on_itself, attached)
                    break

    def _given(self, lowered: logic.Statement, action: str, on_itself: bool, attached: str) -> Given:
        origin = self._access.origin(lowered)
        policy, statement = origin.policy, origin.statement
        if policy is None or statement is None:
            return Given(action, None, label=str(origin))
        guard = policy.when.joined(statement.when) or ALWAYS
        covering = [one for one in statement.actions if certain(one.covers(action))]
        text = max(covering, key=lambda one: len(one.shown), default=None)
        written = text or statement.written("NotAction") or statement
        return Given(action, written.place, guard, policy, statement, on_itself=on_itself, attached=attached)

    def _probes(self, statement: logic.Statement, action: str) -> Iterator[tuple[Tokens | None, bool]]:
        """Resources such that, when the action is allowed on one of them, the path is open: any other one of the
        kind, or what the identity itself is. With whether it is itself."""
        service, start = known.kind(action)
        resources = statement.resources or ((ANY,),)
        if statement.not_resources:
            if start:
                other = probe((ANY,), service, start, self._account)
                if not any(glob.covers(resource, other) is not False for resource in resources):
                    yield other, False
            return
        for resource in resources:
            if not start:
                if resource == (ANY,):
                    yield None, False
                continue
            if fields_of(resource)[4:5] == [_OF_AWS]:
                continue
            other = probe(resource, service, start, self._account)
            if glob.covers(resource, other) is True:
                yield other, False
            elif action.lower() in known.ON_ITSELF:
                itself = self._itself(resource, other, start)
                if itself:
                    yield itself, True

    def _itself(self, resource: Tokens, other: Tokens, start: str) -> Tokens:
        """The ARN among those of a pattern that is the identity's own, by its name or by its declaration; empty when
        none surely is. `other` is any other one."""
        kind = start.rstrip("/")
        last = last_of(resource)
        named = last[len(start) :] if last[: len(start)] == tuple(start) else ()
        declared = resource if len(resource) == 1 else named
        if len(declared) == 1 and isinstance(declared[0], Hole) and (kind, declared[0].name) in self._declared:
            return resource
        for of, name in self._own:
            if of != kind or not named:
                continue
            if _ends_in(named, name):
                return resource
            if glob.covers(named, name) is True:
                return (*other[: -len(ANY_NAME)], *name)
        return ()

    def _attached(self, statement: logic.Statement, action: Tokens, on: Tokens | None, service: str) -> str | None:
        """Whether the statement lets the action through, what else the identity has and is limited by counted: None
        when it does not, else the policy to attach where conditions leave out the strongest."""
        denies, limits = surroundings(self._access, action)
        asking = [statement, *denies, *chain.from_iterable(limits)]
        context = self._context(asking, service)
        if passes(statement, action, on, context, denies, limits):
            return ""
        if any(condition.key == "iam:policyarn" for one in asking for condition in one.conditions):
            for other in _STRONGEST[1:]:
                instead = {**dict(context), "iam:policyarn": (f"arn:aws:iam::aws:policy/{other}",)}
                if passes(statement, action, on, tuple(sorted(instead.items())), denies, limits):
                    return other
        return None

    def _context(self, statements: Sequence[logic.Statement], service: str) -> Context:
        """What is fixed of the keys that the statements test."""
        pinned: dict[str, tuple[str, ...]] = {}
        for statement in statements:
            for condition in statement.conditions:
                key = condition.key
                if key in _PINNED:
                    pinned[key] = _PINNED[key]
                elif "resourcetag/" in key:
                    pinned[key] = ()
                elif key == "iam:passedtoservice" and service:
                    pinned[key] = (service,)
                elif key == "aws:principalarn":
                    pinned[key] = (self._own_arn(condition),)
        return tuple(sorted(pinned.items()))

    def _own_arn(self, condition: logic.Condition) -> str:
        """The ARN of the identity, in the account that a condition speaks of."""
        kind, name = next(((kind, name) for kind, name in self._own if kind in ("role", "user")), ("role", ()))
        written = (logic.shown(value).split(":") for value in condition.values)
        account = next((parts[4] for parts in written if len(parts) > 5 and parts[4].isdigit()), "000000000000")
        plain = "".join(token for token in name if isinstance(token, str)) or ANY_NAME
        return f"arn:aws:iam::{account}:{kind}/{plain}"


def _is_for(statement: logic.Statement, resource: Tokens) -> bool:
    """Whether a statement lists a resource, or lists what it is not about."""
    if statement.not_resources or statement.resources is None:
        return True
    return any(glob.covers(pattern, resource) is True for pattern in statement.resources)


def _is_of_aws(given: Given) -> bool:
    return given.policy is None or given.policy.is_aws_written


def _ends_in(path: Tokens, name: Tokens) -> bool:
    """Whether a path and name has this name."""
    return path == name or path[-len(name) - 1 :] == ("/", *name)

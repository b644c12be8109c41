"""Which escalation paths an access opens: each action on a resource that matters, Denies and limits taken off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from iamlint.aws import escalation as known
from iamlint.logic import glob
from iamlint.logic import policy as logic
from iamlint.logic.glob import ANY, Hole, Tokens, Wild
from iamlint.model.identity import Identity, User
from iamlint.model.reasoning.asking import Context, passes, speaks, surroundings
from iamlint.model.unknown import ALWAYS, Guard, certain
from iamlint.source.span import Place, Related

if TYPE_CHECKING:
    from iamlint.model.access import Access
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement

# A name that nobody's pattern singles out: what may be done to it may be done to any.
_ANY_NAME = "zq7-any-other"
_ANY_ROLE = f"arn:aws:iam::000000000000:role/{_ANY_NAME}"
_NOW = "2026-12-31T00:00:00Z"
_ACCOUNT: Tokens = tuple("000000000000")
# The account in the ARNs of what AWS manages, which nobody else can change.
_OF_AWS: Tokens = tuple("aws")

# What the taker of a path brings: nothing with a tag or a boundary on it, and no service that calls for it.
_PINNED: dict[str, tuple[str, ...]] = {
    "iam:policyarn": ("arn:aws:iam::aws:policy/AdministratorAccess",),
    "iam:permissionsboundary": (),
    "aws:viaawsservice": ("false",),
    "aws:calledvia": (),
    "aws:calledviafirst": (),
    "aws:calledvialast": (),
    "ec2:instanceprofile": (f"arn:aws:iam::000000000000:instance-profile/{_ANY_NAME}",),
    "cloudformation:rolearn": (_ANY_ROLE,),
    # What has ended by now is over; the same day in every run.
    "aws:currenttime": (_NOW,),
    "aws:tokenissuetime": (_NOW,),
}


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
        return how

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
    if identity.name is not None and identity.name.literal is not None:
        names.append((identity.kind_of_thing, tuple(identity.name.literal)))
    names += [("policy", tuple(one.name)) for one in _own_policies(identity) if one.name and "${" not in one.name]
    if isinstance(identity, User):
        holders = {holder for policy in identity.group_policies for holder in policy.holders}
        labels = {holder.label for holder in holders if holder.address in identity.groups}
        names += [("group", tuple(name)) for name in sorted(labels.union(identity.groups))]
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
        self._account = _account_of(access)

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
            if speaks(statement, tokens) is True and self._passes(statement, tokens, resource, service):
                return self._given(statement, action, False)
        return None

    def leaves(self, statement: logic.Statement, action: str) -> bool:
        """Whether a statement still gives an action, on any other resource of its kind, all else counted."""
        tokens = tuple(action.lower())
        probes = list(self._probes(statement, action)) if known.kind(action)[1] else [_ANY_RESOURCE]
        return any(self._passes(statement, tokens, probe, "") for probe, _ in probes or [_ANY_RESOURCE])

    def _givers(self, action: str, decides: bool, service: str) -> Iterator[Given]:
        tokens = tuple(action.lower())
        for statement in self._allows:
            if statement.doubts or speaks(statement, tokens) is not True:
                continue
            for probe, on_itself in self._probes(statement, action) if decides else (_ANY_RESOURCE,):
                if self._passes(statement, tokens, probe, service):
                    yield self._given(statement, action, on_itself)
                    break

    def _given(self, lowered: logic.Statement, action: str, on_itself: bool) -> Given:
        origin = self._access.origin(lowered)
        policy, statement = origin.policy, origin.statement
        if policy is None or statement is None:
            return Given(action, None, label=str(origin))
        guard = policy.when.joined(statement.when) or ALWAYS
        covering = [one for one in statement.actions if certain(one.covers(action))]
        text = max(covering, key=lambda one: len(one.shown), default=None)
        written = text or statement.written("NotAction") or statement
        return Given(action, written.place, guard, policy, statement, on_itself=on_itself)

    def _probes(self, statement: logic.Statement, action: str) -> Iterator[tuple[Tokens | None, bool]]:
        """Resources such that, when the action is allowed on one of them, the path is open: any other one of the
        kind, or what the identity itself is. With whether it is itself."""
        service, start = known.kind(action)
        resources = statement.resources or ((ANY,),)
        if statement.not_resources:
            if start:
                probe = _probe((ANY,), service, start, self._account)
                if not any(glob.covers(resource, probe) is not False for resource in resources):
                    yield probe, False
            return
        for resource in resources:
            if not start:
                if resource == (ANY,):
                    yield None, False
                continue
            if _fields(resource)[4:5] == [_OF_AWS]:
                continue
            probe = _probe(resource, service, start, self._account)
            if glob.covers(resource, probe) is True:
                yield probe, False
            elif action.lower() in known.ON_ITSELF:
                itself = self._itself(resource, probe, start)
                if itself:
                    yield itself, True

    def _itself(self, resource: Tokens, probe: Tokens, start: str) -> Tokens:
        """The ARN among those of a pattern that is the identity's own, by its name or by its declaration; empty when
        none surely is. `probe` is any other one."""
        kind = start.rstrip("/")
        last = _last_of(resource)
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
                return (*probe[: -len(_ANY_NAME)], *name)
        return ()

    def _passes(self, statement: logic.Statement, action: Tokens, probe: Tokens | None, service: str) -> bool:
        """Whether the statement lets the action through, what else the identity has and is limited by counted."""
        denies, limits = surroundings(self._access, action)
        context = self._context([statement, *denies, *chain.from_iterable(limits)], service)
        return passes(statement, action, probe, context, denies, limits)

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
        plain = "".join(token for token in name if isinstance(token, str)) or _ANY_NAME
        return f"arn:aws:iam::{account}:{kind}/{plain}"


def _is_of_aws(given: Given) -> bool:
    return given.policy is None or given.policy.is_aws_written


def probe(pattern: Tokens, service: str, start: str, access: Access) -> Tokens:
    """The ARN of a resource of a kind that no pattern names, in the account that an access speaks of."""
    return _probe(pattern, service, start, _account_of(access))


def _probe(pattern: Tokens, service: str, start: str, account: Tokens) -> Tokens:
    """The ARN of a resource of a kind that no pattern names, in the partition, Region and account of a pattern."""
    fields = _fields(pattern)
    usual: tuple[Tokens, ...] = (tuple("arn"), tuple("aws"), tuple(service), (), account)
    if service not in ("iam", "sso"):
        usual = (*usual[:3], tuple("eu-west-1"), usual[4])
    parts = [
        own if own is not None and not any(isinstance(token, Wild) for token in own) else default
        for own, default in zip((*fields[:5], *[None] * (5 - len(fields[:5]))), usual, strict=True)
    ]
    name = start if start == "root" else start + _ANY_NAME
    return (*(token for part in parts for token in (*part, ":")), *name)


def _account_of(access: Access) -> Tokens:
    """The account that Denies and limits speak of, where they name one; else any."""
    denies = (statement for statement in access.policy.statements if not statement.allow)
    for statement in chain(denies, *access.policy.limits):
        for resource in statement.resources or ():
            fields = _fields(resource)
            if len(fields) == 5 and fields[4] and not any(isinstance(token, Wild) for token in fields[4]):
                return fields[4]
    return _ACCOUNT


def _fields(pattern: Tokens) -> list[Tokens]:
    """The fields of an ARN before its last; fewer than five when it is not written in full."""
    fields: list[Tokens] = []
    current: list[glob.Token] = []
    for letter in pattern:
        if letter == ":" and len(fields) < 5:
            fields.append(tuple(current))
            current = []
        else:
            current.append(letter)
    return fields


def _last_of(pattern: Tokens) -> Tokens:
    """The last field of an ARN, the one after the fifth colon; empty when there is none."""
    colons = 0
    for place, letter in enumerate(pattern):
        colons += letter == ":"
        if colons == 5:
            return pattern[place + 1 :]
    return ()


def _ends_in(path: Tokens, name: Tokens) -> bool:
    """Whether a path and name has this name."""
    return path == name or path[-len(name) - 1 :] == ("/", *name)

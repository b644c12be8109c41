"""An account's baseline: what a stack that sets up the account as a whole declares for it, and what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, get_args

from iamlint.model.account import PasswordPolicy, Trail
from iamlint.model.account_service import AccountService, Organization, Service
from iamlint.model.thing import Setting, Thing, question, term
from iamlint.model.unknown import possible

if TYPE_CHECKING:
    from iamlint.model.stack import Stack

_SERVICES: tuple[Service, ...] = get_args(Service)

# What only a stack declares that is about the account as a whole.
_ALONE = frozenset({"a password policy", "an organization", "Security Hub", "Control Tower"})

_IN_WORDS = {
    "trail": "a trail",
    "access analyzer": "an access analyzer",
    "Config recorder": "a Config recorder",
    "account setting": "account settings",
}
_LACKING = {"access analyzer": "analyzer of external access", "GuardDuty": "GuardDuty detector"}


class Baseline(Thing):
    """What a stack sets up for the account as a whole. Its place is what shows that it does.

    `signs` are the kinds of things that show it, in words; none where its place is that of a service which is switched
    off. `seen_to` are the services that are declared, or are run in another way.
    """

    kind_of_thing: ClassVar[str] = "baseline"

    signs: tuple[str, ...]
    seen_to: tuple[str, ...]
    off: tuple[AccountService, ...] = ()

    @question
    def lacks(self, service: str) -> bool:
        """Whether the account is left without a service: `trail`, `access analyzer`, `Config recorder`, `GuardDuty`."""
        if self.switched_off(service) is not None:
            return True
        return bool(self.signs) and service not in self.seen_to

    @question
    def switched_off(self, service: str) -> Setting | None:
        """What switches off a service that is declared; absent where nothing does."""
        return next((declared.on for declared in self.off if declared.service == service), None)

    @question
    def why_without(self, service: str) -> str:
        """Why the account is without a service, in words."""
        if self.switched_off(service) is not None:
            return "it is declared but off"
        return f"the stack declares {self.told}, but no {_LACKING.get(service, service)}"

    @term
    def told(self) -> str:
        """What the stack declares for the account, in words."""
        *most, last = self.signs or ("nothing",)
        return f"{', '.join(most)} and {last}" if most else last


def baselines(stack: Stack) -> list[Baseline]:
    """The baseline that a stack is, none for the stack of an application; and one for each service that is off, which
    is told where it is declared: the same service, switched on, may be another Region's."""
    services = [thing for thing in stack.of_kind("account_service") if isinstance(thing, AccountService)]
    off = [declared for declared in services if declared.on.equals(False) is True]
    found = [_placed(declared, off=(declared,)) for declared in off]
    organizations = [thing for thing in stack.of_kind("organization") if isinstance(thing, Organization)]
    signs = _signs(stack, services, organizations)
    if stack.is_partial or (len(signs) < 2 and _ALONE.isdisjoint(signs)):
        return found
    seen_to: set[str] = {declared.service for declared in services}
    seen_to |= {service for service in _SERVICES if any(possible(of.may_run(service)) for of in organizations)}
    if stack.of_kind("trail"):
        seen_to.add("trail")
    shown = next(iter([*(signs[name] for name in signs if name in _ALONE), *signs.values()]))
    return [_placed(shown, signs=tuple(signs), seen_to=tuple(sorted(seen_to))), *found]


def _placed(
    at: Thing, signs: tuple[str, ...] = (), seen_to: tuple[str, ...] = (), off: tuple[AccountService, ...] = ()
) -> Baseline:
    return Baseline(signs=signs, seen_to=seen_to, off=off, place=at.place, via=at.via, when=at.when, address=at.address)


def _signs(stack: Stack, services: list[AccountService], organizations: list[Organization]) -> dict[str, Thing]:
    """What shows that a stack is about the account as a whole: the first thing of each kind, by its name in words."""
    signs: dict[str, Thing] = {}
    for policy in stack.of_kind("password_policy"):
        if isinstance(policy, PasswordPolicy):
            signs.setdefault("a password policy", policy)
    for organization in organizations:
        signs.setdefault("an organization", organization)
    for trail in stack.of_kind("trail"):
        # A trail of one Region, or of data events, may be an application's.
        if isinstance(trail, Trail) and trail.management.equals(True) is True and _is_wide(trail):
            signs.setdefault("a trail", trail)
    for declared in services:
        if declared.service != "root credentials":
            signs.setdefault(_IN_WORDS.get(declared.service, declared.service), declared)
    return signs


def _is_wide(trail: Trail) -> bool:
    return trail.multi_region.equals(True) is True or trail.organization.equals(True) is True

"""Who runs as which role: workloads and instances find their roles, and access keys those that get them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from iamlint.model.compute import HandedKey, Instance, UsedRole, Workload
from iamlint.model.identity import InstanceProfile
from iamlint.model.text import Text
from iamlint.model.thing import Thing
from iamlint.parsers.branching import Allow
from iamlint.parsers.pieces import DeclaredRunner, HandedOver, Pieces
from iamlint.source.span import Related

Find = Callable[[str, Text | None], str]
Enter = Callable[[str, str, Text | None], None]
KeyLabel = Callable[[str], str]


class RoleUsers:
    """The things of a stack that run as a role, linked. `find` looks up an address by kind and text, `enter` makes one
    known, `key_label` gives the words for a declared access key, and `allow` says which branches can be taken together.
    """

    def __init__(self, pieces: Pieces, find: Find, enter: Enter, key_label: KeyLabel, allow: Allow) -> None:
        self._pieces = pieces
        self._allow = allow
        self._find = find
        self._key_label = key_label
        self._profiles: dict[str, InstanceProfile] = {}
        self._used: dict[str, dict[str, list[str]]] = {}
        self.things: list[Thing] = pieces.things
        if pieces.runners or any(isinstance(thing, InstanceProfile) for thing in pieces.things):
            self._link(enter)

    def of_role(self, address: str) -> dict[str, Any]:
        """Who uses the role at an address, as the fields that a role has for it."""
        found = self._used.get(address, {})
        return {field: tuple(dict.fromkeys(labels)) for field, labels in found.items()}

    def _link(self, enter: Enter) -> None:
        for thing in self._pieces.things:
            if isinstance(thing, InstanceProfile):
                enter("instance profile", thing.address, thing.name)
                self._profiles[thing.address] = thing.model_copy(update={"role_address": self._role(thing.role)})
            elif isinstance(thing, Instance) and thing.kind == "launch template":
                enter("launch template", thing.address, thing.name)
        templates: dict[str, list[DeclaredRunner]] = {}
        for index, declared in self._pieces.runners.items():
            thing = self._pieces.things[index]
            if isinstance(thing, Instance) and thing.kind == "launch template":
                templates.setdefault(thing.address, []).append(declared)
        self.things = [
            self._linked(thing, self._pieces.runners.get(index), templates)
            for index, thing in enumerate(self._pieces.things)
        ]
        self.things += self._handed()

    def _linked(
        self, thing: Thing, declared: DeclaredRunner | None, templates: dict[str, list[DeclaredRunner]]
    ) -> Thing:
        if isinstance(thing, InstanceProfile):
            return self._profiles[thing.address]
        if declared is None or not isinstance(thing, (Workload, Instance)):
            return thing
        given = [declared]
        if declared.profile is None and declared.template is not None:
            given = templates.get(self._find("launch template", declared.template), [])
        profiles = tuple(self._declared_profiles(given))
        roles = [self._named(used) for used in declared.roles]
        roles += [
            UsedRole(use="code", role=profile.role, address=profile.role_address, place=profile.place)
            for profile in profiles
            if profile.role is not None
        ]
        update = (
            {"roles": tuple(roles), "profiles": profiles} if isinstance(thing, Instance) else {"roles": tuple(roles)}
        )
        linked = thing.model_copy(update=update)
        self._note(linked)
        return linked

    def _declared_profiles(self, runners: Iterable[DeclaredRunner]) -> Iterator[InstanceProfile]:
        for declared in runners:
            found = self._profiles.get(self._find("instance profile", declared.profile))
            if found is not None:
                yield found

    def _named(self, used: UsedRole) -> UsedRole:
        address = self._role(used.role)
        return used.model_copy(update={"address": address}) if address else used

    def _role(self, text: Text | None) -> str:
        """The address of the role that a text names, when it is declared."""
        found = self._find("role", text)
        identity = self._pieces.identities.get(found)
        return found if identity is not None and identity.kind == "role" else ""

    def _note(self, runner: Workload | Instance) -> None:
        for address in runner.role_addresses:
            users = self._used.setdefault(address, {})
            users.setdefault("used_by", []).append(runner.label)
            if isinstance(runner, Instance) and runner.public_address is not None:
                if runner.public_address.value is True:
                    users.setdefault("public_instances", []).append(runner.label)
                elif runner.public_address.value is False:
                    users.setdefault("private_instances", []).append(runner.label)

    def _handed(self) -> Iterator[HandedKey]:
        """The access keys that what runs code gets, each once, at the second that gets it."""
        if not self._pieces.handed:
            return
        runners = {thing.address: thing for thing in self.things if isinstance(thing, (Workload, Instance))}
        by_key: dict[str, dict[str, HandedOver]] = {}
        for handed in self._pieces.handed:
            if handed.at.address in runners:
                by_key.setdefault(handed.key, {}).setdefault(_group(handed.at.address), handed)
        for uses in by_key.values():
            together = list(self._together(uses.values()))
            labels = [runners[use.at.address].label for use in together]
            first, flagged = together[0], together[1] if len(together) > 1 else together[0]
            via = flagged.at.via
            if flagged is not first:
                via = (*via, Related(first.at.place, f"handed to {labels[0]} here"))
            yield HandedKey(
                key=first.label or self._key_label(first.key),
                workloads=tuple(labels),
                place=flagged.at.place,
                via=via,
                when=flagged.at.when,
                address=flagged.at.address,
                element=flagged.at.element,
            )

    def _together(self, uses: Iterable[HandedOver]) -> Iterator[HandedOver]:
        """Those that can exist along with the first."""
        first: HandedOver | None = None
        for use in uses:
            first = first or use
            both = first.at.when.joined(use.at.when)
            if both is not None and self._allow(both):
                yield use


def _group(address: str) -> str:
    """What counts as one workload: the copies that `count` makes of it are one."""
    stem, _, key = address.rpartition("[")
    return stem if stem and key.rstrip("]").isdigit() else address

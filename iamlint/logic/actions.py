"""Which actions there are to ask about: today's, or every string; each statement's as the bits of an integer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from iamlint.logic.glob import ANY, ONE, Tokens, Wild, overlap
from iamlint.logic.languages import Budget, Pattern, Union, automaton, find, widened
from iamlint.logic.policy import Statement, holes


def _nothing_known(key: str) -> bool:
    return False


class Catalogue(NamedTuple):
    """The actions of today: the service prefixes, and the action names of one service, all in lower case; and whether
    a condition key, in lower case, is known to have one value only."""

    services: Collection[str]
    names: Callable[[str], Iterable[str]]
    is_single_valued: Callable[[str], bool] = _nothing_known


_FAMILIAR = ("ec2", "s3", "iam", "sqs", "kms", "lambda", "dynamodb", "rds", "ecs")
_UNNAMED = "unlisted"


class Actions:
    """The actions that the patterns of some policies can tell apart; with a catalogue only those of today.

    Of what no pattern singles out there is one action for all. A pattern that matches nothing of today, and services
    that the catalogue does not know, get made-up actions: one for each way the patterns divide the strings.
    """

    def __init__(self, patterns: Iterable[Tokens], catalogue: Catalogue | None, budget: Budget) -> None:
        self._catalogue = catalogue
        self._budget = budget
        self._patterns = tuple(dict.fromkeys(patterns))
        self._masks: dict[tuple[Tokens, bool], int] = {}
        # By the very tuple of patterns, which the value keeps alive: a long one takes long to hash.
        self._spoken: dict[tuple[int, bool], tuple[tuple[Tokens, ...], int]] = {}
        self.members: list[Tokens] = []
        self._of_service: dict[str, tuple[int, int]] = {}
        self._places: dict[Tokens, int] = {}
        self._today: dict[Tokens, None] = {}
        self._complete: list[str] = []  # the services of which all actions of today are members
        self.doubt = ""  # what keeps the members from standing for all actions
        self._fill()
        self.every = (1 << len(self.members)) - 1

    def _fill(self) -> None:
        literals: dict[str, dict[Tokens, None]] = {}
        wild: dict[str, list[Tokens]] = {}
        everywhere: list[Tokens] = []
        strange: list[Tokens] = []
        for tokens in self._patterns:
            service = _service(tokens)
            if holes(tokens):
                strange.append(_sample(tokens))
            elif not _has_wildcards(tokens):
                literals.setdefault(service or "", {})[tokens] = None
            elif service is not None:
                wild.setdefault(service, []).append(tokens)
            elif not _is_everything(tokens):
                everywhere.append(tokens)
        services = {*literals, *wild}
        if everywhere and self._catalogue is not None:
            services.update(self._catalogue.services)
        for service in sorted(services):
            listed = literals.get(service, {})
            self._add(service, self._known(service, listed, wild.get(service, []), everywhere))
        self._rest = len(self.members)  # from here on: members that are of no service in the table
        if everywhere:
            whole = Pattern((ONE, ANY, ":", ONE, ANY))
            known = set(self._complete)
            besides = [member for member in self.members if _service(member) not in known]
            besides += [(*service, ":", ANY) for service in self._complete]
            self._add("", self._divided(whole, [*everywhere, *_flat(wild)], besides))
        elsewhere = self._elsewhere(services)
        self._add("", [elsewhere])
        self.others = 1 << self._places[elsewhere]  # the bit of the one that stands for services nobody names
        self._strange = range(len(self.members), len(self.members) + len(set(strange)))
        self._add("", strange)
        unsure = [tokens for tokens in self._patterns if holes(tokens)]
        if any(_has_wildcards(tokens) and _is_beside(tokens, unsure) for tokens in unsure):
            self.doubt = "a wildcard beside an unresolved part in an action"

    def _known(
        self, service: str, listed: dict[Tokens, None], wild: list[Tokens], everywhere: list[Tokens]
    ) -> Iterable[Tokens]:
        """The members of one service."""
        members = dict(listed)
        if not wild and not everywhere:
            return members
        catalogue = self._catalogue
        if catalogue is None or service not in catalogue.services:
            if wild:
                whole = Pattern((*service, ":", ONE, ANY))
                members.update(dict.fromkeys(self._divided(whole, [*wild, *everywhere], list(members))))
            return members
        today = [tuple(f"{service}:{name}") for name in catalogue.names(service)]
        members.update(dict.fromkeys(today))
        self._complete.append(service)
        self._today.update(dict.fromkeys(today))
        for tokens in wild:
            if not any(map(_matching(tokens), members)):
                others = [other for other in (*wild, *everywhere) if other != tokens]
                members.update(dict.fromkeys(self._divided(Pattern(tokens), others, [])))
        return members

    def _divided(self, whole: Pattern, patterns: list[Tokens], besides: list[Tokens]) -> list[Tokens]:
        """One string for each way that strings of `whole`, others than `besides`, can match the patterns."""
        outside: Union = tuple(Pattern(tokens) for tokens in besides)
        first = find(((whole,),), outside, self._budget)
        regions: list[tuple[tuple[Union, ...], Union, Tokens]] = (
            [] if first is None else [(((whole,),), outside, first)]
        )
        for tokens in patterns:
            pattern = Pattern(tokens)
            one = automaton((pattern,))
            divided = []
            for within, without, sample in regions:
                if one.accepts(sample):
                    inner: Tokens | None = sample
                    outer = find(within, (*without, pattern), self._budget)
                else:
                    inner, outer = find((*within, (pattern,)), without, self._budget), sample
                if inner is not None:
                    divided.append(((*within, (pattern,)) if outer is not None else within, without, inner))
                if outer is not None:
                    divided.append((within, (*without, pattern) if inner is not None else without, outer))
            regions = divided
        return [sample for _, _, sample in regions]

    def _elsewhere(self, services: Collection[str]) -> Tokens:
        """An action of a service that no pattern names: a real one where there is one."""
        catalogue = self._catalogue
        known = catalogue.services if catalogue is not None else ()
        for service in (*(name for name in _FAMILIAR if name in known), *sorted(known)):
            if service not in services and catalogue is not None:
                name = next(iter(catalogue.names(service)), None)
                if name is not None:
                    return tuple(f"{service}:{name}")
        free = next(f"{_UNNAMED}{n or ''}" for n in range(len(services) + 1) if f"{_UNNAMED}{n or ''}" not in services)
        return tuple(f"{free}:action")

    def _add(self, service: str, members: Iterable[Tokens]) -> None:
        start = len(self.members)
        for member in members:
            if member not in self._places:
                self._places[member] = len(self.members)
                self.members.append(member)
        if service:
            self._of_service[service] = (start, len(self.members))

    def mask(self, statement: Statement, fill: bool | None = None) -> int:
        """The bits of the members that a statement speaks of.

        Unknown parts are letters of their own; with `fill` True they are whatever makes it speak of the most, with
        False of the least.
        """
        wide = fill is (not statement.not_actions)
        key = (id(statement.actions), wide)
        if key in self._spoken:
            mask = self._spoken[key][1]
        else:
            mask = 0
            for tokens in statement.actions:
                mask |= self._mask(tokens, wide)
            self._spoken[key] = (statement.actions, mask)
        return self.every & ~mask if statement.not_actions else mask

    @property
    def patterns(self) -> tuple[Tokens, ...]:
        """The patterns of the statements."""
        return self._patterns

    @cached_property
    def made_up(self) -> int:
        """The bits of the members that stand for many: they are neither of today nor named by a pattern."""
        known = {*self._patterns, *self._today}
        return sum(1 << place for place, member in enumerate(self.members) if member not in known)

    def spoken(self, tokens: Tokens, wild: bool = False) -> int:
        """The bits of what a pattern surely matches; with `wild` none for a name without wildcards."""
        return 0 if wild and not _has_wildcards(tokens) else self._mask(tokens, fill=False)

    def services(self) -> Iterator[tuple[str, int]]:
        """Each service all of whose actions of today are members, and their bits."""
        for service in self._complete:
            first, end = self._of_service[service]
            yield service, (1 << end) - (1 << first)

    def _mask(self, tokens: Tokens, fill: bool) -> int:
        key = (tokens, fill)
        if key not in self._masks:
            mask = self._made(widened(tokens) if fill else tokens)
            for place in self._strange if fill else ():
                if overlap(tokens, self.members[place]):
                    mask |= 1 << place
            self._masks[key] = mask
        return self._masks[key]

    def _made(self, tokens: Tokens) -> int:
        if _is_everything(tokens):
            return self.every
        if not _has_wildcards(tokens):
            place = self._places.get(tokens)
            return 0 if place is None else 1 << place
        service = _service(tokens)
        mask = self._matching(tokens, *self._of_service.get(service, (0, 0))) if service else 0
        first = self._rest if service else 0
        return mask | self._matching(tokens, first, len(self.members))

    def _matching(self, tokens: Tokens, first: int, end: int) -> int:
        """The bits of those members between two places that a pattern matches."""
        members = self.members[first:end]
        self._budget.spend(len(members))
        matches = _matching(tokens)
        bits = "".join(["1" if matches(member) else "0" for member in reversed(members)])
        return int(bits or "0", 2) << first

    def within(self, mask: int) -> list[Tokens]:
        """The members whose bits are set."""
        found = []
        while mask:
            low = mask & -mask
            found.append(self.members[low.bit_length() - 1])
            mask ^= low
        return found


def _matching(tokens: Tokens) -> Callable[[Tokens], bool]:
    """Whether a pattern matches a member; most have a star at the end only, and all a start that tells much."""
    size = next((place for place, token in enumerate(tokens) if isinstance(token, Wild)), len(tokens))
    start = tokens[:size]
    if tokens[size:] == (ANY,):
        return lambda member: member[:size] == start
    one = automaton((Pattern(tokens),))
    letters = next((count for count, token in enumerate(reversed(tokens)) if not isinstance(token, str)), 0)
    last = tokens[len(tokens) - letters :]
    return lambda member: member[:size] == start and member[len(member) - letters :] == last and one.accepts(member)


def _flat(lists: dict[str, list[Tokens]]) -> list[Tokens]:
    return [tokens for several in lists.values() for tokens in several]


def _service(tokens: Tokens) -> str | None:
    """The service prefix of an action pattern; None when it is not literal."""
    prefix = tokens[: tokens.index(":")] if ":" in tokens else tokens
    letters = [letter for letter in prefix if isinstance(letter, str)]
    return "".join(letters) if len(letters) == len(prefix) else None


def _has_wildcards(tokens: Tokens) -> bool:
    return Wild in map(type, tokens)


def _is_everything(tokens: Tokens) -> bool:
    return ANY in tokens and all(letter is ANY or letter == ":" for letter in tokens) and tokens.count(":") <= 1


def _sample(tokens: Tokens) -> Tokens:
    """A string of a pattern with unknown parts, which stand as letters."""
    return tuple("x" if isinstance(token, Wild) else token for token in tokens)


def _is_beside(tokens: Tokens, patterns: list[Tokens]) -> bool:
    """Whether another pattern has an unknown part of this one too, so that one string may not tell them apart."""
    mine = set(holes(tokens))
    return any(other != tokens and mine & set(holes(other)) for other in patterns)

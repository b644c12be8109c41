"""The pipeline of `iamlint diff`: read both states, find what belongs together, compare, and say what is new."""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from iamlint.aws import edition, extras
from iamlint.aws.today import catalogue
from iamlint.config import Config
from iamlint.diff.grants import granted, undecided
from iamlint.diff.matching import Matched, matched
from iamlint.diff.subjects import Subject, subjects
from iamlint.logic.compare import Comparison, compare
from iamlint.logic.policy import Policy, Statement
from iamlint.model.account import FileProblem
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.report.difference import Difference, Granted, Party, Result, Undecided
from iamlint.source.span import EmbeddedText

_ALWAYS_ASSUMED = (
    "what is not in the code, such as service control policies, is the same before and after",
    "an expression that cannot be resolved and is written alike in both has the same value in both",
)


@dataclass(frozen=True, slots=True)
class State:
    """One of the two states: what is read of it, the file or folder that was named, and whether that is one file.
    `prefix` is a folder that the state was written to for reading, and that no report names."""

    inputs: Inputs
    named: str
    is_file: bool
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be compared, and how. `accepted` are policies of which a team has taken what they allow;
    `is_open` takes every string for an action instead of today's; `with_removed` asks for what is gone too."""

    new: State
    old: State
    accepted: Inputs | None = None
    is_open: bool = False
    with_removed: bool = False
    config: Config | None = None


class _Side:
    """A state as read: its subjects, and what of it could not be read."""

    def __init__(self, state: State, config: Config) -> None:
        reading = Reading(state.inputs, config.exclude, config.folder)
        self.subjects: list[Subject] = []
        self.unreadable: dict[str, FileProblem] = {}  # the first problem of a file, by its path in the state
        for stack in stacks(reading):
            self.subjects += [s for s in subjects(stack, state.named) if not reading.focus.isdisjoint(s.paths)]
            for thing in stack.of_kind("problem"):
                path = thing.place.source.path
                if isinstance(thing, FileProblem) and thing.is_unreadable and path in reading.focus:
                    self.unreadable.setdefault("" if state.is_file else os.path.relpath(path, state.named), thing)
        self.is_ours = bool(reading.ours) or bool(self.unreadable)
        if state.prefix:
            self._rename(state.prefix)

    def _rename(self, prefix: str) -> None:
        """Calls the files by their place in the commit."""
        places = [problem.place for problem in self.unreadable.values()]
        for subject in self.subjects:
            places += [subject.place, *subject.access.places]
        for place in places:
            source = place.source
            while True:
                source.path = source.path.removeprefix(prefix)
                if not isinstance(source, EmbeddedText):
                    break
                source = source.outer


class NothingToCompare(Exception):  # noqa: N818  named as what it says
    """A file that was named is neither a template, nor Terraform, nor a policy."""


def difference(request: Request) -> Difference:
    """What the new state allows that the old one does not. Raises NothingToCompare."""
    config = request.config or Config()
    extras.configure(extras.Extras(config.extra_actions, config.extra_services, config.extra_condition_keys))
    old, new = _Side(request.old, config), _Side(request.new, config)
    for side, state in ((old, request.old), (new, request.new)):
        if state.is_file and not side.is_ours:
            raise NothingToCompare(f"{state.named}: neither a template, nor Terraform, nor a policy")
    return _Comparing(request, config).answer(new, old)


class _Comparing:
    """Compares subject by subject, and collects what is found."""

    def __init__(self, request: Request, config: Config) -> None:
        self._request = request
        self._catalogue = None if request.is_open else catalogue()
        self._accepted = _Side(State(request.accepted, "", True), config).subjects if request.accepted else []
        self._new: list[Granted] = []
        self._removed: list[Granted] = []
        self._unknown: list[Undecided] = []
        self._assumptions: dict[str, None] = dict.fromkeys(_ALWAYS_ASSUMED)

    def answer(self, new: _Side, old: _Side) -> Difference:
        """The difference between two states."""
        request = self._request
        single = request.new.is_file and request.old.is_file
        found = _without_shadows(matched(new.subjects, old.subjects, single))
        for after, before in found.pairs:
            self._pair(after, before)
        for subject in found.added:
            self._compare(subject, subject.access.policy, None, Policy(()))
        for subject in found.gone:
            self._compare_back(subject, subject.access.policy, None, Policy(()))
        self._unreadable(new, old)
        fresh, unknown = _merged_grants(self._new), _merged_doubts(self._unknown)
        result: Result = "fail" if fresh else "unknown" if unknown else "pass"
        moved = [(after, before) for after, before in found.pairs if after.address != before.address and not single]
        renamed = [_party(after, before.address) for after, before in moved if after.kind != "trust policy"]
        return Difference(
            result=result,
            assumptions=(self._world(), *self._assumptions),
            new=fresh,
            unknown=unknown,
            added=_parties(found.added),
            gone=_parties(found.gone),
            renamed=sorted(renamed, key=_order),
            compared=len(found.pairs),
            removed=_merged_grants(self._removed) if request.with_removed else None,
        )

    def _unreadable(self, new: _Side, old: _Side) -> None:
        """What cannot be read may say anything, unless it is the same in both states."""
        now, before = new.unreadable, old.unreadable
        for path in sorted({*now, *before}):
            after, earlier = now.get(path), before.get(path)
            if after is not None and earlier is not None and _text(after) == _text(earlier):
                self._assumptions.setdefault(f"{after.place.span.path} cannot be read, and is the same in both")
            elif after is not None:
                self._unknown.append(_unread(after, ""))
            elif earlier is not None:
                self._unknown.append(_unread(earlier, " before the change"))

    def _world(self) -> str:
        if self._request.is_open:
            return "any string may be an action"
        return f"the actions are those of AWS's list of {edition.data_date()}"

    def _pair(self, after: Subject, before: Subject) -> None:
        if after.content == before.content and not after.access.policy.limits and not before.access.policy.limits:
            return
        new, old = self._without_same_unknown_limits(after, before)
        self._compare(after, new, before, old)
        self._compare_back(before, old, after, new)

    def _without_same_unknown_limits(self, after: Subject, before: Subject) -> tuple[Policy, Policy]:
        """Both policies without those limits of which nothing is known but that they are the same."""
        new, old = after.access.policy, before.access.policy
        unknown = {_nameless(limit) for limit in old.limits if any(s.doubts for s in limit)}
        for label, limit in zip(after.access.limit_labels, new.limits, strict=True):
            if _nameless(limit) in unknown:
                self._assumptions.setdefault(f"{label}, which is not in the code, stops nothing that matters here")
        same = unknown & {_nameless(limit) for limit in new.limits}

        def kept(policy: Policy) -> Policy:
            return policy._replace(limits=tuple(limit for limit in policy.limits if _nameless(limit) not in same))

        return kept(new), kept(old)

    def _compare(self, subject: Subject, new: Policy, other: Subject | None, old: Policy) -> None:
        old = old._replace(statements=(*old.statements, *self._taken(new)))
        answer = compare(new, old, self._catalogue)
        self._new += granted(answer.grants, subject, other)
        self._unknown += undecided(answer.doubts, subject)

    def _compare_back(self, subject: Subject, old: Policy, other: Subject | None, new: Policy) -> None:
        if self._request.with_removed:
            answer: Comparison = compare(old, new, self._catalogue)
            self._removed += granted(answer.grants, subject, other)

    def _taken(self, policy: Policy) -> Iterable[Statement]:
        """The Allows of what was accepted that speak of such a policy: with principals where it has them."""
        with_principals = any(statement.principals is not None for statement in policy.statements)
        for subject in self._accepted:
            for statement in subject.access.policy.statements:
                if statement.allow and (statement.principals is not None) == with_principals:
                    yield statement


def _without_shadows(found: Matched) -> Matched:
    """What is to be compared: a managed policy that is attached on both sides counts in those who have it."""
    return Matched(
        [(after, before) for after, before in found.pairs if not after.is_shadow],
        [subject for subject in found.added if not subject.is_shadow],
        [subject for subject in found.gone if not subject.is_shadow],
    )


def _nameless(limit: Sequence[Statement]) -> frozenset[Statement]:
    return frozenset(statement._replace(name="") for statement in limit)


def _text(problem: FileProblem) -> str:
    """The text of the file that has a problem."""
    source = problem.place.source
    while isinstance(source, EmbeddedText):
        source = source.outer
    return source.text


def _unread(problem: FileProblem, when: str) -> Undecided:
    return Undecided(problem.place, "", None, "", (), f"the file cannot be read{when}: {problem.message}", (), ())


def _parties(subjects: list[Subject]) -> list[Party]:
    """Who came or went: a trust policy comes and goes with its role."""
    roles = {(subject.root, subject.address) for subject in subjects if subject.kind == "role"}
    told = [s for s in subjects if s.kind != "trust policy" or (s.root, s.address) not in roles]
    return sorted(map(_party, told), key=_order)


def _party(subject: Subject, formerly: str = "") -> Party:
    return Party(subject.kind, subject.label, subject.address, subject.place, formerly)


def _order(party: Party) -> tuple[str, str, str]:
    return party.place.source.path, party.address, party.kind


def _merged_grants(grants: list[Granted]) -> list[Granted]:
    """Sorted, and what one statement grants to several, or in several branches, only once: with all who get it."""
    merged: dict[object, Granted] = {}
    for grant in grants:
        key = (grant.place.span, grant.policy, grant.actions, grant.resources, grant.because)
        known = merged.setdefault(key, grant)
        if known is not grant:
            holders, addresses = _all_who(known, grant)
            principals = tuple(dict.fromkeys((*known.principals, *grant.principals)))
            branches = tuple(dict.fromkeys((*known.branches, *grant.branches)))
            merged[key] = replace(known, holders=holders, addresses=addresses, principals=principals, branches=branches)
    return sorted(merged.values(), key=lambda grant: (grant.place.span, grant.policy, grant.actions, grant.branches))


def _merged_doubts(doubts: list[Undecided]) -> list[Undecided]:
    """Sorted, and what cannot be told of one statement only once: with all actions and all who have it."""
    merged: dict[object, Undecided] = {}
    for doubt in doubts:
        key = (doubt.place.span, doubt.policy, doubt.number)
        known = merged.setdefault(key, doubt)
        if known is not doubt:
            holders, addresses = _all_who(known, doubt)
            actions = tuple(dict.fromkeys((*known.actions, *doubt.actions)))
            merged[key] = replace(known, holders=holders, addresses=addresses, actions=actions)
    return sorted(merged.values(), key=lambda doubt: (doubt.place.span, doubt.policy, doubt.actions, doubt.reason))


def _all_who(one: Granted | Undecided, other: Granted | Undecided) -> tuple[tuple[str, ...], tuple[str, ...]]:
    holders = dict.fromkeys((*one.holders, *other.holders))
    addresses = dict.fromkeys((*one.addresses, *other.addresses))
    return tuple(holders), tuple(addresses)

"""Rules meet a stack: each rule is asked about the things that it speaks of, and what it flags becomes findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from iamlint.engine.finding import Finding, Severity
from iamlint.engine.rule import Rule
from iamlint.engine.subject import PARTS, scopes
from iamlint.model.policy import Policy
from iamlint.model.secret import Secret
from iamlint.model.stack import Stack
from iamlint.model.statement import Statement
from iamlint.model.thing import Placed, Thing
from iamlint.model.unknown import Guard
from iamlint.source.span import Place, Related


@dataclass(slots=True)
class _Hit:
    """A rule that holds in a scope, before hits that say the same are joined."""

    rule: Rule
    subject: Placed
    scope: dict[str, Any]
    place: Place
    via: tuple[Related, ...]
    message: str
    severity: Severity
    guard: Guard | None
    unit: object


def run(rules: Sequence[Rule], stack: Stack) -> list[Finding]:
    """The findings of some rules on a stack, in the order of their places.

    A rule that another rule implies is silent on the same statement or thing; hits that differ only in the branch of
    a template they hold under become one finding.
    """
    by_subject: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        by_subject[rule.flag].append(rule)
    hits: list[_Hit] = []
    for subject, asked in by_subject.items():
        for flagged, scope in scopes(stack, subject):
            for rule in asked:
                if rule.when(scope) is True:
                    hit = _hit(rule, flagged, scope)
                    if hit is not None:
                        hits.append(hit)
    return sorted(_findings(_without_implied(hits)), key=lambda finding: finding.order)


def _hit(rule: Rule, subject: Placed, scope: dict[str, Any]) -> _Hit | None:
    guard: Guard | None = subject.when
    for around in (scope.get("statement"), scope.get("policy")):
        if around is not None and guard is not None:
            guard = guard.joined(around.when)
    if guard is None:
        return None
    pointed: Any = rule.at(scope) if rule.at is not None else subject
    if isinstance(pointed, tuple):
        pointed = pointed[0] if pointed else None
    if not isinstance(pointed, Placed):
        pointed = subject
    return _Hit(
        rule=rule,
        subject=subject,
        scope=scope,
        place=pointed.place,
        via=pointed.via or subject.via,
        message=rule.message(scope),
        severity=rule.severity_in(scope),
        guard=guard,
        unit=_unit(subject, scope),
    )


def _unit(subject: Placed, scope: dict[str, Any]) -> object:
    """What a stronger rule silences weaker ones on: the statement, the line of a secret, or the thing."""
    statement: Statement | None = scope.get("statement")
    place = statement.place if statement is not None else subject.place
    if isinstance(subject, Secret):
        return (place.span.path, place.span.line)
    return (id(place.source), place.start, place.end)


def _without_implied(hits: list[_Hit]) -> list[_Hit]:
    implied = {(name, hit.unit) for hit in hits for name in hit.rule.implies}
    return [hit for hit in hits if (hit.rule.name, hit.unit) not in implied] if implied else hits


def _findings(hits: list[_Hit]) -> Iterable[Finding]:
    at_place: dict[tuple[str, int, int, int], list[_Hit]] = defaultdict(list)
    for hit in hits:
        at_place[(hit.rule.name, id(hit.place.source), hit.place.start, hit.place.end)].append(hit)
    for together in at_place.values():
        alike: dict[str, list[_Hit]] = defaultdict(list)
        for hit in together:
            alike[hit.message if len(together) == 1 else _said_of_anybody(hit)].append(hit)
        for same in alike.values():
            yield _finding(same)


def _said_of_anybody(hit: _Hit) -> str:
    """The message without whom the policy is attached to: one document that many use is one finding."""
    policy = hit.scope.get("policy")
    if not isinstance(policy, Policy) or not policy.holders:
        return hit.message
    fields = {name: getattr(policy, name) for name in Policy.model_fields}
    anonymous: str = hit.rule.message({**hit.scope, "policy": Policy(**{**fields, "holders": ()})})
    return anonymous


def _finding(hits: list[_Hit]) -> Finding:
    first = hits[0]
    thing = _thing(first)
    statement: Statement | None = first.scope.get("statement")
    under = _under([hit.guard for hit in hits if hit.guard is not None])
    return Finding(
        rule=first.rule.name,
        severity=first.severity,
        message=f"{first.message} ({under})" if under else first.message,
        place=first.place,
        related=_related(hits),
        address=thing.address if thing is not None else "",
        element=_element(first, thing, statement),
        sid=statement.sid.shown if statement is not None and statement.sid is not None else "",
        scopes=_scopes(first, thing, statement),
        unit=first.unit,
        is_secret=isinstance(first.subject, Secret),
    )


def _thing(hit: _Hit) -> Thing | None:
    policy = hit.scope.get("policy")
    if isinstance(policy, Policy):
        return policy
    return hit.subject if isinstance(hit.subject, Thing) else None


def _element(hit: _Hit, thing: Thing | None, statement: Statement | None) -> str:
    steps = [thing.element] if thing is not None and thing.element else []
    if statement is not None:
        steps.append(f"Statement/{statement.index}")
        if hit.rule.flag in PARTS:
            listed = getattr(statement, PARTS[hit.rule.flag][1])
            steps.append(f"{hit.rule.flag}/{listed.index(hit.subject)}")
    return "/".join(steps)


def _under(guards: list[Guard]) -> str:
    """Under which branches it holds: nothing when it holds under all of them."""
    if not guards or any(not guard.branches for guard in guards):
        return ""
    distinct = list(dict.fromkeys(guards))
    if len(distinct) > 1:
        single = {guard.branches[0] for guard in distinct if len(guard.branches) == 1}
        if any((name, not branch) in single for name, branch in single):
            return ""
    return " or ".join(str(guard) for guard in distinct[:3])


def _related(hits: list[_Hit]) -> tuple[Related, ...]:
    """How the flagged text is reached, and the other declarations that it reaches."""
    first = hits[0]
    chain = [*first.via]
    policy = first.scope.get("policy")
    if isinstance(policy, Policy):
        chain += policy.via
    told = {first.subject.address if isinstance(first.subject, Thing) else ""}
    for hit in hits:
        thing = _thing(hit)
        if thing is None or thing.address in told:
            continue
        if hit is not first:
            chain.append(Related(thing.place, f"also in {thing.address}"))
        told.add(thing.address)
    seen: dict[tuple[int, int, str], Related] = {}
    for related in chain:
        if related.place.source is first.place.source and related.place.start == first.place.start:
            continue
        seen.setdefault((id(related.place.source), related.place.start, related.message), related)
    return tuple(seen.values())


def _scopes(hit: _Hit, thing: Thing | None, statement: Statement | None) -> tuple[Place, ...]:
    """The places around the finding: its statement, its declaration, the document, the calls that lead there."""
    around: list[Place] = []
    if statement is not None:
        around.append(statement.place)
    if thing is not None:
        around.append(thing.place)
        if isinstance(thing, Policy) and thing.body is not None:
            around.append(thing.body.place)
        around += [related.place for related in thing.via]
    around += [related.place for related in hit.via]
    return tuple(around)

"""Rules meet a stack: each rule is asked about the things that it speaks of, and what it flags becomes findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from iamlint.engine.finding import SEVERITIES, Finding, Severity
from iamlint.engine.gathering import gathered
from iamlint.engine.rule import Rule
from iamlint.engine.subject import PARTS, scopes
from iamlint.model.escalation import Escalation
from iamlint.model.flaw import Flaw
from iamlint.model.policy import Policy
from iamlint.model.principal import Principal
from iamlint.model.secret import Secret
from iamlint.model.sharing import Share
from iamlint.model.stack import Stack
from iamlint.model.statement import Statement
from iamlint.model.text import Text
from iamlint.model.thing import Placed, Thing
from iamlint.model.unknown import ALWAYS, Guard
from iamlint.source.span import Place, Related

_Scoped = tuple[Placed, dict[str, Any]]


@dataclass(slots=True)
class Hit:
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
    hits: list[Hit] = []
    for subject, asked in by_subject.items():
        holding = _holding_of_flaws if subject == "flaw" else _holding_of_parts if subject in PARTS else _holding
        for rule, flagged, scope in holding(asked, scopes(stack, subject)):
            hit = _hit(rule, flagged, scope)
            if hit is not None:
                hits.append(hit)
    return sorted(_findings(gathered(_without_implied(hits))), key=lambda finding: finding.order)


def _holding(rules: Sequence[Rule], found: Iterable[_Scoped]) -> Iterator[tuple[Rule, Placed, dict[str, Any]]]:
    """The rules that surely hold of each of the things found."""
    for flagged, scope in found:
        for rule in rules:
            if rule.holds(scope):
                yield rule, flagged, scope


def _holding_of_flaws(rules: Sequence[Rule], found: Iterable[_Scoped]) -> Iterator[tuple[Rule, Placed, dict[str, Any]]]:
    """The same of flaws: nearly every rule on flaws is about those of one code, and is asked of no others."""
    by_code: dict[str, list[Rule]] = {}
    for flaw, scope in found:
        code = scope["flaw"].code
        if code not in by_code:
            by_code[code] = [rule for rule in rules if rule.code in (None, code)]
        yield from _holding(by_code[code], ((flaw, scope),))


def _holding_of_parts(rules: Sequence[Rule], found: Iterable[_Scoped]) -> Iterator[tuple[Rule, Placed, dict[str, Any]]]:
    """The same of the parts of statements: what a rule says of the policy and the statement is asked once for all."""
    policy = statement = None
    asked: list[Rule] = []
    for part, scope in found:
        if scope["statement"] is not statement or scope["policy"] is not policy:
            policy, statement = scope["policy"], scope["statement"]
            asked = [rule for rule in rules if rule.holds_around(scope)]
        for rule in asked:
            if rule.holds_of_it(scope):
                yield rule, part, scope


def _hit(rule: Rule, subject: Placed, scope: dict[str, Any]) -> Hit | None:
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
    return Hit(
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
    """What a stronger rule silences weaker ones on: the statement, where a secret begins, the
    grantee of a share, the action of an escalation, or the thing."""
    statement: Statement | None = scope.get("statement")
    place = statement.place if statement is not None else subject.place
    if isinstance(subject, Escalation):
        place = subject.place  # it says nothing of the other actions that its statement gives
    if isinstance(subject, Share) and subject.grantee is not None:
        place = subject.grantee.place
    if isinstance(subject, Secret):
        quotes = len(place.written) - len(place.written.lstrip("\"'\\"))
        span = place.span
        return (span.path, span.line, span.column + quotes)
    return (id(place.source), place.start, place.end)


def _without_implied(hits: list[Hit]) -> list[Hit]:
    implied = {(name, unit, _branch(hit)) for hit in hits for name in hit.rule.implies for unit in _units(hit)}
    if not implied:
        return hits
    return [hit for hit in hits if not {(hit.rule.name, unit, _branch(hit)) for unit in _units(hit)} & implied]


def _units(hit: Hit) -> tuple[object, ...]:
    """On what a hit silences and can be silenced: its unit, and what it points to."""
    return (hit.unit, (id(hit.place.source), hit.place.start, hit.place.end))


def _branch(hit: Hit) -> Guard:
    """Which of the branches of one statement it is about."""
    statement: Statement | None = hit.scope.get("statement")
    return statement.when if statement is not None and statement.branches > 1 else ALWAYS


def _findings(hits: list[Hit]) -> Iterable[Finding]:
    at_place: dict[tuple[str, int, int, int], list[Hit]] = defaultdict(list)
    for hit in hits:
        at_place[(hit.rule.name, id(hit.place.source), hit.place.start, hit.place.end)].append(hit)
    for together in at_place.values():
        told: dict[str, list[str]] = defaultdict(list)
        alike: dict[str, list[Hit]] = defaultdict(list)
        sameness: dict[str, str] = {}
        for hit in together:
            same = _same(hit, told)
            key = same or _said_of_anybody(hit)
            alike[key].append(hit)
            # Another stack may say the same of others.
            sameness[key] = same or ("" if key == hit.message else key)
        for key, hits_alike in alike.items():
            yield _finding(hits_alike, sameness[key])


def _same(hit: Hit, told: dict[str, list[str]]) -> str:
    """What makes a hit the same as others of its rule at its place, whatever their messages; empty for nothing.

    A text that is written once is one problem however often it is evaluated, and so is a declaration of which there
    are several instances: what a rule says of each of them first is the same, and what it says second. `told` is what
    was said so far, by address.
    """
    subject = hit.subject
    text = subject.name if isinstance(subject, Principal) else subject
    if isinstance(text, Text):
        literal = text.literal
        return "the text" if literal and hit.place.written.strip("\"'") == literal else ""
    if isinstance(subject, Secret):
        return f"the {subject.kind} {subject.hint}"  # a run of base64 may have several
    if not isinstance(subject, Thing) or not subject.address:
        return ""
    said = told[subject.address]
    if hit.message not in said:
        said.append(hit.message)
    return f"the thing {said.index(hit.message)}"


def _said_of_anybody(hit: Hit) -> str:
    """The message without whom the policy is attached to: one document that many use is one finding."""
    policy = hit.scope.get("policy")
    if not isinstance(policy, Policy) or not any(holder.label in hit.message for holder in policy.holders):
        return hit.message
    fields = {name: getattr(policy, name) for name in Policy.model_fields}
    anonymous: str = hit.rule.message({**hit.scope, "policy": Policy(**{**fields, "holders": ()})})
    return anonymous


def _finding(hits: list[Hit], same: str) -> Finding:
    # Which of those that share a text is named must not depend on the order of blocks or files; what has a key goes
    # before what stands for any instance.
    first = min(hits, key=lambda hit: (-SEVERITIES.index(hit.severity), f"{_address(hit)}~"))
    hits = [first, *(hit for hit in hits if hit is not first)]
    thing = _thing(first)
    statement: Statement | None = first.scope.get("statement")
    under = _under(_guards(hits))
    return Finding(
        rule=first.rule.name,
        severity=first.severity,
        message=first.message + _more(hits) + (f" ({under})" if under else ""),
        place=_range(first.place),
        related=_related(hits),
        address=thing.address if thing is not None else "",
        element=_element(first, thing, statement),
        sid=statement.sid.shown if statement is not None and statement.sid is not None else "",
        scopes=_scopes(first, thing, statement),
        unit=first.unit,
        is_secret=isinstance(first.subject, Secret),
        same=same,
        elsewhere=_elsewhere(hits[1:], first),
    )


def _elsewhere(hits: list[Hit], first: Hit) -> tuple[tuple[str, tuple[Place, ...]], ...]:
    """The other declarations and statements that have the same text, by address, with the places around it there."""
    others: dict[tuple[str, int], tuple[Place, ...]] = {}
    for hit in hits:
        if _where(hit) not in others and _where(hit) != _where(first):
            others[_where(hit)] = _scopes(hit, _thing(hit), hit.scope.get("statement"))
    return tuple((address, places) for (address, _), places in others.items())


def _where(hit: Hit) -> tuple[str, int]:
    """The declaration and the statement of it that a hit is in."""
    statement: Statement | None = hit.scope.get("statement")
    return (_address(hit), statement.index if statement is not None else -1)


def _more(hits: list[Hit]) -> str:
    """In how many more statements or instances it is so, where the message names only one."""
    first = hits[0]
    others = [hit for hit in hits if hit.message != first.message]
    if not others:
        return ""
    statement: Statement | None = first.scope.get("statement")
    if statement is None:
        count, what = len({_address(hit) for hit in others} - {_address(first)}), "instance"
    else:
        same_policy = [hit.scope["statement"].index for hit in others if _address(hit) == _address(first)]
        count, what = len(set(same_policy) - {statement.index}), "statement"
    return f" (and so in {count} more {what}{'s' if count > 1 else ''})" if count else ""


def _address(hit: Hit) -> str:
    thing = _thing(hit)
    return thing.address if thing is not None else ""


def _thing(hit: Hit) -> Thing | None:
    policy = hit.scope.get("policy")
    if isinstance(policy, Policy):
        return policy
    return hit.subject if isinstance(hit.subject, Thing) else None


class _Numbering:
    """Where the parts of a statement stand in its list, of the list that was last asked for: findings come in its
    order, and a list may be long."""

    def __init__(self) -> None:
        self._listed: Sequence[object] = ()
        self._numbers: dict[int, int] = {}

    def of(self, listed: Sequence[object], part: object) -> int:
        if listed is not self._listed:
            self._listed, self._numbers = listed, {id(one): number for number, one in enumerate(listed)}
        number = self._numbers.get(id(part))
        return number if number is not None else listed.index(part)


_NUMBERING = _Numbering()


def _element(hit: Hit, thing: Thing | None, statement: Statement | None) -> str:
    steps = [thing.element] if thing is not None and thing.element else []
    if statement is not None:
        steps.append(f"Statement/{statement.index}")
        if hit.rule.flag in PARTS and hit.subject is not statement:
            listed = getattr(statement, PARTS[hit.rule.flag][1])
            steps.append(f"{hit.rule.flag}/{_NUMBERING.of(listed, hit.subject)}")
        elif isinstance(hit.subject, Flaw) and hit.subject.path:
            steps.append(hit.subject.path)
    return "/".join(steps)


def _guards(hits: list[Hit]) -> list[Guard]:
    """The guards of hits; what holds in all the branches of a statement holds whenever that is there."""
    guards: list[Guard] = []
    of_statement: dict[tuple[str, str, Guard, int, Guard], list[Hit]] = defaultdict(list)
    for hit in hits:
        if hit.guard is None:
            continue
        statement: Statement | None = hit.scope.get("statement")
        if statement is None or statement.branches == 1:
            guards.append(hit.guard)
            continue
        policy: Policy = hit.scope["policy"]
        of_statement[(policy.address, policy.element, policy.when, statement.index, statement.around)].append(hit)
    for (_, _, outer, _, around), same in of_statement.items():
        branches = [(hit.scope["statement"].when, hit.subject.when) for hit in same]
        whole = {when for when, inner in branches if set(inner.branches) <= set(when.branches)}
        joined = around.joined(outer)
        if joined is not None and len(whole) == same[0].scope["statement"].branches:
            guards.append(joined)
        else:
            guards += [hit.guard for hit in same if hit.guard is not None]
    return guards


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


def _related(hits: list[Hit]) -> tuple[Related, ...]:
    """How the flagged text is reached, and the other declarations that it reaches."""
    first = hits[0]
    chain = [*first.via]
    policy = first.scope.get("policy")
    if isinstance(policy, Policy):
        chain += policy.via
    told = {first.subject.address if isinstance(first.subject, Thing) else ""}
    others: dict[tuple[int, int], tuple[Place, list[str]]] = {}
    for hit in hits:
        thing = _thing(hit)
        if thing is None or thing.address in told:
            continue
        if hit is not first:
            # What is declared at the same place differs by how it is reached.
            if thing.place.source is first.place.source and thing.place.start == first.place.start:
                chain += thing.via
            else:
                key = (id(thing.place.source), thing.place.start)
                others.setdefault(key, (thing.place, []))[1].append(thing.address)
        told.add(thing.address)
    chain += [Related(place, f"also in {_listed(addresses)}") for place, addresses in others.values()]
    seen: dict[tuple[int, int, str], Related] = {}
    for related in chain:
        if related.place.source is first.place.source and related.place.start == first.place.start:
            continue
        plain = Related(_range(related.place), related.message)
        seen.setdefault((id(related.place.source), related.place.start, related.message), plain)
    return tuple(seen.values())


def _range(place: Place) -> Place:
    """The range alone: a finding outlives what was parsed, and must not hold on to a file's whole tree."""
    return place if type(place) is Place else Place(place.source, place.start, place.end)


def _listed(addresses: list[str]) -> str:
    """Some addresses of one block, as many as a reader takes in at a glance."""
    shown = addresses if len(addresses) <= 4 else addresses[:3]
    more = f" and {len(addresses) - len(shown)} more" if len(shown) < len(addresses) else ""
    return ", ".join(shown) + more


def _scopes(hit: Hit, thing: Thing | None, statement: Statement | None) -> tuple[Place, ...]:
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
    return tuple(map(_range, around))

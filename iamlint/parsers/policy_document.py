"""The JSON policy grammar, shared by every format: an evaluated object becomes policies with their statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from iamlint.model.condition import Condition
from iamlint.model.patterns import Action, Resource
from iamlint.model.policy import AttachmentForm, Holder, Policy, PolicyKind
from iamlint.model.principal import Principal, PrincipalKind
from iamlint.model.statement import Statement
from iamlint.model.text import Text
from iamlint.model.thing import Placed
from iamlint.model.unknown import Guard, Unknown
from iamlint.model.value import ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.branching import Allow, anything, variants
from iamlint.parsers.embedded_json import read_json_and_problem, read_json_text
from iamlint.parsers.pieces import At
from iamlint.parsers.policy_grammar import Subject, Written, bare, flaws
from iamlint.parsers.policy_shapes import (
    bare_statement,
    document_of,
    effect_of,
    elements_of,
    kind_of_principal,
    statement_of,
)
from iamlint.parsers.policy_size import size
from iamlint.parsers.values import alternatives, as_list, as_text
from iamlint.source.document import Problem
from iamlint.source.span import Place

_PRINCIPAL_KINDS: dict[str, PrincipalKind] = {
    "aws": "aws",
    "service": "service",
    "federated": "federated",
    "canonicaluser": "canonical",
}
_MISSHAPEN = Unknown("an object where a string belongs", "…")
# Who is let in is plain where an Action is missing, but not to what.
_UNSAID = Unknown("a statement without Action", "the missing Action")
P = TypeVar("P", Action, Resource)
Refused = Callable[[Problem, At, Guard], None]


def policies(
    document: Value,
    at: At,
    kind: PolicyKind,
    attachment: AttachmentForm,
    holders: tuple[Holder, ...],
    name: str,
    allow: Allow = anything,
    refused: Refused = lambda *_: None,
) -> Iterator[Policy]:
    """The policies that a value may be: one per alternative, each under its guard.

    A value that is not an object (or JSON text of one) gives a policy without statements whose `unresolved` says why.
    Null gives nothing. `allow` says which branches can be taken together; `refused` is told of JSON text that is none.
    """
    service = next((holder.service for holder in holders), "")
    subject = Subject(kind, attachment, service)
    for option in alternatives(document):
        guard = at.when.joined(option.when)
        if guard is None:
            continue
        via = (*option.via, *at.via)
        written_as, problem = read_json_and_problem(option) if isinstance(option, Text) else (option, None)
        if problem is not None and isinstance(option, Text) and option.shown.lstrip().startswith(("{", "[")):
            refused(problem, at, guard)
        body = document_of(written_as)
        unresolved = _why_unresolved(body)
        if unresolved is None and not isinstance(body, MapValue):
            continue
        written = tuple(_statements(body, guard, allow)) if isinstance(body, MapValue) else ()
        astray = (bare(written_as),) if body is not written_as and isinstance(written_as, ListValue) else ()
        yield Policy(
            kind=kind,
            attachment=attachment,
            holders=holders,
            name=name,
            version=_text_of(_element(body, "Version")) if isinstance(body, MapValue) else None,
            statements=tuple([each.statement for each in written]),
            unresolved=unresolved,
            grammar=(*astray, *flaws(body, written, subject)),
            size=size(option, body, at.place),
            place=at.place,
            body=Placed(place=body.place, via=body.via),
            via=via,
            when=guard,
            address=at.address,
            element=at.element,
        )


def _why_unresolved(body: Value) -> Unknown | None:
    if isinstance(body, UnknownValue):
        return body.unknown
    if isinstance(body, Text):
        return body.hole if body.hole is not None else Unknown("not JSON", body.shown[:40])
    if isinstance(body, ListValue):
        return Unknown("a list where a policy document belongs")
    return None


def unknowns(policy: Policy) -> Iterator[Unknown]:
    """What could not be evaluated in a policy: each unknown effect, action, principal kind or whole part, once."""
    if policy.unresolved is not None:
        yield policy.unresolved
    for statement in policy.statements:
        if statement.effect is not None and statement.effect.hole is not None:
            yield statement.effect.hole
        for pattern in (*statement.actions, *statement.not_actions):
            if pattern.hole is not None:
                yield pattern.hole
        for resource in (*statement.resources, *statement.not_resources):
            if len(resource.parts) == 1 and resource.hole is not None:
                yield resource.hole


def _element(body: MapValue, name: str) -> Value | None:
    """An element by name; in another letter case too, since a linter must not overlook `"statement"`."""
    exact = body.get(name)
    if exact is not None:
        return exact
    lowered = name.lower()
    return next((v for k, v in body.entries if k.literal is not None and k.literal.lower() == lowered), None)


def _text_of(value: Value | None) -> Text | None:
    return None if value is None else as_text(next(alternatives(value)))


def _statements(body: MapValue, outer: Guard, allow: Allow) -> Iterator[Written]:
    statement = statement_of(body) or bare_statement(body)
    if statement is None:
        if body.rest is not None:
            yield _unknown_statement(body.rest, body.place, 0)
        return
    for index, item in enumerate(as_list(_parsed(statement))):
        if isinstance(item, MapValue):
            yield from _variants(item, index, outer, allow)
        elif isinstance(item, UnknownValue):
            yield _unknown_statement(item.unknown, item.place, index)
        elif isinstance(item, Text) and item.hole is not None:
            yield _unknown_statement(item.hole, item.place, index)


def _parsed(value: Value) -> Value:
    """A statement list that is itself JSON text, as templates build it."""
    return read_json_text(value) if isinstance(value, Text) else value


def _unknown_statement(unknown: Unknown, place: Place, index: int) -> Written:
    hole = Text(parts=(unknown,), place=place)
    statement = Statement(
        effect=hole,
        actions=(Action(parts=(unknown,), place=place),),
        resources=(Resource(parts=(unknown,), place=place),),
        place=place,
        index=index,
    )
    return Written(MapValue((), place, unknown), {}, statement)


def _variants(item: MapValue, index: int, outer: Guard, allow: Allow) -> Iterator[Written]:
    """One statement for each combination of the branches that can be taken together."""
    found = elements_of(item)
    around = outer.joined(item.when)
    if around is None:
        return
    combined = variants(found, around, allow)
    for guard, chosen in combined:
        when = item.when.joined(guard)
        if when is not None:
            yield Written(item, chosen, _statement(item, chosen, when, index, len(combined)))


def _statement(item: MapValue, found: dict[str, Value], guard: Guard, index: int, branches: int) -> Statement:
    places = tuple((name, Placed(place=v.place, via=v.via)) for name, v in found.items())
    rest = item.rest
    effect = found.get("Effect")
    hole = Text(parts=(rest,), place=item.place) if rest is not None else None
    actions = _patterns(Action, found.get("Action"))
    if "Action" not in found and "NotAction" not in found:
        missing = rest or (_UNSAID if "Principal" in found else None)
        actions = (Action(parts=(missing,), place=item.place),) if missing is not None else ()
    conditions = tuple(_conditions(found.get("Condition")))
    if rest is not None and "Condition" not in found:
        unknown_text = Text(parts=(rest,), place=item.place)
        conditions = (Condition(operator=unknown_text, key=unknown_text, values=(), place=item.place),)
    return Statement(
        sid=_text_of(found.get("Sid")),
        effect=effect_of(effect) if effect is not None else hole,
        actions=actions,
        not_actions=_patterns(Action, found.get("NotAction")),
        resources=_patterns(Resource, found.get("Resource")),
        not_resources=_patterns(Resource, found.get("NotResource")),
        principals=tuple(_principals(found.get("Principal"))),
        not_principals=tuple(_principals(found.get("NotPrincipal"))),
        conditions=conditions,
        index=index,
        branches=branches,
        around=item.when,
        places=places,
        place=item.place,
        via=item.via,
        when=guard,
    )


def _patterns(kind: type[P], value: Value | None) -> tuple[P, ...]:
    if value is None:
        return ()
    found = []
    for item in as_list(value):
        text = as_text(item)
        if isinstance(item, MapValue):
            found.append(kind(parts=(_MISSHAPEN,), place=item.place, via=item.via, when=item.when))
        elif text is not None:
            found.append(
                kind(parts=text.parts, spellings=text.spellings, place=text.place, via=text.via, when=text.when)
            )
    return tuple(found)


def _principals(value: Value | None) -> Iterator[Principal]:
    if value is None:
        return
    for option in alternatives(value):
        if isinstance(option, MapValue):
            for key, named in option.entries:
                kind = _PRINCIPAL_KINDS.get((key.literal or "").lower(), "unknown")
                for item in as_list(named):
                    yield from _principal(kind, item, option.when)
            if option.rest is not None:
                yield from _principal("unknown", UnknownValue(option.rest, option.place), option.when)
        else:
            for item in as_list(option):
                yield from _principal(kind_of_principal(item), item, option.when)


def _principal(kind: PrincipalKind, item: Value, guard: Guard) -> Iterator[Principal]:
    text = as_text(item)
    when = guard.joined(item.when)
    if text is None or when is None:
        return
    if text.literal is not None and text.literal.strip() == "*" and kind in ("aws", "unknown"):
        kind = "anyone"
    yield Principal(kind=kind, name=text, place=text.place, via=text.via, when=when)


def _conditions(value: Value | None) -> Iterator[Condition]:
    if value is None:
        return
    for option in alternatives(value):
        if isinstance(option, UnknownValue):
            hole = Text(parts=(option.unknown,), place=option.place)
            yield Condition(operator=hole, key=hole, values=(), place=option.place, when=option.when)
        if not isinstance(option, MapValue):
            continue
        for operator, block in option.entries:
            for inner in alternatives(block):
                yield from _operator_block(operator, inner)
        if option.rest is not None:
            hole = Text(parts=(option.rest,), place=option.place)
            yield Condition(operator=hole, key=hole, values=(), place=option.place)


def _operator_block(operator: Text, block: Value) -> Iterator[Condition]:
    if isinstance(block, UnknownValue):
        hole = Text(parts=(block.unknown,), place=block.place)
        yield Condition(operator=operator, key=hole, values=(), place=block.place, when=block.when)
    elif isinstance(block, MapValue):
        for key, value in block.entries:
            values = tuple(text for text in map(as_text, as_list(value)) if text is not None)
            yield Condition(
                operator=operator,
                key=key,
                values=values,
                place=_joined(key.place, value.place),
                via=value.via,
                when=block.when,
            )


def _joined(key: Place, value: Place) -> Place:
    """From the key to the end of its value, where both stand in one source; else the key."""
    if key.source is value.source and key.start <= value.end:
        return Place(key.source, key.start, value.end)
    return key

"""The JSON policy grammar, shared by every format: an evaluated object becomes policies with their statements."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TypeVar

from iamlint.model.condition import Condition
from iamlint.model.patterns import Action, Resource
from iamlint.model.policy import AttachmentForm, Holder, Policy, PolicyKind
from iamlint.model.principal import Principal, PrincipalKind
from iamlint.model.statement import Statement
from iamlint.model.text import Text
from iamlint.model.thing import Placed
from iamlint.model.unknown import Guard, Unknown
from iamlint.model.value import Choice, ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.pieces import At
from iamlint.parsers.values import alternatives, as_list, as_text
from iamlint.source.span import Place

_ELEMENTS = {
    name.lower(): name
    for name in (
        "Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction",
        "Resource", "NotResource", "Condition",
    )
}  # fmt: skip
_PRINCIPAL_KINDS: dict[str, PrincipalKind] = {
    "aws": "aws",
    "service": "service",
    "federated": "federated",
    "canonicaluser": "canonical",
}
MOST_VARIANTS = 16
P = TypeVar("P", Action, Resource)


def policies(
    document: Value, at: At, kind: PolicyKind, attachment: AttachmentForm, holders: tuple[Holder, ...], name: str
) -> Iterator[Policy]:
    """The policies that a value may be: one per alternative, each under its guard.

    A value that is not an object (or JSON text of one) gives a policy without statements whose `unresolved` says why.
    Null gives nothing.
    """
    for option in alternatives(document):
        guard = at.when.joined(option.when)
        if guard is None:
            continue
        via = (*option.via, *at.via)
        body = read_json_text(option) if isinstance(option, Text) else option
        unresolved = _why_unresolved(body)
        if unresolved is None and not isinstance(body, MapValue):
            continue
        yield Policy(
            kind=kind,
            attachment=attachment,
            holders=holders,
            name=name,
            version=_text_of(_element(body, "Version")) if isinstance(body, MapValue) else None,
            statements=tuple(_statements(body)) if isinstance(body, MapValue) else (),
            unresolved=unresolved,
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


def _statements(body: MapValue) -> Iterator[Statement]:
    statement = _element(body, "Statement")
    if statement is None:
        if body.rest is not None:
            yield _unknown_statement(body.rest, body.place, 0)
        return
    for index, item in enumerate(as_list(_parsed(statement))):
        if isinstance(item, MapValue):
            yield from _variants(item, index)
        elif isinstance(item, UnknownValue):
            yield _unknown_statement(item.unknown, item.place, index)
        elif isinstance(item, Text) and item.hole is not None:
            yield _unknown_statement(item.hole, item.place, index)


def _parsed(value: Value) -> Value:
    """A statement list that is itself JSON text, as templates build it."""
    return read_json_text(value) if isinstance(value, Text) else value


def _unknown_statement(unknown: Unknown, place: Place, index: int) -> Statement:
    hole = Text(parts=(unknown,), place=place)
    return Statement(
        effect=hole,
        actions=(Action(parts=(unknown,), place=place),),
        resources=(Resource(parts=(unknown,), place=place),),
        place=place,
        index=index,
    )


def _variants(item: MapValue, index: int) -> Iterator[Statement]:
    """One statement for each combination of the alternatives of those elements that are not lists."""
    names: list[str] = []
    options: list[list[Value]] = []
    for key, value in item.entries:
        name = _ELEMENTS.get((key.literal or "").lower())
        if name is None:
            continue
        names.append(name)
        listed = name in ("Action", "NotAction", "Resource", "NotResource")
        options.append([value] if listed else list(_expanded(value, name)))
    count = 0
    for chosen in product(*options):
        guard: Guard | None = item.when
        for value in chosen:
            if guard is not None and not isinstance(value, Choice):
                guard = guard.joined(value.when)
        if guard is None:
            continue
        count += 1
        if count > MOST_VARIANTS:
            return
        yield _statement(item, dict(zip(names, chosen, strict=True)), guard, index)


def _expanded(value: Value, name: str) -> Iterator[Value]:
    """The alternatives of an element, for Principal and Condition those one level down too."""
    for option in alternatives(value):
        if name in ("Condition", "Principal", "NotPrincipal") and isinstance(option, MapValue):
            yield from _expanded_map(option, 2 if name == "Condition" else 0)
        else:
            yield option


def _expanded_map(value: MapValue, depth: int) -> Iterator[Value]:
    """A map for each combination of its entries' alternatives: an operator block may be an `Fn::If`."""
    if depth == 0 or not any(isinstance(v, Choice) for _, v in value.entries):
        yield value
        return
    columns = [list(alternatives(v)) for _, v in value.entries]
    for count, chosen in enumerate(product(*columns)):
        guard: Guard | None = value.when
        for option in chosen:
            guard = guard.joined(option.when) if guard is not None else None
        if guard is None:
            continue
        if count >= MOST_VARIANTS:
            return
        entries = tuple((k, option) for (k, _), option in zip(value.entries, chosen, strict=True))
        yield MapValue(entries, value.place, value.rest, value.via, guard)


def _statement(item: MapValue, found: dict[str, Value], guard: Guard, index: int) -> Statement:
    places = tuple((name, Placed(place=v.place, via=v.via)) for name, v in found.items())
    rest = item.rest
    effect = found.get("Effect")
    hole = Text(parts=(rest,), place=item.place) if rest is not None else None
    actions = _patterns(Action, found.get("Action"))
    if rest is not None and "Action" not in found and "NotAction" not in found:
        actions = (Action(parts=(rest,), place=item.place),)
    conditions = tuple(_conditions(found.get("Condition")))
    if rest is not None and "Condition" not in found:
        unknown_text = Text(parts=(rest,), place=item.place)
        conditions = (Condition(operator=unknown_text, key=unknown_text, values=(), place=item.place),)
    return Statement(
        sid=_text_of(found.get("Sid")),
        effect=_text_of(effect) if effect is not None else hole,
        actions=actions,
        not_actions=_patterns(Action, found.get("NotAction")),
        resources=_patterns(Resource, found.get("Resource")),
        not_resources=_patterns(Resource, found.get("NotResource")),
        principals=tuple(_principals(found.get("Principal"))),
        not_principals=tuple(_principals(found.get("NotPrincipal"))),
        conditions=conditions,
        index=index,
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
        if text is not None:
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
                yield from _principal("unknown", item, option.when)


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

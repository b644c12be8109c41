"""`data "aws_iam_policy_document"` as the AWS provider renders it, every element at its literal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.model.text import Part, Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import Choice, ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.terraform import multiplicity
from iamlint.parsers.terraform.expressions import Scope, evaluate
from iamlint.parsers.terraform.literals import is_null, text
from iamlint.parsers.terraform.multiplicity import Expanded
from iamlint.parsers.values import alternatives, as_list, as_text, reworked
from iamlint.source.hcl_syntax import Attribute
from iamlint.source.span import Place

if TYPE_CHECKING:
    from iamlint.parsers.terraform.resource_instances import ResourceInstance

_LISTS = (
    ("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"), ("not_resources", "NotResource"),
)  # fmt: skip


def rendered(instance: ResourceInstance) -> Value:
    """The document of a data source instance: sources first, then its own statements, then overrides, by Sid."""
    block = instance.block
    statements: list[Value] = []
    for name in ("source_json", "source_policy_documents"):
        for document in _documents(instance.written(name)):
            _append(statements, document)
    for expanded in multiplicity.expanded(block.body, instance.scope, "statement"):
        _merge(statements, _statement(expanded))
    for name in ("override_json", "override_policy_documents"):
        for document in _documents(instance.written(name)):
            for statement in _statements_of(document):
                _merge(statements, statement)
    entries: list[tuple[Text, Value]] = []
    version = instance.written("version")
    if version is None or is_null(version):
        version = text("2012-10-17", block)
    entries.append((text("Version", block), version))
    identifier = instance.written("policy_id")
    if identifier is not None and not is_null(identifier):
        entries.append((text("Id", block), identifier))
    entries.append((text("Statement", block), ListValue(tuple(statements), block)))
    return MapValue(tuple(entries), block)


def _documents(value: Value | None) -> Iterator[Value]:
    """The documents of `source_policy_documents` and the like; empty strings and nulls are none."""
    if value is None:
        return
    for item in as_list(value):
        if not (isinstance(item, Text) and item.literal == ""):
            yield item


def _append(statements: list[Value], document: Value) -> None:
    for statement in _statements_of(document):
        _merge(statements, statement)


def _statements_of(document: Value) -> Iterator[Value]:
    """The statements of a document: an object, a JSON string, or one that is not known and stands for any."""
    if isinstance(document, Text):
        document = read_json_text(document)
    if isinstance(document, MapValue):
        inner = document.get("Statement")
        if inner is None:
            return
        for statement in as_list(inner):
            guard = document.when.joined(statement.when)
            if guard is not None:
                yield reworked(statement, (*document.via, *statement.via), guard)
        return
    unknown = document.unknown if isinstance(document, UnknownValue) else Unknown("a document of another kind")
    several = Unknown(unknown.reason, unknown.written, unknown.ref, unknown.attribute, many=True)
    yield UnknownValue(several, document.place, document.via, document.when)


def _merge(statements: list[Value], statement: Value) -> None:
    """Adds a statement; one with the Sid of an earlier one takes its place, as the provider does."""
    sid = _sid(statement)
    if sid:
        for index, earlier in enumerate(statements):
            if _sid(earlier) == sid and not statement.when.branches:
                statements[index] = statement
                return
    statements.append(statement)


def _sid(statement: Value) -> str:
    value = statement.get("Sid") if isinstance(statement, MapValue) else None
    return (value.literal or "") if isinstance(value, Text) else ""


def _statement(expanded: Expanded) -> MapValue:
    """One statement block. Its place is its header; an omitted effect is Allow."""
    body, scope, header = expanded.body, expanded.scope, expanded.block
    attributes = body.attributes
    entries: list[tuple[Text, Value]] = []

    def put(name: str, value: Value, place: Place) -> None:
        entries.append((text(name, place), value))

    sid = attributes.get("sid")
    if sid is not None:
        value = evaluate(sid.value, scope)
        if not is_null(value) and not (isinstance(value, Text) and value.literal == ""):
            put("Sid", value, sid)
    effect = attributes.get("effect")
    given = evaluate(effect.value, scope) if effect is not None else None
    if effect is None or given is None or is_null(given):
        put("Effect", text("Allow", header), header)
    else:
        put("Effect", _or_allow(given, header), effect)
    for name, element in _LISTS:
        attribute = attributes.get(name)
        if attribute is not None:
            items = _strings(attribute, scope)
            if items is not None:
                put(element, items, attribute)
    for name, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        blocks = multiplicity.expanded(body, scope, name)
        if blocks:
            put(element, _principals(blocks), blocks[0].block)
    conditions = multiplicity.expanded(body, scope, "condition")
    if conditions:
        put("Condition", _conditions(conditions), conditions[0].block)
    return MapValue(tuple(entries), header, when=expanded.when)


def _or_allow(value: Value, header: Place) -> Value:
    """An effect whose null alternative means Allow."""
    if isinstance(value, Choice):
        options = tuple(
            reworked(text("Allow", header), o.via, o.when) if is_null(o) else o for o in alternatives(value)
        )
        return Choice(options, value.place, value.via, value.when)
    return value


def _strings(attribute: Attribute, scope: Scope) -> Value | None:
    """The strings of a list attribute, with `&{…}` as the `${…}` of IAM; None when it is null or empty."""
    value = evaluate(attribute.value, scope)
    if is_null(value):
        return None
    if isinstance(value, UnknownValue):
        unknown = value.unknown
        many = Unknown(unknown.reason, unknown.written, unknown.ref, unknown.attribute, many=True)
        return UnknownValue(many, value.place, value.via, value.when)
    items = tuple(_rendered_item(item) for item in as_list(value))
    return ListValue(items, attribute.value) if items else None


def _rendered_item(item: Value) -> Value:
    if not isinstance(item, Text):
        return item
    return _with_policy_variables(item)


def _with_policy_variables(item: Text) -> Text:
    """`&{aws:username}` written as IAM wants it; both are as long, so every character keeps its place."""
    if not any(isinstance(part, str) and "&{" in part for part in item.parts):
        return item
    parts: tuple[Part, ...] = tuple(p.replace("&{", "${") if isinstance(p, str) else p for p in item.parts)
    return Text(parts=parts, spellings=item.spellings, place=item.place, via=item.via, when=item.when)


def _principals(blocks: list[Expanded]) -> Value:
    """Principal blocks as IAM's object; type `*` is the bare star."""
    merged: dict[str, tuple[Text, list[Value], Place]] = {}
    for expanded in blocks:
        attributes = expanded.body.attributes
        kind_at, names_at = attributes.get("type"), attributes.get("identifiers")
        if kind_at is None or names_at is None:
            continue
        kind = as_text(evaluate(kind_at.value, expanded.scope))
        names = _strings(names_at, expanded.scope)
        if kind is None or names is None:
            continue
        if kind.literal == "*":
            star = _star(names)
            if star is not None and len(blocks) == 1:
                return star
            kind = text("AWS", kind.place)
        _add(merged, kind.shown, kind, names, expanded.when, names_at.value)
    return _object(merged, blocks[0].block)


def _star(names: Value) -> Value | None:
    """The `"*"` that the provider writes for type `*` with identifier `*`."""
    items = names.items if isinstance(names, ListValue) else (names,)
    return next((item for item in items if isinstance(item, Text) and item.literal == "*"), None)


def _add(
    merged: dict[str, tuple[Text, list[Value], Place]],
    name: str,
    key: Text,
    values: Value,
    when: Guard,
    place: Place,
) -> None:
    items = list(values.items) if isinstance(values, ListValue) else [values]
    if when is not ALWAYS and when.branches:
        items = [reworked(item, item.via, when.joined(item.when) or when) for item in items]
    merged.setdefault(name, (key, [], place))[1].extend(items)


def _object(merged: dict[str, tuple[Text, list[Value], Place]], place: Place) -> MapValue:
    return MapValue(tuple((key, ListValue(tuple(items), at)) for key, items, at in merged.values()), place)


def _conditions(blocks: list[Expanded]) -> Value:
    """Condition blocks as IAM's object of operator, key and values."""
    tests: dict[str, tuple[Text, dict[str, tuple[Text, list[Value], Place]], Place]] = {}
    for expanded in blocks:
        attributes = expanded.body.attributes
        wanted = [attributes.get(name) for name in ("test", "variable", "values")]
        if wanted[0] is None or wanted[1] is None or wanted[2] is None:
            continue
        test = as_text(evaluate(wanted[0].value, expanded.scope))
        variable = as_text(evaluate(wanted[1].value, expanded.scope))
        values = _strings(wanted[2], expanded.scope)
        if test is None or variable is None:
            continue
        inner = tests.setdefault(test.shown, (test, {}, expanded.block))[1]
        _add(inner, variable.shown, variable, values or ListValue((), wanted[2]), expanded.when, wanted[2].value)
    entries = tuple((test, _object(inner, place)) for test, inner, place in tests.values())
    return MapValue(entries, blocks[0].block)

"""Statements that are written as arguments (`actions`, `principals`, `condition` …), in blocks or in objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from iamlint.model.text import Part, Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import Choice, ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.terraform import multiplicity
from iamlint.parsers.terraform.expressions import evaluate
from iamlint.parsers.terraform.literals import is_null, text
from iamlint.parsers.terraform.multiplicity import Expanded
from iamlint.parsers.values import alternatives, as_list, as_text, reworked
from iamlint.source.span import Place

LISTS = (
    ("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"), ("not_resources", "NotResource"),
)  # fmt: skip

_Named = dict[str, tuple[Text, list[Value], Place]]


class Arguments(Protocol):
    """Arguments with their values, and further arguments nested in them."""

    @property
    def place(self) -> Place:
        """Where they stand: the header of a block, or an object."""
        ...

    @property
    def when(self) -> Guard:
        """Under which conditions they are there."""
        ...

    def get(self, name: str) -> tuple[Value, Place] | None:
        """The value of an argument and where it is written; None when it is not, or null."""
        ...

    def nested(self, name: str) -> list[Arguments]:
        """The groups of arguments under a name."""
        ...


class BlockArguments:
    """The arguments of a block."""

    __slots__ = ("_block",)

    def __init__(self, block: Expanded) -> None:
        self._block = block

    @property
    def place(self) -> Place:
        return self._block.block

    @property
    def when(self) -> Guard:
        return self._block.when

    def get(self, name: str) -> tuple[Value, Place] | None:
        attribute = self._block.body.attributes.get(name)
        value = evaluate(attribute.value, self._block.scope) if attribute is not None else None
        return None if attribute is None or value is None or is_null(value) else (value, attribute.value)

    def nested(self, name: str) -> list[Arguments]:
        return [BlockArguments(block) for block in multiplicity.expanded(self._block.body, self._block.scope, name)]


class ObjectArguments:
    """The entries of an object, as the inputs of modules have them."""

    __slots__ = ("_object", "place", "when")

    def __init__(self, value: MapValue) -> None:
        self._object = value
        self.place = value.place
        self.when = value.when

    def get(self, name: str) -> tuple[Value, Place] | None:
        value = self._object.get(name)
        return None if value is None or is_null(value) else (value, value.place)

    def nested(self, name: str) -> list[Arguments]:
        for spelling in (name, f"{name}s", name.removesuffix("s")):
            value = self._object.get(spelling)
            if value is not None and not is_null(value):
                return [ObjectArguments(item) for item in _objects(value)]
        return []


def _objects(value: Value) -> Iterator[MapValue]:
    """The objects of a list or map of them; `{AWS = […]}` are objects with a type and identifiers."""
    for option in as_list(value):
        if not isinstance(option, MapValue):
            continue
        if any(option.get(name) is not None for name in ("identifiers", "type", "test", "variable", "values")):
            yield option
            continue
        for key, item in option.entries:
            if isinstance(item, MapValue):
                yield from _objects(item)
            else:
                place = key.place
                entries = ((text("type", place), key), (text("identifiers", place), item))
                yield MapValue(entries, place, when=option.when)


def statement(given: Arguments) -> MapValue:
    """The statement as IAM has it. Its place is where the arguments stand; an omitted effect is Allow."""
    entries: list[tuple[Text, Value]] = []

    def put(name: str, value: Value, place: Place) -> None:
        entries.append((text(name, place), value))

    sid = given.get("sid")
    if sid is not None and not (isinstance(sid[0], Text) and sid[0].literal == ""):
        put("Sid", *sid)
    effect = given.get("effect")
    if effect is None:
        put("Effect", text("Allow", given.place), given.place)
    else:
        put("Effect", _or_allow(effect[0], given.place), effect[1])
    for name, element in LISTS:
        listed = given.get(name)
        items = strings(*listed) if listed is not None else None
        if listed is not None and items is None and listed[1].written.strip("[] \n"):
            # Empty as it happens, by a variable's default: the provider leaves it out, but it is not missing.
            items = ListValue((), listed[1])
        if items is not None and listed is not None:
            put(element, items, listed[1])
    for name, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        groups = given.nested(name)
        if groups:
            put(element, _principals(groups), groups[0].place)
    conditions = given.nested("condition")
    if conditions:
        put("Condition", _conditions(conditions), conditions[0].place)
    return MapValue(tuple(entries), given.place, when=given.when)


def _or_allow(value: Value, header: Place) -> Value:
    """An effect whose null alternative means Allow."""
    if isinstance(value, Choice):
        options = tuple(
            reworked(text("Allow", header), o.via, o.when) if is_null(o) else o for o in alternatives(value)
        )
        return Choice(options, value.place, value.via, value.when)
    return value


def strings(value: Value, place: Place) -> Value | None:
    """The strings of a list, with `&{…}` as the `${…}` of IAM; None when there are none."""
    if isinstance(value, UnknownValue):
        unknown = value.unknown
        many = Unknown(unknown.reason, unknown.written, unknown.ref, unknown.attribute, many=True)
        return UnknownValue(many, value.place, value.via, value.when)
    items = tuple(_with_policy_variables(item) if isinstance(item, Text) else item for item in as_list(value))
    return ListValue(items, place) if items else None


def _with_policy_variables(item: Text) -> Text:
    """`&{aws:username}` written as IAM wants it; both are as long, so every character keeps its place."""
    if not any(isinstance(part, str) and "&{" in part for part in item.parts):
        return item
    parts: tuple[Part, ...] = tuple(p.replace("&{", "${") if isinstance(p, str) else p for p in item.parts)
    return Text(parts=parts, spellings=item.spellings, place=item.place, via=item.via, when=item.when)


def _principals(groups: list[Arguments]) -> Value:
    """Principals as IAM's object; type `*` is the bare star."""
    merged: _Named = {}
    for group in groups:
        of_type, names_at = group.get("type"), group.get("identifiers")
        names = strings(*names_at) if names_at is not None else None
        if of_type is None or names is None or names_at is None:
            continue
        for kind, when in _texts(of_type[0], group.when):
            if kind.literal == "*":
                star = _star(names)
                if star is not None and len(groups) == 1 and not isinstance(of_type[0], Choice):
                    return star
                kind = text("AWS", kind.place)
            _add(merged, kind, names, when, names_at[1])
    return _object(merged, groups[0].place)


def _star(names: Value) -> Value | None:
    """The `"*"` that the provider writes for type `*` with identifier `*`."""
    items = names.items if isinstance(names, ListValue) else (names,)
    return next((item for item in items if isinstance(item, Text) and item.literal == "*"), None)


def _add(merged: _Named, key: Text, values: Value, when: Guard, place: Place) -> None:
    items = list(values.items) if isinstance(values, ListValue) else [values]
    if when is not ALWAYS and when.branches:
        items = [reworked(item, item.via, when.joined(item.when) or when) for item in items]
    merged.setdefault(key.shown, (key, [], place))[1].extend(items)


def _texts(value: Value, around: Guard) -> Iterator[tuple[Text, Guard]]:
    """The strings that an argument may be, each with when."""
    for option in alternatives(value):
        written = as_text(option)
        when = around.joined(option.when) if isinstance(value, Choice) else around
        if written is not None and when is not None:
            yield written, when


def _object(merged: _Named, place: Place) -> MapValue:
    return MapValue(tuple((key, ListValue(tuple(items), at)) for key, items, at in merged.values()), place)


def _conditions(groups: list[Arguments]) -> Value:
    """Conditions as IAM's object of operator, key and values."""
    tests: dict[str, tuple[Text, _Named, Place]] = {}
    for group in groups:
        test_at, variable_at, values_at = group.get("test"), group.get("variable"), group.get("values")
        if test_at is None or variable_at is None or values_at is None:
            continue
        values = strings(*values_at) or ListValue((), values_at[1])
        for test, whole in _texts(test_at[0], group.when):
            inner = tests.setdefault(test.shown, (test, {}, group.place))[1]
            for variable, when in _texts(variable_at[0], whole):
                _add(inner, variable, values, when, values_at[1])
    entries = tuple((test, _object(inner, place)) for test, inner, place in tests.values())
    return MapValue(entries, groups[0].place)

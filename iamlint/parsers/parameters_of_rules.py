"""The parameters of a rule of AWS Config, an object or JSON in a string, and those of a pack of rules."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.model.value import MapValue, UnknownValue, Value
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.values import alternatives, as_setting, numbered
from iamlint.source.span import Place


def key_age(parameters: Value | None, place: Place) -> Setting:
    """The age of access keys that the parameters tell, the rule's default where they tell none."""
    option = next(alternatives(parameters), None) if parameters is not None else None
    read = read_json_text(option) if isinstance(option, Text) else option
    if isinstance(read, UnknownValue):
        return as_setting(read, None, place)
    found = read.get("maxAccessKeyAge") if isinstance(read, MapValue) else None
    if found is None and isinstance(read, MapValue) and read.rest is not None:
        found = UnknownValue(read.rest, read.place)
    return numbered(as_setting(found, 90, place))


def handed_on(pairs: Iterable[tuple[Text | None, Value | None]], place: Place) -> Value | None:
    """The parameters of a pack as a template takes them; None where there are none."""
    entries = [
        (name, value if value is not None else UnknownValue(Unknown("no value"), name.place))
        for name, value in pairs
        if name is not None
    ]
    return MapValue(tuple(entries), place) if entries else None

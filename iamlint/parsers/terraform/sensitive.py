"""Values that a plan marks as sensitive: nothing prints them, and only the search for credentials looks into them."""

from __future__ import annotations

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.embedded_json import read_json_text

HINT = "a sensitive value"
# What a statement does stays visible; what it names (resources, principals, values of conditions) may be the secret.
_VISIBLE = frozenset({"version", "effect", "action", "notaction"})


class Sensitive(Unknown):
    """The hole that a sensitive string leaves; `text` is the string, for those who must see it."""

    __slots__ = ("text",)

    def __init__(
        self,
        reason: str = "a sensitive value",
        written: str = "sensitive value",
        ref: str = "",
        attribute: str = "",
        many: bool = False,
        text: Text | None = None,
    ) -> None:
        super().__init__(reason, written, ref, attribute, many)
        self.text = text


def withheld(value: Value, depth: int = 0) -> Value:
    """The value with a hole for every string in it. Of a policy document actions and effects stay."""
    if isinstance(value, Text):
        if value.literal is not None and "Statement" in value.literal and value.literal.lstrip().startswith("{"):
            document = read_json_text(value)
            if isinstance(document, MapValue) and document.get("Statement") is not None:
                return _policy(document, depth)
        return UnknownValue(Sensitive(text=value), value.place, value.via, value.when)
    if depth > 60:
        return UnknownValue(Unknown("nested too deeply"), value.place)
    if isinstance(value, ListValue):
        items = tuple(withheld(item, depth + 1) for item in value.items)
        return ListValue(items, value.place, value.via, value.when)
    if isinstance(value, MapValue):
        entries = tuple((key, withheld(item, depth + 1)) for key, item in value.entries)
        return MapValue(entries, value.place, value.rest, value.via, value.when)
    return value


def disclosed(value: Value) -> Value:
    """The string that a sensitive hole stands for; any other value as it is."""
    if isinstance(value, UnknownValue) and isinstance(value.unknown, Sensitive) and value.unknown.text is not None:
        return value.unknown.text
    return value


def _policy(value: Value, depth: int) -> Value:
    if isinstance(value, ListValue):
        return ListValue(tuple(_policy(item, depth + 1) for item in value.items), value.place, value.via, value.when)
    if isinstance(value, MapValue) and depth <= 60:
        entries = tuple(
            (key, item if (key.literal or "").lower() in _VISIBLE else _policy(item, depth + 1))
            for key, item in value.entries
        )
        return MapValue(entries, value.place, value.rest, value.via, value.when)
    if isinstance(value, Text) and value.literal != "*":
        return UnknownValue(Sensitive(text=value), value.place, value.via, value.when)
    if isinstance(value, MapValue | Choice):
        return UnknownValue(Unknown("nested too deeply"), value.place)
    return value

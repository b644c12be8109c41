"""How the grammar's flaws are told: of which statement, at which value, and what JSON type that is."""

from __future__ import annotations

from iamlint.model.flaw import Flaw
from iamlint.model.statement import Statement
from iamlint.model.text import Text
from iamlint.model.thing import Placed
from iamlint.model.value import ListValue, MapValue, Scalar, Value
from iamlint.source.span import EmbeddedText, Place


class Telling:
    """Makes the flaws of one statement, or of a policy as a whole."""

    __slots__ = ("_statement",)

    def __init__(self, statement: Statement | None = None) -> None:
        self._statement = statement

    def flaw(self, code: str, message: str, at: Placed | Value, path: str = "") -> Flaw:
        """A flaw at a value or place, under its guard."""
        return Flaw(
            code=code, message=message, statement=self._statement, path=path, place=at.place, via=at.via, when=at.when
        )


def kind_of(value: Value) -> str:
    """The JSON type of a value, in words; `unknown` for what may be of any type."""
    if isinstance(value, Text):
        return "unknown" if value.hole is not None and len(value.parts) == 1 else "a string"
    if isinstance(value, MapValue):
        return "an object"
    if isinstance(value, ListValue):
        return "a list"
    if isinstance(value, Scalar):
        return "null" if value.value is None else "a boolean" if isinstance(value.value, bool) else "a number"
    return "unknown"


def is_retyped(place: Place) -> bool:
    """Whether numbers and booleans written here become strings: CloudFormation does so with those of its YAML."""
    return not isinstance(place.source, EmbeddedText) and place.source.path.endswith((".yaml", ".yml"))


def is_written_empty(value: ListValue | MapValue) -> bool:
    """Whether a list or an object is empty where it is written; what is empty by a variable's default or a condition
    is not meant to be."""
    has_some = value.items if isinstance(value, ListValue) else value.entries or value.rest is not None
    return not has_some and not value.via and not value.place.written.strip("[]{} \t\r\n")

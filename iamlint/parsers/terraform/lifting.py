"""Makes functions of plain data into functions of values: what is not known stays so, what is refused has failed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Scalar, UnknownValue, Value
from iamlint.parsers.terraform.literals import hole, lifted, plain, spelled
from iamlint.source.span import Place

Function = Callable[[list[Value], Place], Value]
MOST_ITEMS = 20_000  # of a list that a function makes

_CLUSTERS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0dff\u0e31-\u0ebc\u0f18-\u0fc6"
    "\u102b-\u10ff\u1100-\u11ff\u1712-\u1dff\u200c\u200d\u20d0-\u20f0\u302a-\u302f\u3099\u309a\ua66f-\ud7fb"
    "\ufb1e\ufe00-\ufe2f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e01ef]|\r\n"
)


def on_known(work: Callable[..., Any]) -> Function:
    """A function that is evaluated when all its arguments are known, as plain Python data.

    A string that it returns stands where its first string argument does, so that a finding points at a literal."""

    def function(arguments: list[Value], place: Place) -> Value:
        given = []
        for argument in arguments:
            data = plain(argument)
            if isinstance(data, Unknown):
                return hole(data, place)
            given.append(data)
        result = work(*given)
        if isinstance(result, Unknown):
            return hole(result, place)
        first = arguments[0] if arguments else None
        if isinstance(first, Text) and isinstance(result, str):
            same = result == first.literal
            return first if same else Text(parts=(result,), place=first.place, via=first.via)
        return lifted(result, place)

    return function


def on_characters(work: Callable[..., Any]) -> Function:
    """The same for a function that takes its first argument apart into what people call characters. Those of more
    than one code point are left alone."""

    def checked(content: str, *more: Any) -> Any:
        if not content.isascii() and _CLUSTERS.search(content):
            return Unknown("characters of several code points")
        return work(content, *more)

    return on_known(checked)


def not_evaluated(reason: str) -> Function:
    """A function whose result is different each time, or lies outside of the files."""
    return lambda arguments, place: hole(Unknown(reason), place)


def known_text(value: Value) -> str | Unknown:
    """The string that a value is; an Unknown when it is not wholly known."""
    if isinstance(value, Text):
        if value.hole is None or len(value.parts) == 1:
            return value.shown if value.hole is None else value.hole
        return Unknown(value.hole.reason, value.shown)  # of which the hole is a part: not the same value as the hole
    if isinstance(value, Scalar) and value.value is not None:
        return spelled(value.value)
    if isinstance(value, UnknownValue):
        return value.unknown
    raise TypeError("not a string")

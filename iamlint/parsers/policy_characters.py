"""Characters that IAM does not take in a policy: all beyond Latin-1.

The pattern of PolicyDocument in IAM's API, https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html.
A Sid has stricter rules of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.model.flaw import Flaw
from iamlint.model.text import Text
from iamlint.model.thing import Placed
from iamlint.model.value import Choice, ListValue, MapValue, Value
from iamlint.parsers.flaw_making import Telling

_LAST = "\u00ff"


def character_flaws(elements: Mapping[str, Value], told: Telling) -> Iterator[Flaw]:
    """The strings of a statement with such a character in them, each at the first one.

    A character that is written as an escape is not told of: in JSON that stands as it is, IAM reads ASCII.
    """
    for name, value in elements.items():
        if name != "Sid":
            yield from _within(value, name, told)


def _within(value: Value, path: str, told: Telling) -> Iterator[Flaw]:
    if isinstance(value, Text):
        yield from _of_text(value, path, told)
    elif isinstance(value, ListValue):
        for item in value.items:
            yield from _within(item, path, told)
    elif isinstance(value, Choice):
        for option in value.alternatives:
            yield from _within(option, path, told)
    elif isinstance(value, MapValue):
        for key, item in value.entries:
            yield from _of_text(key, path, told)
            yield from _within(item, f"{path}/{key.shown}", told)


def _of_text(text: Text, path: str, told: Telling) -> Iterator[Flaw]:
    literal = text.literal
    if not literal or max(literal) <= _LAST:
        return
    at = next(index for index, character in enumerate(literal) if character > _LAST)
    character = literal[at]
    if character not in text.place.written:
        return
    shown = f" `{character}`" if character.isprintable() else ""
    message = f"the character{shown} (U+{ord(character):04X}) is not allowed in IAM policies"
    place = text.part_place(at, at + 1)
    yield told.flaw("unsupported-character", message, Placed(place=place, via=text.via, when=text.when), path)

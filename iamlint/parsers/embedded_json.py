"""JSON that is written inside a string is read in place, holes and all."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import UnknownValue, Value
from iamlint.parsers.nodes import value_of
from iamlint.parsers.values import reworked
from iamlint.source.document import Problem
from iamlint.source.json_reader import read_json
from iamlint.source.span import EmbeddedText, SourceText

_FIRST_PLACEHOLDER = 0xE000
_MOST_PLACEHOLDERS = 0x1900


def read_json_text(text: Text) -> Value:
    """The value that a text holds as JSON, its places those of the outer file.

    A text that is one hole, or is not JSON, gives an UnknownValue that says why; the reader's message is the reason.
    """
    return read_json_and_problem(text)[0]


def read_json_and_problem(text: Text) -> tuple[Value, Problem | None]:
    """The same, and what is wrong with JSON of which every character is known."""
    if len(text.parts) == 1 and isinstance(text.parts[0], Unknown):
        return UnknownValue(text.parts[0], text.place, text.via, text.when), None
    source, holes = embedded(text)
    document = read_json(source, holes=True, mend=not holes)
    problem = document.problems[0] if document.problems else None
    if document.root is None:
        told = problem.message if problem is not None else "nothing in it"
        reason = "a template that is JSON only when rendered" if holes else f"not JSON: {told}"
        value: Value = UnknownValue(Unknown(reason, text.shown[:60]), text.place)
    else:
        value = value_of(document.root, holes)
    broken = problem if not holes and problem is not None and problem.kind in ("unreadable", "mended") else None
    return reworked(value, via=text.via, when=text.when), broken


def embedded(text: Text) -> tuple[SourceText, dict[str, Unknown]]:
    """The text with one placeholder character per hole, and where each character is written.

    All characters are mapped into one source, that of the text's own place; what came from another file maps to the
    whole of that place.
    """
    home = text.place.source
    characters: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    holes: dict[str, Unknown] = {}
    spellings = text.spellings or (None,) * len(text.parts)
    last = text.place.start
    for index, part in enumerate(text.parts):
        if isinstance(part, Unknown):
            placeholder = chr(_FIRST_PLACEHOLDER + min(len(holes), _MOST_PLACEHOLDERS))
            holes[placeholder] = part
            following = _start_of(spellings[index + 1 :], home)
            characters.append(placeholder)
            offsets.append(last)
            ends.append(following if following is not None else max(last, text.place.end))
            continue
        spelling = spellings[index]
        characters.append(part)
        if spelling is not None and spelling.source is home:
            where: Sequence[int] = spelling.offsets()
            offsets.extend(where[: len(part)])
            ends.extend(offset + 1 for offset in where[: len(part)])
            last = ends[-1] if ends else last
        else:
            offsets.extend([text.place.start] * len(part))
            ends.extend([text.place.end] * len(part))
    offsets.append(ends[-1] if ends else text.place.end)
    return EmbeddedText(home, "".join(characters), offsets, ends), holes


def _start_of(spellings: Sequence[object], home: SourceText) -> int | None:
    """Where the next literal part in the same source begins: an interpolation ends there."""
    for spelling in spellings:
        if spelling is None:
            return None
        if getattr(spelling, "source", None) is home:
            table: Sequence[int] = spelling.offsets()  # type: ignore[attr-defined]
            return table[0]
    return None

"""The texts in a document that are run, the arguments in a list as one, and the values in it that have a name."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.text import Part, Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.values import alternatives, as_text
from iamlint.source.span import Spelling

# What the environment of a container is called in the documents that have one.
ENVIRONMENTS = frozenset({"environment", "environmentvariables", "environmentvariablesoverride"})
# Lists that are one command, word by word; the items of others are commands of their own.
_WORDS = frozenset({"command", "entrypoint", "cmd", "args", "arguments", "commandline", "containerarguments"})
_DEEPEST = 24


def read(value: Value) -> Value:
    """A value, of a string that is JSON what it holds."""
    if isinstance(value, Text) and value.shown.lstrip()[:1] in ("{", "["):
        document = read_json_text(value)
        if isinstance(document, MapValue | ListValue):
            return document
    return value


def texts_run(value: Value, key: str = "", depth: int = 0) -> Iterator[Text]:
    """The strings in a document, the words of a command as one; not the environments in it."""
    for option in alternatives(value) if depth < _DEEPEST else ():
        if isinstance(option, Text):
            yield option
        elif isinstance(option, ListValue):
            words = [item for item in option.items if isinstance(item, Text | UnknownValue)]
            if len(words) == len(option.items) > 0:
                yield _joined(words, " " if key.lower() in _WORDS else "\n")
            else:
                for item in option.items:
                    yield from texts_run(item, key, depth + 1)
        elif isinstance(option, MapValue):
            for name, inner in option.entries:
                if name.shown.lower() not in ENVIRONMENTS:
                    yield from texts_run(inner, name.shown, depth + 1)


def named(value: Value, depth: int = 0) -> Iterator[tuple[str, Text]]:
    """The strings in a document that have a name, and the defaults of what has one; not the environments in it."""
    for option in alternatives(value) if depth < _DEEPEST else ():
        if isinstance(option, ListValue):
            for item in option.items:
                yield from named(item, depth + 1)
        for key, inner in option.entries if isinstance(option, MapValue) else ():
            if key.shown.lower() in ENVIRONMENTS:
                continue
            for given in alternatives(inner):
                if isinstance(given, MapValue):
                    given = given.get("default") or given
                text = as_text(given)
                if text is not None:
                    yield key.shown, text
            yield from named(inner, depth + 1)


def _joined(words: list[Text | UnknownValue], between: str) -> Text:
    """Words as one string, what is not known of them as holes."""
    parts: list[Part] = []
    spellings: list[Spelling | None] = []
    for word in words:
        if parts:
            parts.append(between)
            spellings.append(None)
        own: tuple[Part | Unknown, ...] = word.parts if isinstance(word, Text) else (word.unknown,)
        parts += own
        spellings += word.spellings if isinstance(word, Text) and word.spellings else (None,) * len(own)
    first = words[0]
    return Text(parts=tuple(parts), spellings=tuple(spellings), place=first.place, via=first.via, when=first.when)

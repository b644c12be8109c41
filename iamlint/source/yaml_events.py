"""Makes the events of a YAML text, with libyaml when it is there, and says in words what is wrong with broken YAML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import yaml
from yaml.error import Mark
from yaml.reader import ReaderError


class ParsedEvent(Protocol):
    """What the reader asks of PyYAML's events; an event has what its kind has."""

    anchor: str | None
    tag: str | None
    value: str
    style: str | None
    flow_style: bool | None
    start_mark: Mark
    end_mark: Mark


# The kinds of events, compared with `type(event) is KIND`: as plain objects, since no event declares what it has.
ALIAS: object = yaml.events.AliasEvent
DOCUMENT_START: object = yaml.events.DocumentStartEvent
MAPPING_END: object = yaml.events.MappingEndEvent
MAPPING_START: object = yaml.events.MappingStartEvent
SCALAR: object = yaml.events.ScalarEvent
SEQUENCE_END: object = yaml.events.SequenceEndEvent
STREAM_END: object = yaml.events.StreamEndEvent


class PureParser(yaml.SafeLoader):
    """PyYAML's own parser, made to take what libyaml takes."""

    def scan_to_next_token(self) -> None:
        # As PyYAML's, but a tab separates tokens where it is not indentation, as in YAML's specification and libyaml.
        if self.index == 0 and self.peek() == "\ufeff":
            self.forward()
        while True:
            while self.peek() == " " or (self.peek() == "\t" and (self.flow_level or not self.allow_simple_key)):
                self.forward()
            if self.peek() == "#":
                while self.peek() not in "\0\r\n\x85\u2028\u2029":
                    self.forward()
            if not self.scan_line_break():  # type: ignore[no-untyped-call]
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_plain_spaces(self, indent: int, start_mark: Mark) -> list[str] | None:
        # PyYAML's ends a plain text at its first tab.
        length = 0
        while self.peek(length) in (" ", "\t"):
            length += 1
        blanks = self.prefix(length)
        if "\t" in blanks:
            self.forward(length)
            if self.peek() not in "\r\n\x85\u2028\u2029":
                return [blanks]
        return super().scan_plain_spaces(indent, start_mark)

    def next_event(self) -> Any:
        """The next event; None after the last one."""
        try:
            return super().get_event()  # type: ignore[no-untyped-call]
        except (ValueError, OverflowError) as error:
            # `"\UFFFFFFFF"` is no character, and a number in a directive can be longer than Python converts.
            raise yaml.MarkedYAMLError(None, None, "found a number out of range", self.get_mark()) from error


def libyaml_events(text: str) -> Callable[[], Any] | None:
    """What gives libyaml's next event of a text; None where PyYAML was built without libyaml.

    And with a byte order mark, which libyaml leaves out of its positions.
    """
    if not yaml.__with_libyaml__ or text.startswith("\ufeff"):
        return None
    from yaml._yaml import CParser

    return CParser(text).get_event


class Complaint(NamedTuple):
    """What is wrong with a YAML text, where, and what to do."""

    start: int
    end: int
    message: str
    remedy: str


# What PyYAML or libyaml says, in words for people who write templates: (part of its message, ours, remedy).
_WORDS = (
    (
        "character '\\t' that cannot start",
        "a tab indents this line: YAML is indented with spaces",
        "Replace the tab by spaces.",
    ),
    (
        "cannot start any token",
        "no value can begin with {found} here",
        "Put the value in quotes.",
    ),
    (
        "alphabetic or numeric character",
        "`*` begins an alias and `&` an anchor, and no name follows",
        'Put a text that begins with `*` or `&` in quotes: `"*"`.',
    ),
    (
        "mapping values are not allowed",
        "`:` stands where no key can end",
        "Put a value that has `: ` in it in quotes, or correct the indentation.",
    ),
    ("mapping keys are not allowed", "no key can stand here", "Correct the indentation."),
    ("sequence entries are not allowed", "`-` stands where no list item can begin", "Correct the indentation."),
    ("could not find expected ':'", "this line has no `:` after its key", "Write `key: value`."),
    (
        "expected <block end>",
        "this line does not fit the block that it is in: {found} was not expected",
        "Correct the indentation, or put the value before it in quotes.",
    ),
    ("expected ',' or ']'", "expected `,` or `]` in this list, found {found}", "Add what is missing."),
    ("expected ',' or '}'", "expected `,` or `}}` in this mapping, found {found}", "Add what is missing."),
    ("expected key", "this line does not fit the block that it is in", "Correct the indentation."),
    ("expected '-' indicator", "this line does not fit the list that it is in", "Correct the indentation."),
    ("node content", "expected a value, found {found}", "Write a value, or put it in quotes."),
    ("unexpected end of stream", "this quote is never closed", "Add the closing quote."),
    ("unexpected document separator", "this quote is not closed before `---`", "Add the closing quote."),
    ("unknown escape character", "no escape of YAML begins with `\\` and {found}", "Write a backslash as `\\\\`."),
    ("hex", "this escape has too few digits", "Write `\\xNN`, `\\uNNNN` or `\\UNNNNNNNN`."),
    ("number out of range", "this number is no character", "Write the character itself."),
    ("document start", "the text goes on after the end of the document: {found}", "Correct the indentation."),
    ("undefined tag handle", "this tag begins with a handle that is not declared", "Write a tag as `!Name`."),
)

_SHOWN_WHERE_IT_BEGAN = frozenset(
    {"could not find expected ':'", "unexpected end of stream", "unexpected document separator"}
)


def explain(text: str, error: yaml.YAMLError) -> Complaint:
    """What PyYAML's `error` on `text` means, and where."""
    if isinstance(error, ReaderError):
        at = min(error.position, len(text))
        code = error.character if isinstance(error.character, int) else ord(error.character[:1] or "\0")
        message = f"the character U+{code:04X} cannot stand in YAML"
        return Complaint(at, min(at + 1, len(text)), message, f'Remove it, or write it as `"\\u{code:04x}"`.')
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or error)
    at = min(mark.index, len(text)) if mark is not None else 0
    end = min(at + 1, len(text))
    found = f"`{text[at]}`" if at < end and text[at].isprintable() else "the end of the line"
    if at >= len(text.rstrip()):
        found = "the end of the file"
    if "cannot start any token" in said and text.startswith("\t", at):
        said = "found character '\\t' that cannot start any token"  # libyaml leaves out which
    for part, message, remedy in _WORDS:
        if part in said:
            opened = getattr(error, "context_mark", None)
            if part in _SHOWN_WHERE_IT_BEGAN and opened is not None:
                at, end = opened.index, opened.index + 1
            return Complaint(at, end, message.format(found=found), remedy)
    context = getattr(error, "context", None)
    return Complaint(at, end, f"{context}: {said}" if context else said, "Correct the YAML.")

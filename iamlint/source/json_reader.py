"""Reads JSON into nodes that remember their place, and says in words what is wrong with broken JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from json import JSONDecodeError, JSONDecoder
from math import isfinite
from typing import NoReturn

from iamlint.source.document import Document, Problem, ProblemKind
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Place, SourceText
from iamlint.source.templating import is_templated

MAXIMUM_DEPTH = 200

_SPACE = re.compile(r"[ \t\r\n]*")
_PLAIN_KEY = re.compile(r'[ \t\r\n]*"([^"\\\x00-\x1f]*)"[ \t\r\n]*:[ \t\r\n]*')
_PLAIN_STRING = re.compile(r'"([^"\\\x00-\x1f]*)"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9A-Za-z_.+-])")
_WORD = re.compile(r"[A-Za-z_$][\w$.-]*")
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.")
_LITERALS = {"true": True, "false": False, "null": None}
_MOST_MENDED = 100  # commas and comments
_LONGEST_MENDED = 200_000
# Brackets, and strings so that those in them are no brackets; one that is never closed is all the rest.
_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_CLOSING = {"[": "]", "{": "}"}
_LAST = frozenset(']},"')  # after which nothing but closing brackets can be missing
_LONGEST_INTEGER = 300  # digits; Python refuses to convert more than 4300

_decode = JSONDecoder().raw_decode
_decode_lenient = JSONDecoder(strict=False).raw_decode


def read_json(source: SourceText, holes: bool = False, mend: bool = True) -> Document:
    """Read a JSON text; what is wrong with it is in the document's problems.

    Comments, and commas and brackets too many, are read over when that is all that is wrong, and brackets that are
    missing at the end are added (`mend`): the first one is told, as a problem of the kind "mended".

    With `holes`, the text comes out of another language and its characters U+E000 to U+F8FF stand for parts
    that are not known: they may stand inside strings, and bare where a value is expected. A bare one becomes a
    scalar of that one character, without quotes. Line breaks and tabs may then stand in strings as they are.
    """
    document = Document(source, "json")
    reader = _Reader(source, document, holes)
    first: _BrokenError | None = None
    for _ in range(_MOST_MENDED if mend and len(source.text) <= _LONGEST_MENDED else 1):
        try:
            document.root = reader.document()
        except _BrokenError as broken:
            first = first or broken
            text = _mended(reader.text, broken)
            if not text:
                break
            document.problems, reader = [], _Reader(source, document, holes)
            reader.text = text
        else:
            break
    if first is not None:
        place = Place(source, first.start, min(first.end, len(source.text)))
        if document.root is not None:
            document.problems.insert(0, Problem("mended", place, first.message, first.remedy))
        else:
            kind: ProblemKind = "template" if is_templated(source.text, first.start) else "unreadable"
            document.problems = [Problem(kind, place, first.message, first.remedy)]
    return document


def _mended(text: str, broken: _BrokenError) -> str:
    """The text without what is too much there, or with the brackets that are missing at its end; empty when that is
    not what is wrong with it. All other places stay as they are."""
    if broken.mendable:
        return text[: broken.start] + " " * (broken.end - broken.start) + text[broken.end :]
    if broken.is_at_end and len(text) > 2 and text.rstrip()[-1:] in _LAST:
        missing = _missing(text)
        return text + missing if missing else ""
    return ""


def _missing(text: str) -> str:
    """The brackets that close what is open at the end of a text."""
    opened: list[str] = []
    for match in _BRACKET.finditer(text):
        if match[0] in _CLOSING:
            opened.append(_CLOSING[match[0]])
        elif match[0] in "]}" and opened:
            opened.pop()
    return "".join(reversed(opened))


class _BrokenError(Exception):
    """JSON that cannot be read: where, why, and what to do; `mendable` when it can when that is not there, and
    `is_at_end` when the text ends too early."""

    def __init__(
        self, start: int, end: int, message: str, remedy: str, mendable: bool = False, is_at_end: bool = False
    ) -> None:
        super().__init__(message)
        self.mendable = mendable
        self.is_at_end = is_at_end
        self.start = start
        self.end = end
        self.message = message
        self.remedy = remedy


class _Reader:
    """One pass over a text. A value's method takes the offset where it begins; its node says where it ends."""

    __slots__ = ("depth", "found", "holes", "source", "text")

    def __init__(self, source: SourceText, found: Document, holes: bool) -> None:
        self.source = source
        self.text = source.text
        self.found = found
        self.holes = holes
        self.depth = 0

    def document(self) -> Node:
        start = self.space(1 if self.text.startswith("\ufeff") else 0)
        if start == len(self.text):
            raise _BrokenError(0, start, "the file is empty", "Write a JSON value, or delete the file.")
        root = self.value(start)
        end = self.space(root.end)
        if end < len(self.text):
            rest = self.text[end:].rstrip()
            if not rest.strip("]} \t\r\n"):
                remedy = "Remove it, or open what it is to close."
                raise _BrokenError(end, end + len(rest), "closes what is not open", remedy, mendable=True)
            self.refuse(end, "the end of the text", "Keep one JSON value in the file.")
        return root

    def space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def value(self, at: int) -> Node:
        match = _PLAIN_STRING.match(self.text, at)
        if match is not None:
            return ScalarNode(self.source, at, match.end(), match[1], _plain_offsets)
        first = self.text[at : at + 1]
        if first == "{":
            return self.mapping(at)
        if first == "[":
            return self.sequence(at)
        if first == '"':
            return self.string(at)
        return self.bare(at)

    def mapping(self, start: int) -> MappingNode:
        self.descend(start)
        text, source, match_key, value = self.text, self.source, _PLAIN_KEY.match, self.value
        entries: list[tuple[ScalarNode, Node]] = []
        at = self.space(start + 1)
        if text.startswith("}", at):
            self.depth -= 1
            return MappingNode(source, start, at + 1, entries)
        while True:
            match = match_key(text, at)
            if match is not None:
                key = ScalarNode(source, match.start(1) - 1, match.end(1) + 1, match[1], _plain_offsets)
                at = match.end()
            else:
                key, at = self.key(at, entries)
            item = value(at)
            entries.append((key, item))
            at = self.space(item.end)
            if text.startswith(",", at):
                at += 1
            elif text.startswith("}", at):
                break
            else:
                self.refuse(at, f"`,` or `}}` after the value of `{key.value}`", "Add what is missing.")
        self.depth -= 1
        if len({key.value for key, _ in entries}) != len(entries):
            self.found.problems.extend(duplicate_keys(entries))
        return MappingNode(source, start, at + 1, entries)

    def sequence(self, start: int) -> SequenceNode:
        self.descend(start)
        text, value = self.text, self.value
        items: list[Node] = []
        at = self.space(start + 1)
        if text.startswith("]", at):
            self.depth -= 1
            return SequenceNode(self.source, start, at + 1, items)
        while True:
            item = value(at)
            items.append(item)
            comma = self.space(item.end)
            if text.startswith(",", comma):
                at = self.space(comma + 1)
                if text.startswith("]", at):
                    raise _trailing_comma(comma, "]")
            elif text.startswith("]", comma):
                break
            else:
                self.refuse(comma, f"`,` or `]` after item {len(items)} of the list", "Add what is missing.")
        self.depth -= 1
        return SequenceNode(self.source, start, comma + 1, items)

    def key(self, at: int, entries: list[tuple[ScalarNode, Node]]) -> tuple[ScalarNode, int]:
        """A key that needs a closer look: with escapes, or wrong."""
        text = self.text
        at = self.space(at)
        if text.startswith("}", at) and entries:
            raise _trailing_comma(text.rindex(",", 0, at), "}")
        if not text.startswith('"', at):
            self.refuse(at, "a key in double quotes", 'Write the key in double quotes: `"Key": value`.')
        key = self.string(at)
        colon = self.space(key.end)
        if not text.startswith(":", colon):
            self.refuse(colon, f"`:` after the key `{key.value}`", "Write `:` between a key and its value.")
        return key, self.space(colon + 1)

    def string(self, at: int) -> ScalarNode:
        """A string that has escapes, or is wrong."""
        try:
            value, end = (_decode_lenient if self.holes else _decode)(self.text, at)
        except JSONDecodeError as error:
            raise self.broken_string(at, error) from None
        if any("\ud800" <= character <= "\uf8ff" for character in value):
            value = self.without_intruders(value, at, end)
        return ScalarNode(self.source, at, end, value, _plain_offsets if end - at - 2 == len(value) else _offsets)

    def without_intruders(self, value: str, at: int, end: int) -> str:
        """`value` with U+FFFD for lone surrogates, which no file can be written with, and for fake holes.

        A hole is written as the character itself: an escape that decodes to the same character is none.
        """
        offsets = escape_offsets(self.text, at, end)
        return "".join(
            "\ufffd"
            if "\ud800" <= character <= "\udfff"
            or (self.holes and "\ue000" <= character <= "\uf8ff" and self.text[offset] == "\\")
            else character
            for character, offset in zip(value, offsets, strict=False)
        )

    def bare(self, at: int) -> ScalarNode:
        """A number, true, false, null, or a hole."""
        text = self.text
        match = _NUMBER.match(text, at)
        if match is not None:
            return ScalarNode(self.source, at, match.end(), _number(match))
        word = _WORD.match(text, at)
        if word is not None and word[0] in _LITERALS:
            return ScalarNode(self.source, at, word.end(), _LITERALS[word[0]])
        if self.holes and "\ue000" <= text[at : at + 1] <= "\uf8ff":
            return ScalarNode(self.source, at, at + 1, text[at])
        if text.startswith("'", at):
            self.refuse(at, "a value in double quotes", "JSON takes double quotes only.")
        if word is not None:
            self.refuse(at, "a value", f'Write it in double quotes: `"{word[0]}"`.')
        self.refuse(at, "a value", "Write a string, number, true, false, null, list or object.")

    def descend(self, at: int) -> None:
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            message = f"nested more than {MAXIMUM_DEPTH} levels deep"
            raise _BrokenError(at, at + 1, message, "Nest less deeply.")

    def broken_string(self, at: int, error: JSONDecodeError) -> _BrokenError:
        line_end = self.text.find("\n", at)
        line_end = len(self.text) if line_end < 0 else line_end
        if error.msg.startswith("Unterminated"):
            return _BrokenError(at, line_end, 'this string has no closing `"`', 'Add the closing `"`.')
        where = min(error.pos, len(self.text))
        if error.msg.startswith("Invalid control"):
            if line_end <= where:
                message = 'this string has no closing `"` on its line'
                return _BrokenError(at, line_end, message, 'Add the closing `"`, or write the line break as `\\n`.')
            code = ord(self.text[where])
            message = f"the character U+{code:04X} cannot stand in a string as it is"
            return _BrokenError(where, where + 1, message, f"Write it as `\\u{code:04x}`.")
        where = max(at, self.text.rfind("\\", at, where + 1))
        return _BrokenError(
            where,
            where + 2,
            f"`{self.text[where : where + 2]}` is no escape of JSON",
            'JSON knows `\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\uXXXX`; a backslash is `\\\\`.',
        )

    def refuse(self, at: int, expected: str, remedy: str) -> NoReturn:
        """Say what stands where something else was expected."""
        text = self.text
        if text.startswith(("//", "/*", "#"), at):
            end = text.find("*/", at) + 2 if text.startswith("/*", at) else text.find("\n", at)
            end = end if end > at else len(text)
            raise _BrokenError(at, end, "a comment: JSON has none, and IAM refuses it", "Remove the comment.", True)
        if at >= len(text):
            raise _BrokenError(at, at, f"expected {expected}, found the end of the file", remedy, is_at_end=True)
        found = _WORD.match(text, at)
        end = found.end() if found else at + 1
        stands = "an expression" if "\ue000" <= text[at] <= "\uf8ff" else f"`{text[at:end][:40]}`"
        raise _BrokenError(at, end, f"expected {expected}, found {stands}", remedy)


def duplicate_keys(entries: Sequence[tuple[ScalarNode, Node]]) -> list[Problem]:
    """A problem for each key of `entries` that was written before, at its later place."""
    first: dict[object, ScalarNode] = {}
    problems = []
    for key, _ in entries:
        earlier = first.setdefault(key.value, key)
        if earlier is not key:
            message = f"the key `{key.value}` is already there in line {earlier.span.line}: only the last one counts"
            place = Place(key.source, key.start, key.end)
            problems.append(Problem("duplicate-key", place, message, "Keep one of the two, or merge them."))
    return problems


def escape_offsets(text: str, start: int, end: int) -> list[int]:
    """The offset of each decoded character of the JSON string text[start:end] (with quotes), and of its end."""
    offsets: list[int] = []
    at = start + 1
    for match in _ESCAPE.finditer(text, at, end - 1):
        offsets.extend(range(at, match.start() + 1))
        at = match.end()
    offsets.extend(range(at, end))
    return offsets


def _offsets(node: ScalarNode) -> Sequence[int]:
    return escape_offsets(node.source.text, node.start, node.end)


def _plain_offsets(node: ScalarNode) -> Sequence[int]:
    return range(node.start + 1, node.end)


def _number(match: re.Match[str]) -> int | float | str:
    """The number written; its text where Python has no finite number for it."""
    written = match[0]
    if match[1] is None and match[2] is None:
        return int(written) if len(written) <= _LONGEST_INTEGER else written
    number = float(written)
    return number if isfinite(number) else written


def _trailing_comma(at: int, closing: str) -> _BrokenError:
    return _BrokenError(at, at + 1, f"a comma before `{closing}`: JSON and IAM refuse it", "Remove the comma.", True)

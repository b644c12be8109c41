"""Turns the literal stretches of HCL strings and heredocs into text whose characters remember their place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from iamlint.source.hcl_syntax import ForDirective, IfDirective, Piece, TemplatePart
from iamlint.source.span import SourceText

_QUOTED_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|\$\$\{|%%\{", re.DOTALL)
_HEREDOC_ESCAPE = re.compile(r"\$\$\{|%%\{")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_SPACE = " \t\r\n\v\f"

Run = tuple[int, str]
Stretch = tuple[int, int, bool, bool]
"""A stretch [start, end) of literal text in a heredoc, and whether strip markers stand before and after it."""


def _decoded(escape: str) -> str:
    """What an escape stands for; one that HCL does not know stands for itself."""
    if escape[0] != "\\":
        return escape[1:]
    if escape[1] in "uU" and len(escape) > 2:
        code = int.from_bytes(bytes.fromhex(escape[2:]), "big")
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "�"
    return _SIMPLE.get(escape[1], escape[1:])


def _runs(text: str, start: int, end: int, escape: re.Pattern[str]) -> list[Run]:
    runs: list[Run] = []
    at = start
    for found in escape.finditer(text, start, end):
        if found.start() > at:
            runs.append((at, text[at : found.start()]))
        runs.append((found.start(), _decoded(found.group())))
        at = found.end()
    if at < end or not runs:
        runs.append((at, text[at:end]))
    return runs


def quoted_piece(source: SourceText, start: int, end: int) -> Piece:
    """The stretch [start, end) between quotes, with its escapes decoded."""
    text = source.text[start:end]
    if "\\" not in text and "{" not in text:
        return Piece(source, ((start, text),), end)
    return Piece(source, _runs(source.text, start, end, _QUOTED_ESCAPE), end)


def heredoc_piece(source: SourceText, start: int, end: int) -> Piece:
    """The stretch [start, end) of a heredoc: only `$${` and `%%{` are escapes there."""
    text = source.text[start:end]
    if "$${" not in text and "%%{" not in text:
        return Piece(source, ((start, text),), end)
    return Piece(source, _runs(source.text, start, end, _HEREDOC_ESCAPE), end)


def trimmed(piece: Piece, left: bool, right: bool, heredoc: bool) -> Piece | None:
    """The piece without the white space that strip markers (`~`) take from it; None when nothing remains.

    In a heredoc each line is a token of its own, so a marker takes the rest of its line and no more.
    """
    text = piece.text
    first, last = 0, len(text)
    if left:
        bare = text.lstrip(_SPACE)
        first = len(text) - len(bare)
        line_end = text.find("\n", 0, first)
        if heredoc and line_end >= 0:
            first = line_end + 1
    if right:
        line_start = text.rfind("\n", 0, last - 1) + 1 if heredoc else 0
        last = max(first, line_start, len(text.rstrip(_SPACE)))
    return piece if (first, last) == (0, len(text)) else _cut(piece, first, last)


def _cut(piece: Piece, first: int, last: int) -> Piece | None:
    """The decoded characters [first, last) of a piece."""
    if first >= last:
        return None
    runs: list[Run] = []
    end = piece.end
    at = 0
    for index, (start, text) in enumerate(piece.runs):
        low, high = max(first - at, 0), min(last - at, len(text))
        if low < high:
            runs.append((start + low, text[low:high]))
            following = piece.runs[index + 1][0] if index + 1 < len(piece.runs) else piece.end
            end = start + high if high < len(text) else following
        at += len(text)
    return Piece(piece.source, runs, end)


def without_indent(parts: list[TemplatePart], text: str, stretches: Sequence[Stretch]) -> list[TemplatePart]:
    """The parts of a `<<-` heredoc without the indentation that all its lines share."""
    starts, indent = _indentation(text, stretches)
    return _without(parts, starts, indent) if indent else parts


def _indentation(text: str, stretches: Sequence[Stretch]) -> tuple[set[int], int]:
    """Where the lines that count begin, and the blanks that all of them have.

    As Terraform has it: a line whose blanks a strip marker has taken has none, and what follows a line break that one
    has taken begins no line."""
    starts: set[int] = set()
    least: int | None = None
    begins = True
    for start, end, left, right in stretches:
        at = start
        while at < end:
            line_end = text.find("\n", at, end) + 1 or end
            line = text[at:line_end]
            if left and at == start:
                line = line.lstrip(_SPACE)
            if right and line_end == end:
                line = line.rstrip(_SPACE)
            if begins:
                bare = line.lstrip(_SPACE)
                starts.add(at)
                if bare or not line.endswith("\n"):
                    width = len(line) - len(bare)
                    least = width if least is None else min(least, width)
            begins = line.endswith("\n")
            at = line_end
    return starts, least or 0


def _without(parts: list[TemplatePart], starts: set[int], indent: int) -> list[TemplatePart]:
    result: list[TemplatePart] = []
    for part in parts:
        if isinstance(part, Piece):
            cut = _outdented(part, starts, indent)
            if cut is not None:
                result.append(cut)
            continue
        if isinstance(part, IfDirective):
            for branch in (part.yes, part.no):
                if branch is not None:
                    branch.parts = _without(branch.parts, starts, indent)
        elif isinstance(part, ForDirective):
            part.body.parts = _without(part.body.parts, starts, indent)
        result.append(part)
    return result


def _outdented(piece: Piece, starts: set[int], indent: int) -> Piece | None:
    """The piece without the first `indent` blanks of every line that begins in it."""
    runs: list[Run] = []
    for start, text in piece.runs:
        at = 0
        while at < len(text):
            line_end = text.find("\n", at) + 1 or len(text)
            low = at
            if start + at in starts:
                line = text[at:line_end]
                blank = len(line) - len(line.lstrip(" \t"))
                low = at + min(indent, blank)
            if low < line_end:
                runs.append((start + low, text[low:line_end]))
            at = line_end
    return Piece(piece.source, runs, piece.end) if runs else None

"""Traces each decoded character of a YAML scalar to where it is written; made only when a report asks for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from iamlint.source.node import ScalarNode

_BREAK = re.compile(r"\r\n|[\n\r\x85]")
_BREAKS = rf"(?:(?:{_BREAK.pattern})[ \t]*)+"
# From the first blank of a run on: a search from each of them would take the square of their number.
_BLANKS = r"(?:(?<![ \t])|(?<=\\[ \t]))[ \t]*"
_PIECE = {
    '"': re.compile(
        rf"(?P<joined>\\{_BREAKS})|(?P<escape>\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|U[0-9a-fA-F]{{8}}|.))"
        rf"|(?P<folded>{_BLANKS}{_BREAKS})"
    ),
    "'": re.compile(rf"(?P<joined>(?!))|(?P<escape>'')|(?P<folded>{_BLANKS}{_BREAKS})"),
    "": re.compile(rf"(?P<joined>(?!))|(?P<escape>(?!))|(?P<folded>{_BLANKS}{_BREAKS})"),
}
_ESCAPES = dict(zip("0abt\tnvfeN_LP", "\0\a\b\t\t\n\v\f\x1b\x85\xa0\u2028\u2029", strict=False)) | {"r": "\r"}


def offsets(node: ScalarNode) -> Sequence[int]:
    """The offset of each character of `node`'s value, and of its end.

    Where a scalar is written in a way that cannot be traced, all its characters are at its start.
    """
    text, start, end, value = node.source.text, node.start, node.end, node.value
    if not isinstance(value, str):
        return range(start, start + 1)
    style = text[start : start + 1] if start < end else ""
    if style in ("|", ">"):
        traced = _block_offsets(text, start, value, folded=style == ">")
        return traced if traced is not None else [start] * len(value) + [end]
    if style not in ("'", '"'):
        style = ""
    inner, inner_end = (start + 1, end - 1) if style else (start, end)
    if text[inner:inner_end] == value:
        return range(inner, inner_end + 1)
    decoded, found = _flow_scalar(text, inner, inner_end, style)
    return found if decoded == value else [start] * len(value) + [end]


def whole(node: ScalarNode) -> Sequence[int]:
    """For a value that is not spelled out where it stands, as the key that a tag means: all of it is at its start."""
    return [node.start] * len(str(node.value)) + [node.end]


def _flow_scalar(text: str, start: int, end: int, quote: str) -> tuple[str, list[int]]:
    """The value of the plain or quoted scalar text[start:end] (without quotes), with its offsets."""
    decoded: list[str] = []
    found: list[int] = []
    at = start
    for piece in _PIECE[quote].finditer(text, start, end):
        decoded.append(text[at : piece.start()])
        found.extend(range(at, piece.start()))
        at = piece.end()
        if piece["escape"] is not None:
            decoded.append(_unescaped(piece["escape"]))
            found.append(piece.start())
            continue
        # A line break becomes a space, and each further one stays; after a backslash the first one becomes nothing.
        breaks = [line_break.start() for line_break in _BREAK.finditer(text, piece.start(), piece.end())]
        if len(breaks) > 1:
            decoded.append("\n" * (len(breaks) - 1))
            found.extend(breaks[1:])
        elif piece["folded"] is not None:
            decoded.append(" ")
            found.append(breaks[0])
    decoded.append(text[at:end])
    found.extend(range(at, end + 1))
    return "".join(decoded), found


def _unescaped(escape: str) -> str:
    """The character that an escape stands for, as written in quotes."""
    if escape == "''":
        return "'"
    letter, digits = escape[1], escape[2:]
    if digits:
        code = int(digits, 16)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
    return _ESCAPES.get(letter, letter)


def _block_offsets(text: str, start: int, value: str, folded: bool) -> list[int] | None:
    """The offsets of a block scalar whose indicator stands at `start`; None when they do not give `value`."""
    at = _after_line(text, start)
    lines: list[tuple[int, int, int]] = []  # first character, end of the content, end of the line
    while at < len(text) and len(lines) <= len(value):
        line_break = _BREAK.search(text, at)
        end, following = line_break.span() if line_break else (len(text), len(text))
        lines.append((at, end, following))
        at = following
    indent = _indent(text, lines, value)
    found: list[int] = []
    done = 0  # characters of value
    for at, end, _ in lines:
        if done >= len(value):
            break
        content = text[at + indent : end] if at + indent < end else ""
        if done and content and value[done - 1] != "\n":
            # Folded: the break before this line is a space, or none at all where value and line disagree.
            if not folded or value[done : done + 1] != " ":
                return None
            found.append(at - 1)
            done += 1
        if not value.startswith(content, done):
            return None
        found.extend(range(at + indent, at + indent + len(content)))
        done += len(content)
        if value[done : done + 1] == "\n":
            found.append(end)
            done += 1
        elif not content and not folded:
            return None
    if done != len(value):
        return None
    found.append(found[-1] + 1 if found else start)
    return found


def _after_line(text: str, at: int) -> int:
    line_break = _BREAK.search(text, at)
    return line_break.end() if line_break else len(text)


def _indent(text: str, lines: Sequence[tuple[int, int, int]], value: str) -> int:
    """By how many spaces the lines of a block scalar are indented: what its first line has more than the value's."""
    for at, end, _ in lines:
        content = text[at:end]
        if content.strip(" "):
            written = len(content) - len(content.lstrip(" "))
            kept = value.lstrip("\n")
            return max(0, written - (len(kept) - len(kept.lstrip(" "))))
    return 0

"""Text from strangers' files made safe to print: no control or hidden direction character reaches a terminal."""

from __future__ import annotations

import re
from unicodedata import combining, east_asian_width

# C0 and C1 controls, zero-width and bidirectional format characters, line separators, lone surrogates.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
TAB = 4


def printable(text: str) -> str:
    """The text on one line, each hidden character as its escape (`\\n`, `\\x1b`, `\\u202e`)."""
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(_escape, text)


def printable_source(line: str) -> str:
    """A line of source as shown: tabs as spaces, every other hidden character as its escape."""
    return printable(line.expandtabs(TAB)) if "\t" in line else printable(line)


def width(text: str) -> int:
    """How many terminal columns a printable text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    short = _SHORT.get(character)
    if short is not None:
        return short
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

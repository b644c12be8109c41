"""Turns Go's regular expressions into Python's, with the length of what can be searched in bearable time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

LONGEST_SUBJECT = 10_000
MOST_STEPS = 3e7
_MOST_REPEATS = 1000  # Go refuses more

_ATOM = re.compile(r"\(\?P?<(\w+)>|\(\?[ims]*:|\(\?[ims]+\)|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|.", re.DOTALL)
_REPEAT = re.compile(r"([*+?]|\{(\d+)(,?)(\d*)\})(\??)")
_POSIX = re.compile(r"\[:(\w+):\]")
_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_ESCAPES = {"\\z": "\\Z", "\\s": "[\\t\\n\\f\\r ]", "\\S": "[^\\t\\n\\f\\r ]", "\\a": "\\x07"}
_SPECIAL = re.compile(r"\\.|([\[&|~\]])")  # in a class, some of which Python may come to read as operators
_SAME_ESCAPES = frozenset("AbBdDwWfnrtv")


class GoPattern(NamedTuple):
    """A regular expression as Python has it, the length of subject up to which it is tried, and the power of the
    length that a search may take at worst."""

    compiled: re.Pattern[str]
    longest: int
    power: int


@lru_cache(maxsize=256)
def go_pattern(written: str) -> GoPattern | None:
    """A regular expression of Go's kind; None for what Go refuses or Python reads otherwise, and for what could take
    exponential time."""
    if len(written) > 500:
        return None
    cost = _Cost()
    spelled: list[str] = []
    for atom, repeat in _atoms(written):
        python = _translated(atom)
        if python is None or not cost.add(python, repeat):
            return None
        spelled.append(python + (repeat.group() if repeat is not None else ""))
    try:
        compiled = re.compile("".join(spelled), re.ASCII)
    except (re.error, OverflowError, RecursionError):
        return None
    power = cost.power(anchored=written.startswith("^") and "|" not in written)
    return GoPattern(compiled, min(LONGEST_SUBJECT, int(MOST_STEPS ** (1 / power))), power)


def _atoms(written: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    at = 0
    while at < len(written):
        found = _ATOM.match(written, at)
        assert found is not None, "any character is an atom"
        at = found.end()
        repeat = _REPEAT.match(written, at) if not found.group().startswith("(") else None
        if repeat is not None:
            at = repeat.end()
        yield found.group(), repeat


def _translated(atom: str) -> str | None:
    """An atom as Python writes it; None where it has no such thing."""
    if atom[0] == "[" and len(atom) > 1:
        return _class(atom)
    if atom[0] == "\\":
        known = _ESCAPES.get(atom)
        if known is not None:
            return known
        return None if len(atom) < 2 or (atom[1].isalnum() and atom[1] not in _SAME_ESCAPES) else atom
    if atom.startswith("(?<"):
        return "(?P" + atom[2:]
    if atom == "$":
        return "\\Z"  # Python's matches before a last line break as well
    # A `?` after a parenthesis is a kind of group that only Python has; a repeat stands where there is none to repeat.
    return None if atom in "*+?[" else atom


def _class(atom: str) -> str | None:
    start = 2 if atom.startswith("[^") else 1
    body = _POSIX.sub(lambda found: _CLASSES.get(found.group(1), ""), atom[start:-1])
    if "[:" in body or "--" in body or re.search(r"\\[^AbBdDwWfnrts\W_]|\\S", body):
        return None
    body = _SPECIAL.sub(lambda found: found.group() if found.group(1) is None else "\\" + found.group(), body)
    return f"{atom[:start]}{body}]" if body else None


class _Group:
    """An open group: how many repeats stood open before it, what each alternative begins with, and whether its first
    character decided where the repeat before it ends."""

    def __init__(self, open_before: int) -> None:
        self.open = open_before
        self.alternatives = [""]
        self.decided = False


class _Cost:
    """Counts the repeats whose end the next character does not decide: each multiplies the time by the length of the
    subject, and one within another makes it exponential."""

    def __init__(self) -> None:
        self.open = 0
        self.last = ""  # what is repeated right before, where that can still be decided
        self.groups: list[_Group] = []

    def add(self, atom: str, repeat: re.Match[str] | None) -> bool:
        """Takes in one more atom; False when the whole may take exponential time."""
        if atom == "(" or atom.startswith("(?"):
            if not atom.endswith(")"):
                self.groups.append(_Group(self.open))
            return True
        if self.groups and atom != ")":
            self.groups[-1].alternatives.append("") if atom == "|" else self._lengthen(atom, repeat)
        many = _is_many(repeat)
        if many is None:
            return False
        if atom == ")":
            return self._close(many)
        at_least_one = repeat is None or repeat.group(1) == "+"
        if self.last and at_least_one and atom not in _BETWEEN and _are_apart(self.last, atom):
            self.open -= 1
            if self.groups and len(self.groups[-1].alternatives) == 1 and self.open < self.groups[-1].open:
                self.groups[-1].decided = True
        elif atom == "|":
            self._take_back()
        self.open += many
        self.last = atom if many else ""
        return True

    def power(self, anchored: bool) -> int:
        """The power of the subject's length that a search takes at worst. A repeat at the very end always matches."""
        return max(self.open - bool(self.last), 0) + (1 if anchored else 2)

    def _take_back(self) -> None:
        """Another alternative need not begin with what decided where the repeat before the group ends."""
        if self.groups and self.groups[-1].decided:
            self.groups[-1].decided = False
            self.open += 1

    def _lengthen(self, atom: str, repeat: re.Match[str] | None) -> None:
        alternatives = self.groups[-1].alternatives
        alternatives[-1] = alternatives[-1] or (atom if _is_literal(atom) and repeat is None else "?")

    def _close(self, many: bool) -> bool:
        if not self.groups:
            return False
        group = self.groups.pop()
        if self.groups:
            self.groups[-1].alternatives[-1] = self.groups[-1].alternatives[-1] or "?"
        if many and group.decided:
            self.open += 1  # the group may be left out
        if not many:
            self.last = self.last if len(group.alternatives) == 1 else ""
            return True
        firsts = group.alternatives
        if len(firsts) == 1:
            if self.last and _is_literal(firsts[0]) and _are_apart(self.last, firsts[0]):
                self.open -= 1
        elif not all(map(_is_literal, firsts)) or len(set(firsts)) != len(firsts):
            return False
        if self.open > group.open:
            return False
        self.open += 1
        self.last = ""
        return True


def _is_many(repeat: re.Match[str] | None) -> bool | None:
    """Whether a repeat may end in several places; None when it is one that Go refuses."""
    if repeat is None:
        return False
    if repeat.group(1) in "*+?":
        return True
    _, _, comma, most = repeat.groups()[:4]
    if max(int(repeat.group(2)), int(most or 0)) > _MOST_REPEATS:
        return None
    return bool(comma)


def _is_literal(atom: str) -> bool:
    return (len(atom) == 1 and atom not in ".^$?") or (len(atom) == 2 and atom[0] == "\\" and not atom[1].isalnum())


_BETWEEN = frozenset(("|", "^", "\\Z", "\\A", "\\b", "\\B"))  # these match no character


@lru_cache(maxsize=512)
def _are_apart(repeated: str, following: str) -> bool:
    """Whether no character matches both what is repeated and what has to follow: there is one place where it ends."""
    try:
        first, second = (re.compile(f"(?is:{atom})", re.ASCII) for atom in (repeated, following))
    except re.error:
        return False
    return not any(first.fullmatch(chr(code)) and second.fullmatch(chr(code)) for code in range(256))

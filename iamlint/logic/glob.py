"""The language of IAM's globs: matching, covering and overlapping, with holes for unknown parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache


class Wild:
    """One of the two wildcards."""

    __slots__ = ("sign",)

    def __init__(self, sign: str) -> None:
        self.sign = sign

    def __repr__(self) -> str:
        return self.sign


class Hole:
    """An unknown string: any string, but the same wherever the same expression stands."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hole) and other.name == self.name

    def __hash__(self) -> int:
        return hash(("hole", self.name))

    def __repr__(self) -> str:
        return "${" + self.name + "}"


ANY = Wild("*")
ONE = Wild("?")

Token = str | Wild | Hole
Tokens = tuple[Token, ...]

_WILD: dict[str, Token] = {"*": ANY, "?": ONE}


@lru_cache(maxsize=16384)
def tokens(pattern: str, wild: bool = True) -> Tokens:
    """The tokens of a glob; with `wild` false the characters `*` and `?` stand for themselves."""
    if not wild or ("*" not in pattern and "?" not in pattern):
        return tuple(pattern)
    return _canonical([_WILD.get(character, character) for character in pattern])


def _canonical(sequence: list[Token]) -> Tokens:
    """Runs of wildcards in one order, `??*`: `*?`, `?*` and `*?*` mean the same."""
    result: list[Token] = []
    pending = False
    for token in sequence:
        if token is ANY:
            pending = True
            continue
        if pending and token is not ONE:
            result.append(ANY)
            pending = False
        result.append(token)
    if pending:
        result.append(ANY)
    return tuple(result)


_WITHOUT_HOLES = frozenset({str, Wild})


def _has_hole(pattern: Tokens) -> bool:
    return not _WITHOUT_HOLES.issuperset(map(type, pattern))


def _widened(pattern: Tokens) -> Tokens:
    """The pattern with every hole as `*`: what it may match at most."""
    if not _has_hole(pattern):
        return pattern
    return tuple(ANY if isinstance(token, Hole) else token for token in pattern)


def may_match(pattern: Tokens, text: str) -> bool:
    """Whether the pattern, its holes filled somehow, matches the text."""
    return _match(_widened(pattern), text)


@lru_cache(maxsize=65536)
def matches(pattern: str, text: str) -> bool:
    """Whether the glob matches the text."""
    return _match(tokens(pattern), text)


def _match(pattern: Tokens, text: Sequence[Token]) -> bool:
    """Greedy matching with one point of return: linear for real patterns, quadratic at worst.

    The text may have wildcards and holes of its own: a `*` of the pattern takes them, `?` takes another `?`.
    """
    at = place = 0
    star = -1
    kept = 0
    size, length = len(pattern), len(text)
    while place < length:
        token = pattern[at] if at < size else None
        if token is ANY:
            star, kept = at, place
            at += 1
        elif token is not None and (token == text[place] or (token is ONE and _is_one(text[place]))):
            at += 1
            place += 1
        elif star >= 0:
            kept += 1
            at, place = star + 1, kept
        else:
            return False
    while at < size and pattern[at] is ANY:
        at += 1
    return at == size


def _is_one(token: Token) -> bool:
    return token is not ANY and not isinstance(token, Hole)


@lru_cache(maxsize=65536)
def covers(wide: Tokens, narrow: Tokens) -> bool | None:
    """Whether `wide` matches all that `narrow` matches: True or False for every filling of holes, else None.

    None is also the answer for patterns so entangled that the search is not worth its while.
    """
    answer = _inclusion(wide, narrow)
    if answer is not False or not (_has_hole(wide) or _has_hole(narrow)):
        return answer
    return None if _inclusion(_widened(wide), narrow) is not False or overlap(wide, narrow) else False


@lru_cache(maxsize=65536)
def covers_written(wide: str, narrow: str) -> bool | None:
    """The same of globs as they are written."""
    if "*" not in wide and "?" not in wide:
        return wide == narrow
    return covers(tokens(wide), tokens(narrow))


_FRESH = "\ue8ff"  # a letter that no pattern has
MOST_STEPS = 20_000


def _inclusion(wide: Tokens, narrow: Tokens) -> bool | None:
    """Whether `wide` covers `narrow` whatever the holes are: a hole of `narrow` may be anything, one of `wide` is
    only met by the same hole.

    Nearly always that is whether `wide` matches `narrow` with its wildcards as letters that `wide` does not name: what
    takes such a letter takes any. Only a `?` of `wide` may take the place of a `*`, which is not one letter always.

    Then it walks along `narrow` letter by letter with the set of positions that `wide` may be in; a wildcard of
    `narrow` takes every letter that `wide` names, and one that it does not. Exact, since globs know no other letters.
    """
    if _match(wide, narrow):
        return True
    if ONE not in wide or ANY not in narrow:
        return False
    letters = [*{token for token in wide if isinstance(token, str)}, _FRESH]
    start = (0, _closure(wide, {0}))
    pending = [start]
    seen = {start}
    while pending:
        at, states = pending.pop()
        if at == len(narrow):
            if len(wide) not in states:
                return False
            continue
        token = narrow[at]
        steps: list[tuple[int, frozenset[int]]] = []
        if token is ANY:
            steps.append((at + 1, states))
            steps += [(at, _moved(wide, states, letter)) for letter in letters]
        elif token is ONE:
            steps += [(at + 1, _moved(wide, states, letter)) for letter in letters]
        else:
            steps.append((at + 1, _moved(wide, states, token)))
        for step in steps:
            if step not in seen:
                if len(seen) >= MOST_STEPS:
                    return None
                seen.add(step)
                pending.append(step)
    return True


def _moved(pattern: Tokens, states: frozenset[int], letter: Token) -> frozenset[int]:
    """Where a pattern is after one more letter."""
    moved: set[int] = set()
    for state in states:
        expected = pattern[state] if state < len(pattern) else None
        if expected is ANY:
            moved.add(state)
        elif expected == letter or (expected is ONE and not isinstance(letter, Hole)):
            moved.add(state + 1)
    return _closure(pattern, moved)


def _closure(pattern: Tokens, states: set[int]) -> frozenset[int]:
    reached = set(states)
    for state in states:
        while state < len(pattern) and pattern[state] is ANY:
            state += 1
            reached.add(state)
    return frozenset(reached)


@lru_cache(maxsize=65536)
def overlap(one: Tokens, other: Tokens) -> bool:
    """Whether some string is matched by both, the holes of either filled somehow."""
    trimmed = _trimmed(_widened(one), _widened(other))
    if trimmed is None:
        return False
    a, b = trimmed
    if not a or not b:
        return _is_any(a) and _is_any(b)
    # Where one begins with `*` and the other ends with it, what the rest of each takes one after the other is in both.
    if (a[0] is ANY and b[-1] is ANY) or (b[0] is ANY and a[-1] is ANY):
        return True
    return _meet(a, b)


def _trimmed(a: Tokens, b: Tokens) -> tuple[Tokens, Tokens] | None:
    """What is left of two patterns when as many letters are taken off both at either end as stand there before a `*`;
    None when these differ."""
    shorter = min(len(a), len(b))
    start = 0
    while start < shorter:
        left, right = a[start], b[start]
        if left is ANY or right is ANY:
            break
        if left != right and left is not ONE and right is not ONE:
            return None
        start += 1
    end = 0
    while end < shorter - start:
        left, right = a[-1 - end], b[-1 - end]
        if left is ANY or right is ANY:
            break
        if left != right and left is not ONE and right is not ONE:
            return None
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]


def _is_any(pattern: Tokens) -> bool:
    """Whether a pattern matches nothing at all as well."""
    return all(token is ANY for token in pattern)


def _meet(a: Tokens, b: Tokens) -> bool:
    """Whether two patterns without holes have a string in common: along one of them, with the places that the other
    may be in as the bits of an integer."""
    letters: dict[Token, int] = {}
    star = one = 0
    for place, token in enumerate(b):
        if token is ANY:
            star |= 1 << place
        elif token is ONE:
            one |= 1 << place
        else:
            letters[token] = letters.get(token, 0) | 1 << place
    end = 1 << len(b)
    places = _past_stars(1, star)
    for token in a:
        if token is ANY:
            places = 2 * end - (places & -places)  # wherever it may be, and anywhere behind
            continue
        moving = end - 1 & ~star if token is ONE else letters.get(token, 0) | one
        places = _past_stars((places & moving) << 1 | places & star, star)
        if not places:
            return False
    return bool(places & end)


def _past_stars(places: int, star: int) -> int:
    while more := (places & star) << 1 & ~places:
        places |= more
    return places

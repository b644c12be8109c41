"""Languages of wildcards: whether some string is in all of these unions of patterns and in none of those, and which.

A pattern's positions are the bits of an integer, so that a whole union walks along a string at once. Unknown parts are
letters that only the same part, or a `*`, matches.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import NamedTuple

from iamlint.logic.glob import ANY, ONE, Hole, Token, Tokens, Wild

# Wildcards within one of the first five parts of an ARN: they do not match a colon.
ANY_IN_PART = Wild("*")
ONE_IN_PART = Wild("?")
_STARS = (ANY, ANY_IN_PART)
_ONES = (ONE, ONE_IN_PART)
_FRESH = "\ue8ff"  # a letter that no pattern names, until the witness is read
_READABLE = "xyzqwvjkXYZQWVJK0123456789abcdefghilmnoprstuABCDEFGHILMNOPRSTU"


class Pattern(NamedTuple):
    """A wildcard pattern; `folded` when letter case does not matter."""

    tokens: Tokens
    folded: bool = False


Union = tuple[Pattern, ...]
EVERYTHING: Union = (Pattern((ANY,)),)


class SpentError(Exception):
    """The budget of a question is used up; `what` says on which construct."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Budget:
    """How many steps a question may take: in all, and in one search of a language."""

    __slots__ = ("left", "per_search")

    def __init__(self, steps: int = 400_000, per_search: int = 40_000) -> None:
        self.left = steps
        self.per_search = per_search

    def spend(self, steps: int) -> None:
        """Takes steps off; raises SpentError when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise SpentError("the policies taken together")


class Automaton:
    """The positions of a union of patterns, as bits."""

    __slots__ = (
        "absorbing",
        "accepting",
        "has_parts",
        "letters",
        "one",
        "one_in_part",
        "star",
        "star_in_part",
        "start",
    )

    def __init__(self, union: Union) -> None:
        self.letters: dict[Token, int] = {}
        self.one = self.one_in_part = self.star = self.star_in_part = self.accepting = self.absorbing = 0
        start = 0
        bit = 1
        for tokens, folded in union:
            start |= bit
            for token in tokens:
                self._place(token, folded, bit)
                bit <<= 1
            self.accepting |= bit
            if tokens and tokens[-1] is ANY:
                self.absorbing |= bit
            bit <<= 1
        self.has_parts = bool(self.one_in_part | self.star_in_part)
        self.start = self._closed(start)

    def _place(self, token: Token, folded: bool, bit: int) -> None:
        if token is ANY:
            self.star |= bit
        elif token is ONE:
            self.one |= bit
        elif token is ANY_IN_PART:
            self.star_in_part |= bit
        elif token is ONE_IN_PART:
            self.one_in_part |= bit
        else:
            for letter in _cases(token) if folded else (token,):
                self.letters[letter] = self.letters.get(letter, 0) | bit

    def _closed(self, states: int) -> int:
        stars = self.star | self.star_in_part
        while more := (states & stars) << 1 & ~states:
            states |= more
        return states

    def step(self, states: int, letter: Token) -> int:
        """Where the positions are after one more letter."""
        stay = states & (self.star if letter == ":" else self.star | self.star_in_part)
        moving = self.letters.get(letter, 0)
        if isinstance(letter, str):
            moving |= self.one if letter == ":" else self.one | self.one_in_part
        moved = (states & moving) << 1 | stay
        stars = self.star | self.star_in_part
        while more := (moved & stars) << 1 & ~moved:
            moved |= more
        return moved

    def accepts(self, word: Tokens | str) -> bool:
        """Whether a string, or a string with unknown parts, is in the union."""
        states, step, absorbing = self.start, self.step, self.absorbing
        for letter in word:
            if states & absorbing:
                return True
            states = step(states, letter)
            if not states:
                return False
        return bool(states & self.accepting)


def _cases(token: Token) -> tuple[Token, ...]:
    if not isinstance(token, str):
        return (token,)
    cases = dict.fromkeys((token.lower(), token.upper(), token))
    return tuple(case for case in cases if case.lower() == token.lower() and len(case) == 1)


@lru_cache(maxsize=4096)
def automaton(union: Union) -> Automaton:
    """The automaton of a union of patterns."""
    return Automaton(union)


def find(positives: tuple[Union, ...], negatives: Union, budget: Budget) -> Tokens | None:
    """A shortest string (with letters for unknown parts) in all positives and in none of the negatives, or None.

    None is a proof. With several different positives that have unknown parts these are read as `*`, so that a string
    found may be none for any value of theirs. Raises SpentError when the budget is used up.
    """
    distinct = tuple(dict.fromkeys(positives)) or (EVERYTHING,)
    if not all(distinct):
        return None
    if len(distinct) > 1:
        distinct = tuple(dict.fromkeys(_widened(union) for union in distinct))
    if len(distinct) == 1:
        for pattern in distinct[0]:
            word = _outside(pattern, negatives, budget)
            if word is not None:
                return word
        return None
    return _walk(distinct, negatives, budget)


def _widened(union: Union) -> Union:
    if not any(isinstance(token, Hole) for pattern in union for token in pattern.tokens):
        return union
    return tuple(Pattern(widened(pattern.tokens), pattern.folded) for pattern in union)


def widened(tokens: Tokens) -> Tokens:
    """The tokens with every unknown part as `*`."""
    result: list[Token] = []
    for token in tokens:
        token = ANY if isinstance(token, Hole) else token
        if token in _STARS and result and result[-1] in _STARS:
            result[-1] = ANY if ANY in (token, result[-1]) else token
        else:
            result.append(token)
    return tuple(result)


def _outside(pattern: Pattern, negatives: Union, budget: Budget) -> Tokens | None:
    """A string of one pattern that is in none of the negatives."""
    if not negatives:
        return _walk(((pattern,),), negatives, budget)
    if pattern in negatives:
        return None
    plain = not pattern.folded and not any(isinstance(token, Wild) for token in pattern.tokens)
    if plain:
        budget.spend(len(pattern.tokens))
        return None if automaton(negatives).accepts(pattern.tokens) else pattern.tokens
    near = tuple(other for other in negatives if not _apart(pattern, other))
    budget.spend(len(negatives) + 8 * len(near))
    if any(_plainly_covers(automaton((other,)), pattern) for other in near):
        return None
    return _walk(((pattern,),), near, budget)


def _apart(one: Pattern, other: Pattern) -> bool:
    """Whether two patterns differ in a letter before, or after, their first wildcard or unknown part."""
    folded = one.folded or other.folded
    for a, b in ((one.tokens, other.tokens), (one.tokens[::-1], other.tokens[::-1])):
        for left, right in zip(a, b, strict=False):
            if not isinstance(left, str) or not isinstance(right, str):
                break
            if left != right and not (folded and left.lower() == right.lower()):
                return True
    return False


def _plainly_covers(wide: Automaton, narrow: Pattern) -> bool:
    """Whether a union covers a pattern when its `*` need only be met by a `*`: a quick yes, no proof of no."""
    states = wide.start
    for token in narrow.tokens:
        if token is ANY:
            states = wide._closed(states & wide.star)
        elif token is ANY_IN_PART:
            states = wide._closed(states & (wide.star | wide.star_in_part))
        elif token is ONE or token is ONE_IN_PART:
            letters = (_FRESH, ":") if token is ONE else (_FRESH,)
            moved = [wide.step(states, letter) for letter in letters]
            states = moved[0] & moved[-1]
        else:
            cases = _cases(token) if narrow.folded else (token,)
            moved = [wide.step(states, letter) for letter in cases]
            states = moved[0]
            for more in moved[1:]:
                states &= more
        if not states:
            return False
    return bool(states & wide.accepting)


def _walk(positives: tuple[Union, ...], negatives: Union, budget: Budget) -> Tokens | None:
    """Breadth first over the positions of all positives and of the negatives' union."""
    budget.spend(sum(map(len, positives)) + len(negatives))
    if len(positives) == 1 and len(positives[0]) == 1 and not negatives:
        word = _shortest(positives[0][0])
        if _FRESH not in word:
            return word
    elif len(positives) == 2 and all(_apart(one, other) for one in positives[0] for other in positives[1]):
        return None
    automata = [automaton(union) for union in positives]
    avoided = automaton(negatives)
    start = (*(one.start for one in automata), avoided.start)
    if avoided.start & avoided.absorbing:
        return None
    others = automata if len(automata) > 1 else []  # a pattern's own string needs no look
    for union in positives:
        if len(union) == 1 and _is_met(word := _shortest(union[0]), others, avoided):
            return _spelled(word, [*automata, avoided])
    came: dict[tuple[int, ...], tuple[tuple[int, ...], Token] | None] = {start: None}
    pending = deque([start])
    while pending:
        state = pending.popleft()
        if not state[-1] & avoided.accepting and all(s & a.accepting for s, a in zip(state, automata, strict=False)):
            return _retraced(came, state, [*automata, avoided])
        letters = _letters(automata, state, avoided)
        budget.spend((1 + len(letters)) * len(automata))
        for letter in letters:
            moved = [one.step(states, letter) for one, states in zip(automata, state, strict=False)]
            if not all(moved):
                continue
            against = avoided.step(state[-1], letter)
            following = (*moved, against)
            if against & avoided.absorbing or following in came:
                continue
            came[following] = (state, letter)
            pending.append(following)
        if len(came) > budget.per_search:
            raise SpentError(_named(positives[0][0]))
    return None


def _shortest(pattern: Pattern) -> Tokens:
    """A shortest string of a pattern."""
    return tuple(_FRESH if token in _ONES else token for token in pattern.tokens if token not in _STARS)


def _is_met(word: Tokens, automata: list[Automaton], avoided: Automaton) -> bool:
    return all(one.accepts(word) for one in automata) and not avoided.accepts(word)


def _letters(automata: list[Automaton], state: tuple[int, ...], avoided: Automaton) -> list[Token]:
    """The letters worth trying: those that a position waits for, one that nobody names, and the colon, which the
    wildcards of a part do not match. Any other letter would do as that one does, and be in more of the negatives."""
    found: dict[Token, None] = {_FRESH: None}
    wild = True
    for one, states in zip(automata, state, strict=False):
        for letter, places in one.letters.items():
            if states & places:
                found[letter] = None
        wild = wild and bool(states & (one.one | one.one_in_part | one.star | one.star_in_part))
    if not wild:
        del found[_FRESH]
    elif avoided.has_parts:
        found[":"] = None
    return list(found)


def _retraced(
    came: dict[tuple[int, ...], tuple[tuple[int, ...], Token] | None], state: tuple[int, ...], automata: list[Automaton]
) -> Tokens:
    letters: list[Token] = []
    while (step := came[state]) is not None:
        state, letter = step
        letters.append(letter)
    return _spelled(tuple(reversed(letters)), automata)


def _spelled(word: Tokens, automata: list[Automaton]) -> Tokens:
    """The word with a plain letter that no pattern names, where there is one, for the one that stands for it."""
    if _FRESH not in word:
        return word
    named = {letter for one in automata for letter in one.letters}
    plain = next((letter for letter in _READABLE if named.isdisjoint(_cases(letter))), _FRESH)
    return tuple(plain if letter == _FRESH else letter for letter in word)


def _named(pattern: Pattern) -> str:
    return "".join(token if isinstance(token, str) else repr(token) for token in pattern.tokens)


def arn_pattern(tokens: Tokens, complete: bool) -> Pattern | None:
    """The pattern of an ARN, whose first five parts are matched one by one; None when it is short and not completed.

    An ARN of a resource that stops short is completed with `*`, `arn:aws:sqs`; what has an unknown part where colons
    may be is matched as a whole.
    """
    if tokens == (ANY,):
        return Pattern(tokens)
    colons = sum(letter == ":" for letter in tokens)
    if colons < 5:
        if not complete:
            return None
        if tokens[:4] not in (tuple("arn:"), tuple("arn")) or any(isinstance(token, Hole) for token in tokens):
            return Pattern(tokens)
        for _ in range(5 - colons):
            tokens = (*tokens, ":", ANY)
    elif tokens and isinstance(tokens[0], Hole):
        return Pattern(tokens)
    result: list[Token] = []
    part = 0
    for letter in tokens:
        part += letter == ":"
        if part < 5 and isinstance(letter, Wild):
            letter = ANY_IN_PART if letter is ANY else ONE_IN_PART
        result.append(letter)
    return Pattern(tuple(result))

"""Strings that may have holes, and the globs of IAM over them."""

from __future__ import annotations

from pydantic import SkipValidation

from iamlint.logic import glob
from iamlint.model.thing import Placed, derived, question, term
from iamlint.model.unknown import Truth, Unknown
from iamlint.source.span import Place, Spelling, place_within

Part = str | Unknown


class Text(Placed):
    """A string of literal parts and holes, so that `"arn:aws:s3:::${var.b}/*"` is a pattern with a hole.

    `spellings` has one entry per part, where known: how the part's characters map to the source, so that JSON in it
    can be read in place.
    """

    parts: tuple[Part, ...]
    # A protocol is nothing that pydantic could check.
    spellings: SkipValidation[tuple[Spelling | None, ...]] = ()

    @derived
    def literal(self) -> str | None:
        """The string when it is wholly known, else None."""
        if len(self.parts) == 1 and isinstance(self.parts[0], str):
            return self.parts[0]
        if all(isinstance(part, str) for part in self.parts):
            return "".join(str(part) for part in self.parts)
        return None

    @derived
    def hole(self) -> Unknown | None:
        """The first hole, or None when the string is wholly known."""
        return next((part for part in self.parts if isinstance(part, Unknown)), None)

    @derived
    def doubt(self) -> Truth:
        """The answer to a question that the unknown part decides: that part, or False when all is known."""
        return False if self.hole is None else self.hole

    @derived
    def shown(self) -> str:
        """The string as printed, holes as `${…}`."""
        return "".join(str(part) for part in self.parts)

    @derived
    def masked(self) -> str:
        """The string with `${}` for every hole, to be cut at its colons: `${AWS::Partition}` has some of its own."""
        return "".join([part if isinstance(part, str) else "${}" for part in self.parts])

    def __str__(self) -> str:
        return self.shown

    @term
    def is_known(self) -> bool:
        """Whether the string has no unknown part."""
        return self.hole is None

    @derived
    def ref(self) -> Unknown | None:
        """The declared thing that this whole string names (`aws_iam_role.app.name`), when it does."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Unknown) and self.parts[0].ref:
            return self.parts[0]
        return None

    @question
    def equals(self, other: str) -> Truth:
        """Whether the string is exactly `other`."""
        if self.literal is not None:
            return self.literal == other
        return self._doubt_if(glob.may_match(self.tokens(False), other))

    @question
    def starts_with(self, prefix: str) -> Truth:
        """Whether the string begins with `prefix`."""
        if self.parts and isinstance(self.parts[0], str) and len(self.parts[0]) >= len(prefix):
            return self.parts[0].startswith(prefix)
        if self.literal is not None:
            return self.literal.startswith(prefix)
        return self._doubt_if(glob.overlap(self.tokens(False), (*prefix, glob.ANY)))

    @question
    def contains(self, piece: str) -> Truth:
        """Whether the string has `piece` in it."""
        if any(isinstance(part, str) and piece in part for part in self.parts):
            return True
        return False if self.literal is not None else self._doubt_if(True)

    def _doubt_if(self, may_be: bool) -> Truth:
        assert self.hole is not None
        return self.hole if may_be else False

    def tokens(self, wild: bool = True, fold: bool = False) -> glob.Tokens:
        """The string as glob tokens: `*` and `?` stand for themselves unless `wild`; holes are HOLE."""
        tokens: list[glob.Token] = []
        for part in self.parts:
            if isinstance(part, Unknown):
                tokens.append(glob.Hole(part.written or part.reason))
            else:
                tokens.extend(glob.tokens(part.lower() if fold else part, wild))
        return tuple(tokens)

    def part_place(self, start: int, end: int) -> Place:
        """The place of the characters [start, end) of a wholly known single-part string; else the whole place."""
        if len(self.parts) == 1 and self.spellings and self.spellings[0] is not None:
            return place_within(self.spellings[0], start, end)
        return self.place


class Pattern(Text):
    """A glob of IAM: `*` is any run of characters, `?` any one; nothing else is special."""

    folds_case: bool = False

    @derived
    def glob_tokens(self) -> glob.Tokens:
        """The pattern's tokens, in lower case where AWS ignores case."""
        return self.tokens(True, self.folds_case)

    @term
    def has_wildcard(self) -> bool:
        """Whether a `*` or `?` is written in the pattern."""
        return any(isinstance(part, str) and ("*" in part or "?" in part) for part in self.parts)

    @term
    def is_wildcard(self) -> Truth:
        """Whether the pattern covers everything (`*`, `**`, for an action also `*:*`)."""
        return self.covers_tokens((glob.ANY,))

    @derived
    def as_compared(self) -> str | None:
        """The glob as written, in lower case where AWS ignores case; None when a part of it is not known."""
        return self.literal.lower() if self.folds_case and self.literal is not None else self.literal

    @question
    def covers(self, other: str) -> Truth:
        """Whether everything that the pattern `other` matches is matched by this one."""
        other = other.lower() if self.folds_case else other
        if self.as_compared is not None:
            return self._answer(glob.covers_written(self.as_compared, other))
        return self.covers_tokens(glob.tokens(other))

    @question
    def within(self, other: str) -> Truth:
        """Whether everything that this pattern matches is matched by the pattern `other`."""
        wider = glob.tokens(other.lower() if self.folds_case else other)
        answer = glob.covers(wider, self.glob_tokens)
        return self._answer(answer)

    @question
    def overlaps(self, other: str) -> Truth:
        """Whether some string is matched by both patterns."""
        tokens = glob.tokens(other.lower() if self.folds_case else other)
        if not glob.overlap(self.glob_tokens, tokens):
            return False
        return self.hole if self.hole is not None else True

    def covers_tokens(self, other: glob.Tokens) -> Truth:
        """Whether this pattern covers the glob of these tokens."""
        return self._answer(glob.covers(self.glob_tokens, other))

    def _answer(self, answer: bool | None) -> Truth:
        if answer is None:
            return self.hole if self.hole is not None else Unknown("the other pattern has an unknown part")
        return answer

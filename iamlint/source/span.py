"""Where a piece of text stands: sources, places in them, and the spans that a report prints."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, Protocol


class SourceSpan(NamedTuple):
    """A stretch of a file: 1-based lines and columns (in characters), the end exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class SourceText:
    """The text of one file as read: decoded, without byte order mark, line ends untouched."""

    __slots__ = ("_line_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._line_starts: list[int] | None = None

    @property
    def line_starts(self) -> list[int]:
        """The offset of each line's first character."""
        if self._line_starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._line_starts = starts
        return self._line_starts

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based (line, column) of a character offset."""
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def span(self, start: int, end: int) -> SourceSpan:
        """The span from the character offset `start` to `end` (exclusive)."""
        line, column = self.position(start)
        end_line, end_column = self.position(max(start, end))
        return SourceSpan(self.path, line, column, end_line, end_column)

    def line(self, number: int) -> str:
        """The text of a 1-based line without its line end; empty when there is no such line."""
        starts = self.line_starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


class EmbeddedText(SourceText):
    """Text that is written inside another source, such as JSON in a heredoc or a block scalar.

    `offsets[i]` is where the character `i` of the inner text begins in the outer source;
    one entry more than the text has characters, for its end. `ends[i]`, where given, is where it ends
    (an interpolation is one inner character but many outer ones).
    """

    __slots__ = ("ends", "offsets", "outer")

    def __init__(self, outer: SourceText, text: str, offsets: Sequence[int], ends: Sequence[int] | None = None) -> None:
        super().__init__(outer.path, text)
        self.outer = outer
        self.offsets = offsets
        self.ends = ends

    def outer_range(self, start: int, end: int) -> tuple[int, int]:
        """The range of the outer source that the inner range [start, end) is written in."""
        first = self.offsets[start]
        if end <= start:
            return first, first
        last = self.ends[end - 1] if self.ends is not None else self.offsets[end - 1] + 1
        return first, max(first, last)

    def span(self, start: int, end: int) -> SourceSpan:
        return self.outer.span(*self.outer_range(start, end))


class Place:
    """A range of a source; its span is computed only when a report asks for it."""

    __slots__ = ("end", "source", "start")

    def __init__(self, source: SourceText, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end

    @property
    def span(self) -> SourceSpan:
        """The lines and columns of this place."""
        return self.source.span(self.start, self.end)

    @property
    def written(self) -> str:
        """The text that stands there, as written (of an embedded text: as decoded)."""
        return self.source.text[self.start : self.end]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.span}>"


class Related(NamedTuple):
    """A further place that explains a value or a finding, with a few words on what it is."""

    place: Place
    message: str


class Spelling(Protocol):
    """A stretch of source whose decoded characters can each be traced to where they are written."""

    source: SourceText

    def offsets(self) -> Sequence[int]:
        """For each decoded character its offset in `source`, and one more for the end."""
        ...


class Slice:
    """The part [start, end) of a spelling's decoded characters, itself a spelling."""

    __slots__ = ("end", "source", "spelling", "start")

    def __init__(self, spelling: Spelling, start: int, end: int) -> None:
        self.spelling = spelling
        self.source = spelling.source
        self.start = start
        self.end = end

    def offsets(self) -> Sequence[int]:
        """The offsets of the sliced characters, and of their end."""
        return self.spelling.offsets()[self.start : self.end + 1]


def place_within(spelling: Spelling, start: int, end: int) -> Place:
    """The place of the decoded characters [start, end) of a spelling."""
    offsets = spelling.offsets()
    last = offsets[end - 1] + 1 if end > start else offsets[start]
    return Place(spelling.source, offsets[start], max(offsets[start], last))

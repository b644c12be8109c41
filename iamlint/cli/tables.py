"""Lists of the command line as tables, for reading and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from iamlint.cli.output import columns

# A last column that has less room than this is read more easily below the others.
_LEAST = 36

ListFormat = Literal["text", "json", "markdown"]


def code(text: str, form: ListFormat) -> str:
    """A name as it stands in a table of this format."""
    return f"`{text}`" if form == "markdown" else text


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], form: ListFormat) -> str:
    """A table: columns side by side, or Markdown. A row is as long as the heads."""
    if form == "markdown":
        lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)
    lined = [heads, *rows]
    widths = [max(len(row[column]) for row in lined) for column in range(len(heads))]
    room = columns()
    return "".join(_line(row, widths, room) + "\n" for row in lined)


def _line(row: Sequence[str], widths: Sequence[int], room: int | None) -> str:
    """A row for reading; where a terminal is too narrow for it, the last cell is broken between words, or put below."""
    line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    if room is None or len(line) <= room or not row[-1]:
        return line
    from textwrap import wrap

    lead = line[: len(line) - len(row[-1])]
    indent = len(lead)
    if room - indent < _LEAST:
        indent = 4
        lead = "  ".join(filter(None, row[:-1])) + "\n    "
    broken = wrap(row[-1], room - indent, break_on_hyphens=False, break_long_words=False)
    return lead + f"\n{' ' * indent}".join(broken)

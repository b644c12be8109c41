"""Lists of the command line as tables, for reading and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

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
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in lined
    )

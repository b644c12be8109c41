"""A Markdown table of the findings, for pull request comments and job summaries."""

from __future__ import annotations

import re

from iamlint.engine.finding import Finding
from iamlint.report.closing import closing
from iamlint.report.printable import printable
from iamlint.report.report import Look, Report

_CODE = re.compile(r"`([^`]*)`")
_SPECIAL = re.compile(r"([\\*_{}\[\]()<>#|~!@`&])")


def render(report: Report, look: Look) -> str:
    """A table with a row per finding, and the counts."""
    rows = [_row(finding) for finding in report.findings]
    if look.show_ignored:
        rows += [_row(finding, "ignored: " + reason if reason else "ignored") for finding, reason in report.ignored]
    table = ["| Severity | Rule | Place | Message |", "| --- | --- | --- | --- |", *rows, ""] if rows else []
    return "\n".join(["## iamlint", "", *table, inline(closing(report)), ""])


def _row(finding: Finding, mark: str = "") -> str:
    span = finding.span
    note = f" ({inline(mark)})" if mark else ""
    place = code(f"{span.path}:{span.line}:{span.column}")
    return f"| {finding.severity}{note} | {code(finding.rule)} | {place} | {inline(finding.message)} |"


def inline(text: str) -> str:
    """Text of a message with its code spans kept and everything else that Markdown or HTML would read escaped."""
    parts = _CODE.split(printable(text))
    return "".join(code(part) if number % 2 else _SPECIAL.sub(r"\\\1", part) for number, part in enumerate(parts))


def code(text: str) -> str:
    """A code span: in a table even there a bar must be escaped, and a backtick cannot be."""
    shown = printable(text).replace("`", "'").replace("|", "\\|")
    return f"`{shown}`" if shown.strip() else ""

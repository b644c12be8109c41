"""Workflow commands that GitHub Actions turns into annotations on a pull request."""

from __future__ import annotations

from iamlint.engine.finding import Finding, Severity
from iamlint.report.printable import printable
from iamlint.report.report import Look, Report

_COMMANDS: dict[Severity, str] = {
    "critical": "error", "high": "error", "medium": "warning", "low": "notice", "info": "notice",
}  # fmt: skip


def render(report: Report, _look: Look) -> str:
    """A workflow command per finding."""
    return "".join(_command(finding) + "\n" for finding in report.findings)


def _command(finding: Finding) -> str:
    span = finding.span
    properties: dict[str, object] = {"file": span.path, "line": span.line, "col": span.column, "endLine": span.end_line}
    # GitHub takes an end column only on the same line, and inclusive.
    if span.end_line == span.line:
        properties["endColumn"] = max(span.column, span.end_column - 1)
    properties["title"] = f"{finding.rule} ({finding.severity})"
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    where = f" ({finding.address})" if finding.address else ""
    return f"::{_COMMANDS[finding.severity]} {written}::{_data(finding.message + where)}"


def _data(text: str) -> str:
    # Line ends have the command's own escapes; every other hidden character is shown as text, never sent.
    lines = text.replace("%", "%25").replace("\r\n", "\n").split("\n")
    return "%0A".join(printable(line) for line in lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

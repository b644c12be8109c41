"""One line per finding, as compilers print them: `path:line:col: severity rule: message`."""

from __future__ import annotations

from iamlint.engine.finding import Finding
from iamlint.report.printable import printable
from iamlint.report.report import Look, Report


def render(report: Report, look: Look) -> str:
    """The findings, a line each; ignored ones, when shown, are marked."""
    lines = [line(finding) for finding in report.findings]
    if look.show_ignored:
        lines += [line(finding) + _mark(reason) for finding, reason in report.ignored]
    return "".join(f"{text}\n" for text in lines)


def line(finding: Finding) -> str:
    """A finding on one line."""
    return printable(f"{finding.span}: {finding.severity} {finding.rule}: {finding.message}")


def _mark(reason: str) -> str:
    return f" [ignored: {printable(reason)}]" if reason else " [ignored]"

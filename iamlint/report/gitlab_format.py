"""GitLab's code quality report."""

from __future__ import annotations

import json

from iamlint.engine.finding import Severity
from iamlint.report.fingerprints import numbered
from iamlint.report.report import Look, Report

_SEVERITIES: dict[Severity, str] = {
    "critical": "blocker", "high": "critical", "medium": "major", "low": "minor", "info": "info",
}  # fmt: skip


def render(report: Report, _look: Look) -> str:
    """An issue per finding."""
    issues = []
    for finding, mark in numbered(report.findings):
        span = finding.span
        issues.append(
            {
                "description": finding.message,
                "check_name": finding.rule,
                "fingerprint": mark,
                "severity": _SEVERITIES[finding.severity],
                "location": {"path": span.path, "lines": {"begin": span.line, "end": span.end_line}},
            }
        )
    return json.dumps(issues, indent=2) + "\n"

"""The stable JSON of `check --format json`, for programs."""

from __future__ import annotations

import json
from typing import Any

from iamlint import __version__
from iamlint.engine.finding import Finding
from iamlint.report.report import Look, Report

FORMAT_VERSION = 1


def render(report: Report, look: Look) -> str:
    """The findings and the summary as one JSON object; `ignored` is added when ignored findings are shown."""
    from iamlint.aws import edition, managed_policies

    content: dict[str, Any] = {
        "version": FORMAT_VERSION,
        "iamlint": __version__,
        "data": {"iam_actions": edition.data_date(), "managed_policies": managed_policies.data_date()},
        "findings": [as_object(finding, report) for finding in report.findings],
    }
    if look.show_ignored:
        content["ignored"] = [{**as_object(finding, report), "reason": reason} for finding, reason in report.ignored]
    content["summary"] = {
        "files": report.files,
        "policies": report.policies,
        "statements": report.statements,
        "findings": report.counts(),
        "ignored": len(report.ignored),
        "unresolved": report.unresolved.total(),
    }
    return json.dumps(content, indent=2) + "\n"


def as_object(finding: Finding, report: Report) -> dict[str, Any]:
    """A finding as the object that the JSON format promises."""
    span = finding.span
    rule = report.rules.get(finding.rule)
    related = [(place.span, message) for place, message in finding.related]
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "address": finding.address,
        "element": finding.element,
        "related": [
            {"path": at.path, "line": at.line, "column": at.column, "message": message} for at, message in related
        ],
        "fingerprint": finding.fingerprint,
        "help": rule.instead if rule is not None else "",
    }

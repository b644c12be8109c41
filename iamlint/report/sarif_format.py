"""SARIF 2.1.0 as GitHub code scanning takes it: one run, relative URIs, rule help and stable fingerprints."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from iamlint import __version__
from iamlint.engine.finding import Finding, Severity
from iamlint.report.fingerprints import numbered
from iamlint.report.report import Look, Report, RuleText
from iamlint.source.span import SourceSpan

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: dict[Severity, str] = {
    "critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note",
}  # fmt: skip
# Code scanning reads over 9.0 as critical, from 7.0 as high, from 4.0 as medium, below as low.
_SCORES: dict[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0", "info": "0.1"}


def render(report: Report, _look: Look) -> str:
    """One run with all findings; ignored findings are left out, as code scanning would show them as open."""
    names = sorted({finding.rule for finding in report.findings} | set(report.rules))
    index = {name: number for number, name in enumerate(names)}
    severities = {finding.rule: finding.severity for finding in reversed(report.findings)}
    run = {
        "tool": {
            "driver": {
                "name": "iamlint",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(name, report.rules.get(name), severities.get(name)) for name in names],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": [_result(finding, mark, index) for finding, mark in numbered(report.findings)],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(name: str, rule: RuleText | None, found: Severity | None) -> dict[str, Any]:
    severity = rule.severity if rule is not None else found or "medium"
    properties: dict[str, Any] = {"security-severity": _SCORES[severity], "tags": _tags(rule), "precision": "high"}
    described: dict[str, Any] = {"id": name, "name": name}
    if rule is not None:
        described["shortDescription"] = {"text": rule.title}
        described["fullDescription"] = {"text": rule.why or rule.title}
        described["help"] = {"text": _help(rule), "markdown": _help_markdown(rule)}
        if rule.references:
            described["helpUri"] = rule.references[0]
    described["defaultConfiguration"] = {"level": _LEVELS[severity]}
    described["properties"] = properties
    return described


def _tags(rule: RuleText | None) -> list[str]:
    return ["security", "iam"] + ([f"practice-{rule.practice}"] if rule is not None and rule.practice else [])


def _help(rule: RuleText) -> str:
    parts = (rule.title, rule.why, f"Instead: {rule.instead}" if rule.instead else "", *rule.references)
    return "\n".join(part for part in parts if part)


def _help_markdown(rule: RuleText) -> str:
    parts = [f"**{rule.title}**", rule.why, f"**Instead:** {rule.instead}" if rule.instead else ""]
    parts.append("\n".join(f"- <{link}>" for link in rule.references))
    if rule.also_known_as:
        parts.append("Also known as: " + ", ".join(f"`{name}`" for name in rule.also_known_as))
    return "\n\n".join(part for part in parts if part)


def _result(finding: Finding, mark: str, index: dict[str, int]) -> dict[str, Any]:
    location = _location(finding.span)
    if finding.address:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.address}]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": mark, "iamlint/v1": mark},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(place.span), "message": {"text": message}}
            for number, (place, message) in enumerate(finding.related, 1)
        ]
    return result


def _location(span: SourceSpan) -> dict[str, Any]:
    region = {
        "startLine": span.line, "startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column,
    }  # fmt: skip
    return {"physicalLocation": {"artifactLocation": {"uri": uri(span.path)}, "region": region}}


def uri(path: str) -> str:
    """A path as a URI reference: relative paths stay relative, absolute ones become `file:` URIs."""
    if path[1:3] == ":/":
        return "file:///" + quote(path, safe="/:", errors="surrogatepass")
    return ("file://" if path.startswith("/") else "") + quote(path, safe="/", errors="surrogatepass")

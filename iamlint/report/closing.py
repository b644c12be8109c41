"""The line that closes a report: what was found, and in how much."""

from __future__ import annotations

from collections import Counter

from iamlint.report.report import Report


def closing(report: Report) -> str:
    """The counts in words: findings by severity, what was checked, what was ignored, what stayed unresolved."""
    found = len(report.findings)
    levels = ", ".join(f"{count} {severity}" for severity, count in report.counts().items() if count)
    outcome = f"{number(found, 'finding')} ({levels})" if found else "No findings"
    checked = ", ".join(
        (number(report.files, "file"), number(report.policies, "policy"), number(report.statements, "statement"))
    )
    parts = [f"{outcome} in {checked}"]
    if report.ignored:
        parts.append(f"{len(report.ignored)} ignored")
    unresolved = report.unresolved.total()
    if unresolved:
        parts.append(f"{number(unresolved, 'value')} unresolved")
    return "; ".join(parts)


def number(count: int, noun: str) -> str:
    """A count with its noun: `1 policy`, `2 policies`."""
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"


def statistics(report: Report) -> str:
    """How often each rule was found, the most frequent first, one line each."""
    counts = Counter((finding.rule, finding.severity) for finding in report.findings)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    digits = len(str(ranked[0][1])) if ranked else 1
    lines = [f"{count:{digits}}  {severity:8}  {rule}" for (rule, severity), count in ranked]
    reasons = sorted(report.unresolved.items(), key=lambda item: (-item[1], item[0]))
    lines += [f"{count:{digits}}  unresolved  {reason}" for reason, count in reasons]
    return "".join(f"{line}\n" for line in lines)

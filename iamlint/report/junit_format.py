"""JUnit XML: a failed test case per finding, one passed case when there is none."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from iamlint.engine.finding import Finding
from iamlint.report.concise_format import line
from iamlint.report.printable import printable
from iamlint.report.report import Look, Report


def render(report: Report, look: Look) -> str:
    """One test suite; ignored findings are skipped cases when they are shown."""
    cases = [_failed(finding) for finding in report.findings]
    skipped = [_skipped(finding, reason) for finding, reason in report.ignored] if look.show_ignored else []
    passed = [] if cases else ['    <testcase classname="iamlint" name="no findings"/>']
    total = len(cases) + len(skipped) + len(passed)
    counts = f'tests="{total}" failures="{len(cases)}" errors="0" skipped="{len(skipped)}"'
    body = "\n".join(cases + skipped + passed)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="iamlint" {counts}>\n  <testsuite name="iamlint" {counts}>\n{body}\n'
        "  </testsuite>\n</testsuites>\n"
    )


def _case(finding: Finding, inner: str) -> str:
    span = finding.span
    name = f"{finding.rule} {span.line}:{span.column}"
    return f"    <testcase classname={_attribute(span.path)} name={_attribute(name)}>{inner}</testcase>"


def _failed(finding: Finding) -> str:
    kind, message = _attribute(finding.severity), _attribute(finding.message)
    return _case(finding, f"<failure type={kind} message={message}>{escape(line(finding))}</failure>")


def _skipped(finding: Finding, reason: str) -> str:
    return _case(finding, f"<skipped message={_attribute(reason or 'ignored')}/>")


def _attribute(text: str) -> str:
    # XML 1.0 has no spelling at all for most control characters, so they are shown as escapes.
    return quoteattr(printable(text))

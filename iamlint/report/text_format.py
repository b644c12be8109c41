"""The report for people: the flagged text underlined in its source, why it matters, and what to do instead."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from iamlint.engine.finding import Finding, Severity
from iamlint.model.secret import shown_characters
from iamlint.report.closing import closing
from iamlint.report.printable import printable, printable_source, width
from iamlint.report.report import Look, Report
from iamlint.source.span import EmbeddedText, Place, SourceText

_COLOURS: dict[Severity, str] = {"critical": "1;31", "high": "31", "medium": "33", "low": "36", "info": "34"}
# A minified file is one line; this much of it is shown around the flagged text.
_LONGEST = 160
_BEFORE = 50
_MOST_RELATED = 4


def render(report: Report, look: Look) -> str:
    """Every finding with its source lines, then the counts. Why and instead are said once per rule."""
    paint = _Paint(look.colour, look.columns)
    secrets = _secrets(report)
    explained: set[str] = set()
    blocks = []
    for finding in report.findings:
        block = _finding(finding, paint, secrets)
        if finding.rule not in explained:
            explained.add(finding.rule)
            block += _explanation(finding.rule, report, paint)
        blocks.append("\n".join(block))
    if look.show_ignored:
        for finding, reason in report.ignored:
            blocks.append("\n".join(_finding(finding, paint, secrets, reason or "no reason given")))
    blocks.append(paint("1", paint.said("", closing(report))[2:]))
    return "\n\n".join(blocks) + "\n"


class _Secrets:
    """What no line may show: `found` has for a file and line the columns of secrets (0-based), `withheld` for a file
    the offsets of what is marked as sensitive in it."""

    __slots__ = ("_longest", "found", "withheld")

    def __init__(self, withheld: Mapping[str, Sequence[tuple[int, int]]]) -> None:
        self.found: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self.withheld = withheld
        self._longest: dict[tuple[str, int], int] = {}

    def masked(self, source: SourceText, number: int, start: int, end: int) -> str:
        """The columns from `start` to `end` of a line, the secrets in it starred."""
        starts = source.line_starts
        first = starts[number - 1]
        last = starts[number] if number < len(starts) else len(source.text)
        text = source.text[first + start : min(last, first + end)].rstrip("\r\n")
        ranges = self.withheld.get(source.path, ())
        at = bisect_right(ranges, (first + start, 0)) if ranges else 0
        for low, high in ranges[max(0, at - 1) : bisect_right(ranges, (first + end, 0))]:
            text = _masked(text, low - first - start, high - first - start, 0)
        for low, high in self._near((source.path, number), start, end):
            text = _masked(text, low - start, high - start)
        return text

    def _near(self, line: tuple[str, int], start: int, end: int) -> Iterable[tuple[int, int]]:
        """The secrets on a line that may reach into these columns."""
        found = self.found.get(line)
        if found is None:
            return ()
        if line not in self._longest:
            found.sort()
            self._longest[line] = max(high - low for low, high in found)
        return found[bisect_right(found, (start - self._longest[line], -1)) : bisect_right(found, (end, 0))]


class _Paint:
    """Puts text in a colour, or leaves it alone; breaks lines between words where a terminal would break them anywhere.

    Without `columns` lines are as long as they are.
    """

    __slots__ = ("columns", "on")

    def __init__(self, on: bool, columns: int | None) -> None:
        self.on = on
        self.columns = columns

    def __call__(self, code: str, text: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.on and text else text

    def said(self, label: str, text: str) -> str:
        """Text behind its label, indented, in as many lines as it takes."""
        if self.columns is not None and len(label) + len(text) + 3 > self.columns:
            from textwrap import wrap

            lines = wrap(
                f"{label} {text}".lstrip(),
                self.columns - 2,
                subsequent_indent="  " if label else "",
                break_on_hyphens=False,
                break_long_words=False,
            )
            text = "\n  ".join(lines)[len(label) :].lstrip()
        return f"  {self('2', label)} {text}" if label else f"  {text}"


def _finding(finding: Finding, paint: _Paint, secrets: _Secrets, ignored: str | None = None) -> list[str]:
    colour = _COLOURS[finding.severity]
    mark = paint("2", f"  ignored: {printable(ignored)}") if ignored is not None else ""
    where = printable(str(finding.span))
    lines = [f"{where}: {paint(colour, finding.severity)} {paint('1', finding.rule)}{mark}"]
    lines.append(paint.said("", printable(finding.message)))
    lines += _excerpt(finding.place, paint, colour, secrets)
    if finding.address:
        element = f" {finding.element}" if finding.element and not finding.address.endswith(finding.element) else ""
        lines.append(paint.said("in:", printable(finding.address + element)))
    for place, message in finding.related[:_MOST_RELATED]:
        lines.append(paint.said("see:", printable(f"{place.span}: {message}")))
    more = len(finding.related) - _MOST_RELATED
    if more > 0:
        lines.append(f"  {paint('2', 'see:')} and {more} more")
    return lines


def _explanation(name: str, report: Report, paint: _Paint) -> list[str]:
    rule = report.rules.get(name)
    if rule is None:
        return []
    said = (("why:", rule.why), ("instead:", rule.instead))
    return [paint.said(label, printable(" ".join(text.split()))) for label, text in said if text]


def _flags_secret(finding: Finding, report: Report) -> bool:
    """Whether the flagged text is a secret, which must not get from a file into the log of a CI run."""
    rule = report.rules.get(finding.rule)
    return rule is not None and rule.flag == "secret"


def _secrets(report: Report) -> _Secrets:
    """The secrets that were read, whatever is said of the lines that they stand on, and by whichever rules."""
    secrets = _Secrets(report.withheld)
    told = [
        finding for finding in (*report.findings, *(of for of, _ in report.ignored)) if _flags_secret(finding, report)
    ]
    placed = [(finding.place, finding.address) for finding in told]
    placed += [(secret.place, secret.address) for secret in report.secrets]
    for place, address in dict.fromkeys(placed):
        if place.written.strip("\"'") in address:  # the name of a parameter, say
            continue
        span = place.span
        last = span.end_column - 1 if span.end_line == span.line else sys.maxsize
        secrets.found.setdefault((span.path, span.line), []).append((span.column - 1, last))
    return secrets


def _masked(text: str, start: int, end: int, shown: int | None = None) -> str:
    """The text with [start, end) starred, but for its quotes and its first characters: those that a hint shows, or as
    many as are given."""
    hidden = min(end, len(text))
    if start >= 0 and start < hidden and text[start] in "\"'":
        start += 1
        hidden -= hidden == end and hidden - start > 1
    if shown is None:
        shown = shown_characters(max(0, hidden - start))
    first = max(0, start + min(shown, max(0, hidden - start)))
    return text[:first] + "*" * (hidden - first) + text[hidden:] if hidden > first else text


def _excerpt(place: Place, paint: _Paint, colour: str, secrets: _Secrets) -> list[str]:
    """The source line of a place with the text underlined; of a place over several lines its first line."""
    source: SourceText = place.source
    while isinstance(source, EmbeddedText):
        source = source.outer
    span = place.span
    if span.line > len(source.line_starts):
        return []
    # Of the one line of a minified file only what is around the place is looked at.
    column = span.column - 1
    skipped = max(0, column - 2 * _LONGEST)
    line = secrets.masked(source, span.line, skipped, column + 2 * _LONGEST)
    if not line.strip():
        return []
    start = min(column - skipped, len(line))
    end = min(span.end_column - 1 - skipped, len(line)) if span.end_line == span.line else len(line.rstrip())
    gutter = str(span.line)
    longest = _LONGEST if paint.columns is None else min(_LONGEST, paint.columns - len(gutter) - 7)
    before, flagged, after = _cropped(line, start, max(start, end), longest)
    margin = " " * len(gutter)
    lead = printable_source(before)
    # Tabs are expanded from the start of the line, so that what follows the first part lines up below it.
    shown = printable_source(before + flagged)
    caret = max(1, width(shown) - width(lead))
    return [
        f"  {paint('2', f'{margin} |')}",
        f"  {paint('2', f'{gutter} |')} {printable_source(before + flagged + after)}",
        f"  {paint('2', f'{margin} |')} {' ' * width(lead)}{paint(colour, '^' * caret)}",
    ]


def _cropped(line: str, start: int, end: int, longest: int) -> tuple[str, str, str]:
    """The line in three parts around [start, end), cut to a readable length with `…` where it was longer."""
    if len(line) <= longest:
        return line[:start], line[start:end], line[end:]
    first = max(0, start - min(_BEFORE, longest // 3))
    last = min(len(line), max(end, first + longest))
    if last - first > longest:
        last = first + longest
        end = min(end, last)
    before = ("…" if first else "") + line[first:start]
    return before, line[start:end], line[end:last] + ("…" if last < len(line) else "")

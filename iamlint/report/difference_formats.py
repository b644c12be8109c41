"""A difference in each format: for people, for programs, for a pull request's comment and annotations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from iamlint import __version__
from iamlint.engine.finding import Finding, Severity
from iamlint.report.difference import Difference, Granted, Held, Party, Undecided, Witness, shortened
from iamlint.report.printable import printable
from iamlint.report.report import Look, Report

DifferenceFormat = Literal["text", "json", "sarif", "github", "markdown"]
DIFFERENCE_FORMATS: tuple[DifferenceFormat, ...] = get_args(DifferenceFormat)
FORMAT_VERSION = 1

_COLOURS = {"fail": "1;31", "unknown": "33", "pass": "32"}
_MOST_ROWS = 200  # a comment on a pull request takes 65,536 characters


def render(form: DifferenceFormat, difference: Difference, colour: bool) -> str:
    """The difference in a format, with its final line end."""
    formats: dict[DifferenceFormat, Callable[[], str]] = {
        "text": lambda: _text(difference, colour),
        "json": lambda: json.dumps(_object(difference), indent=2) + "\n",
        "markdown": lambda: _markdown(difference),
        "sarif": lambda: _annotated("sarif", difference),
        "github": lambda: _annotated("github", difference),
    }
    return formats[form]()


def closing(difference: Difference) -> str:
    """The answer in a line."""
    counts = [
        _count(len(difference.new), "new grant"),
        _count(len(difference.unknown), "undecided", plural=""),
        _count(len(difference.added), "added", plural=""),
        _count(len(difference.gone), "gone", plural=""),
    ]
    if difference.removed is not None:
        counts.append(_count(len(difference.removed), "removed grant"))
    told = [count for count in counts if count]
    answer = {
        "pass": "pass: nothing is allowed that was not allowed before",
        "fail": "fail: something is allowed that was not allowed before",
        "unknown": "unknown: whether more is allowed than before cannot be told",
    }[difference.result]
    return answer + (f" ({', '.join(told)})" if told else "")


def _count(number: int, what: str, plural: str = "s") -> str:
    return f"{number} {what}{plural if number != 1 else ''}" if number else ""


def _text(difference: Difference, colour: bool) -> str:
    def paint(code: str, text: str) -> str:
        return f"\033[{code}m{text}\033[0m" if colour and text else text

    blocks = [*_parties_told(difference)]
    for title, code, grants in (("+", "31", difference.new), ("-", "32", difference.removed or ())):
        for who, theirs in _by_holder(grants):
            lines = [f"{paint('1', printable(who))} {_verb(theirs[0], title == '+')}"]
            for grant in theirs:
                lines += _grant_lines(grant, paint(code, title), "before" if title == "+" else "now", paint)
            blocks.append("\n".join(lines))
    for who, doubts in _by_holder(difference.unknown):
        lines = [f"{paint('1', printable(who) or 'files')}: cannot be told"]
        for doubt in doubts:
            named = doubt.sid or (f"statement {doubt.number}" if doubt.number is not None else doubt.policy)
            about = f"{shortened(doubt.actions)}: " if doubt.actions else f"{named}: " if named else ""
            lines.append(f"  {paint('33', '?')} {printable(about + doubt.reason)}")
            lines.append(f"      {paint('2', 'at')}   {printable(str(doubt.place.span))}")
        blocks.append("\n".join(lines))
    if difference.result != "pass":
        blocks.append("\n".join(f"{paint('2', 'assumed:')} {text}" for text in difference.assumptions))
    blocks.append(paint(_COLOURS[difference.result], closing(difference)))
    return "\n\n".join(blocks) + "\n"


def _verb(grant: Granted, is_new: bool) -> str:
    if " policy of " in grant.holders[0]:
        return "now allows" if is_new else "no longer allows"
    return "may now" if is_new else "may no longer"


def _grant_lines(grant: Granted, sign: str, otherwise: str, paint: Callable[[str, str], str]) -> Iterator[str]:
    yield f"  {sign} {printable(grant.summary)}"
    yield f"      {paint('2', 'e.g.')} {printable(str(grant.witness))}"
    yield f"      {paint('2', 'at')}   {printable(f'{grant.place.span}, {grant.named}')}"
    if grant.because:
        yield f"      {paint('2', otherwise)} {printable(grant.because)}"


def _parties_told(difference: Difference) -> Iterator[str]:
    lists = (("new:", difference.added), ("gone:", difference.gone), ("renamed:", difference.renamed))
    lines = []
    for title, parties in lists:
        for party in parties:
            formerly = f", formerly {party.formerly}" if party.formerly else ""
            lines.append(printable(f"{title} {party.label} ({party.address or party.place.source.path}{formerly})"))
    if lines:
        yield "\n".join(lines)


def _by_holder(items: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    """The items in groups of those who have them."""
    groups: dict[str, list[Any]] = {}
    for item in items:
        groups.setdefault(shortened(item.holders, 4), []).append(item)
    yield from groups.items()


def _object(difference: Difference) -> dict[str, Any]:
    from iamlint.aws import edition, managed_policies

    content: dict[str, Any] = {
        "version": FORMAT_VERSION,
        "iamlint": __version__,
        "data": {"iam_actions": edition.data_date(), "managed_policies": managed_policies.data_date()},
        "result": difference.result,
        "assumptions": list(difference.assumptions),
        "new": [_grant_object(grant) for grant in difference.new],
        "unknown": [_doubt_object(doubt) for doubt in difference.unknown],
    }
    if difference.removed is not None:
        content["removed"] = [_grant_object(grant) for grant in difference.removed]
    content["identities"] = {
        "added": [_party_object(party) for party in difference.added],
        "gone": [_party_object(party) for party in difference.gone],
        "renamed": [{**_party_object(party), "formerly": party.formerly} for party in difference.renamed],
        "compared": difference.compared,
    }
    return content


def _grant_object(grant: Granted) -> dict[str, Any]:
    return {
        "statement": grant.number,
        "sid": grant.sid or None,
        "policy": grant.policy,
        "holders": list(grant.holders),
        "addresses": list(grant.addresses),
        "actions": list(grant.actions),
        "resources": list(grant.resources),
        "principals": list(grant.principals),
        "conditions": [_condition_object(condition) for condition in grant.conditions],
        "when": [branch for branch in grant.branches if branch],
        "witness": _witness_object(grant.witness),
        "confirmed": True,
        "stopped": grant.because or None,
        **_where(grant),
    }


def _condition_object(condition: Held) -> dict[str, Any]:
    return {"operator": condition.operator, "key": condition.key, "values": list(condition.values)}


def _witness_object(witness: Witness) -> dict[str, Any]:
    return {
        "action": witness.action,
        "resource": witness.resource,
        "principal": witness.principal or None,
        "context": {key: list(values) for key, values in witness.context.items()},
        "unresolved": dict(witness.fillings),
        "when": witness.when.removeprefix("when "),
    }


def _doubt_object(doubt: Undecided) -> dict[str, Any]:
    return {
        "statement": doubt.number,
        "sid": doubt.sid or None,
        "policy": doubt.policy,
        "holders": list(doubt.holders),
        "addresses": list(doubt.addresses),
        "actions": list(doubt.actions),
        "reason": doubt.reason,
        **_where(doubt),
    }


def _party_object(party: Party) -> dict[str, Any]:
    return {"kind": party.kind, "label": party.label, "address": party.address, **_where(party)}


def _where(placed: Granted | Undecided | Party) -> dict[str, Any]:
    span = placed.place.span
    return {"path": span.path, "line": span.line, "column": span.column}


def _markdown(difference: Difference) -> str:
    """A comment for a pull request: who may now do what, an example each, and what could not be told."""
    from iamlint.report.markdown_format import code, inline

    sign = {"pass": "✅", "fail": "❌", "unknown": "❓"}[difference.result]
    lines = ["## iamlint diff", "", f"{sign} {inline(closing(difference))}", ""]
    for title, grants in (("may now", difference.new), ("may no longer", difference.removed or ())):
        if not grants:
            continue
        lines += [f"| Who | {title} | for example | where |", "| --- | --- | --- | --- |"]
        lines += [
            f"| {code(shortened(grant.holders, 4))} | {code(grant.summary)} | {code(str(grant.witness))} "
            f"| {code(f'{grant.place.span.path}:{grant.place.span.line}')} {inline(grant.named)} |"
            for grant in grants[:_MOST_ROWS]
        ]
        lines += ["", *_more(grants)]
    if difference.unknown:
        lines += ["| Who | cannot be told, because of | where |", "| --- | --- | --- |"]
        lines += [
            f"| {code(shortened(doubt.holders, 4))} | {inline(doubt.reason)} "
            f"| {code(f'{doubt.place.span.path}:{doubt.place.span.line}')} |"
            for doubt in difference.unknown[:_MOST_ROWS]
        ]
        lines += ["", *_more(difference.unknown)]
    for title, parties in (("New", difference.added), ("Gone", difference.gone), ("Renamed", difference.renamed)):
        if parties:
            lines += [f"{title}: " + ", ".join(code(party.label) for party in parties[:_MOST_ROWS]), ""]
    lines += ["<details><summary>Assumed</summary>", "", *(f"- {inline(text)}" for text in difference.assumptions)]
    return "\n".join([*lines, "", "</details>", ""])


def _more(items: Sequence[object]) -> list[str]:
    return [f"… and {len(items) - _MOST_ROWS} more", ""] if len(items) > _MOST_ROWS else []


@dataclass(frozen=True)
class _Told:
    """A kind of answer as formats for findings explain it."""

    name: str
    title: str
    severity: Severity
    why: str
    instead: str
    practice: int | None = 8
    flag: str = "statement"
    also_known_as: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


_NEW = _Told(
    "new-grant",
    "Something is allowed that was not allowed before",
    "high",
    "A change to a policy that reads like housekeeping can hand out a permission.",
    "Narrow the statement, or accept the grant with --allow.",
)
_UNDECIDED = _Told(
    "undecided-grant",
    "Whether more is allowed than before cannot be told",
    "low",
    "Part of a policy is known at deploy time only.",
    "Read the statement, or give values with --var, --var-file or --parameters.",
)


def _annotated(form: Literal["sarif", "github"], difference: Difference) -> str:
    """The grants and doubts as findings, in a format that has only those."""
    from iamlint.report import formats

    findings = [
        Finding(
            _NEW.name, _NEW.severity,
            f"{shortened(grant.holders, 4)} {_verb(grant, True)} {grant.summary}; e.g. {grant.witness}", grant.place,
            address=grant.addresses[0] if grant.addresses else "", element=grant.named,
        )
        for grant in difference.new
    ]  # fmt: skip
    findings += [
        Finding(
            _UNDECIDED.name, _UNDECIDED.severity,
            f"{shortened(doubt.holders, 4)}: whether more is allowed cannot be told: {doubt.reason}".removeprefix(": "),
            doubt.place, address=doubt.addresses[0] if doubt.addresses else "",
        )
        for doubt in difference.unknown
    ]  # fmt: skip
    findings.sort(key=lambda finding: finding.order)
    report = Report(findings=findings, rules={_NEW.name: _NEW, _UNDECIDED.name: _UNDECIDED})
    return formats.render(form, report, Look())

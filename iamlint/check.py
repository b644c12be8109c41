"""The pipeline of `iamlint check`: find, read, parse, run the rules, keep what no ignore covers, report."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from iamlint.aws import extras
from iamlint.config import Config
from iamlint.engine.finding import SEVERITIES, Finding, at_least
from iamlint.engine.rule import Rule
from iamlint.engine.run import run
from iamlint.model.secret import Secret
from iamlint.model.stack import Stack
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.report.planned import told_once
from iamlint.report.report import Report
from iamlint.selection import by_name_or_id, nearest_rule
from iamlint.source.span import EmbeddedText

if TYPE_CHECKING:
    from iamlint.model.account import Ignore
    from iamlint.model.statement import Statement

Progress = Callable[[int, int], None]

# How a Terraform variable given on the command line calls its source.
COMMAND_LINE = "--var "


@dataclass(slots=True)
class Request:
    """What is to be checked, by which rules, on whose terms.

    `rules` run, `known` are all there are; `today` is the date that `until` is judged by; `progress` is told how many
    of how many files are done.
    """

    inputs: Inputs
    rules: Sequence[Rule]
    known: Mapping[str, Rule]
    today: str
    config: Config = field(default_factory=Config)
    honours_ignores: bool = True
    progress: Progress | None = None


def check(request: Request) -> Report:
    """Runs the rules over everything the paths lead to."""
    config = request.config
    extras.configure(extras.Extras(config.extra_actions, config.extra_services, config.extra_condition_keys))
    report = Report(rules={rule.name: rule for rule in request.rules})
    found: dict[str, list[Finding]] = {}
    policies: set[tuple[str, int]] = set()
    statements: set[tuple[str, int]] = set()

    reading = Reading(request.inputs, config.exclude, config.folder, request.progress)
    for parsed in stacks(reading):
        stack = parsed.model_copy(update=_expected(config))
        found.setdefault(stack.root, []).extend(run(request.rules, stack))
        _count(stack, report, policies, statements)
    report.files, report.policies, report.statements = len(reading.ours), len(policies), len(statements)

    report.withheld = reading.withheld

    found = {root: [f for f in map(_in_a_file, of) if _is_asked_for(f, reading)] for root, of in found.items()}
    findings = list(told_once(found, reading.planned))
    ignored: list[tuple[Finding, str]] = []
    if request.honours_ignores and (reading.marked or config.ignores):
        findings, ignored, ignores = _kept(request, reading, findings)
        findings += run(request.rules, Stack(root="", things=tuple(ignores)))
    if report.secrets or reading.unread:
        from iamlint.report.secrecy import kept_secret

        findings = kept_secret(findings, report.secrets, reading.unread)
        hushed = kept_secret((finding for finding, _ in ignored), report.secrets, reading.unread)
        ignored = [(finding, reason) for finding, (_, reason) in zip(hushed, ignored, strict=True)]
    report.findings = _tidy(findings, config)
    report.ignored = _tidy_ignored(ignored, config)
    return report


def _expected(config: Config) -> dict[str, object]:
    """What the configuration says of the accounts that a stack may trust, and how far."""
    return {
        "trusted_accounts": config.trusted_accounts,
        "trusted_orgs": config.trusted_orgs,
        "longest_session": config.longest_session,
    }


def _is_asked_for(finding: Finding, reading: Reading) -> bool:
    return reading.counts(finding.place.source.path, is_called=finding.address.startswith("module."))


def _in_a_file(finding: Finding) -> Finding:
    """The finding at a place in a file: what is wrong with a value of the command line is shown where it is used."""
    if not finding.place.source.path.startswith(COMMAND_LINE) or not finding.related:
        return finding
    return replace(finding, place=finding.related[0].place, related=finding.related[1:])


def _count(stack: Stack, report: Report, policies: set[tuple[str, int]], statements: set[tuple[str, int]]) -> None:
    """Counts what a stack has, and notes its secrets; a module that is called twice has its policies once."""
    for policy in stack.policies:
        policies.add((policy.place.source.path, policy.place.start))
        statements.update(map(_offset, policy.statements))
    for unresolved in stack.unresolved:
        report.unresolved[unresolved.reason] += unresolved.count
    report.secrets += [thing for thing in stack.of_kind("secret") if isinstance(thing, Secret)]


def _offset(statement: Statement) -> tuple[str, int]:
    """Where a statement begins in its file, though it may stand in a string there."""
    source, start = statement.place.source, statement.place.start
    while isinstance(source, EmbeddedText):
        start = source.offsets[start]
        source = source.outer
    return source.path, start


def _kept(
    request: Request, reading: Reading, findings: list[Finding]
) -> tuple[list[Finding], list[tuple[Finding, str]], list[Ignore]]:
    """What ignores leave of the findings, what they cover and why, and those of them that can be judged."""
    from iamlint.suppress import Terms, keep

    config = request.config
    terms = Terms(
        today=request.today,
        ran=frozenset(rule.name for rule in request.rules),
        explain=lambda name: _wrong_name(name, request.known),
        meant=lambda name: _meant(name, request.known),
        require_reason=config.require_reason,
        locate=lambda path: _relative(path, config.folder),
    )
    kept = keep(findings, reading.marked.values(), config.ignores, terms)
    # A run over a part of the project cannot say that an ignore for the whole of it is of no use.
    is_whole = reading.covers(config.folder)
    ignores = []
    for ignore in kept.ignores:
        path = ignore.place.source.path
        if path in reading.focus or (path == config.path and (is_whole or ignore.expired or ignore.note)):
            ignores.append(ignore)
    return kept.findings, kept.ignored, ignores


def _meant(name: str, known: Mapping[str, Rule]) -> tuple[str, ...]:
    """The rules that a name in an ignore stands for: the rule of that name, or those of another tool's id."""
    return (name,) if not name or name in known else tuple(rule.name for rule in by_name_or_id(known, name))


def _wrong_name(name: str, known: Mapping[str, Rule]) -> str:
    """What is wrong with a name in an ignore; empty when it stands for a rule."""
    if _meant(name, known):
        return ""
    hint = nearest_rule(known, name)
    return f"no rule is called `{name}`" + (f": {hint}" if hint else "")


def _relative(path: str, folder: Path) -> str:
    try:
        return os.path.relpath(path, folder).replace("\\", "/")
    except ValueError:  # another drive
        return path


def _tidy(findings: Iterable[Finding], config: Config) -> list[Finding]:
    """The findings as reported: with the configured severities, from the threshold on, in order, each once."""
    levels = config.severities
    shown = [replace(f, severity=levels[f.rule]) if f.rule in levels else f for f in findings]
    shown = [finding for finding in shown if at_least(finding.severity, config.severity)]
    return _merged(shown)


def _tidy_ignored(ignored: Iterable[tuple[Finding, str]], config: Config) -> list[tuple[Finding, str]]:
    reasons = {finding.order: reason for finding, reason in ignored}
    return [(finding, reasons[finding.order]) for finding in _tidy((f for f, _ in ignored), config)]


def _merged(findings: list[Finding]) -> list[Finding]:
    """Sorted, and each problem once: what several stacks or module calls lead to is one finding."""
    # Of what is the same the most severe stands for all.
    keyed = sorted(
        (finding.problem, -SEVERITIES.index(finding.severity), finding.message, finding.address, number)
        for number, finding in enumerate(findings)
    )
    merged: list[Finding] = []
    last: object = None
    for problem, _, _, _, number in keyed:
        finding = findings[number]
        if problem == last:
            first = merged[-1]
            new = tuple(related for related in finding.related if related not in first.related)
            if new:
                merged[-1] = replace(first, related=first.related + new)
        else:
            merged.append(finding)
        last = problem
    merged.sort(key=lambda finding: finding.order)
    return merged

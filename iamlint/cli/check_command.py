"""`iamlint check`: reads what the paths lead to, runs the rules, and reports."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from iamlint.cli.asking import asking, wrong
from iamlint.cli.check_options import (
    ExitZeroOption,
    FailOnOption,
    FormatOption,
    IgnoreOption,
    JobsOption,
    Level,
    NoCacheOption,
    NoIgnoreOption,
    OutputOption,
    PathsArgument,
    SelectOption,
    SeverityOption,
    ShowIgnoredOption,
    StatisticsOption,
    StdinFilenameOption,
    StrictOption,
    VersionOption,
)
from iamlint.cli.choosing import (
    ConfigOption,
    EnvironmentOption,
    ParametersOption,
    RulesOption,
    VarFileOption,
    VarOption,
    configuration,
    folders,
    names,
)
from iamlint.cli.output import columns, has_colour, to_file, to_stdout
from iamlint.cli.version import version as version_line
from iamlint.report.formats import FORMATS, Format

if TYPE_CHECKING:
    from iamlint.config import Config
    from iamlint.engine.rule import RuleSet
    from iamlint.parsers.stacks import Inputs
    from iamlint.report.report import Report

_HUMAN = ("text", "concise")


def command(
    paths: PathsArgument = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    strict: StrictOption = False,
    severity: SeverityOption = None,
    fail_on: FailOnOption = None,
    form: FormatOption = "text",
    output: OutputOption = None,
    config: ConfigOption = None,
    rules: RulesOption = None,
    var: VarOption = None,
    var_file: VarFileOption = None,
    tf_var_env: EnvironmentOption = False,
    parameters: ParametersOption = None,
    show_ignored: ShowIgnoredOption = False,
    no_ignore: NoIgnoreOption = False,
    exit_zero: ExitZeroOption = False,
    statistics: StatisticsOption = False,
    _jobs: JobsOption = 1,
    _no_cache: NoCacheOption = False,
    stdin_filename: StdinFilenameOption = None,
    version: VersionOption = False,
) -> None:
    """Check infrastructure code for unsafe AWS IAM.

    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage, configuration or rule, 3 a bug of iamlint.
    """
    if version:
        to_stdout(f"{version_line()}\n")
        return
    outputs = _outputs(output, form)
    with asking():
        from iamlint.cli.inputs import inputs_of
        from iamlint.engine.rule import load_rules

        settings = configuration(config)
        ruleset = load_rules(folders(settings, rules))
        _take(settings, ruleset, select, ignore, strict, severity, fail_on)
        inputs = inputs_of(paths, stdin_filename, var, var_file, parameters, tf_var_env)
        report = _run(settings, ruleset, inputs, honours_ignores=not no_ignore)
    _write(report, outputs, show_ignored, statistics)
    raise typer.Exit(0 if exit_zero else _code(report, settings))


def _outputs(given: list[str] | None, form: Format) -> list[tuple[Format, Path | None]]:
    """(format, file) of each report to write; no file is stdout, which a plain FILE replaces."""
    outputs: list[tuple[Format, Path | None]] = []
    replaced = False
    for value in given or ():
        head, equals, tail = value.partition("=")
        if equals and head in FORMATS:
            outputs.append((head, Path(tail) if tail != "-" else None))
            replaced |= tail == "-"
            if not tail:
                wrong(f"--output {value}: there is no file after the `=`")
        elif equals and head.isalnum():
            wrong(f"--output {value}: no format is called {head} (one of {', '.join(FORMATS)})")
        else:
            outputs.append((form, Path(value) if value != "-" else None))
            replaced = True
    return outputs if replaced else [(form, None), *outputs]


def _take(
    config: Config,
    ruleset: RuleSet,
    select: list[str] | None,
    ignore: list[str] | None,
    strict: bool,
    severity: Level | None,
    fail_on: Level | None,
) -> None:
    """Puts the options over the configuration, and refuses rule names in it that no rule has."""
    from iamlint.selection import by_name_or_id, named

    config.select = names(select) or config.select
    config.ignore += names(ignore)
    config.strict |= strict
    config.severity = severity or config.severity
    config.fail_on = fail_on or config.fail_on
    for name in sorted({name for table in config.ignores for name in table.rules}):
        if name not in ruleset.rules and not by_name_or_id(ruleset.rules, name):
            named(ruleset.rules, name)
            wrong(f'{config.path}: "{name}" selects rules; an ignore takes their names, or ids of other tools')
    for name in sorted(config.severities):
        if name not in ruleset.rules:
            called = ", ".join(f'"{rule.name}"' for rule in named(ruleset.rules, name)[:4])
            wrong(f'{config.path}: "{name}" is no rule\'s name, as severities take: {called}')


def _run(config: Config, ruleset: RuleSet, inputs: Inputs, *, honours_ignores: bool) -> Report:
    from datetime import datetime, timezone

    from iamlint.check import Request, check
    from iamlint.cli.progress import Progress
    from iamlint.selection import select

    progress = Progress()
    request = Request(
        inputs=inputs,
        rules=select(ruleset.rules, config.select, config.ignore, config.strict),
        known=ruleset.rules,
        today=datetime.now(timezone.utc).date().isoformat(),
        config=config,
        honours_ignores=honours_ignores,
        progress=progress,
    )
    try:
        return check(request)
    finally:
        progress.clear()


def _write(report: Report, outputs: list[tuple[Format, Path | None]], show_ignored: bool, statistics: bool) -> None:
    from iamlint.report.formats import render
    from iamlint.report.report import Look

    on_stdout = ""
    for form, path in outputs:
        for_terminal = path is None and form == "text"
        look = Look(for_terminal and has_colour(), show_ignored, columns() if for_terminal else None)
        text = render(form, report, look)
        if path is None:
            on_stdout = form
            to_stdout(text)
        else:
            to_file(path, text)
    if statistics:
        from iamlint.report.closing import statistics as counted

        text = counted(report)
        if on_stdout in _HUMAN:
            to_stdout(f"\n{text}" if text else "")
        else:
            print(text, end="", file=sys.stderr)


def _code(report: Report, config: Config) -> int:
    from iamlint.engine.finding import at_least

    return 1 if any(at_least(finding.severity, config.fail_on) for finding in report.findings) else 0

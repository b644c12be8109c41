"""`iamlint test`: runs rules' own examples, built-in ones and a user's alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from iamlint.cli.asking import asking, wrong
from iamlint.cli.output import to_stdout
from iamlint.report.closing import number
from iamlint.report.printable import printable

if TYPE_CHECKING:
    from iamlint.engine.finding import Finding
    from iamlint.engine.rule import Example, Rule

# The account of the documentation's examples is taken for one's own.
_OWN_ACCOUNT = "111122223333"


def command(
    rules: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[RULE.yaml|FOLDER]...", help="Rules to test. Default: the built-in ones."),
    ] = None,
) -> None:
    """Run the examples of rules.

    What is bad must be flagged by its rule, what is good must not. Exit code 1 when an example is wrong.
    """
    with asking():
        tested = _rules(rules or [])
    lines: list[str] = []
    examples = 0
    for rule in tested:
        for example in rule.examples:
            examples += 1
            lines += [f"{printable(rule.path)}: {printable(wrongness)}" for wrongness in _failures(rule, example)]
    counted = f"{number(len(tested), 'rule')}, {number(examples, 'example')}"
    to_stdout("".join(f"{line}\n" for line in lines) + f"{counted}: {number(len(lines), 'failure')}\n")
    raise typer.Exit(1 if lines else 0)


def _rules(paths: Sequence[Path]) -> list[Rule]:
    """The rules to test, each once, by name."""
    from iamlint.engine.index import rule_files, rules_folder
    from iamlint.engine.rule import load_file

    files: list[str] = []
    for path in paths or [Path(rules_folder())]:
        if path.is_dir():
            found = [file for _, file in rule_files(str(path))]
            if not found:
                wrong(f"{path}: there is no rule in this folder (a rule is a .yaml file)")
            files += found
        else:
            files.append(str(path))
    return [load_file(file) for file in dict.fromkeys(files)]


def _failures(rule: Rule, example: Example) -> Iterator[str]:
    """What is wrong with an example, in words."""
    if not any(finding.rule == rule.name for finding in _findings(rule, example.format, example.bad)):
        yield f"the bad {example.format} example is not flagged: {_start(example.bad)}"
    for finding in _findings(rule, example.format, example.good):
        if finding.rule == rule.name:
            yield (
                f"the good {example.format} example is flagged at {finding.span.line}:{finding.span.column}: "
                f"{finding.message}"
            )


def _findings(rule: Rule, form: str, text: str) -> list[Finding]:
    """What a rule finds in a text, read and parsed as any file. Ignores are judged by what all rules find."""
    from iamlint.check import Request, check
    from iamlint.config import Config
    from iamlint.engine.rule import load_rules
    from iamlint.parsers.stacks import Inputs

    with TemporaryDirectory(prefix="iamlint-example-") as folder:
        file = Path(folder) / f"example.{form}"
        file.write_text(text, encoding="utf-8")
        judges_ignores = rule.flag == "ignore"
        known = {**load_rules().rules, rule.name: rule} if judges_ignores else {rule.name: rule}
        today = datetime.now(timezone.utc).date().isoformat()
        config = Config(trusted_accounts=(_OWN_ACCOUNT,))
        request = Request(
            Inputs((str(file),)), list(known.values()), known, today, config, honours_ignores=judges_ignores
        )
        return check(request).findings


def _start(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:79] + "…"

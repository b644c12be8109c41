"""What was asked wrongly is said on stderr, with what would be right, and ends in exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from iamlint.report.printable import printable

WRONG = 2


def wrong(message: str) -> NoReturn:
    """Says what is wrong with the asking, and exits."""
    print("\n".join(f"iamlint: {printable(line)}" for line in message.splitlines()), file=sys.stderr)
    raise typer.Exit(WRONG)


@contextmanager
def asking() -> Iterator[None]:
    """Within it, wrong rules, configurations, parameter files, paths and rule names become exit code 2."""
    try:
        yield
    except _mistakes() as error:
        wrong(str(error))


def _mistakes() -> tuple[type[Exception], ...]:
    """What is the asker's mistake; looked up only when something was raised."""
    from iamlint.asked import AskedError
    from iamlint.config import ConfigError
    from iamlint.engine.rule_file import RuleError
    from iamlint.parsers.cloudformation.parameter_files import ParameterFileError
    from iamlint.selection import UnknownRuleError
    from iamlint.source.files import PathNotFound

    return AskedError, ParameterFileError, ConfigError, RuleError, UnknownRuleError, PathNotFound

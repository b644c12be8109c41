"""The output formats by name; the module of a format is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Literal, cast, get_args

from iamlint.report.report import Look, Report

Format = Literal["text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"]
FORMATS: tuple[Format, ...] = get_args(Format)


def render(form: Format, report: Report, look: Look) -> str:
    """The report in a format, ready to be written: with its final line end, or empty."""
    module = import_module(f"iamlint.report.{form}_format")
    return cast("Callable[[Report, Look], str]", module.render)(report, look)

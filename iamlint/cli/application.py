"""The typer application, with only the command that is asked for: the others need not be imported."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from iamlint.cli.version import version as version_line

COMMANDS = ("check", "diff", "can", "public", "explain", "rules", "test", "show")


def application(arguments: Sequence[str]) -> typer.Typer:
    """The application that answers these arguments."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_iamlint)
    asked = next((argument for argument in arguments if not argument.startswith("-")), "")
    for name in (asked,) if asked in COMMANDS else COMMANDS:
        app.command(name)(import_module(f"iamlint.cli.{name}_command").command)
    return app


def _iamlint(
    ctx: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False
) -> None:
    """A static policy-as-code linter for AWS IAM in CloudFormation, Terraform and policy files."""
    if version:
        print(version_line())
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())
        raise typer.Exit(2)

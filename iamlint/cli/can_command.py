"""`iamlint can`: whether some request may pass, who may make it through which statement, and what stops the others."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from iamlint.cli.asking import asking
from iamlint.cli.choosing import (
    ConfigOption,
    EnvironmentOption,
    ParametersOption,
    VarFileOption,
    VarOption,
    configuration,
    names,
)
from iamlint.cli.output import has_colour, to_stdout

AnswerFormat = Literal["text", "json"]
CODES = {"no": 0, "yes": 1, "unknown": 4}


def command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATHS]...", help="Files and folders; `-` reads stdin. Default: the current folder."),
    ] = None,
    action: Annotated[
        list[str] | None,
        typer.Option("--action", "-a", metavar="ACTION,...", help="An action, or a pattern of some: `iam:CreateUser`, "
                     "`iam:*`. Repeatable."),
    ] = None,
    resource: Annotated[
        list[str] | None,
        typer.Option("--resource", "-r", metavar="ARN", help="On this resource, or one of a pattern. Repeatable."),
    ] = None,
    principal: Annotated[
        list[str] | None,
        typer.Option("--principal", metavar="ARN|ACCOUNT|SERVICE", help="By this caller. Repeatable. Default: anyone."),
    ] = None,
    context: Annotated[
        list[str] | None,
        typer.Option("--context", metavar="KEY=VALUE", help="With this value of a condition key; `KEY=` without the "
                     "key. Keys not given may have any value. Repeatable."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="GLOB", help="Ask only these, by address, label or file. Repeatable."),
    ] = None,
    excepted: Annotated[
        list[str] | None,
        typer.Option("--except", metavar="GLOB", help="These may: leave them out. Repeatable."),
    ] = None,
    closed: Annotated[
        bool,
        typer.Option("--closed/--open", help="Only actions that AWS lists today are actions, or every string is one."),
    ] = True,
    every: Annotated[bool, typer.Option("--all", help="Show those who may not too, and what stops them.")] = False,
    form: Annotated[AnswerFormat, typer.Option("--format", "-f", help="The format of the answer.")] = "text",
    config: ConfigOption = None,
    var: VarOption = None,
    var_file: VarFileOption = None,
    tf_var_env: EnvironmentOption = False,
    parameters: ParametersOption = None,
    stdin_filename: Annotated[
        str | None, typer.Option(metavar="NAME", help="The file whose text stdin replaces, for `-`.")
    ] = None,
) -> None:  # fmt: skip
    """Ask who may do something.

    Of each identity, with all its policies, denies and boundary, and of each policy of a resource or role: may some
    request of this shape pass? Through which statement, or what stops it?

    Exit codes: 0 nobody may (proved), 1 somebody may, 2 wrong asking, 4 nobody surely may, but of some it is unknown.
    """
    with asking():
        from iamlint.asked import Words
        from iamlint.can import Request, can
        from iamlint.cli.inputs import inputs_of
        from iamlint.cli.progress import Progress

        words = Words(names(action), tuple(resource or ()), tuple(principal or ()), tuple(context or ()))
        progress = Progress()
        request = Request(
            inputs_of(paths, stdin_filename, var, var_file, parameters, tf_var_env),
            words,
            closed,
            tuple(only or ()),
            tuple(excepted or ()),
            configuration(config),
            progress,
        )
        try:
            found = can(request)
        finally:
            progress.clear()
    from iamlint.report.permission_formats import CAN, as_json, as_text

    if form == "json":
        to_stdout(as_json(found, CAN))
    else:
        to_stdout(as_text(found, CAN, every=every, colour=has_colour(), title=str(words)))
    raise typer.Exit(CODES[found.answer])

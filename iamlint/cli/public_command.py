"""`iamlint public`: which resource and trust policies let in somebody whom they do not name."""

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
)
from iamlint.cli.output import has_colour, to_stdout

CODES = {"no": 0, "yes": 1, "unknown": 4}


def command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATHS]...", help="Files and folders; `-` reads stdin. Default: the current folder."),
    ] = None,
    profile: Annotated[
        Literal["default", "s3"],
        typer.Option(help="What fixes a caller: all that is known to, or only what the S3 User Guide lists."),
    ] = "default",
    every: Annotated[bool, typer.Option("--all", help="Show the private ones too.")] = False,
    form: Annotated[Literal["text", "json"], typer.Option("--format", "-f", help="The format of the answer.")] = "text",
    config: ConfigOption = None,
    var: VarOption = None,
    var_file: VarFileOption = None,
    tf_var_env: EnvironmentOption = False,
    parameters: ParametersOption = None,
    stdin_filename: Annotated[
        str | None, typer.Option(metavar="NAME", help="The file whose text stdin replaces, for `-`.")
    ] = None,
) -> None:
    """Ask which policies are public.

    A resource or trust policy is public when it lets in an outsider: a caller whom it does not name, and who has none
    of the accounts, organizations, networks and sources that it fixes. A request of such a caller is shown.

    Exit codes: 0 all are private (proved), 1 some are public, 2 wrong asking, 4 none surely is, but of some it is
    unknown.
    """
    with asking():
        from iamlint.cli.inputs import inputs_of
        from iamlint.cli.progress import Progress
        from iamlint.public import Request, public

        progress = Progress()
        inputs = inputs_of(paths, stdin_filename, var, var_file, parameters, tf_var_env)
        try:
            found = public(Request(inputs, profile, configuration(config), progress))
        finally:
            progress.clear()
    from iamlint.report.permission_formats import PUBLIC, as_json, as_text

    if form == "json":
        to_stdout(as_json(found, PUBLIC))
    else:
        to_stdout(as_text(found, PUBLIC, every=every, colour=has_colour(), title="Open to outsiders"))
    raise typer.Exit(CODES[found.answer])

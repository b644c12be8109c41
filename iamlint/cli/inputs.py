"""What a command is given to read: paths, stdin, Terraform variables, CloudFormation parameters."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from iamlint.cli.asking import wrong
from iamlint.parsers.stacks import Inputs


def inputs_of(
    paths: Sequence[str] | None,
    stdin_filename: str | None,
    var: Iterable[str] | None,
    var_file: Iterable[Path] | None,
    parameters: Iterable[Path] | None = None,
    environment: bool = False,
) -> Inputs:
    """The inputs of a run: the paths (by default the current folder), with the file that stdin is for as `-`."""
    given = list(paths or ["."])
    texts: dict[str, str] = {}
    if "-" in given:
        if stdin_filename is None:
            wrong("`-` reads stdin: say which file it is with --stdin-filename NAME")
        texts[stdin_filename] = sys.stdin.buffer.read().decode("utf-8-sig", errors="surrogateescape")
        given = [stdin_filename if path == "-" else path for path in given]
    elif stdin_filename is not None:
        wrong("--stdin-filename goes with the path `-`")
    return Inputs(
        tuple(given),
        texts,
        variables_of(var),
        variable_files(var_file),
        parameter_files(parameters),
        variables_in_environment() if environment else {},
    )


def variables_in_environment() -> dict[str, str]:
    """Terraform variables from `TF_VAR_NAME`s in the environment."""
    prefix = "TF_VAR_"
    return {name.removeprefix(prefix): value for name, value in os.environ.items() if name.startswith(prefix)}


def variable_files(files: Iterable[Path] | None) -> tuple[str, ...]:
    """Files of Terraform variables, each there and named as one."""
    found = tuple(files or ())
    for file in found:
        if not file.name.endswith((".tfvars", ".tfvars.json")):
            wrong(f"--var-file {file}: a file of variables is called ….tfvars or ….tfvars.json")
        if not file.is_file():
            wrong(f"--var-file {file}: there is no such file")
    return tuple(str(file) for file in found)


def parameter_files(files: Iterable[Path] | None) -> tuple[str, ...]:
    """Files of CloudFormation parameters, each there; what is in them is judged when they are read."""
    found = tuple(files or ())
    for file in found:
        if not file.is_file():
            wrong(f"--parameters {file}: there is no such file")
    return tuple(str(file) for file in found)


def variables_of(assignments: Iterable[str] | None) -> dict[str, str]:
    """Terraform variables from `NAME=VALUE`s, the last of a name winning, as Terraform has it."""
    variables = {}
    for assignment in assignments or ():
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            wrong(f"--var {assignment}: a variable is given as NAME=VALUE")
        variables[name] = value
    return variables

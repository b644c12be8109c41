"""Options that several commands have in common: which configuration, which rules, which values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from iamlint.config import Config, find_config, load_config

RulesOption = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="FOLDER", help="A folder of further rules. Repeatable."),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The configuration: by default the nearest iamlint.toml or "
                 "pyproject.toml with [tool.iamlint], from the current folder upward."),
]  # fmt: skip

VarOption = Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A Terraform variable. Repeatable.")]
VarFileOption = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="A file of Terraform variables. Repeatable.")
]
EnvironmentOption = Annotated[
    bool, typer.Option("--tf-var-env", help="Take Terraform variables from TF_VAR_… in the environment too.")
]
ParametersOption = Annotated[
    list[Path] | None,
    typer.Option("--parameters", metavar="FILE", help="A file of CloudFormation parameters, JSON or YAML. Repeatable."),
]


def configuration(given: Path | None) -> Config:
    """The configuration given, else the nearest one, else none. Raises ConfigError."""
    path = given if given is not None else find_config(Path())
    return load_config(path) if path is not None else Config()


def folders(config: Config, given: Sequence[Path] | None) -> list[str]:
    """The folders of a user's own rules: those of the configuration, then those given, each once."""
    return list(dict.fromkeys(str(folder) for folder in (*config.rules, *(given or ()))))


def names(values: Iterable[str] | None) -> tuple[str, ...]:
    """Names given as `a,b` and by repeating the option."""
    return tuple(name.strip() for value in values or () for name in value.split(",") if name.strip())

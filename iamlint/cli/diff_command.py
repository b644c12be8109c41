"""`iamlint diff`: what one state of the code allows that another did not, each with a request that shows it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from iamlint.cli.asking import asking, wrong
from iamlint.cli.choosing import (
    ConfigOption,
    EnvironmentOption,
    ParametersOption,
    VarFileOption,
    VarOption,
    configuration,
)
from iamlint.cli.output import has_colour, to_file, to_stdout
from iamlint.report.difference_formats import DifferenceFormat

if TYPE_CHECKING:
    from collections.abc import Callable

    from iamlint.config import Config
    from iamlint.diff import State
    from iamlint.parsers.stacks import Inputs
    from iamlint.report.difference import Difference

_CODES = {"pass": 0, "fail": 1, "unknown": 4}


def command(
    old: Annotated[str | None, typer.Argument(metavar="OLD", help="A file or folder; with --git a path within the "
                   "repository.")] = None,
    new: Annotated[str | None, typer.Argument(metavar="NEW", help="The file or folder that OLD became.")] = None,
    git: Annotated[
        str | None,
        typer.Option("--git", metavar="BASE..HEAD", help="Compare two commits; BASE...HEAD from where they went apart; "
                     "BASE alone with the work tree. Nothing is checked out."),
    ] = None,
    form: Annotated[DifferenceFormat, typer.Option("--format", "-f", help="The format of the answer.")] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the answer to a file, not to stdout.")
    ] = None,
    removed: Annotated[bool, typer.Option("--removed", help="Also say what is no longer allowed.")] = False,
    is_open: Annotated[
        bool, typer.Option("--open/--closed", help="Take any string for an action, so that future ones count, or "
                           "today's list.  [default: closed]", show_default=False),
    ] = False,
    fail_on: Annotated[
        Literal["new", "unknown"], typer.Option(help="With `unknown`, exit with 1 also where it cannot be told.")
    ] = "new",
    allow: Annotated[
        list[Path] | None,
        typer.Option("--allow", metavar="FILE", help="A policy of what the team has accepted: what it allows is not "
                     "new. Repeatable."),
    ] = None,
    config: ConfigOption = None,
    var: VarOption = None,
    var_file: VarFileOption = None,
    tf_var_env: EnvironmentOption = False,
    parameters: ParametersOption = None,
) -> None:  # fmt: skip
    """Say what NEW allows that OLD did not.

    Each answer is proved, or comes with a request that shows it.

    Exit codes: 0 nothing new (proved), 1 something new, 2 wrong usage, 4 it cannot be told.
    """
    with asking():
        from iamlint.cli.inputs import parameter_files, variable_files, variables_in_environment, variables_of
        from iamlint.parsers.stacks import Inputs

        settings = configuration(config)
        given = variables_of(var), variable_files(var_file), parameter_files(parameters)
        environment = variables_in_environment() if tf_var_env else {}

        def inputs(path: str, texts: dict[str, str] | None = None) -> Inputs:
            return Inputs((path,), texts or {}, *given, environment)

        accepted = _accepted(allow)
        with TemporaryDirectory(prefix="iamlint-") as folder:
            before, after = _states(old, new, git, inputs, Path(folder).resolve())
            answer = _answer(settings, before, after, accepted, is_open, removed)
    from iamlint.report.difference_formats import render

    text = render(form, answer, colour=output is None and form == "text" and has_colour())
    if output is None:
        to_stdout(text)
    else:
        to_file(output, text)
    code = _CODES[answer.result]
    raise typer.Exit(1 if code and fail_on == "unknown" else code)


def _answer(
    config: Config, old: State, new: State, accepted: Inputs | None, is_open: bool, with_removed: bool
) -> Difference:
    from iamlint.diff import NothingToCompare, Request, difference

    try:
        return difference(Request(new, old, accepted, is_open, with_removed, config))
    except NothingToCompare as error:
        wrong(str(error))


def _accepted(files: list[Path] | None) -> Inputs | None:
    from iamlint.parsers.stacks import Inputs

    for file in files or ():
        if not file.is_file():
            wrong(f"--allow {file}: there is no such file")
    return Inputs(tuple(map(str, files))) if files else None


def _states(
    old: str | None, new: str | None, git: str | None, inputs: Callable[..., Inputs], folder: Path
) -> tuple[State, State]:
    """The two states that were asked for."""
    if git is not None:
        if new is not None:
            wrong("--git takes at most one path, which is looked at in both commits")
        return _commits(git, old, inputs, folder)
    if old is None or new is None:
        wrong("name two files or folders, OLD and NEW, or two commits with --git BASE..HEAD")
    return _on_disk(old, new, inputs), _on_disk(new, old, inputs)


def _on_disk(path: str, other: str, inputs: Callable[..., Inputs]) -> State:
    """A file or folder. Of two files in one folder, which would be one Terraform module, the other one is left out."""
    from iamlint.diff import State
    from iamlint.source.files import PathNotFound

    here, there = Path(path), Path(other)
    if not here.exists():
        raise PathNotFound(path)
    beside = here.is_file() and there.is_file() and here.resolve().parent == there.resolve().parent and here != there
    return State(inputs(path, {other: ""} if beside else None), path, here.is_file())


def _commits(
    written: str, within: str | None, inputs: Callable[..., Inputs], folder: Path
) -> tuple[State, State]:  # fmt: skip
    """Two commits, or one and the work tree."""
    from iamlint.diff import State
    from iamlint.source.git import GitError, Repository, revisions

    try:
        repository = Repository(Path())
        ends = revisions(written)
        first = repository.merge_base(*ends) if "..." in written else repository.commit(ends[0])
        path = (Path.cwd() / within).resolve().relative_to(repository.root) if within else Path()
        states = []
        for name, commit in (("old", first), *((("new", repository.commit(ends[1])),) if len(ends) > 1 else ())):
            place = folder / name
            (place / path).mkdir(parents=True)
            repository.extract(commit, place)
            states.append(State(inputs(str(place / path)), str(place / path), False, f"{place.as_posix()}/"))
    except GitError as error:
        wrong(f"--git {written}: {error}")
    except ValueError:
        wrong(f"{within}: lies outside of the repository in {repository.root}")
    if len(states) == 1:
        shown = str(repository.root / path)
        states.append(State(inputs(shown), shown, False))
    return states[0], states[1]

"""Tells which paths git ignores, from the .gitignore files of the folders on the way to them."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class IgnoreFile(NamedTuple):
    """The patterns of one ignore file, and the absolute folder that they are relative to, with `/` at its end."""

    folder: str
    patterns: GitIgnoreSpec


def repository_of(folder: str) -> str | None:
    """The folder of the git repository that the absolute `folder` is in."""
    at = Path(folder)
    return next((str(above) for above in (at, *at.parents) if (above / ".git").exists()), None)


def ignore_files_above(folder: str, repository: str) -> list[IgnoreFile]:
    """The ignore files that hold for an absolute folder from above it, the outermost first.

    None when they ignore the folder itself: then it was named all the same, and what is in it is wanted.
    """
    found = _read(Path(repository, ".git", "info", "exclude"), repository)
    inside = Path(folder).relative_to(repository).parts
    on_the_way = [Path(repository, *inside[:depth]) for depth in range(len(inside) + 1)]
    for above, below in pairwise(on_the_way):
        found += ignore_files_of(str(above))
        if is_ignored(f"{below}/", found):
            return []
    return found


def ignore_files_of(folder: str) -> list[IgnoreFile]:
    """The ignore file that lies in an absolute folder, if there is one."""
    return _read(Path(folder, ".gitignore"), folder)


def is_ignored(path: str, files: list[IgnoreFile]) -> bool:
    """Whether git ignores an absolute path, a folder's with `/` at its end: the innermost file that knows it says."""
    path = path.replace(os.sep, "/")
    for folder, patterns in reversed(files):
        said = patterns.check_file(path[len(folder) :]).include
        if said is not None:
            return said
    return False


def _read(path: Path, folder: str) -> list[IgnoreFile]:
    if not path.is_file():
        return []
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return []  # git, too, goes on without it
    folder = folder.replace(os.sep, "/")
    return [IgnoreFile(folder if folder.endswith("/") else f"{folder}/", _patterns(lines))]


def _patterns(lines: list[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except (ValueError, re.error):
        if len(lines) == 1:
            return GitIgnoreSpec.from_lines([])  # git passes over a pattern that is none
    return GitIgnoreSpec([pattern for line in lines for pattern in _patterns([line]).patterns])

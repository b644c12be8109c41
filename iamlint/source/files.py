"""Finds the files to check in the files and folders that were named: what git ignores is left out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from iamlint.source import gitignore
from iamlint.source.document import Problem
from iamlint.source.gitignore import IgnoreFile
from iamlint.source.read import SUFFIXES
from iamlint.source.span import Place, SourceText

_SKIPPED_FOLDERS = frozenset({".git", ".hg", ".svn", ".terraform", "node_modules", ".venv", "venv", "__pycache__"})


class PathNotFound(Exception):  # noqa: N818  named as what it says
    """A path that was named does not exist."""

    def __init__(self, path: str) -> None:
        super().__init__(f"no such file or folder: {path}")
        self.path = path


@dataclass(slots=True)
class Found:
    """The files found, as reports show them: sorted, each once. And the folders that could not be looked into."""

    paths: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def find(paths: Sequence[str]) -> Found:
    """The files named in `paths`, and those in its folders, whose suffix can be ours; raises PathNotFound.

    A folder's files are left out where git ignores them; what is named itself is taken even then.
    """
    files: set[str] = set()
    problems: list[Problem] = []
    for path in paths:
        if Path(path).is_dir():
            walk = _Walk(path)
            files.update(walk.files)
            problems.extend(walk.problems)
        elif not Path(path).exists():
            raise PathNotFound(path)
        elif _can_be_ours(path):
            files.add(_shown(path))
    return Found(sorted(files), sorted(problems, key=lambda problem: problem.place.source.path))


class _Walk:
    """One walk down a folder: the files it found, and the folders that it could not look into."""

    def __init__(self, path: str) -> None:
        self.root = os.path.realpath(path)
        self.files: list[str] = []
        self.problems: list[Problem] = []
        repository = gitignore.repository_of(self.root)
        self.boundary = _with_slash(repository or self.root)
        self.go(_shown(path), gitignore.ignore_files_above(self.root, repository) if repository else [])

    def go(self, shown: str, ignores: list[IgnoreFile]) -> None:
        """Look into the root, called `shown`, and all folders below it; `ignores` hold for the root from above."""
        pending = [(shown, self.root, ignores)]
        while pending:
            shown, path, ignores = pending.pop()
            try:
                with os.scandir(path) as entries:
                    found = list(entries)
            except OSError as error:
                self.unreadable(shown, error)
                continue
            if any(entry.name == ".gitignore" for entry in found):
                ignores = ignores + gitignore.ignore_files_of(path)
            for entry in found:
                below = f"{shown}/{entry.name}" if shown not in ("", "/") else shown + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not _is_skipped(entry.name, path) and not gitignore.is_ignored(f"{entry.path}/", ignores):
                        pending.append((below, entry.path, ignores))
                elif self.is_taken(entry) and not gitignore.is_ignored(entry.path, ignores):
                    self.files.append(below)

    def is_taken(self, entry: os.DirEntry[str]) -> bool:
        """Whether an entry is a file with a suffix of ours, and none that a link fetches from outside the repository.

        Links to folders are not followed: what they lead to inside is found under its own name.
        """
        try:
            if not _can_be_ours(entry.name) or not entry.is_file():
                return False
        except OSError:  # a link in a circle
            return False
        if not entry.is_symlink():
            return True
        return os.path.realpath(entry.path).replace(os.sep, "/").startswith(self.boundary)

    def unreadable(self, shown: str, error: OSError) -> None:
        message = f"the folder cannot be read: {error.strerror or error}"
        place = Place(SourceText(shown or ".", ""), 0, 0)
        self.problems.append(Problem("unreadable", place, message, "Make the folder readable, or leave it out."))


def _can_be_ours(path: str) -> bool:
    return path.lower().endswith(SUFFIXES)


def _is_skipped(name: str, parent: str) -> bool:
    return name in _SKIPPED_FOLDERS or (name.startswith("asset.") and Path(parent).name == "cdk.out")


def _shown(path: str) -> str:
    """A path as reports show it: with `/`, and without what says only "here"."""
    path = path.replace(os.sep, "/")
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    path = path.rstrip("/") or ("/" if path.startswith("/") else "")
    return "" if path == "." else path


def _with_slash(path: str) -> str:
    path = path.replace(os.sep, "/")
    return path if path.endswith("/") else f"{path}/"

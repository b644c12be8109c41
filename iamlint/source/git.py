"""Reads what a commit has of the files that can be ours, without touching the work tree, the index or the network."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from iamlint.source.read import LARGEST, SUFFIXES

# What git itself ignores by, and what Terraform's file() and templatefile() are given.
_ALSO_READ = (
    ".gitignore", ".tpl", ".tftpl", ".tmpl", ".policy", ".txt", ".sh", ".ps1", ".cfg", ".conf", ".pem", ".j2", ".toml",
)  # fmt: skip
_BLOCK = 1 << 16


class GitError(Exception):
    """git could not answer: there is no repository, no such commit, or no git. The message says which."""


class _Blob(NamedTuple):
    """A file of a commit."""

    name: str
    path: str


class Repository:
    """The repository around a folder. Raises GitError when there is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root = Path(self._asked("rev-parse", "--show-toplevel").strip())

    def commit(self, revision: str) -> str:
        """The name of the commit that a revision stands for; raises GitError when there is no such commit."""
        if not revision or revision.startswith("-"):
            raise GitError(f"`{revision}` is no commit")
        try:
            return self._asked("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}").strip()
        except GitError as error:
            raise GitError(f"`{revision}` is no commit of the repository in {self.root}") from error

    def merge_base(self, one: str, other: str) -> str:
        """The commit from which two commits went apart."""
        try:
            return self._asked("merge-base", self.commit(one), self.commit(other)).strip()
        except GitError as error:
            raise GitError(f"`{one}` and `{other}` have no commit in common") from error

    def extract(self, commit: str, folder: Path) -> None:
        """Writes the files of a commit that can be ours into an empty folder; links are left out."""
        blobs = list(self._blobs(commit))
        if not blobs:
            return
        # Names are sent from a file: a pipe in both directions could fill up on both sides.
        names = folder / ".names"
        names.write_bytes(b"".join(blob.name.encode() + b"\n" for blob in blobs))
        with names.open("rb") as asked:
            process = subprocess.Popen(  # noqa: S603 - a fixed command; what it is asked comes on stdin
                self._command("cat-file", "--batch"), stdin=asked, stdout=subprocess.PIPE, env=_environment()
            )
            with process:
                assert process.stdout is not None
                for blob in blobs:
                    _write(process.stdout, folder / blob.path)
        names.unlink()
        if process.returncode:
            raise GitError(f"git could not read all files of {commit}")

    def _blobs(self, commit: str) -> Iterator[_Blob]:
        """The files of a commit whose name says that they can be ours."""
        for entry in self._asked("ls-tree", "-r", "-z", "--full-tree", commit).split("\0"):
            described, tab, path = entry.partition("\t")
            mode, _, name = described.partition(" ")[0], None, described.rpartition(" ")[2]
            if not tab or not mode.startswith("100") or not path.lower().endswith((*SUFFIXES, *_ALSO_READ)):
                continue
            parts = PurePosixPath(path).parts
            # A tree that was made by hand may name what lies outside of it.
            if path.startswith("/") or ".." in parts or ".git" in parts or "\n" in path or "\\" in path:
                continue
            yield _Blob(name, path)

    def _command(self, *arguments: str) -> list[str]:
        return ["git", "--no-optional-locks", "-C", str(self._folder), *arguments]

    def _asked(self, *arguments: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - fixed commands that only read
                self._command(*arguments), capture_output=True, check=False, env=_environment()
            )
        except FileNotFoundError as error:
            raise GitError("there is no `git` on this machine; name two files or folders instead") from error
        if done.returncode:
            told = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
            raise GitError(told or f"git {arguments[0]} failed")
        return done.stdout.decode("utf-8", "surrogateescape")


def _environment() -> dict[str, str]:
    """What git runs with: nothing is fetched for a partial clone, nobody is asked, no lock is taken."""
    return {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def _write(stream: IO[bytes], path: Path) -> None:
    """Writes one answer of `cat-file --batch` to a file. Of a file too large to be read no more than shows that."""
    header = stream.readline().split()
    if len(header) != 3 or header[1] != b"blob":
        raise GitError(f"git has no content for {path.name}")
    left = int(header[2])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        room = LARGEST + 1
        while left:
            block = stream.read(min(left, _BLOCK))
            if not block:
                raise GitError(f"git has no content for {path.name}")
            left -= len(block)
            file.write(block[:room])
            room -= len(block[:room])
    stream.read(1)  # the line end after each answer


def revisions(written: str) -> Sequence[str]:
    """The two ends of `BASE..HEAD` (or `BASE...HEAD`), or the one that is compared with the work tree."""
    dots = "..." if "..." in written else ".."
    base, separator, head = written.partition(dots)
    return (base or "HEAD", head or "HEAD") if separator else (base,)

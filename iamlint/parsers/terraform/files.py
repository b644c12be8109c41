"""The files that a configuration may name: modules, templates, policies; none outside of the scanned root."""

from __future__ import annotations

import json
import os.path
import re
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Protocol

from iamlint.parsers.terraform.declarations import Declarations, Read, terraform_files, variable_files
from iamlint.source.document import Document
from iamlint.source.span import SourceText

MOST_FILES = 10_000  # below a folder that an expression lists
LARGEST = 2_000_000  # bytes; what policies are made from is smaller
MOST_KEPT = 1_000_000  # characters of files that are only kept for later; their trees take fifty times as much


def below(folder: str, path: str) -> str:
    """A path that an expression gives, as seen from a folder; an absolute one stays."""
    return path if path.startswith("/") else f"{folder or '.'}/{path}"


# What a file has in it that calls a local module, in either syntax.
_LOCAL_SOURCE = re.compile(r"""source"?\s*[=:]\s*"\.""")


class Shelf(Protocol):
    """Where read files are kept."""

    def glance(self, path: str) -> str:
        """The text of a file, which is not kept; empty when there is none."""
        ...

    def forget(self, path: str) -> None:
        """Lets go of a file: it would have to be read again."""
        ...


def normal(folder: str) -> str:
    """A folder in the one spelling that others are compared with."""
    return os.path.normpath(folder or ".")


class Files:
    """Reads files for the parser, each once.

    Nothing is read outside of `limit`, except for folders that lie outside and were given all the same: for those the
    limit is the repository around them, or themselves where there is none.
    """

    __slots__ = ("_declarations", "_downloaded", "_kept", "_limits", "_read", "_shelf", "_texts")

    def __init__(self, read: Read, limit: str, folders: Sequence[str] = (), shelf: Shelf | None = None) -> None:
        self._read = read
        self._shelf = shelf
        self._kept = 0
        self._limits = [os.path.realpath(limit or ".")]
        self._texts: dict[str, SourceText | None] = {}
        self._declarations: dict[str, Declarations | None] = {}
        self._downloaded: dict[str, dict[str, str]] = {}
        for folder in folders:
            if not self.is_inside(folder or "."):
                self._limits.append(_repository(os.path.realpath(folder)))

    def is_inside(self, path: str) -> bool:
        """Whether a path, links followed, lies in the scanned root."""
        try:
            real = os.path.realpath(path)
        except (OSError, ValueError):
            return False  # no path at all: a NUL in it, a loop of links
        return any(real == limit or real.startswith(limit.rstrip(os.sep) + os.sep) for limit in self._limits)

    def declarations(self, folder: str) -> Declarations | None:
        """What a folder declares; None when it has no Terraform files or lies outside."""
        folder = "" if folder == "." else folder
        if folder not in self._declarations:
            self._declarations[folder] = None
            if self.is_inside(folder or "."):
                documents = self._documents(terraform_files(folder))
                if documents:
                    variables = self._documents(variable_files(folder))
                    self._declarations[folder] = Declarations(folder, documents, variables)
        return self._declarations[folder]

    def may_call(self, folder: str) -> bool:
        """Whether a folder may call local modules: a look at the text spares parsing most files ahead of time."""
        if self._shelf is None or not self.is_inside(folder or "."):
            return True
        glance = self._shelf.glance
        return any(_LOCAL_SOURCE.search(glance(path)) for path in terraform_files("" if folder == "." else folder))

    def keep(self, folders: Container[str]) -> None:
        """Lets go of what was read of all other folders."""
        if self._shelf is None:
            return
        for folder in [folder for folder in self._declarations if normal(folder) not in folders]:
            self._forget(folder)

    def make_room(self, folder: str) -> None:
        """Lets go of a folder that was only looked at, when much is kept already: reading it again costs less."""
        folder = "" if folder == "." else folder
        if self._shelf is not None and self._kept > MOST_KEPT and folder in self._declarations:
            self._forget(folder)

    def _forget(self, folder: str) -> None:
        declared = self._declarations.pop(folder)
        for document in (*declared.documents, *declared.variable_documents) if declared is not None else ():
            self._kept -= len(document.source.text)
            if self._shelf is not None:
                self._shelf.forget(document.source.path)

    def _documents(self, paths: Sequence[str]) -> list[Document]:
        found: list[Document] = []
        for path in paths:
            document = self._read(path)
            if document is None:
                continue
            if document.body is None and document.root is not None:
                from iamlint.parsers.terraform.json_syntax import body_of

                document.body = body_of(document.root)
            self._kept += len(document.source.text)
            found.append(document)
        return found

    def text(self, path: str) -> SourceText | None:
        """The text of a file that an expression names; None when it is not there, not text, too large or outside."""
        path = os.path.normpath(path)
        if path not in self._texts:
            self._texts[path] = self._load(path)
        return self._texts[path]

    def _load(self, path: str) -> SourceText | None:
        file = Path(path)
        try:
            if not self.is_inside(path) or not file.is_file() or file.stat().st_size > LARGEST:
                return None
            return SourceText(path, file.read_bytes().decode("utf-8-sig"))
        except (OSError, ValueError):
            return None

    def content(self, path: str) -> bytes | None:
        """The bytes of a file that `text` has found; None when it has gone since."""
        file = Path(path)
        try:
            return file.read_bytes() if self.is_inside(path) and file.stat().st_size <= LARGEST else None
        except (OSError, ValueError):
            return None

    def listed(self, folder: str) -> list[str] | None:
        """The files in and below a folder, by their paths from there; None when it lies outside or has too many. No
        link to a folder is followed."""
        if not self.is_inside(folder):
            return None
        found: list[str] = []
        seen = 0
        for at, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if name != ".git"]
            start = "" if at == folder else os.path.relpath(at, folder).replace(os.sep, "/") + "/"
            found += [start + name for name in names]
            seen += len(names) + len(folders)
            if seen > MOST_FILES:
                return None
        return found

    def exists(self, path: str) -> bool | None:
        """Whether a file is there; None when it lies outside, where nothing is looked at."""
        return Path(path).is_file() if self.is_inside(path) else None

    def downloaded(self, root_folder: str, address: str) -> str | None:
        """The folder that `terraform init` has put the module of a call into, when it is there."""
        table = self._downloaded.get(root_folder)
        if table is None:
            table = self._downloaded[root_folder] = self._manifest(root_folder)
        key = ".".join(part.partition("[")[0] for part in address.split("module.") if part).replace("..", ".")
        folder = table.get(key)
        return os.path.normpath(f"{root_folder or '.'}/{folder}") if folder else None

    def _manifest(self, root_folder: str) -> dict[str, str]:
        source = self.text(f"{root_folder or '.'}/.terraform/modules/modules.json")
        if source is None:
            return {}
        try:
            listed = json.loads(source.text)
        except (ValueError, RecursionError):
            return {}
        entries = listed.get("Modules") if isinstance(listed, dict) else None
        if not isinstance(entries, list):
            return {}
        return {
            entry["Key"]: entry["Dir"]
            for entry in entries
            if isinstance(entry, dict) and isinstance(entry.get("Key"), str) and isinstance(entry.get("Dir"), str)
        }


def _repository(folder: str) -> str:
    """The repository that a folder lies in: the next folder upwards with a `.git`; the folder itself without one."""
    here = Path(folder)
    return str(next((at for at in (here, *here.parents) if (at / ".git").exists()), here))

"""Which parser takes which file: paths become stacks, and what surrounds a named file is read for context."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from iamlint.model.account import FileProblem
from iamlint.model.stack import Stack
from iamlint.source.document import Document, Problem
from iamlint.source.files import find
from iamlint.source.node import MappingNode, Node
from iamlint.source.path_glob import path_matches
from iamlint.source.read import read_file, read_text

# A file in which a user ignores something says so by this word; only such files are kept after they are parsed.
_IGNORE_MARK = "iamlint"
_TERRAFORM = (".tf", ".tofu", ".tf.json", ".tofu.json")
_VARIABLES = (".tfvars", ".tfvars.json")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is to be read: paths, texts that stand for files' content (an editor's buffer), Terraform variables."""

    paths: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    variable_files: tuple[str, ...] = ()


class Reading:
    """The reading of a run's inputs: which files were found, which are ours, which have ignores in them.

    `focus` are the paths that were asked for, in which findings count; `ours` those of them that hold infrastructure
    code or policies; `marked` the documents that mention us.
    """

    def __init__(
        self,
        inputs: Inputs,
        exclude: tuple[str, ...] = (),
        exclude_from: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.inputs = inputs
        self.texts = {_shown(path): text for path, text in inputs.texts.items()}
        self.ours: set[str] = set()
        self.marked: dict[str, Document] = {}
        self.problems: list[Problem] = []
        self.files = sorted(set(self._found(exclude, exclude_from or Path())))
        self.variable_documents = [d for d in map(self._variables, inputs.variable_files) if d is not None]
        self.focus = frozenset(
            (
                *self.files,
                *(document.source.path for document in self.variable_documents),
                *(problem.place.source.path for problem in self.problems),
            )
        )
        self._modules: dict[str, Document | None] = {}
        self._progress = progress
        self._done = 0

    def read(self, path: str) -> Document | None:
        """Reads a file, or the text that stands for it."""
        shown = _shown(path)
        text = self.texts.get(shown)
        document = read_text(shown, text) if text is not None else read_file(path, shown)
        if document is not None and _IGNORE_MARK in document.source.text:
            self.marked[shown] = document
        return document

    def read_once(self, path: str) -> Document | None:
        """Reads a file of a Terraform module: each once, as many modules may call it."""
        if path not in self._modules:
            self._modules[path] = self.read(path)
        return self._modules[path]

    def covers(self, folder: Path) -> bool:
        """Whether everything in a folder was asked for."""
        whole = folder.absolute()
        return any(path == whole or path in whole.parents for path in map(_absolute, self.inputs.paths))

    def advance(self) -> None:
        """Tells that one more file is done."""
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, len(self.files))

    def _variables(self, path: str) -> Document | None:
        """A file of Terraform variables that was given; what is wrong with it is reported like what is checked."""
        document = self.read(path)
        if document is None:
            return None
        if document.root is not None:
            from iamlint.parsers.terraform.json_syntax import body_of

            document.body = body_of(document.root)
        self.problems += document.problems
        return document

    def _found(self, exclude: tuple[str, ...], exclude_from: Path) -> Iterator[str]:
        on_disk = [path for path in self.inputs.paths if _shown(path) not in self.texts]
        yield from self.texts
        found = find(on_disk)
        self.problems += found.problems
        for file in found.paths:
            shown = _shown(file)
            if shown not in self.texts and not (exclude and _is_excluded(shown, exclude, exclude_from)):
                yield shown


def stacks(reading: Reading) -> Iterator[Stack]:
    """The stacks that the files belong to: one per template or policy, one per Terraform root module."""
    if reading.problems:
        yield Stack(root="", things=tuple(map(_file_problem, reading.problems)))
    folders: dict[str, None] = {}
    for path in reading.files:
        if path.endswith(_TERRAFORM) and path in reading.texts and not Path(path).exists():
            reading.ours.add(path)
            yield from _unsaved(path, reading)
            reading.advance()
            continue
        if path.endswith((*_TERRAFORM, *_VARIABLES)):
            folders[path.rpartition("/")[0]] = None
            if path.endswith(_TERRAFORM):
                reading.ours.add(path)
            reading.advance()
            continue
        stack = _single(path, reading)
        if stack is not None:
            reading.ours.add(path)
            yield stack
        reading.advance()
    if folders:
        yield from _terraform(folders, reading)


def _single(path: str, reading: Reading) -> Stack | None:
    """The stack of a file that stands for itself, when it is ours."""
    document = reading.read(path)
    if document is None:
        return None
    problems = tuple(map(_file_problem, document.problems))
    if document.root is None:
        # What cannot be read at all got as far as here because its words look like ours.
        return Stack(root=path, things=problems) if problems else None
    stack = _parsed(document, document.root)
    if stack is None or not problems:
        return stack
    return Stack(root=stack.root, things=(*stack.things, *problems), unresolved=stack.unresolved)


def _parsed(document: Document, root: Node) -> Stack | None:
    """What the parser of the document's format makes of it; a parser is imported only for what may be its own."""
    if isinstance(root, MappingNode) and root.get("Resources") is not None:
        from iamlint.parsers.cloudformation import template

        if template.is_template(root):
            return template.stack(document)
    from iamlint.parsers import raw_policy

    return raw_policy.stack(document) if raw_policy.is_policy(root) else None


def _terraform(folders: Iterable[str], reading: Reading) -> Iterator[Stack]:
    """The stacks of folders with Terraform files, those of one repository together: they may call each other."""
    from iamlint.parsers.terraform import module

    by_root: dict[str, list[str]] = {}
    for folder in folders:
        by_root.setdefault(_repository(folder), []).append(folder)
    for root, within in by_root.items():
        yield from module.stacks(within, reading.read_once, root, reading.inputs.variables, reading.variable_documents)


def _unsaved(path: str, reading: Reading) -> Iterator[Stack]:
    """The stack of a Terraform text that has no file yet: a module of its own, as no folder lists it."""
    from tempfile import TemporaryDirectory

    from iamlint.parsers.terraform import module

    with TemporaryDirectory(prefix="iamlint-") as folder:
        (Path(folder) / Path(path).name).touch()
        yield from module.stacks(
            [folder], lambda _: reading.read(path), folder, reading.inputs.variables, reading.variable_documents
        )


def _repository(folder: str) -> str:
    """The folder that a Terraform folder may read in: the repository around it, else what the run is given or in."""
    place = _absolute(folder)
    for above in (place, *place.parents):
        if (above / ".git").exists():
            return str(above)
    here = Path.cwd()
    return str(here if here == place or here in place.parents else place)


def _file_problem(problem: Problem) -> FileProblem:
    place = problem.place
    return FileProblem(
        place=place, kind=problem.kind, message=problem.message, remedy=problem.remedy, address=place.source.path
    )


def _shown(path: str) -> str:
    """A path as reports print it: relative to the current folder where it lies in it, with `/` between its parts."""
    if Path(path).is_absolute():
        try:
            relative = os.path.relpath(path)
        except ValueError:  # another drive
            relative = path
        path = path if relative.startswith("..") else relative
    return os.path.normpath(path).replace(os.sep, "/")


def _absolute(path: str) -> Path:
    return Path(os.path.normpath(Path(path).absolute()))


def _is_excluded(shown: str, exclude: tuple[str, ...], exclude_from: Path) -> bool:
    try:
        relative = os.path.relpath(shown, exclude_from).replace(os.sep, "/")
    except ValueError:  # another drive
        return False
    return any(path_matches(pattern, relative) for pattern in exclude)

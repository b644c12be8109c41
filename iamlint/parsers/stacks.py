"""Which parser takes which file: paths become stacks, and what surrounds a named file is read for context."""

from __future__ import annotations

import os.path
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from iamlint.model.account import FileProblem
from iamlint.model.policy import Policy
from iamlint.model.stack import Stack
from iamlint.source.document import Document, Problem
from iamlint.source.files import find
from iamlint.source.node import MappingNode, Node
from iamlint.source.path_glob import path_matches
from iamlint.source.read import SUFFIXES, read_file, read_text
from iamlint.source.span import EmbeddedText, SourceText

if TYPE_CHECKING:
    from iamlint.parsers.cloudformation.families import Families
    from iamlint.parsers.cloudformation.sections import Given

# A file in which a user ignores something says so by this word; only such files are kept after they are parsed.
_IGNORE_MARK = "iamlint"
_TERRAFORM = (".tf", ".tofu", ".tf.json", ".tofu.json")
_VARIABLES = (".tfvars", ".tfvars.json")
_AROUND = 4_000  # characters before and after what makes a file unreadable
_DOWNLOADED = ".terraform"  # where `terraform init` puts modules


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is to be read: paths, texts that stand for files' content (an editor's buffer), Terraform variables, and
    files of CloudFormation parameters, of which a later one wins."""

    paths: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    variable_files: tuple[str, ...] = ()
    parameter_files: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)  # Terraform variables that all others win over


class Reading:
    """The reading of a run's inputs: which files were found, which are ours, which have ignores in them.

    `focus` are the paths that were asked for, in which findings count; `ours` those of them that hold infrastructure
    code or policies; `marked` the documents that mention us. `planned` has for a plan the folder it was made from,
    where that is at hand; `withheld` the offsets of a plan's sensitive strings, and of credentials where
    a file cannot be read (`unread` has their texts), which no report shows; `attached` are the files whose statements
    a Terraform configuration attaches to something.
    """

    def __init__(
        self,
        inputs: Inputs,
        exclude: tuple[str, ...] = (),
        exclude_from: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.inputs = inputs
        self._exclude, self._exclude_from = exclude, exclude_from or Path()
        self.texts = {_shown(path): text for path, text in inputs.texts.items()}
        self.ours: set[str] = set()
        self.marked: dict[str, Document] = {}
        self.problems: list[Problem] = []
        self.planned: dict[str, str] = {}
        self.attached: set[str] = set()
        self.withheld: dict[str, tuple[tuple[int, int], ...]] = {}
        self.unread: dict[str, tuple[str, ...]] = {}
        self.files = sorted(set(self._found(exclude, exclude_from or Path())))
        self.variable_documents = [d for d in map(self._variables, inputs.variable_files) if d is not None]
        self.parameters = _parameters(inputs.parameter_files)
        self.focus = frozenset(
            (
                *self.files,
                *map(_shown, inputs.parameter_files),
                *(document.source.path for document in self.variable_documents),
                *(problem.place.source.path for problem in self.problems),
            )
        )
        self.families: Families | None = None
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

    def glance(self, path: str) -> str:
        """The text of a file, or the one that stands for it, without keeping it."""
        text = self.texts.get(_shown(path))
        if text is not None:
            return text
        try:
            return Path(path).read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    def forget(self, path: str) -> None:
        """Lets go of a file of a Terraform module."""
        self._modules.pop(path, None)

    def covers(self, folder: Path) -> bool:
        """Whether everything in a folder was asked for."""
        whole = folder.absolute()
        return any(path == whole or path in whole.parents for path in map(_absolute, self.inputs.paths))

    def counts(self, path: str, is_called: bool) -> bool:
        """Whether what is found at that path is to be told: in what was asked for, and in what only takes part in it.

        A template or a script, which nobody can ask for by itself, belongs to the code that reads it; `is_called` says
        that this is a module that other code calls, which may lie outside of what was asked for.
        """
        if path in self.focus:
            return True
        if path.lower().endswith(SUFFIXES) or not path or _is_excluded(path, self._exclude, self._exclude_from):
            return False
        if not is_called:
            return True
        if _DOWNLOADED in path.split("/"):
            return False
        place = _absolute(path)
        return any(
            around == place.parent or around in place.parents
            for around in (at if at.is_dir() else at.parent for at in map(_absolute, self.inputs.paths))
        )

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
    singles: list[str] = []
    folders: dict[str, None] = {}
    for path in reading.files:
        if path.endswith((*_TERRAFORM, *_VARIABLES)) and not _is_unsaved(path, reading):
            folders[path.rpartition("/")[0]] = None
            if path.endswith(_TERRAFORM):
                reading.ours.add(path)
            reading.advance()
        else:
            singles.append(path)
    # Terraform comes first: a policy file that it reads is judged by what it is attached to there, and not again.
    if folders:
        yield from _terraform(folders, reading)
        yield from _variables_apart(reading)
    for path in singles:
        for stack in _unsaved(path, reading) if _is_unsaved(path, reading) else _single(path, reading):
            reading.ours.add(path)
            yield stack
        reading.advance()


def _parameters(paths: Iterable[str]) -> dict[str, Given]:
    """The values of CloudFormation parameters that files give. Raises ParameterFileError."""
    values: dict[str, Given] = {}
    for path in paths:
        from iamlint.parsers.cloudformation.parameter_files import read_parameters

        values.update(read_parameters(path, _shown(path)))
    return values


def _single(path: str, reading: Reading) -> Iterator[Stack]:
    """The stacks of a file that stands for itself, when it is ours."""
    if reading.families is not None and path in reading.families.done:
        reading.ours.add(path)  # a nested template, read with its parent
        return
    document = reading.read(path)
    if document is None:
        return
    if document.root is not None:
        yield from _parsed(document, document.root, reading)
    elif document.problems:
        # What cannot be read at all got as far as here because its words look like ours.
        _withhold(document, reading)
        yield Stack(root=path, things=tuple(map(_file_problem, document.problems)))


def _withhold(document: Document, reading: Reading) -> None:
    """Notes the credentials around what is wrong with a file: they are no findings, but a report shows that line."""
    from iamlint.parsers import scripts

    source, at = document.source, document.problems[0].place.start
    first = max(0, at - _AROUND)
    around = source.text[first : at + _AROUND]
    found = sorted((first + secret.start, first + secret.end) for secret in scripts.find(around))
    if found:
        reading.withheld[source.path] = tuple(found)
        reading.unread[source.path] = tuple(source.text[start:end] for start, end in found)


def _parsed(document: Document, root: Node, reading: Reading) -> Iterator[Stack]:
    """What the parser of the document's format makes of it; a parser is imported only for what may be its own."""
    if isinstance(root, MappingNode) and root.get("Resources") is not None:
        from iamlint.parsers.cloudformation import template

        if template.is_template(root):
            yield from _templates(document, reading)
            return
    if isinstance(root, MappingNode) and root.get("format_version") is not None:
        from iamlint.parsers.terraform import plan

        if plan.is_plan(root):
            yield _with_problems(_plan(document, root, reading), document)
            return
    from iamlint.parsers import raw_policy

    if raw_policy.is_policy(root):
        stack = _with_problems(raw_policy.stack(document), document)
        if document.source.path in reading.attached:
            stack = stack.model_copy(update={"things": tuple(t for t in stack.things if not isinstance(t, Policy))})
        yield stack
    elif "AWS::" in document.source.text and "Resources" in document.source.text:
        from iamlint.parsers.cloudformation import embedded

        yield from embedded.stacks_in(document)


def _with_problems(stack: Stack, document: Document) -> Stack:
    if not document.problems:
        return stack
    problems = tuple(map(_file_problem, document.problems))
    return stack.model_copy(update={"things": (*stack.things, *problems)})


def _templates(document: Document, reading: Reading) -> Iterator[Stack]:
    """The stack of a template; with the first one, those of all that have nested templates, and of these."""
    families = reading.families
    if families is None:
        from iamlint.parsers.cloudformation.families import Families

        def is_inside(parent: str, child: str) -> bool:
            return child in reading.focus or _is_near(parent, child)

        families = Families(reading.read, is_inside, reading.texts, reading.parameters)
        reading.families = families
        rest = reading.files[bisect_right(reading.files, document.source.path) :]
        for one, stack in families.parents(document, rest):
            yield _with_problems(stack, one)
    for one, stack in families.stacks(document):
        yield _with_problems(stack, one)


def _is_near(parent: str, child: str) -> bool:
    """Whether a file that a template names lies in the repository, or else the folder, of the run or the template."""
    limit = os.path.realpath(_repository(parent.rpartition("/")[0]))
    real = os.path.realpath(child)
    return real.startswith(limit.rstrip(os.sep) + os.sep)


def _plan(document: Document, root: MappingNode, reading: Reading) -> Stack:
    """The stack of a Terraform plan or state, with the Terraform files around it as its source."""
    from iamlint.parsers.terraform import plan
    from iamlint.parsers.terraform.files import Files

    path = document.source.path
    beside = path.rpartition("/")[0]
    folders = sorted({file.rpartition("/")[0] for file in reading.files if file.endswith(_TERRAFORM)})
    files = Files(reading.read_once, _repository(beside), folders)
    planned = plan.read(document, root, files, beside, folders)
    if planned.folder is not None:
        reading.planned[path] = planned.folder
    if planned.withheld:
        reading.withheld[path] = planned.withheld
    return planned.stack


def _terraform(folders: Iterable[str], reading: Reading) -> Iterator[Stack]:
    """The stacks of folders with Terraform files, those of one repository together: they may call each other."""
    from iamlint.parsers.terraform import module

    by_root: dict[str, list[str]] = {}
    for folder in folders:
        by_root.setdefault(_repository(folder, reading.inputs.paths), []).append(folder)
    for root, within in by_root.items():
        given = reading.inputs
        for stack in module.stacks(
            within, reading.read_once, root, given.variables, reading.variable_documents, given.environment, reading
        ):
            reading.attached.update(_outermost(s.place.source).path for p in stack.policies for s in p.statements)
            yield stack


def _outermost(source: SourceText) -> SourceText:
    while isinstance(source, EmbeddedText):
        source = source.outer
    return source


def _is_unsaved(path: str, reading: Reading) -> bool:
    return path.endswith(_TERRAFORM) and path in reading.texts and not Path(path).exists()


def _variables_apart(reading: Reading) -> Iterator[Stack]:
    """The stacks of files of variables that Terraform reads only when they are named: what is written in them is
    looked through, as one of them is named some day."""
    from iamlint.parsers.terraform import module

    code = {path.rpartition("/")[0] for path in reading.files if path.endswith(_TERRAFORM)}
    given = {document.source.path for document in reading.variable_documents}
    for path in reading.files:
        if not path.endswith(_VARIABLES) or path in given:
            continue
        folder = path.rpartition("/")[0]
        if folder in code and path in module.variable_files(folder):
            continue
        document = reading.read(path)
        if document is not None:
            reading.ours.add(path)
            yield module.of_variables(document)


def _unsaved(path: str, reading: Reading) -> Iterator[Stack]:
    """The stack of a Terraform text that has no file yet: a module of its own, as no folder lists it."""
    from tempfile import TemporaryDirectory

    from iamlint.parsers.terraform import module

    with TemporaryDirectory(prefix="iamlint-") as folder:
        (Path(folder) / Path(path).name).touch()
        yield from module.stacks(
            [folder], lambda _: reading.read(path), folder, reading.inputs.variables, reading.variable_documents
        )


def _repository(folder: str, given: Iterable[str] = ()) -> str:
    """The folder that a Terraform folder may read in: the repository around it, else what the run is given or in."""
    place = _absolute(folder)
    for above in (place, *place.parents):
        if (above / ".git").exists():
            return str(above)
    for around in (Path.cwd(), *map(_absolute, given)):
        if around == place or around in place.parents:
            return str(around)
    return str(place)


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

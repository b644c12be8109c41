"""Which templates of a run are nested in which: parents are read first, each with its children."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from iamlint.model.stack import Stack
from iamlint.parsers.cloudformation import nested, template
from iamlint.parsers.cloudformation.nested import Family
from iamlint.parsers.cloudformation.sections import Given
from iamlint.source.document import Document
from iamlint.source.read import LARGEST

# A template that may name another has one of these words in it.
_MARKS = (b"TemplateURL", b"AWS::Serverless::Application")
_SUFFIXES = (".json", ".yaml", ".yml", ".template")
Read = Callable[[str], Document | None]


class Families:
    """Makes the stacks of templates. `is_inside` says of a parent's and a child's path whether the child may be read.

    `done` are the templates whose stacks were made along with another's.
    """

    def __init__(
        self,
        read: Read,
        is_inside: Callable[[str, str], bool],
        texts: Mapping[str, str],
        given: Mapping[str, Given] | None,
    ) -> None:
        self._read = read
        self._is_inside = is_inside
        self._texts = texts
        self._given = given
        self._documents: dict[str, Document | None] = {}
        self.done: set[str] = set()

    def parents(self, first: Document, rest: Sequence[str]) -> Iterator[tuple[Document, Stack]]:
        """The stacks of those templates that have nested ones, and of these; each with its document.

        `first` is the first template of the run, `rest` are the paths of the files that come after it.
        """
        self._documents = {first.source.path: first}
        candidates = [path for path in (first.source.path, *rest) if self._may_name_others(path)]
        named: dict[str, set[str]] = {}
        for path in candidates:
            document = nested.template_at(self._document(path))
            if document is not None and document.root is not None:
                named[path] = {nested.joined(path, name) for name in nested.named_paths(document.root)}
        children = set().union(*named.values())
        for path, names in named.items():
            document = self._documents[path]
            if names and path not in children and document is not None:
                yield from self._family(document)
        self._documents = {}

    def stacks(self, document: Document) -> Iterator[tuple[Document, Stack]]:
        """The stacks of a template that was not read as another's child."""
        if document.source.path in self.done:
            return
        if document.root is not None and next(nested.named_paths(document.root), None) is not None:
            yield from self._family(document)  # in a circle, or named by what does not deploy it
        else:
            yield document, template.stack(document, self._given)

    def _family(self, document: Document) -> Iterator[tuple[Document, Stack]]:
        family = Family(self._found)
        yield from nested.stacks(document, self._given, family)
        self.done.add(document.source.path)
        self.done |= family.opened

    def _found(self, parent: str, name: str) -> Document | None:
        path = nested.joined(parent, name)
        if path not in self._documents and path not in self._texts:
            try:
                is_there = self._is_inside(parent, path) and Path(path).is_file()
            except (OSError, ValueError):
                is_there = False
            if not is_there:
                self._documents[path] = None
        return nested.template_at(self._document(path))

    def _document(self, path: str) -> Document | None:
        if path not in self._documents:
            self._documents[path] = self._read(path)
        return self._documents[path]

    def _may_name_others(self, path: str) -> bool:
        if not path.lower().endswith(_SUFFIXES):
            return False
        document, text = self._documents.get(path), self._texts.get(path)
        if document is not None:
            text = document.source.text
        if text is not None:
            return any(mark.decode() in text for mark in _MARKS)
        try:
            with Path(path).open("rb") as file:
                data = file.read(LARGEST)
        except OSError:
            return False
        return any(mark in data for mark in _MARKS)

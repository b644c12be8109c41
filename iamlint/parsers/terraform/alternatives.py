"""Files of one folder that declare the same things: which of them are judged together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from iamlint.parsers.terraform.declarations import Declarations, overrides
from iamlint.source.document import Document

MOST_FILES_READ = 5_000  # over all alternatives; beyond it each file that clashes is judged without the others
MOST_TURNS = 50  # declarations of one address in one file

_NAMED = frozenset({"resource", "data", "ephemeral", "variable", "module", "output"})


def alternatives(declared: Declarations) -> list[Declarations]:
    """The modules that a folder holds: one, unless its files declare an address twice.

    Terraform refuses such a folder. It is a copy kept beside the original, or a collection of examples: each of the
    files that clash is judged with all those that it does not clash with, and each of the declarations in one file
    that clash in its turn, so that nothing stays unseen and nothing is linked to what it was not written for.
    """
    if not declared.clashes:
        return [declared]
    overriding = [document for document in declared.documents if overrides(document.source.path)]
    ordinary = [document for document in declared.documents if not overrides(document.source.path)]
    files = [_File(document, _names(document)) for document in ordinary]
    found: list[Declarations] = []
    for chosen in _together(files):
        kept = {id(document) for document in (*overriding, *(file.document for file in chosen))}
        # In the order of the folder, as what is told comes in the order of the files.
        documents = [document for document in declared.documents if id(document) in kept]
        turns = max((most for file in chosen for most in file.names.values()), default=1)
        found += (
            Declarations(declared.folder, documents, declared.variable_documents, turn)
            for turn in range(min(turns, MOST_TURNS))
        )
    return found


class _File(NamedTuple):
    document: Document
    names: Counter[Hashable]


def _together(files: Sequence[_File]) -> Iterator[list[_File]]:
    """Files that may stand in one folder: each that clashes with another one is in a group of its own."""
    times = Counter(name for file in files for name in file.names)
    clashing = [file for file in files if any(times[name] > 1 for name in file.names)]
    alone = [file for file in files if all(times[name] == 1 for name in file.names)]
    if not clashing:
        yield [*files]
    elif len(clashing) * len(files) > MOST_FILES_READ:
        yield alone
        yield from ([file] for file in clashing)
    else:
        for first in clashing:
            chosen = [first]
            taken = set(first.names)
            for other in files:
                if other is not first and taken.isdisjoint(other.names):
                    chosen.append(other)
                    taken.update(other.names)
            yield chosen


def _names(document: Document) -> Counter[Hashable]:
    """What a file declares that a folder may declare but once, and how often it does."""
    names: Counter[Hashable] = Counter()
    for block in document.body.blocks if document.body is not None else ():
        if block.kind == "locals":
            names.update(("local", name) for name in block.body.attributes)
        elif block.kind in _NAMED and block.labels:
            names[(block.kind, *block.labels)] += 1
    return names

"""What reading a file yields: a tree, the comments, and the problems met on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from iamlint.source.node import Node
from iamlint.source.span import Place, SourceText

if TYPE_CHECKING:
    from iamlint.source.hcl_syntax import Body

Syntax = Literal["json", "yaml", "hcl"]
ProblemKind = Literal["unreadable", "duplicate-key", "template", "mended"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a reader could not take as written.

    `unreadable`: not parsed (a whole file, or the block at `place`). `duplicate-key`: a mapping has a key twice.
    `template`: a file of another templating language (cookiecutter, Jinja), read as nothing. `mended`: what AWS
    refuses (a comma too many, a comment) and the reader read over.
    """

    kind: ProblemKind
    place: Place
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its place (marker included), its text without marker, and whether it has its line for itself."""

    place: Place
    text: str
    own_line: bool


@dataclass(slots=True)
class Document:
    """A file that was read. `root` is None when nothing could be read; `body` is the tree of an HCL file."""

    source: SourceText
    syntax: Syntax
    root: Node | None = None
    body: Body | None = None
    comments: list[Comment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

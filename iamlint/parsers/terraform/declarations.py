"""What the files of one folder declare: its variables, locals, resources, data, module calls, outputs and providers."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from iamlint.source.document import Document
from iamlint.source.hcl_syntax import Attribute, Block, Body

_K = TypeVar("_K")

ENDINGS = (".tf", ".tofu", ".tf.json", ".tofu.json")
VARIABLE_ENDINGS = (".auto.tfvars", ".auto.tfvars.json")
VARIABLE_FILES = ("terraform.tfvars", "terraform.tfvars.json")

Read = Callable[[str], Document | None]


def terraform_files(folder: str) -> list[str]:
    """The paths of a folder's Terraform files, by name; `.tofu` takes the place of the `.tf` beside it."""
    names = _names(folder)
    tofu = {name.removesuffix(".tofu") + ".tf" for name in names if name.endswith(".tofu")}
    tofu |= {name.removesuffix(".tofu.json") + ".tf.json" for name in names if name.endswith(".tofu.json")}
    chosen = [name for name in names if name.endswith(ENDINGS) and name not in tofu and not name.startswith((".", "#"))]
    return [_joined(folder, name) for name in chosen]


def variable_files(folder: str) -> list[str]:
    """The paths of the variable files that Terraform reads by itself, later ones winning."""
    names = _names(folder)
    chosen = [name for name in VARIABLE_FILES if name in names]
    chosen += [name for name in names if name.endswith(VARIABLE_ENDINGS)]
    return [_joined(folder, name) for name in chosen]


def _names(folder: str) -> list[str]:
    try:
        with os.scandir(folder or ".") as entries:
            return sorted(entry.name for entry in entries if ".t" in entry.name and entry.is_file())
    except OSError:
        return []


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder not in ("", ".") else name


class Declarations:
    """The declarations of a folder, by kind and name. Override files take the place of what they override.

    Of what is declared several times, which Terraform refuses, the first is taken; with a `turn`, so many later ones
    take its place. `clashes` says whether anything was.
    """

    __slots__ = (
        "_times", "clashes", "data", "documents", "folder", "locals", "modules", "outputs", "providers", "resources",
        "settings", "turn", "variable_documents", "variables",
    )  # fmt: skip

    def __init__(
        self, folder: str, documents: Sequence[Document], variable_documents: Sequence[Document], turn: int = 0
    ) -> None:
        self.folder = folder
        self.documents = documents
        self.variable_documents = variable_documents
        self.turn = turn
        self.clashes = False
        self._times: dict[tuple[str, Hashable], int] = {}
        self.variables: dict[str, Block] = {}
        self.locals: dict[str, Attribute] = {}
        self.resources: dict[tuple[str, str], Block] = {}
        self.data: dict[tuple[str, str], Block] = {}
        self.modules: dict[str, Block] = {}
        self.outputs: dict[str, Block] = {}
        self.providers: list[Block] = []
        self.settings: list[Block] = []
        # What overrides comes after everything else, whatever its name.
        for document in sorted(documents, key=lambda document: overrides(document.source.path)):
            if document.body is not None:
                self._declare(document.body.blocks, overrides(document.source.path))

    def data_blocks(self, kind: str) -> Iterator[Block]:
        """The data sources of one type."""
        return (block for (declared, _), block in self.data.items() if declared == kind)

    def _declare(self, blocks: Iterable[Block], overriding: bool) -> None:
        for block in blocks:
            kind, labels = block.kind, block.labels
            if kind == "resource" and len(labels) == 2:
                self._put(self.resources, (labels[0], labels[1]), block, overriding)
            elif kind in ("data", "ephemeral") and len(labels) == 2:
                self._put(self.data, (labels[0], labels[1]), block, overriding)
            elif kind == "locals":
                for name, attribute in block.body.attributes.items():
                    if overriding or name not in self.locals or self._is_its_turn("locals", name):
                        self.locals[name] = attribute
            elif kind == "provider" and labels:
                self.providers.append(block)
            elif kind == "terraform":
                self.settings.append(block)
            elif labels:
                table = {"variable": self.variables, "module": self.modules, "output": self.outputs}.get(kind)
                if table is not None:
                    self._put(table, labels[0], block, overriding)

    def _put(self, table: dict[_K, Block], key: _K, block: Block, overriding: bool) -> None:
        earlier = table.get(key)
        if earlier is None:
            table[key] = block
        elif overriding:
            table[key] = _merged(earlier, block)
        elif self._is_its_turn(block.kind, key):
            table[key] = block

    def _is_its_turn(self, kind: str, key: Hashable) -> bool:
        """Whether a further declaration of what there is already takes the place of the one before."""
        self.clashes = True
        times = self._times[(kind, key)] = self._times.get((kind, key), 0) + 1
        return times <= self.turn


def overrides(path: str) -> bool:
    """Whether a file is one that overrides the others, by its name."""
    name = path.rpartition("/")[2]
    ending = next((ending for ending in sorted(ENDINGS, key=len, reverse=True) if name.endswith(ending)), "")
    stem = name.removesuffix(ending)
    return stem == "override" or stem.endswith("_override")


def _merged(original: Block, override: Block) -> Block:
    """A block with an override laid over it: its attributes win, its blocks (plain or dynamic) take the place of those
    of their type. Only `lifecycle` is merged argument by argument.

    https://developer.hashicorp.com/terraform/language/files/override
    """

    def make() -> tuple[dict[str, Attribute], list[Block]]:
        kinds = {_type(block) for block in override.body.blocks}
        whole = kinds - {"lifecycle"}
        kept = [block for block in original.body.blocks if _type(block) not in whole]
        added = [block for block in override.body.blocks if block.kind != "lifecycle"]
        for block in override.body.blocks_of("lifecycle"):
            earlier = next((index for index, other in enumerate(kept) if other.kind == "lifecycle"), None)
            if earlier is None:
                added.append(block)
            else:
                kept[earlier] = _merged(kept[earlier], block)
        # In the JSON syntax a nested block is an attribute too.
        attributes = {name: value for name, value in original.body.attributes.items() if name not in whole}
        return {**attributes, **override.body.attributes}, [*kept, *added]

    body = Body(original.body.source, original.body.start, original.body.end, make)
    return Block(
        original.source, original.start, original.end, original.kind, original.labels, body, original.whole_end
    )


def _type(block: Block) -> str:
    """The type of a nested block, be it plain or dynamic."""
    return block.labels[0] if block.kind == "dynamic" and block.labels else block.kind

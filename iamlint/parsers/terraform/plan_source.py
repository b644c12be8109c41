"""The Terraform files that a plan or state was made from, found by what they declare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iamlint.parsers.terraform.declarations import Declarations
from iamlint.parsers.terraform.files import Files
from iamlint.parsers.terraform.module_calls import local_folder
from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Block

Names = tuple[frozenset[tuple[str, str, str]], frozenset[str]]
"""What a root module has: (mode, type, name) of its resources, and the names of its module calls."""


class PlanSource:
    """The declarations of one module of a plan; none when its files are not at hand."""

    __slots__ = ("_address", "_declared", "_files", "_root")

    def __init__(self, files: Files | None, declared: Declarations | None, root: str, address: str = "") -> None:
        self._files = files
        self._declared = declared
        self._root = root
        self._address = address

    def resource(self, mode: str, kind: str, name: str) -> Block | None:
        """The block that declares a resource or data source."""
        if self._declared is None:
            return None
        table = self._declared.data if mode == "data" else self._declared.resources
        return table.get((kind, name))

    def call(self, name: str) -> Block | None:
        """The block that calls a module."""
        return self._declared.modules.get(name) if self._declared is not None else None

    def called(self, name: str) -> PlanSource:
        """The declarations of a called module."""
        block = self.call(name)
        if block is None or self._files is None or self._declared is None:
            return PlanSource(None, None, "")
        address = f"{self._address}.module.{name}".lstrip(".")
        written = block.body.attributes.get("source")
        value = written.value if written is not None else None
        source = (value.literal or "") if isinstance(value, syntax.Template) else ""
        folder = local_folder(self._declared.folder, source) or self._files.downloaded(self._root, address)
        return PlanSource(
            self._files, self._files.declarations(folder) if folder is not None else None, self._root, address
        )


def source_of(names: Names, files: Files, beside: str, folders: Sequence[str]) -> tuple[str, PlanSource] | None:
    """The folder that declares all that a plan has, and its declarations: the one beside the plan, else the only one
    of `folders`."""
    resources, calls = names
    if not resources and not calls:
        return None
    if _declares(files.declarations(beside), resources, calls):
        return beside, PlanSource(files, files.declarations(beside), beside)
    found = [folder for folder in folders if _declares(files.declarations(folder), resources, calls)]
    return (found[0], PlanSource(files, files.declarations(found[0]), found[0])) if len(found) == 1 else None


def _declares(declared: Declarations | None, resources: Iterable[tuple[str, str, str]], calls: Iterable[str]) -> bool:
    if declared is None:
        return False
    return all(name in declared.modules for name in calls) and all(
        (kind, name) in (declared.data if mode == "data" else declared.resources) for mode, kind, name in resources
    )

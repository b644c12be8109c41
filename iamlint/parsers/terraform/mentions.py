"""What names a resource of IAM in its module: looked up in the text of the blocks, when a rule asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from iamlint.parsers.naming import named_in
from iamlint.parsers.terraform.declarations import Declarations
from iamlint.parsers.terraform.instances import Module
from iamlint.parsers.terraform.planned_modules import items, string, within
from iamlint.source.node import MappingNode, Node

# A label and what it has in it: the type of a resource, `data.` and that of a data source, else the kind of the block.
Part = tuple[str, str, str]
Table = dict[str, frozenset[str]]

_KEY = re.compile(r'\["(?:[^"\\]|\\.)*"\]|\[\d+\]')
_NAMED = re.compile(r"(?<![\w-])(data\.)?(aws_iam_(?:user|group|role|policy|instance_profile)\.[\w-]+)")
# They say what becomes of a declaration, and use nothing.
_ASIDE = frozenset({"moved", "removed", "import", "variable"})


class Mentions:
    """What names the resources of a root module, and of the modules that it calls."""

    def __init__(self, root: Module) -> None:
        self._root = root
        self._tables: dict[int, Table] = {}

    def __call__(self, address: str) -> frozenset[str] | None:
        """The labels of what names the resource at an address, itself left out; None when its module is not found."""
        calls, local = _split(address)
        module = self._root
        for name in calls:
            instances = module.called(name).instances
            if not instances:
                return None
            module = instances[0][1]
        table = self._tables.get(id(module.declared))
        if table is None:
            table = self._tables[id(module.declared)] = _table(_parts(module.declared))
        return table.get(local, frozenset())


class PlannedMentions:
    """What names the resources of a plan, from the references that its configuration lists."""

    def __init__(self, configured: MappingNode) -> None:
        self._configured = configured
        self._tables: dict[tuple[str, ...], Table] = {}

    def __call__(self, address: str) -> frozenset[str] | None:
        """The labels of what names the resource at an address, itself left out; None when its module is not found."""
        calls, local = _split(address)
        node: Node | None = self._configured
        for name in calls:
            node = within(node, "module_calls", name, "module")
        if not isinstance(node, MappingNode):
            return None
        table = self._tables.get(calls)
        if table is None:
            table = self._tables[calls] = _table(_planned_parts(node))
        return table.get(local, frozenset())


def _split(address: str) -> tuple[tuple[str, ...], str]:
    """The names of the module calls that lead to an address, and the address in the last of them, all without keys."""
    steps = _KEY.sub("", address).split(".")
    return tuple(steps[1:-2:2]), ".".join(steps[-2:])


def _table(parts: Iterable[Part]) -> Table:
    found: dict[str, set[str]] = {}
    for own, label, text in parts:
        if "aws_iam_" in text:
            for data, named in _NAMED.findall(text):
                if not data and named != own:
                    found.setdefault(named, set()).add(label)
    return {named: frozenset(labels) for named, labels in found.items()}


def _parts(declared: Declarations) -> Iterator[Part]:
    for document in declared.documents:
        for block in document.body.blocks if document.body is not None else ():
            if block.kind in _ASIDE:
                continue
            own, label = "", block.kind
            if block.kind == "resource" and len(block.labels) == 2:
                own, label = ".".join(block.labels), block.labels[0]
            elif block.kind == "data" and block.labels:
                label = f"data.{block.labels[0]}"
            yield own, label, named_in(label, block.source.text[block.start : block.whole_end])


def _planned_parts(module: MappingNode) -> Iterator[Part]:
    for node in items(module, "resources"):
        kind = string(node, "type")
        if string(node, "mode") == "data":
            yield "", f"data.{kind}", _written(node)
        else:
            yield f"{kind}.{string(node, 'name')}", kind, named_in(kind, _written(node))
    yield "", "output", _written(module.get("outputs"))
    calls = module.get("module_calls")
    for _, call in calls.entries if isinstance(calls, MappingNode) else ():
        yield "", "module", _written(within(call, "expressions"))
        yield "", "module", _written(within(call, "for_each_expression"))


def _written(node: Node | None) -> str:
    return node.source.text[node.start : node.end] if node is not None else ""

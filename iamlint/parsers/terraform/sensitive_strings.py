"""Where a plan has sensitive strings, in whichever of its sections."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parsers.terraform.planned_values import Marks, is_true
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode

# What marks values as sensitive, and what it marks in the same mapping: of resources, changes, outputs and variables.
_MARKINGS = {
    "sensitive_values": ("values",),
    "before_sensitive": ("before",),
    "after_sensitive": ("after",),
    "sensitive": ("value", "default"),
}


def sensitive_strings(root: MappingNode) -> Iterator[tuple[int, int]]:
    """The offsets of the sensitive strings, quotes included."""
    pending: list[Node] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, SequenceNode):
            pending += node.items
        elif isinstance(node, MappingNode):
            for key, item in node.entries:
                if not isinstance(item, ScalarNode):
                    pending.append(item)
                for name in _MARKINGS.get(str(key.value), ()):
                    value = node.get(name)
                    if value is not None:
                        yield from _marked(value, item)
    yield from _variables(root)


def _variables(root: MappingNode) -> Iterator[tuple[int, int]]:
    """The values of variables, which the configuration marks."""
    given, declared = root.get("variables"), root
    for section in ("configuration", "root_module", "variables"):
        inner = declared.get(section)
        if not isinstance(inner, MappingNode):
            return
        declared = inner
    for key, node in given.entries if isinstance(given, MappingNode) else ():
        variable = declared.get(str(key.value))
        if isinstance(variable, MappingNode) and is_true(variable.get("sensitive")):
            yield from _marked(node, ScalarNode(node.source, node.start, node.end, True))


def _marked(value: Node, marks: Node) -> Iterator[tuple[int, int]]:
    pending: list[tuple[Node, Node | None]] = [(value, marks)]
    while pending:
        node, mark = pending.pop()
        if isinstance(node, ScalarNode):
            if is_true(mark) and isinstance(node.value, str):
                yield node.start, node.end
        elif mark is not None:
            at = Marks(sensitive=mark).at
            if isinstance(node, SequenceNode):
                pending += [(item, at(index).sensitive) for index, item in enumerate(node.items)]
            else:
                pending += [(item, at(str(key.value)).sensitive) for key, item in node.entries]

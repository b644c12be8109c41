"""The `Globals` of a SAM template: properties that every function, API or state machine has too."""

from __future__ import annotations

from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode

_REPLACED = frozenset({"Architectures"})  # the lists that the resource's own replaces


def with_globals(it: Declaring) -> None:
    """Gives the resource the global properties of its type: maps are merged, lists joined with the global items
    first, of anything else the resource's own counts (SAM specification, "Globals section")."""
    section = globals_of(it)
    if section is None:
        return
    ignored = it.node.get("IgnoreGlobals")
    if isinstance(ignored, ScalarNode) and ignored.value == "*":
        return
    listed = ignored.items if isinstance(ignored, SequenceNode) else []
    names = {str(item.value) for item in listed if isinstance(item, ScalarNode)}
    kept = [entry for entry in section.entries if entry[0].value not in names]
    section = MappingNode(section.source, section.start, section.end, kept)
    it.properties = _merged(section, it.properties) if it.properties is not None else section


def globals_of(it: Declaring) -> MappingNode | None:
    """The global properties of a resource's type."""
    everything = it.evaluator.sections.root.get("Globals")
    section = everything.get(it.kind.rpartition("::")[2]) if isinstance(everything, MappingNode) else None
    return section if isinstance(section, MappingNode) else None


def _merged(shared: MappingNode, own: MappingNode) -> MappingNode:
    entries = {key.value: (key, value) for key, value in shared.entries}
    for key, value in own.entries:
        other = entries.get(key.value)
        if other is not None:
            value = _joined(other[1], value, str(key.value))
        entries[key.value] = (key, value)
    return MappingNode(own.source, own.start, own.end, list(entries.values()))


def _joined(shared: Node, own: Node, name: str) -> Node:
    if isinstance(shared, MappingNode) and isinstance(own, MappingNode):
        return own if _is_function(shared) or _is_function(own) else _merged(shared, own)
    if isinstance(shared, SequenceNode) and isinstance(own, SequenceNode) and name not in _REPLACED:
        return SequenceNode(own.source, own.start, own.end, [*shared.items, *own.items])
    return own


def _is_function(node: MappingNode) -> bool:
    name = str(node.entries[0][0].value) if len(node.entries) == 1 else ""
    return name in ("Ref", "Condition") or name.startswith("Fn::")

"""Where in the nodes of a template credentials may stand: paths of properties, references, environment variables."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.text import Text
from iamlint.model.value import MapValue, Value
from iamlint.parsers.values import as_list, as_text
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import place_within

# How a list of variables calls their names: ECS, Amplify, Elastic Beanstalk, Lightsail.
_NAMED = ("Name", "Key", "OptionName", "Variable")
_LISTED = frozenset({"environment", "environmentvariables", "environmentvariablesoverride"})
_DEEPEST = 24


def values(node: Node | None) -> Iterator[Node]:
    """The values of a mapping, whatever their keys are."""
    for _, value in node.entries if isinstance(node, MappingNode) else ():
        yield value


def within(node: Node, steps: list[str], whole: bool = False) -> Iterator[Node]:
    """The nodes at a path of property names, through lists and the branches of `Fn::If`."""
    if isinstance(node, SequenceNode) and (steps or not whole):
        for item in node.items:
            yield from within(item, steps, whole)
    elif isinstance(node, MappingNode) and len(node.entries) == 1 and node.entries[0][0].value == "Fn::If":
        branches = node.entries[0][1]
        for item in branches.items[1:] if isinstance(branches, SequenceNode) else ():
            yield from within(item, steps, whole)
    elif not steps:
        yield node
    elif isinstance(node, MappingNode):
        inner = node.get(steps[0])
        if inner is not None:
            yield from within(inner, steps[1:], whole)


def leaves(node: Node, depth: int = 0) -> Iterator[Node]:
    """What a string is made of: literals, and the references `{"Ref": …}` and `{"Fn::GetAtt": …}` as they stand."""
    if isinstance(node, ScalarNode):
        if depth == 0:
            yield node
        return
    if not isinstance(node, MappingNode) or len(node.entries) != 1 or depth > 20:
        return
    key, argument = node.entries[0]
    if key.value in ("Ref", "Fn::GetAtt"):
        yield node
    elif key.value == "Fn::If" and isinstance(argument, SequenceNode):
        for item in argument.items[1:]:
            yield from leaves(item, depth)
    elif key.value in ("Fn::Sub", "Fn::Join", "Fn::Base64", "Fn::ToJsonString"):
        yield from references(argument, depth + 1)


def is_resolved(node: Node) -> bool:
    """Whether a string is put together to a dynamic reference: what is referred to is then only part of a name."""
    text = node.source.text
    return isinstance(node, MappingNode) and text.find("{{resolve:", node.start, node.end) >= 0


def references(node: Node, depth: int) -> Iterator[Node]:
    """The references in the argument of a function that makes a string."""
    if isinstance(node, ScalarNode):
        text = node.value if isinstance(node.value, str) else ""
        at = text.find("${")
        while at >= 0:
            end = text.find("}", at)
            if end < 0:
                return
            place = place_within(node, at, end + 1)
            name = ScalarNode(node.source, place.start, place.end, text[at + 2 : end].strip())
            key = ScalarNode(node.source, place.start, place.end, "Fn::GetAtt" if "." in str(name.value) else "Ref")
            yield MappingNode(node.source, place.start, place.end, [(key, name)])
            at = text.find("${", end)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from references(item, depth)
    elif depth < 20:
        yield from leaves(node, depth)
        for _, value in node.entries:
            yield from leaves(value, depth + 1)


def referred(leaf: Node) -> str:
    """The name in a reference: `Name`, or `Name.Attribute`."""
    argument = leaf.entries[0][1] if isinstance(leaf, MappingNode) and leaf.entries else None
    if isinstance(argument, ScalarNode):
        return str(argument.value)
    if isinstance(argument, SequenceNode):
        return ".".join(str(item.value) for item in argument.items if isinstance(item, ScalarNode))
    return ""


def variables(value: Value) -> Iterator[tuple[str, Value]]:
    """The environment variables of a map, or of a list of objects with a name and a value."""
    for option in as_list(value):
        if not isinstance(option, MapValue):
            continue
        named = next((found for key in _NAMED if (found := option.get(key)) is not None), None)
        content = option.get("Value")
        name = as_text(named) if named is not None else None
        if name is not None and content is not None:
            kind = option.get("Type")
            stored = as_text(kind) if kind is not None else None
            if stored is None or stored.literal in (None, "PLAINTEXT"):
                yield name.shown, content
        else:
            for key, inner in option.entries:
                yield key.shown, inner


def listed_variables(value: Value, depth: int = 0) -> Iterator[tuple[str, Value]]:
    """The environment variables in a document, however deep they stand in it: those of a state machine's tasks."""
    for option in as_list(value) if depth < _DEEPEST else ():
        for key, inner in option.entries if isinstance(option, MapValue) else ():
            if key.shown.lower() in _LISTED:
                yield from variables(inner)
            else:
                yield from listed_variables(inner, depth + 1)


def named_literals(root: MappingNode) -> Iterator[tuple[str, ScalarNode]]:
    """The strings in a template that a key names, and the literal values of outputs by the outputs' names."""
    pending: list[Node] = []
    seen: set[int] = set()  # aliases make one node stand in many places
    for section, body in root.entries:
        if section.value == "Outputs" and isinstance(body, MappingNode):
            for name, output in body.entries:
                value = output.get("Value") if isinstance(output, MappingNode) else None
                if isinstance(value, ScalarNode):
                    yield str(name.value), value
        elif section.value not in ("Parameters", "Metadata", "Description"):
            pending.append(body)
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, SequenceNode):
            pending += node.items
        elif isinstance(node, MappingNode):
            for key, value in node.entries:
                if isinstance(value, ScalarNode):
                    yield str(key.value), value
                else:
                    pending.append(value)


def texts_in(value: Value, depth: int = 0) -> Iterator[Text]:
    """The strings in a value, however deep they stand in it."""
    for option in as_list(value) if depth < _DEEPEST else ():
        if isinstance(option, Text):
            yield option
        elif isinstance(option, MapValue):
            for _, inner in option.entries:
                yield from texts_in(inner, depth + 1)

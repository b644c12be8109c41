"""Reads the JSON spelling of Terraform (`.tf.json`) from nodes into the same bodies and expressions as HCL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Attribute, Block, Body, Expression, Template
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode

# Top-level kinds, and how many labels their blocks have.
_LABELS = {
    "resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "locals": 0,
    "terraform": 0,
}  # fmt: skip
_NESTED_LABELS = {"dynamic": 1, "backend": 1, "provisioner": 1}


class _Piece(syntax.Piece):
    """A JSON string as a piece of a template: the node knows where each character is written."""

    __slots__ = ("node",)

    def __init__(self, node: ScalarNode, text: str) -> None:
        super().__init__(node.source, ((node.start, text),), node.end)
        self.node = node

    def offsets(self) -> Sequence[int]:
        return self.node.offsets()


def body_of(root: Node) -> Body:
    """The body of a `.tf.json` or `.tfvars.json` file."""

    def make() -> tuple[dict[str, Attribute], list[Block]]:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for key, node in _entries(root):
            name = str(key.value)
            if name in _LABELS:
                blocks.extend(_blocks(name, key, node, _LABELS[name]))
            elif not name.startswith("//"):
                attributes[name] = _attribute(key, node)
        return attributes, blocks

    return Body(root.source, root.start, root.end, make)


def _entries(node: Node) -> Iterator[tuple[ScalarNode, Node]]:
    """The entries of an object, or of each object of a list."""
    if isinstance(node, MappingNode):
        yield from node.entries
    elif isinstance(node, SequenceNode):
        for item in node.items:
            if isinstance(item, MappingNode):
                yield from item.entries


def _blocks(kind: str, key: ScalarNode, node: Node, labels: int, taken: tuple[str, ...] = ()) -> Iterator[Block]:
    """The blocks of a type: one level of objects for each label, then an object or a list of them."""
    if labels:
        for name, inner in _entries(node):
            yield from _blocks(kind, name, inner, labels - 1, (*taken, str(name.value)))
        return
    for item in node.items if isinstance(node, SequenceNode) else (node,):
        if isinstance(item, MappingNode):
            place = key if node is item else item
            end = key.end if node is item else item.start + 1
            path = _construct(item)
            made = Block if path is None else syntax.ConstructBlock
            block = made(key.source, place.start, end, kind, taken, _body(item), item.end)
            if path is not None and isinstance(block, syntax.ConstructBlock):
                block.construct = path
            yield block


def _construct(item: MappingNode) -> ScalarNode | None:
    """The construct path that CDKTF notes in a comment: `"//": {"metadata": {"path": "stack/role"}}`."""
    node: Node | None = item
    for key in ("//", "metadata", "path"):
        node = node.get(key) if isinstance(node, MappingNode) else None
    return node if isinstance(node, ScalarNode) and isinstance(node.value, str) else None


def _body(node: MappingNode) -> Body:
    def make() -> tuple[dict[str, Attribute], list[Block]]:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for key, item in node.entries:
            name = str(key.value)
            if name in _NESTED_LABELS:
                blocks.extend(_blocks(name, key, item, _NESTED_LABELS[name]))
                continue
            if name.startswith("//"):
                continue
            attributes[name] = _attribute(key, item)
            if isinstance(item, MappingNode) or (isinstance(item, SequenceNode) and _has_objects(item)):
                blocks.extend(_blocks(name, key, item, 0))
        return attributes, blocks

    return Body(node.source, node.start, node.end, make)


def _has_objects(node: SequenceNode) -> bool:
    return any(isinstance(item, MappingNode) for item in node.items)


def _attribute(key: ScalarNode, node: Node) -> Attribute:
    return Attribute(key.source, key.start, node.end, str(key.value), lambda: expression_of(node))


def expression_of(node: Node, depth: int = 0) -> Expression:
    """The expression of a JSON value; a string is a template."""
    if depth > 60:
        return syntax.Broken(node.source, node.start, node.end)
    if isinstance(node, MappingNode):
        entries = [(expression_of(k, depth + 1), expression_of(v, depth + 1)) for k, v in node.entries]
        return syntax.Object(node.source, node.start, node.end, entries)
    if isinstance(node, SequenceNode):
        items = [expression_of(item, depth + 1) for item in node.items]
        return syntax.Tuple(node.source, node.start, node.end, items)
    if isinstance(node.value, str) and ("${" in node.value or "%{" in node.value):
        from iamlint.source.hcl_reader import read_template  # a plan has no templates

        template = read_template(node.source, node.value, node.offsets())
        if template is not None:
            return template
    return literal_of(node)


def literal_of(node: ScalarNode) -> Expression:
    """The expression of a JSON scalar that stands for itself: what looks like a template in a string is none."""
    if not isinstance(node.value, str):
        return syntax.Literal(node.source, node.start, node.end, node.value)
    parts: list[syntax.TemplatePart] = [_Piece(node, node.value)] if node.value else []
    return Template(node.source, node.start, node.end, parts)

"""Planned values become bodies and expressions: literals where a plan knows them, references where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from iamlint.parsers.terraform.json_syntax import literal_of
from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Attribute, Block, Body, Expression, Pending, Reference, Step, Withheld
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Place

DEEPEST = 60
# Arguments that link resources: what they refer to says whom is meant, even when it is not known yet. With what the
# whole resource stands for there.
_LINKS = {
    "role": "name", "role_name": "name", "user": "name", "user_name": "name", "group": "name", "group_name": "name",
    "policy_arn": "arn", "permissions_boundary": "arn", "permission_set_arn": "arn", "managed_policy_arn": "arn",
    "iam_instance_profile": "name", "iam_instance_profile_arn": "arn", "name": "name", "id": "id", "arn": "arn",
}  # fmt: skip
_LISTS = {
    "roles": "name", "users": "name", "groups": "name", "policy_arns": "arn", "managed_policy_arns": "arn",
}  # fmt: skip
# Arguments that are policy documents. The provider fills them in where nothing is written: what it says then is
# AWS's default, or what another resource says already.
_DOCUMENTS = frozenset(
    {
        "policy", "assume_role_policy", "inline_policy", "access_policies", "access_policy", "policy_document",
        "resource_policy", "content", "source_policy_documents", "override_policy_documents",
    }
)  # fmt: skip
_FILLED_IN = frozenset({"policy", "access_policies", "access_policy", "inline_policy", "managed_policy_arns"})
_RENDERED = frozenset({"json", "minified_json"})
_STEP = re.compile(r"""\.(?P<name>[\w-]+)|\[(?P<number>\d{1,9})\]|\[(?P<key>"(?:[^"\\]|\\.)*")\]""")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a plan says beside a value: where it is unknown, where sensitive, and what the configuration has there.

    `key` is the instance's own, for references by `each.key` and `count.index`.
    """

    unknown: Node | None = None
    sensitive: Node | None = None
    configured: Node | None = None
    key: ScalarNode | None = None

    def at(self, step: str | int) -> Marks:
        """The marks of an entry or item."""
        return Marks(_inner(self.unknown, step), _inner(self.sensitive, step), _inner(self.configured, step), self.key)

    @property
    def is_unknown(self) -> bool:
        """Whether nothing of the value is known before apply."""
        return is_true(self.unknown)


def is_true(node: Node | None) -> bool:
    """Whether a node is JSON's true."""
    return isinstance(node, ScalarNode) and node.value is True


def _inner(marks: Node | None, step: str | int) -> Node | None:
    if isinstance(step, str):
        return marks.get(step) if isinstance(marks, MappingNode) else marks if is_true(marks) else None
    if isinstance(marks, SequenceNode):
        return marks.items[step] if step < len(marks.items) else None
    return marks if is_true(marks) else None


def body_of(
    values: MappingNode, marks: Marks, lifecycle: tuple[Block, ...] = (), without: frozenset[str] = frozenset()
) -> Body:
    """The body of a resource or nested block, without some attributes; null and empty strings were not written."""

    def make() -> tuple[dict[str, Attribute], list[Block]]:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = list(lifecycle)
        for key, node in values.entries:
            name = str(key.value)
            inner = marks.at(name)
            if name in without or inner.is_unknown or (isinstance(node, ScalarNode) and node.value in (None, "")):
                continue
            if name in _FILLED_IN and isinstance(marks.configured, MappingNode) and inner.configured is None:
                continue
            attributes[name] = _attribute(key, node, inner, name)
            blocks.extend(_blocks(key, node, inner))
        for key, node in marks.unknown.entries if isinstance(marks.unknown, MappingNode) else ():
            if is_true(node):
                _await(key, marks, attributes, blocks)
        return attributes, blocks

    return Body(values.source, values.start, values.end, make)


def _await(key: ScalarNode, marks: Marks, attributes: dict[str, Attribute], blocks: list[Block]) -> None:
    """Takes an attribute that is not known: one that the provider will fill in by itself is not written."""
    name = str(key.value)
    inner = marks.at(name)
    if marks.configured is None or inner.configured is not None:
        attributes[name] = _awaited_attribute(key, inner, name)
        listed = inner.configured.items if isinstance(inner.configured, SequenceNode) else ()
        blocks.extend(_awaited_block(key, node, marks.key) for node in listed if isinstance(node, MappingNode))
    elif name in _RENDERED and is_true(_inner(marks.unknown, "statement")):
        attributes[name] = _awaited_attribute(key, inner, name)  # made of statements of which not one is known


def _awaited_block(key: ScalarNode, configured: MappingNode, own: ScalarNode | None) -> Block:
    """A nested block of which only the configuration tells something: which arguments it has."""

    def make() -> tuple[dict[str, Attribute], list[Block]]:
        names = [(name, str(name.value)) for name, _ in configured.entries]
        marks = Marks(configured=configured, key=own)
        return {name: _awaited_attribute(node, marks.at(name), name) for node, name in names}, []

    body = Body(configured.source, configured.start, configured.end, make)
    return Block(key.source, key.start, key.end, str(key.value), (), body, key.end)


def _attribute(key: ScalarNode, node: Node, marks: Marks, name: str) -> Attribute:
    return Attribute(key.source, key.start, node.end, name, lambda: expression_of(node, marks, name))


def _awaited_attribute(key: ScalarNode, marks: Marks, name: str) -> Attribute:
    return Attribute(key.source, key.start, key.end, name, lambda: _awaited(key, marks, name))


def _blocks(key: ScalarNode, node: Node, marks: Marks) -> Iterator[Block]:
    """The blocks that a list of objects, or one object, may be."""
    items = node.items if isinstance(node, SequenceNode) else [node]
    for index, item in enumerate(items):
        if isinstance(item, MappingNode):
            inner = marks.at(index) if node is not item else Marks(marks.unknown, marks.sensitive, None, marks.key)
            start, end = (key.start, key.end) if index == 0 else (item.start, item.start + 1)
            yield Block(key.source, start, end, str(key.value), (), body_of(item, inner), item.end)


def expression_of(node: Node, marks: Marks, name: str = "", depth: int = 0) -> Expression:
    """The expression of a planned value."""
    if depth > DEEPEST:
        return syntax.Broken(node.source, node.start, node.end)
    if marks.is_unknown:
        return _awaited(node, marks, name)
    if is_true(marks.sensitive):
        inner = expression_of(node, Marks(marks.unknown, None, marks.configured, marks.key), name, depth + 1)
        return Withheld(node.source, node.start, node.end, inner)
    if isinstance(node, ScalarNode):
        return literal_of(node)
    if isinstance(node, SequenceNode):
        items = [expression_of(item, marks.at(i), "", depth + 1) for i, item in enumerate(node.items)]
        if any(isinstance(item, Pending) for item in items):
            items = _linked(node, items, marks, name)
        return syntax.Tuple(node.source, node.start, node.end, items)
    entries = [(literal_of(k), expression_of(v, marks.at(str(k.value)), "", depth + 1)) for k, v in node.entries]
    if isinstance(marks.unknown, MappingNode):
        written = set(node.keys())
        late = [key for key, item in marks.unknown.entries if is_true(item) and key.value not in written]
        entries += [(literal_of(key), Pending(key.source, key.start, key.end)) for key in late]
    return syntax.Object(node.source, node.start, node.end, entries)


def _linked(place: Place, items: list[Expression], marks: Marks, name: str) -> list[Expression]:
    """The items of a list that is partly unknown, with the references that they come from where these link."""
    if name in _LISTS:
        known = [item for item in items if not isinstance(item, Pending)]
        return known + (_references(place, marks, _LISTS[name]) or [i for i in items if isinstance(i, Pending)])
    found = _references(place, marks, "json") if name in _DOCUMENTS else []
    if len(found) != len(items):
        return items
    return [
        Pending(item.source, item.start, item.end, item.shown, likely, True) if isinstance(item, Pending) else item
        for item, likely in zip(items, found, strict=True)
    ]


def _awaited(place: Place, marks: Marks, name: str) -> Expression:
    """What is known after apply: where it links resources, by the reference that the configuration has for it."""
    if name in _LISTS:
        found = _references(place, marks, _LISTS[name])
        if found:
            return syntax.Tuple(place.source, place.start, place.end, found)
    found = _references(place, marks, _LINKS.get(name, "json")) if name in _LINKS or name in _DOCUMENTS else []
    likely = found[0] if len(found) == 1 else None
    shown = next((str(node.value) for node in _referred(marks.configured)), "")
    return Pending(place.source, place.start, place.end, shown, likely, name in _DOCUMENTS)


def configured_of(configured: Node | None, place: Place, collects: bool = False) -> Expression:
    """The expression of the configuration, as far as a plan tells: a constant, or what is referred to. With `collects`
    several references are a list."""
    if isinstance(configured, MappingNode):
        constant = configured.get("constant_value")
        if constant is not None:
            return expression_of(constant, Marks())
        found = _references(configured, Marks(configured=configured), "")
        if len(found) == 1:
            return found[0]
        if found and collects:
            return syntax.Tuple(configured.source, configured.start, configured.end, found)
    shown = next((str(node.value) for node in _referred(configured)), "")
    return Pending(place.source, place.start, place.end, shown)


def _referred(configured: Node | None) -> Iterator[ScalarNode]:
    """The references of an expression: each in full, without the shorter ones that a plan lists after it."""
    listed = configured.get("references") if isinstance(configured, MappingNode) else None
    full = ""
    for node in listed.items if isinstance(listed, SequenceNode) else ():
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            continue
        if not full.startswith((f"{node.value}.", f"{node.value}[")):
            full = node.value
            yield node


def _references(place: Place, marks: Marks, attribute: str) -> list[Expression]:
    """The references to something other than the instance's own key."""
    nodes = list(_referred(marks.configured))
    key = marks.key if any(str(node.value).startswith(("each.", "count.")) for node in nodes) else None
    return [
        _reference(node, str(node.value), attribute, key)
        for node in nodes
        if not str(node.value).startswith(("each.", "count.", "path."))
    ]


def _reference(node: ScalarNode, written: str, attribute: str, key: ScalarNode | None) -> Expression:
    source, start, end = node.source, node.start + 1, node.end - 1  # without the quotes
    steps: list[Step] = []
    at = next((i for i, character in enumerate(written) if character in ".["), len(written))
    root, position = written[:at], at
    while position < len(written):
        match = _STEP.match(written, position)
        if match is None:
            return Pending(source, start, end, written)
        steps.append(_step(node, match))
        position = match.end()
    whole = _names(root)
    if whole and len(steps) == whole and attribute:
        # `x[each.key].name` is listed as `x`; a reference to a whole resource leaves out which attribute it takes.
        if key is not None:
            steps.append(syntax.Index(source, start, end, literal_of(key)))
        steps.append(syntax.GetAttr(source, start, end, attribute))
    return Reference(source, start, end, root, tuple(steps))


def _names(root: str) -> int:
    """How many steps name a resource, of a reference that begins with `root`; 0 for anything but a resource."""
    return 0 if root in ("var", "local", "module", "path", "terraform", "self") else 2 if root == "data" else 1


def _step(node: ScalarNode, match: re.Match[str]) -> Step:
    source, start, end = node.source, node.start, node.end
    if match["name"] is not None:
        return syntax.GetAttr(source, start, end, match["name"])
    if match["number"] is not None:
        return syntax.Index(source, start, end, syntax.Literal(source, start, end, int(match["number"])))
    inner = match["key"][1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return syntax.Index(source, start, end, literal_of(ScalarNode(source, start, end, inner)))

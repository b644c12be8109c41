"""Templates that stand as strings in other files: in Terraform, in stack sets, in the values of a chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from iamlint.model.stack import Stack
from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.assemble import At, StackBuilder
from iamlint.parsers.cloudformation.carrying import as_given, carried
from iamlint.parsers.cloudformation.sections import Given
from iamlint.parsers.cloudformation.template import Template, is_template
from iamlint.parsers.embedded_json import embedded
from iamlint.parsers.values import alternatives, as_list, as_text
from iamlint.source.document import Document
from iamlint.source.node import MappingNode, Node, OffsetTable, ScalarNode, SequenceNode
from iamlint.source.span import Place, SourceText

_DEEPEST = 60
_MOST = 50  # templates in one file


def add_stacks(value: Value, at: At, builder: StackBuilder, parameters: Value | None) -> None:
    """Adds to a stack what a template makes that is a value in it: a string, or an object written as JSON or YAML.

    `parameters` is a map, or a list of `ParameterKey` and `ParameterValue`.
    """
    for option in alternatives(value):
        guard = at.when.joined(option.when)
        root, holes = _read(option)
        if guard is None:
            continue
        if root is None or not is_template(root):
            unknown = option.unknown if isinstance(option, UnknownValue) else Unknown("a template that is not read")
            builder.note_unknown(unknown)
            continue
        given, handed = _parameters(parameters)
        template = Template(Document(root.source, "yaml", root), given, f"{at.address}/")
        template.evaluator.context = guard
        template.evaluator.handed = {**handed, **holes}
        template.declare(in_text=False)  # the text around it is looked through
        made = template.builder.build()
        for thing in made.things:
            builder.add(thing)
        if made.is_partial:
            builder.leave_out()
        for unresolved in made.unresolved:
            for _ in range(unresolved.count):
                builder.note_unknown(Unknown(unresolved.reason))


def stacks_in(document: Document) -> Iterator[Stack]:
    """The stacks of the templates that are strings in a Kubernetes manifest or in the values of a Helm chart.

    In other files a template may be an example, such as that of a rule.
    """
    if not _holds_what_is_deployed(document):
        return
    found = 0
    for path, node in _strings(document.root, "", 0):
        root, _ = _read(Text(parts=(str(node.value),), spellings=(node,), place=node))
        if root is not None and is_template(root) and found < _MOST:
            found += 1
            template = Template(Document(root.source, "yaml", root), None, f"{path}/")
            template.declare()
            yield template.builder.build()


def _holds_what_is_deployed(document: Document) -> bool:
    root = document.root
    if isinstance(root, MappingNode) and root.key("apiVersion") is not None and root.key("kind") is not None:
        return True
    name = document.source.path.rpartition("/")[2]
    return name.startswith("values") and name.endswith((".yaml", ".yml"))


def _strings(node: Node | None, path: str, depth: int) -> Iterator[tuple[str, ScalarNode]]:
    """The strings that look like a template, each with where it stands in the document."""
    if depth > _DEEPEST:
        return
    if isinstance(node, ScalarNode):
        if isinstance(node.value, str) and "Resources" in node.value and "AWS::" in node.value:
            yield path, node
    elif isinstance(node, MappingNode):
        for key, value in node.entries:
            yield from _strings(value, f"{path}/{key.value}" if path else str(key.value), depth + 1)
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.items):
            yield from _strings(item, f"{path}/{index}", depth + 1)


def _read(value: Value) -> tuple[Node | None, dict[str, Value]]:
    """The tree of a template, and what stands for the names that its unknown parts are given."""
    names = _Names()
    if isinstance(value, MapValue):
        return names.node_of(value, 0), names.holes
    text = as_text(value)
    if text is None or "Resources" not in text.shown:
        return None, {}
    source, holes = embedded(text)
    root = _parsed(source)
    names.holes = {name: UnknownValue(hole, text.place) for name, hole in holes.items()}
    return (names.filled(root, 0) if root is not None and holes else root), names.holes


def _parsed(source: SourceText) -> Node | None:
    if source.text.lstrip()[:1] == "{":
        from iamlint.source.json_reader import read_json

        document = read_json(source, holes=True)
        if document.root is not None:
            return document.root
    from iamlint.source.yaml_reader import read_yaml

    return read_yaml(source).root


class _Names:
    """Gives unknown parts names of their own, and refers to them as a template refers to its parameters."""

    def __init__(self) -> None:
        self.holes: dict[str, Value] = {}

    def node_of(self, value: Value, depth: int) -> Node:
        """The node that an evaluated value would be, had it been written as JSON or YAML."""
        place = value.place
        source, start, end = place.source, place.start, place.end
        if depth < _DEEPEST:
            if isinstance(value, MapValue):
                entries = []
                for key, inner in value.entries:
                    header = ScalarNode(key.place.source, key.place.start, key.place.end, key.shown, _all_at(key.place))
                    entries.append((header, self.node_of(inner, depth + 1)))
                return MappingNode(source, start, end, entries)
            if isinstance(value, ListValue):
                return SequenceNode(source, start, end, [self.node_of(item, depth + 1) for item in value.items])
            if isinstance(value, Scalar):
                return ScalarNode(source, start, end, value.value)
            if not value.when.branches:
                known = as_given(value)
                if known is not None:
                    return known
        return self._reference(value, place)

    def _reference(self, value: Value, place: Place) -> Node:
        name = f"\0{len(self.holes)}"
        self.holes[name] = value
        return _call("Ref", ScalarNode(place.source, place.start, place.end, name), place)

    def filled(self, node: Node, depth: int, within: str = "") -> Node:
        """The tree with references in place of the characters that stand for unknown parts."""
        if depth > _DEEPEST:
            return node
        if isinstance(node, MappingNode):
            single = str(node.entries[0][0].value) if len(node.entries) == 1 else ""
            entries = [(key, self.filled(value, depth + 1, single)) for key, value in node.entries]
            return MappingNode(node.source, node.start, node.end, entries)
        if isinstance(node, SequenceNode):
            inner = within if within == "Fn::Sub" else ""
            items = [self.filled(item, depth + 1, inner if index == 0 else "") for index, item in enumerate(node.items)]
            return SequenceNode(node.source, node.start, node.end, items)
        if not isinstance(node.value, str) or not any(character in self.holes for character in node.value):
            return node
        return self._substituted(node) if within == "Fn::Sub" else self._joined(node)

    def _substituted(self, node: ScalarNode) -> ScalarNode:
        """The argument of a `Fn::Sub`: `${name}` for each unknown part."""
        written, offsets = str(node.value), node.offsets()
        text: list[str] = []
        table: list[int] = []
        for character, offset in zip(written, offsets, strict=False):
            piece = "${" + character + "}" if character in self.holes else character
            text.append(piece)
            table += [offset] * len(piece)
        table.append(offsets[len(written)])
        return ScalarNode(node.source, node.start, node.end, "".join(text), lambda _: table)

    def _joined(self, node: ScalarNode) -> Node:
        """A string with unknown parts: its pieces put together."""
        written, offsets = str(node.value), node.offsets()
        pieces: list[Node] = []
        at = 0
        for index, character in enumerate(written):
            if character in self.holes:
                if index > at:
                    pieces.append(_piece(node, written, offsets, at, index))
                place = Place(node.source, offsets[index], offsets[index + 1])
                name = ScalarNode(place.source, place.start, place.end, character)
                pieces.append(_call("Ref", name, place))
                at = index + 1
        if at < len(written):
            pieces.append(_piece(node, written, offsets, at, len(written)))
        if len(pieces) == 1:
            return pieces[0]
        nothing = ScalarNode(node.source, node.start, node.start, "")
        listed = SequenceNode(node.source, node.start, node.end, pieces)
        return _call("Fn::Join", SequenceNode(node.source, node.start, node.end, [nothing, listed]), node)


def _piece(node: ScalarNode, written: str, offsets: Sequence[int], start: int, end: int) -> ScalarNode:
    table = list(offsets[start : end + 1])
    return ScalarNode(node.source, table[0], table[-1], written[start:end], lambda _: table)


def _call(function: str, argument: Node, place: Place) -> MappingNode:
    key = ScalarNode(place.source, place.start, place.start, function)
    return MappingNode(place.source, place.start, place.end, [(key, argument)])


def _all_at(place: Place) -> OffsetTable:
    return lambda node: [*([place.start] * len(str(node.value))), place.end]


def _parameters(value: Value | None) -> tuple[Mapping[str, Given], dict[str, Value]]:
    """What parameters are given: those that are known strings, and the others."""
    given: dict[str, Given] = {}
    handed: dict[str, Value] = {}
    for option in as_list(value) if value is not None else ():
        if not isinstance(option, MapValue):
            continue
        key, inner = option.get("ParameterKey"), option.get("ParameterValue")
        name = as_text(key) if key is not None else None
        pairs = [(name, inner)] if name is not None and inner is not None else option.entries
        for text, content in pairs:
            known = as_given(content)
            if known is not None:
                given[text.shown] = known
            else:
                handed[text.shown] = carried(content, str, "..", None, "")
    return given, handed

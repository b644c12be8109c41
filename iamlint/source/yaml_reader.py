"""Reads YAML into nodes that remember their place, CloudFormation's short intrinsics in their long form."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import isfinite

import yaml

from iamlint.source import yaml_events
from iamlint.source.document import Comment, Document, Problem, ProblemKind
from iamlint.source.node import MappingNode, Node, OffsetTable, ScalarNode, SequenceNode
from iamlint.source.span import Place, SourceText
from iamlint.source.templating import is_templated
from iamlint.source.yaml_events import (
    ALIAS,
    DOCUMENT_START,
    MAPPING_END,
    MAPPING_START,
    SCALAR,
    SEQUENCE_END,
    STREAM_END,
    ParsedEvent,
)
from iamlint.source.yaml_offsets import offsets, whole

MAXIMUM_DEPTH = 200
LARGEST_EXPANSION = 200_000  # nodes that aliases may stand for, all together
_FARTHEST_SECOND_LOOK = 30_000  # characters that PyYAML's own, slow parser reads again: it explains errors better

_STANDARD_TAG = "tag:yaml.org,2002:"
_RESOLVED_TAGS = frozenset(_STANDARD_TAG + name for name in ("int", "float", "bool", "null"))
_UNPREFIXED_TAGS = frozenset({"!Ref", "!Condition"})

_WORDS: dict[str, bool | None] = {
    spelling: value
    for words, value in (("yes true on", True), ("no false off", False), ("null", None))
    for word in words.split()
    for spelling in (word, word.capitalize(), word.upper())
} | {"~": None, "": None}
_MAYBE_WORD = frozenset("yYnNtTfFoO~")
_MAYBE_NUMBER = frozenset("-+.0123456789")
_NUMBER = re.compile(
    r"(?P<integer>[-+]?(?:0|[1-9][0-9]{0,299}))|(?P<based>[-+]?0[xb][0-9a-fA-F]{1,300})"
    r"|[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?"
)
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+|(?<=\s)#[^\n]*(?:\n|$))*)+")
_WORD = re.compile(r"\S*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKED = re.compile("iamlint", re.IGNORECASE)


def read_yaml(source: SourceText, *, _pure: bool = False) -> Document:
    """Read the first YAML document of a text that is a mapping; what is wrong with it is in `problems`.

    Short intrinsics become what they stand for, as cfn-flip has it: `!Sub x` is `{"Fn::Sub": x}`, the key placed at
    the tag. Keys and dates stay the text that was written, and so do digits that are an account's id.
    """
    text = source.text
    if not _pure:
        try:
            next_event = yaml_events.libyaml_events(text)
            if next_event is not None:
                return _Reader(source, next_event).read()
        except _BrokenError as broken:
            return _unreadable(source, broken)
        except UnicodeEncodeError:
            pass  # a lone surrogate: PyYAML's own parser says so in words
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            if mark is not None and mark.index > _FARTHEST_SECOND_LOOK:
                return _unreadable(source, yaml_events.explain(text, error))
    try:
        return _Reader(source, yaml_events.PureParser(text).next_event).read()
    except _BrokenError as broken:
        return _unreadable(source, broken)
    except yaml.YAMLError as error:
        return _unreadable(source, yaml_events.explain(text, error))


class _BrokenError(Exception):
    """YAML that this reader does not take: where, why, and what to do."""

    def __init__(self, start: int, end: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.message = message
        self.remedy = remedy


def _unreadable(source: SourceText, broken: _BrokenError | yaml_events.Complaint) -> Document:
    kind: ProblemKind = "template" if is_templated(source.text, broken.start) else "unreadable"
    place = Place(source, broken.start, min(broken.end, len(source.text)))
    return Document(source, "yaml", problems=[Problem(kind, place, broken.message, broken.remedy)])


class _Reader:
    """Makes nodes from the events of one text."""

    def __init__(self, source: SourceText, next_event: Callable[[], ParsedEvent | None]) -> None:
        self.source = source
        self.text = source.text
        self.next_event = next_event
        self.found = Document(source, "yaml")
        self.depth = 0
        self.deepest = 0  # of what was read since the innermost open anchor
        self.nodes = 0  # read so far, each alias counted as all that it stands for
        self.expanded = 0
        self.anchors: dict[str, tuple[Node, int, int]] = {}  # node, how many nodes it has, how deep it goes
        self.scalars: list[tuple[int, int]] | None = [] if _MARKED.search(self.text) else None

    def read(self) -> Document:
        root: Node | None = None
        # A document is known to be whole only from the event after its end.
        while type(event := self.following()) is not STREAM_END and not isinstance(root, MappingNode):
            if type(event) is DOCUMENT_START:
                self.anchors.clear()
                root = self.node(self.following())
                if self.found.root is None or isinstance(root, MappingNode):
                    self.found.root = root
                self.following()
        if root is None:
            end = len(self.text)
            raise _BrokenError(0, end, "the file is empty", "Write a YAML mapping, or delete the file.")
        if self.scalars is not None:
            self.found.comments = _comments(self.source, self.scalars)
        return self.found

    def following(self) -> ParsedEvent:
        event = self.next_event()
        assert event is not None, "a parser ends what it began"
        return event

    def node(self, event: ParsedEvent) -> Node:
        self.nodes += 1
        kind = type(event)
        if kind is ALIAS:
            return self.alias(event)
        if event.anchor is None:
            return self.value(event)
        nodes, deepest, self.deepest = self.nodes, self.deepest, self.depth
        node = self.value(event)
        self.anchors[event.anchor] = (node, self.nodes - nodes + 1, self.deepest - self.depth)
        self.deepest = max(deepest, self.deepest)
        return node

    def alias(self, event: ParsedEvent) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor not in self.anchors:
            message = f"no anchor `&{event.anchor}` stands before this alias"
            raise _BrokenError(start, end, message, "Define the anchor first, or put the text in quotes.")
        node, nodes, height = self.anchors[event.anchor]
        self.nodes += nodes - 1
        self.expanded += nodes
        self.deepest = max(self.deepest, self.depth + height)
        if self.expanded > LARGEST_EXPANSION:
            message = f"the aliases of this file stand for more than {LARGEST_EXPANSION} values"
            raise _BrokenError(start, end, message, "Write out what the aliases repeat, or split the file.")
        if self.deepest > MAXIMUM_DEPTH:
            raise _too_deep(start)
        return node

    def value(self, event: ParsedEvent) -> Node:
        tag = event.tag
        if tag is not None and len(tag) > 1 and tag[0] == "!":
            return self.intrinsic(event, tag)
        kind = type(event)
        if kind is SCALAR:
            return self.scalar(event)
        return self.mapping(event) if kind is MAPPING_START else self.sequence(event)

    def intrinsic(self, event: ParsedEvent, tag: str) -> MappingNode:
        """What a tag such as `!Sub` stands for: a mapping of one key, which is placed at the tag."""
        start = self.text.find("!", event.start_mark.index)
        written = _WORD.match(self.text, start)
        end = start + len(tag) if self.text.startswith(tag, start) or written is None else written.end()
        name = tag[1:] if tag in _UNPREFIXED_TAGS else f"Fn::{tag[1:]}"
        self.descend(start)
        inner: Node
        if type(event) is SCALAR:
            inner = self.scalar(event, as_text=True)
            if tag == "!GetAtt":
                inner = self.attribute(inner)
        else:
            inner = self.mapping(event) if type(event) is MAPPING_START else self.sequence(event)
            if tag == "!GetAtt" and isinstance(inner, SequenceNode):
                inner.items = [self.as_text(item) for item in inner.items]
        self.depth -= 1
        key = ScalarNode(self.source, start, end, name, whole)
        return MappingNode(self.source, start, max(end, inner.end), [(key, inner)])

    def attribute(self, scalar: ScalarNode) -> SequenceNode:
        """`Logical.Attribute` as the list of the two; only the first dot parts them."""
        value = str(scalar.value)
        traced = scalar.offsets()
        items: list[Node] = []
        start = 0
        for part in value.split(".", 1):
            end = start + len(part)
            last = traced[end - 1] + 1 if part else traced[start]
            items.append(ScalarNode(self.source, traced[start], last, part, _given(traced[start : end + 1])))
            start = end + 1
        return SequenceNode(self.source, scalar.start, scalar.end, items)

    def as_text(self, node: Node) -> Node:
        """A scalar as it was written, even where it looks like a number or a boolean."""
        if isinstance(node, ScalarNode) and not isinstance(node.value, str):
            return ScalarNode(self.source, node.start, node.end, node.written, offsets)
        return node

    def scalar(self, event: ParsedEvent, as_text: bool = False) -> ScalarNode:
        start, end, value, tag = event.start_mark.index, event.end_mark.index, event.value, event.tag
        if tag is not None or event.anchor is not None:
            start = self.after_properties(start, end)
        style = event.style
        if style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        if self.scalars is not None:
            self.note_scalar(start, end, style)
        if style == '"' and _SURROGATE.search(value):
            value = _without_lone_surrogates(value)
        if as_text:
            return ScalarNode(self.source, start, end, value, offsets)
        if (not style and (tag is None or tag == "!")) or tag in _RESOLVED_TAGS:
            return ScalarNode(self.source, start, end, resolved(value), offsets)
        return ScalarNode(self.source, start, end, value, offsets)

    def mapping(self, event: ParsedEvent) -> MappingNode:
        start, end = event.start_mark.index, event.end_mark.index
        if event.tag is not None or event.anchor is not None:
            start = self.after_properties(start, len(self.text))
        self.descend(start)
        entries: list[tuple[ScalarNode, Node]] = []
        merged: list[Node] = []
        while type(following := self.following()) is not MAPPING_END:
            key = self.key(following)
            of_value = self.following()
            value = self.node(of_value)
            if key.value == "<<" and not following.style and _is_mergeable(value):
                merged.append(value)
            else:
                entries.append((key, value))
            end = of_value.end_mark.index if type(of_value) is ALIAS else value.end
        self.depth -= 1
        if event.flow_style:
            end = following.end_mark.index
        if len({key.value for key, _ in entries}) != len(entries):
            from iamlint.source.json_reader import duplicate_keys

            self.found.problems.extend(duplicate_keys(entries))
        if merged:
            entries = _merge(merged, entries)
        return MappingNode(self.source, start, max(start, end), entries)

    def key(self, event: ParsedEvent) -> ScalarNode:
        """A key, as the text that was written: `on`, `2012-10-17` and an account's id are text."""
        self.nodes += 1
        if type(event) is SCALAR:
            key = self.scalar(event, as_text=True)
            if event.anchor is not None:
                self.anchors[event.anchor] = (key, 1, 0)
            return key
        node = self.node(event)
        if isinstance(node, ScalarNode):
            return node if isinstance(node.value, str) else ScalarNode(self.source, node.start, node.end, node.written)
        remedy = "Put the key in quotes."
        if self.text.startswith("{", node.start - 1):
            remedy = "Put a value that begins with `{{` in quotes."
        raise _BrokenError(node.start, max(node.end, node.start + 1), "a key has to be text", remedy)

    def sequence(self, event: ParsedEvent) -> SequenceNode:
        start, end = event.start_mark.index, event.end_mark.index
        if event.tag is not None or event.anchor is not None:
            start = self.after_properties(start, len(self.text))
        self.descend(start)
        items: list[Node] = []
        while type(following := self.following()) is not SEQUENCE_END:
            item = self.node(following)
            items.append(item)
            end = following.end_mark.index if type(following) is ALIAS else item.end
        self.depth -= 1
        if event.flow_style:
            end = following.end_mark.index
        return SequenceNode(self.source, start, max(start, end), items)

    def descend(self, at: int) -> None:
        self.depth += 1
        if self.depth > self.deepest:
            self.deepest = self.depth
            if self.depth > MAXIMUM_DEPTH:
                raise _too_deep(at)

    def after_properties(self, start: int, end: int) -> int:
        """Where a value itself begins, behind its anchor and tag."""
        match = _PROPERTIES.match(self.text, start, end)
        return match.end() if match else start

    def note_scalar(self, start: int, end: int, style: str | None) -> None:
        """Remember where a scalar is, so that no `#` in it is taken for a comment."""
        assert self.scalars is not None
        if style in ("|", ">"):
            header_end = self.text.find("\n", start)
            start = header_end if header_end >= 0 else end
        self.scalars.append((start, end))


def resolved(value: str) -> str | int | float | bool | None:
    """What a plain scalar means: as YAML 1.1 has it, except that dates, times and account ids stay text."""
    first = value[:1]
    if first in _MAYBE_NUMBER:
        match = _NUMBER.fullmatch(value)
        if match is None:
            return value
        if match["integer"] is not None:
            return int(value) if len(value) != 12 else value
        if match["based"] is not None:
            return _based(value)
        number = float(value)
        return number if isfinite(number) else value
    if not first or first in _MAYBE_WORD:
        return _WORDS.get(value, value)
    return value


def _based(value: str) -> int | str:
    digits = value.lstrip("+-")
    base = 16 if digits[1] == "x" else 2
    if base == 2 and digits[2:].strip("01"):
        return value
    return int(digits[2:], base) * (-1 if value[0] == "-" else 1)


def _given(offsets: Sequence[int]) -> OffsetTable:
    return lambda _: offsets


def _too_deep(at: int) -> _BrokenError:
    return _BrokenError(at, at + 1, f"nested more than {MAXIMUM_DEPTH} levels deep", "Nest less deeply.")


def _without_lone_surrogates(value: str) -> str:
    """`value` with escaped surrogate pairs joined, and U+FFFD for what no file can be written with."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_mergeable(node: Node) -> bool:
    if isinstance(node, SequenceNode):
        return all(isinstance(item, MappingNode) for item in node.items)
    return isinstance(node, MappingNode)


def _merge(merged: list[Node], entries: list[tuple[ScalarNode, Node]]) -> list[tuple[ScalarNode, Node]]:
    """The entries of a mapping with those that it merges in; its own win, and of the others the first."""
    taken = {key.value for key, _ in entries}
    inherited: list[tuple[ScalarNode, Node]] = []
    for node in merged:
        for mapping in node.items if isinstance(node, SequenceNode) else [node]:
            assert isinstance(mapping, MappingNode)
            last = {key.value: (key, value) for key, value in mapping.entries if key.value not in taken}
            taken.update(last)
            inherited.extend(last.values())
    return inherited + entries


def _comments(source: SourceText, scalars: list[tuple[int, int]]) -> list[Comment]:
    """The comments that name iamlint, in the gaps between the scalars."""
    text = source.text
    comments: list[Comment] = []
    line_end = 0
    for mark in _MARKED.finditer(text):
        if mark.start() < line_end:
            continue
        line_start = text.rfind("\n", 0, mark.start()) + 1
        line_end = text.find("\n", mark.start())
        line_end = len(text) if line_end < 0 else line_end
        at = text.find("#", line_start, line_end)
        while at >= 0 and not _begins_comment(text, at, line_start, scalars):
            at = text.find("#", at + 1, line_end)
        end = at + len(text[at:line_end].rstrip())
        if at >= 0 and _MARKED.search(text, at, end):
            own_line = not text[line_start:at].strip()
            comments.append(Comment(Place(source, at, end), text[at + 1 : end].strip(), own_line))
    return comments


def _begins_comment(text: str, at: int, line_start: int, scalars: list[tuple[int, int]]) -> bool:
    """Whether the `#` at `at` begins a comment: after a space, and in no scalar."""
    if at > line_start and not text[at - 1].isspace():
        return False
    index = bisect_right(scalars, (at, len(text))) - 1
    return index < 0 or not scalars[index][0] <= at < scalars[index][1]

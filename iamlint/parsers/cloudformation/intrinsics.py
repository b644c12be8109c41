"""Evaluates CloudFormation's functions: nodes become values that know where they come from and when they exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from iamlint.model.text import Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.cloudformation import loops, mappings, strings
from iamlint.parsers.cloudformation.conditions import Conditions
from iamlint.parsers.cloudformation.loops import LOOP
from iamlint.parsers.cloudformation.references import References
from iamlint.parsers.cloudformation.sections import Sections
from iamlint.parsers.cloudformation.strings import Piece, choice, concatenated
from iamlint.parsers.values import alternatives, as_text, reworked
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Place, Slice, place_within

DEEPEST = 70
_HOLE = re.compile(r"[$&]\{([^${}]*)\}")


class Nesting(Protocol):
    """The stacks that are nested in a template, by the logical ids of the resources that make them."""

    def is_read(self, logical_id: str) -> bool:
        """Whether the template of a nested stack is at hand."""
        ...

    def output(self, logical_id: str, name: str, place: Place) -> Value | None:
        """An output of a nested stack; None when it is not known."""
        ...


class Evaluator:
    """Evaluates the nodes of one template.

    `context` is the guard under which the node at hand exists: branches that contradict it are not taken. `handed`
    are the values of parameters that come from elsewhere, such as from the parent of a nested stack. `scope` are the
    variables of the loops around, and `looped` counts what loops have made. `decides` says that what a condition says
    is read.
    """

    def __init__(self, sections: Sections, address_of: Callable[[str], str]) -> None:
        self.sections = sections
        self.context: Guard = ALWAYS
        self.scope: dict[str, Value] = {}
        self.decides = False
        self.looped = 0
        self.handed: dict[str, Value] = {}
        self.nesting: Nesting | None = None
        self.conditions = Conditions(self)
        self.references = References(self, address_of)
        self._depth = 0

    def value(self, node: Node) -> Value:
        """The value of a node."""
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if self._depth >= DEEPEST:
            return UnknownValue(Unknown("nested too deeply"), node)
        self._depth += 1
        try:
            if isinstance(node, SequenceNode):
                return ListValue(tuple([self.value(item) for item in node.items]), node)
            if len(node.entries) == 1:
                key, argument = node.entries[0]
                function = _FUNCTIONS.get(key.value) if isinstance(key.value, str) else None
                if function is not None:
                    return function(self, argument, node)
            return self._map(node)
        finally:
            self._depth -= 1

    def under(self, guard: Guard, node: Node) -> Value:
        """The value of a node in a branch; `guard` includes the context."""
        before = self.context
        self.context = guard
        try:
            return self.value(node)
        finally:
            self.context = before

    @contextmanager
    def apart(self, scope: dict[str, Value]) -> Iterator[None]:
        """Within it, what stands elsewhere in the template is read: in the scope of the loops around that."""
        before = self.scope
        self.scope = scope
        try:
            yield
        finally:
            self.scope = before

    @contextmanager
    def deciding(self, scope: dict[str, Value]) -> Iterator[None]:
        """Within it, what a condition says is read: it is asked of every value that a parameter can have, so that a
        default says nothing."""
        before = (self.context, self.decides)
        self.context, self.decides = ALWAYS, True
        try:
            with self.apart(scope):
                yield
        finally:
            self.context, self.decides = before

    def declared_conditions(self) -> dict[str, tuple[Node, dict[str, Value]]]:
        """The conditions by name, those of loops too, each with the scope that it is read in."""
        declared: dict[str, tuple[Node, dict[str, Value]]] = {}
        section = self.sections.conditions
        for key, node in section.entries if section is not None else ():
            if str(key.value).startswith(LOOP):
                with self.deciding({}):
                    for inner, body in loops.entries(self, node):
                        declared[self.name(inner) or str(inner.value)] = (body, self.scope)
            else:
                declared[str(key.value)] = (node, {})
        return declared

    def allow(self, guard: Guard) -> bool:
        """Whether a guard can be, where the node at hand stands."""
        joined = self.context.joined(guard)
        return joined is not None and self.conditions.allow(joined)

    def branch(self, name: str, taken: bool) -> Guard | None:
        """The context with one more branch; None when that cannot be."""
        guard = self.context.joined(Guard(((name, taken),)))
        return guard if guard is not None and self.conditions.allow(guard) else None

    def _scalar(self, node: ScalarNode) -> Value:
        value = node.value
        if not isinstance(value, str):
            return Scalar(value, node)
        if self.scope and ("${" in value or "&{" in value):
            return loops.filled(self, node)
        if "{{resolve:" in value:
            return strings.resolved_later(Text(parts=(value,), spellings=(node,), place=node))
        return Text(parts=(value,), spellings=(node,), place=node)

    def _map(self, node: MappingNode) -> Value:
        entries: list[tuple[Text, Value]] = []
        rest: Unknown | None = None
        for key, argument in node.entries:
            name = key.value if isinstance(key.value, str) else str(key.value)
            if name.startswith(LOOP):
                for inner, node_of in loops.entries(self, argument):
                    entries.append((self._key(inner, str(inner.value)), self.value(node_of)))
                if not isinstance(argument, SequenceNode):
                    rest = Unknown("a loop that is not a list", name)
            elif name == "Fn::Transform":
                rest = Unknown("a macro is run at deploy time", name)
            else:
                entries.append((self._key(key, name), self.value(argument)))
        return MapValue(tuple(entries), node, rest)

    def _key(self, key: ScalarNode, name: str) -> Text:
        if self.scope and "{" in name:
            value = loops.filled(self, key)
            if isinstance(value, Text):
                return value
        return Text(parts=(name,), spellings=(key,), place=key)

    # The functions.

    def ref(self, argument: Node, node: MappingNode) -> Value:
        """`Ref`."""
        name = self.name(argument)
        if name is None:
            return UnknownValue(Unknown("a reference whose name is not known"), node)
        return self.references.ref(name, node)

    def get_att(self, argument: Node, node: MappingNode) -> Value:
        """`Fn::GetAtt`, as a list or dotted."""
        if isinstance(argument, SequenceNode) and argument.items:
            names = [self.name(item) for item in argument.items]
            if any(name is None for name in names):
                return UnknownValue(Unknown("an attribute whose name is not known"), node)
            return self.references.attribute(str(names[0]), ".".join(str(name) for name in names[1:]), node)
        name, _, attribute = (self.name(argument) or "").partition(".")
        return self.references.attribute(name, attribute, node)

    def name(self, node: Node) -> str | None:
        """A name in a function's argument, a loop's variable filled in."""
        if not isinstance(node, ScalarNode):
            text = as_text(next(alternatives(self.value(node))))
        elif not self.scope:
            return str(node.value)
        else:
            text = as_text(loops.filled(self, node))
        return text.literal if text is not None else None

    def sub(self, argument: Node, node: MappingNode) -> Value:
        """`Fn::Sub`, with or without its own variables."""
        own: MappingNode | None = None
        template = argument
        if isinstance(argument, SequenceNode) and argument.items:
            template = argument.items[0]
            if len(argument.items) > 1 and isinstance(argument.items[1], MappingNode):
                own = argument.items[1]
        if not isinstance(template, ScalarNode) or not isinstance(template.value, str):
            return UnknownValue(Unknown("Fn::Sub of what is not a string"), node)
        text = template.value
        if "${" not in text and not self.scope:
            return self._scalar(template)
        pieces: list[Piece] = []
        at = 0
        for match in _HOLE.finditer(text):
            if match[0][0] == "&" and match[1] not in self.scope:
                continue
            if match.start() > at:
                pieces.append((text[at : match.start()], Slice(template, at, match.start())))
            if match[0][0] == "&":
                pieces.append((loops.alphanumeric(self.scope[match[1]]), place_within(template, *match.span())))
            else:
                pieces.append(self._substituted(match[1], own, template, match.span()))
            at = match.end()
        if at < len(text):
            pieces.append((text[at:], Slice(template, at, len(text))))
        return concatenated(pieces, template, self.allow)

    def _substituted(self, name: str, own: MappingNode | None, node: ScalarNode, span: tuple[int, int]) -> Piece:
        if name.startswith("!"):
            # `${!Name}` is written to get `${Name}`.
            start, end = span
            first = Slice(node, start, start + 2)
            last = Slice(node, start + 3, end)
            parts = ("${", name[1:] + "}")
            return Text(parts=parts, spellings=(first, last), place=node), None
        place = place_within(node, *span)
        name = name.strip()
        value = own.get(name) if own is not None else None
        if value is not None:
            return self.value(value), place
        if "." in name and name not in self.sections.parameters:
            resource, _, attribute = name.partition(".")
            return self.references.attribute(resource, attribute, place), place
        return self.references.ref(name, place), place

    def join(self, argument: Node, node: MappingNode) -> Value:
        """`Fn::Join`."""
        if not isinstance(argument, SequenceNode) or len(argument.items) != 2:
            return UnknownValue(Unknown("Fn::Join takes a delimiter and a list"), node)
        delimiter = self.name(argument.items[0])
        if delimiter is None:
            return UnknownValue(Unknown("a delimiter that is not known"), node)
        return strings.joined(delimiter, self.value(argument.items[1]), node, self.allow)

    def split(self, argument: Node, node: MappingNode) -> Value:
        """`Fn::Split`."""
        if not isinstance(argument, SequenceNode) or len(argument.items) != 2:
            return UnknownValue(Unknown("Fn::Split takes a delimiter and a string"), node)
        delimiter = self.name(argument.items[0])
        if delimiter is None:
            return UnknownValue(Unknown("a delimiter that is not known", many=True), node)
        return strings.split(delimiter, self.value(argument.items[1]), node)

    def select(self, argument: Node, node: MappingNode) -> Value:
        """`Fn::Select`."""
        if not isinstance(argument, SequenceNode) or len(argument.items) != 2:
            return UnknownValue(Unknown("Fn::Select takes an index and a list"), node)
        lists = list(alternatives(self.value(argument.items[1])))
        options: list[Value] = []
        for index in alternatives(self.value(argument.items[0])):
            text = as_text(index)
            for option in lists:
                guard = index.when.joined(option.when)
                if guard is not None and (not index.when.branches or self.allow(guard)):
                    picked = _picked(option, text.literal if text is not None else None, node)
                    options.append(reworked(picked, picked.via, picked.when.joined(guard) or guard))
        return choice(options, node) if options else UnknownValue(Unknown("a list that is not known"), node)

    def find_in_map(self, argument: Node, node: MappingNode) -> Value:
        """`Fn::FindInMap`; of keys that are not known, every value that the mapping has."""
        return mappings.found(self, argument, node)

    def if_(self, argument: Node, node: MappingNode) -> Value:
        """`Fn::If`: those branches that can be reached from where it stands."""
        if not isinstance(argument, SequenceNode) or len(argument.items) != 3:
            return UnknownValue(Unknown("Fn::If takes a condition and two values"), node)
        name = self.name(argument.items[0])
        if name is None:
            return UnknownValue(Unknown("a condition that is not known"), node)
        branches = [(self.branch(name, True), argument.items[1]), (self.branch(name, False), argument.items[2])]
        reachable = [(guard, item) for guard, item in branches if guard is not None]
        if len(reachable) < 2:
            guard, item = reachable[0] if reachable else (self.context, argument.items[1])
            return self.under(guard, item)
        options: list[Value] = []
        for taken, (guard, item) in zip((True, False), reachable, strict=True):
            value = self.under(guard, item)
            when = Guard(((name, taken),)).joined(value.when)
            if when is not None:
                options.append(reworked(value, value.via, when))
        return Choice(tuple(options), node)

    def inner(self, argument: Node, _: MappingNode) -> Value:
        """`Fn::Base64` and `Fn::ToJsonString`: what they encode is what counts."""
        return self.value(argument)

    def length(self, argument: Node, node: MappingNode) -> Value:
        """`Fn::Length`."""
        value = self.value(argument)
        items = strings.items_of(value)
        if isinstance(value, ListValue) and not any(isinstance(i, (Choice, UnknownValue)) for i in items):
            return Scalar(len(items), node)
        return UnknownValue(Unknown("the length of a list that is not known"), node)

    def imported(self, argument: Node, node: MappingNode) -> Value:
        """`Fn::ImportValue`."""
        text = as_text(self.value(argument))
        return UnknownValue(Unknown("an export of another stack", f"ImportValue {text.shown if text else ''}"), node)

    def zones(self, _: Node, node: MappingNode) -> Value:
        """`Fn::GetAZs`."""
        return UnknownValue(Unknown("known at deploy time only", "GetAZs", many=True), node)

    def cidr(self, _: Node, node: MappingNode) -> Value:
        """`Fn::Cidr`."""
        return UnknownValue(Unknown("computed at deploy time", "Cidr", many=True), node)

    def transform(self, argument: Node, node: MappingNode) -> Value:
        """`Fn::Transform`, `AWS::Include` included."""
        name = argument.get("Name") if isinstance(argument, MappingNode) else None
        written = f"Transform {name.value}" if isinstance(name, ScalarNode) else "Transform"
        return UnknownValue(Unknown("a macro is run at deploy time", written), node)


_FUNCTIONS: dict[str, Callable[[Evaluator, Node, MappingNode], Value]] = {
    "Ref": Evaluator.ref,
    "Fn::GetAtt": Evaluator.get_att,
    "Fn::Sub": Evaluator.sub,
    "Fn::Join": Evaluator.join,
    "Fn::Split": Evaluator.split,
    "Fn::Select": Evaluator.select,
    "Fn::FindInMap": Evaluator.find_in_map,
    "Fn::If": Evaluator.if_,
    "Fn::Base64": Evaluator.inner,
    "Fn::ToJsonString": Evaluator.inner,
    "Fn::Length": Evaluator.length,
    "Fn::ImportValue": Evaluator.imported,
    "Fn::GetAZs": Evaluator.zones,
    "Fn::Cidr": Evaluator.cidr,
    "Fn::Transform": Evaluator.transform,
}


def _picked(value: Value, index: str | None, node: Node) -> Value:
    """The item of a list at an index that may not be known."""
    if isinstance(value, UnknownValue):
        unknown = value.unknown
        written = f"{unknown.written or 'list'}[{index if index is not None else '…'}]"
        one = Unknown(unknown.reason, written, unknown.ref, unknown.attribute)
        return UnknownValue(one, node, value.via, value.when)
    items = strings.items_of(value)
    doubtful = any(isinstance(i, Choice) or (isinstance(i, UnknownValue) and i.unknown.many) for i in items)
    if index is None or not index.isdecimal() or doubtful or int(index) >= len(items):
        return UnknownValue(Unknown("an item of a list that is not known"), node, value.via, value.when)
    item = items[int(index)]
    return reworked(item, item.via + value.via, item.when.joined(value.when) or value.when)

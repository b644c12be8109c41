"""One resource on its way into a stack: its properties evaluated when asked for, its address, its guard."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.assemble import At, StackBuilder
from iamlint.parsers.cloudformation.intrinsics import Evaluator
from iamlint.parsers.values import alternatives, as_list, as_setting, as_text
from iamlint.source.node import MappingNode, Node, ScalarNode
from iamlint.source.span import Place

_MACRO = Unknown("a macro is run at deploy time", "Fn::Transform")


class Declaring:
    """A resource of a template."""

    __slots__ = (
        "_folded", "_macro", "address", "builder", "evaluator", "header", "kind", "logical_id", "node", "properties",
        "when",
    )  # fmt: skip

    def __init__(
        self,
        builder: StackBuilder,
        evaluator: Evaluator,
        header: ScalarNode,
        logical_id: str,
        node: MappingNode,
        kind: str,
        address: str,
    ) -> None:
        self.builder = builder
        self.evaluator = evaluator
        self.header = header
        self.logical_id = logical_id
        self.node = node
        self.kind = kind
        self.address = address
        self.when = evaluator.context
        properties = node.get("Properties")
        self.properties = properties if isinstance(properties, MappingNode) else _astray(node)
        self._folded: tuple[MappingNode, dict[str, Node]] | None = None
        inner = self.properties.key("Fn::Transform") if self.properties is not None else None
        self._macro = inner or node.key("Fn::Transform")

    def at(self, element: str = "", place: Place | None = None, when: Guard = ALWAYS) -> At:
        """Where the resource, or an element of it, is declared."""
        return At(place or self.header, self.address, element, (), self.when.joined(when) or self.when)

    def written(self, name: str) -> Node | None:
        """The node of a property, in whatever case it is written: CloudFormation refuses another, but what is meant
        is plain."""
        properties = self.properties
        if properties is None:
            return None
        found = properties.get(name)
        if found is not None:
            return found
        if self._folded is None or self._folded[0] is not properties:
            self._folded = properties, {str(key.value).lower(): value for key, value in properties.entries}
        return self._folded[1].get(name.lower())

    def value(self, name: str) -> Value | None:
        """The value of a property (`A.B` for one within another); None when it is not written or null.

        Unknown when what it is within is not known."""
        name, _, inner = name.partition(".")
        node = self.written(name)
        if node is None:
            return None
        value = self.evaluator.value(node)
        while inner:
            option = next(alternatives(value), None)
            name, _, inner = inner.partition(".")
            if isinstance(option, UnknownValue):
                return option
            if not isinstance(option, MapValue):
                return None
            found = option.get(name)
            if found is None:
                return UnknownValue(option.rest, option.place) if option.rest is not None else None
            value = found
        return None if isinstance(value, Scalar) and value.value is None else value

    def given(self, name: str) -> Value | None:
        """The value of a property, as `value`; unknown where it is not written but a macro may write it."""
        value = self.value(name)
        if value is None and self._macro is not None:
            return UnknownValue(_MACRO, self._macro)
        return value

    def text(self, name: str) -> Text | None:
        """A property that is a string; the first, where it may be one of several."""
        value = self.value(name)
        return None if value is None else as_text(next(alternatives(value)))

    def literal(self, name: str) -> str:
        """A property that is a wholly known string; else empty."""
        text = self.text(name)
        return (text.literal or "") if text is not None else ""

    def items(self, name: str) -> Iterator[tuple[str, Value]]:
        """The items of a property that is a list, each with the element it is: `Policies/0`."""
        value = self.value(name)
        if value is not None:
            for index, item in enumerate(as_list(value)):
                yield f"{name}/{index}", item

    def texts(self, name: str) -> Iterator[tuple[str, Text]]:
        """The strings of a property that is a list."""
        for element, item in self.items(name):
            text = as_text(item)
            if text is not None:
                yield element, text

    def setting(self, name: str, otherwise: bool | int | str | None = None) -> Setting:
        """A property as a setting, with its default."""
        return as_setting(self.given(name), otherwise, self.header)

    def itself(self) -> Text:
        """A text that names this resource, as `Ref` does."""
        return Text(parts=(Unknown("", self.logical_id, self.address, "Ref"),), place=self.header)


_OF_RESOURCE = frozenset(
    {
        "Type", "Properties", "Condition", "DependsOn", "Metadata", "CreationPolicy", "UpdatePolicy",
        "UpdateReplacePolicy", "DeletionPolicy", "Connectors", "IgnoreGlobals", "Description", "Version",
    }
)  # fmt: skip


def _astray(node: MappingNode) -> MappingNode | None:
    """The properties that stand beside the type of a resource rather than in `Properties`, when that is missing."""
    if node.key("Properties") is not None:
        return None
    own = [entry for entry in node.entries if entry[0].value not in _OF_RESOURCE and "::" not in str(entry[0].value)]
    return MappingNode(node.source, node.start, node.end, own) if own else None

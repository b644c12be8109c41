"""What a name refers to: a parameter, a pseudo-parameter, a resource or one of its attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iamlint.model.text import Text
from iamlint.model.unknown import Guard, Unknown
from iamlint.model.value import Choice, ListValue, Scalar, UnknownValue, Value
from iamlint.parsers.cloudformation import strings
from iamlint.parsers.cloudformation.conditions import spelled
from iamlint.parsers.cloudformation.return_values import ARN_BY_REF, NAMED_BY, NOT_NAMED_BY_REF, arn_shape
from iamlint.parsers.cloudformation.sections import Parameter
from iamlint.parsers.cloudformation.strings import Piece, Standing, choice, concatenated
from iamlint.parsers.values import as_text, reworked
from iamlint.source.node import MappingNode, ScalarNode
from iamlint.source.span import Place, Related

if TYPE_CHECKING:
    from iamlint.parsers.cloudformation.intrinsics import Evaluator

MOST_ALLOWED = 16


class References:
    """Looks names up for an evaluator. `address_of` gives the address of a resource by its logical id."""

    def __init__(self, evaluator: Evaluator, address_of: Callable[[str], str]) -> None:
        self._evaluator = evaluator
        self._sections = evaluator.sections
        self._address_of = address_of
        self._naming: set[str] = set()

    def ref(self, name: str, place: Place) -> Value:
        """What `Ref` of a name gives."""
        scope = self._evaluator.scope
        if name in scope:
            return scope[name]
        parameter = self._sections.parameters.get(name)
        if parameter is not None:
            return self._parameter(parameter, place)
        if name.startswith("AWS::"):
            return _pseudo(name, place)
        resources = self._sections.resources
        resource = resources.get(name) if resources is not None else None
        if isinstance(resource, MappingNode):
            return self._resource(name, resource, place)
        if ":" in name:
            reason = "Fn::Sub reads it as a reference: write `${!" + name + "}` for a policy variable"
            return UnknownValue(Unknown(reason, name), place)
        return UnknownValue(Unknown("nothing of this name is declared", name), place)

    def attribute(self, name: str, attribute: str, place: Place) -> Value:
        """What `Fn::GetAtt` of a resource gives."""
        resources = self._sections.resources
        resource = resources.get(name) if resources is not None else None
        address = self._address_of(name)
        written = f"{name}.{attribute}"
        if not isinstance(resource, MappingNode):
            return UnknownValue(Unknown("nothing of this name is declared", written, address, attribute), place)
        kind = type_of(resource)
        shape = arn_shape(kind, attribute)
        if shape is not None:
            return self._arn(shape, name, kind, resource, place)
        return UnknownValue(Unknown("known at deploy time only", written, address, attribute), place)

    def _parameter(self, parameter: Parameter, place: Place) -> Value:
        name = parameter.name
        many = parameter.is_list
        if parameter.is_looked_up:
            reason = "the value is looked up in the parameter store at deploy time"
            return UnknownValue(Unknown(reason, name, many="List<" in parameter.type), place)
        if parameter.no_echo:
            return UnknownValue(Unknown("a secret parameter", name, many=many), place)
        if parameter.allowed and not many:
            return self._allowed(parameter, place)
        default = parameter.default
        if default is None:
            return UnknownValue(Unknown("a parameter without a default", name, many=many), place)
        content = spelled(default.value)
        if self._evaluator.branch(f"{name} = {content}", True) is None:
            return UnknownValue(Unknown("a parameter that is not its default here", name, many=many), place)
        via = (Related(place, f"used here as parameter {name}"),)
        text = Text(parts=(content,), spellings=(_spelling(default),), place=default, via=via)
        if not many:
            return text
        if not content.strip():
            return ListValue((), default, via)
        items = strings.split(",", text, default)
        return ListValue(tuple(_stripped(item) for item in strings.items_of(items)), default, via)

    def _allowed(self, parameter: Parameter, place: Place) -> Value:
        """One alternative for each allowed value that can be, where the reference stands."""
        name = parameter.name
        if len(parameter.allowed) > MOST_ALLOWED:
            return UnknownValue(Unknown("a parameter with many allowed values", name), place)
        options: list[Value] = []
        for node in parameter.allowed:
            content = spelled(node.value)
            chosen = f"{name} = {content}"
            if self._evaluator.branch(chosen, True) is None:
                continue
            when = Guard(((chosen, True),))
            via = (Related(place, f"used here as parameter {name}"),)
            options.append(Text(parts=(content,), spellings=(_spelling(node),), place=node, via=via, when=when))
        if not options:
            return UnknownValue(Unknown("a parameter that can have none of its values here", name), place)
        return choice(options, place)

    def _resource(self, name: str, resource: MappingNode, place: Place) -> Value:
        kind = type_of(resource)
        if kind in ARN_BY_REF:
            shape = arn_shape(kind, "Arn")
            if shape is not None:
                return self._arn(shape, name, kind, resource, place)
        if kind in NAMED_BY and kind not in NOT_NAMED_BY_REF:
            return self._name(name, kind, resource, place)
        return UnknownValue(Unknown("known at deploy time only", name, self._address_of(name), "Ref"), place)

    def _name(self, name: str, kind: str, resource: MappingNode, place: Place) -> Value:
        """The name of a resource as written in its properties, else a hole."""
        hole = UnknownValue(Unknown("known at deploy time only", name, self._address_of(name), "Ref"), place)
        properties = resource.get("Properties")
        node = properties.get(NAMED_BY[kind]) if kind in NAMED_BY and isinstance(properties, MappingNode) else None
        if node is None or name in self._naming:
            return hole
        self._naming.add(name)
        try:
            value = self._evaluator.value(node)
        finally:
            self._naming.discard(name)
        text = None if isinstance(value, Choice) else as_text(value)
        if text is None or text.literal is None:
            return hole
        via = (*text.via, Related(place, f"used here as {name}"))
        return reworked(text, via=via, when=text.when)

    def _arn(self, shape: list[str], name: str, kind: str, resource: MappingNode, place: Place) -> Value:
        pieces: list[Piece] = []
        for piece in shape:
            if piece == "N":
                pieces.append((self._name(name, kind, resource, place), place))
            elif piece.startswith("${"):
                pieces.append((_pseudo(piece[2:-1], place), place))
            else:
                pieces.append((piece, Standing(place, len(piece))))
        value = concatenated(pieces, place)
        return reworked(value, via=(), when=value.when)


def type_of(resource: MappingNode) -> str:
    """The type of a resource."""
    kind = resource.get("Type")
    return str(kind.value) if isinstance(kind, ScalarNode) else ""


def _pseudo(name: str, place: Place) -> Value:
    if name == "AWS::NoValue":
        return Scalar(None, place)
    return UnknownValue(Unknown("known at deploy time only", name, many=name == "AWS::NotificationARNs"), place)


def _spelling(node: ScalarNode) -> ScalarNode | None:
    return node if isinstance(node.value, str) else None


def _stripped(item: Value) -> Value:
    """An item of a comma-delimited list, without the space around it."""
    if isinstance(item, Text) and item.literal is not None and item.literal != item.literal.strip():
        return item.model_copy(update={"parts": (item.literal.strip(),), "spellings": ()})
    return item

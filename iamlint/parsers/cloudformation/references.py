"""What a name refers to: a parameter, a pseudo-parameter, a resource or one of its attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from iamlint.model.text import Text
from iamlint.model.unknown import Guard, Unknown
from iamlint.model.value import Choice, ListValue, Scalar, UnknownValue, Value
from iamlint.parsers.cloudformation import loops, strings
from iamlint.parsers.cloudformation.return_values import Returned, returned
from iamlint.parsers.cloudformation.sections import Given, Parameter, spelled
from iamlint.parsers.cloudformation.strings import Piece, Standing, choice, concatenated
from iamlint.parsers.values import MOST_ALTERNATIVES, as_text, reworked
from iamlint.source.node import MappingNode, ScalarNode, SequenceNode
from iamlint.source.span import Place, Related

if TYPE_CHECKING:
    from iamlint.parsers.cloudformation.intrinsics import Evaluator

# What AWS SAM makes a role for.
_WITH_ROLES = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
# No name is longer; names that are made of each other's would grow without end.
_LONGEST = 2048


class _Resource(NamedTuple):
    """A resource, and the scope of the loops that it is made in."""

    body: MappingNode
    scope: dict[str, Value]


class References:
    """Looks names up for an evaluator. `address_of` gives the address of a resource by its logical id."""

    def __init__(self, evaluator: Evaluator, address_of: Callable[[str], str]) -> None:
        self._evaluator = evaluator
        self._sections = evaluator.sections
        self.address_of = address_of
        self._naming: set[str] = set()
        self._looped: dict[str, _Resource] | None = None
        self._properties: dict[tuple[str, str, Guard, bool], Text | None] = {}

    def ref(self, name: str, place: Place) -> Value:
        """What `Ref` of a name gives."""
        scope = self._evaluator.scope
        if name in scope:
            return scope[name]
        handed = self._evaluator.handed.get(name)
        if handed is not None:
            used = (Related(place, f"used here as parameter {name}"),) if name in self._sections.parameters else ()
            return reworked(handed, (*handed.via, *used), handed.when)
        parameter = self._sections.parameters.get(name)
        if parameter is not None:
            return self._parameter(parameter, place)
        if name.startswith("AWS::"):
            return _pseudo(name, place)
        resource = self._declared(name)
        if resource is not None:
            return self._resource(name, resource, place)
        maker = self._maker(name)
        if maker:
            return UnknownValue(Unknown("known at deploy time only", name, self.address_of(maker)), place)
        if ":" in name:
            reason = "Fn::Sub reads it as a reference: write `${!" + name + "}` for a policy variable"
            return UnknownValue(Unknown(reason, name), place)
        return UnknownValue(Unknown("nothing of this name is declared", name), place)

    def attribute(self, name: str, attribute: str, place: Place) -> Value:
        """What `Fn::GetAtt` of a resource gives."""
        resource = self._declared(name)
        address = self.address_of(name)
        written = f"{name}.{attribute}"
        if resource is None:
            maker = self._maker(name)
            if maker:
                return UnknownValue(
                    Unknown("known at deploy time only", written, self.address_of(maker), attribute), place
                )
            return UnknownValue(Unknown("nothing of this name is declared", written, address, attribute), place)
        if attribute.startswith("Outputs.") and self._evaluator.nesting is not None:
            output = self._evaluator.nesting.output(name, attribute.removeprefix("Outputs."), place)
            if output is not None:
                return output
        gives = returned(type_of(resource.body))
        if gives is not None and attribute in gives.arn_attributes:
            return self._arn(gives, name, resource, place)
        if gives is not None and gives.named_by and attribute == gives.named_by:
            return self._name(gives, name, resource, place)
        return UnknownValue(Unknown("known at deploy time only", written, address, attribute), place)

    def _maker(self, name: str) -> str:
        """The logical id of what a transform makes a role of this name for, which goes by its address; empty when
        nothing does. (AWS SAM developer guide, "Generated CloudFormation resources".)"""
        made_for = name.removesuffix("Role")
        resource = self._declared(made_for) if made_for != name else None
        return made_for if resource is not None and type_of(resource.body) in _WITH_ROLES else ""

    def _declared(self, name: str) -> _Resource | None:
        """The resource of a logical id, in a loop or not."""
        section = self._sections.resources
        if section is None:
            return None
        body = section.get(name)
        if isinstance(body, MappingNode):
            return _Resource(body, {})
        if self._looped is None:
            self._looped = {}  # what the collections of loops find
            self._looped = self._in_loops(section)
        return self._looped.get(name)

    def _in_loops(self, section: MappingNode) -> dict[str, _Resource]:
        evaluator = self._evaluator
        found: dict[str, _Resource] = {}
        for header, body in section.entries:
            if str(header.value).startswith(loops.LOOP):
                with evaluator.apart({}):
                    for key, inner in loops.entries(evaluator, body):
                        if isinstance(inner, MappingNode):
                            found[evaluator.name(key) or str(key.value)] = _Resource(inner, evaluator.scope)
        return found

    def _parameter(self, parameter: Parameter, place: Place) -> Value:
        name, many = parameter.name, parameter.is_list
        if parameter.is_looked_up:
            reason = "the value is looked up in the parameter store at deploy time"
            return UnknownValue(Unknown(reason, name, many="List" in parameter.type), place)
        if parameter.no_echo:
            return UnknownValue(Unknown("a secret parameter", name, many=many), place)
        if parameter.given is not None:
            return self._given(parameter, parameter.given, place)
        if parameter.allowed and not many:
            return self._allowed(parameter, place)
        default = parameter.default
        if default is None or self._evaluator.decides:
            return UnknownValue(Unknown("a parameter without a default", name, many=many), place)
        if parameter.is_of_account:
            return UnknownValue(Unknown("a parameter of what the account has", name, many=many), place)
        if not self._evaluator.allow(Guard(((f"{name} = {spelled(default.value)}", True),))):
            return UnknownValue(Unknown("a parameter that is not its default here", name, many=many), place)
        return self._given(parameter, default, place)

    def _given(self, parameter: Parameter, value: Given, place: Place) -> Value:
        """The value that a parameter has, where it is written; of a list its items, commas between them or not."""
        via = (Related(place, f"used here as parameter {parameter.name}"),)
        nodes = value.items if isinstance(value, SequenceNode) else [value]
        if not parameter.is_list:
            node = nodes[0] if len(nodes) == 1 else None
            if not isinstance(node, ScalarNode):
                return UnknownValue(Unknown("a list is given for one value", parameter.name), place)
            return Text(parts=(spelled(node.value),), spellings=(_spelling(node),), place=node, via=via)
        items: list[Value] = []
        for node in nodes:
            if isinstance(node, ScalarNode) and spelled(node.value).strip():
                text = Text(parts=(spelled(node.value),), spellings=(_spelling(node),), place=node)
                items += map(_stripped, strings.items_of(strings.split(",", text, node)))
        return ListValue(tuple(items), value, via)

    def _allowed(self, parameter: Parameter, place: Place) -> Value:
        """One alternative for each allowed value that can be, where the reference stands."""
        name = parameter.name
        if len(parameter.allowed) > MOST_ALTERNATIVES:
            return UnknownValue(Unknown("a parameter with many allowed values", name), place)
        via = (Related(place, f"used here as parameter {name}"),)
        options: list[Value] = []
        for node in parameter.allowed:
            content = spelled(node.value)
            when = Guard(((f"{name} = {content}", True),))
            if self._evaluator.allow(when):
                options.append(Text(parts=(content,), spellings=(_spelling(node),), place=node, via=via, when=when))
        if not options:
            return UnknownValue(Unknown("a parameter that can have none of its values here", name), place)
        return choice(options, place)

    def _resource(self, name: str, resource: _Resource, place: Place) -> Value:
        gives = returned(type_of(resource.body))
        if gives is not None and gives.ref == "arn":
            return self._arn(gives, name, resource, place)
        if gives is not None and gives.ref == "name":
            return self._name(gives, name, resource, place)
        return self._hole(name, place)

    def _hole(self, name: str, place: Place) -> Value:
        return UnknownValue(Unknown("known at deploy time only", name, self.address_of(name), "Ref"), place)

    def _name(self, gives: Returned, name: str, resource: _Resource, place: Place) -> Value:
        """The name of a resource as written in its properties, else a hole."""
        text = self._property(gives.named_by, name, resource)
        if text is None or not text.literal:
            return self._hole(name, place)
        via = (*text.via, Related(place, f"used here as {name}"))
        return reworked(text, via=via, when=text.when)

    def _property(self, wanted: str, name: str, resource: _Resource) -> Text | None:
        """A property of a resource as one string; None when it is not written, or is one of several."""
        properties = resource.body.get("Properties")
        node = properties.get(wanted) if wanted and isinstance(properties, MappingNode) else None
        if node is None or name in self._naming:
            return None
        key = (name, wanted, self._evaluator.context, self._evaluator.decides)
        if key in self._properties:
            return self._properties[key]
        self._naming.add(name)
        try:
            with self._evaluator.apart(resource.scope):
                value = self._evaluator.value(node)
        finally:
            self._naming.discard(name)
        text = None if isinstance(value, Choice) else as_text(value)
        if text is not None and len(text.shown) > _LONGEST:
            text = None
        self._properties[key] = text
        return text

    def _arn(self, gives: Returned, name: str, resource: _Resource, place: Place) -> Value:
        pieces: list[Piece] = []
        for piece in gives.arn_pieces():
            if piece == "N":
                pieces += self._named(gives, name, resource, place)
            elif piece == "I":
                pieces.append((self._hole(name, place), place))
            elif piece.startswith("${"):
                pieces.append((_pseudo(piece[2:-1], place), place))
            else:
                pieces.append((piece, Standing(place, len(piece))))
        value = concatenated(pieces, place)
        return reworked(value, via=(), when=value.when)

    def _named(self, gives: Returned, name: str, resource: _Resource, place: Place) -> list[Piece]:
        """The name as it stands in the ARN: of IAM's own things with the path before it, of a provider the host."""
        value = self._name(gives, name, resource, place)
        if gives.named_by == "Url" and isinstance(value, Text):
            host = (value.literal or "").removeprefix("https://")
            return [(host, Standing(place, len(host)))]
        if not gives.arn.startswith("iam::"):
            return [(value, place)]
        path = self._property("Path", name, resource)
        if path is None:
            return [(value, place)]
        if path.literal is None:
            return [(self._hole(name, place), place)]
        prefix = path.literal.strip("/")
        return [(f"{prefix}/", Standing(place, len(prefix) + 1)), (value, place)] if prefix else [(value, place)]


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

"""The sections of a template: parameters, mappings, resources, outputs, each by name with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamlint.parsers.cloudformation.conditions import spelled
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as declared."""

    name: str
    header: ScalarNode
    type: str
    default: ScalarNode | None
    allowed: tuple[ScalarNode, ...]
    no_echo: bool

    @property
    def is_list(self) -> bool:
        """Whether a `Ref` of it gives a list."""
        return self.type == "CommaDelimitedList" or self.type.startswith("List<")

    @property
    def is_looked_up(self) -> bool:
        """Whether the value is kept in the SSM Parameter Store."""
        return self.type.startswith("AWS::SSM::Parameter::")


class Sections:
    """A template taken apart."""

    def __init__(self, root: MappingNode) -> None:
        self.root = root
        self.parameters = {parameter.name: parameter for parameter in _parameters(root.get("Parameters"))}
        self.mappings = _mapping(root.get("Mappings"))
        self.resources = _mapping(root.get("Resources"))
        self.outputs = _mapping(root.get("Outputs"))
        self.conditions = root.get("Conditions")

    def finite(self) -> dict[str, tuple[str, ...]]:
        """The allowed values of the parameters that have them."""
        return {
            parameter.name: tuple(spelled(node.value) for node in parameter.allowed)
            for parameter in self.parameters.values()
            if parameter.allowed and not parameter.is_list
        }


def _mapping(node: Node | None) -> MappingNode | None:
    return node if isinstance(node, MappingNode) else None


def _parameters(section: Node | None) -> Iterator[Parameter]:
    if not isinstance(section, MappingNode):
        return
    for header, body in section.entries:
        if not isinstance(body, MappingNode):
            continue
        allowed = body.get("AllowedValues")
        default = body.get("Default")
        kind = body.get("Type")
        hidden = body.get("NoEcho")
        yield Parameter(
            name=str(header.value),
            header=header,
            type=str(kind.value) if isinstance(kind, ScalarNode) else "String",
            default=default if isinstance(default, ScalarNode) and default.value is not None else None,
            allowed=tuple(item for item in allowed.items if isinstance(item, ScalarNode))
            if isinstance(allowed, SequenceNode)
            else (),
            no_echo=isinstance(hidden, ScalarNode) and spelled(hidden.value).lower() == "true",
        )

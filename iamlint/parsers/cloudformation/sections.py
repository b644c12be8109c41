"""The sections of a template: parameters, mappings, resources, outputs, each by name with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode

Given = ScalarNode | SequenceNode

# The documented values of AWS::Partition, the partitions of governments' and sovereign clouds among them.
PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")

_LONGEST_TRIED = 40
# A stranger's pattern is tried only when it cannot take long: no group that is repeated, few repetitions.
_REPEATED_GROUP = re.compile(r"\)[*+?{]|\\\d|\(\?")
_REPETITION = re.compile(r"[*+?{]")
_MOST_REPETITIONS = 3


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as declared, and the value that was given for it (`--parameters`), if any."""

    name: str
    header: ScalarNode
    type: str
    default: ScalarNode | None
    allowed: tuple[ScalarNode, ...]
    no_echo: bool
    declared: MappingNode
    given: Given | None = None

    @property
    def is_list(self) -> bool:
        """Whether a `Ref` of it gives a list."""
        return self.type == "CommaDelimitedList" or self.type.startswith("List<")

    @property
    def is_looked_up(self) -> bool:
        """Whether the value is kept in the SSM Parameter Store."""
        return self.type.startswith("AWS::SSM::Parameter::Value")

    @property
    def is_of_account(self) -> bool:
        """Whether the value is the id of something that the account must have, such as a subnet."""
        return self.type.startswith(("AWS::", "List<AWS::")) and not self.is_looked_up

    def values(self) -> tuple[str, ...] | None:
        """All the values that it can have; None when that is open."""
        if self.is_list or self.is_looked_up:
            return None
        if isinstance(self.given, ScalarNode):
            return (spelled(self.given.value),)
        return tuple(spelled(node.value) for node in self.allowed) if self.allowed else None

    def admits(self, value: str) -> bool:
        """Whether the declaration lets it have a value; True where that takes too long to say."""
        if self.is_list or self.is_looked_up:
            return True
        shortest, longest = self._number("MinLength"), self._number("MaxLength")
        if (shortest is not None and len(value) < shortest) or (longest is not None and len(value) > longest):
            return False
        pattern = self.declared.get("AllowedPattern")
        if not isinstance(pattern, ScalarNode) or not isinstance(pattern.value, str) or len(value) > _LONGEST_TRIED:
            return True
        if _REPEATED_GROUP.search(pattern.value) or len(_REPETITION.findall(pattern.value)) > _MOST_REPETITIONS:
            return True
        try:
            return re.fullmatch(pattern.value, value) is not None
        except (re.error, OverflowError, RecursionError):  # Java's patterns are not Python's
            return True

    def _number(self, name: str) -> int | None:
        node = self.declared.get(name)
        text = spelled(node.value) if isinstance(node, ScalarNode) else ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


class Sections:
    """A template taken apart. `given` are values of parameters that were given by name; they win over defaults."""

    def __init__(self, root: MappingNode, given: Mapping[str, Given] | None = None) -> None:
        self.root = root
        self.parameters = {parameter.name: parameter for parameter in _parameters(root.get("Parameters"), given or {})}
        self.mappings = _mapping(root.get("Mappings"))
        self.resources = _mapping(root.get("Resources"))
        self.outputs = _mapping(root.get("Outputs"))
        self.conditions = _mapping(root.get("Conditions"))
        self.rules = _mapping(root.get("Rules"))

    def allowed(self, name: str) -> Sequence[str] | None:
        """All the values that a parameter or pseudo-parameter can have; None when that is open."""
        parameter = self.parameters.get(name)
        if parameter is not None:
            return parameter.values()
        return PARTITIONS if name == "AWS::Partition" else None


def spelled(value: object) -> str:
    """A scalar as CloudFormation compares it: booleans are the words, null is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _mapping(node: Node | None) -> MappingNode | None:
    return node if isinstance(node, MappingNode) else None


def _parameters(section: Node | None, given: Mapping[str, Given]) -> Iterator[Parameter]:
    if not isinstance(section, MappingNode):
        return
    for header, body in section.entries:
        if not isinstance(body, MappingNode):
            continue
        allowed = body.get("AllowedValues")
        default = body.get("Default")
        kind = body.get("Type")
        hidden = body.get("NoEcho")
        name = str(header.value)
        yield Parameter(
            name=name,
            header=header,
            type=str(kind.value) if isinstance(kind, ScalarNode) else "String",
            default=default if isinstance(default, ScalarNode) and default.value is not None else None,
            allowed=tuple(item for item in allowed.items if isinstance(item, ScalarNode))
            if isinstance(allowed, SequenceNode)
            else (),
            no_echo=isinstance(hidden, ScalarNode) and spelled(hidden.value).lower() == "true",
            declared=body,
            given=given.get(name),
        )

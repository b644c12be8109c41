"""Nested stacks: a child template gets its parameters from the parent that names it, and gives its outputs back.

A child that a parent in view deploys is read as that parent deploys it, and not once more with its defaults: the
defaults are not what will run, and findings on them would be about a stack that nobody makes.
"""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from iamlint.model.stack import Stack
from iamlint.model.unknown import Guard
from iamlint.model.value import Scalar, UnknownValue, Value
from iamlint.parsers.cloudformation.carrying import as_given, carried
from iamlint.parsers.cloudformation.references import type_of
from iamlint.parsers.cloudformation.sections import Given, Parameter
from iamlint.parsers.cloudformation.template import Template, is_template
from iamlint.parsers.values import alternatives, as_text
from iamlint.source.document import Document
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Place

# The property that says where the template of a nested stack is.
LOCATIONS = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::CloudFormation::StackSet": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
_DEEPEST = 8
_MOST = 200  # templates that one parent leads to
_OF_PARENT = " of the parent stack"


@dataclass(slots=True)
class Family:
    """All templates that one parent leads to.

    `find` gives the template at a path as seen from another, or None: not there, none, or outside of what was given
    to be read. `opened` are the paths of the children that were read.
    """

    find: Callable[[str, str], Document | None]
    opened: set[str] = field(default_factory=set)
    count: int = 0


def stacks(document: Document, given: Mapping[str, Given] | None, family: Family) -> Iterator[tuple[Document, Stack]]:
    """The stack of a template and those nested in it, each with the document that it comes from."""
    template = Template(document, given)
    nesting = _Nesting(template, family, (document.source.path,))
    yield from nesting.stacks()


def named_paths(root: Node) -> Iterator[str]:
    """The paths of the local templates that a template names, as written in it."""
    resources = root.get("Resources") if isinstance(root, MappingNode) else None
    for _, body in resources.entries if isinstance(resources, MappingNode) else ():
        if isinstance(body, MappingNode) and type_of(body) in LOCATIONS:
            path = _asset(body)
            node = _location(body)
            if not path and isinstance(node, ScalarNode):
                path = str(node.value)
            if _is_local(path):
                yield path


class _Nesting:
    """The stacks nested in one template, by the logical ids of the resources that make them."""

    def __init__(self, template: Template, family: Family, chain: tuple[str, ...]) -> None:
        self._template = template
        self._evaluator = template.evaluator
        self._family = family
        self._chain = chain
        self._children: dict[str, _Nesting | None] = {}
        template.evaluator.nesting = self

    def stacks(self) -> Iterator[tuple[Document, Stack]]:
        self._template.declare()
        yield self._template.document, self._template.builder.build()
        for child in self._children.values():
            if child is not None:
                yield from child.stacks()

    def is_read(self, logical_id: str) -> bool:
        """Whether the template of a nested stack is at hand, so that it is read."""
        return self._child(logical_id) is not None

    def output(self, logical_id: str, name: str, place: Place) -> Value | None:
        """The output of a nested stack; None when its template is not at hand."""
        child = self._child(logical_id)
        return child.own_output(logical_id, name, place) if child is not None else None

    def own_output(self, logical_id: str, name: str, place: Place) -> Value | None:
        """An output of this template, as the parent sees it that has it under a logical id."""
        section = self._evaluator.sections.outputs
        body = section.get(name) if section is not None else None
        node = body.get("Value") if isinstance(body, MappingNode) else None
        if node is None:
            return None
        value = self._evaluator.value(node)

        def renamed(condition: str) -> str:
            variable, equals, chosen = condition.partition(" = ")
            back = variable.removesuffix(_OF_PARENT)
            return (back if back != variable else f"{variable} of {logical_id}") + equals + chosen

        return carried(value, renamed, logical_id, place, f"used here as output {name}")

    def _child(self, logical_id: str) -> _Nesting | None:
        if logical_id not in self._children:
            self._children[logical_id] = None  # what a circle of outputs and parameters finds
            resources = self._evaluator.sections.resources
            body = resources.get(logical_id) if resources is not None else None
            if isinstance(body, MappingNode) and type_of(body) in LOCATIONS:
                self._children[logical_id] = self._opened(body)
        return self._children[logical_id]

    def _opened(self, body: MappingNode) -> _Nesting | None:
        guard = self._template.context(body)
        path = self._path(body)
        if guard is None or not path or len(self._chain) > _DEEPEST or self._family.count >= _MOST:
            return None
        document = self._family.find(self._chain[-1], path)
        if document is None or document.source.path in self._chain:
            return None
        self._family.count += 1
        self._family.opened.add(document.source.path)
        given, handed = self._parameters(body, guard)
        child = Template(document, given)
        for name, value in handed.items():
            parameter = child.evaluator.sections.parameters.get(name)
            if parameter is not None and _takes(parameter, value):
                child.evaluator.handed[name] = value
        child.builder.leave_out()  # what it lacks may be in its parent
        child.evaluator.context = Guard(tuple((_renamed_down(name), taken) for name, taken in guard.branches))
        return _Nesting(child, self._family, (*self._chain, document.source.path))

    def _path(self, body: MappingNode) -> str:
        path = _asset(body)
        node = _location(body)
        if not path and node is not None:
            text = as_text(next(alternatives(self._evaluator.value(node))))
            path = (text.literal or "") if text is not None else ""
        return path if _is_local(path) else ""

    def _parameters(self, body: MappingNode, guard: Guard) -> tuple[dict[str, Given], dict[str, Value]]:
        """The parameters that the parent gives: those that are known strings, and the others."""
        properties = body.get("Properties")
        section = properties.get("Parameters") if isinstance(properties, MappingNode) else None
        given: dict[str, Given] = {}
        handed: dict[str, Value] = {}
        for name, node in _entries(section):
            value = self._evaluator.under(guard, node)
            known = as_given(value)
            if known is not None:
                given[name] = known
            elif not (isinstance(value, Scalar) and value.value is None):
                handed[name] = carried(value, _renamed_down, "..", None, "")
        return given, handed


def _renamed_down(condition: str) -> str:
    """A condition of the parent, by the name that it has in the child."""
    variable, equals, chosen = condition.partition(" = ")
    return variable + _OF_PARENT + equals + chosen


def _entries(section: Node | None) -> Iterator[tuple[str, Node]]:
    """The parameters by name: of a nested stack a map, of a stack set a list of keys and values."""
    if isinstance(section, MappingNode):
        for key, node in section.entries:
            yield str(key.value), node
    for item in section.items if isinstance(section, SequenceNode) else ():
        if isinstance(item, MappingNode):
            name, value = item.get("ParameterKey"), item.get("ParameterValue")
            if isinstance(name, ScalarNode) and value is not None:
                yield str(name.value), value


def _takes(parameter: Parameter, value: Value) -> bool:
    """Whether what a parent hands over says more of a parameter than its own declaration."""
    if parameter.no_echo or parameter.is_looked_up:
        return False
    return not (parameter.allowed and isinstance(value, UnknownValue))


def _location(body: MappingNode) -> Node | None:
    properties = body.get("Properties")
    return properties.get(LOCATIONS[type_of(body)]) if isinstance(properties, MappingNode) else None


def _asset(body: MappingNode) -> str:
    """The file that the CDK made of a nested stack, as it notes it beside the resource."""
    metadata = body.get("Metadata")
    path = metadata.get("aws:asset:path") if isinstance(metadata, MappingNode) else None
    return path.value if isinstance(path, ScalarNode) and isinstance(path.value, str) else ""


def _is_local(path: str) -> bool:
    return bool(path) and "://" not in path and not os.path.isabs(path) and "\0" not in path


def template_at(document: Document | None) -> Document | None:
    """The document, if it is a template."""
    return document if document is not None and document.root is not None and is_template(document.root) else None


def joined(parent: str, path: str) -> str:
    """The path of a child as seen from where its parent stands."""
    return os.path.normpath(os.path.join(os.path.dirname(parent), path)).replace(os.sep, "/")

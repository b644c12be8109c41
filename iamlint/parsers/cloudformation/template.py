"""A CloudFormation template becomes a stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.model.stack import Stack
from iamlint.model.unknown import Guard, Unknown
from iamlint.parsers.assemble import StackBuilder
from iamlint.parsers.cloudformation import loops, resources, secrets, shown_metadata
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.intrinsics import Evaluator
from iamlint.parsers.cloudformation.loops import LOOP
from iamlint.parsers.cloudformation.mentions import Mentions, is_rewritten
from iamlint.parsers.cloudformation.references import type_of
from iamlint.parsers.cloudformation.sections import Given, Sections
from iamlint.source.document import Document
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode

_NAMESPACES = ("AWS::", "Custom::", "Alexa::")


def is_template(root: Node) -> bool:
    """Whether this is a CloudFormation template: it says so, or it has resources of AWS's types."""
    if not isinstance(root, MappingNode):
        return False
    declared = root.get("Resources")
    if not isinstance(declared, MappingNode):
        return False
    if root.key("AWSTemplateFormatVersion") is not None:
        return True
    for name, body in declared.entries:
        if isinstance(body, MappingNode) and type_of(body).startswith(_NAMESPACES):
            return True
        if isinstance(name.value, str) and name.value.startswith(LOOP) and isinstance(body, SequenceNode):
            return True
    return False


def stack(document: Document, given: Mapping[str, Given] | None = None) -> Stack:
    """The stack that a template makes, some of its parameters having the values that are given by name."""
    template = Template(document, given)
    template.declare()
    return template.builder.build()


class Template:
    """A template on its way to a stack. `above` stands before the addresses of what is in it."""

    def __init__(self, document: Document, given: Mapping[str, Given] | None = None, above: str = "") -> None:
        self.document = document
        self._above = above
        root, source = document.root, document.source
        if not isinstance(root, MappingNode):
            root = MappingNode(source, 0, 0, [])
        self._sections = Sections(root, given)
        self._evaluator = self.evaluator = Evaluator(self._sections, self._address)
        self.builder = StackBuilder(source.path, self._evaluator.conditions.allow)
        self.builder.view(Mentions(root, self._address))
        if is_rewritten(root):
            self.builder.note_unknown(Unknown("a macro is run at deploy time", "Transform"))
            self.builder.leave_out()
        self._secrets = secrets.Secrets(self.builder, self._sections)

    def declare(self, in_text: bool = True) -> None:
        """Tells the builder what all resources are. `in_text` looks the whole text through for secrets too."""
        for header, logical_id, body in self._entries(self._sections.resources):
            self._resource(header, logical_id, body)
        for _, name, body in self._entries(self._sections.outputs):
            when = self.context(body)
            if when is not None:
                secrets.output(self.builder, self._sections, self._evaluator.value, name, body, when)
        self._secrets.parameters()
        if in_text:
            self._secrets.in_text(self.document)

    def _entries(self, section: MappingNode | None) -> Iterator[tuple[ScalarNode, str, MappingNode]]:
        """The resources or outputs, those of loops too, each with its logical id."""
        for header, body in section.entries if section is not None else ():
            name = str(header.value)
            if name.startswith(LOOP):
                for key, inner in loops.entries(self._evaluator, body):
                    if isinstance(inner, MappingNode):
                        yield key, self._evaluator.name(key) or str(key.value), inner
            elif name == "Fn::Transform":
                self.builder.note_unknown(Unknown("a macro is run at deploy time", name))
                self.builder.leave_out()
            elif isinstance(body, MappingNode):
                yield header, name, body

    def _resource(self, header: ScalarNode, logical_id: str, body: MappingNode) -> None:
        kind = type_of(body)
        context = self.context(body)
        if not kind or context is None:
            return
        around, self._evaluator.context = self._evaluator.context, context
        try:
            it = Declaring(
                self.builder, self._evaluator, header, logical_id, body, kind, self._address_of(logical_id, body)
            )
            resources.declare(it)
            self._secrets.of_resource(it)
            shown_metadata.declare(it, self._sections)
            if kind == "AWS::SSM::Parameter":
                secrets.stored_parameter(it, self._sections)
        finally:
            self._evaluator.context = around

    def context(self, body: MappingNode) -> Guard | None:
        """The guard of a resource; None when its condition never holds."""
        condition = body.get("Condition")
        name = self._evaluator.name(condition) if isinstance(condition, ScalarNode) else None
        if not name:
            return self._evaluator.context
        return self._evaluator.branch(name, True)

    def _address(self, logical_id: str) -> str:
        section = self._sections.resources
        body = section.get(logical_id) if section is not None else None
        return self._address_of(logical_id, body)

    def _address_of(self, logical_id: str, body: Node | None) -> str:
        return self._above + _address_of(logical_id, body)


def _address_of(logical_id: str, body: Node | None) -> str:
    """The construct path that the CDK notes, else the path of the logical id."""
    metadata = body.get("Metadata") if isinstance(body, MappingNode) else None
    path = metadata.get("aws:cdk:path") if isinstance(metadata, MappingNode) else None
    if isinstance(path, ScalarNode) and isinstance(path.value, str):
        return path.value
    return f"Resources/{logical_id}"

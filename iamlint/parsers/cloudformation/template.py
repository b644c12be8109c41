"""A CloudFormation template becomes a stack."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.stack import Stack
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.parsers.assemble import StackBuilder
from iamlint.parsers.cloudformation import resources, secrets
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.intrinsics import Evaluator
from iamlint.parsers.cloudformation.references import type_of
from iamlint.parsers.cloudformation.sections import Sections
from iamlint.source.document import Document
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode

_LOOP = "Fn::ForEach::"
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
        if isinstance(name.value, str) and name.value.startswith(_LOOP) and isinstance(body, SequenceNode):
            return True
    return False


def stack(document: Document) -> Stack:
    """The stack that a template makes."""
    builder = StackBuilder(document.source.path)
    root = document.root
    if isinstance(root, MappingNode):
        _Template(builder, root).declare(document)
    return builder.build()


class _Template:
    def __init__(self, builder: StackBuilder, root: MappingNode) -> None:
        self._builder = builder
        self._sections = Sections(root)
        self._evaluator = Evaluator(self._sections, self._address)
        self._secrets = secrets.Secrets(builder, self._sections)

    def declare(self, document: Document) -> None:
        for header, logical_id, body in self._resources():
            self._resource(header, logical_id, body)
        secrets.outputs(self._builder, self._sections, self._evaluator.value)
        self._secrets.in_text(document.source)

    def _resources(self) -> Iterator[tuple[ScalarNode, str, MappingNode]]:
        """The resources, those of loops too, each with its logical id."""
        section = self._sections.resources
        for header, body in section.entries if section is not None else ():
            name = str(header.value)
            if name.startswith(_LOOP):
                for key, inner in self._evaluator.loop(body):
                    if isinstance(inner, MappingNode):
                        yield key, self._evaluator.name(key) or str(key.value), inner
            elif name == "Fn::Transform":
                self._builder.note_unknown(Unknown("a macro is run at deploy time", name))
            elif isinstance(body, MappingNode):
                yield header, name, body

    def _resource(self, header: ScalarNode, logical_id: str, body: MappingNode) -> None:
        kind = type_of(body)
        context = self._context(body)
        if not kind or context is None:
            return
        self._evaluator.context = context
        try:
            it = Declaring(
                self._builder, self._evaluator, header, logical_id, body, kind, _address_of(logical_id, body)
            )
            resources.declare(it)
            self._secrets.of_resource(it)
            if kind == "AWS::SSM::Parameter":
                secrets.stored_parameter(it, self._sections)
        finally:
            self._evaluator.context = ALWAYS

    def _context(self, body: MappingNode) -> Guard | None:
        """The guard of a resource; None when its condition never holds."""
        condition = body.get("Condition")
        if not isinstance(condition, ScalarNode) or not isinstance(condition.value, str):
            return ALWAYS
        return self._evaluator.branch(condition.value, True)

    def _address(self, logical_id: str) -> str:
        section = self._sections.resources
        body = section.get(logical_id) if section is not None else None
        return _address_of(logical_id, body)


def _address_of(logical_id: str, body: Node | None) -> str:
    """The construct path that the CDK notes, else the path of the logical id."""
    metadata = body.get("Metadata") if isinstance(body, MappingNode) else None
    path = metadata.get("aws:cdk:path") if isinstance(metadata, MappingNode) else None
    if isinstance(path, ScalarNode) and isinstance(path.value, str):
        return path.value
    return f"Resources/{logical_id}"

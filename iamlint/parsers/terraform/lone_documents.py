"""Documents of `data "aws_iam_policy_document"` that nothing takes: checked as what they plainly are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.policy import AttachmentForm
from iamlint.parsers import raw_policy
from iamlint.parsers.assemble import At, StackBuilder
from iamlint.parsers.terraform.instances import Module
from iamlint.parsers.terraform.planned_modules import items, string, within
from iamlint.parsers.terraform.policy_document_data import rendered
from iamlint.source.hcl_syntax import Block
from iamlint.source.node import MappingNode, Node

_KIND = "aws_iam_policy_document"
_NAMED = re.compile(rf"\bdata\.{_KIND}\.([\w-]+)")


def declare(builder: StackBuilder, root: Module) -> None:
    """Puts the documents into the stack that nothing but an output names, which other code may read."""
    modules = [module for module in _modules(root) if any(kind == _KIND for kind, _ in module.declared.data)]
    if not modules:
        return
    used = _used(builder)
    seen: set[tuple[str, int]] = set()
    for module in modules:
        for name, block in _lone(module, _named_in_files(module), used):
            if (block.source.path, block.start) not in seen:
                seen.add((block.source.path, block.start))
                _declare(builder, module, name, block)


def declare_planned(builder: StackBuilder, root: Module, configured: MappingNode) -> None:
    """The same of a plan, whose configuration says what names what."""
    used: set[tuple[str, int]] | None = None
    for module, node in _planned_modules(root, configured):
        if any(kind == _KIND for kind, _ in module.declared.data):
            used = _used(builder) if used is None else used
            for name, block in _lone(module, _named_in_plan(module, node), used):
                _declare(builder, module, name, block)


def _used(builder: StackBuilder) -> set[tuple[str, int]]:
    return {(place.source.path, place.start) for place in builder.statement_places()}


def _planned_modules(module: Module, configured: Node) -> Iterator[tuple[Module, Node]]:
    yield module, configured
    for name in module.declared.modules:
        node = within(configured, "module_calls", name, "module")
        if node is not None:
            for _, called in module.called(name).instances:
                yield from _planned_modules(called, node)


def _named_in_plan(module: Module, configured: Node) -> set[str]:
    """The documents that something but an output names, and those that the configuration has no more."""
    listed = items(configured, "resources")
    calls = within(configured, "module_calls")
    takers = [(string(node, "name") if string(node, "type") == _KIND else "", node) for node in listed]
    for _, call in calls.entries if isinstance(calls, MappingNode) else ():
        given = (within(call, key) for key in ("expressions", "for_each_expression", "count_expression"))
        takers += [("", node) for node in given if node is not None]
    named = {
        name for own, node in takers for name in _NAMED.findall(node.source.text[node.start : node.end]) if name != own
    }
    if listed:
        kept = {string(node, "name") for node in listed if string(node, "type") == _KIND}
        named.update(name for kind, name in module.declared.data if kind == _KIND and name not in kept)
    return named


def _modules(module: Module) -> Iterator[Module]:
    yield module
    for name in module.declared.modules:
        for _, called in module.called(name).instances:
            yield from _modules(called)


def _named_in_files(module: Module) -> set[str]:
    """The documents that something but an output names."""
    return {
        name
        for document in module.declared.documents
        for block in (document.body.blocks if document.body is not None else ())
        if block.kind != "output"
        for name in _NAMED.findall(block.source.text[block.start : block.whole_end])
        if block.labels[:2] != (_KIND, name)
    }


def _lone(module: Module, named: set[str], used: set[tuple[str, int]]) -> list[tuple[str, Block]]:
    """Documents that are not named, and of which no statement got into a policy through an output."""
    return [
        (name, block)
        for (kind, name), block in module.declared.data.items()
        if kind == _KIND
        and name not in named
        and not any(path == block.source.path and block.start <= at < block.whole_end for path, at in used)
    ]


def _declare(builder: StackBuilder, module: Module, name: str, block: Block) -> None:
    for instance in module.resource("data", _KIND, name).instances:
        document = rendered(instance)
        kind, service = raw_policy.kind_and_service(document, name)
        at = At(block, instance.address, "", instance.via, instance.when)
        form: AttachmentForm = "resource" if kind == "resource" else "unattached"
        builder.policy(
            document, at, "unattached" if kind == "identity" else kind, form, service=service,
            label=name if kind == "resource" else "",
        )  # fmt: skip

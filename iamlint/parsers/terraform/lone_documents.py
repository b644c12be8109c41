"""Documents of `data "aws_iam_policy_document"` that nothing takes: checked as what they plainly are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.policy import AttachmentForm
from iamlint.parsers import raw_policy
from iamlint.parsers.assemble import At, StackBuilder
from iamlint.parsers.terraform.instances import Module
from iamlint.parsers.terraform.policy_document_data import rendered
from iamlint.source.hcl_syntax import Block

_KIND = "aws_iam_policy_document"
_NAMED = re.compile(rf"\bdata\.{_KIND}\.([\w-]+)")


def declare(builder: StackBuilder, root: Module) -> None:
    """Puts the documents into the stack that nothing but an output names, which other code may read."""
    modules = [module for module in _modules(root) if any(kind == _KIND for kind, _ in module.declared.data)]
    if not modules:
        return
    used = {(place.source.path, place.start) for place in builder.statement_places()}
    seen: set[tuple[str, int]] = set()
    for module in modules:
        for name, block in _lone(module, used):
            if (block.source.path, block.start) not in seen:
                seen.add((block.source.path, block.start))
                _declare(builder, module, name, block)


def _modules(module: Module) -> Iterator[Module]:
    yield module
    for name in module.declared.modules:
        for _, called in module.called(name).instances:
            yield from _modules(called)


def _lone(module: Module, used: set[tuple[str, int]]) -> list[tuple[str, Block]]:
    """Documents that nothing names but outputs, and of which no statement got into a policy through these."""
    declared = module.declared
    named = {
        name
        for document in declared.documents
        for block in (document.body.blocks if document.body is not None else ())
        if block.kind != "output"
        for name in _NAMED.findall(block.source.text[block.start : block.whole_end])
        if block.labels[:2] != (_KIND, name)
    }
    return [
        (name, block)
        for (kind, name), block in declared.data.items()
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

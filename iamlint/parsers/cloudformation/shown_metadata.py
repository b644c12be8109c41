"""Secrets that the metadata of a resource carries, which CloudFormation shows as written, NoEcho or not.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.secret import Output
from iamlint.model.thing import Setting
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.secret_places import leaves
from iamlint.parsers.cloudformation.secrets import secret_in
from iamlint.parsers.cloudformation.sections import Sections
from iamlint.source.node import MappingNode, Node, SequenceNode

_DEEPEST = 40
# What it holds is a rule of its own.
_AUTHENTICATION = "AWS::CloudFormation::Authentication"


def declare(it: Declaring, sections: Sections) -> None:
    """What the metadata of a resource shows of secrets: each once, where it is first."""
    metadata = it.node.get("Metadata")
    told: set[str] = set()
    for key, part in metadata.entries if isinstance(metadata, MappingNode) else ():
        for reference in _references(part) if key.value != _AUTHENTICATION else ():
            carries = secret_in(reference, sections)
            if not carries or carries in told:
                continue
            told.add(carries)
            it.builder.add(
                Output(
                    name=it.logical_id, kind="metadata of", value=None, carries=carries,
                    sensitive=Setting(value=False, place=reference, declared=False), place=reference, when=it.when,
                    address=it.address, element=f"Metadata/{key.value}",
                )
            )  # fmt: skip


def _references(node: Node, depth: int = 0) -> Iterator[Node]:
    """The references in all that is below a node."""
    if isinstance(node, MappingNode):
        found = list(leaves(node, 1))
        yield from found
        below = () if found else tuple(value for _, value in node.entries)
    else:
        below = tuple(node.items) if isinstance(node, SequenceNode) else ()
    for value in below if depth < _DEEPEST else ():
        yield from _references(value, depth + 1)

"""Access keys that a template hands to what runs code: declared ones by reference, others by their id."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parsers import credentials, secret_words
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.references import type_of
from iamlint.parsers.cloudformation.secret_places import references, referred
from iamlint.parsers.cloudformation.sections import Sections
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import place_within

_DEEPEST = 40


class HandedKeys:
    """Tells a template's access keys where a workload gets them."""

    def __init__(self, sections: Sections) -> None:
        self._sections = sections
        self._declared: set[str] | None = None

    def look(self, it: Declaring, node: Node, element: str) -> None:
        """Looks through what the workload of a resource gets: its environment, its user data."""
        for leaf in _leaves(node, 0):
            if isinstance(leaf, MappingNode):
                name = referred(leaf).partition(".")[0]
                if name in self._keys():
                    at = it.at(element, leaf)
                    it.builder.hand(at, it.evaluator.references.address_of(name))
            elif isinstance(leaf, ScalarNode) and isinstance(leaf.value, str):
                for key, start, end in credentials.key_ids(leaf.value):
                    at = it.at(element, place_within(leaf, start, end))
                    it.builder.hand(at, key, f"the access key {secret_words.hint(key)}")

    def _keys(self) -> set[str]:
        """The logical ids of the access keys that the template declares."""
        if self._declared is None:
            resources = self._sections.resources
            self._declared = {
                str(name.value)
                for name, body in (resources.entries if resources is not None else ())
                if isinstance(body, MappingNode) and type_of(body) == "AWS::IAM::AccessKey"
            }
        return self._declared


def _leaves(node: Node, depth: int) -> Iterator[Node]:
    """The strings in a node, and the references, those in the strings of `Fn::Sub` included."""
    if depth > _DEEPEST:
        return
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from _leaves(item, depth + 1)
    elif isinstance(node, MappingNode):
        for key, value in node.entries:
            if key.value in ("Ref", "Fn::GetAtt"):
                yield node
                continue
            if key.value == "Fn::Sub":
                yield from references(value, 1)
            yield from _leaves(value, depth + 1)
    else:
        yield node

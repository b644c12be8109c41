"""What names a resource in its template: looked up in the text, when a rule asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from iamlint.parsers.cloudformation.references import type_of
from iamlint.parsers.naming import named_in
from iamlint.source.node import MappingNode, Node

_WORD = re.compile(r"[A-Za-z0-9]+")
# The text of what an alias of YAML stands for is elsewhere.
_ALIAS = re.compile(r"[:\-,\[]\s+\*[A-Za-z]")
# These transforms add no resource that would name one which is declared, or be about the account; others may.
_KNOWN_TRANSFORMS = re.compile(
    r"AWS::(?:Serverless-2016-10-31|LanguageExtensions|SecretsManager-[0-9-]+|CodeDeployBlueGreen)"
)
_NAMING = ("Outputs", "Hooks", "Globals", "Conditions")


def is_rewritten(root: MappingNode) -> bool:
    """Whether a transform of the whole template may add to it what is not at hand."""
    if root.key("Fn::Transform") is not None:
        return True
    transform = root.get("Transform")
    return transform is not None and _WORD.search(_KNOWN_TRANSFORMS.sub("", _written(transform))) is not None


class Mentions:
    """What names the resources of a template; `address` gives that of a logical id."""

    def __init__(self, root: MappingNode, address: Callable[[str], str]) -> None:
        self._root = root
        self._address = address
        self._table: dict[str, frozenset[str]] | None = None

    def __call__(self, address: str) -> frozenset[str] | None:
        """The types of the resources that name the one at an address, and the sections that do; None when that is not
        known, or nothing is declared at the address."""
        if self._table is None:
            self._table = self._made()
        return self._table.get(address)

    def _made(self) -> dict[str, frozenset[str]]:
        resources = self._root.get("Resources")
        if not isinstance(resources, MappingNode) or not self._is_all_there():
            return {}
        found: dict[str, set[str]] = {str(header.value): set() for header, _ in resources.entries}
        for own, label, text in self._parts(resources):
            for word in set(_WORD.findall(text)):
                if word in found and word != own:
                    found[word].add(label)
        return {self._address(name): frozenset(labels) for name, labels in found.items()}

    def _is_all_there(self) -> bool:
        """Whether the template is what is deployed: no macro writes more of it."""
        if is_rewritten(self._root):
            return False
        return "Fn::Transform" not in self._root.source.text and not _ALIAS.search(self._root.source.text)

    def _parts(self, resources: MappingNode) -> Iterator[tuple[str, str, str]]:
        for header, body in resources.entries:
            kind = type_of(body) if isinstance(body, MappingNode) else ""
            yield str(header.value), kind, named_in(kind, _written(body))
        for name in _NAMING:
            section = self._root.get(name)
            if section is not None:
                yield "", name, _written(section)


def _written(node: Node) -> str:
    return node.source.text[node.start : node.end]

"""`data "aws_iam_policy_document"` as the AWS provider renders it, every element at its literal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.model.text import Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.terraform import multiplicity
from iamlint.parsers.terraform.literals import is_null, text
from iamlint.parsers.terraform.statement_elements import BlockArguments, statement
from iamlint.parsers.values import as_list, reworked

if TYPE_CHECKING:
    from iamlint.parsers.terraform.resource_instances import ResourceInstance


def rendered(instance: ResourceInstance) -> Value:
    """The document of a data source instance: sources first, then its own statements, then overrides, by Sid."""
    block = instance.block
    made = _Merged()
    for name in ("source_json", "source_policy_documents"):
        for document in _documents(instance.written(name)):
            made.take(document)
    for expanded in multiplicity.expanded(block.body, instance.scope, "statement"):
        made.merge(statement(BlockArguments(expanded)))
    version = instance.written("version")
    made.upgrade(text("2012-10-17", block) if version is None or is_null(version) else version)
    made.identify(instance.written("policy_id"))
    for name in ("override_json", "override_policy_documents"):
        for document in _documents(instance.written(name)):
            made.take(document)
    entries: list[tuple[Text, Value]] = []
    if made.version is not None:
        entries.append((text("Version", block), made.version))
    if made.identifier is not None:
        entries.append((text("Id", block), made.identifier))
    entries.append((text("Statement", block), ListValue(tuple(made.statements), block)))
    return MapValue(tuple(entries), block)


class _Merged:
    """Documents laid over each other as the provider does: of version the latest, of ids and Sids the last."""

    __slots__ = ("identifier", "statements", "version")

    def __init__(self) -> None:
        self.version: Value | None = None
        self.identifier: Value | None = None
        self.statements: list[Value] = []

    def take(self, document: Value) -> None:
        """Lays a whole document over the others."""
        if isinstance(document, Text):
            document = read_json_text(document)
        if isinstance(document, MapValue):
            self.upgrade(document.get("Version"))
            self.identify(document.get("Id"))
        for each in _statements_of(document):
            self.merge(each)

    def upgrade(self, version: Value | None) -> None:
        """Takes a version unless it is earlier; dates compare as strings."""
        if version is None or is_null(version):
            return
        known = self.version.literal if isinstance(self.version, Text) else None
        literal = version.literal if isinstance(version, Text) else None
        if self.version is None or (known is not None and (literal is None or literal > known)):
            self.version = version

    def identify(self, identifier: Value | None) -> None:
        """Takes the Id of a document, when it has one."""
        if identifier is not None and not is_null(identifier):
            self.identifier = identifier

    def merge(self, added: Value) -> None:
        """Adds a statement; one with the Sid of an earlier one takes its place. Where it is there only under a
        condition, the earlier one stays for when that does not hold."""
        sid = _sid(added)
        for index, earlier in enumerate(self.statements) if sid else ():
            if _sid(earlier) != sid:
                continue
            branches = added.when.branches
            if not branches:
                self.statements[index] = added
                return
            otherwise = Guard(tuple((name, not yes) for name, yes in branches)) if len(branches) == 1 else ALWAYS
            left = earlier.when.joined(otherwise)
            if left is not None:
                self.statements[index] = reworked(earlier, earlier.via, left)
        self.statements.append(added)


def _documents(value: Value | None) -> Iterator[Value]:
    """The documents of `source_policy_documents` and the like; empty strings and nulls are none."""
    if value is None:
        return
    for item in as_list(value):
        if not (isinstance(item, Text) and item.literal == ""):
            yield item


def _statements_of(document: Value) -> Iterator[Value]:
    """The statements of a document that is an object, or one that is not known and stands for any."""
    if isinstance(document, MapValue):
        inner = document.get("Statement")
        if inner is None:
            return
        for each in as_list(inner):
            guard = document.when.joined(each.when)
            if guard is not None:
                yield reworked(each, (*document.via, *each.via), guard)
        return
    unknown = document.unknown if isinstance(document, UnknownValue) else Unknown("a document of another kind")
    several = Unknown(unknown.reason, unknown.written, unknown.ref, unknown.attribute, many=True)
    yield UnknownValue(several, document.place, document.via, document.when)


def _sid(of: Value) -> str:
    value = of.get("Sid") if isinstance(of, MapValue) else None
    return (value.literal or "") if isinstance(value, Text) else ""

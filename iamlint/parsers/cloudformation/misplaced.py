"""Policies that stand where CloudFormation does not look for them, and what is wrong with that in words."""

from __future__ import annotations

from typing import NamedTuple

from iamlint.model.value import MapValue, UnknownValue, Value
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.policy_shapes import is_statement, statement_of
from iamlint.source.node import MappingNode, ScalarNode

_ITEM = "an item of `Policies` has a `PolicyName` and a `PolicyDocument`, in which `Version` and `Statement` belong"


class Found(NamedTuple):
    """A document, and why it is not where it belongs; empty where it is."""

    document: Value | None
    astray: str = ""


def in_properties(it: Declaring, name: str = "PolicyDocument") -> Found:
    """The document of a resource: the property `name`, or the statements that stand beside it; an empty object where
    the property is written without a value."""
    document = it.value(name)
    if document is not None or it.properties is None:
        return Found(document)
    if it.written("Statement") is not None:
        own = [entry for entry in it.properties.entries if entry[0].value in ("Version", "Statement")]
        place = it.properties
        value = it.evaluator.value(MappingNode(place.source, place.start, place.end, own))
        return Found(value, f"`Statement` is no property of `{it.kind}`: it belongs in `{name}`")
    empty = it.written(name)
    if isinstance(empty, ScalarNode) and empty.value is None:
        return Found(MapValue((), it.properties.key(name) or it.properties))
    return Found(None)


def in_item(item: Value) -> Found:
    """The document of an item of `Policies`."""
    if not isinstance(item, MapValue):
        return Found(item)
    document = item.get("PolicyDocument")
    if document is not None:
        return Found(document)
    if statement_of(item) is not None or is_statement(item):
        return Found(item, "" if statement_of(item) is None else _ITEM)
    folded = next((value for key, value in item.entries if (key.literal or "").lower() == "policydocument"), None)
    if folded is not None:
        return Found(folded, _ITEM)
    return Found(UnknownValue(item.rest, item.place) if item.rest is not None else None)

"""The resource policy of a SAM API: lists of accounts, addresses and networks, and statements of the user's own."""

from __future__ import annotations

from typing import Any

from iamlint.model.text import Text
from iamlint.model.value import ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.sam.globals import with_globals
from iamlint.parsers.cloudformation.sam.statements import document
from iamlint.parsers.values import alternatives, as_list
from iamlint.source.node import MappingNode

_ACCOUNTS = {"AwsAccountWhitelist": "Allow", "AwsAccountBlacklist": "Deny"}
_ADDRESSES = {"IpRangeWhitelist": "NotIpAddress", "IpRangeBlacklist": "IpAddress"}
_NETWORKS = {
    "SourceVpcWhitelist": "StringNotEquals",
    "IntrinsicVpcWhitelist": "StringNotEquals",
    "IntrinsicVpceWhitelist": "StringNotEquals",
    "SourceVpcBlacklist": "StringEquals",
    "IntrinsicVpcBlacklist": "StringEquals",
    "IntrinsicVpceBlacklist": "StringEquals",
}
_RESOURCE = "execute-api:/*"


def api(it: Declaring) -> None:
    """AWS::Serverless::Api: `Auth.ResourcePolicy`, and the policy within its definition."""
    with_globals(it)
    element = "Auth/ResourcePolicy"
    policy = it.value("Auth.ResourcePolicy")
    for option in alternatives(policy) if policy is not None else ():
        if isinstance(option, MapValue):
            statements = _statements(option)
            if statements:
                body = document(it, statements, option.place)
                at = it.at(element, when=option.when)
                it.builder.policy(body, at, "resource", "resource", service="execute-api", label=it.logical_id)
        elif isinstance(option, UnknownValue):
            it.builder.note_unknown(option.unknown)
    definition = it.written("DefinitionBody")
    written = definition.get("x-amazon-apigateway-policy") if isinstance(definition, MappingNode) else None
    if written is not None:
        body = it.evaluator.value(written)
        at = it.at("DefinitionBody/x-amazon-apigateway-policy")
        it.builder.policy(body, at, "resource", "resource", service="execute-api", label=it.logical_id)


def _statements(policy: MapValue) -> list[Any]:
    """The statements that SAM makes of the lists, then the user's own."""
    statements: list[Any] = []
    for key, value in policy.entries:
        name = key.shown
        if name in _ACCOUNTS:
            statements.append({**_statement(_ACCOUNTS[name]), "Principal": {"AWS": value}})
        elif name in _ADDRESSES:
            statements += _except({_ADDRESSES[name]: {"aws:SourceIp": value}})
        elif name in _NETWORKS:
            statements += _except({_NETWORKS[name]: _networks(name, value)})
    custom = policy.get("CustomStatements")
    return [*statements, *(as_list(custom) if custom is not None else ())]


def _networks(name: str, value: Value) -> dict[str, Value]:
    """The condition keys of a list of VPCs and VPC endpoints."""
    if name.startswith("Intrinsic"):
        return {"aws:SourceVpce" if "Vpce" in name else "aws:SourceVpc": value}
    items = list(as_list(value))
    endpoints: list[Value] = [item for item in items if isinstance(item, Text) and item.shown.startswith("vpce-")]
    networks = [item for item in items if item not in endpoints]
    keys: dict[str, list[Value]] = {"aws:SourceVpc": networks, "aws:SourceVpce": endpoints}
    return {key: ListValue(tuple(found), value.place) for key, found in keys.items() if found}


def _except(condition: dict[str, Any]) -> list[dict[str, Any]]:
    """Everybody is allowed, and whom the condition meets is denied."""
    return [
        {**_statement("Allow"), "Principal": "*"},
        {**_statement("Deny"), "Principal": "*", "Condition": condition},
    ]


def _statement(effect: str) -> dict[str, Any]:
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": _RESOURCE}

"""Resource control policies by their own grammar, and guardrails that guard nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamlint.parsers import raw_policy
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

OURS = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
NO_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
SOURCE = {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
A_SERVICE = {"Bool": {"aws:PrincipalIsAWSService": "true"}}
KNOWN = {"Null": {"aws:SourceAccount": "false"}}


def told(path: str, **elements: Any) -> list[tuple[str, str]]:
    statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", **elements}
    statement = {key: value for key, value in statement.items() if value is not None}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    (policy,) = raw_policy.stack(read_json(SourceText(path, text))).policies
    assert policy.kind == path.partition("/")[0]
    own = [flaw for flaw in policy.flaws if flaw.code.startswith("rcp-") or flaw.code == "scp-without-effect"]
    return [(flaw.code, flaw.place.written.strip('"')) for flaw in own]


def rcp(**elements: Any) -> list[tuple[str, str]]:
    return told("rcp/p.json", **{"Principal": "*", **elements})


def scp(**elements: Any) -> list[tuple[str, str]]:
    return told("scp/p.json", **elements)


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({}, []),
        ({"Principal": {"AWS": "*"}}, []),
        ({"Principal": {"AWS": "111122223333"}}, [("rcp-syntax-error-principal", "111122223333")]),
        ({"Effect": "Allow", "Action": "*"}, []),
        ({"Effect": "Allow", "Condition": KNOWN}, [("rcp-syntax-error-allow", "Allow")]),
        ({"Action": "*"}, [("rcp-syntax-error-action", "*")]),
        ({"Action": ["s3:Get*", "ec2:RunInstances"]}, [("rcp-syntax-error-action", "ec2:RunInstances")]),
        ({"Action": None, "NotAction": "s3:GetObject"}, [("rcp-syntax-error-notaction", "s3:GetObject")]),
    ],
)
def test_the_grammar_of_resource_control_policies(elements: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert rcp(**elements) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({**OURS, **NO_SERVICE}, []),
        (OURS, ["rcp-missing-related-principal-condition-key"]),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, []),
        ({**SOURCE, **A_SERVICE, **KNOWN}, []),
        ({**SOURCE, **KNOWN}, ["rcp-missing-related-service-principal-condition-key"]),
        ({**SOURCE, **A_SERVICE}, ["rcp-missing-service-condition-key-null-check"]),
    ],
)
def test_the_keys_of_services(condition: Any, expected: list[str]) -> None:
    assert [code for code, _ in rcp(Condition=condition)] == expected


@pytest.mark.parametrize(
    ("elements", "without"),
    [
        ({"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}}, False),
        ({"Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/admin", "*"]}}}, True),
        ({"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:*:*:*:*:*"}}}, True),
        ({"Condition": {"StringNotLike": {"aws:RequestedRegion": "*"}}}, True),
        ({"Condition": {"StringNotEquals": {"aws:RequestedRegion": "*"}}}, False),
        ({"Condition": {"StringNotLike": {"aws:RequestedRegion": "eu-*"}}}, False),
        ({"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}, True),
        ({"Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}}, False),
        ({"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/aws-service-role/*"}}}, True),
        ({"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/aws-service-role/*"}}}, False),
        ({"Action": None, "NotAction": ["iam:*", "*"]}, True),
        ({"Action": None, "NotAction": ["iam:*"]}, False),
    ],
)
def test_guardrails_that_guard_nothing(elements: dict[str, Any], without: bool) -> None:
    assert ("scp-without-effect" in [code for code, _ in scp(**elements)]) is without

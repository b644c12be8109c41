"""Which conditions pin the caller, which restrain nobody, and what a policy locks up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamlint.model.policy import Policy
from iamlint.model.statement import Statement
from iamlint.parsers import raw_policy
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText


def policy(*statements: dict[str, Any]) -> Policy:
    document = read_json(SourceText("p.json", json.dumps({"Version": "2012-10-17", "Statement": statements})))
    (found,) = raw_policy.stack(document).policies
    return found


def open_to(condition: dict[str, Any], principal: Any = "*", action: str = "s3:GetObject") -> Statement:
    resource = {} if action.startswith("sts:") else {"Resource": "arn:aws:s3:::data/*"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition, **resource}
    return policy(statement).statements[0]


@pytest.mark.parametrize(
    ("condition", "fixed"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abcdefghij/r-ab12/*"}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}}, False),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalAccount": "111122223333"}}, False),
        ({"StringLike": {"aws:SourceVpce": "vpce-*"}}, False),
        ({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}, True),
        ({"StringLike": {"aws:userid": "*:deployer"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::11112222333?:role/deploy"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:one-bucket"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:topic"}}, False),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"IpAddress": {"aws:SourceIp": "16.0.0.0/4"}}, False),
        ({"IpAddress": {"aws:SourceIp": "2000::/3"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}, False),
        ({"StringEquals": {"aws:PrincipalTag/team": "a"}}, False),
        ({"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}, True),
        ({"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}, False),
    ],
)
def test_what_fixes_who_may_call(condition: dict[str, Any], fixed: bool) -> None:
    assert open_to(condition).fixes_caller is fixed


def test_the_two_halves_of_the_internet_are_vacuous_together() -> None:
    halves = open_to({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}).conditions[0]
    assert halves.is_vacuous is True
    assert [value.literal for value in halves.wide_ranges] == ["0.0.0.0/1", "128.0.0.0/1"]
    assert open_to({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1"]}}).conditions[0].is_vacuous is False


@pytest.mark.parametrize(
    ("principal", "condition", "why"),
    [
        ({"AWS": "111122223333"}, {"StringEqualsIfExists": {"sts:ExternalId": "x"}}, "without `sts:ExternalId`"),
        ({"AWS": "111122223333"}, {"StringLike": {"sts:ExternalId": "*"}}, "any value of `sts:ExternalId`"),
        ({"AWS": "111122223333"}, {"StringLike": {"aws:PrincipalOrgID": "*"}}, "any value"),
        ({"AWS": "111122223333"}, {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, "every address"),
        ({"AWS": "111122223333"}, {"Null": {"aws:PrincipalArn": "false"}}, "every request has"),
        ("*", {"StringEqualsIfExists": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:t"}}, "without"),
        ({"Service": "sns.amazonaws.com"}, {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}, ""),
        ({"AWS": "111122223333"}, {"StringEquals": {"sts:ExternalId": "x"}}, ""),
        ({"AWS": "111122223333"}, {"StringLike": {"s3:ExistingObjectTag/public": "*"}}, ""),
        ({"AWS": "111122223333"}, {"StringNotLike": {"aws:PrincipalArn": "*"}}, ""),
        ({"AWS": "111122223333"}, {"Null": {"aws:SourceVpce": "false"}}, ""),
    ],
)
def test_why_a_condition_restrains_nobody(principal: Any, condition: dict[str, Any], why: str) -> None:
    statement = open_to(condition, principal)
    said = statement.why_it_holds(statement.conditions[0])
    assert (why in said) if why else said == ""


@pytest.mark.parametrize(
    ("actions", "operator", "key", "holds"),
    [
        (["ec2:StopInstances"], "StringNotEquals", "s3:prefix", True),
        (["ec2:StopInstances", "ec2:StartInstances"], "ArnNotLike", "kms:ViaService", True),
        (["ec2:StopInstances", "s3:ListBucket"], "StringNotEquals", "s3:prefix", False),
        (["s3:ListBucket"], "StringNotEquals", "s3:prefix", False),
        (["ec2:Stop*"], "StringNotEquals", "s3:prefix", True),
        (["e*:Stop*"], "StringNotEquals", "s3:prefix", False),
        (["*"], "StringNotEquals", "s3:prefix", False),
        (["ec2:StopInstances"], "ForAnyValue:StringNotEquals", "s3:prefix", False),
        (["ec2:StopInstances"], "StringEquals", "s3:prefix", False),
        (["ec2:StopInstances"], "StringNotEquals", "acme:stage", False),
    ],
)
def test_a_negated_condition_on_a_key_that_no_request_carries(
    actions: list[str], operator: str, key: str, holds: bool
) -> None:
    allow = {"Effect": "Allow", "Action": actions, "Resource": "*", "Condition": {operator: {key: "x"}}}
    statement = policy(allow).statements[0]
    assert ("do not carry" in statement.why_it_holds(statement.conditions[0])) == holds


def test_one_key_for_the_internet_and_one_for_endpoints_restrain_together() -> None:
    statement = open_to(
        {
            "IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"},
            "StringEqualsIfExists": {"aws:SourceVpce": "vpce-12345678"},
        },
        {"AWS": "111122223333"},
    )
    assert [statement.why_it_holds(condition) for condition in statement.conditions] == ["", ""]


def test_a_condition_of_a_deny_is_not_asked() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
            "Condition": {"StringLike": {"aws:PrincipalArn": "*"}}}  # fmt: skip
    statement = policy(deny).statements[0]
    assert statement.why_it_holds(statement.conditions[0]) == ""


ALL = ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ({"Principal": "*", "Action": "s3:*", "Resource": ALL}, "denies everybody"),
        ({"Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}, "denies everybody"),
        ({"Principal": "*", "Action": ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"], "Resource": ALL}, "everybody"),
        ({"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "s3:*", "Resource": ALL}, "the root"),
        ({"Principal": "*", "Action": "sqs:*", "Resource": "*"}, "sqs:SetQueueAttributes"),
        ({"Principal": "*", "Action": "s3:PutBucketPolicy", "Resource": ALL}, ""),
        ({"Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::data/*"}, ""),
        ({"Principal": "*", "Action": "s3:*", "Resource": ALL,
          "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, ""),
        ({"NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/a"]},
          "Action": "s3:*", "Resource": ALL}, ""),
        ({"Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": ALL}, ""),
    ],
)  # fmt: skip
def test_a_deny_that_locks_everybody_out(statement: dict[str, Any], told: str) -> None:
    found = policy({"Effect": "Deny", **statement})
    assert (told in found.lockout) if told else found.lockout == ""


def test_a_deny_for_strangers_shields_what_it_takes_in() -> None:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
    org = {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    services = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ALL, "Condition": {**org, **services}}
    for other, shielded in (
        (deny, True),
        ({**deny, "Resource": "arn:aws:s3:::data"}, False),
        ({**deny, "Condition": {**org, "StringEquals": {"s3:x-amz-acl": "public-read"}}}, False),
        ({"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"}, True),
    ):
        found = policy(allow, other)
        assert found.shields(found.statements[0]) is shielded, other

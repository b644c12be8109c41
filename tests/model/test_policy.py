"""What policies and identities answer when a rule asks what they allow, and who gets in without being named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamlint.model.identity import Identity
from iamlint.model.policy import Policy
from iamlint.model.stack import Stack
from iamlint.model.unknown import Unknown
from iamlint.parsers import raw_policy
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NO_IAM = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
READ = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
FENCE = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
OURS = {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}


def policy(*statements: dict[str, Any]) -> Policy:
    document = read_json(SourceText("p.json", json.dumps({"Version": "2012-10-17", "Statement": statements})))
    (found,) = raw_policy.stack(document).policies
    return found


def stack(kind: str, properties: dict[str, Any]) -> Stack:
    """What a template with one resource and a parameter makes."""
    resources = {"R": {"Type": kind, "Properties": properties}}
    text = json.dumps({"Parameters": {"Given": {"Type": "String"}}, "Resources": resources})
    (found,) = stacks(Reading(Inputs(("t.json",), {"t.json": text})))
    return found


def role(**properties: Any) -> Identity:
    return stack("AWS::IAM::Role", properties).identities["Resources/R"]


def inline(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}


def test_an_action_or_one_of_a_pattern() -> None:
    assert policy(ALL).may("iam:CreateUser") is True
    assert policy(ALL, NO_IAM).may("iam:CreateUser") is False
    assert policy(ALL, NO_IAM).may("IAM:*") is False
    assert policy(ALL, NO_IAM).may("*") is True


def test_an_action_on_a_resource_or_one_of_a_pattern() -> None:
    one = policy({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::data/*"})
    assert one.may("s3:GetObject") is True
    assert one.may("s3:GetObject", "arn:aws:s3:::data/x") is True
    assert one.may("s3:GetObject", "arn:aws:s3:::d*/x") is True
    assert one.may("s3:GetObject", "arn:aws:s3:::other/x") is False
    holder = role(Policies=[inline({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::data/*"})])
    assert holder.may("s3:GetObject", "arn:aws:s3:::data/x") is True
    assert holder.may("s3:GetObject", "arn:aws:s3:::other/x") is False


def test_what_is_not_in_the_code_is_unknown_where_it_matters() -> None:
    found = role(ManagedPolicyArns=[{"Ref": "Given"}]).may("iam:CreateUser")
    assert isinstance(found, Unknown)
    assert "${Given}" in found.reason
    assert role(ManagedPolicyArns=[{"Ref": "Given"}], Policies=[inline(NO_IAM)]).may("iam:CreateUser") is False


def test_an_empty_boundary_is_none() -> None:
    assert role(Policies=[inline(ALL)], PermissionsBoundary="").may("iam:CreateUser") is True
    bounded = role(Policies=[inline(ALL)], PermissionsBoundary={"Ref": "Given"})
    assert isinstance(bounded.may("iam:CreateUser"), Unknown)


@pytest.mark.parametrize(
    ("statements", "public"),
    [
        ([READ], [0]),
        ([{**READ, "Condition": {"StringEquals": OURS}}], []),
        ([{**READ, "Condition": {"StringEqualsIfExists": OURS}}], [0]),
        ([{**READ, "Condition": {"ForAllValues:StringEquals": OURS}}], [0]),
        ([{**READ, "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}], [0]),
        ([READ, {**FENCE, "Condition": {"StringNotEquals": OURS}}], []),
        ([READ, {**FENCE, "Condition": {"StringEquals": OURS}}], [0]),
        ([READ, {**FENCE, "Action": "s3:PutObject", "Condition": {"StringNotEquals": OURS}}], [0]),
        ([{**READ, "Principal": {"AWS": "111122223333"}}, READ], [1]),
        ([{**READ, "Principal": {"AWS": "111122223333"}}], []),
        ([{**READ, "Principal": {"Service": "sns.amazonaws.com"}}], []),
    ],
)
def test_statements_that_let_outsiders_in(statements: list[dict[str, Any]], public: list[int]) -> None:
    one = policy(*statements)
    assert [statement.index for statement in one.public_statements] == public
    for statement in one.statements:
        assert one.lets_outsiders_in_by(statement) is (statement.index in public)


def test_a_policy_that_names_everybody_it_speaks_to_is_not_even_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("iamlint.model.access.of_policy", lambda policy: asked.append(policy.address))
    assert policy({**READ, "Principal": {"AWS": "111122223333"}}).public_statements == ()
    assert policy({**FENCE, "Condition": {"StringNotEquals": OURS}}).public_statements == ()
    assert asked == []


def test_a_web_identity_provider_signs_anybody_in() -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity"}
    assert len(policy({**trust, "Principal": {"Federated": "graph.facebook.com"}}).public_statements) == 1
    own = "arn:aws:iam::111122223333:oidc-provider/token.example.com"
    assert policy({**trust, "Principal": {"Federated": own}}).public_statements == ()


def test_a_network_that_is_not_known_is_unknown() -> None:
    statement = {**READ, "Condition": {"IpAddress": {"aws:SourceIp": {"Ref": "Given"}}}}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    (bucket,) = stack("AWS::S3::BucketPolicy", {"Bucket": "b", "PolicyDocument": document}).policies
    assert isinstance(bucket.lets_outsiders_in_by(bucket.statements[0]), Unknown)
    assert bucket.public_statements == ()

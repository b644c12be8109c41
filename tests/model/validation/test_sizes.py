"""Policies that are longer than AWS takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.parsers.stacks import Inputs, Reading, stacks

FRAME = len('{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Principal":"*","Resource":""}}')
CODES = ("policy-too-large", "policy-nearly-too-large")


def document(length: int) -> dict[str, Any]:
    """A document of so many characters without white space."""
    statement = {"Effect": "Deny", "Action": "s3:*", "Principal": "*", "Resource": "x" * (length - FRAME)}
    return {"Version": "2012-10-17", "Statement": statement}


def told(folder: Path, name: str, text: str) -> list[tuple[str, str, str]]:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    read = stacks(Reading(Inputs((str(folder),)), (), folder, None))
    return [(p.address, f.code, f.message) for s in read for p in s.policies for f in p.flaws if f.code in CODES]


@pytest.mark.parametrize(
    ("of_type", "at", "properties", "quota"),
    [
        ("AWS::IAM::ManagedPolicy", "PolicyDocument", {}, 6144),
        ("AWS::IAM::UserPolicy", "PolicyDocument", {"UserName": "u"}, 2048),
        ("AWS::IAM::GroupPolicy", "PolicyDocument", {"GroupName": "g"}, 5120),
        ("AWS::IAM::RolePolicy", "PolicyDocument", {"RoleName": "r"}, 10240),
        ("AWS::SSO::PermissionSet", "InlinePolicy", {"Name": "p"}, 10240),
        ("AWS::IAM::Role", "AssumeRolePolicyDocument", {}, 2048),
        ("AWS::S3::BucketPolicy", "PolicyDocument", {"Bucket": "b"}, 20480),
        ("AWS::ECR::Repository", "RepositoryPolicyText", {}, 10240),
        ("AWS::SQS::QueuePolicy", "PolicyDocument", {"Queues": ["q"]}, 8192),
        ("AWS::EC2::VPCEndpoint", "PolicyDocument", {}, 20480),
        ("AWS::Organizations::Policy", "Content", {"Type": "SERVICE_CONTROL_POLICY"}, 10240),
        ("AWS::Organizations::Policy", "Content", {"Type": "RESOURCE_CONTROL_POLICY"}, 5120),
    ],
)
def test_the_quota_of_each_place(tmp_path: Path, of_type: str, at: str, properties: Any, quota: int) -> None:
    def codes(length: int) -> list[str]:
        own = {**properties, at: document(length)}
        text = json.dumps({"Resources": {"P": {"Type": of_type, "Properties": own}}}, indent=2)
        return [code for _, code, _ in told(tmp_path, "t.json", text)]

    assert codes(quota * 9 // 10 - 1) == []
    assert codes(quota) == ["policy-nearly-too-large"]
    assert codes(quota + 1) == ["policy-too-large"]


def test_what_has_no_known_quota_is_not_judged(tmp_path: Path) -> None:
    own = {"PolicyDocument": document(60_000), "Topics": ["t"]}
    text = json.dumps({"Resources": {"P": {"Type": "AWS::SNS::TopicPolicy", "Properties": own}}})
    assert told(tmp_path, "t.json", text) == []


def test_white_space_counts_in_the_policies_of_an_organization(tmp_path: Path) -> None:
    scp = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": ["s3:*"] * 1000, "Resource": "*"}]}
    text = json.dumps(scp, indent=4)
    assert len(json.dumps(scp, separators=(",", ":"))) < 9000 < 10240 < len(text)
    (found,) = told(tmp_path, "scp/deny.json", text)
    assert found[1:] == (
        "policy-too-large",
        f"the policy has {len(text):,} characters; a service control policy may have 10,240",
    )


def role_policies(*lengths: int) -> str:
    policies = [{"PolicyName": f"p{i}", "PolicyDocument": document(length)} for i, length in enumerate(lengths)]
    return json.dumps({"Resources": {"U": {"Type": "AWS::IAM::User", "Properties": {"Policies": policies}}}})


@pytest.mark.parametrize(
    ("lengths", "codes"),
    [
        ((900, 900), []),
        ((1000, 1000), ["policy-nearly-too-large"]),
        ((1000, 1000, 1000, 1000), ["policy-nearly-too-large", "policy-too-large"]),
        ((1500, 1500), ["policy-too-large"]),
        ((2100, 500, 500), ["policy-too-large"]),
    ],
)
def test_the_inline_policies_of_an_identity_count_together(
    tmp_path: Path, lengths: tuple[int, ...], codes: list[str]
) -> None:
    assert [code for _, code, _ in told(tmp_path, "t.json", role_policies(*lengths))] == codes


def test_inline_policies_that_are_declared_apart_count_together(tmp_path: Path) -> None:
    body = f'jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Deny", Action = "{"x" * 1500}" }}] }})'
    text = 'resource "aws_iam_user" "u" {\n  name = "u"\n}\n'
    for name in ("a", "b"):
        text += f'resource "aws_iam_user_policy" "{name}" {{\n  user = aws_iam_user.u.name\n  policy = {body}\n}}\n'
    (found,) = told(tmp_path, "main.tf", text)
    assert found[0] == "aws_iam_user_policy.b"
    assert found[2].startswith("with the inline policies before it user u has 3,")


def test_alternatives_do_not_add_up(tmp_path: Path) -> None:
    one, other = ({"Fn::If": ["Prod", document(1500), document(1500)]} for _ in range(2))
    own = {"UserName": "u", "PolicyName": "p", "PolicyDocument": one}
    template = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": {"P": {"Type": "AWS::IAM::UserPolicy", "Properties": {**own, "PolicyDocument": other}}},
    }
    assert told(tmp_path, "t.json", json.dumps(template)) == []


def test_what_is_about_resources_is_no_trust_policy(tmp_path: Path) -> None:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:AssumeRole",
        "Condition": {"Bool": {"x" * 2100: "1"}},
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    assert [code for _, code, _ in told(tmp_path, "p.json", json.dumps(trust))] == ["policy-too-large"]
    assert told(tmp_path, "p.json", json.dumps({**trust, "Statement": [{**statement, "Resource": "*"}]})) == []

"""What Denies leave of the actions of a statement that expose something."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.parsers import raw_policy
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText


def exposed(action: str, exposure: str, *denied: str) -> tuple[str, ...]:
    statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": action, "Resource": "*"}]
    if denied:
        statements.append({"Effect": "Deny", "Action": list(denied), "Resource": "*"})
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    stack = raw_policy.stack(read_json(SourceText("policy.json", text)))
    (policy,) = stack.policies
    return stack.exposed_by(policy, policy.statements[0], exposure)


@pytest.mark.parametrize(
    ("action", "exposure", "denied", "left"),
    [
        ("s3:PutBucket*", "resources", [], True),
        # The first of those that the pattern takes in is denied, and others are not.
        ("s3:PutBucket*", "resources", ["s3:PutBucketAcl"], True),
        ("s3:PutBucket*", "resources", ["s3:Put*Policy", "s3:Put*Acl", "s3:PutBucketP*", "s3:PutBucketO*"], False),
        ("dynamodb:*Item", "data", ["dynamodb:BatchGetItem"], True),
        ("dynamodb:*Item", "data", ["dynamodb:BatchGetItem", "dynamodb:Get*"], False),
    ],
)
def test_all_that_a_pattern_takes_in_must_be_denied(action: str, exposure: str, denied: list[str], left: bool) -> None:
    assert exposed(action, exposure, *denied) == ((action,) if left else ())


@pytest.mark.parametrize(
    ("allow", "deny", "left"),
    [
        ("*", {"Action": "*", "Resource": "*"}, False),
        ("s3:*", {"Action": "s3:*", "Resource": "*"}, False),
        ("*", {"Action": "iam:*", "Resource": "*"}, True),
        ("*", {"Action": "*", "Resource": "arn:aws:s3:::b"}, True),
        ("*", {"Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, True),
        ("*", {"NotAction": "iam:*", "Resource": "*"}, True),
    ],
)
def test_a_deny_in_another_policy_of_the_holder(allow: str, deny: dict[str, Any], left: bool, tmp_path: Path) -> None:
    def named(name: str, statement: dict[str, Any]) -> dict[str, Any]:
        return {"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}

    policies = [
        named("a", {"Effect": "Allow", "Action": allow, "Resource": "*"}),
        named("d", {"Effect": "Deny", **deny}),
    ]
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": policies}}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"R": role}}), encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    policy = next(one for one in stack.policies if one.name == "a")
    assert stack.leaves_some(policy, policy.statements[0]) is left


def test_a_deny_takes_nothing_from_another_holder(tmp_path: Path) -> None:
    text = """
Resources:
  Allowed: {Type: AWS::IAM::Role}
  Both: {Type: AWS::IAM::Role}
  All:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Ref Allowed, !Ref Both]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
  Nothing:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Ref Both]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}
"""
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    policy = next(one for one in stack.policies if one.address == "Resources/All")
    assert stack.leaves_some(policy, policy.statements[0])

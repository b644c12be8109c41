"""What the policy of a resource cannot be about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.parsers.stacks import Inputs, Reading, stacks

CODES = ("unsupported-action-in-policy", "unsupported-resource-arn-in-policy")
KINDS = {
    "bucket": ("AWS::S3::BucketPolicy", "PolicyDocument", {"Bucket": "b"}),
    "queue": ("AWS::SQS::QueuePolicy", "PolicyDocument", {"Queues": ["q"]}),
    "key": ("AWS::KMS::Key", "KeyPolicy", {}),
    "bus": ("AWS::Events::EventBusPolicy", "Statement", {"StatementId": "s"}),
    "role": ("AWS::IAM::Role", "AssumeRolePolicyDocument", {}),
    "identity": ("AWS::IAM::ManagedPolicy", "PolicyDocument", {}),
}


def told(folder: Path, kind: str, action: Any, resource: Any = None, **more: Any) -> list[tuple[str, str]]:
    """The code and what stands at its place, in a CloudFormation template with one policy of a kind."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        "Action": action,
        **more,
    }
    if resource is not None:
        statement["Resource"] = resource
    resource_type, element, properties = KINDS[kind]
    document = statement if kind == "bus" else {"Version": "2012-10-17", "Statement": [statement]}
    template = {"Resources": {"Policy": {"Type": resource_type, "Properties": {**properties, element: document}}}}
    (folder / "template.json").write_text(json.dumps(template), encoding="utf-8")
    parsed = stacks(Reading(Inputs((str(folder),)), (), folder, None))
    flaws = [flaw for stack in parsed for policy in stack.policies for flaw in policy.flaws if flaw.code in CODES]
    return [(flaw.code, flaw.place.written.strip('"')) for flaw in flaws]


@pytest.mark.parametrize(
    ("kind", "actions", "resource", "wrong"),
    [
        ("bucket", ["s3:GetObject", "kms:Decrypt"], "arn:aws:s3:::b/*", ["kms:Decrypt"]),
        ("bucket", ["S3:GetObject", "s3:*", "*"], "arn:aws:s3:::b/*", []),
        # The bucket policy of S3 Express One Zone.
        ("bucket", "s3express:CreateSession", "arn:aws:s3express:eu-west-1:111122223333:bucket/b--x--x-s3", []),
        ("queue", ["sqs:SendMessage", "sns:Publish"], "arn:aws:sqs:eu-west-1:111122223333:q", ["sns:Publish"]),
        ("key", ["kms:*", "s3:GetObject"], "*", ["s3:GetObject"]),
        ("role", ["sts:AssumeRole", "sts:TagSession", "s3:GetObject"], None, ["s3:GetObject"]),
        # AWS lets other services' actions stand there, or any may.
        ("bus", ["events:PutEvents", "schemas:ListRegistries"], "*", []),
        ("identity", ["s3:GetObject", "kms:Decrypt"], "*", []),
    ],
)
def test_actions_of_other_services(tmp_path: Path, kind: str, actions: Any, resource: Any, wrong: list[str]) -> None:
    expected = [("unsupported-action-in-policy", action) for action in wrong]
    assert told(tmp_path, kind, actions, resource) == expected


def test_not_action_and_deny(tmp_path: Path) -> None:
    found = told(tmp_path, "bucket", "s3:GetObject", "*", Effect="Deny")
    assert found == []
    found = told(tmp_path, "bucket", "kms:Decrypt", "*", Effect="Deny")
    assert found == [("unsupported-action-in-policy", "kms:Decrypt")]


@pytest.mark.parametrize(
    ("kind", "action", "resource", "wrong"),
    [
        ("bucket", "s3:*", ["arn:aws:s3:::b", "arn:aws:kms:*:*:key/k"], ["arn:aws:kms:*:*:key/k"]),
        ("bucket", "s3:*", ["arn:aws:s3:::b", "*", "arn:aws:*:::b", "arn:aws:S3:::b"], []),
        ("queue", "sqs:*", "arn:aws:sns:eu-west-1:111122223333:t", ["arn:aws:sns:eu-west-1:111122223333:t"]),
        ("queue", "sqs:*", {"Fn::GetAtt": ["Queue", "Arn"]}, []),
        ("queue", "sqs:*", {"Fn::Sub": "arn:aws:${Service}:eu-west-1:111122223333:t"}, []),
        ("identity", "s3:*", "arn:aws:kms:*:*:key/k", []),
    ],
)
def test_arns_of_other_services(tmp_path: Path, kind: str, action: str, resource: Any, wrong: list[str]) -> None:
    assert told(tmp_path, kind, action, resource) == [("unsupported-resource-arn-in-policy", arn) for arn in wrong]

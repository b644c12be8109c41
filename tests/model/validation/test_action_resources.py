"""Actions beside resources that they are never for; silent wherever that is not certain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.parsers import raw_policy
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

BUCKET = "arn:aws:s3:::b"
OBJECTS = "arn:aws:s3:::b/*"
CODE = "action-resource-mismatch"


def lost(*statements: dict[str, Any]) -> list[str]:
    """The actions that are told of, as they are written."""
    whole = [{"Effect": "Allow", **statement} for statement in statements]
    text = json.dumps({"Version": "2012-10-17", "Statement": whole})
    (policy,) = raw_policy.stack(read_json(SourceText("p.json", text))).policies
    return [flaw.place.written.strip('"') for flaw in policy.flaws if flaw.code == CODE]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:ListBucket", OBJECTS),
        ("s3:GetObject", BUCKET),
        ("s3:ListAllMyBuckets", BUCKET),
        ("S3:listallmybuckets", [BUCKET, OBJECTS]),
        ("dynamodb:GetItem", BUCKET),
        ("iam:AddRoleToInstanceProfile", "arn:aws:iam::111122223333:role/x"),
        ("logs:DescribeLogGroups", "arn:aws:logs:*:*:log-group:/aws/lambda/*"),
        ("logs:DescribeLogGroups", "arn:aws:logs:*:*:log-group:airflow-*:log-stream:*"),
        ("s3:List*Bucket", OBJECTS),
    ],
)
def test_what_is_never_matched(action: str, resource: Any) -> None:
    assert lost({"Action": action, "Resource": resource}) == [action]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:ListBucket", [BUCKET, OBJECTS]),
        ("s3:GetObject", OBJECTS),
        ("s3:*", BUCKET),
        ("*", BUCKET),
        ("s3:Get*", BUCKET),
        ("s3:ListAllMyBuckets", "*"),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*"),
        ("logs:DescribeLogGroups", "arn:aws:logs:*:*:log-group:*"),
        ("logs:DescribeLogGroups", "arn:aws:logs:us-east-1:111122223333:log-group::log-stream:*"),
        ("logs:DescribeLogGroups", "arn:aws:logs:*:*:log-group:*:log-stream:*"),
        ("s3:NoSuchAction", OBJECTS),
        ("nosuch:Action", OBJECTS),
        ("s3:ListBucket", "arn:aws:s3"),
        ("s3:ListBucket", "arn:aws:*:::b/*"),
        ("sqs:SendMessage", "arn:aws:sqs:*:*:${aws:username}"),
        # What two pages of AWS's reference share a prefix of, and what is of other services' resources.
        ("elasticloadbalancing:AddTags", "arn:aws:elasticloadbalancing:*:*:targetgroup/x/y"),
        ("arc-zonal-shift:GetManagedResource", "arn:aws:eks:*:*:cluster/x"),
        # A type that the action is named for, and one that AWS lists nowhere.
        ("resource-groups:CreateGroup", "arn:aws:resource-groups:*:*:group/x"),
        ("cloudformation:CreateChangeSet", "arn:aws:cloudformation:eu-west-1:aws:transform/Serverless-2016-10-31"),
    ],
)
def test_what_may_be(action: str, resource: Any) -> None:
    assert lost({"Action": action, "Resource": resource}) == []


def test_only_the_lost_ones_of_a_list() -> None:
    assert lost({"Action": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"], "Resource": OBJECTS}) == ["s3:ListBucket"]


def test_a_deny_forbids_nothing_either() -> None:
    assert lost({"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": OBJECTS}) == ["s3:DeleteBucket"]


def test_what_another_statement_says_is_not_lost() -> None:
    twice = {"Action": "s3:ListBucket", "Resource": OBJECTS}
    assert lost(twice, {"Action": "S3:ListBucket", "Resource": BUCKET}) == []
    assert lost(twice, {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": BUCKET}) == ["s3:ListBucket"]
    assert lost(twice, twice) == ["s3:ListBucket", "s3:ListBucket"]


def in_terraform(folder: Path, actions: str, resource: str) -> list[str]:
    text = f"""
        variable "x" {{}}
        variable "target" {{ default = "arn:aws:sqs:eu-west-1:111122223333:jobs" }}
        resource "aws_iam_policy" "p" {{
          policy = jsonencode({{
            Version = "2012-10-17"
            Statement = [{{ Effect = "Allow", Action = {actions}, Resource = {resource} }}]
          }})
        }}
    """
    (folder / "main.tf").write_text(text, encoding="utf-8")
    parsed = stacks(Reading(Inputs((str(folder),)), (), folder, None))
    return [flaw.message.split("`")[1] for s in parsed for p in s.policies for flaw in p.flaws if flaw.code == CODE]


@pytest.mark.parametrize(
    ("actions", "resource", "expected"),
    [
        ('"s3:ListBucket"', '"${var.x}"', []),
        ('"s3:ListBucket"', '"arn:aws:s3:::${var.x}"', []),
        ('"s3:ListBucket"', '["arn:aws:s3:::b/*", var.x]', []),
        ('"s3:${var.x}"', '"arn:aws:s3:::b/*"', []),
        ('var.x', '"arn:aws:s3:::b/*"', []),
        ('"s3:ListBucket"', '"arn:aws:s3:::b/${var.x}"', ["s3:ListBucket"]),
        # A parameter may name a topic or a queue.
        ('["sns:Publish", "sqs:SendMessage"]', "var.target", []),
        ('["sns:Publish", "sns:Subscribe"]', "var.target", ["sns:Publish"]),
        ('["sns:Publish", "sqs:SendMessage"]', '"arn:aws:sqs:eu-west-1:111122223333:jobs"', ["sns:Publish"]),
    ],
)  # fmt: skip
def test_unknown_parts_and_parameters(tmp_path: Path, actions: str, resource: str, expected: list[str]) -> None:
    assert in_terraform(tmp_path, actions, resource) == expected


def test_a_statement_beside_a_wrong_resource_is_told_once() -> None:
    """All its actions are lost for one reason, which is the resource."""
    reading = ["kinesis:DescribeStream", "kinesis:GetShardIterator", "kinesis:GetRecords", "kinesis:DescribeLimits"]
    assert lost({"Action": reading[:3], "Resource": BUCKET}) == ["kinesis:DescribeStream"]
    # Here are two reasons, and there an action that is not lost.
    assert lost({"Action": reading, "Resource": BUCKET}) == reading
    assert lost({"Action": ["s3:ListBucket", *reading[:2]], "Resource": BUCKET}) == reading[:2]

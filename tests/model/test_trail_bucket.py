"""Whether the bucket of a trail is open to everybody, through whole files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

RULE = "trail-bucket-public"
BUCKET = 'resource "aws_s3_bucket" "b" { bucket = "logs" }\n'
ACL = 'resource "aws_s3_bucket_acl" "a" {\n  bucket = aws_s3_bucket.b.id\n  acl = "public-read"\n}\n'
OWN = 'Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } }'


def is_found(path: Path, text: str) -> bool:
    path.write_text(text, encoding="utf-8")
    known = load_rules().rules
    request = Request(Inputs((str(path),)), [known[RULE]], known, "2026-01-01")
    return [finding.rule for finding in check(request).findings] == [RULE]


def policy(effect: str, condition: str = "", action: str = "s3:PutObject") -> str:
    return f"""
resource "aws_s3_bucket_policy" "p" {{
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect = "{effect}", Principal = "*", Action = "{action}", Resource = "arn:aws:s3:::logs/*"
      {condition}
    }}]
  }})
}}
"""


@pytest.mark.parametrize(
    ("bucket", "more", "expected"),
    [
        ("aws_s3_bucket.b.id", BUCKET + ACL, True),
        ("aws_s3_bucket.b.bucket", BUCKET + ACL, True),
        ('"other"', BUCKET + ACL, False),
        ("var.bucket", 'variable "bucket" {}\n' + BUCKET + ACL, False),
        ('"logs"', ACL.replace("aws_s3_bucket.b.id", '"logs"'), True),
        ("aws_s3_bucket.b.id", BUCKET + ACL.replace("public-read", "private"), False),
        ("aws_s3_bucket.b.id", BUCKET + policy("Allow"), True),
        ("aws_s3_bucket.b.id", BUCKET + policy("Deny"), False),
        ("aws_s3_bucket.b.id", BUCKET + policy("${var.effect}") + 'variable "effect" {}\n', False),
        ("aws_s3_bucket.b.id", BUCKET + policy("Allow", OWN), False),
        ("aws_s3_bucket.b.id", BUCKET + ACL + policy("Allow") + """
resource "aws_s3_bucket_public_access_block" "b" {
  bucket              = aws_s3_bucket.b.id
  ignore_public_acls  = true
  block_public_policy = true
}
""", False),
    ],
)  # fmt: skip
def test_terraform(tmp_path: Path, bucket: str, more: str, expected: bool) -> None:
    text = f'resource "aws_cloudtrail" "t" {{\n  s3_bucket_name = {bucket}\n}}\n{more}'
    assert is_found(tmp_path / "main.tf", text) is expected


@pytest.mark.parametrize(
    ("acl", "expected"),
    [("PublicRead", True), ("!If [Main, PublicRead, Private]", True), ("!If [Main, Private, PublicRead]", False)],
)
def test_a_bucket_that_is_open_in_another_branch(tmp_path: Path, acl: str, expected: bool) -> None:
    text = f"""
Parameters: {{E: {{Type: String}}}}
Conditions: {{Main: !Equals [!Ref E, main]}}
Resources:
  B: {{Type: AWS::S3::Bucket, Properties: {{AccessControl: {acl}, BucketName: logs}}}}
  T: {{Type: AWS::CloudTrail::Trail, Properties: {{S3BucketName: !If [Main, logs, other], IsLogging: true}}}}
"""
    assert is_found(tmp_path / "t.yaml", text) is expected


def resource(kind: str, **values: object) -> dict[str, object]:
    return {"address": f"{kind}.r", "mode": "managed", "type": kind, "name": "r", "values": values}


@pytest.mark.parametrize(("acl", "expected"), [("public-read", True), ("private", False)])
def test_a_plan(tmp_path: Path, acl: str, expected: bool) -> None:
    resources = [
        resource("aws_cloudtrail", s3_bucket_name="logs", event_selector=[]),
        resource("aws_s3_bucket_acl", bucket="logs", acl=acl),
    ]
    plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}}
    assert is_found(tmp_path / "plan.json", json.dumps(plan)) is expected

"""Services let in to a resource: on whose behalf they call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.validation import confused_deputy
from iamlint.parsers import raw_policy
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

QUEUE = "arn:aws:sqs:eu-west-1:111122223333:jobs"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:events"
CODES = ("confused-deputy", "recommended-condition-key-for-service-principal")


def told(*statements: dict[str, Any]) -> list[tuple[str, str]]:
    base = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**base, "Resource": QUEUE, **s} for s in statements]})
    (policy,) = raw_policy.stack(read_json(SourceText("p.json", text))).policies
    return [(flaw.code, flaw.place.written.strip('"')) for flaw in policy.flaws if flaw.code in CODES]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, [("confused-deputy", "sns.amazonaws.com")]),
        ({"Bool": {"aws:SecureTransport": "true"}}, [("confused-deputy", "sns.amazonaws.com")]),
        ({"ArnLike": {"aws:SourceArn": "*"}}, [("confused-deputy", "sns.amazonaws.com")]),
        ({"ArnEquals": {"aws:SourceArn": TOPIC}}, []),
        ({"ArnEquals": {"AWS:SOURCEARN": TOPIC}}, []),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}, []),
        ({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}, []),
        ({"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-1/r-1/*"}}, []),
        ({"StringEquals": {"aws:Referer": "1"}}, [(CODES[1], "aws:Referer")]),
    ],
)
def test_on_whose_behalf(condition: Any, expected: list[tuple[str, str]]) -> None:
    assert told({"Condition": condition} if condition else {}) == expected


@pytest.mark.parametrize(
    ("principal", "action", "flagged"),
    [
        ("events.amazonaws.com", "sqs:SendMessage", True),
        ("events.amazonaws.com", "sns:Publish", False),
        ("cloudtrail.amazonaws.com", "s3:PutObject", True),
        ("logdelivery.elasticloadbalancing.amazonaws.com", "s3:PutObject", False),
        ("logs.eu-west-1.amazonaws.com", "lambda:InvokeFunction", True),
        ("somebody.amazonaws.com", "sqs:SendMessage", False),
    ],
)
def test_only_where_aws_says_that_the_keys_are_there(principal: str, action: str, flagged: bool) -> None:
    assert bool(told({"Principal": {"Service": principal}, "Action": action})) is flagged


def test_an_encryption_context_pins_it_too() -> None:
    context = {"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:111122223333:trail/*"}}
    service = {"Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "kms:GenerateDataKey*", "Resource": "*"}
    assert told(service) == [("confused-deputy", "cloudtrail.amazonaws.com")]
    assert told({**service, "Condition": context}) == []


def test_a_deny_for_whoever_else_does_as_well() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Condition": {"StringNotEquals": {"aws:SourceAccount": "111122223333"}}}
    assert told({}, deny) == []


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"Service": "s3.amazonaws.com"}])
def test_the_arn_of_a_bucket_names_no_account(principal: Any) -> None:
    arn = "arn:aws:s3:::uploads"
    bucket = {"Principal": principal, "Condition": {"ArnEquals": {"aws:SourceArn": [TOPIC, arn]}}}
    assert told(bucket) == [("confused-deputy", arn)]
    bucket["Condition"]["StringEquals"] = {"aws:SourceAccount": "111122223333"}
    assert told(bucket) == []


@pytest.mark.parametrize(
    ("principal", "more", "told_of"),
    [
        ("s3.amazonaws.com", "", ["${Source}"]),
        ("s3.amazonaws.com", ", SourceAccount: !Ref AWS::AccountId", []),
        ("sns.amazonaws.com", "", []),
    ],
)
def test_a_source_that_is_not_known_is_a_bucket_where_s3_calls(
    principal: str, more: str, told_of: list[str], tmp_path: Path
) -> None:
    text = f"""
Parameters: {{Source: {{Type: String}}}}
Resources:
  P:
    Type: AWS::Lambda::Permission
    Properties:
      {{Action: "lambda:InvokeFunction", FunctionName: f, Principal: {principal}, SourceArn: !Ref Source{more}}}
"""
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    (policy,) = stack.policies
    assert [flaw.message.split("`")[1] for flaw in confused_deputy.check(policy)] == told_of


def test_permissions_of_a_function_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        """
variable "key" {}
resource "aws_lambda_permission" "open" {
  action        = "lambda:InvokeFunction"
  function_name = "f"
  principal     = "events.amazonaws.com"
}
resource "aws_lambda_permission" "named" {
  action        = "lambda:InvokeFunction"
  function_name = "f"
  principal     = "events.amazonaws.com"
  source_arn    = var.key
}
resource "aws_s3_bucket" "b" {
  bucket = "uploads"
}
resource "aws_lambda_permission" "bucket" {
  action        = "lambda:InvokeFunction"
  function_name = "f"
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.b.arn
}
""",
        encoding="utf-8",
    )
    (tmp_path / "t.yaml").write_text(
        """
Resources:
  Open:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: f
      Principal: apigateway.amazonaws.com
  Alexa:
    Type: AWS::Lambda::Permission
    Properties: {Action: lambda:InvokeFunction, FunctionName: f, Principal: alexa-appkit.amazon.com}
""",
        encoding="utf-8",
    )
    read = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    found = {(p.address, f.code) for s in read for p in s.policies for f in p.flaws if f.code in CODES}
    assert found == {
        ("aws_lambda_permission.open", "confused-deputy"),
        ("aws_lambda_permission.bucket", "confused-deputy"),
        ("Resources/Open", "confused-deputy"),
    }

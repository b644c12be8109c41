"""The ARNs of a statement, field by field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.aws.edition import data_date
from iamlint.parsers import raw_policy
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

CODES = (
    "invalid-arn-prefix", "missing-arn-field", "invalid-partition", "invalid-service", "invalid-arn-service-case",
    "wildcard-in-service-name", "invalid-arn-region", "arn-region-not-allowed", "missing-arn-region",
    "invalid-arn-account", "arn-account-not-allowed", "missing-arn-account", "invalid-arn-resource",
)  # fmt: skip


def told(resource: Any, element: str = "Resource", **more: Any) -> list[tuple[str, str, str]]:
    """The code, what stands at its place, and the message of each flaw of an ARN."""
    statement = {"Effect": "Allow", "Action": "*", element: resource, **more}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    (policy,) = raw_policy.stack(read_json(SourceText("p.json", text))).policies
    flaws = [flaw for flaw in policy.flaws if flaw.code in CODES]
    return [(flaw.code, flaw.place.written.strip('"'), flaw.message) for flaw in flaws]


@pytest.mark.parametrize(
    "arn",
    [
        "*", "arn:aws:s3:::*", "arn:*:s3:::b/*", "arn:aws-cn:s3:::b", "arn:aws:*:*:*:*",
        "arn:aws:s3:*:*:accesspoint/x", "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111122223333:root",
        "arn:aws:iam::*:user/${aws:username}", "arn:aws:sqs:us-east-*:1111*:jobs", "arn:aws:logs:*:*:*",
        "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/x:*", "arn:aws:apigateway:us-east-1::/restapis/*",
        "arn:aws:execute-api:us-east-1:111122223333:abc/*/GET/x", "arn:aws:ssm:us-east-1::document/AWS-RunShellScript",
        "arn:aws:elasticloadbalancing:*:*:targetgroup/*", "arn:aws:bedrock:us-east-1::foundation-model/*",
        "arn:aws:cloudformation:us-east-1:aws:transform/*", "arn:aws-us-gov:ec2:us-gov-west-1:111122223333:instance/*",
        "arn:aws:dynamodb:${aws:RequestedRegion}:111122223333:table/x", "arn:aws:lambda:*:*:function:*",
    ],
)  # fmt: skip
def test_what_is_right(arn: str) -> None:
    assert told(arn) == []


@pytest.mark.parametrize(
    ("arn", "code", "at", "says"),
    [
        ("", "invalid-arn-prefix", "", "it is empty"),
        ("a", "invalid-arn-prefix", "a", "neither `*` nor an ARN"),
        ("aws:s3:::b", "invalid-arn-prefix", "aws:s3:::b", "did the beginning get lost?"),
        ("ARN:aws:s3:::b", "invalid-arn-prefix", "ARN:aws:s3:::b", "`arn` is in lower case"),
        (" arn:aws:s3:::b", "invalid-arn-prefix", " arn:aws:s3:::b", "begins with a space"),
        ("arn:aws:s3", "missing-arn-field", "arn:aws:s3", "without region, account, resource"),
        ("arn:*", "missing-arn-field", "arn:*", "without service, region, account, resource"),
        ("arn:amazon:s3:::b", "invalid-partition", "amazon", "there are aws, aws-cn"),
        ("arn:aws-cnn:s3:::b", "invalid-partition", "aws-cnn", "did you mean `aws-cn`?"),
        ("arn::s3:::b", "invalid-partition", "arn::s3:::b", "has no partition"),
        ("arn:x*:s3:::b", "invalid-partition", "x*", "no partition `x*`"),
        ("arn:aws:::111122223333:x", "invalid-service", "arn:aws:::111122223333:x", "has no service"),
        ("arn:aws:dyanmodb:*:*:table/x", "invalid-service", "dyanmodb", "did you mean `dynamodb`?"),
        ("arn:aws:nosuchservice:*:*:x", "invalid-service", "nosuchservice", f"(AWS's list of {data_date()})"),
        ("arn:aws:prometheus:*:*:workspace/x", "invalid-service", "prometheus", "did you mean `aps`?"),
        # Others still list its ARNs.
        ("arn:aws:elastic-inference:*:*:elastic-inference-accelerator/*", "invalid-service", "elastic-inference",
         "AWS has closed the service"),
        ("arn:aws:S3:::b", "invalid-arn-service-case", "S3", "`s3`"),
        ("arn:aws:*code*::111122223333:*", "wildcard-in-service-name", "*code*", "does not say which"),
        ("arn:aws:ec2:us-east-9:111122223333:instance/*", "invalid-arn-region", "us-east-9", "`us-east-1`?"),
        ("arn:aws:ec2:xx-*:111122223333:instance/*", "invalid-arn-region", "xx-*", "no Region `xx-*`"),
        ("arn:aws:ec2:cn-north-1:111122223333:instance/*", "invalid-arn-region", "cn-north-1", "partition `aws-cn`"),
        ("arn:aws:iam:us-east-1:111122223333:role/x", "arn-region-not-allowed", "us-east-1", "has no Region"),
        ("arn:aws:iam:us-east-1:111122223333:root", "arn-region-not-allowed", "us-east-1", "a resource of `iam`"),
        ("arn:aws:s3:us-east-1::b", "arn-region-not-allowed", "us-east-1", "a `bucket` of `s3`"),
        ("arn:aws:cloudformation::111122223333:stack/*", "missing-arn-region",
         "arn:aws:cloudformation::111122223333:stack/*", "has none"),
        ("arn:aws:sqs:us-east-1:1234:q", "invalid-arn-account", "1234", "twelve digits"),
        ("arn:aws:sqs:us-east-1:11112222333344:q", "invalid-arn-account", "11112222333344", "twelve digits"),
        ("arn:aws:sqs:us-east-1:1234*a:q", "invalid-arn-account", "1234*a", "twelve digits"),
        ("arn:aws:s3::111122223333:b/*", "arn-account-not-allowed", "111122223333", "has no account"),
        ("arn:aws:resource-explorer-2:us-east-1::view/x/y", "missing-arn-account",
         "arn:aws:resource-explorer-2:us-east-1::view/x/y", "a `view` of `resource-explorer-2` has an account"),
        ("arn:aws:iam::111122223333:rolle/x", "invalid-arn-resource", "rolle/x", "did you mean `role`?"),
        ("arn:aws:iam::111122223333:rolle/x", "invalid-arn-resource", "rolle/x", f"(AWS's list of {data_date()})"),
        ("arn:aws:lambda:us-east-1:111122223333:app", "invalid-arn-resource", "app", "`function:`"),
        ("arn:aws:states:*:*:statemachine:x", "invalid-arn-resource", "statemachine:x", "mean `stateMachine`?"),
    ],
)  # fmt: skip
def test_what_is_wrong(arn: str, code: str, at: str, says: str) -> None:
    ((found, place, message),) = told(arn)
    assert (found, place) == (code, at)
    assert says in message
    assert "\0" not in message


@pytest.mark.parametrize(
    "arn",
    [
        "<bucket-arn>", "arn:aws:s3:<region>:<account-id>:accesspoint/x", "arn:<partition>:sqs:us-east-1:<id>:q",
        "arn:aws:sqs:{{region}}:{account_id}:jobs", "{{table_arn}}", "arn:aws:iam::<account id>:role/app",
    ],
)  # fmt: skip
def test_what_is_still_to_be_filled_in_is_right_if_any_filling_is(arn: str) -> None:
    assert told(arn) == []


def test_what_no_filling_in_makes_right() -> None:
    assert [code for code, _, _ in told("arn:aws:s3:us-east-1:<account>:bucket")] == ["arn-region-not-allowed"]
    assert [code for code, _, _ in told("arn:aws:nothing:<region>:<account>:x")] == ["invalid-service"]


def test_a_type_without_a_name() -> None:
    ((code, at, message),) = told("arn:aws:kms:*:111122223333:key/")
    assert (code, at) == ("invalid-arn-resource", "key/")
    assert message == "`arn:aws:kms:*:111122223333:key/` names no resource: nothing follows `key/`"


def test_every_entry_of_not_resource_and_of_a_deny() -> None:
    found = told(["arn:aws:s3:::b", "arn:aws:S3:::b", "aws"], "NotResource", Effect="Deny")
    assert [(code, place) for code, place, _ in found] == [("invalid-arn-service-case", "S3"),
                                                          ("invalid-arn-prefix", "aws")]  # fmt: skip


def test_the_policy_of_a_resource() -> None:
    principal = {"AWS": "arn:aws:iam::111122223333:role/app"}
    found = told("arn:aws:s3:eu-west-1::b/*", Action="s3:GetObject", Principal=principal)
    assert [code for code, _, _ in found] == ["arn-region-not-allowed"]
    assert told("execute-api:/prod/GET/*", Action="execute-api:Invoke", Principal="*") == []


def codes_in(folder: Path, name: str, text: str) -> list[str]:
    (folder / name).write_text(text, encoding="utf-8")
    parsed = stacks(Reading(Inputs((str(folder),)), (), folder, None))
    return [flaw.code for s in parsed for p in s.policies for flaw in p.flaws if flaw.code in CODES]


@pytest.mark.parametrize(
    ("resource", "codes"),
    [
        ('"${var.x}"', []),
        ('"${var.x}/*"', []),
        ('"arn:${var.partition}:s3:::b"', []),
        ('"arn:aws:${var.x}:us-east-1:111122223333:q"', []),
        ('"arn:aws:sqs:${var.region}:${var.account_id}:q"', []),
        ('"arn:aws:s3:::${var.x}"', []),
        ('"arn:aws:s3:${var.x}"', []),
        ('"arn:aws:iam::111122223333:${var.x}"', []),
        ('"arn:aws:${var.x}"', []),
        ('["arn:aws:s3:::b", var.x]', []),
        # Nothing that is filled in makes these right.
        ('"b-${var.x}"', ["invalid-arn-prefix"]),
        ('"arn:amazon:s3:::${var.x}"', ["invalid-partition"]),
        ('"arn:aws:s4:::${var.x}"', ["invalid-service"]),
        ('"arn:aws:s3::111122223333:b-${var.x}/*"', ["arn-account-not-allowed"]),
        ('"arn:aws:iam::111122223333:rolle/${var.x}"', ["invalid-arn-resource"]),
        ('"arn:${var.partition}:iam:us-east-1:111122223333:role/x"', ["arn-region-not-allowed"]),
    ],
)
def test_unknown_parts(tmp_path: Path, resource: str, codes: list[str]) -> None:
    text = f"""
        variable "x" {{}}
        variable "partition" {{}}
        variable "region" {{}}
        variable "account_id" {{}}
        resource "aws_iam_policy" "p" {{
          policy = jsonencode({{
            Version = "2012-10-17"
            Statement = [{{ Effect = "Allow", Action = "*", Resource = {resource} }}]
          }})
        }}
    """
    assert codes_in(tmp_path, "main.tf", text) == codes


def test_the_function_that_a_permission_of_lambda_names_is_no_arn(tmp_path: Path) -> None:
    text = """
        resource "aws_lambda_permission" "events" {
          function_name = "app"
          action        = "lambda:InvokeFunction"
          principal     = "events.amazonaws.com"
          source_arn    = "arn:aws:events:eu-west-1:111122223333:rule/nightly"
        }
    """
    assert codes_in(tmp_path, "main.tf", text) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["arn", "aws", "iam", "s3", "*", "", "?", "us-east-1", "111122223333", "role/x", "ſ",
                                 "١٢٣٤٥٦٧٨٩٠١٢", "${aws:username}", "${", "x:y", "/"]), max_size=8))  # fmt: skip
def test_any_text_gets_at_most_one_answer(fields: list[str]) -> None:
    assert len(told(":".join(fields))) <= 1

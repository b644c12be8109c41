"""Actions that no service has: what is told, with which hint, at which letters, and what is not known trips nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from iamlint.aws.edition import data_date
from iamlint.parsers import raw_policy
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

if TYPE_CHECKING:
    from conftest import Iamlint

CODES = ("invalid-action", "invalid-service-in-action", "wildcard-in-service-name", "invalid-service")


def told(action: Any, element: str = "Action", **more: Any) -> list[tuple[str, str, str]]:
    """The code, what stands at its place, and the message of each flaw of an action."""
    statement = {"Effect": "Allow", element: action, "Resource": "*", **more}
    statement = {key: value for key, value in statement.items() if value is not None}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    (policy,) = raw_policy.stack(read_json(SourceText("p.json", text))).policies
    flaws = [flaw for flaw in policy.flaws if flaw.code in CODES]
    return [(flaw.code, flaw.place.written.strip('"'), flaw.message) for flaw in flaws]


@pytest.mark.parametrize(
    "action",
    [
        "*", "*:*", "s3:*", "S3:getobject", "iam:List*Tags", "iam:?istRoles", "s3:GetObject*", "s3:**", " s3:GetObject",
        "ec2:*Tags", "SNS:Receive",
    ],
)  # fmt: skip
def test_what_exists_in_any_spelling(action: str) -> None:
    assert told(action) == []


@pytest.mark.parametrize(
    ("action", "code", "at", "says"),
    [
        ("s3:GetObjekt", "invalid-action", "s3:GetObjekt", "did you mean `s3:GetObject`?"),
        ("S3:LISTBUCKETS", "invalid-action", "S3:LISTBUCKETS", "the action that allows it is `s3:ListAllMyBuckets`"),
        ("s3:CreateMultipartUpload", "invalid-action", "s3:CreateMultipartUpload", "is `s3:PutObject`"),
        ("s3:CopyObject", "invalid-action", "s3:CopyObject", "is `s3:GetObject` and `s3:PutObject`"),
        ("sqs:SendMessageBatch", "invalid-action", "sqs:SendMessageBatch", "is `sqs:SendMessage`"),
        ("s3:Fetch*", "invalid-action", "s3:Fetch*", "matches no action of `s3`"),
        ("s3:Zzzzzzzzzzzz", "invalid-action", "s3:Zzzzzzzzzzzz", f"(AWS's list of {data_date()})"),
        ("s3:", "invalid-action", "s3:", "names no action"),
        ("", "invalid-action", "", "is empty"),
        ("ec2:ec2:CreateTags", "invalid-action", "ec2:ec2:CreateTags", "two colons; did you mean `ec2:CreateTags`?"),
        ("ec2.CreateTags", "invalid-action", "ec2.CreateTags", "no colon"),
        ("ec2.CreateTags", "invalid-action", "ec2.CreateTags", "did you mean `ec2:CreateTags`?"),
        ("dyanmodb:PutItem", "invalid-service-in-action", "dyanmodb", "did you mean `dynamodb`?"),
        ("elastic-inference:Connect", "invalid-service-in-action", "elastic-inference", "AWS has closed the service"),
        ("iotevents:*", "invalid-service-in-action", "iotevents", "AWS has closed the service"),
        ("stepfunctions:*", "invalid-service-in-action", "stepfunctions", "did you mean `states`?"),
        ("nosuchthingatall:*", "invalid-service-in-action", "nosuchthingatall", f"(AWS's list of {data_date()})"),
        ("code*:List*", "wildcard-in-service-name", "code*", "does not say which"),
        ("?3:GetObject", "wildcard-in-service-name", "?3", "does not say which"),
    ],
)
def test_what_does_not(action: str, code: str, at: str, says: str) -> None:
    ((found, place, message),) = told(action)
    assert (found, place) == (code, at)
    assert says in message


@pytest.mark.parametrize(
    ("element", "more"),
    [
        ("NotAction", {"Effect": "Deny"}),
        ("Action", {"Effect": "Deny"}),
        ("Action", {"Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Resource": "arn:aws:s3:::b/*"}),
    ],
)
def test_denies_not_actions_and_the_policies_of_resources_as_well(element: str, more: dict[str, Any]) -> None:
    assert [code for code, _, _ in told(["s3:GetObject", "s3:GetObjekt"], element, **more)] == ["invalid-action"]


def test_the_action_of_a_role_trust_policy() -> None:
    principal = {"Service": "ec2.amazonaws.com"}
    found = told(["sts:AssumeRole", "sts:AssumeRoles"], Resource=None, Principal=principal)
    assert [place for _, place, _ in found] == ["sts:AssumeRoles"]


def in_terraform(folder: Path, actions: str) -> list[tuple[str, str]]:
    text = f"""
        variable "name" {{}}
        resource "aws_iam_policy" "p" {{
          policy = jsonencode({{
            Version = "2012-10-17"
            Statement = [{{ Effect = "Allow", Action = {actions}, Resource = "*" }}]
          }})
        }}
    """
    (folder / "main.tf").write_text(text, encoding="utf-8")
    parsed = stacks(Reading(Inputs((str(folder),)), (), folder, None))
    return [(flaw.code, flaw.message) for s in parsed for p in s.policies for flaw in p.flaws if flaw.code in CODES]


@pytest.mark.parametrize(
    ("actions", "codes"),
    [
        ('"s3:${var.name}"', []),
        ('"${var.name}:GetObject"', []),
        ('"s3:Get${var.name}"', []),
        ("var.name", []),
        ('concat(["s3:GetObject"], var.name)', []),
        # Nothing that is filled in makes these right.
        ('"dyanmodb:${var.name}"', ["invalid-service-in-action"]),
        ('"s3:Fetch${var.name}"', ["invalid-action"]),
        ('["s3:GetObjekt", var.name]', ["invalid-action"]),
    ],
)
def test_unknown_parts(tmp_path: Path, actions: str, codes: list[str]) -> None:
    assert [code for code, _ in in_terraform(tmp_path, actions)] == codes


POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["newservice:Do", "s3:GetBrandNew", "s3:GetBrandOld"],
            "Resource": "arn:aws:newservice:eu-west-1:111122223333:thing/a",
            "Condition": {"StringEquals": {"newservice:Key": "a", "s3:BrandNewKey": "b"}},
        }
    ],
}


def rules_told(iamlint: Iamlint, folder: Path, configuration: str) -> list[tuple[str, str]]:
    (folder / "policy.json").write_text(json.dumps(POLICY), encoding="utf-8")
    (folder / "iamlint.toml").write_text(configuration, encoding="utf-8")
    findings = iamlint("check", "--format", "json", "policy.json", folder=folder).findings
    unknown = (*CODES, "invalid-service-condition-key")
    return sorted((found["rule"], found["message"].split("`")[-2]) for found in findings if found["rule"] in unknown)


def test_the_configuration_knows_more(iamlint: Iamlint, tmp_path: Path) -> None:
    everything = rules_told(iamlint, tmp_path, "")
    assert [rule for rule, _ in everything] == [
        "invalid-action", "invalid-action", "invalid-service", "invalid-service", "invalid-service-condition-key",
        "invalid-service-in-action",
    ]  # fmt: skip
    with_actions = rules_told(iamlint, tmp_path, 'extra_actions = ["s3:GetBrandNew"]\n')
    assert len(with_actions) == len(everything) - 1
    with_service = rules_told(iamlint, tmp_path, 'extra_services = ["newservice"]\n')
    assert [rule for rule, _ in with_service] == ["invalid-action", "invalid-action", "invalid-service-condition-key"]
    all_known = """
        extra_services = ["NewService"]
        extra_actions = ["s3:getbrand*"]
        extra_condition_keys = ["s3:BrandNewKey"]
    """
    assert rules_told(iamlint, tmp_path, all_known) == []
    # What one run was told is forgotten in the next.
    assert rules_told(iamlint, tmp_path, "") == everything


def test_actions_put_together_for_a_list_of_services(tmp_path: Path) -> None:
    """A pattern that is made for each of many services need not find something in each; a service that there is not is
    told once, not once for each pattern."""
    text = """
data "aws_iam_policy_document" "read" {
  dynamic "statement" {
    for_each = ["ce", "dynamo", "s3"]
    content {
      actions   = ["${statement.value}:List*", "${statement.value}:View*", "${statement.value}:GetObjekt"]
      resources = ["*"]
    }
  }
}
resource "aws_iam_policy" "read" {
  policy = data.aws_iam_policy_document.read.json
}
"""
    (tmp_path / "main.tf").write_text(text)
    (stack,) = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    flaws = [flaw for policy in stack.policies for flaw in policy.flaws if flaw.code in CODES]
    assert [flaw.message.partition(" (")[0] for flaw in flaws] == [
        "`ce` has no action `GetObjekt`", "there is no service `dynamo`", "`s3` has no action `GetObjekt`",
    ]  # fmt: skip


def test_a_service_that_there_is_not_is_told_once_in_a_list() -> None:
    flaws = told(["macie:EnableMacie", "dyanmodb:GetItem", "macie:DisableMacie", "s3:GetObjekt", "s3:PutObjekt"])
    assert [at for _, at, _ in flaws] == ["macie", "dyanmodb", "s3:GetObjekt", "s3:PutObjekt"]

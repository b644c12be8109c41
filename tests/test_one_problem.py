"""One problem is told once, as grave as it is, and what is none is not told."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.check import Request, check
from iamlint.config import Config
from iamlint.engine.finding import Finding
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs


def found(tmp_path: Path, rules: str, text: str, name: str = "main.tf") -> tuple[Finding, ...]:
    """The findings of some rules on one file."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    known = load_rules().rules
    chosen = [known[rule] for rule in rules.split()]
    return tuple(check(Request(Inputs((str(tmp_path / name),)), chosen, known, "2026-01-01", Config())).findings)


def policy(actions: list[str], **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    ("actions", "others"),
    [
        (["iam:AttachRolePolicy", "iam:PutRolePolicy"], "iam:AttachRolePolicy, iam:PutRolePolicy on every"),
        (["iam:AttachRolePolicy", "dynamodb:DeleteTable"], "dynamodb:DeleteTable on every"),
        (["dynamodb:DeleteTable"], "dynamodb:DeleteTable on every"),
    ],
)
def test_actions_of_a_path_are_not_told_beside_others(tmp_path: Path, actions: list[str], others: str) -> None:
    findings = found(tmp_path, "privilege-escalation wildcard-resource", policy(actions), "p.json")
    wide = [finding.message for finding in findings if finding.rule == "wildcard-resource"]
    assert [message[: len(others)] for message in wide] == [others]
    escalates = any(action.startswith("iam:") for action in actions)
    assert escalates == any(finding.rule == "privilege-escalation" for finding in findings)


def test_lake_formation_decides_who_reads_a_table(tmp_path: Path) -> None:
    assert not found(tmp_path, "data-exfiltration", policy(["lakeformation:GetDataAccess"]), "p.json")
    assert found(tmp_path, "data-exfiltration", policy(["dynamodb:Scan"]), "p.json")


@pytest.mark.parametrize(
    ("key", "value", "severity"),
    [
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:role/app-*", "low"),
        ("aws:PrincipalArn", "arn:aws:iam::*:root", "low"),
        ("aws:PrincipalArn", "arn:aws:iam:*", "medium"),
        ("aws:SourceArn", "arn:aws:cur:us-east-1:111122223333:definition/*", "low"),
        ("aws:SourceArn", "arn:aws:sns:*:111122223333:app", "medium"),
        ("aws:SourceArn", "arn:aws:sns:*", "medium"),
    ],
)
def test_a_wildcard_that_cannot_run_over_a_colon(tmp_path: Path, key: str, value: str, severity: str) -> None:
    text = policy(["s3:GetObject"], Condition={"StringLike": {key: value}})
    (finding,) = found(tmp_path, "string-like-operator-with-arn-condition-keys", text, "p.json")
    assert finding.severity == severity
    assert ("run over its colons" in finding.message) == (severity == "medium")


@pytest.mark.parametrize("management", [True, False])
def test_a_trail_of_data_events_may_be_of_one_region(tmp_path: Path, management: bool) -> None:
    text = f"""
      resource "aws_cloudtrail" "table" {{
        name           = "table"
        s3_bucket_name = "example-trails"
        event_selector {{
          include_management_events = {str(management).lower()}
          data_resource {{
            type   = "AWS::DynamoDB::Table"
            values = ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders"]
          }}
        }}
      }}
    """
    rules = [
        finding.rule for finding in found(tmp_path, "trail-not-multi-region trail-without-management-events", text)
    ]
    assert rules == ["trail-not-multi-region" if management else "trail-without-management-events"]


def test_a_parameter_that_shows_a_secret_is_not_called_an_output(tmp_path: Path) -> None:
    text = """
Parameters:
  AgentToken: {Type: String, NoEcho: true}
Resources:
  Stored:
    Type: AWS::SSM::Parameter
    Properties: {Name: /agent/token, Type: String, Value: !Ref AgentToken}
Outputs:
  Token: {Value: !Ref AgentToken}
"""
    messages = [finding.message for finding in found(tmp_path, "secret-in-output", text, "t.yaml")]
    assert sorted(message.split(" shows")[0] for message in messages) == ["SSM parameter Stored", "output Token"]


def test_a_web_identity_whose_claim_is_one_of_two_is_pinned(tmp_path: Path) -> None:
    text = """
      variable "enabled" { type = bool }
      variable "sub" { type = string }
      locals {
        issuer = var.enabled ? "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF" : ""
      }
      resource "aws_iam_role" "workload" {
        count              = var.enabled ? 1 : 0
        assume_role_policy = data.aws_iam_policy_document.trust[0].json
      }
      data "aws_iam_policy_document" "trust" {
        count = var.enabled ? 1 : 0
        statement {
          actions = ["sts:AssumeRoleWithWebIdentity"]
          principals {
            type        = "Federated"
            identifiers = [format("arn:aws:iam::111122223333:oidc-provider/%s", local.issuer)]
          }
          condition {
            test     = "StringEquals"
            variable = format("%s:sub", local.issuer)
            values   = ["system:serviceaccount:shop:orders"]
          }
        }
      }
    """
    assert not found(tmp_path, "oidc-without-subject", text)
    assert found(tmp_path, "oidc-without-subject", text.replace('format("%s:sub"', 'format("%s:aud"'))


def test_two_lists_of_one_unknown_are_not_the_same_resources(tmp_path: Path) -> None:
    text = """
      data "aws_partition" "current" {}
      variable "bucket" { type = string }
      locals { bucket = "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}" }
      resource "aws_s3_bucket_policy" "logs" {
        bucket = var.bucket
        policy = data.aws_iam_policy_document.logs.json
      }
      data "aws_iam_policy_document" "logs" {
        statement {
          actions   = ["s3:PutObject"]
          resources = formatlist("${local.bucket}/%s/*", ["balancer"])
          principals {
            type        = "Service"
            identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
          }
        }
        statement {
          effect    = "Deny"
          actions   = ["s3:PutObject"]
          resources = formatlist("${local.bucket}/%s/*", ["trail"])
          principals {
            type        = "*"
            identifiers = ["*"]
          }
        }
      }
    """
    assert not found(tmp_path, "always-denied-allow", text)
    assert found(tmp_path, "always-denied-allow", text.replace('["trail"]', '["balancer"]'))


@pytest.mark.parametrize(
    ("bucket", "severity"), [("arn:aws:s3:::example-uploads", "low"), ("arn:aws:s3:::example-*", "medium")]
)
def test_only_a_bucket_that_is_lost_becomes_anothers(tmp_path: Path, bucket: str, severity: str) -> None:
    text = """
Resources:
  Told:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [https://sqs.eu-west-1.amazonaws.com/111122223333/told]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
        - Effect: Allow
          Principal: {Service: s3.amazonaws.com}
          Action: sqs:SendMessage
          Resource: arn:aws:sqs:eu-west-1:111122223333:told
          Condition: {ArnLike: {"aws:SourceArn": "BUCKET"}}
"""
    (finding,) = found(tmp_path, "confused-deputy", text.replace("BUCKET", bucket), "t.yaml")
    assert finding.severity == severity


@pytest.mark.parametrize("written", ["Replace after build", "set manually", "Populated by the rotation job"])
def test_words_that_say_who_will_set_a_secret_are_none(tmp_path: Path, written: str) -> None:
    text = f"""
      resource "aws_secretsmanager_secret_version" "signing" {{
        secret_id     = "github_app_private_key"
        secret_string = "{written}"
      }}
    """
    assert not found(tmp_path, "password-in-clear hardcoded-secret", text)
    assert found(tmp_path, "password-in-clear hardcoded-secret", text.replace(written, "kR7xw0pLs2"))


@pytest.mark.parametrize(
    ("actions", "severity"),
    [
        (["iam:GetRole", "iam:GetInstanceProfile"], "low"),
        (["s3:GetBucketPolicy", "s3:GetBucketTagging"], "low"),
        (["iam:GetRole", "iam:DeleteRole"], "medium"),
        (["s3:GetObject"], "medium"),
    ],
)
def test_reading_settings_everywhere_matters_less(tmp_path: Path, actions: list[str], severity: str) -> None:
    (finding,) = found(tmp_path, "wildcard-resource", policy(actions), "p.json")
    assert finding.severity == severity


@pytest.mark.parametrize(
    ("resource", "opens"),
    [
        ("arn:aws:s3:::*", False),
        ("arn:aws:sns:*:*:*", False),
        ("arn:aws:iam::*:*", True),
        ("arn:*:iam::111122223333:role/*", True),
    ],
)
def test_a_path_is_on_resources_of_its_service(tmp_path: Path, resource: str, opens: bool) -> None:
    text = policy(["iam:PutRolePolicy"], Resource=resource)
    assert bool(found(tmp_path, "privilege-escalation", text, "p.json")) == opens


@pytest.mark.parametrize(
    ("resource", "wide"), [("arn:aws:s3:::*/*", True), ("arn:aws:s3:::*", True), ("arn:aws:s3:::/*", False)]
)
def test_a_bucket_without_a_name_is_none(tmp_path: Path, resource: str, wide: bool) -> None:
    assert bool(found(tmp_path, "wildcard-resource", policy(["s3:PutObject"], Resource=resource), "p.json")) == wide


def test_a_private_key_in_base64_is_one(tmp_path: Path) -> None:
    header = "RSA PRIVATE " + "KEY-----"
    body = "MIIEpAIBAAKCAQEAr7Zx8mQ2LbW5vKp1yQXoYhS3eTn9cUdJfGiMaRkVwHzNpXqB"
    key = f"-----BEGIN {header}\n{body}\n{body[::-1]}\n-----END {header}\n"
    text = f"""
      resource "aws_instance" "app" {{
        ami       = "ami-0123456789abcdef0"
        user_data = <<-EOF
          #cloud-config
          write_files:
            - path: /key
              encoding: base64
              content: {base64.b64encode(key.encode()).decode()}
        EOF
      }}
    """
    assert len(found(tmp_path, "credentials-in-user-data hardcoded-secret", text)) == 1


def test_a_module_that_two_configurations_call_is_told_of_once(tmp_path: Path) -> None:
    module = """
      variable "name" { type = string }
      resource "aws_iam_role" "run" {
        name               = "${var.name}-run"
        assume_role_policy = jsonencode({
          Version   = "2012-10-17"
          Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
        })
      }
      resource "aws_iam_role_policy" "run" {
        role   = aws_iam_role.run.name
        policy = jsonencode({
          Version   = "2012-10-17"
          Statement = [{ Effect = "Allow", Action = ["iam:PutRolePolicy"], Resource = "*" }]
        })
      }
    """
    for name, text in {
        "task": module,
        "test": 'module "task" {\n  source = "../task"\n  name = "test"\n}',
        "live": 'module "task" {\n  source = "../task"\n  name = "live"\n}',
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(text, encoding="utf-8")
    known = load_rules().rules
    chosen = [known["privilege-escalation"]]
    findings = check(Request(Inputs((str(tmp_path),)), chosen, known, "2026-01-01", Config())).findings
    assert [finding.message.split(" lets ")[1].split(" write")[0] for finding in findings] == ["role live-run"]


_SERVICES = ("s3", "ec2", "rds", "sqs", "sns", "lambda", "ecs", "ecr")


@pytest.mark.parametrize(("many", "told"), [(5, 5), (6, 1), (8, 1)])
def test_a_long_list_of_services_is_one_problem(tmp_path: Path, many: int, told: int) -> None:
    findings = found(tmp_path, "service-wildcard", policy([f"{name}:*" for name in _SERVICES[:many]]), "p.json")
    assert len(findings) == told
    if told == 1:
        (finding,) = findings
        assert finding.message.startswith("`s3:*` gives ")
        rest = ", ".join(f"`{name}:*`" for name in _SERVICES[1:many])
        assert finding.message.endswith(f" (and so do {many - 1} more: {rest})")
        assert (finding.element, finding.place.written[:1], finding.severity) == ("Statement/0", "{", "medium")


def test_the_graver_of_a_long_list_stand_apart(tmp_path: Path) -> None:
    listed = ["kms:*", *(f"{name}:*" for name in _SERVICES)]
    findings = found(tmp_path, "service-wildcard", policy(listed), "p.json")
    assert [(finding.severity, finding.element) for finding in findings] == [
        ("medium", "Statement/0"),
        ("high", "Statement/0/action/0"),
    ]


def test_each_statement_has_its_own_long_list(tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Action": [f"{name}:*" for name in _SERVICES], "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement, {**statement, "Sid": "b"}]})
    findings = found(tmp_path, "service-wildcard", text, "p.json")
    assert [finding.element for finding in findings] == ["Statement/0", "Statement/1"]


@pytest.mark.parametrize(("group", "told"), [("!Ref Admins", 0), ("!Ref Everybody", 1), ("cloud-admins", 0)])
def test_who_is_let_in_by_an_unknown_group_is_not_known(tmp_path: Path, group: str, told: int) -> None:
    text = f"""
Parameters:
  Admins: {{Type: String}}
  Everybody: {{Type: String, Default: pwd, AllowedValues: [pwd]}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
        - Effect: Allow
          Principal: {{Federated: "arn:aws:iam::111122223333:oidc-provider/acme.auth0.com/"}}
          Action: sts:AssumeRoleWithWebIdentity
          Condition:
            ForAnyValue:StringEquals:
              acme.auth0.com/:amr: {group}
"""
    assert len(found(tmp_path, "oidc-without-subject", text, "t.yaml")) == told


@pytest.mark.parametrize(
    ("condition", "severity"), [({}, "high"), ({"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}, "low")]
)
def test_the_keys_of_others_through_one_service(tmp_path: Path, condition: dict[str, str], severity: str) -> None:
    # What Amazon MWAA asks for where its queue is encrypted with a key of AWS's own.
    statement: dict[str, Any] = {
        "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "NotResource": "arn:aws:kms:*:111122223333:key/*",
    }  # fmt: skip
    if condition:
        statement["Condition"] = {"StringLike": condition}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    (finding,) = found(tmp_path, "allow-not-resource", text, "p.json")
    assert finding.severity == severity


def test_a_parameter_is_called_by_its_name(tmp_path: Path) -> None:
    text = """
Parameters:
  DatabasePassword2: {Type: String, Default: ''}
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {MasterUserPassword: !Ref DatabasePassword2}
"""
    (finding,) = found(tmp_path, "password-in-clear", text, "t.yaml")
    assert (finding.address, finding.message.partition(" (")[0]) == (
        "Parameters/DatabasePassword2",
        "a password in clear: DatabasePassword2",
    )


def test_an_action_listed_twice_is_named_once(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, "pass-role-any-role", policy(["iam:PassRole", "iam:PassRole"]), "p.json")
    assert finding.message.startswith("iam:PassRole on every role")

"""Cases that users of other tools reported, with the right answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

HYGIENE = {"inline-policy", "unattached-policy"}
ACCOUNT = "111122223333"


def found(tmp_path: Path, name: str, text: str) -> list[tuple[str, str, str]]:
    """(rule, severity, flagged text) of everything on by default, hygiene aside."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    rules = load_rules().rules
    chosen = [rule for rule in rules.values() if not rule.strict and rule.name not in HYGIENE]
    report = check(Request(Inputs((str(path),)), chosen, rules, "2026-01-01"))
    return [(finding.rule, finding.severity, finding.place.written) for finding in report.findings]


def policy(*statements: str) -> str:
    return '{"Version": "2012-10-17", "Statement": [' + ",\n".join(statements) + "]}"


def test_actions_that_take_no_resource(tmp_path: Path) -> None:
    text = """
data "aws_iam_policy_document" "tracer" {
  statement {
    actions   = ["xray:PutTelemetryRecords", "ecr:GetAuthorizationToken", "s3:ListAllMyBuckets"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "tracer" {
  policy = data.aws_iam_policy_document.tracer.json
}
"""
    assert found(tmp_path, "main.tf", text) == []


def test_the_default_key_policy(tmp_path: Path) -> None:
    text = """
data "aws_caller_identity" "this" {}
data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.this.account_id}:root"]
    }
  }
}
resource "aws_kms_key" "this" {
  policy = data.aws_iam_policy_document.key.json
}
"""
    assert found(tmp_path, "main.tf", text) == []


def key(condition: str) -> str:
    return f"""
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - Effect: Allow
            Principal: {{AWS: "*"}}
            Action: kms:Decrypt
            Resource: "*"
            Condition: {{StringEquals: {{{condition}}}}}
"""


def test_conditions_that_pin_the_caller_of_a_key(tmp_path: Path) -> None:
    assert found(tmp_path, "good.yaml", key("kms:CallerAccount: !Ref AWS::AccountId")) == []
    by_service = key('kms:ViaService: !Sub "rds.${AWS::Region}.amazonaws.com"')
    assert found(tmp_path, "bad.yaml", by_service) == [("public-resource-policy", "critical", '"*"')]


def test_source_arns(tmp_path: Path) -> None:
    statement = """{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sqs:SendMessage",
      "Resource": "arn:aws:sqs:eu-west-1:111122223333:q", "Condition": {"ArnEquals": {"aws:SourceArn": %s}}}"""
    pinned = '["arn:aws:sns:eu-west-1:111122223333:a", "arn:aws:sns:eu-west-1:111122223333:b"]'
    assert found(tmp_path, "good.json", policy(statement % pinned)) == []
    loose = '["arn:aws:sns:eu-west-1:111122223333:a", "arn:aws:sns:*:*:*"]'
    assert [rule for rule, _, _ in found(tmp_path, "bad.json", policy(statement % loose))] == ["public-resource-policy"]


def test_a_missing_module_is_unknown(tmp_path: Path) -> None:
    text = """
module "store" { source = "./nowhere" }
resource "aws_iam_policy" "read" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = ["${module.store.arn}/*"] }]
  })
}
"""
    assert found(tmp_path, "main.tf", text) == []


BRANCHES = """
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: [!If [IsDev, "ec2:*", !Ref AWS::NoValue], ec2:DescribeVpcs]
                Resource: "*"
              - !If [IsDev, {Effect: Allow, Action: "iam:*", Resource: "*"}, !Ref AWS::NoValue]
"""


def test_branches_of_a_template(tmp_path: Path) -> None:
    assert found(tmp_path, "template.yaml", BRANCHES) == [
        ("service-wildcard", "medium", '"ec2:*"'),
        ("service-wildcard", "high", '"iam:*"'),
    ]


def test_a_finding_says_under_which_condition_it_holds(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(BRANCHES, encoding="utf-8")
    rules = load_rules().rules
    report = check(Request(Inputs((str(tmp_path),)), [rules["service-wildcard"]], rules, "2026-01-01"))
    assert all(finding.message.endswith("(when IsDev)") for finding in report.findings)
    assert len(report.findings) == 2


def test_mfa(tmp_path: Path) -> None:
    def statement(effect: str, operator: str, value: str) -> str:
        return f"""{{"Effect": "{effect}", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::{ACCOUNT}:user/x",
            "Condition": {{"{operator}": {{"aws:MultiFactorAuthPresent": "{value}"}}}}}}"""

    rules = {
        ("Deny", "BoolIfExists", "false"): [],
        ("Deny", "Bool", "false"): ["mfa-bool-deny"],
        ("Allow", "BoolIfExists", "true"): ["mfa-bool-if-exists-allow"],
        ("Allow", "Bool", "true"): [],
        ("Allow", "Null", "false"): ["mfa-null-check"],
    }
    for (effect, operator, value), expected in rules.items():
        answer = found(tmp_path, "p.json", policy(statement(effect, operator, value)))
        assert [rule for rule, _, _ in answer] == expected, (effect, operator, value)


def test_a_document_is_judged_by_what_it_is_attached_to(tmp_path: Path) -> None:
    text = """
data "aws_iam_policy_document" "open" {
  statement {
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::example-data/*"]
  }
}
resource "aws_s3_bucket_policy" "open" {
  bucket = "example-data"
  policy = data.aws_iam_policy_document.open.json
}
"""
    assert found(tmp_path, "main.tf", text) == [("public-resource-policy", "critical", '"*"')]


@pytest.mark.parametrize(
    ("resource", "service", "expected"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/app", "ecs-tasks.amazonaws.com", []),
        ("*", "ec2.amazonaws.com", [("pass-role-any-role", "medium")]),
        ("*", "", [("pass-role-any-role", "high")]),
        (f"arn:aws:iam::{ACCOUNT}:role/*", "", [("pass-role-any-role", "high")]),
    ],
)
def test_passing_roles(tmp_path: Path, resource: str, service: str, expected: list[tuple[str, str]]) -> None:
    condition = f', "Condition": {{"StringEquals": {{"iam:PassedToService": "{service}"}}}}' if service else ""
    text = policy(f'{{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "{resource}"{condition}}}')
    assert [(rule, severity) for rule, severity, _ in found(tmp_path, "p.json", text)] == expected


PROVIDER = """
provider "aws" {
  access_key = "%s"
  secret_key = var.secret
}
variable "secret" {}
"""


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("AKIAIOSFODNN7EXAMPLE", [("provider-static-credentials", "info")]),
        ("AKIAQ3EGRJ5TWN2HV6PZ", [("provider-static-credentials", "critical")]),
        ("<your key>", []),
        ("", []),
    ],
)
def test_keys_in_a_provider(tmp_path: Path, key: str, expected: list[tuple[str, str]]) -> None:
    assert [(rule, severity) for rule, severity, _ in found(tmp_path, "main.tf", PROVIDER % key)] == expected


def test_a_user_name_beside_a_password_is_no_password(tmp_path: Path) -> None:
    text = """
Parameters:
  JoinUser: {Type: String}
  JoinPassword: {Type: String%s}
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      SecretString: !Sub '{"user": "${JoinUser}", "password": "${JoinPassword}"}'
"""
    assert found(tmp_path, "good.yaml", text % ", NoEcho: true") == []
    assert [rule for rule, _, _ in found(tmp_path, "bad.yaml", text % "")] == ["password-in-clear"]


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("oidc.circleci.com/org/3d5f", []),
        ("token.actions.githubusercontent.com", ["oidc-without-subject"]),
    ],
)
def test_an_audience_that_names_the_tenant(tmp_path: Path, provider: str, expected: list[str]) -> None:
    text = policy(
        f"""{{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {{"Federated": "arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"}},
        "Condition": {{"StringEquals": {{"{provider}:aud": "3d5f"}}}}}}"""
    )
    assert [rule for rule, _, _ in found(tmp_path, "trust.json", text)] == expected

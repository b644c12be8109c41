"""Who is let in, through whole files: our accounts and others', blocks of public access, domains in VPCs, sessions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.check import Request, check
from iamlint.config import Config
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

ROOT = "arn:aws:iam::444455556666:root"


def found(tmp_path: Path, rules: str, text: str, name: str = "main.tf", **config: Any) -> list[tuple[str, str]]:
    """(rule, message) of some rules on one file."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    known = load_rules().rules
    chosen = [known[rule] for rule in rules.split()]
    request = Request(Inputs((str(tmp_path / name),)), chosen, known, "2026-01-01", Config(**config))
    return [(finding.rule, finding.message) for finding in check(request).findings]


def trust(principal: Any, condition: dict[str, Any] | None = None, *more: dict[str, Any]) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement, *more]})


TRUST = "cross-account-without-external-id assume-role-without-mfa root-principal untrusted-account public-trust"


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        ({"StringEquals": {"sts:ExternalId": "x"}}, ""),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, ""),
        ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/x"}}, ""),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}, "assume-role-without-mfa"),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, "cross-account-without-external-id"),
        ({"StringEquals": {"aws:PrincipalAccount": "444455556666"}}, "cross-account-without-external-id"),
        ({"Null": {"sts:ExternalId": "false"}}, "cross-account-without-external-id"),
        (None, "cross-account-without-external-id"),
    ],
)
def test_one_finding_for_a_foreign_account(tmp_path: Path, condition: dict[str, Any] | None, rule: str) -> None:
    rules = [name for name, _ in found(tmp_path, TRUST, trust({"AWS": ROOT}, condition), "t.json")]
    assert rules == ([rule] if rule else [])


def test_a_deny_without_mfa_counts_as_mfa(tmp_path: Path) -> None:
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}  # fmt: skip
    assert found(tmp_path, TRUST, trust({"AWS": ROOT}, None, deny), "t.json") == []


def test_an_account_with_an_identity_provider_in_the_stack_is_ours(tmp_path: Path) -> None:
    saml = {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::444455556666:saml-provider/a"},
            "Action": "sts:AssumeRoleWithSAML"}  # fmt: skip
    rules = [name for name, _ in found(tmp_path, TRUST, trust({"AWS": ROOT}, None, saml), "t.json")]
    assert rules == ["assume-role-without-mfa"]


def test_an_external_id_for_everybody_is_no_secret(tmp_path: Path) -> None:
    text = trust({"AWS": "*"}, {"StringEquals": {"sts:ExternalId": "x"}})
    assert [rule for rule, _ in found(tmp_path, TRUST, text, "t.json")] == ["public-trust"]


ORG = {"StringEquals": {"aws:PrincipalOrgID": "o-strangers1"}}


@pytest.mark.parametrize(
    ("text", "config", "who"),
    [
        (trust({"AWS": ROOT}), {"trusted_accounts": ("111122223333",)}, "account 444455556666"),
        (trust({"AWS": ROOT}), {"trusted_accounts": ("444455556666",)}, ""),
        (trust({"AWS": ROOT}), {"trusted_orgs": ("o-friends123",)}, ""),
        (trust({"AWS": "*"}, ORG), {"trusted_orgs": ("o-friends123",)}, "organization o-strangers1"),
        (trust({"AWS": "*"}, ORG), {"trusted_orgs": ("o-strangers1",)}, ""),
        (trust({"AWS": ROOT}, ORG), {"trusted_accounts": ("111122223333",), "trusted_orgs": ("o-strangers1",)}, ""),
        (trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalAccount": "444455556666"}}),
         {"trusted_accounts": ("111122223333",)}, "account 444455556666"),
        (trust({"AWS": "*"}, {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-strangers1/r-1/*"}}),
         {"trusted_orgs": ("o-friends123",)}, "organization o-strangers1"),
    ],
)  # fmt: skip
def test_strangers_by_configuration(tmp_path: Path, text: str, config: dict[str, Any], who: str) -> None:
    told = [message for _, message in found(tmp_path, "untrusted-account", text, "t.json", **config)]
    assert [who in message for message in told] == ([True] if who else [])


def test_a_resource_may_let_in_a_stranger_but_for_the_accounts_of_load_balancers(tmp_path: Path) -> None:
    text = """
    resource "aws_s3_bucket_policy" "logs" {
      bucket = "logs"
      policy = jsonencode({ Version = "2012-10-17", Statement = [
        { Effect = "Allow", Principal = { AWS = "arn:aws:iam::156460612806:root" }, Action = "s3:PutObject", Resource = "*" },
        { Effect = "Allow", Principal = { AWS = "arn:aws:iam::444455556666:role/a" }, Action = "s3:GetObject", Resource = "*" },
      ] })
    }
    """  # noqa: E501
    told = found(tmp_path, "untrusted-account root-principal", text, trusted_accounts=("111122223333",))
    assert [message.split(" is")[0] for _, message in told] == ["account 444455556666"]


BUCKET = """
resource "aws_s3_bucket" "b" {}
resource "aws_s3_bucket" "other" {}
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${aws_s3_bucket.b.arn}/*" }] })
}
"""
ON = "block_public_acls = true\nignore_public_acls = true\nblock_public_policy = true\nrestrict_public_buckets = true\n"


@pytest.mark.parametrize(
    ("block", "public"),
    [
        ("", True),
        ('resource "aws_s3_bucket_public_access_block" "b" {\nbucket = aws_s3_bucket.b.id\n' + ON + "}", False),
        ('resource "aws_s3_bucket_public_access_block" "b" {\nbucket = aws_s3_bucket.other.id\n' + ON + "}", True),
        ('resource "aws_s3_bucket_public_access_block" "b" {\nbucket = aws_s3_bucket.b.id\n}', True),
        ('resource "aws_s3_account_public_access_block" "b" {\n' + ON + "}", False),
        ('variable "on" {}\nresource "aws_s3_account_public_access_block" "b" {\ncount = var.on\n' + ON + "}", False),
    ],
)
def test_a_block_of_public_access_stops_a_public_policy(tmp_path: Path, block: str, public: bool) -> None:
    told = found(tmp_path, "public-resource-policy", BUCKET + block)
    assert bool(told) is public


def test_the_block_of_the_account_makes_up_for_those_of_buckets(tmp_path: Path) -> None:
    loose = 'resource "aws_s3_bucket_public_access_block" "b" {\nbucket = "b"\nblock_public_policy = false\n}\n'
    account = 'resource "aws_s3_account_public_access_block" "a" {\n' + ON + "}"
    assert found(tmp_path, "public-access-block-off", loose)
    assert found(tmp_path, "public-access-block-off", loose + account) == []
    assert found(tmp_path, "public-access-block-off", loose + account.replace("ignore_public_acls = true", ""))


@pytest.mark.parametrize(
    ("off", "severity"),
    [
        ("block_public_acls", "medium"),
        ("block_public_policy", "medium"),
        ("ignore_public_acls restrict_public_buckets", "medium"),
        ("block_public_acls ignore_public_acls", "high"),
        ("block_public_policy restrict_public_buckets", "high"),
    ],
)
def test_a_block_that_still_stops_new_or_old_public_access_is_less_grave(
    tmp_path: Path, off: str, severity: str
) -> None:
    block = ON
    for setting in off.split():
        block = block.replace(f"{setting} = true", f"{setting} = false")
    text = 'resource "aws_s3_bucket_public_access_block" "b" {\nbucket = "b"\n' + block + "}"
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    known = load_rules().rules
    request = Request(Inputs((str(tmp_path),)), [known["public-access-block-off"]], known, "2026-01-01")
    assert [finding.severity for finding in check(request).findings] == [severity]


def test_the_block_of_a_bucket_in_a_template(tmp_path: Path) -> None:
    text = """
Resources:
  B:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: {BlockPublicPolicy: BLOCKED, RestrictPublicBuckets: false}
  P:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref B
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: !Sub "${B.Arn}/*"}
"""
    assert found(tmp_path, "public-resource-policy", text.replace("BLOCKED", "true"), "t.yaml") == []
    assert found(tmp_path, "public-resource-policy", text.replace("BLOCKED", "false"), "t.yaml")


def test_a_secret_that_refuses_public_policies(tmp_path: Path) -> None:
    text = """
    resource "aws_secretsmanager_secret_policy" "s" {
      secret_arn          = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-abcdef"
      block_public_policy = BLOCKED
      policy = jsonencode({ Version = "2012-10-17", Statement = [
        { Effect = "Allow", Principal = "*", Action = "secretsmanager:GetSecretValue", Resource = "*" }] })
    }
    """
    assert found(tmp_path, "public-resource-policy", text.replace("BLOCKED", "true")) == []
    assert found(tmp_path, "public-resource-policy", text.replace("BLOCKED", "false"))


@pytest.mark.parametrize("named", ["aws_opensearch_domain.d.domain_name", '"example"'])
def test_the_policy_of_a_domain_knows_its_network(tmp_path: Path, named: str) -> None:
    text = """
    resource "aws_opensearch_domain" "d" {
      domain_name = "example"
      vpc_options {
        subnet_ids = ["subnet-12345678"]
      }
    }
    resource "aws_opensearch_domain_policy" "d" {
      domain_name     = NAMED
      access_policies = jsonencode({ Version = "2012-10-17", Statement = [
        { Effect = "Allow", Principal = "*", Action = "es:ESHttpGet", Resource = "*" }] })
    }
    """
    ((_, message),) = found(tmp_path, "public-resource-policy", text.replace("NAMED", named))
    assert message.startswith("anyone in its VPC")
    ((_, message),) = found(tmp_path, "public-resource-policy", text.replace("NAMED", '"another"'))
    assert message.startswith("anyone may")


KEY = """
resource "aws_kms_key" "k" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = PRINCIPAL, Action = ACTION, Resource = "*" }] })
}
"""


@pytest.mark.parametrize(
    ("principal", "action", "locked"),
    [
        ('{ AWS = "arn:aws:iam::111122223333:root" }', '"kms:*"', False),
        ('{ AWS = "arn:aws:iam::111122223333:role/admin" }', '"kms:Put*"', False),
        ('{ AWS = "arn:aws:iam::111122223333:role/admin" }', '"kms:Decrypt"', True),
        ('{ Service = "logs.eu-west-1.amazonaws.com" }', '"kms:*"', True),
        ("var.admins", '"kms:*"', False),
        ('{ AWS = "arn:aws:iam::111122223333:root" }', "var.actions", False),
    ],
)
def test_a_key_that_nobody_administers(tmp_path: Path, principal: str, action: str, locked: bool) -> None:
    text = 'variable "admins" {}\nvariable "actions" {}\n'
    text += KEY.replace("PRINCIPAL", principal).replace("ACTION", action)
    assert bool(found(tmp_path, "policy-lockout", text)) is locked


def test_a_module_that_is_not_at_hand_may_add_an_administrator(tmp_path: Path) -> None:
    text = """
    module "kms" {
      source = "terraform-aws-modules/kms/aws"
      key_statements = [{
        sid = "Use", effect = "Allow", actions = ["kms:Decrypt"], resources = ["*"]
        principals = [{ type = "AWS", identifiers = ["arn:aws:iam::111122223333:role/a"] }]
      }]
    }
    """
    assert found(tmp_path, "policy-lockout", text) == []


WIDE = """
resource "aws_kms_key" "k" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
    { Effect = "Allow", Principal = { AWS = "arn:aws:iam::444455556666:root" }, Action = "kms:*", Resource = "*" }] })
}
"""


def test_a_key_is_of_the_account_that_administers_it_first(tmp_path: Path) -> None:
    told = found(tmp_path, "wildcard-action-in-resource-policy root-principal", WIDE)
    assert [(rule, "444455556666" in message) for rule, message in told] == [
        ("root-principal", True), ("wildcard-action-in-resource-policy", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("session", "longest", "long"),
    [("PT12H", 43200, ""), ("PT12H", 3600, "12 h"), ("P1D", 43200, "24 h"), ("PT1H30M", 3600, "1 h 30 min"),
     ("PT1H", 3600, ""), ("${var.session}", 3600, "")],
)  # fmt: skip
def test_sessions_of_a_permission_set(tmp_path: Path, session: str, longest: int, long: str) -> None:
    text = f'variable "session" {{}}\nresource "aws_ssoadmin_permission_set" "p" {{\n  name = "p"\n  session_duration = "{session}"\n}}'  # noqa: E501
    told = [message for _, message in found(tmp_path, "session-too-long", text, longest_session=longest)]
    assert [message.endswith(f"may last {long}") for message in told] == ([True] if long else [])


def test_sessions_of_a_role(tmp_path: Path) -> None:
    text = 'resource "aws_iam_role" "r" {\n  max_session_duration = 7200\n  assume_role_policy = "{}"\n}'
    assert found(tmp_path, "session-too-long", text, longest_session=7200) == []
    assert len(found(tmp_path, "session-too-long", text, longest_session=7199)) == 1


@pytest.mark.parametrize(("principal", "told"), [('"*"', True), ('{ Service = "ses.amazonaws.com" }', False)])
def test_the_referer_of_a_service_is_not_made_up(tmp_path: Path, principal: str, told: bool) -> None:
    text = """
    resource "aws_s3_bucket_policy" "b" {
      bucket = "b"
      policy = jsonencode({ Version = "2012-10-17", Statement = [
        { Effect = "Allow", Principal = WHO, Action = "s3:PutObject", Resource = "arn:aws:s3:::b/*",
          Condition = { StringEquals = { "aws:Referer" = "111122223333" } } }] })
    }
    """
    assert bool(found(tmp_path, "untrustworthy-condition-key", text.replace("WHO", principal))) is told

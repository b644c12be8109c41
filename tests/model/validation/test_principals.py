"""Principals as they are written, and the names of services in conditions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.parsers import raw_policy
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

ROLE = "arn:aws:iam::111122223333:role/app"
CODES = (
    "invalid-service-principal-format", "unsupported-wildcard-in-principal", "federated-principal-not-supported",
    "invalid-role-reference", "invalid-user-reference", "unsupported-condition-key-for-service-principal",
    "invalid-arn-account",
)  # fmt: skip


def told(path: str = "p.json", **elements: Any) -> list[tuple[str, str]]:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", **elements}
    statement = {key: value for key, value in statement.items() if value is not None}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    (policy,) = raw_policy.stack(read_json(SourceText(path, text))).policies
    return [(flaw.code, flaw.place.written.strip('"')) for flaw in policy.flaws if flaw.code in CODES]


def trust(principal: Any) -> list[tuple[str, str]]:
    return told(Principal=principal, Action="sts:AssumeRole*", Resource=None)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("ec2.amazonaws.com", False),
        ("ec2.amazonaws.com.cn", False),
        ("lambda.alarms.cloudwatch.amazonaws.com", False),
        ("logs.eu-west-1.amazonaws.com", False),
        ("alexa-appkit.amazon.com", False),
        ("EC2.amazonaws.com", True),
        ("ec2", True),
        ("ec2.amazonaws.org", True),
        ("https://ec2.amazonaws.com", True),
        ("ec2 .amazonaws.com", True),
    ],
)
def test_names_of_services(name: str, wrong: bool) -> None:
    assert trust({"Service": name}) == ([("invalid-service-principal-format", name)] if wrong else [])


@pytest.mark.parametrize(
    ("operator", "key", "value", "wrong"),
    [
        ("StringEquals", "iam:PassedToService", "EC2.amazonaws.com", True),
        ("StringEqualsIgnoreCase", "iam:PassedToService", "EC2.amazonaws.com", False),
        ("StringLike", "iam:PassedToService", "ec2.*", False),
        ("StringEquals", "IAM:passedtoservice", "ec2", True),
        ("ForAnyValue:StringEquals", "aws:CalledVia", ["athena.amazonaws.com", "dynamodb"], True),
        ("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com", False),
        ("StringEquals", "kms:ViaService", "s3.amazonaws.com", True),
        ("StringLike", "kms:ViaService", "s3.*.amazonaws.com", False),
        ("StringEquals", "iam:AWSServiceName", "custom.resource", False),
    ],
)
def test_names_of_services_in_conditions(operator: str, key: str, value: Any, wrong: bool) -> None:
    codes = [code for code, _ in told(Action="iam:PassRole", Resource=ROLE, Condition={operator: {key: value}})]
    assert ("invalid-service-principal-format" in codes) is wrong


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", []),
        ({"AWS": "*"}, []),
        ({"AWS": ROLE}, []),
        ({"AWS": f"{ROLE}-*"}, [("unsupported-wildcard-in-principal", f"{ROLE}-*")]),
        ({"Service": "*"}, [("unsupported-wildcard-in-principal", "*")]),
        ({"AWS": "AROAEXAMPLEID"}, [("invalid-role-reference", "AROAEXAMPLEID")]),
        ({"AWS": ["AIDAEXAMPLEID", ROLE]}, [("invalid-user-reference", "AIDAEXAMPLEID")]),
        ({"AWS": "arn:aws:iam::111122223333:user/AIDA"}, []),
    ],
)
def test_principals_of_trust_and_resource_policies(principal: Any, expected: list[tuple[str, str]]) -> None:
    resource = told(Principal=principal)
    assert resource == expected
    if principal != "*":
        assert trust(principal) == expected


def test_federation_ends_at_the_role() -> None:
    principal = {"Federated": "cognito-identity.amazonaws.com"}
    assert told(Principal=principal) == [("federated-principal-not-supported", principal["Federated"])]
    assert "federated-principal-not-supported" not in [code for code, _ in trust(principal)]


@pytest.mark.parametrize(
    ("principal", "condition", "wrong"),
    [
        ("cloudfront.amazonaws.com", {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
        ("cloudfront.amazonaws.com", {"StringEquals": {"aws:PrincipalTag/team": "web"}}, True),
        ("cloudfront.amazonaws.com", {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, False),
        ("cloudfront.amazonaws.com", {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}, False),
        ("rolesanywhere.amazonaws.com", {"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "app"}}, False),
    ],
)
def test_services_have_no_properties_of_a_principal(principal: str, condition: Any, wrong: bool) -> None:
    codes = [code for code, _ in told(Principal={"Service": principal}, Condition=condition)]
    assert ("unsupported-condition-key-for-service-principal" in codes) is wrong
    both = [code for code, _ in told(Principal={"Service": principal, "AWS": ROLE}, Condition=condition)]
    assert "unsupported-condition-key-for-service-principal" not in both


def test_what_is_not_known_is_not_wrong(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        """
variable "name" {}
resource "aws_iam_role" "app" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { Service = var.name }, Action = "sts:AssumeRole" },
      { Effect = "Allow", Principal = { Service = "${var.name}.amazonaws.com" }, Action = "sts:AssumeRole" },
      { Effect = "Allow", Principal = { AWS = var.name }, Action = "sts:AssumeRole" },
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.name}:role/*" }, Action = "sts:AssumeRole" },
    ]
  })
}
""",
        encoding="utf-8",
    )
    read = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    found = [
        (flaw.code, flaw.place.span.line)
        for stack in read
        for p in stack.policies
        for flaw in p.flaws
        if flaw.code in CODES
    ]
    assert found == [("unsupported-wildcard-in-principal", 10)]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        (ROLE, False),
        ("111122223333", False),
        ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1A2B3", False),
        ("arn:aws:iam::<account>:root", False),
        ("12345678901", True),
        ("arn:aws:iam::12345678901:root", True),
        ("arn:aws-cn:sts::1111222233334:assumed-role/app/me", True),
    ],
)
def test_accounts_have_twelve_digits(name: str, wrong: bool) -> None:
    assert trust({"AWS": name}) == ([("invalid-arn-account", name)] if wrong else [])

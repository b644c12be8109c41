"""Managed policies that are named: whether AWS has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.model.identity import Attachment
from iamlint.model.policy_reference import Boundary, PolicyReference
from iamlint.parsers.stacks import Inputs, Reading, stacks

LAMBDA = "service-role/AWSLambdaBasicExecutionRole"


def references(path: Path, text: str) -> list[PolicyReference]:
    path.write_text(text, encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(path.parent),)), (), path.parent, None))
    return [thing for thing in stack.things if isinstance(thing, (Attachment, Boundary))]


def attached(folder: Path, arn: str) -> PolicyReference:
    text = f'resource "aws_iam_role_policy_attachment" "a" {{\n  role = "r"\n  policy_arn = "{arn}"\n}}\n'
    (found,) = references(folder / "a.tf", 'variable "x" {}\ndata "aws_partition" "p" {}\n' + text)
    return found


P = "${data.aws_partition.p.partition}"


@pytest.mark.parametrize(
    ("arn", "unknown", "hint"),
    [
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", False, ""),
        (f"arn:aws:iam::aws:policy/{LAMBDA}", False, ""),
        ("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole", True, f": its path and name are `{LAMBDA}`"),
        ("arn:aws:iam::aws:policy/ReadOnlyAcess", True, "; did you mean `ReadOnlyAccess`?"),
        ("arn:aws:iam::aws:policy/Bananas", True, ""),
        ("arn:aws-cn:iam::aws:policy/Bananas", False, ""),
        ("arn:aws-us-gov:iam::aws:policy/ReadOnlyAcess", False, ""),
        (f"arn:{P}:iam::aws:policy/Bananas", False, ""),
        (f"arn:{P}:iam::aws:policy/ReadOnlyAcess", True, "; did you mean `ReadOnlyAccess`?"),
        ("arn:aws:iam::aws:policy/${var.x}", False, ""),
        ("arn:aws:iam::aws:policy/ReadOnly${var.x}", False, ""),
        ("arn:aws:iam::111122223333:policy/Bananas", False, ""),
        ("${var.x}", False, ""),
        ("Bananas", False, ""),
    ],
)
def test_unknown(tmp_path: Path, arn: str, unknown: bool, hint: str) -> None:
    found = attached(tmp_path, arn)
    assert found.is_unknown_to_aws is unknown
    assert not found.is_withdrawn
    if unknown:
        assert found.hint == hint


@pytest.mark.parametrize(
    ("arn", "withdrawn", "told"),
    [
        ("arn:aws:iam::aws:policy/AWSLambdaFullAccess", True, "`AWSLambda_FullAccess` replaces it"),
        ("arn:aws:iam::aws:policy/AWSOpsWorksFullAccess", True, "attached any more"),
        ("arn:aws:iam::aws:policy/service-role/AmazonEC2RoleforSSM", True, "AWS is withdrawing it"),
        ("arn:aws-cn:iam::aws:policy/AWSLambdaFullAccess", False, ""),
        (f"arn:{P}:iam::aws:policy/AWSLambdaFullAccess", False, ""),
        (f"arn:{P}:iam::aws:policy/AWSCloudTrailFullAccess", True, "`AWSCloudTrail_FullAccess` replaces it"),
        ("arn:aws:iam::111122223333:policy/AWSLambdaFullAccess", False, ""),
    ],
)
def test_withdrawn(tmp_path: Path, arn: str, withdrawn: bool, told: str) -> None:
    found = attached(tmp_path, arn)
    assert found.is_withdrawn is withdrawn
    assert not found.is_unknown_to_aws
    assert told in found.withdrawal


TEMPLATE = """\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      PermissionsBoundary: !Sub arn:${AWS::Partition}:iam::aws:policy/PowerUserAcess
      ManagedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
  Set:
    Type: AWS::SSO::PermissionSet
    Properties:
      ManagedPolicies: [arn:aws:iam::aws:policy/Billing]
      PermissionsBoundary: {ManagedPolicyArn: arn:aws:iam::aws:policy/ReadOnlyAccess}
"""


def test_boundaries_and_permission_sets(tmp_path: Path) -> None:
    found = references(tmp_path / "t.yaml", TEMPLATE)
    wrong = {reference.policy_name: reference.hint for reference in found if reference.is_unknown_to_aws}
    assert wrong == {
        "PowerUserAcess": "; did you mean `PowerUserAccess`?",
        "Billing": ": its path and name are `job-function/Billing`",
    }
    (boundary,) = [reference for reference in found if reference.policy_name == "PowerUserAcess"]
    assert isinstance(boundary, Boundary)
    assert boundary.policy.place.written.endswith("policy/PowerUserAcess")
    assert boundary.address == "Resources/Role"


SAM = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Policies: [AWSLambdaBasicExecutionRole, AWSLambdaVPCAccessExecutionRol]
"""


def test_bare_names_of_sam(tmp_path: Path) -> None:
    found = [reference for reference in references(tmp_path / "t.yaml", SAM) if reference.is_unknown_to_aws]
    assert [(one.policy.place.written, one.hint) for one in found] == [
        ("AWSLambdaVPCAccessExecutionRol", "; did you mean `service-role/AWSLambdaVPCAccessExecutionRole`?")
    ]


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("AWSLambdaBasicExecutionRole", "service-role/AWSLambdaBasicExecutionRole"),
        ("Billing", "job-function/Billing"),
        ("AWSMineAlone", ""),
    ],
)
def test_a_data_source_by_name(tmp_path: Path, name: str, policy: str) -> None:
    text = (
        f'data "aws_iam_policy" "p" {{\n  name = "{name}"\n}}\n'
        'resource "aws_iam_role_policy_attachment" "a" {\n  role = "r"\n  policy_arn = data.aws_iam_policy.p.arn\n}\n'
    )
    (found,) = references(tmp_path / "a.tf", text)
    assert found.policy_name == policy
    assert not found.is_unknown_to_aws

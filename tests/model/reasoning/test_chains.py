"""Roles of the stack that add their power to who may assume them, or hand them to a service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.escalation import escalations
from iamlint.parsers.stacks import Inputs, Reading, stacks

ADMIN = ["arn:aws:iam::aws:policy/AdministratorAccess"]
LAMBDA = {"Service": "lambda.amazonaws.com"}
BUILD = {"Service": "codebuild.amazonaws.com"}
HERE = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
STRONG = {"Fn::GetAtt": ["Strong", "Arn"]}


def allow(action: str | list[str], resource: Any = "*", **condition: Any) -> dict[str, Any]:
    written = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**written, "Condition": condition} if condition else written


def role(principal: Any, *statements: dict[str, Any], **properties: Any) -> dict[str, Any]:
    trust = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
    own = [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}]
    inline = {"Policies": own} if statements else {}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, **inline, **properties}}


def told(folder: Path, **resources: Any) -> dict[str, tuple[str, str]]:
    """By the holder the path and what it does."""
    (folder / "template.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    found = [one for stack in stacks(Reading(Inputs((str(folder),)))) for one in escalations(stack)]
    return {one.policy.holder: (one.escalation.path, one.escalation.how) for one in found}


RUN = ["lambda:CreateFunction", "lambda:InvokeFunction"]
BECOMES = {"role Weak": ("sts:AssumeRole", "become role Strong, which is an administrator")}
RUNS = {
    "role Weak": (
        "iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction",
        "run code as role Strong, which is an administrator",
    )
}


@pytest.mark.parametrize(
    ("weak", "strong", "expected"),
    [
        (
            [allow("sts:AssumeRole", STRONG)],
            role({"AWS": {"Fn::GetAtt": ["Weak", "Arn"]}}, ManagedPolicyArns=ADMIN),
            True,
        ),
        ([allow("sts:AssumeRole", STRONG)], role(LAMBDA, ManagedPolicyArns=ADMIN), False),
        (
            [allow("sts:AssumeRole", STRONG)],
            role({"AWS": {"Fn::GetAtt": ["Weak", "Arn"]}}, allow("s3:GetObject")),
            False,
        ),
        ([allow("sts:AssumeRole", STRONG)], role(HERE, ManagedPolicyArns=ADMIN), True),
        ([allow("sts:AssumeRole", STRONG)], role({"AWS": {"Ref": "AWS::AccountId"}}, ManagedPolicyArns=ADMIN), True),
        ([allow("sts:AssumeRole", STRONG)], role({"AWS": "444455556666"}, ManagedPolicyArns=ADMIN), False),
        ([allow("s3:GetObject", STRONG)], role(HERE, ManagedPolicyArns=ADMIN), False),
        (
            [allow("sts:AssumeRole", STRONG, Bool={"aws:MultiFactorAuthPresent": "true"})],
            role(HERE, ManagedPolicyArns=ADMIN),
            False,
        ),
        # Who is named in the trust policy needs no permission of its own.
        (
            [allow("s3:GetObject", STRONG)],
            role({"AWS": {"Fn::GetAtt": ["Weak", "Arn"]}}, ManagedPolicyArns=ADMIN),
            True,
        ),
        (
            [allow("sts:AssumeRole", STRONG), {**allow("sts:*", STRONG), "Effect": "Deny"}],
            role({"AWS": {"Fn::GetAtt": ["Weak", "Arn"]}}, ManagedPolicyArns=ADMIN),
            False,
        ),
    ],
)
def test_assuming(tmp_path: Path, weak: list[Any], strong: Any, expected: bool) -> None:
    assert told(tmp_path, Weak=role(BUILD, *weak), Strong=strong) == (BECOMES if expected else {})


OWN = "arn:aws:iam::111122223333:role/weak"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"sts:ExternalId": "c3po"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": OWN}}, True),
        ({"ArnLike": {"aws:PrincipalArn": [OWN, "arn:aws:iam::*:role/other"]}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/other"}}, False),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/other"}}, False),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
    ],
)
@pytest.mark.parametrize("principal", [HERE, {"AWS": OWN}, {"AWS": "*"}])
def test_conditions_of_trust(tmp_path: Path, principal: Any, condition: Any, expected: bool) -> None:
    strong = role(principal, ManagedPolicyArns=ADMIN)
    (statement,) = strong["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    statement["Condition"] = condition
    found = told(tmp_path, Weak=role(BUILD, allow("sts:AssumeRole", STRONG), RoleName="weak"), Strong=strong)
    assert found == ({"role weak": BECOMES["role Weak"]} if expected else {})


def test_a_deny_of_the_trust_policy(tmp_path: Path) -> None:
    strong = role(HERE, ManagedPolicyArns=ADMIN)
    statements = strong["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    statements.append({**statements[0], "Effect": "Deny"})
    assert told(tmp_path, Weak=role(BUILD, allow("sts:AssumeRole", STRONG)), Strong=strong) == {}


def test_trust_alone_does_not_help_who_is_denied_it_or_bounded(tmp_path: Path) -> None:
    strong = role({"AWS": {"Fn::GetAtt": ["Weak", "Arn"]}}, ManagedPolicyArns=ADMIN)
    denied = {**allow("sts:*"), "Effect": "Deny"}
    assert told(tmp_path, Weak=role(BUILD, denied), Strong=strong) == {}
    bound = {"PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    assert told(tmp_path, Weak=role(BUILD, allow("s3:GetObject"), **bound), Strong=strong) == {}


FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {"Role": STRONG, "Code": {"ZipFile": "x"}, "Handler": "i.h", "Runtime": "python3.12"},
}
PROJECT = {"Type": "AWS::CodeBuild::Project", "Properties": {"ServiceRole": STRONG, "Name": "release"}}


@pytest.mark.parametrize(
    ("weak", "runner", "path"),
    [
        (allow("lambda:UpdateFunctionCode", {"Fn::GetAtt": ["Runner", "Arn"]}), FUNCTION, "lambda:UpdateFunctionCode"),
        (allow("lambda:InvokeFunction", {"Fn::GetAtt": ["Runner", "Arn"]}), FUNCTION, ""),
        (allow("lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:other"), FUNCTION, ""),
        (allow("codebuild:StartBuild", "arn:aws:codebuild:*:*:project/rel*"), PROJECT, "codebuild:StartBuild"),
        (allow("codebuild:StartBuild", "arn:aws:codebuild:*:*:project/other"), PROJECT, ""),
    ],
)
def test_changing_what_runs_as_it(tmp_path: Path, weak: Any, runner: Any, path: str) -> None:
    strong = role({"Service": ["lambda.amazonaws.com", "codebuild.amazonaws.com"]}, ManagedPolicyArns=ADMIN)
    found = told(tmp_path, Weak=role(BUILD, weak), Strong=strong, Runner=runner)
    assert found == ({"role Weak": (path, "run code as role Strong, which is an administrator")} if path else {})
    harmless = role(LAMBDA, allow("s3:GetObject"))
    assert told(tmp_path, Weak=role(BUILD, weak), Strong=harmless, Runner=runner) == {}


ADMIN_USER = {"Type": "AWS::IAM::User", "Properties": {"ManagedPolicyArns": ADMIN}}
ADMIN_GROUP = {"Type": "AWS::IAM::Group", "Properties": {"ManagedPolicyArns": ADMIN}}


@pytest.mark.parametrize(
    ("action", "target", "how"),
    [
        ("iam:UpdateAssumeRolePolicy", role(LAMBDA, ManagedPolicyArns=ADMIN), "let itself assume role"),
        ("iam:CreateAccessKey", ADMIN_USER, "make an access key for user"),
        ("iam:CreateLoginProfile", ADMIN_USER, "give a password to user"),
        ("iam:UpdateLoginProfile", ADMIN_USER, "set the password of user"),
        ("iam:AddUserToGroup", ADMIN_GROUP, "add users to group"),
        ("iam:GetUser", ADMIN_USER, ""),
    ],
)
def test_taking_an_administrator(tmp_path: Path, action: str, target: Any, how: str) -> None:
    weak = role(BUILD, allow(action, STRONG))
    found = told(tmp_path, Weak=weak, Strong=target)
    assert found == ({"role Weak": (action, f"{how} Strong, which is an administrator")} if how else {})
    assert told(tmp_path, Weak=role(BUILD, allow(action, {"Fn::GetAtt": ["Weak", "Arn"]})), Strong=target) == {}


@pytest.mark.parametrize(
    ("weak", "principal", "path", "how"),
    [
        (
            [allow("iam:AttachRolePolicy", STRONG)],
            {"AWS": {"Fn::GetAtt": ["Weak", "Arn"]}},
            "iam:AttachRolePolicy + sts:AssumeRole",
            "attach AdministratorAccess to role Strong and become it",
        ),
        (
            [allow(["iam:PutRolePolicy", "sts:AssumeRole"], STRONG)],
            HERE,
            "iam:PutRolePolicy + sts:AssumeRole",
            "write an inline policy into role Strong and become it",
        ),
        (
            [allow(RUN), allow(["iam:PutRolePolicy", "iam:PassRole"], STRONG)],
            LAMBDA,
            "iam:PutRolePolicy + iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction",
            "write an inline policy into role Strong and run code as it",
        ),
        ([allow("iam:PutRolePolicy", STRONG)], LAMBDA, "", ""),
        ([allow("iam:PutRolePolicy", STRONG)], HERE, "", ""),
    ],
)
def test_making_an_administrator_of_a_role(tmp_path: Path, weak: Any, principal: Any, path: str, how: str) -> None:
    found = told(tmp_path, Weak=role(BUILD, *weak), Strong=role(principal, allow("s3:GetObject")))
    assert found == ({"role Weak": (path, how)} if path else {})


@pytest.mark.parametrize(
    ("weak", "strong", "expected"),
    [
        ([allow(RUN), allow("iam:PassRole", STRONG)], role(LAMBDA, ManagedPolicyArns=ADMIN), True),
        ([allow(RUN), allow("iam:PassRole", STRONG)], role(LAMBDA, allow("*")), True),
        ([allow("iam:PassRole", STRONG)], role(LAMBDA, ManagedPolicyArns=ADMIN), False),
        ([allow(RUN), allow("iam:PassRole", STRONG)], role(BUILD, ManagedPolicyArns=ADMIN), False),
        ([allow(RUN), allow("iam:PassRole", STRONG)], role(LAMBDA, allow("s3:GetObject")), False),
        (
            [allow(RUN), allow("iam:PassRole", STRONG, StringEquals={"iam:PassedToService": "ec2.amazonaws.com"})],
            role(LAMBDA, ManagedPolicyArns=ADMIN),
            False,
        ),
        (
            [allow(RUN), allow("iam:PassRole", STRONG)],
            role(LAMBDA, ManagedPolicyArns=ADMIN, PermissionsBoundary="arn:aws:iam::111122223333:policy/limit"),
            False,
        ),
    ],
)
def test_passing(tmp_path: Path, weak: list[Any], strong: Any, expected: bool) -> None:
    assert told(tmp_path, Weak=role(BUILD, *weak), Strong=strong) == (RUNS if expected else {})


def test_by_another_role(tmp_path: Path) -> None:
    first = role(BUILD, allow("sts:AssumeRole", {"Fn::GetAtt": ["Weak", "Arn"]}))
    weak = role({"AWS": {"Fn::GetAtt": ["First", "Arn"]}}, allow(RUN), allow("iam:PassRole", STRONG))
    found = told(tmp_path, First=first, Weak=weak, Strong=role(LAMBDA, ManagedPolicyArns=ADMIN))
    assert found["role Weak"] == RUNS["role Weak"]
    assert found["role First"][1].startswith("become role Weak, which can run code as role Strong")


def test_people_change_roles(tmp_path: Path) -> None:
    document = {"Version": "2012-10-17", "Statement": [allow("sts:AssumeRole", STRONG)]}
    policies = [{"PolicyName": "own", "PolicyDocument": document}]
    user = {"Type": "AWS::IAM::User", "Properties": {"Policies": policies}}
    strong = role({"AWS": {"Fn::GetAtt": ["Person", "Arn"]}}, ManagedPolicyArns=ADMIN)
    assert told(tmp_path, Person=user, Strong=strong) == {}


def test_who_may_attach_any_policy_is_as_good_as_an_administrator(tmp_path: Path) -> None:
    weak = role(BUILD, allow(RUN), allow("iam:PassRole", STRONG))
    for name, told_of in (("IAMFullAccess", True), ("IAMReadOnlyAccess", False)):
        strong = role(LAMBDA, ManagedPolicyArns=[f"arn:aws:iam::aws:policy/{name}"])
        found = told(tmp_path, Weak=weak, Strong=strong)
        assert [how for _, how in found.values()] == ["run code as role Strong, which has IAMFullAccess"] * told_of


def test_a_group_that_hands_a_role_over(tmp_path: Path) -> None:
    document = {"Version": "2012-10-17", "Statement": [allow(RUN), allow("iam:PassRole", STRONG)]}
    group = {"Type": "AWS::IAM::Group", "Properties": {"Policies": [{"PolicyName": "own", "PolicyDocument": document}]}}
    found = told(tmp_path, Weak=group, Strong=role(LAMBDA, ManagedPolicyArns=ADMIN))
    assert found == {"group Weak": RUNS["role Weak"]}


def test_terraform_and_a_pattern_of_names(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TERRAFORM, encoding="utf-8")
    found = [one for stack in stacks(Reading(Inputs((str(tmp_path),)))) for one in escalations(stack)]
    assert [(one.policy.holder, one.escalation.how) for one in found] == [
        ("role ci", "become role deploy-admin, which is an administrator")
    ]


TERRAFORM = """
data "aws_caller_identity" "current" {}

resource "aws_iam_role" "ci" {
  name = "ci"
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = { Service = "codebuild.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "ci" {
  role = aws_iam_role.ci.id
  policy = jsonencode({
    Statement = [{
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/deploy-*"
    }]
  })
}

resource "aws_iam_role" "deploy" {
  name = "deploy-admin"
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "sts:AssumeRole"
    }]
  })
  managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}
"""

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
        (
            [allow("s3:GetObject", STRONG)],
            role({"AWS": {"Fn::GetAtt": ["Weak", "Arn"]}}, ManagedPolicyArns=ADMIN),
            False,
        ),
        (
            [allow("sts:AssumeRole", STRONG, Bool={"aws:MultiFactorAuthPresent": "true"})],
            role({"AWS": {"Fn::GetAtt": ["Weak", "Arn"]}}, ManagedPolicyArns=ADMIN),
            False,
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

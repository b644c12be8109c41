"""Paths that two roles of the stack open together, one of which can become the other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.escalation import escalations
from iamlint.parsers.stacks import Inputs, Reading, stacks

LAMBDA = {"Service": "lambda.amazonaws.com"}
WEAK = {"AWS": {"Fn::GetAtt": ["Weak", "Arn"]}}
OTHER = {"Fn::GetAtt": ["Other", "Arn"]}
APPS = "arn:aws:iam::*:role/app-*"
TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}


def allow(action: str | list[str], resource: Any = "*", **condition: Any) -> dict[str, Any]:
    written = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**written, "Condition": condition} if condition else written


def deny(action: str) -> dict[str, Any]:
    return {**allow(action), "Effect": "Deny"}


def role(principal: Any, *statements: dict[str, Any], **properties: Any) -> dict[str, Any]:
    trust = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
    own = [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}]
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, "Policies": own, **properties}}


def told(folder: Path, **resources: Any) -> dict[str, tuple[str, str]]:
    """By the holder the path and what it does."""
    (folder / "template.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    found = [one for stack in stacks(Reading(Inputs((str(folder),)))) for one in escalations(stack)]
    assert len({one.policy.holder for one in found}) == len(found)
    return {one.policy.holder: (one.escalation.path, one.escalation.how) for one in found}


PASSES = allow(["iam:PassRole", "lambda:CreateFunction"])
INVOKES = allow("lambda:InvokeFunction")
ASSUMES = allow("sts:AssumeRole", OTHER)
FUNCTION = "iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction"
STAGED = "iam:PassRole + lambda:CreateFunction"


@pytest.mark.parametrize(
    ("weak", "other", "path"),
    [
        # One passes the role, the other calls what runs as it.
        ([INVOKES, ASSUMES], [PASSES], FUNCTION),
        ([PASSES, ASSUMES], [INVOKES], FUNCTION),
        ([PASSES, ASSUMES], [allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:*")], FUNCTION),
        ([allow("codebuild:StartBuild", "arn:aws:codebuild:*:*:project/x"), ASSUMES],
         [allow(["iam:PassRole", "codebuild:CreateProject"])], ""),
        ([allow("states:StartExecution"), ASSUMES], [allow(["iam:PassRole", "states:CreateStateMachine"])],
         "iam:PassRole + states:CreateStateMachine + states:StartExecution"),
        # Who makes the call must pass the role.
        ([allow(["lambda:CreateFunction", "lambda:InvokeFunction"]), ASSUMES], [allow("iam:PassRole")], ""),
        ([allow("iam:PassRole"), ASSUMES], [allow("ec2:RunInstances")], ""),
        # The steps of making a role may be anybody's.
        ([allow("iam:CreateRole", APPS), ASSUMES], [allow("iam:AttachRolePolicy", APPS)],
         "iam:CreateRole + iam:AttachRolePolicy"),
        ([allow("iam:CreateRole", APPS), ASSUMES], [allow("iam:AttachRolePolicy", "arn:aws:iam::*:role/db-*")], ""),
        ([allow("iam:CreateRole", APPS), ASSUMES], [allow("s3:GetObject")], ""),
        # What one cannot do for a Deny or a condition of its own.
        ([INVOKES, ASSUMES], [PASSES, deny("iam:PassRole")], ""),
        ([INVOKES, ASSUMES, deny("lambda:InvokeFunction")], [PASSES], ""),
        ([INVOKES, ASSUMES], [allow("iam:PassRole", **TO_LAMBDA), allow("lambda:CreateFunction")], FUNCTION),
    ],
)  # fmt: skip
def test_two_roles_together(tmp_path: Path, weak: list[Any], other: list[Any], path: str) -> None:
    found = told(tmp_path, Weak=role(LAMBDA, *weak), Other=role(WEAK, *other))
    if not path:
        assert all("in part as" not in how for _, how in found.values())
        return
    assert found["role Weak"][0].startswith(path)
    assert found["role Weak"][1].endswith(", in part as role Other: it can become it")


def test_who_is_not_let_in_gets_nothing(tmp_path: Path) -> None:
    found = told(tmp_path, Weak=role(LAMBDA, INVOKES, ASSUMES), Other=role(LAMBDA, PASSES))
    assert list(found) == ["role Other"]


def test_a_trust_policy_that_names_the_role_is_enough(tmp_path: Path) -> None:
    found = told(tmp_path, Weak=role(LAMBDA, INVOKES), Other=role(WEAK, PASSES))
    assert found["role Weak"][0].startswith(FUNCTION)
    assert found["role Other"][0] == STAGED


def test_the_part_that_one_can_do_alone_is_not_told_beside_the_whole(tmp_path: Path) -> None:
    found = told(tmp_path, Weak=role(LAMBDA, PASSES, ASSUMES), Other=role(WEAK, INVOKES))
    assert list(found) == ["role Weak"]


def test_a_role_that_is_strong_by_itself_is_told_as_such(tmp_path: Path) -> None:
    strong = role(WEAK, allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]))
    found = told(tmp_path, Weak=role(LAMBDA, INVOKES, ASSUMES), Other=strong)
    assert "in part as" not in found["role Weak"][1]


def test_who_becomes_what_is_strong_together_is_told_too(tmp_path: Path) -> None:
    third = role(LAMBDA, allow("sts:AssumeRole", {"Fn::GetAtt": ["Weak", "Arn"]}))
    weak = role({"AWS": {"Fn::GetAtt": ["Third", "Arn"]}}, INVOKES, ASSUMES)
    found = told(tmp_path, Third=third, Weak=weak, Other=role(WEAK, PASSES))
    assert found["role Third"][0] == "sts:AssumeRole"
    assert found["role Third"][1].startswith("become role Weak, which can run code in a function as any role")


def test_people_change_roles(tmp_path: Path) -> None:
    statements = [INVOKES, ASSUMES]
    policy = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
    person = {"Type": "AWS::IAM::User", "Properties": {"Policies": [policy]}}
    found = told(tmp_path, Weak=person, Other=role({"AWS": {"Fn::GetAtt": ["Weak", "Arn"]}}, PASSES))
    assert list(found) == ["role Other"]

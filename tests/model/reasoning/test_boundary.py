"""Boundaries that the bounded identity can take off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.identity import Role
from iamlint.parsers.stacks import Inputs, Reading, stacks

Statement = dict[str, Any]


def statement(effect: str, action: str | list[str], resource: Any = "*", **condition: Any) -> Statement:
    written = {"Effect": effect, "Action": action, "Resource": resource}
    return {**written, "Condition": condition} if condition else written


def openings(folder: Path, own: list[Statement], boundary: list[Statement], **properties: Any) -> list[str]:
    """The actions by which the role can free itself."""
    trust = [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    resources = {
        "Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document(boundary)}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": document(trust),
                "PermissionsBoundary": {"Ref": "Boundary"},
                "Policies": [{"PolicyName": "own", "PolicyDocument": document(own)}],
                **properties,
            },
        },
    }
    written = {"Parameters": {"Arn": {"Type": "String", "Default": ""}}, "Resources": resources}
    written["Conditions"] = {"Bounded": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Arn"}, ""]}]}}
    (folder / "template.json").write_text(json.dumps(written), encoding="utf-8")
    found = [one for stack in stacks(Reading(Inputs((str(folder),)))) for one in stack.of_kind("role")]
    return [opening.action for one in found if isinstance(one, Role) for opening in one.boundary_openings]


def document(statements: list[Statement]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


ALL = statement("Allow", "*")


@pytest.mark.parametrize(
    ("own", "actions"),
    [
        (statement("Allow", "iam:DeleteRolePermissionsBoundary"), ["iam:DeleteRolePermissionsBoundary"]),
        (
            statement("Allow", "iam:PutRolePermissionsBoundary", {"Fn::GetAtt": ["Role", "Arn"]}),
            ["iam:PutRolePermissionsBoundary"],
        ),
        (statement("Allow", "iam:CreatePolicyVersion", {"Ref": "Boundary"}), ["iam:CreatePolicyVersion"]),
        (statement("Allow", ["iam:CreateRole", "iam:PutRolePolicy"]), ["iam:CreateRole"]),
        (
            statement("Allow", ["iam:CreateRole", "iam:AttachRolePolicy"], "arn:aws:iam::*:role/app-*"),
            ["iam:CreateRole"],
        ),
    ],
)
def test_ways_out(tmp_path: Path, own: Statement, actions: list[str]) -> None:
    assert openings(tmp_path, [own], [ALL]) == actions
    name = str(own["Action"]) if isinstance(own["Action"], str) else own["Action"]
    assert openings(tmp_path, [own], [ALL, statement("Deny", name)]) == []
    assert openings(tmp_path, [own], [statement("Allow", "s3:*")]) == []


def test_what_it_may_rewrite_or_make_is_something_else(tmp_path: Path) -> None:
    other = statement("Allow", "iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/other")
    assert openings(tmp_path, [other], [ALL]) == []
    apart = [statement("Allow", "iam:CreateRole", "arn:aws:iam::*:role/app-*")]
    apart.append(statement("Allow", "iam:PutRolePolicy", "arn:aws:iam::*:role/web-*"))
    assert openings(tmp_path, apart, [ALL]) == []


def test_new_roles_must_have_the_boundary(tmp_path: Path) -> None:
    must = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}}
    own = [statement("Allow", "iam:CreateRole", **must), statement("Allow", "iam:PutRolePolicy", **must)]
    assert openings(tmp_path, own, [ALL]) == []


def test_a_boundary_that_nobody_knows(tmp_path: Path) -> None:
    own = [statement("Allow", "iam:DeleteRolePermissionsBoundary")]
    unknown = {"PermissionsBoundary": "arn:aws:iam::111122223333:policy/elsewhere"}
    assert openings(tmp_path, own, [ALL], **unknown) == []
    sometimes = {"PermissionsBoundary": {"Fn::If": ["Bounded", {"Ref": "Arn"}, {"Ref": "AWS::NoValue"}]}}
    assert openings(tmp_path, own, [ALL], **sometimes) == []

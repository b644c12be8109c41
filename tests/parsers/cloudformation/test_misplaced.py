"""Policies that stand where CloudFormation does not look for them are judged, and that is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.policy import Policy
from iamlint.parsers.stacks import Inputs, Reading, stacks

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DOCUMENT = {"Version": "2012-10-17", "Statement": [ALL]}


def read(folder: Path, declared: dict[str, Any]) -> list[Policy]:
    (folder / "t.json").write_text(json.dumps({"Resources": {"R": declared}}), encoding="utf-8")
    return [p for s in stacks(Reading(Inputs((str(folder),)), (), folder, None)) for p in s.policies]


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::IAM::{kind}", "Properties": properties}


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        (of("Role", PolicyDocument=DOCUMENT), "`PolicyDocument` is no property of `AWS::IAM::Role`"),
        (of("Group", PolicyDocument=DOCUMENT), "`PolicyDocument` is no property of `AWS::IAM::Group`"),
        (of("Role", Policies=[DOCUMENT]), "an item of `Policies` has a `PolicyName`"),
        (of("User", Policies=[{"policyName": "p", "policyDocument": DOCUMENT}]), "an item of `Policies` has"),
        (of("Role", Policies=[ALL]), "the policy is a bare statement"),
        (of("Policy", PolicyName="p", **DOCUMENT), "`Statement` is no property of `AWS::IAM::Policy`"),
        (of("ManagedPolicy", **DOCUMENT), "`Statement` is no property of `AWS::IAM::ManagedPolicy`"),
        (of("RolePolicy", RoleName="r", **DOCUMENT), "`Statement` is no property of"),
        (of("ManagedPolicy", policyDocument=DOCUMENT), ""),
        ({"Type": "AWS::IAM::ManagedPolicy", "PolicyDocument": DOCUMENT, "Metadata": {}}, ""),
    ],
)
def test_a_policy_is_found_and_judged(tmp_path: Path, declared: dict[str, Any], told: str) -> None:
    (policy,) = read(tmp_path, declared)
    assert [statement.allows_everything for statement in policy.statements] == [True]
    assert [flaw.message[: len(told)] for flaw in policy.grammar] == ([told] if told else [])


def test_a_document_without_anything_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n",
        encoding="utf-8",
    )
    (stack,) = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    (policy,) = stack.policies
    (flaw,) = [flaw for flaw in policy.grammar if flaw.code == "missing-statement"]
    assert flaw.place.span.line == 5


def test_what_is_no_policy_is_none(tmp_path: Path) -> None:
    assert read(tmp_path, of("Role", Policies=[{"PolicyName": "p"}])) == []
    assert read(tmp_path, of("ManagedPolicy", Description="d")) == []
    assert read(tmp_path, {"Type": "AWS::IAM::ManagedPolicy", "Properties": None, "PolicyDocument": DOCUMENT}) == []


def test_a_key_of_a_trail_in_another_case(tmp_path: Path) -> None:
    trail = {"Type": "AWS::CloudTrail::Trail", "Properties": {"KmsKeyId": "alias/k", "S3BucketName": "b"}}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"T": trail}}), encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    (found,) = stack.of_kind("trail")
    assert found.kms_key.value == "alias/k"  # type: ignore[attr-defined]


def test_authentication_a_level_too_high_is_told(tmp_path: Path) -> None:
    block = {"files": {"type": "basic", "username": "u", "password": "correct-horse-battery"}}
    server = {"Type": "AWS::EC2::Instance", "Properties": {}, "AWS::CloudFormation::Authentication": block}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"S": server}}), encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    (secret,) = stack.of_kind("secret")
    assert secret.context == "authentication"  # type: ignore[attr-defined]

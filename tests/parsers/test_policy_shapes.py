"""Policies that AWS refuses but whose meaning is plain are judged as what they were meant to be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.policy import Policy
from iamlint.parsers.stacks import Inputs, Reading, stacks

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
VERSION = {"Version": "2012-10-17"}


def read(folder: Path, document: object, **properties: Any) -> Policy:
    declared = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document, **properties}}
    (folder / "t.json").write_text(json.dumps({"Resources": {"P": declared}}), encoding="utf-8")
    (policy,) = (p for s in stacks(Reading(Inputs((str(folder),)), (), folder, None)) for p in s.policies)
    return policy


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([ALL], ["missing-statement"]),
        (json.dumps([ALL]), ["missing-statement"]),
        (ALL, ["missing-statement"]),
        ({**VERSION, **ALL}, ["missing-statement"]),
        ({**VERSION, "Statements": [ALL]}, ["invalid-policy-element"]),
        ({**VERSION, "Statement": [[ALL]]}, []),
        (
            {**VERSION, "Statement": {"Effect": "Allow", "Actions": "*", "Resources": ["*"]}},
            ["invalid-policy-element", "invalid-policy-element"],
        ),
        ({**VERSION, "Statement": {**ALL, "Effect": "allow"}}, ["invalid-effect"]),
        ({**VERSION, "Statement": {**ALL, "Effect": ["Allow"]}}, ["data-type-mismatch"]),
    ],
)
def test_an_administrator_is_seen(tmp_path: Path, document: object, told: list[str]) -> None:
    policy = read(tmp_path, document)
    assert [statement.allows_everything for statement in policy.statements] == [True]
    assert [flaw.code for flaw in policy.grammar] == told


def test_the_right_name_counts_where_both_are_written(tmp_path: Path) -> None:
    statement = {**ALL, "Action": "s3:GetObject", "Actions": "*", "NotActions": "s3:*"}
    (read_one,) = read(tmp_path, {**VERSION, "Statement": statement}).statements
    assert [str(action) for action in read_one.actions] == ["s3:GetObject"]
    assert {f.code for f in read(tmp_path, {**VERSION, "Statement": statement}).grammar} >= {"invalid-policy-element"}


def test_what_only_begins_alike_is_something_else(tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "ResourceArn": "*", "PrincipalArn": "*"}
    (read_one,) = read(tmp_path, {**VERSION, "Statement": statement}).statements
    assert (read_one.resources, read_one.principals) == ((), ())


def test_an_effect_that_is_none_is_no_allow(tmp_path: Path) -> None:
    (read_one,) = read(tmp_path, {**VERSION, "Statement": {**ALL, "Effect": "Permit"}}).statements
    assert (read_one.allows, read_one.denies) == (False, False)


def test_an_object_in_place_of_actions_is_not_nothing(tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "NotAction": {"AWS": ["arn:aws:iam::111122223333:root"]}}
    policy = read(tmp_path, {**VERSION, "Statement": statement})
    (read_one,) = policy.statements
    assert (read_one.uses_not_action, read_one.uses_not_resource) == (True, False)
    assert [flaw.code for flaw in policy.grammar] == ["data-type-mismatch", "missing-resource"]


def test_a_list_of_other_things_is_no_policy(tmp_path: Path) -> None:
    policy = read(tmp_path, [{"Effect": "NoSchedule", "Key": "k"}])
    assert policy.statements == ()
    assert policy.unresolved is not None


@pytest.mark.parametrize(
    ("body", "kind", "seen"),
    [
        ('{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},]}', "mended", True),
        ('{"Statement": [\n# all\n{"Effect": "Allow", "Action": "*", "Resource": "*"}]}', "mended", True),
        ('{"Statement": [{"Effect": "Allow" "Action": "*", "Resource": "*"}]}', "unreadable", False),
        ("a-policy-by-name", "", False),
    ],
)
def test_text_that_is_no_json_is_told(tmp_path: Path, body: str, kind: str, seen: bool) -> None:
    text = f'resource "aws_iam_policy" "p" {{\n  policy = <<EOF\n{body}\nEOF\n}}\n'
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    assert [problem.kind for problem in stack.of_kind("problem")] == ([kind] if kind else [])  # type: ignore[attr-defined]
    assert [s.allows_everything for policy in stack.policies for s in policy.statements] == ([True] if seen else [])


def test_what_is_json_only_when_rendered_is_not_told(tmp_path: Path) -> None:
    text = 'variable "v" {}\nresource "aws_iam_policy" "p" {\n  policy = "{\\"Statement\\": [${var.v},]}"\n}\n'
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    assert not stack.of_kind("problem")


def test_who_is_let_in_counts_where_the_action_is_missing(tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Resource": "arn:aws:s3:::b/*"}
    declared = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": "b", "PolicyDocument": {"Statement": statement}},
    }
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"P": declared}}), encoding="utf-8")
    (policy,) = (p for s in stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None)) for p in s.policies)
    assert policy.lets_outsiders_in_by(policy.statements[0]) is True
    assert "missing-action" in [flaw.code for flaw in policy.grammar]
    assert not policy.statements[0].names_nobody


def test_a_wildcard_is_one_where_the_principal_is_missing(tmp_path: Path) -> None:
    trust = {**VERSION, "Statement": {"Effect": "Allow", "Action": "*"}}
    bucket = {**VERSION, "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}}
    declared = {
        "R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
        "B": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": "b", "PolicyDocument": bucket}},
    }
    (tmp_path / "t.json").write_text(json.dumps({"Resources": declared}), encoding="utf-8")
    of_role, of_bucket = (p for s in stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None)) for p in s.policies)
    assert [flaw.code for flaw in of_role.flaws] == ["missing-principal", "mismatched-assume-action"]
    assert of_bucket.statements[0].names_nobody
    assert of_bucket.statements[0].listed_principals == "the missing Principal"


@pytest.mark.parametrize(
    ("principal", "kinds"),
    [
        ("arn:aws:iam::111122223333:role/app", ["aws"]),
        (["111122223333", "ec2.amazonaws.com"], ["aws", "service"]),
        ("arn:aws:iam::111122223333:saml-provider/corp", ["federated"]),
        (["*"], ["anyone"]),
        ("somebody", ["unknown"]),
    ],
)
def test_a_principal_without_its_kind(principal: object, kinds: list[str], tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*"}
    (read_one,) = read(tmp_path, {**VERSION, "Statement": statement}).statements
    assert [one.kind for one in read_one.principals] == kinds


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        ({"Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"]}, "arn:aws:s3:::a, arn:aws:s3:::b"),
        ({"NotResource": "arn:aws:s3:::a"}, "everything but arn:aws:s3:::a"),
        ({}, "what its missing Resource would name"),
    ],
)
def test_resources_in_words(elements: dict[str, Any], told: str, tmp_path: Path) -> None:
    (read_one,) = read(tmp_path, {**VERSION, "Statement": {"Effect": "Allow", "Action": "*", **elements}}).statements
    assert read_one.told_resources == told

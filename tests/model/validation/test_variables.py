"""Policy variables: how they are written, where they are read, and what takes them for its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.policy import Policy
from iamlint.model.validation import variables
from iamlint.parsers import raw_policy
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

HOME = "arn:aws:s3:::home/"


def policy(version: str | None = "2012-10-17", **statement: Any) -> Policy:
    said = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **statement}
    content: dict[str, Any] = {"Statement": [said]}
    if version is not None:
        content["Version"] = version
    (found,) = raw_policy.stack(read_json(SourceText("p.json", json.dumps(content)))).policies
    return found


def told(found: Policy) -> list[tuple[str, str]]:
    return [(flaw.code, flaw.place.written) for flaw in variables.check(found)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("${aws:username}", []),
        ("${aws:PrincipalTag/team, 'a team'}", []),
        ("${www.amazon.com:user_id}/${cognito-identity.amazonaws.com:sub}", []),
        ("${*}${?}${$}", []),
        ("plain/*", []),
        ("${bucket}", []),
        ("${ bucket }", []),
        ("${AWS::AccountId}", []),
        ("${prod ? a:b}", []),
        ("${aws:username", [("missing-brace-in-variable", "${aws:username")]),
        ("${aws:username/${aws:userid}", [("missing-brace-in-variable", "${aws:username/")]),
        ("${}", [("empty-variable", "${}")]),
        ("a${ }b", [("empty-variable", "${ }")]),
        ("${aws: username}", [("unsupported-space-in-variable", "${aws: username}")]),
        ("${aws:PrincipalTag/t, 'x}", [("missing-quote-in-variable", "${aws:PrincipalTag/t, 'x}")]),
        ("${aws:PrincipalTag/t, x}", [("missing-quote-in-variable", "${aws:PrincipalTag/t, x}")]),
        ("${aws:PrincipalTag/t, '}", [("missing-quote-in-variable", "${aws:PrincipalTag/t, '}")]),
        ("&{aws:username}", [("interpolated-policy-variable", "&{aws:username}")]),
        ("${!aws:username}", [("interpolated-policy-variable", "${!aws:username}")]),
        ("&{bucket}", []),
    ],
)
def test_how_a_variable_is_written(written: str, expected: list[tuple[str, str]]) -> None:
    assert told(policy(Resource=HOME + written)) == expected
    assert told(policy(Condition={"StringLike": {"s3:prefix": [written]}})) == expected


@pytest.mark.parametrize(
    ("version", "resource", "expected"),
    [
        ("2012-10-17", "${aws:username}", 0),
        ("2008-10-17", "${aws:username}", 1),
        (None, "${aws:username}", 1),
        (None, "${bucket}", 0),
        (None, "${AWS::AccountId}", 0),
        (None, "x", 0),
    ],
)
def test_a_version_without_variables_is_told_once(version: str | None, resource: str, expected: int) -> None:
    found = told(policy(version, Resource=[HOME + resource, HOME + resource + "/*"]))
    assert found == [("variable-unsupported-in-version", resource)] * expected


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Action": "s3:${aws:username}"}, ["Action/0"]),
        ({"Action": ["s3:GetObject", "s3:${actions}"]}, []),
        ({"NotAction": ["iam:*", "s3:${aws:username}"]}, ["NotAction/1"]),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:user/${aws:username}"}}, ["Principal/0"]),
        ({"Principal": {"AWS": "arn:aws:iam::${account}:root"}}, []),
        ({"Condition": {"StringEquals": {"aws:ResourceTag/${aws:username}": "1"}}},
         ["Condition/aws:ResourceTag/${aws:username}"]),
    ],
)  # fmt: skip
def test_elements_that_have_no_variables(elements: dict[str, Any], expected: list[str]) -> None:
    flaws = [flaw for flaw in variables.check(policy(**elements)) if flaw.code == "variable-unsupported-in-element"]
    assert [flaw.path for flaw in flaws] == expected


@pytest.mark.parametrize(
    ("operator", "flagged"),
    [
        ("StringEquals", False), ("ForAnyValue:StringLikeIfExists", False), ("ArnLike", False), ("Strange", False),
        ("Bool", True), ("NumericLessThan", True), ("DateLessThanIfExists", True), ("IpAddress", True), ("Null", True),
    ],
)  # fmt: skip
def test_operators_that_take_none(operator: str, flagged: bool) -> None:
    found = told(policy(Condition={operator: {"aws:username": "${aws:PrincipalTag/x}"}}))
    assert found == ([("invalid-variable-for-operator", "${aws:PrincipalTag/x}")] if flagged else [])
    assert told(policy(Condition={operator: {"aws:username": "${value}"}})) == []


TEMPLATE = """\
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
        - {Effect: Allow, Action: s3:GetObject, Resource: !Sub "arn:${AWS::Partition}:s3:::b/RESOURCE/*"}
"""


def of_file(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(path.parent),)), (), path.parent, None))
    return [flaw.code for found in stack.policies for flaw in variables.check(found)]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("${aws:username}", ["interpolated-policy-variable"]),
        ("${!aws:username}", []),
        ("${Name}", []),
        ("${!aws:PrincipalTag/${Name}}", []),
    ],
)
def test_what_sub_takes_for_its_own(tmp_path: Path, resource: str, expected: list[str]) -> None:
    assert of_file(tmp_path / "t.yaml", TEMPLATE.replace("RESOURCE", resource)) == expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("$${aws:username}", []),
        ("$${aws:PrincipalTag/${var.tag}}", []),
        ("$${aws:PrincipalTag/${var.tag}", []),
        ("$${aws:username/*", ["missing-brace-in-variable"]),
        ("&{aws:username}", ["interpolated-policy-variable"]),
    ],
)
def test_terraform(tmp_path: Path, resource: str, expected: list[str]) -> None:
    text = (
        'resource "aws_iam_policy" "p" {\n  policy = jsonencode({Version = "2012-10-17", Statement = [\n'
        f'    {{Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/{resource}"}}]}})\n}}\n'
    )
    assert of_file(tmp_path / "p.tf", text) == expected


def test_the_policy_document_of_terraform_has_an_escape_of_its_own(tmp_path: Path) -> None:
    text = (
        'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["s3:GetObject"]\n'
        '    resources = ["arn:aws:s3:::b/&{aws:username}"]\n  }\n}\n'
        'resource "aws_iam_policy" "p" {\n  policy = data.aws_iam_policy_document.d.json\n}\n'
    )
    assert of_file(tmp_path / "p.tf", text) == []

"""A folder whose files declare the same address: each of them is judged, with what it does not clash with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from iamlint.model.stack import Stack
from iamlint.parsers.terraform import alternatives

Built = Callable[..., list[Stack]]

STAR = 'jsonencode({ Statement = [{ Effect = "Allow", Action = "%s", Resource = "*" }] })'


def role(action: str, name: str = "r") -> str:
    return f"""
resource "aws_iam_role" "{name}" {{
  name = "{name}"
}}
resource "aws_iam_role_policy" "{name}" {{
  role   = aws_iam_role.{name}.name
  policy = {STAR % action}
}}
"""


def granted(built: Built, files: Mapping[str, str]) -> list[list[str]]:
    return [
        sorted(str(action) for policy in stack.policies for s in policy.statements for action in s.actions)
        for stack in built(files)
    ]


def test_files_that_clash_are_judged_one_by_one(built: Built) -> None:
    files = {"bad.tf": role("*"), "good.tf": role("s3:ListAllMyBuckets"), "worse.tf": role("iam:*")}
    assert granted(built, files) == [["*"], ["s3:ListAllMyBuckets"], ["iam:*"]]


def test_what_does_not_clash_belongs_to_each(built: Built) -> None:
    files = {
        "a.tf": role("var.a").replace('"var.a"', "var.a"),
        "b.tf": role("var.b").replace('"var.b"', "var.b"),
        "variables.tf": 'variable "a" { default = "s3:*" }\nvariable "b" { default = "sqs:*" }\n' + role("x:*", "s"),
    }
    assert granted(built, files) == [["s3:*", "x:*"], ["sqs:*", "x:*"]]


def test_nothing_is_linked_across_files_that_clash(built: Built) -> None:
    other = role("*").replace('"aws_iam_role_policy" "r"', '"aws_iam_role_policy" "other"')
    one, two = built({"a.tf": role("s3:*"), "b.tf": other})
    for stack in (one, two):
        (identity,) = stack.identities.values()
        assert len(identity.policies) == 1


def test_a_variable_declared_twice_has_the_value_of_its_own_file(built: Built) -> None:
    text = 'variable "action" {{ default = "{0}:*" }}\nlocals {{ a = var.action }}\n'
    policy = role("local.a").replace('"local.a"', "local.a")
    files = {"a.tf": text.format("s3") + policy, "b.tf": text.format("sqs") + policy.replace('"r"', '"q"')}
    assert granted(built, files) == [["s3:*"], ["sqs:*"]]


def test_an_address_declared_twice_in_one_file_is_judged_twice(built: Built) -> None:
    files = {"main.tf": role("s3:*") + role("sqs:*") + role("sns:*", "other")}
    assert granted(built, files) == [["s3:*", "sns:*"], ["sns:*", "sqs:*"]]


def test_an_override_is_no_clash_and_goes_with_each(built: Built) -> None:
    override = f'resource "aws_iam_role_policy" "r" {{\n  policy = {STAR % "kms:*"}\n}}\n'
    files = {"a.tf": role("s3:*"), "b.tf": role("sqs:*") + role("sns:*", "x"), "override.tf": override}
    assert granted(built, files) == [["kms:*"], ["kms:*", "sns:*"]]


def test_settings_and_providers_may_stand_in_many_files(built: Built) -> None:
    head = 'terraform {\n  required_version = ">= 1"\n}\nprovider "aws" {}\n'
    assert granted(built, {"a.tf": head + role("s3:*"), "b.tf": head + role("s3:*", "s")}) == [["s3:*", "s3:*"]]


def test_a_folder_of_very_many_copies_is_read_file_by_file(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alternatives, "MOST_FILES_READ", 5)
    files = {"a.tf": role("s3:*"), "b.tf": role("sqs:*"), "c.tf": role("sns:*", "c")}
    assert granted(built, files) == [["sns:*"], ["s3:*"], ["sqs:*"]]

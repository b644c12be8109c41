"""User pools and versioned buckets, from the text that declares them."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.model.bucket import BucketVersioning
from iamlint.model.unknown import Truth, Unknown
from iamlint.model.user_pool import UserPool
from iamlint.parsers.stacks import Inputs, Reading, stacks


def pool(folder: Path, name: str, text: str) -> UserPool:
    (folder / name).write_text(text, encoding="utf-8")
    things = [thing for stack in stacks(Reading(Inputs((str(folder),)))) for thing in stack.things]
    (found,) = [thing for thing in things if isinstance(thing, UserPool)]
    return found


def in_template(folder: Path, properties: str) -> UserPool:
    parameters = "Parameters: {P: {Type: String}}\n"
    return pool(folder, "t.yaml", f"{parameters}Resources: {{U: {{Type: AWS::Cognito::UserPool{properties}}}}}\n")


def in_module(folder: Path, body: str) -> UserPool:
    return pool(folder, "main.tf", f'variable "v" {{}}\nresource "aws_cognito_user_pool" "u" {{\n{body}\n}}\n')


def sure(answer: Truth) -> bool | None:
    return None if isinstance(answer, Unknown) else answer


@pytest.mark.parametrize(
    ("properties", "without"),
    [
        ("", True),
        (", Properties: {MfaConfiguration: 'OFF'}", True),
        (", Properties: {MfaConfiguration: OFF}", True),
        (", Properties: {MfaConfiguration: 'ON'}", False),
        (", Properties: {MfaConfiguration: ON}", False),
        (", Properties: {MfaConfiguration: OPTIONAL}", False),
        (", Properties: {MfaConfiguration: !Ref P}", None),
    ],
)
def test_mfa_in_a_template(tmp_path: Path, properties: str, without: bool | None) -> None:
    assert sure(in_template(tmp_path, properties).is_without_mfa) is without


@pytest.mark.parametrize(
    ("body", "without"),
    [
        ("", True),
        ('mfa_configuration = "OFF"', True),
        ('mfa_configuration = "OPTIONAL"', False),
        ("mfa_configuration = null", True),
        ("mfa_configuration = var.v", None),
    ],
)
def test_mfa_in_a_module(tmp_path: Path, body: str, without: bool | None) -> None:
    assert sure(in_module(tmp_path, body).is_without_mfa) is without


KINDS = "RequireUppercase: true, RequireLowercase: true, RequireNumbers: true"


@pytest.mark.parametrize(
    ("policy", "weak", "told"),
    [
        (None, False, "of 8 characters"),
        ("{MinimumLength: 7, " + KINDS + ", RequireSymbols: true}", True, "of 7 characters"),
        ("{MinimumLength: '6'}", True,
         "of 6 characters without uppercase letters, lowercase letters, numbers or symbols"),
        ("{MinimumLength: 13, " + KINDS + ", RequireSymbols: false}", True, "of 13 characters without symbols"),
        ("{MinimumLength: 14, " + KINDS + ", RequireSymbols: false}", False, "of 14 characters without symbols"),
        ("{MinimumLength: 12, " + KINDS + "}", True, "of 12 characters without symbols"),
        ("{MinimumLength: 8}", True,
         "of 8 characters without uppercase letters, lowercase letters, numbers or symbols"),
        ("{RequireNumbers: true}", True, "of 8 characters without uppercase letters, lowercase letters or symbols"),
        ("{MinimumLength: 14}", False,
         "of 14 characters without uppercase letters, lowercase letters, numbers or symbols"),
        ("{MinimumLength: 8, Fn::Transform: {Name: M}}", None, "of 8 characters"),
        ("{MinimumLength: !Ref P, " + KINDS + ", RequireSymbols: false}", None, "without symbols"),
        ("!Ref P", None, ""),
    ],
)  # fmt: skip
def test_passwords_in_a_template(tmp_path: Path, policy: str | None, weak: bool | None, told: str) -> None:
    properties = f", Properties: {{Policies: {{PasswordPolicy: {policy}}}}}" if policy else ""
    found = in_template(tmp_path, properties)
    assert (sure(found.has_weak_password), found.weakness) == (weak, told)


@pytest.mark.parametrize(
    ("body", "weak", "told"),
    [
        ("", False, "of 8 characters"),
        ("password_policy {\n  minimum_length = 10\n}", True,
         "of 10 characters without uppercase letters, lowercase letters, numbers or symbols"),
        ("password_policy {\n  minimum_length = 20\n}", False,
         "of 20 characters without uppercase letters, lowercase letters, numbers or symbols"),
        ("password_policy {\n  minimum_length = var.v\n  require_numbers = true\n}", None,
         "without uppercase letters, lowercase letters or symbols"),
        ('dynamic "password_policy" {\n  for_each = var.v\n  content {\n    minimum_length = each.v\n  }\n}',
         None, ""),
    ],
)  # fmt: skip
def test_passwords_in_a_module(tmp_path: Path, body: str, weak: bool | None, told: str) -> None:
    found = in_module(tmp_path, body)
    assert (sure(found.has_weak_password), found.weakness) == (weak, told)


def test_the_setting_that_makes_passwords_weak_is_pointed_at(tmp_path: Path) -> None:
    body = "password_policy {\n  minimum_length = %s\n  require_numbers = false\n}"
    assert in_module(tmp_path, body % "6").weakest.place.written == "6"
    assert (
        in_module(tmp_path, body % "9\n  require_uppercase = true\n  require_lowercase = true").weakest.value is False
    )


VERSIONING = 'resource "aws_s3_bucket_versioning" "v" {{\n  versioning_configuration {{\n    {}\n  }}\n}}\n'
BUCKET = 'resource "aws_s3_bucket" "b" {{\n  versioning {{\n    {}\n  }}\n}}\n'


@pytest.mark.parametrize(
    ("text", "without"),
    [
        (VERSIONING.format('status = "Enabled"'), [True]),
        (VERSIONING.format('status = "Enabled"\n    mfa_delete = "Disabled"'), [True]),
        (VERSIONING.format('status = "Enabled"\n    mfa_delete = "Enabled"'), [False]),
        (VERSIONING.format('status = "Enabled"\n    mfa_delete = var.v'), [None]),
        (VERSIONING.format('status = "Suspended"'), [False]),
        (VERSIONING.format("status = var.v"), [None]),
        (BUCKET.format("enabled = true"), [True]),
        (BUCKET.format("enabled = true\n    mfa_delete = true"), [False]),
        (BUCKET.format("enabled = false"), [False]),
        (BUCKET.format("enabled = true") + VERSIONING.format('status = "Enabled"'), [True]),
        ('resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n', []),
    ],
)
def test_mfa_delete(tmp_path: Path, text: str, without: list[bool | None]) -> None:
    (tmp_path / "main.tf").write_text('variable "v" {}\n' + text, encoding="utf-8")
    things = [thing for stack in stacks(Reading(Inputs((str(tmp_path),)))) for thing in stack.things]
    assert [sure(it.is_without_mfa_delete) for it in things if isinstance(it, BucketVersioning)] == without

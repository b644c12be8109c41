"""Identities of the stack that another one makes strong, and then is or becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.model.escalation import escalations
from iamlint.parsers.stacks import Inputs, Reading, stacks

ATTACHES = "attach AdministratorAccess to role target and {} it"
TRUSTED = '{ "AWS" : aws_iam_user.start.arn }'
OF_LAMBDA = '{ "Service" : "lambda.amazonaws.com" }'


def told(folder: Path, actions: str, resource: str, principal: str = TRUSTED, more: str = "") -> tuple[str, str]:
    """The path that the user `start` takes, and what it does; empty when there is none."""
    text = f"""
resource "aws_iam_user" "start" {{
  name = "start"
}}
resource "aws_iam_user" "other" {{
  name = "other"
}}
resource "aws_iam_role" "target" {{
  name = "target"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Principal = {principal}, Action = "sts:AssumeRole" }}]
  }})
}}
resource "aws_iam_user_policy" "own" {{
  user   = aws_iam_user.start.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = {actions}, Resource = {resource} }}{more}]
  }})
}}
"""
    (folder / "main.tf").write_text(text, encoding="utf-8")
    found = [one for stack in stacks(Reading(Inputs((str(folder),)))) for one in escalations(stack)]
    return next(((one.escalation.path, one.escalation.how) for one in found), ("", ""))


@pytest.mark.parametrize(
    ("actions", "path", "how"),
    [
        (
            '["iam:AttachRolePolicy", "sts:AssumeRole"]',
            "iam:AttachRolePolicy + sts:AssumeRole",
            ATTACHES.format("become"),
        ),
        (
            '["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]',
            "iam:PutRolePolicy + sts:AssumeRole",
            "write an inline policy into role target and become it",
        ),
        ('["iam:AttachRolePolicy"]', "iam:AttachRolePolicy + sts:AssumeRole", ATTACHES.format("become")),
        ('["sts:AssumeRole"]', "", ""),
        ('["iam:UpdateAssumeRolePolicy"]', "", ""),
    ],
)
def test_a_role(tmp_path: Path, actions: str, path: str, how: str) -> None:
    assert told(tmp_path, actions, "aws_iam_role.target.arn") == (path, how)


def test_a_role_that_is_a_services(tmp_path: Path) -> None:
    resource = "aws_iam_role.target.arn"
    assert told(tmp_path, '["iam:AttachRolePolicy", "sts:AssumeRole"]', resource, OF_LAMBDA) == ("", "")
    assert told(tmp_path, '["iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"]', resource, OF_LAMBDA) == (
        "iam:AttachRolePolicy + iam:UpdateAssumeRolePolicy",
        ATTACHES.format("let itself assume"),
    )


@pytest.mark.parametrize(
    ("actions", "path", "how"),
    [
        (
            '["iam:AttachUserPolicy", "iam:CreateAccessKey"]',
            "iam:AttachUserPolicy + iam:CreateAccessKey",
            "attach AdministratorAccess to user other and make an access key for it",
        ),
        (
            '["iam:PutUserPolicy", "iam:UpdateLoginProfile"]',
            "iam:PutUserPolicy + iam:UpdateLoginProfile",
            "write an inline policy into user other and set the password of it",
        ),
        ('["iam:PutUserPolicy"]', "", ""),
        ('["iam:CreateAccessKey"]', "", ""),
    ],
)
@pytest.mark.parametrize("resource", ["aws_iam_user.other.arn", '"arn:aws:iam::111122223333:user/other"'])
def test_a_user(tmp_path: Path, resource: str, actions: str, path: str, how: str) -> None:
    assert told(tmp_path, actions, resource) == (path, how)


def test_only_what_is_of_the_same_one_counts(tmp_path: Path) -> None:
    more = ', { Effect = "Allow", Action = "iam:CreateAccessKey", Resource = aws_iam_user.start.arn }'
    assert told(tmp_path, '"iam:PutUserPolicy"', "aws_iam_user.other.arn", more=more) == ("", "")
    denied = ', { Effect = "Deny", Action = "iam:PutUserPolicy", Resource = "*" }'
    both = '["iam:PutUserPolicy", "iam:CreateAccessKey"]'
    assert told(tmp_path, both, "aws_iam_user.other.arn", more=denied) == ("", "")


def test_a_group_of_its_own_without_policies(tmp_path: Path) -> None:
    text = """
resource "aws_iam_user" "start" {
  name = "start"
}
resource "aws_iam_group" "mine" {
  name = "mine"
}
resource "aws_iam_group" "other" {
  name = "other"
}
resource "aws_iam_user_group_membership" "start" {
  user   = aws_iam_user.start.name
  groups = [aws_iam_group.mine.name]
}
resource "aws_iam_user_policy" "own" {
  user   = aws_iam_user.start.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:AttachGroupPolicy", Resource = aws_iam_group.mine.arn }]
  })
}
"""
    for group, path in (("mine", "iam:AttachGroupPolicy"), ("other", "")):
        (tmp_path / "main.tf").write_text(text.replace("aws_iam_group.mine.arn", f"aws_iam_group.{group}.arn"))
        found = [one for stack in stacks(Reading(Inputs((str(tmp_path),)))) for one in escalations(stack)]
        assert [one.escalation.path for one in found] == ([path] if path else [])


@pytest.mark.parametrize(
    ("resource", "attached", "path"),
    [
        ("aws_iam_policy.theirs.arn", "aws_iam_role.target.name", "iam:CreatePolicyVersion + sts:AssumeRole"),
        ("aws_iam_policy.theirs.arn", "aws_iam_role.services.name", ""),
        ("aws_iam_policy.other.arn", "aws_iam_role.target.name", ""),
    ],
)
def test_a_policy_that_a_role_has(tmp_path: Path, resource: str, attached: str, path: str) -> None:
    more = f', {{ Effect = "Allow", Action = "iam:CreatePolicyVersion", Resource = {resource} }}'
    document = (
        'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*" }] })'
    )
    rest = f"""
resource "aws_iam_policy" "theirs" {{
  name   = "theirs"
  policy = {document}
}}
resource "aws_iam_policy" "other" {{
  name   = "other"
  policy = {document}
}}
resource "aws_iam_role" "services" {{
  name               = "services"
  assume_role_policy = jsonencode({{
    Statement = [{{ Effect = "Allow", Principal = {OF_LAMBDA}, Action = "sts:AssumeRole" }}]
  }})
}}
resource "aws_iam_role_policy_attachment" "theirs" {{
  role       = {attached}
  policy_arn = aws_iam_policy.theirs.arn
}}
"""
    (tmp_path / "rest.tf").write_text(rest, encoding="utf-8")
    how = "rewrite policy theirs, which role target has, and become it" if path else ""
    assert told(tmp_path, '"sts:AssumeRole"', "aws_iam_role.target.arn", more=more) == (path, how)

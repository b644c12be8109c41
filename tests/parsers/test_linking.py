"""Pieces find each other: through references, names and ARNs, in both infrastructure languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

NODE_GROUPS = {
    "main.tf": """
resource "aws_launch_template" "nodes" {
  metadata_options {
    http_tokens = "required"
  }
}
%s
""",
    "template.yaml": """
Resources:
  Nodes:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData: {MetadataOptions: {HttpTokens: required}}
%s
""",
}
USERS = {
    "main.tf": """
resource "aws_eks_node_group" "nodes" {
  node_role_arn = "arn:aws:iam::111122223333:role/nodes"
  launch_template {
    id      = aws_launch_template.nodes.id
    version = "1"
  }
}
""",
    "template.yaml": """
  Group:
    Type: AWS::EKS::Nodegroup
    Properties:
      NodeRole: arn:aws:iam::111122223333:role/nodes
      LaunchTemplate: {Id: !Ref Nodes}
""",
}


def rules_found(tmp_path: Path, name: str, text: str, *wanted: str) -> list[str]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    rules = load_rules().rules
    report = check(Request(Inputs((str(tmp_path),)), [rules[rule] for rule in wanted], rules, "2026-01-01"))
    return [f"{finding.rule}: {finding.message}" for finding in report.findings]


@pytest.mark.parametrize("name", list(NODE_GROUPS))
def test_a_node_group_gives_its_launch_template_the_role(tmp_path: Path, name: str) -> None:
    alone = rules_found(tmp_path, name, NODE_GROUPS[name] % "", "instance-without-role")
    assert alone == ["instance-without-role: this launch template has no instance profile"]
    assert rules_found(tmp_path, name, NODE_GROUPS[name] % USERS[name], "instance-without-role") == []


def test_a_deny_in_the_group_enforces_mfa_for_its_users(tmp_path: Path) -> None:
    text = """
resource "aws_iam_user" "ann" {
  name = "ann"
}
resource "aws_iam_group" "people" {
  name = "people"
}
resource "aws_iam_user_group_membership" "ann" {
  user   = aws_iam_user.ann.name
  groups = [aws_iam_group.people.name]
}
resource "aws_iam_group_policy" "mfa" {
  group  = aws_iam_group.people.name
  policy = jsonencode({
    Statement = [{
      Effect = "Deny", NotAction = ["iam:EnableMFADevice", "sts:GetSessionToken"], Resource = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "%s" } }
    }]
  })
}
resource "aws_iam_user_policy" "ann" {
  user   = "ann"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:CreateUser", Resource = "*" }] })
}
"""
    rule = "sensitive-action-without-mfa"
    assert rules_found(tmp_path, "main.tf", text % "false", rule) == []
    assert rules_found(tmp_path, "main.tf", text % "true", rule) == [
        f"{rule}: user ann may do iam:CreateUser without MFA"
    ]


def test_one_document_for_many_is_one_finding(tmp_path: Path) -> None:
    text = """
data "aws_iam_policy_document" "any" {
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
}
resource "aws_iam_user_policy" "a" {
  user   = "a"
  policy = data.aws_iam_policy_document.any.json
}
resource "aws_iam_user_policy" "b" {
  user   = "b"
  policy = data.aws_iam_policy_document.any.json
}
"""
    assert len(rules_found(tmp_path, "main.tf", text, "service-wildcard")) == 1

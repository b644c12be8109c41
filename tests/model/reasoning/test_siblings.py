"""Allows that a Deny in another policy of the same identity stops entirely."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.model.stack import Stack
from iamlint.parsers.stacks import Inputs, Reading, stacks

TEMPLATE = """
Resources:
  One: {Type: AWS::IAM::Role}
  Two: {Type: AWS::IAM::Role}
  Given:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: given
      Roles: [!Ref One, !Ref Two]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, ALLOW}]}
  Taken:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: taken
      Roles: ROLES
      PolicyDocument: {Version: "2012-10-17", Statement: [{Sid: Stop, Effect: Deny, DENY}]}
"""
BOTH = "[!Ref One, !Ref Two]"


def told(folder: Path, allow: str, deny: str, roles: str = BOTH) -> list[str]:
    text = TEMPLATE.replace("ALLOW", allow).replace("DENY", deny).replace("ROLES", roles)
    (folder / "t.yaml").write_text(text, encoding="utf-8")
    stack: Stack
    (stack,) = stacks(Reading(Inputs((str(folder),)), (), folder, None))
    found = [flaw for policy in stack.policies for flaw in stack.flaws(policy)]
    return [flaw.message for flaw in found if flaw.code == "always-denied-allow"]


@pytest.mark.parametrize(
    ("allow", "deny", "denied"),
    [
        ('Action: "*", Resource: "*"', 'Action: "*", Resource: "*"', True),
        ('Action: "s3:Get*", Resource: "arn:aws:s3:::b/*"', 'Action: "s3:*", Resource: "arn:aws:s3:::b*"', True),
        ('NotAction: "s3:*", Resource: "*"', 'Action: "*", Resource: "*"', True),
        ('Action: ["s3:GetObject", "sqs:SendMessage"], Resource: "*"', 'Action: "s3:*", Resource: "*"', False),
        ('Action: "s3:GetObject", Resource: "*"', 'Action: "s3:*", Resource: "arn:aws:s3:::b/*"', False),
        ('Action: "s3:GetObject", Resource: "*"', 'NotAction: "iam:*", Resource: "*"', False),
        (
            'Action: "s3:GetObject", Resource: "*"',
            'Action: "s3:*", Resource: "*", Condition: {Bool: {"aws:SecureTransport": "false"}}',
            False,
        ),
    ],
)
def test_a_deny_of_another_policy(allow: str, deny: str, denied: bool, tmp_path: Path) -> None:
    assert told(tmp_path, allow, deny) == (["`Stop` of `taken` denies all of it"] if denied else [])


def test_a_holder_that_is_not_denied_has_it(tmp_path: Path) -> None:
    assert told(tmp_path, 'Action: "*", Resource: "*"', 'Action: "*", Resource: "*"', "[!Ref One]") == []

"""What identities are for, from the text that declares them."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.model.identity import User
from iamlint.model.unknown import Unknown
from iamlint.parsers.stacks import Inputs, Reading, stacks


def inline(statement: str) -> str:
    return f", Policies: [{{PolicyName: p, PolicyDocument: {{Statement: {{{statement}, Resource: '*'}}}}}}]"


@pytest.mark.parametrize(
    ("properties", "only"),
    [
        ("", False),
        (inline("Effect: Allow, Action: 'ses:SendRawEmail'"), True),
        (inline("Effect: Allow, Action: ['ses:Send*', 's3:GetObject']"), False),
        (inline("Effect: Allow, NotAction: 'ses:SendRawEmail'"), False),
        (inline("Effect: Deny, Action: 'ses:SendRawEmail'"), False),
        (inline("Effect: Allow, Action: !Ref P"), None),
        (", ManagedPolicyArns: [!Ref M]", True),
        (", ManagedPolicyArns: [!Ref M, 'arn:aws:iam::aws:policy/ReadOnlyAccess']", False),
        (", Groups: [!Ref G]", True),
    ],
)
def test_who_only_sends_mail(tmp_path: Path, properties: str, only: bool | None) -> None:
    document = "{Statement: {Effect: Allow, Action: 'ses:SendEmail', Resource: '*'}}"
    text = f"""
Parameters: {{P: {{Type: String}}}}
Resources:
  U: {{Type: AWS::IAM::User, Properties: {{UserName: u{properties}}}}}
  M: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {document}}}}}
  G: {{Type: AWS::IAM::Group, Properties: {{Policies: [{{PolicyName: p, PolicyDocument: {document}}}]}}}}
"""
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    things = [thing for stack in stacks(Reading(Inputs((str(tmp_path),)))) for thing in stack.things]
    (user,) = [thing for thing in things if isinstance(thing, User)]
    answer = user.only_sends_mail
    assert (None if isinstance(answer, Unknown) else answer) is only

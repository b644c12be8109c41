"""Administrators within a permissions boundary: how grave, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

TEMPLATE = """
Parameters:
  IsBounded:
    Type: String
Conditions:
  Bounded: !Equals [!Ref IsBounded, "yes"]
Resources:
  Boundary:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: STATEMENTS
  Dev:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
      PermissionsBoundary: BOUNDARY
      Policies:
      - PolicyName: p
        PolicyDocument:
          Version: "2012-10-17"
          Statement: {Effect: Allow, Action: "*", Resource: RESOURCE}
"""
LISTED = '{Effect: Allow, Action: ["s3:*", "logs:*"], Resource: "*"}'
EVERYTHING = '{Effect: Allow, Action: "*", Resource: "*"}'
ALL_BUT = '[{Effect: Allow, Action: "*", Resource: "*"}, {Effect: Deny, Action: "iam:*", Resource: "*"}]'
WITHIN_REGION = '{Effect: Allow, Action: "*", Resource: "*", Condition: {StringEquals: {"aws:RequestedRegion": x}}}'


def told(tmp_path: Path, rule: str, text: str) -> tuple[str, str]:
    """The severity and the message of the rule about the role."""
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    known = load_rules().rules
    request = Request(Inputs((str(tmp_path / "t.yaml"),)), [known[rule]], known, "2026-01-01")
    (found,) = [one for one in check(request).findings if "role Dev" in one.message]
    return str(found.severity), found.message.partition("role Dev")[2]


WITHIN, BUT_FOR = ", as far as its permissions boundary lets it", ", but for what its permissions boundary denies"
ELSEWHERE = ", as far as its permissions boundary, which is not in the code, lets it"


@pytest.mark.parametrize(
    ("boundary", "statements", "severity", "words"),
    [
        ("!Ref Boundary", LISTED, "medium", WITHIN),
        ("!Ref Boundary", WITHIN_REGION, "medium", WITHIN),
        ("!Ref Boundary", ALL_BUT, "high", BUT_FOR),
        ("!Ref Boundary", EVERYTHING, "critical", ""),
        ("arn:aws:iam::aws:policy/AdministratorAccess", LISTED, "critical", ""),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", LISTED, "medium", WITHIN),
        ("arn:aws:iam::111122223333:policy/elsewhere", LISTED, "high", ELSEWHERE),
        ("!Ref AWS::NoValue", LISTED, "critical", ""),
        ("!If [Bounded, !Ref Boundary, !Ref AWS::NoValue]", LISTED, "critical", ""),
    ],
)
def test_an_administrator_within_a_boundary(
    tmp_path: Path, boundary: str, statements: str, severity: str, words: str
) -> None:
    text = TEMPLATE.replace("BOUNDARY", boundary).replace("STATEMENTS", statements).replace("RESOURCE", '"*"')
    assert told(tmp_path, "admin-access", text) == (severity, words)


@pytest.mark.parametrize(
    ("statements", "severity", "words"),
    [(LISTED, "medium", WITHIN), (EVERYTHING, "high", ""), (ALL_BUT, "high", BUT_FOR)],
)
def test_every_action_within_a_boundary(tmp_path: Path, statements: str, severity: str, words: str) -> None:
    text = TEMPLATE.replace("BOUNDARY", "!Ref Boundary").replace("STATEMENTS", statements)
    text = text.replace("RESOURCE", "arn:aws:s3:::data")
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    known = load_rules().rules
    request = Request(Inputs((str(tmp_path / "t.yaml"),)), [known["wildcard-action"]], known, "2026-01-01")
    (found,) = [one for one in check(request).findings if "Dev" in one.message]
    assert (str(found.severity), found.message.endswith(words)) == (severity, True)
    assert ("boundary" in found.message) is bool(words)


def test_one_holder_without_a_boundary_has_everything(tmp_path: Path) -> None:
    text = TEMPLATE.replace("BOUNDARY", "!Ref Boundary").replace("STATEMENTS", LISTED).replace("RESOURCE", '"*"')
    policy = text.partition("      Policies:\n")[0]
    policy += "  Free:\n    Type: AWS::IAM::User\n  Shared:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
    policy += "      Roles: [!Ref Dev]\n      Users: [!Ref Free]\n      PolicyDocument:\n"
    policy += f"        Version: '2012-10-17'\n        Statement: {EVERYTHING}\n"
    severity, words = told(tmp_path, "admin-access", policy)
    assert severity == "critical" and "boundary" not in words

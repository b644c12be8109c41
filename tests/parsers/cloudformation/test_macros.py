"""What a macro may write is not known: of the whole template, or of one resource."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs


def told(tmp_path: Path, rules: str, text: str) -> list[str]:
    """The rules that speak, of those that are asked."""
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    known = load_rules().rules
    chosen = [known[rule] for rule in rules.split()]
    request = Request(Inputs((str(tmp_path / "t.yaml"),)), chosen, known, "2026-01-01")
    return sorted(finding.rule for finding in check(request).findings)


WHOLE = """Resources:
  Hub: {Type: AWS::SecurityHub::Hub}
  Group: {Type: AWS::IAM::Group}
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: s3:GetObject, Resource: "arn:aws:s3:::b/*"}]
"""
OF_THE_WHOLE = "no-trail no-guardduty group-without-members unattached-policy"


@pytest.mark.parametrize(
    ("transform", "speaks"),
    [
        ("", True),
        ("Transform: AWS::Serverless-2016-10-31\n", True),
        ("Transform: [AWS::LanguageExtensions, AWS::SecretsManager-2020-07-23]\n", True),
        ("Transform: AWS::CodeDeployBlueGreen\n", True),
        ("Transform: Baseline\n", False),
        ("Transform: 111122223333::Baseline\n", False),
        ("Transform: [AWS::LanguageExtensions, Baseline]\n", False),
        ("Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}\n", False),
        ("Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}\n", False),
    ],
)
def test_a_transform_of_the_whole_template(tmp_path: Path, transform: str, speaks: bool) -> None:
    assert told(tmp_path, OF_THE_WHOLE, transform + WHOLE) == (sorted(OF_THE_WHOLE.split()) if speaks else [])


MACRO = "Fn::Transform: {Name: Mine}"


@pytest.mark.parametrize(
    ("rules", "kind", "properties"),
    [
        ("instance-metadata-v1 instance-without-role", "AWS::EC2::Instance", "ImageId: ami-1"),
        ("trail-not-multi-region trail-without-validation trail-without-log-group", "AWS::CloudTrail::Trail",
         "IsLogging: true"),
        ("user-pool-without-mfa", "AWS::Cognito::UserPool", "UserPoolName: a"),
        ("instance-metadata-v1", "AWS::SageMaker::NotebookInstance", "RoleArn: r"),
    ],
)  # fmt: skip
def test_a_macro_in_a_resource(tmp_path: Path, rules: str, kind: str, properties: str) -> None:
    text = "Resources:\n  R:\n    Type: %s\n%s    Properties:\n%s      %s\n"
    assert told(tmp_path, rules, text % (kind, "", "", properties)) == sorted(rules.split())
    assert told(tmp_path, rules, text % (kind, "", f"      {MACRO}\n", properties)) == []
    assert told(tmp_path, rules, text % (kind, f"    {MACRO}\n", "", properties)) == []

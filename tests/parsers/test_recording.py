"""AWS Config as the files declare it: what its rules demand of access keys, what recorders leave out."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs


def told(tmp_path: Path, rule: str, text: str, name: str = "main.tf") -> list[str]:
    """What the rule says."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    known = load_rules().rules
    request = Request(Inputs((str(tmp_path / name),)), [known[rule]], known, "2026-01-01")
    return [finding.message for finding in check(request).findings]


RULE = """
variable "age" {{}}
resource "aws_config_config_rule" "r" {{
  name = "r"
  {}
  source {{
    owner             = "AWS"
    source_identifier = "{}"
  }}
}}
"""
KEYS = "ACCESS_KEYS_ROTATED"


@pytest.mark.parametrize(
    ("parameters", "identifier", "count"),
    [
        ("", KEYS, 0),
        ('input_parameters = jsonencode({ maxAccessKeyAge = "90" })', KEYS, 0),
        ('input_parameters = jsonencode({ maxAccessKeyAge = "91" })', KEYS, 1),
        ("input_parameters = jsonencode({ maxAccessKeyAge = 180 })", KEYS, 1),
        ('input_parameters = "{\\"maxAccessKeyAge\\": \\"365\\"}"', KEYS, 1),
        ('input_parameters = <<E\n{"maxAccessKeyAge": "180"}\nE', KEYS, 1),
        ("input_parameters = jsonencode({ maxAccessKeyAge = var.age })", KEYS, 0),
        ('input_parameters = "{\\"maxAccessKeyAge\\": \\"${var.age}\\"}"', KEYS, 0),
        ("input_parameters = var.age", KEYS, 0),
        ('input_parameters = jsonencode({ maxAccessKeyAge = "365" })', "ROOT_ACCOUNT_MFA_ENABLED", 0),
    ],
)
def test_the_age_of_keys_in_a_module(tmp_path: Path, parameters: str, identifier: str, count: int) -> None:
    assert len(told(tmp_path, "access-key-without-rotation", RULE.format(parameters, identifier))) == count


PACK = """Parameters:
  Age: {Type: String, Default: '365'}
Resources:
  Keys:
    Type: AWS::Config::ConfigRule
    Properties:
      InputParameters: {maxAccessKeyAge: !Ref Age}
      Source: {Owner: AWS, SourceIdentifier: ACCESS_KEYS_ROTATED}
"""


def indented(text: str) -> str:
    return "".join(f"        {line}\n" for line in text.splitlines())


@pytest.mark.parametrize(("given", "count"), [("", 1), ("90", 0), ("120", 1)])
def test_a_pack_of_rules(tmp_path: Path, given: str, count: int) -> None:
    block = (
        f'  input_parameter {{\n    parameter_name = "Age"\n    parameter_value = "{given}"\n  }}\n' if given else ""
    )
    module = f'resource "aws_config_conformance_pack" "p" {{\n{block}  template_body = <<E\n{PACK}E\n}}\n'
    assert len(told(tmp_path, "access-key-without-rotation", module)) == count
    values = f"[{{ParameterName: Age, ParameterValue: '{given}'}}]" if given else "[]"
    properties = f"      ConformancePackInputParameters: {values}\n      TemplateBody: |\n{indented(PACK)}"
    template = f"Resources:\n  Pack:\n    Type: AWS::Config::ConformancePack\n    Properties:\n{properties}"
    assert len(told(tmp_path, "access-key-without-rotation", template, "t.yaml")) == count


def test_a_rule_for_the_organization(tmp_path: Path) -> None:
    metadata = '{RuleIdentifier: ACCESS_KEYS_ROTATED, InputParameters: \'{"maxAccessKeyAge": "180"}\'}'
    properties = f"{{OrganizationManagedRuleMetadata: {metadata}}}"
    template = f"Resources:\n  R: {{Type: AWS::Config::OrganizationConfigRule, Properties: {properties}}}\n"
    assert len(told(tmp_path, "access-key-without-rotation", template, "t.yaml")) == 1


RECORDER = (
    'variable "v" {{}}\nresource "aws_config_configuration_recorder" "r" {{\n  recording_group {{\n    {}\n  }}\n}}\n'
)


@pytest.mark.parametrize(
    ("group", "left_out"),
    [
        ("all_supported = true", "AWS::IAM::User, AWS::IAM::Group, AWS::IAM::Role, AWS::IAM::Policy"),
        ("include_global_resource_types = true", None),
        ("all_supported = false\n    include_global_resource_types = true",
         "AWS::IAM::User, AWS::IAM::Group, AWS::IAM::Role, AWS::IAM::Policy"),
        ('include_global_resource_types = "true"', None),
        ("include_global_resource_types = var.v", None),
        ('all_supported = false\n    resource_types = ["AWS::EC2::Instance"]',
         "AWS::IAM::User, AWS::IAM::Group, AWS::IAM::Role, AWS::IAM::Policy"),
        # What is listed of IAM is recorded; which of it is enough, is for whom lists it to say.
        ('all_supported = false\n    resource_types = ["AWS::IAM::Role", "AWS::IAM::User"]', None),
        ("all_supported = false\n    resource_types = var.v", None),
        ("exclusion_by_resource_types {\n      resource_types = [\"AWS::EC2::Subnet\"]\n    }", None),
    ],
)  # fmt: skip
def test_what_a_recorder_leaves_out(tmp_path: Path, group: str, left_out: str | None) -> None:
    expected = [] if left_out is None else [f"the Config recorder does not record {left_out}"]
    assert told(tmp_path, "iam-left-out-of-config", RECORDER.format(group)) == expected


def test_one_recorder_is_enough_for_iam(tmp_path: Path) -> None:
    one = 'resource "aws_config_configuration_recorder" "main" {\n  recording_group {\n'
    other = 'resource "aws_config_configuration_recorder" "other" {\n}\n'
    assert told(tmp_path, "iam-left-out-of-config", other)
    included = f"{one}    include_global_resource_types = true\n  }}\n}}\n"
    assert told(tmp_path, "iam-left-out-of-config", included + other) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('account_ids = ["111122223333"]\n    regions = ["eu-west-1"]', 1),
        ("all_regions = true", 0),
        ('all_regions = "false"', 1),
        ("all_regions = var.v", 0),
    ],
)
def test_the_regions_of_an_aggregator(tmp_path: Path, source: str, count: int) -> None:
    block = f"  account_aggregation_source {{\n    {source}\n  }}\n"
    text = f'variable "v" {{}}\nresource "aws_config_configuration_aggregator" "a" {{\n{block}}}\n'
    assert len(told(tmp_path, "partial-config-aggregator", text)) == count


@pytest.mark.parametrize(("features", "count"), [("ALL", 0), ("CONSOLIDATED_BILLING", 1), (None, 0)])
def test_the_features_of_an_organization(tmp_path: Path, features: str | None, count: int) -> None:
    argument = f'feature_set = "{features}"' if features else ""
    module = f'resource "aws_organizations_organization" "o" {{ {argument} }}\n'
    assert len(told(tmp_path, "no-service-control-policies", module)) == count

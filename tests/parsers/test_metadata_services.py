"""Who may read instance metadata, where something else than an instance of EC2 says so: through whole files."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs


def told(tmp_path: Path, text: str, name: str = "main.tf", rule: str = "instance-metadata-v1") -> int:
    """How often the rule speaks."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    known = load_rules().rules
    request = Request(Inputs((str(tmp_path / name),)), [known[rule]], known, "2026-01-01")
    return len(check(request).findings)


NOTEBOOK = 'variable "v" {{}}\nresource "aws_sagemaker_notebook_instance" "n" {{\n  role_arn = "r"\n{}\n}}\n'
CONFIGURED = "  instance_metadata_service_configuration {{\n    minimum_instance_metadata_service_version = {}\n  }}"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1),
        (CONFIGURED.format(1), 1),
        (CONFIGURED.format('"1"'), 1),
        (CONFIGURED.format(2), 0),
        (CONFIGURED.format('"2"'), 0),
        (CONFIGURED.format("var.v"), 0),
    ],
)
def test_a_notebook_in_a_module(tmp_path: Path, body: str, count: int) -> None:
    assert told(tmp_path, NOTEBOOK.format(body)) == count


@pytest.mark.parametrize(("configured", "count"), [("", 1), ("1", 1), ("'1'", 1), ("2", 0), ("'2'", 0), ("!Ref V", 0)])
def test_a_notebook_in_a_template(tmp_path: Path, configured: str, count: int) -> None:
    name = "InstanceMetadataServiceConfiguration"
    more = f", {name}: {{MinimumInstanceMetadataServiceVersion: {configured}}}" if configured else ""
    resource = f"{{Type: AWS::SageMaker::NotebookInstance, Properties: {{RoleArn: r{more}}}}}"
    assert told(tmp_path, f"Parameters: {{V: {{Type: String}}}}\nResources:\n  N: {resource}\n", "t.yaml") == count


DEFAULT = 'resource "aws_ec2_instance_metadata_defaults" "d" {{ {} }}\n'
INSTANCE = 'resource "aws_instance" "i" {\n  ami = "ami-1"\n}\n'
OPTIONAL = 'resource "aws_instance" "i" {\n  metadata_options {\n    http_tokens = "optional"\n  }\n}\n'


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (INSTANCE, 1),
        (DEFAULT.format('http_tokens = "required"') + INSTANCE, 0),
        (DEFAULT.format('http_tokens = "required"') + OPTIONAL, 1),
        (DEFAULT.format('http_tokens = "required"') + NOTEBOOK.format(""), 1),
        (DEFAULT.format("http_put_response_hop_limit = 1") + INSTANCE, 1),
        (DEFAULT.format('http_tokens = "optional"'), 1),
        (DEFAULT.format('http_tokens = "no-preference"'), 0),
        ('variable "v" {}\n' + DEFAULT.format("http_tokens = var.v") + INSTANCE, 0),
    ],
)
def test_the_default_of_an_account(tmp_path: Path, text: str, count: int) -> None:
    assert told(tmp_path, text) == count


@pytest.mark.parametrize(("support", "count"), [('  imds_support = "v2.0"\n', 0), ("", 1)])
def test_an_image_of_the_module(tmp_path: Path, support: str, count: int) -> None:
    image = f'resource "aws_ami" "a" {{\n  name = "a"\n{support}}}\n'
    assert told(tmp_path, image + INSTANCE.replace('"ami-1"', "aws_ami.a.id")) == count


@pytest.mark.parametrize(
    ("options", "count"),
    [("", 0), ("{HttpTokens: optional}", 1), ("{HttpTokens: required}", 0), ("{HttpPutResponseHopLimit: 1}", 0)],
)
def test_an_instance_that_builds_images(tmp_path: Path, options: str, count: int) -> None:
    more = f", InstanceMetadataOptions: {options}" if options else ""
    kind = "AWS::ImageBuilder::InfrastructureConfiguration"
    text = f"Resources:\n  B: {{Type: {kind}, Properties: {{InstanceProfileName: p{more}}}}}\n"
    assert told(tmp_path, text, "t.yaml") == count
    block = options.replace("HttpTokens: ", 'http_tokens = "').replace("}", '"}') if "Tokens" in options else "{}"
    resource = 'resource "aws_imagebuilder_infrastructure_configuration" "b" {\n  instance_profile_name = "p"\n'
    assert told(tmp_path, f"{resource}  instance_metadata_options {block}\n}}\n") == count


@pytest.mark.parametrize(("limit", "count"), [("3", 1), ('"3"', 1), ('"1"', 0)])
def test_a_hop_limit_may_be_a_string(tmp_path: Path, limit: str, count: int) -> None:
    options = f"  metadata_options {{\n    http_put_response_hop_limit = {limit}\n  }}\n"
    text = f'resource "aws_launch_configuration" "c" {{\n  image_id = "ami-1"\n{options}}}\n'
    assert told(tmp_path, text, rule="metadata-hop-limit") == count
    properties = f"{{MetadataOptions: {{HttpPutResponseHopLimit: {limit}}}}}"
    template = f"Resources:\n  C: {{Type: AWS::AutoScaling::LaunchConfiguration, Properties: {properties}}}\n"
    assert told(tmp_path, template, "t.yaml", "metadata-hop-limit") == count


LAUNCH = "aws:autoscaling:launchconfiguration"
BEANSTALK = 'variable "v" {{}}\nresource "aws_elastic_beanstalk_{}" "e" {{\n  name = "e"\n{}\n}}\n'
SETTING = '  setting {{\n    namespace = "' + LAUNCH + '"\n    name = "{}"\n    value = {}\n  }}\n'
V1, ROLE = "instance-metadata-v1", "instance-without-role"
VERSION = '  version_label = "7"\n'
DYNAMIC = '  dynamic "setting" {\n    for_each = var.v\n    content {\n      namespace = setting.value.a\n'
DYNAMIC += "      name = setting.value.b\n      value = setting.value.c\n    }\n  }\n"


@pytest.mark.parametrize(
    ("kind", "body", "rule", "count"),
    [
        ("environment", SETTING.format("DisableIMDSv1", '"false"'), V1, 1),
        ("environment", SETTING.format("DisableIMDSv1", "false"), V1, 1),
        ("configuration_template", SETTING.format("DisableIMDSv1", '"False"'), V1, 1),
        ("environment", SETTING.format("DisableIMDSv1", '"true"'), V1, 0),
        ("environment", SETTING.format("DisableIMDSv1", "var.v"), V1, 0),
        ("environment", "", V1, 0),
        ("environment", SETTING.format("InstanceType", '"false"'), V1, 0),
        ("environment", "", ROLE, 1),
        ("environment", SETTING.format("IamInstanceProfile", '"aws-elasticbeanstalk-ec2-role"'), ROLE, 0),
        ("environment", SETTING.format("IamInstanceProfile", "var.v"), ROLE, 0),
        ("environment", SETTING.format("IamInstanceProfile", '""'), ROLE, 1),
        ("environment", DYNAMIC, ROLE, 0),
        ("environment", VERSION, ROLE, 0),
        ("environment", VERSION + SETTING.format("IamInstanceProfile", '""'), ROLE, 1),
        ("environment", '  template_name = "t"\n', ROLE, 0),
        ("configuration_template", "", ROLE, 0),
    ],
)
def test_a_beanstalk_environment_in_a_module(tmp_path: Path, kind: str, body: str, rule: str, count: int) -> None:
    assert told(tmp_path, BEANSTALK.format(kind, body), rule=rule) == count


@pytest.mark.parametrize(
    ("properties", "rule", "count"),
    [
        (f"OptionSettings: [{{Namespace: '{LAUNCH}', OptionName: DisableIMDSv1, Value: 'false'}}]", V1, 1),
        (f"OptionSettings: [{{Namespace: '{LAUNCH}', OptionName: DisableIMDSv1, Value: 'true'}}]", V1, 0),
        (f"OptionSettings: [{{Namespace: '{LAUNCH}', OptionName: DisableIMDSv1, Value: !Ref P}}]", V1, 0),
        ("ApplicationName: a", V1, 0),
        ("ApplicationName: a", ROLE, 1),
        (f"OptionSettings: [{{Namespace: '{LAUNCH}', OptionName: IamInstanceProfile, Value: !Ref P}}]", ROLE, 0),
        ("OptionSettings: !Ref P", ROLE, 0),
        ("OptionSettings: [!Ref P]", ROLE, 0),
        ("VersionLabel: !Ref P", ROLE, 0),
        ("TemplateName: !Ref P", ROLE, 0),
    ],
)
def test_a_beanstalk_environment_in_a_template(tmp_path: Path, properties: str, rule: str, count: int) -> None:
    text = "Parameters:\n  P:\n    Type: String\nResources:\n  E:\n    Type: AWS::ElasticBeanstalk::Environment\n"
    assert told(tmp_path, f"{text}    Properties:\n      {properties}\n", "t.yaml", rule) == count

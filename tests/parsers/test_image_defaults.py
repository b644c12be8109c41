"""What an instance's image says of its metadata options, where the instance does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.model.compute import Instance
from iamlint.parsers.stacks import Inputs, Reading, stacks

AL2023 = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
AL2 = "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2"


def tokens(folder: Path, name: str, text: str) -> list[object]:
    """The HttpTokens of each instance of a file."""
    (folder / name).write_text(text, encoding="utf-8")
    parsed = stacks(Reading(Inputs((str(folder),)), (), folder, None))
    return [it.metadata_tokens.value for stack in parsed for it in stack.things if isinstance(it, Instance)]


@pytest.mark.parametrize(("kept", "expected"), [(AL2023, "required"), (AL2, None)])
@pytest.mark.parametrize("image", ["!Ref Image", "'{{resolve:ssm:KEPT}}'", "resolve:ssm:KEPT"])
def test_an_image_that_a_template_names(tmp_path: Path, image: str, kept: str, expected: str | None) -> None:
    template = """
Parameters:
  Image: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: KEPT}
Resources:
  One:
    Type: AWS::EC2::Instance
    Properties: {ImageId: IMAGE}
  Two:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {ImageId: IMAGE}}
  Three:
    Type: AWS::EC2::Instance
    Properties: {ImageId: IMAGE, MetadataOptions: {HttpTokens: optional}}
"""
    text = template.replace("IMAGE", image).replace("KEPT", kept)
    assert tokens(tmp_path, "t.yaml", text) == [expected, expected, "optional"]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("data.aws_ssm_parameter.new.value", "required"),
        ("data.aws_ssm_parameter.old.value", None),
        ("data.aws_ami.new.id", "required"),
        ("data.aws_ami.either.id", None),
        ("data.aws_ami.none.id", None),
        (f'"resolve:ssm:{AL2023}"', "required"),
        ("var.old ? data.aws_ami.new.id : data.aws_ssm_parameter.old.value", None),
        ("var.image", None),
    ],
)
def test_an_image_that_terraform_looks_up(tmp_path: Path, image: str, expected: str | None) -> None:
    text = f"""
variable "image" {{}}
variable "old" {{ type = bool }}
data "aws_ssm_parameter" "new" {{ name = "{AL2023}" }}
data "aws_ssm_parameter" "old" {{ name = "{AL2}" }}
data "aws_ami" "new" {{
  filter {{
    name   = "architecture"
    values = ["x86_64"]
  }}
  filter {{
    name   = "name"
    values = ["al2023-ami-2023.*-x86_64"]
  }}
}}
data "aws_ami" "either" {{
  filter {{
    name   = "name"
    values = ["al2023-ami-2023.*-x86_64", "amzn2-ami-hvm-*"]
  }}
}}
data "aws_ami" "none" {{ owners = ["self"] }}
resource "aws_instance" "one" {{ ami = {image} }}
resource "aws_launch_template" "two" {{
  image_id = {image}
  metadata_options {{ http_tokens = "optional" }}
}}
"""
    assert tokens(tmp_path, "main.tf", text) == [expected, "optional"]

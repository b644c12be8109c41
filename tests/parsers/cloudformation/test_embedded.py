"""Templates that stand as strings in other files, read as stacks of their own with places in those files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from iamlint.model.policy import Policy
from iamlint.model.stack import Stack
from iamlint.parsers.stacks import Inputs, Reading, stacks

Read = Callable[[str, str], list[Stack]]

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Action: {Type: String, Default: "none:*"}
  Who: {Type: String, Default: somebody}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref Who
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: !Ref Action, Resource: !Sub "arn:aws:s3:::HERE/SUB"}
"""


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    monkeypatch.chdir(tmp_path)

    def make(name: str, text: str) -> list[Stack]:
        (tmp_path / name).write_text(text)
        return list(stacks(Reading(Inputs((".",)))))

    return make


def indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line if line else line for line in text.strip().splitlines())


def policies(found: list[Stack]) -> list[Policy]:
    return [policy for stack in found for policy in stack.policies if policy.kind == "identity"]


def granted(found: list[Stack]) -> list[tuple[str, str]]:
    return [
        (action.shown, resource.shown)
        for policy in policies(found)
        for statement in policy.statements
        for action in statement.actions
        for resource in statement.resources
    ]


def test_a_heredoc_with_interpolations(read: Read) -> None:
    body = TEMPLATE.replace("HERE", "${var.bucket}").replace("SUB", "$${Who}")
    found = read(
        "main.tf",
        'variable "bucket" {}\n'
        'resource "aws_cloudformation_stack" "this" {\n'
        '  parameters = { Action = "s3:GetObject", Who = "ci" }\n'
        f"  template_body = <<-EOT\n{indented(body, 4)}\n  EOT\n"
        "}\n",
    )
    assert granted(found) == [("s3:GetObject", "arn:aws:s3:::${var.bucket}/ci")]
    (policy,) = policies(found)
    assert policy.address == "aws_cloudformation_stack.this/Resources/Role"
    assert policy.holders[0].label == "ci"
    statement = policy.statements[0]
    assert statement.place.span.line == 18
    assert statement.actions[0].place.span[:3] == ("main.tf", 3, 27)
    assert statement.resources[0].place.span.line == 18


def test_what_is_interpolated_alone_is_unknown(read: Read) -> None:
    found = read(
        "main.tf",
        'variable "action" {}\n'
        'resource "aws_cloudformation_stack_set" "this" {\n'
        f"  template_body = <<-EOT\n{indented(TEMPLATE.replace('!Ref Action', '${var.action}'), 4)}\n  EOT\n"
        "}\n",
    )
    assert granted(found) == [("${var.action}", "arn:aws:s3:::HERE/SUB")]


@pytest.mark.parametrize("function", ["jsonencode", "yamlencode"])
def test_an_object_that_is_encoded(read: Read, function: str) -> None:
    document = '{ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "arn:aws:s3:::${var.bucket}" }] }'
    found = read(
        "main.tf",
        'variable "bucket" {}\n'
        'resource "aws_cloudformation_stack" "this" {\n'
        f"  template_body = {function}({{ Resources = {{ Role = {{\n"
        '    Type = "AWS::IAM::Role"\n'
        f'    Properties = {{ Policies = [{{ PolicyName = "p", PolicyDocument = {document} }}] }}\n'
        "  } } })\n"
        "}\n",
    )
    assert granted(found) == [("s3:*", "arn:aws:s3:::${var.bucket}")]
    assert policies(found)[0].statements[0].actions[0].place.span.line == 5


@pytest.mark.parametrize("call", ['file("${path.module}/t.yaml")', 'templatefile("${path.module}/t.yaml", {})'])
def test_a_file_is_read_in_its_place(read: Read, tmp_path: Path, call: str) -> None:
    (tmp_path / "t.yaml").write_text(TEMPLATE.lstrip())
    found = read(
        "main.tf",
        'resource "aws_cloudformation_stack" "this" {\n'
        f'  template_body = {call}\n  parameters = {{ Action = "s3:GetObject" }}\n}}\n',
    )
    by_stack = {policy.address: policy for policy in policies(found)}
    policy = by_stack["aws_cloudformation_stack.this/Resources/Role"]
    assert policy.statements[0].actions[0].shown == "s3:GetObject"
    assert policy.statements[0].place.span[:2] == ("t.yaml", 14)


def test_a_stack_set_with_a_template_in_it(read: Read) -> None:
    found = read(
        "set.yaml",
        "Resources:\n"
        "  Set:\n"
        "    Type: AWS::CloudFormation::StackSet\n"
        "    Properties:\n"
        "      Parameters: [{ParameterKey: Action, ParameterValue: 's3:GetObject'}]\n"
        f"      TemplateBody: |\n{indented(TEMPLATE, 8)}\n",
    )
    assert granted(found) == [("s3:GetObject", "arn:aws:s3:::HERE/SUB")]
    assert policies(found)[0].address == "Resources/Set/Resources/Role"
    assert policies(found)[0].statements[0].place.span.line == 20


def test_a_template_in_a_manifest(read: Read) -> None:
    found = read(
        "manifest.yaml",
        "apiVersion: v1\n"
        "kind: ConfigMap\n"
        "data:\n"
        "  note: about Resources and AWS::IAM::Role\n"
        f"  stack.yaml: |\n{indented(TEMPLATE, 4)}\n",
    )
    assert granted(found) == [("none:*", "arn:aws:s3:::HERE/SUB")]
    assert policies(found)[0].address == "data/stack.yaml/Resources/Role"
    assert policies(found)[0].statements[0].place.span[:2] == ("manifest.yaml", 19)


@pytest.mark.parametrize(("name", "count"), [("values.yaml", 1), ("values-prod.yml", 1), ("house-rule.yaml", 0)])
def test_a_template_in_the_values_of_a_chart(read: Read, name: str, count: int) -> None:
    assert len(policies(read(name, f"stacks:\n  - body: |\n{indented(TEMPLATE, 8)}\n"))) == count


def test_a_string_that_is_no_template_is_nothing(read: Read) -> None:
    text = "AWSTemplateFormatVersion: x\ndata:\n  a: |\n    Resources of AWS::IAM::Role\n    [\n"
    assert read("values.yaml", text) == []


def test_a_template_that_cannot_be_read_is_counted(read: Read) -> None:
    (stack,) = read("main.tf", 'resource "aws_cloudformation_stack" "this" {\n  template_body = "Resources: ["\n}\n')
    assert [(u.reason, u.count) for u in stack.unresolved] == [("a template that is not read", 1)]


def test_a_secret_in_an_embedded_template_is_told_once(read: Read) -> None:
    found = read(
        "main.tf",
        'resource "aws_cloudformation_stack" "this" {\n  template_body = <<-EOT\n'
        + dedent(
            """
            Resources:
              D:
                Type: AWS::RDS::DBInstance
                Properties: {MasterUserPassword: Tr0ub4dor-and-3}
            """
        )
        + "  EOT\n}\n",
    )
    secrets = [thing for stack in found for thing in stack.of_kind("secret")]
    assert [(getattr(s, "context", ""), s.place.span.line) for s in secrets] == [("password property", 7)]

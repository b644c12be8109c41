"""What is given to a module that is not at hand is checked as what it plainly is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamlint.model.identity import Attachment
from iamlint.model.policy import Policy
from iamlint.model.stack import Stack

Made = Callable[..., Stack]
DOCUMENT = '{ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] }'
IN_JSON = '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
ONE = '{ effect = "Allow", actions = ["s3:*"], resources = ["*"] }'
LAMBDA = "terraform-aws-modules/lambda/aws"
IAM = "terraform-aws-modules/iam/aws//modules"
S3_ALL = ("Allow", ["s3:*"], ["*"])


def statements(policy: Policy) -> list[tuple[str, list[str], list[str]]]:
    return [(str(s.effect), [str(a) for a in s.actions], [str(r) for r in s.resources]) for s in policy.statements]


def called(source: str, inputs: str, context: str = "") -> str:
    return f'{context}\nmodule "m" {{\n  source = "{source}"\n{inputs}\n}}\n'


@pytest.mark.parametrize(
    ("source", "inputs", "kind", "element"),
    [
        (f"{IAM}/iam-policy", f"policy = jsonencode({DOCUMENT})", "unattached", "policy"),
        (f"{IAM}/iam-policy", f"policy = <<E\n{IN_JSON}\nE", "unattached", "policy"),
        ("cloudposse/iam-role/aws", f"policy_documents = [jsonencode({DOCUMENT})]", "unattached", "policy_documents"),
        ("cloudposse/iam-policy/aws", f"iam_policy = [{{\nstatements = [{ONE}] }}]", "unattached",
         "iam_policy/statements"),
        (LAMBDA, f"policy_statements = {{\nx = {ONE} }}", "unattached", "policy_statements"),
        (LAMBDA, f"policy_json = jsonencode({DOCUMENT})", "unattached", "policy_json"),
        (LAMBDA, f"policy_jsons = [jsonencode({DOCUMENT})]", "unattached", "policy_jsons"),
        ("terraform-aws-modules/s3-bucket/aws", f"policy = jsonencode({DOCUMENT})", "resource", "policy"),
        ("git::https://github.com/terraform-aws-modules/terraform-aws-sqs.git?ref=v4",
         f"queue_policy_statements = {{\nx = {ONE} }}", "resource", "queue_policy_statements"),
        ("terraform-aws-modules/kms/aws", f"key_statements = [{ONE}]", "resource", "key_statements"),
        (f"{IAM}/iam-role", f"trust_policy_permissions = {{\nx = {ONE} }}", "trust", "trust_policy_permissions"),
        (f"{IAM}/iam-role", f"inline_policy_permissions = {{\nx = {ONE} }}", "unattached",
         "inline_policy_permissions"),
        (f"{IAM}/iam-assumable-role", f"custom_role_trust_policy = jsonencode({DOCUMENT})", "trust",
         "custom_role_trust_policy"),
        ("terraform-aws-modules/ecs/aws", f"services = {{\na = {{\ntasks_iam_role_statements = [{ONE}] }} }}",
         "unattached", "services/a/tasks_iam_role_statements"),
    ],
)  # fmt: skip
def test_documents_and_statements(stack: Made, source: str, inputs: str, kind: str, element: str) -> None:
    (policy,) = stack(called(source, inputs)).policies
    assert statements(policy) == [S3_ALL]
    assert (policy.kind, policy.element, policy.address) == (kind, element, "module.m")
    assert policy.statements[0].actions[0].place.written == ('"s3:*"')
    assert policy.place.written == 'module "m"'


@pytest.mark.parametrize(
    ("inputs", "holder"),
    [
        ('role_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]', "role"),
        ('role_policy_arns = { x = "arn:aws:iam::aws:policy/AdministratorAccess" }', "role"),
        ('policies = { x = "arn:aws:iam::aws:policy/AdministratorAccess" }', "role"),
        ('custom_group_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]', "group"),
        ('groups = { d = {\niam_role_additional_policies = { a = "arn:aws:iam::aws:policy/AdministratorAccess" } } }',
         "role"),
    ],
)  # fmt: skip
def test_managed_policies(stack: Made, inputs: str, holder: str) -> None:
    (attachment,) = stack(called(f"{IAM}/iam-role", inputs)).of_kind("attachment")
    assert isinstance(attachment, Attachment)
    assert (attachment.policy_name, attachment.holder_kind) == ("AdministratorAccess", holder)
    assert attachment.holder_label == f"{holder} module.m"


def test_a_policy_of_this_stack_goes_to_the_module(stack: Made) -> None:
    context = f'resource "aws_iam_policy" "p" {{\n  name = "p"\n  policy = jsonencode({DOCUMENT})\n}}\n'
    (policy,) = stack(called(f"{IAM}/iam-role", "policies = { p = aws_iam_policy.p.arn }", context)).policies
    assert policy.holder == "role module.m"


@pytest.mark.parametrize(
    "inputs",
    [
        f"create = false\npolicy = jsonencode({DOCUMENT})",
        f"count = 0\npolicy = jsonencode({DOCUMENT})",
        'permissions_boundary_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"',
        'alarms = { a = { actions = ["arn:aws:sns:::x"], sid = "x" } }',
        'tags = { Statement = "x" }',
        "policy = null",
        'policy_name = "p"',
        'settings = <<E\n{"Logging": {"EnableLogging": true}, "Tuning": {"StatementCacheSize": 50}}\nE',
        'note = <<E\n{"title": "the statement of 2024"}\nE',
    ],
)  # fmt: skip
def test_what_is_not_a_policy_is_none(stack: Made, inputs: str) -> None:
    assert stack(called(f"{IAM}/iam-role", inputs)).things == ()


def test_each_instance_of_the_call(stack: Made) -> None:
    made = stack(called("far/away/aws", f'for_each = toset(["a", "b"])\npolicy = jsonencode({DOCUMENT})'))
    assert [policy.address for policy in made.policies] == ['module.m["a"]', 'module.m["b"]']


def test_a_document_of_this_stack_is_found_at_its_literal(stack: Made) -> None:
    context = 'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["s3:*"]\n  }\n}\n'
    (policy,) = stack(called("far/away/aws", "policy = data.aws_iam_policy_document.d.json", context)).policies
    assert policy.statements[0].actions[0].place.written == '"s3:*"'
    assert policy.via[0].message == "used as the policy of module.m"


def test_principals_and_conditions_of_objects(stack: Made) -> None:
    inputs = """
      policy_statements = [{
        sid           = "Publish"
        actions       = ["sns:Publish"]
        principals    = [{ type = "Service", identifiers = ["events.amazonaws.com"] }]
        conditions    = [{ test = "StringEquals", variable = "aws:SourceAccount", values = ["111122223333"] }]
      }]
      other_statements = {
        a = {
          actions    = ["sns:Publish"]
          principals = { AWS = ["*"] }
          condition  = { c = { test = "StringLike", variable = "aws:username", values = ["&{aws:x}"] } }
        }
      }
    """
    shown: list[Any] = []
    for policy in stack(called("terraform-aws-modules/sns/aws", inputs)).policies:
        (statement,) = policy.statements
        (condition,) = statement.conditions
        principals = [(p.kind, str(p.name)) for p in statement.principals]
        shown.append((principals, str(condition.operator), str(condition.key), [str(v) for v in condition.values]))
    assert shown == [
        ([("service", "events.amazonaws.com")], "StringEquals", "aws:SourceAccount", ["111122223333"]),
        ([("anyone", "*")], "StringLike", "aws:username", ["${aws:x}"]),
    ]


def test_what_is_not_known_of_the_inputs_is_counted(stack: Made) -> None:
    made = stack(called("far/away/aws", "policy = var.p\nname = var.n", 'variable "p" {}\nvariable "n" {}\n'))
    assert [(u.reason, u.count) for u in made.unresolved] == [("a variable without a default", 1)]


def test_a_module_of_a_service_names_the_resource_where_its_statements_do_not(stack: Made) -> None:
    named = 'principals = [{ type = "Service", identifiers = ["events.amazonaws.com"] }]'
    inputs = f'queue_policy_statements = {{\na = {{\nactions = ["sqs:SendMessage"]\n{named}\n}} }}'
    (policy,) = stack(called("terraform-aws-modules/sqs/aws", inputs)).policies
    (statement,) = policy.statements
    assert [resource.is_known for resource in statement.resources] == [False]
    assert [flaw.code for flaw in policy.flaws] == ["confused-deputy"]

"""Each resource type becomes the thing of the model that it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamlint.model.account import PasswordPolicy, Trail
from iamlint.model.compute import Instance
from iamlint.model.identity import AccessKey, Attachment, InstanceProfile, LoginProfile, Role, User
from iamlint.model.secret import Output, Secret
from iamlint.model.stack import Stack
from iamlint.parsers.terraform.resources import RESOURCE_POLICIES

Made = Callable[..., Stack]
DOCUMENT = 'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*" }] })'


def only(stack: Stack, kind: str) -> Any:
    (thing,) = stack.of_kind(kind)
    return thing


@pytest.mark.parametrize("kind", sorted(RESOURCE_POLICIES))
def test_resource_policies(stack: Made, kind: str) -> None:
    (name, service), *_ = RESOURCE_POLICIES[kind]
    made = stack(f'resource "{kind}" "r" {{\n  {name} = {DOCUMENT}\n}}\n')
    policy = only(made, "policy")
    assert (policy.kind, policy.service, policy.holder) == ("resource", service, f"{kind}.r")
    assert str(policy.statements[0].actions[0]) == "s3:*"


@pytest.mark.parametrize(
    ("kind", "holder", "document", "expected"),
    [
        ("aws_iam_role_policy", "role", "policy", "role app"),
        ("aws_iam_user_policy", "user", "policy", "user app"),
        ("aws_iam_group_policy", "group", "policy", "group app"),
        ("aws_ssoadmin_permission_set_inline_policy", "permission_set_arn", "inline_policy", "permission set app"),
    ],
)
def test_inline_policies(stack: Made, kind: str, holder: str, document: str, expected: str) -> None:
    made = stack(f'resource "{kind}" "p" {{\n  {holder} = "app"\n  {document} = {DOCUMENT}\n}}\n')
    policy = only(made, "policy")
    assert (policy.kind, policy.attachment, policy.holder) == ("identity", "inline", expected)


def test_a_role_with_everything(stack: Made) -> None:
    made = stack(f"""
    resource "aws_iam_role" "r" {{
      name_prefix          = "app-"
      assume_role_policy   = {DOCUMENT}
      permissions_boundary = aws_iam_policy.b.arn
      managed_policy_arns  = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
      max_session_duration = 7200
      inline_policy {{
        name   = "in"
        policy = {DOCUMENT}
      }}
    }}
    resource "aws_iam_role_policy" "more" {{
      role   = aws_iam_role.r.id
      policy = {DOCUMENT}
    }}
    resource "aws_iam_policy" "b" {{
      policy = {DOCUMENT}
    }}
    """)
    role = only(made, "role")
    assert isinstance(role, Role)
    assert role.trust is not None
    assert [policy.name for policy in role.policies] == ["in", ""]
    assert [attachment.policy_name for attachment in role.attachments] == ["ReadOnlyAccess"]
    assert role.boundary is not None
    assert role.max_session is not None
    assert role.max_session.value == 7200
    assert [policy.kind for policy in made.policies] == ["trust", "identity", "identity", "boundary"]


def test_attachments_find_holders_and_policies(stack: Made) -> None:
    made = stack(f"""
    resource "aws_iam_user" "u" {{ name = "ann" }}
    resource "aws_iam_policy" "p" {{
      name   = "own"
      policy = {DOCUMENT}
    }}
    resource "aws_iam_user_policy_attachment" "a" {{
      user       = aws_iam_user.u.name
      policy_arn = aws_iam_policy.p.arn
    }}
    resource "aws_iam_policy_attachment" "e" {{
      users      = [aws_iam_user.u.name]
      roles      = ["other"]
      policy_arn = "arn:${{data.aws_partition.current.partition}}:iam::aws:policy/AdministratorAccess"
    }}
    data "aws_partition" "current" {{}}
    """)
    user = only(made, "user")
    assert isinstance(user, User)
    assert [(a.policy_name, a.exclusive) for a in user.attachments] == [("", False), ("AdministratorAccess", True)]
    assert next(made.policies).holder == "user ann"
    assert [a.holder for a in made.of_kind("attachment") if isinstance(a, Attachment)] == ["ann", "ann", "other"]


def test_groups_of_users(stack: Made) -> None:
    made = stack(f"""
    resource "aws_iam_user" "u" {{ name = "ann" }}
    resource "aws_iam_group" "g" {{ name = "devs" }}
    resource "aws_iam_group_membership" "m" {{
      name  = "m"
      group = aws_iam_group.g.name
      users = [aws_iam_user.u.name]
    }}
    resource "aws_iam_group_policy" "p" {{
      group  = aws_iam_group.g.name
      policy = {DOCUMENT}
    }}
    """)
    user = only(made, "user")
    assert isinstance(user, User)
    assert user.groups == ("aws_iam_group.g",)
    assert len(user.group_policies) == 1


def test_access_keys_and_logins(stack: Made) -> None:
    made = stack("""
    resource "aws_iam_user" "u" { name = "ann" }
    resource "aws_iam_access_key" "plain" { user = aws_iam_user.u.name }
    resource "time_rotating" "t" { rotation_days = 30 }
    resource "aws_iam_access_key" "turned" {
      user    = aws_iam_user.u.name
      pgp_key = "keybase:ann"
      status  = "Inactive"
      lifecycle {
        replace_triggered_by = [time_rotating.t]
      }
    }
    resource "aws_iam_user_login_profile" "l" { user = aws_iam_user.u.name }
    output "secret" { value = aws_iam_access_key.plain.secret }
    output "safe" { value = aws_iam_access_key.turned.encrypted_secret }
    """)
    first, second = made.of_kind("access_key")
    assert isinstance(first, AccessKey)
    assert isinstance(second, AccessKey)
    assert first.rotation.is_absent
    assert first.kept_in_state
    assert (first.status.value, first.user_label) == ("Active", "ann")
    assert not second.rotation.is_absent
    assert not second.kept_in_state
    assert second.status.value == "Inactive"
    login = only(made, "login_profile")
    assert isinstance(login, LoginProfile)
    assert login.reset_required.value is False
    assert login.has_access_key
    output = only(made, "output")
    assert isinstance(output, Output)
    assert (output.name, output.carries, output.sensitive.value) == ("secret", "the secret of an access key", False)


def test_account_settings_with_the_defaults_of_the_provider(stack: Made) -> None:
    made = stack("""
    resource "aws_iam_account_password_policy" "p" { require_numbers = true }
    resource "aws_cloudtrail" "t" { is_multi_region_trail = "true" }
    """)
    passwords = only(made, "password_policy")
    assert isinstance(passwords, PasswordPolicy)
    assert (passwords.minimum_length.value, passwords.max_age.value, passwords.allow_change.value) == (6, 0, True)
    assert (passwords.require_numbers.value, passwords.require_symbols.value) == (True, False)
    assert passwords.reuse_prevention.is_absent
    trail = only(made, "trail")
    assert isinstance(trail, Trail)
    assert (trail.multi_region.value, trail.validation.value, trail.logging.value) == (True, False, True)


def test_instances(stack: Made) -> None:
    made = stack("""
    resource "aws_instance" "i" {
      iam_instance_profile = aws_iam_instance_profile.p.name
      metadata_options { http_tokens = "required" }
    }
    resource "aws_instance" "from" {
      launch_template { id = aws_launch_template.t.id }
    }
    resource "aws_launch_template" "t" {
      iam_instance_profile { arn = "arn:aws:iam::1:instance-profile/x" }
    }
    resource "aws_iam_instance_profile" "p" { role = "app" }
    """)
    plain, templated, template = made.of_kind("instance")
    assert isinstance(plain, Instance)
    assert isinstance(templated, Instance)
    assert isinstance(template, Instance)
    assert not plain.profile.is_absent
    assert plain.metadata_tokens.value == "required"
    assert templated.profile.is_absent
    assert templated.comes_from_template
    assert (template.kind, template.profile.value) == ("launch template", "arn:aws:iam::1:instance-profile/x")
    profile = only(made, "instance_profile")
    assert isinstance(profile, InstanceProfile)
    assert str(profile.role) == "app"


def test_lambda_permission_is_a_statement(stack: Made) -> None:
    made = stack("""
    resource "aws_lambda_permission" "p" {
      function_name = "f"
      action        = "lambda:InvokeFunction"
      principal     = "s3.amazonaws.com"
      source_arn    = "arn:aws:s3:::b"
    }
    """)
    policy = only(made, "policy")
    (statement,) = policy.statements
    assert (statement.principals[0].kind, str(statement.principals[0])) == ("service", "s3.amazonaws.com")
    (condition,) = statement.conditions
    assert (str(condition.operator), str(condition.key)) == ("ArnLike", "AWS:SourceArn")
    assert statement.actions[0].place.written == '"lambda:InvokeFunction"'


@pytest.mark.parametrize(
    ("argument", "kinds"),
    [
        ("", ["scp"]),
        ('type = "SERVICE_CONTROL_POLICY"', ["scp"]),
        ('type = "RESOURCE_CONTROL_POLICY"', ["rcp"]),
        ('type = "TAG_POLICY"', []),
    ],
)
def test_organization_policies_by_type(stack: Made, argument: str, kinds: list[str]) -> None:
    made = stack(f'resource "aws_organizations_policy" "p" {{\n  {argument}\n  content = {DOCUMENT}\n}}\n')
    assert [policy.kind for policy in made.policies] == kinds


def test_what_only_looks_like_iam_is_left_alone(stack: Made) -> None:
    made = stack(f"""
    resource "aws_ecr_lifecycle_policy" "p" {{ policy = {DOCUMENT} }}
    resource "aws_sqs_queue" "q" {{ redrive_policy = {DOCUMENT} }}
    resource "aws_cloudwatch_log_data_protection_policy" "p" {{ policy_document = {DOCUMENT} }}
    """)
    assert made.things == ()


KEY = "AKIA" + "QPLBV7SWZR4DTMJC"
SECRET = "tX9cJ4bN7mQ2wE8rT5yU1iO6pA3sD0fGhKjLzVnM"


def secrets(stack: Stack, context: str) -> list[tuple[str, str]]:
    return [
        (s.kind, s.place.written) for s in stack.of_kind("secret") if isinstance(s, Secret) and s.context == context
    ]


def test_static_credentials_of_a_provider(stack: Made) -> None:
    made = stack(f"""
    variable "secret" {{ default = "{SECRET}" }}
    provider "aws" {{
      access_key = "{KEY}"
      secret_key = var.secret
      token      = ""
    }}
    terraform {{
      backend "s3" {{
        access_key = "{KEY}"
      }}
    }}
    """)
    assert secrets(made, "provider") == [
        ("access key id", f'"{KEY}"'), ("secret access key", f'"{SECRET}"'), ("access key id", f'"{KEY}"'),
    ]  # fmt: skip
    assert not any(SECRET in repr(thing.hint) for thing in made.of_kind("secret") if isinstance(thing, Secret))


def test_placeholders_and_references_are_no_credentials(stack: Made) -> None:
    made = stack("""
    variable "secret" {}
    provider "aws" {
      access_key = "mock_access_key_changeme"
      secret_key = var.secret
    }
    resource "random_password" "p" { length = 16 }
    resource "aws_db_instance" "a" { password = random_password.p.result }
    resource "aws_db_instance" "b" { password = "" }
    resource "aws_db_instance" "c" { password = var.secret }
    """)
    assert made.of_kind("secret") == ()


def test_credentials_in_user_data_and_environments(stack: Made) -> None:
    made = stack(f"""
    resource "aws_instance" "i" {{
      user_data = <<-EOF
        #!/bin/bash
        export AWS_ACCESS_KEY_ID={KEY}
      EOF
    }}
    resource "aws_lambda_function" "f" {{
      environment {{
        variables = {{
          AWS_SECRET_ACCESS_KEY = "{SECRET}"
          STAGE                 = "prod"
        }}
      }}
    }}
    resource "aws_ecs_task_definition" "t" {{
      container_definitions = jsonencode([{{ environment = [{{ name = "DB_PASSWORD", value = "Tr0ub4dor-and-3" }}] }}])
    }}
    """)
    assert secrets(made, "user data") == [("access key id", KEY)]
    assert secrets(made, "environment") == [("secret access key", f'"{SECRET}"'), ("password", '"Tr0ub4dor-and-3"')]


def test_passwords_through_a_default(stack: Made) -> None:
    made = stack("""
    variable "password" { default = "Tr0ub4dor-and-3" }
    resource "aws_rds_cluster" "c" { master_password = var.password }
    resource "aws_mq_broker" "b" {
      user {
        password = "Another-0ne-here"
      }
    }
    """)
    assert secrets(made, "password property") == [
        ("password", '"Tr0ub4dor-and-3"'), ("password", '"Another-0ne-here"'),
    ]  # fmt: skip


def test_arns_of_known_types_have_their_shape(stack: Made) -> None:
    made = stack("""
    resource "aws_s3_bucket" "named" { bucket = "data" }
    resource "aws_s3_bucket" "other" {}
    resource "aws_iam_policy" "p" {
      policy = jsonencode({ Statement = [{
        Effect = "Allow", Action = "s3:*"
        Resource = ["${aws_s3_bucket.named.arn}/*", aws_s3_bucket.other.arn, "arn:aws:s3:::${aws_s3_bucket.named.id}"]
      }] })
    }
    """)
    (policy,) = made.policies
    partition = "${data.aws_partition.current.partition}"
    assert [str(resource) for resource in policy.statements[0].resources] == [
        f"arn:{partition}:s3:::data/*",
        f"arn:{partition}:s3:::${{aws_s3_bucket.other.arn}}",
        "arn:aws:s3:::data",
    ]


def test_a_name_that_is_null_is_made_up_by_the_provider_and_still_links(stack: Made) -> None:
    made = stack("""
        variable "use_prefix" { default = true }
        resource "aws_iam_role" "app" {
          count              = 1
          name               = var.use_prefix ? null : "app"
          name_prefix        = var.use_prefix ? "app-" : null
          assume_role_policy = "{}"
        }
        resource "aws_iam_role_policy" "app" {
          role   = aws_iam_role.app[0].name
          policy = jsonencode({ Statement = [] })
        }
        resource "aws_iam_role_policy_attachment" "app" {
          role       = one(aws_iam_role.app[*].name)
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }
    """)
    role = only(made, "role")
    assert [policy.holder for policy in role.policies] == ["role aws_iam_role.app[0]"]
    assert [attachment.holder_label for attachment in role.attachments] == ["role aws_iam_role.app[0]"]

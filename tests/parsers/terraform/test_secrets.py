"""Where Terraform code puts credentials, and what of it is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iamlint.model.secret import Secret
from iamlint.model.stack import Stack

Made = Callable[..., Stack]
WORD = "Tr0ub4dor-and-3"


def told(stack: Stack, *contexts: str) -> list[tuple[str, str, str]]:
    return [
        (s.context, s.owner, s.place.written.strip('"'))
        for s in stack.of_kind("secret")
        if isinstance(s, Secret) and (not contexts or s.context in contexts)
    ]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("aws_db_instance", f'password_wo = "{WORD}"'),
        ("aws_opensearch_domain",
         f'advanced_security_options {{\n master_user_options {{\n master_user_password = "{WORD}"\n }}\n}}'),
        ("aws_cognito_identity_provider", f'provider_details = {{ client_id = "a", client_secret = "{WORD}" }}'),
        ("aws_cloudwatch_event_connection", f'auth_parameters {{\n api_key {{\n key = "k"\n value = "{WORD}"\n }}\n}}'),
        ("aws_glue_connection", f'connection_properties = {{ USERNAME = "a", PASSWORD = "{WORD}" }}'),
        ("aws_memorydb_user", f'authentication_mode {{\n type = "password"\n passwords = ["{WORD}"]\n}}'),
        ("aws_codebuild_source_credential", f'token = "{WORD}"'),
        ("aws_vpn_connection", f'tunnel1_preshared_key = "{WORD}"'),
        ("aws_lb_listener", f'default_action {{\n authenticate_oidc {{\n client_secret = "{WORD}"\n }}\n}}'),
        ("aws_secretsmanager_secret_version", f'secret_string = jsonencode({{ user = "a", password = "{WORD}" }})'),
        ("aws_ssm_parameter", f'name = "/db/password"\nvalue = "{WORD}"'),
    ],
)  # fmt: skip
def test_arguments_that_take_a_password(stack: Made, kind: str, body: str) -> None:
    made = stack(f'resource "{kind}" "r" {{\n{body}\n}}\n')
    assert told(made, "password property") == [("password property", f"{kind}.r", WORD)]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("aws_db_instance", 'password = "<password>"'),
        ("aws_db_instance", 'password = "${random_password.p.result}"'),
        ("aws_secretsmanager_secret_version", 'secret_string = "changeme"'),
        ("aws_secretsmanager_secret_version", 'secret_string = jsonencode({ username = "administrator" })'),
        ("aws_ssm_parameter", 'name = "/app/stage"\nvalue = "Production1"'),
        ("aws_ssm_parameter", 'name = "/db/password"\nvalue = "dummy"'),
    ],
)
def test_arguments_that_give_nothing_away(stack: Made, kind: str, body: str) -> None:
    assert told(stack(f'resource "{kind}" "r" {{\n{body}\n}}\n')) == []


def test_a_literal_default_password_is_one(stack: Made) -> None:
    made = stack('resource "aws_db_instance" "r" {\n  password = "changeme"\n}\n')
    assert told(made) == [("password property", "aws_db_instance.r", "changeme")]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("aws_batch_job_definition",
         f'container_properties = jsonencode({{ environment = [{{ name = "DB_PASSWORD", value = "{WORD}" }}] }})'),
        ("aws_batch_job_definition",
         ("node_properties = jsonencode({ nodeRangeProperties = [{ container = { "
         f'environment = [{{ name = "DB_PASSWORD", value = "{WORD}" }}] }} }}] }})')),
        ("aws_sfn_state_machine",
         ('definition = jsonencode({ States = { A = { Parameters = { Overrides = { ContainerOverrides = [{ '
         f'Environment = [{{ Name = "DB_PASSWORD", Value = "{WORD}" }}] }}] }} }} }} }} }})')),
        ("aws_synthetics_canary", f'run_config {{\n environment_variables = {{ DB_PASSWORD = "{WORD}" }}\n}}'),
        ("aws_sagemaker_model", f'container {{\n environment = {{ DB_PASSWORD = "{WORD}" }}\n}}'),
        ("aws_glue_job", f'default_arguments = {{ "--db-password" = "{WORD}" }}'),
        ("aws_apigatewayv2_stage", f'stage_variables = {{ db_password = "{WORD}" }}'),
        ("aws_codebuild_project",
         f'environment {{\n environment_variable {{\n name = "DB_PASSWORD"\n value = "{WORD}"\n }}\n}}'),
        ("aws_codepipeline",
         ("stage {\n action {\n configuration = { EnvironmentVariables = jsonencode(["
         f'{{ name = "DB_PASSWORD", value = "{WORD}" }}]) }}\n }}\n}}')),
    ],
)  # fmt: skip
def test_environments(stack: Made, kind: str, body: str) -> None:
    made = stack(f'resource "{kind}" "r" {{\n{body}\n}}\n')
    assert told(made, "environment") == [("environment", f"{kind}.r", WORD)]


def test_what_a_build_takes_from_a_store_is_no_password(stack: Made) -> None:
    made = stack("""
    resource "aws_codebuild_project" "r" {
      environment {
        environment_variable {
          name  = "DB_PASSWORD"
          value = "Stored-there-1"
          type  = "SECRETS_MANAGER"
        }
      }
    }
    """)
    assert told(made) == []


def test_user_data_is_read_as_a_script_with_its_holes(stack: Made) -> None:
    made = stack(f"""
    variable "other" {{}}
    resource "aws_launch_template" "t" {{
      user_data = base64encode(<<-EOF
        export DB_PASSWORD={WORD}
        export OTHER_PASSWORD=${{var.other}}
      EOF
      )
    }}
    data "cloudinit_config" "c" {{
      part {{
        content = "mysql -u root -p{WORD}"
      }}
    }}
    """)
    assert sorted(told(made)) == [
        ("user data", "aws_launch_template.t", WORD), ("user data", "data.cloudinit_config.c", WORD),
    ]  # fmt: skip


def test_a_variable_in_user_data_is_told_where_its_default_is(stack: Made) -> None:
    made = stack(f"""
    variable "word" {{ default = "{WORD}" }}
    resource "aws_instance" "i" {{ user_data = "mysql -p${{var.word}} app" }}
    """)
    assert told(made) == [("user data", "aws_instance.i", WORD)]


def test_literals_under_the_name_of_a_credential(stack: Made) -> None:
    made = stack(f"""
    locals {{
      db_password   = "{WORD}"
      secret_name   = "prod/db"
      other         = {{ api_token = "q8Zr2kV7mX4pT9wL", stage = "prod" }}
      # db_password = "An-earlier-one-1"
    }}
    module "db" {{
      source   = "terraform-aws-modules/rds/aws"
      password = "Another-1-of-them"
    }}
    variable "admin_password" {{ default = "changeme" }}
    variable "api_token" {{ default = "changeme" }}
    """)
    assert [written for _, _, written in told(made, "text")] == [
        WORD, "q8Zr2kV7mX4pT9wL", "Another-1-of-them", "changeme",
    ]  # fmt: skip


def test_credentials_of_other_providers_and_backends(stack: Made) -> None:
    made = stack(f"""
    provider "datadog" {{ api_key = "5f2c9e7ab01d4386be72c1f09a8d3e64" }}
    provider "aws" {{
      access_key = "mock_access_key"
      secret_key = "mock_secret_key"
    }}
    terraform {{
      backend "http" {{ password = "{WORD}" }}
      cloud {{ token = "q8Zr2kV7mX4pT9wL" }}
    }}
    """)
    assert [(owner, written) for _, owner, written in told(made, "provider")] == [
        ("provider.datadog", "5f2c9e7ab01d4386be72c1f09a8d3e64"),
        ("terraform.backend.http", WORD),
        ("terraform.cloud", "q8Zr2kV7mX4pT9wL"),
    ]

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
        ("aws_ssm_parameter", f'name = "/${{var.stage}}/db/password"\nvalue = "{WORD}"'),
        ("aws_ssm_parameter", f'name = var.unknown\ntype = "SecureString"\nvalue = "{WORD}"'),
        ("aws_secretsmanager_secret_version",
         f'secret_string = "{WORD}"\nlifecycle {{\n  ignore_changes = [secret_string]\n}}'),
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
        ("aws_ssm_parameter", 'name = "/${var.stage}/db/parameter-group-name"\ntype = "String"\nvalue = "db-group"'),
        ("aws_ssm_parameter", 'name = var.unknown\ntype = "String"\nvalue = "db-group-1"'),
        ("aws_secretsmanager_secret_version", 'secret_string = "alerts@acme.test"'),
        (
            "aws_secretsmanager_secret_version",
            'secret_string = "to-come"\nlifecycle {\n  ignore_changes = [secret_string]\n}',
        ),
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


BUILD = f"""
    version: 0.2
    env:
      variables:
        DB_PASSWORD: {WORD}
      secrets-manager:
        API_TOKEN: app/Tokens1:api
    phases:
      build:
        commands:
          - docker login -u ci -p Another-1-of-them registry.acme.test
"""


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("aws_ecs_task_definition",
         f'container_definitions = jsonencode([{{ name = "app", command = ["app", "--db-password", "{WORD}"] }}])'),
        ("aws_ecs_task_definition",
         f'container_definitions = jsonencode([{{ name = "app", entryPoint = ["sh", "-c", "mysql -p{WORD}"] }}])'),
        ("aws_batch_job_definition",
         f'container_properties = jsonencode({{ command = ["app", "--password={WORD}"] }})'),
        ("aws_sfn_state_machine",
         f'definition = jsonencode({{ States = {{ A = {{ Command = ["app", "--password", "{WORD}"] }} }} }})'),
        ("aws_ssm_document",
         f'content = jsonencode({{ inputs = {{ runCommand = ["set -e", "export DB_PASSWORD={WORD}"] }} }})'),
        ("aws_ssm_document",
         f'content = jsonencode({{ parameters = {{ AdminPassword = {{ type = "String", default = "{WORD}" }} }} }})'),
        ("aws_ssm_document",
         f'content = <<-EOF\n  parameters:\n    AdminPassword:\n      type: String\n      default: {WORD}\n  EOF'),
        ("aws_emr_cluster", f'bootstrap_action {{\n args = ["--admin-password", "{WORD}"]\n}}'),
        ("aws_sagemaker_notebook_instance_lifecycle_configuration",
         f'on_start = base64encode("export DB_PASSWORD={WORD}")'),
        ("helm_release", f'values = [<<-EOF\n  db:\n    password: {WORD}\n  EOF\n]'),
        ("helm_release", f'set {{\n  name  = "auth.password"\n  value = "{WORD}"\n}}'),
        ("helm_release", f'set_sensitive = [{{ name = "auth.password", value = "{WORD}" }}]'),
        ("null_resource", f'provisioner "local-exec" {{\n command = "mysql -u root -p{WORD}"\n}}'),
        ("terraform_data", f'provisioner "remote-exec" {{\n inline = ["set -e", "export DB_PASSWORD={WORD}"]\n}}'),
        ("aws_instance", f'connection {{\n  password = "{WORD}"\n}}'),
    ],
)  # fmt: skip
def test_what_is_run_gives_away(stack: Made, kind: str, body: str) -> None:
    made = stack(f'resource "{kind}" "r" {{\n{body}\n}}\n')
    assert [(context, written) for context, _, written in told(made)] == [("text", WORD)]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("aws_ecs_task_definition",
         'container_definitions = jsonencode([{ command = ["app", "--password-file", "/run/p", "--token", "$T"] }])'),
        ("aws_ecs_task_definition",
         'container_definitions = jsonencode([{ command = ["app", "--db-password", var.password] }])'),
        ("null_resource", 'provisioner "local-exec" {\n command = "mysql -u root -p${var.password}"\n}'),
        ("null_resource", 'provisioner "local-exec" {\n command = "mysql -u root -p$DB_PASSWORD"\n}'),
        ("aws_ssm_document", 'content = jsonencode({ runCommand = ["mysql -p{{ ssm:password }}"] })'),
        ("helm_release", 'set {\n  name  = "auth.existingSecretPasswordKey"\n  value = "Password1"\n}'),
    ],
)  # fmt: skip
def test_what_is_run_gives_nothing_away(stack: Made, kind: str, body: str) -> None:
    made = stack(f'variable "password" {{}}\nresource "{kind}" "r" {{\n{body}\n}}\n')
    assert told(made) == []


@pytest.mark.parametrize("block", ["source", "secondary_sources"])
def test_a_build_has_variables_and_commands(stack: Made, block: str) -> None:
    made = stack(
        f'resource "aws_codebuild_project" "b" {{\n  {block} {{\n    buildspec = <<-EOF{BUILD}    EOF\n  }}\n}}'
    )
    assert sorted(told(made)) == [
        ("environment", "aws_codebuild_project.b", WORD), ("text", "aws_codebuild_project.b", "Another-1-of-them"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:password@github.com/acme/app.git", [True]),
        ("https://ci:Tr0ub4dor-and-3@github.com/acme/app.git", [False]),
        ("https://user:${var.password}@github.com/acme/app.git", []),
        ("https://ci@bitbucket.org/acme/app.git", []),
        ("https://github.com/acme/app.git", []),
    ],
)
@pytest.mark.parametrize("block", ["source", "secondary_sources"])
def test_the_source_of_a_build_takes_no_password(stack: Made, block: str, url: str, expected: list[bool]) -> None:
    made = stack(
        'variable "password" {}\n'
        f'resource "aws_codebuild_project" "b" {{\n  {block} {{\n    location = "{url}"\n  }}\n}}\n'
    )
    assert [s.is_stand_in for s in made.of_kind("secret") if isinstance(s, Secret)] == expected


def test_a_computed_text_is_told_where_it_is_written(stack: Made) -> None:
    made = stack(f"""
    resource "aws_codebuild_project" "b" {{
      source {{
        buildspec = yamlencode({{
          phases = {{ build = {{ commands = ["mysql -u root -p{WORD}"] }} }}
        }})
      }}
    }}
    """)
    assert told(made) == [("text", "aws_codebuild_project.b", WORD)]


@pytest.mark.parametrize("kind", ["aws_codebuild_project", "aws_lambda_function"])
def test_what_stands_in_for_a_key_is_told_of_builds(stack: Made, kind: str) -> None:
    variables = (
        'environment {\n environment_variable {\n name = "AWS_ACCESS_KEY_ID"\n value = "foo"\n }\n}'
        if kind == "aws_codebuild_project"
        else 'environment {\n variables = { AWS_ACCESS_KEY_ID = "foo" }\n}'
    )
    made = stack(f'resource "{kind}" "b" {{\n{variables}\n}}')
    expected = [("foo", True)] if kind == "aws_codebuild_project" else []
    assert [
        (s.place.written.strip('"'), s.is_stand_in) for s in made.of_kind("secret") if isinstance(s, Secret)
    ] == expected


def test_a_key_of_a_provider_that_cannot_be_one(stack: Made) -> None:
    made = stack("""
    provider "aws" {
      access_key = "my-access-key"
    }
    provider "aws" {
      alias                       = "local"
      access_key                  = "anything"
      skip_credentials_validation = true
    }
    """)
    (secret,) = made.of_kind("secret")
    assert isinstance(secret, Secret)
    assert (secret.is_stand_in, secret.place.written) == (True, '"my-access-key"')


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'secret_string = "{WORD}"', [WORD]),
        ('secret_string = "arn:aws:iam::111122223333:role/r"', []),
        ('secret_string = "{}"', []),
    ],
)
def test_the_whole_of_a_secret_is_one(stack: Made, body: str, expected: list[str]) -> None:
    made = stack(f'resource "aws_secretsmanager_secret_version" "v" {{\n  {body}\n}}\n')
    assert [written for _, _, written in told(made)] == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("SecureString", "kJ28skxls02LSks92", ["kJ28skxls02LSks92"]),
        ("SecureString", "db1.Internal.acme.test", []),
        ("SecureString", "Production", []),
        ("String", "kJ28skxls02LSks92", []),
    ],
)
def test_a_secure_string_holds_a_secret(stack: Made, kind: str, value: str, expected: list[str]) -> None:
    body = f'  name  = "/app/master"\n  type  = "{kind}"\n  value = "{value}"\n'
    made = stack(f'resource "aws_ssm_parameter" "p" {{\n{body}}}\n')
    assert [written for _, _, written in told(made)] == expected


@pytest.mark.parametrize("name", ["token", "secret"])
def test_a_default_that_was_drawn(stack: Made, name: str) -> None:
    made = stack(f'variable "{name}" {{\n  default = "4d7a1c0f9be2836d5ac47b1f0e92dd63a8c15b7e"\n}}\n')
    assert [s.kind for s in made.of_kind("secret") if isinstance(s, Secret)] == ["token"]
    assert told(stack(f'variable "{name}" {{\n  default = "prod/app/database"\n}}\n')) == []


def test_an_output_of_a_literal_password(stack: Made) -> None:
    made = stack(f'output "db_password" {{\n  value = "{WORD}"\n}}\noutput "db_user" {{\n  value = "app"\n}}\n')
    assert told(made) == [("text", "output.db_password", WORD)]


def test_a_pair_of_name_and_value_that_names_a_store(stack: Made) -> None:
    pair = '{ name = "DB_PASSWORD", value = "Stored-there-1", type = "PARAMETER_STORE" }'
    assert told(stack(f"locals {{\n  variables = [{pair}]\n}}\n")) == []


def test_the_name_of_a_key_of_an_external_secret_is_none(stack: Made) -> None:
    entry = '{ remoteRef = { key = "app", property = "id" }\n      secretKey = "oauth2-client-secret" }'
    manifest = f'resource "kubernetes_manifest" "s" {{\n  manifest = {{\n    data = [\n      {entry}\n    ]\n  }}\n}}\n'
    assert told(stack(manifest)) == []
    assert len(told(stack('locals {\n  app = {\n    secretKey = "oauth2-K8s77aQ-zz"\n  }\n}\n'))) == 1

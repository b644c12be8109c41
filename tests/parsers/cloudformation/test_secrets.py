"""Where templates put credentials, and what of it is told."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from json import dumps

import pytest

from iamlint.model.secret import Secret
from iamlint.model.stack import Stack

Template = Callable[[str], Stack]
WORD = "Tr0ub4dor-and-3"


def told(stack: Stack) -> list[tuple[str, str, str]]:
    return sorted(
        (s.context, s.owner, s.place.written.strip("\"'")) for s in stack.of_kind("secret") if isinstance(s, Secret)
    )


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::ElasticBeanstalk::Environment", f"OptionSettings: [{{OptionName: DB_PASSWORD, Value: {WORD}}}]"),
        ("AWS::Lightsail::Container",
         f"ContainerServiceDeployment: {{Containers: [{{Environment: [{{Variable: DB_PASSWORD, Value: {WORD}}}]}}]}}"),
        ("AWS::ApiGatewayV2::Stage", f"StageVariables: {{db_password: {WORD}}}"),
        ("AWS::Synthetics::Canary", f"RunConfig: {{EnvironmentVariables: {{DB_PASSWORD: {WORD}}}}}"),
        ("AWS::StepFunctions::StateMachine",
         ("DefinitionString: '{\"States\": {\"A\": {\"Parameters\": {\"Environment\": "
         f"[{{\"Name\": \"DB_PASSWORD\", \"Value\": \"{WORD}\"}}]}}}}}}}}'")),
        ("AWS::StepFunctions::StateMachine",
         f"Definition: {{States: {{A: {{Parameters: {{Environment: [{{Name: DB_PASSWORD, Value: {WORD}}}]}}}}}}}}"),
        ("AWS::Glue::Job", f"DefaultArguments: {{'--db_password': {WORD}}}"),
    ],
)  # fmt: skip
def test_environments(template: Template, kind: str, properties: str) -> None:
    stack = template(f"Resources:\n  R:\n    Type: {kind}\n    Properties:\n      {properties}\n")
    assert told(stack) == [("environment", "R", WORD)]


@pytest.mark.parametrize(
    ("kind", "properties", "name"),
    [
        ("AWS::Events::Connection", f"AuthParameters: {{BasicAuthParameters: {{Password: {WORD}}}}}", "Password"),
        ("AWS::Glue::Connection",
         f"ConnectionInput: {{ConnectionProperties: {{USERNAME: a, PASSWORD: {WORD}}}}}", "PASSWORD"),
        ("AWS::ElasticLoadBalancingV2::Listener",
         f"DefaultActions: [{{AuthenticateOidcConfig: {{ClientSecret: {WORD}}}}}]", "ClientSecret"),
        ("AWS::SSM::Parameter", f"Name: /db/password\n      Value: {WORD}", "Value"),
        ("AWS::SSM::Parameter", f"Name: /db/secret\n      Value: {WORD}", "Value"),
        ("AWS::RDS::DBInstance", "MasterUserPassword: changeme", "MasterUserPassword"),
    ],
)  # fmt: skip
def test_properties_that_take_a_password(template: Template, kind: str, properties: str, name: str) -> None:
    stack = template(f"Resources:\n  R:\n    Type: {kind}\n    Properties:\n      {properties}\n")
    written = WORD if WORD in properties else "changeme"
    assert told(stack) == [("password property", f"R.{name}", written)]


@pytest.mark.parametrize(
    "given",
    [
        "!Sub '{{resolve:secretsmanager:${SecretName}:SecretString:password}}'",
        "!Join ['', ['{{resolve:secretsmanager:', !Ref SecretName, ':SecretString:password}}']]",
    ],
)
def test_a_parameter_in_a_dynamic_reference_is_no_password(template: Template, given: str) -> None:
    parameters = "Parameters: {SecretName: {Type: String, Default: mq_secret_01}}"
    properties = f"Properties: {{Users: [{{Password: {given}}}]}}"
    stack = template(f"{parameters}\nResources:\n  B: {{Type: AWS::AmazonMQ::Broker, {properties}}}\n")
    assert told(stack) == []


def test_scripts_of_a_machines_start(template: Template) -> None:
    stack = template(
        f"""
        Parameters:
          Hidden: {{Type: String, NoEcho: true}}
        Resources:
          Sub:
            Type: AWS::EC2::Instance
            Properties:
              UserData:
                Fn::Base64: !Sub |
                  export DB_PASSWORD={WORD}
                  mysql -u root -p${{Hidden}} app
          Join:
            Type: AWS::EC2::LaunchTemplate
            Properties:
              LaunchTemplateData:
                UserData:
                  Fn::Base64: !Join ["", ["export A_PASSWORD=", !Ref Hidden, "\\n", "export B_PASSWORD={WORD}\\n"]]
          Init:
            Type: AWS::AutoScaling::LaunchConfiguration
            Metadata:
              AWS::CloudFormation::Init:
                config:
                  files:
                    /etc/app.ini: {{content: "password = {WORD}\\n"}}
                    /etc/app.json: {{content: {{password: {WORD}, user: app}}}}
                  commands:
                    one: {{command: "app --password={WORD}"}}
        """
    )
    assert told(stack) == [("user data", owner, WORD) for owner in ("Init", "Init", "Init", "Join", "Sub")]


def test_parameters_whose_name_says_password(template: Template) -> None:
    stack = template(
        f"""
        Parameters:
          AppPassword: {{Type: String}}
          Hidden: {{Type: String, NoEcho: true}}
          DBPassword: {{Type: String, NoEcho: true, Default: {WORD}}}
          AdminPassword: {{Type: String, NoEcho: true, Default: REPLACE_ME}}
          ResetPassword: {{Type: String, AllowedValues: ['true', 'false']}}
          MinimumPasswordLength: {{Type: Number, Default: 14}}
          Looked: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /db/password}}
          GitHubToken: {{Type: String, Default: ''}}
        Resources: {{B: {{Type: AWS::S3::Bucket}}}}
        """
    )
    assert told(stack) == [("parameter", "AppPassword", "AppPassword"), ("parameter", "DBPassword", WORD)]


def test_a_token_in_the_text_has_its_name(template: Template) -> None:
    token = "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"
    stack = template(f"Resources: {{B: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {token}}}}}}}")
    (secret,) = stack.of_kind("secret")
    assert isinstance(secret, Secret)
    assert (secret.what, secret.hint, secret.context) == ("a GitHub token", "ghp_… (40 characters)", "text")


BUILD = f"""version: 0.2
env:
  variables:
    DB_PASSWORD: {WORD}
  parameter-store:
    API_TOKEN: /app/Tokens1
phases:
  build:
    commands:
      - docker login -u ci -p Another-1-of-them registry.acme.test
"""


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::ECS::TaskDefinition", f"ContainerDefinitions: [{{Command: [app, --db-password, {WORD}]}}]"),
        ("AWS::ECS::TaskDefinition", f"ContainerDefinitions: [{{EntryPoint: [sh, -c, 'mysql -p{WORD}']}}]"),
        ("AWS::Batch::JobDefinition", f"ContainerProperties: {{Command: [app, --password, {WORD}]}}"),
        ("AWS::StepFunctions::StateMachine", f"Definition: {{States: {{A: {{Command: [app, --password, {WORD}]}}}}}}"),
        ("AWS::SSM::Document", f"Content: {{parameters: {{AdminPassword: {{type: String, default: {WORD}}}}}}}"),
        ("AWS::SSM::Document", f"Content: {{runCommand: ['net user svc {WORD} /add']}}"),
        ("AWS::SSM::Document", f'Content: \'{{"runCommand": ["export DB_PASSWORD={WORD}"]}}\''),
        ("AWS::Lambda::Function", f"Code: {{ZipFile: 'connect(host=\"db\", password=\"{WORD}\")'}}"),
        ("AWS::SageMaker::NotebookInstanceLifecycleConfig",
         f"OnStart: [{{Content: {{'Fn::Base64': 'export DB_PASSWORD={WORD}'}}}}]"),
        ("AWS::AppRunner::Service",
         f"SourceConfiguration: {{ImageRepository: {{ImageConfiguration: {{StartCommand: app --password {WORD}}}}}}}"),
        ("Custom::User", f"Password: {WORD}"),
    ],
)  # fmt: skip
def test_what_is_run_gives_away(template: Template, kind: str, properties: str) -> None:
    stack = template(
        f"AWSTemplateFormatVersion: '2010-09-09'\n"
        f"Resources:\n  R:\n    Type: {kind}\n    Properties:\n      {properties}\n"
    )
    assert [(context, written) for context, _, written in told(stack)] == [("text", WORD)]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::ECS::TaskDefinition", "ContainerDefinitions: [{Command: [app, --db-password, $DB_PASSWORD]}]"),
        ("AWS::ECS::TaskDefinition", "ContainerDefinitions: [{Command: [app, --db-password, !Ref Hidden]}]"),
        ("AWS::SSM::Document", "Content: {parameters: {AdminPassword: {type: String, default: ''}}}"),
        ("AWS::StepFunctions::StateMachine", "Definition: {States: {A: {Parameters: {Password.$: $.password}}}}"),
        ("Custom::User", "Password: '{{resolve:secretsmanager:db:SecretString:password}}'"),
        ("Custom::User", "ServiceToken: arn:aws:lambda:eu-west-1:111122223333:function:Provider1"),
        ("AWS::SecretsManager::Secret", "GenerateSecretString: {GenerateStringKey: password}"),
    ],
)
def test_what_is_run_gives_nothing_away(template: Template, kind: str, properties: str) -> None:
    stack = template(
        "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {Hidden: {Type: String, NoEcho: true}}\n"
        f"Resources:\n  R:\n    Type: {kind}\n    Properties:\n      {properties}\n"
    )
    assert told(stack) == []


def test_a_build_has_variables_and_commands(template: Template) -> None:
    source = f"Source: {{Type: NO_SOURCE, BuildSpec: {dumps(BUILD)}}}"
    stack = template(f"Resources: {{B: {{Type: AWS::CodeBuild::Project, Properties: {{{source}}}}}}}")
    assert told(stack) == [("environment", "B", WORD), ("text", "B", "Another-1-of-them")]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:password@github.com/acme/app.git", [True]),
        ("https://ci:Tr0ub4dor-and-3@github.com/acme/app.git", [False]),
        ("https://github.com/acme/app.git", []),
    ],
)
@pytest.mark.parametrize("where", ["Source: {{Location: '{}'}}", "SecondarySources: [{{Location: '{}'}}]"])
def test_the_source_of_a_build_takes_no_password(
    template: Template, where: str, url: str, expected: list[bool]
) -> None:
    source = where.format(url)
    stack = template(f"Resources: {{B: {{Type: AWS::CodeBuild::Project, Properties: {{{source}}}}}}}")
    assert [s.is_stand_in for s in stack.of_kind("secret") if isinstance(s, Secret)] == expected


@pytest.mark.parametrize(("kind", "path"), [("AWS::CodeBuild::Project", "Environment"), ("AWS::Lambda::Function", "")])
def test_what_stands_in_for_a_key_is_told_of_builds(template: Template, kind: str, path: str) -> None:
    variables = "EnvironmentVariables: [{Name: AWS_SECRET_ACCESS_KEY, Value: foo, Type: PLAINTEXT}]"
    properties = f"Environment: {{{variables if path else 'Variables: {AWS_SECRET_ACCESS_KEY: foo}'}}}"
    stack = template(f"Resources:\n  R:\n    Type: {kind}\n    Properties:\n      {properties}\n")
    expected = [("environment", True, "secret access key")] if path else []
    assert [(s.context, s.is_stand_in, s.kind) for s in stack.of_kind("secret") if isinstance(s, Secret)] == expected


def test_mappings_and_outputs_whose_name_says_password(template: Template) -> None:
    stack = template(
        f"""
        Mappings: {{Env: {{prod: {{DbPassword: {WORD}, Size: m5.large}}}}}}
        Resources: {{B: {{Type: AWS::S3::Bucket}}}}
        Outputs: {{AdminPassword: {{Value: Another-1-of-them}}, PasswordName: {{Value: db-password}}}}
        """
    )
    assert told(stack) == [("text", "", "Another-1-of-them"), ("text", "", WORD)]


def test_all_that_a_run_of_base64_hides_is_told(template: Template) -> None:
    run = b64encode(f"#!/bin/bash\nexport DB_PASSWORD={WORD}\nexport API_TOKEN=q8Zr2kV7mX4pT9wL\n".encode()).decode()
    stack = template(f"Resources: {{I: {{Type: AWS::EC2::Instance, Properties: {{UserData: {run}}}}}}}")
    found = [s for s in stack.of_kind("secret") if isinstance(s, Secret)]
    assert sorted((s.context, s.kind, s.hint) for s in found) == [
        ("user data", "password", "Tr0u… (15 characters)"), ("user data", "token", "q8Zr… (16 characters)"),
    ]  # fmt: skip

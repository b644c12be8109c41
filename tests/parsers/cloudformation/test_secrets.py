"""Where templates put credentials, and what of it is told."""

from __future__ import annotations

from collections.abc import Callable

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
        ("AWS::RDS::DBInstance", "MasterUserPassword: changeme", "MasterUserPassword"),
    ],
)  # fmt: skip
def test_properties_that_take_a_password(template: Template, kind: str, properties: str, name: str) -> None:
    stack = template(f"Resources:\n  R:\n    Type: {kind}\n    Properties:\n      {properties}\n")
    written = WORD if WORD in properties else "changeme"
    assert told(stack) == [("password property", f"R.{name}", written)]


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

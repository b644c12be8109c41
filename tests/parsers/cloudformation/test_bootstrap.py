"""What a bootstrap template of the CDK has: a boundary that demands itself, and a role whose policies are given."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iamlint.model.stack import Stack

Template = Callable[[str], Stack]

BOUNDARY = """
Parameters:
  Qualifier: {{Type: String}}
Resources:
  Boundary:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: !Sub "cdk-${{Qualifier}}-permissions-boundary"
      PolicyDocument:
        Statement:
          - {{Effect: Allow, Action: "*", Resource: "*"}}
          - Effect: {effect}
            Action: [iam:CreateRole, iam:PutRolePermissionsBoundary]
            Resource: "*"
            Condition:
              StringNotEquals:
                iam:PermissionsBoundary: !Sub "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/{name}"
"""


@pytest.mark.parametrize(
    ("effect", "name", "kind"),
    [
        ("Deny", "cdk-${Qualifier}-permissions-boundary", "boundary"),
        ("Allow", "cdk-${Qualifier}-permissions-boundary", "identity"),
        ("Deny", "another", "identity"),
    ],
)
def test_a_policy_that_demands_itself_is_a_boundary(template: Template, effect: str, name: str, kind: str) -> None:
    text = BOUNDARY.format(effect=effect, name=name)
    assert [policy.kind for policy in template(text).policies] == [kind]


def test_a_policy_that_demands_itself_and_is_attached_grants(template: Template) -> None:
    text = BOUNDARY.format(effect="Deny", name="cdk-${Qualifier}-permissions-boundary")
    role = "  Role: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [!Ref Boundary]}}\n"
    assert [policy.kind for policy in template(text + role).policies] == ["identity"]


def test_the_policies_of_the_deploying_role_are_those_given_or_administrator_access(template: Template) -> None:
    stack = template(
        """
        Parameters:
          Arns: {Type: CommaDelimitedList, Default: ""}
        Conditions:
          AreGiven: !Not [!Equals ["", !Join ["", !Ref Arns]]]
        Resources:
          Role:
            Type: AWS::IAM::Role
            Metadata: {"aws:cdk:path": Bootstrap/Role/Resource}
            Properties:
              ManagedPolicyArns: !If
                - AreGiven
                - !Ref Arns
                - [!Join ["", ["arn:", !Ref "AWS::Partition", ":iam::aws:policy/AdministratorAccess"]]]
        """
    )
    assert [
        (attachment.address, getattr(attachment, "is_administrator", None), str(attachment.when))
        for attachment in stack.of_kind("attachment")
    ] == [("Bootstrap/Role/Resource", True, "when not AreGiven")]


def test_a_module_is_unknown(template: Template) -> None:
    stack = template("Resources: {M: {Type: 'My::S3::Bucket::MODULE'}, R: {Type: 'AWS::IAM::Role'}}")
    assert [(u.reason, u.count) for u in stack.unresolved] == [("a module is expanded at deploy time", 1)]


def test_credentials_of_a_first_boot(template: Template) -> None:
    key = "AKIAQ3EGRJ5T" + "WN2HV6PZ"  # in two, so that no scanner takes this file for the place of a key
    stack = template(
        f"""
        Resources:
          I:
            Type: AWS::EC2::Instance
            Metadata:
              AWS::CloudFormation::Init:
                config:
                  files: {{/etc/app: {{content: !Sub "id = {key} in ${{AWS::Region}}"}}}}
                  commands:
                    one: {{command: run, env: {{DB_PASSWORD: Tr0ub4dor-and-3, REGION: eu-west-1}}}}
        """
    )
    found = {(getattr(s, "kind", ""), getattr(s, "context", ""), s.address) for s in stack.of_kind("secret")}
    assert found == {("access key id", "user data", "Resources/I"), ("password", "user data", "Resources/I")}

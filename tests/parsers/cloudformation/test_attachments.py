"""Who has which policy and who uses which role, within one template."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iamlint.model.identity import Attachment, Role
from iamlint.model.secret import Output
from iamlint.model.stack import Stack

Template = Callable[[str], Stack]
DOCUMENT = "{Statement: [{Effect: Allow, Action: 'a:B', Resource: '*'}]}"


def holders(stack: Stack) -> list[str]:
    return sorted(
        f"{policy.address[10:]} {holder.address[10:]}" for policy in stack.policies for holder in policy.holders
    )


def role(stack: Stack, name: str = "App") -> Role:
    (found,) = [thing for thing in stack.things if isinstance(thing, Role) and thing.address == f"Resources/{name}"]
    return found


@pytest.mark.parametrize(
    "reference",
    ["!Ref App", "{Ref: App}", "!Sub '${App}'", "!Select [0, [!Ref App]]", "!Join ['', [!Ref App]]",
     "!Select [1, !Split ['/', !GetAtt App.Arn]]"],
)  # fmt: skip
@pytest.mark.parametrize("named", ["", "RoleName: app"])
def test_a_policy_goes_to_the_role_that_it_refers_to(template: Template, reference: str, named: str) -> None:
    if "Split" in reference:
        named = "RoleName: app"  # a name that is not known might have the delimiter in it
    stack = template(
        f"""
        Resources:
          App: {{Type: AWS::IAM::Role, Properties: {{{named}}}}}
          P: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, PolicyDocument: {DOCUMENT}, Roles: [{reference}]}}}}
          M: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {DOCUMENT}, Roles: [{reference}]}}}}
        """
    )
    assert holders(stack) == ["M App", "P App"]
    assert len(role(stack).policies) == 2


def test_a_policy_goes_to_a_role_by_its_literal_name(template: Template) -> None:
    stack = template(
        f"""
        Parameters: {{Env: {{Type: String, Default: prod}}}}
        Resources:
          App: {{Type: AWS::IAM::Role, Properties: {{RoleName: !Sub "${{Env}}-app"}}}}
          P: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, PolicyDocument: {DOCUMENT}, Roles: [prod-app]}}}}
          Q:
            Type: AWS::IAM::RolePolicy
            Properties: {{PolicyName: q, PolicyDocument: {DOCUMENT}, RoleName: prod-app}}
          R: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, PolicyDocument: {DOCUMENT}, Roles: [other]}}}}
        """
    )
    assert holders(stack) == ["P App", "Q App", "R "]


@pytest.mark.parametrize("reference", ["!Ref M", "!GetAtt M.PolicyArn", "!Sub '${M}'"])
def test_a_role_names_a_managed_policy_of_the_template(template: Template, reference: str) -> None:
    stack = template(
        f"""
        Conditions: {{C: !Equals [!Ref "AWS::Region", us-east-1]}}
        Resources:
          M: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {DOCUMENT}}}}}
          App: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [!If [C, {reference}, !Ref "AWS::NoValue"]]}}}}
          Bound: {{Type: AWS::IAM::Role, Properties: {{PermissionsBoundary: {reference}}}}}
        """
    )
    assert holders(stack) == ["M App"]
    (attachment,) = role(stack).attachments
    assert str(attachment.when) == "when C"


@pytest.mark.parametrize(
    ("arn", "is_administrator"),
    [
        ("!Sub 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess'", True),
        ("!Join ['', ['arn:', !Ref 'AWS::Partition', ':iam::aws:policy/', AdministratorAccess]]", True),
        ("!If [China, 'arn:aws-cn:iam::aws:policy/AdministratorAccess', !Ref 'AWS::NoValue']", True),
        ("!If [Mars, 'arn:aws-mars:iam::aws:policy/AdministratorAccess', 'arn:aws:iam::aws:policy/X']", False),
        ("!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/AdministratorAccess'", False),
    ],
)
def test_the_administrator_in_any_partition(template: Template, arn: str, is_administrator: bool) -> None:
    stack = template(
        f"""
        Conditions:
          China: !Equals [!Ref "AWS::Partition", aws-cn]
          Mars: !Equals [!Ref "AWS::Partition", aws-mars]
        Resources: {{App: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [{arn}]}}}}}}
        """
    )
    (attachment,) = role(stack).attachments
    assert attachment.is_administrator is is_administrator


def test_resources_of_a_loop_by_their_conditions(template: Template) -> None:
    stack = template(
        f"""
        Transform: AWS::LanguageExtensions
        Parameters: {{Env: {{Type: String, AllowedValues: [dev, prod]}}}}
        Conditions:
          Fn::ForEach::Stages:
            - Stage
            - [dev, prod, test]
            - Is${{Stage}}: !Equals [!Ref Env, !Ref Stage]
        Resources:
          Fn::ForEach::Roles:
            - Stage
            - [dev, prod, test]
            - Role${{Stage}}:
                Type: AWS::IAM::Role
                Condition: Is${{Stage}}
                Properties:
                  RoleName: !Sub "app-${{Stage}}"
              Policy${{Stage}}:
                Type: AWS::IAM::Policy
                Condition: Is${{Stage}}
                Properties: {{PolicyName: p, PolicyDocument: {DOCUMENT}, Roles: [{{Ref: "Role${{Stage}}"}}]}}
        """
    )
    roles = [(thing.address, str(thing.when)) for thing in stack.things if isinstance(thing, Role)]
    assert roles == [("Resources/Roledev", "when Isdev"), ("Resources/Roleprod", "when Isprod")]
    assert holders(stack) == ["Policydev Roledev", "Policyprod Roleprod"]


def test_outputs_of_a_loop_and_outputs_under_a_condition(template: Template) -> None:
    stack = template(
        """
        Transform: AWS::LanguageExtensions
        Conditions:
          Here: !Equals [!Ref "AWS::Region", us-east-1]
          Never: !Equals [a, b]
        Resources: {Key: {Type: AWS::IAM::AccessKey, Properties: {UserName: ci}}}
        Outputs:
          Fn::ForEach::Out: [Name, [A, B], {"Out${Name}": {Value: !GetAtt Key.SecretAccessKey}}]
          Some: {Value: !GetAtt Key.SecretAccessKey, Condition: Here}
          None: {Value: !GetAtt Key.SecretAccessKey, Condition: Never}
        """
    )
    found = [(thing.name, str(thing.when)) for thing in stack.things if isinstance(thing, Output)]
    assert found == [("OutA", ""), ("OutB", ""), ("Some", "when Here")]


def test_a_managed_policy_that_names_users_is_attached_to_them(template: Template) -> None:
    stack = template(
        f"""
        Resources:
          Ana: {{Type: AWS::IAM::User}}
          M: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {DOCUMENT}, Users: [!Ref Ana, ben]}}}}
        """
    )
    attached = [thing for thing in stack.things if isinstance(thing, Attachment)]
    assert sorted(f"{one.label} {one.holder_label} {one.declared}" for one in attached) == [
        "`M` user Ana Resources/M", "`M` user ben Resources/M",
    ]  # fmt: skip
    assert holders(stack) == ["M ", "M Ana"]


def test_a_managed_policy_is_given_once_however_it_is_attached(template: Template) -> None:
    stack = template(
        f"""
        Resources:
          App: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [!Ref M]}}}}
          M: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {DOCUMENT}, Roles: [!Ref App]}}}}
        """
    )
    assert holders(stack) == ["M App"]
    assert len(role(stack).policies) == 1

"""Whole templates: identities, resource policies, compute, secrets, SAM, in YAML and JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import dedent
from typing import Any

import pytest

from iamlint.model.policy import Policy
from iamlint.model.stack import Stack
from iamlint.model.statement import Statement
from iamlint.parsers.cloudformation.resource_policies import _PLACES
from iamlint.parsers.cloudformation.template import is_template
from iamlint.parsers.cloudformation.template import stack as stack_of
from iamlint.source.json_reader import read_json
from iamlint.source.read import read_text
from iamlint.source.span import SourceText

Template = Callable[[str], Stack]
KEY_ID = "AK" + "IAYW2OVBRKUGNRSHE6"
ALLOW = "{Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]}"


def policies(stack: Stack, kind: str = "") -> list[Policy]:
    return [policy for policy in stack.policies if not kind or policy.kind == kind]


def statements(stack: Stack, kind: str = "") -> list[Statement]:
    return [statement for policy in policies(stack, kind) for statement in policy.statements]


def shown(items: Sequence[Any]) -> list[str]:
    return [str(item) for item in items]


def things(stack: Stack, kind: str) -> list[Any]:
    return list(stack.of_kind(kind))


def test_a_role_with_everything(template: Template) -> None:
    stack = template(
        f"""
        Resources:
          App:
            Type: AWS::IAM::Role
            Properties:
              RoleName: app
              MaxSessionDuration: 7200
              PermissionsBoundary: !Ref Boundary
              ManagedPolicyArns:
                - arn:aws:iam::aws:policy/ReadOnlyAccess
                - !Ref Own
              AssumeRolePolicyDocument:
                Statement: {{Effect: Allow, Principal: {{Service: ec2.amazonaws.com}}, Action: "sts:AssumeRole"}}
              Policies:
                - PolicyName: one
                  PolicyDocument: {ALLOW}
                - !If [Extra, {{PolicyName: two, PolicyDocument: {ALLOW}}}, !Ref "AWS::NoValue"]
          Own:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              PolicyDocument: {ALLOW}
          Boundary:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              PolicyDocument: {ALLOW}
        Conditions:
          Extra: !Equals [!Ref "AWS::Region", us-east-1]
        """
    )
    (role,) = things(stack, "role")
    assert (role.address, role.label, role.max_session.value) == ("Resources/App", "app", 7200)
    assert [(p.name, p.element, str(p.when)) for p in role.policies if p.is_inline] == [
        ("one", "Policies/0", ""),
        ("two", "Policies/1", "when Extra"),
    ]
    assert shown(a.policy for a in role.attachments) == ["arn:aws:iam::aws:policy/ReadOnlyAccess", "${Own}"]
    assert role.trust is not None
    assert shown(role.trust.statements[0].principals) == ["ec2.amazonaws.com"]
    (own,) = [p for p in policies(stack) if p.address == "Resources/Own"]
    assert shown(own.holders) == ["role app"]
    (boundary,) = [p for p in policies(stack) if p.address == "Resources/Boundary"]
    assert boundary.kind == "boundary"


def test_users_groups_keys_and_logins(template: Template) -> None:
    stack = template(
        f"""
        Resources:
          Alice:
            Type: AWS::IAM::User
            Properties:
              Groups: [!Ref Admins]
              LoginProfile: {{Password: !Ref Password}}
          Admins: {{Type: AWS::IAM::Group}}
          Bob: {{Type: AWS::IAM::User, Properties: {{UserName: bob}}}}
          Members: {{Type: AWS::IAM::UserToGroupAddition, Properties: {{GroupName: !Ref Admins, Users: [!Ref Bob]}}}}
          Key: {{Type: AWS::IAM::AccessKey, Properties: {{UserName: !Ref Alice}}}}
          Rotated: {{Type: AWS::IAM::AccessKey, Properties: {{UserName: bob, Serial: 2, Status: Inactive}}}}
          ForGroup: {{Type: AWS::IAM::GroupPolicy, Properties: {{GroupName: !Ref Admins, PolicyDocument: {ALLOW}}}}}
          Both:
            Type: AWS::IAM::Policy
            Properties: {{PolicyName: both, Users: [!Ref Alice, bob], PolicyDocument: {ALLOW}}}
        Parameters:
          Password: {{Type: String, NoEcho: true}}
        """
    )
    users = {user.address: user for user in things(stack, "user")}
    alice, bob = users["Resources/Alice"], users["Resources/Bob"]
    assert alice.has_console_login and alice.has_access_key and bob.has_access_key
    assert alice.groups == bob.groups == ("Resources/Admins",)
    assert alice.login.reset_required.value is False
    keys = {key.address: key for key in things(stack, "access_key")}
    assert keys["Resources/Key"].rotation.is_absent and not keys["Resources/Key"].kept_in_state
    assert keys["Resources/Rotated"].rotation.declared
    assert keys["Resources/Rotated"].status.value == "Inactive"
    holders = {policy.address: shown(policy.holders) for policy in policies(stack)}
    assert holders["Resources/ForGroup"] == ["group Admins"]
    assert holders["Resources/Both"] == ["user Alice", "user bob"]
    assert things(stack, "secret") == []


def test_a_resource_whose_condition_never_holds_is_not_there(template: Template) -> None:
    stack = template(
        """
        Conditions:
          Never: !Equals [a, b]
          Here: !Equals [!Ref "AWS::Region", us-east-1]
        Resources:
          Gone: {Type: AWS::IAM::User, Condition: Never}
          Kept: {Type: AWS::IAM::User, Condition: Here}
        """
    )
    (user,) = things(stack, "user")
    assert (user.address, str(user.when)) == ("Resources/Kept", "when Here")


def test_the_construct_path_of_the_cdk_is_the_address(template: Template) -> None:
    stack = template(
        f"""
        Resources:
          RoleABCD: {{Type: AWS::IAM::Role, Metadata: {{"aws:cdk:path": Stack/Role/Resource}}}}
          Policy:
            Type: AWS::IAM::Policy
            Properties: {{PolicyName: p, Roles: [!Ref RoleABCD], PolicyDocument: {ALLOW}}}
        """
    )
    (role,) = things(stack, "role")
    assert role.address == "Stack/Role/Resource"
    assert len(role.policies) == 1


def test_branches_within_a_policy(template: Template) -> None:
    stack = template(
        """
        Parameters:
          Env: {Type: String, AllowedValues: [dev, prod]}
        Conditions:
          IsDev: !Equals [!Ref Env, dev]
        Resources:
          R:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              PolicyDocument:
                Statement:
                  - Effect: !If [IsDev, Allow, Deny]
                    Action: [!If [IsDev, "ec2:*", !Ref "AWS::NoValue"], "ec2:Describe*"]
                    Resource: "*"
                    Condition: !If [IsDev, !Ref "AWS::NoValue", {Bool: {"aws:SecureTransport": true}}]
                  - !If [IsDev, {Effect: Allow, Action: "iam:*", Resource: "*"}, !Ref "AWS::NoValue"]
        """
    )
    found = [
        (str(s.when), s.effect.shown if s.effect else "", [(str(a), str(a.when)) for a in s.actions], len(s.conditions))
        for s in statements(stack)
    ]
    describe = ("ec2:Describe*", "")
    assert found == [
        ("when IsDev", "Allow", [("ec2:*", "when IsDev"), describe], 0),
        ("when not IsDev", "Deny", [describe], 1),
        ("when IsDev", "Allow", [("iam:*", "")], 0),
    ]


@pytest.mark.parametrize("document", ["!If [C, {d}, !Ref 'AWS::NoValue']", "!Ref Document", "!Transform {Name: M}"])
def test_a_whole_document_behind_a_function(template: Template, document: str) -> None:
    stack = template(
        f"""
        Parameters: {{Document: {{Type: String}}}}
        Conditions: {{C: !Equals [!Ref Document, x]}}
        Resources:
          R:
            Type: AWS::IAM::Role
            Properties:
              Policies: [{{PolicyName: p, PolicyDocument: {document.replace("{d}", ALLOW)}}}]
        """
    )
    (policy,) = policies(stack)
    if "If" in document:
        assert (str(policy.when), len(policy.statements)) == ("when C", 1)
    else:
        assert policy.unresolved is not None
        assert stack.unresolved


def test_json_in_a_block_scalar_is_read_in_place() -> None:
    text = dedent(
        """
        Resources:
          Own:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              PolicyDocument: !Sub |
                {
                  "Statement": [
                    {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:${AWS::Partition}:s3:::x-${AWS::Region}/*"}
                  ]
                }
        """
    )
    document = read_text("t.yaml", text)
    assert document is not None
    (statement,) = statements(stack_of(document))
    (action,), (resource,) = statement.actions, statement.resources
    span = action.place.span
    assert document.source.line(span.line)[span.column - 1 : span.end_column - 1] == '"s3:*"'
    assert resource.shown == "arn:${AWS::Partition}:s3:::x-${AWS::Region}/*"


@pytest.mark.parametrize("kind", sorted(_PLACES))
def test_every_resource_policy_in_the_table_is_read(kind: str) -> None:
    service, properties = _PLACES[kind]
    statement = '{"Effect": "Allow", "Principal": "*", "Action": "x:Y", "Resource": "*"}'
    for path in properties:
        body = f"[{statement}]" if path.endswith("CustomStatements") else f'{{"Statement": [{statement}]}}'
        for name in reversed(path.split(".")):
            body = f'{{"{name}": {body}}}'
        text = f'{{"Resources": {{"Thing": {{"Type": "{kind}", "Properties": {body}}}}}}}'
        (policy,) = policies(stack_of(read_json(SourceText("t.json", text))))
        assert (policy.kind, policy.service, policy.holder) == ("resource", service, "Thing")
        assert [p.kind for p in policy.statements[0].principals] == ["anyone"]


def test_a_lambda_permission_is_one_statement(template: Template) -> None:
    stack = template(
        """
        Resources:
          Function: {Type: AWS::Lambda::Function}
          Public: {Type: AWS::Lambda::Permission,
                   Properties: {Action: "lambda:InvokeFunction", FunctionName: !Ref Function, Principal: "*"}}
          FromS3:
            Type: AWS::Lambda::Permission
            Properties:
              Action: lambda:InvokeFunction
              FunctionName: !GetAtt Function.Arn
              Principal: s3.amazonaws.com
              SourceAccount: !Ref AWS::AccountId
              SourceArn: arn:aws:s3:::bucket
        """
    )
    public, from_s3 = statements(stack)
    assert public.is_public is True
    assert [(p.kind, str(p)) for p in from_s3.principals] == [("service", "s3.amazonaws.com")]
    assert [(c.operator.shown, c.key.shown, shown(c.values)) for c in from_s3.conditions] == [
        ("ArnLike", "AWS:SourceArn", ["arn:aws:s3:::bucket"]),
        ("StringEquals", "AWS:SourceAccount", ["${AWS::AccountId}"]),
    ]
    assert {c.place.source.path for c in from_s3.conditions} == {public.place.source.path}


def test_an_event_bus_policy_in_both_forms(template: Template) -> None:
    stack = template(
        """
        Resources:
          Old:
            Type: AWS::Events::EventBusPolicy
            Properties:
              Action: events:PutEvents
              Principal: "*"
              Condition: {Type: StringEquals, Key: "aws:PrincipalOrgID", Value: o-1234567890}
          New:
            Type: AWS::Events::EventBusPolicy
            Properties: {Statement: {Effect: Allow, Principal: "*", Action: "events:PutEvents", Resource: "*"}}
        """
    )
    old, new = statements(stack)
    assert [(c.key.shown, shown(c.values)) for c in old.conditions] == [("aws:PrincipalOrgID", ["o-1234567890"])]
    assert old.is_public is False
    assert new.is_public is True


def test_what_only_looks_like_a_policy_is_left_alone(template: Template) -> None:
    stack = template(
        """
        Resources:
          Acl:
            Type: AWS::WAFv2::WebACL
            Properties: {Rules: [{Action: {Allow: {}}, Statement: {GeoMatchStatement: {CountryCodes: [DE]}}}]}
          Tags: {Type: AWS::Organizations::Policy, Properties: {Type: TAG_POLICY, Content: {Statement: []}}}
          Images: {Type: AWS::ECR::Repository, Properties: {LifecyclePolicy: {LifecyclePolicyText: "{}"}}}
        """
    )
    assert policies(stack) == []
    assert stack.unresolved == ()


def test_guardrails_permission_sets_and_endpoints(template: Template) -> None:
    stack = template(
        f"""
        Resources:
          Scp: {{Type: AWS::Organizations::Policy, Properties: {{Type: SERVICE_CONTROL_POLICY, Content: {ALLOW}}}}}
          Rcp: {{Type: AWS::Organizations::Policy, Properties: {{Type: RESOURCE_CONTROL_POLICY, Content: {ALLOW}}}}}
          Set:
            Type: AWS::SSO::PermissionSet
            Properties:
              Name: admin
              ManagedPolicies: ["arn:aws:iam::aws:policy/AdministratorAccess"]
              InlinePolicy: '{{"Statement": [{{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}]}}'
          Endpoint: {{Type: AWS::EC2::VPCEndpoint, Properties: {{PolicyDocument: {ALLOW}}}}}
          Sftp: {{Type: AWS::Transfer::User, Properties: {{Policy: {ALLOW}}}}}
        """
    )
    assert sorted(policy.kind for policy in policies(stack)) == ["identity", "rcp", "scp", "session", "vpc_endpoint"]
    (permission_set,) = things(stack, "permission_set")
    assert shown(permission_set.policies[0].statements[0].actions) == ["s3:*"]
    assert [a.policy_name for a in permission_set.attachments] == ["AdministratorAccess"]


def test_instances_and_what_they_are_made_from(template: Template) -> None:
    stack = template(
        """
        Conditions: {WithRole: !Equals [!Ref "AWS::Region", us-east-1]}
        Resources:
          Bare: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}}
          Guarded:
            Type: AWS::EC2::Instance
            Properties: {MetadataOptions: {HttpTokens: required}}
          Maybe:
            Type: AWS::EC2::Instance
            Properties: {IamInstanceProfile: !If [WithRole, !Ref Profile, !Ref "AWS::NoValue"]}
          Template:
            Type: AWS::EC2::LaunchTemplate
            Properties:
              LaunchTemplateData:
                IamInstanceProfile: {Arn: !GetAtt Profile.Arn}
                MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 2}
          FromTemplate:
            Type: AWS::EC2::Instance
            Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: 1}}
          Old: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {IamInstanceProfile: app}}
          Fleet:
            Type: AWS::EC2::SpotFleet
            Properties: {SpotFleetRequestConfigData: {LaunchSpecifications: [{ImageId: ami-1}]}}
          Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
        """
    )
    found = {(i.address[10:], str(i.when)): i for i in things(stack, "instance")}
    assert {key: i.profile.is_absent for key, i in found.items()} == {
        ("Bare", ""): True,
        ("Guarded", ""): True,
        ("Maybe", "when WithRole"): False,
        ("Maybe", "when not WithRole"): True,
        ("Template", ""): False,
        ("FromTemplate", ""): True,
        ("Old", ""): False,
        ("Fleet", ""): True,
    }
    assert found["FromTemplate", ""].comes_from_template
    assert found["Guarded", ""].metadata_tokens.value == "required"
    assert found["Bare", ""].metadata_content == "its user data"
    assert found["Template", ""].metadata_content == "the role's credentials"
    made = found["Template", ""]
    assert (made.kind, made.metadata_tokens.value, made.hop_limit.value) == ("launch template", "required", 2)
    assert things(stack, "instance_profile")[0].role is not None


def test_a_trail_and_its_defaults(template: Template) -> None:
    stack = template("Resources: {T: {Type: AWS::CloudTrail::Trail, Properties: {IsLogging: 'true'}}}")
    (trail,) = things(stack, "trail")
    assert (trail.logging.value, trail.multi_region.value, trail.validation.value) == (True, False, False)
    assert trail.log_group.is_absent


def test_passwords_in_clear(template: Template) -> None:
    stack = template(
        """
        Parameters:
          Shown: {Type: String}
          Hidden: {Type: String, NoEcho: true}
          Default: {Type: String, NoEcho: true, Default: hunter22}
        Resources:
          Literal: {Type: AWS::RDS::DBInstance, Properties: {MasterUserPassword: correct-horse}}
          ByShown: {Type: AWS::RDS::DBCluster, Properties: {MasterUserPassword: !Ref Shown}}
          ByHidden: {Type: AWS::Redshift::Cluster, Properties: {MasterUserPassword: !Ref Hidden}}
          ByDefault: {Type: AWS::AmazonMQ::Broker, Properties: {Users: [{Username: u, Password: !Sub "${Default}"}]}}
          Resolved: {Type: AWS::RDS::DBInstance,
                     Properties: {MasterUserPassword: "{{resolve:secretsmanager:db:SecretString:password}}"}}
          Conditional: {Type: AWS::IAM::User,
                        Properties: {LoginProfile: {Password: !If [C, battery-staple, !Ref Hidden]}}}
        """
    )
    found = {(s.owner, s.context, s.place.written.strip("\"'")) for s in things(stack, "secret")}
    assert found == {
        ("Literal.MasterUserPassword", "password property", "correct-horse"),
        ("Conditional.Password", "password property", "battery-staple"),
        ("Shown", "parameter", "Shown"),
        ("Default", "parameter", "hunter22"),
    }


def test_passwords_within_a_stored_secret(template: Template) -> None:
    stack = template(
        """
        Parameters: {Hidden: {Type: String, NoEcho: true}}
        Resources:
          Json: {Type: AWS::SecretsManager::Secret,
                 Properties: {SecretString: '{"username": "admin", "password": "correct-horse"}'}}
          Sub: {Type: AWS::SecretsManager::Secret,
                Properties: {SecretString: !Sub '{"host": "${AWS::Region}", "password": "battery-staple"}'}}
          ByReference: {Type: AWS::SecretsManager::Secret,
                        Properties: {SecretString: !Sub '{"password": "${Hidden}"}'}}
          NotSecret: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: '{"username": "administrator"}'}}
          NotJson: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: '{"password": '}}
        """
    )
    found = {(s.owner, s.context, s.kind, s.place.written.strip("\"'\\")) for s in things(stack, "secret")}
    assert found == {
        ("Json.password", "password property", "password", "correct-horse"),
        ("Sub.password", "password property", "password", "battery-staple"),
    }


def test_credentials_by_where_they_stand(template: Template) -> None:
    stack = template(
        f"""
        Resources:
          Server:
            Type: AWS::EC2::Instance
            Properties: {{UserData: {{"Fn::Base64": !Sub "export AWS_ACCESS_KEY_ID={KEY_ID}"}}}}
            Metadata:
              AWS::CloudFormation::Authentication: {{S3: {{type: basic, username: u, password: correct-horse}}}}
          Function:
            Type: AWS::Lambda::Function
            Properties:
              Environment: {{Variables: {{AWS_ACCESS_KEY_ID: {KEY_ID}, DB_PASSWORD: battery-staple, STAGE: prod}}}}
          Task:
            Type: AWS::ECS::TaskDefinition
            Properties: {{ContainerDefinitions: [{{Environment: [{{Name: API_KEY, Value: abcdef0123456789}}]}}]}}
          Build:
            Type: AWS::CodeBuild::Project
            Properties:
              Environment:
                EnvironmentVariables:
                  - {{Name: DB_PASSWORD, Value: stored-in-ssm, Type: PARAMETER_STORE}}
          Other: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {KEY_ID}}}}}
        """
    )
    found = sorted((s.context, s.kind, s.address[10:], s.place.written.strip('"')) for s in things(stack, "secret"))
    assert [entry[:3] for entry in found] == [
        ("authentication", "password", "Server"),
        ("environment", "access key id", "Function"),
        ("environment", "password", "Function"),
        ("environment", "token", "Task"),
        ("text", "access key id", ""),
        ("user data", "access key id", "Server"),
    ]
    assert all(KEY_ID in entry[3] for entry in found if entry[1] == "access key id")


def test_outputs_that_carry_a_secret(template: Template) -> None:
    stack = template(
        """
        Parameters:
          Hidden: {Type: String, NoEcho: true}
          Shown: {Type: String}
        Resources:
          Key: {Type: AWS::IAM::AccessKey, Properties: {UserName: ci}}
          Stored: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !GetAtt Key.SecretAccessKey}}
        Outputs:
          Secret: {Value: !GetAtt Key.SecretAccessKey}
          Url: {Value: !Sub "https://u:${Hidden}@host"}
          Joined: {Value: !Join [":", [!Ref Key, !GetAtt [Key, SecretAccessKey]]]}
          Fine: {Value: !Ref Key}
          Plain: {Value: !Ref Shown}
        """
    )
    assert {output.name: output.carries for output in things(stack, "output")} == {
        "Secret": "the secret of access key Key",
        "Joined": "the secret of access key Key",
        "Url": "parameter Hidden",
        "Stored": "the secret of access key Key",
    }


def test_the_role_of_a_serverless_function(template: Template) -> None:
    stack = template(
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Function:
            Type: AWS::Serverless::Function
            Properties:
              Policies:
                - AWSLambdaBasicExecutionRole
                - AdministratorAccess
                - !Ref Own
                - S3ReadPolicy: {BucketName: b}
                - Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]
          WithRole: {Type: AWS::Serverless::Function, Properties: {Role: !Ref Own, Policies: AdministratorAccess}}
          Single: {Type: AWS::Serverless::Function, Properties: {Policies: AmazonS3FullAccess}}
          Api:
            Type: AWS::Serverless::Api
            Properties:
              Auth: {ResourcePolicy: {CustomStatements: {Effect: Allow, Principal: "*", Action: "execute-api:Invoke"}}}
        """
    )
    roles = {role.address: role for role in things(stack, "role")}
    assert set(roles) == {"Resources/Function", "Resources/Single"}
    assert shown(a.policy for a in roles["Resources/Function"].attachments) == [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "${Own}",
    ]
    assert [p.element for p in roles["Resources/Function"].policies] == ["Policies/3", "Policies/4"]
    assert stack.unresolved == ()
    assert [p.service for p in policies(stack, "resource")] == ["execute-api"]


def test_resources_of_a_loop(template: Template) -> None:
    stack = template(
        """
        Transform: AWS::LanguageExtensions
        Resources:
          Fn::ForEach::Users:
            - Name
            - [Alice, Bob]
            - User${Name}: {Type: AWS::IAM::User, Properties: {UserName: !Sub "${Name}-x"}}
        """
    )
    assert [(user.address, user.label) for user in things(stack, "user")] == [
        ("Resources/UserAlice", "Alice-x"),
        ("Resources/UserBob", "Bob-x"),
    ]


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ('{"Resources": {"R": {"Type": "AWS::IAM::Role"}}}', True),
        ('{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}', True),
        ('{"Resources": {"R": {"Type": "Custom::Thing"}}}', True),
        ('{"Resources": {"R": {"Type": "Microsoft.Web/sites"}}}', False),
        ('{"Resources": ["a"]}', False),
        ('{"resource": {"aws_iam_role": {}}}', False),
        ('["AWS::IAM::Role"]', False),
        ('"text"', False),
    ],
)
def test_what_is_a_template(text: str, ours: bool) -> None:
    root = read_json(SourceText("t.json", text)).root
    assert root is not None
    assert is_template(root) is ours


@pytest.mark.parametrize(
    "properties",
    ["[]", "text", "{Policies: text}", "{Policies: {a: b}}", "{Policies: [{PolicyDocument: [a]}]}",
     "{ManagedPolicyArns: {a: b}}", "{AssumeRolePolicyDocument: 3}", "{Policies: [[[]]]}", "{PermissionsBoundary: [a]}",
     "{Policies: [{PolicyDocument: {Statement: [{Effect: [Allow], Action: {a: b}, Condition: [x]}]}}]}"],
)  # fmt: skip
def test_nonsense_does_not_stop_the_reading(template: Template, properties: str) -> None:
    stack = template(
        f"Resources: {{R: {{Type: AWS::IAM::Role, Properties: {properties}}}, U: {{Type: AWS::IAM::User}}}}"
    )
    assert len(things(stack, "user")) == 1

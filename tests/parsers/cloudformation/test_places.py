"""Every place of a template where a policy, an attachment or a sharing is written becomes a thing, or is counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iamlint.model.identity import User
from iamlint.model.stack import Stack

DOCUMENT = '{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}'
STATEMENT = '{Effect: Allow, Action: "s3:*", Resource: "*"}'
INLINE = f"[{{PolicyName: in, PolicyDocument: {DOCUMENT}}}]"
POLICY = "arn:aws:iam::111122223333:policy/app"
LAUNCH = "{LaunchPermissionConfiguration: {UserGroups: [all]}}"
BLOCK = "{BlockPublicAcls: true}"

# (type, its properties)
PLACES: list[tuple[str, str]] = [
    ("AWS::IAM::Role", f"AssumeRolePolicyDocument: {DOCUMENT}"),
    ("AWS::IAM::Role", f"Policies: {INLINE}"),
    ("AWS::IAM::Role", f"ManagedPolicyArns: [{POLICY}]"),
    ("AWS::IAM::Role", f"PermissionsBoundary: {POLICY}"),
    ("AWS::IAM::User", f"Policies: {INLINE}"),
    ("AWS::IAM::User", f"ManagedPolicyArns: [{POLICY}]"),
    ("AWS::IAM::User", "LoginProfile: {PasswordResetRequired: true}"),
    ("AWS::IAM::Group", f"Policies: {INLINE}"),
    ("AWS::IAM::Group", f"ManagedPolicyArns: [{POLICY}]"),
    ("AWS::IAM::Policy", f"PolicyName: p\nRoles: [r]\nPolicyDocument: {DOCUMENT}"),
    ("AWS::IAM::RolePolicy", f"PolicyName: p\nRoleName: r\nPolicyDocument: {DOCUMENT}"),
    ("AWS::IAM::UserPolicy", f"PolicyName: p\nUserName: u\nPolicyDocument: {DOCUMENT}"),
    ("AWS::IAM::GroupPolicy", f"PolicyName: p\nGroupName: g\nPolicyDocument: {DOCUMENT}"),
    ("AWS::IAM::ManagedPolicy", f"PolicyDocument: {DOCUMENT}"),
    ("AWS::IAM::InstanceProfile", "Roles: [r]"),
    ("AWS::IAM::AccessKey", "UserName: u"),
    ("AWS::IAM::OIDCProvider", "Url: https://token.actions.githubusercontent.com\nClientIdList: [sts.amazonaws.com]"),
    ("AWS::IAM::SAMLProvider", "SamlMetadataDocument: <xml/>"),
    ("AWS::IAM::VirtualMFADevice", "Users: [u]"),
    ("AWS::SSO::PermissionSet", f"Name: p\nInlinePolicy: {DOCUMENT}"),
    ("AWS::SSO::PermissionSet", f"Name: p\nManagedPolicies: [{POLICY}]"),
    ("AWS::SSO::PermissionSet", "Name: p\nCustomerManagedPolicyReferences: [{Name: app}]"),
    ("AWS::Organizations::Policy", f"Type: SERVICE_CONTROL_POLICY\nContent: {DOCUMENT}"),
    ("AWS::Organizations::Policy", f"Type: RESOURCE_CONTROL_POLICY\nContent: {DOCUMENT}"),
    ("AWS::Serverless::Function", f"Policies: [{DOCUMENT}]"),
    ("AWS::Serverless::Function", "Policies: [{S3ReadPolicy: {BucketName: b}}]"),
    ("AWS::Serverless::Function", f"Policies: [{POLICY}]"),
    ("AWS::Serverless::StateMachine", f"Policies: [{DOCUMENT}]"),
    ("AWS::S3::BucketPolicy", f"Bucket: b\nPolicyDocument: {DOCUMENT}"),
    ("AWS::S3::Bucket", "AccessControl: PublicRead"),
    ("AWS::S3::Bucket", f"PublicAccessBlockConfiguration: {BLOCK}"),
    ("AWS::S3::AccessPoint", f"Policy: {DOCUMENT}"),
    ("AWS::S3::AccessPoint", f"PublicAccessBlockConfiguration: {BLOCK}"),
    ("AWS::S3::MultiRegionAccessPointPolicy", f"MrapName: m\nPolicy: {DOCUMENT}"),
    ("AWS::S3Express::BucketPolicy", f"Bucket: b\nPolicyDocument: {DOCUMENT}"),
    ("AWS::S3Outposts::BucketPolicy", f"Bucket: b\nPolicyDocument: {DOCUMENT}"),
    ("AWS::S3Outposts::AccessPoint", f"Policy: {DOCUMENT}"),
    ("AWS::S3ObjectLambda::AccessPointPolicy", f"ObjectLambdaAccessPoint: p\nPolicyDocument: {DOCUMENT}"),
    ("AWS::S3Tables::TableBucketPolicy", f"TableBucketARN: t\nResourcePolicy: {DOCUMENT}"),
    ("AWS::S3Tables::TablePolicy", f"TableARN: t\nResourcePolicy: {DOCUMENT}"),
    ("AWS::KMS::Key", f"KeyPolicy: {DOCUMENT}"),
    ("AWS::KMS::ReplicaKey", f"KeyPolicy: {DOCUMENT}"),
    ("AWS::SQS::QueuePolicy", f"PolicyDocument: {DOCUMENT}"),
    ("AWS::SQS::QueueInlinePolicy", f"PolicyDocument: {DOCUMENT}"),
    ("AWS::SNS::TopicPolicy", f"PolicyDocument: {DOCUMENT}"),
    ("AWS::SNS::TopicInlinePolicy", f"PolicyDocument: {DOCUMENT}"),
    ("AWS::SecretsManager::ResourcePolicy", f"ResourcePolicy: {DOCUMENT}"),
    ("AWS::ECR::Repository", f"RepositoryPolicyText: {DOCUMENT}"),
    ("AWS::ECR::RegistryPolicy", f"PolicyText: {DOCUMENT}"),
    ("AWS::ECR::PublicRepository", f"RepositoryPolicyText: {DOCUMENT}"),
    ("AWS::Lambda::Permission", "Action: lambda:InvokeFunction\nFunctionName: f\nPrincipal: s3.amazonaws.com"),
    ("AWS::Lambda::LayerVersionPermission", 'Action: lambda:GetLayerVersion\nLayerVersionArn: l\nPrincipal: "*"'),
    ("AWS::Lambda::Url", "TargetFunctionArn: f\nAuthType: NONE"),
    ("AWS::Serverless::Function", "Role: r\nFunctionUrlConfig: {AuthType: NONE}"),
    ("AWS::ApiGateway::RestApi", f"Policy: {DOCUMENT}"),
    ("AWS::Serverless::Api", f"Auth: {{ResourcePolicy: {{CustomStatements: [{STATEMENT}]}}}}"),
    ("AWS::EFS::FileSystem", f"FileSystemPolicy: {DOCUMENT}"),
    ("AWS::Elasticsearch::Domain", f"AccessPolicies: {DOCUMENT}"),
    ("AWS::OpenSearchService::Domain", f"AccessPolicies: {DOCUMENT}"),
    ("AWS::Backup::BackupVault", f"AccessPolicy: {DOCUMENT}"),
    ("AWS::CodeArtifact::Domain", f"PermissionsPolicyDocument: {DOCUMENT}"),
    ("AWS::CodeArtifact::Repository", f"PermissionsPolicyDocument: {DOCUMENT}"),
    ("AWS::CloudTrail::EventDataStore", f"ResourcePolicy: {DOCUMENT}"),
    ("AWS::CloudTrail::Dashboard", f"ResourcePolicy: {DOCUMENT}"),
    ("AWS::CloudTrail::ResourcePolicy", f"ResourceArn: a\nResourcePolicy: {DOCUMENT}"),
    ("AWS::DynamoDB::Table", f"ResourcePolicy: {{PolicyDocument: {DOCUMENT}}}"),
    ("AWS::DynamoDB::Table", f"StreamSpecification: {{ResourcePolicy: {{PolicyDocument: {DOCUMENT}}}}}"),
    ("AWS::DynamoDB::GlobalTable", f"Replicas: [{{Region: r, ResourcePolicy: {{PolicyDocument: {DOCUMENT}}}}}]"),
    (
        "AWS::DynamoDB::GlobalTable",
        f"Replicas: [{{Region: r, ReplicaStreamSpecification: {{ResourcePolicy: {{PolicyDocument: {DOCUMENT}}}}}}}]",
    ),
    ("AWS::Kinesis::ResourcePolicy", f"ResourceArn: a\nResourcePolicy: {DOCUMENT}"),
    ("AWS::Events::EventBus", f"Name: b\nPolicy: {DOCUMENT}"),
    ("AWS::Events::EventBusPolicy", f"StatementId: s\nStatement: {STATEMENT}"),
    ("AWS::Events::EventBusPolicy", 'StatementId: s\nAction: events:PutEvents\nPrincipal: "*"'),
    ("AWS::EventSchemas::RegistryPolicy", f"RegistryName: r\nPolicy: {DOCUMENT}"),
    ("AWS::MediaStore::Container", f"Policy: {DOCUMENT}"),
    ("AWS::Logs::ResourcePolicy", f"PolicyName: p\nPolicyDocument: {DOCUMENT}"),
    ("AWS::Logs::Destination", f"DestinationPolicy: {DOCUMENT}"),
    ("AWS::IoT::Policy", f"PolicyDocument: {DOCUMENT}"),
    ("AWS::VpcLattice::AuthPolicy", f"ResourceIdentifier: r\nPolicy: {DOCUMENT}"),
    ("AWS::VpcLattice::ResourcePolicy", f"ResourceArn: r\nPolicy: {DOCUMENT}"),
    ("AWS::RAM::Permission", "Name: p\nPolicyTemplate: {Effect: ALLOW, Action: [ssm-contacts:ListPages]}"),
    ("AWS::RAM::ResourceShare", "Name: s\nAllowExternalPrincipals: true"),
    ("AWS::RAM::ResourceShare", 'Name: s\nPrincipals: ["111122223333"]'),
    ("AWS::RolesAnywhere::Profile", f"SessionPolicy: {DOCUMENT}"),
    ("AWS::SSM::ResourcePolicy", f"ResourceArn: r\nPolicy: {DOCUMENT}"),
    ("AWS::XRay::ResourcePolicy", f"PolicyName: p\nPolicyDocument: {DOCUMENT}"),
    ("AWS::Redshift::Cluster", f"NamespaceResourcePolicy: {DOCUMENT}"),
    ("AWS::RedshiftServerless::Namespace", f"NamespaceResourcePolicy: {DOCUMENT}"),
    ("AWS::Lex::ResourcePolicy", f"ResourceArn: r\nPolicy: {DOCUMENT}"),
    ("AWS::Bedrock::ResourcePolicy", f"ResourceArn: r\nPolicyDocument: {DOCUMENT}"),
    ("AWS::EC2::VPCEndpoint", f"PolicyDocument: {DOCUMENT}"),
    ("AWS::Transfer::User", f"Policy: {DOCUMENT}"),
    ("AWS::EC2::Instance", "ImageId: ami-1"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData: {ImageId: ami-1}"),
    ("AWS::EC2::SpotFleet", "SpotFleetRequestConfigData: {LaunchSpecifications: [{ImageId: ami-1}]}"),
    ("AWS::AutoScaling::LaunchConfiguration", "ImageId: ami-1"),
    ("AWS::ImageBuilder::DistributionConfiguration", f"Distributions: [{{AmiDistributionConfiguration: {LAUNCH}}}]"),
    ("AWS::EC2::SnapshotBlockPublicAccess", "State: block-all-sharing"),
    ("AWS::CloudFormation::Stack", "TemplateURL: https://s3.amazonaws.com/example/nested.yaml"),
]  # fmt: skip


def template_of(kind: str, properties: str, more: str = "") -> str:
    lines = properties.replace("\n", "\n      ")
    return f"Resources:\n  It:\n    Type: {kind}\n    {more}\n    Properties:\n      {lines}\n"


def is_known(made: Stack) -> bool:
    """Whether the resource is in the stack, or counted as not evaluated."""
    return bool(made.unresolved) or any(thing.address == "Resources/It" for thing in made.things)


@pytest.mark.parametrize(("kind", "properties"), PLACES)
def test_what_is_written_there_is_seen(template: Callable[[str], Stack], kind: str, properties: str) -> None:
    assert is_known(template(template_of(kind, properties)))


@pytest.mark.parametrize(("kind", "properties"), PLACES)
def test_an_unknown_value_there_is_counted(template: Callable[[str], Stack], kind: str, properties: str) -> None:
    before, _, last = properties.rpartition("\n")
    name = last.partition(":")[0]
    unknown = f"{before}\n{name}: !Ref Given".lstrip("\n")
    made = template(f"Parameters:\n  Given: {{Type: String}}\n{template_of(kind, unknown)}")
    assert is_known(made)


def test_memberships_are_the_users(template: Callable[[str], Stack]) -> None:
    made = template("""
    Resources:
      U: {Type: 'AWS::IAM::User', Properties: {UserName: u, Groups: [a]}}
      Add: {Type: 'AWS::IAM::UserToGroupAddition', Properties: {GroupName: b, Users: [!Ref U]}}
    """)
    (user,) = made.of_kind("user")
    assert isinstance(user, User)
    assert user.groups == ("a", "b")


CONNECTED = """
Transform: AWS::Serverless-2016-10-31
Resources:
  T: {Type: 'AWS::DynamoDB::Table'}
  F:
    Type: AWS::Serverless::Function
    %s
  %s
"""


@pytest.mark.parametrize("apart", [True, False])
def test_connectors_give_policies_or_are_counted(template: Callable[[str], Stack], apart: bool) -> None:
    properties = "{Source: {Id: F}, Destination: {Id: T}, Permissions: [Write]}"
    inner = "Connectors: {C: {Properties: {Destination: {Id: T}, Permissions: [Write]}}}"
    connector = f"C: {{Type: 'AWS::Serverless::Connector', Properties: {properties}}}"
    made = template(CONNECTED.lstrip() % (("", connector) if apart else (inner, "")))
    without = template(CONNECTED.lstrip() % ("", ""))
    assert len(list(made.policies)) > len(list(without.policies)) or made.unresolved


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::WAFv2::WebACL", f"Rules: [{{Statement: {DOCUMENT}}}]"),
        ("AWS::ECR::Repository", "LifecyclePolicy: {LifecyclePolicyText: '{\"rules\": []}'}"),
        ("AWS::OpenSearchServerless::AccessPolicy", f"Policy: '{DOCUMENT}'"),
        ("AWS::SQS::Queue", "RedrivePolicy: {maxReceiveCount: 1}"),
        ("AWS::SNS::Subscription", "FilterPolicy: {Statement: [x]}"),
        ("AWS::Organizations::Policy", "Type: TAG_POLICY\nContent: {tags: {}}"),
    ],
)
def test_what_only_looks_like_iam_is_left_alone(template: Callable[[str], Stack], kind: str, properties: str) -> None:
    made = template(template_of(kind, properties))
    assert (made.things, made.unresolved) == ((), ())


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::Lambda::Function", "Environment: {Variables: {DB_PASSWORD: %s}}"),
        ("AWS::Serverless::Function", "Role: r\nEnvironment: {Variables: {DB_PASSWORD: %s}}"),
        ("AWS::ECS::TaskDefinition", "ContainerDefinitions: [{Environment: [{Name: DB_PASSWORD, Value: %s}]}]"),
        ("AWS::CodeBuild::Project", "Environment: {EnvironmentVariables: [{Name: DB_PASSWORD, Value: %s}]}"),
        ("AWS::Batch::JobDefinition", "ContainerProperties: {Environment: [{Name: DB_PASSWORD, Value: %s}]}"),
        ("AWS::Glue::Job", "DefaultArguments: {'--DB_PASSWORD': %s}"),
        ("AWS::SageMaker::Model", "PrimaryContainer: {Environment: {DB_PASSWORD: %s}}"),
        (
            "AWS::AppRunner::Service",
            (
                "SourceConfiguration: {ImageRepository: {ImageConfiguration: "
                "{RuntimeEnvironmentVariables: [{Name: DB_PASSWORD, Value: %s}]}}}"
            ),
        ),
    ],
)
def test_the_environment_of_what_runs_code_is_read(
    template: Callable[[str], Stack], kind: str, properties: str
) -> None:
    made = template(template_of(kind, properties % "hunter2Zq9Lm4x"))
    assert [thing.address for thing in made.of_kind("secret")] == ["Resources/It"]

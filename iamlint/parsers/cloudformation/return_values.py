"""What `Ref` and `Fn::GetAtt` of a resource give: names, and ARNs with holes for what only the deploy knows."""

from __future__ import annotations

# The property that holds what `Ref` returns (AWS resource reference, "Return values"), where IAM cares for the name.
NAMED_BY: dict[str, str] = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::CodeBuild::Project": "Name",
    "AWS::Events::EventBus": "Name",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::Serverless::StateMachine": "Name",
    "AWS::Serverless::SimpleTable": "TableName",
    "AWS::Backup::BackupVault": "BackupVaultName",
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::OpenSearchService::Domain": "DomainName",
    "AWS::Elasticsearch::Domain": "DomainName",
    "AWS::Events::Rule": "Name",
}

# Types whose `Ref` is not their name: an ARN, a URL, or an id that nothing can foretell.
ARN_BY_REF: frozenset[str] = frozenset(
    {
        "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine",
        "AWS::SecretsManager::Secret",
    }
)  # fmt: skip
NOT_NAMED_BY_REF: frozenset[str] = ARN_BY_REF | {"AWS::SQS::Queue"}

# The ARN of a type: P partition, R Region, A account, N the name.
_ARNS: dict[str, str] = {
    "AWS::S3::Bucket": "s3:::N",
    "AWS::DynamoDB::Table": "dynamodb:R:A:table/N",
    "AWS::DynamoDB::GlobalTable": "dynamodb:R:A:table/N",
    "AWS::Serverless::SimpleTable": "dynamodb:R:A:table/N",
    "AWS::Lambda::Function": "lambda:R:A:function:N",
    "AWS::Serverless::Function": "lambda:R:A:function:N",
    "AWS::SQS::Queue": "sqs:R:A:N",
    "AWS::SNS::Topic": "sns:R:A:N",
    "AWS::KMS::Key": "kms:R:A:key/N",
    "AWS::Logs::LogGroup": "logs:R:A:log-group:N:*",
    "AWS::Kinesis::Stream": "kinesis:R:A:stream/N",
    "AWS::KinesisFirehose::DeliveryStream": "firehose:R:A:deliverystream/N",
    "AWS::ECR::Repository": "ecr:R:A:repository/N",
    "AWS::ECS::Cluster": "ecs:R:A:cluster/N",
    "AWS::SecretsManager::Secret": "secretsmanager:R:A:secret:N",
    "AWS::StepFunctions::StateMachine": "states:R:A:stateMachine:N",
    "AWS::Serverless::StateMachine": "states:R:A:stateMachine:N",
    "AWS::CodeBuild::Project": "codebuild:R:A:project/N",
    "AWS::Events::Rule": "events:R:A:rule/N",
    "AWS::Events::EventBus": "events:R:A:event-bus/N",
    "AWS::EFS::FileSystem": "elasticfilesystem:R:A:file-system/N",
    "AWS::RDS::DBCluster": "rds:R:A:cluster:N",
    "AWS::RDS::DBInstance": "rds:R:A:db:N",
    "AWS::Cognito::UserPool": "cognito-idp:R:A:userpool/N",
    "AWS::OpenSearchService::Domain": "es:R:A:domain/N",
    "AWS::Elasticsearch::Domain": "es:R:A:domain/N",
    "AWS::Backup::BackupVault": "backup:R:A:backup-vault:N",
    "AWS::CloudTrail::Trail": "cloudtrail:R:A:trail/N",
}
_ARN_ATTRIBUTES = frozenset(
    {"Arn", "TopicArn", "DBClusterArn", "DBInstanceArn", "DomainArn", "BackupVaultArn", "QueueArn", "StateMachineArn"}
)

_HOLES = {"P": "AWS::Partition", "R": "AWS::Region", "A": "AWS::AccountId"}


def arn_shape(kind: str, attribute: str) -> list[str] | None:
    """The ARN that an attribute of a type is, cut into pieces: literal text, `${pseudo-parameter}`, and `N` for
    the name. None when the attribute is no ARN of known shape."""
    shape = _ARNS.get(kind)
    if shape is None or attribute not in _ARN_ATTRIBUTES:
        return None
    pieces = ["arn:", f"${{{_HOLES['P']}}}", ":"]
    for index, field in enumerate(shape.split(":")):
        if index:
            pieces.append(":")
        if field in _HOLES:
            pieces.append(f"${{{_HOLES[field]}}}")
        elif field == "N" or field.endswith("/N"):
            pieces.extend([field[:-1], "N"])
        else:
            pieces.append(field)
    return [piece for piece in pieces if piece]

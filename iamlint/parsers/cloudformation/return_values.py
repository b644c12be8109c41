"""What `Ref` and `Fn::GetAtt` of a resource give: names, and ARNs with holes for what only the deploy knows."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

# One line for each type: what `Ref` gives (its name, its ARN, else nothing that can be foretold), the property that
# holds its name (- for none), the attributes that are its ARN, and the ARN after the partition. In the ARN, R stands
# for the Region, A for the account, N for the name, I for what only the deploy knows; a role's N has its path in it.
# From the "Return values" of the CloudFormation resource reference; the tests hold the ARNs against the Service
# Authorization Reference.
_TABLE = """
ACMPCA::CertificateAuthority arn - Arn acm-pca:R:A:certificate-authority/I
APS::Workspace arn - Arn aps:R:A:workspace/I
AccessAnalyzer::Analyzer arn AnalyzerName Arn access-analyzer:R:A:analyzer/N
AmazonMQ::Broker other BrokerName Arn mq:R:A:broker:N:I
Amplify::App arn - Arn amplify:R:A:apps/I
AppMesh::Mesh name MeshName Arn appmesh:R:A:mesh/N
AppRunner::Service arn ServiceName ServiceArn apprunner:R:A:service/N/I
AppSync::GraphQLApi arn - Arn appsync:R:A:apis/I
Athena::WorkGroup name Name - -
AutoScaling::AutoScalingGroup name AutoScalingGroupName - -
AutoScaling::LaunchConfiguration name LaunchConfigurationName - -
Backup::BackupPlan other - BackupPlanArn backup:R:A:backup-plan:I
Backup::BackupVault name BackupVaultName BackupVaultArn backup:R:A:backup-vault:N
Batch::ComputeEnvironment arn ComputeEnvironmentName ComputeEnvironmentArn batch:R:A:compute-environment/N
Batch::JobDefinition arn JobDefinitionName - batch:R:A:job-definition/N:I
Batch::JobQueue arn JobQueueName JobQueueArn batch:R:A:job-queue/N
Bedrock::Agent other - AgentArn bedrock:R:A:agent/I
Bedrock::Guardrail other - GuardrailArn bedrock:R:A:guardrail/I
Bedrock::KnowledgeBase other - KnowledgeBaseArn bedrock:R:A:knowledge-base/I
CertificateManager::Certificate arn - - acm:R:A:certificate/I
CloudFormation::Stack arn - - cloudformation:R:A:stack/I/I
CloudTrail::EventDataStore arn - EventDataStoreArn cloudtrail:R:A:eventdatastore/I
CloudTrail::Trail name TrailName Arn cloudtrail:R:A:trail/N
CloudWatch::Alarm name AlarmName Arn cloudwatch:R:A:alarm:N
CloudWatch::CompositeAlarm name AlarmName Arn cloudwatch:R:A:alarm:N
CloudWatch::InsightRule other RuleName Arn cloudwatch:R:A:insight-rule/N
CloudWatch::MetricStream name Name Arn cloudwatch:R:A:metric-stream/N
CodeArtifact::Domain arn DomainName Arn codeartifact:R:A:domain/N
CodeArtifact::Repository arn RepositoryName Arn codeartifact:R:A:repository/I/N
CodeBuild::Project name Name Arn codebuild:R:A:project/N
CodeCommit::Repository other RepositoryName Arn codecommit:R:A:N
CodeConnections::Connection arn - ConnectionArn codeconnections:R:A:connection/I
CodeDeploy::Application name ApplicationName - -
CodePipeline::Pipeline name Name - -
CodeStarConnections::Connection arn - ConnectionArn codestar-connections:R:A:connection/I
Cognito::UserPool other - Arn cognito-idp:R:A:userpool/I
Config::ConfigRule name ConfigRuleName Arn config:R:A:config-rule/I
DAX::Cluster name ClusterName Arn dax:R:A:cache/N
DMS::Endpoint arn - - dms:R:A:endpoint:I
DMS::ReplicationInstance arn - - dms:R:A:rep:I
DMS::ReplicationTask arn - - dms:R:A:task:I
DataSync::Task arn - TaskArn datasync:R:A:task/I
Detective::Graph arn - Arn detective:R:A:graph:I
DynamoDB::GlobalTable name TableName Arn dynamodb:R:A:table/N
DynamoDB::Table name TableName Arn dynamodb:R:A:table/N
ECR::PublicRepository name RepositoryName Arn ecr-public::A:repository/N
ECR::Repository name RepositoryName Arn ecr:R:A:repository/N
ECS::CapacityProvider name Name - -
ECS::Cluster name ClusterName Arn ecs:R:A:cluster/N
ECS::Service arn ServiceName ServiceArn ecs:R:A:service/I/N
ECS::TaskDefinition arn Family TaskDefinitionArn ecs:R:A:task-definition/N:I
EFS::AccessPoint other - Arn elasticfilesystem:R:A:access-point/I
EFS::FileSystem other - Arn elasticfilesystem:R:A:file-system/I
EKS::Cluster name Name Arn eks:R:A:cluster/N
EKS::FargateProfile other FargateProfileName Arn eks:R:A:fargateprofile/I/N/I
EKS::Nodegroup other NodegroupName Arn eks:R:A:nodegroup/I/N/I
EMRServerless::Application other - Arn emr-serverless:R:A:/applications/I
ElastiCache::ServerlessCache name ServerlessCacheName ARN elasticache:R:A:serverlesscache:N
ElasticLoadBalancingV2::Listener arn - ListenerArn elasticloadbalancing:R:A:listener/I/I/I/I
ElasticLoadBalancingV2::LoadBalancer arn Name LoadBalancerArn elasticloadbalancing:R:A:loadbalancer/I/N/I
ElasticLoadBalancingV2::TargetGroup arn Name TargetGroupArn elasticloadbalancing:R:A:targetgroup/N/I
Elasticsearch::Domain name DomainName Arn,DomainArn es:R:A:domain/N
Events::ApiDestination name Name Arn events:R:A:api-destination/N/I
Events::Archive name ArchiveName Arn events:R:A:archive/N
Events::Connection name Name Arn events:R:A:connection/N/I
Events::EventBus name Name Arn events:R:A:event-bus/N
Events::Rule other - Arn events:R:A:rule/I
FSx::FileSystem other - ResourceARN fsx:R:A:file-system/I
GlobalAccelerator::Accelerator arn - AcceleratorArn globalaccelerator::A:accelerator/I
Glue::Database other - - -
Glue::Job name Name - -
Glue::Registry arn Name Arn glue:R:A:registry/N
IAM::Group name GroupName Arn iam::A:group/N
IAM::InstanceProfile name InstanceProfileName Arn iam::A:instance-profile/N
IAM::ManagedPolicy other - PolicyArn iam::A:policy/N
IAM::OIDCProvider arn Url Arn iam::A:oidc-provider/N
IAM::Role name RoleName Arn iam::A:role/N
IAM::SAMLProvider arn Name Arn iam::A:saml-provider/N
IAM::ServerCertificate name ServerCertificateName Arn iam::A:server-certificate/N
IAM::User name UserName Arn iam::A:user/N
ImageBuilder::ImagePipeline arn - Arn imagebuilder:R:A:image-pipeline/I
IoT::Certificate other - Arn iot:R:A:cert/I
IoT::Policy name PolicyName Arn iot:R:A:policy/N
IoT::Thing name ThingName Arn iot:R:A:thing/N
IoT::TopicRule name RuleName Arn iot:R:A:rule/N
KMS::Alias name AliasName - -
KMS::Key other - Arn kms:R:A:key/I
KMS::ReplicaKey other - Arn kms:R:A:key/I
Kinesis::Stream name Name Arn kinesis:R:A:stream/N
Kinesis::StreamConsumer arn - ConsumerARN kinesis:R:A:stream/I/consumer/I:I
KinesisAnalyticsV2::Application name ApplicationName - -
KinesisFirehose::DeliveryStream name DeliveryStreamName Arn firehose:R:A:deliverystream/N
KinesisVideo::Stream other Name Arn kinesisvideo:R:A:stream/N/I
Lambda::Alias arn - AliasArn lambda:R:A:function:I:I
Lambda::CodeSigningConfig arn - CodeSigningConfigArn lambda:R:A:code-signing-config:I
Lambda::EventSourceMapping other - EventSourceMappingArn lambda:R:A:event-source-mapping:I
Lambda::Function name FunctionName Arn lambda:R:A:function:N
Lambda::LayerVersion arn LayerName LayerVersionArn lambda:R:A:layer:N:I
Lambda::Version arn - FunctionArn lambda:R:A:function:I:I
Lex::Bot other - Arn lex:R:A:bot/I
Logs::Destination name DestinationName Arn logs:R:A:destination:N
Logs::LogGroup name LogGroupName Arn logs:R:A:log-group:N:*
MSK::Cluster arn ClusterName Arn kafka:R:A:cluster/N/I
MSK::ServerlessCluster arn ClusterName Arn kafka:R:A:cluster/N/I
MWAA::Environment name Name Arn airflow:R:A:environment/N
MediaConvert::Queue other Name Arn mediaconvert:R:A:queues/N
NetworkFirewall::Firewall arn FirewallName FirewallArn network-firewall:R:A:firewall/N
NetworkFirewall::FirewallPolicy arn FirewallPolicyName FirewallPolicyArn network-firewall:R:A:firewall-policy/N
OpenSearchServerless::Collection other - Arn aoss:R:A:collection/I
OpenSearchService::Domain name DomainName Arn,DomainArn es:R:A:domain/N
Pipes::Pipe name Name Arn pipes:R:A:pipe/N
RAM::ResourceShare other - Arn ram:R:A:resource-share/I
RDS::DBCluster name DBClusterIdentifier DBClusterArn rds:R:A:cluster:N
RDS::DBInstance name DBInstanceIdentifier DBInstanceArn rds:R:A:db:N
RDS::DBProxy name DBProxyName DBProxyArn rds:R:A:db-proxy:I
Redshift::Cluster name ClusterIdentifier - -
RedshiftServerless::Namespace name NamespaceName Namespace.NamespaceArn redshift-serverless:R:A:namespace/I
RedshiftServerless::Workgroup name WorkgroupName Workgroup.WorkgroupArn redshift-serverless:R:A:workgroup/I
Rekognition::Collection name CollectionId Arn rekognition:R:A:collection/N
ResourceGroups::Group name Name Arn resource-groups:R:A:group/N
S3::AccessPoint name Name Arn s3:R:A:accesspoint/N
S3::Bucket name BucketName Arn s3:::N
S3Express::DirectoryBucket name BucketName Arn s3express:R:A:bucket/N
S3ObjectLambda::AccessPoint name Name Arn s3-object-lambda:R:A:accesspoint/N
S3Tables::TableBucket arn TableBucketName TableBucketARN s3tables:R:A:bucket/N
SNS::Topic arn TopicName TopicArn sns:R:A:N
SQS::Queue other QueueName Arn sqs:R:A:N
SSM::Document name Name - -
SSM::Parameter name Name - -
SSO::PermissionSet other - PermissionSetArn sso:::permissionSet/I/I
SageMaker::Domain other - DomainArn sagemaker:R:A:domain/I
SageMaker::Endpoint arn EndpointName - sagemaker:R:A:endpoint/N
SageMaker::EndpointConfig arn EndpointConfigName - sagemaker:R:A:endpoint-config/N
SageMaker::Model arn ModelName - sagemaker:R:A:model/N
SageMaker::NotebookInstance arn NotebookInstanceName - sagemaker:R:A:notebook-instance/N
Scheduler::Schedule name Name Arn scheduler:R:A:schedule/I/N
Scheduler::ScheduleGroup name Name Arn scheduler:R:A:schedule-group/N
SecretsManager::Secret arn - Id secretsmanager:R:A:secret:I
Serverless::Function name FunctionName Arn lambda:R:A:function:N
Serverless::LayerVersion arn LayerName LayerVersionArn lambda:R:A:layer:N:I
Serverless::SimpleTable name TableName Arn dynamodb:R:A:table/N
Serverless::StateMachine arn Name Arn states:R:A:stateMachine:N
ServiceDiscovery::HttpNamespace other - Arn servicediscovery:R:A:namespace/I
ServiceDiscovery::PrivateDnsNamespace other - Arn servicediscovery:R:A:namespace/I
ServiceDiscovery::PublicDnsNamespace other - Arn servicediscovery:R:A:namespace/I
ServiceDiscovery::Service other - Arn servicediscovery:R:A:service/I
Signer::SigningProfile other - Arn signer:R:A:/signing-profiles/I
StepFunctions::Activity arn Name Arn states:R:A:activity:N
StepFunctions::StateMachine arn StateMachineName Arn states:R:A:stateMachine:N
Timestream::Database name DatabaseName Arn timestream:R:A:database/N
Timestream::Table other TableName Arn timestream:R:A:database/I/table/N
Transfer::Server arn - Arn transfer:R:A:server/I
Transfer::User arn UserName Arn transfer:R:A:user/I/N
VpcLattice::Service other - Arn vpc-lattice:R:A:service/I
VpcLattice::ServiceNetwork other - Arn vpc-lattice:R:A:servicenetwork/I
WAFv2::IPSet other Name Arn wafv2:R:A:I/ipset/N/I
WAFv2::RuleGroup other Name Arn wafv2:R:A:I/rulegroup/N/I
WAFv2::WebACL other Name Arn wafv2:R:A:I/webacl/N/I
XRay::Group arn GroupName GroupARN xray:R:A:group/N/I
"""

_HOLES = {"R": "${AWS::Region}", "A": "${AWS::AccountId}", "N": "N", "I": "I"}


class Returned(NamedTuple):
    """What is documented of a type: what its `Ref` is, the property with its name, which attributes are its ARN."""

    ref: str
    named_by: str
    arn_attributes: tuple[str, ...]
    arn: str

    def arn_pieces(self) -> tuple[str, ...]:
        """The ARN cut into pieces: literal text, `${pseudo-parameter}`, `N` for the name, `I` for a hole."""
        return _pieces(self.arn)


@lru_cache(maxsize=1)
def _returned() -> dict[str, Returned]:
    rows = (line.split(" ") for line in _TABLE.strip().splitlines())
    return {
        f"AWS::{kind}": Returned(
            ref, "" if named == "-" else named, () if arns == "-" else tuple(arns.split(",")), "" if arn == "-" else arn
        )
        for kind, ref, named, arns, arn in rows
    }


def returned(kind: str) -> Returned | None:
    """What a type's references give; None when it is not in the table."""
    return _returned().get(kind)


def types() -> dict[str, Returned]:
    """The whole table."""
    return _returned()


@lru_cache(maxsize=256)
def _pieces(arn: str) -> tuple[str, ...]:
    pieces = ["arn:", "${AWS::Partition}", ":"]
    for number, field in enumerate(arn.split(":")):
        if number:
            pieces.append(":")
        for index, step in enumerate(field.split("/")):
            if index:
                pieces.append("/")
            pieces.append(_HOLES.get(step, step))
    merged: list[str] = []
    for piece in filter(None, pieces):
        is_literal = piece not in ("N", "I") and not piece.startswith("${")
        if is_literal and merged and merged[-1] not in ("N", "I") and not merged[-1].startswith("${"):
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)

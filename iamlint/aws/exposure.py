"""Actions that give away credentials or data, open resources to others, or blind those who watch.

Chosen from the lists of cloudsplaining, parliament, iam-dataset and primeharbor/sensitive_iam_actions. Left out are
tokens that give nothing by themselves (ecr:GetAuthorizationToken, sts:GetSessionToken), and what other rules are about:
keys and passwords of IAM users, secrets and parameters, roles.
"""

from __future__ import annotations

from functools import lru_cache

from iamlint.aws import actions as catalogue
from iamlint.logic import glob

_CREDENTIALS = """
    airflow:CreateCliToken airflow:CreateWebLoginToken chime:CreateApiKey cloud9:CreateEnvironmentSSH
    cloud9:CreateEnvironmentToken codepipeline:PollForJobs cognito-identity:GetOpenIdTokenForDeveloperIdentity
    cognito-idp:DescribeUserPoolClient connect:GetFederationToken ec2:GetPasswordData
    emr-containers:GetManagedEndpointSessionCredentials finspace-api:GetProgrammaticAccessCredentials
    gamelift:GetComputeAuthToken gamelift:GetInstanceAccess gamelift:RequestUploadCredentials
    grafana:CreateWorkspaceApiKey iam:CreateServiceSpecificCredential iam:ResetServiceSpecificCredential
    lightsail:CreateBucketAccessKey lightsail:DownloadDefaultKeyPair lightsail:GetInstanceAccessDetails
    lightsail:GetRelationalDatabaseMasterUserPassword mediapackage:RotateIngestEndpointCredentials rds-db:connect
    redshift:GetClusterCredentials redshift:GetClusterCredentialsWithIAM redshift-serverless:GetCredentials
    s3:GetDataAccess storagegateway:DescribeChapCredentials sts:GetFederationToken
"""
_DATA = """
    athena:GetQueryResults codecommit:GetFile codecommit:GitPull dynamodb:BatchGetItem
    dynamodb:ExportTableToPointInTime dynamodb:GetItem dynamodb:GetRecords dynamodb:PartiQLSelect dynamodb:Query
    dynamodb:Scan ebs:GetSnapshotBlock ec2:CreateInstanceExportTask glacier:GetJobOutput kinesis:GetRecords
    lakeformation:GetDataAccess lambda:GetFunction mediastore:GetObject qldb:SendCommand rds-data:ExecuteStatement
    rds:DownloadCompleteDBLogFile rds:DownloadDBLogFilePortion rds:StartExportTask redshift-data:GetStatementResult
    s3:GetObject s3:GetObjectVersion sagemaker:Search sqs:ReceiveMessage workmail:StartMailboxExportJob
"""
_LOGS = """
    access-analyzer:DeleteAnalyzer cloudtrail:DeleteEventDataStore cloudtrail:DeleteTrail cloudtrail:PutEventSelectors
    cloudtrail:StopEventDataStoreIngestion cloudtrail:StopLogging cloudtrail:UpdateTrail
    config:DeleteConfigurationRecorder config:DeleteDeliveryChannel config:StopConfigurationRecorder
    detective:DeleteGraph ec2:DeleteFlowLogs guardduty:DeleteDetector guardduty:DeleteMembers
    guardduty:DeletePublishingDestination guardduty:DisassociateFromAdministratorAccount
    guardduty:DisassociateMembers guardduty:StopMonitoringMembers guardduty:UpdateDetector inspector2:Disable
    macie2:DisableMacie route53resolver:DeleteResolverQueryLogConfig securityhub:DisableSecurityHub
    securityhub:DisassociateFromAdministratorAccount wafv2:DeleteLoggingConfiguration
"""
_LISTED: dict[str, frozenset[str]] = {
    "credentials": frozenset(_CREDENTIALS.lower().split()),
    "data": frozenset(_DATA.lower().split()),
    "logs": frozenset(_LOGS.lower().split()),
}
# What these open has rules of its own.
_TOLD_ELSEWHERE = ("iam", "sts", "sso", "organizations")


@lru_cache(maxsize=8192)
def exposing(action: str, exposure: str) -> str:
    """An action that exposes so, in lower case, among those that a pattern takes in; empty when there is none."""
    pattern = action.strip().lower()
    if exposure == "resources":
        return _opening(pattern)
    listed = _LISTED.get(exposure, frozenset())
    if "*" not in pattern and "?" not in pattern:
        return pattern if pattern in listed else ""
    return min((name for name in listed if glob.matches(pattern, name)), default="")


def _opening(pattern: str) -> str:
    """The first action that manages permissions of a resource, by AWS's own access levels."""
    service = pattern.partition(":")[0]
    if service in _TOLD_ELSEWHERE:
        return ""
    for info in catalogue.matching(pattern):
        if "Permissions management" in info.access_levels and info.resource_types:
            return f"{service}:{info.name.lower()}"
    return ""

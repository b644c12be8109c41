"""Actions that give away credentials or data, open resources to others, or blind those who watch.

Chosen from the lists of cloudsplaining, parliament, iam-dataset and primeharbor/sensitive_iam_actions. Left out are
tokens that give nothing by themselves (ecr:GetAuthorizationToken, sts:GetSessionToken), and what other rules are about:
keys and passwords of IAM users, secrets and parameters, roles.
"""

from __future__ import annotations

from collections.abc import Iterator
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
# What gives the clear text of whatever is kept so.
_KEYS = "kms:Decrypt kms:ReEncryptFrom"
_SECRETS = """
    secretsmanager:GetSecretValue ssm:GetParameter ssm:GetParameters ssm:GetParametersByPath ssm:GetParameterHistory
"""
_LISTED: dict[str, frozenset[str]] = {
    "keys": frozenset(_KEYS.lower().split()),
    "secrets": frozenset(_SECRETS.lower().split()),
    "credentials": frozenset(_CREDENTIALS.lower().split()),
    "data": frozenset(_DATA.lower().split()),
    "logs": frozenset(_LOGS.lower().split()),
}
# What these open has rules of its own.
_TOLD_ELSEWHERE = ("iam", "sts", "sso", "organizations")


# What is used together with these, on the same keys, secrets and parameters.
_USED_WITH_READING = (
    "kms:encrypt", "kms:reencrypt", "kms:generatedatakey", "kms:describekey", "kms:get", "kms:list",
    "secretsmanager:describe", "secretsmanager:get", "secretsmanager:list",
    "ssm:getparameter", "ssm:describeparameters",
)  # fmt: skip


@lru_cache(maxsize=4096)
def reads(action: str) -> bool:
    """Whether an action, or one that a pattern takes in, reads secrets or parameters, or decrypts."""
    if not action.strip().lower().startswith(("kms:", "secretsmanager:", "ssm:")):
        return False
    return bool(exposing(action, "keys") or exposing(action, "secrets"))


def goes_with_reading(action: str, reading: tuple[str, ...]) -> bool:
    """Whether an action is one of those that read, or narrowing these in their statement narrows it as well."""
    if not reading:
        return False
    folded = action.strip().lower()
    used = folded.startswith(_USED_WITH_READING) and any(one.partition(":")[0] == folded.partition(":")[0]
                                                         for one in map(str.lower, reading))  # fmt: skip
    return action in reading or used


@lru_cache(maxsize=8192)
def exposing(action: str, exposure: str) -> str:
    """An action that exposes so, in lower case, among those that a pattern takes in; empty when there is none."""
    return next(iter(all_exposing(action, exposure)), "")


@lru_cache(maxsize=8192)
def all_exposing(action: str, exposure: str) -> tuple[str, ...]:
    """The actions that expose so, in lower case, among those that a pattern takes in."""
    pattern = action.strip().lower()
    if exposure == "resources":
        return tuple(_opening(pattern))
    listed = _LISTED.get(exposure, frozenset())
    if "*" not in pattern and "?" not in pattern:
        return (pattern,) if pattern in listed else ()
    return tuple(sorted(name for name in listed if glob.matches(pattern, name)))


def _opening(pattern: str) -> Iterator[str]:
    """The actions that manage permissions of a resource, by AWS's own access levels."""
    service = pattern.partition(":")[0]
    if service in _TOLD_ELSEWHERE:
        return
    for info in catalogue.matching(pattern):
        if "Permissions management" in info.access_levels and info.resource_types:
            yield f"{service}:{info.name.lower()}"

"""Actions that give away credentials or data, open resources to others, or blind those who watch.

Chosen from the lists of cloudsplaining, parliament, iam-dataset and primeharbor/sensitive_iam_actions. Left out are
tokens that give nothing by themselves (ecr:GetAuthorizationToken, sts:GetSessionToken), and what other rules are about:
keys and passwords of IAM users, secrets and parameters, roles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from iamlint.aws import actions as catalogue
from iamlint.logic import glob

_CREDENTIALS = """
    airflow:CreateCliToken airflow:CreateWebLoginToken appsync:CreateApiKey appsync:ListApiKeys chime:CreateApiKey
    cloud9:CreateEnvironmentSSH cloud9:CreateEnvironmentToken codepipeline:PollForJobs
    cognito-identity:GetOpenIdTokenForDeveloperIdentity cognito-idp:DescribeUserPoolClient connect:GetFederationToken
    connect:ListSecurityKeys dsql:DbConnect dsql:DbConnectAdmin ec2:GetPasswordData
    emr-containers:GetManagedEndpointSessionCredentials finspace-api:GetProgrammaticAccessCredentials
    gamelift:GetComputeAuthToken gamelift:GetInstanceAccess gamelift:RequestUploadCredentials
    grafana:CreateWorkspaceApiKey iam:CreateServiceSpecificCredential iam:ResetServiceSpecificCredential
    lightsail:CreateBucketAccessKey lightsail:DownloadDefaultKeyPair lightsail:GetBucketAccessKeys
    lightsail:GetInstanceAccessDetails lightsail:GetRelationalDatabaseMasterUserPassword
    mediapackage:RotateChannelCredentials mediapackage:RotateIngestEndpointCredentials rds-db:connect
    redshift-serverless:GetCredentials redshift:GetClusterCredentials redshift:GetClusterCredentialsWithIAM
    s3:GetDataAccess snowball:GetJobUnlockCode storagegateway:DescribeChapCredentials sts:GetFederationToken
"""
_DATA = """
    aoss:APIAccessAll athena:GetQueryResults athena:GetQueryResultsStream cassandra:Select codecommit:GetFile
    codecommit:GitPull dax:BatchGetItem dax:GetItem dax:Query dax:Scan dynamodb:BatchGetItem
    dynamodb:ExportTableToPointInTime dynamodb:GetItem dynamodb:GetRecords dynamodb:PartiQLSelect dynamodb:Query
    dynamodb:Scan ebs:GetSnapshotBlock ec2:CreateInstanceExportTask es:ESHttpGet es:ESHttpPost glacier:GetJobOutput
    healthlake:ReadResource healthlake:SearchWithGet healthlake:SearchWithPost kinesis:GetRecords kinesisvideo:GetMedia
    lambda:GetFunction mediastore:GetObject neptune-db:ReadDataViaQuery qldb:SendCommand rds-data:ExecuteStatement
    rds:DownloadCompleteDBLogFile rds:DownloadDBLogFilePortion rds:StartExportTask redshift-data:GetStatementResult
    s3-object-lambda:GetObject s3:GetObject s3:GetObjectVersion sagemaker:Search sdb:Select sqs:ReceiveMessage
    timestream:Select workdocs:GetDocumentVersion workmail:StartMailboxExportJob
"""
_LOGS = """
    access-analyzer:DeleteAnalyzer cloudtrail:DeleteEventDataStore cloudtrail:DeleteTrail cloudtrail:PutEventSelectors
    cloudtrail:StopEventDataStoreIngestion cloudtrail:StopLogging cloudtrail:UpdateTrail
    config:DeleteConfigurationRecorder config:DeleteDeliveryChannel config:StopConfigurationRecorder
    detective:DeleteGraph ec2:DeleteFlowLogs guardduty:DeleteDetector guardduty:DeleteMembers
    guardduty:DeletePublishingDestination guardduty:DisassociateFromAdministratorAccount
    guardduty:DisassociateFromMasterAccount guardduty:DisassociateMembers guardduty:StopMonitoringMembers
    guardduty:UpdateDetector inspector2:Disable macie2:DisableMacie macie2:DisassociateFromAdministratorAccount
    network-firewall:UpdateLoggingConfiguration route53resolver:DeleteResolverQueryLogConfig
    route53resolver:DisassociateResolverQueryLogConfig securityhub:BatchDisableStandards securityhub:DisableSecurityHub
    securityhub:DisassociateFromAdministratorAccount securitylake:DeleteDataLake waf-regional:DeleteLoggingConfiguration
    waf:DeleteLoggingConfiguration wafv2:DeleteLoggingConfiguration
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
# By which of these ways each action exposes something.
_WAYS = {
    name: tuple(way for way, names in _LISTED.items() if name in names)
    for name in sorted(frozenset[str]().union(*_LISTED.values()))
}
_NONE: Mapping[str, tuple[str, ...]] = {}
# What shares resources by other ways than a policy of that name.
_SHARING = frozenset(
    """
    codeartifact:PutDomainPermissionsPolicy codeartifact:PutRepositoryPermissionsPolicy ec2:ModifyFpgaImageAttribute
    ec2:ModifyImageAttribute logs:PutDestinationPolicy ram:AssociateResourceShare ram:UpdateResourceShare
    rds:ModifyDBClusterSnapshotAttribute rds:ModifyDBSnapshotAttribute
    """.lower().split()
)
# What only reads permissions, or takes some away.
_CLOSING = ("get", "list", "describe", "remove", "revoke", "retire")
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


def exposing(action: str, exposure: str) -> str:
    """An action that exposes so, in lower case, among those that a pattern takes in; empty when there is none."""
    return next(iter(exposures(action).get(exposure, ())), "")


@lru_cache(maxsize=32768)
def exposures(action: str) -> Mapping[str, tuple[str, ...]]:
    """How a pattern's actions expose something, and by each way which of them do, in lower case."""
    pattern = action.strip().lower()
    found = {"resources": opening} if (opening := tuple(_opening(pattern))) else {}
    if "*" not in pattern and "?" not in pattern:
        found.update(dict.fromkeys(_WAYS.get(pattern, ()), (pattern,)))
        return found or _NONE
    head = pattern[: min(at for at in (pattern.find("*"), pattern.find("?")) if at >= 0)]
    for name, ways in _WAYS.items():
        if name.startswith(head) and glob.matches(pattern, name):
            for way in ways:
                found[way] = (*found.get(way, ()), name)
    return found or _NONE


def _opening(pattern: str) -> Iterator[str]:
    """The actions that manage permissions of a resource, by AWS's own access levels."""
    service = pattern.partition(":")[0]
    if service in _TOLD_ELSEWHERE:
        return
    for info in catalogue.matching(pattern):
        name = info.name.lower()
        if not info.resource_types or name.startswith(_CLOSING):
            continue
        if "Permissions management" in info.access_levels or _writes_policy(f"{service}:{name}"):
            yield f"{service}:{name}"


def _writes_policy(action: str) -> bool:
    """Whether an action writes a resource's policy, or shares it, though AWS counts it among what merely writes."""
    name = action.partition(":")[2]
    return action in _SHARING or (name.endswith("resourcepolicy") and name.startswith(("put", "create", "update")))

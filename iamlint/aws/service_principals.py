"""Names of AWS services as principals: how they are written, and which say on whose behalf they call."""

from __future__ import annotations

import re
from functools import lru_cache

# The DNS suffixes of AWS's partitions, and of its older service principals.
_SUFFIXES = (
    ".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".amazon.com", ".aws.internal", ".c2s.ic.gov",
    ".sc2s.sgov.gov", ".cloud.adc-e.uk", ".csp.hci.ic.gov",
)  # fmt: skip

# Global condition keys, and keys of services, whose values are service principals (IAM User Guide, "AWS global
# condition context keys"; Service Authorization Reference). iam:AWSServiceName is not among them: its values are the
# names of service-linked roles, some with a prefix of their own.
KEYS = frozenset(
    {
        "iam:passedtoservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:principalservicename",
        "aws:principalservicenameslist",
    }
)  # fmt: skip
VIA_SERVICE = "kms:viaservice"

# What is known of the principal of a request; an AWS service that calls for itself has none of it
# (IAM User Guide, "AWS global condition context keys", availability of the properties of the principal).
_PRINCIPAL_PROPERTIES = frozenset(
    {"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:username"}
)
_PRINCIPAL_TAG = "aws:principaltag/"

# The keys that say on whose behalf a service calls (IAM User Guide, "The confused deputy problem"); Amazon SNS knew the
# account under another name before.
SOURCE_KEYS = frozenset(
    {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"}
)
SOURCE_ARN = "aws:sourcearn"

# service principal without its suffix: the services whose resources it calls with those keys, as its own documentation
# shows in a policy (its page on permissions, or on cross-service confused deputy prevention). What is not here, or is
# documented to come without them, is kept quiet about: EventBridge publishing to SNS topics and through their keys,
# S3 through the keys of queues and topics, load balancers writing access logs as
# logdelivery.elasticloadbalancing, Alexa (which has lambda:EventSourceToken), AWS Backup's notifications.
_DOCUMENTED: dict[str, frozenset[str]] = {
    name: frozenset(services.split())
    for name, services in {
        "apigateway": "lambda",
        "appstream": "s3",
        "bcm-data-exports": "s3",
        "bedrock": "lambda",
        "billingreports": "s3",
        "budgets": "sns",
        "cloudfront": "kms lambda s3",
        "cloudtrail": "kms s3 sns",
        "cloudwatch": "sns",
        "codecommit": "lambda",
        "cognito-idp": "lambda",
        "config": "lambda s3 sns",
        "connect": "lambda",
        "costalerts": "sns",
        "delivery.logs": "logs s3",
        "devops-guru": "sns",
        "elasticloadbalancing": "lambda",
        "es": "logs",
        "events": "lambda sqs",
        "events.rds": "sns",
        "guardduty": "kms s3",
        "inspector2": "kms s3",
        "iot": "lambda",
        "lambda.alarms.cloudwatch": "lambda",
        "lex": "lambda",
        "lexv2": "lambda",
        "logging.s3": "s3",
        "logs": "lambda",
        "macie": "kms s3",
        "route53": "logs",
        "s3": "lambda s3 sns sqs",
        "secretsmanager": "lambda",
        "serverlessrepo": "s3",
        "ses": "lambda s3 sns",
        "sns": "lambda sqs",
        "storage-lens.s3": "s3",
    }.items()
}

# Services that assume a role of the customer's with those keys, each with the page of AWS's documentation (below
# docs.aws.amazon.com) that shows them in the role's trust policy. Who is not here is kept quiet about: those that run
# the customer's code (EC2, Lambda, EKS), and those whose pages show the trust policy without the keys, as EventBridge's
# rules, CodePipeline and CloudWatch's metric streams do.
_ASSUMING_FOR_WHOM: dict[str, str] = {
    "appstream": "appstream2/latest/developerguide/example-fleet-machine.html",
    "autoscaling": "autoscaling/ec2/userguide/cross-service-confused-deputy-prevention.html",
    "comprehend": "comprehend/latest/dg/cross-service-confused-deputy-prevention.html",
    "datasync": "datasync/latest/userguide/cross-service-confused-deputy-prevention.html",
    "datazone": "sagemaker-unified-studio/latest/adminguide/AmazonSageMakerDomainExecution.html",
    "dms": "dms/latest/userguide/cross-service-confused-deputy-prevention.html",
    "ecs-tasks": "AmazonECS/latest/developerguide/task-iam-roles.html",
    "elasticmapreduce": "emr/latest/ManagementGuide/emr-studio-service-role.html",
    "frauddetector": "frauddetector/latest/ug/confused-deputy-prevention.html",
    "hooks.cloudformation": "AWSCloudFormation/latest/UserGuide/registry-public.html",
    "iot": "iot/latest/developerguide/cross-service-confused-deputy-prevention.html",
    "kinesisanalytics": "kinesisanalytics/latest/dev/iam-cross-service-confused-deputy-prevention.html",
    "logs": "AmazonCloudWatch/latest/logs/Subscriptions-confused-deputy.html",
    "monitoring.rds": "AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html",
    "personalize": "personalize/latest/dg/cross-service-confused-deputy-prevention.html",
    "pipes": "AWSCloudFormation/latest/UserGuide/aws-resource-pipes-pipe.html",
    "rds": "AmazonRDS/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    "resources.cloudformation": "AWSCloudFormation/latest/UserGuide/registry.html",
    "sagemaker": "sagemaker/latest/dg/security-confused-deputy-prevention.html",
    "scheduler": "scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    "sms-voice": "sms-voice/latest/userguide/configuration-sets-kinesis-creating-role.html",
    "ssm": "systems-manager/latest/userguide/cross-service-confused-deputy-prevention.html",
    "states": "step-functions/latest/dg/procedure-create-iam-role.html",
    "transcribe": "transcribe/latest/dg/security_iam_id-based-policy-examples.html",
    "transcribe.streaming": "transcribe/latest/dg/security_iam_id-based-policy-examples.html",
    "vpc-flow-logs": "vpc/latest/userguide/flow-logs-cwl.html",
}

# Keys that say nothing about who calls: what is called, how the object is written, and over what.
_NOT_ABOUT_CALLER = ("aws:resource", "s3:x-amz-", "aws:securetransport", "s3:tlsversion", "s3:signature", "s3:authtype")

# In a policy with one of these the caller is pinned in the way that its service documents instead: CloudTrail and
# CloudWatch Logs by the encryption context, Alexa by a token.
_PINS_OTHERWISE = ("kms:encryptioncontext", "kms:grant", "kms:calleraccount", "lambda:eventsourcetoken")


def stem(name: str) -> str:
    """A service principal without the suffix of its partition and without a Region; empty when it has no suffix."""
    suffix = next((each for each in sorted(_SUFFIXES, key=len, reverse=True) if name.endswith(each)), "")
    bare = name[: -len(suffix)] if suffix else ""
    head, dot, last = bare.rpartition(".")
    return head if dot and _is_region(last) else bare


@lru_cache(maxsize=1024)
def format_problem(name: str) -> str:
    """What is wrong with a text as the name of a service, in words; empty when nothing is."""
    if name != name.lower() and not format_problem(name.lower()):
        return f"is not in lower case; did you mean `{name.lower()}`?"
    if not name.lower().endswith(_SUFFIXES):
        hint = f"; did you mean `{name}.amazonaws.com`?" if re.fullmatch(r"[a-z][a-z0-9.-]*", name) else ""
        return f"does not end in `.amazonaws.com`{hint}"
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)+", name):
        return ""
    return "is not of the form `service.amazonaws.com`"


@lru_cache(maxsize=1024)
def via_service_problem(name: str) -> str:
    """What is wrong with a text as a value of kms:ViaService, which names the Region too; empty when nothing is."""
    problem = format_problem(name)
    if problem:
        return problem
    suffix = next(each for each in sorted(_SUFFIXES, key=len, reverse=True) if name.endswith(each))
    head, dot, region = name[: -len(suffix)].rpartition(".")
    if dot and head and _is_region(region):
        return ""
    # The last label is a Region that is not spelled as one, or the service: what stands before names a part of it.
    service = head if head and "-" in region else region
    return f"names no Region: `kms:ViaService` is of the form `{service}.eu-west-1{suffix}`"


def says_for_whom(principal: str, service: str) -> bool:
    """Whether AWS documents that a service principal's calls to another service carry the source keys."""
    return service in _DOCUMENTED.get(stem(principal), ())


def assumes_for_whom(principal: str) -> bool:
    """Whether AWS documents that a service principal carries the source keys where it assumes a role."""
    return stem(principal) in _ASSUMING_FOR_WHOM


def is_principal_property(key: str) -> bool:
    """Whether a condition key, in lower case, is about an IAM principal, which a service that calls is not."""
    return key in _PRINCIPAL_PROPERTIES or key.startswith(_PRINCIPAL_TAG)


def is_about_caller(key: str) -> bool:
    """Whether a condition key, in lower case, says something about who calls."""
    return not key.startswith(_NOT_ABOUT_CALLER)


def pins_otherwise(key: str) -> bool:
    """Whether a condition key, in lower case, pins whom a service calls for in a way of its own."""
    return key.startswith(_PINS_OTHERWISE)


def _is_region(label: str) -> bool:
    """Whether a label is a Region by its form: `eu-west-1`, `us-gov-east-1`."""
    return re.fullmatch(r"[a-z]{2,4}(-[a-z]+){1,3}-\d", label) is not None

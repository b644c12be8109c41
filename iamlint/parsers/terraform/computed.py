"""What a provider computes and can be known beforehand: the shapes of ARNs and ids, rendered documents, templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iamlint.model.text import Part, Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import MapValue, UnknownValue, Value
from iamlint.parsers.terraform.literals import hole, joined, string_parts
from iamlint.source.span import Spelling

if TYPE_CHECKING:
    from iamlint.parsers.terraform.resource_instances import ResourceInstance

PARTITION = Unknown("the partition is known at deploy time", "data.aws_partition.current.partition")
REGION = Unknown("the region is known at deploy time", "data.aws_region.current.name")
ACCOUNT = Unknown("the account is known at deploy time", "data.aws_caller_identity.current.account_id")

# type: (service, region and account in the ARN: "ra", "a" or "", what comes before the name, the naming attribute)
_ARNS: dict[str, tuple[str, str, str, str]] = {
    "aws_s3_bucket": ("s3", "", "", "bucket"),
    "aws_iam_role": ("iam", "a", "role/", "name"),
    "aws_iam_user": ("iam", "a", "user/", "name"),
    "aws_iam_group": ("iam", "a", "group/", "name"),
    "aws_iam_instance_profile": ("iam", "a", "instance-profile/", "name"),
    "aws_sqs_queue": ("sqs", "ra", "", "name"),
    "aws_sns_topic": ("sns", "ra", "", "name"),
    "aws_dynamodb_table": ("dynamodb", "ra", "table/", "name"),
    "aws_lambda_function": ("lambda", "ra", "function:", "function_name"),
    "aws_kinesis_stream": ("kinesis", "ra", "stream/", "name"),
    "aws_kinesis_firehose_delivery_stream": ("firehose", "ra", "deliverystream/", "name"),
    "aws_ecr_repository": ("ecr", "ra", "repository/", "name"),
    "aws_ecs_cluster": ("ecs", "ra", "cluster/", "name"),
    "aws_ecs_task_definition": ("ecs", "ra", "task-definition/", "family"),
    "aws_cloudwatch_log_group": ("logs", "ra", "log-group:", "name"),
    "aws_cloudwatch_event_rule": ("events", "ra", "rule/", "name"),
    "aws_cloudwatch_event_bus": ("events", "ra", "event-bus/", "name"),
    "aws_sfn_state_machine": ("states", "ra", "stateMachine:", "name"),
    "aws_codebuild_project": ("codebuild", "ra", "project/", "name"),
    "aws_codepipeline": ("codepipeline", "ra", "", "name"),
    "aws_codecommit_repository": ("codecommit", "ra", "", "repository_name"),
    "aws_ssm_parameter": ("ssm", "ra", "parameter/", "name"),
    "aws_secretsmanager_secret": ("secretsmanager", "ra", "secret:", "name"),
    "aws_kms_key": ("kms", "ra", "key/", ""),
    "aws_kms_alias": ("kms", "ra", "", "name"),
    "aws_efs_file_system": ("elasticfilesystem", "ra", "file-system/", ""),
    "aws_backup_vault": ("backup", "ra", "backup-vault:", "name"),
    "aws_eks_cluster": ("eks", "ra", "cluster/", "name"),
    "aws_elasticsearch_domain": ("es", "ra", "domain/", "domain_name"),
    "aws_opensearch_domain": ("es", "ra", "domain/", "domain_name"),
    "aws_iam_openid_connect_provider": ("iam", "a", "oidc-provider/", ""),
    "aws_iam_saml_provider": ("iam", "a", "saml-provider/", "name"),
    "aws_cloudtrail": ("cloudtrail", "ra", "trail/", "name"),
    "aws_instance": ("ec2", "ra", "instance/", ""),
}

# What `id` is, for types whose id is one of their arguments.
_IDS: dict[str, str] = {
    "aws_s3_bucket": "bucket", "aws_iam_role": "name", "aws_iam_user": "name", "aws_iam_group": "name",
    "aws_iam_instance_profile": "name", "aws_dynamodb_table": "name", "aws_ecr_repository": "name",
    "aws_lambda_function": "function_name",
}  # fmt: skip

_DEPLOY_TIME: dict[tuple[str, str], str] = {
    ("aws_caller_identity", "account_id"): "the account is known at deploy time",
    ("aws_caller_identity", "id"): "the account is known at deploy time",
    ("aws_partition", "partition"): "the partition is known at deploy time",
    ("aws_partition", "id"): "the partition is known at deploy time",
    ("aws_region", "name"): "the region is known at deploy time",
    ("aws_region", "region"): "the region is known at deploy time",
    ("aws_region", "id"): "the region is known at deploy time",
}


def attribute(instance: ResourceInstance, name: str) -> Value | None:
    """The value of an attribute that is not written; None when nothing can be known of it."""
    declared = instance.declared
    if declared.mode == "data":
        make = _DATA.get((declared.kind, name))
        if make is not None:
            return make(instance)
        reason = _DEPLOY_TIME.get((declared.kind, name))
        if reason is not None:
            return hole(Unknown(reason, f"{declared.local_address}.{name}"), instance.block)
        return None
    if declared.kind == "aws_iam_policy":
        return None  # its arn and id are what links it to its attachments
    if name == "id" and declared.kind in _IDS:
        return _identifier(instance, _IDS[declared.kind])
    if name == "id" and declared.kind in ("aws_sns_topic", "aws_secretsmanager_secret"):
        return _arn(instance, "arn")
    if name in ("arn", "qualified_arn"):
        return _arn(instance, name)
    return None


def known_names(kind: str) -> tuple[str, ...]:
    """The attributes that `attribute` may know of a type, for whole objects."""
    return ("arn", "id", "name") if kind in _ARNS or kind == "aws_iam_policy" else ("id",)


def has_holes(value: Value) -> bool:
    """Whether the value is a string with an unknown part."""
    return isinstance(value, Text) and not value.is_known


def _identifier(instance: ResourceInstance, name: str) -> Value:
    value = instance.written(name)
    if isinstance(value, Text) and value.is_known:
        return value
    return hole(instance.unknown("id"), instance.block)


def _arn(instance: ResourceInstance, name: str) -> Value | None:
    shape = _ARNS.get(instance.declared.kind)
    if shape is None:
        return None
    service, where, before, naming = shape
    parts: list[Part] = ["arn:", PARTITION, f":{service}:"]
    parts += [REGION if "r" in where else "", ":", ACCOUNT if "a" in where else "", ":" + _path(instance, before)]
    spellings: list[Spelling | None] = [None] * len(parts)
    named = instance.written(naming) if naming else None
    more = string_parts(named) if isinstance(named, Text) and named.is_known else None
    if more is not None:
        parts += more[0]
        spellings += more[1]
    else:
        parts.append(instance.unknown(name))
        spellings.append(None)
    return joined(parts, spellings, instance.block)


def _path(instance: ResourceInstance, before: str) -> str:
    """What comes before the name: for IAM's own, the path too."""
    path = instance.written("path") if instance.declared.kind.startswith("aws_iam_") else None
    literal = path.literal if isinstance(path, Text) else None
    return before + literal.lstrip("/") if literal else before


def _document(instance: ResourceInstance) -> Value:
    from iamlint.parsers.terraform.policy_document_data import rendered

    return rendered(instance)


def _template(instance: ResourceInstance) -> Value | None:
    from iamlint.parsers.terraform.template_files import rendered

    source = instance.written("template")
    variables = instance.written("vars")
    if not isinstance(source, Text):
        return source if isinstance(source, UnknownValue) else None
    names = dict(_entries(variables)) if variables is not None else {}
    return rendered(source, names, instance.scope, instance.block)


def _entries(value: Value) -> list[tuple[str, Value]]:
    if not isinstance(value, MapValue):
        return []
    return [(key.literal, item) for key, item in value.entries if key.literal is not None]


def _managed_policy_arn(instance: ResourceInstance) -> Value | None:
    """The ARN of `data "aws_iam_policy"` by name: AWS's own, when it is the name of one of AWS's."""
    name = instance.written("name")
    if not isinstance(name, Text) or name.literal is None:
        return None
    path = instance.written("path_prefix")
    before = (path.literal or "/").lstrip("/") if isinstance(path, Text) else ""
    if not _is_aws_managed(name.literal):
        return None
    parts = string_parts(name)
    assert parts is not None
    own: list[Part] = ["arn:", PARTITION, f":iam::aws:policy/{before}"]
    return joined([*own, *parts[0]], [None, None, None, *parts[1]], name.place, name.via)


def _is_aws_managed(name: str) -> bool:
    return name.startswith(("AWS", "Amazon")) or name in _MANAGED or name.endswith(("FullAccess", "ReadOnlyAccess"))


_MANAGED = frozenset(
    {
        "AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit", "ViewOnlyAccess", "Billing",
        "CloudWatchAgentServerPolicy", "DatabaseAdministrator", "NetworkAdministrator", "SystemAdministrator",
        "SupportUser", "DataScientist", "IAMUserChangePassword",
    }
)  # fmt: skip

_DATA: dict[tuple[str, str], Callable[[ResourceInstance], Value | None]] = {
    ("aws_iam_policy_document", "json"): _document,
    ("aws_iam_policy_document", "minified_json"): _document,
    ("template_file", "rendered"): _template,
    ("aws_iam_policy", "arn"): _managed_policy_arn,
    ("aws_s3_bucket", "arn"): lambda instance: _arn(instance, "arn"),
    ("aws_iam_role", "arn"): lambda instance: _arn(instance, "arn"),
    ("aws_iam_user", "arn"): lambda instance: _arn(instance, "arn"),
    ("aws_sqs_queue", "arn"): lambda instance: _arn(instance, "arn"),
    ("aws_sns_topic", "arn"): lambda instance: _arn(instance, "arn"),
}

"""Which resource types are IAM's, and what each is in the model: one row per type."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.identity import InstanceProfile
from iamlint.model.policy import HolderKind
from iamlint.parsers.assemble import StackBuilder, Target
from iamlint.parsers.terraform import (
    account_resources,
    account_sharing,
    compute_resources,
    metadata_services,
    recording_resources,
    secrets,
    sharing_resources,
    stack_templates,
    user_pools,
    watching_resources,
    workload_resources,
)
from iamlint.parsers.terraform.declaring import Declaring, absent, block_value, text_of
from iamlint.parsers.terraform.multiplicity import expanded
from iamlint.parsers.terraform.permissions import event_permission, lambda_layer_permission, lambda_permission
from iamlint.parsers.terraform.resource_instances import ResourceInstance
from iamlint.parsers.terraform.rotating import rotation
from iamlint.source.hcl_syntax import Block

Declare = Callable[[Declaring], None]

# Resource types with a policy of the resource: (attribute, IAM prefix of the service).
RESOURCE_POLICIES: dict[str, tuple[tuple[str, str], ...]] = {
    "aws_api_gateway_rest_api": (("policy", "execute-api"),),
    "aws_api_gateway_rest_api_policy": (("policy", "execute-api"),),
    "aws_backup_vault_policy": (("policy", "backup"),),
    "aws_cloudwatch_event_bus_policy": (("policy", "events"),),
    "aws_cloudwatch_log_destination_policy": (("access_policy", "logs"),),
    "aws_cloudwatch_log_resource_policy": (("policy_document", "logs"), ("policy", "logs")),
    "aws_codeartifact_domain_permissions_policy": (("policy_document", "codeartifact"),),
    "aws_codeartifact_repository_permissions_policy": (("policy_document", "codeartifact"),),
    "aws_codebuild_resource_policy": (("policy", "codebuild"),),
    "aws_dynamodb_resource_policy": (("policy", "dynamodb"),),
    "aws_ecr_registry_policy": (("policy", "ecr"),),
    "aws_ecr_repository_policy": (("policy", "ecr"),),
    "aws_ecrpublic_repository_policy": (("policy", "ecr-public"),),
    "aws_efs_file_system_policy": (("policy", "elasticfilesystem"),),
    "aws_elasticsearch_domain": (("access_policies", "es"),),
    "aws_elasticsearch_domain_policy": (("access_policies", "es"),),
    "aws_glacier_vault": (("access_policy", "glacier"),),
    "aws_glacier_vault_lock": (("policy", "glacier"), ("access_policy", "glacier")),
    "aws_glue_resource_policy": (("policy", "glue"),),
    "aws_kinesis_resource_policy": (("policy", "kinesis"),),
    "aws_kms_external_key": (("policy", "kms"),),
    "aws_kms_key": (("policy", "kms"),),
    "aws_kms_key_policy": (("policy", "kms"),),
    "aws_kms_replica_external_key": (("policy", "kms"),),
    "aws_kms_replica_key": (("policy", "kms"),),
    "aws_media_store_container_policy": (("policy", "mediastore"),),
    "aws_networkfirewall_resource_policy": (("policy", "network-firewall"),),
    "aws_opensearch_domain": (("access_policies", "es"),),
    "aws_opensearch_domain_policy": (("access_policies", "es"),),
    "aws_s3_access_point": (("policy", "s3"),),
    "aws_s3_bucket": (("policy", "s3"),),
    "aws_s3_bucket_policy": (("policy", "s3"),),
    "aws_s3control_access_point_policy": (("policy", "s3"),),
    "aws_s3control_bucket_policy": (("policy", "s3-outposts"),),
    "aws_s3control_object_lambda_access_point_policy": (("policy", "s3-object-lambda"),),
    "aws_s3tables_table_bucket_policy": (("resource_policy", "s3tables"),),
    "aws_s3tables_table_policy": (("resource_policy", "s3tables"),),
    "aws_sagemaker_model_package_group_policy": (("resource_policy", "sagemaker"),),
    "aws_schemas_registry_policy": (("policy", "schemas"),),
    "aws_secretsmanager_secret": (("policy", "secretsmanager"),),
    "aws_secretsmanager_secret_policy": (("policy", "secretsmanager"),),
    "aws_ses_identity_policy": (("policy", "ses"),),
    "aws_sns_topic": (("policy", "sns"),),
    "aws_sns_topic_policy": (("policy", "sns"),),
    "aws_sqs_queue": (("policy", "sqs"),),
    "aws_sqs_queue_policy": (("policy", "sqs"),),
}

# Inline policies of identities: (attribute that names the identity, its kind, attribute of the document).
_INLINE: dict[str, tuple[str, HolderKind, str]] = {
    "aws_iam_role_policy": ("role", "role", "policy"),
    "aws_iam_user_policy": ("user", "user", "policy"),
    "aws_iam_group_policy": ("group", "group", "policy"),
    "aws_ssoadmin_permission_set_inline_policy": ("permission_set_arn", "permission_set", "inline_policy"),
}

# The whole list of an identity's inline policies: (attribute that names the identity, its kind).
_INLINE_NAMES: dict[str, tuple[str, HolderKind]] = {
    "aws_iam_role_policies_exclusive": ("role_name", "role"),
    "aws_iam_user_policies_exclusive": ("user_name", "user"),
    "aws_iam_group_policies_exclusive": ("group_name", "group"),
}

# Attachments of managed policies: (attribute that names the identity, its kind, attribute of the policy ARNs).
_ATTACHED: dict[str, tuple[str, HolderKind, str]] = {
    "aws_iam_role_policy_attachment": ("role", "role", "policy_arn"),
    "aws_iam_user_policy_attachment": ("user", "user", "policy_arn"),
    "aws_iam_group_policy_attachment": ("group", "group", "policy_arn"),
    "aws_iam_role_policy_attachments_exclusive": ("role_name", "role", "policy_arns"),
    "aws_iam_user_policy_attachments_exclusive": ("user_name", "user", "policy_arns"),
    "aws_iam_group_policy_attachments_exclusive": ("group_name", "group", "policy_arns"),
    "aws_ssoadmin_managed_policy_attachment": ("permission_set_arn", "permission_set", "managed_policy_arn"),
}

_HOLDERS: tuple[tuple[str, HolderKind], ...] = (("users", "user"), ("roles", "role"), ("groups", "group"))


def declare(builder: StackBuilder, instance: ResourceInstance) -> None:
    """Puts a resource instance into the stack, when its type is one that iamlint knows."""
    kind = instance.declared.kind
    it = Declaring(builder, instance)
    for name, service in RESOURCE_POLICIES.get(kind, ()):
        it.policy(name, "resource", "resource", service=service)
    own = _TYPES.get(kind)
    if own is not None:
        own(it)
    workload_resources.declare(it)
    sharing_resources.declare(it)
    user_pools.declare(it)
    secrets.declare(it)


def declare_own(builder: StackBuilder, instance: ResourceInstance) -> None:
    """Puts what only a resource of the instance's type is into the stack: not its policies, shares and secrets."""
    own = _TYPES.get(instance.declared.kind)
    if own is not None:
        own(Declaring(builder, instance))


def is_of_interest(kind: str, block: Block) -> bool:
    """Whether a resource says anything to iamlint: by its type, or as it has a policy, shares something or has a
    place for credentials."""
    if kind in _TYPES or secrets.is_known(kind, block) or workload_resources.is_known(kind):
        return True
    policies = RESOURCE_POLICIES.get(kind)
    if policies is not None and any(name in block.body.attributes for name, _ in policies):
        return True
    return sharing_resources.shares(kind, block) or user_pools.is_versioned(kind, block)


def _inline(it: Declaring) -> None:
    naming, kind, document = _INLINE[it.instance.declared.kind]
    target = Target(kind, it.text(naming))
    it.policy(document, "identity", "inline", (target,), policy_name=it.literal("name"))


def _inline_names(it: Declaring) -> None:
    """The names of inline policies that an identity has, those that are written elsewhere included."""
    naming, kind = _INLINE_NAMES[it.instance.declared.kind]
    holder = it.text(naming)
    for name in it.texts("policy_names"):
        at = it.at("policy_names", name.place, name.when)
        at.via = (*name.via, *at.via)
        it.builder.inline_name(name, at, Target(kind, holder))


def _attached(it: Declaring) -> None:
    naming, kind, arns = _ATTACHED[it.instance.declared.kind]
    holder = it.text(naming)
    for arn in it.texts(arns):
        it.builder.attach(arn, it.at(when=arn.when), kind, holder)


def _exclusive(it: Declaring) -> None:
    arn = it.text("policy_arn")
    if arn is None:
        return
    for name, kind in _HOLDERS:
        for holder in it.texts(name):
            it.builder.attach(arn, it.at(), kind, holder, exclusive=True)


def _managed(it: Declaring) -> None:
    it.policy("policy", "unattached", "managed", policy_name=it.literal("name"))


def _role(it: Declaring) -> None:
    address = it.instance.address
    session = it.setting("max_session_duration", 3600)
    it.builder.identity("role", it.at(), it.text("name"), it.text("permissions_boundary"), session)
    own = (Target("role", address=address),)
    it.policy("assume_role_policy", "trust", "inline", own)
    for block in it.blocks("inline_policy"):
        value = block_value(block, "policy")
        if value is not None:
            name = text_of(block_value(block, "name"))
            at = it.at("inline_policy", block.block, block.when)
            attribute = block.body.attributes["policy"]
            it.document(
                value, attribute, at, "identity", "inline", own, policy_name=(name.literal or "") if name else ""
            )
    for arn in it.texts("managed_policy_arns"):
        it.builder.attach(arn, it.at("managed_policy_arns", when=arn.when), "role", holder_address=address)


def _user(it: Declaring) -> None:
    it.builder.identity("user", it.at(), it.text("name"), it.text("permissions_boundary"))


def _group(it: Declaring) -> None:
    it.builder.identity("group", it.at(), it.text("name"))


def _permission_set(it: Declaring) -> None:
    session = it.setting("session_duration", "PT1H")
    it.builder.identity("permission_set", it.at(), it.text("name"), max_session=session)


def _customer_attachment(it: Declaring) -> None:
    for block in it.blocks("customer_managed_policy_reference"):
        name = text_of(block_value(block, "name"))
        if name is not None:
            it.builder.attach(name, it.at(), "permission_set", it.text("permission_set_arn"))


def _boundary(it: Declaring) -> None:
    for block in it.blocks("permissions_boundary"):
        policy = text_of(block_value(block, "managed_policy_arn"))
        for reference in expanded(block.body, block.scope, "customer_managed_policy_reference"):
            policy = policy or text_of(block_value(reference, "name"))
        if policy is not None:
            it.builder.boundary(policy, Target("permission_set", it.text("permission_set_arn")))


def _membership(it: Declaring) -> None:
    group = it.text("group")
    if group is not None:
        for user in it.texts("users"):
            it.builder.member(group, user)


def _user_groups(it: Declaring) -> None:
    user = it.text("user")
    for group in it.texts("groups"):
        it.builder.member(group, user)


def _access_key(it: Declaring) -> None:
    block = it.instance.block
    lifecycle = next(block.body.blocks_of("lifecycle"), None)
    trigger = lifecycle.body.attributes.get("replace_triggered_by") if lifecycle is not None else None
    is_rotated = trigger is not None or "time_rotating" in block.whole.written
    rotated = rotation(it, trigger, block) if is_rotated else absent(block)
    status = it.setting("status", "Active")
    it.builder.access_key(it.at(), it.text("user"), status, rotated, it.setting("pgp_key"))


def _login(it: Declaring) -> None:
    reset = it.setting("password_reset_required", False)
    it.builder.login(it.at(), it.text("user"), reset, it.setting("pgp_key"))


def _instance_profile(it: Declaring) -> None:
    at = it.at()
    role = it.text("role") or next(it.texts("roles"), None)
    name = it.text("name")
    it.builder.add(InstanceProfile(name=name, role=role, place=at.place, via=at.via, when=at.when, address=at.address))


def _organization_policy(it: Declaring) -> None:
    kind = it.text("type")
    if kind is None or kind.literal == "SERVICE_CONTROL_POLICY":
        it.policy("content", "scp", "managed")
    elif kind.literal == "RESOURCE_CONTROL_POLICY":
        it.policy("content", "rcp", "managed")


def _vpc_endpoint(it: Declaring) -> None:
    it.policy("policy", "vpc_endpoint", "resource")


def _session(it: Declaring) -> None:
    it.policy("policy", "session", "inline")


def _iot(it: Declaring) -> None:
    it.policy("policy", "unattached", "unattached", policy_name=it.literal("name"))


def _multi_region_access_point(it: Declaring) -> None:
    for block in it.blocks("details"):
        value = block_value(block, "policy")
        if value is not None:
            attribute = block.body.attributes["policy"]
            it.document(value, attribute, it.at("details"), "resource", "resource", service="s3")


_TYPES: dict[str, Declare] = {
    **dict.fromkeys(_INLINE, _inline),
    **dict.fromkeys(_ATTACHED, _attached),
    **dict.fromkeys(_INLINE_NAMES, _inline_names),
    "aws_iam_policy_attachment": _exclusive,
    "aws_iam_policy": _managed,
    "aws_iam_role": _role,
    "aws_iam_user": _user,
    "aws_iam_group": _group,
    "aws_iam_group_membership": _membership,
    "aws_iam_user_group_membership": _user_groups,
    "aws_iam_access_key": _access_key,
    "aws_iam_user_login_profile": _login,
    "aws_iam_instance_profile": _instance_profile,
    "aws_ssoadmin_permission_set": _permission_set,
    "aws_ssoadmin_customer_managed_policy_attachment": _customer_attachment,
    "aws_ssoadmin_permissions_boundary_attachment": _boundary,
    "aws_organizations_policy": _organization_policy,
    "aws_vpc_endpoint": _vpc_endpoint,
    "aws_vpc_endpoint_policy": _vpc_endpoint,
    "aws_transfer_user": _session,
    "aws_transfer_access": _session,
    "aws_iot_policy": _iot,
    "aws_s3control_multi_region_access_point_policy": _multi_region_access_point,
    "aws_cloudwatch_event_permission": event_permission,
    "aws_lambda_permission": lambda_permission,
    "aws_lambda_layer_version_permission": lambda_layer_permission,
    **account_resources.TYPES,
    **account_sharing.TYPES,
    **compute_resources.TYPES,
    **metadata_services.TYPES,
    **recording_resources.TYPES,
    **sharing_resources.TYPES,
    **stack_templates.TYPES,
    **user_pools.TYPES,
    **watching_resources.TYPES,
}

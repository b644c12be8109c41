"""Every place of Terraform where a policy, an attachment or a sharing is written becomes a thing, or is counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iamlint.model.identity import PermissionSet, User
from iamlint.model.stack import Stack

DOCUMENT = 'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*" }] })'
POLICY = "arn:aws:iam::111122223333:policy/app"

# (type, the argument that the place is, what is written there, other arguments)
PLACES: list[tuple[str, str, str, str]] = [
    ("aws_ami_launch_permission", "account_id", '"111122223333"', ""),
    ("aws_ami_launch_permission", "group", '"all"', ""),
    ("aws_api_gateway_rest_api", "policy", DOCUMENT, ""),
    ("aws_api_gateway_rest_api_policy", "policy", DOCUMENT, ""),
    ("aws_backup_vault_policy", "policy", DOCUMENT, ""),
    ("aws_cloudwatch_event_bus_policy", "policy", DOCUMENT, ""),
    ("aws_cloudwatch_log_destination_policy", "access_policy", DOCUMENT, ""),
    ("aws_cloudwatch_log_resource_policy", "policy", DOCUMENT, ""),
    ("aws_cloudwatch_log_resource_policy", "policy_document", DOCUMENT, ""),
    ("aws_codeartifact_domain_permissions_policy", "policy_document", DOCUMENT, ""),
    ("aws_codeartifact_repository_permissions_policy", "policy_document", DOCUMENT, ""),
    ("aws_codebuild_resource_policy", "policy", DOCUMENT, ""),
    ("aws_dynamodb_resource_policy", "policy", DOCUMENT, ""),
    ("aws_snapshot_create_volume_permission", "account_id", '"111122223333"', ""),
    ("aws_ecr_registry_policy", "policy", DOCUMENT, ""),
    ("aws_ecr_repository_policy", "policy", DOCUMENT, ""),
    ("aws_ecrpublic_repository_policy", "policy", DOCUMENT, ""),
    ("aws_efs_file_system_policy", "policy", DOCUMENT, ""),
    ("aws_elasticsearch_domain", "access_policies", DOCUMENT, ""),
    ("aws_elasticsearch_domain_policy", "access_policies", DOCUMENT, ""),
    ("aws_glacier_vault", "access_policy", DOCUMENT, ""),
    ("aws_glacier_vault_lock", "policy", DOCUMENT, ""),
    ("aws_glue_resource_policy", "policy", DOCUMENT, ""),
    ("aws_iam_group_policy", "policy", DOCUMENT, 'group = "g"'),
    ("aws_iam_group_policy_attachment", "policy_arn", f'"{POLICY}"', 'group = "g"'),
    ("aws_iam_policy", "policy", DOCUMENT, ""),
    ("aws_iam_policy_attachment", "policy_arn", f'"{POLICY}"', 'name = "a"\nusers = ["u"]'),
    ("aws_iam_policy_attachment", "policy_arn", f'"{POLICY}"', 'name = "a"\nroles = ["u"]'),
    ("aws_iam_policy_attachment", "policy_arn", f'"{POLICY}"', 'name = "a"\ngroups = ["u"]'),
    ("aws_iam_role", "assume_role_policy", DOCUMENT, ""),
    ("aws_iam_role", "managed_policy_arns", f'["{POLICY}"]', ""),
    ("aws_iam_role", "permissions_boundary", f'"{POLICY}"', ""),
    ("aws_iam_role_policies_exclusive", "policy_names", '["app"]', 'role_name = "r"'),
    ("aws_iam_user_policies_exclusive", "policy_names", '["app"]', 'user_name = "u"'),
    ("aws_iam_group_policies_exclusive", "policy_names", '["app"]', 'group_name = "g"'),
    ("aws_iam_role_policy", "policy", DOCUMENT, 'role = "r"'),
    ("aws_iam_role_policy_attachment", "policy_arn", f'"{POLICY}"', 'role = "r"'),
    ("aws_iam_role_policy_attachments_exclusive", "policy_arns", f'["{POLICY}"]', 'role_name = "r"'),
    ("aws_iam_user", "permissions_boundary", f'"{POLICY}"', ""),
    ("aws_iam_user_policy", "policy", DOCUMENT, 'user = "u"'),
    ("aws_iam_user_policy_attachment", "policy_arn", f'"{POLICY}"', 'user = "u"'),
    ("aws_iot_policy", "policy", DOCUMENT, ""),
    ("aws_kinesis_resource_policy", "policy", DOCUMENT, ""),
    ("aws_kms_external_key", "policy", DOCUMENT, ""),
    ("aws_kms_key", "policy", DOCUMENT, ""),
    ("aws_kms_key_policy", "policy", DOCUMENT, ""),
    ("aws_kms_replica_external_key", "policy", DOCUMENT, ""),
    ("aws_kms_replica_key", "policy", DOCUMENT, ""),
    ("aws_lambda_function_url", "authorization_type", '"NONE"', ""),
    ("aws_lambda_layer_version_permission", "principal", '"*"', 'action = "lambda:GetLayerVersion"'),
    ("aws_lambda_permission", "principal", '"s3.amazonaws.com"', 'action = "lambda:InvokeFunction"'),
    ("aws_media_store_container_policy", "policy", DOCUMENT, ""),
    ("aws_networkfirewall_resource_policy", "policy", DOCUMENT, ""),
    ("aws_opensearch_domain", "access_policies", DOCUMENT, ""),
    ("aws_opensearch_domain_policy", "access_policies", DOCUMENT, ""),
    ("aws_organizations_policy", "content", DOCUMENT, ""),
    ("aws_organizations_policy", "content", DOCUMENT, 'type = "RESOURCE_CONTROL_POLICY"'),
    ("aws_ram_resource_share", "allow_external_principals", "true", ""),
    ("aws_ram_principal_association", "principal", '"111122223333"', ""),
    ("aws_db_snapshot", "shared_accounts", '["111122223333"]', ""),
    ("aws_db_cluster_snapshot", "shared_accounts", '["111122223333"]', ""),
    ("aws_s3_access_point", "policy", DOCUMENT, ""),
    ("aws_s3_bucket", "policy", DOCUMENT, ""),
    ("aws_s3_bucket", "acl", '"public-read"', ""),
    ("aws_s3_bucket_acl", "acl", '"public-read"', 'bucket = "b"'),
    ("aws_s3_bucket_policy", "policy", DOCUMENT, ""),
    ("aws_s3_bucket_public_access_block", "block_public_acls", "true", 'bucket = "b"'),
    ("aws_s3_account_public_access_block", "block_public_acls", "true", ""),
    ("aws_s3control_access_point_policy", "policy", DOCUMENT, ""),
    ("aws_s3control_bucket_policy", "policy", DOCUMENT, ""),
    ("aws_s3control_object_lambda_access_point_policy", "policy", DOCUMENT, ""),
    ("aws_s3tables_table_bucket_policy", "resource_policy", DOCUMENT, ""),
    ("aws_s3tables_table_policy", "resource_policy", DOCUMENT, ""),
    ("aws_sagemaker_model_package_group_policy", "resource_policy", DOCUMENT, ""),
    ("aws_schemas_registry_policy", "policy", DOCUMENT, ""),
    ("aws_secretsmanager_secret", "policy", DOCUMENT, ""),
    ("aws_secretsmanager_secret_policy", "policy", DOCUMENT, ""),
    ("aws_ses_identity_policy", "policy", DOCUMENT, ""),
    ("aws_sns_topic", "policy", DOCUMENT, ""),
    ("aws_sns_topic_policy", "policy", DOCUMENT, ""),
    ("aws_sqs_queue", "policy", DOCUMENT, ""),
    ("aws_sqs_queue_policy", "policy", DOCUMENT, ""),
    ("aws_ssm_document", "permissions", '{ type = "Share", account_ids = "111122223333" }', ""),
    ("aws_ssoadmin_managed_policy_attachment", "managed_policy_arn", f'"{POLICY}"', 'permission_set_arn = "p"'),
    ("aws_ssoadmin_permission_set_inline_policy", "inline_policy", DOCUMENT, 'permission_set_arn = "p"'),
    ("aws_transfer_access", "policy", DOCUMENT, ""),
    ("aws_transfer_user", "policy", DOCUMENT, ""),
    ("aws_vpc_endpoint", "policy", DOCUMENT, ""),
    ("aws_vpc_endpoint_policy", "policy", DOCUMENT, ""),
]

# The places that are blocks: (type, what is written in it).
BLOCKS: list[tuple[str, str]] = [
    ("aws_iam_role", f'inline_policy {{\n name = "in"\n policy = {DOCUMENT}\n}}'),
    ("aws_s3control_multi_region_access_point_policy", f'details {{\n name = "p"\n policy = {DOCUMENT}\n}}'),
    (
        "aws_ssoadmin_customer_managed_policy_attachment",
        'permission_set_arn = "p"\ncustomer_managed_policy_reference {\n name = "app"\n}',
    ),
    ("aws_s3_bucket", 'grant {\n uri = "http://acs.amazonaws.com/groups/global/AllUsers"\n permissions = ["READ"]\n}'),
    ("aws_s3_access_point", "public_access_block_configuration {\n block_public_acls = true\n}"),
]


def is_known(made: Stack, kind: str) -> bool:
    """Whether something of this type is in the stack, or counted as not evaluated."""
    return bool(made.unresolved) or any(thing.address == f"{kind}.it" for thing in made.things)


@pytest.mark.parametrize(("kind", "argument", "written", "more"), PLACES)
def test_what_is_written_there_is_seen(
    stack: Callable[..., Stack], kind: str, argument: str, written: str, more: str
) -> None:
    assert is_known(stack(f'resource "{kind}" "it" {{\n{more}\n{argument} = {written}\n}}\n'), kind)


@pytest.mark.parametrize(("kind", "argument", "written", "more"), PLACES)
def test_what_is_not_known_there_is_counted(
    stack: Callable[..., Stack], kind: str, argument: str, written: str, more: str
) -> None:
    made = stack(f'variable "v" {{}}\nresource "{kind}" "it" {{\n{more}\n{argument} = var.v\n}}\n')
    assert is_known(made, kind)


@pytest.mark.parametrize(("kind", "body"), BLOCKS)
def test_what_is_written_in_blocks_is_seen(stack: Callable[..., Stack], kind: str, body: str) -> None:
    assert is_known(stack(f'resource "{kind}" "it" {{\n{body}\n}}\n'), kind)


@pytest.mark.parametrize(
    "membership",
    [
        'resource "aws_iam_group_membership" "m" {\n name = "m"\n group = "g"\n users = [aws_iam_user.u.name]\n}',
        'resource "aws_iam_user_group_membership" "m" {\n user = aws_iam_user.u.name\n groups = ["g"]\n}',
    ],
)
def test_memberships_are_the_users(stack: Callable[..., Stack], membership: str) -> None:
    (user,) = stack(f'resource "aws_iam_user" "u" {{\n name = "u"\n}}\n{membership}\n').of_kind("user")
    assert isinstance(user, User)
    assert user.groups == ("g",)


@pytest.mark.parametrize(
    "boundary",
    [f'managed_policy_arn = "{POLICY}"', f'customer_managed_policy_reference {{\n  name = "{POLICY}"\n}}'],
)
def test_a_boundary_attached_apart_is_the_permission_sets(stack: Callable[..., Stack], boundary: str) -> None:
    made = stack(f"""
    resource "aws_ssoadmin_permission_set" "p" {{
      name = "p"
    }}
    resource "aws_ssoadmin_permissions_boundary_attachment" "b" {{
      permission_set_arn = aws_ssoadmin_permission_set.p.arn
      permissions_boundary {{
        {boundary}
      }}
    }}
    """)
    (permission_set,) = made.of_kind("permission_set")
    assert isinstance(permission_set, PermissionSet)
    assert permission_set.boundary is not None
    assert permission_set.boundary.literal == POLICY

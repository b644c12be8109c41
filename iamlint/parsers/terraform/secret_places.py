"""Where Terraform's resources take credentials: arguments for passwords, user data, environment variables."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.value import Value
from iamlint.parsers.terraform.declaring import Declaring, block_value
from iamlint.parsers.terraform.multiplicity import Expanded, expanded
from iamlint.parsers.values import within

# type: the arguments that take a password or the like, `/` before what lies within a block or a map.
PASSWORDS: dict[str, tuple[str, ...]] = {
    "aws_acm_certificate": ("private_key",),
    "aws_amplify_app": ("access_token", "oauth_token", "basic_auth_credentials"),
    "aws_amplify_branch": ("basic_auth_credentials",),
    "aws_appstream_directory_config": ("service_account_credentials/account_password",),
    "aws_chime_voice_connector_termination_credentials": ("credentials/password",),
    "aws_cloudwatch_event_connection": (
        "auth_parameters/basic/password", "auth_parameters/api_key/value",
        "auth_parameters/oauth/client_parameters/client_secret",
    ),
    "aws_codebuild_source_credential": ("token",),
    "aws_codepipeline": ("stage/action/configuration/OAuthToken",),
    "aws_codepipeline_webhook": ("authentication_configuration/secret_token",),
    "aws_cognito_identity_provider": ("provider_details/client_secret",),
    "aws_cognito_user": ("password", "temporary_password"),
    "aws_datasync_location_object_storage": ("secret_key",),
    "aws_datasync_location_smb": ("password",),
    "aws_datasync_location_fsx_windows_file_system": ("password",),
    "aws_db_instance": ("password", "password_wo"),
    "aws_directory_service_directory": ("password", "connect_settings/password"),
    "aws_directory_service_trust": ("trust_password",),
    "aws_dms_endpoint": ("password",),
    "aws_docdb_cluster": ("master_password", "master_password_wo"),
    "aws_docdbelastic_cluster": ("admin_user_password",),
    "aws_dx_bgp_peer": ("bgp_auth_key",),
    "aws_dx_private_virtual_interface": ("bgp_auth_key",),
    "aws_dx_public_virtual_interface": ("bgp_auth_key",),
    "aws_dx_transit_virtual_interface": ("bgp_auth_key",),
    "aws_elasticache_replication_group": ("auth_token",),
    "aws_elasticache_user": ("passwords", "authentication_mode/passwords"),
    "aws_elasticsearch_domain": ("advanced_security_options/master_user_options/master_user_password",),
    "aws_emr_cluster": (
        "kerberos_attributes/kdc_admin_password", "kerberos_attributes/ad_domain_join_password",
        "kerberos_attributes/cross_realm_trust_principal_password",
    ),
    "aws_fsx_ontap_file_system": ("fsx_admin_password",),
    "aws_fsx_ontap_storage_virtual_machine": (
        "svm_admin_password", "active_directory_configuration/self_managed_active_directory_configuration/password",
    ),
    "aws_fsx_windows_file_system": ("self_managed_active_directory/password",),
    "aws_glue_connection": ("connection_properties/PASSWORD",),
    "aws_iam_server_certificate": ("private_key",),
    "aws_iam_user_login_profile": ("password",),
    "aws_kinesis_firehose_delivery_stream": (
        "redshift_configuration/password", "splunk_configuration/hec_token", "http_endpoint_configuration/access_key",
        "snowflake_configuration/private_key",
    ),
    "aws_lb_listener": ("default_action/authenticate_oidc/client_secret",),
    "aws_lb_listener_rule": ("action/authenticate_oidc/client_secret",),
    "aws_lightsail_database": ("master_password",),
    "aws_memorydb_user": ("authentication_mode/passwords",),
    "aws_mq_broker": ("user/password", "ldap_server_metadata/service_account_password"),
    "aws_neptune_cluster": ("master_password",),
    "aws_opensearch_domain": ("advanced_security_options/master_user_options/master_user_password",),
    "aws_opsworks_application": ("app_source/password", "ssl_configuration/private_key"),
    "aws_opsworks_stack": ("custom_cookbooks_source/password",),
    "aws_quicksight_data_source": ("credentials/credential_pair/password",),
    "aws_rds_cluster": ("master_password", "master_password_wo"),
    "aws_redshift_cluster": ("master_password", "master_password_wo"),
    "aws_redshiftserverless_namespace": ("admin_user_password", "admin_user_password_wo"),
    "aws_sns_platform_application": ("platform_credential",),
    "aws_storagegateway_gateway": ("smb_guest_password", "smb_active_directory_settings/password"),
    "aws_transfer_user": ("password",),
    "aws_verifiedaccess_trust_provider": ("oidc_options/client_secret",),
    "aws_vpn_connection": ("tunnel1_preshared_key", "tunnel2_preshared_key"),
    "awscc_rds_db_instance": ("master_user_password",),
    "awscc_rds_db_cluster": ("master_user_password",),
    "awscc_redshift_cluster": ("master_user_password",),
}  # fmt: skip
# Secrets and parameters that are stored: of what is not JSON nothing says that it is a password.
STORED: dict[str, tuple[str, ...]] = {
    "aws_secretsmanager_secret_version": ("secret_string", "secret_string_wo"),
    "aws_ssm_parameter": ("value", "value_wo", "insecure_value"),
}
# Commands, scripts, and documents that have such in them.
SCRIPTS: dict[str, tuple[str, ...]] = {
    "aws_amplify_app": ("build_spec",),
    "aws_apprunner_service": (
        "source_configuration/image_repository/image_configuration/start_command",
        "source_configuration/code_repository/code_configuration/code_configuration_values/start_command",
        "source_configuration/code_repository/code_configuration/code_configuration_values/build_command",
    ),
    "aws_batch_job_definition": ("container_properties", "ecs_properties", "node_properties", "parameters"),
    "aws_cloudwatch_event_target": ("input",),
    "aws_dms_endpoint": ("extra_connection_attributes",),
    "aws_ecs_task_definition": ("container_definitions",),
    "aws_emr_cluster": (
        "bootstrap_action/args", "step/hadoop_jar_step/args", "configurations_json", "configurations",
    ),
    "aws_glue_connection": ("connection_properties/JDBC_CONNECTION_URL", "connection_properties/CONNECTION_URL"),
    "aws_glue_trigger": ("actions/arguments",),
    "aws_imagebuilder_component": ("data",),
    "aws_lightsail_container_service_deployment_version": ("container/command",),
    "aws_s3_bucket_object": ("content",),
    "aws_s3_object": ("content",),
    "aws_scheduler_schedule": ("target/input",),
    "aws_sfn_state_machine": ("definition",),
    "aws_ssm_association": ("parameters",),
    "aws_ssm_document": ("content",),
    "helm_release": ("values",),
    "local_file": ("content",),
}  # fmt: skip
# Scripts that are given in base64.
ENCODED_SCRIPTS: dict[str, tuple[str, ...]] = {
    "aws_sagemaker_notebook_instance_lifecycle_configuration": ("on_create", "on_start"),
    "aws_sagemaker_studio_lifecycle_config": ("studio_lifecycle_config_content",),
}
BUILD_SPECS = ("source/buildspec", "secondary_sources/buildspec")
BUILD_SOURCES = ("source/location", "secondary_sources/location")
USER_DATA = ("user_data", "user_data_base64", "custom_data")
USER_DATA_TYPES = frozenset(
    {
        "aws_instance", "aws_launch_template", "aws_launch_configuration", "aws_spot_instance_request",
        "aws_spot_fleet_request", "aws_lightsail_instance",
    }
)  # fmt: skip
# Data sources that user data is made with: the path of the text.
USER_DATA_SOURCES = (
    ("cloudinit_config", "part/content"), ("template_cloudinit_config", "part/content"), ("template_file", "template"),
)  # fmt: skip


def lists_at(it: Declaring, path: str) -> Iterator[Value]:
    """The values at a path of argument and block names, lists as they are."""
    first, *rest = path.split("/")
    if len(rest) == 0 or first in it.instance.block.body.attributes:
        yield from at_path(it, path)
    for block in it.blocks(first) if rest else ():
        yield from _lists_in(block, rest)


def _lists_in(block: Expanded, steps: list[str]) -> Iterator[Value]:
    value = block_value(block, steps[0])
    if value is not None:
        yield from (value,) if len(steps) == 1 else within(value, steps[1:])
    elif len(steps) > 1:
        for inner in expanded(block.body, block.scope, steps[0]):
            yield from _lists_in(inner, steps[1:])


def at_path(it: Declaring, path: str) -> Iterator[Value]:
    """The values at a path of argument, block and key names."""
    first, *rest = path.split("/")
    if not rest:
        value = it.value(first)
        if value is not None:
            yield value
        return
    written = it.value(first) if first in it.instance.block.body.attributes else None
    if written is not None:
        yield from within(written, rest)
        return
    for block in it.blocks(first):
        yield from in_block(block, rest)


def in_block(block: Expanded, steps: list[str]) -> Iterator[Value]:
    """The values at a path within a nested block."""
    value = block_value(block, steps[0])
    if value is not None:
        yield from within(value, steps[1:])
    elif len(steps) > 1:
        for inner in expanded(block.body, block.scope, steps[0]):
            yield from in_block(inner, steps[1:])

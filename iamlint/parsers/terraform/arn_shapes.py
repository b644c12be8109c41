"""What the ARNs and ids of AWS's resource types look like before they are there: one line for each type.

From the pages of the Terraform AWS provider ("Attribute Reference") and AWS's Service Authorization Reference
("Resource types defined by …"), where every ARN has its pattern.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

# Each line: type, service, whether the ARN has a region (r) and an account (a), and the resource part. In it `{name}`
# is the argument of that name, `{id}` the id, `{}` what only AWS knows, and `[name/]` is there when the argument is.
_ARNS = """
aws_accessanalyzer_analyzer access-analyzer ra analyzer/{analyzer_name}
aws_acm_certificate acm ra certificate/{}
aws_acmpca_certificate_authority acm-pca ra certificate-authority/{}
aws_alb elasticloadbalancing ra loadbalancer/{}/{name}/{}
aws_alb_target_group elasticloadbalancing ra targetgroup/{name}/{}
aws_ami ec2 r image/{id}
aws_amplify_app amplify ra apps/{}
aws_api_gateway_domain_name apigateway r /domainnames/{domain_name}
aws_api_gateway_rest_api apigateway r /restapis/{id}
aws_api_gateway_stage apigateway r /restapis/{rest_api_id}/stages/{stage_name}
aws_apigatewayv2_api apigateway r /apis/{id}
aws_apigatewayv2_domain_name apigateway r /domainnames/{domain_name}
aws_appconfig_application appconfig ra application/{id}
aws_appmesh_mesh appmesh ra mesh/{name}
aws_apprunner_service apprunner ra service/{service_name}/{}
aws_appsync_graphql_api appsync ra apis/{id}
aws_athena_data_catalog athena ra datacatalog/{name}
aws_athena_workgroup athena ra workgroup/{name}
aws_autoscaling_group autoscaling ra autoScalingGroup:{}:autoScalingGroupName/{name}
aws_backup_plan backup ra backup-plan:{id}
aws_backup_vault backup ra backup-vault:{name}
aws_batch_compute_environment batch ra compute-environment/{compute_environment_name}
aws_batch_job_definition batch ra job-definition/{name}:{}
aws_batch_job_queue batch ra job-queue/{name}
aws_batch_scheduling_policy batch ra scheduling-policy/{name}
aws_budgets_budget budgets a budget/{name}
aws_cloudformation_stack_set cloudformation ra stackset/{name}:{}
aws_cloudfront_distribution cloudfront a distribution/{id}
aws_cloudfront_function cloudfront a function/{name}
aws_cloudtrail cloudtrail ra trail/{name}
aws_cloudtrail_event_data_store cloudtrail ra eventdatastore/{}
aws_cloudwatch_composite_alarm cloudwatch ra alarm:{alarm_name}
aws_cloudwatch_event_api_destination events ra api-destination/{name}/{}
aws_cloudwatch_event_archive events ra archive/{name}
aws_cloudwatch_event_bus events ra event-bus/{name}
aws_cloudwatch_event_connection events ra connection/{name}/{}
aws_cloudwatch_event_endpoint events ra endpoint/{name}
aws_cloudwatch_event_rule events ra rule/[event_bus_name/]{name}
aws_cloudwatch_log_destination logs ra destination:{name}
aws_cloudwatch_log_group logs ra log-group:{name}
aws_cloudwatch_log_stream logs ra log-group:{log_group_name}:log-stream:{name}
aws_cloudwatch_metric_alarm cloudwatch ra alarm:{alarm_name}
aws_cloudwatch_metric_stream cloudwatch ra metric-stream/{name}
aws_codeartifact_domain codeartifact ra domain/{domain}
aws_codeartifact_repository codeartifact ra repository/{domain}/{repository}
aws_codebuild_project codebuild ra project/{name}
aws_codebuild_report_group codebuild ra report-group/{name}
aws_codecommit_repository codecommit ra {repository_name}
aws_codedeploy_app codedeploy ra application:{name}
aws_codedeploy_deployment_group codedeploy ra deploymentgroup:{app_name}/{deployment_group_name}
aws_codepipeline codepipeline ra {name}
aws_codestarconnections_connection codestar-connections ra connection/{}
aws_cognito_identity_pool cognito-identity ra identitypool/{id}
aws_cognito_user_pool cognito-idp ra userpool/{id}
aws_config_config_rule config ra config-rule/{}
aws_config_configuration_aggregator config ra config-aggregator/{}
aws_customer_gateway ec2 ra customer-gateway/{id}
aws_datasync_task datasync ra task/{}
aws_dax_cluster dax ra cache/{cluster_name}
aws_db_event_subscription rds ra es:{name}
aws_db_instance rds ra db:{identifier}
aws_db_option_group rds ra og:{name}
aws_db_parameter_group rds ra pg:{name}
aws_db_proxy rds ra db-proxy:{}
aws_db_subnet_group rds ra subgrp:{name}
aws_default_security_group ec2 ra security-group/{id}
aws_default_vpc ec2 ra vpc/{id}
aws_docdb_cluster rds ra cluster:{cluster_identifier}
aws_docdb_cluster_instance rds ra db:{identifier}
aws_dynamodb_table dynamodb ra table/{name}
aws_ebs_snapshot ec2 r snapshot/{id}
aws_ebs_volume ec2 ra volume/{id}
aws_ec2_client_vpn_endpoint ec2 ra client-vpn-endpoint/{id}
aws_ec2_managed_prefix_list ec2 ra prefix-list/{id}
aws_ec2_transit_gateway ec2 ra transit-gateway/{id}
aws_ec2_transit_gateway_route_table ec2 ra transit-gateway-route-table/{id}
aws_ecr_repository ecr ra repository/{name}
aws_ecrpublic_repository ecr-public a repository/{repository_name}
aws_ecs_capacity_provider ecs ra capacity-provider/{name}
aws_ecs_cluster ecs ra cluster/{name}
aws_ecs_service ecs ra service/{}/{name}
aws_ecs_task_definition ecs ra task-definition/{family}:{}
aws_efs_access_point elasticfilesystem ra access-point/{id}
aws_efs_file_system elasticfilesystem ra file-system/{id}
aws_eip ec2 ra elastic-ip/{id}
aws_eks_addon eks ra addon/{cluster_name}/{addon_name}/{}
aws_eks_cluster eks ra cluster/{name}
aws_eks_fargate_profile eks ra fargateprofile/{cluster_name}/{fargate_profile_name}/{}
aws_eks_node_group eks ra nodegroup/{cluster_name}/{node_group_name}/{}
aws_elastic_beanstalk_application elasticbeanstalk ra application/{name}
aws_elastic_beanstalk_environment elasticbeanstalk ra environment/{application}/{name}
aws_elasticache_cluster elasticache ra cluster:{cluster_id}
aws_elasticache_parameter_group elasticache ra parametergroup:{name}
aws_elasticache_replication_group elasticache ra replicationgroup:{replication_group_id}
aws_elasticache_serverless_cache elasticache ra serverlesscache:{name}
aws_elasticache_subnet_group elasticache ra subnetgroup:{name}
aws_elasticache_user elasticache ra user:{user_id}
aws_elasticache_user_group elasticache ra usergroup:{user_group_id}
aws_elasticsearch_domain es ra domain/{domain_name}
aws_elb elasticloadbalancing ra loadbalancer/{name}
aws_emr_cluster elasticmapreduce ra cluster/{id}
aws_emrcontainers_virtual_cluster emr-containers ra /virtualclusters/{id}
aws_emrserverless_application emr-serverless ra /applications/{id}
aws_flow_log ec2 ra vpc-flow-log/{id}
aws_fsx_lustre_file_system fsx ra file-system/{id}
aws_fsx_ontap_file_system fsx ra file-system/{id}
aws_fsx_windows_file_system fsx ra file-system/{id}
aws_glacier_vault glacier ra vaults/{name}
aws_glue_catalog_database glue ra database/{name}
aws_glue_catalog_table glue ra table/{database_name}/{name}
aws_glue_connection glue ra connection/{name}
aws_glue_crawler glue ra crawler/{name}
aws_glue_job glue ra job/{name}
aws_glue_registry glue ra registry/{registry_name}
aws_glue_trigger glue ra trigger/{name}
aws_glue_workflow glue ra workflow/{name}
aws_grafana_workspace grafana ra /workspaces/{id}
aws_guardduty_detector guardduty ra detector/{id}
aws_iam_group iam a group/[path/]{name}
aws_iam_instance_profile iam a instance-profile/[path/]{name}
aws_iam_openid_connect_provider iam a oidc-provider/{url}
aws_iam_policy iam a policy/[path/]{name}
aws_iam_role iam a role/[path/]{name}
aws_iam_saml_provider iam a saml-provider/{name}
aws_iam_server_certificate iam a server-certificate/[path/]{name}
aws_iam_service_linked_role iam a role/aws-service-role/{aws_service_name}/{}
aws_iam_user iam a user/[path/]{name}
aws_iam_virtual_mfa_device iam a mfa/[path/]{virtual_mfa_device_name}
aws_instance ec2 ra instance/{id}
aws_internet_gateway ec2 ra internet-gateway/{id}
aws_iot_policy iot ra policy/{name}
aws_iot_thing iot ra thing/{name}
aws_iot_topic_rule iot ra rule/{name}
aws_key_pair ec2 ra key-pair/{key_name}
aws_kinesis_analytics_application kinesisanalytics ra application/{name}
aws_kinesis_firehose_delivery_stream firehose ra deliverystream/{name}
aws_kinesis_stream kinesis ra stream/{name}
aws_kinesis_video_stream kinesisvideo ra stream/{name}/{}
aws_kinesisanalyticsv2_application kinesisanalytics ra application/{name}
aws_kms_alias kms ra {name}
aws_kms_external_key kms ra key/{id}
aws_kms_key kms ra key/{id}
aws_kms_replica_key kms ra key/{id}
aws_lambda_alias lambda ra function:{}:{name}
aws_lambda_code_signing_config lambda ra code-signing-config:{}
aws_lambda_event_source_mapping lambda ra event-source-mapping:{}
aws_lambda_function lambda ra function:{function_name}
aws_lambda_layer_version lambda ra layer:{layer_name}:{}
aws_launch_configuration autoscaling ra launchConfiguration:{}:launchConfigurationName/{name}
aws_launch_template ec2 ra launch-template/{id}
aws_lb elasticloadbalancing ra loadbalancer/{}/{name}/{}
aws_lb_listener elasticloadbalancing ra listener/{}/{}/{}/{}
aws_lb_listener_rule elasticloadbalancing ra listener-rule/{}/{}/{}/{}/{}
aws_lb_target_group elasticloadbalancing ra targetgroup/{name}/{}
aws_memorydb_cluster memorydb ra cluster/{name}
aws_memorydb_user memorydb ra user/{user_name}
aws_mq_broker mq ra broker:{broker_name}:{id}
aws_msk_cluster kafka ra cluster/{cluster_name}/{}
aws_msk_serverless_cluster kafka ra cluster/{cluster_name}/{}
aws_neptune_cluster rds ra cluster:{cluster_identifier}
aws_neptune_cluster_instance rds ra db:{identifier}
aws_network_acl ec2 ra network-acl/{id}
aws_network_interface ec2 ra network-interface/{id}
aws_networkfirewall_firewall network-firewall ra firewall/{name}
aws_networkfirewall_firewall_policy network-firewall ra firewall-policy/{name}
aws_opensearch_domain es ra domain/{domain_name}
aws_opensearchserverless_collection aoss ra collection/{id}
aws_organizations_account organizations a account/o-{}/{id}
aws_organizations_organization organizations a organization/{id}
aws_organizations_organizational_unit organizations a ou/o-{}/{id}
aws_organizations_policy organizations a policy/o-{}/{}/{id}
aws_pipes_pipe pipes ra pipe/{name}
aws_placement_group ec2 ra placement-group/{name}
aws_prometheus_workspace aps ra workspace/{id}
aws_ram_resource_share ram ra resource-share/{}
aws_rds_cluster rds ra cluster:{cluster_identifier}
aws_rds_cluster_instance rds ra db:{identifier}
aws_rds_cluster_parameter_group rds ra cluster-pg:{name}
aws_rds_global_cluster rds a global-cluster:{global_cluster_identifier}
aws_redshift_cluster redshift ra cluster:{cluster_identifier}
aws_redshiftserverless_namespace redshift-serverless ra namespace/{}
aws_redshiftserverless_workgroup redshift-serverless ra workgroup/{}
aws_resourcegroups_group resource-groups ra group/{name}
aws_route53_health_check route53 - healthcheck/{id}
aws_route53_zone route53 - hostedzone/{id}
aws_route_table ec2 ra route-table/{id}
aws_s3_access_point s3 ra accesspoint/{name}
aws_s3_bucket s3 - {bucket}
aws_s3_directory_bucket s3express ra bucket/{bucket}
aws_s3_object s3 - {bucket}/{key}
aws_s3control_object_lambda_access_point s3-object-lambda ra accesspoint/{name}
aws_s3tables_table s3tables ra bucket/{}/table/{}
aws_s3tables_table_bucket s3tables ra bucket/{name}
aws_sagemaker_domain sagemaker ra domain/{id}
aws_sagemaker_endpoint sagemaker ra endpoint/{name}
aws_sagemaker_endpoint_configuration sagemaker ra endpoint-config/{name}
aws_sagemaker_model sagemaker ra model/{name}
aws_sagemaker_notebook_instance sagemaker ra notebook-instance/{name}
aws_scheduler_schedule scheduler ra schedule/{group_name}/{name}
aws_scheduler_schedule_group scheduler ra schedule-group/{name}
aws_schemas_registry schemas ra registry/{name}
aws_secretsmanager_secret secretsmanager ra secret:{name}-{}
aws_security_group ec2 ra security-group/{id}
aws_service_discovery_private_dns_namespace servicediscovery ra namespace/{id}
aws_service_discovery_service servicediscovery ra service/{id}
aws_ses_configuration_set ses ra configuration-set/{name}
aws_ses_domain_identity ses ra identity/{domain}
aws_ses_email_identity ses ra identity/{email}
aws_sesv2_configuration_set ses ra configuration-set/{configuration_set_name}
aws_sesv2_email_identity ses ra identity/{email_identity}
aws_sfn_activity states ra activity:{name}
aws_sfn_state_machine states ra stateMachine:{name}
aws_signer_signing_profile signer ra /signing-profiles/{name}
aws_sns_platform_application sns ra app/{platform}/{name}
aws_sns_topic sns ra {name}
aws_sqs_queue sqs ra {name}
aws_ssm_document ssm ra document/{name}
aws_ssm_maintenance_window ssm ra maintenancewindow/{id}
aws_ssm_parameter ssm ra parameter/{name}
aws_ssm_patch_baseline ssm ra patchbaseline/{id}
aws_ssoadmin_permission_set sso - permissionSet/{}/{}
aws_subnet ec2 ra subnet/{id}
aws_synthetics_canary synthetics ra canary:{name}
aws_timestreamwrite_database timestream ra database/{database_name}
aws_timestreamwrite_table timestream ra database/{database_name}/table/{table_name}
aws_transfer_server transfer ra server/{id}
aws_transfer_user transfer ra user/{server_id}/{user_name}
aws_vpc ec2 ra vpc/{id}
aws_vpc_endpoint ec2 ra vpc-endpoint/{id}
aws_vpc_endpoint_service ec2 ra vpc-endpoint-service/{id}
aws_vpc_peering_connection ec2 ra vpc-peering-connection/{id}
aws_vpclattice_service vpc-lattice ra service/{id}
aws_vpclattice_service_network vpc-lattice ra servicenetwork/{id}
aws_vpn_connection ec2 ra vpn-connection/{id}
aws_vpn_gateway ec2 ra vpn-gateway/{id}
aws_wafv2_ip_set wafv2 ra {}/ipset/{name}/{}
aws_wafv2_web_acl wafv2 ra {}/webacl/{name}/{}
"""

# ARNs that stand in another attribute than `arn`: type, attribute, and the rest as above.
_OTHER_ARNS = """
aws_api_gateway_rest_api execution_arn execute-api ra {id}
aws_api_gateway_stage execution_arn execute-api ra {rest_api_id}/{stage_name}
aws_apigatewayv2_api execution_arn execute-api ra {id}
aws_cloudformation_stack id cloudformation ra stack/{name}/{}
aws_cloudwatch_dashboard dashboard_arn cloudwatch a dashboard/{dashboard_name}
aws_db_cluster_snapshot db_cluster_snapshot_arn rds ra cluster-snapshot:{db_cluster_snapshot_identifier}
aws_db_snapshot db_snapshot_arn rds ra snapshot:{db_snapshot_identifier}
aws_dynamodb_table stream_arn dynamodb ra table/{name}/stream/{}
aws_ecs_service id ecs ra service/{}/{name}
aws_ecs_task_definition arn_without_revision ecs ra task-definition/{family}
aws_eks_pod_identity_association association_arn eks ra podidentityassociation/{cluster_name}/{}
aws_kms_alias target_key_arn kms ra key/{}
aws_lambda_function qualified_arn lambda ra function:{function_name}:{}
aws_lambda_layer_version layer_arn lambda ra layer:{layer_name}
"""

# What `id` is: `arn`, one of the arguments, or what AWS makes up, which of many types has a beginning.
_IDS = """
aws_ami ami-{}
aws_athena_workgroup {name}
aws_autoscaling_group {name}
aws_cloudwatch_event_bus {name}
aws_cloudwatch_log_group {name}
aws_codebuild_project arn
aws_codecommit_repository {repository_name}
aws_customer_gateway cgw-{}
aws_default_security_group sg-{}
aws_default_vpc vpc-{}
aws_dynamodb_table {name}
aws_ebs_snapshot snap-{}
aws_ebs_volume vol-{}
aws_ec2_client_vpn_endpoint cvpn-endpoint-{}
aws_ec2_managed_prefix_list pl-{}
aws_ec2_transit_gateway tgw-{}
aws_ec2_transit_gateway_route_table tgw-rtb-{}
aws_ecr_repository {name}
aws_ecs_cluster arn
aws_efs_access_point fsap-{}
aws_efs_file_system fs-{}
aws_eip eipalloc-{}
aws_eks_cluster {name}
aws_emr_cluster j-{}
aws_flow_log fl-{}
aws_fsx_lustre_file_system fs-{}
aws_fsx_ontap_file_system fs-{}
aws_fsx_windows_file_system fs-{}
aws_glue_crawler {name}
aws_glue_job {name}
aws_iam_group {name}
aws_iam_instance_profile {name}
aws_iam_openid_connect_provider arn
aws_iam_policy arn
aws_iam_role {name}
aws_iam_saml_provider arn
aws_iam_user {name}
aws_instance i-{}
aws_internet_gateway igw-{}
aws_key_pair {key_name}
aws_kinesis_stream arn
aws_kms_alias {name}
aws_lambda_function {function_name}
aws_launch_template lt-{}
aws_lb arn
aws_lb_listener arn
aws_lb_target_group arn
aws_network_acl acl-{}
aws_network_interface eni-{}
aws_organizations_organization o-{}
aws_organizations_organizational_unit ou-{}
aws_organizations_policy p-{}
aws_rds_cluster {cluster_identifier}
aws_route_table rtb-{}
aws_s3_bucket {bucket}
aws_s3_directory_bucket {bucket}
aws_secretsmanager_secret arn
aws_security_group sg-{}
aws_sfn_activity arn
aws_sfn_state_machine arn
aws_sns_topic arn
aws_ssm_document {name}
aws_ssm_maintenance_window mw-{}
aws_ssm_parameter {name}
aws_ssm_patch_baseline pb-{}
aws_subnet subnet-{}
aws_transfer_server s-{}
aws_vpc vpc-{}
aws_vpc_endpoint vpce-{}
aws_vpc_endpoint_service vpce-svc-{}
aws_vpc_peering_connection pcx-{}
aws_vpn_connection vpn-{}
aws_vpn_gateway vgw-{}
"""

# IAM User Guide, "Unique identifiers": each kind begins with letters of its own.
UNIQUE_IDS = {"aws_iam_role": "AROA{}", "aws_iam_user": "AIDA{}", "aws_iam_group": "AGPA{}"}


class ArnShape(NamedTuple):
    """An ARN before it is known: the service, whether it has a region and an account, and the resource part."""

    service: str
    has_region: bool
    has_account: bool
    resource: str


@lru_cache(maxsize=1)
def arns() -> dict[tuple[str, str], ArnShape]:
    """The shape of an ARN by type and attribute."""
    found: dict[tuple[str, str], ArnShape] = {}
    for line in _ARNS.split("\n"):
        if line:
            kind, service, where, resource = line.split(" ", 3)
            found[kind, "arn"] = ArnShape(service, "r" in where, "a" in where, resource)
    for line in _OTHER_ARNS.split("\n"):
        if line:
            kind, attribute, service, where, resource = line.split(" ", 4)
            found[kind, attribute] = ArnShape(service, "r" in where, "a" in where, resource)
    return found


@lru_cache(maxsize=1)
def ids() -> dict[str, str]:
    """The shape of `id` by type: `arn`, or a template like the resource part of an ARN."""
    return {kind: shape for kind, _, shape in (line.partition(" ") for line in _IDS.split("\n") if line)}

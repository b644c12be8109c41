"""What runs code, and as which roles: one row for each resource type that has a role of the user's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from iamlint.model.compute import RoleUse, UsedRole, Workload, WorkloadKind
from iamlint.model.text import Text
from iamlint.model.value import Value
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.terraform.declaring import Declaring, text_of
from iamlint.parsers.values import alternatives, as_text, within


class Row(NamedTuple):
    """A resource type: what it is, the argument with its name, the paths of its roles and of an instance profile."""

    kind: WorkloadKind
    name: str
    roles: tuple[tuple[RoleUse, str], ...]
    profile: str = ""


def _run(kind: WorkloadKind, name: str, *code: str) -> Row:
    """A row of which every role is one that the code acts with."""
    return Row(kind, name, tuple([("code", path) for path in code]))


_ROWS: dict[str, Row] = {
    "aws_amplify_app": _run("application", "name", "iam_service_role_arn", "compute_role_arn"),
    "aws_apprunner_service": Row(
        "app runner service",
        "service_name",
        (
            ("code", "instance_configuration.instance_role_arn"),
            ("service", "source_configuration.authentication_configuration.access_role_arn"),
        ),
    ),
    "aws_batch_compute_environment": Row(
        "compute environment", "name", (("service", "service_role"),), "compute_resources.instance_role"
    ),
    "aws_batch_job_definition": Row(
        "job definition",
        "name",
        (
            ("code", "container_properties.jobRoleArn"),
            ("service", "container_properties.executionRoleArn"),
            ("code", "ecs_properties.taskProperties.taskRoleArn"),
            ("service", "ecs_properties.taskProperties.executionRoleArn"),
            ("code", "node_properties.nodeRangeProperties.container.jobRoleArn"),
            ("service", "node_properties.nodeRangeProperties.container.executionRoleArn"),
        ),
    ),
    "aws_bedrockagent_agent": _run("agent", "agent_name", "agent_resource_role_arn"),
    "aws_cloudwatch_event_target": Row("event target", "target_id", (("service", "role_arn"),)),
    "aws_codebuild_project": _run("build project", "name", "service_role"),
    "aws_codedeploy_deployment_group": Row(
        "deployment group", "deployment_group_name", (("service", "service_role_arn"),)
    ),
    "aws_codepipeline": Row("pipeline", "name", (("service", "role_arn"), ("service", "stage.action.role_arn"))),
    "aws_ecs_task_definition": Row(
        "task definition", "family", (("code", "task_role_arn"), ("service", "execution_role_arn"))
    ),
    "aws_eks_cluster": Row("cluster", "name", (("service", "role_arn"),)),
    "aws_eks_fargate_profile": Row("fargate profile", "fargate_profile_name", (("service", "pod_execution_role_arn"),)),
    "aws_eks_node_group": _run("node group", "node_group_name", "node_role_arn"),
    "aws_eks_pod_identity_association": _run("pod identity association", "service_account", "role_arn"),
    "aws_emr_cluster": Row(
        "cluster",
        "name",
        (("service", "service_role"), ("service", "autoscaling_role")),
        "ec2_attributes.instance_profile",
    ),
    "aws_glue_crawler": _run("crawler", "name", "role"),
    "aws_glue_dev_endpoint": _run("notebook", "name", "role_arn"),
    "aws_glue_job": _run("glue job", "name", "role_arn"),
    "aws_kinesisanalyticsv2_application": _run("application", "name", "service_execution_role"),
    "aws_lambda_function": _run("function", "function_name", "role"),
    "aws_mwaa_environment": _run("airflow environment", "name", "execution_role_arn"),
    "aws_pipes_pipe": Row("pipe", "name", (("service", "role_arn"),)),
    "aws_sagemaker_domain": _run("domain", "domain_name", "default_user_settings.execution_role"),
    "aws_sagemaker_model": _run("model", "name", "execution_role_arn"),
    "aws_sagemaker_notebook_instance": _run("notebook", "name", "role_arn"),
    "aws_sagemaker_pipeline": _run("machine learning pipeline", "pipeline_name", "role_arn"),
    "aws_sagemaker_user_profile": _run("user profile", "user_profile_name", "user_settings.execution_role"),
    "aws_scheduler_schedule": Row("schedule", "name", (("service", "target.role_arn"),)),
    "aws_sfn_state_machine": _run("state machine", "name", "role_arn"),
    "aws_synthetics_canary": _run("canary", "name", "execution_role_arn"),
}


def is_known(kind: str) -> bool:
    """Whether a resource type is one that runs code."""
    return kind in _ROWS


def declare(it: Declaring) -> None:
    """Puts a resource instance that runs code into the stack."""
    row = _ROWS.get(it.instance.declared.kind)
    if row is None:
        return
    roles = list(_roles(it, row))
    if not roles and row.kind == "event target":
        return
    at = it.at()
    profile = next((as_text(value) for value in _at(it, row.profile)), None) if row.profile else None
    workload = Workload(
        kind=row.kind, name=it.text(row.name), place=at.place, via=at.via, when=at.when, address=at.address
    )
    it.builder.run(workload, roles, profile)


def _roles(it: Declaring, row: Row) -> Iterator[UsedRole]:
    for use, path in row.roles:
        for item in _at(it, path):
            role = text_of(item)
            when = it.at().when.joined(item.when)
            if role is not None and role.literal != "" and when is not None:
                yield UsedRole(use=use, role=role, place=role.place, via=role.via, when=when)


def _at(it: Declaring, path: str) -> Iterator[Value]:
    """The values at a path: an argument, an argument of nested blocks, or a member of a JSON document."""
    name, _, inner = path.partition(".")
    if name not in it.instance.block.body.attributes and not (inner and it.blocks(name)):
        return
    value = it.instance.value(name)
    steps = inner.split(".") if inner else ()
    for option in alternatives(value):
        found = read_json_text(option) if steps and isinstance(option, Text) else option
        yield from within(found, steps)

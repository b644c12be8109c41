"""What runs code, and as which roles: one row for each resource type that has a role of the user's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from iamlint.model.compute import RoleUse, UsedRole, Workload, WorkloadKind
from iamlint.model.unknown import Guard
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.values import as_text, within


class Row(NamedTuple):
    """A resource type: what it is, the property with its name, the paths of its roles and of an instance profile."""

    kind: WorkloadKind
    name: str
    roles: tuple[tuple[RoleUse, str], ...]
    profile: str = ""


def _run(kind: WorkloadKind, name: str, *code: str) -> Row:
    """A row of which every role is one that the code acts with."""
    return Row(kind, name, tuple([("code", path) for path in code]))


_ROWS: dict[str, Row] = {
    "AWS::Amplify::App": _run("application", "Name", "IAMServiceRole", "ComputeRoleArn"),
    "AWS::AppRunner::Service": Row(
        "app runner service",
        "ServiceName",
        (
            ("code", "InstanceConfiguration.InstanceRoleArn"),
            ("service", "SourceConfiguration.AuthenticationConfiguration.AccessRoleArn"),
        ),
    ),
    "AWS::Batch::ComputeEnvironment": Row(
        "compute environment", "ComputeEnvironmentName", (("service", "ServiceRole"),), "ComputeResources.InstanceRole"
    ),
    "AWS::Batch::JobDefinition": Row(
        "job definition",
        "JobDefinitionName",
        (
            ("code", "ContainerProperties.JobRoleArn"),
            ("service", "ContainerProperties.ExecutionRoleArn"),
            ("code", "EcsProperties.TaskProperties.TaskRoleArn"),
            ("service", "EcsProperties.TaskProperties.ExecutionRoleArn"),
            ("code", "NodeProperties.NodeRangeProperties.Container.JobRoleArn"),
            ("service", "NodeProperties.NodeRangeProperties.Container.ExecutionRoleArn"),
        ),
    ),
    "AWS::Bedrock::Agent": _run("agent", "AgentName", "AgentResourceRoleArn"),
    "AWS::CodeBuild::Project": _run("build project", "Name", "ServiceRole"),
    "AWS::CodeDeploy::DeploymentGroup": Row(
        "deployment group", "DeploymentGroupName", (("service", "ServiceRoleArn"),)
    ),
    "AWS::CodePipeline::Pipeline": Row(
        "pipeline", "Name", (("service", "RoleArn"), ("service", "Stages.Actions.RoleArn"))
    ),
    "AWS::ECS::TaskDefinition": Row(
        "task definition", "Family", (("code", "TaskRoleArn"), ("service", "ExecutionRoleArn"))
    ),
    "AWS::EKS::Cluster": Row("cluster", "Name", (("service", "RoleArn"),)),
    "AWS::EKS::FargateProfile": Row("fargate profile", "FargateProfileName", (("service", "PodExecutionRoleArn"),)),
    "AWS::EKS::Nodegroup": _run("node group", "NodegroupName", "NodeRole"),
    "AWS::EKS::PodIdentityAssociation": _run("pod identity association", "ServiceAccount", "RoleArn"),
    "AWS::EMR::Cluster": Row(
        "cluster", "Name", (("service", "ServiceRole"), ("service", "AutoScalingRole")), "JobFlowRole"
    ),
    "AWS::Events::Rule": Row("event target", "Name", (("service", "RoleArn"), ("service", "Targets.RoleArn"))),
    "AWS::Glue::Crawler": _run("crawler", "Name", "Role"),
    "AWS::Glue::DevEndpoint": _run("notebook", "EndpointName", "RoleArn"),
    "AWS::Glue::Job": _run("glue job", "Name", "Role"),
    "AWS::KinesisAnalyticsV2::Application": _run("application", "ApplicationName", "ServiceExecutionRole"),
    "AWS::Lambda::Function": _run("function", "FunctionName", "Role"),
    "AWS::MWAA::Environment": _run("airflow environment", "Name", "ExecutionRoleArn"),
    "AWS::Pipes::Pipe": Row("pipe", "Name", (("service", "RoleArn"),)),
    "AWS::SageMaker::Domain": _run("domain", "DomainName", "DefaultUserSettings.ExecutionRole"),
    "AWS::SageMaker::Model": _run("model", "ModelName", "ExecutionRoleArn"),
    "AWS::SageMaker::NotebookInstance": _run("notebook", "NotebookInstanceName", "RoleArn"),
    "AWS::SageMaker::Pipeline": _run("machine learning pipeline", "PipelineName", "RoleArn"),
    "AWS::SageMaker::UserProfile": _run("user profile", "UserProfileName", "UserSettings.ExecutionRole"),
    "AWS::Scheduler::Schedule": Row("schedule", "Name", (("service", "Target.RoleArn"),)),
    "AWS::StepFunctions::StateMachine": _run("state machine", "StateMachineName", "RoleArn"),
    "AWS::Synthetics::Canary": _run("canary", "Name", "ExecutionRoleArn"),
}
FUNCTION = _run("function", "FunctionName", "Role")
STATE_MACHINE = _run("state machine", "Name", "Role")


def declare(it: Declaring) -> None:
    """Puts a resource that runs code into the stack."""
    row = _ROWS.get(it.kind)
    if row is not None and (row.kind != "event target" or next(_roles(it, row), None) is not None):
        run(it, row)


def run(it: Declaring, row: Row, generated: Guard | None = None) -> None:
    """The same for a row. `generated` says when the resource itself makes the role, which then has its address."""
    roles = list(_roles(it, row))
    if generated is not None:
        roles.append(UsedRole(use="code", role=it.itself(), place=it.header, when=it.at(when=generated).when))
    workload = Workload(kind=row.kind, name=it.text(row.name), place=it.header, when=it.when, address=it.address)
    it.builder.run(workload, roles, it.text(row.profile) if row.profile else None)


def _roles(it: Declaring, row: Row) -> Iterator[UsedRole]:
    for use, path in row.roles:
        name, _, inner = path.partition(".")
        if it.written(name) is None:
            continue
        value = it.value(name)
        for item in within(value, inner.split(".") if inner else ()) if value is not None else ():
            role = as_text(item)
            when = it.when.joined(item.when)
            if role is not None and role.literal != "" and when is not None and it.evaluator.conditions.allow(when):
                yield UsedRole(use=use, role=role, place=role.place, via=role.via, when=when)

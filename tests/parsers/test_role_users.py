"""Workloads and instances find their roles, instance profiles theirs, and roles those who use them, in both formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.model.compute import HandedKey, Instance, Workload
from iamlint.model.identity import InstanceProfile, Role
from iamlint.model.stack import Stack
from iamlint.model.unknown import Unknown
from iamlint.parsers.stacks import Inputs, Reading, stacks

ROLES = {
    "main.tf": """
variable "elsewhere" {
  type = string
}
resource "aws_iam_role" "app" {
  name = "app"
}
resource "aws_iam_role" "start" {}
""",
    "template.yaml": """
Parameters:
  Elsewhere: {Type: String}
Resources:
  App:
    Type: AWS::IAM::Role
    Properties: {RoleName: app, AssumeRolePolicyDocument: {}}
  Start:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {}}
""",
}
APP = {"main.tf": "aws_iam_role.app", "template.yaml": "Resources/App"}
START = {"main.tf": "aws_iam_role.start", "template.yaml": "Resources/Start"}


def stack_of(tmp_path: Path, name: str, text: str) -> Stack:
    (tmp_path / name).write_text(ROLES[name] + text, encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(tmp_path / name),))))
    return stack


def workloads(stack: Stack) -> list[Workload]:
    return [thing for thing in stack.things if isinstance(thing, Workload)]


def role(stack: Stack, address: str) -> Role:
    (found,) = [thing for thing in stack.things if isinstance(thing, Role) and thing.address == address]
    return found


FUNCTIONS = {
    "main.tf": """
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = %s
}
""",
    "template.yaml": """
  F:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: f
      Role: %s
""",
}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("main.tf", "aws_iam_role.app.arn"),
        ("main.tf", "aws_iam_role.app.name"),
        ("main.tf", '"arn:aws:iam::111122223333:role/app"'),
        ("main.tf", '"arn:aws:iam::111122223333:role/service/app"'),
        ("template.yaml", "!GetAtt App.Arn"),
        ("template.yaml", "!Sub '${App.Arn}'"),
        ("template.yaml", "!Ref App"),
        ("template.yaml", "arn:aws:iam::111122223333:role/app"),
        ("template.yaml", "!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/app'"),
    ],
)
def test_a_function_finds_its_role(tmp_path: Path, name: str, written: str) -> None:
    stack = stack_of(tmp_path, name, FUNCTIONS[name] % written)
    (function,) = workloads(stack)
    assert (function.label, function.role_addresses, function.has_role) == ("function f", (APP[name],), True)
    assert role(stack, APP[name]).used_by == ("function f",)
    assert role(stack, START[name]).used_by == ()


@pytest.mark.parametrize(
    ("name", "written", "has_role"),
    [
        ("main.tf", '"arn:aws:iam::111122223333:role/other"', True),
        ("main.tf", "null", False),
        ("template.yaml", "arn:aws:iam::111122223333:role/other", True),
        ("template.yaml", "!Ref AWS::NoValue", False),
    ],
)
def test_a_role_that_is_not_declared_has_no_address(tmp_path: Path, name: str, written: str, has_role: bool) -> None:
    (function,) = workloads(stack_of(tmp_path, name, FUNCTIONS[name] % written))
    assert function.role_addresses == ()
    assert function.has_role is has_role


@pytest.mark.parametrize(("name", "written"), [("main.tf", "var.elsewhere"), ("template.yaml", "!Ref Elsewhere")])
def test_whether_there_is_a_role_can_be_unknown(tmp_path: Path, name: str, written: str) -> None:
    (function,) = workloads(stack_of(tmp_path, name, FUNCTIONS[name] % written))
    assert function.role_addresses == ()
    assert isinstance(function.has_role, Unknown)


TASKS = {
    "main.tf": """
resource "aws_ecs_task_definition" "t" {
  family             = "t"
  task_role_arn      = aws_iam_role.app.arn
  execution_role_arn = aws_iam_role.start.arn
}
""",
    "template.yaml": """
  T:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: t
      TaskRoleArn: !GetAtt App.Arn
      ExecutionRoleArn: !GetAtt Start.Arn
""",
}


@pytest.mark.parametrize("name", list(TASKS))
def test_task_role_and_execution_role_are_told_apart(tmp_path: Path, name: str) -> None:
    stack = stack_of(tmp_path, name, TASKS[name])
    (task,) = workloads(stack)
    assert [(used.use, used.address) for used in task.roles] == [("code", APP[name]), ("service", START[name])]
    assert role(stack, START[name]).used_by == ("task definition t",)


NESTED = {
    "main.tf": """
resource "aws_apprunner_service" "a" {
  service_name = "a"
  instance_configuration {
    instance_role_arn = aws_iam_role.app.arn
  }
}
resource "aws_batch_job_definition" "b" {
  name                 = "b"
  container_properties = jsonencode({ jobRoleArn = aws_iam_role.app.arn })
}
resource "aws_scheduler_schedule" "c" {
  name = "c"
  target {
    role_arn = aws_iam_role.app.arn
  }
}
""",
    "template.yaml": """
  A:
    Type: AWS::AppRunner::Service
    Properties: {ServiceName: a, InstanceConfiguration: {InstanceRoleArn: !GetAtt App.Arn}}
  B:
    Type: AWS::Batch::JobDefinition
    Properties: {JobDefinitionName: b, ContainerProperties: {JobRoleArn: !GetAtt App.Arn}}
  C:
    Type: AWS::Scheduler::Schedule
    Properties: {Name: c, Target: {RoleArn: !GetAtt App.Arn}}
""",
}


@pytest.mark.parametrize("name", list(NESTED))
def test_roles_within_blocks_and_documents(tmp_path: Path, name: str) -> None:
    users = role(stack_of(tmp_path, name, NESTED[name]), APP[name]).used_by
    assert users == ("app runner service a", "job definition b", "schedule c")


def test_each_branch_of_a_role_counts(tmp_path: Path) -> None:
    either = """
  F:
    Type: AWS::Lambda::Function
    Properties: {Role: !If [IsProd, !GetAtt App.Arn, !GetAtt Start.Arn]}
Conditions:
  IsProd: !Equals [!Ref Elsewhere, prod]
"""
    (function,) = workloads(stack_of(tmp_path, "template.yaml", either))
    assert [(used.address, str(used.when)) for used in function.roles] == [
        ("Resources/App", "when IsProd"),
        ("Resources/Start", "when not IsProd"),
    ]


def test_a_sam_function_runs_as_the_role_that_it_makes_or_names(tmp_path: Path) -> None:
    sam = """
  Own:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: .}
  Given:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: ., Role: !GetAtt App.Arn}
Transform: AWS::Serverless-2016-10-31
"""
    stack = stack_of(tmp_path, "template.yaml", sam)
    assert [(it.label, it.role_addresses) for it in workloads(stack)] == [
        ("function Own", ("Resources/Own",)),
        ("function Given", ("Resources/App",)),
    ]
    assert role(stack, "Resources/Own").used_by == ("function Own",)


INSTANCES = {
    "main.tf": """
resource "aws_iam_instance_profile" "p" {
  name = "p"
  role = aws_iam_role.app.name
}
resource "aws_launch_template" "t" {
  name = "t"
  iam_instance_profile {
    arn = aws_iam_instance_profile.p.arn
  }
}
resource "aws_instance" "direct" {
  iam_instance_profile        = aws_iam_instance_profile.p.name
  associate_public_ip_address = true
}
resource "aws_instance" "named" {
  iam_instance_profile        = "p"
  associate_public_ip_address = false
}
resource "aws_instance" "made" {
  launch_template {
    id = aws_launch_template.t.id
  }
}
resource "aws_instance" "other" {
  iam_instance_profile = "q"
}
resource "aws_instance" "none" {}
""",
    "template.yaml": """
  P:
    Type: AWS::IAM::InstanceProfile
    Properties: {InstanceProfileName: p, Roles: [!Ref App]}
  T:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateName: t, LaunchTemplateData: {IamInstanceProfile: {Arn: !GetAtt P.Arn}}}
  Direct:
    Type: AWS::EC2::Instance
    Properties: {IamInstanceProfile: !Ref P, NetworkInterfaces: [{AssociatePublicIpAddress: true}]}
  Named:
    Type: AWS::EC2::Instance
    Properties: {IamInstanceProfile: p, NetworkInterfaces: [{AssociatePublicIpAddress: false}]}
  Made:
    Type: AWS::EC2::Instance
    Properties: {LaunchTemplate: {LaunchTemplateId: !Ref T}}
  Other:
    Type: AWS::EC2::Instance
    Properties: {IamInstanceProfile: q}
  None:
    Type: AWS::EC2::Instance
    Properties: {}
""",
}


@pytest.mark.parametrize("name", list(INSTANCES))
def test_an_instance_finds_its_role_through_its_profile_and_template(tmp_path: Path, name: str) -> None:
    stack = stack_of(tmp_path, name, INSTANCES[name])
    instances = [thing for thing in stack.things if isinstance(thing, Instance)]
    assert [instance.role_addresses for instance in instances] == [(APP[name],)] * 4 + [(), ()]
    assert [instance.has_role for instance in instances[:4]] == [True] * 4
    assert isinstance(instances[4].has_role, Unknown)
    assert instances[5].has_role is False
    (profile,) = [thing for thing in stack.things if isinstance(thing, InstanceProfile)]
    assert (profile.label, profile.role_address, profile.has_role) == ("p", APP[name], True)
    app = role(stack, APP[name])
    assert app.used_by[0] == "launch template t"
    assert app.used_by[1:] == tuple(instance.label for instance in instances[1:4])
    assert (app.public_instances, app.private_instances) == ((instances[1].label,), (instances[2].label,))


KEYS = {
    "main.tf": """
resource "aws_iam_access_key" "k" {
  user = "ci"
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  environment {
    variables = {
      ID     = aws_iam_access_key.k.id
      SECRET = aws_iam_access_key.k.secret
    }
  }
}
resource "aws_instance" "i" {
  count     = 2
  user_data = "export AWS_ACCESS_KEY_ID=${aws_iam_access_key.%s.id}"
}
""",
    "template.yaml": """
  k:
    Type: AWS::IAM::AccessKey
    Properties: {UserName: ci}
  F:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: f
      Environment: {Variables: {ID: !Ref k, SECRET: !GetAtt k.SecretAccessKey}}
  I:
    Type: AWS::EC2::Instance
    Properties:
      UserData:
        Fn::Base64: !Sub "export AWS_ACCESS_KEY_ID=${%s}"
""",
}


def handed(stack: Stack) -> list[HandedKey]:
    return [thing for thing in stack.things if isinstance(thing, HandedKey)]


@pytest.mark.parametrize(("name", "instance"), [("main.tf", "aws_instance.i[0]"), ("template.yaml", "I")])
def test_a_key_knows_whom_it_is_handed_to(tmp_path: Path, name: str, instance: str) -> None:
    (key,) = handed(stack_of(tmp_path, name, KEYS[name] % "k"))
    assert (key.key, key.workloads) == ("the access key of ci", ("function f", f"instance {instance}"))
    assert key.is_shared
    (alone,) = handed(stack_of(tmp_path, name, KEYS[name] % "other"))
    assert (alone.workloads, alone.is_shared) == (("function f",), False)


def test_workloads_that_are_never_there_together_share_no_key(tmp_path: Path) -> None:
    text = """
  Key:
    Type: AWS::IAM::AccessKey
    Properties: {UserName: ci}
  A:
    Type: AWS::Lambda::Function
    Condition: IsProd
    Properties: {Environment: {Variables: {ID: !Ref Key}}}
  B:
    Type: AWS::Lambda::Function
    Condition: %s
    Properties: {Environment: {Variables: {ID: !Ref Key}}}
Conditions:
  IsProd: !Equals [!Ref Elsewhere, prod]
  IsTest: !Not [!Condition IsProd]
"""
    (key,) = handed(stack_of(tmp_path, "template.yaml", text % "IsProd"))
    assert key.is_shared
    (key,) = handed(stack_of(tmp_path, "template.yaml", text % "IsTest"))
    assert not key.is_shared

"""Known ways to more than one was given: which actions each takes, and what it gains.

The table joins the public catalogues that it names line by line. Left out of those: what needs AWS CodeStar, which
closed in July 2024, and sts:AssumeRole on every role, which is a rule of its own. Where no catalogue is named, the path
follows from the API reference of its actions.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path as File
from typing import Literal, NamedTuple, get_args

from iamlint.logic import glob

_TABLE = File(__file__).with_name("escalation_paths.tsv")

# account: whatever there is in the account; role: any role that a service may take; workload: the role of something
# that exists; staged: a role that still needs somebody to use it; limits: what held others, or itself, back.
Gain = Literal["account", "role", "workload", "staged", "limits"]
GAINS: tuple[Gain, ...] = get_args(Gain)


class Path(NamedTuple):
    """A way: the actions it takes, of which the first must be allowed on every resource of its kind (of any other one
    will do); what its taker can do, as the rest of "X can …"; for iam:PassRole the services passed to; where it is
    listed; `bits` are its actions as bits of an integer."""

    gain: Gain
    actions: tuple[str, ...]
    how: str
    services: tuple[str, ...]
    source: str
    bits: int

    @property
    def makes(self) -> bool:
        """Whether it makes a new role or user: all of its actions are then on the same one, whatever its name."""
        return self.actions[0] in ("iam:CreateRole", "iam:CreateUser")

    def __str__(self) -> str:
        return " + ".join(self.actions)


# The ARN of what an action is on, from its service to its name; of those that take several, what decides.
_KINDS = {
    "policy/": "iam:CreatePolicyVersion iam:SetDefaultPolicyVersion",
    "role/": (
        "iam:PutRolePolicy iam:AttachRolePolicy iam:UpdateAssumeRolePolicy iam:PassRole sts:AssumeRole "
        "iam:DeleteRolePolicy iam:DetachRolePolicy iam:DeleteRolePermissionsBoundary iam:PutRolePermissionsBoundary "
        "iam:CreateRole"
    ),
    "user/": (
        "iam:PutUserPolicy iam:AttachUserPolicy iam:CreateAccessKey iam:CreateLoginProfile iam:UpdateLoginProfile "
        "iam:DeleteUserPolicy iam:DetachUserPolicy iam:DeleteUserPermissionsBoundary iam:PutUserPermissionsBoundary "
        "iam:CreateUser"
    ),
    "catalog:product/": "servicecatalog:CreateProvisioningArtifact",
    "identitystore:group/": "identitystore:CreateGroupMembership",
    "user-profile/": "sagemaker:CreatePresignedDomainUrl",
    "group/": "iam:PutGroupPolicy iam:AttachGroupPolicy iam:AddUserToGroup",
    "saml-provider/": "iam:UpdateSAMLProvider",
    "permissionSet/": "sso:AttachManagedPolicyToPermissionSet sso:PutInlinePolicyToPermissionSet",
    "function:": "lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration",
    "stack/": "cloudformation:UpdateStack cloudformation:CreateChangeSet",
    "ec2:instance/": (
        "ssm:SendCommand ssm:StartSession ssm:CreateAssociation ec2-instance-connect:SendSSHPublicKey "
        "ec2:ModifyInstanceAttribute"
    ),
    "launch-template/": "ec2:CreateLaunchTemplateVersion",
    "task/": "ecs:ExecuteCommand",
    "project/": "codebuild:StartBuild codebuild:StartBuildBatch codebuild:UpdateProject",
    "deploymentgroup:": "codedeploy:CreateDeployment",
    "devEndpoint/": "glue:UpdateDevEndpoint",
    "notebook-instance/": "sagemaker:CreatePresignedNotebookInstanceUrl",
    "notebook-instance-lifecycle-config/": "sagemaker:CreateNotebookInstanceLifecycleConfig",
    "service/": "apprunner:UpdateService",
    "job-definition/": "batch:SubmitJob",
    "code-interpreter-custom/": "bedrock-agentcore:StartCodeInterpreterSession",
    "runtime/": "bedrock-agentcore:InvokeAgentRuntimeCommand",
    "browser-custom/": "bedrock-agentcore:ConnectBrowserAutomationStream",
    "stateMachine:": "states:UpdateStateMachine",
    "cluster/": "elasticmapreduce:AddJobFlowSteps eks:CreateAccessEntry",
    "applicationversion/": "elasticbeanstalk:CreateApplicationVersion",
    "environment/": "airflow:CreateCliToken",
    "key/": "kms:Decrypt kms:ReEncryptFrom",
    "secret:": "secretsmanager:GetSecretValue",
    "parameter/": "ssm:GetParameter ssm:GetParameters ssm:GetParametersByPath ssm:GetParameterHistory",
}

# On itself, or on a managed policy or a group that it has, these give everything already, or take away what holds it
# back.
ON_ITSELF = frozenset(
    {
        "iam:putuserpolicy", "iam:attachuserpolicy", "iam:putrolepolicy", "iam:attachrolepolicy",
        "iam:deleteuserpermissionsboundary", "iam:deleterolepermissionsboundary",
        "iam:putuserpermissionsboundary", "iam:putrolepermissionsboundary",
        "iam:createpolicyversion", "iam:setdefaultpolicyversion", "iam:putgrouppolicy", "iam:attachgrouppolicy",
    }
)  # fmt: skip


@cache
def paths() -> tuple[Path, ...]:
    """Every path, the most dangerous first."""
    found = []
    bits: dict[str, int] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        gain, actions, how, services, source = line.split("\t")
        named = tuple(actions.split())
        mask = 0
        for action in named:
            mask |= bits.setdefault(action.lower(), 1 << len(bits))
        found.append(Path(_gain(gain), named, how, tuple(services.split()), source, mask))
    return tuple(found)


def _gain(written: str) -> Gain:
    return next(gain for gain in GAINS if gain == written)


@cache
def _bits() -> dict[str, int]:
    """The bit of each action, by its lower-case name."""
    bits: dict[str, int] = {}
    for path in paths():
        for action in path.actions:
            bits.setdefault(action.lower(), 1 << len(bits))
    return bits


@lru_cache(maxsize=32768)
def reached(action: str) -> int:
    """The bits of the paths' actions that an action pattern in lower case takes in."""
    bits = _bits()
    if "*" not in action and "?" not in action:
        return bits.get(action, 0)
    head = action[: min(at for at in (action.find("*"), action.find("?")) if at >= 0)]
    return sum(bit for name, bit in bits.items() if name.startswith(head) and glob.matches(action, name))


@lru_cache(maxsize=4096)
def completes(mask: int) -> bool:
    """Whether these are all the actions of some path, and perhaps more."""
    return any(not path.bits & ~mask for path in paths())


def bits(actions: Iterable[str]) -> int:
    """The bits of several actions."""
    mask = 0
    for action in actions:
        mask |= reached(action.lower())
    return mask


# What gives the power of a role, user or group to who may do it to that one alone.
_TO_ONE = (
    "iam:PassRole", "sts:AssumeRole", "iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile", "iam:AddUserToGroup", "iam:AttachRolePolicy", "iam:PutRolePolicy",
    "iam:CreatePolicyVersion",
)  # fmt: skip


@cache
def _of_others() -> int:
    return bits((*_TO_ONE, *(path.actions[0] for path in paths() if path.gain == "workload")))


def is_of_others(mask: int) -> bool:
    """Whether actions with these bits may give the power of some one identity, or of what runs as it."""
    return bool(mask & _of_others())


@cache
def every() -> int:
    """The bits of all actions."""
    return (1 << len(_bits())) - 1


@cache
def kind(action: str) -> tuple[str, str]:
    """The service in the ARN of what an action is on, and how the ARN's resource begins; empty when it has none."""
    for start, actions in _KINDS.items():
        if action.lower() in actions.lower().split():
            if action.lower() == "sts:assumerole":
                return ("iam", start)
            service, colon, resource = start.partition(":")
            return (service, resource) if colon and resource else (action.partition(":")[0].lower(), start)
    return ("", "")

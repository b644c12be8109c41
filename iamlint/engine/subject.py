"""What a rule may flag: each subject with the names in scope around it, and how a stack's subjects are found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iamlint.model.account import FileProblem, Ignore, PasswordPolicy, Trail
from iamlint.model.account_service import Organization
from iamlint.model.baseline import Baseline, baselines
from iamlint.model.bucket import BucketVersioning
from iamlint.model.compute import HandedKey, Instance, Workload
from iamlint.model.condition import Condition
from iamlint.model.escalation import Escalation
from iamlint.model.flaw import Flaw
from iamlint.model.identity import (
    AccessKey,
    Attachment,
    Credential,
    Group,
    Identity,
    InstanceProfile,
    KeyRotation,
    LoginProfile,
    PermissionSet,
    Role,
    User,
)
from iamlint.model.patterns import Action, Resource
from iamlint.model.policy import Grant, Policy
from iamlint.model.policy_reference import Boundary, PolicyReference
from iamlint.model.principal import Principal
from iamlint.model.recording import ConfigAggregator, ConfigRecorder, ConfigRule
from iamlint.model.secret import Output, Secret
from iamlint.model.sharing import PublicAccessBlock, Share
from iamlint.model.sign_in import FederationProvider, MfaDevice
from iamlint.model.stack import Stack
from iamlint.model.statement import Statement
from iamlint.model.thing import Placed
from iamlint.model.user_pool import UserPool
from iamlint.model.watching import MetricFilter

THINGS: dict[str, type] = {
    kind.kind_of_thing: kind
    for kind in (
        Policy, User, Group, Role, PermissionSet, InstanceProfile, Attachment, Boundary, AccessKey, LoginProfile,
        PasswordPolicy, Trail, Instance, Workload, HandedKey, Secret, Output,
        Share, PublicAccessBlock, FederationProvider, MfaDevice, UserPool, BucketVersioning, Organization,
        ConfigRecorder, ConfigAggregator, ConfigRule, MetricFilter, FileProblem, Ignore,
    )
}  # fmt: skip

UNIONS: dict[str, tuple[type, tuple[str, ...]]] = {
    # subject: (what they have in common, the things it stands for)
    "identity": (Identity, ("user", "group", "role", "permission_set")),
    "credential": (Credential, ("access_key", "login_profile")),
    "key_rotation": (KeyRotation, ("access_key", "config_rule")),
    "grant": (Grant, ("policy", "attachment")),
    "policy_reference": (PolicyReference, ("attachment", "boundary")),
}

PARTS: dict[str, tuple[type, str]] = {
    # subject: (its model, the field of a statement that lists it)
    "action": (Action, "actions"),
    "not_action": (Action, "not_actions"),
    "resource": (Resource, "resources"),
    "not_resource": (Resource, "not_resources"),
    "principal": (Principal, "principals"),
    "not_principal": (Principal, "not_principals"),
    "condition": (Condition, "conditions"),
}

SUBJECTS: tuple[str, ...] = (*THINGS, *UNIONS, "statement", *PARTS, "flaw", "escalation", "baseline")


def scope_types(subject: str) -> dict[str, type]:
    """The names that a rule on this subject may use, with their models."""
    names: dict[str, type] = {"stack": Stack}
    if subject in THINGS:
        return {**names, subject: THINGS[subject]}
    if subject == "baseline":
        return {**names, "baseline": Baseline}
    if subject in UNIONS:
        return {**names, subject: UNIONS[subject][0]}
    if subject == "flaw":
        return {**names, "policy": Policy, "flaw": Flaw}
    if subject == "escalation":
        return {**names, "policy": Policy, "statement": Statement, "escalation": Escalation}
    names |= {"policy": Policy, "statement": Statement}
    if subject in PARTS:
        names[subject] = PARTS[subject][0]
    return names


def scopes(stack: Stack, subject: str) -> Iterator[tuple[Placed, dict[str, Any]]]:
    """Every subject of this name in a stack, with the scope that a rule on it is evaluated in."""
    if subject in THINGS:
        for thing in stack.of_kind(subject):
            yield thing, {"stack": stack, subject: thing}
        return
    if subject in UNIONS:
        for kind in UNIONS[subject][1]:
            for thing in stack.of_kind(kind):
                yield thing, {"stack": stack, subject: thing}
        return
    if subject == "baseline":
        for baseline in baselines(stack):
            yield baseline, {"stack": stack, "baseline": baseline}
        return
    if subject == "flaw":
        for policy in stack.policies:
            for flaw in stack.flaws(policy):
                # The statement is for the finding's address; a rule cannot ask for it, as a flaw may have none.
                within = {} if flaw.statement is None else {"statement": flaw.statement}
                yield flaw, {"stack": stack, "policy": policy, "flaw": flaw, **within}
        return
    if subject == "escalation":
        for found in stack.escalations:
            yield (
                found.escalation,
                {"stack": stack, "policy": found.policy, "statement": found.statement, "escalation": found.escalation},
            )
        return
    for policy in stack.policies:
        for statement in policy.statements:
            around = {"stack": stack, "policy": policy, "statement": statement}
            if subject == "statement":
                yield statement, around
                continue
            for part in getattr(statement, PARTS[subject][1]):
                yield part, {**around, subject: part}

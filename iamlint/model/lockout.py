"""Resource policies that leave nobody able to change them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from iamlint.model.thing import Placed
from iamlint.model.unknown import Truth, all_of, any_of, certain, possible

if TYPE_CHECKING:
    from iamlint.model.patterns import Resource
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement

# service: every way to change the policy of its resources. Vaults are left out, which are locked on purpose.
_WAYS: dict[str, tuple[str, ...]] = {
    "dynamodb": ("dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy"),
    "ecr": ("ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy"),
    "elasticfilesystem": ("elasticfilesystem:PutFileSystemPolicy", "elasticfilesystem:DeleteFileSystemPolicy"),
    "kinesis": ("kinesis:PutResourcePolicy", "kinesis:DeleteResourcePolicy"),
    "kms": ("kms:PutKeyPolicy",),
    "s3": ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
    "secretsmanager": ("secretsmanager:PutResourcePolicy", "secretsmanager:DeleteResourcePolicy"),
    "sns": ("sns:SetTopicAttributes",),
    "sqs": ("sqs:SetQueueAttributes",),
}


class Lockout(NamedTuple):
    """What locks everybody out: the statement, or the policy as a whole; and in which way, in words."""

    at: Placed
    told: str


def lockout(policy: Policy) -> Lockout | None:
    """What of a resource policy leaves nobody able to change it; None when that is not so, or not certain."""
    if policy.kind != "resource" or policy.unresolved is not None or not policy.statements:
        return None
    for statement in policy.statements:
        told = _denies_all(statement, policy.service)
        if told:
            return Lockout(statement, told)
    if policy.service != "kms" or not policy.complete:
        return None
    if not any(possible(_administers(statement)) for statement in policy.statements):
        return Lockout(policy.body or policy, "lets nobody change the key's policy (`kms:PutKeyPolicy`)")
    return None


def _administers(statement: Statement) -> Truth:
    """Whether a statement of a key policy lets someone, who is no service, change that policy."""
    someone = any(principal.kind != "service" for principal in statement.principals) or statement.uses_not_principal
    known = bool(statement.principals or statement.not_principals)
    return all_of((statement.allows, statement.speaks_of("kms:PutKeyPolicy"), someone or not known))


def _denies_all(statement: Statement, service: str) -> str:
    """In which words a statement denies everybody to change the policy; empty when it spares someone or may."""
    if not certain(statement.denies) or not all(certain(c.is_vacuous) and not c.negated for c in statement.conditions):
        return ""
    if statement.not_principals:
        if not all(principal.entity == "root" for principal in statement.not_principals):
            return ""
        who = "everybody but the root user"
    elif any(certain(principal.is_anyone) for principal in statement.principals):
        who = "everybody"
    else:
        return ""
    services = (service,) if service else tuple(_WAYS)
    for each in services:
        ways = _WAYS.get(each, ())
        if ways and all(certain(statement.speaks_of(way)) for way in ways) and certain(_on_itself(statement, each)):
            return f"denies {who} to change this policy (`{'`, `'.join(ways)}`)"
    return ""


def _on_itself(statement: Statement, service: str) -> Truth:
    """Whether the statement is about the resource itself, and not only about the objects in a bucket."""
    if not statement.resources:
        return not statement.uses_not_resource
    return any_of(_is_whole(resource, service) for resource in statement.resources)


def _is_whole(resource: Resource, service: str) -> Truth:
    if certain(resource.is_wildcard) or service != "s3":
        return True
    name = resource.masked.rpartition(":")[2]
    return "/" not in name

"""What a resource's policy, or a role's trust policy, cannot be about: another service's actions and resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.model.flaw import Flaw
from iamlint.model.validation.arns import FIELD_HOLE, HOLE, masked

if TYPE_CHECKING:
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement
    from iamlint.model.text import Text

# Services whose resource policies are about their own actions and ARNs and nothing else, each with the prefixes of its
# actions (which are also the services in its ARNs). Those of logs, events, glue, RAM and the like are left out: AWS
# writes into them for other services.
_OWN: dict[str, tuple[str, ...]] = {
    "backup": ("backup",),
    "codeartifact": ("codeartifact",),
    "dynamodb": ("dynamodb",),
    "ecr": ("ecr",),
    "elasticfilesystem": ("elasticfilesystem",),
    "es": ("es", "opensearch"),
    "execute-api": ("execute-api",),
    "kinesis": ("kinesis",),
    "kms": ("kms",),
    "lambda": ("lambda",),
    "s3": ("s3", "s3-object-lambda", "s3express"),
    "secretsmanager": ("secretsmanager",),
    "sns": ("sns",),
    "sqs": ("sqs",),
}


def check(policy: Policy) -> Iterator[Flaw]:
    """Actions and ARNs of another service than the one whose resource the policy is attached to."""
    if policy.kind == "trust":
        for statement in policy.statements:
            yield from _actions(statement, ("sts",), "a role trust policy is about the actions of `sts`")
    elif policy.kind == "resource" and policy.attachment == "resource" and policy.service in _OWN:
        own = _OWN[policy.service]
        for statement in policy.statements:
            yield from _actions(statement, own, f"the policy is of a resource of `{own[0]}`")
            yield from _resources(statement, own)


def _actions(statement: Statement, own: tuple[str, ...], why: str) -> Iterator[Flaw]:
    for element, actions in (("Action", statement.actions), ("NotAction", statement.not_actions)):
        for number, action in enumerate(actions):
            prefix = action.service
            if prefix and prefix.isascii() and prefix not in own and prefix.replace("-", "").isalnum():
                message = f"`{action.shown}` is no action for this policy: {why}"
                yield _flaw("unsupported-action-in-policy", message, action, statement, f"{element}/{number}")


def _resources(statement: Statement, own: tuple[str, ...]) -> Iterator[Flaw]:
    for element, resources in (("Resource", statement.resources), ("NotResource", statement.not_resources)):
        for number, resource in enumerate(resources):
            fields = masked(resource).split(":", 3)
            if len(fields) < 4 or fields[0] != "arn" or HOLE in fields[1]:
                continue
            service = fields[2]
            if not service or service.lower() in own or any(sign in service for sign in (HOLE, FIELD_HOLE, "*", "?")):
                continue
            message = f"`{resource.shown}` is no resource for this policy: it is of a resource of `{own[0]}`"
            path = f"{element}/{number}"
            yield _flaw("unsupported-resource-arn-in-policy", message, resource, statement, path)


def _flaw(code: str, message: str, at: Text, statement: Statement, path: str) -> Flaw:
    return Flaw(code=code, message=message, statement=statement, path=path, place=at.place, via=at.via, when=at.when)

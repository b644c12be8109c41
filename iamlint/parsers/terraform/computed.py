"""What a provider computes and can be known beforehand: ARNs and ids, rendered documents, rendered templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from iamlint.aws import managed_policies
from iamlint.model.text import Part, Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.terraform import arn_shapes
from iamlint.parsers.terraform.literals import Parts, hole, is_null, joined, string_parts, text
from iamlint.parsers.values import alternatives, reworked
from iamlint.source.span import Spelling

if TYPE_CHECKING:
    from iamlint.parsers.terraform.resource_instances import ResourceInstance

_PARTITION = "data.aws_partition.current.partition"
_REGION = "data.aws_region.current.name"
_ACCOUNT = "data.aws_caller_identity.current.account_id"
_PLACEHOLDER = re.compile(r"\{(\w*)\}|\[(\w+)/\]")

# The argument that names what a data source reads, where that is not the resource type's own.
_DATA_ARGUMENTS: dict[tuple[str, str], str] = {
    ("aws_db_instance", "identifier"): "db_instance_identifier",
    ("aws_ecs_cluster", "name"): "cluster_name",
    ("aws_ecs_service", "name"): "service_name",
    ("aws_eks_addon", "name"): "addon_name",
    ("aws_iam_group", "name"): "group_name",
    ("aws_iam_user", "name"): "user_name",
}


_DEPLOY_TIME: dict[tuple[str, str], str] = {
    ("aws_caller_identity", "account_id"): "the account is known at deploy time",
    ("aws_caller_identity", "id"): "the account is known at deploy time",
    ("aws_partition", "partition"): "the partition is known at deploy time",
    ("aws_partition", "id"): "the partition is known at deploy time",
    ("aws_partition", "dns_suffix"): "the partition is known at deploy time",
    ("aws_region", "name"): "the region is known at deploy time",
    ("aws_region", "region"): "the region is known at deploy time",
    ("aws_region", "id"): "the region is known at deploy time",
    ("aws_organizations_organization", "master_account_id"): "the account is known at deploy time",
}

# Log delivery of load balancers and the like comes from AWS's own accounts, one for each region.
_SERVICE_ACCOUNTS = ("aws_elb_service_account", "aws_cloudtrail_service_account", "aws_redshift_service_account")


def attribute(instance: ResourceInstance, name: str) -> Value | None:
    """The value of an attribute that is not written; None when nothing can be known of it."""
    declared = instance.declared
    if declared.mode == "data":
        make = _DATA.get((declared.kind, name))
        if make is not None:
            return make(instance)
        reason = _DEPLOY_TIME.get((declared.kind, name))
        if reason is not None:
            return hole(Unknown(reason, f"{declared.local_address}.{name}"), instance.block)
    kind = declared.kind
    shape = arn_shapes.arns().get((kind, name))
    if shape is not None:
        return _arn(instance, name, shape)
    if name == "id":
        return _identifier(instance)
    if name == "unique_id" and kind in arn_shapes.UNIQUE_IDS:
        return _shaped(instance, name, arn_shapes.UNIQUE_IDS[kind])
    if name == "iam_arn" and kind == "aws_cloudfront_origin_access_identity":
        return _origin_access_identity(instance)
    prefix = instance.written(f"{name}_prefix")
    if isinstance(prefix, Text) and not _is_linked(kind):
        return _shaped(instance, name, f"{{{name}}}")
    return None


def known_names(kind: str) -> tuple[str, ...]:
    """The attributes that `attribute` may know of a type, for whole objects."""
    return ("arn", "id", "name") if (kind, "arn") in arn_shapes.arns() else ("id",)


def as_link(instance: ResourceInstance, name: str, value: Value) -> Value:
    """A written name or id as others refer to it: of what is not wholly known the declaration stays known, and what
    is null the provider makes up. Of the URL of an identity provider AWS gives back only what follows `https://`."""
    if name == "url" and instance.declared.kind == "aws_iam_openid_connect_provider":
        return _without_scheme(value)
    if is_null(value) and (name in ("name", "bucket") or f"{name}_prefix" in instance.block.body.attributes):
        made = attribute(instance, name)
        return made if made is not None else hole(instance.unknown(name), value.place)
    if not isinstance(value, Text) or value.is_known or name not in ("name", "bucket", "id"):
        return value
    if _is_linked(instance.declared.kind):
        return hole(instance.unknown(name), value.place)
    return value


def _without_scheme(value: Value) -> Value:
    if isinstance(value, Choice):
        return Choice(tuple(_without_scheme(each) for each in value.alternatives), value.place, value.via, value.when)
    first = value.parts[0] if isinstance(value, Text) and value.parts else None
    if not isinstance(value, Text) or not isinstance(first, str) or not first.startswith("https://"):
        return value
    parts = (first.removeprefix("https://"), *value.parts[1:])
    return reworked(joined(list(parts), [None] * len(parts), value.place), value.via, value.when)


def _is_linked(kind: str) -> bool:
    """Whether others are linked to it by name or id: those that are not wholly known stay the reference they are."""
    return kind == "aws_s3_bucket" or kind.startswith("aws_iam_")


def _identifier(instance: ResourceInstance) -> Value | None:
    kind = instance.declared.kind
    shape = arn_shapes.ids().get(kind)
    if shape is None:
        return None
    if shape == "arn":
        return instance.value("arn")
    value = _shaped(instance, "id", shape)
    return as_link(instance, "id", value) if shape.startswith("{") else value


def _arn(instance: ResourceInstance, name: str, shape: arn_shapes.ArnShape) -> Value:
    """An ARN: partition, region and account are holes, of which the last two say whose ARN it is."""
    address = instance.address
    before: list[Part] = ["arn:", Unknown("the partition is known at deploy time", _PARTITION), f":{shape.service}:"]
    if shape.has_region:
        before.append(Unknown("the region is known at deploy time", _REGION, address, name))
    before.append(":")
    if shape.has_account:
        before.append(Unknown("the account is known at deploy time", _ACCOUNT, address, name))
    before.append(":")
    return _shaped(instance, name, shape.resource, before)


def _shaped(instance: ResourceInstance, name: str, template: str, before: list[Part] | None = None) -> Value:
    """A template with the instance's arguments in it; one value for each alternative of an argument."""
    chosen: dict[str, list[Value]] = {}
    for match in _PLACEHOLDER.finditer(template):
        argument = match[1] or match[2]
        if argument and argument != "id":
            value = _argument(instance, argument)
            chosen[argument] = list(alternatives(value)) if value is not None else []
    varying = [argument for argument, options in chosen.items() if len(options) > 1]
    if len(varying) != 1:
        given = {argument: options[0] for argument, options in chosen.items() if len(options) == 1}
        return _filled(instance, name, template, before or [], given)
    single = {argument: options[0] for argument, options in chosen.items() if len(options) == 1}
    made = []
    for option in chosen[varying[0]]:
        value = _filled(instance, name, template, before or [], {**single, varying[0]: option})
        made.append(reworked(value, value.via, option.when))
    return Choice(tuple(made), instance.block)


def _argument(instance: ResourceInstance, argument: str) -> Value | None:
    """The value of an argument of a resource, or of that which stands for it in a data source."""
    if instance.declared.mode == "data":
        argument = _DATA_ARGUMENTS.get((instance.declared.kind, argument), argument)
    return instance.written(argument)


def _filled(instance: ResourceInstance, name: str, template: str, before: list[Part], given: dict[str, Value]) -> Value:
    parts: list[Part] = list(before)
    spellings: list[Spelling | None] = [None] * len(parts)
    at = 0

    def put(more: Parts) -> None:
        parts.extend(more[0])
        spellings.extend(more[1])

    for match in _PLACEHOLDER.finditer(template):
        put(([template[at : match.start()]], [None]))
        at = match.end()
        if match[2]:
            section = _section(instance, name, given.get(match[2]))
            put((section, [None] * len(section)))
        elif match[1] == "id" and name != "id":
            put(_own_id(instance, name))
        else:
            put(_named(instance, name, match[1], given.get(match[1]), template[: match.start()].endswith("/")))
    put(([template[at:]], [None]))
    if len(parts) == 2 and parts[1] == "" and isinstance(parts[0], Unknown):
        return hole(parts[0], instance.block)
    return joined(parts, spellings, instance.block)


def _own_id(instance: ResourceInstance, name: str) -> Parts:
    """What the id contributes to an ARN."""
    value = instance.written("id") or _identifier(instance)
    more = string_parts(value) if isinstance(value, Text) else None
    return more if more is not None else ([instance.unknown(name)], [None])


def _section(instance: ResourceInstance, name: str, value: Value | None) -> list[Part]:
    """A part of a path that is there when its argument is: IAM's `path`, an event bus other than the default one."""
    if value is None or is_null(value):
        return []
    if not isinstance(value, Text):
        return [instance.unknown(name)]
    if value.literal is not None:
        written = value.literal.strip("/")
        return [f"{written}/"] if written and written != "default" else []
    return [*_linked(instance, name, value.parts), "/"]


def _named(instance: ResourceInstance, name: str, argument: str, value: Value | None, after_slash: bool) -> Parts:
    """What an argument contributes: its value, its `_prefix` and a hole, or a hole."""
    if value is None or is_null(value):
        prefix = instance.written(f"{argument}_prefix") if argument else None
        begun = string_parts(prefix) if isinstance(prefix, Text) else None
        if begun is None:
            return [instance.unknown(name)], [None]
        return [*_linked(instance, name, begun[0]), instance.unknown(name)], [*begun[1], None]
    more = string_parts(value) if isinstance(value, Text) else None
    if more is None:
        return [instance.unknown(name)], [None]
    parts, spellings = _linked(instance, name, more[0]), more[1]
    first = parts[0] if parts else None
    if after_slash and isinstance(first, str) and first.startswith(("/", "https://")):
        parts[0] = first.removeprefix("https://").lstrip("/")
        spellings = [None, *spellings[1:]]
    return parts, spellings


def _linked(instance: ResourceInstance, name: str, parts: list[Part] | tuple[Part, ...]) -> list[Part]:
    """The parts, holes saying of which declaration they are; one that nothing is written for is the attribute."""
    address = instance.address
    linked: list[Part] = []
    for part in parts:
        if isinstance(part, Unknown):
            part = Unknown(part.reason, part.written, address, name) if part.written else instance.unknown(name)
        linked.append(part)
    return linked


def _origin_access_identity(instance: ResourceInstance) -> Value:
    """CloudFront Developer Guide, "Origin access identity": the principal that its ARN names."""
    own = "iam::cloudfront:user/CloudFront Origin Access Identity "
    partition = Unknown("the partition is known at deploy time", _PARTITION)
    return joined(["arn:", partition, f":{own}", instance.unknown("iam_arn")], [None] * 4, instance.block)


def _service_account(instance: ResourceInstance) -> Value:
    partition = Unknown("the partition is known at deploy time", _PARTITION)
    account = Unknown("an account of AWS's own, by region", f"{instance.declared.local_address}.id")
    return joined(["arn:", partition, ":iam::", account, ":root"], [None] * 5, instance.block)


def _field_of_arn(index: int) -> Callable[[ResourceInstance], Value | None]:
    """Takes a field of the ARN that `data "aws_arn"` is given; the last one is all that is left."""

    def field(instance: ResourceInstance) -> Value | None:
        from iamlint.parsers.terraform import string_functions

        arn = instance.written("arn")
        colon = text(":", instance.block)
        fields = string_functions.split([colon, arn], instance.block) if isinstance(arn, Text) else None
        if not isinstance(fields, ListValue) or len(fields.items) < 6:
            return None
        if index < 5:
            return fields.items[index]
        rest = ListValue(fields.items[5:], instance.block)
        return string_functions.join([colon, rest], instance.block)

    return field


def _document(instance: ResourceInstance) -> Value:
    from iamlint.parsers.terraform.policy_document_data import rendered

    return rendered(instance)


def _template(instance: ResourceInstance) -> Value | None:
    from iamlint.parsers.terraform.template_files import rendered

    source = instance.written("template")
    variables = instance.written("vars")
    if not isinstance(source, Text):
        return source if isinstance(source, UnknownValue) else None
    names = dict(_entries(variables)) if variables is not None else {}
    return rendered(source, names, instance.scope, instance.block)


def _entries(value: Value) -> Iterator[tuple[str, Value]]:
    if isinstance(value, MapValue):
        yield from ((key.literal, item) for key, item in value.entries if key.literal is not None)


def _managed_policy_arn(instance: ResourceInstance) -> Value | None:
    """The ARN of `data "aws_iam_policy"` by name: AWS's own, when it is the name of one of AWS's."""
    name = instance.written("name")
    if not isinstance(name, Text) or name.literal is None:
        return None
    found = managed_policies.path_of(name.literal)
    if found is None and name.literal not in managed_policies.WITHDRAWN:
        return None
    before = (found or "").removesuffix(name.literal)
    parts = string_parts(name)
    assert parts is not None
    partition = Unknown("the partition is known at deploy time", _PARTITION)
    own: list[Part] = ["arn:", partition, f":iam::aws:policy/{before}"]
    return joined([*own, *parts[0]], [None, None, None, *parts[1]], name.place, name.via)


_DATA: dict[tuple[str, str], Callable[[ResourceInstance], Value | None]] = {
    ("aws_iam_policy_document", "json"): _document,
    ("aws_iam_policy_document", "minified_json"): _document,
    ("template_file", "rendered"): _template,
    ("aws_iam_policy", "arn"): _managed_policy_arn,
    **{(kind, "arn"): _service_account for kind in _SERVICE_ACCOUNTS},
    **{
        ("aws_arn", name): _field_of_arn(index)
        for index, name in enumerate(("partition", "service", "region", "account", "resource"), 1)
    },
}

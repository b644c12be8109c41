"""EC2 instances, and the templates and requests that make them."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.compute import Instance, InstanceKind
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, Value
from iamlint.parsers.terraform.declaring import Declaring, absent, block_setting, block_value, text_of
from iamlint.parsers.terraform.multiplicity import Expanded
from iamlint.parsers.values import as_setting
from iamlint.source.span import Place

_KINDS: dict[str, InstanceKind] = {
    "aws_instance": "instance",
    "aws_spot_instance_request": "spot request",
    "aws_launch_template": "launch template",
    "aws_launch_configuration": "launch configuration",
}


def _instance(it: Declaring) -> None:
    block = it.instance.block
    options = next(iter(it.blocks("metadata_options")), None)
    kind = _KINDS[it.instance.declared.kind]
    profile = it.value("iam_instance_profile")
    if kind == "launch template":
        profile = _value_in(it, "iam_instance_profile", ("name", "arn"))
    template = _value_in(it, "launch_template", ("id", "name"))
    made_from = as_setting(template, None, block)
    if template is None and it.blocks("launch_template"):
        made_from = Setting(value="launch template", place=it.blocks("launch_template")[0].block)
    setting = as_setting(profile, None, block)
    name = it.text("name") if kind in ("launch template", "launch configuration") else None
    _add(it, kind, block, setting, made_from, options, name, text_of(profile), text_of(template), _public_address(it))


def _value_in(it: Declaring, kind: str, names: tuple[str, ...]) -> Value | None:
    """The first of these arguments that a nested block has: what names a profile or a launch template."""
    for block in it.blocks(kind):
        for name in names:
            value = block_value(block, name)
            if value is not None:
                return value
    return None


def _public_address(it: Declaring) -> Setting:
    """Whether the instance gets a public address; unknown where the subnet decides."""
    place = it.instance.block
    value = it.value("associate_public_ip_address") or _value_in(
        it, "network_interfaces", ("associate_public_ip_address",)
    )
    if value is None or isinstance(value, Choice):
        return Setting(value=Unknown("the subnet decides"), place=place, declared=False)
    return as_setting(value, False, place)


def _spot_fleet(it: Declaring) -> None:
    """A spot fleet: one thing for each of its launch specifications, or one that comes from launch templates."""
    for specification in it.blocks("launch_specification"):
        header = specification.block
        profile = block_value(specification, "iam_instance_profile")
        if profile is None:
            profile = block_value(specification, "iam_instance_profile_arn")
        setting = as_setting(profile, None, header)
        _add(it, "spot fleet", header, setting, absent(header), None, profile_name=text_of(profile))


def _add(
    it: Declaring, kind: InstanceKind, place: Place, profile: Setting, template: Setting, options: Expanded | None,
    name: Text | None = None, profile_name: Text | None = None, template_name: Text | None = None,
    public_address: Setting | None = None,
) -> None:  # fmt: skip
    at = it.at(place=place)
    it.builder.run(
        Instance(
            kind=kind,
            name=name,
            public_address=public_address,
            profile=profile,
            template=template,
            metadata_tokens=block_setting(options, "http_tokens", None, place),
            metadata_endpoint=block_setting(options, "http_endpoint", None, place),
            hop_limit=block_setting(options, "http_put_response_hop_limit", None, place),
            place=place,
            via=at.via,
            when=at.when,
            address=at.address,
        ),
        profile=profile_name,
        template=template_name,
    )


def _node_group(it: Declaring) -> None:
    """An EKS node group gives the instances of its launch template their role."""
    for block in it.blocks("launch_template"):
        for name in ("id", "name"):
            text = text_of(block_value(block, name))
            if text is not None:
                it.builder.supply_role(text)


TYPES: dict[str, Callable[[Declaring], None]] = {
    **dict.fromkeys(_KINDS, _instance),
    "aws_spot_fleet_request": _spot_fleet,
    "aws_eks_node_group": _node_group,
}

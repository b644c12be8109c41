"""EC2 instances, and the templates and requests that make them."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.compute import Instance, InstanceKind
from iamlint.model.thing import Setting
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
    profile = it.setting("iam_instance_profile")
    if it.instance.declared.kind == "aws_launch_template":
        profile = _profile_of_block(it)
    _add(it, _KINDS[it.instance.declared.kind], block, profile, _template(it), options)


def _profile_of_block(it: Declaring) -> Setting:
    """The profile of a launch template, which is a block with a name or an ARN."""
    for block in it.blocks("iam_instance_profile"):
        for name in ("name", "arn"):
            value = block_value(block, name)
            if value is not None:
                return as_setting(value, None, block.block)
    return absent(it.instance.block)


def _template(it: Declaring) -> Setting:
    """The launch template that an instance is made from."""
    for block in it.blocks("launch_template"):
        for name in ("id", "name"):
            value = block_value(block, name)
            if value is not None:
                return as_setting(value, None, block.block)
        return Setting(value="launch template", place=block.block)
    return absent(it.instance.block)


def _spot_fleet(it: Declaring) -> None:
    """A spot fleet: one thing for each of its launch specifications, or one that comes from launch templates."""
    for specification in it.blocks("launch_specification"):
        header = specification.block
        profile = block_setting(specification, "iam_instance_profile", None, header)
        if profile.is_absent:
            profile = block_setting(specification, "iam_instance_profile_arn", None, header)
        _add(it, "spot fleet", header, profile, absent(header), None)


def _add(
    it: Declaring, kind: InstanceKind, place: Place, profile: Setting, template: Setting, options: Expanded | None
) -> None:
    at = it.at(place=place)
    it.builder.add(
        Instance(
            kind=kind,
            profile=profile,
            template=template,
            metadata_tokens=block_setting(options, "http_tokens", None, place),
            metadata_endpoint=block_setting(options, "http_endpoint", None, place),
            hop_limit=block_setting(options, "http_put_response_hop_limit", None, place),
            place=place,
            via=at.via,
            when=at.when,
            address=at.address,
        )
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

"""EC2 instances, and the templates and requests that make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.aws.images import demands_session_tokens
from iamlint.model.compute import Instance, InstanceKind
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, Value
from iamlint.parsers.terraform.declaring import Declaring, absent, block_setting, block_value, text_of
from iamlint.parsers.terraform.multiplicity import Expanded, expanded
from iamlint.parsers.values import alternatives, as_list, as_setting, as_text, numbered
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
    if value is None:
        return _as_its_subnet(it) or Setting(value=Unknown("the subnet decides"), place=place, declared=False)
    if isinstance(value, Choice):
        return Setting(value=Unknown("the subnet decides"), place=place, declared=False)
    return as_setting(value, False, place)


def _as_its_subnet(it: Declaring) -> Setting | None:
    """Whether the subnet that an instance is put into gives it a public address; None where that is not in view."""
    subnet = it.text("subnet_id")
    module = it.instance.declared.module
    parts = subnet.parts if subnet is not None else ()
    address = next((part.ref for part in parts if isinstance(part, Unknown) and part.ref), "")
    local = address.removeprefix(f"{module.address}.") if module.address else address
    kind, _, name = local.partition("[")[0].partition(".")
    if kind != "aws_subnet" or (kind, name) not in module.declared.resources:
        return None
    found = next(iter(module.resource("resource", kind, name).instances), None)
    if found is None:
        return None
    return as_setting(found.written("map_public_ip_on_launch"), False, it.instance.block)


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
    tokens = "required" if _demands_session_tokens(it) else None
    it.builder.run(
        Instance(
            kind=kind,
            name=name,
            public_address=public_address,
            profile=profile,
            template=template,
            metadata_tokens=block_setting(options, "http_tokens", tokens, place),
            metadata_endpoint=block_setting(options, "http_endpoint", None, place),
            hop_limit=numbered(block_setting(options, "http_put_response_hop_limit", None, place)),
            place=place,
            via=at.via,
            when=at.when,
            address=at.address,
        ),
        profile=profile_name,
        template=template_name,
    )


def _demands_session_tokens(it: Declaring) -> bool:
    """Whether the image, whichever it is of several, has session tokens required by default."""
    image = it.value("ami") or it.value("image_id")
    options = list(alternatives(image)) if image is not None else []
    return bool(options) and all(_image_demands_them(it, option) for option in options)


def _image_demands_them(it: Declaring, value: Value) -> bool:
    found = list(_names_of_image(it, value))
    return (bool(found) and all(map(demands_session_tokens, found))) or _is_made_to(it, value)


def _is_made_to(it: Declaring, value: Value) -> bool:
    """Whether an image that the module itself declares is registered with `imds_support`."""
    text = as_text(value)
    hole = text.hole if text is not None else None
    kind, _, rest = hole.written.partition(".") if hole is not None else ("", "", "")
    name = rest.partition(".")[0].partition("[")[0]
    module = it.instance.declared.module
    if kind != "aws_ami" or (kind, name) not in module.declared.resources:
        return False
    images = [text_of(image.written("imds_support")) for image in module.resource("resource", kind, name).instances]
    return bool(images) and all(support is not None and support.literal == "v2.0" for support in images)


def _names_of_image(it: Declaring, value: Value) -> Iterator[str]:
    """What an image may be called: the public parameter that its id is looked up in, or the names searched for."""
    text = as_text(value)
    unknown = text.hole if text is not None else None
    if unknown is None:
        yield text.shown if text is not None else ""
        return
    mode, _, rest = unknown.written.partition(".")
    kind, _, rest = rest.partition(".")
    if mode != "data" or kind not in ("aws_ssm_parameter", "aws_ami"):
        return
    for source in it.instance.declared.module.resource(
        "data", kind, rest.partition(".")[0].partition("[")[0]
    ).instances:
        searched = [source.written("name"), source.written("name_regex")]
        for block in expanded(source.block.body, source.scope, "filter"):
            named = text_of(block_value(block, "name"))
            if named is not None and named.literal == "name":
                searched.append(block_value(block, "values"))
        for found in searched:
            for item in as_list(found) if found is not None else ():
                name = as_text(item)
                if name is not None and name.shown:
                    yield name.shown


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

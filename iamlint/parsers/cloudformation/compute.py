"""Instances, what instances are made from, and trails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.aws.images import demands_session_tokens
from iamlint.model.account import Trail
from iamlint.model.compute import Instance, InstanceKind
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import Choice, MapValue, UnknownValue, Value
from iamlint.parsers import trail_events
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.values import alternatives, as_list, as_setting, as_text, numbered, within
from iamlint.source.span import Place

_MOST_VARIANTS = 8
_SPELLING = trail_events.Spelling("IncludeManagementEvents", "FieldSelectors", "Field", "Equals")


def _trail(it: Declaring) -> None:
    at = it.at()
    it.builder.add(
        Trail(
            multi_region=it.setting("IsMultiRegionTrail", False),
            validation=it.setting("EnableLogFileValidation", False),
            logging=it.setting("IsLogging", False),
            log_group=it.setting("CloudWatchLogsLogGroupArn"),
            log_group_arn=it.text("CloudWatchLogsLogGroupArn"),
            kms_key=it.setting("KMSKeyId"),
            organization=it.setting("IsOrganizationTrail", False),
            bucket=it.text("S3BucketName"),
            global_events=it.setting("IncludeGlobalServiceEvents", True),
            management=trail_events.management(
                it.given("EventSelectors"), it.given("AdvancedEventSelectors"), _SPELLING, at.place
            ),
            place=at.place,
            when=at.when,
            address=at.address,
        )
    )


def _instance(it: Declaring) -> None:
    profile, options = it.given("IamInstanceProfile"), it.given("MetadataOptions")
    public = _public_address(None, it.value("NetworkInterfaces"), it.header)
    template, image = it.given("LaunchTemplate"), it.value("ImageId")
    _add(it, "instance", "", it.header, profile, template, options, public_address=public, image=image)


def _launch_template(it: Declaring) -> None:
    data = it.value("LaunchTemplateData")
    for option in alternatives(data) if data is not None else ():
        if isinstance(option, MapValue):
            profile, options = option.get("IamInstanceProfile"), option.get("MetadataOptions")
            public = _public_address(None, option.get("NetworkInterfaces"), it.header)
            _add(it, "launch template", "", it.header, profile, None, options, option, public, option.get("ImageId"))
        elif isinstance(option, UnknownValue):
            _add(it, "launch template", "", it.header, option, None, option, option)


def _launch_configuration(it: Declaring) -> None:
    profile, options = it.given("IamInstanceProfile"), it.given("MetadataOptions")
    public = _public_address(it.value("AssociatePublicIpAddress"), None, it.header)
    image = it.value("ImageId")
    _add(it, "launch configuration", "", it.header, profile, None, options, public_address=public, image=image)


def _spot_fleet(it: Declaring) -> None:
    """A spot fleet: one thing for each of its launch specifications; launch templates are things of their own."""
    specifications = it.value("SpotFleetRequestConfigData.LaunchSpecifications")
    for index, item in enumerate(as_list(specifications) if specifications is not None else ()):
        if isinstance(item, UnknownValue):
            it.builder.note_unknown(item.unknown)
        if isinstance(item, MapValue):
            element = f"SpotFleetRequestConfigData/LaunchSpecifications/{index}"
            profile = item.get("IamInstanceProfile")
            options, image = item.get("MetadataOptions"), item.get("ImageId")
            _add(it, "spot fleet", element, item.place, profile, None, options, item, image=image)


def _add(
    it: Declaring,
    kind: InstanceKind,
    element: str,
    place: Place,
    profile: Value | None,
    template: Value | None,
    options: Value | None,
    around: Value | None = None,
    public_address: Setting | None = None,
    image: Value | None = None,
) -> None:
    """One instance for each combination of a profile and metadata options that may be."""
    tokens = "required" if _demands_session_tokens(it, image) else None
    outer = around.when if around is not None else ALWAYS
    count = 0
    for one, first in _each(profile):
        for other, second in _each(options):
            guard = outer.joined(first)
            guard = guard.joined(second) if guard is not None else None
            guard = it.when.joined(guard) if guard is not None else None
            if guard is None or count >= _MOST_VARIANTS or not it.evaluator.conditions.allow(guard):
                continue
            count += 1
            it.builder.run(
                Instance(
                    kind=kind,
                    name=_own_name(it, kind),
                    public_address=public_address,
                    profile=_profile(one, place),
                    template=_template(template, place),
                    metadata_tokens=_option(other, "HttpTokens", place, tokens),
                    metadata_endpoint=_option(other, "HttpEndpoint", place),
                    hop_limit=numbered(_option(other, "HttpPutResponseHopLimit", place)),
                    place=place,
                    when=guard,
                    address=it.address,
                    element=element,
                ),
                profile=_text(_named_profile(one)),
                template=_text(_named_template(template)),
            )


def _each(value: Value | None) -> Iterator[tuple[Value | None, Guard]]:
    if value is None:
        yield None, ALWAYS
        return
    for option in alternatives(value):
        yield option, option.when


def _profile(value: Value | None, place: Place) -> Setting:
    return as_setting(_named_profile(value), None, place)


def _named_profile(value: Value | None) -> Value | None:
    """A profile by name, or an object with a name or an ARN in it."""
    if not isinstance(value, MapValue):
        return value
    named = value.get("Name") or value.get("Arn")
    if named is None and value.rest is not None:
        return UnknownValue(value.rest, value.place)
    return named


def _template(value: Value | None, place: Place) -> Setting:
    named = _named_template(value)
    if isinstance(named, MapValue):
        return Setting(value="launch template", place=named.place)
    return as_setting(named, None, place)


def _named_template(value: Value | None) -> Value | None:
    """The launch template that an instance is made from: its id or name, or the object that has neither."""
    option = next(alternatives(value), None) if value is not None else None
    if isinstance(option, MapValue):
        return option.get("LaunchTemplateId") or option.get("LaunchTemplateName") or option
    return option


def _text(value: Value | None) -> Text | None:
    return as_text(next(alternatives(value))) if value is not None else None


def _own_name(it: Declaring, kind: InstanceKind) -> Text | None:
    names = {"launch template": "LaunchTemplateName", "launch configuration": "LaunchConfigurationName"}
    return it.text(names[kind]) if kind in names else None


def _public_address(direct: Value | None, interfaces: Value | None, place: Place) -> Setting:
    """Whether the instance gets a public address; unknown where the subnet decides."""
    found = direct
    if found is None and interfaces is not None:
        found = next(within(interfaces, ("AssociatePublicIpAddress",)), None)
    if found is None or found.when.branches or isinstance(found, Choice):
        return Setting(value=Unknown("the subnet decides"), place=place, declared=False)
    return as_setting(found, False, place)


def _option(options: Value | None, name: str, place: Place, otherwise: str | None = None) -> Setting:
    if isinstance(options, UnknownValue):
        return as_setting(options, None, place)
    return as_setting(options.get(name) if isinstance(options, MapValue) else None, otherwise, place)


def _demands_session_tokens(it: Declaring, image: Value | None) -> bool:
    """Whether the image, whichever it is of several, has session tokens required by default."""
    options = list(alternatives(image)) if image is not None else []
    return bool(options) and all(demands_session_tokens(_image(it, option)) for option in options)


def _image(it: Declaring, value: Value) -> str:
    """What an image is called: the public parameter that a reference or a template parameter looks its id up in."""
    if isinstance(value, UnknownValue):
        declared = it.evaluator.sections.parameters.get(value.unknown.written)
        kept = declared is not None and declared.is_looked_up and declared.given is None
        return str(declared.default.value) if kept and declared is not None and declared.default is not None else ""
    text = as_text(value)
    return text.shown if text is not None else ""


def _node_group(it: Declaring) -> None:
    """An EKS node group gives the instances of its launch template their role."""
    for name in ("LaunchTemplate.Id", "LaunchTemplate.Name"):
        text = it.text(name)
        if text is not None:
            it.builder.supply_role(text)


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::EKS::Nodegroup": _node_group,
    "AWS::CloudTrail::Trail": _trail,
    "AWS::EC2::Instance": _instance,
    "AWS::EC2::LaunchTemplate": _launch_template,
    "AWS::AutoScaling::LaunchConfiguration": _launch_configuration,
    "AWS::EC2::SpotFleet": _spot_fleet,
}

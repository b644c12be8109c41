"""AWS Config in a template: recorders, aggregators, rules and packs of rules."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.recording import ConfigAggregator, ConfigRecorder, ConfigRule
from iamlint.model.text import Text
from iamlint.model.value import MapValue, UnknownValue
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.parameters_of_rules import handed_on, key_age
from iamlint.parsers.values import as_setting, as_text


def _listed(it: Declaring, name: str) -> tuple[Text, ...] | None:
    """The strings of a list; None where there is none."""
    texts = tuple(text for _, text in it.texts(name))
    return texts or None


def _recorder(it: Declaring) -> None:
    at = it.at()
    it.builder.add(
        ConfigRecorder(
            all_supported=it.setting("RecordingGroup.AllSupported", True),
            include_global=it.setting("RecordingGroup.IncludeGlobalResourceTypes", False),
            types=_listed(it, "RecordingGroup.ResourceTypes"),
            excluded=_listed(it, "RecordingGroup.ExclusionByResourceTypes.ResourceTypes"),
            place=at.place, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _aggregator(it: Declaring) -> None:
    for name in ("AccountAggregationSources", "OrganizationAggregationSource"):
        for element, source in it.items(name):
            at = it.at(element, source.place, source.when)
            written = source.get("AllAwsRegions") if isinstance(source, MapValue) else None
            regions = as_setting(source if isinstance(source, UnknownValue) else written, False, source.place)
            it.builder.add(ConfigAggregator(all_regions=regions, place=at.place, when=at.when, address=at.address))


def _rule(it: Declaring) -> None:
    _add(it, it.text("Source.SourceIdentifier"), "InputParameters")


def _organization_rule(it: Declaring) -> None:
    managed = "OrganizationManagedRuleMetadata"
    _add(it, it.text(f"{managed}.RuleIdentifier"), f"{managed}.InputParameters")


def _add(it: Declaring, identifier: Text | None, parameters: str) -> None:
    at = it.at()
    it.builder.add(
        ConfigRule(
            identifier=identifier, rotation=key_age(it.value(parameters), at.place),
            place=at.place, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _pack(it: Declaring) -> None:
    """A pack of rules is a template of them."""
    body = it.value("TemplateBody")
    if body is not None:
        from iamlint.parsers.cloudformation.embedded import add_stacks

        pairs = [
            (as_text(item.get("ParameterName") or item), item.get("ParameterValue"))
            for _, item in it.items("ConformancePackInputParameters")
            if isinstance(item, MapValue)
        ]
        add_stacks(body, it.at("TemplateBody"), it.builder, handed_on(pairs, it.header))


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::Config::ConfigRule": _rule,
    "AWS::Config::ConfigurationAggregator": _aggregator,
    "AWS::Config::ConfigurationRecorder": _recorder,
    "AWS::Config::ConformancePack": _pack,
    "AWS::Config::OrganizationConfigRule": _organization_rule,
    "AWS::Config::OrganizationConformancePack": _pack,
}

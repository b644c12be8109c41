"""AWS Config in Terraform: recorders, aggregators, rules and packs of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.model.recording import ConfigAggregator, ConfigRecorder, ConfigRule
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.parsers.parameters_of_rules import handed_on, key_age
from iamlint.parsers.terraform.declaring import Declaring, block_setting, block_value, text_of
from iamlint.parsers.terraform.multiplicity import Expanded, expanded
from iamlint.parsers.values import as_list, as_text

_SOURCES = ("account_aggregation_source", "organization_aggregation_source")


def recorder(it: Declaring) -> None:
    """A recorder, with what it records."""
    at, place = it.at(), it.instance.block
    group = next(iter(it.blocks("recording_group")), None)
    excluded: tuple[Text, ...] = ()
    for block in expanded(group.body, group.scope, "exclusion_by_resource_types") if group is not None else ():
        excluded += tuple(_listed(block))
    unknown = Setting(value=Unknown("a block that may be there or not"), place=place)
    is_known = group is None or group.is_known
    default = block_setting(group, "include_global_resource_types", False, place)
    it.builder.add(
        ConfigRecorder(
            all_supported=block_setting(group, "all_supported", True, place),
            include_global=default if is_known else unknown,
            types=tuple(_listed(group)) or None if group is not None else None,
            excluded=excluded or None,
            place=at.place, via=at.via, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _listed(block: Expanded) -> Iterator[Text]:
    value = block_value(block, "resource_types")
    for item in as_list(value) if value is not None else ():
        text = as_text(item)
        if text is not None:
            yield text


def _aggregator(it: Declaring) -> None:
    for kind in _SOURCES:
        for block in it.blocks(kind):
            at = it.at(kind, block.block, block.when)
            regions = block_setting(block, "all_regions", False, block.block)
            it.builder.add(
                ConfigAggregator(
                    all_regions=regions, place=at.place, via=at.via, when=at.when, address=at.address, element=kind
                )
            )


def _rule(it: Declaring) -> None:
    source = next(iter(it.blocks("source")), None)
    _add(it, text_of(block_value(source, "source_identifier")) if source is not None else None)


def _organization_rule(it: Declaring) -> None:
    _add(it, it.text("rule_identifier"))


def _add(it: Declaring, identifier: Text | None) -> None:
    at = it.at()
    it.builder.add(
        ConfigRule(
            identifier=identifier, rotation=key_age(it.value("input_parameters"), at.place),
            place=at.place, via=at.via, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _pack(it: Declaring) -> None:
    """A pack of rules is a template of them."""
    body = it.value("template_body")
    if body is not None:
        from iamlint.parsers.cloudformation.embedded import add_stacks

        blocks = it.blocks("input_parameter")
        pairs = [(text_of(block_value(one, "parameter_name")), block_value(one, "parameter_value")) for one in blocks]
        add_stacks(body, it.at("template_body"), it.builder, handed_on(pairs, it.instance.block))


TYPES: dict[str, Callable[[Declaring], None]] = {
    "aws_config_config_rule": _rule,
    "aws_config_configuration_aggregator": _aggregator,
    "aws_config_conformance_pack": _pack,
    "aws_config_organization_conformance_pack": _pack,
    "aws_config_organization_managed_rule": _organization_rule,
}

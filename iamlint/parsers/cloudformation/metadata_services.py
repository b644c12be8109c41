"""What else than an instance of EC2 says in a template who may read its instance metadata."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.compute import Instance
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.value import MapValue, UnknownValue, Value
from iamlint.parsers import beanstalk
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.tokens_of_versions import tokens_of
from iamlint.parsers.values import alternatives, as_text

_VERSION = "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion"


def _absent(it: Declaring) -> Setting:
    return Setting(value=None, place=it.header, declared=False)


def _notebook(it: Declaring) -> None:
    """SageMaker has versions where EC2 has session tokens, and takes both where nothing is said."""
    at = it.at()
    it.builder.add(
        Instance(
            kind="notebook", name=_known(it.text("NotebookInstanceName")), profile=it.setting("RoleArn"),
            template=_absent(it), metadata_tokens=tokens_of(it.setting(_VERSION, "1")),
            metadata_endpoint=_absent(it), hop_limit=_absent(it), place=at.place, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _build_instance(it: Declaring) -> None:
    """Instances that Image Builder works on are made from an image that is not known here."""
    at = it.at()
    it.builder.add(
        Instance(
            kind="build instance", name=_known(it.text("Name")), profile=it.setting("InstanceProfileName"),
            template=Setting(value="recipe", place=at.place, declared=False),
            metadata_tokens=it.setting("InstanceMetadataOptions.HttpTokens"), metadata_endpoint=_absent(it),
            hop_limit=_absent(it), place=at.place, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _beanstalk(it: Declaring) -> None:
    """The instances of an environment, by its option settings."""
    at, nothing = it.at(), _absent(it)
    options = [_option(item) for _, item in it.items("OptionSettings")]
    is_environment = it.kind == "AWS::ElasticBeanstalk::Environment"
    is_all = is_environment and it.given("TemplateName") is None and it.given("VersionLabel") is None
    named = beanstalk.profile_value(options)
    it.builder.run(
        Instance(
            kind="Beanstalk environment" if is_environment else "Beanstalk template",
            name=_known(it.text("EnvironmentName")), profile=beanstalk.profile(options, at.place, is_all=is_all),
            template=nothing, metadata_tokens=beanstalk.tokens(options, at.place), metadata_endpoint=nothing,
            hop_limit=nothing, place=at.place, when=at.when, address=at.address,
        ),
        profile=as_text(next(alternatives(named))) if named is not None else None,
    )  # fmt: skip


def _option(item: Value) -> beanstalk.Option:
    if not isinstance(item, MapValue):
        return beanstalk.Option(None, None, None)
    names = (item.get("Namespace"), item.get("OptionName"))
    namespace, name = (as_text(next(alternatives(one))) if one is not None else None for one in names)
    value = item.get("Value")
    return beanstalk.Option(namespace, name, value if value is not None else _missing(item))


def _missing(item: MapValue) -> Value | None:
    return UnknownValue(item.rest, item.place) if item.rest is not None else None


def _known(name: Text | None) -> Text | None:
    return name if name is not None and name.literal else None


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::ElasticBeanstalk::ConfigurationTemplate": _beanstalk,
    "AWS::ElasticBeanstalk::Environment": _beanstalk,
    "AWS::ImageBuilder::InfrastructureConfiguration": _build_instance,
    "AWS::SageMaker::NotebookInstance": _notebook,
}

"""What else than an instance of EC2 says in Terraform who may read its instance metadata."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.compute import Instance, InstanceKind
from iamlint.model.thing import Setting
from iamlint.parsers import beanstalk
from iamlint.parsers.terraform.declaring import Declaring, absent, block_setting, block_value, text_of
from iamlint.parsers.terraform.multiplicity import Expanded
from iamlint.parsers.tokens_of_versions import tokens_of


def _notebook(it: Declaring) -> None:
    """SageMaker has versions where EC2 has session tokens, and takes both where nothing is said."""
    place = it.instance.block
    block = next(iter(it.blocks("instance_metadata_service_configuration")), None)
    version = block_setting(block, "minimum_instance_metadata_service_version", "1", place)
    _add(it, "notebook", tokens_of(version), absent(place), it.setting("role_arn"))


def _build_instance(it: Declaring) -> None:
    """Instances that Image Builder works on are made from an image that is not known here."""
    place = it.instance.block
    block = next(iter(it.blocks("instance_metadata_options")), None)
    recipe = Setting(value="recipe", place=place, declared=False)
    tokens = block_setting(block, "http_tokens", None, place)
    _add(it, "build instance", tokens, recipe, it.setting("instance_profile_name"))


def _account_default(it: Declaring) -> None:
    """What instances of the account get that say nothing themselves; without a preference their image decides."""
    profile = Setting(value="any", place=it.instance.block, declared=False)
    tokens = it.setting("http_tokens", "no-preference")
    _add(it, "account default", tokens, absent(it.instance.block), profile, it.setting("http_endpoint"))


def _beanstalk(it: Declaring) -> None:
    """The instances of an environment, by its option settings."""
    at, nothing = it.at(), absent(it.instance.block)
    options = [_option(block) for block in it.blocks("setting")]
    is_environment = it.instance.declared.kind == "aws_elastic_beanstalk_environment"
    is_all = is_environment and it.value("template_name") is None and it.value("version_label") is None
    named = beanstalk.profile_value(options)
    it.builder.run(
        Instance(
            kind="Beanstalk environment" if is_environment else "Beanstalk template", name=it.text("name"),
            profile=beanstalk.profile(options, at.place, is_all=is_all), template=nothing,
            metadata_tokens=beanstalk.tokens(options, at.place), metadata_endpoint=nothing, hop_limit=nothing,
            place=at.place, via=at.via, when=at.when, address=at.address,
        ),
        profile=text_of(named),
    )  # fmt: skip


def _option(block: Expanded) -> beanstalk.Option:
    namespace, name = (text_of(block_value(block, argument)) for argument in ("namespace", "name"))
    return beanstalk.Option(namespace, name, block_value(block, "value"))


def _add(
    it: Declaring, kind: InstanceKind, tokens: Setting, template: Setting, profile: Setting,
    endpoint: Setting | None = None,
) -> None:  # fmt: skip
    at, nothing = it.at(), absent(it.instance.block)
    name = it.text("name") if kind != "account default" else None
    it.builder.add(
        Instance(
            kind=kind, name=name, profile=profile, template=template, metadata_tokens=tokens,
            metadata_endpoint=endpoint if endpoint is not None else nothing, hop_limit=nothing,
            place=at.place, via=at.via, when=at.when, address=at.address,
        )
    )  # fmt: skip


TYPES: dict[str, Callable[[Declaring], None]] = {
    "aws_ec2_instance_metadata_defaults": _account_default,
    "aws_elastic_beanstalk_configuration_template": _beanstalk,
    "aws_elastic_beanstalk_environment": _beanstalk,
    "aws_imagebuilder_infrastructure_configuration": _build_instance,
    "aws_sagemaker_notebook_instance": _notebook,
}

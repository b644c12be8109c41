"""What else than an instance of EC2 says in a template who may read its instance metadata."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.compute import Instance
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.tokens_of_versions import tokens_of

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


def _known(name: Text | None) -> Text | None:
    return name if name is not None and name.literal else None


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::ImageBuilder::InfrastructureConfiguration": _build_instance,
    "AWS::SageMaker::NotebookInstance": _notebook,
}

"""Option settings of Elastic Beanstalk: who may read the metadata of an environment's instances, and their profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.model.value import Value
from iamlint.parsers.values import as_setting
from iamlint.source.span import Place

# AWS Elastic Beanstalk Developer Guide, "General options for all environments".
_NAMESPACE = "aws:autoscaling:launchconfiguration"
_PROFILE = "IamInstanceProfile"
_OLD_METADATA = "DisableIMDSv1"
# Saved configurations, and files in the bundle of the version that runs, have options too.
_ELSEWHERE = Unknown("an option that may be set elsewhere")


class Option(NamedTuple):
    """An option as it is written: its namespace, its name and its value."""

    namespace: Text | None
    name: Text | None
    value: Value | None


def tokens(options: Sequence[Option], place: Place) -> Setting:
    """Whether session tokens are required, in the words of EC2; where nothing is said the platform decides."""
    setting = _setting(options, _OLD_METADATA, place)
    if setting.value is None:
        return setting.model_copy(update={"value": Unknown("the platform decides")})
    told = {True: "required", "true": "required", False: "optional", "false": "optional"}
    key = setting.value.lower() if isinstance(setting.value, str) else setting.value
    return setting.model_copy(update={"value": told[key]}) if key in told else setting


def profile(options: Sequence[Option], place: Place, *, is_all: bool) -> Setting:
    """The instance profile; `is_all` says that no option can come from elsewhere."""
    setting = _setting(options, _PROFILE, place)
    if setting.value == "":
        return setting.model_copy(update={"value": None})
    return setting.model_copy(update={"value": _ELSEWHERE}) if setting.value is None and not is_all else setting


def profile_value(options: Sequence[Option]) -> Value | None:
    """The value that names the instance profile, where one is written."""
    return next((one.value for one in reversed(options) if _is(one, _PROFILE)), None)


def _setting(options: Sequence[Option], name: str, place: Place) -> Setting:
    for one in reversed(options):
        if _is(one, name):
            return as_setting(one.value, None, place)
    if any(_may_be(one) for one in options):
        return Setting(value=Unknown("an option that is not known"), place=place, declared=False)
    return Setting(value=None, place=place, declared=False)


def _is(option: Option, name: str) -> bool:
    namespace, named = option.namespace, option.name
    return (
        namespace is not None and named is not None and namespace.literal == _NAMESPACE and named.literal == name
    )  # fmt: skip


def _may_be(option: Option) -> bool:
    """Whether it is not known which option it is."""
    return any(text is None or text.literal is None for text in (option.namespace, option.name))

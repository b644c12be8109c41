"""AWS Config: what it records, of which Regions it is gathered, and what its rules demand of credentials."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from iamlint.model.identity import KeyRotation
from iamlint.model.text import Text
from iamlint.model.thing import Setting, Thing, term
from iamlint.model.unknown import Truth, all_of, any_of, negation, possible

_TYPES_OF_IAM = ("AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy")


class ConfigRecorder(Thing):
    """A Config recorder: of everything, of the types that are listed, or of all but some.

    `types` and `excluded` are absent where nothing is listed."""

    kind_of_thing: ClassVar[str] = "config_recorder"

    all_supported: Setting
    include_global: Setting
    types: tuple[Text, ...] | None = None
    excluded: tuple[Text, ...] | None = None

    @term
    def left_out(self) -> tuple[str, ...]:
        """The types of IAM that it surely does not record."""
        return tuple(name for name in _TYPES_OF_IAM if self._leaves_out(name) is True)

    @term
    def may_record_iam(self) -> bool:
        """Whether it records something of IAM, or may."""
        return any(possible(negation(self._leaves_out(name))) for name in _TYPES_OF_IAM)

    def _leaves_out(self, name: str) -> Truth:
        if self.excluded is not None:
            return any_of(text.equals(name) for text in self.excluded)
        if self.types is not None:
            return negation(any_of(text.equals(name) for text in self.types))
        # Types that are not of one Region are recorded only where that is asked for, next to all others.
        return negation(all_of((self.all_supported.equals(True), self.include_global.equals(True))))


class ConfigAggregator(Thing):
    """One source of a Config aggregator: accounts, or the organization."""

    kind_of_thing: ClassVar[str] = "config_aggregator"

    all_regions: Setting


class ConfigRule(KeyRotation):
    """A rule of AWS Config that AWS wrote. `rotation` is the age in days at which it finds access keys too old."""

    kind_of_thing: ClassVar[str] = "config_rule"

    identifier: Text | None = None

    @term
    def without_rotation(self) -> str:
        """That it lets access keys grow too old, in words; empty where it does not, or is about something else."""
        if self.identifier is None or self.identifier.equals("ACCESS_KEYS_ROTATED") is not True or not self.is_late:
            return ""
        return f"AWS Config lets access keys grow {self.rotation.value} days old before anybody is told"


def records_iam(recorders: Iterable[Thing]) -> bool:
    """Whether one of the recorders records something of IAM, or may: that of one Region does for all."""
    return any(isinstance(recorder, ConfigRecorder) and recorder.may_record_iam for recorder in recorders)

"""Metric filters, alarms and rules on events in a template."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.text import Text
from iamlint.model.value import Value
from iamlint.model.watching import Alarm, EventRule, MetricFilter
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.event_patterns import words_of
from iamlint.parsers.values import as_text, within


def _texts(value: Value | None, *steps: str) -> tuple[Text, ...]:
    """The strings at a path of names, what is unknown as a hole."""
    found = [as_text(item) for item in within(value, steps)] if value is not None else []
    return tuple(text for text in found if text is not None)


def _metric_filter(it: Declaring) -> None:
    at = it.at()
    it.builder.add(
        MetricFilter(
            pattern=it.text("FilterPattern"), metrics=_texts(it.value("MetricTransformations"), "MetricName"),
            place=at.place, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _alarm(it: Declaring) -> None:
    at = it.at()
    names = _texts(it.value("MetricName")) + _texts(it.value("Metrics"), "MetricStat", "Metric", "MetricName")
    it.builder.add(
        Alarm(
            metrics=names, actions=it.setting("ActionsEnabled", True), place=at.place, when=at.when, address=at.address
        )
    )


def _event_rule(it: Declaring) -> None:
    pattern = it.value("EventPattern")
    if pattern is None:
        return
    at = it.at()
    it.builder.add(EventRule(pattern=words_of(pattern), place=at.place, when=at.when, address=at.address))


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::Events::Rule": _event_rule,
    "AWS::Logs::MetricFilter": _metric_filter,
}

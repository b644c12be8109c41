"""Metric filters, alarms and rules on events in a template."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.value import Value
from iamlint.model.watching import Alarm, EventRule, LogSubscription, Metric, MetricFilter
from iamlint.parsers.alarms import telling
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.event_patterns import words_of
from iamlint.parsers.values import as_text, within


def _metrics(value: Value | None, names: tuple[str, str], *steps: str) -> tuple[Metric, ...]:
    """The metrics at a path, each by the properties `names`: its name and its namespace."""
    found: list[Metric] = []
    for item in within(value, steps) if value is not None else ():
        name, namespace = (_text(item, property_name) for property_name in names)
        if name is not None:
            found.append(Metric(name=name, namespace=namespace))
    return tuple(found)


def _text(item: Value, name: str) -> Text | None:
    """A property of an object; of what is not known a hole."""
    found = next(within(item, (name,)), None)
    return as_text(found) if found is not None else None


def _metric_filter(it: Declaring) -> None:
    at = it.at()
    it.builder.add(
        MetricFilter(
            log_group=it.text("LogGroupName"), pattern=it.text("FilterPattern"),
            metrics=_metrics(it.value("MetricTransformations"), ("MetricName", "MetricNamespace")),
            place=at.place, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _alarm(it: Declaring) -> None:
    at = it.at()
    own = it.text("MetricName")
    direct = (Metric(name=own, namespace=it.text("Namespace")),) if own is not None else ()
    metrics = direct + _metrics(it.value("Metrics"), ("MetricName", "Namespace"), "MetricStat", "Metric")
    it.builder.add(
        Alarm(
            metrics=metrics,
            actions=_actions(it),
            place=at.place,
            when=at.when,
            address=at.address,
        )
    )


def _actions(it: Declaring) -> Setting:
    named = (it.given(name) for name in ("AlarmActions", "OKActions", "InsufficientDataActions"))
    return telling(it.setting("ActionsEnabled", True), named)


def _composite_alarm(it: Declaring) -> None:
    at = it.at()
    it.builder.add(Alarm(actions=_actions(it), place=at.place, when=at.when, address=at.address))


def _event_rule(it: Declaring) -> None:
    pattern = it.value("EventPattern")
    if pattern is None:
        return
    at = it.at()
    it.builder.add(EventRule(pattern=words_of(pattern), place=at.place, when=at.when, address=at.address))


def _subscription(it: Declaring) -> None:
    at = it.at()
    it.builder.add(LogSubscription(log_group=it.text("LogGroupName"), place=at.place, when=at.when, address=at.address))


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::CompositeAlarm": _composite_alarm,
    "AWS::Events::Rule": _event_rule,
    "AWS::Logs::MetricFilter": _metric_filter,
    "AWS::Logs::SubscriptionFilter": _subscription,
}

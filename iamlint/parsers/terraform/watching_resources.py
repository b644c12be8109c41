"""Metric filters, alarms and rules on events in Terraform."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.model.thing import Setting
from iamlint.model.watching import Alarm, EventRule, LogSubscription, Metric, MetricFilter
from iamlint.parsers.alarms import telling
from iamlint.parsers.event_patterns import words_of
from iamlint.parsers.terraform.declaring import Declaring, block_value, text_of
from iamlint.parsers.terraform.multiplicity import Expanded, expanded


def _metrics(blocks: list[Expanded], name: str) -> Iterator[Metric]:
    """The metrics that nested blocks name by an argument."""
    for block in blocks:
        text = text_of(block_value(block, name))
        if text is not None:
            yield Metric(name=text, namespace=text_of(block_value(block, "namespace")))


def _metric_filter(it: Declaring) -> None:
    at = it.at()
    it.builder.add(
        MetricFilter(
            log_group=it.text("log_group_name"), pattern=it.text("pattern"),
            metrics=tuple(_metrics(it.blocks("metric_transformation"), "name")),
            place=at.place, via=at.via, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _alarm(it: Declaring) -> None:
    at = it.at()
    own = it.text("metric_name")
    metrics = [Metric(name=own, namespace=it.text("namespace"))] if own is not None else []
    for query in it.blocks("metric_query"):
        metrics += _metrics(expanded(query.body, query.scope, "metric"), "metric_name")
    it.builder.add(
        Alarm(
            metrics=tuple(metrics), actions=_actions(it),
            place=at.place, via=at.via, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _actions(it: Declaring) -> Setting:
    named = (it.value(name) for name in ("alarm_actions", "ok_actions", "insufficient_data_actions"))
    return telling(it.setting("actions_enabled", True), named)


def _composite_alarm(it: Declaring) -> None:
    at = it.at()
    it.builder.add(Alarm(actions=_actions(it), place=at.place, via=at.via, when=at.when, address=at.address))


def _event_rule(it: Declaring) -> None:
    pattern = it.value("event_pattern")
    if pattern is not None:
        at = it.at()
        it.builder.add(
            EventRule(pattern=words_of(pattern), place=at.place, via=at.via, when=at.when, address=at.address)
        )


def _subscription(it: Declaring) -> None:
    at = it.at()
    group = it.text("log_group_name")
    it.builder.add(LogSubscription(log_group=group, place=at.place, via=at.via, when=at.when, address=at.address))


TYPES: dict[str, Callable[[Declaring], None]] = {
    "aws_cloudwatch_composite_alarm": _composite_alarm,
    "aws_cloudwatch_event_rule": _event_rule,
    "aws_cloudwatch_log_metric_filter": _metric_filter,
    "aws_cloudwatch_log_subscription_filter": _subscription,
    "aws_cloudwatch_metric_alarm": _alarm,
}

"""What is watched in the log of a trail: metric filters with their alarms, and rules on events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from iamlint.model.text import Text
from iamlint.model.thing import Setting, Thing
from iamlint.model.unknown import Truth, Unknown, any_of, possible

if TYPE_CHECKING:
    from iamlint.model.stack import Stack


class MetricFilter(Thing):
    """What counts the lines of a log group that match a pattern: in which metrics."""

    kind_of_thing: ClassVar[str] = "metric_filter"

    pattern: Text | None = None
    metrics: tuple[Text, ...] = ()


class Alarm(Thing):
    """An alarm on metrics. `actions` says whether it tells anybody."""

    kind_of_thing: ClassVar[str] = "alarm"

    metrics: tuple[Text, ...] = ()
    actions: Setting


class EventRule(Thing):
    """What hands events that match a pattern to somebody. `pattern` has the pattern's names and values."""

    kind_of_thing: ClassVar[str] = "event_rule"

    pattern: Text

    @property
    def is_unknown(self) -> bool:
        """Whether nothing of the pattern is known; a name in it that is not known makes it no other pattern."""
        return not any(isinstance(part, str) and part.strip() for part in self.pattern.parts)


_POLICY_CHANGES = (
    r"(?:(?:Put|Delete|Attach|Detach)(?:Role|User|Group)Policy|(?:Create|Delete)Policy(?:Version)?"
    r"|SetDefaultPolicyVersion)"
)

# What is to be watched: the pattern of a metric filter that does, and the words of an event's pattern that do.
_WATCHED: dict[str, tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]] = {
    "root": (
        re.compile(r"userIdentity\.type\s*=\s*\"?\*?Root\b"),
        (re.compile(r"\buserIdentity\b"), re.compile(r"\bRoot\b")),
    ),
    "refused calls": (
        re.compile(r"errorCode\s*=\s*\"?[^\s\")]*(?:Unauthorized|AccessDenied|Client\.)"),
        (re.compile(r"\berrorCode\b"), re.compile(r"Unauthorized|AccessDenied")),
    ),
    "policy changes": (
        re.compile(rf"eventName\s*=\s*\"?{_POLICY_CHANGES}\b|eventSource\s*=\s*\"?iam\.amazonaws\.com"),
        (re.compile(rf"\b{_POLICY_CHANGES}\b|\baws\.iam\b|\biam\.amazonaws\.com\b"),),
    ),
    "sign-in without MFA": (
        re.compile(r"(?s)MFAUsed\s*(?:!=\s*\"?Yes|=\s*\"?No)"),
        (re.compile(r"\bConsoleLogin\b"), re.compile(r"\bMFAUsed\b")),
    ),
}


def unwatched(stack: Stack, what: str) -> str:
    """Why nobody is told of something that a trail records, in words; empty where somebody is told, or may be."""
    if stack.is_partial:
        return ""
    in_filter, in_event = _WATCHED[what]
    for rule in stack.of_kind("event_rule"):
        if isinstance(rule, EventRule) and (rule.is_unknown or all(it.search(rule.pattern.shown) for it in in_event)):
            return ""
    alarms = [alarm for alarm in stack.of_kind("alarm") if isinstance(alarm, Alarm)]
    counted = False
    for metric_filter in stack.of_kind("metric_filter"):
        if not isinstance(metric_filter, MetricFilter):
            continue
        answer = _matches(in_filter, metric_filter.pattern)
        if answer is False:
            continue
        if possible(any_of(_raised(metric_filter, alarms))):
            return ""
        counted = counted or answer is True
    if counted:
        return "a metric filter looks for that, but no alarm on its metric tells anybody"
    return "no metric filter looks for that"


def _matches(pattern: re.Pattern[str], written: Text | None) -> Truth:
    if written is None:
        return Unknown("a pattern that is not known")
    if pattern.search(written.shown):
        return True
    return written.doubt


def _raised(metric_filter: MetricFilter, alarms: list[Alarm]) -> Iterator[Truth]:
    """Whether alarms are on the metric of a filter, one by one."""
    for alarm in alarms:
        if alarm.actions.equals(False) is True:
            continue
        for mine in metric_filter.metrics:
            for other in alarm.metrics:
                if mine.literal is not None and other.literal is not None:
                    yield mine.literal == other.literal
                else:
                    yield mine.parts == other.parts or Unknown("a metric whose name is not known")
        if not metric_filter.metrics or not alarm.metrics:
            yield Unknown("a metric that is not known")

"""What is watched in the log of a trail: metric filters with their alarms, and rules on events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from iamlint.model.text import Text
from iamlint.model.thing import Model, Setting, Thing
from iamlint.model.unknown import Truth, Unknown, all_of, any_of, possible

if TYPE_CHECKING:
    from iamlint.model.stack import Stack


class Metric(Model):
    """A metric by its name, and by its namespace where one is written."""

    name: Text
    namespace: Text | None = None


class MetricFilter(Thing):
    """What counts the lines of a log group that match a pattern: in which metrics."""

    kind_of_thing: ClassVar[str] = "metric_filter"

    log_group: Text | None = None
    pattern: Text | None = None
    metrics: tuple[Metric, ...] = ()


class LogSubscription(Thing):
    """What hands the lines of a log group on, to whatever looks at them."""

    kind_of_thing: ClassVar[str] = "log_subscription"

    log_group: Text | None = None


class Alarm(Thing):
    """An alarm on metrics; without any it is on other alarms. `actions` says whether it tells anybody."""

    kind_of_thing: ClassVar[str] = "alarm"

    metrics: tuple[Metric, ...] = ()
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
        re.compile(r"userIdentity\.(?:type\s*=\s*[\"%*^]*Root\b|arn\s*=\s*[\"%*]*:root\b)"),
        (re.compile(r"\buserIdentity\b"), re.compile(r"\bRoot\b")),
    ),
    "refused calls": (
        re.compile(
            r"errorCode\s*=\s*(?:\"?[^\s\")]*|%[^%]*)(?:Unauthorized|AccessDenied|Client\.)"
            r"|errorMessage\s*=\s*[\"%][^\"%]*(?i:not authorized|access ?denied)"
        ),
        (re.compile(r"\berrorCode\b"), re.compile(r"Unauthorized|AccessDenied")),
    ),
    "policy changes": (
        re.compile(
            rf"eventName\s*=\s*(?:\"?{_POLICY_CHANGES}\b|\"?(?:Put|Delete|Attach|Detach|Create)?\*Policy|%[^%]*(?<!Bucket)Policy)"
            r"|eventSource\s*=\s*[\"%*]*iam\\?\.amazonaws\\?\.com"
        ),
        (re.compile(rf"\b{_POLICY_CHANGES}\b|\baws\.iam\b|\biam\.amazonaws\.com\b"),),
    ),
    "sign-in without MFA": (
        re.compile(r"(?s)MFAUsed\s*(?:!=\s*[\"%]?Yes|=\s*[\"%]?No|NOT\s+EXISTS)"),
        (re.compile(r"\bConsoleLogin\b"), re.compile(r"\bMFAUsed\b")),
    ),
}


def unwatched(stack: Stack, group: Text, what: str) -> str:
    """Why nobody is told of something that a trail records, in words; empty where somebody is told, or may be.

    `group` is the ARN of the log group that the trail goes to."""
    if stack.is_partial or any(_reads(other, group) for other in stack.of_kind("log_subscription")):
        return ""
    in_filter, in_event = _WATCHED[what]
    for rule in stack.of_kind("event_rule"):
        if isinstance(rule, EventRule) and (rule.is_unknown or all(it.search(rule.pattern.shown) for it in in_event)):
            return ""
    alarms = _alarms(stack)
    counted = False
    for metric_filter in stack.of_kind("metric_filter"):
        if not isinstance(metric_filter, MetricFilter):
            continue
        answer = all_of((_matches(in_filter, metric_filter.pattern), _is_group(metric_filter.log_group, group)))
        if answer is False:
            continue
        if possible(any_of(_raised(metric_filter, alarms))):
            return ""
        counted = counted or answer is True
    if counted:
        return "a metric filter looks for that, but no alarm on its metric tells anybody"
    return "no metric filter looks for that"


# What says in an event's pattern that it is about alarms.
_OF_ALARMS = re.compile(r"\baws\.cloudwatch\b|\bCloudWatch Alarm\b")

_IN_WORDS = {
    "root": "what the root user does",
    "refused calls": "calls that are refused",
    "policy changes": "changes of policies",
    "sign-in without MFA": "sign-ins without MFA",
}


def unheard(stack: Stack, metric_filter: MetricFilter) -> str:
    """What a metric filter looks for in the log of a trail without that anybody is told, in words; empty where
    somebody is, or may be, and where the trail is in the stack, which is told of then."""
    what = next((what for what, (it, _) in _WATCHED.items() if _matches(it, metric_filter.pattern) is True), "")
    if not what or stack.is_partial or not metric_filter.metrics or stack.of_kind("trail"):
        return ""
    alarms = _alarms(stack)
    return "" if possible(any_of(_raised(metric_filter, alarms))) else _IN_WORDS[what]


def _matches(pattern: re.Pattern[str], written: Text | None) -> Truth:
    if written is None:
        return Unknown("a pattern that is not known")
    if pattern.search(written.shown):
        return True
    return written.doubt


def _alarms(stack: Stack) -> list[Alarm]:
    """The alarms that tell somebody, or may; all of them where a rule on events hands on that an alarm is raised."""
    found = [alarm for alarm in stack.of_kind("alarm") if isinstance(alarm, Alarm)]
    if any(
        isinstance(rule, EventRule) and _OF_ALARMS.search(rule.pattern.shown) for rule in stack.of_kind("event_rule")
    ):
        return found
    return [alarm for alarm in found if alarm.actions.equals(False) is not True]


def _raised(metric_filter: MetricFilter, alarms: list[Alarm]) -> Iterator[Truth]:
    """Whether alarms are on the metric of a filter, one by one."""
    for alarm in alarms:
        for mine in metric_filter.metrics:
            for other in alarm.metrics:
                yield all_of((_is_same(mine.name, other.name), _is_same(mine.namespace, other.namespace)))
        if not metric_filter.metrics or not alarm.metrics:
            yield Unknown("a metric that is not known")


def _is_same(one: Text | None, other: Text | None) -> Truth:
    """Whether two names, or namespaces, are the same; one that is not written says nothing."""
    if one is None or other is None:
        return True
    if one.literal is not None and other.literal is not None:
        return one.literal == other.literal
    return one.parts == other.parts or Unknown("a metric whose name is not known")


def _reads(other: Thing, group: Text) -> bool:
    return isinstance(other, LogSubscription) and possible(_is_group(other.log_group, group))


def _is_group(named: Text | None, group: Text) -> Truth:
    """Whether a log group that is named is the one with an ARN: by its declaration, or its name."""
    if named is None:
        return Unknown("a log group that is not known")
    mine, other = _declared(named), _declared(group)
    one, two = _group_name(named), _group_name(group)
    if one == two or (mine and mine == other):
        return True
    if mine and other and mine.partition("[")[0] != other.partition("[")[0]:
        return False
    return ("${" in one or "${" in two) and Unknown("a log group whose name is not known")


def _group_name(text: Text) -> str:
    """The name of a log group, given by its name or its ARN."""
    return text.shown.rpartition(":log-group:")[2].removesuffix(":*")


def _declared(text: Text) -> str:
    """The address of the log group that a name or an ARN was taken from; empty when that is not known."""
    return next((part.ref for part in reversed(text.parts) if isinstance(part, Unknown) and part.ref), "")

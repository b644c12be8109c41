"""Actions that AWS does not know: the service, or the action of it, exactly or as a glob that matches none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from iamlint.aws import actions as catalogue
from iamlint.aws import extras
from iamlint.aws.edition import data_date
from iamlint.aws.service_names import prefixes
from iamlint.model.flaw import Flaw
from iamlint.model.unknown import Unknown

if TYPE_CHECKING:
    from iamlint.model.patterns import Action
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement

_AWS_WRITTEN = ("generated", "aws_managed")

# What AWS's list has not, and AWS writes itself: into the access policy that a topic has by default.
# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
_UNLISTED = frozenset({"sns:receive"})


class Wrong(NamedTuple):
    """What is wrong with an action: the code, the message, and the characters [start, end) of it that are wrong."""

    code: str
    message: str
    start: int
    end: int


def check(policy: Policy) -> Iterator[Flaw]:
    """Actions and NotActions that no service has."""
    if policy.attachment in _AWS_WRITTEN:
        return
    for statement in policy.statements:
        for element, actions in (("Action", statement.actions), ("NotAction", statement.not_actions)):
            told: set[str] = set()
            for number, action in enumerate(actions):
                pattern = glob_of(action)
                wrong = _wrong(pattern) if pattern is not None else None
                if wrong is None or _is_configured(wrong.code, pattern or ""):
                    continue
                if wrong.code == "invalid-service-in-action":
                    # One service that there is not is one mistake, however many actions of it are listed.
                    if action.service in told:
                        continue
                    told.add(action.service)
                elif wrong.code == "invalid-action" and len(action.parts) > 1 and action.has_wildcard:
                    # Put together, as `${service}:Get*` is for each of many services: nobody wrote it for this one.
                    continue
                yield _flaw(wrong, action, statement, f"{element}/{number}")


def _flaw(wrong: Wrong, action: Action, statement: Statement, path: str) -> Flaw:
    whole = action.literal is None
    place = action.place if whole else action.part_place(wrong.start, wrong.end)
    message = wrong.message.replace("\0", action.shown)
    return Flaw(code=wrong.code, message=message, statement=statement, path=path, place=place, via=action.via,
                when=action.when)  # fmt: skip


def glob_of(action: Action) -> str | None:
    """An action as a glob of everything that it may be, each unknown part as `*`; None when it may be anything."""
    literal = action.literal
    if literal is not None:
        # `${aws:username}` is no part of an action: that has a code of its own.
        return None if "${" in literal else literal
    if isinstance(action.parts[0], Unknown) or ":" not in action.parts[0] or "${" in action.parts[0]:
        return None
    return "".join([part if isinstance(part, str) else "*" for part in action.parts])


def _is_configured(code: str, pattern: str) -> bool:
    """Whether the configuration knows what AWS's data does not."""
    if code == "invalid-service-in-action":
        return extras.has_service(pattern.partition(":")[0].strip())
    return code == "invalid-action" and extras.has_action(pattern.strip())


@lru_cache(maxsize=32768)
def _wrong(pattern: str) -> Wrong | None:
    """What is wrong with the glob of an action; None when some action matches it.

    Of a message `\\0` is where the action stands as it was written.
    """
    written = pattern.strip()
    if not written.strip("*"):
        return None if written else Wrong("invalid-action", "the action is empty", 0, len(pattern))
    prefix, colon, name = written.partition(":")
    start = len(pattern) - len(pattern.lstrip())
    end = start + len(written)
    if not colon:
        message = "`\0` is no action: it has no colon between a service's prefix and the action's name"
        return Wrong("invalid-action", message + _hint_without_colon(written), start, end)
    if "*" in prefix or "?" in prefix:
        if not prefix.strip("*") and not name.strip("*"):
            return None
        message = f"`{prefix}` stands for a service in `\0`, and a wildcard does not say which"
        return Wrong("wildcard-in-service-name", message, start, start + len(prefix))
    folded = prefix.lower()
    if folded not in prefixes():
        from iamlint.aws.nearest import hint_at_service

        message = f"there is no service `{prefix}` (AWS's list of {data_date()}){hint_at_service(prefix)}"
        return Wrong("invalid-service-in-action", message, start, start + len(prefix))
    if ":" in name:
        return Wrong("invalid-action", "`\0` has two colons" + _hint_at_colons(folded, name), start, end)
    if _exists(folded, name.lower()):
        return None
    return Wrong("invalid-action", _unknown(folded, name), start, end)


def _exists(prefix: str, name: str) -> bool:
    if "*" in name or "?" in name:
        return not name.strip("*") or bool(catalogue.matching(f"{prefix}:{name}"))
    known = catalogue.service(prefix)
    return (known is not None and known.action(name) is not None) or f"{prefix}:{name}" in _UNLISTED


def _unknown(prefix: str, name: str) -> str:
    date = data_date()
    if not name:
        return f"`\0` names no action of `{prefix}`"
    if "*" in name or "?" in name:
        return f"`\0` matches no action of `{prefix}` (AWS's list of {date})"
    from iamlint.aws.nearest import hint_at_action

    return f"`{prefix}` has no action `{name}` (AWS's list of {date}){hint_at_action(prefix, name)}"


def _hint_at_colons(prefix: str, name: str) -> str:
    """The action without one of its prefixes, where it exists then."""
    second, _, rest = name.partition(":")
    for service, action in ((second.lower(), rest), (prefix, rest)):
        if ":" not in action and service in prefixes() and _exists(service, action.lower()):
            return f"; did you mean `{service}:{action}`?"
    return ""


def _hint_without_colon(written: str) -> str:
    """The action with the colon at the place of another sign, where it exists then."""
    for sign in (".", "/", ";", "-", "_"):
        prefix, found, name = written.partition(sign)
        if found and prefix.lower() in prefixes() and _exists(prefix.lower(), name.lower()):
            return f"; did you mean `{prefix}:{name}`?"
    return ""


def mistake(pattern: str) -> str:
    """What is wrong with an action, or a pattern of actions, in words; empty when AWS or the configuration knows it."""
    wrong = _wrong(pattern)
    if wrong is None or _is_configured(wrong.code, pattern):
        return ""
    return wrong.message.replace("\0", pattern)

"""Condition keys that the requests for a statement's actions do not carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.aws import condition_keys as catalogue
from iamlint.aws.global_keys import global_key
from iamlint.model.unknown import certain
from iamlint.model.validation.condition_operators import flaw_at

if TYPE_CHECKING:
    from iamlint.model.condition import Condition
    from iamlint.model.flaw import Flaw
    from iamlint.model.patterns import Action
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement

_RESOURCE_TAG = "aws:resourcetag/"

# Asked about in the very request that assumes the role, whose keys it therefore carries
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required).
_WITH_ASSUMING = frozenset({"tagsession", "setsourceidentity", "setcontext"})


def check(policy: Policy) -> Iterator[Flaw]:
    """Conditions that never hold, or are not asked for, since the actions that are named lack the key.

    Of actions with a wildcard it is said only where their whole service does not know the key of another.
    """
    if policy.is_aws_written or policy.attachment == "aws_managed":
        return
    for statement in policy.statements:
        for condition in statement.conditions:
            key = condition.key.literal
            if key is None or condition.operator.literal is None or not _depends_on_action(key.lower()):
                continue
            if statement.not_actions:
                yield from _beside_not_action(statement, condition, key)
            elif _must_be_there(condition):
                yield from _named(statement, condition, key)


def lacked_by_all(statement: Statement, condition: Condition) -> str:
    """The actions of a statement, in words, when surely none of them has the key that a condition asks the value of;
    else empty. Tags of resources are left out, whose lack has rules of its own."""
    key = condition.key.literal
    if key is None or condition.operator.literal is None or statement.not_actions or not statement.actions:
        return ""
    if not _depends_on_action(key.lower()) or key.lower().startswith(_RESOURCE_TAG) or not _must_be_there(condition):
        return ""
    if condition.set_qualifier == "foranyvalue" or not _is_certain(key):
        return ""
    return _listed(list(statement.actions)) if all(_lacks(action, key) for action in statement.actions) else ""


def _depends_on_action(key: str) -> bool:
    """Whether some actions have the key and others have not: a tag, or the key of a service."""
    if key.startswith("aws:"):
        return key.startswith(catalogue.PER_ACTION) and global_key(key) is not None
    return ":" in key and "${" not in key and not catalogue.is_of_provider(key) and global_key(key) is None


def _must_be_there(condition: Condition) -> bool:
    """Whether the condition is about the key's value: not `Null`, and not one that is meant to hold without it."""
    if condition.family in ("null", "unknown") or condition.if_exists:
        return False
    return condition.set_qualifier != "forallvalues"


def _beside_not_action(statement: Statement, condition: Condition, key: str) -> Iterator[Flaw]:
    """The tags of the resource beside a NotAction, which takes in much that has none."""
    if not key.lower().startswith(_RESOURCE_TAG) or not _must_be_there(condition):
        return
    if certain(statement.allows):
        code, effect = "allow-notaction-with-unsupported-tag-condition-key-for-service", "allowed"
    elif certain(statement.denies):
        code, effect = "deny-notaction-with-unsupported-tag-condition-key-for-service", "denied"
    else:
        return
    message = f"NotAction takes in actions that do not support `{key}`: {_outcome(condition, effect)}"
    yield flaw_at(code, message, statement, condition, condition.key)


def _named(statement: Statement, condition: Condition, key: str) -> Iterator[Flaw]:
    lacking = [action for action in statement.actions if _lacks(action, key)]
    if not lacking or not _is_certain(key):
        return
    shown = _listed(lacking)
    if key.lower().startswith(_RESOURCE_TAG):
        if condition.negated and _is_asked_for(statement, key):
            return
        if certain(statement.denies):
            code, effect = "deny-with-unsupported-tag-condition-key-for-service", "denied"
        elif certain(statement.allows):
            code, effect = "allow-with-unsupported-tag-condition-key-for-service", "allowed"
        else:
            return
        message = f"requests for {shown} do not carry `{key}`: {_outcome(condition, effect)}"
    elif condition.negated and condition.set_qualifier != "foranyvalue":
        # It holds for them all the same, as `StringNotEquals` does for a key that is not there: `lacked_by_all`.
        return
    elif len(lacking) == len(statement.actions):
        code, message = "condition-never-true", f"requests for {shown} do not carry `{key}`: the condition never holds"
    else:
        code = "unsupported-action-for-condition-key"
        message = f"requests for {shown} do not carry `{key}`: the condition never holds for them"
    yield flaw_at(code, message, statement, condition, condition.key)


def _is_asked_for(statement: Statement, key: str) -> bool:
    """Whether another condition of the statement never holds for requests without the key, so that this one is told."""
    lowered = key.lower()
    return any(
        (other.key.literal or "").lower() == lowered and not other.negated and _must_be_there(other)
        for other in statement.conditions
    )


def _outcome(condition: Condition, effect: str) -> str:
    """What the lack of the key means: a negated operator holds without it, and the others do not."""
    if condition.negated:
        return "the condition always holds for them"
    return f"they are never {effect} by this statement"


def _lacks(action: Action, key: str) -> bool:
    """Whether an action is wholly named, known, and without the key; or any of a service that has no such key."""
    literal = action.literal
    if literal is None or "$" in literal:
        return False
    service, colon, name = literal.strip().partition(":")
    if "*" in literal or "?" in literal:
        return _is_strange_to(service.lower(), key.lower())
    if service.lower() == "sts" and name.lower() in _WITH_ASSUMING:
        return False
    return bool(colon) and not catalogue.carries(service, name, key)


def _is_strange_to(service: str, key: str) -> bool:
    """Whether a key is another service's, and none of those that AWS lists for a service."""
    prefix = key.partition(":")[0]
    if prefix in ("aws", service) or not catalogue.is_prefix(service):
        return False
    return catalogue.service_keys(service).find(key) is None


def _is_certain(key: str) -> bool:
    """Whether the key is one that AWS lists, and with actions: of others nothing can be said."""
    return catalogue.find_key(key) is not None and catalogue.is_listed_with_actions(key)


def _listed(actions: list[Action]) -> str:
    shown = [f"`{action.shown}`" for action in actions[:3]]
    if len(actions) > 3:
        return f"{', '.join(shown)} and {len(actions) - 3} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]

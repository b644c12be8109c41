"""Service and resource control policies: the grammar of the latter, and guardrails that guard nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.aws import rcp
from iamlint.model.flaw import Flaw
from iamlint.model.thing import Placed

if TYPE_CHECKING:
    from iamlint.model.condition import Condition
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement
    from iamlint.model.text import Text

_IS_SERVICE = "aws:principalisawsservice"

# In every request that a service control policy is asked about; one that all values match leaves nobody out.
_ALWAYS_THERE = frozenset(
    {"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principaltype", "aws:requestedregion"}
)


def check(policy: Policy) -> Iterator[Flaw]:
    """What is wrong with an organization's policy."""
    if policy.kind == "rcp":
        for statement in policy.statements:
            yield from _rcp_syntax(statement)
            if statement.denies is True:
                yield from _rcp_keys(statement)
    if policy.kind in ("scp", "rcp"):
        for statement in policy.statements:
            if statement.denies is True:
                yield from _without_effect(statement, policy.kind)


def _flaw(code: str, message: str, at: Placed, statement: Statement, path: str) -> Flaw:
    return Flaw(code=code, message=message, statement=statement, path=path, place=at.place, via=at.via, when=at.when)


def _rcp_syntax(statement: Statement) -> Iterator[Flaw]:
    for element, listed in (("Principal", statement.principals), ("NotPrincipal", statement.not_principals)):
        for principal in listed:
            if element == "NotPrincipal" or principal.name.equals("*") is False:
                named = principal.name.shown
                message = f'{element} of `{named}`: a resource control policy has `"Principal": "*"` only'
                yield _flaw("rcp-syntax-error-principal", message, principal.name, statement, element)
    whole = statement.allows is True and statement.covers_every_resource is True and not statement.conditions
    if statement.allows is True and not whole:
        message = "a resource control policy denies: only the whole `RCPFullAWSAccess` allows"
        yield _flaw("rcp-syntax-error-allow", message, statement.effect or statement, statement, "Effect")
    for action in statement.not_actions[:1]:
        at = statement.written("NotAction") or action
        message = "a resource control policy has no NotAction: list the actions of services that it reaches"
        yield _flaw("rcp-syntax-error-notaction", message, at, statement, "NotAction")
    if whole:
        return
    for index, action in enumerate(statement.actions):
        yield from _rcp_action(action.literal, action.service, action, statement, f"Action/{index}")


def _rcp_action(literal: str | None, prefix: str, action: Text, statement: Statement, path: str) -> Iterator[Flaw]:
    if literal is not None and not literal.strip("*"):
        message = f"`{action.shown}` alone is not allowed in a resource control policy: write `s3:*` and the like"
        yield _flaw("rcp-syntax-error-action", message, action, statement, path)
    elif prefix and "*" not in prefix and "?" not in prefix and prefix not in rcp.supported():
        from iamlint.aws.edition import data_date

        message = f"resource control policies do not reach `{prefix}`: `{action.shown}` (AWS data of {data_date()})"
        yield _flaw("rcp-syntax-error-action", message, action, statement, path)


def _rcp_keys(statement: Statement) -> Iterator[Flaw]:
    """Denies of whoever is not ours that also catch, or never catch, AWS's own services."""
    conditions = statement.conditions
    if not conditions or any(condition.key.literal is None for condition in conditions):
        return
    keys = {_key(condition) for condition in conditions}
    ours = next((c for c in conditions if _key(c) in rcp.PRINCIPAL_KEYS and _holds_without_key(c)), None)
    if ours is not None and _IS_SERVICE not in keys:
        message = (
            f"AWS services call without `{ours.key.shown}`, so that this Deny stops them too: add "
            "`BoolIfExists` `aws:PrincipalIsAWSService` `false`"
        )
        yield _told("rcp-missing-related-principal-condition-key", message, ours, statement)
    source = next((c for c in conditions if _key(c) in rcp.SOURCE_KEYS and _holds_without_key(c)), None)
    if source is None:
        return
    if _IS_SERVICE not in keys:
        message = (
            f"only AWS services call with `{source.key.shown}`, so that this Deny stops everybody else: add "
            "`Bool` `aws:PrincipalIsAWSService` `true`"
        )
        yield _told("rcp-missing-related-service-principal-condition-key", message, source, statement)
    if not any(c.family == "null" and _key(c) in rcp.SOURCE_KEYS for c in conditions):
        message = (
            f"AWS services do not always call with `{source.key.shown}`, and this Deny then stops them: add "
            "`Null` `aws:SourceAccount` `false`"
        )
        yield _told("rcp-missing-service-condition-key-null-check", message, source, statement)


def _told(code: str, message: str, condition: Condition, statement: Statement) -> Flaw:
    path = f"Condition/{condition.operator.shown}/{condition.key.shown}"
    return _flaw(code, message, condition.key, statement, path)


def _key(condition: Condition) -> str:
    return (condition.key.literal or "").lower()


def _holds_without_key(condition: Condition) -> bool:
    return condition.negated or condition.if_exists


def _without_effect(statement: Statement, kind: str) -> Iterator[Flaw]:
    """A Deny that can never apply: nothing is left to deny, or nobody."""
    for element, left_out in (("NotAction", statement.not_actions), ("NotResource", statement.not_resources)):
        for pattern in left_out:
            if pattern.is_wildcard is True:
                message = f"the Deny never applies: {element} `{pattern.shown}` leaves nothing to deny"
                yield _flaw("scp-without-effect", message, pattern, statement, element)
                return
    for condition in statement.conditions:
        why = _never(condition, kind)
        if why:
            yield _told("scp-without-effect", f"the Deny never applies: {why}", condition, statement)
            return


def _never(condition: Condition, kind: str) -> str:
    """Why a condition of a Deny holds for no request, in words; empty where it may hold."""
    key, shown = _key(condition), condition.key.shown
    if kind != "scp":
        return ""
    if condition.negated and condition.globs and key in _ALWAYS_THERE:
        wide = next((value for value in condition.values if _matches_all(key, value)), None)
        if wide is not None:
            return f"`{wide.shown}` exempts everybody, as every request has a `{shown}` like that"
    values = condition.values
    if not values or _holds_without_key(condition):
        return ""
    if key == _IS_SERVICE and condition.family == "bool" and all(value.literal == "true" for value in values):
        return "service control policies are not asked when an AWS service calls for itself"
    if key == "aws:principalarn" and all(":role/aws-service-role/" in (value.literal or "") for value in values):
        return "service control policies do not restrict service-linked roles"
    return ""


def _matches_all(key: str, value: Text) -> bool:
    literal = value.literal or ""
    if literal and not literal.strip("*"):
        return True
    return key == "aws:principalarn" and literal.startswith("arn") and set(literal[3:]) == {"*", ":"}

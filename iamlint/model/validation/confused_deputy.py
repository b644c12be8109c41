"""Services let in to a resource on whoever's behalf they call (IAM User Guide, "The confused deputy problem")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.aws import service_principals as services
from iamlint.model.flaw import Flaw
from iamlint.model.text import Text

if TYPE_CHECKING:
    from iamlint.model.condition import Condition
    from iamlint.model.policy import Policy
    from iamlint.model.principal import Principal
    from iamlint.model.statement import Statement


_BUCKETS = "s3.amazonaws.com"


def check(policy: Policy) -> Iterator[Flaw]:
    """Service principals without a condition on whose behalf they call, and source ARNs that name no account."""
    if policy.kind != "resource" or policy.attachment == "generated":
        return
    for statement in policy.statements:
        if statement.allows is not True or any(c.key.literal is None for c in statement.conditions):
            continue
        named = [p for p in statement.principals if p.kind == "service" and p.name.literal is not None]
        anyone = any(p.kind == "anyone" for p in statement.principals)
        if not (named or anyone):
            continue
        sources = [condition for condition in statement.conditions if _says_for_whom(condition)]
        if sources:
            yield from _without_account(
                sources, statement, all(p.name.literal == _BUCKETS for p in statement.principals)
            )
        elif named and not _guarded(policy):
            yield from _unconditional(named, statement)


def _key(condition: Condition) -> str:
    return (condition.key.literal or "").lower()


def _says_for_whom(condition: Condition) -> bool:
    """Whether a condition is on whose behalf the call is; with IfExists too, as the services here send the key."""
    return _key(condition) in services.SOURCE_KEYS and condition.family != "null" and condition.is_vacuous is not True


def _flaw(code: str, message: str, text: Text, statement: Statement, path: str) -> Flaw:
    return Flaw(
        code=code, message=message, statement=statement, path=path, place=text.place, via=text.via, when=text.when
    )


def _guarded(policy: Policy) -> bool:
    """Whether a Deny of the policy may be the condition: whoever it is not called for."""
    return any(
        statement.denies is not False
        and any(
            condition.key.literal is None or (_key(condition) in services.SOURCE_KEYS and condition.negated)
            for condition in statement.conditions
        )
        for statement in policy.statements
    )


def _unconditional(named: list[Principal], statement: Statement) -> Iterator[Flaw]:
    keys = [_key(condition) for condition in statement.conditions]
    if any(services.pins_otherwise(key) or services.is_principal_property(key) for key in keys):
        return  # pinned in the service's own way, or by what a service never has: that is told as such
    reached = {action.service for action in statement.actions}
    others = [
        condition
        for condition, key in zip(statement.conditions, keys, strict=True)
        if services.is_about_caller(key) and condition.family != "null" and condition.is_vacuous is not True
    ]
    for principal in named:
        name = principal.name.shown
        if not any(services.says_for_whom(name, service) for service in reached):
            continue
        if others:
            key = others[0].key
            message = (
                f"`{name}` is restricted by `{key.shown}`; `aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID` "
                "say on whose behalf it calls"
            )
            path = f"Condition/{others[0].operator.shown}/{key.shown}"
            yield _flaw("recommended-condition-key-for-service-principal", message, key, statement, path)
        else:
            message = (
                f"`{name}` may be made to call by any AWS customer: no condition on `aws:SourceArn`, "
                "`aws:SourceAccount` or `aws:SourceOrgID`"
            )
            yield _flaw("confused-deputy", message, principal.name, statement, "Principal/Service")


def _without_account(sources: list[Condition], statement: Statement, is_of_bucket: bool) -> Iterator[Flaw]:
    """Source ARNs without an account, as those of buckets, where no other key names one: a bucket that is deleted can
    be anybody's next. What is not known of them is one of a bucket, too, where buckets alone are let in."""
    if any(_key(condition) != services.SOURCE_ARN for condition in sources):
        return
    for condition in sources:
        for value in condition.values:
            fields = value.masked.split(":", 5)
            is_known = len(fields) == 6 and fields[0] == "arn" and fields[2] == "s3" and not fields[4]
            if is_known or (is_of_bucket and value.masked == "${}"):
                shown = f"`{value.shown}`" if is_known else f"`{value.shown}`, which is a bucket's,"
                message = (
                    f"{shown} names no account, and a bucket's name can become another's: test `aws:SourceAccount` too"
                )
                path = f"Condition/{condition.operator.shown}/{condition.key.shown}"
                found = _flaw("confused-deputy", message, value, statement, path)
                # A pattern takes in buckets that anybody can make today; a caller of any kind is worth more care.
                named = not any(sign in value.masked for sign in "*?") and statement.names_anyone is False
                yield found.model_copy(update={"is_slight": True}) if named else found

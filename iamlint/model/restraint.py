"""Conditions of an Allow that restrain nobody: they hold for everybody, or for who leaves out their key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamlint.model.caller import is_about_caller
from iamlint.model.unknown import certain

if TYPE_CHECKING:
    from iamlint.model.condition import Condition
    from iamlint.model.statement import Statement

# What a caller's request has or has not as the caller likes: an external id or source identity that is not sent, a
# network other than a VPC endpoint, an account that is in no organization.
_LEFT_OUT_AT_WILL = frozenset(
    {
        "sts:externalid", "sts:sourceidentity", "aws:sourceidentity", "aws:sourcevpc", "aws:sourcevpce",
        "aws:principalorgid", "aws:principalorgpaths", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
        "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
    }
)  # fmt: skip
_FOR_SERVICES = frozenset(
    {"aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths"}
)
_NETWORK = ("aws:sourceip", "aws:sourcevpc", "aws:sourcevpce")

# Every request to which they matter has them.
_ALWAYS_THERE = frozenset(
    {"aws:principaltype", "aws:securetransport", "aws:currenttime", "aws:epochtime", "aws:principalaccount",
     "aws:principalarn", "aws:userid", "aws:principalisawsservice", "aws:resourceaccount", "aws:viaawsservice"}
)  # fmt: skip


def why_it_holds(condition: Condition, statement: Statement) -> str:
    """Why a condition of an Allow holds whoever calls, in words; empty when it restrains someone or may."""
    key = (condition.key.literal or "").lower()
    if not key or not condition.values or not certain(statement.allows):
        return ""
    shown = condition.key.shown
    if condition.negated:
        from iamlint.model.validation.condition_support import lacked_by_all

        lacking = lacked_by_all(statement, condition)
        return f"requests for {lacking} do not carry it, and `{condition.operator.shown}` holds then" if lacking else ""
    if condition.family == "null":
        if key in _ALWAYS_THERE and all(certain(value.equals("false")) for value in condition.values):
            return f"every request has `{shown}`"
        return ""
    if certain(condition.is_vacuous):
        if condition.family == "ip":
            return "the ranges take in every address"
        return f"any value of `{shown}` will do" if _is_about_caller(condition, key) else ""
    return _holds_without(condition, key, statement)


def _is_about_caller(condition: Condition, key: str) -> bool:
    """Whether a key says who calls; of others `*` at least asks that they be there, as of a tag."""
    return (
        key in _ALWAYS_THERE or is_about_caller(key) or key == "sts:externalid" or certain(condition.is_subject_claim)
    )


def _holds_without(condition: Condition, key: str, statement: Statement) -> str:
    """Why it holds for callers that leave out the key; empty when they cannot."""
    every = condition.set_qualifier == "forallvalues"
    if not (condition.if_exists or every) or not statement.principals:
        return ""
    named = [principal.kind for principal in statement.principals]
    at_will = key in _LEFT_OUT_AT_WILL and "service" not in named
    if key in _FOR_SERVICES and all(kind in ("anyone", "aws") for kind in named):
        at_will = True
    if key in _NETWORK and any(
        other is not condition and (other.key.literal or "").lower() in _NETWORK for other in statement.conditions
    ):
        return ""  # one for those that come from the Internet, one for those that do not
    if not at_will:
        return ""
    shown = condition.operator.shown
    return f"`{shown}` also holds for a caller without `{condition.key.shown}`"

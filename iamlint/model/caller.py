"""Which conditions pin who may call, and to what."""

from __future__ import annotations

from iamlint.model.condition import Condition
from iamlint.model.text import Text
from iamlint.model.unknown import Truth, all_of, any_of, negation

# The meaning of "public" in the Amazon S3 User Guide, plus what Lambda, KMS, SQS, SNS and EFS document as fixing the
# caller. aws:SourceIp counts unless it is the whole Internet; a wildcard in the others does not fix anything, except
# after the account in an ARN.
_FIXING_KEYS = frozenset(
    {
        "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:userid",
        "aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths",
        "aws:sourcevpc", "aws:sourcevpce", "aws:sourceip", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
        "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "kms:calleraccount", "sns:endpoint",
        "lambda:functionurlauthtype", "elasticfilesystem:accessedviamounttarget", "lambda:eventsourcetoken",
        "aws:principaltag/", "aws:principalservicename", "aws:principalservicenameslist", "aws:vpcsourceip",
        "elasticfilesystem:accesspointarn", "iot:certificate.subject.commonname", "aws:principalisawsservice",
    }
)  # fmt: skip


def fixes_caller(condition: Condition) -> Truth:
    """Whether, in an Allow, a condition pins who may call."""
    key = condition.key.literal
    if key is None:
        return condition.key.doubt
    key = key.lower()
    if key not in _FIXING_KEYS and not key.startswith("aws:principaltag/"):
        return False
    return all_of((condition.restricts_allow, negation(any_of(_is_loose(key, v) for v in condition.values))))


def _is_loose(key: str, value: Text) -> Truth:
    """Whether a value still lets in anybody: a bare wildcard, or an ARN whose account is one."""
    if key == "aws:sourceip":
        return False  # the whole Internet is vacuous already
    shown = value.shown
    if key.endswith("arn"):
        fields = value.masked.split(":")
        if len(fields) >= 5:
            account = fields[4]
            named = len(fields) > 5 and bool(fields[5].strip("*"))
            return (bool(account) and not account.strip("*?")) or (not account and not named)
    return bool(shown) and not shown.strip("*?")


def denies_strangers(condition: Condition) -> Truth:
    """Whether, in a Deny, a condition shuts out everybody but fixed callers."""
    key = (condition.key.literal or "").lower()
    if key not in _FIXING_KEYS or not condition.negated or not condition.values:
        return False
    return negation(any_of(_is_loose(key, value) for value in condition.values))

"""Which conditions pin who may call, and to what."""

from __future__ import annotations

from iamlint.logic import glob
from iamlint.model.condition import Condition
from iamlint.model.text import Text
from iamlint.model.unknown import Truth, all_of, any_of, negation

# The meaning of "public" in the Amazon S3 User Guide, plus what Lambda, KMS, SQS, SNS and EFS document as fixing the
# caller. aws:SourceIp counts unless it is much of the Internet; a wildcard in the others does not fix anything, except
# after the account in an ARN. The tags of the principal are not among them: anybody tags principals of their own.
_FIXING_KEYS = frozenset(
    {
        "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:userid",
        "aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths",
        "aws:sourcevpc", "aws:sourcevpce", "aws:sourceip", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
        "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "kms:calleraccount", "sns:endpoint",
        "elasticfilesystem:accessedviamounttarget", "lambda:eventsourcetoken",
        "aws:principalservicename", "aws:principalservicenameslist", "aws:vpcsourceip",
        "elasticfilesystem:accesspointarn", "aws:principalisawsservice", "aws:sourcevpcarn",
    }
)  # fmt: skip

# Keys of which any wildcard lets in strangers: ids that everybody has one of.
_IDS = ("aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "aws:principalorgid", "aws:sourceorgid",
        "aws:vpceaccount", "aws:vpceorgid", "aws:sourcevpc", "aws:sourcevpce", "kms:calleraccount",
        "s3:dataaccesspointaccount")  # fmt: skip
_ORG_PATHS = ("aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths")

# A Deny that spares AWS's own services still shuts out all strangers.
_SPARES_SERVICES = ("aws:principalisawsservice", "aws:viaawsservice")


def fixes_caller(condition: Condition) -> Truth:
    """Whether, in an Allow, a condition pins who may call."""
    key = condition.key.literal
    if key is None:
        tokens = condition.key.tokens(False, fold=True)
        return condition.key.doubt if any(glob.may_match(tokens, fixing) for fixing in _FIXING_KEYS) else False
    key = key.lower()
    if key == "lambda:functionurlauthtype":
        # Without a signature a URL of the function is open as such; with one, still anybody who has an account calls.
        return condition.has_value("NONE")
    if key not in _FIXING_KEYS or condition.if_exists or condition.set_qualifier == "forallvalues":
        return False
    return all_of((condition.restricts_allow, negation(any_of(_is_loose(condition, key, v) for v in condition.values))))


def _is_loose(condition: Condition, key: str, value: Text) -> Truth:
    """Whether a value still lets in strangers: a bare wildcard, one in an id, an ARN whose account is or has one."""
    if key == "aws:sourceip":
        return value in condition.wide_ranges
    if not condition.globs:
        return False  # a `*` is none there
    written = value.masked
    if key in _IDS:
        return "*" in written or "?" in written
    if key in _ORG_PATHS:
        organization = written.partition("/")[0]
        return "*" in organization or "?" in organization
    if key == "aws:userid":
        return written.startswith(("*", "?"))
    if key.endswith("arn"):
        return _is_loose_arn(key, written)
    return bool(written) and not written.strip("*?")


def _is_loose_arn(key: str, written: str) -> bool:
    fields = written.split(":", 5)
    if len(fields) < 5:
        return bool(written) and ("*" in written or not written)
    account = fields[4]
    named = len(fields) > 5 and bool(fields[5].strip("*/"))
    if fields[2] == "s3" and named and not fields[5].startswith(("*", "?")) and key == "aws:sourcearn":
        return False  # there is one bucket of a name
    if not account:
        return not named
    return "*" in account or "?" in account


def denies_strangers(conditions: tuple[Condition, ...]) -> Truth:
    """Whether, in a Deny, conditions shut out everybody but fixed callers and perhaps AWS's own services."""
    told: list[Truth] = []
    for condition in conditions:
        key = (condition.key.literal or "").lower()
        if key in _SPARES_SERVICES:
            if condition.has_value("false") is not True:
                return False
            continue
        if key not in _FIXING_KEYS or not condition.negated or not condition.values:
            return False
        told.append(negation(any_of(_is_loose(condition, key, value) for value in condition.values)))
    return bool(told) and all_of(told)


def narrows_caller(condition: Condition) -> Truth:
    """Whether a condition is on what tells some callers of an account from the others, or says that they were told
    something by its owner. The account itself is not: it is known already."""
    key = condition.key.literal
    if key is None:
        return condition.key.doubt
    key = key.lower()
    if key.startswith("aws:principaltag/") or key in _TELLING_APART:
        return True
    return key in _FIXING_KEYS and key not in ("aws:principalaccount", "aws:sourceaccount", "kms:calleraccount")


_TELLING_APART = frozenset(
    {"sts:externalid", "sts:sourceidentity", "aws:sourceidentity", "aws:username", "aws:federatedprovider",
     "aws:principaltype", "sts:rolesessionname", "saml:sub", "aws:viaawsservice", "sts:transitivetagkeys"}
)  # fmt: skip


def is_about_caller(key: str) -> bool:
    """Whether a condition key, in lower case, says who calls, or from where."""
    return key in _FIXING_KEYS

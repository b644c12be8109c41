"""Whether a resource or trust policy is public: it lets in an outsider, whom it does not name and who has nothing that
it fixes.

What counts as fixed is "The meaning of public" in the Amazon S3 User Guide
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html); the default profile
adds the keys with which other services, and AWS's data perimeter guidance, fix a caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from iamlint.logic import keys
from iamlint.logic.actions import Catalogue
from iamlint.logic.address_values import network
from iamlint.logic.boxes import PRINCIPAL, Box, Item, principal_patterns
from iamlint.logic.evaluator import allows, applies, holds
from iamlint.logic.glob import ANY, Tokens, Wild
from iamlint.logic.languages import Budget, SpentError
from iamlint.logic.policy import Condition, Policy, Principal, Statement, Variable, shown
from iamlint.logic.question import Doubt, Goal, Grant, Inquiry, Question, statements_of, why_spent
from iamlint.logic.request import Request

Profile = Literal["default", "s3"]

_S3_KEYS = frozenset(
    {
        "aws:principalorgid", "aws:principalarn", "aws:principalaccount", "aws:sourceip", "aws:sourcearn",
        "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount", "aws:userid",
        "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:dataaccesspointarn", "s3:dataaccesspointaccount",
    }
)  # fmt: skip
_MORE_KEYS = frozenset(
    {
        "aws:principalorgpaths", "aws:principalservicename", "aws:principalservicenameslist", "aws:sourceorgid",
        "aws:sourceorgpaths", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:vpcsourceip",
        "aws:sourcevpcarn", "kms:calleraccount", "lambda:eventsourcetoken", "elasticfilesystem:accesspointarn",
        "iot:certificate.subject.commonname", "sns:endpoint",
        # The one application that a web identity provider has signed somebody in for.
        "accounts.google.com:aud", "cognito-identity.amazonaws.com:aud", "graph.facebook.com:app_id",
        "www.amazon.com:app_id",
    }
)  # fmt: skip
# Of these one value says that the caller is no outsider, whichever value the policy compares with.
_TELLING = {
    "aws:principalisawsservice": ("bool", "true"),
    "elasticfilesystem:accessedviamounttarget": ("bool", "true"),
}
_ADDRESSES = frozenset({"aws:sourceip", "aws:vpcsourceip"})
_ARNS = frozenset(
    {
        "aws:sourcearn", "aws:sourcevpcarn", "aws:principalarn", "s3:dataaccesspointarn",
        "elasticfilesystem:accesspointarn",
    }
)  # fmt: skip
_WIDEST = {4: 8, 6: 32}  # the shortest prefix of a network that is not "very broad", by version
_BITS = {4: 32, 6: 128}
_ACCOUNT = re.compile(r"[0-9]{12}\Z")
_PATH = re.compile(r"o-[a-z0-9]{10,32}/")
_ROLE_ID = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{12,}:\*\Z")


class Publicity(NamedTuple):
    """public: with a confirmed request of an outsider for each Allow that lets one in; private: it is proved that none
    gets in; unknown: `doubts` name what is in the way."""

    answer: Literal["public", "private", "unknown"]
    grants: tuple[Grant, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def public(
    policy: Policy, profile: Profile = "default", catalogue: Catalogue | None = None, budget: Budget | None = None
) -> Publicity:
    """Whether the policy lets in an outsider. A statement without a Principal lets in everybody who asks."""
    allowed = [statement for statement in policy.statements if statement.allow]
    if not allowed:
        return Publicity("private")
    outsider = _Outsider(policy, profile, catalogue)
    try:
        question = Question([*statements_of((policy,)), outsider.named], catalogue, budget or Budget())
    except SpentError as spent:
        return Publicity("unknown", (), (Doubt(allowed[0], (), why_spent(spent)),))

    def goals(statement: Statement) -> Iterator[Goal]:
        for within in question.combined(statement, policy.limits):
            yield Goal(within, policy.denies, outsider.box)

    inquiry = Inquiry(question, goals, lambda one: allows(policy, one) is True and outsider.sends(one))
    grants: list[Grant] = []
    doubts: list[Doubt] = []
    for statement in allowed:
        found, unsure = inquiry.judge(statement)
        grants += found
        doubts += unsure
    return Publicity("public" if grants else "unknown" if doubts else "private", tuple(grants), tuple(doubts))


class _Outsider:
    """Who is not named in a policy and has none of the values that it fixes."""

    def __init__(self, policy: Policy, profile: Profile, catalogue: Catalogue | None) -> None:
        statements = statements_of((policy,))
        principals = (principal for statement in statements for principal in statement.principals or ())
        names = tuple(dict.fromkeys(principal for principal in principals if _is_one(principal)))
        self.named = Statement(True, ((ANY,),), None, names)
        conditions = [condition for statement in statements for condition in statement.conditions]
        sets = keys.set_valued(conditions, catalogue.is_single_valued if catalogue is not None else lambda key: False)
        self._fixed = [
            one._replace(qualifier="foranyvalue" if one.key in sets else "")
            for one in dict.fromkeys(_fixed(condition, profile) for condition in conditions)
            if one is not None
        ]
        patterns = tuple(pattern for principal in names for pattern in principal_patterns(principal))
        self.box: Box = (
            Item(PRINCIPAL, patterns, False),
            *(Item(("key", condition.key), condition, False) for condition in self._fixed),
        )

    def sends(self, request: Request) -> bool:
        """Whether the evaluator finds that it is an outsider's request."""
        if applies(self.named, request) is not False:
            return False
        return all(holds(condition, request) is False for condition in self._fixed)


def _is_one(principal: Principal) -> bool:
    """Whether a principal is somebody in particular. Anyone may sign in with a web identity provider."""
    if principal.kind == "federated":
        return shown(principal.name).startswith(("arn:", "$"))
    return principal.kind != "anyone" and not any(isinstance(token, Wild) for token in principal.name)


def _fixed(condition: Condition, profile: Profile) -> Condition | None:
    """The condition that holds for those who have one of the values that a condition of a policy fixes, if any."""
    key = condition.key
    if key not in _S3_KEYS and (profile == "s3" or key not in _MORE_KEYS):
        telling = _TELLING.get(key) if profile == "default" else None
        return None if telling is None else Condition(telling[0], key, (tuple(telling[1]),))
    values = tuple(value for value in condition.values if _is_fixed(key, value, profile))
    operator = condition.operator.replace("not", "", 1)
    return Condition(operator, key, values) if values and operator != "null" else None


def _is_fixed(key: str, value: Tokens, profile: Profile) -> bool:
    """Whether a value stands for one caller, account, organization, network or source."""
    if any(isinstance(token, Variable) for token in value):
        return False
    text = shown(value)
    if key in _ADDRESSES:
        found = network(text)
        if found is None:
            return False
        version, first, last = found
        return _BITS[version] - (last - first).bit_length() >= _WIDEST[version]
    if not any(isinstance(token, Wild) for token in value):
        return True
    if key in _ARNS and (profile == "default" or key == "s3:dataaccesspointarn"):
        fields = text.split(":", 5)
        return len(fields) == 6 and (_ACCOUNT.match(fields[4]) is not None or _is_one_bucket(key, fields))
    if profile == "s3":
        return False
    if key.endswith("orgpaths"):
        return _PATH.match(text) is not None
    return key == "aws:userid" and _ROLE_ID.match(text) is not None


def _is_one_bucket(key: str, fields: Sequence[str]) -> bool:
    """Whether the fields of an ARN, that has no account, are those of one bucket: its name is one in the world."""
    bucket = fields[5].partition("/")[0]
    return key == "aws:sourcearn" and fields[2] == "s3" and bool(bucket) and not set("*?") & set(bucket)

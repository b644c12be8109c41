"""ARNs of resources that no pattern singles out: what may be done to one of them may be done to any."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from iamlint.logic import glob
from iamlint.logic.glob import Tokens, Wild

if TYPE_CHECKING:
    from iamlint.model.access import Access

# A name that nobody's pattern singles out: what may be done to it may be done to any.
ANY_NAME = "zq7-any-other"
_ACCOUNT: Tokens = tuple("000000000000")


def probe(pattern: Tokens, service: str, start: str, account: Tokens) -> Tokens:
    """The ARN of a resource of a kind that no pattern names, in the partition, Region and account of a pattern."""
    fields = fields_of(pattern)
    usual: tuple[Tokens, ...] = (tuple("arn"), tuple("aws"), tuple(service), (), account)
    if service not in ("iam", "sso"):
        usual = (*usual[:3], tuple("eu-west-1"), usual[4])
    given: list[Tokens | None] = [*fields[:5], *[None] * (5 - len(fields[:5]))]
    given[2] = None  # whatever service the pattern is about, the kind is of its own
    parts = [
        own if own is not None and not any(isinstance(token, Wild) for token in own) else default
        for own, default in zip(given, usual, strict=True)
    ]
    return (*(token for part in parts for token in (*part, ":")), *start, *ANY_NAME)


def account_of(access: Access) -> Tokens:
    """The account that Denies and limits speak of, where they name one; else any."""
    denies = (statement for statement in access.policy.statements if not statement.allow)
    for statement in chain(denies, *access.policy.limits):
        for resource in statement.resources or ():
            fields = fields_of(resource)
            if len(fields) == 5 and fields[4] and not any(isinstance(token, Wild) for token in fields[4]):
                return fields[4]
    return _ACCOUNT


def fields_of(pattern: Tokens) -> list[Tokens]:
    """The fields of an ARN before its last; fewer than five when it is not written in full."""
    fields: list[Tokens] = []
    current: list[glob.Token] = []
    for letter in pattern:
        if letter == ":" and len(fields) < 5:
            fields.append(tuple(current))
            current = []
        else:
            current.append(letter)
    return fields


def last_of(pattern: Tokens) -> Tokens:
    """The last field of an ARN, the one after the fifth colon; empty when there is none."""
    colons = 0
    for place, letter in enumerate(pattern):
        colons += letter == ":"
        if colons == 5:
            return pattern[place + 1 :]
    return ()

"""What the tests of the logic share: policies from compact spellings, a short list of today's actions, and what each
operator means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from iamlint.logic.actions import Catalogue
from iamlint.logic.policy import Policy
from iamlint.logic.reading import read_policy

_ACTIONS = {
    "s3": ("getobject", "getobjectacl", "putobject", "deleteobject", "listbucket"),
    "iam": ("createuser", "createrole", "passrole", "getrole", "getuser"),
    "sqs": ("sendmessage", "receivemessage"),
}
_PARTS = {"when": "Condition", "to": "Principal", "not_to": "NotPrincipal"}


@pytest.fixture(scope="session")
def today() -> Catalogue:
    """A short list of today's actions."""
    return Catalogue(_ACTIONS, _ACTIONS.__getitem__)


@pytest.fixture(scope="session")
def policy() -> Callable[..., Policy]:
    """Makes a policy of statements such as `("Deny", "s3:*", "*", {"when": {…}})`; resource and the rest may lack."""

    def made(*statements: tuple[Any, ...]) -> Policy:
        raw = []
        for effect, actions, *more in statements:
            one = {"Effect": effect, "Action": actions, "Resource": "*"}
            for part in more:
                one.update(
                    {_PARTS[name]: value for name, value in part.items()}
                    if isinstance(part, dict)
                    else {"Resource": part}
                )
            raw.append(one)
        return read_policy({"Version": "2012-10-17", "Statement": raw})

    return made


class Operator(NamedTuple):
    """What the documentation says of an operator: with some listed values, on which values of a key it holds and on
    which it does not, and whether it holds when the key is absent. `pin` is an operator that asks for one value."""

    name: str
    key: str
    listed: list[str]
    holds: list[str]
    fails: list[str]
    absent: bool
    pin: str


_TAG, _ARN, _SIZE, _NOW, _FROM = "aws:PrincipalTag/t", "aws:SourceArn", "s3:max-keys", "aws:CurrentTime", "aws:SourceIp"
_EXACT = (_TAG, ["a", "b*"], ["a", "b*"], ["A", "bx"])
_FOLDED = (_TAG, ["aB", "c"], ["Ab", "C"], ["a", "cc"])
_LIKE = (_TAG, ["a*", "?"], ["a", "abc", "x"], ["Ab", "xy", ""])
_ARNS = (
    _ARN,
    ["arn:aws:s3:::b*", "arn:aws:sqs:*:1:q"],
    ["arn:aws:s3:::b:x", "arn:aws:sqs:e:1:q"],
    ["arn:aws:sqs:e:f:1:q", "arn:aws:s3:::B"],
)
_NUMBERS = (_SIZE, ["7", "9.5"])
_DATES = (_NOW, ["2024-01-01", "2025-06-01T12:00:00Z"])
_NETWORKS = (_FROM, ["10.0.0.1/30", "2001:db8::/32"], ["10.0.0.0", "10.0.0.3", "2001:db8::1"], ["10.0.0.4", "::1"])


def _turned(key: str, listed: list[str], holds: list[str], fails: list[str]) -> tuple[Any, ...]:
    return key, listed, fails, holds, True


OPERATORS = [
    Operator("StringEquals", *_EXACT, False, "StringEquals"),
    Operator("StringNotEquals", *_turned(*_EXACT), "StringEquals"),
    Operator("StringEqualsIgnoreCase", *_FOLDED, False, "StringEquals"),
    Operator("StringNotEqualsIgnoreCase", *_turned(*_FOLDED), "StringEquals"),
    Operator("StringLike", *_LIKE, False, "StringEquals"),
    Operator("StringNotLike", *_turned(*_LIKE), "StringEquals"),
    Operator("ArnEquals", *_ARNS, False, "StringEquals"),
    Operator("ArnLike", *_ARNS, False, "StringEquals"),
    Operator("ArnNotEquals", *_turned(*_ARNS), "StringEquals"),
    Operator("ArnNotLike", *_turned(*_ARNS), "StringEquals"),
    Operator("BinaryEquals", "s3:x", ["QmluYXJ5"], ["QmluYXJ5"], ["qmluYXJ5"], False, "StringEquals"),
    Operator("Bool", "aws:SecureTransport", ["TRUE"], ["true", "True"], ["false"], False, "StringEquals"),
    Operator("NumericEquals", *_NUMBERS, ["7.0", "9.5"], ["8"], False, "NumericEquals"),
    Operator("NumericNotEquals", *_NUMBERS, ["8"], ["7.0", "9.5"], True, "NumericEquals"),
    Operator("NumericLessThan", *_NUMBERS, ["8", "9.25"], ["9.5", "10"], False, "NumericEquals"),
    Operator("NumericLessThanEquals", *_NUMBERS, ["9.50"], ["9.51"], False, "NumericEquals"),
    Operator("NumericGreaterThan", *_NUMBERS, ["7.1", "10"], ["7.0", "6"], False, "NumericEquals"),
    Operator("NumericGreaterThanEquals", *_NUMBERS, ["7"], ["6.9"], False, "NumericEquals"),
    Operator("DateEquals", *_DATES, ["2024-01-01T01:00:00+01:00"], ["2024-01-02"], False, "DateEquals"),
    Operator("DateNotEquals", *_DATES, ["2024-01-02"], ["1704067200"], True, "DateEquals"),
    Operator("DateLessThan", *_DATES, ["2025-06-01T11:59:59Z"], ["2025-06-01T12:00:00Z"], False, "DateEquals"),
    Operator("DateLessThanEquals", *_DATES, ["2025-06-01T12:00:00Z"], ["2025-06-02"], False, "DateEquals"),
    Operator("DateGreaterThan", *_DATES, ["2024-01-01T00:00:01Z"], ["2024-01-01T00:00:00Z"], False, "DateEquals"),
    Operator("DateGreaterThanEquals", *_DATES, ["2024-01-01"], ["2023-12-31"], False, "DateEquals"),
    Operator("IpAddress", *_NETWORKS, False, "IpAddress"),
    Operator("NotIpAddress", *_turned(*_NETWORKS), "IpAddress"),
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for the meaning of an operator runs once for each."""
    if "meaning" in metafunc.fixturenames:
        metafunc.parametrize("meaning", OPERATORS, ids=[meaning.name for meaning in OPERATORS])


@pytest.fixture
def questions(meaning: Operator) -> list[tuple[Policy, Policy, str]]:
    """(new, old, whether that is a pass or a fail) for each value, with and without IfExists."""
    return list(_questions(meaning))


def _questions(operator: Operator) -> Iterator[tuple[Policy, Policy, str]]:
    def when(*blocks: tuple[str, list[str]]) -> Policy:
        condition = {name: {operator.key: values} for name, values in blocks}
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
        return read_policy({"Version": "2012-10-17", "Statement": statement})

    nothing = Policy(())
    for suffix, absent in (("", operator.absent), ("IfExists", True)):
        tested = (operator.name + suffix, operator.listed)
        # The same operator twice on one key is one block, so the pin is written with the other suffix.
        pin = operator.pin + ("" if suffix else "IfExists")
        for value, holds in ((v, values is operator.holds) for values in operator[3:5] for v in values):
            given = ((pin, [value]), ("Null", ["false"]))
            yield when(*given), when(tested), "pass" if holds else "fail"
            yield when(*given, tested), nothing, "fail" if holds else "pass"
        yield when(("Null", ["true"])), when(tested), "pass" if absent else "fail"
        yield when(("Null", ["true"]), tested), nothing, "fail" if absent else "pass"

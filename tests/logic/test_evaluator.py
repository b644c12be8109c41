"""The executable specification, request by request; answers are True, False, or None where nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamlint.logic.evaluator import allows, applies, holds
from iamlint.logic.glob import Hole
from iamlint.logic.policy import Policy, Statement
from iamlint.logic.reading import condition, globbing, has_variables, pattern
from iamlint.logic.request import Caller, Request

Make = Callable[..., Policy]
ABSENT = None


def held(operator: str, values: str | list[str], given: str | list[str] | None, **context: str) -> bool | None:
    """Whether a condition on `aws:k` holds when the key has the given values."""
    listed = [values] if isinstance(values, str) else values
    tokens = tuple(pattern(value, globbing(operator), has_variables(operator)) for value in listed)
    found: dict[str, tuple[str, ...]] = {key: (value,) for key, value in context.items()}
    if given is not None:
        found["aws:k"] = (given,) if isinstance(given, str) else tuple(given)
    return holds(condition(operator, "aws:K", tokens), Request("s3:getobject", "*", context=found))


@pytest.mark.parametrize(
    ("operator", "values", "given", "expected"),
    [
        ("StringEquals", "a*", "a*", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", "a", ABSENT, False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEqualsIfExists", "a", ABSENT, True),
        ("StringEqualsIgnoreCase", "aB", "Ab", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", "a", ABSENT, True),
        ("StringLike", "a?c*", "abcd", True),
        ("StringLike", "a?c*", "ac", False),
        ("StringNotLike", "a*", ABSENT, True),
        ("NumericLessThan", ["5", "10"], "9.5", True),
        ("NumericLessThan", "10", "ten", False),
        ("NumericNotEquals", "10", "10.0", False),
        ("NumericNotEquals", "10", ABSENT, True),
        ("DateGreaterThan", "2024-01-01T00:00:00Z", "1704067201", True),
        ("DateEquals", "2024-01-01T01:00:00+01:00", "2024-01-01", True),
        ("DateLessThan", "2024-01-01", "never", False),
        ("Bool", "TRUE", "true", True),
        ("BoolIfExists", "false", ABSENT, True),
        ("Bool", "false", ABSENT, False),
        ("IpAddress", "10.1.2.3/8", "10.255.0.1", True),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
        ("NotIpAddress", "10.0.0.0/8", ABSENT, True),
        ("Null", "true", ABSENT, True),
        ("Null", "false", ABSENT, False),
        ("Null", ["true", "false"], "x", True),
        ("ArnEquals", "arn:aws:s3:::b*", "arn:aws:s3:::b/a:c", True),
        ("ArnLike", "arn:aws:sqs:*:1:q", "arn:aws:sqs:a:b:1:q", False),
        ("ArnLike", "arn:aws:s3", "arn:aws:s3:::b", None),
        ("ArnNotLike", "arn:aws:s3:::b", ABSENT, True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["b", "c"], True),
        ("ForAnyValue:StringEquals", "a", ABSENT, False),
        ("ForAnyValue:StringNotEquals", "a", ["a", "b"], True),
        ("ForAnyValue:StringEqualsIfExists", "a", ABSENT, None),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", "a", ABSENT, True),
        ("ForAllValues:StringNotEquals", "a", ["b", "c"], True),
        ("StringEquals", "a", ["a", "b"], None),  # several values without a set operator: AWS does not say
        ("StringSortOf", "a", "a", None),
        ("SomeValue:StringEquals", "a", "a", None),
    ],
)
def test_a_condition(operator: str, values: Any, given: Any, expected: bool | None) -> None:
    assert held(operator, values, given) is expected


def test_variables() -> None:
    own = "home/${aws:username}/*"
    assert held("StringLike", own, "home/bob/x", **{"aws:username": "bob"}) is True
    assert held("StringLike", own, "home/eve/x", **{"aws:username": "bob"}) is False
    assert held("StringLike", own, "home//x") is False
    assert held("StringNotLike", own, "home/eve/x") is True
    assert held("StringLike", "home/${aws:username, 'all'}/*", "home/all/x") is True
    assert held("StringLike", "a${*}", "a*") is True
    assert held("StringLike", "a${*}", "ab") is False
    # A value is text: what looks like a wildcard in it is none.
    assert held("StringLike", "${aws:username}", "bob", **{"aws:username": "*"}) is False


def test_a_deny_wins(policy: Make) -> None:
    both = policy(("Allow", "*"), ("Deny", "S3:Get*", "arn:aws:s3:::b/*"))
    assert allows(both, Request("s3:GetObject", "arn:aws:s3:::b/x")) is False
    assert allows(both, Request("s3:GetObject", "arn:aws:s3:::c/x")) is True
    assert allows(policy(), Request("s3:GetObject", "arn:aws:s3:::c/x")) is False


def test_every_limit_must_allow(policy: Make) -> None:
    limited = policy(("Allow", "*"))._replace(limits=(policy(("Allow", "s3:*")).statements,))
    assert allows(limited, Request("s3:getobject", "*")) is True
    assert allows(limited, Request("iam:getuser", "*")) is False


@pytest.mark.parametrize(
    ("principal", "caller", "expected"),
    [
        ("111111111111", "arn:aws:iam::111111111111:user/u", True),
        ("arn:aws:iam::111111111111:root", "arn:aws:sts::111111111111:assumed-role/R/s", True),
        ("arn:aws:iam::111111111111:role/path/R", "arn:aws:sts::111111111111:assumed-role/R/s", True),
        ("arn:aws:iam::111111111111:role/path/R", "arn:aws:iam::111111111111:role/path/R", True),
        ("arn:aws:iam::111111111111:role/R", "arn:aws:sts::222222222222:assumed-role/R/s", False),
        ("arn:aws:iam::111111111111:user/u", "arn:aws:iam::111111111111:user/v", False),
        ("*", "arn:aws:iam::111111111111:user/v", True),
    ],
)
def test_principals(policy: Make, principal: str, caller: str, expected: bool) -> None:
    (statement,) = policy(("Allow", "sts:AssumeRole", {"to": {"AWS": principal}})).statements
    assert applies(statement, Request("sts:assumerole", "*", Caller("aws", caller))) is expected
    assert applies(statement, Request("sts:assumerole", "*")) is None


def test_what_is_not_known() -> None:
    bucket = Statement(True, (pattern("s3:*"),), ((Hole("b"), *pattern("/*")),))
    asked = Request("s3:getobject", "arn:aws:s3:::b/x")
    assert applies(bucket, asked) is None
    assert applies(bucket, asked._replace(fillings={"b": "arn:aws:s3:::b"})) is True
    assert applies(bucket, asked._replace(action="iam:getuser")) is False
    guarded = Statement(True, (pattern("s3:*"),), guards=(("IsProd", True),))
    assert [applies(guarded, asked._replace(guards=g)) for g in ({}, {"IsProd": True}, {"IsProd": False})] == [
        None,
        True,
        False,
    ]
    assert applies(Statement(True, (pattern("s3:*"),), doubts=("x",)), asked) is None

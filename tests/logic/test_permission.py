"""Whether some request of a shape may pass: through which Allow, what stops it, and what nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamlint.logic.actions import Catalogue
from iamlint.logic.evaluator import allows
from iamlint.logic.glob import Hole
from iamlint.logic.languages import Budget
from iamlint.logic.permission import Asked, Permission, may
from iamlint.logic.policy import Policy, Principal, Statement
from iamlint.logic.reading import pattern

Make = Callable[..., Policy]
CREATE = ("iam:createuser",)


def asked(*actions: str, on: str | None = None, by: str | None = None, **context: Any) -> Asked:
    """A shape; in the names of keys two underscores stand for a colon."""
    keys = tuple((key.replace("__", ":"), values) for key, values in context.items())
    principals = None if by is None else (Principal("aws", tuple(by)),)
    resources = None if on is None else (pattern(on),)
    return Asked(tuple(pattern(action) for action in actions), resources, principals, keys)


def test_yes_with_the_statement_and_a_request(policy: Make, today: Catalogue) -> None:
    identity = policy(("Allow", "s3:*"), ("Allow", "iam:Create*", "arn:aws:iam::*:user/dev/*"))
    answer = may(identity, asked(*CREATE), today)
    assert answer.answer == "yes"
    (grant,) = answer.grants
    assert grant.statement is identity.statements[1]
    assert grant.actions == CREATE
    assert allows(identity, grant.witness) is True
    assert grant.witness.resource.startswith("arn:aws:iam::")


def test_no_because_no_statement_speaks_of_it(policy: Make, today: Catalogue) -> None:
    assert may(policy(("Allow", "s3:*")), asked(*CREATE), today) == Permission("no")
    assert may(Policy(()), asked(*CREATE), today) == Permission("no")


def test_no_because_a_deny_stops_it(policy: Make, today: Catalogue) -> None:
    identity = policy(("Allow", "*"), ("Deny", "s3:*"), ("Deny", "iam:Create*"))
    answer = may(identity, asked(*CREATE), today)
    assert answer.answer == "no"
    (stop,) = answer.stops
    assert (stop.statement, stop.denies, stop.limits) == (identity.statements[0], (identity.statements[2],), ())


def test_no_because_two_denies_together_stop_it(policy: Make, today: Catalogue) -> None:
    identity = policy(
        ("Allow", "*"),
        ("Deny", "*", {"when": {"Bool": {"aws:SecureTransport": "true"}}}),
        ("Deny", "*", {"when": {"BoolIfExists": {"aws:SecureTransport": "false"}}}),
    )
    (stop,) = may(identity, asked(*CREATE), today).stops
    assert stop.denies == identity.statements[1:]


def test_a_deny_with_a_way_around_it_does_not_stop_it(policy: Make, today: Catalogue) -> None:
    identity = policy(("Allow", "*"), ("Deny", "*", {"when": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}))
    answer = may(identity, asked(*CREATE), today)
    assert answer.answer == "yes"  # with long-term keys the key is absent, and the Deny does not apply
    assert "aws:multifactorauthpresent" not in answer.grants[0].witness.context
    assert may(identity, asked(*CREATE, aws__multifactorauthpresent=("false",)), today).answer == "no"
    assert may(identity, asked(*CREATE, aws__multifactorauthpresent=()), today).answer == "yes"


def test_a_boundary_stops_it(policy: Make, today: Catalogue) -> None:
    identity = policy(("Allow", "*"))
    wide, narrow = policy(("Allow", "*")).statements, policy(("Allow", "s3:*")).statements
    answer = may(identity._replace(limits=(wide, narrow)), asked(*CREATE), today)
    assert answer.answer == "no"
    assert [(stop.denies, stop.limits) for stop in answer.stops] == [((), (1,))]
    assert may(identity._replace(limits=(wide, narrow)), asked("s3:getobject"), today).answer == "yes"
    assert may(identity._replace(limits=((),)), asked(*CREATE), today).answer == "no"


@pytest.mark.parametrize(
    ("resource", "expected"),
    [("arn:aws:s3:::b/secret/x", "no"), ("arn:aws:s3:::b/*", "yes"), ("arn:aws:s3:::c/x", "no")],
)
def test_only_the_resources_asked_about(policy: Make, today: Catalogue, resource: str, expected: str) -> None:
    identity = policy(("Allow", "s3:*", "arn:aws:s3:::b/*"), ("Deny", "s3:*", "arn:aws:s3:::b/secret/*"))
    assert may(identity, asked("s3:getobject", on=resource), today).answer == expected


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"aws__sourceip": ("10.1.2.3",)}, "yes"),
        ({"aws__sourceip": ("192.0.2.1",)}, "no"),
        ({"aws__sourceip": ()}, "no"),
        ({"aws__tagkeys": ("a", "b")}, "yes"),
        ({"aws__tagkeys": ("a", "c")}, "no"),
        ({"s3__max_keys": ("7",)}, "yes"),
    ],
)
def test_the_context_asked_about(policy: Make, today: Catalogue, context: dict[str, Any], expected: str) -> None:
    when = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "ForAllValues:StringLike": {"aws:TagKeys": ["a*", "b"]}}
    identity = policy(("Allow", "s3:*", {"when": when}))
    assert may(identity, asked("s3:getobject", **context), today).answer == expected


def test_the_callers_asked_about(policy: Make, today: Catalogue) -> None:
    bucket = policy(("Allow", "s3:*", {"to": {"AWS": "111111111111"}}))
    assert may(bucket, asked("s3:getobject", by="arn:aws:iam::111111111111:role/r"), today).answer == "yes"
    assert may(bucket, asked("s3:getobject", by="arn:aws:iam::222222222222:role/r"), today).answer == "no"


def test_a_pattern_of_actions(policy: Make, today: Catalogue) -> None:
    identity = policy(("Allow", ["iam:Get*", "sqs:*"]), ("Deny", "sqs:*"))
    (grant,) = may(identity, asked("iam:*", "sqs:*"), today).grants
    assert grant.actions == ("iam:get*",)
    (grant,) = may(identity, asked("iam:getuser", "iam:createuser"), today).grants
    assert grant.actions == ("iam:getuser",)
    everything_but = Policy((Statement(True, (pattern("iam:*"),), not_actions=True),))
    assert [grant.actions for grant in may(everything_but, asked("*"), today).grants] == [()]


def test_unknown_with_the_construct(policy: Make, today: Catalogue) -> None:
    doubtful = Statement(False, (pattern("iam:*"),), doubts=("Fn::Transform",))
    identity = Policy((*policy(("Allow", "*")).statements, doubtful))
    answer = may(identity, asked(*CREATE), today)
    assert (answer.answer, [doubt.construct for doubt in answer.doubts]) == ("unknown", ["Fn::Transform"])
    assert may(identity, asked("s3:getobject"), today).answer == "yes"


def test_an_unresolved_resource_is_some_resource(today: Catalogue) -> None:
    identity = Policy((Statement(True, (pattern("s3:*"),), ((Hole("aws_s3_bucket.b.arn"), *pattern("/*")),)),))
    answer = may(identity, asked("s3:getobject"), today)
    assert answer.answer == "yes"
    assert set(answer.grants[0].witness.fillings) == {"aws_s3_bucket.b.arn"}


def test_a_budget_ends_in_unknown(policy: Make, today: Catalogue) -> None:
    limits = tuple(policy(*[("Allow", "*", f"arn:aws:s3:::*{n}-{m}*") for n in range(30)]).statements for m in range(5))
    identity = policy(("Allow", "*", "arn:aws:s3:::*x"))._replace(limits=limits)
    answer = may(identity, asked("s3:getobject"), today, Budget(steps=3_000))
    assert answer.answer == "unknown"
    assert "too many possibilities" in answer.doubts[0].construct

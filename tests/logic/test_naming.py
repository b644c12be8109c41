"""How granted actions are told: few patterns where they say it, names where they do not, in the same order always."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.logic.actions import Catalogue
from iamlint.logic.compare import compare
from iamlint.logic.glob import matches
from iamlint.logic.languages import Budget
from iamlint.logic.policy import Policy, Statement
from iamlint.logic.reading import pattern, read_policy

Make = Callable[..., Policy]
NAMES = {
    "s3": (
        "getobject", "getobjectacl", "getbucketacl", "putobject", "putbucketacl", "putobjectacl", "deleteobject",
        "listbucket", "listallmybuckets",
    ),
    "iam": ("createuser", "createrole", "passrole", "getrole", "getuser"),
    "sqs": ("sendmessage", "receivemessage"),
}  # fmt: skip
TODAY = Catalogue(NAMES, NAMES.__getitem__)


def told(new: Policy, old: Policy, catalogue: Catalogue | None = TODAY) -> list[tuple[str, ...]]:
    return [grant.actions for grant in compare(new, old, catalogue).grants]


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ("s3:*", [], ("s3:*",)),
        (["s3:Get*", "iam:PassRole"], [], ("s3:get*", "iam:passrole")),
        ("s3:*", ["s3:GetObject"], ("s3:* except s3:getobject",)),
        ("s3:*", ["s3:Get*"], ("s3:* except s3:get*",)),
        ("s3:*", ["s3:Get*", "s3:Put*", "s3:DeleteObject"], ("s3:listbucket", "s3:listallmybuckets")),
        ("*", ["s3:*"], ("* except s3:*",)),
        ("*", ["iam:*", "s3:Get*", "sqs:SendMessage"], ("* except iam:*, s3:get*, sqs:sendmessage",)),
        (["s3:*", "iam:*"], ["s3:PutObject", "iam:Get*"], ("s3:* except s3:putobject", "iam:createuser",
         "iam:createrole", "iam:passrole")),
        ("*:Get*", ["s3:Get*"], ("*:get* except s3:get*",)),
        ("new:*", ["new:Get*"], ("new:* except new:get*",)),
    ],
)  # fmt: skip
def test_granted_actions(policy: Make, new: Any, old: list[str], expected: tuple[str, ...]) -> None:
    assert told(policy(("Allow", new)), policy(("Allow", old))) == [expected]


def test_all_actions_of_a_service_or_a_verb_are_one_pattern(policy: Make) -> None:
    listed = [f"s3:{name}" for name in NAMES["s3"] if not name.startswith("put")]
    everything = {"Effect": "Allow", "NotAction": [*listed, "sqs:*"], "Resource": "*"}
    new = read_policy({"Version": "2012-10-17", "Statement": everything})
    old = policy(("Allow", "*"), ("Deny", ["s3:Put*", "iam:*"]))
    assert told(new, old) == [("iam:*", "s3:put*")]


def test_a_not_action(policy: Make) -> None:
    def everything_but(*actions: str) -> Policy:
        return Policy((Statement(True, tuple(pattern(action) for action in actions), not_actions=True),))

    assert told(everything_but("iam:*"), Policy(())) == [()]
    assert told(everything_but("iam:*"), policy(("Allow", "s3:*"))) == [("* except iam:*, s3:*",)]


def test_where_every_string_is_an_action(policy: Make) -> None:
    assert told(policy(("Allow", "s3:*")), policy(("Allow", ["s3:Get*", "s3:PutObject"])), None) == [
        ("s3:* except s3:putobject, s3:get*",)
    ]
    denied = policy(("Allow", "s3:*"), ("Deny", "s3:Put*"))
    assert told(policy(("Allow", "s3:*")), denied, None) == [("s3:put*",)]


@settings(max_examples=60, deadline=None)
@given(*[st.lists(st.sampled_from(("*", "s3:*", "s3:get*", "s3:*acl", "iam:*", "s3:getobject", "*:get*", "sqs:s*",
         "s3:putobject", "iam:passrole")), min_size=1, max_size=3)] * 2)  # fmt: skip
def test_what_is_told_is_what_is_granted(new: list[str], old: list[str]) -> None:
    def allowed(actions: list[str]) -> Policy:
        return Policy((Statement(True, tuple(pattern(action) for action in actions)),))

    every = [f"{service}:{name}" for service, names in NAMES.items() for name in names]
    names = {a for a in every if any(matches(p, a) for p in new) and not any(matches(p, a) for p in old)}
    found = {a for actions in told(allowed(new), allowed(old)) for text in actions for a in every if is_in(text, a)}
    assert found == names


def is_in(text: str, action: str) -> bool:
    wide, _, exceptions = text.partition(" except ")
    return matches(wide, action) and not any(matches(one, action) for one in exceptions.split(", ") if one)


def test_a_spent_budget_leaves_names(policy: Make) -> None:
    new, old = policy(("Allow", ["s3:*", "iam:*"])), policy(("Allow", ["s3:GetObject", "iam:GetUser"]))
    for steps in range(0, 400, 5):
        for grant in compare(new, old, TODAY, Budget(steps)).grants:
            assert grant.actions

"""What is easily got wrong when policies are compared: each trap on its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamlint.logic.actions import Catalogue
from iamlint.logic.compare import Comparison, compare
from iamlint.logic.evaluator import allows
from iamlint.logic.languages import Budget, Pattern, find
from iamlint.logic.policy import Policy
from iamlint.logic.reading import pattern, read_policy
from iamlint.logic.request import Request

Make = Callable[..., Policy]
GET = "s3:GetObject"


def allowed_when(policy: Make, **operators: dict[str, Any]) -> Policy:
    """An Allow under a condition; in operators two underscores stand for a colon."""
    return policy(("Allow", GET, {"when": {name.replace("__", ":"): block for name, block in operators.items()}}))


def both_ways(one: Policy, other: Policy, catalogue: Catalogue | None = None) -> tuple[str, str]:
    return compare(one, other, catalogue).answer, compare(other, one, catalogue).answer


def test_a_star_in_a_part_of_an_arn_does_not_run_past_its_colon(policy: Make) -> None:
    part, whole = policy(("Allow", GET, "arn:aws:sqs:*:q")), policy(("Allow", GET, "arn:aws:sqs:*:*:q"))
    assert both_ways(policy(("Allow", GET, "arn:aws:sqs:e:1:q")), whole) == ("pass", "fail")
    assert compare(policy(("Allow", GET, "arn:aws:sqs:e:1:q")), part).answer == "fail"


def test_a_key_that_is_not_there_meets_what_is_negated(policy: Make) -> None:
    absent = allowed_when(policy, Null={"aws:SourceVpce": "true"})
    assert compare(absent, allowed_when(policy, StringNotEquals={"aws:SourceVpce": "vpce-1"})).answer == "pass"
    assert compare(absent, allowed_when(policy, ForAllValues__StringEquals={"aws:TagKeys": "a"})).answer == "fail"
    fence, wide = ({name: {"aws:SecureTransport": "false"}} for name in ("Bool", "BoolIfExists"))
    old = policy(("Allow", GET), ("Deny", GET, {"when": wide}))
    answer = compare(policy(("Allow", GET), ("Deny", GET, {"when": fence})), old)
    assert (answer.answer, answer.grants[0].witness.context) == ("fail", {})


def test_a_deny_that_says_less_grants(policy: Make) -> None:
    everything, one = ("Allow", "s3:*"), ("Deny", "s3:*", "arn:aws:s3:::b/*")
    assert both_ways(policy(everything), policy(everything, one)) == ("fail", "pass")
    narrowed = ("Deny", "s3:*", "arn:aws:s3:::b/*", {"when": {"StringEquals": {"aws:PrincipalTag/t": "x"}}})
    assert both_ways(policy(everything, narrowed), policy(everything, one)) == ("fail", "pass")


def test_not_principal_is_sure_only_of_whom_it_does_not_name(policy: Make) -> None:
    role, other = "arn:aws:iam::111111111111:role/r", "arn:aws:iam::222222222222:role/r"
    open_to_all = ("Allow", GET, {"to": "*"})
    fenced = policy(open_to_all, ("Deny", GET, {"not_to": {"AWS": role}}))
    listed = policy(open_to_all, ("Deny", GET, {"not_to": {"AWS": [role, "111111111111"]}}))
    assert compare(fenced, policy(("Allow", GET, {"to": {"AWS": role}}))).answer == "pass"
    assert compare(policy(("Allow", GET, {"to": {"AWS": other}})), fenced).answer == "fail"
    assert compare(policy(("Allow", GET, {"to": {"AWS": role}})), fenced).answer == "unknown"
    assert compare(policy(("Allow", GET, {"to": {"AWS": role}})), listed).answer == "pass"
    assert compare(fenced, fenced) == Comparison("pass")


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"AWS": "arn:aws:iam::111111111111:user/u"}, {"AWS": "111111111111"}),
        ({"AWS": "111111111111"}, {"AWS": "arn:aws:iam::111111111111:root"}),
        ({"AWS": "arn:aws:sts::111111111111:assumed-role/R/s"}, {"AWS": "arn:aws:iam::111111111111:role/path/R"}),
        ({"AWS": "arn:aws:iam::111111111111:role/R"}, "*"),
        ({"Service": "sns.amazonaws.com"}, {"AWS": "*"}),
        ({"AWS": "AROAEXAMPLEEXAMPLE12"}, {"AWS": ["AROAEXAMPLEEXAMPLE12", "111111111111"]}),
    ],
)
def test_a_principal_stands_for_others(policy: Make, narrow: Any, wide: Any) -> None:
    assert compare(policy(("Allow", GET, {"to": narrow})), policy(("Allow", GET, {"to": wide}))).answer == "pass"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"AWS": "111111111111"}, {"AWS": "arn:aws:iam::111111111111:user/u"}),
        ({"Service": "sns.amazonaws.com"}, {"AWS": "111111111111"}),
        ({"AWS": "AROAEXAMPLEEXAMPLE12"}, {"AWS": "111111111111"}),
        ({"CanonicalUser": "79a59df900b949e5"}, {"Federated": "79a59df900b949e5"}),
    ],
)
def test_a_principal_is_another(policy: Make, one: Any, other: Any) -> None:
    assert compare(policy(("Allow", GET, {"to": one})), policy(("Allow", GET, {"to": other}))).answer == "fail"


def test_a_caller_and_its_keys_are_no_two_people(policy: Make) -> None:
    account = {"StringEquals": {"aws:PrincipalAccount": "111111111111"}}
    theirs = {"to": {"AWS": "222222222222"}, "when": account}
    assert compare(policy(("Allow", GET, theirs)), Policy(())).answer == "unknown"
    mine = {"to": {"AWS": "111111111111"}, "when": account}
    assert compare(policy(("Allow", GET, mine)), Policy(())).answer == "fail"


def test_a_key_that_nobody_knows_may_have_several_values(policy: Make) -> None:
    some = allowed_when(policy, ForAnyValue__StringEquals={"new:Keys": "a"})
    every = allowed_when(policy, ForAllValues__StringEquals={"new:Keys": "a"})
    assert compare(some, every).answer == "fail"
    (grant,) = compare(some, every).grants
    assert len(grant.witness.context["new:keys"]) == 2
    single = Catalogue((), lambda prefix: (), lambda key: key == "new:keys")
    assert compare(some, every, single).answer == "pass"


def test_what_careful_readers_read_otherwise_is_unknown(policy: Make) -> None:
    some = allowed_when(policy, ForAnyValue__StringEqualsIfExists={"aws:TagKeys": "a"})
    plain = allowed_when(policy, StringEquals={"aws:TagKeys": "a"})
    for one, old in ((some, "ForAnyValue:StringEquals"), (plain, "ForAllValues:StringEquals")):
        answer = compare(one, allowed_when(policy, **{old: {"aws:TagKeys": "a"}}))
        assert answer.answer == "unknown"
        assert "aws:tagkeys" in answer.doubts[0].construct
        assert compare(one, one).answer == "pass"


@pytest.mark.parametrize("action", ["newsvc:*", "newsvc:Get*", "s3:Frob*", "*:Frob*", "new*:x"])
def test_a_pattern_of_actions_that_are_not_listed_is_not_nothing(policy: Make, today: Catalogue, action: str) -> None:
    new = policy(("Allow", ["s3:GetObject", action]))
    assert compare(new, policy(("Allow", "s3:GetObject")), today).answer == "fail"
    assert compare(new, policy(("Allow", ["s3:GetObject", "iam:*", "sqs:*"])), today).answer == "fail"
    assert compare(new, policy(("Allow", ["s3:GetObject", action])), today).answer == "pass"


def test_keys_that_are_always_there_may_be_absent(policy: Make) -> None:
    there = allowed_when(policy, Null={"aws:SecureTransport": "false"})
    assert compare(policy(("Allow", GET)), there).answer == "fail"


def test_an_action_that_takes_no_such_resource_is_granted_all_the_same(policy: Make, today: Catalogue) -> None:
    assert compare(policy(("Allow", "s3:ListAllMyBuckets", "arn:aws:s3:::b")), Policy(()), today).answer == "fail"


def test_a_key_in_two_views_has_one_value(policy: Make) -> None:
    text = {"aws:SourceArn": ["arn:aws:sns:e:1:t", "arn:aws:sns:e:1:u"]}
    arn = {"aws:SourceArn": "arn:aws:sns:*:1:*"}
    assert both_ways(allowed_when(policy, StringEquals=text), allowed_when(policy, ArnLike=arn)) == ("pass", "fail")
    both = allowed_when(policy, StringLike={"aws:SourceArn": "arn:aws:sns:*:2:*"}, ArnLike=arn)
    assert compare(both, Policy(())).answer == "fail"  # a plain `*` runs past the colon, so that both can hold
    never = allowed_when(policy, StringEquals={"aws:SourceArn": "arn:aws:sns:e:2:t"}, ArnLike=arn)
    assert compare(never, Policy(())) == Comparison("pass")


def test_a_letter_beside_all_that_are_written_and_the_empty_text(policy: Make) -> None:
    letters = tuple(Pattern((letter,)) for letter in "abc")
    found = find(((Pattern(pattern("?")),),), letters, Budget())
    assert found is not None and found[0] not in "abc"
    new = allowed_when(policy, StringLike={"aws:PrincipalTag/t": "*"})
    (grant,) = compare(new, allowed_when(policy, StringLike={"aws:PrincipalTag/t": "?*"})).grants
    assert grant.witness.context == {"aws:principaltag/t": ("",)}


def test_spellings_of_one_policy() -> None:
    def document(statement: Any) -> Policy:
        return read_policy({"Version": "2012-10-17", "Statement": statement})

    plain = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    listed = {"Effect": "Allow", "Action": ["S3:getobject"], "Resource": ["*"]}
    assert both_ways(document(plain), document([listed])) == ("pass", "pass")
    assert compare(document({**plain, "Action": []}), Policy(())) == Comparison("pass")
    yes = document({**plain, "Condition": {"Bool": {"aws:SecureTransport": True}}})
    also = document({**plain, "Condition": {"bool": {"AWS:securetransport": ["true"]}}})
    assert both_ways(yes, also) == ("pass", "pass")
    seven = document({**plain, "Condition": {"NumericEquals": {"s3:max-keys": 7}}})
    assert allows(seven, Request("s3:getobject", "*", context={"s3:max-keys": ("7.0",)})) is True


def test_a_variable_and_a_condition_on_its_key_are_one_value(policy: Make) -> None:
    home = policy(("Allow", GET, "arn:aws:s3:::home/${aws:username}/*"))
    bob = {"when": {"StringEquals": {"aws:username": "bob"}}}
    assert compare(policy(("Allow", GET, "arn:aws:s3:::home/bob/*", bob)), home).answer == "pass"
    assert compare(policy(("Allow", GET, "arn:aws:s3:::home/eve/*", bob)), home).answer == "fail"
    own = policy(("Allow", GET, "arn:aws:s3:::home/${aws:username}/*", bob))
    assert compare(own, policy(("Allow", GET, "arn:aws:s3:::home/bob/*"))).answer == "pass"
    fenced = policy(("Allow", GET, bob), ("Deny", GET, {"when": {"StringNotEquals": {"s3:x": "${aws:username}"}}}))
    assert compare(fenced, allowed_when(policy, StringEquals={"s3:x": "bob"})).answer == "pass"

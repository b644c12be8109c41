"""Comparing policies: the answers of `comparisons.json`, witnesses, unknowns, and requests that attack a pass."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.logic.actions import Catalogue
from iamlint.logic.compare import Comparison, compare, is_within
from iamlint.logic.evaluator import allows
from iamlint.logic.glob import Hole, Tokens
from iamlint.logic.permission import Asked, may
from iamlint.logic.policy import Policy, Statement, shown
from iamlint.logic.question import statements_of
from iamlint.logic.reading import pattern, read_policy
from iamlint.logic.request import Caller, Request

Make = Callable[..., Policy]
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "comparisons.json").read_text(encoding="utf-8"))
GET = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def written(side: dict[str, Any]) -> Policy:
    """The policy of one side of a case: the condition of an Allow of s3:GetObject on `*`, the elements of an Allow,
    statements, or a whole document."""
    if "when" in side:
        statements: Any = [{**GET, "Condition": side["when"]}]
    elif "allow" in side:
        statements = [{"Effect": "Allow", **side["allow"]}]
    elif "statements" in side:
        statements = side["statements"]
    else:
        return read_policy(side)
    return read_policy({"Version": "2012-10-17", "Statement": statements})


def is_shown(witness: Request, new: Policy, old: Policy) -> bool:
    return allows(new, witness) is True and allows(old, witness) is False


QUESTIONS = [(case["says"], case["new"], case["old"], case["answer"]) for case in CASES]
QUESTIONS += [(f"{c['says']}, turned around", c["old"], c["new"], c["back"]) for c in CASES if "back" in c]


@pytest.mark.parametrize("question", QUESTIONS, ids=[says for says, *_ in QUESTIONS])
@pytest.mark.parametrize("world", ["closed", "open"])
def test_answer(question: tuple[Any, ...], world: str, today: Catalogue) -> None:
    new, old, right = written(question[1]), written(question[2]), question[3]
    answer = compare(new, old, today if world == "closed" else None)
    assert answer.answer in right
    assert bool(answer.grants) is (answer.answer == "fail")
    assert all(is_shown(grant.witness, new, old) for grant in answer.grants)
    assert answer.answer != "unknown" or answer.doubts
    assert is_within(new, old, today if world == "closed" else None) is (answer.answer == "pass")


def test_the_grants_are_those_of_the_statements_that_give_something_new(policy: Make, today: Catalogue) -> None:
    new = policy(
        ("Allow", ["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]),
        ("Allow", "s3:ListBucket", "arn:aws:s3:::a"),
    )
    old = policy(("Allow", ["s3:GetObject", "s3:ListBucket"], "*"), ("Allow", "s3:PutObject", "arn:aws:s3:::a/*"))
    (grant,) = compare(new, old, today).grants
    assert grant.statement is new.statements[0]
    assert grant.actions == ("s3:putobject",)
    assert [shown(tokens) for tokens in grant.resources] == ["arn:aws:s3:::b/*"]
    assert grant.witness == Request("s3:putobject", "arn:aws:s3:::b/")


def test_today_and_every_string_are_different_worlds(policy: Make, today: Catalogue) -> None:
    new, old = policy(("Allow", "s3:Get*")), policy(("Allow", ["s3:GetObject", "s3:GetObjectAcl"]))
    assert compare(new, old, today).answer == "pass"
    assert compare(new, old).answer == "fail"


def test_a_statement_moved_to_another_policy_of_the_role_grants_nothing(policy: Make, today: Catalogue) -> None:
    first, second = policy(("Allow", "s3:GetObject")), policy(("Allow", "iam:GetUser"))
    together = Policy((*first.statements, *second.statements))
    turned = Policy((*second.statements, *first.statements))
    assert compare(together, turned, today) == Comparison("pass")


@pytest.mark.parametrize(
    ("new_limit", "old_limit", "answer"),
    [("s3:*", "s3:Get*", "fail"), ("s3:Get*", "s3:*", "pass"), (None, "s3:Get*", "fail"), ("s3:Get*", None, "pass")],
)
def test_a_boundary_limits(
    policy: Make, today: Catalogue, new_limit: str | None, old_limit: str | None, answer: str
) -> None:
    def bounded(limit: str | None) -> Policy:
        limits = () if limit is None else (policy(("Allow", limit)).statements,)
        return Policy(policy(("Allow", "s3:PutObject"), ("Allow", "s3:GetObject")).statements, limits)

    assert compare(bounded(new_limit), bounded(old_limit), today).answer == answer


def test_a_deny_of_a_boundary_denies(policy: Make, today: Catalogue) -> None:
    everything = ("Allow", "*")
    limit = policy(everything, ("Deny", "s3:*")).statements
    identity = policy(("Allow", "s3:GetObject")).statements
    assert compare(Policy(identity, (limit,)), policy(), today).answer == "pass"


def unresolved(*parts: str | Hole) -> Tokens:
    """A text of literal parts and unknown ones."""
    return tuple(token for part in parts for token in ([part] if isinstance(part, Hole) else part))


def on(*resources: Tokens, **more: Any) -> Policy:
    return Policy((Statement(True, (tuple("s3:getobject"),), resources, **more),))


def test_what_is_not_resolved_is_the_same_in_both(policy: Make) -> None:
    bucket = unresolved(Hole("aws_s3_bucket.b.arn"), "/*")
    assert compare(
        on(unresolved(Hole("aws_s3_bucket.b.arn"), "/x")), on(unresolved(Hole("aws_s3_bucket.b.arn"), "/x"))
    ) == Comparison("pass")
    answer = compare(on(bucket), on(unresolved(Hole("aws_s3_bucket.c.arn"), "/*")))
    assert answer.answer == "fail"
    assert set(answer.grants[0].witness.fillings) >= {"aws_s3_bucket.b.arn"}
    assert compare(on(bucket), policy(("Allow", "s3:GetObject"))).answer == "pass"


def test_a_statement_under_another_condition_of_the_template_is_new() -> None:
    name = tuple("arn:aws:s3:::b/x")
    assert compare(on(name), on(name, guards=(("IsProd", True),))).answer == "fail"
    assert compare(on(name, guards=(("IsProd", True),)), on(name)).answer == "pass"
    both = Policy((*on(name, guards=(("IsProd", True),)).statements, *on(name, guards=(("IsProd", False),)).statements))
    assert compare(on(name), both).answer == "pass"


def test_what_cannot_be_said_is_named(policy: Make) -> None:
    name = tuple("arn:aws:s3:::b/x")
    answer = compare(on(name, doubts=("Fn::Transform",)), Policy(()))
    assert (answer.answer, answer.doubts[0].construct) == ("unknown", "Fn::Transform")
    undocumented = policy(("Allow", "s3:GetObject", {"when": {"StringSortOf": {"aws:x": "a"}}}))
    answer = compare(undocumented, Policy(()))
    assert (answer.answer, answer.doubts[0].construct) == ("unknown", "condition stringsortof aws:x [a]")


@pytest.mark.parametrize(
    ("key", "value", "caller"),
    [
        ("aws:PrincipalArn", "arn:aws:iam::111111111111:role/r", "arn:aws:iam::111111111111:role/r"),
        ("aws:PrincipalAccount", "111111111111", "arn:aws:iam::111111111111:user/x"),
        ("aws:PrincipalIsAWSService", "true", "x.amazonaws.com"),
    ],
)
def test_the_context_of_a_witness_agrees_with_its_caller(policy: Make, key: str, value: str, caller: str) -> None:
    new = policy(("Allow", "s3:GetObject", {"to": "*", "when": {"StringEquals": {key: value}}}))
    (grant,) = compare(new, Policy(())).grants
    assert (str(grant.witness.caller), grant.witness.context[key.lower()]) == (caller, (value,))


def test_a_request_that_cannot_be_shows_nothing(policy: Make) -> None:
    condition = {"StringEquals": {"aws:PrincipalAccount": "111111111111"}}
    new = policy(("Allow", "s3:GetObject", {"to": "*", "when": condition}))
    answer = compare(new, policy(("Allow", "s3:GetObject", {"to": {"AWS": "111111111111"}})))
    assert (answer.answer, answer.doubts[0].construct) == ("unknown", "aws:principalaccount beside a Principal")


# Random policies over few texts, so that they meet; every operator family is among them.
RESOURCES = (
    "*",
    "arn:aws:s3:::b*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::?/a",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3",
)
VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "aws:PrincipalTag/t": {
        "StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCaseIfExists": ("a", "B", "b", "a*"),
        "StringLike StringNotLike StringLikeIfExists": ("a*", "*b", "?", "*", "${aws:username}"),
        "Null": ("true", "false"),
    },
    "aws:TagKeys": {
        "ForAnyValue:StringEquals ForAllValues:StringEquals ForAnyValue:StringNotEquals ForAllValues:StringNotLike": (
            "a", "b", "a*",
        ),
        "Null": ("true", "false"),
    },
    "s3:max-keys": {"NumericLessThan NumericGreaterThanEquals NumericNotEqualsIfExists": ("7", "8", "7.5")},
    "aws:CurrentTime": {"DateLessThan DateGreaterThanEquals DateNotEquals": ("2024-01-01", "2025-06-01T12:00:00Z")},
    "aws:SourceIp": {"IpAddress NotIpAddressIfExists": ("10.0.0.0/29", "10.0.0.0/31", "10.0.0.5", "::/0")},
    "aws:SecureTransport": {"Bool BoolIfExists": ("true", "false")},
    "aws:SourceArn": {"ArnLike ArnNotLike StringLike": ("arn:aws:s3:::b*", "arn:aws:s3:*:*:b", "arn:aws:*:::?")},
}  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for _ in range(draw(st.integers(0, 2))):
        key = draw(st.sampled_from(sorted(VALUES)))
        operators, values = draw(st.sampled_from(sorted(VALUES[key].items())))
        operator = draw(st.sampled_from(operators.split()))
        found.setdefault(operator, {})[key] = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2))
    return found


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    statements = []
    for _ in range(draw(st.integers(1, 3))):
        effect = draw(st.sampled_from(("Allow", "Allow", "Deny")))
        action = draw(st.sampled_from(("Action", "Action", "NotAction")))
        resource = draw(st.sampled_from(("Resource", "Resource", "NotResource")))
        statements.append(
            {
                "Effect": effect,
                action: draw(
                    st.sampled_from(
                        ("s3:Get*", "s3:GetObject", "*", ["s3:PutObject", "iam:*"], "*:Get?ser", ["*r:x*", "new:*"])
                    )
                ),
                resource: draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)),
                "Condition": draw(conditions()),
            }
        )
    return read_policy({"Version": "2012-10-17", "Statement": statements})


@settings(max_examples=120, deadline=None)
@given(policies(), policies(), st.integers(0, 2**32))
def test_no_request_contradicts_an_answer(new: Policy, old: Policy, seed: int) -> None:
    catalogue = Catalogue(("s3", "iam"), {"s3": ("getobject", "putobject"), "iam": ("getuser", "passrole")}.__getitem__)
    for world in (catalogue, None):
        resist(new, old, world, seed)


def resist(new: Policy, old: Policy, catalogue: Catalogue | None, seed: int) -> None:
    answer = compare(new, old, catalogue)
    assert all(is_shown(grant.witness, new, old) for grant in answer.grants)
    if answer.answer == "pass":
        for request in attacks((new, old), seed, 100, catalogue is not None):
            assert not is_shown(request, new, old), request
    if answer.answer == "unknown":  # only variables, and nothing else of what is drawn here, may keep from an answer
        assert all("variable" in doubt.construct for doubt in answer.doubts)


@settings(max_examples=60, deadline=None)
@given(policies(), policies())
def test_the_union_of_two_policies_allows_what_each_of_them_does_unless_denied(one: Policy, other: Policy) -> None:
    both = Policy((*one.statements, *other.statements))
    assert compare(one, one).answer == "pass"
    if not other.denies:
        assert compare(one, both).answer == "pass"
    if all(not statement.allow for statement in other.statements):
        assert compare(both, one).answer == "pass"


@settings(max_examples=60, deadline=None)
@given(policies(), st.sampled_from(("*", "s3:Get*", "iam:passrole")), st.sampled_from(RESOURCES[:4]))
def test_what_may_be_done_is_what_is_new_beside_all_the_rest(identity: Policy, actions: str, resources: str) -> None:
    rest = read_policy(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": actions, "Resource": resources},
            ],
        }
    )
    permission = may(identity, Asked((pattern(actions.lower()),), (pattern(resources),)))
    pairs = {("yes", "fail"), ("no", "pass"), ("unknown", "fail"), ("yes", "unknown"), ("unknown", "unknown")}
    assert (permission.answer, compare(identity, rest).answer) in pairs
    assert all(allows(identity, grant.witness) is True for grant in permission.grants)


def attacks(sides: Sequence[Policy], seed: int, number: int, closed: bool) -> Iterator[Request]:
    """Requests made of the constants that the policies compare with, and of values just beside them."""
    dice = random.Random(seed)
    statements = statements_of(sides)
    actions = ["s3:getobject", "s3:putobject", "iam:getuser", "iam:passrole", "ec2:runinstances"]
    if not closed:  # and such as no list has
        actions += ["s3:getx", "x:getuser", "x:getaser", "r:x", "ar:xy", "new:a", "new:getuser", "x:y"]
    resources = [a_text(tokens, dice) for s in statements for tokens in s.resources or ()]
    resources += ["arn:aws:s3:::b", "arn:aws:s3:::b/a", "arn:aws:s3:::c", "*"]
    values: dict[str, list[str]] = {}
    for condition in (condition for s in statements for condition in s.conditions):
        found = values.setdefault(condition.key, [])
        for value in condition.values:
            text = a_text(value, dice)
            found += [text, *beside(condition.key, text)]
    for _ in range(number):
        context: dict[str, tuple[str, ...]] = {"aws:username": (dice.choice(("a", "bob")),)}
        for key, texts in values.items():
            most = 2 if key == "aws:tagkeys" else 1
            chosen = tuple(dict.fromkeys(dice.choices(texts, k=dice.randint(0, most))))
            if chosen:
                context[key] = chosen
        resource = dice.choice(resources) + dice.choice(("", "", "a", "/", ":x"))
        yield Request(dice.choice(actions), resource, Caller("aws", "arn:aws:iam::111111111111:user/u"), context)


def a_text(tokens: Tokens, dice: random.Random) -> str:
    """A text that a pattern matches, whose variables are `a` or `bob`."""
    some = {"*": ("", "a", "zz", "a:b"), "?": ("a", "b"), "${aws:username}": ("a", "bob")}
    return "".join(dice.choice(some[str(t)]) if not isinstance(t, str) else t for t in tokens)


def beside(key: str, text: str) -> list[str]:
    """Values near one, of the kind that its key has."""
    if key == "s3:max-keys":
        return ["6", "7.25", "9"]
    if key == "aws:currenttime":
        return ["2023-12-31T23:59:59Z", "2024-05-05", "2030-01-01"]
    if key == "aws:sourceip":
        return [*(f"10.0.0.{last}" for last in range(10)), "2001:db8::1"]
    if key == "aws:securetransport":
        return ["true", "False"]
    return [text + "x", text[:-1], text.upper(), text.lower(), "arn:aws:s3:::bb", "a*"]

"""Public policies: who gets in without being named, and what counts as fixed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamlint.logic.evaluator import allows
from iamlint.logic.glob import Hole
from iamlint.logic.outsiders import Profile, Publicity, public
from iamlint.logic.policy import Condition, Policy, Principal, Statement

Make = Callable[..., Policy]
ORGANIZATION = "aws:PrincipalOrgID"
ROLE = "arn:aws:iam::111111111111:role/r"


def when(**operators: dict[str, Any]) -> dict[str, Any]:
    """The Condition of a statement for everyone; two underscores stand for a colon."""
    return {"to": "*", "when": {name.replace("__", ":"): block for name, block in operators.items()}}


@pytest.mark.parametrize(
    ("condition", "default", "s3"),
    [
        # Documented by S3 as fixed, and as not fixed.
        (when(StringEquals={ORGANIZATION: "o-abcdefghij"}), "private", "private"),
        (when(StringEquals={"aws:SourceVpc": "vpc-91237329"}), "private", "private"),
        (when(StringEquals={"aws:SourceVpce": ["vpce-1", "vpce-2"]}), "private", "private"),
        (when(StringLike={"aws:SourceVpc": "vpc-*"}), "public", "public"),
        (when(IpAddress={"aws:SourceIp": "203.0.113.0/24"}), "private", "private"),
        (when(IpAddress={"aws:SourceIp": "10.0.0.0/8"}), "private", "private"),
        (when(IpAddress={"aws:SourceIp": ["64.0.0.0/2", "203.0.113.0/24"]}), "public", "public"),
        (when(IpAddress={"aws:SourceIp": "0.0.0.0/0"}), "public", "public"),
        (when(IpAddress={"aws:SourceIp": "2001:db8::/32"}), "private", "private"),
        (when(IpAddress={"aws:SourceIp": "2000::/3"}), "public", "public"),
        (when(ArnEquals={"aws:SourceArn": "arn:aws:sns:us-east-1:111111111111:t"}), "private", "private"),
        (when(StringEquals={"s3:DataAccessPointAccount": "111111111111"}), "private", "private"),
        (
            when(ArnLike={"s3:DataAccessPointArn": "arn:aws:s3:us-east-1:111111111111:accesspoint/*"}),
            "private",
            "private",
        ),
        (when(ArnLike={"s3:DataAccessPointArn": "arn:aws:s3:us-east-1:*:accesspoint/*"}), "public", "public"),
        (when(StringEquals={"aws:SourceVpce": "${aws:username}"}), "public", "public"),
        (when(Bool={"aws:SecureTransport": "true"}), "public", "public"),
        (when(StringLike={"aws:Referer": "https://example.com/*"}), "public", "public"),
        # The profiles differ.
        (when(ArnLike={"aws:SourceArn": "arn:aws:sns:*:111111111111:*"}), "private", "public"),
        (when(ArnLike={"aws:SourceArn": "arn:aws:sns:*:*:t"}), "public", "public"),
        (when(ArnLike={"aws:SourceArn": "arn:aws:s3:*:*:one-bucket"}), "private", "public"),
        (when(ArnLike={"aws:SourceArn": "arn:aws:s3:::some-*"}), "public", "public"),
        (when(ArnLike={"aws:SourceArn": "arn:aws:sns:*:*:one-topic"}), "public", "public"),
        (when(ArnLike={"aws:SourceVpcArn": "arn:aws:ec2:*:111111111111:vpc/*"}), "private", "public"),
        (when(StringEquals={"aws:SourceOrgID": "o-abcdefghij"}), "private", "public"),
        (when(IpAddress={"aws:VpcSourceIp": "10.0.0.0/8"}), "private", "public"),
        (when(IpAddress={"aws:VpcSourceIp": "0.0.0.0/0"}), "public", "public"),
        (
            when(
                ArnEquals={
                    "elasticfilesystem:AccessPointArn": "arn:aws:elasticfilesystem:e:111111111111:access-point/p"
                }
            ),
            "private",
            "public",
        ),
        (when(StringEquals={"aws:PrincipalTag/team": "blue"}), "public", "public"),
        (when(ForAnyValue__StringLike={"aws:PrincipalOrgPaths": "o-abcdefghij/r-1/*"}), "private", "public"),
        (when(ForAnyValue__StringLike={"aws:PrincipalOrgPaths": "o-*"}), "public", "public"),
        (when(StringEquals={"kms:CallerAccount": "111111111111"}), "private", "public"),
        (when(StringLike={"aws:userid": "AROAEXAMPLEEXAMPLE12:*"}), "private", "public"),
        (when(StringEquals={"lambda:FunctionUrlAuthType": "AWS_IAM"}), "public", "public"),
        (when(StringEquals={"lambda:FunctionUrlAuthType": "NONE"}), "public", "public"),
        (when(Bool={"aws:PrincipalIsAWSService": "true"}), "private", "public"),
        # What looks at words only gets wrong.
        (when(StringEqualsIfExists={ORGANIZATION: "o-abcdefghij"}), "public", "public"),
        (when(ForAllValues__StringEquals={ORGANIZATION: "o-abcdefghij"}), "public", "public"),
        (when(StringNotEquals={"aws:SourceVpce": "vpce-1"}), "public", "public"),
        (when(NotIpAddress={"aws:SourceIp": "10.0.0.0/8"}), "public", "public"),
        (when(StringEquals={ORGANIZATION: "o-abcdefghij"}, Null={ORGANIZATION: "true"}), "private", "private"),
        (when(StringEqualsIfExists={ORGANIZATION: "o-abcdefghij"}, Null={ORGANIZATION: "false"}), "private", "private"),
    ],
)
def test_what_counts_as_fixed(policy: Make, condition: dict[str, Any], default: str, s3: str) -> None:
    bucket = policy(("Allow", "s3:GetObject", condition))
    assert (public(bucket).answer, public(bucket, "s3").answer) == (default, s3)


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", "public"),
        ({"AWS": "*"}, "public"),
        ({"AWS": ["111111111111", "*"]}, "public"),
        ({"AWS": "111111111111"}, "private"),
        ({"AWS": ROLE}, "private"),
        ({"Service": "sns.amazonaws.com"}, "private"),
        ({"Federated": "graph.facebook.com"}, "public"),
        ({"Federated": "arn:aws:iam::111111111111:saml-provider/p"}, "private"),
        ({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}, "private"),
    ],
)
def test_who_is_named(policy: Make, principal: Any, expected: str) -> None:
    assert public(policy(("Allow", "sts:AssumeRole", {"to": principal}))).answer == expected


def test_a_web_identity_provider_with_one_application(policy: Make) -> None:
    to = {"Federated": "cognito-identity.amazonaws.com"}
    one = {"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:12345678-dead-beef"}}
    assert public(policy(("Allow", "sts:AssumeRoleWithWebIdentity", {"to": to, "when": one}))).answer == "private"


def test_not_principal(policy: Make) -> None:
    assert public(policy(("Allow", "s3:GetObject", {"not_to": {"AWS": "111111111111"}}))).answer == "public"
    open_to_all = ("Allow", "s3:GetObject", {"to": "*"})
    fence = ("Deny", "s3:*", {"not_to": {"AWS": ["111111111111", ROLE]}})
    assert public(policy(open_to_all, fence)).answer == "private"


@pytest.mark.parametrize(
    ("fence", "expected"),
    [
        ({"StringNotEquals": {ORGANIZATION: "o-abcdefghij"}}, "private"),
        ({"StringNotEqualsIfExists": {ORGANIZATION: "o-abcdefghij"}}, "private"),
        ({"StringEquals": {ORGANIZATION: "o-abcdefghij"}}, "public"),
        ({"StringNotEquals": {ORGANIZATION: "o-abcdefghij"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}, "public"),
        (
            {"StringNotEquals": {ORGANIZATION: "o-abcdefghij"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
            "private",
        ),
        ({"Bool": {"aws:SecureTransport": "false"}}, "public"),
    ],
)
def test_a_deny_fences_off_outsiders(policy: Make, fence: dict[str, Any], expected: str) -> None:
    bucket = policy(("Allow", "s3:GetObject", {"to": "*"}), ("Deny", "s3:*", {"to": "*", "when": fence}))
    assert public(bucket).answer == expected


def test_two_statements_that_leave_nobody_out(policy: Make) -> None:
    inside = when(StringEquals={"aws:SourceVpce": "vpce-1"})
    outside = when(StringNotEquals={"aws:SourceVpce": "vpce-1"})
    answer = public(policy(("Allow", "s3:GetObject", inside), ("Allow", "s3:GetObject", outside)))
    assert answer.answer == "public"
    assert [grant.statement.name for grant in answer.grants] == ["statement 2"]


def test_the_witness_is_an_outsider(policy: Make) -> None:
    to = {"to": {"AWS": ["*", "111111111111"]}, "when": {"StringNotEquals": {ORGANIZATION: "o-abcdefghij"}}}
    bucket = policy(("Allow", "s3:GetObject", "arn:aws:s3:::b/*", to))
    (grant,) = public(bucket).grants
    assert allows(bucket, grant.witness) is True
    assert grant.witness.caller is not None
    assert "111111111111" not in grant.witness.caller.name
    assert grant.witness.context.get("aws:principalorgid") != ("o-abcdefghij",)


def test_an_unresolved_principal_is_somebody(policy: Make) -> None:
    role = Principal("aws", (Hole("aws_iam_role.r.arn"),))
    assert public(Policy((Statement(True, (("*",),), principals=(role,)),))).answer == "private"


@pytest.mark.parametrize("profile", ["default", "s3"])
def test_an_unresolved_value(profile: Profile) -> None:
    def guarded(key: str, operator: str) -> Policy:
        conditions = (Condition(operator, key, ((Hole("var.it"),),)),)
        return Policy((Statement(True, (tuple("s3:getobject"),), None, (Principal("anyone"),), conditions),))

    assert public(guarded("aws:sourcevpce", "stringequals"), profile).answer == "private"
    answer = public(guarded("aws:sourceip", "ipaddress"), profile)
    assert (answer.answer, answer.doubts[0].construct[:28]) == ("unknown", "condition ipaddress aws:sour")


def test_nothing_allowed_is_private(policy: Make) -> None:
    assert public(policy(("Deny", "s3:*", {"to": "*"}))) == Publicity("private")

"""What is wrong with conditions: operators, keys, values, and keys that the actions lack, read from policy text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamlint.aws import global_keys, regions
from iamlint.aws.edition import data_date
from iamlint.model.flaw import Flaw
from iamlint.model.policy import Policy
from iamlint.model.validation import condition_keys, condition_operators, condition_support, condition_values
from iamlint.parsers import raw_policy
from iamlint.parsers.cloudformation import template
from iamlint.source.json_reader import read_json
from iamlint.source.read import read_text
from iamlint.source.span import SourceText

CHECKS = (condition_operators.check, condition_keys.check, condition_support.check, condition_values.check)
BUCKET = {"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b"}
GITHUB = "token.actions.githubusercontent.com"


def flaws(condition: object, effect: str = "Allow", **elements: Any) -> list[Flaw]:
    statement = {"Effect": effect, "Action": "s3:GetObject", "Resource": "*", **elements, "Condition": condition}
    statement = {name: value for name, value in statement.items() if value is not None}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    (policy,) = raw_policy.stack(read_json(SourceText("p.json", text))).policies
    return told(policy)


def told(policy: Policy) -> list[Flaw]:
    """What these checks say; the grammar sees the operators that are none."""
    grammar = [flaw for flaw in policy.grammar if flaw.code == "invalid-condition-operator"]
    return [*grammar, *(flaw for check in CHECKS for flaw in check(policy))]


def codes(condition: object, effect: str = "Allow", **elements: Any) -> list[str]:
    return [flaw.code for flaw in flaws(condition, effect, **elements)]


def test_a_flaw_points_at_the_operator_the_key_or_the_value() -> None:
    (operator,) = flaws({"StringEqual": {"aws:username": "x"}})
    (key,) = flaws({"StringEquals": {"aws:usrname": "x"}})
    (value,) = flaws({"StringEquals": {"aws:username": ["x", "y*"]}})
    assert [flaw.place.written for flaw in (operator, key, value)] == ['"StringEqual"', '"aws:usrname"', '"y*"']
    assert value.path == "Condition/StringEquals/aws:username"
    assert value.statement is not None


@pytest.mark.parametrize(
    ("operator", "code"),
    [
        ("StringEqual", "invalid-condition-operator"),
        ("ForSomeValue:StringEquals", "invalid-condition-operator"),
        ("StringEqualsIfExist", "invalid-condition-operator"),
        ("NullIfExists", "null-with-if-exists"),
        ("ForAllValues:Null", "null-with-qualifier"),
        ("foranyvalue:stringlikeifexists", ""),
        ("ARNNOTLIKE", ""),
        ("Null", ""),
    ],
)
def test_operators(operator: str, code: str) -> None:
    found = condition_operators.operator_flaw(operator)
    assert (found[0] if found else "") == code


def test_an_operator_is_told_once_and_its_hint_keeps_the_suffix() -> None:
    (flaw,) = flaws({"StringEqualIfExists": {"aws:username": "x", "aws:userid": "y"}})
    assert flaw.message.endswith("did you mean `StringEqualsIfExists`?")


def test_a_key_where_an_operator_belongs() -> None:
    (flaw,) = flaws({"servicecatalog:accountLevel": "self"}, Action="servicecatalog:ListPortfolios")
    assert flaw.code == "invalid-condition-operator"
    assert "is a condition key" in flaw.message


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:CalledVia": "x.amazonaws.com"}}, ["missing-qualifier"]),
        ({"ForAnyValue:StringEquals": {"aws:CalledVia": "x.amazonaws.com"}}, []),
        ({"Null": {"aws:CalledVia": "true"}}, []),
        ({"ForAllValues:StringEquals": {"aws:username": "x"}}, ["forallvalues-with-single-valued-key"]),
        ({"ForAnyValue:StringEquals": {"aws:username": "x"}}, []),
        ({"StringEquals": {"aws:SecureTransport": "true"}}, ["type-mismatch"]),
        ({"Bool": {"aws:username": "true"}}, ["type-mismatch"]),
        ({"NumericLessThan": {"aws:EpochTime": "1700000000"}}, []),
        ({"DateLessThan": {"aws:EpochTime": "1700000000"}}, []),
        ({"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/x"}}, []),
        (
            {"StringNotLikeIfExists": {"aws:SourceArn": "arn:aws:sns:*"}},
            ["string-like-operator-with-arn-condition-keys"],
        ),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, []),
        ({"StringLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t"}}, []),
        ({"StringLike": {"aws:PrincipalArn": "${aws:PrincipalTag/role}"}}, []),
        ({"ArnLike": {"aws:PrincipalTag/team": "data"}}, ["type-mismatch"]),
        ({"ArnLike": {"aws:PrincipalTag/role": "arn:aws:iam::*:role/x"}}, []),
        ({"StringLike": {"aws:FederatedProvider": "arn:aws:iam::*:x"}}, []),
        ({"Bool": {"aws:SecureTransport": ["true", "false"]}}, ["invalid-condition-multiple-boolean"]),
        ({"StringEquals": {"aws:username": "a?"}}, ["wildcard-without-like-operator"]),
        ({"StringLike": {"aws:username": "a?"}}, []),
        ({"StringEquals": {"aws:username": "a${*}b"}}, []),
        ({"StringEquals": {"aws:username": "${aws:PrincipalTag/x, '*'}"}}, []),
        ({"ForAnyValue:StringEquals": {f"{GITHUB}:aud": "x"}}, ["foranyvalue-with-audience-claim-type"]),
        ({"ForAllValues:StringEquals": {f"{GITHUB}:aud": "x"}}, ["forallvalues-with-single-valued-key"]),
        ({"ForAnyValue:StringEquals": {"id.example.com:aud": "x"}}, ["confirm-audience-claim-type"]),
        ({"StringEquals": {f"{GITHUB}:aud": "x"}}, []),
    ],
)
def test_operators_and_their_keys(condition: object, expected: list[str]) -> None:
    assert codes(condition) == expected


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("SourceIp", "invalid-condition-key-format"),
        (":x", "invalid-condition-key-format"),
        ("aws:PrincipalOrgMasterAccountId", "invalid-global-condition-key"),
        ("aws:ARN", "unsupported-global-condition-key"),
        ("AWS:SourceOwner", "deprecated-global-condition-key"),
        ("s3:prefixes", "invalid-service-condition-key"),
        ("nosuch:key", "invalid-service"),
        ("aws:ResourceTag", "missing-tag-key-in-condition"),
        ("aws:RequestTag/", "missing-tag-key-in-condition"),
        ("iam:ResourceTag", "missing-tag-key-in-condition"),
        ("catalog:ChangeType", ""),
        ("oidc.eks.eu-west-1.amazonaws.com/id/AB12:sub", ""),
        ("graph.facebook.com:app_id", ""),
        ("SAML:aud", ""),
        ("kms:EncryptionContext:aws:logs:arn", ""),
        ("aws:PrincipalTag/a:b/c", ""),
    ],
)
def test_keys(key: str, code: str) -> None:
    found = condition_keys.key_flaw(key)
    assert (found[0] if found else "") == code


@pytest.mark.parametrize(
    ("key", "date"),
    [
        ("aws:PrincipalOrgMasterAccountId", global_keys.AS_OF),
        ("s3:prefixes", data_date()),
        ("nosuch:key", data_date()),
    ],
)
def test_what_is_called_unknown_is_unknown_as_of_a_day(key: str, date: str) -> None:
    found = condition_keys.key_flaw(key)
    assert found is not None
    assert f"(as of {date})" in found[1]


def test_a_region_is_unknown_as_of_a_month() -> None:
    (flaw,) = flaws({"StringEquals": {"aws:RequestedRegion": "eu-west-9"}})
    assert f"(as of {regions.AS_OF})" in flaw.message


@pytest.mark.parametrize(
    ("condition", "effect", "elements", "expected"),
    [
        ({"StringLike": {"aws:UserAgent": "x"}}, "Allow", {}, ["untrustworthy-condition-key"]),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, "Allow", {}, ["missing-paired-condition-keys"]),
        (
            {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpc": "vpc-12345678"}},
            "Allow",
            {},
            [],
        ),
        ({"StringLike": {"s3:prefix": "a/*"}}, "Deny", BUCKET, ["s3-prefix-in-negative-context"]),
        ({"StringNotLike": {"s3:prefix": "a/*"}}, "Allow", BUCKET, ["s3-prefix-in-negative-context"]),
        ({"StringNotLike": {"s3:prefix": "a/*"}}, "Deny", BUCKET, []),
        ({"StringLike": {"s3:prefix": "a/*"}}, "Allow", BUCKET, []),
        ({"StringEquals": {"s3:prefix": ""}}, "Deny", BUCKET, []),
        (
            {"StringEquals": {"aws:VpceOrgID": "o-1"}},
            "Allow",
            {"Action": "*"},
            ["use-condition-key-only-with-supported-services"],
        ),
        ({"StringEquals": {"aws:VpceOrgID": "o-1"}}, "Allow", {"Action": ["s3:*", "kms:*"]}, []),
        (
            {"ForAllValues:StringEquals": {"dynamodb:Attributes": "id"}},
            "Allow",
            {"Action": "dynamodb:*"},
            ["dynamodb-attributes-without-select"],
        ),
        ({"ForAllValues:StringEquals": {"dynamodb:Attributes": "id"}}, "Allow", {"Action": "dynamodb:PutItem"}, []),
    ],
)
def test_keys_where_they_stand(condition: object, effect: str, elements: dict[str, Any], expected: list[str]) -> None:
    assert codes(condition, effect, **elements) == expected


TAGGED = {"StringEquals": {"aws:ResourceTag/team": "x"}}


@pytest.mark.parametrize(
    ("condition", "effect", "elements", "expected"),
    [
        ({"StringLike": {"s3:prefix": "hq/"}}, "Deny", {}, ["s3-prefix-in-negative-context", "condition-never-true"]),
        (
            {"StringEquals": {"aws:RequestTag/owner": "a"}},
            "Allow",
            {"Action": "iam:SetDefaultPolicyVersion"},
            ["condition-never-true"],
        ),
        ({"StringEquals": {"iam:ResourceTag/team/owner": "a"}}, "Allow", {"Action": "iam:TagRole"}, []),
        (
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            "Allow",
            {"Action": ["iam:PassRole", "ecs:RunTask"]},
            ["unsupported-action-for-condition-key"],
        ),
        ({"StringEqualsIfExists": {"iam:PassedToService": "x.amazonaws.com"}}, "Allow", {"Action": "ecs:RunTask"}, []),
        # Without the key a negated operator holds, unless one of the values must differ.
        (
            {"StringNotEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            "Allow",
            {"Action": ["iam:PassRole", "ecs:RunTask"]},
            [],
        ),
        (
            {"ArnNotLike": {"iam:AssociatedResourceArn": "arn:aws:ec2:*"}},
            "Deny",
            {"Action": ["iam:PassRole", "ecs:RunTask"]},
            [],
        ),
        (
            {"ForAnyValue:StringNotEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            "Allow",
            {"Action": ["iam:PassRole", "ecs:RunTask"]},
            ["unsupported-action-for-condition-key"],
        ),
        # A service that has no such key at all lacks it whatever the wildcard takes in.
        (
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            "Allow",
            {"Action": ["iam:PassRole", "ecs:*"]},
            ["unsupported-action-for-condition-key"],
        ),
        (
            {"StringEquals": {"iam:ResourceTag/t": "x"}},
            "Allow",
            {"Action": ["ec2:*", "s3:Get*"]},
            ["condition-never-true"],
        ),
        ({"StringEquals": {"ecs:cluster": "x"}}, "Allow", {"Action": ["ecs:*", "*"]}, []),
        ({"StringEquals": {"aws:RequestTag/t": "x"}}, "Allow", {"Action": "s3:*"}, []),
        ({"StringEquals": {"kms:ViaService": "x"}}, "Allow", {"Action": ["kms:*", "no-such:*"]}, []),
        ({"Null": {"s3:prefix": "true"}}, "Deny", {}, []),
        ({"StringLike": {"s3:prefix": "a/*"}}, "Allow", {"Action": ["s3:Get*", "s3:ListBucket"]}, []),
        ({"StringLike": {"s3:prefix": "a/*"}}, "Allow", {"Action": "s3:NoSuchAction"}, []),
        (TAGGED, "Deny", {"Action": "dynamodb:ListTables"}, ["deny-with-unsupported-tag-condition-key-for-service"]),
        (TAGGED, "Allow", {"Action": "dynamodb:ListTables"}, ["allow-with-unsupported-tag-condition-key-for-service"]),
        (TAGGED, "Allow", {"Action": "dynamodb:GetItem"}, []),
        (
            TAGGED,
            "Deny",
            {"Action": None, "NotAction": "iam:*"},
            ["deny-notaction-with-unsupported-tag-condition-key-for-service"],
        ),
        (
            TAGGED,
            "Allow",
            {"Action": None, "NotAction": "iam:*"},
            ["allow-notaction-with-unsupported-tag-condition-key-for-service"],
        ),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "Allow", {"Action": None, "NotAction": "iam:*"}, []),
        (
            {"StringEquals": {"sts:ExternalId": "x"}},
            "Allow",
            {"Action": ["sts:AssumeRole", "sts:TagSession"]},
            [],
        ),
    ],
)
def test_keys_that_the_named_actions_lack(
    condition: object, effect: str, elements: dict[str, Any], expected: list[str]
) -> None:
    assert codes(condition, effect, **elements) == expected


def test_what_a_missing_key_means_for_a_negated_operator_is_said_of_the_condition() -> None:
    (flaw,) = flaws({"StringNotEquals": {"aws:ResourceTag/team": "x"}}, Action="dynamodb:ListTables")
    assert flaw.message.endswith("do not carry `aws:ResourceTag/team`: the condition always holds for them")
    (flaw,) = flaws({"StringNotEquals": {"aws:ResourceTag/team": "x"}}, "Deny", Action="dynamodb:ListTables")
    assert flaw.message.endswith("do not carry `aws:ResourceTag/team`: the condition always holds for them")


def test_a_negated_operator_beside_one_that_asks_for_the_same_key_says_nothing_more() -> None:
    both = {
        "StringEquals": {"aws:ResourceTag/team": "${aws:username}"},
        "StringNotEquals": {"aws:ResourceTag/TEAM": ""},
    }
    (flaw,) = flaws(both, Action="dynamodb:ListTables")
    assert flaw.path == "Condition/StringEquals/aws:ResourceTag/team"
    assert flaw.message.endswith("they are never allowed by this statement")


@pytest.mark.parametrize(
    ("operator", "better"),
    [
        ("StringLike", "ArnLike"),
        ("StringNotLike", "ArnNotLike"),
        ("StringLikeIfExists", "ArnLikeIfExists"),
        ("ForAnyValue:StringLike", "ForAnyValue:ArnLike"),
    ],
)
def test_the_operator_that_fits_an_arn_keeps_qualifier_and_suffix(operator: str, better: str) -> None:
    (flaw,) = flaws({operator: {"aws:SourceArn": "arn:aws:sns:*"}})
    assert flaw.message.endswith(f"use `{better}` for `aws:SourceArn`")


@pytest.mark.parametrize(
    ("family", "value", "code"),
    [
        ("bool", "TRUE", ""),
        ("bool", "yes", "type-mismatch-boolean"),
        ("null", "0", "type-mismatch-boolean"),
        ("numeric", "-1.5", ""),
        ("numeric", "1h", "type-mismatch-number"),
        ("numeric", "nan", "type-mismatch-number"),
        ("date", "2026", ""),
        ("date", "2026-02-28T23:59:59.5+01:00", ""),
        ("date", "2026-02-30", "type-mismatch-date"),
        ("date", "tomorrow", "type-mismatch-date"),
        ("date", "1700000000", "invalid-date-value"),
        ("binary", "QmluYXJ5", ""),
        ("binary", "***", "type-mismatch-string"),
    ],
)
def test_values_of_a_type(family: str, value: str, code: str) -> None:
    found = condition_values.type_flaw(family, value)
    assert (found[0] if found else "") == code


def source_ip(*values: str, operator: str = "IpAddress") -> list[str]:
    return codes({operator: {"aws:SourceIp": list(values)}})


def test_addresses() -> None:
    assert source_ip("203.0.113.0/24", "2001:DB8::/32", "198.51.100.7") == []
    assert source_ip("office") == ["type-mismatch-ip-range"]
    assert source_ip("203.0.113.0/255.255.255.0") == ["type-mismatch-ip-range"]
    assert source_ip("203.0.113.5/24") == ["improve-ip-range"]
    assert source_ip("10.0.0.0/8", "fd00::/8") == ["private-ip-address"]
    assert source_ip("10.0.0.0/8", "203.0.113.0/24") == ["private-ip-address-subset"]
    assert source_ip("10.0.0.0/8", operator="NotIpAddress") == ["private-not-ip-address"]
    assert source_ip("10.0.0.0/8", "0.0.0.0/0", operator="NotIpAddress") == ["private-not-ip-address-subset"]
    assert source_ip("<my-corporate-cidr>") == []


@pytest.mark.parametrize(
    ("condition", "effect", "expected"),
    [
        ({"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west-9"]}}, "Allow", ["invalid-region"]),
        ({"StringLike": {"aws:RequestedRegion": ["eu-*", "moon-*"]}}, "Allow", ["invalid-region"]),
        ({"StringEquals": {"aws:RequestedRegion": "${aws:PrincipalTag/region}"}}, "Allow", []),
        ({"StringEquals": {"aws:SourceVpc": "vpc-123"}}, "Allow", ["invalid-vpc-format"]),
        ({"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d4e5f67890"}}, "Allow", []),
        ({"StringEquals": {"aws:SourceVpce": "vpc-12345678"}}, "Allow", ["invalid-vpce-format"]),
        ({"StringLike": {"aws:PrincipalOrgID": "o-1*"}}, "Allow", ["wildcard-usage-too-permissive"]),
        ({"StringLike": {"aws:PrincipalOrgID": "*"}}, "Allow", ["wildcard-usage-too-permissive"]),
        ({"StringLike": {"aws:PrincipalOrgID": "o-1*"}}, "Deny", []),
        ({"StringNotLike": {"aws:PrincipalOrgID": "o-1*"}}, "Deny", ["wildcard-usage-too-permissive"]),
        ({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}, "Allow", []),
        (
            {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalTag/a}"}},
            "Allow",
            ["variable-usage-too-permissive"],
        ),
        ({"StringLike": {"aws:PrincipalTag/x": "*"}}, "Allow", ["equivalent-to-null-false"]),
        ({"StringLike": {"aws:PrincipalTag/x": "*"}}, "Deny", []),
        ({"StringLike": {"aws:PrincipalTag/x": ["*", "a"]}}, "Allow", []),
        ({"ForAnyValue:StringLike": {"aws:CalledVia": "*"}}, "Allow", []),
        ({"StringNotLike": {"aws:PrincipalTag/x": "*"}}, "Deny", ["equivalent-to-null-true"]),
        (
            {"StringLikeIfExists": {"aws:PrincipalTag/x": "*"}},
            "Allow",
            ["redundant-key-due-to-wildcard-in-condition"],
        ),
        (
            {"StringNotLike": {"aws:RequestedRegion": "*"}},
            "Deny",
            ["redundant-statement-due-to-wildcard-in-condition"],
        ),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": ["900", "3600"]}}, "Allow", ["redundant-condition-value-num"]),
        ({"NumericEquals": {"aws:MultiFactorAuthAge": ["900", "3600"]}}, "Allow", []),
    ],
)
def test_values(condition: object, effect: str, expected: list[str]) -> None:
    assert codes(condition, effect) == expected


@pytest.mark.parametrize(
    ("value", "is_wrong"),
    [
        ("alias/data", True),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", True),
        ("arn:aws:kms:eu-west-1:111122223333:alias/data", True),
        ("arn:aws:kms:eu-west-1:111122223333:key/1234abcd", False),
        ("arn:aws:kms:*:111122223333:key/*", False),
        ("arn:aws:kms:eu-west-1:*", False),
        ("*", False),
        ("${aws:PrincipalTag/key}", False),
    ],
)
def test_kms_keys(value: str, is_wrong: bool) -> None:
    key = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    found = codes({"ArnNotLike": {key: value}}, "Deny", Action="s3:PutObject")
    assert found == (["invalid-kms-key-value"] if is_wrong else [])


TEMPLATE = """
Parameters:
  Value: {Type: String}
Resources:
  App:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
        - Effect: Allow
          Action: [s3:GetObject, !Ref Value]
          Resource: "*"
          Condition:
            IpAddress:
              aws:SourceIp: [!Ref Value, 10.0.0.0/8]
            StringEquals:
              aws:SourceVpc: !Ref Value
              aws:RequestedRegion: !Sub "${Value}-west-9"
            Bool:
              aws:SecureTransport: !Ref Value
            DateLessThan:
              aws:CurrentTime: !Sub "${Value}T00:00:00Z"
            NumericLessThan:
              aws:MultiFactorAuthAge: [!Ref Value, 5]
            StringLike:
              aws:PrincipalOrgID: !Ref Value
"""


def test_what_is_unknown_trips_nothing_but_a_private_range_is_useless_beside_whatever() -> None:
    document = read_text("t.yaml", TEMPLATE)
    assert document is not None
    (policy,) = template.stack(document).policies
    assert [flaw.code for flaw in told(policy)] == ["private-ip-address-subset"]

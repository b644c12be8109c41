"""What reads every secret, decrypts with every key, hands roles to any service, or sets the tags that it relies on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ACCOUNT = "111122223333"
KEYS = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/*"
RULES = "decrypt-any-key,read-any-secret,wildcard-resource,credentials-exposure"


def allow(action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    written = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**written, "Condition": condition} if condition else written


def deny(action: Any, resource: Any = "*", element: str = "Resource") -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, element: resource}


@pytest.fixture
def found(iamlint: Callable[..., Any], tmp_path: Path) -> Callable[..., list[tuple[str, str]]]:
    def run(rules: str, *statements: dict[str, Any]) -> list[tuple[str, str]]:
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        (tmp_path / "p.json").write_text(text, encoding="utf-8")
        ran = iamlint("check", "--no-cache", "--format", "json", "--select", rules, "p.json", folder=tmp_path)
        return [(one["rule"], one["severity"]) for one in ran.findings]

    return run


DECRYPTS, READS = ("decrypt-any-key", "high"), ("read-any-secret", "high")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow("kms:Decrypt")], [DECRYPTS]),
        ([allow(["kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"])], [DECRYPTS]),
        ([allow("kms:Decrypt", "arn:aws:kms:*:*:key/*")], [DECRYPTS]),
        ([allow("kms:Decrypt", KEYS)], [("decrypt-any-key", "medium")]),
        ([allow("kms:Decrypt", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/12ab*")], []),
        ([allow("kms:Decrypt", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/*")], []),
        ([allow("kms:Decrypt", "*", StringEquals={"kms:ViaService": "s3.eu-west-1.amazonaws.com"})], []),
        ([allow("kms:Decrypt"), deny("kms:*")], []),
        ([allow("kms:Decrypt"), deny("kms:Decrypt", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1", "NotResource")], []),
        ([allow("kms:GenerateDataKey")], [("wildcard-resource", "medium")]),
        ([allow(["kms:Decrypt", "s3:GetObject"])], [DECRYPTS, ("wildcard-resource", "medium")]),
        ([allow("secretsmanager:GetSecretValue")], [READS]),
        ([allow(["ssm:Get*", "ssm:SendCommand"])], [READS, ("wildcard-resource", "medium")]),
        ([allow("ssm:GetParameter", f"arn:aws:ssm:*:{ACCOUNT}:parameter/report/*")], []),
        ([allow("secretsmanager:BatchGetSecretValue")], []),
        ([allow("secretsmanager:DeleteSecret")], [("wildcard-resource", "medium")]),
    ],
)
def test_reading_what_is_secret(found: Any, statements: list[Any], expected: list[Any]) -> None:
    assert sorted(found(RULES, *statements)) == sorted(expected)


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


@pytest.mark.parametrize(
    ("statement", "flagged"),
    [
        (allow("iam:PassRole", role("report-*")), True),
        (allow("iam:PassRole", role("report")), True),
        (allow("iam:PassRole", role("report-lambda")), False),
        (allow("iam:PassRole", role("report"), StringLike={"iam:PassedToService": "glue.amazonaws.com"}), False),
        (allow("iam:PassRole", role("*")), False),
        (allow("iam:PassRole", "*"), False),
        (allow("iam:GetRole", role("report")), False),
        (deny("iam:PassRole", role("report")), False),
    ],
)
def test_handing_a_role_to_any_service(found: Any, statement: Any, flagged: bool) -> None:
    assert bool(found("pass-role-any-service", statement)) is flagged


@pytest.mark.parametrize(("services", "flagged"), [(["lambda", "edgelambda"], False), (["lambda", "ec2"], True)])
def test_whom_a_declared_role_trusts(
    iamlint: Callable[..., Any], tmp_path: Path, services: list[str], flagged: bool
) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": [f"{one}.amazonaws.com" for one in services]}}
    declared = {"AssumeRolePolicyDocument": {"Statement": [{**trust, "Action": "sts:AssumeRole"}]}}
    document = {"Version": "2012-10-17", "Statement": [allow("iam:PassRole", {"Fn::GetAtt": ["Report", "Arn"]})]}
    resources = {
        "Report": {"Type": "AWS::IAM::Role", "Properties": declared},
        "Deploy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}},
    }
    (tmp_path / "t.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    ran = iamlint(
        "check", "--no-cache", "--format", "json", "--select", "pass-role-any-service", "t.json", folder=tmp_path
    )
    assert bool(ran.findings) is flagged


INSTANCES = f"arn:aws:ec2:*:{ACCOUNT}:instance/*"
OWN = allow("ec2:StopInstances", INSTANCES, StringEquals={"aws:ResourceTag/team": "report"})


@pytest.mark.parametrize(
    ("statements", "flagged"),
    [
        ([OWN, allow("ec2:CreateTags")], True),
        ([OWN, allow("ec2:Create*", INSTANCES)], True),
        ([allow("ec2:CreateTags")], False),
        ([OWN, allow("ec2:DeleteTags")], False),
        ([OWN, allow("s3:PutBucketTagging")], False),
        ([OWN, allow("ec2:CreateTags", f"arn:aws:ec2:*:{ACCOUNT}:volume/*")], False),
        ([OWN, allow("ec2:CreateTags", INSTANCES, StringEquals={"ec2:CreateAction": "RunInstances"})], False),
        ([OWN, allow("ec2:CreateTags", INSTANCES, StringEquals={"ec2:ResourceTag/team": "report"})], False),
        ([OWN, allow("ec2:CreateTags", INSTANCES, StringEquals={"aws:RequestTag/team": "other"})], False),
        (
            [OWN, allow("ec2:CreateTags", INSTANCES, **{"ForAllValues:StringEquals": {"aws:TagKeys": ["Name"]}})],
            False,
        ),
        ([OWN, allow("ec2:CreateTags", INSTANCES), deny("ec2:CreateTags")], False),
        (
            [allow("ec2:StopInstances", INSTANCES, StringLike={"aws:ResourceTag/team": "*"}), allow("ec2:CreateTags")],
            False,
        ),
        ([allow("s3:GetObject", "*", StringEquals={"aws:PrincipalTag/team": "a"}), allow("iam:TagRole")], True),
        (
            [allow("s3:GetObject", "*", StringEquals={"aws:PrincipalTag/team": "a"}), allow("iam:TagRole", role("x"))],
            False,
        ),
    ],
)
def test_setting_the_tags_that_conditions_rely_on(found: Any, statements: list[Any], flagged: bool) -> None:
    assert bool(found("tagging-defeats-abac", *statements)) is flagged


LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]


@pytest.mark.parametrize(
    ("statements", "flagged"),
    [
        ([allow(LOGS)], True),
        ([allow(LOGS[:2]), allow("Logs:putlogevents", "*")], True),
        ([allow(LOGS[:2])], False),
        ([allow(LOGS, "arn:aws:logs:*:*:log-group:report")], False),
        ([allow(LOGS), deny("logs:PutLogEvents")], False),
        ([allow("*")], False),
        ([deny("*")], False),
    ],
)
def test_writing_a_managed_policy_again(found: Any, statements: list[Any], flagged: bool) -> None:
    assert bool(found("rewritten-managed-policy", *statements)) is flagged


@pytest.mark.parametrize(
    ("statements", "flagged"),
    [
        ([allow("s3:GetObject"), deny("ec2:*")], True),
        ([allow("s3:GetObject", "arn:aws:s3:::a/*"), deny("s3:*", "arn:aws:s3:::b/*")], True),
        ([allow("s3:GetObject"), deny("s3:*", "arn:aws:s3:::b/*")], False),
        ([deny("s3:*")], False),
        (
            [allow("s3:GetObject"), {**deny("ec2:*"), "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}],
            False,
        ),
    ],
)
def test_denies_that_never_bite(
    iamlint: Callable[..., Any], tmp_path: Path, statements: list[Any], flagged: bool
) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": statements}
    for unknown in ([], ["arn:aws:iam::111122223333:policy/other"]):
        properties = {
            "AssumeRolePolicyDocument": {"Statement": [trust]},
            "Policies": [{"PolicyName": "own", "PolicyDocument": document}],
            "ManagedPolicyArns": unknown,
        }
        template = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}}
        (tmp_path / "t.json").write_text(json.dumps(template), encoding="utf-8")
        ran = iamlint("check", "--no-cache", "--format", "json", "--select", "idle-deny", "t.json", folder=tmp_path)
        assert bool(ran.findings) is (flagged and not unknown)


@pytest.mark.parametrize(
    ("principal", "resource", "flagged"),
    [
        ({"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}, "arn:aws:s3:::example-data/*", False),
        ("*", "arn:aws:s3:::example-data/*", False),
        ({"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}, "arn:aws:s3:::example-other/*", True),
        ({"AWS": "arn:aws:iam::111122223333:role/other"}, "arn:aws:s3:::example-data/*", True),
        ({"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}, "arn:aws:s3:::example-data/*", True),
    ],
)
def test_a_deny_of_what_a_resource_policy_gives(
    iamlint: Callable[..., Any], tmp_path: Path, principal: Any, resource: str, flagged: bool
) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    own = [allow("sqs:SendMessage"), deny("s3:GetObject", "arn:aws:s3:::example-data/private/*")]
    properties = {
        "AssumeRolePolicyDocument": {"Statement": [trust]},
        "Policies": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": own}}],
    }
    gives = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": resource}
    bucket = {"Bucket": "example-data", "PolicyDocument": {"Version": "2012-10-17", "Statement": [gives]}}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": properties},
        "Bucket": {"Type": "AWS::S3::BucketPolicy", "Properties": bucket},
    }
    (tmp_path / "t.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    ran = iamlint("check", "--no-cache", "--format", "json", "--select", "idle-deny", "t.json", folder=tmp_path)
    assert bool(ran.findings) is flagged

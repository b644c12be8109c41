"""Statements that do nothing beside the others of their policy, and conditions that contradict each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.parsers.stacks import Inputs, Reading, stacks

Statement = dict[str, Any]
CODES = ("redundant-statement", "always-denied-allow", "defeated-condition", "condition-never-true")
BUCKET = "arn:aws:s3:::data/*"


def allow(action: str | list[str], resource: str | list[str] = BUCKET, **condition: Any) -> Statement:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def deny(action: str | list[str], resource: str | list[str] = BUCKET, **condition: Any) -> Statement:
    return {**allow(action, resource, **condition), "Effect": "Deny"}


def told(folder: Path, *statements: Statement) -> list[tuple[str, int | None]]:
    """The codes of the flaws, each with its statement."""
    path = folder / "policy.json"
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(path),))))
    flaws = [flaw for policy in stack.policies for flaw in policy.flaws if flaw.code in CODES]
    return [(flaw.code, flaw.statement.index if flaw.statement is not None else None) for flaw in flaws]


@pytest.mark.parametrize(
    ("statements", "flaws"),
    [
        pytest.param([allow("s3:GetObject"), allow("s3:Get*")], [("redundant-statement", 0)], id="a pattern"),
        pytest.param(
            [allow("s3:GetObject", [f"{BUCKET}a", f"{BUCKET}b"]), allow("s3:*", "*")],
            [("redundant-statement", 0)],
            id="several resources",
        ),
        pytest.param(
            [allow("s3:GetObject", ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]), allow("s3:Get*", "arn:aws:s3:::a/*"),
             allow("s3:Get*", "arn:aws:s3:::b/*")],
            [("redundant-statement", 0)],
            id="two together",
        ),
        pytest.param(
            [allow("s3:GetObject"), allow("s3:Get*", StringEquals={"aws:PrincipalTag/team": "a"})],
            [],
            id="a key that only the other asks for",
        ),
        pytest.param(
            [allow("s3:GetObject", Null={"aws:TokenIssueTime": "true"}),
             allow("s3:Get*", StringNotEquals={"aws:PrincipalTag/team": "a"}, Null={"aws:PrincipalTag/team": "true"})],
            [],
            id="a key that may be absent for both",
        ),
        pytest.param(
            [allow("s3:GetObject", StringEquals={"aws:PrincipalTag/team": "a"}),
             allow("s3:Get*", StringEquals={"aws:PrincipalTag/team": ["a", "b"]})],
            [("redundant-statement", 0)],
            id="a key that both ask for",
        ),
        pytest.param(
            [deny("s3:Put*", Bool={"aws:SecureTransport": "false"}),
             deny("s3:*", Bool={"aws:SecureTransport": "false"})],
            [("redundant-statement", 0)],
            id="denies",
        ),
        pytest.param(
            [allow("s3:GetObject", IpAddress={"aws:SourceIp": "10.1.0.0/16"}), allow("s3:*")],
            [("defeated-condition", 0)],
            id="a condition that another statement has not",
        ),
        pytest.param(
            [allow("s3:GetObject", IpAddress={"aws:SourceIp": "10.1.0.0/16"}),
             allow("s3:*", IpAddress={"aws:SourceIp": "10.0.0.0/8"})],
            [("redundant-statement", 0)],
            id="a narrower condition",
        ),
        pytest.param([allow("s3:GetObject"), deny("s3:*", "*")], [("always-denied-allow", 0)], id="denied"),
        pytest.param(
            [allow("s3:GetObject"), deny("s3:*", "*", Bool={"aws:SecureTransport": "false"}),
             deny("s3:*", "*", BoolIfExists={"aws:SecureTransport": "true"})],
            [("always-denied-allow", 0)],
            id="denied either way",
        ),
    ],
)  # fmt: skip
def test_idle_statements(tmp_path: Path, statements: list[Statement], flaws: list[tuple[str, int]]) -> None:
    assert told(tmp_path, *statements) == flaws


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param([allow(["s3:GetObject", "s3:PutObject"]), allow("s3:Get*")], id="an action more"),
        pytest.param([allow("s3:GetObject", "*"), allow("s3:Get*")], id="more resources"),
        pytest.param(
            [allow("s3:GetObject"), allow("s3:*", Bool={"aws:SecureTransport": "true"})], id="a condition more"
        ),
        pytest.param([allow("s3:GetObject"), deny("s3:*", "arn:aws:s3:::data/sealed/*")], id="some denied"),
        pytest.param(
            [allow("s3:GetObject"), deny("s3:*", Bool={"aws:SecureTransport": "false"})], id="denied at times"
        ),
        pytest.param([deny("s3:GetObject"), allow("s3:*")], id="a deny beside an allow"),
        pytest.param(
            [allow("s3:GetObject", "arn:aws:s3:::${aws:username}/*"), allow("s3:Get*", "arn:aws:s3:::u-*")],
            id="a variable",
        ),
    ],
)
def test_statements_that_are_of_use(tmp_path: Path, statements: list[Statement]) -> None:
    assert told(tmp_path, *statements) == []


def test_naming_a_role_is_more_than_naming_its_account(tmp_path: Path) -> None:
    account = {**allow("kms:*", "*"), "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}
    named = {**allow("kms:Decrypt", "*"), "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}}
    assert told(tmp_path, account, named) == []
    assert told(tmp_path, {**account, "Principal": "*"}, named) == [("redundant-statement", 1)]


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringEquals": {"aws:PrincipalOrgID": "o-1"}, "StringLike": {"aws:PrincipalOrgID": "o-2*"}},
        {"Null": {"aws:TokenIssueTime": "true"}, "DateLessThan": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}},
        {"NumericLessThan": {"s3:max-keys": "5"}, "NumericGreaterThan": {"s3:max-keys": "10"}},
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "NotIpAddress": {"aws:SourceIp": "10.0.0.0/7"}},
        {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SecureTransport": "false"}},
    ],
)
def test_conditions_that_contradict_each_other(tmp_path: Path, conditions: dict[str, Any]) -> None:
    assert ("condition-never-true", 0) in told(tmp_path, allow("s3:ListBucket", "*", **conditions))


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}, "StringNotEquals": {"aws:PrincipalOrgID": "o-2"}},
        {"Null": {"aws:TokenIssueTime": "false"}, "DateLessThan": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}},
        {"StringEquals": {"aws:username": "${aws:PrincipalTag/a}"}, "StringLike": {"aws:username": "bob"}},
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}, "ForAnyValue:StringLike": {"aws:TagKeys": "b*"}},
    ],
)
def test_conditions_that_go_together(tmp_path: Path, conditions: dict[str, Any]) -> None:
    assert ("condition-never-true", 0) not in told(tmp_path, allow("s3:*", "*", **conditions))

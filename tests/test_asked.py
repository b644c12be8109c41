"""What is asked in words: who is meant, which values a key must have, and the question said back."""

from __future__ import annotations

import pytest

from iamlint.asked import AskedError, Words, asked_of, context_of
from iamlint.logic.glob import ANY
from iamlint.logic.policy import Principal, PrincipalKind


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("111122223333", "aws"),
        ("arn:aws:iam::111122223333:root", "aws"),
        ("arn:aws-cn:iam::111122223333:user/a/path/bob", "aws"),
        ("arn:aws:sts::111122223333:assumed-role/app/session", "aws"),
        ("arn:aws:sts::111122223333:federated-user/bob", "aws"),
        ("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", "federated"),
        ("arn:aws:iam::111122223333:saml-provider/corp", "federated"),
        ("cognito-identity.amazonaws.com", "federated"),
        ("ec2.amazonaws.com", "service"),
        ("ec2.amazonaws.com.cn", "service"),
        ("logs.eu-west-1.amazonaws.com", "service"),
        ("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", "canonical"),
    ],
)
def test_who_is_meant(written: str, kind: PrincipalKind) -> None:
    assert asked_of(Words(("s3:*",), principals=(written,))).principals == (Principal(kind, tuple(written)),)


def test_anyone_is_no_restriction() -> None:
    assert asked_of(Words(("s3:*",), principals=("ec2.amazonaws.com", "*"))).principals is None
    assert asked_of(Words(("s3:*",))).principals is None


def test_patterns() -> None:
    asked = asked_of(Words(("S3:Get*",), ("arn:aws:s3:::b*",), ("arn:aws:iam::111122223333:role/*",)))
    assert asked.actions == ((*"s3:get", ANY),)
    assert asked.resources == ((*"arn:aws:s3:::b", ANY),)
    assert asked.principals is not None
    assert asked.principals[0].name[-1] is ANY


def test_the_values_of_keys() -> None:
    given = ("aws:TagKeys=a", "AWS:TagKeys=b", "aws:SourceVpc=", "aws:RequestTag/x=1=2", "token.example.com:sub=me")
    assert context_of(given) == {
        "aws:tagkeys": ("a", "b"), "aws:sourcevpc": (), "aws:requesttag/x": ("1=2",), "token.example.com:sub": ("me",),
    }  # fmt: skip


@pytest.mark.parametrize("written", ["", "=x", "aws:SourceVpc", "aws:NoSuchKey=1", "nosuchservice:Key=1", "Key=1"])
def test_wrong_keys(written: str) -> None:
    with pytest.raises(AskedError, match=r"^--context "):
        context_of((written,))


def test_a_question_said_back() -> None:
    words = Words(
        ("iam:CreateUser", "iam:CreateRole", "s3:*"), ("*",), ("111122223333", "ec2.amazonaws.com"),
        ("aws:SourceVpc=", "aws:TagKeys=a"),
    )  # fmt: skip
    assert str(words) == (
        "iam:CreateUser, iam:CreateRole or s3:* on * as 111122223333 or ec2.amazonaws.com "
        "with aws:SourceVpc= and aws:TagKeys=a"
    )

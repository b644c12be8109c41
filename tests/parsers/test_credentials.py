"""What counts as a credential in a text, and what does not."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.parsers.credentials import find
from iamlint.parsers.secret_words import hint, looks_like_placeholder, looks_like_reference, secret_name

# Put together here so that no scanner takes this file for a leak.
KEY_ID = "AK" + "IAYW2OVBRKUGNRSHE6"
SECRET = "EqV8ib8HDy88YtDtXbiu" + "fMdI8X2Y4rUmer+BH3M1"
MARK = "RSA PRIVATE" + " KEY-----"
PRIVATE = f"-----BEGIN {MARK}\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xfnygWyF8PbnGy\n-----END {MARK}"


def kinds(text: str) -> list[str]:
    return sorted(found.kind for found in find(text))


@pytest.mark.parametrize("prefix", ["AKIA", "ASIA", "ABIA", "ACCA"])
def test_every_prefix_of_a_credential_is_found(prefix: str) -> None:
    key = prefix + KEY_ID[4:]
    (found,) = find(f"export KEY={key}\n")
    assert (found.kind, found.start, found.end) == ("access key id", 11, 31)
    assert found.hint == f"{prefix}… (20 characters)"
    assert not found.is_example


@pytest.mark.parametrize(
    "text",
    [
        "AROA" + KEY_ID[4:],
        "AIDA" + KEY_ID[4:],
        "x" + KEY_ID,
        KEY_ID + "7",
        "ACCA" + KEY_ID[4:-1] + "9",
        "AKIA" + "X" * 16,
        "AKIA" + "ABCDEFGHIJKLMNOP",
        SECRET,
        "secret_key: da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "aws_secret_access_key = " + "x" * 40,
        "aws_secret_access_key = ${var.secret}",
        "SecretAccessKey: {{resolve:secretsmanager:prod/key:SecretString:secret}}",
        "grep -q '-----BEGIN RSA PRIVATE KEY-----' file",
        "-----BEGIN ENCRYPTED PRIVATE" + " KEY-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xfnygWyF8PbnGy\n",
        "-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xfnygWyF8PbnGy\n",
        "AccountId: arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    ],
)
def test_what_is_no_credential_is_left_alone(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text",
    [
        f"aws_secret_access_key = {SECRET}",
        f'"SecretAccessKey": "{SECRET}"',
        f'{{\\"secretKey\\": \\"{SECRET}\\"}}',
        f"- Name: AWS_SECRET_ACCESS_KEY\n  Value: {SECRET}\n",
        f'{{"Name": "AWS_SECRET_ACCESS_KEY", "Value": "{SECRET}"}}',
        f"aws configure set aws_secret_access_key {SECRET}",
    ],
)
def test_a_secret_is_known_by_its_name(text: str) -> None:
    (found,) = find(text)
    assert found.kind == "secret access key"
    assert text[found.start : found.end] == SECRET


def test_a_secret_is_known_by_the_key_next_to_it() -> None:
    assert kinds(f"{KEY_ID}:{SECRET}") == ["access key id", "secret access key"]
    assert kinds(f"{KEY_ID}{' ' * 400}{SECRET}") == ["access key id"]


def test_the_examples_of_the_documentation_are_marked() -> None:
    text = "key AKIAIOSFODNN7EXAMPLE, secret_key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY, AKIAI44QH8DHBEXAMPLE"
    assert [found.is_example for found in find(text)] == [True, True, True]


@pytest.mark.parametrize("ending", ["EXAMPLEAAA", "EXAMPLEKE1", "EXAMAAAKEY"])
def test_a_key_made_of_an_example_is_none(ending: str) -> None:
    text = f"AKIAIOSFODNN7EXAAAAA secret_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY{ending}"
    assert [(found.kind, found.is_example) for found in find(text)] == [
        ("access key id", False), ("secret access key", False),
    ]  # fmt: skip


def test_a_key_changed_by_hand_is_one() -> None:
    assert kinds("AKIA" + "Q0EG1J8TWN9HV6PZ") == ["access key id"]


def test_a_key_after_an_escaped_line_break_is_found() -> None:
    assert kinds(f'"#!/bin/sh\\n{KEY_ID}\\n"') == ["access key id"]


def test_a_private_key_is_found_whole() -> None:
    (found,) = find(f"key: |\n{PRIVATE}\nmore")
    assert found.kind == "private key"
    assert found.end - found.start == len(PRIVATE)


def test_a_session_token_is_known_by_its_name() -> None:
    token = "".join(chr(65 + (i * 7) % 26) + chr(97 + (i * 11) % 26) + str(i % 10) for i in range(60))
    assert kinds(f"aws_session_token = {token}") == ["session token"]


@pytest.mark.parametrize("before", ["", "#", "##", "#!/bin/bash\nset -e\n"])
def test_base64_does_not_hide_a_key(before: str) -> None:
    run = base64.b64encode(f"{before}export AWS_ACCESS_KEY_ID={KEY_ID}\necho done\n".encode()).decode()
    (found,) = find(f"UserData: {run}\n")
    assert (found.kind, found.start, found.end) == ("access key id", 10, 10 + len(run))


def test_base64_without_a_key_is_quiet() -> None:
    assert kinds(base64.b64encode(b"nothing SECRET stands in this text, only words and more words").decode()) == []


@pytest.mark.parametrize(
    "text",
    ["", "xxxx", "<password>", "${Password}", "{{resolve:ssm-secure:p:1}}", "changeme", "CHANGE_ME", "your-password",
     "********", "aaaaaaaaaaaa", "AKIAIOSFODNN7EXAMPLE", "TODO", "$(cat file)", "true"],
)  # fmt: skip
def test_placeholders(text: str) -> None:
    assert looks_like_placeholder(text)


@pytest.mark.parametrize("text", ["hunter22", "S3cure!Pa55", "Winter2024", SECRET, "p@ssw0rd"])
def test_what_is_no_placeholder(text: str) -> None:
    assert not looks_like_placeholder(text)


def test_references_tell_where_a_credential_is() -> None:
    assert looks_like_reference("arn:aws:secretsmanager:us-east-1:123456789012:secret:db")
    assert looks_like_reference("/app/db/password")
    assert not looks_like_reference("hunter22")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("AWS_ACCESS_KEY_ID", "access key id"),
        ("aws_secret_access_key", "secret access key"),
        ("TF_VAR_aws_session_token", "session token"),
        ("DB_PASSWORD", "password"),
        ("dbPassword", "password"),
        ("STRIPE_API_KEY", "token"),
        ("TWITTER_TOKEN_SECRET", "token"),
        ("jwtSecret", "token"),
        ("DB_SECRET", None),
        ("DB_PASSWORD_ARN", None),
        ("PWD", None),
        ("TABLE_NAME", None),
        ("MAX_TOKENS", None),
    ],
)
def test_names_of_variables_that_hold_credentials(name: str, kind: str | None) -> None:
    assert secret_name(name) == kind


def test_a_hint_shows_no_more_than_four_characters() -> None:
    assert hint(SECRET) == f"{SECRET[:4]}… (40 characters)"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    for found in find(text + KEY_ID):
        assert 0 <= found.start < found.end <= len(text) + 20

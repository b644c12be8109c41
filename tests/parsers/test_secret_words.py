"""Names that speak of credentials, values that are or stand for one."""

from __future__ import annotations

import pytest

from iamlint.model.secret import SecretKind
from iamlint.parsers.secret_words import hint, is_drawn, is_plausible, is_unfilled, kind_of, secret_name


@pytest.mark.parametrize("text", ["", "<password>", "${var.p}", "{{ password }}", "xxxx", "****", "REPLACE_ME",
                                  "PLACEHOLDER", "your-password", "TODO", "null", "PASSWORD_HERE", "-"])  # fmt: skip
def test_what_is_to_be_filled_in(text: str) -> None:
    assert is_unfilled(text)


@pytest.mark.parametrize("text", ["changeme", "password", "admin", "postgres", "my-secret-pw", "Another-0ne-here"])
def test_what_is_deployed_as_it_is(text: str) -> None:
    assert not is_unfilled(text)


@pytest.mark.parametrize(
    ("kind", "name", "value", "expected"),
    [
        ("password", "DB_PASSWORD", "Tr0ub4dor", True),
        ("password", "DB_PASSWORD", "db-password", False),
        ("password", "DB_PASSWORD", "arn:aws:ssm:eu-west-1:111122223333:parameter/p", False),
        ("password", "DB_PASSWORD", "/prod/db/password", False),
        ("password", "DB_PASSWORD", "changeme", False),
        ("token", "API_KEY", "q8Zr2kV7mX4p", True),
        ("token", "API_KEY", "keyname-of-it", False),
        ("token", "API_KEY", "short1", False),
        ("token", "API_KEY", "Bearer of 1 token", False),
        ("access key id", "access_key", "mock_access_key", False),
        ("access key id", "access_key", "DO00A1B2C3D4E5F6G7H8", True),
        ("secret access key", "secret_key", "mock_secret_key", False),
        ("session token", "AWS_SESSION_TOKEN", "FwoGZXIvYXdzEBYaDJ1234", False),
    ],
)
def test_what_a_name_and_a_value_say_together(kind: SecretKind, name: str, value: str, expected: bool) -> None:
    assert is_plausible(kind, name, value) is expected


@pytest.mark.parametrize(
    "value",
    ["prod/app/database", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "arn:aws:iam::111122223333:role/deployer1",
     "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "app-production-eu-west-1-signing-key", "1234567890123456"],
)  # fmt: skip
def test_words_and_ids_are_not_drawn(value: str) -> None:
    assert not is_drawn(value)


@pytest.mark.parametrize(
    "value",
    ["AQICAHhKw6UiQzHdNzZ2X1vVyqNlT3g2k4nC3m1nGkqBQwIQ5AHHpV6Wcn3Yr2ZdXqzqvFqWAAAAZDBiBgkqhkiG9w0BBwag",
     "ENC[AES256_GCM,data:8zZr2kV7mX4pT9wL,iv:q8Zr,tag:mX4p,type:str]", "$.password", "$DB_PASSWORD"],
)  # fmt: skip
def test_what_is_encrypted_or_referred_to_is_no_credential(value: str) -> None:
    assert kind_of("DB_PASSWORD", value) is None


def test_a_secret_key_of_aws_is_called_one() -> None:
    assert kind_of("secret_key", "EqV8ib8HDy88YtDtXbiu" + "fMdI8X2Y4rUmer+BH3M1") == "secret access key"
    assert kind_of("my_key", "EqV8ib8HDy88YtDtXbiu" + "fMdI8X2Y4rUmer+BH3M1") == "secret access key"
    assert kind_of("key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY") == "secret access key"
    assert kind_of("public_key", "EqV8ib8HDy88YtDtXbiu" + "fMdI8X2Y4rUmer+BH3M1") is None
    assert kind_of("s3_key", "releases/2024/my-service/build-artifact1") is None
    assert kind_of("client_secret_key", "EqV8ib8HDy88YtDtXbiu" + "fMdI8X2Y4rUmer+BH3M1") == "token"


def test_a_secret_that_may_be_a_name_must_be_drawn() -> None:
    assert kind_of("DB_SECRET", "aB3dE6gH9jK2mN5pQ8sT") == "token"
    assert kind_of("DB_SECRET", "prod-database-credentials") is None
    assert kind_of("SECRET_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY") == "secret access key"


@pytest.mark.parametrize("name", ["secret_name", "password_policy", "token_validity", "PasswordLength",
                                  "master_password_arn",
                                  "password_secret_id", "public_key", "kms_key", "api_key_name", "PWD"])  # fmt: skip
def test_names_that_speak_of_something_else(name: str) -> None:
    assert secret_name(name) is None


def test_humps_part_words() -> None:
    assert secret_name("dbPass") == "password"
    assert secret_name("compass") is None


def test_of_a_short_secret_less_is_shown() -> None:
    assert hint("test") == "t… (4 characters)"
    assert hint("ab") == "… (2 characters)"
    assert hint("Tr0ub4dor-and-3") == "Tr0u… (15 characters)"

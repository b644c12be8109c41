"""Tokens that their issuers' forms give away, and passwords in URLs."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from random import Random
from string import ascii_letters, ascii_uppercase, digits
from zlib import crc32

import pytest

from iamlint.parsers.issued_tokens import find_in_urls, find_issued

ALPHANUMERIC = digits + ascii_uppercase + ascii_uppercase.lower()
HEX = "0123456789abcdef"


def drawn(size: int, alphabet: str = ALPHANUMERIC) -> str:
    """Characters that are random and yet the same in each run: no token stands in this file."""
    return "".join(Random(size).choices(alphabet, k=size))


def checked(prefix: str) -> str:
    body = drawn(30)
    number, last = crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        last = ALPHANUMERIC[digit] + last
    return f"{prefix}_{body}{last}"


def names(text: str) -> list[str]:
    return [found.name for found in find_issued(text)]


def web_token(payload: str) -> str:
    parts = (urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in ('{"alg":"HS256","typ":"JWT"}', payload))
    return ".".join((*parts, drawn(43)))


TOKENS = {
    "GitHub token": [checked("ghp"), checked("ghs"), f"github_pat_{drawn(22)}_{drawn(59)}"],
    "npm token": [checked("npm")],
    "PyPI token": [f"pypi-AgEIcHlwaS5vcmc{drawn(120)}"],
    "Slack token": [f"xoxb-{drawn(12, digits)}-{drawn(12, digits)}-{drawn(24)}",
                    f"xapp-1-A{drawn(10, digits)}-{drawn(13, digits)}-{drawn(64, HEX)}"],
    "Slack webhook": [f"hooks.slack.com/services/T{drawn(8, digits)}/B{drawn(8, digits)}/{drawn(24)}"],
    "Stripe key": [f"sk_live_{drawn(24)}", f"rk_live_{drawn(99)}"],
    "Google API key": [f"AIza{drawn(35)}"],
    "GitLab token": [f"glpat-{drawn(20)}", f"glrt-{drawn(20)}"],
    "SendGrid key": [f"SG.{drawn(22)}.{drawn(43)}"],
    "Mailgun key": [f"key-{drawn(32, HEX)}"],
    "DigitalOcean token": [f"dop_v1_{drawn(64, HEX)}"],
    "Vault token": [f"hvs.{drawn(95)}"],
    "HCP Terraform token": [f"{drawn(14)}.atlasv1.{drawn(67)}"],
    "OpenAI key": [f"sk-proj-{drawn(58)}T3BlbkFJ{drawn(58)}", f"sk-{drawn(20)}T3BlbkFJ{drawn(20)}"],
    "Anthropic key": [f"sk-ant-api03-{drawn(93)}AA"],
    "Amazon Bedrock API key": ["ABSK" + b64encode(f"BedrockAPIKey-abcd-at-111122223333:{drawn(60)}".encode()).decode()],
    "Hugging Face token": [f"hf_{drawn(34, ascii_letters)}"],
    "Databricks token": [f"dapi{drawn(32, HEX)}"],
    "Docker Hub token": [f"dckr_pat_{drawn(27)}"],
    "Azure storage key": [f"AccountKey={b64encode(drawn(64).encode()).decode()}"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "token"), [(name, token) for name, tokens in TOKENS.items() for token in tokens])
def test_the_form_gives_a_token_away(name: str, token: str) -> None:
    (found,) = find_issued(f'x = "{token}"\n')
    assert found.name == name
    assert token.endswith(f'x = "{token}"\n'[found.start : found.end])
    assert names(f'"\\n{token}\\n"') == [name]


@pytest.mark.parametrize(
    "text",
    [
        checked("ghp")[:-1] + "_",
        checked("ghp")[:-2] + "zz",
        checked("npm")[:20] + "A" + checked("npm")[21:],
        "x" + checked("ghp"),
        "sk_test_" + drawn(24),
        "sk_live_" + "x" * 24,
        "AIza" + "EXAMPLE" * 5,
        "ABSK" + drawn(120),
        "hvs.short",
        f"arn:aws:lambda:eu-west-1:111122223333:function:{drawn(40)}",
        f"sha256:{drawn(64, HEX)}",
        web_token('{"sub":"ci","iat":1700000000}'),
        "token: " + web_token('{"sub":"1234567890","name":"John Doe","iat":1516239022}'),
        f"checksum = {drawn(32, HEX)}",
    ],
)
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    assert names(text) == []


def test_a_checksum_is_that_of_the_issuer() -> None:
    # The example that GitHub's own secret scanning documents; it was never valid.
    assert names("ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17") == ["GitHub token"]


def test_a_web_token_is_known_by_the_word_before_it() -> None:
    token = web_token('{"sub":"ci","iat":1700000000}')
    text = f"Authorization: Bearer {token}"
    (found,) = find_issued(text)
    assert (found.name, text[found.start : found.end]) == ("JSON web token", token)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"TWILIO_AUTH_TOKEN={drawn(32, HEX)}", "Twilio token"),
        (f'datadog_api_key = "{drawn(32, HEX)}"', "Datadog key"),
        (f"DD_APP_KEY: {drawn(40, HEX)}", "Datadog key"),
        (f"cloudflare_api_token = {drawn(40)}", "Cloudflare token"),
    ],
)
def test_keys_without_a_form_are_known_by_their_issuer(text: str, name: str) -> None:
    assert names(text) == [name]


def test_a_password_in_a_url() -> None:
    text = "DATABASE_URL=postgres://app:Tr0ub4dor-and-3@db.acme.test:5432/app"
    ((start, end, is_alone),) = find_in_urls(text)
    assert text[start:end] == "Tr0ub4dor-and-3"
    assert not is_alone


@pytest.mark.parametrize(
    "text",
    [
        "jdbc:postgresql://db.acme.test/app?user=app&password=Tr0ub4dor-and-3&ssl=true",
        "jdbc:sqlserver://db.acme.test:1433;user=app;password=Tr0ub4dor-and-3",
    ],
)
def test_a_password_in_the_query_of_a_url(text: str) -> None:
    ((start, end, _),) = find_in_urls(text)
    assert text[start:end] == "Tr0ub4dor-and-3"


@pytest.mark.parametrize("token", ["4d7a1c0f9be2836d5ac47b1f0e92dd63a8c15b7e", "Xk29skLmmQpq83hJskqP"])
def test_a_token_alone_in_a_url(token: str) -> None:
    text = f"git clone https://{token}@git.acme.test/app.git"
    ((start, end, is_alone),) = find_in_urls(text)
    assert text[start:end] == token
    assert is_alone


@pytest.mark.parametrize(
    "text",
    [
        "https://user:password@proxy.acme.test",
        "postgres://postgres:postgres@db.acme.test/app",
        "postgres://app:Tr0ub4dor@localhost/app",
        "https://me:Tr0ub4dor@example.com",
        "https://${user}:${password}@host.acme.test",
        "https://app:<password>@host.acme.test",
        "https://oauth2:$TOKEN@gitlab.acme.test",
        "git@github.com:org/repo.git",
        "https://host:8080/@scope/package",
        "http://10.0.0.1:3000",
        "amqp://app:CHANGE_ME@mq.acme.test",
        "https://git@github.com/acme/app.git",
        "jdbc:postgresql://db.acme.test/app?user=app&password=${password}",
        "jdbc:postgresql://db.acme.test/app?password=prefix${password}",
        "https://acme.test/login?password=changeme",
        "https://deployment-user-of-acme@bitbucket.org/acme/app.git",
        "https://9f86d081884c7d659a2feaa0c55ad015@o447951.ingest.sentry.io/5429",
        "https://4d7a1c0f9be2836d5ac47b1f0e92dd63a8c15b7e@example.com/app.git",
        "ssh://4d7a1c0f9be2836d5ac47b1f0e92dd63a8c15b7e@git.acme.test/app.git",
    ],
)
def test_urls_without_a_password(text: str) -> None:
    assert list(find_in_urls(text)) == []

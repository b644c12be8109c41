"""Tokens that a well-known service issues, known by the form that the issuer gives them."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple
from zlib import crc32

from iamlint.parsers.secret_words import entropy, is_drawn, is_made_up, looks_like_placeholder

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Issued(NamedTuple):
    """A token at [start, end) of a text, and what it is called."""

    name: str
    start: int
    end: int


class _Form(NamedTuple):
    """A form of token: of `marks` no such text lacks all, `holds` is asked of the whole token besides."""

    name: str
    marks: tuple[str, ...]
    pattern: str
    holds: Callable[[str], bool]


def _is_drawn(token: str) -> bool:
    """Whether a token was drawn at random, not typed into a documentation."""
    return entropy(token) > 3 and not is_made_up(token)


def _has_checksum(token: str) -> bool:
    """Whether the last six of a token's 36 characters are the CRC-32 of the others, in base 62.

    https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
    https://github.blog/2021-09-23-announcing-npms-new-access-token-format/
    """
    body = token.partition("_")[2]
    number = crc32(body[:30].encode())
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(6, "0") == body[30:]


def _is_bedrock(token: str) -> bool:
    """Whether what follows `ABSK` is `BedrockAPIKey-…`, in base64."""
    try:
        return b64decode(token[4:20]).startswith(b"BedrockAPI")
    except Base64Error:
        return False


def _is_drawn_webhook(token: str) -> bool:
    return _is_drawn(token.rpartition("/")[2])


def _form(name: str, marks: str, pattern: str, holds: Callable[[str], bool] = _is_drawn) -> _Form:
    return _Form(name, tuple(marks.split()), pattern, holds)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, made when a text has the mark: most texts have none. A token ends where its alphabet does."""
    return re.compile(rf"{pattern}(?![A-Za-z0-9_])")


def _begins(text: str, start: int) -> bool:
    """Whether a token may begin here: before it may stand the letter of an escape, `\\n` in a JSON string."""
    before = text[start - 1] if start else ""
    if not (before.isalnum() or before == "_"):
        return True
    return before in "nrt" and text[start - 2 : start - 1] == "\\"


# The issuers' own documentation gives the prefixes; lengths are those that have been issued.
_FORMS = (
    _form("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[opusr]_[A-Za-z0-9]{36}", _has_checksum),
    _form("GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    _form("npm token", "npm_", r"npm_[A-Za-z0-9]{36}", _has_checksum),
    # https://pypi.org/help/#apitoken: a macaroon of pypi.org or test.pypi.org
    _form("PyPI token", "pypi-AgE", r"pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{50,1000}"),
    _form("RubyGems key", "rubygems_", r"rubygems_[a-f0-9]{48}"),
    # https://api.slack.com/authentication/token-types
    _form("Slack token", "xoxb- xoxp- xoxa- xoxe- xoxr- xoxs-", r"xox[abpers]-(?:\d-)?\d{8,14}-[A-Za-z0-9-]{20,250}"),
    _form("Slack token", "xapp-", r"xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{60,70}"),
    _form("Slack webhook", "hooks.slack.com",
          r"hooks\.slack\.com/(?:services|workflows|triggers)/[TE][A-Z0-9]{7,12}/[A-Z0-9]{8,12}/[A-Za-z0-9]{23,25}",
          _is_drawn_webhook),
    # https://docs.stripe.com/keys: live keys only
    _form("Stripe key", "k_live_", r"[sr]k_live_[A-Za-z0-9]{24,247}"),
    _form("Stripe webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/]{32,64}"),
    _form("Google API key", "AIza", r"AIza[A-Za-z0-9_-]{35}(?!-)"),
    _form("Google OAuth secret", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{28}(?!-)"),
    # https://docs.gitlab.com/security/tokens/#token-prefixes
    _form("GitLab token", "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glwt-",
          r"gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|wt)-[A-Za-z0-9_-]{20,300}"
          r"(?:\.[0-9a-z]{2}\.[0-9a-z]{9}|\.[0-9a-z]{9})?"),
    _form("SendGrid key", "SG.", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    _form("Mailgun key", "key-", r"key-[a-f0-9]{32}"),
    _form("Mailchimp key", "-us1 -us2 -us3 -us4 -us5 -us6 -us7 -us8 -us9", r"[a-f0-9]{32}-us\d{1,2}"),
    _form("Brevo key", "xkeysib-", r"xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    _form("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
    # https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes
    _form("Vault token", "hvs. hvb. hvr.", r"hv[sbr]\.[A-Za-z0-9_-]{24,300}"),
    _form("HCP Terraform token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}"),
    _form("OpenAI key", "T3BlbkFJ", r"sk-(?:(?:proj|svcacct|admin)-)?[A-Za-z0-9_-]{20,74}T3BlbkFJ[A-Za-z0-9_-]{20,74}"),
    _form("Anthropic key", "sk-ant-", r"sk-ant-(?:api|admin|oat)\d\d-[A-Za-z0-9_-]{86,100}"),
    # https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html: of long and of short life
    _form("Amazon Bedrock API key", "ABSK", r"ABSK[A-Za-z0-9+/]{100,270}={0,2}", _is_bedrock),
    _form("Amazon Bedrock API key", "bedrock-api-key-",
          r"bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/=]{40,}"),
    _form("Hugging Face token", "hf_", r"hf_[A-Za-z]{34}"),
    _form("Databricks token", "dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),
    _form("Docker Hub token", "dckr_", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,32}"),
    _form("Shopify token", "shpat_ shpca_ shppa_ shpss_", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    _form("Square token", "sq0", r"sq0(?:atp-[A-Za-z0-9_-]{22}|csp-[A-Za-z0-9_-]{43})"),
    _form("New Relic key", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
    _form("Grafana token", "glsa_", r"glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}"),
    _form("Grafana Cloud token", "glc_eyJ", r"glc_eyJ[A-Za-z0-9+/]{60,400}={0,2}"),
    _form("Sentry token", "sntry", r"sntry(?:u_[a-f0-9]{64}|s_eyJ[A-Za-z0-9+/=_-]{80,400})"),
    _form("Atlassian token", "ATATT3", r"ATATT3[A-Za-z0-9_=-]{180,220}"),
    _form("Linear key", "lin_api_", r"lin_api_[A-Za-z0-9]{40}"),
    _form("Pulumi token", "pul-", r"pul-[a-f0-9]{40}"),
    _form("Doppler token", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.",
          r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]+\.)?[A-Za-z0-9]{40,44}"),
    _form("PlanetScale credential", "pscale_", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}"),
    _form("Postman key", "PMAK-", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    _form("Tailscale key", "tskey-", r"tskey-(?:auth|api|client)-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{20,40}"),
    _form("Dynatrace token", "dt0c01. dt0s", r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    _form("1Password service account token", "ops_eyJ", r"ops_eyJ[A-Za-z0-9+/_-]{250,}={0,3}"),
    _form("age secret key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
    _form("Azure storage key", "AccountKey=", r"(?<=AccountKey=)[A-Za-z0-9+/]{86}=="),
)  # fmt: skip
_MARKS = tuple((mark, number) for number, form in enumerate(_FORMS) for mark in form.marks)

# Keys without a form of their own, which the issuer's name before them gives away.
_NAMED = r"""(?ix)(?P<issuer>twilio|datadog|\bdd|mailgun|cloudflare)[a-z0-9_.-]{0,30}?(?:key|token|secret)[a-z_]{0,10}
    ["'\\]{0,3}[ \t]*(?:[:=]|=>)[ \t]*["'\\]{0,3}
    (?P<value>[a-f0-9]{32}(?:-[a-f0-9]{8}-[a-f0-9]{8})?|[a-f0-9]{40}|[a-z0-9_-]{40})(?![a-z0-9_-])"""
_ISSUERS = {"twilio": "Twilio token", "datadog": "Datadog key", "dd": "Datadog key", "mailgun": "Mailgun key",
            "cloudflare": "Cloudflare token"}  # fmt: skip
_ISSUER_MARKS = ("twilio", "datadog", "dd_a", "dd-a", "mailgun", "cloudflare")

# Three base64url parts, of which the first two are JSON, with a word before that says it is used to sign in.
_JWT = (
    r"(?i:token|bearer|jwt|authorization|secret|password|key)[^\n]{0,40}?(?<![A-Za-z0-9_-])"
    r"(?P<jwt>eyJ[A-Za-z0-9_-]{15,2000}\.eyJ[A-Za-z0-9_-]{15,8000}\.[A-Za-z0-9_-]{20,1000})(?![A-Za-z0-9_.-])"
)
_SAMPLE = "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI"  # of the token that every page on the matter shows

_URL = r"""(?x)://(?P<user>[^\s:/@"'<>${}\\`]{0,100}):
    (?P<password>[^\s/@"'<>${}\\`]{3,200})@(?P<host>[A-Za-z0-9$%{\[][^\s"'\\/@]{0,253})"""
# In the query of a URL, or the parameters of SQL Server's: `jdbc:postgresql://…?user=app&password=…`.
_QUERY = r"""(?x)://[^\s"'<>?;\\`]{1,253}[?;](?:[^\s"'<>\\`]{0,500}[&;])?(?i:password|passwd|pwd)=
    (?P<password>[^\s"'<>${}\\`&;%]{3,200})(?=[\s"'<>\\`&;]|$)"""
# A token is the whole of what stands before the `@`: `https://…@github.com/…`.
_USER_ALONE = r"""(?x)https?://(?P<token>[A-Za-z0-9_.~-]{20,255})@(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{2,253})"""
_PUBLIC_KEY_HOST = "sentry"  # whose client keys are public: https://docs.sentry.io/concepts/key-terms/dsn-explainer/
_USUAL_WORDS = (
    r"^(?i:pass(?:word|wd)?\d?|pwd|secret|token|user(?:name)?|mysecret(?:password)?|mypassword|%\w+%?|\d{1,5}|foo|bar)$"
    r"|^[A-Z]+_?(?:PASS|PASSWORD|PWD|TOKEN|SECRET|KEY)$|^x-(?:oauth-basic|access-token)$"
)
_LOCAL = r"^(?:localhost|127\.|0\.0\.0\.0|\[::1|host\b|hostname|[\w.-]*\.?example(?:\.|\b))"


@cache
def _plain(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def find_issued(text: str) -> Iterator[Issued]:
    """The tokens in a text whose form, or whose issuer's name before them, gives them away."""
    for number in sorted({number for mark, number in _MARKS if mark in text}):
        form = _FORMS[number]
        for match in _compiled(form.pattern).finditer(text):
            if _begins(text, match.start()) and form.holds(match[0]):
                yield Issued(form.name, *match.span())
    if ".eyJ" in text:
        yield from _web_tokens(text)
    if len(text) > 40:
        yield from _named(text)


def find_in_urls(text: str) -> Iterator[tuple[int, int, bool]]:
    """The passwords in the URLs of a text, `postgres://app:…@host`, and tokens that stand there alone, as the third
    member says."""
    if "://" not in text:
        return
    for match in _plain(_URL).finditer(text) if "@" in text else ():
        password = match["password"]
        if not text[match.start() - 1 : match.start()].isalnum():
            continue
        if (
            _plain(_USUAL_WORDS).match(password)
            or _plain(_LOCAL).match(match["host"])
            or password.lower() == match["user"].lower()
        ):
            continue
        if not looks_like_placeholder(password):
            yield *match.span("password"), False
    for match in _plain(_QUERY).finditer(text) if "assw" in text or "pwd" in text else ():
        password = match["password"]
        if not _plain(_USUAL_WORDS).match(password) and not looks_like_placeholder(password):
            yield *match.span("password"), False
    for match in _plain(_USER_ALONE).finditer(text) if "@" in text else ():
        if (
            is_drawn(match["token"])
            and _PUBLIC_KEY_HOST not in match["host"]
            and not _plain(_LOCAL).match(match["host"])
        ):
            yield *match.span("token"), True


def _named(text: str) -> Iterator[Issued]:
    lowered = text.lower()
    if not any(mark in lowered for mark in _ISSUER_MARKS):
        return
    for match in _plain(_NAMED).finditer(text):
        value = match["value"]
        if _is_drawn(value) and any(c.isdigit() for c in value):
            yield Issued(_ISSUERS[match["issuer"].lower()], *match.span("value"))


def _web_tokens(text: str) -> Iterator[Issued]:
    for match in _plain(_JWT).finditer(text):
        token = match["jwt"]
        header = token.partition(".")[0]
        try:
            decoded = b64decode(header + "=" * (-len(header) % 4), altchars=b"-_")
        except Base64Error:
            continue
        if b'"alg"' in decoded and _SAMPLE not in token:
            yield Issued("JSON web token", *match.span("jwt"))

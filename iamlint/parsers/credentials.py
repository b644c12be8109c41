"""Finds credentials that stand in clear in a text: AWS access keys, their secrets, session tokens, private keys."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections import Counter
from collections.abc import Iterator
from math import log2
from typing import NamedTuple

from iamlint.model.secret import SecretKind


class Found(NamedTuple):
    """A credential at [start, end) of a text. `hint` is all that may be shown of it."""

    kind: SecretKind
    start: int
    end: int
    hint: str
    is_example: bool


# IAM User Guide, "Unique identifiers": the prefixes of credentials. AIDA, AROA and the like name principals.
# A base32 alphabet; the keys that AWS's own documentation prints break it, but all end in EXAMPLE.
# Before one may stand the letter of an escape, `\n` in a JSON string.
_KEY_ID = re.compile(
    r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))(?:AKIA|ASIA|ABIA|ACCA)(?:[A-Z2-7]{16}|[A-Z0-9]{9}EXAMPLE)(?![A-Za-z0-9])"
)

# A name that says what follows, then a quote, colon, equals sign, or `Name: …, Value: …` of a container definition.
_NAMED = re.compile(
    r"""(?:secret[_-]?(?:access[_-]?)?key|(?P<token>(?:session|security)[_-]?token))(?:[_-]?id)?
        (?:\\?["'])?[ \t]*(?:,?\s*\\?["']?value\\?["']?)?\s*(?:[:=]|=>)?\s*(?:\\?["'])?
        (?P<value>[A-Za-z0-9/+]{40,}={0,2})(?![A-Za-z0-9/+=])""",
    re.IGNORECASE | re.VERBOSE,
)
_NAMES = tuple(
    dash.join(words)
    for words in (("secret", "key"), ("secret", "access", "key"), ("session", "token"), ("security", "token"))
    for dash in ("", "_", "-")
)
_SECRET_ALONE = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_NEIGHBOURHOOD = 160

_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:(?!ENCRYPTED)[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?P<gap>[^A-Za-z0-9+/]|\\[nr]){0,24}"
    r"[A-Za-z0-9+/=]{24}"
)
_LONGEST_PRIVATE_KEY = 20_000

_BASE64_RUN = re.compile(r"[A-Za-z0-9+/]{48,}={0,2}")
# How `AKIA`, `ASIA`, `ABIA`, `ACCA`, `SECRET`, `secret`, `Secret`, `PRIVATE` look in base64, at each of the three
# alignments, without the characters that depend on what stands around them.
_BASE64_MARKS = (
    "QUtJQ", "FLSU", "BS0lB", "QVNJQ", "FTSU", "BU0lB", "QUJJQ", "FCSU", "BQklB", "QUNDQ", "FDQ0", "BQ0NB",
    "U0VDUkVU", "NFQ1JFV", "TRUNSRV", "c2VjcmV0", "NlY3Jld", "zZWNyZX", "U2VjcmV0",
    "UFJJVkFUR", "BSSVZBVE", "QUklWQVRF",
)  # fmt: skip

_SAME = re.compile(r"(.)\1{5,}", re.DOTALL)
_PLACEHOLDER = re.compile(
    r"""^\s*$ | ^\s*(?:\$?\{|<|\[|%|\(\() | \{\{ | \$\{ | \$\( | <[^>]+> | ^[x*.\-_#?0]+$ | x{4,} | \*{3,} | \.{3}
      | example | change[-_ ]?(?:me|this|it) | place[-_ ]?holder | dummy | replace[-_ ]?(?:me|this|with) | to[-_]?do\b
      | ^(?:your|my|insert|enter|put|add|fill|use)[-_ ] | your[-_]?(?:secret|password|token|key|access) | redacted
      | ^(?:null|none|nil|true|false|undefined|n/?a|tbd|unset|empty|secret|password|default|token)$""",
    re.IGNORECASE | re.VERBOSE,
)
_TOKEN_NAMES = (
    "APIKEY", "AUTHTOKEN", "ACCESSTOKEN", "APITOKEN", "SECRETKEY", "CLIENTSECRET", "APPSECRET", "TOKENSECRET",
    "CONSUMERSECRET", "SIGNINGSECRET", "JWTSECRET",
)  # fmt: skip
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_REFERENCE = re.compile(r"^(?:arn:|ssm:|secretsmanager:|vault:|file:|https?://|s3://|/[\w.-]+/|\.{0,2}/[\w.-]+$)")


def find(text: str) -> Iterator[Found]:
    """The credentials in a text, in no particular order, none twice; of a base64 run that hides one, the run."""
    ids = [match.span() for match in _KEY_ID.finditer(text)] if _may_have_key_id(text) else []
    taken: set[int] = set()
    for start, end in ids:
        whole = text[start:end]
        example = whole.endswith("EXAMPLE")
        if example or not _is_made_up(whole[4:]):
            yield Found("access key id", start, end, hint(whole), example)
    if _may_name_secret(text):
        yield from _named(text, taken)
    for start, end in ids:
        yield from _neighbours(text, start, end, taken)
    if "PRIVATE KEY" in text:
        yield from _private_keys(text)
    if len(text) >= 48 and any(mark in text for mark in _BASE64_MARKS):
        yield from _within_base64(text)


def key_ids(text: str) -> Iterator[tuple[str, int, int]]:
    """The ids of access keys in a text, each with where it stands; not those of AWS's own examples."""
    for match in _KEY_ID.finditer(text) if _may_have_key_id(text) else ():
        key = match[0]
        if not key.endswith("EXAMPLE") and not _is_made_up(key[4:]):
            yield key, *match.span()


def hint(secret: str) -> str:
    """What may be shown of a credential: its first four characters and its length."""
    return f"{secret[:4]}… ({len(secret)} characters)"


def looks_like_placeholder(text: str) -> bool:
    """Whether a value stands for a credential without being one: `<key>`, `${…}`, xxxx, changeme, EXAMPLE …"""
    return _PLACEHOLDER.search(text) is not None or _SAME.search(text) is not None or len(set(text)) < 3


def is_documented_example(text: str) -> bool:
    """Whether a value is one of the access keys that AWS's own pages show, which end in EXAMPLE or EXAMPLEKEY."""
    return len(text) in (20, 40) and text.endswith(("EXAMPLE", "EXAMPLEKEY"))


def looks_like_reference(text: str) -> bool:
    """Whether a value tells where a credential is kept: an ARN, a parameter's path, a URL."""
    return _REFERENCE.match(text) is not None


def secret_name(name: str) -> SecretKind | None:
    """What an environment variable of this name holds, if it holds a credential."""
    upper = name.upper().replace("-", "_")
    compact = upper.replace("_", "")
    if compact.endswith(("AWSACCESSKEYID", "AWSACCESSKEY")):
        return "access key id"
    if compact.endswith(("SECRETACCESSKEY", "AWSSECRETKEY")):
        return "secret access key"
    if compact.endswith(("AWSSESSIONTOKEN", "AWSSECURITYTOKEN")):
        return "session token"
    if compact.endswith("PRIVATEKEY"):
        return "private key"
    if compact.endswith(("PASSWORD", "PASSWD", "PASSPHRASE")) or upper.endswith(("_PWD", "_PASS")):
        return "password"
    if compact.endswith(_TOKEN_NAMES):
        return "token"
    return None


def _may_have_key_id(text: str) -> bool:
    return "AKIA" in text or "ASIA" in text or "ABIA" in text or "ACCA" in text


def _may_name_secret(text: str) -> bool:
    lowered = text.lower()
    return any(name in lowered for name in _NAMES)


def _named(text: str, taken: set[int]) -> Iterator[Found]:
    """Secrets and session tokens with their name before them."""
    for match in _NAMED.finditer(text):
        value = match["value"]
        start, end = match.span("value")
        if match["token"]:
            if len(value) >= 100 and not _is_made_up(value):
                yield Found("session token", start, end, hint(value), "EXAMPLE" in value)
        elif len(value) == 40 and start not in taken and ("EXAMPLE" in value or _is_random(value)):
            taken.add(start)
            yield Found("secret access key", start, end, hint(value), "EXAMPLE" in value)


def _neighbours(text: str, start: int, end: int, taken: set[int]) -> Iterator[Found]:
    """Secrets that stand next to an access key id, whatever they are called."""
    for match in _SECRET_ALONE.finditer(text, max(0, start - _NEIGHBOURHOOD), min(len(text), end + _NEIGHBOURHOOD)):
        value = match.group()
        example = value.endswith("EXAMPLEKEY")
        if match.start() not in taken and (example or _is_random(value)):
            taken.add(match.start())
            yield Found("secret access key", *match.span(), hint(value), example)


def _private_keys(text: str) -> Iterator[Found]:
    for match in _PRIVATE_KEY.finditer(text):
        body = text[match.end() - 24 : match.end()]
        if looks_like_placeholder(body):
            continue
        tail = text.find("-----END", match.end(), match.end() + _LONGEST_PRIVATE_KEY)
        close = text.find("-----", tail + 8, tail + 80) if tail >= 0 else -1
        end = close + 5 if close >= 0 else match.end()
        yield Found("private key", match.start(), end, hint(text[match.start() : end]), False)


def _within_base64(text: str) -> Iterator[Found]:
    """Runs of base64 whose decoded text has a credential in it."""
    for match in _BASE64_RUN.finditer(text):
        run = match.group().rstrip("=")
        if not any(mark in run for mark in _BASE64_MARKS):
            continue
        try:
            decoded = b64decode(run[: len(run) - (len(run) % 4 == 1)] + "=" * (-len(run) % 4 % 3), validate=True)
        except Base64Error:
            continue
        inner = next(_plain(decoded.decode("latin-1")), None)
        if inner is not None:
            yield Found(inner.kind, *match.span(), inner.hint, inner.is_example)


def _plain(text: str) -> Iterator[Found]:
    """What `find` finds, without another look through base64: a text cannot make the search go deep."""
    ids = [match.span() for match in _KEY_ID.finditer(text)]
    for start, end in ids:
        whole = text[start:end]
        if whole.endswith("EXAMPLE") or not _is_made_up(whole[4:]):
            yield Found("access key id", start, end, hint(whole), whole.endswith("EXAMPLE"))
    yield from _named(text, set())
    yield from _private_keys(text)


def _is_random(value: str) -> bool:
    """Whether 40 characters look drawn at random: mixed case and digits, high entropy, no placeholder, no SHA-1."""
    if value.islower() or value.isupper() or not any(c.isdigit() for c in value):
        return False
    return entropy(value) > 4.2 and not _is_made_up(value)


def entropy(value: str) -> float:
    """Shannon's entropy of a string, in bits a character."""
    size = len(value)
    return -sum(count / size * log2(count / size) for count in Counter(value).values())


def _is_made_up(value: str) -> bool:
    """Whether the variable part of a key was typed and not drawn: runs of one character, the alphabet, few letters."""
    folded = value.lower()
    if len(set(folded)) < 6 or _SAME.search(folded) is not None:
        return True
    if any(folded[i : i + 8] in _ALPHABET for i in range(min(len(folded) - 7, 33))):
        return True
    return any(word in folded for word in ("example", "placeholder", "changeme", "xxxxx", "dummy"))

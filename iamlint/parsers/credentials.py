"""Finds credentials that stand in clear in a text: AWS access keys, private keys, tokens, passwords in URLs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from iamlint.model.secret import SecretKind
from iamlint.parsers.encoded_text import GZIP_MARK, decoded
from iamlint.parsers.issued_tokens import find_in_urls, find_issued
from iamlint.parsers.secret_words import (
    entropy,
    hint,
    is_documented_example,
    is_example_like,
    is_made_up,
    looks_like_placeholder,
)


class Found(NamedTuple):
    """A credential at [start, end) of a text. `hint` is all that may be shown of it; `name` says whose it is;
    `is_encoded` that it stands in a run of base64, which [start, end) then is."""

    kind: SecretKind
    start: int
    end: int
    hint: str
    is_example: bool = False
    name: str = ""
    is_encoded: bool = False


# IAM User Guide, "Unique identifiers": the prefixes of credentials. AIDA, AROA and the like name principals.
# Keys are base32; of AKIA and ASIA, which begin nothing else, those too that people have changed by hand.
# Before one may stand the letter of an escape, `\n` in a JSON string.
_KEY_ID = re.compile(
    r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))(?:(?:AKIA|ASIA)[A-Z0-9]{16}|(?:ABIA|ACCA)(?:[A-Z2-7]{16}|[A-Z0-9]{9}EXAMPLE))"
    r"(?![A-Za-z0-9])"
)

# A name that says what follows, then a quote, colon, equals sign, or `Name: …, Value: …` of a container definition.
_NAMED = re.compile(
    r"""(?:secret[_-]?(?:access[_-]?)?key|(?P<token>(?:session|security)[_-]?token))(?:[_-]?id)?(?![A-Za-z0-9])
        (?:\\?["'])?(?:\s*(?:,\s*)?\\?["']?value\\?["']?)?\s*(?:(?:[:=]|=>)\s*)?(?:\\?["'])?
        (?P<value>[A-Za-z0-9/+]{40,4096}={0,2})(?![A-Za-z0-9/+=])""",
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


def find(text: str) -> Iterator[Found]:
    """The credentials in a text, in no particular order, none twice; of a base64 run that hides some, for each the
    run."""
    yield from distinct(_plain(text))
    if len(text) >= 48 and (GZIP_MARK in text or any(mark in text for mark in _BASE64_MARKS)):
        yield from _within_base64(text)


def distinct(found: Iterable[Found]) -> Iterator[Found]:
    """What is found, but of what overlaps only the first; several may stand in one run of base64."""
    spans: list[tuple[int, int]] = []
    runs: set[Found] = set()
    for one in found:
        if one.is_encoded and (one.start, one.end) in {(run.start, run.end) for run in runs}:
            if one not in runs:
                runs.add(one)
                yield one
        elif not any(start < one.end and one.start < end for start, end in spans):
            spans.append((one.start, one.end))
            if one.is_encoded:
                runs.add(one)
            yield one


def key_ids(text: str) -> Iterator[tuple[str, int, int]]:
    """The ids of access keys in a text, each with where it stands; not those of AWS's own examples."""
    for match in _KEY_ID.finditer(text) if _may_have_key_id(text) else ():
        key = match[0]
        if not key.endswith("EXAMPLE") and not is_made_up(key[4:]):
            yield key, *match.span()


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
            if len(value) >= 100 and not is_made_up(value):
                yield Found("session token", start, end, hint(value), "EXAMPLE" in value)
        elif len(value) == 40 and start not in taken and (is_example_like(value) or _is_random(value)):
            taken.add(start)
            yield Found("secret access key", start, end, hint(value), is_documented_example(value))


def _neighbours(text: str, start: int, end: int, taken: set[int]) -> Iterator[Found]:
    """Secrets that stand next to an access key id, whatever they are called."""
    for match in _SECRET_ALONE.finditer(text, max(0, start - _NEIGHBOURHOOD), min(len(text), end + _NEIGHBOURHOOD)):
        value = match.group()
        if match.start() not in taken and (is_example_like(value) or _is_random(value)):
            taken.add(match.start())
            yield Found("secret access key", *match.span(), hint(value), is_documented_example(value))


def _private_keys(text: str) -> Iterator[Found]:
    for match in _PRIVATE_KEY.finditer(text):
        body = text[match.end() - 24 : match.end()]
        if looks_like_placeholder(body):
            continue
        tail = text.find("-----END", match.end(), match.end() + _LONGEST_PRIVATE_KEY)
        close = text.find("-----", tail + 8, tail + 80) if tail >= 0 else -1
        end = close + 5 if close >= 0 else match.end()
        yield Found("private key", match.start(), end, hint(text[match.start() : end]), False)


def _issued(text: str) -> Iterator[Found]:
    """Tokens, and passwords in URLs; a token in a URL is a token."""
    ends: list[tuple[int, int]] = []
    for name, start, end in find_issued(text):
        if not any(low < end and start < high for low, high in ends):
            ends.append((start, end))
            yield Found("token", start, end, hint(text[start:end]), name=name)
    for start, end, is_alone in find_in_urls(text):
        if not any(low < end and start < high for low, high in ends):
            kind: SecretKind = "token" if is_alone else "password"
            yield Found(kind, start, end, hint(text[start:end]), name=f"{kind} in a URL")


def _within_base64(text: str) -> Iterator[Found]:
    """Runs of base64 whose decoded text has a credential in it."""
    for match in _BASE64_RUN.finditer(text):
        run = match[0]
        if not run.startswith(GZIP_MARK) and not any(mark in run for mark in _BASE64_MARKS):
            continue
        content = decoded(run)
        # What is in there is not looked through again: a text cannot make the search go deep.
        for inner in distinct(_plain(content)) if content is not None else ():
            yield inner._replace(start=match.start(), end=match.end(), is_encoded=True)


def _plain(text: str) -> Iterator[Found]:
    """What `find` finds without a look through base64."""
    ids = [match.span() for match in _KEY_ID.finditer(text)] if _may_have_key_id(text) else []
    taken: set[int] = set()
    for start, end in ids:
        whole = text[start:end]
        example = whole.endswith("EXAMPLE")
        if example or not is_made_up(whole[4:]):
            yield Found("access key id", start, end, hint(whole), example)
    if _may_name_secret(text):
        yield from _named(text, taken)
    for start, end in ids:
        yield from _neighbours(text, start, end, taken)
    if "PRIVATE KEY" in text:
        yield from _private_keys(text)
    yield from _issued(text)


def _is_random(value: str) -> bool:
    """Whether 40 characters look drawn at random: mixed case and digits, high entropy, no placeholder, no SHA-1."""
    if value.islower() or value.isupper() or not any(c.isdigit() for c in value):
        return False
    return entropy(value) > 4.2 and not is_made_up(value)

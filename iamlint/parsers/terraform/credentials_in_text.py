"""Credentials anywhere in a Terraform file: by their form, and literals under a name that says what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from iamlint.model.secret import Secret
from iamlint.parsers import credentials, secret_words
from iamlint.parsers.assemble import StackBuilder
from iamlint.parsers.credentials import Found
from iamlint.source.span import Place, SourceText

# `name = "literal"` or `name: "literal"`, first on its line or in a map; not in a comment.
_WRITTEN = re.compile(
    r"""(?:^|[{,])[ \t]*"?(?P<name>[A-Za-z_][A-Za-z0-9_.-]{2,80})"?[ \t]*[=:][ \t]*"(?P<value>[^"\n$%\\]{3,500})\"""",
    re.MULTILINE,
)
_SAYS_SECRET = re.compile(r"pass|pwd|token|secret|_key|apikey|auth", re.IGNORECASE)
# `name = "…"`, `value = "literal"`: a block or an object of a list.
_PAIRED = re.compile(
    r"""\bname"?[ \t]*[=:][ \t]*"(?P<name>[\w. /-]{2,120})"\s*(?:,\s*)?(?:"?\w+"?[ \t]*[=:][ \t]*[^\s{},]+\s*(?:,\s*)?)?
        "?value"?[ \t]*[=:][ \t]*"(?P<value>[^"\n$%\\]{3,500})\"""",
    re.VERBOSE,
)
_ENTRY = 400  # characters, more than an entry of such a manifest takes
_STORES = ("PARAMETER_STORE", "SECRETS_MANAGER")
_SEARCHED = (".tf", ".tofu", ".tfvars", ".tf.json", ".tofu.json", ".tfvars.json")


def declare(builder: StackBuilder, source: SourceText) -> None:
    """Puts the credentials of a file into the stack."""
    text = source.text
    for found in _found(text):
        builder.add(
            Secret(
                kind=found.kind,
                context="text",
                hint=found.hint,
                name=found.name,
                is_example=found.is_example,
                place=Place(source, found.start, found.end),
                address=source.path,
            )
        )


@lru_cache(maxsize=4)
def _found(text: str) -> tuple[Found, ...]:
    """What a file has; one that declares the same things many times is in many modules."""
    return tuple(credentials.distinct((*credentials.find(text), *_assigned(text))))


def _assigned(text: str) -> Iterator[Found]:
    """The literals that a file has under the name of a credential, of whatever resource, module call or map."""
    if _SAYS_SECRET.search(text) is None:
        return
    for match in _WRITTEN.finditer(text):
        name, value = match["name"], match["value"]
        kind = secret_words.kind_of(name, value)
        if kind is not None and not (name == "secretKey" and _of_external_secret(text, *match.span())):
            start, end = match.span("value")
            yield Found(kind, start - 1, end + 1, secret_words.hint(value), secret_words.is_documented_example(value))
    for match in _PAIRED.finditer(text):
        name, value = match["name"].rpartition("/")[2], match["value"]
        kind = secret_words.kind_of(name, value)
        if kind is None or any(store in _object_around(text, *match.span()) for store in _STORES):
            continue
        start, end = match.span("value")
        yield Found(kind, start - 1, end + 1, secret_words.hint(value), secret_words.is_documented_example(value))


def _of_external_secret(text: str, start: int, end: int) -> bool:
    """Whether an entry of a Kubernetes ExternalSecret is at a stretch of a file: its `secretKey` names the key that
    what `remoteRef` refers to is given."""
    return "remoteRef" in text[max(start - _ENTRY, 0) : end + _ENTRY]


def _object_around(text: str, start: int, end: int) -> str:
    """The block or object that a stretch of a file is in."""
    return text[text.rfind("{", 0, start) + 1 : max(text.find("}", end), end)]


@lru_cache(maxsize=4)
def _spans_in(text: str, by_form: bool) -> list[tuple[int, int]]:
    """Where the search of a file's text finds credentials; `by_form` leaves out those that only a name gives away."""
    searches = (credentials.find(text),) if by_form else (credentials.find(text), _assigned(text))
    return [(found.start, found.end) for search in searches for found in search]


def is_told(place: Place, by_form: bool = False) -> bool:
    """Whether the search of the text tells of what stands there; a place may have its quotes or not."""
    source = place.source
    if not source.path.endswith(_SEARCHED):
        return False
    return any(start < place.end and place.start < end for start, end in _spans_in(source.text, by_form))

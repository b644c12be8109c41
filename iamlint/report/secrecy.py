"""Keeps what was found to be a credential out of everything that findings say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from iamlint.engine.finding import Finding
from iamlint.model.secret import Secret, shown_characters
from iamlint.source.span import Related

Withheld = Mapping[str, Sequence[tuple[int, int]]]

_SHORTEST = 8  # a shorter one could be part of any word
_A_WORD = re.compile(r"[a-z]+|[A-Z]+")


def kept_secret(
    findings: Iterable[Finding], secrets: Iterable[Secret], texts: Mapping[str, Iterable[str]]
) -> list[Finding]:
    """The findings, whose texts quote none of the credentials of their file but by its first characters.

    `texts` has for a file those of it that cannot be read any further.
    """
    by_file: dict[str, set[str]] = {path: set(found) for path, found in texts.items()}
    for secret in secrets:
        # What has no hint is no value that is written: a parameter that anybody could read is pointed at by its name.
        if secret.hint and not secret.is_stand_in:
            by_file.setdefault(secret.place.source.path, set()).add(secret.place.written)
    hiding = {path: hidden for path, found in by_file.items() if (hidden := _hiding(found)) is not None}
    return [_without(finding, hiding.get(finding.place.source.path)) for finding in findings]


def _hiding(written: Iterable[str]) -> re.Pattern[str] | None:
    """What finds any of some credentials, as they are written and as a value has them."""
    spelled = {form for text in written for form in _forms(text.strip("\"'"))}
    longest_first = sorted(spelled, key=lambda text: (-len(text), text))
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def _forms(text: str) -> tuple[str, ...]:
    if len(text) < _SHORTEST or _A_WORD.fullmatch(text) is not None:
        return ()
    return (text, text.replace("\\n", "\n")) if "\\n" in text else (text,)


def _without(finding: Finding, hiding: re.Pattern[str] | None) -> Finding:
    if hiding is None:
        return finding
    said = (finding.message, finding.address, finding.element, finding.sid, *(told for _, told in finding.related))
    if not any(map(hiding.search, said)):
        return finding
    message, address, element, sid, *related = (hiding.sub(_shortened, text) for text in said)
    places = (place for place, _ in finding.related)
    return replace(
        finding,
        message=message,
        address=address,
        element=element,
        sid=sid,
        related=tuple(map(Related, places, related)),
    )


def _shortened(found: re.Match[str]) -> str:
    text = found[0]
    return f"{text[: shown_characters(len(text))]}…"

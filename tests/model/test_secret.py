"""What a message may say of a credential."""

from __future__ import annotations

import pytest

from iamlint.model.secret import Secret, SecretKind, shown_characters
from iamlint.source.span import Place, SourceText


@pytest.mark.parametrize(("length", "shown"), [(0, 0), (2, 0), (4, 1), (8, 2), (11, 3), (12, 4), (40, 4)])
def test_no_more_than_a_third_is_shown(length: int, shown: int) -> None:
    assert shown_characters(length) == shown


def test_a_stand_in_is_called_one() -> None:
    place = Place(SourceText("a.tf", "x"), 0, 1)
    secret = Secret(kind="access key id", context="environment", hint="", place=place, is_stand_in=True)
    assert secret.what == "a stand-in for an access key id"


@pytest.mark.parametrize(
    ("kind", "name", "what"),
    [
        ("password", "", "a password"),
        ("access key id", "", "an access key id"),
        ("token", "GitHub token", "a GitHub token"),
        ("token", "Anthropic key", "an Anthropic key"),
        ("token", "npm token", "an npm token"),
        ("password", "password in a URL", "a password in a URL"),
    ],
)
def test_what_it_is_with_its_article(kind: SecretKind, name: str, what: str) -> None:
    place = Place(SourceText("a.tf", "x"), 0, 1)
    assert Secret(kind=kind, name=name, context="text", hint="", place=place).what == what

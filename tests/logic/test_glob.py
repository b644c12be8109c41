"""Globs: matching, covering and overlapping, against brute force over a small alphabet."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.logic import glob

PATTERNS = st.text(alphabet="ab*?", max_size=5)
WORDS = ["".join(letters) for size in range(6) for letters in product("abc", repeat=size)]


def language(pattern: str) -> set[str]:
    return {word for word in WORDS if glob.matches(pattern, word)}


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:Get", "s3:GetObject", False),
        ("*", "", True),
        ("?", "", False),
        ("a*b*c", "axxbyyc", True),
        ("a*b*c", "axxbyy", False),
    ],
)
def test_matching(pattern: str, text: str, expected: bool) -> None:
    assert glob.matches(pattern, text) is expected


@settings(max_examples=150, deadline=None)
@given(PATTERNS, PATTERNS)
def test_covering_is_what_brute_force_says(wide: str, narrow: str) -> None:
    # The alphabet has a letter that no pattern names, and words as long as patterns: inclusion shows on them.
    answer = glob.covers(glob.tokens(wide), glob.tokens(narrow))
    if answer:
        assert language(narrow) <= language(wide)
    elif len(wide) + len(narrow) <= 5:
        assert not language(narrow) <= language(wide)


@settings(max_examples=150, deadline=None)
@given(PATTERNS, PATTERNS)
def test_overlap_is_what_brute_force_says(one: str, other: str) -> None:
    common = language(one) & language(other)
    if common:
        assert glob.overlap(glob.tokens(one), glob.tokens(other))
    elif len(one) + len(other) <= 5:
        assert not glob.overlap(glob.tokens(one), glob.tokens(other))


@given(PATTERNS, PATTERNS)
def test_written_globs_cover_as_their_tokens_do(wide: str, narrow: str) -> None:
    assert glob.covers_written(wide, narrow) is glob.covers(glob.tokens(wide), glob.tokens(narrow))


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("log-group:?*", "log-group:/aws/*", True),
        ("*:stream", "log-group:*", True),
        ("a*z", "*b*", True),
        ("a*bz", "az", False),
        ("a*b*z", "ac?cz", True),
        ("a*b*z", "accz", False),
        ("*ab", "b*a", False),
        ("?", "", False),
        ("**", "", True),
    ],
)
def test_which_globs_have_a_string_in_common(one: str, other: str, meet: bool) -> None:
    assert glob.overlap(glob.tokens(one), glob.tokens(other)) is meet
    assert glob.overlap(glob.tokens(other), glob.tokens(one)) is meet


def test_a_hole_leaves_doubt_only_where_it_decides() -> None:
    hole = glob.Hole("var.b")
    pattern = (*glob.tokens("arn:aws:s3:::"), hole, *glob.tokens("/*"))
    assert glob.covers(glob.tokens("arn:aws:s3:::*"), pattern) is True
    assert glob.covers(pattern, glob.tokens("arn:aws:s3:::data/x")) is None
    assert glob.covers(pattern, glob.tokens("arn:aws:sqs:::data")) is False
    assert glob.covers(pattern, pattern) is True


def test_adversarial_stars_end() -> None:
    assert glob.matches("*a" * 200 + "b", "a" * 5000) is False
    assert glob.covers(glob.tokens("*a" * 60), glob.tokens("a*" * 60)) is False

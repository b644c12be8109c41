"""Go's regular expressions become Python's where both mean the same, and only those that end soon."""

from __future__ import annotations

import pytest

from iamlint.parsers.terraform.go_patterns import go_pattern


@pytest.mark.parametrize(
    ("written", "subject", "found"),
    [
        ("a$", "a\n", None),
        ("a\\z", "ba", "a"),
        ("[[:alpha:]_]+", "1a_b", "a_b"),
        ("[][]+", "a[]", "[]"),
        ("[a&&b]+", "&&", "&&"),
        ("(?i)ABC", "xabc", "abc"),
        ("(?<x>a)b", "ab", "ab"),
        ("\\d+", "\u0665" + "7", "7"),
        ("https?://([^/]+)/", "see http://a.b/c", "http://a.b/"),
        ("([a-z]+\\.)+[a-z]+", "x.y.z", "x.y.z"),
    ],
)
def test_matches(written: str, subject: str, found: str | None) -> None:
    pattern = go_pattern(written)
    assert pattern is not None
    match = pattern.compiled.search(subject)
    assert (match.group() if match is not None else None) == found


@pytest.mark.parametrize(
    "written", ["(?=a)", "(?!a)", "(?<=a)", "(a)\\1", "a++", "a**", "*a", "(?>a)", "[", "(", ")", "a{2000}"]
)
def test_what_go_refuses_is_not_tried(written: str) -> None:
    assert go_pattern(written) is None


@pytest.mark.parametrize("written", ["(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*)*x", "(a?b?)+c", "((a|b)+)*c", "(a*)(a*)*b"])
def test_exponential_patterns_are_not_tried(written: str) -> None:
    assert go_pattern(written) is None


def test_the_more_repeats_the_shorter_the_subject() -> None:
    lengths = [pattern.longest for pattern in map(go_pattern, ("abc", "a*b", "a*a*b", "a*a*a*b")) if pattern]
    assert lengths == sorted(lengths, reverse=True)
    assert len(set(lengths)) >= 3
    anchored = go_pattern("^arn:([^:]+):iam::([^:]*):role/(.+)$")
    assert anchored is not None
    assert anchored.longest > 2000  # the longest ARN of IAM

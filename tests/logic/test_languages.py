"""Languages of wildcards against brute force over small alphabets, and adversarial ones against the budget."""

from __future__ import annotations

from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.logic.glob import ANY, Hole, Tokens
from iamlint.logic.languages import (
    Automaton,
    Budget,
    Pattern,
    SpentError,
    Union,
    arn_pattern,
    find,
)
from iamlint.logic.policy import shown
from iamlint.logic.reading import pattern

# The letter c stands for all that no pattern names.
WORDS = ["".join(letters) for size in range(7) for letters in product("abc:", repeat=size)]
GLOBS = st.text(alphabet="ab:*?", max_size=4)
UNIONS = st.lists(GLOBS, min_size=1, max_size=3)


@cache
def matches(glob: str, word: str) -> bool:
    """By the definition, letter by letter."""
    if not glob:
        return not word
    if glob[0] == "*":
        return matches(glob[1:], word) or (bool(word) and matches(glob, word[1:]))
    return bool(word) and glob[0] in ("?", word[0]) and matches(glob[1:], word[1:])


def union(globs: list[str], folded: bool = False) -> Union:
    return tuple(Pattern(pattern(glob, variables=False), folded) for glob in globs)


@settings(max_examples=150, deadline=None)
@given(UNIONS, st.sampled_from(WORDS))
def test_an_automaton_accepts_what_a_pattern_matches(globs: list[str], word: str) -> None:
    assert Automaton(union(globs)).accepts(word) is any(matches(glob, word) for glob in globs)


@settings(max_examples=150, deadline=None)
@given(st.lists(UNIONS, min_size=1, max_size=2), st.lists(GLOBS, max_size=3))
def test_a_string_is_found_when_there_is_one_and_it_is_a_shortest(
    positives: list[list[str]], negatives: list[str]
) -> None:
    def inside(word: str) -> bool:
        return all(any(matches(glob, word) for glob in globs) for globs in positives) and not any(
            matches(glob, word) for glob in negatives
        )

    found = find(tuple(union(globs) for globs in positives), union(negatives), Budget())
    expected = next((word for word in WORDS if inside(word)), None)
    if found is None:
        assert expected is None
        return
    assert inside(shown(found))
    # Of one union the patterns are tried one after the other, so that a later one may have a shorter string.
    if len(positives[0]) == 1 or len({union(globs) for globs in positives}) > 1:
        assert expected is None or len(found) == len(expected)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="aB*", max_size=3), st.text(alphabet="Ab*", max_size=3), st.booleans())
def test_letter_case(inside: str, outside: str, folded: bool) -> None:
    words = ["".join(letters) for size in range(5) for letters in product("aAbBc", repeat=size)]
    expected = any(
        matches(inside.lower(), word.lower())
        and not (matches(outside.lower(), word.lower()) if folded else matches(outside, word))
        for word in words
    )
    assert (find((union([inside], True),), union([outside], folded), Budget()) is not None) is expected


@pytest.mark.parametrize(
    ("arn", "text", "expected"),
    [
        ("arn:aws:sqs:*:1:q", "arn:aws:sqs:us-east-1:1:q", True),
        ("arn:aws:sqs:*:q", "arn:aws:sqs:us-east-1:1:q", False),  # a part's `*` does not match a colon
        ("arn:aws:s3:::b*", "arn:aws:s3:::b/a:b", True),  # the last part's does
        ("arn:aws:s3:::?", "arn:aws:s3::::", True),
        ("arn:aws:?:::a", "arn:aws::::::a", False),
        ("*", "anything", True),
        ("arn:aws:s3", "arn:aws:s3:eu:1:b", True),  # completed
        ("arn:aws:s3", "arn:aws:s3", False),
    ],
)
def test_arns_part_by_part(arn: str, text: str, expected: bool) -> None:
    found = arn_pattern(pattern(arn), complete=True)
    assert found is not None
    assert Automaton((found,)).accepts(text) is expected


ARNS = st.lists(st.text(alphabet="a*?", max_size=2), min_size=6, max_size=7).map(":".join)
ARN_WORDS = [":".join(parts) for size in (6, 7) for parts in product(("", "a", "c", "aa"), repeat=size)]


@settings(max_examples=40, deadline=None)
@given(ARNS, st.one_of(ARNS, GLOBS))
def test_arns_and_globs_together(inside: str, outside: str) -> None:
    arn = arn_pattern(pattern(inside), complete=False)
    other = arn_pattern(pattern(outside), complete=False) or Pattern(pattern(outside))
    assert arn is not None
    found = find(((arn,),), (other,), Budget())
    mine, theirs = Automaton((arn,)), Automaton((other,))
    if found is not None:
        assert mine.accepts(found) and not theirs.accepts(found)
    else:
        assert not any(mine.accepts(word) and not theirs.accepts(word) for word in ARN_WORDS)


def text(*parts: str | Hole) -> Pattern:
    return Pattern(tuple(token for part in parts for token in ([part] if isinstance(part, Hole) else pattern(part))))


@pytest.mark.parametrize(
    ("inside", "outside", "covered"),
    [
        (text(Hole("x")), text(Hole("x")), True),
        (text(Hole("x")), text("*"), True),
        (text(Hole("x")), text("?"), False),
        (text(Hole("x")), text("?*"), False),
        (text(Hole("x")), text(Hole("y")), False),
        (text("a", Hole("x"), "b"), text("a*"), True),
        (text("a", Hole("x"), "b"), text("a", Hole("x"), "*"), True),
        (text("*"), text(Hole("x")), False),
    ],
)
def test_unknown_parts_are_letters_of_their_own(inside: Pattern, outside: Pattern, covered: bool) -> None:
    assert (find(((inside,),), (outside,), Budget()) is None) is covered


def test_two_texts_with_unknown_parts_may_be_the_same() -> None:
    assert find(((text(Hole("x")),), (text("bob"),)), (), Budget()) is not None


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("*a" + "?" * 24 + "*b", "*a" + "?" * 25),
        ("*" + "a*" * 40, "*" + "ab*" * 20),
        ("*", "*a" + "?" * 30),
        ("?*" * 30, "*a" + "?" * 22 + "b*"),
    ],
)
def test_adversarial_wildcards_end(inside: str, outside: str) -> None:
    budget = Budget(steps=20_000, per_search=4_000)
    try:
        found: Tokens | str | None = find((union([inside]),), union([outside]), budget)
    except SpentError as spent:
        assert spent.what
        found = "spent"
    assert found == "spent" or found is not None
    assert budget.left > -5_000  # it stopped soon after, and took its steps off


def test_a_question_that_is_spent_says_on_what() -> None:
    several = tuple(union(["*a" + "?" * size]) for size in range(14, 20))
    with pytest.raises(SpentError) as spent:
        find(several, union(["*b" + "?" * 21]), Budget(per_search=100))
    assert "?" in spent.value.what
    assert find((((Pattern((ANY,)),)),), (), Budget(steps=500)) == ()

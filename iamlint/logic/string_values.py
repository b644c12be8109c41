"""Values of string-like condition operators: strings, ARNs, booleans and binary text, as languages of patterns."""

from __future__ import annotations

from functools import lru_cache

from iamlint.logic.glob import Tokens
from iamlint.logic.languages import Budget, Pattern, Union, arn_pattern, automaton, find
from iamlint.logic.policy import Condition

EXACT = frozenset({"stringequals", "stringnotequals", "binaryequals", "stringlike", "stringnotlike"})
FOLDED = frozenset({"stringequalsignorecase", "stringnotequalsignorecase", "bool"})
ARN = frozenset({"arnequals", "arnlike", "arnnotequals", "arnnotlike"})
OPERATORS = EXACT | FOLDED | ARN
_BOOLEANS: Union = (Pattern(tuple("true"), True), Pattern(tuple("false"), True))


@lru_cache(maxsize=4096)
def union(condition: Condition) -> Union | None:
    """The strings that match one of the values; None when it is not documented what a value matches."""
    found = []
    for tokens in condition.values:
        if condition.operator in ARN:
            pattern = arn_pattern(tokens, complete=False)
        else:
            pattern = Pattern(tokens, condition.operator in FOLDED)
        if pattern is None:
            return None
        found.append(pattern)
    return tuple(found)


def candidate(tests: list[tuple[Condition, bool]], key: str, budget: Budget) -> Tokens | None:
    """A string that matches the values of each condition that is to match, and of no other; None when there is none.

    A key that is tested with Bool is true or false; tags may be anything.
    """
    positives: list[Union] = []
    negatives: list[Pattern] = []
    for condition, wanted in tests:
        patterns = union(condition)
        if patterns is None:
            continue
        if wanted:
            positives.append(patterns)
        else:
            negatives += patterns
    if "tag/" not in key and any(condition.operator == "bool" for condition, _ in tests):
        positives.append(_BOOLEANS)
    return find(tuple(positives), tuple(dict.fromkeys(negatives)), budget)


def listed(tests: list[tuple[Condition, bool]]) -> list[Tokens] | None:
    """All strings that match a condition that is to match, where one of them lists its values one by one."""
    for condition, wanted in tests:
        plain = wanted and condition.operator in EXACT
        if plain and all(isinstance(token, str) for value in condition.values for token in value):
            return list(condition.values)
    return None


def matches(condition: Condition, value: Tokens) -> bool:
    """Whether the value matches one of the condition's values; no where that is not documented."""
    patterns = union(condition)
    return patterns is not None and automaton(patterns).accepts(value)

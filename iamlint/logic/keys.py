"""Condition keys: whether some value, set of values, or absence of a key satisfies all that is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

from iamlint.logic import address_values, number_values, string_values
from iamlint.logic.glob import Tokens
from iamlint.logic.languages import Budget
from iamlint.logic.policy import Condition, holes, shown

Tests = list[tuple[Condition, bool]]  # conditions, and whether each is to hold

_NEGATED = frozenset(
    {
        "stringnotequals", "stringnotequalsignorecase", "stringnotlike", "numericnotequals", "datenotequals",
        "notipaddress", "arnnotequals", "arnnotlike",
    }
)  # fmt: skip

# Global keys with several values, and those that have one however they are tested (IAM User Guide, "AWS global
# condition context keys"). A key that is not known has a set of values where a set operator is used on it.
_SETS = frozenset(
    {
        "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths", "aws:sourceorgpaths",
        "aws:vpceorgpaths", "aws:calledvia", "aws:tagkeys",
    }
)  # fmt: skip
_SINGLE = frozenset(
    {
        "aws:assumedroot", "aws:calledviafirst", "aws:calledvialast", "aws:currenttime", "aws:epochtime",
        "aws:federatedprovider", "aws:multifactorauthage", "aws:multifactorauthpresent", "aws:principalaccount",
        "aws:principalarn", "aws:principalisawsservice", "aws:principalorgid", "aws:principalservicename",
        "aws:principaltype", "aws:referer", "aws:requestedregion", "aws:resourceaccount", "aws:resourceorgid",
        "aws:securetransport", "aws:sourceaccount", "aws:sourcearn", "aws:sourceidentity", "aws:sourceip",
        "aws:sourceorgid", "aws:sourcevpc", "aws:sourcevpce", "aws:tokenissuetime", "aws:useragent", "aws:userid",
        "aws:username", "aws:viaawsservice", "aws:vpceaccount", "aws:vpceorgid", "aws:vpcsourceip",
    }
)  # fmt: skip


def set_valued(conditions: Iterable[Condition], is_single: Callable[[str], bool]) -> frozenset[str]:
    """The keys among those of the conditions that may have several values; a tag has one."""
    found = set()
    for condition in conditions:
        key = condition.key
        if key in _SETS or (
            condition.qualifier and key not in found and key not in _SINGLE and "tag/" not in key and not is_single(key)
        ):
            found.add(key)
    return frozenset(found)


@lru_cache(maxsize=8192)
def family(condition: Condition) -> str:
    """string, number, date, address, null; empty for an operator, or a value, that nobody can interpret."""
    operator = condition.operator
    if operator in string_values.OPERATORS:
        return "string" if string_values.union(condition) is not None else ""
    if any(holes(value) for value in condition.values):
        return ""
    if operator in number_values.NUMERIC:
        return "number"
    if operator in number_values.DATE:
        return "date"
    if operator in address_values.OPERATORS:
        return "address"
    return "null" if operator == "null" else ""


def holds_when_absent(condition: Condition) -> bool | None:
    """Whether the condition holds for a request without the key; None where that is not documented well."""
    if not family(condition):
        return None
    if condition.operator == "null":
        return any(shown(value).lower() == "true" for value in condition.values)
    if condition.qualifier == "forallvalues":
        return True
    if condition.qualifier == "foranyvalue":
        return None if condition.if_exists else False
    return condition.if_exists or condition.operator in _NEGATED


def find(key: str, literals: Tests, sets: Collection[str], budget: Budget) -> tuple[Tokens, ...] | None:
    """Values for the key with which the literals hold, none of them for an absent key; None is a proof that no value,
    set of values or absence will do. What nobody can interpret is left out, so that an answer may be none; values for
    which AWS says what happens come first."""
    absent = [holds_when_absent(condition) for condition, _ in literals]
    possible = all(holds in (wanted, None) for holds, (_, wanted) in zip(absent, literals, strict=True))
    if possible and None not in absent:
        return ()
    return _present(key, literals, sets, budget) or (() if possible else None)


def _present(key: str, literals: Tests, sets: Collection[str], budget: Budget) -> tuple[Tokens, ...] | None:
    """One value or several with which the literals hold."""
    tests: Tests = []
    for condition, wanted in literals:
        kind = family(condition)
        if kind == "null":
            if any(shown(value).lower() == "false" for value in condition.values) is not wanted:
                return None
        elif kind:
            tests.append((condition, wanted))
    alone = _value(key, tests, budget)
    if alone is not None:
        return (alone,)
    return _several(key, tests, budget) if key in sets else None


def _several(key: str, tests: Tests, budget: Budget) -> tuple[Tokens, ...] | None:
    """Several values: each demand that some value should pass is met by one of its own, which all others bear."""
    every: Tests = []
    some: Tests = []
    for condition, wanted in tests:
        # An operator without a qualifier on several values: AWS does not say. It may hold and it may not.
        if condition.qualifier:
            (every if (condition.qualifier == "forallvalues") is wanted else some).append((condition, wanted))
    if not some and not _is_choice(key, every, budget):
        return None  # of one value AWS does say
    values: dict[Tokens, None] = {}
    for demands in [[demand] for demand in some] or [[]]:
        value = _value(key, [*demands, *every], budget)
        if value is None:
            return None
        values[value] = None
    return tuple(values)


def _is_choice(key: str, every: Tests, budget: Budget) -> bool:
    """Whether more than one value passes each test."""
    first = _value(key, every, budget)
    if first is None:
        return False
    return _value(key, [*every, (Condition("stringnotequals", key, (first,)), True)], budget) is not None


def _value(key: str, tests: Tests, budget: Budget) -> Tokens | None:
    """One value on which every condition tests as wanted; of several families each alone when none is for all."""
    families: dict[str, Tests] = {}
    for condition, wanted in tests:
        matching = wanted is not (condition.operator in _NEGATED)
        families.setdefault(family(condition), []).append((condition, matching))
    if len(families) > 1 and (listed := string_values.listed(families.get("string", []))) is not None:
        budget.spend(len(listed) * len(tests))
        return next((value for value in listed if _passes(value, families)), None)
    candidates: list[Tokens] = []
    for kind, asked in families.items():
        if kind == "string":
            found = string_values.candidate(asked, key, budget)
        elif kind == "address":
            found = address_values.candidate(asked, key, budget)
        else:
            found = number_values.candidate(asked, key, budget)
        if found is None:
            return None
        candidates.append(found)
    if not candidates:
        return tuple("x")
    for value in candidates if len(candidates) > 1 else ():
        if _passes(value, families):
            return value
    return candidates[0]


def _passes(value: Tokens, families: dict[str, Tests]) -> bool:
    return all(_matches(condition, value) is wanted for asked in families.values() for condition, wanted in asked)


def _matches(condition: Condition, value: Tokens) -> bool:
    kind = family(condition)
    if kind == "string":
        return string_values.matches(condition, value)
    if kind == "address":
        return address_values.matches(condition, shown(value))
    return number_values.matches(condition, shown(value))

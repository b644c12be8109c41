"""Each operator against the table of what it means; and flipped, operator by operator, so that the table is seen to
notice it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from iamlint.logic import address_values, evaluator, keys, languages, number_values, string_values
from iamlint.logic.compare import compare
from iamlint.logic.policy import Condition, Policy

Questions = list[tuple[Policy, Policy, str]]
CACHES = (
    address_values._networks, address_values._ranges, address_values.network, keys.family, languages.automaton,
    number_values._limits, number_values.moment, number_values.number, string_values.union,
)  # fmt: skip


@pytest.fixture
def _fresh() -> Iterator[None]:
    for cache in CACHES:
        cache.cache_clear()
    yield
    for cache in CACHES:
        cache.cache_clear()


def wrong(questions: Questions) -> list[str]:
    """What is answered otherwise than the table says."""
    found = ((compare(new, old).answer, new, old, right) for new, old, right in questions)
    return [f"{answer}, not {right}: {new} against {old}" for answer, new, old, right in found if answer != right]


def test_an_operator(questions: Questions) -> None:
    assert not wrong(questions)


ABSENT = keys.holds_when_absent
CONTAINS = address_values._contains
Flip = Callable[[pytest.MonkeyPatch, str], None]


def answered(answer: bool) -> Flip:
    return lambda patch, name: patch.setitem(evaluator._TESTS, name, lambda pattern, value: answer)


def negation(module: Any) -> Flip:
    return lambda patch, name: patch.setattr(module, "_NEGATED", module._NEGATED ^ {name})


def forgotten(patch: pytest.MonkeyPatch, name: str) -> None:
    tables = ((string_values, "OPERATORS"), (number_values, "NUMERIC"), (number_values, "DATE"))
    for module, table in (*tables, (address_values, "OPERATORS")):
        patch.setattr(module, table, getattr(module, table) - {name})


def absent(if_exists: bool) -> Flip:
    def holds(condition: Condition, name: str) -> bool | None:
        found = ABSENT(condition)
        return not found if (condition.operator, condition.if_exists) == (name, if_exists) else found

    return lambda patch, name: patch.setattr(keys, "holds_when_absent", lambda condition: holds(condition, name))


def otherwise(patch: pytest.MonkeyPatch, name: str) -> None:
    """The theory compares values otherwise: letter case matters where it did not, and the other way round, the parts of
    an ARN are nothing special; numbers are in order the other way round; networks lie one address lower."""
    compared = name.removeprefix("numeric").removeprefix("date")
    if name in string_values.OPERATORS:
        patch.setattr(string_values, "FOLDED", string_values.FOLDED ^ {name})
        patch.setattr(string_values, "ARN", string_values.ARN - {name})
    elif name in address_values.OPERATORS:
        patch.setattr(address_values, "_contains", lambda c, version, address: CONTAINS(c, version, address + 1))
    else:
        patch.setitem(number_values._COMPARISONS, compared, lambda value, limit: not value <= limit <= value + 1)


FLIPS: dict[str, Flip] = {
    "the evaluator matches everything": answered(True),
    "the evaluator matches nothing": answered(False),
    "the evaluator negates otherwise": negation(evaluator),
    "the theory negates otherwise": negation(keys),
    "the theory does not know it": forgotten,
    "the theory compares otherwise": otherwise,
    "an absent key is read otherwise": absent(False),
    "IfExists is read otherwise": absent(True),
}


@pytest.mark.usefixtures("_fresh")
@pytest.mark.parametrize("flip", FLIPS)
def test_a_flipped_operator_is_noticed(
    meaning: Any, questions: Questions, flip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    FLIPS[flip](monkeypatch, meaning.name.lower())
    assert wrong(questions)

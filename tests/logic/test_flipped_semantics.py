"""The cases of `comparisons.json` notice each rule of the semantics: flip one, in the evaluator or in a theory, and
some case is answered otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iamlint.logic import (
    address_values,
    boxes,
    compare,
    evaluator,
    glob,
    keys,
    languages,
    number_values,
    reading,
    string_values,
)

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "comparisons.json").read_text(encoding="utf-8"))
CACHES = (
    address_values._networks, address_values._ranges, address_values.network, keys.family, languages.automaton,
    number_values._limits, number_values.moment, number_values.number, string_values.union,
)  # fmt: skip
GET = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
Flip = Callable[[pytest.MonkeyPatch], None]


def document(side: dict[str, Any]) -> dict[str, Any]:
    if "when" in side:
        return {"Version": "2012-10-17", "Statement": [{**GET, "Condition": side["when"]}]}
    if "allow" in side:
        return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **side["allow"]}]}
    return {"Version": "2012-10-17", "Statement": side["statements"]} if "statements" in side else side


def first_wrong() -> str | None:
    """The first case whose answer is not the right one, either way round."""
    for case in CASES:
        new, old = (reading.read_policy(document(case[side])) for side in ("new", "old"))
        for one, other, right in ((new, old, case["answer"]), (old, new, case.get("back"))):
            if right and compare.compare(one, other, None, languages.Budget(20_000, 2_000)).answer not in right:
                return str(case["says"])
    return None


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    for cache in CACHES:
        cache.cache_clear()
    yield
    for cache in CACHES:
        cache.cache_clear()


def test_nothing_is_wrong_with_nothing_flipped() -> None:
    assert first_wrong() is None


def values_by(*operators: str, by: Callable[..., Any]) -> Flip:
    """The evaluator tests the values of some operators otherwise."""

    def flip(patch: pytest.MonkeyPatch) -> None:
        for operator in operators:
            patch.setitem(evaluator._TESTS, operator, by)

    return flip


def replaced(module: Any, name: str, by: Any) -> Flip:
    """A rule of a theory, or of the evaluator, is another one."""
    return lambda patch: patch.setattr(module, name, by)


ABSENT = keys.holds_when_absent
STEP = languages.Automaton.step
CONTAINS = address_values._contains
PRINCIPALS = boxes.principal_patterns
CONDITION = reading.condition
FLIPS: dict[str, Flip] = {
    "evaluator: StringLike without wildcards": values_by("stringlike", by=lambda p, v: evaluator._text(p) == v),
    "evaluator: StringEquals with any case": values_by(
        "stringequals", by=lambda p, v: evaluator._text(p).lower() == v.lower()
    ),
    "evaluator: ArnLike as StringLike": values_by("arnlike", by=evaluator._glob),
    "evaluator: every number matches": values_by("numericlessthan", by=lambda p, v: True),
    "evaluator: every address matches": values_by("ipaddress", by=lambda p, v: True),
    "evaluator: no negation": replaced(evaluator, "_NEGATED", frozenset()),
    "evaluator: accounts do not matter": replaced(evaluator, "_is_aws", lambda name, caller: True),
    "evaluator: every ARN matches": replaced(evaluator, "_arn", lambda pattern, text, complete: True),
    "theory: a negated operator fails on an absent key": replaced(
        keys, "holds_when_absent", lambda c: ABSENT(c) and c.operator not in keys._NEGATED
    ),
    "theory: ForAllValues fails on an absent key": replaced(
        keys, "holds_when_absent", lambda c: ABSENT(c) and c.qualifier != "forallvalues"
    ),
    "theory: IfExists fails on an absent key": replaced(
        keys, "holds_when_absent", lambda c: ABSENT(c._replace(if_exists=False))
    ),
    "theory: Null is for nothing": replaced(keys, "holds_when_absent", lambda c: c.operator != "null" and ABSENT(c)),
    "theory: every key has one value": replaced(keys, "_several", lambda key, tests, budget: None),
    "theory: no negation": replaced(keys, "_NEGATED", frozenset()),
    "theory: letter case matters": replaced(string_values, "FOLDED", frozenset()),
    "theory: booleans are any string": replaced(string_values, "_BOOLEANS", (languages.Pattern((glob.ANY,)),)),
    "theory: ARNs are plain texts": replaced(
        string_values, "arn_pattern", lambda tokens, complete: languages.Pattern(tokens)
    ),
    "theory: resources are not completed": replaced(
        boxes, "arn_pattern", lambda tokens, complete: languages.arn_pattern(tokens, False)
    ),
    "theory: `?` matches an unknown part": replaced(
        languages.Automaton,
        "step",
        lambda self, states, letter: STEP(self, states, "x" if isinstance(letter, glob.Hole) else letter),
    ),
    "theory: less is at most": lambda patch: patch.setitem(
        number_values._COMPARISONS, "lessthan", lambda value, limit: value <= limit
    ),
    "theory: no number between two whole ones": replaced(number_values, "_places", list),
    "theory: networks end one address early": replaced(
        address_values, "_contains", lambda c, v, a: CONTAINS(c, v, a) and CONTAINS(c, v, a + 1)
    ),
    "theory: a role does not cover its sessions": replaced(
        boxes, "principal_patterns", lambda principal: PRINCIPALS(principal)[:1]
    ),
    "comparing: a Deny that is gone grants nothing": replaced(compare, "_changed_around", lambda new, old: False),
    "reading: keys in their written case": replaced(
        reading, "condition", lambda o, k, v: CONDITION(o, k, v)._replace(key=k)
    ),
    "reading: no escapes": replaced(reading, "_EXPRESSION", re.compile(r"(?!)")),
}


@pytest.mark.parametrize("name", FLIPS)
def test_a_flipped_rule_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FLIPS[name](monkeypatch)
    assert first_wrong() is not None

"""Which rules run."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from iamlint.selection import UnknownRuleError, by_name_or_id, nearest_rule, select


@dataclass(frozen=True)
class Known:
    """A rule as far as selection looks at it."""

    name: str
    severity: str = "low"
    practice: int | None = 8
    strict: bool = False
    also_known_as: tuple[str, ...] = ()


RULES = {
    rule.name: rule
    for rule in (
        Known("inline-policy", "medium", 9, also_known_as=("CKV_1",)),
        Known("iam-user", strict=True),
        Known("wildcard-action", "high", also_known_as=("CKV_1", "F3")),
    )
}


@pytest.mark.parametrize(
    ("selected", "ignored", "strict", "names"),
    [
        ([], [], False, ["inline-policy", "wildcard-action"]),
        ([], [], True, ["inline-policy", "iam-user", "wildcard-action"]),
        (["iam-user"], [], False, ["iam-user"]),
        (["ckv_1"], [], False, ["inline-policy", "wildcard-action"]),
        (["practice:8"], [], False, ["iam-user", "wildcard-action"]),
        (["high"], [], False, ["wildcard-action"]),
        (["default", "iam-user"], ["F3"], False, ["inline-policy", "iam-user"]),
        (["all"], ["practice:8"], False, ["inline-policy"]),
        (["high"], [], True, ["iam-user", "wildcard-action"]),
    ],
)
def test_select(selected: list[str], ignored: list[str], strict: bool, names: list[str]) -> None:
    assert [rule.name for rule in select(RULES, selected, ignored, strict)] == names


@pytest.mark.parametrize("term", ["nothing", "practice:3", "practice:x"])
def test_what_selects_nothing_is_refused(term: str) -> None:
    with pytest.raises(UnknownRuleError):
        select(RULES, [term], [], False)
    with pytest.raises(UnknownRuleError):
        select(RULES, [], [term], False)


def test_names_and_hints() -> None:
    assert [rule.name for rule in by_name_or_id(RULES, "f3")] == ["wildcard-action"]
    assert nearest_rule(RULES, "no_inline_policies") == 'did you mean "inline-policy"?'
    assert nearest_rule(RULES, "zzz") == ""

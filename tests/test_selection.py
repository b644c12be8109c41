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
    group: str | None = None
    also_known_as: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()


RULES = {
    rule.name: rule
    for rule in (
        Known("inline-policy", "medium", 9, also_known_as=("CKV_1",), frameworks=("cis-1.4:1.15", "fsbp:IAM.2")),
        Known("iam-user", strict=True, group="credentials"),
        Known("wildcard-action", "high", group="identity", also_known_as=("CKV_1", "F3"), frameworks=("cis-3.0:1.16",)),
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
        (["severity:High"], [], False, ["wildcard-action"]),
        (["group:credentials"], [], False, ["iam-user"]),
        (["cis-1.4"], [], False, ["inline-policy"]),
        (["cis"], [], False, ["inline-policy", "wildcard-action"]),
        (["cis-3.0:1.16"], [], False, ["wildcard-action"]),
        (["all"], ["fsbp"], False, ["iam-user", "wildcard-action"]),
    ],
)
def test_select(selected: list[str], ignored: list[str], strict: bool, names: list[str]) -> None:
    assert [rule.name for rule in select(RULES, selected, ignored, strict)] == names


@pytest.mark.parametrize(
    "term", ["nothing", "practice:3", "practice:x", "group:trust", "severity:dire", "cis-2.0", "fsbp:IAM.1"]
)
def test_what_selects_nothing_is_refused(term: str) -> None:
    with pytest.raises(UnknownRuleError):
        select(RULES, [term], [], False)
    with pytest.raises(UnknownRuleError):
        select(RULES, [], [term], False)


@pytest.mark.parametrize(
    ("term", "hint"),
    [
        ("group:trust", "groups are credentials, identity"),
        ("severity:dire", "severities are info, low, medium, high, critical"),
        ("cis-2.0", "no rule speaks to it"),
        ("cis-9.0", "frameworks are cis-1.4"),
        ("nist:AC-6", "frameworks are cis-1.4"),
        ("practise:8", 'did you mean "practice:8"?'),
        ("8", "practices are practice:1"),
        ("identity", 'did you mean "group:identity"?'),
        ("strict", "`--strict`"),
        ("CKV_AWS_999", "it is none of Checkov's checks of IAM, which `iamlint rules --from checkov` lists"),
        ("cfn_nag", "`iamlint rules --from cfn-nag` lists cfn_nag's checks"),
        ("aws-ssm-avoid-leaks-via-http", "tfsec's aws-ssm-avoid-leaks-via-http has none here: where"),
    ],
)
def test_hints(term: str, hint: str) -> None:
    with pytest.raises(UnknownRuleError) as refused:
        select(RULES, [term], [], False)
    assert refused.value.hint.startswith(hint)


def test_where_nothing_is_near_the_list_is_named() -> None:
    with pytest.raises(UnknownRuleError, match=r'id "nothing": `iamlint rules` lists the rules$'):
        select(RULES, ["nothing"], [], False)


def test_names_and_hints() -> None:
    assert [rule.name for rule in by_name_or_id(RULES, "f3")] == ["wildcard-action"]
    assert nearest_rule(RULES, "no_inline_policies") == 'did you mean "inline-policy"?'
    assert nearest_rule(RULES, "zzz") == ""

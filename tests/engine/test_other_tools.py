"""The table of other tools' checks: spellings, and that it and the rules say the same."""

from __future__ import annotations

import pytest

from iamlint.engine.other_tools import TOOLS, by_tool, called, checks, spelled, spellings, tool_named, untold
from iamlint.engine.rule import load_rules

NOT_YET = "no rule yet"


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("AVD-AWS-0057", "aws-0057"),
        ("ckv_aws_63", "CKV_AWS_63"),
        ("CKV-AWS-63", "CKV_AWS_63"),
        ("AwsSolutions-IAM5[Resource::<Queue.Arn>/*]", "AwsSolutions-IAM5"),
        ("NIST.800.53.R5-IAMNoInlinePolicy", "IAMNoInlinePolicy"),
        ("HIPAA.Security-IAMNoInlinePolicy", "iamnoinlinepolicy"),
        ("terraform.aws.security.aws-iam-admin-policy.aws-iam-admin-policy", "aws-iam-admin-policy"),
    ],
)
def test_spellings_of_one_id(written: str, same: str) -> None:
    assert spelled(written) == spelled(same)


@pytest.mark.parametrize(("one", "other"), [("W1", "W11"), ("IAM.1", "IAM.11"), ("CKV_AWS_1", "CKV2_AWS_1")])
def test_different_ids_stay_apart(one: str, other: str) -> None:
    assert spelled(one) != spelled(other)


@pytest.mark.parametrize(
    ("name", "tool"),
    [("checkov", "checkov"), ("cfn_nag", "cfn-nag"), ("CloudFormation-Guard", "guard"), ("nothing", None)],
)
def test_tools_by_what_users_call_them(name: str, tool: str | None) -> None:
    assert tool_named(name) == tool


def test_names_that_share_a_check() -> None:
    assert spelled("AWS-0057") in spellings("aws-iam-no-policy-wildcards")
    assert spelled("IAM_POLICIES_ATTACHED_TO_USER") in spellings("b4378389-a9aa-44ee-91e7-ef183f11079e")
    assert spellings("unheard-of") == {"unheard-of"}


def test_ids_sorted_to_their_tools() -> None:
    assert by_tool(["W11", "ACME-1", "CKV_AWS_1"]) == {"checkov": ["CKV_AWS_1"], "cfn-nag": ["W11"], "": ["ACME-1"]}
    # Two tools have this code.
    assert by_tool(["INVALID_VERSION"]) == {
        "parliament": ["INVALID_VERSION"],
        "access-analyzer": ["INVALID_VERSION"],
    }


def test_the_table_is_sound() -> None:
    known = checks()
    assert len({(check.tool, spelled(check.id)) for check in known}) == len(known)
    assert {check.tool for check in known} == set(TOOLS)
    for check in known:
        assert not (check.same_as and check.why_none), check
        if check.same_as:
            (target, *_) = called(check.same_as)
            assert not target.same_as, f"{check.id} goes through {target.id} to a third"


def test_every_id_in_a_rule_is_a_check_of_some_tool() -> None:
    named = [(rule.name, name) for rule in load_rules().rules.values() for name in rule.also_known_as]
    assert [(rule, name) for rule, name in named if not called(name)] == []


def test_every_check_has_a_rule_or_a_reason() -> None:
    claimed = {spelled(name) for rule in load_rules().rules.values() for name in rule.also_known_as}
    for check in checks():
        if check.same_as:
            continue
        if spelled(check.id) in claimed:
            left = untold(check)
            assert check.why_none in ("", NOT_YET, left), f"{check.id} has a rule, and the table says why it has none"
        else:
            assert check.why_none, f"no rule is known as {check.id}, and the table does not say why"
            assert not untold(check), f"{check.id} has no rule that could leave something untold"


def test_what_rules_leave_untold_is_said_of_those_that_share_them() -> None:
    (checkov,), (tfsec,), (plain,) = called("CKV2_AWS_6"), called("aws-s3-block-public-acls"), called("CKV_AWS_60")
    assert "since April 2023" in untold(checkov)
    assert "since April 2023" in untold(tfsec)
    assert untold(plain) == ""

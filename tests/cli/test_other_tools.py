"""`iamlint rules --from` and `--other-tools`, and `explain` by other tools' ids."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from iamlint.engine.other_tools import TOOLS

Iamlint = Callable[..., Any]


def test_from_another_tool(iamlint: Iamlint) -> None:
    lines = iamlint("rules", "--from", "cfn_nag").output.splitlines()
    assert lines[0].split() == ["cfn_nag", "iamlint"]
    rows = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines[1:]}
    assert rows["W11"] == "service-wildcard, wildcard-action, wildcard-resource"
    assert rows["F4"] == "service-wildcard, wildcard-action"
    assert rows["W24"].startswith("(a permission for another action")


def test_from_another_tool_as_json_and_markdown(iamlint: Iamlint) -> None:
    found = {row["id"]: row for row in json.loads(iamlint("rules", "--from", "kics", "--format", "json").output)}
    assert found["iam_policy_on_user"] == {
        "tool": "kics", "id": "iam_policy_on_user", "same_as": None, "rules": ["user-policy"], "why_none": None,
        "untold": None,
    }  # fmt: skip
    by_query = found["b4378389-a9aa-44ee-91e7-ef183f11079e"]
    assert (by_query["same_as"], by_query["rules"]) == ("iam_policies_attached_to_user", ["user-policy"])
    assert found["support_has_no_role_associated"]["rules"] == []
    assert found["support_has_no_role_associated"]["why_none"] == "judged on a running account, not on code"
    markdown = iamlint("rules", "--from", "trivy", "--format", "markdown").output.splitlines()
    assert "| `AWS-0143` | `user-policy` |" in markdown


def test_what_is_left_untold_is_said(iamlint: Iamlint) -> None:
    found = {row["id"]: row for row in json.loads(iamlint("rules", "--from", "checkov", "--format", "json").output)}
    left = "not told of a bucket without a block: S3 turns it on for every new bucket since April 2023"
    assert (found["CKV2_AWS_6"]["untold"], found["CKV2_AWS_6"]["why_none"]) == (left, None)
    assert found["CKV_AWS_59"]["untold"] is None
    markdown = iamlint("rules", "--from", "checkov", "--format", "markdown").output.splitlines()
    assert f"| `CKV2_AWS_6` | `public-access-block-off` ({left}) |" in markdown
    assert "not told" not in iamlint("rules", "--from", "checkov").output
    explained = " ".join(iamlint("explain", "ckv2_aws_6").output.split())
    assert explained.endswith(f"Of Checkov's CKV2_AWS_6: {left}.")
    assert "not told" not in iamlint("explain", "public-access-block-off").output


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_every_check_has_rules_or_a_reason(tool: str, iamlint: Iamlint) -> None:
    checks = json.loads(iamlint("rules", "--from", tool, "-f", "json").output)
    assert checks
    assert [check["id"] for check in checks if bool(check["rules"]) is bool(check["why_none"])] == []


def test_a_users_own_rule_stands_for_a_check_too(iamlint: Iamlint, tmp_path: Any) -> None:
    (tmp_path / "one-more.yaml").write_text(
        "title: t\nseverity: low\nflag: policy\nwhen: false\nmessage: m\nwhy: w\ninstead: i\nalso_known_as: [W76]\n"
        "examples: [{format: json, bad: '{}', good: '{}'}]\n",
        encoding="utf-8",
    )
    rows = json.loads(iamlint("rules", "--rules", tmp_path, "--from", "cfn-nag", "--format", "json").output)
    assert [(row["rules"], row["why_none"]) for row in rows if row["id"] == "W76"] == [(["one-more"], None)]


def test_a_tool_that_is_not_known(iamlint: Iamlint) -> None:
    run = iamlint("rules", "--from", "pylint")
    assert (run.exit_code, "checkov" in run.errors) == (2, True)
    assert iamlint("rules", "--from", "kics", "--schema").exit_code == 2


def test_rules_with_their_ids_elsewhere(iamlint: Iamlint) -> None:
    rows = {
        row["rule"]: row["other_tools"] for row in json.loads(iamlint("rules", "--other-tools", "-f", "json").output)
    }
    assert rows["policy-nearly-too-large"] == {}
    assert rows["wildcard-resource"]["cfn-nag"] == ["W11", "W12", "W13"]
    assert "Checkov CKV_AWS_40" in iamlint("rules", "--other-tools").output


@pytest.mark.parametrize(
    ("identifier", "rules"),
    [
        ("w11", ["service-wildcard", "wildcard-action", "wildcard-resource"]),
        ("AVD-AWS-0143", ["user-policy"]),
        ("AWS-0143", ["user-policy"]),
        ("aws-iam-no-user-attached-policies", ["user-policy"]),
        ("b4378389-a9aa-44ee-91e7-ef183f11079e", ["user-policy"]),
        ("iam.1", ["admin-access", "administrator-access"]),
        ("iam-user-no-policies-check", ["user-policy"]),
        ("FG_R00219", ["public-trust"]),
        ("PrivilegeEscalationRule", ["privilege-escalation"]),
        ("missing_effect", ["missing-effect"]),
    ],
)
def test_explain_by_other_tools_ids(identifier: str, rules: list[str], iamlint: Iamlint) -> None:
    run = iamlint("explain", identifier)
    titles = [line.split(" (")[0] for line in run.output.splitlines() if ", practice " in line and " (" in line]
    assert (run.exit_code, titles) == (0, rules)


def test_explain_of_several_rules_names_them_first(iamlint: Iamlint) -> None:
    output = iamlint("explain", "W11").output
    assert output.startswith(
        "W11 is 3 rules here:\n  service-wildcard   medium: Statement allows every action of a ser"
    )
    assert iamlint("explain", "CKV_AWS_40").output.startswith("user-policy (medium, practice 9)\n")


def test_explain_of_a_requirement_names_its_rules(iamlint: Iamlint) -> None:
    run = iamlint("explain", "fsbp:IAM.1")
    assert run.exit_code == 0
    assert run.output.splitlines()[0] == "fsbp:IAM.1 is 2 rules here:"
    assert len(run.output.splitlines()) == 3


def test_explain_says_frameworks_and_tools(iamlint: Iamlint) -> None:
    output = iamlint("explain", "user-policy").output
    assert "\n  Checkov: CKV_AWS_40\n" in output
    assert "\n  CIS AWS Foundations Benchmark 3.0.0: 1.15\n" in output
    assert "\n  AWS Foundational Security Best Practices: IAM.2\n" in output
    assert "\n  --select user-policy or group:inline or practice:9\n" in output


@pytest.mark.parametrize(
    ("identifier", "said"),
    [
        ("IAM.6", "AWS Security Hub's IAM.6 has none here: judged on a running account"),
        ("AwsSolutions-IAM4[Policy::x]", "cdk-nag's AwsSolutions-IAM4 has none here: AWS managed policies"),
        ("AVD-AWS-01430", 'did you mean "AWS-0143"?'),
    ],
)
def test_explain_of_a_check_without_a_rule(identifier: str, said: str, iamlint: Iamlint) -> None:
    run = iamlint("explain", identifier)
    assert (run.exit_code, run.output) == (2, "")
    assert said in " ".join(run.errors.split())

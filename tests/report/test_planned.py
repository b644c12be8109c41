"""A plan and the Terraform files that it was made from, checked together and alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iamlint.engine.finding import Finding
from iamlint.report.planned import told_once
from iamlint.source.span import Place, SourceText

RULES = "admin-access,inline-policy"
SOURCE = """
variable "action" {}

resource "aws_iam_user" "u" {
  name = "ci"
}

resource "aws_iam_user_policy" "p" {
  user   = aws_iam_user.u.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = var.action, Resource = "*" }] })
}
"""
POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def described(kind: str, name: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "values": values}


RESOURCES = [
    described("aws_iam_user", "u", {"name": "ci"}),
    described("aws_iam_user_policy", "p", {"name": "p", "policy": POLICY, "user": "ci"}),
]
PLAN = json.dumps(
    {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": RESOURCES}},
        "configuration": {"root_module": {"resources": [{**r, "expressions": {}} for r in RESOURCES]}},
    }
).replace('"expressions": {}', '"expressions": {"policy": {}, "user": {}, "name": {}}')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "plan.json").write_text(PLAN, encoding="utf-8")
    return tmp_path


def told(findings: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((finding["path"], finding["rule"]) for finding in findings)


def test_what_the_source_says_too_is_told_there_alone(folder: Path, iamlint: Callable[..., Any]) -> None:
    run = iamlint("check", "--select", RULES, "--format", "json", ".", folder=folder)
    assert told(run.findings) == [("main.tf", "inline-policy"), ("plan.json", "admin-access")]


def test_of_a_plan_alone_all_is_told_with_the_place_in_the_source(folder: Path, iamlint: Callable[..., Any]) -> None:
    findings = iamlint("check", "--select", RULES, "--format", "json", "plan.json", folder=folder).findings
    assert told(findings) == [("plan.json", "admin-access"), ("plan.json", "inline-policy")]
    for finding in findings:
        places = [(place["path"], place["line"], place["message"]) for place in finding["related"]]
        assert ("main.tf", 8, "declared here") in places


def test_an_ignore_in_the_source_holds_for_the_plan(folder: Path, iamlint: Callable[..., Any]) -> None:
    marked = SOURCE.replace(
        'resource "aws_iam_user_policy"', '# iamlint: ignore[admin-access] reason\nresource "aws_iam_user_policy"'
    )
    (folder / "main.tf").write_text(marked, encoding="utf-8")
    run = iamlint("check", "--format", "json", "--select", "admin-access", "plan.json", folder=folder)
    assert told(run.findings) == []


def test_a_plan_on_stdin(tmp_path: Path, iamlint: Callable[..., Any]) -> None:
    named = ("--select", RULES, "--stdin-filename", "plan.json", "--format", "json")
    run = iamlint("check", "-", *named, folder=tmp_path, stdin=PLAN)
    assert run.exit_code == 1
    assert told(run.findings) == [("plan.json", "admin-access"), ("plan.json", "inline-policy")]


def test_sensitive_values_on_the_line_of_a_finding_are_starred(tmp_path: Path, iamlint: Callable[..., Any]) -> None:
    plan = json.loads(PLAN)
    user = plan["planned_values"]["root_module"]["resources"][1]
    user["values"] = {"policy": POLICY, "name": "q7-hidden-name", "user": "ci"}
    user["sensitive_values"] = {"name": True}
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    for form in ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"):
        run = iamlint("check", "--format", form, "plan.json", folder=tmp_path)
        assert run.exit_code == 1
        assert "q7-hidden" not in run.output
    assert '"name": "**************"' in iamlint("check", "plan.json", folder=tmp_path).output


def test_two_secrets_on_the_one_line_of_a_plan_are_two(tmp_path: Path, iamlint: Callable[..., Any]) -> None:
    plan = json.loads(PLAN)
    first, second = "AKIAQ3EGRJ5TWN2HV6PZ", "AKIAQ3EGRJ5TWN2HV6PQ"
    plan["planned_values"]["root_module"]["resources"] = [
        described("aws_instance", "i", {"user_data": f"export KEY={first}"}),
        described("aws_ssm_parameter", "p", {"value": second}),
    ]
    plan["note"] = "x" * 1000
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    run = iamlint(
        "check", "--format", "json", "--select", "credentials-in-user-data,hardcoded-access-key", "plan.json",
        folder=tmp_path,
    )  # fmt: skip
    assert sorted(finding["rule"] for finding in run.findings) == ["credentials-in-user-data", "hardcoded-access-key"]


def finding(path: str, address: str, message: str, rule: str = "r") -> Finding:
    return Finding(rule, "high", message, Place(SourceText(path, "x"), 0, 1), address=address)


def kept(of_plan: list[Finding], of_source: list[Finding]) -> list[str]:
    found = {"plan.json": of_plan, "live": of_source, "other": []}
    return [f.message for f in told_once(found, {"plan.json": "live"}) if f.place.source.path == "plan.json"]


def test_another_rule_or_address_or_folder_is_another_problem() -> None:
    of_plan = [finding("plan.json", "a.b", "m")]
    assert kept(of_plan, [finding("live/x.tf", "a.b", "m")]) == []
    assert kept(of_plan, [finding("live/x.tf", "a.c", "m")]) == ["m"]
    assert kept(of_plan, [finding("live/x.tf", "a.b", "m", "q")]) == ["m"]
    assert [f.message for f in told_once({"plan.json": of_plan, "other": of_plan}, {"plan.json": "live"})] == ["m", "m"]


def test_messages_that_differ_by_what_the_plan_knows() -> None:
    of_source = [finding("live/x.tf", "a.b", "on ${var.x}")]
    assert kept([finding("plan.json", "a.b", "on prod")], of_source) == []
    assert kept([finding("plan.json", "a.b", "on prod"), finding("plan.json", "a.b", "new")], of_source) == [
        "on prod",
        "new",
    ]


def test_the_representative_of_instances_stands_for_each() -> None:
    of_plan = [finding("plan.json", 'a.b["x"]', "m x"), finding("plan.json", 'a.b["y"]', "m y")]
    assert kept(of_plan, [finding("live/x.tf", "a.b", "m")]) == []

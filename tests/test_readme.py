"""The README's table of rules and the page of other tools' ids are what the rules say."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from iamlint.config import Config, load_config
from iamlint.engine.schema import schema

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
OTHER_TOOLS = ROOT / "docs" / "rules-and-other-tools.md"
TABLE = re.compile(r"(<!-- (rules|other tools): [^>]*-->\n)(.*?)(<!-- end of \2 -->)", re.DOTALL)


@pytest.mark.parametrize(("page", "options"), [(README, []), (OTHER_TOOLS, ["--other-tools"])])
def test_tables_are_generated(page: Path, options: list[str], pytestconfig: pytest.Config) -> None:
    text = page.read_text(encoding="utf-8")
    printed = subprocess.run(
        [sys.executable, "-m", "iamlint", "rules", *options, "--format", "markdown"],
        check=True, capture_output=True, encoding="utf-8", cwd=ROOT,
    ).stdout  # fmt: skip
    found = TABLE.search(text)
    assert found is not None
    if pytestconfig.getoption("--update-golden"):
        page.write_text(text[: found.start(3)] + printed + text[found.end(3) :], encoding="utf-8")
        return
    assert found.group(3) == printed, "run pytest with --update-golden"


def test_the_output_in_the_readme_is_what_is_printed(tmp_path: Path) -> None:
    shown = re.search(r"\$ iamlint check deploy.tf\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    statement = [
        "    Statement = [{",
        '      Effect   = "Allow"',
        '      Action   = "s3:GetObject"',
        '      Resource = "*"',
    ]
    head = ['resource "aws_iam_policy" "deploy" {', "  policy = jsonencode({", '    Version = "2012-10-17"', ""]
    (tmp_path / "deploy.tf").write_text("\n".join([*head, *statement, "    }]", "  })", "}", ""]), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "iamlint", "check", "deploy.tf"],
        check=False, capture_output=True, encoding="utf-8", cwd=tmp_path,
    )  # fmt: skip
    assert run.stdout.split("\n\n")[0] == shown.group(1).rstrip("\n")


def test_the_rule_in_the_documentation_is_a_rule(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "rule-language.md").read_text(encoding="utf-8")
    shown = re.search(r"```yaml\n(title: .*?)```", text, re.DOTALL)
    assert shown is not None
    (tmp_path / "intern-trusted.yaml").write_text(shown.group(1), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "iamlint", "test", str(tmp_path)],
        check=False, capture_output=True, encoding="utf-8", cwd=ROOT,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 example" in run.stdout


def test_the_configuration_in_the_documentation_is_taken(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    keys, ignore = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    file = tmp_path / "iamlint.toml"
    file.write_text(keys, encoding="utf-8")
    config = load_config(file)
    default = Config()
    # What is shown is other than what goes without saying, but for the switch that is off.
    unsaid = [item.name for item in fields(Config) if getattr(config, item.name) == getattr(default, item.name)]
    assert unsaid == ["strict", "ignores"]
    file.write_text(ignore, encoding="utf-8")
    (table,) = load_config(file).ignores
    assert all(table)


def test_the_keys_of_a_rule_are_documented() -> None:
    text = (ROOT / "docs" / "rule-language.md").read_text(encoding="utf-8")
    assert [key for key in schema()["properties"] if f"`{key}`" not in text] == []

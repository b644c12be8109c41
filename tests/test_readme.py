"""The README's table of rules is what the rules say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TABLE = re.compile(r"(<!-- rules: [^>]*-->\n)(.*?)(<!-- end of rules -->)", re.DOTALL)


def test_the_table_of_rules_is_generated(pytestconfig: pytest.Config) -> None:
    text = README.read_text(encoding="utf-8")
    printed = subprocess.run(
        [sys.executable, "-m", "iamlint", "rules", "--format", "markdown"],
        check=True, capture_output=True, encoding="utf-8", cwd=ROOT,
    ).stdout  # fmt: skip
    found = TABLE.search(text)
    assert found is not None
    if pytestconfig.getoption("--update-golden"):
        README.write_text(text[: found.start(2)] + printed + text[found.end(2) :], encoding="utf-8")
        return
    assert found.group(2) == printed, "run pytest with --update-golden"


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

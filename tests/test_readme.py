"""The README's table of rules and the page of other tools' ids are what the rules say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

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

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

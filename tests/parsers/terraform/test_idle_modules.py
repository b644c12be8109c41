"""Local modules that every caller leaves out (count is 0): they are judged by themselves, like those nobody calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.parsers.stacks import Inputs, Reading, stacks

POLICY = """
resource "aws_iam_policy" "all" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""
ROOT = """
variable "on" {{
  default = {on}
}}
module "lab" {{
  source = "./lab"
  count  = {count}
}}
"""


def addresses(folder: Path) -> list[str]:
    """The addresses of all policies."""
    return [policy.address for stack in stacks(Reading(Inputs((str(folder),)))) for policy in stack.policies]


@pytest.mark.parametrize(
    ("on", "count", "expected"),
    [
        ("false", "var.on ? 1 : 0", ["aws_iam_policy.all"]),
        ("true", "var.on ? 1 : 0", ["module.lab[0].aws_iam_policy.all"]),
        ("false", "0", ["aws_iam_policy.all"]),
        ("false", "1", ["module.lab[0].aws_iam_policy.all"]),
    ],
)
def test_a_module_that_is_left_out(tmp_path: Path, on: str, count: str, expected: list[str]) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "main.tf").write_text(POLICY, encoding="utf-8")
    (tmp_path / "main.tf").write_text(ROOT.format(on=on, count=count), encoding="utf-8")
    assert addresses(tmp_path) == expected


def test_what_it_calls_itself_is_judged_with_it(tmp_path: Path) -> None:
    for folder in ("lab", "lab/inner"):
        (tmp_path / folder).mkdir()
    (tmp_path / "lab" / "main.tf").write_text('module "inner" {\n  source = "./inner"\n}\n', encoding="utf-8")
    (tmp_path / "lab" / "inner" / "main.tf").write_text(POLICY, encoding="utf-8")
    (tmp_path / "main.tf").write_text(ROOT.format(on="false", count="0"), encoding="utf-8")
    assert addresses(tmp_path) == ["module.inner.aws_iam_policy.all"]


def test_one_caller_that_has_it_is_enough(tmp_path: Path) -> None:
    for folder in ("lab", "other"):
        (tmp_path / folder).mkdir()
    (tmp_path / "lab" / "main.tf").write_text(POLICY, encoding="utf-8")
    (tmp_path / "main.tf").write_text(ROOT.format(on="false", count="0"), encoding="utf-8")
    (tmp_path / "other" / "main.tf").write_text('module "here" {\n  source = "../lab"\n}\n', encoding="utf-8")
    assert addresses(tmp_path) == ["module.here.aws_iam_policy.all"]


def test_a_module_outside_of_what_is_checked_is_left_alone(tmp_path: Path) -> None:
    for folder in ("lab", "root"):
        (tmp_path / folder).mkdir()
    (tmp_path / "lab" / "main.tf").write_text(POLICY, encoding="utf-8")
    text = ROOT.format(on="false", count="0").replace("./lab", "../lab")
    (tmp_path / "root" / "main.tf").write_text(text, encoding="utf-8")
    assert addresses(tmp_path / "root") == []

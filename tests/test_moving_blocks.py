"""What Terraform does not care about changes no finding: names of locals, the order of blocks, their files."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

RULES = load_rules().rules
ROLE = """
resource "aws_iam_role" "r" {
  name               = "app"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "sts:AssumeRole" }] })
}
"""
INLINE = """
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.name
  policy = data.aws_iam_policy_document.d.json
}
"""
BLOCKS = (
    'variable "service" {\n  default = "s3"\n}\n',
    'locals {\n  wide = ["${var.service}:*"]\n}\n',
    "locals {\n  both = concat(local.wide, local.more)\n}\n",
    'locals {\n  more = ["iam:PassRole"]\n}\n',
    'data "aws_iam_policy_document" "d" {\n  statement {\n    actions   = local.both\n    resources = ["*"]\n  }\n}\n',
    ROLE,
    INLINE,
    'resource "aws_iam_policy" "q" {\n  count  = 2\n  policy = data.aws_iam_policy_document.d.json\n}\n',
    'module "m" {\n  source  = "./m"\n  actions = local.wide\n}\n',
)
MODULE = (
    'variable "actions" {}\nresource "aws_iam_policy" "p" {\n  policy = jsonencode({ Statement = [{ Effect = "Allow", '
)
MODULE += 'Action = var.actions, Resource = "arn:aws:s3:::b" }] })\n}\n'


def findings(folder: Path, files: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """Each finding by its rule, what it flags, its severity and address."""
    for old in folder.glob("*.tf"):
        old.unlink()
    (folder / "m").mkdir(exist_ok=True)
    for name, content in {**files, "m/main.tf": MODULE}.items():
        (folder / name).write_text(content, encoding="utf-8")
    report = check(Request(Inputs((str(folder),)), list(RULES.values()), RULES, "2026-01-01"))
    return sorted((f.rule, f.place.written, f.severity, f.address) for f in report.findings)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(BLOCKS), st.lists(st.integers(0, 2), min_size=len(BLOCKS), max_size=len(BLOCKS)))
def test_blocks_may_stand_anywhere(tmp_path: Path, order: list[str], where: list[int]) -> None:
    expected = findings(tmp_path, {"main.tf": "".join(BLOCKS)})
    files: dict[str, str] = {}
    for block, number in zip(order, where, strict=True):
        files[f"{number}.tf"] = files.get(f"{number}.tf", "") + block
    assert findings(tmp_path, files) == expected
    assert {"service-wildcard", "public-trust"} <= {rule for rule, *_ in expected}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(["wide", "more", "both", "a", "zz", "statement"]))
def test_locals_may_have_any_names(tmp_path: Path, names: list[str]) -> None:
    expected = findings(tmp_path, {"main.tf": "".join(BLOCKS)})
    new = dict(zip(("wide", "more", "both"), names, strict=False))
    renamed = re.sub(r"(local\.|locals \{\n  )(\w+)", lambda found: found[1] + new[found[2]], "".join(BLOCKS))
    assert findings(tmp_path, {"main.tf": renamed}) == expected

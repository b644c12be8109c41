"""Repeated blocks: every instance with its key, one finding where they agree, nothing lost where there are many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from iamlint.check import Request, check
from iamlint.engine.finding import Finding
from iamlint.engine.rule import load_rules
from iamlint.model.stack import Stack
from iamlint.parsers.stacks import Inputs

Made = Callable[..., Stack]
Shown = Callable[..., Any]
RULES = load_rules().rules
WIDE = 'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "arn:aws:s3:::b" }] })'


def findings(folder: Path, files: Mapping[str, str], *rules: str) -> list[Finding]:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    chosen = [RULES[rule] for rule in rules or ("service-wildcard",)]
    return check(Request(Inputs((str(folder),)), chosen, RULES, "2026-01-01")).findings


@pytest.mark.parametrize(
    ("repeated", "expected"),
    [
        ("count = 2", 'also in aws_iam_policy.p[1]'),
        ('for_each = toset(["c", "a", "b"])', 'also in aws_iam_policy.p["b"], aws_iam_policy.p["c"]'),
        ("count = 100", "also in aws_iam_policy.p[1], aws_iam_policy.p[2], aws_iam_policy.p[3] and 61 more"),
    ],
)  # fmt: skip
def test_instances_that_agree_are_one_finding(tmp_path: Path, repeated: str, expected: str) -> None:
    (finding,) = findings(
        tmp_path, {"main.tf": f'resource "aws_iam_policy" "p" {{\n  {repeated}\n  policy = {WIDE}\n}}\n'}
    )
    assert finding.address in ("aws_iam_policy.p[0]", 'aws_iam_policy.p["a"]')
    assert [related.message for related in finding.related] == [expected]


def test_the_instances_beyond_those_that_are_evaluated_are_not_lost(tmp_path: Path) -> None:
    text = """
    resource "aws_iam_policy" "p" {
      count  = 100
      policy = jsonencode({ Statement = [{
        Effect = "Allow", Action = count.index == 90 ? "s3:*" : "s3:GetObject", Resource = "arn:aws:s3:::b"
      }] })
    }
    """
    (finding,) = findings(tmp_path, {"main.tf": text})
    assert (finding.address, finding.place.written) == ("aws_iam_policy.p", '"s3:*"')
    assert finding.message.endswith("(when count.index == 90)")


def test_that_there_are_more_instances_is_counted(stack: Made) -> None:
    made = stack("""
    resource "aws_iam_policy" "p" {
      for_each = { for n in range(100) : "k${n}" => "s3:Get${n}" }
      policy   = jsonencode({ Statement = [{ Effect = "Allow", Action = each.value, Resource = "*" }] })
    }
    """)
    assert [(u.reason, u.count) for u in made.unresolved] == [("one of more instances than are evaluated", 1)]


def test_dynamic_blocks_in_each_other_with_iterators(value: Shown) -> None:
    context = """
    data "aws_iam_policy_document" "d" {
      dynamic "statement" {
        for_each = { a = ["x", "y"], b = [] }
        iterator = outer
        content {
          sid = outer.key
          dynamic "principals" {
            for_each = outer.value
            iterator = inner
            content {
              type        = "AWS"
              identifiers = ["${outer.key}-${inner.value}-${inner.key}"]
            }
          }
        }
      }
    }
    """
    assert value("data.aws_iam_policy_document.d.json.Statement", context) == [
        {"Sid": "a", "Effect": "Allow", "Principal": {"AWS": ["a-x-0", "a-y-1"]}},
        {"Sid": "b", "Effect": "Allow"},
    ]


MODULE = f'resource "aws_iam_policy" "p" {{\n  policy = {WIDE}\n}}\n'
IGNORED = "# iamlint: ignore[service-wildcard] reviewed\n"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("", "", ["module.a.aws_iam_policy.p"]),
        (IGNORED, IGNORED, []),
        (IGNORED, "", ["module.a.aws_iam_policy.p"]),
        ("", IGNORED, ["module.a.aws_iam_policy.p"]),
    ],
)
def test_an_ignore_on_a_call_is_for_that_call(tmp_path: Path, first: str, second: str, expected: list[str]) -> None:
    main = f'{first}module "a" {{\n  source = "./m"\n}}\n\n{second}module "b" {{\n  source = "./m"\n}}\n'
    found = findings(tmp_path, {"main.tf": main, "m/main.tf": MODULE})
    assert [finding.address for finding in found] == expected

"""Expressions evaluate as Terraform evaluates them, and what is not known stays so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.text import Text
from iamlint.model.value import ListValue, Value
from iamlint.parsers.terraform.declarations import Declarations
from iamlint.parsers.terraform.files import Files
from iamlint.parsers.terraform.instances import Module, Run
from iamlint.source.hcl_reader import read_hcl
from iamlint.source.span import Place, SourceText

Evaluated = Callable[..., Value]
Shown = Callable[..., Any]

CONTEXT = """
variable "known" { default = ["a", "b"] }
variable "more" {}
variable "env" { default = "prod" }
locals {
  first  = local.second
  second = "deep"
  ring   = local.round
  round  = local.ring
  users  = { ann = { age = 3 }, bob = { age = 5 } }
}
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"plain"', "plain"),
        ("1 + 2 * 3", 7),
        ("7 % 4", 3),
        ('"1" + 1', 2),
        ('"a" == "a"', True),
        ('1 == "1"', False),
        ("!true || 2 > 1", True),
        ("null == null", True),
        ('var.env == "prod" ? "p" : "d"', "p"),
        ('"${var.env}-x"', "prod-x"),
        ('"${1}${true}"', "1true"),
        ('"${var.known}"', ["a", "b"]),
        ("local.first", "deep"),
        ("local.ring", "${local.ring}"),
        ("var.known[1]", "b"),
        ("var.known.1", "b"),
        ("var.known[7]", "${var.known[7]}"),
        ("local.users.bob.age", 5),
        ('local.users["ann"]', {"age": 3}),
        ("[for v in var.known : upper(v)]", ["A", "B"]),
        ('[for v in var.known : v if v != "a"]', ["b"]),
        ("[for i, v in var.known : i]", [0, 1]),
        ("{ for k, v in local.users : k => v.age }", {"ann": 3, "bob": 5}),
        ('{ for k, v in local.users : "n" => k... }', {"n": ["ann", "bob"]}),
        ("values(local.users)[*].age", [3, 5]),
        ("var.env[*]", ["prod"]),
        ("null[*]", []),
        ('"%{ if var.env == "prod" }yes%{ else }no%{ endif }"', "yes"),
        ('"%{ for v in var.known }<${v}>%{ endfor }"', "<a><b>"),
        ("[var.more, 1]", ["${var.more}", 1]),
        ('concat(["a"], var.more)', ["a", "${var.more}…"]),
        ('"arn:aws:s3:::${var.more}/*"', "arn:aws:s3:::${var.more}/*"),
        ('[for b in var.more : "arn:aws:s3:::${b}/*"]', ["arn:aws:s3:::${var.more}/*"]),
        ('var.more ? ["x"] : []', {"when var.more": ["x"], "when not var.more": []}),
        ('"${var.more ? "x" : "y"}!"', {"when var.more": "x!", "when not var.more": "y!"}),
        ('var.more ? "same" : "same"', "same"),
        ("false && var.more", False),
        ("true || var.more", True),
        ("try(local.users.eve, 9)", 9),
        ("can(local.users.eve)", False),
        ("local.nothing", "${local.nothing}"),
        ("1 / 0", "${…}"),
        ("{ (var.env) = 1, b = 2 }", {"prod": 1, "b": 2}),
        ("(var.known)[0]", "a"),
    ],
)
def test_evaluates(value: Shown, expression: str, expected: Any) -> None:
    assert value(expression, CONTEXT) == expected


def test_a_value_stands_where_it_is_written(evaluated: Evaluated) -> None:
    found = evaluated("var.known", CONTEXT)
    assert isinstance(found, ListValue)
    assert found.items[0].place.written == '"a"'
    assert [related.place.written for related in found.via] == ["var.known"]


def test_a_known_part_of_a_template_keeps_its_spelling(evaluated: Evaluated) -> None:
    found = evaluated('"s3:${var.more}Object"', CONTEXT)
    assert isinstance(found, Text)
    assert [str(part) for part in found.parts] == ["s3:", "${var.more}", "Object"]
    assert found.spellings[2] is not None
    source = found.place.source.text
    assert source[found.spellings[2].offsets()[0]] == "O"


def test_evaluation_is_bounded(value: Shown) -> None:
    chain = "locals {\n" + "".join(f"  v{i} = local.v{i + 1}\n" for i in range(2000)) + '  v2000 = "end"\n}\n'
    assert value("local.v0", chain) == "${…}"


def test_documents_made_from_documents_are_bounded(value: Shown) -> None:
    chain = "".join(
        f'data "aws_iam_policy_document" "d{i}" {{\n'
        f"  source_policy_documents = [data.aws_iam_policy_document.d{i + 1}.json]\n}}\n"
        for i in range(300)
    )
    assert value("data.aws_iam_policy_document.d0.json", chain)["Statement"] == ["${…}…"]


def test_work_is_bounded(tmp_path: Path) -> None:
    wide = "[for a in range(500) : [for b in range(500) : [for c in range(500) : c]]]"
    source = SourceText("main.tf", f"locals {{\n  asked = {wide}\n}}\n")
    declared = Declarations(str(tmp_path), [read_hcl(source)], [])
    run = Run(Files(lambda path: None, str(tmp_path)), str(tmp_path), most_steps=10_000)
    Module(run, declared).local("asked", Place(source, 0, 0))
    assert 10_000 <= run.steps < 40_000


def test_variables_are_converted_to_their_type(value: Shown) -> None:
    context = """
    variable "statements" {
      type = list(object({
        effect  = optional(string, "Allow")
        actions = optional(list(string))
        count   = string
      }))
      default = [{ count = 1 }]
    }
    """
    assert value("var.statements", context) == [{"effect": "Allow", "actions": None, "count": "1"}]

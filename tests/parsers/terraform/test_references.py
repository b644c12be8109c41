"""References: variables from everywhere they can come from, locals, `each`, `count`, `self`, paths, other blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.account import FileProblem
from iamlint.model.identity import User
from iamlint.model.stack import Stack
from iamlint.parsers.stacks import Inputs, Reading
from iamlint.parsers.stacks import stacks as read_stacks

Shown = Callable[..., Any]
Built = Callable[..., list[Stack]]
Made = Callable[..., Stack]


def user_names(stacks: list[Stack]) -> list[str]:
    users = [thing for stack in stacks for thing in stack.of_kind("user")]
    return [str(user.name) for user in users if isinstance(user, User)]


USER = 'variable "a" {\n  default = "default"\n}\nresource "aws_iam_user" "u" {\n  name = var.a\n}\n'


@pytest.mark.parametrize(
    ("files", "given", "expected"),
    [
        ({}, {}, "default"),
        ({"terraform.tfvars": 'a = "plain"\n'}, {}, "plain"),
        ({"terraform.tfvars": 'a = "plain"\n', "terraform.tfvars.json": '{"a": "json"}'}, {}, "json"),
        ({"terraform.tfvars.json": '{"a": "json"}', "b.auto.tfvars": 'a = "auto"\n'}, {}, "auto"),
        ({"b.auto.tfvars": 'a = "b"\n', "a.auto.tfvars": 'a = "a"\n'}, {}, "b"),
        ({"b.auto.tfvars": 'a = "b"\n', "c.auto.tfvars.json": '{"a": "c"}'}, {}, "c"),
        ({"other.tfvars": 'a = "other"\n'}, {}, "default"),
        ({"z.auto.tfvars": 'a = "auto"\n'}, {"a": "given"}, "given"),
        ({"terraform.tfvars": "a = 12\n"}, {}, "12"),
    ],
)
def test_which_value_of_a_variable_wins(
    built: Built, files: Mapping[str, str], given: Mapping[str, str], expected: str
) -> None:
    assert user_names(built({"main.tf": USER, **files}, variables=given)) == [expected]


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ('default = "d"', "null", None),
        ('default = "d"\n nullable = true', "null", None),
        ('default = "d"\n nullable = false', "null", "d"),
        ('default = "d"\n nullable = false', '"x"', "x"),
        ("type = string", "5", "5"),
        ("type = object({ a = optional(string), b = optional(string, \"y\") })", "{}", {"a": None, "b": "y"}),
        ("type = object({ o = optional(object({ a = optional(string, \"x\") }), {}) })", "{}", {"o": {"a": "x"}}),
        ("type = object({ o = optional(object({ a = optional(string, \"x\") })) })", "{}", {"o": None}),
        ("type = list(object({ a = optional(string, \"x\"), b = string }))", '[{ b = "1" }]', [{"a": "x", "b": "1"}]),
        ("type = map(object({ a = optional(list(string), [\"x\"]) }))", "{ k = {} }", {"k": {"a": ["x"]}}),
        ("type = object({ a = optional(string, \"x\") })\n default = {}", None, {"a": "x"}),
        ("type = object({ a = optional(string, \"x\") })\n default = {}", "{ a = null }", {"a": "x"}),
        ("type = map(string)", "{ a = 1, b = true }", {"a": "1", "b": "true"}),
        ("type = list(string)", "[1, true]", ["1", "true"]),
        ("type = object({ a = string })", '{ a = "x", extra = "y" }', {"a": "x"}),
        ("type = set(string)", '["b", "a", "b"]', ["a", "b"]),
        ("type = any", '{ a = "x" }', {"a": "x"}),
    ],
)  # fmt: skip
def test_types_defaults_and_null(value: Shown, declared: str, given: str | None, expected: object) -> None:
    argument = f"  v = {given}\n" if given is not None else ""
    module = f'variable "v" {{\n  {declared}\n}}\noutput "v" {{\n  value = var.v\n}}\n'
    called = f'module "m" {{\n  source = "./m"\n{argument}}}\n'
    assert value("module.m.v", called, {"m/main.tf": module}) == expected


def test_locals_in_any_order(value: Shown) -> None:
    assert value("local.c", 'locals {\n  c = "${local.b}c"\n}\nlocals {\n  b = "${local.a}b"\n  a = "a"\n}\n') == "abc"


def test_a_circle_is_said_once_and_the_rest_is_checked(built: Built) -> None:
    text = "locals {\n  a = local.b\n  b = local.a\n}\n"
    text += 'resource "aws_iam_user" "u" {\n  name = local.a\n}\nresource "aws_iam_user" "v" {\n  name = local.b\n}\n'
    (stack,) = built({"main.tf": text})
    (problem,) = stack.of_kind("problem")
    assert isinstance(problem, FileProblem)
    assert problem.is_unreadable
    assert (problem.place.span.line, problem.message) == (2, "`local.a` needs its own value, by way of others")
    assert len(stack.of_kind("user")) == 2


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("path.module", "."),
        ("path.root", "."),
        ("module.m.path", "m"),
        ("module.m.root", "."),
        ("terraform.workspace", "${terraform.workspace}"),
        ("aws_sns_topic.t.name", "topic"),
        ("aws_sns_topic.t.tags.team", "a"),
        ("aws_sns_topic.n[1].name", "n1"),
        ("aws_sns_topic.n[*].name", ["n0", "n1"]),
        ("aws_sns_topic.n.*.name", ["n0", "n1"]),
        ('aws_sns_topic.e["x"].name', "each-x"),
        ("[for k, t in aws_sns_topic.e : t.name]", ["each-x", "each-y"]),
        ("values(aws_sns_topic.e)[*].name", ["each-x", "each-y"]),
        ("{ for k, t in aws_sns_topic.e : k => t.name }", {"x": "each-x", "y": "each-y"}),
        ("length(aws_sns_topic.none)", 0),
        ("one(aws_sns_topic.none[*].name)", None),
        ('try(aws_sns_topic.none[0].name, "fallback")', "fallback"),
        ("length(aws_sns_topic.n)", 2),
        ("data.aws_sqs_queue.q.name", "q"),
    ],
)
def test_other_blocks_and_names(value: Shown, expression: str, expected: object) -> None:
    context = """
    resource "aws_sns_topic" "t" {
      name = "topic"
      tags = { team = "a" }
    }
    resource "aws_sns_topic" "n" {
      count = 2
      name  = "n${count.index}"
    }
    resource "aws_sns_topic" "e" {
      for_each = toset(["x", "y"])
      name     = "each-${each.value}"
    }
    resource "aws_sns_topic" "none" {
      count = 0
      name  = "none"
    }
    data "aws_sqs_queue" "q" {
      name = "q"
    }
    module "m" {
      source = "./m"
    }
    """
    inner = 'output "path" {\n  value = path.module\n}\noutput "root" {\n  value = path.root\n}\n'
    assert value(expression, context, {"m/main.tf": inner}) == expected


def test_a_value_says_which_ways_it_came(built: Built) -> None:
    main = """
    locals {
      actions = ["s3:*"]
    }
    module "m" {
      source  = "./m"
      actions = local.actions
    }
    """
    module = """
    variable "actions" {}
    locals {
      wanted = var.actions
    }
    resource "aws_iam_policy" "p" {
      policy = jsonencode({ Statement = [{ Effect = "Allow", Action = local.wanted, Resource = "*" }] })
    }
    """
    (stack,) = built({"main.tf": main, "m/main.tf": module}, ("", "m"))
    (policy,) = stack.policies
    (action,) = policy.statements[0].actions
    assert action.place.written == '"s3:*"'
    assert [(related.message, related.place.span.line) for related in action.via] == [
        ("used as local.wanted", 7), ("used as var.actions", 4), ("used as local.actions", 7),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "expected"),
    [({}, "environment"), ({"terraform.tfvars": 'a = "plain"\n'}, "plain")],
)
def test_the_environment_is_asked_last(tmp_path: Path, files: Mapping[str, str], expected: str) -> None:
    for name, content in {"main.tf": USER, **files}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    inputs = Inputs((str(tmp_path),), environment={"a": "environment", "other": "x"})
    assert user_names(list(read_stacks(Reading(inputs)))) == [expected]
    assert user_names(list(read_stacks(Reading(Inputs((str(tmp_path),)))))) == ["plain" if files else "default"]

"""`aws_iam_policy_document` comes out as the provider renders it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iamlint.model.value import ListValue, MapValue, Value

Evaluated = Callable[..., Value]
Shown = Callable[..., Any]


def document(body: str) -> str:
    return f'data "aws_iam_policy_document" "d" {{\n{body}\n}}\n'


JSON = "data.aws_iam_policy_document.d.json"


def test_defaults_lists_principals_and_conditions(value: Shown) -> None:
    context = document("""
      statement {
        sid       = "One"
        actions   = ["s3:GetObject"]
        resources = ["arn:aws:s3:::b/&{aws:username}/*"]
        principals {
          type        = "AWS"
          identifiers = ["1", "2"]
        }
        principals {
          type        = "Service"
          identifiers = ["ec2.amazonaws.com"]
        }
        condition {
          test     = "StringEquals"
          variable = "aws:x"
          values   = ["v"]
        }
        condition {
          test     = "StringEquals"
          variable = "aws:y"
          values   = ["w"]
        }
      }
      statement {
        effect        = "Deny"
        not_actions   = ["iam:*"]
        not_resources = ["*"]
        not_principals {
          type        = "*"
          identifiers = ["*"]
        }
      }
    """)
    assert value(JSON, context) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "One",
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:s3:::b/${aws:username}/*"],
                "Principal": {"AWS": ["1", "2"], "Service": ["ec2.amazonaws.com"]},
                "Condition": {"StringEquals": {"aws:x": ["v"], "aws:y": ["w"]}},
            },
            {"Effect": "Deny", "NotAction": ["iam:*"], "NotResource": ["*"], "NotPrincipal": "*"},
        ],
    }


def test_every_element_stands_at_its_literal(evaluated: Evaluated) -> None:
    found = evaluated(JSON, document('statement {\n  actions = ["s3:*"]\n  resources = ["*"]\n}'))
    assert isinstance(found, MapValue)
    statements = found.get("Statement")
    assert isinstance(statements, ListValue)
    (statement,) = statements.items
    assert isinstance(statement, MapValue)
    assert statement.place.written == "statement"
    actions = statement.get("Action")
    assert isinstance(actions, ListValue)
    assert actions.items[0].place.written == '"s3:*"'
    effect = statement.get("Effect")
    assert effect is not None
    assert effect.place.written == "statement"


def test_documents_are_merged_by_sid(value: Shown) -> None:
    context = (
        document("""
      source_policy_documents = [data.aws_iam_policy_document.source.json]
      override_policy_documents = [data.aws_iam_policy_document.override.json]
      statement {
        sid     = "Kept"
        actions = ["a:own"]
      }
      statement {
        sid     = "Replaced"
        actions = ["a:own"]
      }
    """)
        + """
    data "aws_iam_policy_document" "source" {
      statement {
        sid     = "Kept"
        actions = ["a:source"]
      }
      statement {
        actions = ["a:nameless"]
      }
    }
    data "aws_iam_policy_document" "override" {
      statement {
        sid     = "Replaced"
        actions = ["a:override"]
      }
      statement {
        sid     = "Added"
        actions = ["a:added"]
      }
    }
    """
    )
    assert [statement["Action"] for statement in value(JSON, context)["Statement"]] == [
        ["a:own"], ["a:nameless"], ["a:override"], ["a:added"],
    ]  # fmt: skip


def test_json_text_as_source(value: Shown) -> None:
    context = document('source_json = <<EOF\n{"Statement": [{"Effect": "Allow", "Action": "s3:*"}]}\nEOF\n')
    assert value(JSON, context)["Statement"] == [{"Effect": "Allow", "Action": "s3:*"}]


def test_dynamic_blocks(value: Shown) -> None:
    context = document("""
      dynamic "statement" {
        for_each = { one = ["s3:Get*"], two = ["s3:Put*"] }
        iterator = it
        content {
          sid     = it.key
          actions = it.value
          dynamic "condition" {
            for_each = it.key == "one" ? ["x"] : []
            content {
              test     = "StringEquals"
              variable = "k"
              values   = [condition.value]
            }
          }
        }
      }
    """)
    assert value(JSON, context)["Statement"] == [
        {"Sid": "one", "Effect": "Allow", "Action": ["s3:Get*"], "Condition": {"StringEquals": {"k": ["x"]}}},
        {"Sid": "two", "Effect": "Allow", "Action": ["s3:Put*"]},
    ]


def test_what_is_not_known_is_neither_allow_nor_star(value: Shown) -> None:
    context = 'variable "statements" {}\n' + document("""
      dynamic "statement" {
        for_each = var.statements
        content {
          effect    = statement.value.effect
          actions   = statement.value.actions
          resources = ["*"]
        }
      }
    """)
    (statement,) = value(JSON, context)["Statement"]
    assert statement["Effect"].startswith("${")
    assert statement["Action"].startswith("${")


def test_an_unknown_source_is_an_unknown_statement(value: Shown) -> None:
    context = 'variable "policy" {}\n' + document('source_policy_documents = [var.policy]\nstatement {\n  sid = "a"\n}')
    assert value(JSON, context)["Statement"] == ["${var.policy}…", {"Sid": "a", "Effect": "Allow"}]


def test_wrappers_around_a_splat(value: Shown) -> None:
    context = """
    data "aws_iam_policy_document" "d" {
      count = 1
      statement {
        sid = "a"
      }
    }
    """
    expected = {"Version": "2012-10-17", "Statement": [{"Sid": "a", "Effect": "Allow"}]}
    for wrapped in (
        'join("", data.aws_iam_policy_document.d.*.json)',
        "one(data.aws_iam_policy_document.d[*].json)",
        'join("", data.aws_iam_policy_document.d[*]["json"])',
        "try(data.aws_iam_policy_document.d[0].json, null)",
        "element(data.aws_iam_policy_document.d.*.json, 0)",
        "data.aws_iam_policy_document.d[0].minified_json",
        "jsondecode(data.aws_iam_policy_document.d[0].json)",
    ):
        assert value(wrapped, context) == expected, wrapped


def test_an_override_under_a_condition_leaves_the_other_branch(evaluated: Evaluated) -> None:
    context = (
        'variable "on" {}\n'
        + document("""
      override_policy_documents = [var.on ? data.aws_iam_policy_document.o.json : ""]
      statement {
        sid     = "A"
        actions = ["a:own"]
      }
    """)
        + """
    data "aws_iam_policy_document" "o" {
      statement {
        sid     = "A"
        actions = ["a:override"]
      }
    }
    """
    )
    found = evaluated(JSON, context)
    assert isinstance(found, MapValue)
    statements = found.get("Statement")
    assert isinstance(statements, ListValue)
    assert [str(statement.when) for statement in statements.items] == ["when not var.on", "when var.on"]


def test_the_latest_version_and_the_last_id(value: Shown) -> None:
    context = document("""
      version   = "2008-10-17"
      policy_id = "own"
      source_policy_documents   = [jsonencode({ Version = "2012-10-17", Id = "source", Statement = [] })]
      override_policy_documents = [jsonencode({ Version = "2008-10-17", Id = "override", Statement = [] })]
    """)
    assert value(JSON, context) == {"Version": "2012-10-17", "Id": "override", "Statement": []}
    assert value(JSON, document('version = "2008-10-17"'))["Version"] == "2008-10-17"


def test_deprecated_spellings_come_first_and_last(value: Shown) -> None:
    context = document("""
      source_json   = jsonencode({ Statement = [{ Sid = "A", Effect = "Allow", Action = "a:source" }] })
      override_json = jsonencode({ Statement = [{ Sid = "B", Effect = "Deny", Action = "a:override" }] })
      statement {
        sid     = "A"
        actions = ["a:own"]
      }
      statement {
        sid     = "B"
        actions = ["a:own"]
      }
    """)
    assert [(s["Sid"], s["Effect"]) for s in value(JSON, context)["Statement"]] == [("A", "Allow"), ("B", "Deny")]
    assert value(JSON, context)["Statement"][0]["Action"] == ["a:own"]


def test_a_star_of_everybody_beside_others_is_everybody_of_aws(value: Shown) -> None:
    context = document("""
      statement {
        principals {
          type        = "*"
          identifiers = ["*"]
        }
        principals {
          type        = "Service"
          identifiers = ["x.amazonaws.com"]
        }
      }
    """)
    (statement,) = value(JSON, context)["Statement"]
    assert statement["Principal"] == {"AWS": ["*"], "Service": ["x.amazonaws.com"]}


def test_policy_variables_in_every_list_that_takes_them(value: Shown) -> None:
    context = document("""
      statement {
        not_resources = ["arn:aws:s3:::&{aws:username}"]
        principals {
          type        = "AWS"
          identifiers = ["&{aws:x}"]
        }
        condition {
          test     = "StringLike"
          variable = "s3:prefix"
          values   = ["home/&{aws:username}/*"]
        }
      }
    """)
    (statement,) = value(JSON, context)["Statement"]
    assert statement["NotResource"] == ["arn:aws:s3:::${aws:username}"]
    assert statement["Principal"] == {"AWS": ["${aws:x}"]}
    assert statement["Condition"] == {"StringLike": {"s3:prefix": ["home/${aws:username}/*"]}}


def test_conditions_and_principals_whose_key_or_type_is_one_of_two_are_kept(value: Shown) -> None:
    context = document("""
      statement {
        principals {
          type        = var.service ? "Service" : "AWS"
          identifiers = var.service ? ["logs.amazonaws.com"] : ["arn:aws:iam::111122223333:root"]
        }
        condition {
          test     = var.exact ? "StringEquals" : "StringLike"
          variable = format("%s:sub", var.on ? "one.example.com" : "two.example.com")
          values   = ["me"]
        }
      }
    """) + "\n".join(f'variable "{name}" {{ type = bool }}' for name in ("service", "exact", "on"))
    (statement,) = value(JSON, context)["Statement"]
    assert set(statement["Principal"]) == {"Service", "AWS"}
    assert {test: set(keys) for test, keys in statement["Condition"].items()} == {
        test: {"one.example.com:sub", "two.example.com:sub"} for test in ("StringEquals", "StringLike")
    }

"""Folders become stacks: modules are called with their arguments, repeated blocks expanded, problems reported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iamlint.model.account import FileProblem
from iamlint.model.identity import Role, User
from iamlint.model.policy import Policy
from iamlint.model.stack import Stack

Built = Callable[..., list[Stack]]
Made = Callable[..., Stack]

POLICY = 'jsonencode({ Statement = [{ Effect = "Allow", Action = var.actions, Resource = "*" }] })'
MODULE = f"""
variable "actions" {{ default = ["s3:Get*"] }}
variable "names" {{ default = [] }}
resource "aws_iam_policy" "p" {{
  policy = {POLICY}
}}
output "arn" {{ value = aws_iam_policy.p.arn }}
"""


def actions(stack: Stack) -> list[tuple[str, list[str]]]:
    return [(p.address, [str(a) for s in p.statements for a in s.actions]) for p in stack.policies]


def addresses(stack: Stack, kind: str) -> list[str]:
    return [thing.address for thing in stack.of_kind(kind)]


def test_a_local_module_is_evaluated_with_the_arguments_of_each_call(built: Built) -> None:
    main = """
    module "one" {
      source  = "./m"
      actions = ["s3:*"]
    }
    module "two" {
      source   = "./m"
      for_each = toset(["a"])
    }
    resource "aws_iam_role_policy_attachment" "x" {
      role       = "app"
      policy_arn = module.one.arn
    }
    """
    (stack,) = built({"main.tf": main, "m/main.tf": MODULE}, ("", "m"))
    assert actions(stack) == [
        ("module.one.aws_iam_policy.p", ["s3:*"]),
        ('module.two["a"].aws_iam_policy.p', ["s3:Get*"]),
    ]
    first = next(stack.policies)
    assert first.holders[0].label == "app"
    action = first.statements[0].actions[0]
    assert action.place.written == '"s3:*"'
    assert action.place.source.path.endswith("main.tf")
    assert "m/" not in action.place.source.path
    assert [(r.place.written, r.message) for r in first.via][-1] == ('module "one"', 'called as module "one"')


def test_a_module_that_nobody_calls_is_checked_with_its_defaults(built: Built) -> None:
    found = built({"a/main.tf": MODULE, "b/main.tf": MODULE}, ("a", "b"))
    assert [actions(stack) for stack in found] == [[("aws_iam_policy.p", ["s3:Get*"])]] * 2


def test_a_remote_module_gives_unknown_outputs(stack: Made) -> None:
    made = stack("""
    module "far" { source = "terraform-aws-modules/iam/aws" }
    resource "aws_iam_role_policy" "p" {
      role   = "r"
      policy = module.far.policy
    }
    """)
    (policy,) = made.policies
    assert policy.unresolved is not None
    assert policy.unresolved.reason == "a module that is not at hand"
    assert [(u.reason, u.count) for u in made.unresolved] == [("a module that is not at hand", 1)]


def test_modules_that_call_each_other_end(built: Built) -> None:
    files = {"main.tf": 'module "a" { source = "./a" }\n', "a/main.tf": 'module "b" { source = "../b" }\n'}
    files["b/main.tf"] = 'module "a" { source = "../a" }\nresource "aws_iam_user" "u" { name = "x" }\n'
    (stack,) = built(files, ("", "a", "b"))
    assert 1 <= len(addresses(stack, "user")) <= 16


def test_nothing_outside_of_the_scanned_folder_is_read(built: Built, tmp_path: object) -> None:
    files = {"in/main.tf": 'module "m" { source = "../../outside" }\n'}
    (stack,) = built(files, ("in",))
    assert stack.things == ()


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("count = 0", []),
        ("count = 2", ["aws_iam_user.u[0]", "aws_iam_user.u[1]"]),
        ("count = var.unknown", ["aws_iam_user.u"]),
        ("count = var.no ? 1 : 0", []),
        ("count = var.unknown ? 1 : 0", ["aws_iam_user.u[0]"]),
        ('for_each = toset(["b", "a"])', ['aws_iam_user.u["a"]', 'aws_iam_user.u["b"]']),
        ("for_each = { x = 1 }", ['aws_iam_user.u["x"]']),
        ("for_each = var.unknown", ["aws_iam_user.u"]),
        ("for_each = {}", []),
    ],
)
def test_multiplicity(stack: Made, argument: str, expected: list[str]) -> None:
    context = 'variable "unknown" {}\nvariable "no" { default = false }\n'
    made = stack(f'{context}resource "aws_iam_user" "u" {{\n  {argument}\n  name = "n"\n}}\n')
    assert addresses(made, "user") == expected


def test_an_instance_under_a_condition_says_so(stack: Made) -> None:
    made = stack('variable "on" {}\nresource "aws_iam_user" "u" {\n  count = var.on ? 1 : 0\n  name = "n"\n}\n')
    (user,) = made.of_kind("user")
    assert str(user.when) == "when var.on"


def test_each_value_reaches_the_policy(stack: Made) -> None:
    made = stack("""
    locals { grants = { read = "s3:Get*", write = "s3:Put*" } }
    resource "aws_iam_policy" "p" {
      for_each = local.grants
      name     = each.key
      policy   = jsonencode({ Statement = { Effect = "Allow", Action = each.value, Resource = "*" } })
    }
    """)
    assert actions(made) == [
        ('aws_iam_policy.p["read"]', ["s3:Get*"]),
        ('aws_iam_policy.p["write"]', ["s3:Put*"]),
    ]
    assert next(made.policies).statements[0].actions[0].place.written == '"s3:Get*"'


def test_variables_from_files_and_from_the_command_line(built: Built) -> None:
    main = 'variable "a" {}\nvariable "b" { default = "d" }\nvariable "c" { type = list(string) }\n'
    main += 'resource "aws_iam_user" "u" { name = "${var.a}-${var.b}-${var.c[0]}" }\n'
    files = {"main.tf": main, "terraform.tfvars": 'a = "tfvars"\nb = "tfvars"\n', "z.auto.tfvars": 'b = "auto"\n'}
    (stack,) = built(files, variables={"c": '["given"]'})
    (user,) = stack.of_kind("user")
    assert isinstance(user, User)
    assert user.name is not None
    assert user.name.literal == "tfvars-auto-given"


def test_a_broken_block_is_a_problem_and_the_rest_is_checked(stack: Made) -> None:
    made = stack('resource "aws_iam_user" "u" {\n  name = "n"\n}\nresource "x" "y" {\n  a = [1\n  b = 2\n}\n')
    assert addresses(made, "user") == ["aws_iam_user.u"]
    (problem,) = made.of_kind("problem")
    assert isinstance(problem, FileProblem)
    assert problem.is_unreadable
    assert problem.place.span.line == 6


def test_override_files(built: Built) -> None:
    files = {
        "main.tf": 'resource "aws_iam_user" "u" {\n  name = "a"\n  path = "/p/"\n}\n',
        "main_override.tf": 'resource "aws_iam_user" "u" {\n  name = "b"\n}\n',
    }
    (stack,) = built(files)
    (user,) = stack.of_kind("user")
    assert isinstance(user, User)
    assert user.name is not None
    assert user.name.literal == "b"


JSON_SYNTAX = """{
  "variable": {"actions": {"default": ["s3:*"]}},
  "data": {"aws_iam_policy_document": {"d": {"statement": [
    {"actions": "${var.actions}", "resources": ["arn:aws:s3:::${aws_s3_bucket.b.id}/*"]}
  ]}}},
  "resource": {
    "aws_iam_role": {"r": {
      "name": "app",
      "assume_role_policy": "{\\"Statement\\": [{\\"Effect\\": \\"Allow\\", \\"Action\\": \\"sts:AssumeRole\\"}]}",
      "inline_policy": {"name": "in", "policy": "${data.aws_iam_policy_document.d.json}"}
    }}
  }
}"""


def test_the_json_spelling(built: Built) -> None:
    (stack,) = built({"main.tf.json": JSON_SYNTAX})
    assert actions(stack) == [("aws_iam_role.r", ["sts:AssumeRole"]), ("aws_iam_role.r", ["s3:*"])]
    trust, inline = stack.policies
    assert inline.statements[0].actions[0].place.written == '"s3:*"'
    assert inline.statements[0].actions[0].place.span.line == 2
    assert trust.statements[0].actions[0].place.span.line == 9
    (role,) = stack.of_kind("role")
    assert isinstance(role, Role)
    assert role.trust is trust


def test_a_document_used_by_a_policy_points_at_its_literals(stack: Made) -> None:
    made = stack("""
    data "aws_iam_policy_document" "d" {
      statement { actions = ["s3:*"] }
    }
    resource "aws_s3_bucket_policy" "p" {
      bucket = "b"
      policy = data.aws_iam_policy_document.d.json
    }
    """)
    (policy,) = made.policies
    assert isinstance(policy, Policy)
    assert (policy.kind, policy.service) == ("resource", "s3")
    assert policy.statements[0].actions[0].place.written == '"s3:*"'
    messages = [related.message for related in policy.via]
    assert messages[0] == "used as the policy of aws_s3_bucket_policy.p"


def test_json_in_a_heredoc_is_read_in_place(stack: Made) -> None:
    made = stack("""
variable "bucket" {}
resource "aws_iam_policy" "p" {
  policy = <<-EOF
    {
      "Statement": [{
        "Effect": "Allow",
        "Action": ["s3:Get*", "s3:*"],
        "Resource": "arn:aws:s3:::${var.bucket}/*",
        "Condition": {"StringEquals": {"aws:x": ${jsonencode(var.bucket)}}}
      }]
    }
  EOF
}
""")
    (policy,) = made.policies
    (statement,) = policy.statements
    assert [action.place.written for action in statement.actions] == ['"s3:Get*"', '"s3:*"']
    assert (statement.actions[1].place.span.line, statement.actions[1].place.span.column) == (8, 31)
    assert str(statement.resources[0]) == "arn:aws:s3:::${var.bucket}/*"


def test_modules_that_only_call_each_other_are_checked_all_the_same(built: Built) -> None:
    user = 'resource "aws_iam_user" "u" {\n  name = "x"\n}\n'
    files = {
        "root/main.tf": user,
        "a/main.tf": f'{user}module "b" {{\n  source = "../b"\n}}\n',
        "b/main.tf": 'module "a" {\n  source = "../a"\n}\n',
    }
    found = built(files, ("root", "a", "b"))
    assert [stack.root.rpartition("/")[2] for stack in found] == ["root", "a"]
    assert "aws_iam_user.u" in addresses(found[1], "user")


def test_calls_that_go_on_for_ever_are_counted(built: Built) -> None:
    (stack,) = built({"main.tf": 'module "again" {\n  source = "./."\n}\n'})
    assert [unresolved.reason for unresolved in stack.unresolved] == ["more modules than are evaluated"]


def test_a_downloaded_module_is_evaluated(built: Built) -> None:
    there = ".terraform/modules/far/modules/x"
    manifest = f'{{"Modules": [{{"Key": "", "Dir": "."}}, {{"Key": "far", "Dir": "{there}"}}]}}'
    main = 'module "far" {\n  source = "somebody/thing/aws//modules/x"\n  actions = ["sqs:*"]\n}\n'
    files = {
        "main.tf": main,
        ".terraform/modules/modules.json": manifest,
        ".terraform/modules/far/modules/x/m.tf": MODULE,
    }
    (stack,) = built(files)
    assert actions(stack) == [("module.far.aws_iam_policy.p", ["sqs:*"])]


def test_modules_in_modules_with_outputs_that_come_back(built: Built) -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./a"\n  for_each = { x = "s3:*" }\n  given = each.value\n}\n'
        'resource "aws_iam_user" "u" {\n  name = module.a["x"].name\n}\n',
        "a/main.tf": 'variable "given" {}\nmodule "b" {\n  source = "../b"\n  count = 1\n  actions = [var.given]\n}\n'
        'output "name" {\n  value = "u-${module.b[0].name}"\n}\n',
        "b/main.tf": f'{MODULE}output "name" {{\n  value = "b"\n}}\n',
    }
    (stack,) = built(files, ("", "a", "b"))
    assert actions(stack) == [('module.a["x"].module.b[0].aws_iam_policy.p', ["s3:*"])]
    (user,) = stack.of_kind("user")
    assert isinstance(user, User)
    assert str(user.name) == "u-b"
    (policy,) = stack.policies
    assert policy.statements[0].actions[0].place.written == '"s3:*"'
    assert [related.place.source.path.rpartition("/")[2] for related in policy.via[-2:]] == ["main.tf", "main.tf"]
    assert [related.message for related in policy.via][-2:] == ['called as module "a"', 'called as module "b"']

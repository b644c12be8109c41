"""Which files of a folder count, and how override files are laid over the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.identity import User
from iamlint.model.stack import Stack
from iamlint.parsers.terraform.declarations import terraform_files

Built = Callable[..., list[Stack]]


def user(name: str) -> str:
    return f'resource "aws_iam_user" "u" {{\n  name = "{name}"\n}}\n'


def names(built: Built, files: Mapping[str, str]) -> list[str]:
    (stack,) = built(files)
    return [thing.name.shown for thing in stack.things if isinstance(thing, User) and thing.name is not None]


@pytest.mark.parametrize("name", ["override.tf", "a_override.tf", "a.b_override.tf", "override.tofu"])
def test_an_override_counts_wherever_its_name_sorts(built: Built, name: str) -> None:
    assert names(built, {"zone.tf": user("original"), name: user("overriding")}) == ["overriding"]


def test_an_override_in_json(built: Built) -> None:
    override = json.dumps({"resource": {"aws_iam_user": {"u": {"name": "overriding"}}}})
    assert names(built, {"zone.tf": user("original"), "override.tf.json": override}) == ["overriding"]


def test_of_several_overrides_the_last_by_name_wins(built: Built) -> None:
    files = {"zone.tf": user("o"), "b_override.tf": user("b"), "a_override.tf": user("a")}
    assert names(built, files) == ["b"]


def test_a_name_that_only_ends_like_override_is_an_ordinary_file(built: Built) -> None:
    stacks = built({"main.tf": user("original"), "nooverride.tf": user("second")})
    users = [thing for stack in stacks for thing in stack.things if isinstance(thing, User)]
    assert [user.name.shown for user in users if user.name is not None] == ["original", "second"]


INSTANCE = 'resource "aws_instance" "i" {{\n  ami = "ami-1"\n{}\n}}\n'
PLAIN = '  metadata_options {\n    http_tokens = "required"\n    http_put_response_hop_limit = 1\n  }'
DYNAMIC = """
  dynamic "metadata_options" {
    for_each = [1]
    content {
      http_tokens = "optional"
    }
  }
"""


@pytest.mark.parametrize(
    ("original", "override", "expected"),
    [
        (PLAIN, '  metadata_options {\n    http_tokens = "optional"\n  }', ("optional", None)),
        (PLAIN, DYNAMIC, ("optional", None)),
        (DYNAMIC, PLAIN, ("required", 1)),
        (PLAIN, '  user_data = ""', ("required", 1)),
    ],
)
def test_nested_blocks_take_the_place_of_those_of_their_type(
    built: Built, original: str, override: str, expected: tuple[Any, ...]
) -> None:
    (stack,) = built({"main.tf": INSTANCE.format(original), "override.tf": INSTANCE.format(override)})
    (instance,) = stack.of_kind("instance")
    found: Any = instance
    assert (found.metadata_tokens.value, found.hop_limit.value) == expected


def test_a_block_of_the_json_syntax_is_replaced_too(built: Built) -> None:
    original = {"resource": {"aws_instance": {"i": {"metadata_options": {"http_tokens": "optional"}}}}}
    (stack,) = built({"main.tf.json": json.dumps(original), "override.tf": INSTANCE.format(PLAIN)})
    (instance,) = stack.of_kind("instance")
    found: Any = instance
    assert found.metadata_tokens.value == "required"


def test_lifecycle_is_merged_argument_by_argument(built: Built) -> None:
    key = 'resource "aws_iam_access_key" "k" {{\n  user = "u"\n  lifecycle {{\n    {}\n  }}\n}}\n'
    (stack,) = built(
        {
            "main.tf": key.format("replace_triggered_by = [time_rotating.r]"),
            "override.tf": key.format("create_before_destroy = true"),
        }
    )
    (found,) = stack.of_kind("access_key")
    rotated: Any = found
    assert rotated.rotation.declared


def test_locals_are_overridden_one_by_one(built: Built) -> None:
    files = {
        "main.tf": 'locals {\n  a = "a"\n  b = "b"\n}\n' + user("${local.a}${local.b}"),
        "override.tf": 'locals {\n  b = "c"\n}\n',
    }
    assert names(built, files) == ["ac"]


@pytest.mark.parametrize(
    ("there", "loaded"),
    [
        (("main.tf", "main.tofu"), ["main.tofu"]),
        (("main.tf.json", "main.tofu.json"), ["main.tofu.json"]),
        (("main.tf", "main.tofu.json"), ["main.tf", "main.tofu.json"]),
        (("a_override.tf", "a_override.tofu"), ["a_override.tofu"]),
        (("main.tf", "main.tftest.hcl", "main.tofutest.hcl", ".terraform.lock.hcl", "x.tftest.json"), ["main.tf"]),
        (("x.tofu.old.tf", "x.tofu"), ["x.tofu", "x.tofu.old.tf"]),
    ],
)
def test_which_files_are_loaded(tmp_path: Path, there: tuple[str, ...], loaded: list[str]) -> None:
    """https://opentofu.org/docs/language/files/: a `.tofu` file takes the place of the `.tf` file of its name."""
    for name in there:
        (tmp_path / name).touch()
    assert [Path(path).name for path in terraform_files(str(tmp_path))] == loaded


def test_what_cdktf_writes_names_its_constructs(built: Built) -> None:
    written = {
        "//": {"metadata": {"backend": "local", "stackName": "app", "version": "0.20.0"}},
        "resource": {
            "aws_iam_role": {
                "role_1A2B": {
                    "//": {"metadata": {"path": "app/service/role", "uniqueId": "role_1A2B"}},
                    "assume_role_policy": '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}',
                }
            }
        },
    }
    (stack,) = built({"cdk.tf.json": json.dumps(written, indent=2)})
    (role,) = stack.of_kind("role")
    assert role.address == "aws_iam_role.role_1A2B"
    ((place, message),) = role.via
    assert (place.written, message) == ('"app/service/role"', "construct app/service/role")

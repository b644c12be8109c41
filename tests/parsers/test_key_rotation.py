"""Access keys and what replaces them, in the forms that people write: through whole files."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs


def told(tmp_path: Path, rule: str, text: str, name: str = "main.tf") -> list[str]:
    """What the rule says."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    known = load_rules().rules
    request = Request(Inputs((str(tmp_path / name),)), [known[rule]], known, "2026-01-01")
    return [finding.message for finding in check(request).findings]


KEY = """
variable "days" {{}}
resource "time_rotating" "r" {{ {schedule} }}
resource "terraform_data" "d" {{ input = "2026-01" }}
resource "aws_iam_access_key" "k" {{
  user = "ci"
  {inside}
}}
"""
TRIGGERED = "lifecycle {\n    replace_triggered_by = [time_rotating.r]\n  }"


@pytest.mark.parametrize(
    ("schedule", "inside", "message"),
    [
        ("rotation_days = 90", TRIGGERED, None),
        ('rotation_days = "30"', TRIGGERED.replace("r]", "r.id]"), None),
        ("rotation_days = 365", TRIGGERED, "only every 365 days something rotates the access key of ci"),
        ("rotation_years = 1", TRIGGERED, "only every 365 days something rotates the access key of ci"),
        ("rotation_months = 6", TRIGGERED, "only every 180 days something rotates the access key of ci"),
        ("rotation_hours = 24", TRIGGERED, None),
        ("rotation_days = var.days", TRIGGERED, None),
        ("rotation_days = 180\n  rotation_hours = 48", TRIGGERED, None),
        ("rotation_days = 30", "for_each = toset([time_rotating.r.id])", None),
        ("rotation_days = 30", TRIGGERED.replace("time_rotating.r", "terraform_data.d"), None),
        ("rotation_days = 30", "", "nothing rotates the access key of ci"),
        ("rotation_days = 30", "lifecycle {\n    create_before_destroy = true\n  }",
         "nothing rotates the access key of ci"),
    ],
)  # fmt: skip
def test_how_often_a_key_is_replaced(tmp_path: Path, schedule: str, inside: str, message: str | None) -> None:
    text = KEY.format(schedule=f"\n  {schedule}\n", inside=inside)
    assert told(tmp_path, "access-key-without-rotation", text) == ([message] if message else [])


@pytest.mark.parametrize(
    ("serial", "count"), [("", 1), (", Serial: 1", 0), (", Serial: 100", 0), (", Serial: !Ref N", 0)]
)
def test_a_serial_number_replaces_a_key(tmp_path: Path, serial: str, count: int) -> None:
    key = f"{{Type: AWS::IAM::AccessKey, Properties: {{UserName: ci{serial}}}}}"
    text = f"Parameters: {{N: {{Type: Number}}}}\nResources:\n  K: {key}\n"
    assert len(told(tmp_path, "access-key-without-rotation", text, "t.yaml")) == count


USER = 'resource "aws_iam_user" "u" {\n  name = "ci"\n}\n'


@pytest.mark.parametrize(
    "keys",
    [
        'resource "aws_iam_access_key" "k" {\n  count = 2\n  user  = aws_iam_user.u.name\n}\n',
        'resource "aws_iam_access_key" "k" {\n  for_each = toset(["a", "b"])\n  user     = "ci"\n}\n',
        'variable "n" {\n  default = 2\n}\nresource "aws_iam_access_key" "k" {\n  count = var.n\n  user  = "ci"\n}\n',
        (
            'resource "aws_iam_access_key" "a" {\n  user = aws_iam_user.u.name\n}\n'
            'resource "aws_iam_access_key" "b" {\n  user = "ci"\n}\n'
        ),
    ],
)
def test_two_keys_of_a_user(tmp_path: Path, keys: str) -> None:
    assert told(tmp_path, "multiple-access-keys", USER + keys) == ["another access key for ci"]


@pytest.mark.parametrize("names", [("!Ref U", "!Ref U"), ("!Ref U", "ci"), ("ci", "ci")])
def test_two_keys_in_a_template(tmp_path: Path, names: tuple[str, str]) -> None:
    keys = "".join(
        f"  K{index}: {{Type: AWS::IAM::AccessKey, Properties: {{UserName: {name}}}}}\n"
        for index, name in enumerate(names)
    )
    text = f"Resources:\n  U: {{Type: AWS::IAM::User, Properties: {{UserName: ci}}}}\n{keys}"
    assert told(tmp_path, "multiple-access-keys", text, "t.yaml") == ["another access key for ci"]


def test_numbers_of_a_password_policy_may_be_strings(tmp_path: Path) -> None:
    policy = 'variable "n" {{\n  default = "{0}"\n}}\nresource "aws_iam_account_password_policy" "p" {{\n'
    reuse = policy + "  password_reuse_prevention = var.n\n}}\n"
    assert len(told(tmp_path, "password-reuse", reuse.format(3))) == 1
    assert told(tmp_path, "password-reuse", reuse.format(24)) == []
    length = policy + "  minimum_password_length = var.n\n}}\n"
    assert len(told(tmp_path, "weak-password-length", length.format(8))) == 1
    assert told(tmp_path, "weak-password-length", length.format(14)) == []

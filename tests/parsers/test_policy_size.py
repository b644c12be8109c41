"""How long a document is as AWS receives it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iamlint.model.policy import Size
from iamlint.parsers.stacks import Inputs, Reading, stacks

DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "A b", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}],
}
MINIFIED = len(json.dumps(DOCUMENT, separators=(",", ":")))


def size(folder: Path, name: str, text: str) -> Size:
    (folder / name).write_text(text, encoding="utf-8")
    read = stacks(Reading(Inputs((str(folder),)), (), folder, None))
    (found,) = [policy.size for stack in read for policy in stack.policies]
    assert found is not None
    return found


def test_a_file_counts_as_it_is_written(tmp_path: Path) -> None:
    text = json.dumps(DOCUMENT, indent=4)
    assert size(tmp_path, "p.json", text) == Size(MINIFIED - 1, len(text), True)


def test_an_object_of_a_template_is_sent_without_white_space(tmp_path: Path) -> None:
    template = {"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": DOCUMENT}}}}
    assert size(tmp_path, "t.json", json.dumps(template, indent=4)) == Size(MINIFIED - 1, MINIFIED, True)


def terraform(policy: str) -> str:
    return f'variable "x" {{}}\nresource "aws_iam_policy" "p" {{\n  policy = {policy}\n}}\n'


@pytest.mark.parametrize(
    ("value", "exact", "less"), [('"abc"', True, 0), ('"a${var.x}c"', False, 1), ("var.x", False, 4)]
)
def test_of_unknown_parts_the_least_is_counted(tmp_path: Path, value: str, exact: bool, less: int) -> None:
    known = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "abc"}]}
    written = (
        'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = '
        + value
        + " }] })"
    )
    length = len(json.dumps(known, separators=(",", ":"))) - less
    assert size(tmp_path, "main.tf", terraform(written)) == Size(length, length, exact)


def test_a_json_text_counts_as_it_is_written(tmp_path: Path) -> None:
    text = json.dumps(DOCUMENT, indent=2)
    assert size(tmp_path, "main.tf", terraform(f"<<EOT\n{text}\nEOT")) == Size(MINIFIED - 1, len(text) + 1, True)


def test_a_rendered_document_has_lists_of_one_as_strings(tmp_path: Path) -> None:
    document = """
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
"""
    rendered = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
    found = size(tmp_path, "main.tf", document + terraform("data.aws_iam_policy_document.d.json"))
    assert len(rendered) - 2 <= found.packed <= len(rendered)


def test_an_account_has_twelve_digits(tmp_path: Path) -> None:
    template = """
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Deny, Action: "*", Resource: !Sub "arn:aws:iam::${AWS::AccountId}:role/x"}
"""
    known = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:iam::111122223333:role/x"},
        },
        separators=(",", ":"),
    )
    assert size(tmp_path, "t.yaml", template) == Size(len(known), len(known), False)

"""`iamlint public`: which policies let in outsiders, with one of them, and by which meaning of public."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Iamlint = Callable[..., Any]


def bucket(condition: dict[str, Any] | None = None, *more: dict[str, Any]) -> str:
    """The policy of a bucket for everybody under a condition."""
    statement: dict[str, Any] = {
        "Sid": "Read", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
    }  # fmt: skip
    if condition is not None:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement, *more]})


@pytest.mark.parametrize(
    ("text", "default", "s3"),
    [
        (bucket(), 1, 1),
        (bucket({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}), 0, 0),
        (bucket({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}), 1, 1),
        (bucket({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}), 0, 1),
        (
            bucket(
                None,
                {
                    "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
                },
            ),
            0,
            0,
        ),
    ],
)  # fmt: skip
def test_exit_codes(text: str, default: int, s3: int, tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "b.json").write_text(text, encoding="utf-8")
    assert iamlint("public", ".", folder=tmp_path).exit_code == default
    assert iamlint("public", "b.json", "--profile", "s3", folder=tmp_path).exit_code == s3


def test_an_outsiders_request(tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "b.json").write_text(bucket({"Bool": {"aws:SecureTransport": "true"}}), encoding="utf-8")
    lines = iamlint("public", ".", folder=tmp_path).output.splitlines()
    assert lines[0] == "public: resource policy of b.json (b.json:1:1)"
    assert lines[1] == "  b.json:1:41: Read: s3:GetObject on arn:aws:s3:::b/*"
    assert lines[2].startswith("    such as s3:GetObject on arn:aws:s3:::b/")
    assert lines[2].endswith(" by anonymous with aws:SecureTransport = true")
    assert lines[-1] == "Open to outsiders: 1 public, of 1 policy"


def test_a_trust_policy(tmp_path: Path, iamlint: Iamlint) -> None:
    text = """\
resource "aws_iam_role" "%s" {
  name               = "%s"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = { AWS = "%s" }, Action = "sts:AssumeRole" }
  ] })
}
"""
    (tmp_path / "main.tf").write_text(text % ("a", "a", "*") + text % ("b", "b", "111122223333"), encoding="utf-8")
    run = iamlint("public", ".", "--all", folder=tmp_path)
    assert run.exit_code == 1
    heads = [line for line in run.output.splitlines() if line and not line.startswith(" ")]
    assert heads == [
        "public: trust policy of role a, aws_iam_role.a (main.tf:1:1)",
        "private: trust policy of role b, aws_iam_role.b (main.tf:7:1)",
        "Open to outsiders: 1 public, 1 private, of 2 policies",
    ]
    assert "    such as sts:AssumeRole by anonymous" in run.output.splitlines()


def test_a_policy_of_nothing_in_the_code_is_asked_when_it_says_to_whom_it_grants(
    tmp_path: Path, iamlint: Iamlint
) -> None:
    document = """\
data "aws_iam_policy_document" "%s" {
  statement {
    actions   = ["sns:Publish"]
    resources = ["*"]
    %s
  }
}
module "%s" {
  source = "example.com/topic"
  policy = data.aws_iam_policy_document.%s.json
}
"""
    principals = 'principals {\n type = "AWS"\n identifiers = ["*"]\n }'
    text = document % ("a", principals, "a", "a") + document % ("b", "", "b", "b")
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    found = json.loads(iamlint("public", ".", "-f", "json", folder=tmp_path).output)
    assert [(holder["kind"], holder["answer"]) for holder in found["holders"]] == [("policy", "public")]
    lines = iamlint("public", ".", folder=tmp_path).output.splitlines()
    assert lines[1] == "  main.tf:2:3: statement 1: sns:Publish on *"


def test_what_cannot_be_known(tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "policy" {}\nresource "aws_s3_bucket_policy" "b" {\n  bucket = "b"\n  policy = var.policy\n}\n',
        encoding="utf-8",
    )
    run = iamlint("public", ".", folder=tmp_path)
    assert run.exit_code == 4
    assert run.output.startswith("unknown: resource policy of ")
    found = json.loads(iamlint("public", ".", "--format", "json", folder=tmp_path).output)
    assert (found["answer"], found["summary"]) == ("unknown", {"public": 0, "unknown": 1, "private": 0, "left_out": 0})


def test_the_json_keeps_its_contract(tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "b.json").write_text(bucket(), encoding="utf-8")
    found = json.loads(iamlint("public", ".", "-f", "json", folder=tmp_path).output)
    assert list(found) == ["version", "iamlint", "data", "asked", "answer", "holders", "assumptions", "summary"]
    assert (found["asked"], found["answer"]) == ({"profile": "default"}, "public")
    (holder,) = found["holders"]
    assert (holder["kind"], holder["answer"]) == ("resource policy", "public")
    assert holder["grants"][0]["request"]["caller"] == {"kind": "anonymous", "name": ""}


def test_identities_are_not_asked(tmp_path: Path, iamlint: Iamlint) -> None:
    allow = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    (tmp_path / "p.json").write_text(allow, encoding="utf-8")
    run = iamlint("public", ".", folder=tmp_path)
    assert (run.exit_code, run.output) == (0, "Open to outsiders: 0 public, of 0 policies\n")


def test_nothing_to_ask(tmp_path: Path, iamlint: Iamlint) -> None:
    run = iamlint("public", ".", folder=tmp_path)
    assert (run.exit_code, "no template, no Terraform and no policy" in run.errors) == (2, True)
    assert iamlint("public", ".", "--profile", "s4", folder=tmp_path).exit_code == 2

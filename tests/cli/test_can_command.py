"""`iamlint can`: who may, through which statement, what stops the others, what is not known, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Iamlint = Callable[..., Any]

ROLES = """\
variable "arn" {}
resource "aws_iam_role" "deploy" {
  name               = "deploy"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }
  ] })
}
resource "aws_iam_role_policy" "deploy" {
  name   = "users"
  role   = aws_iam_role.deploy.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid = "Users", Effect = "Allow", Action = ["iam:Create*", "s3:GetObject"], Resource = "*"
    Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
  }] })
}
resource "aws_iam_role" "ci" {
  name               = "ci"
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy_attachment" "ci" {
  role       = aws_iam_role.ci.name
  policy_arn = var.arn
}
resource "aws_iam_user" "bob" {
  name = "bob"
}
resource "aws_iam_user_policy" "bob" {
  user   = aws_iam_user.bob.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "All", Effect = "Allow", Action = "*", Resource = "*" },
    { Sid = "NoIam", Effect = "Deny", Action = "iam:*", Resource = "*" },
  ] })
}
resource "aws_iam_policy" "limit" {
  name   = "limit"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
resource "aws_iam_user" "ann" {
  name                 = "ann"
  permissions_boundary = aws_iam_policy.limit.arn
}
resource "aws_iam_user_policy_attachment" "ann" {
  user       = aws_iam_user.ann.name
  policy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"
}
"""

BUCKET = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Readers",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::data/*",
        }
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Roles in Terraform, and a bucket's policy in JSON."""
    (tmp_path / "main.tf").write_text(ROLES, encoding="utf-8")
    (tmp_path / "bucket.json").write_text(json.dumps(BUCKET), encoding="utf-8")
    return tmp_path


def answers(run: Any) -> dict[str, str]:
    """The answer of each holder, by what it is called."""
    return {holder["label"]: holder["answer"] for holder in json.loads(run.output)["holders"]}


def test_who_may_and_who_is_not_known(folder: Path, iamlint: Iamlint) -> None:
    run = iamlint("can", ".", "--action", "iam:CreateUser", folder=folder)
    assert run.exit_code == 1
    assert run.output.splitlines() == [
        "may: role deploy, aws_iam_role.deploy (main.tf:2:1)",
        "  main.tf:11:62: Users of inline policy `users` (aws_iam_role_policy.deploy): iam:CreateUser on *",
        *[line for line in run.output.splitlines() if line.startswith("    such as iam:CreateUser on arn:aws:iam:")],
        "",
        "unknown: role ci, aws_iam_role.ci (main.tf:16:1)",
        "  main.tf:20:1: the attached policy ${var.arn}, which is not in the code",
        "",
        "iam:CreateUser: 1 may, 1 unknown, 3 may not (2 kept from it by a Deny or a boundary), of 5 holders",
    ]
    assert run.output.splitlines()[2].endswith(" with aws:MultiFactorAuthPresent = true")


def test_what_stops_those_who_may_not(folder: Path, iamlint: Iamlint) -> None:
    output = iamlint("can", "main.tf", "-a", "iam:CreateUser", "--all", folder=folder).output
    blocks = {block.splitlines()[0]: block.splitlines()[1:] for block in output.split("\n\n")}
    assert blocks["may not: user bob, aws_iam_user.bob (main.tf:24:1)"] == [
        "  main.tf:30:5: All of aws_iam_user_policy.bob",
        "    denied by main.tf:31:5: NoIam of aws_iam_user_policy.bob",
    ]
    (allowed, stopped) = blocks["may not: user ann, aws_iam_user.ann (main.tf:38:1)"]
    assert allowed == "  main.tf:44:16: AWS managed policy IAMFullAccess"
    assert stopped.startswith("    not within the permissions boundary ")
    assert "no statement allows it" not in output
    output = iamlint("can", ".", "-a", "iam:CreateUser", "--all", "--only", "bucket.json", folder=folder).output
    assert "may not: resource policy of bucket.json (bucket.json:1:1)\n  no statement allows it\n" in output


def test_exit_codes(folder: Path, iamlint: Iamlint) -> None:
    assert iamlint("can", ".", "-a", "iam:CreateUser", folder=folder).exit_code == 1
    assert iamlint("can", ".", "-a", "iam:CreateUser", "--except", "aws_iam_role.deploy", folder=folder).exit_code == 4
    assert iamlint("can", ".", "-a", "iam:CreateUser", "--only", "*user*", folder=folder).exit_code == 0
    assert iamlint("can", "bucket.json", "-a", "iam:CreateUser", folder=folder).exit_code == 0


def test_those_who_may_and_are_excepted_are_counted(folder: Path, iamlint: Iamlint) -> None:
    run = iamlint("can", ".", "-a", "iam:CreateUser", "--except", "role *", folder=folder)
    assert run.exit_code == 0
    assert "2 left out by --except" in run.output
    run = iamlint("can", ".", "-a", "iam:CreateUser", "--except", "main.tf", "--format", "json", folder=folder)
    assert json.loads(run.output)["summary"] == {"yes": 0, "unknown": 0, "no": 3, "left_out": 2}


def test_the_json_keeps_its_contract(folder: Path, iamlint: Iamlint) -> None:
    run = iamlint("can", ".", "-a", "s3:Get*,iam:CreateUser", "-r", "arn:aws:s3:::data/x", "-f", "json", folder=folder)
    found = json.loads(run.output)
    assert list(found) == ["version", "iamlint", "data", "asked", "answer", "holders", "assumptions", "summary"]
    assert found["asked"] == {
        "question": "s3:Get* or iam:CreateUser on arn:aws:s3:::data/x",
        "actions": ["s3:Get*", "iam:CreateUser"], "resources": ["arn:aws:s3:::data/x"], "principals": [],
        "context": [], "closed": True,
    }  # fmt: skip
    assert found["answer"] == "yes"
    bucket = next(holder for holder in found["holders"] if holder["kind"] == "resource policy")
    assert {key: bucket[key] for key in ("path", "line", "answer", "undecided", "stopped")} == {
        "path": "bucket.json", "line": 1, "answer": "yes", "undecided": [], "stopped": [],
    }  # fmt: skip
    (grant,) = bucket["grants"]
    assert (grant["statement"]["name"], grant["actions"]) == ("Readers", ["s3:GetObject"])
    assert grant["resources"] == ["arn:aws:s3:::data/*"]
    assert list(grant["request"]) == ["action", "resource", "caller", "context", "unresolved", "conditions"]
    assert grant["request"]["action"] == "s3:GetObject"
    assert grant["request"]["resource"] == "arn:aws:s3:::data/x"
    assert grant["request"]["caller"]["kind"] == "aws"
    assert ":111122223333:" in grant["request"]["caller"]["name"]


def test_a_stop_in_json(folder: Path, iamlint: Iamlint) -> None:
    run = iamlint("can", ".", "-a", "iam:CreateUser", "--only", "user *", "-f", "json", folder=folder)
    holders = {holder["label"]: holder for holder in json.loads(run.output)["holders"]}
    (stop,) = holders["user bob"]["stopped"]
    assert (stop["statement"]["name"], [deny["name"] for deny in stop["denies"]]) == ("All", ["NoIam"])
    (stop,) = holders["user ann"]["stopped"]
    assert (stop["denies"], len(stop["limits"])) == ([], 1)


def test_a_resource(folder: Path, iamlint: Iamlint) -> None:
    asked = ("can", "bucket.json", "-a", "s3:GetObject", "--resource")
    assert iamlint(*asked, "arn:aws:s3:::data/x", folder=folder).exit_code == 1
    assert iamlint(*asked, "arn:aws:s3:::other/*", folder=folder).exit_code == 0
    assert iamlint(*asked, "arn:aws:s3:::other/*", "-r", "arn:aws:s3:::*", folder=folder).exit_code == 1


def test_a_condition_key(folder: Path, iamlint: Iamlint) -> None:
    asked = ("can", "main.tf", "-a", "iam:CreateUser", "--only", "role deploy", "--context")
    assert iamlint(*asked, "aws:MultiFactorAuthPresent=true", folder=folder).exit_code == 1
    assert iamlint(*asked, "aws:MultiFactorAuthPresent=false", folder=folder).exit_code == 0
    assert iamlint(*asked, "aws:multifactorauthpresent=", folder=folder).exit_code == 0


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("ec2.amazonaws.com", {"trust policy of role deploy": "yes"}),
        ("lambda.amazonaws.com", {"trust policy of role deploy": "no"}),
        (
            "arn:aws:iam::111122223333:role/a/path/deploy",
            {"role deploy": "no", "trust policy of role deploy": "no"},
        ),
        (
            "arn:aws:sts::111122223333:assumed-role/ci/session",
            {"role ci": "unknown", "trust policy of role deploy": "no"},
        ),
        ("arn:aws:iam::111122223333:user/bob", {"user bob": "yes", "trust policy of role deploy": "no"}),
    ],
)
def test_a_principal(principal: str, expected: dict[str, str], folder: Path, iamlint: Iamlint) -> None:
    asked = ("can", "main.tf", "-a", "sts:AssumeRole", "-f", "json", "--principal", principal)
    found = answers(iamlint(*asked, folder=folder))
    assert {label: answer for label, answer in found.items() if label in expected} == expected
    own = {label for label in found if label.startswith(("role", "user", "policy"))}
    assert own == {label for label in expected if label.startswith(("role", "user", "policy"))}


def test_anyone_and_a_whole_account_leave_nobody_out(folder: Path, iamlint: Iamlint) -> None:
    asked = ("can", "main.tf", "-a", "sts:AssumeRole", "-f", "json")
    everyone = set(answers(iamlint(*asked, folder=folder)))
    assert "user bob" in everyone
    assert set(answers(iamlint(*asked, "--principal", "*", folder=folder))) == everyone
    assert set(answers(iamlint(*asked, "--principal", "111122223333", folder=folder))) == everyone


def test_a_generated_name_may_be_the_one_asked_about(tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_iam_role" "r" {\n  assume_role_policy  = "{}"\n'
        '  managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]\n}\n',
        encoding="utf-8",
    )
    run = iamlint("can", ".", "-a", "s3:GetObject", folder=tmp_path)
    assert run.exit_code == 1
    asked = ("can", ".", "-a", "s3:GetObject", "--principal", "arn:aws:iam::111122223333:role/x", "-f", "json")
    run = iamlint(*asked, folder=tmp_path)
    assert run.exit_code == 4
    (holder,) = [one for one in json.loads(run.output)["holders"] if one["kind"] == "role"]
    assert holder["undecided"][0]["construct"] == "whether it is that of arn:aws:iam::111122223333:role/x"
    assert iamlint(*asked[:-3], "ec2.amazonaws.com", folder=tmp_path).exit_code == 0


def test_a_managed_policy_counts_where_it_is_attached(tmp_path: Path, iamlint: Iamlint) -> None:
    text = """\
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })
}
resource "aws_iam_user" "u" {
  name = "u"
}
"""
    attached = (
        'resource "aws_iam_user_policy_attachment" "a" {\n  user = aws_iam_user.u.name\n'
        "  policy_arn = aws_iam_policy.p.arn\n}\n"
    )
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    asked = ("can", ".", "-a", "iam:CreateUser", "-f", "json")
    assert answers(iamlint(*asked, folder=tmp_path)) == {"policy p": "yes", "user u": "no"}
    (tmp_path / "main.tf").write_text(text + attached, encoding="utf-8")
    assert answers(iamlint(*asked, folder=tmp_path)) == {"user u": "yes"}


def test_what_only_limits_grants_nothing(tmp_path: Path, iamlint: Iamlint) -> None:
    allow = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    (tmp_path / "scp.json").write_text(allow, encoding="utf-8")
    run = iamlint("can", ".", "-a", "iam:CreateUser", "-f", "json", folder=tmp_path)
    assert (run.exit_code, answers(run)) == (0, {})
    (tmp_path / "policy.json").write_text(allow, encoding="utf-8")
    assert iamlint("can", ".", "-a", "iam:CreateUser", folder=tmp_path).exit_code == 1


def test_a_file_that_cannot_be_read_proves_nothing(tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_iam_user" "u" {\n  name = "x"\n', encoding="utf-8")
    run = iamlint("can", ".", "-a", "iam:CreateUser", folder=tmp_path)
    assert run.exit_code == 4
    assert run.output.startswith("unknown: main.tf:")
    assert "could not be read" in run.output


def test_an_unresolved_part_is_told_where_it_matters(tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "bucket" {}\nresource "aws_iam_user_policy" "p" {\n  user = "u"\n  policy = jsonencode({\n'
        '    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::${var.bucket}/*" }]\n'
        "  })\n}\n",
        encoding="utf-8",
    )
    asked = ("can", ".", "-a", "s3:GetObject", "-r", "arn:aws:s3:::data/x")
    run = iamlint(*asked, folder=tmp_path)
    assert run.exit_code == 1
    assert "such as s3:GetObject on arn:aws:s3:::data/x, when var.bucket is `data`" in run.output
    request = json.loads(iamlint(*asked, "-f", "json", folder=tmp_path).output)["holders"][0]["grants"][0]["request"]
    assert request["unresolved"] == {"var.bucket": "data"}


def test_open_and_closed_worlds(tmp_path: Path, iamlint: Iamlint) -> None:
    statements = [
        {"Effect": "Allow", "Action": "sts:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "sts:DecodeAuthorizationMessage", "Resource": "*"},
    ]
    (tmp_path / "p.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))
    assert iamlint("can", "p.json", "-a", "sts:DecodeA*", folder=tmp_path).exit_code == 0
    assert iamlint("can", "p.json", "-a", "sts:DecodeA*", "--open", folder=tmp_path).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "--action: which action?"),
        (("-a", "iam:CreateUsr"), "did you mean `iam:CreateUser`?"),
        (("-a", "iamm:CreateUser"), "there is no service `iamm`"),
        (("-a", "CreateUser"), "no colon"),
        (("-a", "iam:Creat?Usr*"), "matches no action of `iam`"),
        (("-a", "iam:*", "-r", "data"), "is neither `*` nor an ARN"),
        (("-a", "s3:*", "-r", "arn:aws:s3:data"), "is an ARN without"),
        (("-a", "s3:*", "-r", "arn:aws:s4:::data"), "there is no service `s4`"),
        (("-a", "s3:*", "-r", "arn:aws:s3:::${aws:username}"), "a policy variable has no value here"),
        (("-a", "s3:*", "--context", "aws:SourceIp"), "KEY=VALUE"),
        (("-a", "s3:*", "--context", "aws:SourcIp=1.2.3.4"), "did you mean `aws:SourceIp`?"),
        (("-a", "s3:*", "--context", "aws:SourceIp=1.2.3.4", "--context", "aws:SourceIp=1.2.3.5"), "one value"),
        (("-a", "s3:*", "--context", "aws:SourceIp=1.2.3.4", "--context", "aws:SourceIp="), "absent and have a value"),
        (("-a", "s3:*", "--principal", "bob"), "no ARN of IAM or STS"),
        (("-a", "s3:*", "--principal", "arn:aws:iam::111122223333:policy/p"), "makes no requests"),
        (("-a", "s3:*", "--format", "sarif"), "sarif"),
    ],
)
def test_a_wrong_question_is_refused(arguments: tuple[str, ...], told: str, folder: Path, iamlint: Iamlint) -> None:
    run = iamlint("can", ".", *arguments, folder=folder)
    assert (run.exit_code, run.output) == (2, "")
    assert told in run.errors


def test_nothing_to_ask(tmp_path: Path, iamlint: Iamlint) -> None:
    assert iamlint("can", "none.tf", "-a", "iam:CreateUser", folder=tmp_path).exit_code == 2
    (tmp_path / "notes.json").write_text("{}", encoding="utf-8")
    run = iamlint("can", ".", "-a", "iam:CreateUser", folder=tmp_path)
    assert (run.exit_code, "no template, no Terraform and no policy" in run.errors) == (2, True)


def test_a_key_with_several_values(tmp_path: Path, iamlint: Iamlint) -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]}}
    statement = {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": condition}
    (tmp_path / "p.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    asked = ("can", ".", "-a", "ec2:CreateTags", "--context", "aws:TagKeys=team", "--context")
    assert iamlint(*asked, "aws:TagKeys=cost", folder=tmp_path).exit_code == 1
    assert iamlint(*asked, "aws:TagKeys=name", folder=tmp_path).exit_code == 0


def test_actions_and_folders_of_the_configuration(tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "iamlint.toml").write_text('extra_actions = ["iam:Frobnicate"]\nexclude = ["old"]\n', encoding="utf-8")
    allow = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:F*", "Resource": "*"}]}'
    (tmp_path / "p.json").write_text(allow, encoding="utf-8")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "p.json").write_text(allow, encoding="utf-8")
    run = iamlint("can", ".", "-a", "iam:Frobnicate", "-f", "json", folder=tmp_path)
    assert [holder["path"] for holder in json.loads(run.output)["holders"]] == ["p.json"]
    assert run.exit_code == 1


def test_stdin(folder: Path, iamlint: Iamlint) -> None:
    run = iamlint("can", "-", "--stdin-filename", "main.tf", "-a", "iam:CreateUser", folder=folder, stdin=ROLES)
    assert run.exit_code == 1


def test_nothing_of_a_strangers_file_reaches_the_terminal_unescaped(tmp_path: Path, iamlint: Iamlint) -> None:
    statement = {"Sid": "a\x1b[31m", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b\x1b]0;x\x07/*"}
    (tmp_path / "p.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    output = iamlint("can", ".", "-a", "s3:GetObject", folder=tmp_path).output
    assert "\x1b" not in output
    assert "\\x1b[31m" in output


RULE = """\
title: Somebody may create users
severity: high
flag: identity
when: identity.may("iam:CreateUser") and not identity.may("iam:DeleteUser", "arn:aws:iam::111122223333:user/ann")
message: "{identity.label} may create users"
why: Users are made in the identity repository.
instead: Take iam:CreateUser out of its policies.
examples:
- format: tf
  bad: |
    resource "aws_iam_user" "u" {
      name = "u"
    }
    resource "aws_iam_user_policy" "u" {
      user   = aws_iam_user.u.name
      policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:Create*", Resource = "*" }] })
    }
  good: |
    resource "aws_iam_user" "u" {
      name = "u"
    }
    resource "aws_iam_user_policy" "u" {
      user   = aws_iam_user.u.name
      policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })
    }
"""


def test_the_same_question_in_a_rule_of_ones_own(folder: Path, iamlint: Iamlint) -> None:
    rules = folder / "rules"
    rules.mkdir()
    (rules / "nobody-creates-users.yaml").write_text(RULE, encoding="utf-8")
    assert iamlint("test", rules).exit_code == 0
    (rules / "nobody-creates-users.yaml").write_text(RULE.replace("iam:Create*", "iam:Get*"), encoding="utf-8")
    assert iamlint("test", rules).exit_code == 1
    run = iamlint(
        "check", "main.tf", "--rules", "rules", "--select", "nobody-creates-users", "-f", "json", folder=folder
    )
    assert [(found["message"], found["address"]) for found in run.findings] == [
        ("deploy may create users", "aws_iam_role.deploy")
    ]
    (rules / "nobody-creates-users.yaml").write_text(RULE.replace(', "arn:', ', 3, "arn:'), encoding="utf-8")
    run = iamlint("test", rules)
    assert (run.exit_code, "`may` takes 1 to 2 argument(s)" in run.errors) == (2, True)


def test_the_words_of_the_question_are_in_the_vocabulary(iamlint: Iamlint) -> None:
    words = json.loads(iamlint("rules", "--vocabulary", "--format", "json").output)
    of = {word["subject"] for word in words if word["name"] == "may(action: text, resource: text (optional))"}
    assert {"identity", "user", "role", "policy"} <= of

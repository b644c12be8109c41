"""`iamlint diff`: the states that it takes, its answers, formats and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Iamlint = Callable[..., Any]

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
WRITE = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::data/*"}
PASS = {
    "Sid": "Pass",
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::111122223333:role/app",
    "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
}
DENY = {"Sid": "NoDelete", "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def states(tmp_path: Path) -> Callable[[str, str], tuple[Path, Path]]:
    def written(old: str, new: str) -> tuple[Path, Path]:
        files = tmp_path / "old.json", tmp_path / "new.json"
        for file, text in zip(files, (old, new), strict=True):
            file.write_text(text)
        return files

    return written


def git(folder: Path, *arguments: str) -> None:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    command = ["git", "-c", "init.defaultBranch=main", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env={**os.environ, **who})


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param((READ,), (READ,), 0, id="the same"),
        pytest.param((WRITE,), (READ,), 0, id="less"),
        pytest.param((READ,), (WRITE,), 1, id="more"),
        pytest.param((READ, DENY), (READ,), 0, id="a deny that stopped nothing is gone"),
        pytest.param((), (READ,), 1, id="from nothing"),
    ],
)
def test_exit_codes(
    old: tuple[dict[str, Any], ...], new: tuple[dict[str, Any], ...], code: int, states: Any, iamlint: Iamlint
) -> None:
    run = iamlint("diff", *states(policy(*old), policy(*new)))
    assert run.exit_code == code
    assert run.output.splitlines()[-1].startswith({0: "pass", 1: "fail"}[code])


def test_text_names_who_what_where_and_an_example(states: Any, iamlint: Iamlint) -> None:
    old, new = states(policy(READ), policy(READ, PASS))
    run = iamlint("diff", old.name, new.name, folder=old.parent)
    assert "+ iam:PassRole on arn:aws:iam::111122223333:role/app if StringEquals iam:PassedToService" in run.output
    assert "e.g. iam:PassRole on arn:aws:iam::111122223333:role/app with iam:passedtoservice = lambda" in run.output
    assert "at   new.json:1:" in run.output
    assert "Pass of policy" in run.output


def test_json_keeps_its_contract(states: Any, iamlint: Iamlint) -> None:
    old, new = states(policy(READ), policy(READ, PASS))
    run = iamlint("diff", old.name, new.name, "--format", "json", folder=old.parent)
    answer = json.loads(run.output)
    assert (run.exit_code, answer["result"], answer["unknown"]) == (1, "fail", [])
    assert any("list of 20" in text for text in answer["assumptions"])
    (grant,) = answer["new"]
    assert {key: grant[key] for key in ("statement", "sid", "actions", "resources", "principals", "confirmed")} == {
        "statement": 2,
        "sid": "Pass",
        "actions": ["iam:PassRole"],
        "resources": ["arn:aws:iam::111122223333:role/app"],
        "principals": [],
        "confirmed": True,
    }
    assert grant["conditions"] == [
        {"operator": "StringEquals", "key": "iam:PassedToService", "values": ["lambda.amazonaws.com"]}
    ]
    assert grant["witness"]["action"] == "iam:PassRole"
    assert grant["witness"]["context"] == {"iam:passedtoservice": ["lambda.amazonaws.com"]}
    assert (grant["path"], grant["line"]) == ("new.json", 1)


def test_a_deny_that_is_gone_grants_and_is_named(states: Any, iamlint: Iamlint) -> None:
    every = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    run = iamlint("diff", *states(policy(every, DENY), policy(every)), "--format", "json")
    (grant,) = json.loads(run.output)["new"]
    assert grant["actions"] == ["s3:DeleteObject"]
    assert grant["stopped"].startswith("denied by NoDelete")


def test_what_is_gone_on_request(states: Any, iamlint: Iamlint) -> None:
    old, new = states(policy(WRITE), policy(READ))
    assert "removed" not in json.loads(iamlint("diff", old, new, "--format", "json").output)
    run = iamlint("diff", old, new, "--format", "json", "--removed")
    assert run.exit_code == 0
    assert [grant["actions"] for grant in json.loads(run.output)["removed"]] == [["s3:PutObject"]]


def test_what_cannot_be_told_has_an_exit_code_of_its_own(tmp_path: Path, iamlint: Iamlint) -> None:
    for name, document in (("old", policy(READ).replace('"', '\\"')), ("new", "${var.document}")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(
            f'variable "document" {{}}\nresource "aws_iam_role" "app" {{ name = "app" }}\n'
            f'resource "aws_iam_role_policy" "p" {{\n  role = aws_iam_role.app.id\n  policy = "{document}"\n}}\n'
        )
    run = iamlint("diff", "old", "new", "--format", "json", folder=tmp_path)
    answer = json.loads(run.output)
    assert (run.exit_code, answer["result"], answer["new"]) == (4, "unknown", [])
    assert "var.document" in answer["unknown"][0]["reason"]
    assert iamlint("diff", "old", "new", "--fail-on", "unknown", folder=tmp_path).exit_code == 1
    assert iamlint("diff", "old", "new", "--fail-on", "new", folder=tmp_path).exit_code == 4
    given = f"document={policy(READ)}"
    assert iamlint("diff", "old", "new", "--var", given, folder=tmp_path).exit_code == 0


def test_an_unknown_document_is_no_change_where_it_stays(tmp_path: Path, iamlint: Iamlint) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(
            'variable "document" {}\nresource "aws_iam_user_policy" "p" {\n  user = "u"\n  policy = var.document\n}\n'
        )
    assert iamlint("diff", "old", "new", folder=tmp_path).exit_code == 0


def test_open_world_counts_future_actions(states: Any, iamlint: Iamlint) -> None:
    today = {"Effect": "Allow", "Action": ["sts:GetCallerIdentity"], "Resource": "*"}
    pattern = {"Effect": "Allow", "Action": "sts:GetCallerIdentit*", "Resource": "*"}
    files = states(policy(today), policy(pattern))
    assert iamlint("diff", *files).exit_code == 0
    assert iamlint("diff", *files, "--open").exit_code == 1


def test_accepted_grants_are_not_new(states: Any, tmp_path: Path, iamlint: Iamlint) -> None:
    files = states(policy(READ), policy(READ, PASS))
    accepted = tmp_path / "accepted.json"
    accepted.write_text(policy({**PASS, "Resource": "arn:aws:iam::111122223333:role/*"}))
    assert iamlint("diff", *files, "--allow", accepted).exit_code == 0
    accepted.write_text(policy({**PASS, "Resource": "arn:aws:iam::111122223333:role/other"}))
    assert iamlint("diff", *files, "--allow", accepted).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("diff",), "OLD and NEW"),
        (("diff", "nothing.json", "new.json"), "no such file"),
        (("diff", "new.json", "notes.json"), "neither a template"),
        (("diff", "a", "b", "--git", "x..y"), "at most one path"),
        (("diff", "new.json", "new.json", "--allow", "no.json"), "no such file"),
    ],
)
def test_wrong_asking(arguments: tuple[str, ...], said: str, tmp_path: Path, iamlint: Iamlint) -> None:
    (tmp_path / "new.json").write_text(policy(READ))
    (tmp_path / "notes.json").write_text('{"a": 1}')
    run = iamlint(*arguments, folder=tmp_path)
    assert (run.exit_code, run.output) == (2, "")
    assert said in run.errors


def test_files_beside_each_other_are_not_one_module(tmp_path: Path, iamlint: Iamlint) -> None:
    for name, action in (("before.tf", "s3:GetObject"), ("after.tf", "s3:PutObject")):
        (tmp_path / name).write_text(
            'resource "aws_iam_user_policy" "p" {\n  user = "u"\n  policy = jsonencode({ Version = "2012-10-17",\n'
            f'    Statement = [{{ Effect = "Allow", Action = "{action}", Resource = "*" }}] }})\n}}\n'
        )
    run = iamlint("diff", "before.tf", "after.tf", "--format", "json", folder=tmp_path)
    assert [grant["actions"] for grant in json.loads(run.output)["new"]] == [["s3:PutObject"]]


def test_markdown_and_annotations(states: Any, iamlint: Iamlint) -> None:
    old, new = states(policy(READ), policy(READ, PASS))
    comment = iamlint("diff", old.name, new.name, "--format", "markdown", folder=old.parent).output
    assert "| Who | may now | for example | where |" in comment
    assert "`iam:PassRole on arn:aws:iam::111122223333:role/app" in comment
    command = iamlint("diff", old.name, new.name, "--format", "github", folder=old.parent).output
    assert command.startswith("::error file=new.json,line=1,")
    log = json.loads(iamlint("diff", old.name, new.name, "--format", "sarif", folder=old.parent).output)
    (result,) = log["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("new-grant", "error")


def test_output_to_a_file(states: Any, tmp_path: Path, iamlint: Iamlint) -> None:
    run = iamlint("diff", *states(policy(READ), policy(WRITE)), "--format", "json", "-o", tmp_path / "out.json")
    assert (run.exit_code, run.output) == (1, "")
    assert json.loads((tmp_path / "out.json").read_text())["result"] == "fail"


class TestGit:
    """`--git`: two commits, a commit and the work tree; nothing is checked out."""

    @pytest.fixture
    def repository(self, tmp_path: Path) -> Path:
        git(tmp_path, "init", "-q")
        (tmp_path / "iam").mkdir()
        for number, text in enumerate((policy(READ), policy(WRITE), policy(WRITE, PASS)), 1):
            (tmp_path / "iam" / "app.json").write_text(text)
            git(tmp_path, "add", "-A")
            git(tmp_path, "commit", "-qm", f"{number}")
            git(tmp_path, "tag", f"v{number}")
        return tmp_path

    def test_commits(self, repository: Path, iamlint: Iamlint) -> None:
        before = (repository / ".git" / "index").read_bytes()
        run = iamlint("diff", "--git", "v1..v2", "--format", "json", folder=repository)
        (grant,) = json.loads(run.output)["new"]
        assert (run.exit_code, grant["actions"], grant["path"]) == (1, ["s3:PutObject"], "iam/app.json")
        assert iamlint("diff", "--git", "v2..v1", folder=repository).exit_code == 0
        assert (repository / ".git" / "index").read_bytes() == before
        assert (repository / "iam" / "app.json").read_text() == policy(WRITE, PASS)

    def test_from_a_folder_below(self, repository: Path, iamlint: Iamlint) -> None:
        run = iamlint("diff", "--git", "v1..v2", ".", "--format", "json", folder=repository / "iam")
        assert json.loads(run.output)["new"][0]["path"] == "iam/app.json"

    def test_where_branches_went_apart(self, repository: Path, iamlint: Iamlint) -> None:
        git(repository, "checkout", "-q", "-b", "side", "v1")
        (repository / "other.json").write_text(policy(READ))
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "side")
        answer = json.loads(iamlint("diff", "--git", "v3...side", "--format", "json", folder=repository).output)
        assert [party["path"] for party in answer["identities"]["added"]] == ["other.json"]
        assert answer["identities"]["gone"] == []
        assert iamlint("diff", "--git", "side..v3", folder=repository).exit_code == 1

    def test_with_the_work_tree(self, repository: Path, iamlint: Iamlint) -> None:
        assert iamlint("diff", "--git", "HEAD", folder=repository).exit_code == 0
        (repository / "iam" / "app.json").write_text(policy(WRITE, {**PASS, "Resource": "*"}))
        assert iamlint("diff", "--git", "HEAD", folder=repository).exit_code == 1

    @pytest.mark.parametrize("revision", ["nowhere..HEAD", "HEAD..nowhere", "--output=x..HEAD"])
    def test_no_such_commit(self, revision: str, repository: Path, iamlint: Iamlint) -> None:
        run = iamlint("diff", f"--git={revision}", folder=repository)
        assert run.exit_code == 2
        assert "is no commit" in run.errors

    def test_no_repository(self, tmp_path: Path, iamlint: Iamlint, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
        run = iamlint("diff", "--git", "a..b", folder=tmp_path)
        assert run.exit_code == 2
        assert "not a git repository" in run.errors

    def test_links_are_not_followed(self, repository: Path, tmp_path: Path, iamlint: Iamlint) -> None:
        (repository / "link.json").symlink_to("/etc/hostname")
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "link")
        assert iamlint("diff", "--git", "HEAD~1..HEAD", folder=repository).exit_code == 0

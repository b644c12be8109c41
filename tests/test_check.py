"""The pipeline: which files count, what is kept, what is counted, in which order."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from iamlint.check import Request, check
from iamlint.config import Config, load_config
from iamlint.engine.rule import RuleSet, load_rules
from iamlint.parsers.stacks import Inputs
from iamlint.report.formats import FORMATS, Format, render
from iamlint.report.report import Look, Report
from iamlint.selection import select

STAR = '{"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]}\n'
ROLE = """resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = var.action, Resource = "*" }]
  })
}
"""

Check = Callable[..., Report]


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_rules()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ruleset: RuleSet) -> Check:
    """Runs rules (by default admin-access and the ones on ignores) on paths of an empty current folder."""
    monkeypatch.chdir(tmp_path)

    def checked(*paths: str, rules: str = "", config: Config | None = None, **inputs: Any) -> Report:
        names = rules.split() or ["admin-access", "unused-ignore", "expired-ignore", "unreadable-file"]
        return check(
            Request(
                inputs=Inputs(paths or (".",), **inputs),
                rules=select(ruleset.rules, names, (), False),
                known=ruleset.rules,
                today="2026-06-15",
                config=config or Config(),
            )
        )

    return checked


def write(files: dict[str, str]) -> None:
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def places(report: Report) -> list[str]:
    return [f"{finding.span} {finding.rule}" for finding in report.findings]


def test_a_folder_is_checked_as_a_whole_in_order(run: Check) -> None:
    write({"b.json": STAR, "a/p.json": STAR, "package.json": '{"name": "x"}', "a/notes.md": STAR})
    report = run()
    assert places(report) == ["a/p.json:1:85 admin-access", "b.json:1:85 admin-access"]
    assert (report.files, report.policies, report.statements) == (2, 2, 2)
    assert places(run("b.json", "a")) == places(run("a", "b.json", ".")) == places(report)


def test_a_named_file_is_judged_in_its_surroundings_and_alone_reported(run: Check) -> None:
    write(
        {
            "main.tf": ROLE,
            "variables.tf": 'variable "action" {\n  default = "*"\n}\n',
            "other.tf": ROLE.replace('"p"', '"q"').replace("var.action", '"*"'),
        }
    )
    assert places(run("variables.tf")) == ["variables.tf:2:13 admin-access"]
    assert places(run("main.tf")) == []
    assert len(run().findings) == 2


@pytest.mark.parametrize("path", ["main.tf", "."])
def test_what_a_template_says_is_told_with_the_code_that_reads_it(run: Check, path: str) -> None:
    read = 'resource "aws_iam_policy" "p" {\n  policy = templatefile("files/p.json.tpl", {})\n}\n'
    write({"main.tf": read, "files/p.json.tpl": STAR})
    assert places(run(path)) == ["files/p.json.tpl:1:85 admin-access"]
    assert places(run(path, config=replace(Config(), exclude=("files",), folder=Path()))) == []


def test_a_template_that_only_a_module_outside_reads_is_not_asked_for(run: Check) -> None:
    read = 'resource "aws_iam_policy" "p" {\n  policy = file("${path.module}/p.tpl")\n}\n'
    write({"live/main.tf": 'module "m" {\n  source = "../m"\n}\n', "m/main.tf": read, "m/p.tpl": STAR})
    assert places(run("live")) == []
    assert places(run()) == ["m/p.tpl:1:85 admin-access"]


def test_a_template_of_a_downloaded_module_is_not_asked_for(run: Check) -> None:
    read = 'resource "aws_iam_policy" "p" {\n  policy = file("${path.module}/p.tpl")\n}\n'
    listed = '{"Modules": [{"Key": "m", "Source": "acme/m/aws", "Dir": ".terraform/modules/m"}]}'
    write({
        "main.tf": 'module "m" {\n  source = "acme/m/aws"\n}\n', ".terraform/modules/modules.json": listed,
        ".terraform/modules/m/main.tf": read, ".terraform/modules/m/p.tpl": STAR,
    })  # fmt: skip
    assert places(run()) == []


def test_a_text_stands_for_a_files_content(run: Check) -> None:
    write({"main.tf": ROLE, "variables.tf": 'variable "action" {}\n'})
    text = 'variable "action" {\n  default = "*"\n}\n'
    report = run("variables.tf", texts={"variables.tf": text})
    assert places(report) == ["variables.tf:2:13 admin-access"]


@pytest.mark.parametrize("name", ["new.tf", "infra/new.tf", "new.json"])
def test_a_text_may_stand_for_a_file_that_is_not_saved_yet(name: str, run: Check) -> None:
    text = STAR if name.endswith(".json") else ROLE.replace("var.action", '"*"')
    (finding,) = run(name, texts={name: text}).findings
    assert finding.span.path == name


def test_a_module_called_twice_is_reported_once(run: Check) -> None:
    call = 'module "{}" {{\n  source = "./m"\n  action = "*"\n}}\n'
    write({"main.tf": call.format("a") + call.format("b"), "m/main.tf": ROLE + 'variable "action" {}\n'})
    report = run()
    assert len({finding.order for finding in report.findings}) == len(report.findings)
    assert (report.policies, report.statements) == (1, 1)


def test_of_files_that_declare_the_same_each_is_checked(run: Check) -> None:
    bad, good = ROLE.replace("var.action", '"*"'), ROLE.replace("var.action", '"s3:ListAllMyBuckets"')
    write({"a_good.tf": good, "bad.tf": bad, "worse.tf": bad, "other.tf": bad.replace('"p"', '"q"')})
    report = run()
    assert places(report) == [f"{name}.tf:3:47 admin-access" for name in ("bad", "other", "worse")]
    assert (report.policies, report.statements) == (4, 4)
    assert places(run("worse.tf")) == ["worse.tf:3:47 admin-access"]


def test_a_policy_file_is_judged_by_what_it_is_attached_to(run: Check) -> None:
    star = STAR.replace('"Resource": "*"', '"Principal": {"Service": "ec2.amazonaws.com"}')
    write({"trust.json": star, "alone.json": star})
    rules = "mismatched-assume-action wildcard-action-in-resource-policy"
    alone = "wildcard-action-in-resource-policy"
    assert {finding.rule for finding in run(rules=rules).findings} == {alone}
    write({"main.tf": 'resource "aws_iam_role" "r" {\n  assume_role_policy = file("${path.module}/trust.json")\n}\n'})
    report = run(rules=rules)
    told = {(finding.span.path, finding.rule) for finding in report.findings}
    assert told == {("alone.json", alone), ("trust.json", "mismatched-assume-action")}
    assert report.statements == 2


def test_variables_are_given(run: Check) -> None:
    write({"main.tf": ROLE + 'variable "action" {}\n'})
    assert run().findings == []
    assert sum(run().unresolved.values()) == 1
    assert [finding.rule for finding in run(variables={"action": "*"}).findings] == ["admin-access"]


def test_variable_files_are_given(run: Check) -> None:
    write(
        {"main.tf": ROLE + 'variable "action" {}\n', "x.tfvars": 'action = "*"\n', "y.tfvars.json": '{"action": "*"}'}
    )
    assert run("main.tf").findings == []
    assert places(run("main.tf", variable_files=("x.tfvars",))) == ["x.tfvars:1:10 admin-access"]
    assert places(run("main.tf", variable_files=("y.tfvars.json",))) == ["y.tfvars.json:1:12 admin-access"]
    assert run("main.tf", variable_files=("x.tfvars",), variables={"action": "s3:Get"}).findings == []


def test_credentials_on_one_line_are_told_each(run: Check) -> None:
    environment = '[{ name = "API_KEY", value = "q8Zr2kV7mX4pT9wL" }]'
    container = f'{{ command = ["app", "--password", "Tr0ub4dor-and-3"], environment = {environment} }}'
    body = f"  container_definitions = jsonencode([{container}])\n"
    write({"main.tf": f'resource "aws_ecs_task_definition" "t" {{\n{body}}}\n'})
    assert places(run(rules="hardcoded-secret credentials-in-environment")) == [
        "main.tf:2:74 hardcoded-secret", "main.tf:2:136 credentials-in-environment",
    ]  # fmt: skip


def test_a_credential_that_several_get_is_told_once(run: Check) -> None:
    environment = "  environment {\n    variables = { DB_PASSWORD = local.word }\n  }\n"
    functions = [f'resource "aws_lambda_function" "{name}" {{\n{environment}}}\n' for name in "ab"]
    write({"main.tf": 'locals {\n  word = "Tr0ub4dor-and-3"\n}\n' + "".join(functions)})
    (finding,) = run(rules="credentials-in-environment").findings
    assert str(finding.span) == "main.tf:2:10"
    assert finding.message.endswith("(and so in 1 more instance)")


def test_files_of_variables_are_looked_through_each_once(run: Check) -> None:
    key = '"AK' + 'IAYW2OVBRKUGNRSHE6"'
    write({
        "main.tf": 'variable "a" {}\nprovider "aws" {\n  access_key = var.a\n}\n',
        "terraform.tfvars": f"a = {key}\n",
        "env/prod.tfvars": f"a = {key}\n",
        "env/stage.tfvars.json": f'{{"a": {key}}}\n',
        "given.tfvars": f"b = {key}\n",
    })  # fmt: skip
    rules = "hardcoded-access-key provider-static-credentials"
    assert places(run(rules=rules, variable_files=("given.tfvars",))) == [
        "env/prod.tfvars:1:6 hardcoded-access-key", "env/stage.tfvars.json:1:8 hardcoded-access-key",
        "given.tfvars:1:6 hardcoded-access-key", "terraform.tfvars:1:5 provider-static-credentials",
    ]  # fmt: skip
    assert places(run("env/prod.tfvars", rules=rules)) == ["env/prod.tfvars:1:6 hardcoded-access-key"]


def test_excluded_files_are_not_read(run: Check) -> None:
    write({"a/p.json": STAR, "b/p.json": STAR})
    assert places(run(config=Config(exclude=("a",)))) == ["b/p.json:1:85 admin-access"]


def test_severities_and_thresholds(run: Check) -> None:
    write({"p.json": STAR})
    (finding,) = run(config=Config(severities={"admin-access": "low"})).findings
    assert finding.severity == "low"
    assert run(config=Config(severities={"admin-access": "low"}, severity="medium")).findings == []


def test_what_cannot_be_read_is_a_finding_when_it_is_ours(run: Check) -> None:
    write({"p.json": STAR[:-4], "other.json": '{"a": [1,}'})
    told = [place.split()[-1] for place in places(run())]
    assert told == ["unreadable-file", "admin-access"] or told == ["admin-access", "unreadable-file"]


IGNORED = "# iamlint: ignore[admin-access] break glass\n" + ROLE.replace("var.action", '"*"')


def test_an_ignored_finding_is_kept_back_with_its_reason(run: Check) -> None:
    write({"main.tf": IGNORED})
    report = run()
    assert report.findings == []
    assert [(finding.rule, reason) for finding, reason in report.ignored] == [("admin-access", "break glass")]


def test_an_ignore_of_nothing_is_a_finding_where_its_rule_is_named(run: Check) -> None:
    write({"main.tf": IGNORED.replace('"*", Resource', '"s3:GetObject", Resource')})
    assert places(run()) == ["main.tf:1:19 unused-ignore"]
    assert places(run(rules="unused-ignore")) == []


def test_an_ignore_of_an_unknown_rule_ignores_nothing(run: Check) -> None:
    write({"main.tf": IGNORED.replace("admin-access", "admin-acces")})
    assert [finding.rule for finding in run().findings] == ["unused-ignore", "admin-access"]


def test_an_expired_ignore_no_longer_counts(run: Check) -> None:
    write({"main.tf": IGNORED.replace("break glass", "until=2026-06-14 break glass")})
    assert [finding.rule for finding in run().findings] == ["expired-ignore", "admin-access"]


def test_a_configured_ignore_is_judged_by_whole_runs_only(run: Check, tmp_path: Path) -> None:
    write({"p.json": STAR, "q.json": STAR, "iamlint.toml": '[[ignore]]\nrule = "admin-access"\npath = "q.json"\n'})
    config = load_config(Path("iamlint.toml"))
    assert places(run(config=replace(config))) == ["p.json:1:85 admin-access"]
    Path("q.json").unlink()
    assert places(run(config=replace(config)))[0] == "iamlint.toml:1:1 unused-ignore"
    assert places(run("p.json", config=replace(config))) == ["p.json:1:85 admin-access"]


def test_a_declaration_of_several_instances_is_one_finding_whatever_they_are_called(run: Check) -> None:
    user = """variable "name" {}
resource "aws_iam_user" "u" {
  name = var.name
}
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
}
"""
    calls = 'module "a" {\n  source = "../m"\n  name = "ann"\n}\nmodule "b" {\n  source = "../m"\n  name = "bob"\n}\n'
    write({"m/main.tf": user, "live/main.tf": calls, "test/main.tf": calls.replace('"ann"', '"eve"')})
    (finding,) = run(rules="long-term-access-key").findings
    assert finding.message == "a long-term access key for ann (and so in 1 more instance)"
    assert [f"{related.place.span.path} {related.message}" for related in finding.related] == [
        'live/main.tf called as module "a"',
        'live/main.tf called as module "b"',
        'test/main.tf called as module "a"',
        'test/main.tf called as module "b"',
    ]


def test_what_one_declaration_gives_to_several_is_told_of_each(run: Check) -> None:
    attached = """resource "aws_iam_policy_attachment" "a" {
  name       = "a"
  users      = ["ann", "bob"]
  policy_arn = "arn:aws:iam::111122223333:policy/app"
}
"""
    write({"main.tf": attached})
    assert [finding.message.split()[-2] for finding in run(rules="user-policy").findings] == ["ann", "bob"]


def test_a_text_written_once_is_one_finding_however_many_statements_it_makes(run: Check) -> None:
    reader = """data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = ["s3", "sqs", "kms"]
    content {
      actions   = ["${statement.value}:Get*"]
      resources = ["*"]
    }
  }
  statement {
    actions   = ["rds:DeleteDBInstance"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "p" {
  policy = data.aws_iam_policy_document.d.json
}
"""
    write({"main.tf": reader})
    first, second = run(rules="wildcard-resource").findings
    assert first.message.startswith("s3:Get* on every resource")
    assert first.message.endswith("(and so in 2 more statements)")
    assert second.message.startswith("rds:DeleteDBInstance")
    assert "more statement" not in second.message


@pytest.mark.parametrize(("first", "second", "found"), [("", "", 1), ("#", "", 1), ("", "#", 1), ("#", "#", 0)])
def test_an_ignore_on_one_statement_is_not_for_another_that_has_the_same_text(
    first: str, second: str, found: int, run: Check
) -> None:
    ignore = "# iamlint: ignore[wildcard-resource] reviewed"
    reader = f"""variable "arns" {{
  default = ["*"]
}}
data "aws_iam_policy_document" "d" {{
  {ignore if first else ""}
  statement {{
    actions   = ["s3:GetObject"]
    resources = var.arns
  }}
  {ignore if second else ""}
  statement {{
    actions   = ["rds:DeleteDBInstance"]
    resources = var.arns
  }}
}}
resource "aws_iam_policy" "p" {{
  policy = data.aws_iam_policy_document.d.json
}}
"""
    write({"main.tf": reader})
    assert len(run(rules="wildcard-resource").findings) == found


def test_of_what_sam_writes_only_the_users_part_is_found(run: Check) -> None:
    function = """
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      VpcConfig: {SubnetIds: [s]}
      Policies:
        - VPCAccessPolicy: {}
        - S3ReadPolicy: {BucketName: "*"}
        - EC2DescribePolicy: {}
"""
    write({"template.yaml": function})
    names = "wildcard-resource admin-access inline-policy service-wildcard broad-managed-policy"
    assert [(f.rule, f.span.line, f.span.column) for f in run(rules=names).findings] == [("wildcard-resource", 10, 38)]


def test_a_nested_template_is_judged_as_its_parent_deploys_it(run: Check) -> None:
    child = """
Parameters: {Action: {Type: String, Default: "*"}}
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: [{Effect: Allow, Action: !Ref Action, Resource: "*"}]}}
"""
    parent = """
Resources:
  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml, Parameters: {Action: "s3:GetObject"}}}
"""
    write({"a.yaml": child})
    assert [finding.rule for finding in run().findings] == ["admin-access"]
    write({"b.yaml": parent})
    report = run()
    assert (report.findings, report.files, report.policies) == ([], 2, 1)
    write({"b.yaml": parent.replace("s3:GetObject", "*")})
    assert places(run()) == places(run("b.yaml")) == ["b.yaml:3:96 admin-access"]
    assert places(run("a.yaml")) == ["a.yaml:2:46 admin-access"]


def test_an_endless_count_is_many(run: Check) -> None:
    Path("main.tf").write_text('resource "aws_iam_user" "x" {\n  count = 1e999\n}\n')
    assert run(rules="iam-user").findings


def test_half_a_character_has_a_fingerprint(run: Check) -> None:
    text = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:\\ud800", "Resource": "*"}]}'
    Path("p.json").write_text(text)
    (found,) = run(rules="invalid-action").findings
    assert len(found.fingerprint) == 32


@pytest.mark.parametrize("statement", ['{"Effect": "credit", "Amount": 1}', '{"effect": "none"}'])
def test_a_statement_of_something_else_is_no_policy(run: Check, statement: str) -> None:
    Path("bank.json").write_text(f'{{"Version": "1", "Statement": [{statement}]}}')
    report = run(rules="missing-action invalid-effect unreadable-file")
    assert (report.findings, report.files) == ([], 0)


KEY = "AK" + "IAYW2OVBRKUGNRSHE6"


def test_no_message_quotes_a_credential(run: Check) -> None:
    Path("p.json").write_text(STAR.replace('"Action": "*"', f'"Action": "password={KEY}"'))
    report = run(rules="invalid-action hardcoded-access-key")
    assert {finding.rule for finding in report.findings} == {"invalid-action", "hardcoded-access-key"}
    assert not any(KEY in finding.message for finding in report.findings)
    assert any("password=AKIA…" in finding.message for finding in report.findings)


@pytest.mark.parametrize("form", FORMATS)
def test_no_report_shows_a_credential_of_an_unreadable_file(run: Check, form: Format) -> None:
    Path("p.json").write_text(STAR.replace('"Sid"', f'password = "{KEY}", "Sid"'))
    report = run(rules="unreadable-file")
    assert report.findings
    assert KEY not in render(form, report, Look())


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "s3:GetObject", "Resource": "{" * 50_000},
        {"Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:" + "a" * 50_000},
        {"Action": [f"s3:Get{number}x" for number in range(5_000)], "Resource": "*"},
    ],
)
def test_what_is_long_is_judged(run: Check, statement: dict[str, object]) -> None:
    Path("p.json").write_text(json.dumps({"Statement": [{"Effect": "Allow", **statement}]}))
    assert run(rules="missing-version").findings


def test_many_statements_about_the_same_are_compared_once(run: Check) -> None:
    one = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:s3:::b/*"}
    Path("p.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [one] * 3_000}))
    assert len(run(rules="action-resource-mismatch").findings) == 3_000

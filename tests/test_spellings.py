"""One policy in a dozen spellings gives the same findings, each at the literal."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

IN_TERRAFORM = 'resource "aws_iam_policy" "p" {\n  policy = %s\n}\n'
SPELLINGS: dict[str, tuple[str, str]] = {
    "list": ("p.json", '{"Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}]}'),
    "object": ("p.json", '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'),
    "letter case": ("p.json", '{"Statement": {"Effect": "Allow", "Action": "S3:*", "Resource": "*"}}'),
    "tabs, CRLF and BOM": (
        "p.json",
        '\ufeff{\r\n\t"Statement": {\r\n\t"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}',
    ),
    "yaml": ("p.yaml", 'Version: 2012-10-17\nStatement:\n  - Effect: Allow\n    Action: "s3:*"\n    Resource: "*"\n'),
    "template": (
        "t.yaml",
        (
            "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n"
            '        Version: 2012-10-17\n        Statement: {Effect: Allow, Action: "s3:*", Resource: "*"}\n'
        ),
    ),
    "template in JSON": (
        "t.json",
        (
            '{"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": '
            '{"Statement": {"Effect": "Allow", "Action": {"Fn::Join": [":", ["s3", "*"]]}, "Resource": "*"}}}}}}'
        ),
    ),
    "block scalar": (
        "t.yaml",
        (
            "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: !Sub |\n"
            '        {"Statement": {"Effect": "Allow", "Action": "s3:*",\n         "Resource": "*"}}\n'
        ),
    ),
    "jsonencode": (
        "main.tf",
        IN_TERRAFORM % 'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })',
    ),
    "heredoc": (
        "main.tf",
        IN_TERRAFORM % '<<EOF\n{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}\nEOF',
    ),
    "document": (
        "main.tf",
        'data "aws_iam_policy_document" "d" {\n  statement {\n    actions   = ["s3:*"]\n    resources = ["*"]\n  }\n}\n'
        + IN_TERRAFORM % "data.aws_iam_policy_document.d.json",
    ),
    "locals and variables": (
        "main.tf",
        'variable "service" {\n  default = "s3"\n}\nlocals {\n  actions = concat(["${var.service}:*"], [])\n}\n'
        + IN_TERRAFORM % 'jsonencode({ Statement = [{ Effect = "Allow", Action = local.actions, Resource = "*" }] })',
    ),
    "for": (
        "main.tf",
        IN_TERRAFORM
        % 'jsonencode({ Statement = [for s in ["s3"] : { Effect = "Allow", Action = "${s}:*", Resource = "*" }] })',
    ),
    "tf.json": (
        "main.tf.json",
        (
            '{"resource": {"aws_iam_policy": {"p": {"policy": "${jsonencode({Statement = [{Effect = \\"Allow\\", '
            'Action = \\"s3:*\\", Resource = \\"*\\"}]})}"}}}}'
        ),
    ),
    "plan": (
        "plan.json",
        (
            '{"format_version": "1.2", "terraform_version": "1.9.8", "planned_values": {"root_module": {"resources": ['
            '{"address": "aws_iam_policy.p", "mode": "managed", "type": "aws_iam_policy", "name": "p", "values": '
            '{"policy": "{\\"Statement\\": {\\"Effect\\": \\"Allow\\", \\"Action\\": \\"s3:*\\", '
            '\\"Resource\\": \\"*\\"}}"}}]}}}'
        ),
    ),
    "state": (
        "state.json",
        (
            '{"format_version": "1.0", "terraform_version": "1.9.8", "values": {"root_module": {"child_modules": [{'
            '"address": "module.m[0]", "resources": [{"address": "module.m[0].aws_iam_policy.p", "mode": "managed", '
            '"type": "aws_iam_policy", "name": "p", "values": {"policy": "{\\"Statement\\": {\\"Effect\\": '
            '\\"Allow\\", \\"Action\\": [\\"s3:*\\"], \\"Resource\\": \\"*\\"}}"}}]}]}}}'
        ),
    ),
}


@pytest.mark.parametrize("spelling", list(SPELLINGS))
def test_the_same_policy_gives_the_same_findings(tmp_path: Path, spelling: str) -> None:
    name, text = SPELLINGS[spelling]
    path = tmp_path / name
    path.write_bytes(text.encode())
    rules = load_rules().rules
    # The spellings have no Version and are attached to nobody, to be short.
    chosen = [rule for rule in rules.values() if rule.name not in ("missing-version", "unattached-policy")]
    report = check(Request(Inputs((str(path),)), chosen, rules, "2026-01-01"))
    assert [(finding.rule, finding.severity) for finding in report.findings] == [("service-wildcard", "medium")]
    (finding,) = report.findings
    # A literal that is there as a whole is what the finding's span holds, quotes or not.
    lines = text.removeprefix("\ufeff").splitlines()
    span = finding.span
    flagged = lines[span.line - 1][span.column - 1 : span.end_column - 1]
    if "s3:*" in text.lower().replace('"s3:*\\"', "s3:*"):
        assert flagged.strip('"\\').lower() == "s3:*"
    else:
        assert flagged in text


def test_a_deny_and_a_narrowed_allow_are_quiet(tmp_path: Path) -> None:
    texts = {
        "deny": '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}',
        "tag": '{"Version": "2012-10-17", "Statement": '
        '{"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*", "Condition": '
        '{"StringEquals": {"aws:ResourceTag/team": "a"}}}}',
    }
    rules = load_rules().rules
    for name, text in texts.items():
        path = tmp_path / f"{name}.json"
        path.write_text(text, encoding="utf-8")
        report = check(Request(Inputs((str(path),)), list(rules.values()), rules, "2026-01-01"))
        assert report.findings == [], name

"""What an account is left without, and what nobody is told of: through whole files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

BASELINE = "no-trail no-access-analyzer no-config-recorder no-guardduty root-credentials-unmanaged"
POLICY = 'resource "aws_iam_account_password_policy" "p" { minimum_password_length = 14 }\n'
DETECTOR = 'resource "aws_guardduty_detector" "d" {}\n'
TRAIL = 'resource "aws_cloudtrail" "t" {\n  s3_bucket_name = "logs"\n  is_multi_region_trail = true\n'


def found(tmp_path: Path, rules: str, text: str, name: str = "main.tf") -> list[str]:
    """The rules that speak, of those that are asked."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    known = load_rules().rules
    chosen = [known[rule] for rule in rules.split()]
    request = Request(Inputs((str(tmp_path / name),)), chosen, known, "2026-01-01")
    return [finding.rule for finding in check(request).findings]


def organization(*services: str) -> str:
    listed = ", ".join(f'"{service}.amazonaws.com"' for service in services)
    return f'resource "aws_organizations_organization" "o" {{ aws_service_access_principals = [{listed}] }}\n'


FEATURES = 'resource "aws_iam_organizations_features" "f" { enabled_features = ["RootCredentialsManagement"] }\n'


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (POLICY, "no-access-analyzer no-config-recorder no-guardduty no-trail"),
        (POLICY + DETECTOR, "no-access-analyzer no-config-recorder no-trail"),
        (POLICY + 'resource "aws_cloudtrail" "t" { s3_bucket_name = "logs" }',
         "no-access-analyzer no-config-recorder no-guardduty"),
        (DETECTOR, ""),
        (DETECTOR + 'resource "aws_iam_account_alias" "a" { account_alias = "a" }',
         "no-access-analyzer no-config-recorder no-trail"),
        ('variable "on" { type = bool }\nresource "aws_guardduty_detector" "d" { enable = var.on }\n' + POLICY,
         "no-access-analyzer no-config-recorder no-trail"),
        ('variable "n" { type = number }\nresource "aws_guardduty_detector" "d" { count = var.n }\n' + POLICY,
         "no-access-analyzer no-config-recorder no-trail"),
        ('variable "n" { type = number }\n' + POLICY.replace("{", "{\n count = var.n\n", 1).replace(" }", "\n}"), ""),
        (POLICY + 'module "rest" { source = "example/rest/aws" }', ""),
        (POLICY + 'resource "aws_controltower_landing_zone" "z" {}', "no-access-analyzer no-guardduty"),
        (POLICY + 'resource "aws_accessanalyzer_analyzer" "a" { type = "ACCOUNT_UNUSED_ACCESS" }',
         "no-access-analyzer no-config-recorder no-guardduty no-trail"),
        (organization("cloudtrail", "guardduty", "config", "access-analyzer") + FEATURES, ""),
        (organization("guardduty"), "no-access-analyzer no-config-recorder no-trail root-credentials-unmanaged"),
        (organization("guardduty") + FEATURES, "no-access-analyzer no-config-recorder no-trail"),
        ('variable "s" {}\nresource "aws_organizations_organization" "o" { aws_service_access_principals = var.s }\n',
         "root-credentials-unmanaged"),
        ('resource "aws_organizations_delegated_administrator" "d" { service_principal = "guardduty.amazonaws.com" }\n'
         + POLICY, "no-access-analyzer no-config-recorder no-trail"),
        ('data "aws_organizations_organization" "o" {}\n', ""),
        (POLICY + 'resource "aws_guardduty_invite_accepter" "a" {}\n', ""),
    ],
)  # fmt: skip
def test_what_an_account_is_without(tmp_path: Path, text: str, rules: str) -> None:
    assert sorted(found(tmp_path, BASELINE, text)) == rules.split()


@pytest.mark.parametrize(
    ("resources", "rules"),
    [
        ("D: {Type: 'AWS::GuardDuty::Detector', Properties: {Enable: 'false'}}", "no-guardduty"),
        ("D: {Type: 'AWS::GuardDuty::Detector', Properties: {Enable: !Ref On}}", ""),
        ("H: {Type: 'AWS::SecurityHub::Hub'}, N: {Type: 'AWS::CloudFormation::Stack'}", ""),
        ("H: {Type: 'AWS::SecurityHub::Hub'}, B: {Type: 'Custom::EmptyBucket'}",
         "no-access-analyzer no-config-recorder no-guardduty no-trail"),
        ("O: {Type: 'AWS::Organizations::Organization'}",
         "no-access-analyzer no-config-recorder no-guardduty no-trail"),
    ],
)  # fmt: skip
def test_what_an_account_is_without_in_a_template(tmp_path: Path, resources: str, rules: str) -> None:
    text = f"Parameters: {{On: {{Type: String}}}}\nResources: {{{resources}}}\n"
    assert sorted(found(tmp_path, BASELINE, text, "t.yaml")) == rules.split()


RECORDERS = """
resource "aws_config_configuration_recorder" "home" { name = "home" }
resource "aws_config_configuration_recorder_status" "home" {
  name       = aws_config_configuration_recorder.home.name
  is_enabled = true
}
resource "aws_config_configuration_recorder" "away" { name = "away" }
resource "aws_config_configuration_recorder_status" "away" {
  name       = aws_config_configuration_recorder.away.name
  is_enabled = false
}
"""
OFF = 'resource "aws_guardduty_detector" "off" { enable = false }\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(DETECTOR + OFF, {("no-guardduty", "aws_guardduty_detector.off")}, id="another Region's is on"),
        pytest.param(OFF + 'resource "aws_guardduty_organization_configuration" "o" {}\n',
                     {("no-guardduty", "aws_guardduty_detector.off")}, id="members have it, the account has not"),
        pytest.param(POLICY + OFF, {("no-guardduty", "aws_guardduty_detector.off")}, id="told once in a baseline"),
        pytest.param(RECORDERS, {("no-config-recorder", "aws_config_configuration_recorder.away")}, id="recorders"),
    ],
)  # fmt: skip
def test_what_is_off_is_told_where_it_is_declared(tmp_path: Path, text: str, told: set[tuple[str, str]]) -> None:
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    known = load_rules().rules
    chosen = [known["no-guardduty"], known["no-config-recorder"]] if text != POLICY + OFF else [known["no-guardduty"]]
    report = check(Request(Inputs((str(tmp_path / "main.tf"),)), chosen, known, "2026-01-01"))
    assert {(finding.rule, finding.address) for finding in report.findings} == told


def test_a_baseline_under_a_condition_says_so(tmp_path: Path) -> None:
    text = (
        "Parameters: {E: {Type: String}}\nConditions: {Main: !Equals [!Ref E, main]}\n"
        "Resources: {H: {Type: 'AWS::SecurityHub::Hub', Condition: Main}}\n"
    )
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    known = load_rules().rules
    report = check(Request(Inputs((str(tmp_path / "t.yaml"),)), [known["no-guardduty"]], known, "2026-01-01"))
    assert [finding.message.endswith("(when Main)") for finding in report.findings] == [True]


WATCHED = "root-use-unwatched unauthorized-calls-unwatched iam-changes-unwatched console-sign-in-without-mfa-unwatched"
ARN = "arn:aws:logs:eu-west-1:111122223333:log-group:t:*"


def metric_filter(pattern: str, metric: str = "m") -> str:
    return (
        f'resource "aws_cloudwatch_log_metric_filter" "{metric}" {{\n  pattern = {pattern}\n'
        f'  metric_transformation {{ name = "{metric}" }}\n}}\n'
    )


@pytest.mark.parametrize(
    ("arn", "more", "rules"),
    [
        (f'"{ARN}"', "", WATCHED),
        ('"${var.arn}:*"', 'variable "arn" {}', WATCHED),
        ("var.arn", 'variable "arn" {}', ""),
        ("null", "", ""),
        (f'var.on ? "{ARN}" : null', 'variable "on" {}', ""),
        (f'"{ARN}"', "include_global_service_events = true\n event_selector { include_management_events = false }", ""),
    ],
)
def test_which_trails_are_to_be_watched(tmp_path: Path, arn: str, more: str, rules: str) -> None:
    inside, outside = (more, "") if "event" in more else ("", more)
    text = f"{TRAIL}  cloud_watch_logs_group_arn = {arn}\n  {inside}\n}}\n{outside}\n"
    assert sorted(found(tmp_path, WATCHED, text)) == sorted(rules.split())


@pytest.mark.parametrize(
    ("rule", "pattern", "is_watched"),
    [
        ("root-use-unwatched", r'"{ $.userIdentity.type = \"Root\" }"', True),
        ("root-use-unwatched", r'"{ $.userIdentity.type != \"Root\" }"', False),
        ("unauthorized-calls-unwatched", r'"{ $.errorCode = \"*UnauthorizedOperation\" }"', True),
        ("unauthorized-calls-unwatched", r'"{ $.errorCode = \"NoSuchBucket\" }"', False),
        ("iam-changes-unwatched", r'"{ ($.eventName=DetachUserPolicy) }"', True),
        ("iam-changes-unwatched", r'"{ $.eventName = PutBucketPolicy }"', False),
        ("console-sign-in-without-mfa-unwatched", r'"{ $.additionalEventData.MFAUsed = \"No\" }"', True),
        ("console-sign-in-without-mfa-unwatched", r'"{ $.eventName = \"ConsoleLogin\" }"', False),
        ("root-use-unwatched", "var.pattern", True),
    ],
)
def test_what_a_metric_filter_looks_for(tmp_path: Path, rule: str, pattern: str, is_watched: bool) -> None:
    text = f'{TRAIL}  cloud_watch_logs_group_arn = "{ARN}"\n}}\nvariable "pattern" {{}}\n' + metric_filter(pattern)
    alarm = 'resource "aws_cloudwatch_metric_alarm" "a" {\n metric_name = "NAME"\n alarm_actions = ["arn:x"]\n}\n'
    assert found(tmp_path, rule, text + alarm.replace("NAME", "m")) == ([] if is_watched else [rule])
    assert found(tmp_path, rule, text + alarm.replace("NAME", "other")) == [rule]


@pytest.mark.parametrize(
    ("alarm", "is_raised"),
    [
        ('metric_name = "m"', True),
        ('metric_name = "m"\n actions_enabled = false', False),
        ("metric_name = var.name", True),
        ('metric_query {\n id = "q"\n metric { metric_name = "m" }\n }', True),
        ('metric_query {\n id = "q"\n metric { metric_name = "other" }\n }', False),
        ("metric_name = aws_cloudwatch_log_metric_filter.m.metric_transformation[0].name", True),
    ],
)
def test_an_alarm_on_the_metric(tmp_path: Path, alarm: str, is_raised: bool) -> None:
    text = f'{TRAIL}  cloud_watch_logs_group_arn = "{ARN}"\n}}\nvariable "name" {{}}\n'
    text += metric_filter(r'"{ $.userIdentity.type = \"Root\" }"')
    text += f'resource "aws_cloudwatch_metric_alarm" "a" {{\n{alarm}\nalarm_actions = ["arn:x"]\n}}\n'
    assert found(tmp_path, "root-use-unwatched", text) == ([] if is_raised else ["root-use-unwatched"])


@pytest.mark.parametrize(
    ("pattern", "is_watched"),
    [
        ('jsonencode({ detail = { userIdentity = { type = ["Root"] } } })', True),
        ('<<-E\n{"detail": {"userIdentity": {"type": ["Root"]}}}\nE\n', True),
        ('jsonencode({ detail = { eventName = ["PutObject"] } })', False),
        ("var.pattern", True),
        ("jsonencode({ detail = { bucket = [var.pattern] } })", False),
    ],
)
def test_a_rule_on_events(tmp_path: Path, pattern: str, is_watched: bool) -> None:
    text = f'{TRAIL}  cloud_watch_logs_group_arn = "{ARN}"\n}}\nvariable "pattern" {{}}\n'
    text += f'resource "aws_cloudwatch_event_rule" "r" {{\n  event_pattern = {pattern}\n}}\n'
    assert found(tmp_path, "root-use-unwatched", text) == ([] if is_watched else ["root-use-unwatched"])


SELECTOR = "event_selector { include_management_events = false }\n"


@pytest.mark.parametrize(
    ("inside", "is_flagged"),
    [
        (SELECTOR, True),
        (SELECTOR + "event_selector {}\n", False),
        ('event_selector { read_write_type = "WriteOnly" }\n', False),
        ("event_selector { include_management_events = var.x }\n", False),
        ('dynamic "event_selector" {\n for_each = var.x\n content { include_management_events = false }\n}\n', False),
        ('dynamic "event_selector" {\n for_each = [1]\n content { include_management_events = false }\n}\n', True),
        ('advanced_event_selector {\n field_selector {\n field = "eventCategory"\n equals = [var.x]\n }\n}\n', False),
        ('advanced_event_selector {\n field_selector {\n field = "eventCategory"\n equals = ["Data"]\n }\n}\n', True),
    ],
)
def test_management_events(tmp_path: Path, inside: str, is_flagged: bool) -> None:
    rule = "trail-without-management-events"
    assert found(tmp_path, rule, f'variable "x" {{}}\n{TRAIL}{inside}}}\n') == ([rule] if is_flagged else [])


@pytest.mark.parametrize(
    ("selectors", "is_flagged"),
    [
        ("[{IncludeManagementEvents: 'false'}]", True),
        ("!If [Yes, [{IncludeManagementEvents: false}], !Ref 'AWS::NoValue']", False),
        ("!Ref Given", False),
    ],
)
def test_management_events_in_a_template(tmp_path: Path, selectors: str, is_flagged: bool) -> None:
    rule = "trail-without-management-events"
    text = (
        "Parameters: {Given: {Type: String}}\nConditions: {Yes: !Equals [!Ref Given, x]}\nResources:\n  T:\n"
        f"    Type: AWS::CloudTrail::Trail\n    Properties:\n      EventSelectors: {selectors}\n"
    )
    assert found(tmp_path, rule, text, "t.yaml") == ([rule] if is_flagged else [])


def resource(kind: str, **values: object) -> dict[str, object]:
    return {"address": f"{kind}.r", "mode": "managed", "type": kind, "name": "r", "values": values}


@pytest.mark.parametrize(
    ("resources", "rules"),
    [
        ([resource("aws_guardduty_detector", enable=False)], ["no-guardduty"]),
        ([resource("aws_guardduty_detector", enable=True)], []),
        (
            [
                resource("aws_config_configuration_recorder", name="r"),
                resource("aws_config_configuration_recorder_status", name="r", is_enabled=False),
            ],
            ["no-config-recorder"],
        ),
        (
            [resource("aws_cloudtrail", event_selector=[{"include_management_events": False}])],
            ["trail-without-management-events"],
        ),
        ([resource("aws_cloudtrail", event_selector=[{"include_management_events": True}])], []),
        ([resource("aws_cloudtrail", event_selector=[], cloud_watch_logs_group_arn=ARN)], ["root-use-unwatched"]),
        (
            [
                resource("aws_cloudtrail", cloud_watch_logs_group_arn=ARN),
                resource(
                    "aws_cloudwatch_log_metric_filter",
                    pattern='{ $.userIdentity.type = "Root" }',
                    metric_transformation=[{"name": "root"}],
                ),
                resource("aws_cloudwatch_metric_alarm", metric_name="root", metric_query=[], alarm_actions=["arn:x"]),
            ],
            [],
        ),
    ],
)
def test_plans(tmp_path: Path, resources: list[dict[str, object]], rules: list[str]) -> None:
    plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}}
    asked = f"{BASELINE} trail-without-management-events root-use-unwatched"
    assert found(tmp_path, asked, json.dumps(plan), "plan.json") == rules

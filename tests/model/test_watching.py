"""What is watched in the log of a trail: in which log group, by which pattern, with an alarm on which metric."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs


def is_told(tmp_path: Path, text: str, rule: str = "root-use-unwatched", name: str = "main.tf") -> bool:
    """Whether the rule speaks."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    known = load_rules().rules
    request = Request(Inputs((str(tmp_path / name),)), [known[rule]], known, "2026-01-01")
    return bool(check(request).findings)


GROUPS = """
variable "v" {}
resource "aws_cloudwatch_log_group" "trail" { name = "trail" }
resource "aws_cloudwatch_log_group" "given" { name = "x-${var.v}" }
resource "aws_cloudwatch_log_group" "made" { name_prefix = "x-" }
resource "aws_cloudwatch_log_group" "app" { name = "app" }
resource "aws_cloudwatch_log_group" "many" {
  count = 2
  name  = "many-${var.v}-${count.index}"
}
"""
REST = """
resource "aws_cloudtrail" "t" {{
  s3_bucket_name             = "logs"
  cloud_watch_logs_group_arn = {arn}
}}
resource "aws_cloudwatch_log_metric_filter" "f" {{
  log_group_name = {name}
  pattern        = {pattern}
  metric_transformation {{
    name      = "RootUse"
    namespace = "Trail"
    value     = "1"
  }}
}}
resource "aws_cloudwatch_metric_alarm" "a" {{
  metric_name = "RootUse"
  namespace   = {namespace}
  alarm_actions = ["arn:aws:sns:eu-west-1:111122223333:security"]
}}
"""
GROUP = "aws_cloudwatch_log_group."
ROOT = '"{ $.userIdentity.type = \\"Root\\" }"'


def module(arn: str, name: str, pattern: str = ROOT, namespace: str = '"Trail"') -> str:
    return GROUPS + REST.format(arn=arn, name=name, pattern=pattern, namespace=namespace)


@pytest.mark.parametrize(
    ("arn", "name", "told"),
    [
        (f'"${{{GROUP}trail.arn}}:*"', f"{GROUP}trail.name", False),
        (f'"${{{GROUP}trail.arn}}:*"', '"trail"', False),
        (f'"${{{GROUP}trail.arn}}:*"', f"{GROUP}app.name", True),
        (f'"${{{GROUP}trail.arn}}:*"', '"app"', True),
        (f'"${{{GROUP}trail.arn}}:*"', "var.v", False),
        (f'"${{{GROUP}given.arn}}:*"', f"{GROUP}given.id", False),
        (f'"${{{GROUP}given.arn}}:*"', '"x-${var.v}"', False),
        (f'"${{{GROUP}given.arn}}:*"', '"x-y"', False),
        (f'"${{{GROUP}made.arn}}:*"', f"{GROUP}made.name", False),
        (f'"${{{GROUP}made.arn}}:*"', f"{GROUP}given.id", True),
        (f"{GROUP}many[0].arn", f"{GROUP}many[1].name", False),
        ('"arn:aws:logs:eu-west-1:111122223333:log-group:trail:*"', '"trail"', False),
        ('"arn:aws:logs:eu-west-1:111122223333:log-group:trail:*"', f"{GROUP}trail.name", False),
        ('"arn:aws:logs:eu-west-1:111122223333:log-group:trail:*"', '"app"', True),
        ('"arn:aws:logs:eu-west-1:111122223333:log-group:${var.v}:*"', '"app"', False),
    ],
)
def test_the_log_group_is_that_of_the_trail(tmp_path: Path, arn: str, name: str, told: bool) -> None:
    assert is_told(tmp_path, module(arn, name)) is told


@pytest.mark.parametrize(
    ("arn", "name", "told"),
    [
        ("!GetAtt Log.Arn", "!Ref Log", False),
        ("!Sub '${Log.Arn}'", "!Ref Log", False),
        ("!GetAtt Log.Arn", "!Ref App", True),
        ("!GetAtt Named.Arn", "trail", False),
        ("!GetAtt Named.Arn", "app", True),
        ("!GetAtt Log.Arn", "!Ref P", False),
        ("!Sub 'arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Log}:*'", "!Ref Log", False),
    ],
)
def test_the_log_group_in_a_template(tmp_path: Path, arn: str, name: str, told: bool) -> None:
    metric = "{MetricName: RootUse, MetricNamespace: Trail, MetricValue: '1'}"
    text = f"""
Parameters: {{P: {{Type: String}}}}
Resources:
  Log: {{Type: AWS::Logs::LogGroup}}
  App: {{Type: AWS::Logs::LogGroup}}
  Named: {{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: trail}}}}
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      CloudWatchLogsLogGroupArn: {arn}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: {name}
      FilterPattern: '{{$.userIdentity.type="Root"}}'
      MetricTransformations: [{metric}]
  Alarm: {{Type: AWS::CloudWatch::Alarm, Properties: {{MetricName: RootUse, Namespace: Trail, AlarmActions: [a]}}}}
"""
    assert is_told(tmp_path, text, name="t.yaml") is told
    assert is_told(tmp_path, text.replace("Namespace: Trail, Al", "Namespace: Other, Al"), name="t.yaml") is True


@pytest.mark.parametrize(("namespace", "told"), [('"Trail"', False), ('"Other"', True), ("var.v", False)])
def test_the_alarm_is_on_the_metric_of_the_namespace(tmp_path: Path, namespace: str, told: bool) -> None:
    text = module(f'"${{{GROUP}trail.arn}}:*"', f"{GROUP}trail.name", namespace=namespace)
    assert is_told(tmp_path, text) is told


@pytest.mark.parametrize(("group", "told"), [(f"{GROUP}trail.name", False), (f"{GROUP}app.name", True)])
def test_whoever_gets_all_lines_may_look_at_them(tmp_path: Path, group: str, told: bool) -> None:
    text = module(f'"${{{GROUP}trail.arn}}:*"', f"{GROUP}app.name")
    subscription = f'resource "aws_cloudwatch_log_subscription_filter" "s" {{ log_group_name = {group} }}\n'
    assert is_told(tmp_path, text + subscription) is told


USERS, CALLS = "root-use-unwatched", "unauthorized-calls-unwatched"
CHANGES, SIGN_IN = "iam-changes-unwatched", "console-sign-in-without-mfa-unwatched"


@pytest.mark.parametrize(
    ("rule", "pattern", "told"),
    [
        (USERS, '{$.userIdentity.type="Root"&&$.userIdentity.invokedBy NOT EXISTS}', False),
        (USERS, '{ ($.eventType != "AwsServiceEvent") && ($.userIdentity.type = Root) }', False),
        (USERS, '{ $.userIdentity.arn = "*:root" }', False),
        (USERS, "{ $.userIdentity.type = %^Root$% }", False),
        (USERS, '{ $.userIdentity.type = "IAMUser" }', True),
        (CALLS, '{($.errorCode="*UnauthorizedOperation")||($.errorCode="AccessDenied*")}', False),
        (CALLS, '{ ($.sourceIPAddress != "x") && ($.errorCode = AccessDenied*) }', False),
        (CALLS, "{ $.errorCode = %AccessDenied|UnauthorizedOperation% }", False),
        (CALLS, '{ $.errorMessage = "*is not authorized to perform*" }', False),
        (CALLS, '{ $.errorCode = "Throttling*" }', True),
        (CHANGES, "{ ($.eventName=DeleteGroupPolicy)||($.eventName=DeleteRolePolicy) }", False),
        (CHANGES, '{ ($.eventName = "AttachUserPolicy") }', False),
        (CHANGES, "{ ($.eventName = Attach*Policy) || ($.eventName = Detach*Policy) }", False),
        (CHANGES, '{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "*Policy*") }', False),
        (CHANGES, "{ $.eventName = %(Put|Delete|Attach|Detach)(User|Role|Group)Policy% }", False),
        (CHANGES, "{ ($.eventName = PutBucketPolicy) || ($.eventName = DeleteBucketPolicy) }", True),
        (CHANGES, "{ $.eventName = %(Put|Delete)BucketPolicy% }", True),
        (SIGN_IN, '{($.eventName="ConsoleLogin")&&($.additionalEventData.MFAUsed!="Yes")}', False),
        (SIGN_IN, '{ ($.additionalEventData.MFAUsed != Yes) && ($.eventName = ConsoleLogin) }', False),
        (SIGN_IN, '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }', True),
    ],
)  # fmt: skip
def test_patterns_in_their_spellings(tmp_path: Path, rule: str, pattern: str, told: bool) -> None:
    text = module(f"{GROUP}trail.arn", f"{GROUP}trail.name", f"<<-E\n    {pattern}\n  E\n")
    assert is_told(tmp_path, text, rule) is told


FILTER = """
resource "aws_cloudwatch_log_metric_filter" "f" {
  log_group_name = "trail"
  pattern        = "{ $.userIdentity.type = \\"Root\\" }"
  metric_transformation {
    name      = "RootUse"
    namespace = "Trail"
    value     = "1"
  }
}
resource "aws_cloudwatch_metric_alarm" "a" {
  metric_name = "RootUse"
  namespace   = "Trail"
  ACTIONS
}
"""
TEMPLATE = """
Resources:
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: trail
      FilterPattern: '{ $.userIdentity.type = "Root" }'
      MetricTransformations:
      - MetricName: RootUse
        MetricNamespace: Trail
        MetricValue: "1"
  Topic:
    Type: AWS::SNS::Topic
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      MetricName: RootUse
      Namespace: Trail
ACTIONS
"""
TOPIC = '["arn:aws:sns:eu-west-1:111122223333:security"]'
VARIABLES = """
variable "actions" {}
variable "none" {
  default = []
}
variable "nobody" {
  default = ""
}
"""
COMPOSITE = """}
resource "aws_cloudwatch_composite_alarm" "c" {
  alarm_name = "all"
  alarm_rule = "ALARM(x)"
"""


@pytest.mark.parametrize(
    ("actions", "is_flagged"),
    [
        (f"alarm_actions = {TOPIC}", False),
        (f"ok_actions = {TOPIC}", False),
        ("alarm_actions = [aws_sns_topic.t.arn]", False),
        ("alarm_actions = var.actions", False),
        ("alarm_actions = var.none", False),
        ("alarm_actions = [var.nobody]", False),
        ("", True),
        ("alarm_actions = []", True),
        ("alarm_actions = null", True),
        (f"alarm_actions = {TOPIC}\nactions_enabled = false", True),
        (f"alarm_actions = {TOPIC}\nactions_enabled = var.actions", False),
        (f"{COMPOSITE}  alarm_actions = {TOPIC}", False),
        (COMPOSITE, True),
        (
            '}\nresource "aws_cloudwatch_event_rule" "r" {\nevent_pattern = "{\\"source\\": [\\"aws.cloudwatch\\"]}"\n',
            False,
        ),
    ],
)
def test_an_alarm_without_actions_tells_nobody(tmp_path: Path, actions: str, is_flagged: bool) -> None:
    text = FILTER.replace("ACTIONS", actions) + VARIABLES
    assert is_told(tmp_path, text, "metric-filter-without-alarm") is is_flagged


@pytest.mark.parametrize(
    ("actions", "is_flagged"),
    [
        ("      AlarmActions: [!Ref Topic]", False),
        ("      AlarmActions: []", True),
        ("", True),
        ("      AlarmActions: [!Ref Topic]\n      ActionsEnabled: false", True),
        ("  All:\n    Type: AWS::CloudWatch::CompositeAlarm\n    Properties:\n      AlarmActions: [!Ref Topic]", False),
    ],
)
def test_an_alarm_of_a_template_without_actions(tmp_path: Path, actions: str, is_flagged: bool) -> None:
    text = TEMPLATE.replace("ACTIONS", actions)
    assert is_told(tmp_path, text, "metric-filter-without-alarm", "stack.yaml") is is_flagged


def test_a_pattern_that_looks_for_something_else_is_not_judged_by_its_name(tmp_path: Path) -> None:
    other = FILTER.replace('$.userIdentity.type = \\"Root\\"', '$.eventName = \\"ConsoleLogin\\"')
    assert other != FILTER
    text = other.replace("ACTIONS", "").replace('"f" {', '"root_usage" {')
    assert not is_told(tmp_path, text, "metric-filter-without-alarm")
    assert not is_told(tmp_path, text, "root-use-unwatched")

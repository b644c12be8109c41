"""What references to resources give, held against the Service Authorization Reference."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from iamlint.aws.actions import service
from iamlint.model.text import Text
from iamlint.model.value import UnknownValue, Value
from iamlint.parsers.cloudformation.return_values import types

Evaluate = Callable[..., Value]
WITH_ARN = sorted(kind for kind, gives in types().items() if gives.arn)

# Where the reference writes the ARN of a type otherwise than CloudFormation returns it: a log group's ends in `:*`,
# several parts are summed up in one name or the other way round, or a star stands for the id.
OTHERWISE = {
    "AWS::Logs::LogGroup": "logs:R:A:log-group:N",
    "AWS::DMS::Endpoint": "dms:R:A:endpoint:*",
    "AWS::DMS::ReplicationInstance": "dms:R:A:rep:*",
    "AWS::DMS::ReplicationTask": "dms:R:A:task:*",
    "AWS::ElasticLoadBalancingV2::Listener": "elasticloadbalancing:R:A:listener/app/I/I/I",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "elasticloadbalancing:R:A:loadbalancer/app/N/I",
    "AWS::Events::ApiDestination": "events:R:A:api-destination/N",
    "AWS::Events::Connection": "events:R:A:connection/N",
    "AWS::Kinesis::StreamConsumer": "kinesis:R:A:I/I/consumer/I:I",
}


def shape(arn: str) -> str:
    """An ARN of the reference in the table's letters."""
    arn = arn.removeprefix("arn:${Partition}:").replace("${Region}", "R")
    arn = arn.replace("${Account}", "A").replace("${AccountId}", "A")
    return re.sub(r"\$\{\w+\}", "#", arn)


def test_the_table_is_long_enough_to_be_of_use() -> None:
    assert len(WITH_ARN) >= 115


@pytest.mark.parametrize("kind", WITH_ARN)
def test_arns_are_those_that_iam_knows(kind: str) -> None:
    arn = OTHERWISE.get(kind, types()[kind].arn)
    known = service(arn.partition(":")[0])
    assert known is not None, "no such service prefix"
    fields = arn.split(":")
    mine = ":".join("/".join("#" if s in ("N", "I") else s for s in field.split("/")) for field in fields)
    assert mine in {shape(one) for arns in known.arns.values() for one in arns.split(", ")}


@pytest.mark.parametrize(
    ("kind", "properties", "expression", "expected"),
    [
        ("AWS::IAM::Role", "", "!GetAtt It.Arn", "iam::A:role/${It}"),
        ("AWS::IAM::Role", "RoleName: app", "!GetAtt It.Arn", "iam::A:role/app"),
        ("AWS::IAM::Role", "RoleName: app, Path: /a/b/", "!GetAtt It.Arn", "iam::A:role/a/b/app"),
        ("AWS::IAM::Role", "RoleName: app, Path: /", "!GetAtt It.Arn", "iam::A:role/app"),
        ("AWS::IAM::Role", "RoleName: app, Path: !Ref P", "!GetAtt It.Arn", "iam::A:role/${It}"),
        ("AWS::IAM::ManagedPolicy", "ManagedPolicyName: p", "!Ref It", "${It}"),
        ("AWS::IAM::OIDCProvider", "Url: 'https://token.actions.githubusercontent.com'", "!Ref It",
         "iam::A:oidc-provider/token.actions.githubusercontent.com"),
        ("AWS::IAM::SAMLProvider", "Name: okta", "!GetAtt It.Arn", "iam::A:saml-provider/okta"),
        ("AWS::SQS::Queue", "QueueName: jobs", "!Ref It", "${It}"),
        ("AWS::SQS::Queue", "QueueName: jobs", "!GetAtt It.Arn", "sqs:R:A:jobs"),
        ("AWS::SQS::Queue", "QueueName: jobs", "!GetAtt It.QueueName", "jobs"),
        ("AWS::SNS::Topic", "TopicName: news", "!Ref It", "sns:R:A:news"),
        ("AWS::KMS::Key", "", "!GetAtt It.Arn", "kms:R:A:key/${It}"),
        ("AWS::Logs::LogGroup", "LogGroupName: /app", "!GetAtt It.Arn", "logs:R:A:log-group:/app:*"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name: web", "!Ref It",
         "elasticloadbalancing:R:A:loadbalancer/${It}/web/${It}"),
        ("AWS::WAFv2::WebACL", "", "!GetAtt It.Arn", "wafv2:R:A:${It}/webacl/${It}/${It}"),
        ("AWS::Nobody::Knows", "", "!GetAtt It.Arn", "${It.Arn}"),
        ("AWS::EC2::Instance", "", "!Ref It", "${It}"),
    ],
)  # fmt: skip
def test_references(evaluate: Evaluate, kind: str, properties: str, expression: str, expected: str) -> None:
    sections = (
        f"Parameters: {{P: {{Type: String}}}}\nResources: {{It: {{Type: '{kind}', Properties: {{{properties}}}}}}}\n"
    )
    value = evaluate(expression, sections)
    shown = str(value.unknown) if isinstance(value, UnknownValue) else value.shown if isinstance(value, Text) else None
    if ":" in expected:
        expected = f"arn:${{AWS::Partition}}:{expected}".replace(":R:", ":${AWS::Region}:")
        expected = expected.replace(":A:", ":${AWS::AccountId}:")
    assert shown == expected


def test_a_resource_of_a_loop_is_referred_to(evaluate: Evaluate) -> None:
    sections = """
        Resources:
          Fn::ForEach::Queues:
            - Name
            - [jobs, mails]
            - Queue${Name}: {Type: "AWS::SQS::Queue", Properties: {QueueName: !Sub "${Name}-q"}}
        """
    value = evaluate("!GetAtt Queuejobs.Arn", sections)
    assert isinstance(value, Text)
    assert value.shown.endswith(":jobs-q")

"""The Serverless Application Model: generated roles, policy templates, events, globals, connectors, API policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from iamlint.aws import sam
from iamlint.model.identity import Role
from iamlint.model.policy import Policy
from iamlint.model.stack import Stack

Template = Callable[[str], Stack]


def roles(stack: Stack) -> dict[str, Role]:
    return {
        thing.address.removeprefix("Resources/"): thing for thing in stack.of_kind("role") if isinstance(thing, Role)
    }


def granted(policies: Iterable[Policy]) -> list[tuple[str, str]]:
    """Each action with each resource."""
    return [
        (action.shown, resource.shown)
        for policy in policies
        for statement in policy.statements
        for action in statement.actions
        for resource in statement.resources
    ]


def attached(role: Role) -> list[str]:
    return [attachment.policy.shown.removeprefix("arn:aws:iam::aws:policy/") for attachment in role.attachments]


def on_resources(stack: Stack) -> list[Policy]:
    return [policy for policy in stack.policies if policy.kind == "resource"]


def function(properties: str, rest: str = "") -> str:
    return (
        "Transform: AWS::Serverless-2016-10-31\n"
        "Resources:\n"
        "  F:\n"
        "    Type: AWS::Serverless::Function\n"
        f"    Properties: {properties}\n" + rest
    )


def test_a_policy_template_has_its_statements(template: Template) -> None:
    stack = template(function("{Policies: [{SQSPollerPolicy: {QueueName: !GetAtt Q.QueueName}}]}"))
    policy = roles(stack)["F"].policies[0]
    assert granted([policy]) == [
        (action, "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Q.QueueName}")
        for action in (
            "sqs:ChangeMessageVisibility",
            "sqs:ChangeMessageVisibilityBatch",
            "sqs:DeleteMessage",
            "sqs:DeleteMessageBatch",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        )
    ]
    assert policy.name == "SQSPollerPolicy"
    assert not policy.is_inline


def test_what_a_template_grants_stands_at_its_parameter_or_its_name(template: Template) -> None:
    stack = template(function("{Policies: [{S3ReadPolicy: {BucketName: '*'}}]}"))
    statement = roles(stack)["F"].policies[0].statements[0]
    assert [resource.shown for resource in statement.resources] == [
        "arn:${AWS::Partition}:s3:::*",
        "arn:${AWS::Partition}:s3:::*/*",
    ]
    assert {resource.place.written.strip("'\"") for resource in statement.resources} == {"*"}
    assert {action.place.written.strip("'\"") for action in statement.actions} == {"S3ReadPolicy"}


@pytest.mark.parametrize(
    ("written", "own"),
    [("{VPCAccessPolicy: {}}", True), ("{S3ReadPolicy: {BucketName: b}}", False), ("{Statement: []}", False)],
)
def test_what_takes_no_parameter_is_written_by_aws(template: Template, written: str, own: bool) -> None:
    policies = roles(template(function(f"{{Policies: [{written}]}}")))["F"].policies
    assert [policy.is_aws_written for policy in policies] == [own]


def test_every_policy_template_can_be_read(template: Template) -> None:
    names = sorted(sam._data()["policy_templates"])
    listed = ", ".join(f"{{{name}: {{}}}}" for name in names)
    stack = template(function(f"{{Policies: [{listed}]}}"))
    policies = roles(stack)["F"].policies
    assert sorted({policy.name for policy in policies}) == names
    assert len(names) > 75
    assert all(
        statement.effect and statement.actions and statement.resources for p in policies for statement in p.statements
    )


def test_a_missing_parameter_and_an_unknown_template_stay_unknown(template: Template) -> None:
    stack = template(function("{Policies: [{S3ReadPolicy: {}}, {NoSuchPolicy: {}}]}"))
    assert granted(roles(stack)["F"].policies)[0] == ("s3:GetObject", "arn:${AWS::Partition}:s3:::${BucketName}")
    assert "a SAM policy template that is not known" in [unresolved.reason for unresolved in stack.unresolved]


def test_a_template_in_a_branch_is_there_in_that_branch(template: Template) -> None:
    conditions = "Conditions: {IsProd: !Equals [!Ref 'AWS::Region', eu-west-1]}\n"
    policies = "[!If [IsProd, {SNSCrudPolicy: {TopicName: t}}, !Ref 'AWS::NoValue']]"
    stack = template(function(f"{{Policies: {policies}}}", conditions))
    assert [(p.name, str(p.when)) for p in roles(stack)["F"].policies] == [("SNSCrudPolicy", "when IsProd")]


def test_sam_adds_the_policies_that_a_function_needs_to_run(template: Template) -> None:
    properties = "{Tracing: Active, VpcConfig: {SubnetIds: [s]}, Policies: [AWSLambdaExecute, AWSLambdaRole]}"
    assert attached(roles(template(function(properties)))["F"]) == [
        "AWSLambdaExecute",
        "service-role/AWSLambdaRole",
        "service-role/AWSLambdaBasicExecutionRole",
        "AWSXrayWriteOnlyAccess",
        "service-role/AWSLambdaVPCAccessExecutionRole",
    ]
    assert attached(roles(template(function("{Tracing: Disabled}")))["F"]) == [
        "service-role/AWSLambdaBasicExecutionRole"
    ]


def test_a_role_is_made_when_none_is_given(template: Template) -> None:
    assert roles(template(function("{Role: !GetAtt R.Arn}"))) == {}
    conditions = "Conditions: {Own: !Equals [!Ref 'AWS::Region', eu-west-1]}\n"
    stack = template(function("{Role: !If [Own, !GetAtt R.Arn, !Ref 'AWS::NoValue']}", conditions))
    assert [str(role.when) for role in roles(stack).values()] == ["when not Own"]


def test_the_generated_role_trusts_its_service_unless_told_otherwise(template: Template) -> None:
    own = "{AssumeRolePolicyDocument: {Statement: {Effect: Allow, Principal: '*', Action: 'sts:AssumeRole'}}}"
    for properties, principal in (("{}", "lambda.amazonaws.com"), (own, "*")):
        trust = roles(template(function(properties)))["F"].trust
        assert trust is not None
        assert [p.name.shown for p in trust.statements[0].principals] == [principal]


GIVEN = """\
  P:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: more
      Roles: [%s]
      PolicyDocument: {Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: "*"}]}
"""


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("!Ref FRole", [("sqs:SendMessage", "*")]),
        ("!Sub '${FRole}'", [("sqs:SendMessage", "*")]),
        ("!Ref GRole", []),
        ("!Ref QRole", []),
    ],
)
def test_the_generated_role_goes_by_its_own_name(template: Template, named: str, expected: list[object]) -> None:
    stack = template(function("{Runtime: python3.12}", GIVEN % named + "  Q: {Type: AWS::SQS::Queue}\n"))
    assert granted(roles(stack)["F"].policies) == expected


def test_dead_letters_and_destinations_are_granted(template: Template) -> None:
    stack = template(
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties:
              DeadLetterQueue: {Type: SNS, TargetArn: "arn:aws:sns:eu-west-1:111111111111:dead"}
              EventInvokeConfig:
                DestinationConfig:
                  OnSuccess: {Type: S3Bucket, Destination: "arn:aws:s3:::b"}
                  OnFailure: {Type: SQS}
              Events:
                S:
                  Type: Kinesis
                  Properties:
                    Stream: s
                    DestinationConfig: {OnFailure: {Type: SQS, Destination: "arn:aws:sqs:eu-west-1:111111111111:q"}}
        """
    )
    assert granted(roles(stack)["F"].policies) == [
        ("sns:Publish", "arn:aws:sns:eu-west-1:111111111111:dead"),
        ("s3:PutObject", "arn:aws:s3:::b/*"),
        ("s3:ListBucket", "arn:aws:s3:::b"),
        ("sqs:SendMessage", "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Name}"),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111111111111:q"),
    ]


@pytest.mark.parametrize(
    ("event", "policy"),
    [
        ("{Type: SQS, Properties: {Queue: q}}", "service-role/AWSLambdaSQSQueueExecutionRole"),
        ("{Type: Kinesis, Properties: {Stream: s}}", "service-role/AWSLambdaKinesisExecutionRole"),
        ("{Type: DynamoDB, Properties: {Stream: s}}", "service-role/AWSLambdaDynamoDBExecutionRole"),
        ("{Type: MSK, Properties: {Stream: s}}", "service-role/AWSLambdaMSKExecutionRole"),
        ("{Type: SNS, Properties: {Topic: t, SqsSubscription: true}}", "service-role/AWSLambdaSQSQueueExecutionRole"),
    ],
)
def test_sources_that_lambda_reads_attach_a_policy(template: Template, event: str, policy: str) -> None:
    stack = template(function(f"{{Events: {{E: {event}}}}}"))
    assert attached(roles(stack)["F"])[1:] == [policy]
    assert on_resources(stack) == []


def test_sources_with_credentials_let_the_role_read_them(template: Template) -> None:
    secret = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s"
    broker = "arn:aws:mq:eu-west-1:111111111111:broker:b"
    access = f"[{{Type: BASIC_AUTH, URI: '{secret}'}}, {{Type: VIRTUAL_HOST, URI: /}}]"
    event = f"{{Type: MQ, Properties: {{Broker: '{broker}', SourceAccessConfigurations: {access}}}}}"
    stack = template(function(f"{{Events: {{E: {event}}}}}"))
    assert granted(roles(stack)["F"].policies) == [
        ("secretsmanager:GetSecretValue", secret),
        ("mq:DescribeBroker", broker),
    ]


@pytest.mark.parametrize(
    ("event", "principal", "conditions"),
    [
        ("{Type: S3, Properties: {Bucket: !Ref B}}", "s3.amazonaws.com", ["AWS:SourceAccount ${AWS::AccountId}"]),
        ("{Type: SNS, Properties: {Topic: 'arn:t'}}", "sns.amazonaws.com", ["AWS:SourceArn arn:t"]),
        ("{Type: AlexaSkill}", "alexa-appkit.amazon.com", []),
        ("{Type: AlexaSkill, Properties: {SkillId: i}}", "alexa-appkit.amazon.com", ["lambda:EventSourceToken i"]),
    ],
)
def test_sources_that_invoke_get_a_permission(
    template: Template, event: str, principal: str, conditions: list[str]
) -> None:
    policies = on_resources(template(function(f"{{Role: r, Events: {{E: {event}}}}}")))
    assert [(p.element, p.service) for p in policies] == [("Events/E", "lambda")]
    statement = policies[0].statements[0]
    assert [p.name.shown for p in statement.principals] == [principal]
    assert [f"{c.key.shown} {c.values[0].shown}" for c in statement.conditions] == conditions


def test_what_starts_a_state_machine_gets_a_role(template: Template) -> None:
    stack = template(
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          M:
            Type: AWS::Serverless::StateMachine
            Properties:
              Name: m
              PermissionsBoundary: arn:aws:iam::111111111111:policy/b
              Tracing: {Enabled: true}
              Policies: {LambdaInvokePolicy: {FunctionName: f}}
              Events:
                Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
                Own: {Type: ScheduleV2, Properties: {RoleArn: "arn:aws:iam::111111111111:role/r"}}
        """
    )
    made = roles(stack)
    assert sorted(made) == ["M", "M/Events/Nightly"]
    assert attached(made["M"]) == ["AWSXrayWriteOnlyAccess"]
    assert [(a, r.rpartition(":")[2]) for a, r in granted(made["M"].policies)] == [("lambda:InvokeFunction", "f*")]
    assert [(a, r.rpartition(":")[2]) for a, r in granted(made["M/Events/Nightly"].policies)] == [
        ("states:StartExecution", "m")
    ]
    assert [role.boundary.shown for role in made.values() if role.boundary] == [
        "arn:aws:iam::111111111111:policy/b"
    ] * 2


def test_globals_are_merged(template: Template) -> None:
    shared = """
Globals:
  Function:
    Tracing: Active
    PermissionsBoundary: arn:aws:iam::111111111111:policy/b
    VpcConfig: {SecurityGroupIds: [g]}
"""
    both = roles(template(function("{Tracing: Disabled}", shared)))["F"]
    assert attached(both) == [
        "service-role/AWSLambdaBasicExecutionRole",
        "service-role/AWSLambdaVPCAccessExecutionRole",
    ]
    assert both.boundary is not None and both.boundary.shown == "arn:aws:iam::111111111111:policy/b"
    ignoring = function("{}", "    IgnoreGlobals: [VpcConfig, PermissionsBoundary]\n" + shared)
    without = roles(template(ignoring))["F"]
    assert attached(without) == ["service-role/AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess"]
    assert without.boundary is None


def test_a_secret_in_the_globals_counts_once(template: Template) -> None:
    shared = "Globals: {Function: {Environment: {Variables: {DB_PASSWORD: Tr0ub4dor-and-3}}}}\n"
    two = "  G: {Type: 'AWS::Serverless::Function', Properties: {Environment: {Variables: {A: b}}}}\n"
    secrets = template(function("{}", two + shared)).of_kind("secret")
    assert [(getattr(s, "context", ""), s.place.written.strip('"')) for s in secrets] == [
        ("environment", "Tr0ub4dor-and-3")
    ]


def test_a_connector_extends_the_role_of_its_source(template: Template) -> None:
    stack = template(
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          F:
            Type: AWS::Serverless::Function
            Connectors:
              ToTable: {Properties: {Destination: {Id: T}, Permissions: [Read]}}
          T: {Type: AWS::DynamoDB::Table, Properties: {TableName: t}}
          Q: {Type: AWS::SQS::Queue, Properties: {QueueName: q}}
          S: {Type: AWS::SNS::Topic, Properties: {TopicName: s}}
          C:
            Type: AWS::Serverless::Connector
            Properties: {Source: {Id: F}, Destination: {Id: Q}, Permissions: [Write]}
          D:
            Type: AWS::Serverless::Connector
            Properties: {Source: {Id: S}, Destination: {Id: F}, Permissions: [Write]}
        """
    )
    rights = granted(roles(stack)["F"].policies)
    assert ("dynamodb:GetItem", "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/t") in rights
    assert ("sqs:SendMessage", "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:q") in rights
    assert not any(action == "dynamodb:PutItem" for action, _ in rights)
    assert {policy.address for policy in roles(stack)["F"].policies} == {
        "Resources/F/Connectors/ToTable",
        "Resources/C",
    }
    permission = on_resources(stack)[0]
    assert (permission.address, permission.service) == ("Resources/D", "lambda")
    assert permission.statements[0].conditions[0].values[0].shown.endswith(":s")


def test_a_connector_to_a_queue_writes_the_queue_policy(template: Template) -> None:
    stack = template(
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Q: {Type: AWS::SQS::Queue}
          S: {Type: AWS::SNS::Topic}
          C:
            Type: AWS::Serverless::Connector
            Properties: {Source: {Id: S}, Destination: {Id: Q}, Permissions: [Write]}
        """
    )
    assert [(p.service, p.statements[0].actions[0].shown) for p in on_resources(stack)] == [("sqs", "sqs:SendMessage")]


def test_the_resource_policy_of_an_api(template: Template) -> None:
    stack = template(
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          A:
            Type: AWS::Serverless::Api
            Properties:
              Auth:
                ResourcePolicy:
                  AwsAccountWhitelist: ["111111111111"]
                  IpRangeWhitelist: [10.0.0.0/8]
                  SourceVpcBlacklist: [vpc-1, vpce-2]
        """
    )
    (policy,) = on_resources(stack)
    assert [(s.effect.shown if s.effect else "", s.principals[0].name.shown) for s in policy.statements] == [
        ("Allow", "111111111111"),
        ("Allow", "*"),
        ("Deny", "*"),
        ("Allow", "*"),
        ("Deny", "*"),
    ]
    assert [f"{c.operator.shown} {c.key.shown}" for s in policy.statements for c in s.conditions] == [
        "NotIpAddress aws:SourceIp",
        "StringEquals aws:SourceVpc",
        "StringEquals aws:SourceVpce",
    ]


def test_the_policy_in_the_definition_of_an_api(template: Template) -> None:
    policy = "{Statement: {Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: '*'}}"
    stack = template(
        f"""
        Transform: AWS::Serverless-2016-10-31
        Resources:
          A:
            Type: AWS::Serverless::Api
            Properties: {{DefinitionBody: {{x-amazon-apigateway-policy: {policy}}}}}
        """
    )
    assert [p.statements[0].principals[0].kind for p in on_resources(stack)] == ["anyone"]


@pytest.mark.parametrize("kind", ["Function", "StateMachine"])
def test_policies_beside_a_role_go_to_nobody_and_are_judged(kind: str, template: Template) -> None:
    stack = template(
        f"""
        Transform: AWS::Serverless-2016-10-31
        Resources:
          R:
            Type: AWS::Serverless::{kind}
            Properties:
              Role: arn:aws:iam::111122223333:role/own
              Policies:
              - AWSLambdaExecute
              - SQSPollerPolicy: {{QueueName: q}}
              - Version: "2012-10-17"
                Statement: {{Effect: Allow, Action: "s3:*", Resource: "*"}}
        """
    )
    (policy,) = stack.policies
    assert (policy.attachment, granted([policy])) == ("unattached", [("s3:*", "*")])
    assert [(f.code, f.message[:24]) for f in policy.grammar] == [
        ("invalid-policy-element", "`Policies` has no effect")
    ]


def test_a_policy_as_a_role_has_it(template: Template) -> None:
    stack = template(
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          R:
            Type: AWS::Serverless::Function
            Properties:
              Policies:
              - PolicyName: p
                PolicyDocument: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "s3:*", Resource: "*"}}
        """
    )
    (policy,) = (one for one in stack.policies if one.attachment == "inline")
    assert (granted([policy]), [flaw.code for flaw in policy.grammar]) == ([("s3:*", "*")], ["invalid-policy-element"])

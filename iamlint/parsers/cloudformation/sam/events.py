"""What SAM makes of event sources: rights of the role to read them, and permissions of theirs to start something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from iamlint.model.text import Text
from iamlint.model.unknown import Guard
from iamlint.model.value import MapValue, Scalar, Value
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.sam.role import GeneratedRole
from iamlint.parsers.cloudformation.sam.statements import document, string
from iamlint.parsers.values import alternatives, as_list, as_text
from iamlint.source.span import Place

_HERE = "${AWS::Region}:${AWS::AccountId}"
# AWS managed policies of the sources that Lambda reads with the function's role.
_READ_WITH = {
    "Kinesis": "service-role/AWSLambdaKinesisExecutionRole",
    "DynamoDB": "service-role/AWSLambdaDynamoDBExecutionRole",
    "SQS": "service-role/AWSLambdaSQSQueueExecutionRole",
    "MSK": "service-role/AWSLambdaMSKExecutionRole",
}
_RULE = (
    "events.amazonaws.com",
    {"ArnLike": {"AWS:SourceArn": f"arn:${{AWS::Partition}}:events:{_HERE}:rule/${{Name}}"}},
)
_API = (
    "apigateway.amazonaws.com",
    {"ArnLike": {"AWS:SourceArn": f"arn:${{AWS::Partition}}:execute-api:{_HERE}:${{Api}}/${{Stage}}/${{Method}}"}},
)
# The sources that invoke a function: their service, and the condition that SAM writes. Holes are the event's
# properties.
_CALLERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Schedule": _RULE,
    "CloudWatchEvent": _RULE,
    "EventBridgeRule": _RULE,
    "S3": ("s3.amazonaws.com", {"StringEquals": {"AWS:SourceAccount": "${AWS::AccountId}"}}),
    "SNS": ("sns.amazonaws.com", {"ArnLike": {"AWS:SourceArn": "${Topic}"}}),
    "Api": _API,
    "HttpApi": _API,
    "AlexaSkill": ("alexa-appkit.amazon.com", {"StringEquals": {"lambda:EventSourceToken": "${SkillId}"}}),
    "IoTRule": (
        "iot.amazonaws.com",
        {
            "StringEquals": {"AWS:SourceAccount": "${AWS::AccountId}"},
            "ArnLike": {"AWS:SourceArn": f"arn:${{AWS::Partition}}:iot:{_HERE}:rule/${{Rule}}"},
        },
    ),
    "Cognito": (
        "cognito-idp.amazonaws.com",
        {"ArnLike": {"AWS:SourceArn": f"arn:${{AWS::Partition}}:cognito-idp:{_HERE}:userpool/${{UserPool}}"}},
    ),
    "CloudWatchLogs": (
        "logs.amazonaws.com",
        {"ArnLike": {"AWS:SourceArn": f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:${{LogGroupName}}:*"}},
    ),
}
# The sources that start a state machine by a role of their own, and whose service assumes it.
_STARTERS = {
    "Schedule": "events.amazonaws.com",
    "CloudWatchEvent": "events.amazonaws.com",
    "EventBridgeRule": "events.amazonaws.com",
    "Api": "apigateway.amazonaws.com",
    "ScheduleV2": "scheduler.amazonaws.com",
}
_SENDS = {
    "SQS": (("sqs:SendMessage", ""),),
    "SNS": (("sns:publish", ""),),
    "Lambda": (("lambda:InvokeFunction", ""),),
    "EventBridge": (("events:PutEvents", ""),),
    "S3": (("s3:PutObject", "/*"), ("s3:ListBucket", "")),
    "S3Bucket": (("s3:PutObject", "/*"), ("s3:ListBucket", "")),
}
_INTERFACES = [
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface", "ec2:DescribeVpcs",
    "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups",
]  # fmt: skip
_SECRETS = frozenset(
    {
        "BASIC_AUTH", "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "OAUTHBEARER_AUTH",
        "SERVER_ROOT_CA_CERTIFICATE",
    }
)  # fmt: skip


class _Event(NamedTuple):
    """An event as declared: its name, its type, its properties."""

    name: Text
    kind: str
    properties: MapValue
    when: Guard

    @property
    def element(self) -> str:
        return f"Events/{self.name.shown}"

    @property
    def place(self) -> Place:
        return self.name.place

    def of(self, name: str) -> Value | None:
        return self.properties.get(name)


def of_function(it: Declaring, role: GeneratedRole | None) -> None:
    """The event sources of a function; `role` is the one that SAM makes for it, if it does."""
    for event in _events(it):
        if event.kind == "ScheduleV2":
            arn = it.evaluator.references.attribute(it.logical_id, "Arn", event.place)
            _starter(it, event, "scheduler.amazonaws.com", "lambda:InvokeFunction", arn)
        elif event.kind == "SNS" and _is_on(event.of("SqsSubscription")):
            if role is not None:
                role.attach(_READ_WITH["SQS"], event.element, event.place)
        elif event.kind in _CALLERS:
            _caller(it, event)
        elif role is not None:
            if event.kind in _READ_WITH:
                role.attach(_READ_WITH[event.kind], event.element, event.place)
            role.grant(list(_reading(it, event)), event.element, event.place, event.when)
            destination(_within(event.of("DestinationConfig"), "OnFailure"), event.element, role)


def of_state_machine(it: Declaring) -> None:
    """The event sources of a state machine, each with a role that may start it."""
    for event in _events(it):
        if event.kind in _STARTERS:
            arn = it.evaluator.references.ref(it.logical_id, event.place)
            _starter(it, event, _STARTERS[event.kind], "states:StartExecution", arn)


def destination(value: Value | None, element: str, role: GeneratedRole) -> None:
    """Where the records of an event go: the role may send them there, when SAM is told what kind of place it is."""
    for option in alternatives(value) if value is not None else ():
        if not isinstance(option, MapValue):
            continue
        kind, target = option.get("Type"), option.get("Destination")
        name = as_text(kind) if kind is not None else None
        for action, below in _SENDS.get(name.shown, ()) if name is not None else ():
            for one in alternatives(target) if target is not None else (None,):
                resource = _sent_to(role.it, name.shown if name is not None else "", one, below, option.place)
                guard = option.when.joined(one.when) if one is not None else option.when
                if guard is not None:
                    role.grant([_allow(action, resource)], element, resource.place, guard)


def _sent_to(it: Declaring, kind: str, target: Value | None, below: str, place: Place) -> Value:
    """The ARN that records go to; where the user names none, SAM makes a queue or a topic."""
    if target is None or (isinstance(target, Scalar) and target.value is None):
        return string(it, f"arn:${{AWS::Partition}}:{kind.lower()}:{_HERE}:${{Name}}", place)
    return string(it, f"${{Destination}}{below}", target.place, {"Destination": target}.get)


def _events(it: Declaring) -> Iterator[_Event]:
    written = it.value("Events")
    for events in alternatives(written) if written is not None else ():
        if not isinstance(events, MapValue):
            continue
        for name, value in events.entries:
            for option in alternatives(value):
                kind = option.get("Type") if isinstance(option, MapValue) else None
                text = as_text(kind) if kind is not None else None
                properties = option.get("Properties") if isinstance(option, MapValue) else None
                if text is not None and text.literal:
                    given = properties if isinstance(properties, MapValue) else MapValue((), name.place)
                    yield _Event(name, text.literal, given, events.when.joined(option.when) or option.when)


def _allow(action: str | list[str], resource: Value | str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _caller(it: Declaring, event: _Event) -> None:
    """The permission to invoke the function, as Lambda writes it into the function's policy."""
    service, condition = _CALLERS[event.kind]
    statement: dict[str, Any] = {
        **_allow("lambda:InvokeFunction", it.evaluator.references.attribute(it.logical_id, "Arn", event.place)),
        "Principal": {"Service": service},
    }
    # Without the id of a skill, every skill of everybody may invoke the function.
    if event.kind != "AlexaSkill" or event.of("SkillId") is not None:
        statement["Condition"] = condition
    body = document(it, [statement], event.place, event.of)
    at = it.at(event.element, event.place, event.when)
    it.builder.policy(body, at, "resource", "resource", service="lambda", label=it.logical_id)


def _starter(it: Declaring, event: _Event, service: str, action: str, target: Value) -> None:
    """A role that the event's service assumes to start what the event is for."""
    if event.of("RoleArn") is not None:
        return
    role = GeneratedRole(it, event.when, event.element, event.place)
    boundary = event.of("PermissionsBoundary")
    text = as_text(boundary) if boundary is not None else it.text("PermissionsBoundary")
    it.builder.identity("role", role.at(event.element), None, text)
    role.trust(service)
    role.grant([_allow(action, target)], event.element, event.place, event.when)
    if event.kind == "ScheduleV2" and event.of("DeadLetterConfig") is not None:
        queue = _sent_to(it, "SQS", _within(event.of("DeadLetterConfig"), "Arn"), "", event.place)
        role.grant([_allow("sqs:SendMessage", queue)], event.element, queue.place, event.when)


def _reading(it: Declaring, event: _Event) -> Iterator[dict[str, Any]]:
    """The statements that the role gets to read a source; those for streams are in managed policies."""
    if event.kind not in ("MSK", "MQ", "SelfManagedKafka", "DocumentDB"):
        return
    configured = event.of("SourceAccessConfigurations")
    kinds = set()
    for item in as_list(configured) if configured is not None else ():
        kind, uri = (item.get("Type"), item.get("URI")) if isinstance(item, MapValue) else (None, None)
        name = as_text(kind) if kind is not None else None
        kinds.add(name.shown if name is not None else "")
        is_read = name is not None and name.shown in _SECRETS
        if event.kind == "MSK":
            is_read = name is not None and name.shown == "CLIENT_CERTIFICATE_TLS_AUTH"
        if is_read and uri is not None:
            yield _allow("secretsmanager:GetSecretValue", uri)
    place = event.place
    if event.kind == "MQ" and event.of("Broker") is not None:
        yield _allow("mq:DescribeBroker", string(it, "${Broker}", place, event.of))
    if event.kind == "DocumentDB":
        rds = f"arn:${{AWS::Partition}}:rds:{_HERE}:"
        yield _allow("rds:DescribeDBClusterParameters", string(it, f"{rds}cluster-pg:*", place))
        yield _allow("rds:DescribeDBSubnetGroups", string(it, f"{rds}subgrp:*", place))
        yield _allow("rds:DescribeDBClusters", string(it, "${Cluster}", place, event.of))
    if event.kind == "DocumentDB" or {"VPC_SUBNET", "VPC_SECURITY_GROUP"} <= kinds:
        yield _allow(_INTERFACES, "*")
    if event.of("SecretsManagerKmsKeyId") is not None:
        key = f"arn:${{AWS::Partition}}:kms:{_HERE}:key/${{SecretsManagerKmsKeyId}}"
        yield _allow("kms:Decrypt", string(it, key, place, event.of))
    yield from _schema_registry(it, event)


def _schema_registry(it: Declaring, event: _Event) -> Iterator[dict[str, Any]]:
    """What Kafka sources read schemas with."""
    registry = event.of("SchemaRegistryConfig")
    configured = _within(registry, "AccessConfigs")
    for item in as_list(configured) if configured is not None else ():
        uri = item.get("URI") if isinstance(item, MapValue) else None
        if uri is not None:
            yield _allow("secretsmanager:GetSecretValue", uri)
    address = _within(registry, "SchemaRegistryURI")
    text = as_text(address) if address is not None else None
    _, found, name = text.shown.partition(":registry/") if text is not None else ("", "", "")
    if text is not None and found:
        schemas = f"arn:${{AWS::Partition}}:glue:{_HERE}:schema/{name}/*"
        yield _allow("glue:GetRegistry", text)
        yield _allow("glue:GetSchemaVersion", string(it, schemas, text.place))


def _within(value: Value | None, name: str) -> Value | None:
    option = next(alternatives(value), None) if value is not None else None
    return option.get(name) if isinstance(option, MapValue) else None


def _is_on(value: Value | None) -> bool:
    """Whether a property that is `true`, or an object with settings, asks for something."""
    text = as_text(value) if value is not None else None
    return value is not None and (text is None or text.shown.lower() == "true")

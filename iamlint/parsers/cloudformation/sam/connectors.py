"""SAM's connectors: which rights `AWS::Serverless::Connector` and the attribute `Connectors` give to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from iamlint.aws import sam as published
from iamlint.aws.sam import Connector
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import MapValue, Value
from iamlint.parsers.assemble import At, Target
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.references import type_of
from iamlint.parsers.cloudformation.sam.statements import document
from iamlint.parsers.values import alternatives, as_list, as_text
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Place

_AS_CLOUDFORMATION = {
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
}
_ARN_BY_REF = (
    "AWS::StepFunctions::StateMachine",
    "AWS::SNS::Topic",
    "AWS::AppSync::GraphQLApi",
    "AWS::AppSync::DataSource",
)
# The property that names the role which a connector extends.
_ROLES = {
    "AWS::Lambda::Function": "Role",
    "AWS::StepFunctions::StateMachine": "RoleArn",
    "AWS::AppSync::DataSource": "ServiceRoleArn",
    "AWS::Serverless::Function": "Role",
    "AWS::Serverless::StateMachine": "Role",
}
_GENERATED = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")


class _End(NamedTuple):
    """One end of a connector: a resource of the template by its logical id, or one described by its properties."""

    logical_id: str
    kind: str
    given: MapValue | None
    body: MappingNode | None
    place: Place

    @property
    def type(self) -> str:
        return _AS_CLOUDFORMATION.get(self.kind, self.kind)


def attached_connectors(it: Declaring) -> None:
    """The connectors that a resource has as its attribute `Connectors`, itself being the source."""
    section = it.node.get("Connectors")
    for name, body in section.entries if isinstance(section, MappingNode) else ():
        properties = body.get("Properties") if isinstance(body, MappingNode) else None
        condition = body.get("Condition") if isinstance(body, MappingNode) else None
        guard: Guard | None = ALWAYS
        if isinstance(condition, ScalarNode):
            guard = it.evaluator.branch(str(condition.value), True)
        if isinstance(properties, MappingNode) and guard is not None:
            at = it.at(f"Connectors/{name.value}", name, guard)
            at.address = f"{it.address}/Connectors/{name.value}"
            source = _End(it.logical_id, it.kind, None, it.node, name)
            _connect(it, source, properties, at)


def connector(it: Declaring, properties: MappingNode | None, at: At) -> None:
    """A connector that is a resource of its own."""
    source = _end(it, properties.get("Source")) if properties is not None else None
    if properties is not None and source is not None:
        _connect(it, source, properties, at)


def _connect(it: Declaring, source: _End, properties: MappingNode, at: At) -> None:
    wanted = properties.get("Permissions")
    listed = as_list(it.evaluator.value(wanted)) if wanted is not None else ()
    permissions = {text.shown: text.place for text in map(as_text, listed) if text is not None}
    destination = properties.get("Destination")
    for value in as_list(it.evaluator.value(destination)) if destination is not None else ():
        end = _described(it, value)
        if end is None:
            continue
        made = published.connector(source.type, end.type)
        if made is None:
            it.builder.note_unknown(Unknown("a connector between types that SAM does not connect", source.type))
            continue
        for name, place in permissions.items():
            data = made.permissions.get(name)
            if data is not None:
                _declare(it, made, data, source, end, At(place, at.address, at.element, (), at.when))


def _declare(
    it: Declaring,
    made: Connector,
    data: Sequence[Mapping[str, Any]] | Mapping[str, Any],
    source: _End,
    end: _End,
    at: At,
) -> None:
    def fill(name: str) -> Value | None:
        side, _, attribute = name.partition(".")
        return _attribute(it, source if side == "Source" else end, attribute)

    mine, builder = (source if made.of_source else end), it.builder
    if made.means == "AWS_IAM_ROLE_MANAGED_POLICY" and isinstance(data, Sequence):
        other = end if made.of_source else source
        targets = list(_roles(it, mine, other))
        builder.policy(document(it, data, at.place, fill), at, "identity", "aws_managed", targets)
        return
    statements = data if isinstance(data, Sequence) else [_permission(it, data, mine)]
    service = {"AWS_LAMBDA_PERMISSION": "lambda", "AWS_SQS_QUEUE_POLICY": "sqs"}.get(made.means, "sns")
    body = document(it, statements, at.place, fill)
    builder.policy(body, at, "resource", "resource", service=service, label=mine.logical_id or it.logical_id)


def _permission(it: Declaring, data: Mapping[str, Any], function: _End) -> dict[str, Any]:
    """The statement of a Lambda permission."""
    condition = {"ArnLike": {"AWS:SourceArn": data["SourceArn"]}} if "SourceArn" in data else {}
    if "SourceAccount" in data:
        condition["StringEquals"] = {"AWS:SourceAccount": data["SourceAccount"]}
    statement = {
        "Effect": "Allow",
        "Action": data["Action"],
        "Principal": {"Service": data["Principal"]},
        "Condition": condition,
    }
    arn = _attribute(it, function, "Arn")
    return {**statement, "Resource": arn} if arn is not None else statement


def _end(it: Declaring, node: Node | None) -> _End | None:
    return _described(it, next(alternatives(it.evaluator.value(node)))) if node is not None else None


def _described(it: Declaring, value: Value) -> _End | None:
    if not isinstance(value, MapValue):
        return None
    named, kind = value.get("Id"), value.get("Type")
    name = as_text(named) if named is not None else None
    if name is not None and name.literal:
        resources = it.evaluator.sections.resources
        body = resources.get(name.literal) if resources is not None else None
        if not isinstance(body, MappingNode):
            return None
        return _End(name.literal, type_of(body), value, body, name.place)
    text = as_text(kind) if kind is not None else None
    return _End("", text.literal, value, None, text.place) if text is not None and text.literal else None


def _attribute(it: Declaring, end: _End, attribute: str) -> Value | None:
    """What a connector's statements say of one end: its ARN, its name, its id."""
    if end.given is not None:
        given = end.given.get(attribute)
        if given is not None:
            return given
    if not end.logical_id:
        return None
    references = it.evaluator.references
    if attribute == "ResourceId" or (attribute == "Arn" and end.type in _ARN_BY_REF):
        return references.ref(end.logical_id, end.place)
    if attribute == "Qualifier":
        return None
    return references.attribute(end.logical_id, attribute, end.place)


def _roles(it: Declaring, end: _End, other: _End) -> Iterator[Target]:
    """The role that gets the statements."""
    if end.given is not None:
        named = end.given.get("RoleName")
        text = as_text(named) if named is not None else None
        if text is not None:
            yield Target("role", text)
            return
    properties = end.body.get("Properties") if end.body is not None else None
    if end.kind == "AWS::Events::Rule":
        node = _role_of_target(it, properties, other)
    else:
        node = properties.get(_ROLES.get(end.kind, "")) if isinstance(properties, MappingNode) else None
    if node is not None:
        text = as_text(next(alternatives(it.evaluator.value(node))))
        if text is not None:
            yield Target("role", text)
    elif end.kind in _GENERATED:
        yield Target("role", address=it.evaluator.references.address_of(end.logical_id))


def _role_of_target(it: Declaring, properties: Node | None, other: _End) -> Node | None:
    """The role that a rule uses for one of its targets."""
    targets = properties.get("Targets") if isinstance(properties, MappingNode) else None
    for target in targets.items if isinstance(targets, SequenceNode) else ():
        if not isinstance(target, MappingNode):
            continue
        arn = target.get("Arn")
        text = as_text(next(alternatives(it.evaluator.value(arn)))) if arn is not None else None
        refers = text is not None and any(
            getattr(part, "ref", "") == it.evaluator.references.address_of(other.logical_id) for part in text.parts
        )
        if refers:
            return target.get("RoleArn")
    return None

"""The Serverless Application Model: the roles that its functions and state machines make."""

from __future__ import annotations

import re
from collections.abc import Callable

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.assemble import Target
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.values import as_list, as_text, reworked

_BARE_NAME = re.compile(r"[\w+=,.@-]+(?:/[\w+=,.@-]+)*")
# Of the managed policies that are written by name, those that AWS keeps under service-role/.
_SERVICE_ROLE = frozenset(
    {
        "AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSLambdaDynamoDBExecutionRole",
        "AWSLambdaKinesisExecutionRole", "AWSLambdaSQSQueueExecutionRole", "AWSLambdaMSKExecutionRole",
        "AWSLambdaENIManagementAccess", "AWSLambdaRole", "AmazonAPIGatewayPushToCloudWatchLogs",
        "AWSBatchServiceRole", "AWSGlueServiceRole", "AmazonEC2ContainerServiceforEC2Role",
        "AmazonECSTaskExecutionRolePolicy", "AWSCodeDeployRole", "AWSCodeDeployRoleForLambda",
    }
)  # fmt: skip


def _generated_role(it: Declaring) -> None:
    """A function without a role of its own gets one, with the policies that it lists."""
    if it.value("Role") is not None:
        return
    policies = it.value("Policies")
    trust = it.value("AssumeRolePolicyDocument")
    it.builder.identity("role", it.at(), None, it.text("PermissionsBoundary"))
    if trust is not None:
        at = it.at("AssumeRolePolicyDocument")
        it.builder.policy(trust, at, "trust", "inline", [Target("role", address=it.address)])
    for index, item in enumerate(as_list(policies) if policies is not None else ()):
        _policy(it, f"Policies/{index}", item)


def _policy(it: Declaring, element: str, item: Value) -> None:
    at = it.at(element, item.place, item.when)
    target = [Target("role", address=it.address)]
    if isinstance(item, MapValue):
        if item.get("Statement") is not None:
            it.builder.policy(item, at, "identity", "inline", target)
        elif len(item.entries) == 1 and isinstance(item.entries[0][1], MapValue):
            name = item.entries[0][0].shown
            it.builder.note_unknown(Unknown("a SAM policy template", name))
        elif item.get("Effect") is not None:
            statements = (Text(parts=("Statement",), place=item.place), ListValue((item,), item.place))
            it.builder.policy(MapValue((statements,), item.place), at, "identity", "inline", target)
        return
    if isinstance(item, UnknownValue) and item.unknown.many:
        it.builder.note_unknown(item.unknown)
        return
    text = as_text(item)
    if text is not None:
        at.via = text.via
        it.builder.attach(_as_arn(text), at, "role", holder_address=it.address)


def _as_arn(text: Text) -> Text:
    """A managed policy that is written by its bare name, by its ARN."""
    name = text.literal
    if name is None or _BARE_NAME.fullmatch(name) is None:
        return text
    path = "service-role/" if name in _SERVICE_ROLE else ""
    arn = Text(parts=(f"arn:aws:iam::aws:policy/{path}{name}",), place=text.place)
    named = reworked(arn, via=text.via, when=text.when)
    return named if isinstance(named, Text) else text


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::Serverless::Function": _generated_role,
    "AWS::Serverless::StateMachine": _generated_role,
}

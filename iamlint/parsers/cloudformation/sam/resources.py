"""The resources of the Serverless Application Model: which role and permissions each makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from iamlint.aws import sam as published
from iamlint.model.text import Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.assemble import At
from iamlint.parsers.cloudformation import workloads
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.misplaced import in_item
from iamlint.parsers.cloudformation.sam import events
from iamlint.parsers.cloudformation.sam.api import api
from iamlint.parsers.cloudformation.sam.connectors import connector
from iamlint.parsers.cloudformation.sam.globals import with_globals
from iamlint.parsers.cloudformation.sam.role import GeneratedRole
from iamlint.parsers.cloudformation.sam.statements import document, has_holes
from iamlint.parsers.values import alternatives, as_list, as_text, reworked

_BARE_NAME = re.compile(r"[\w+=,.@-]+(?:/[\w+=,.@-]+)*")


def _function(it: Declaring) -> None:
    with_globals(it)
    workloads.run(it, workloads.FUNCTION, _without_role(it))
    role = _role(it, "lambda.amazonaws.com")
    if role is not None:
        durable = it.value("DurableConfig") is not None
        role.attach(
            "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
            if durable
            else "service-role/AWSLambdaBasicExecutionRole"
        )
        if it.value("Tracing") is not None and it.literal("Tracing") != "Disabled":
            role.attach("AWSXrayWriteOnlyAccess", "Tracing")
        if it.value("VpcConfig") is not None:
            role.attach("service-role/AWSLambdaVPCAccessExecutionRole", "VpcConfig")
        _dead_letters(it, role)
        for name in ("OnSuccess", "OnFailure"):
            path = f"EventInvokeConfig.DestinationConfig.{name}"
            events.destination(it.value(path), path.replace(".", "/"), role)
    events.of_function(it, role)


def _state_machine(it: Declaring) -> None:
    with_globals(it)
    workloads.run(it, workloads.STATE_MACHINE, _without_role(it))
    role = _role(it, "states.amazonaws.com")
    tracing = it.value("Tracing.Enabled")
    if role is not None and isinstance(tracing, Scalar) and tracing.value is True:
        role.attach("AWSXrayWriteOnlyAccess", "Tracing")
    events.of_state_machine(it)


def _role(it: Declaring, service: str) -> GeneratedRole | None:
    """The role that is made when the resource names none, with the policies that the user lists."""
    guard = _without_role(it)
    if guard is None:
        _without_effect(it)
        return None
    role = GeneratedRole(it, guard)
    it.builder.identity("role", role.at(), None, it.text("PermissionsBoundary"))
    trust = it.value("AssumeRolePolicyDocument")
    if trust is not None:
        at = role.at("AssumeRolePolicyDocument")
        it.builder.policy(trust, at, "trust", "inline", [role.target])
    else:
        role.trust(service)
    policies = it.value("Policies")
    for index, item in enumerate(as_list(policies) if policies is not None else ()):
        _policy(role, f"Policies/{index}", item)
    return role


def _without_effect(it: Declaring) -> None:
    """Statements in `Policies` beside a `Role`: SAM leaves them out, and somebody was meant to have them."""
    policies = it.value("Policies")
    for index, item in enumerate(as_list(policies) if policies is not None else ()):
        found = in_item(item) if isinstance(item, MapValue) else None
        if found is not None and found.document is not None:
            at = it.at(f"Policies/{index}", item.place, item.when)
            astray = "`Policies` has no effect beside `Role`: SAM makes no role that could have it"
            it.builder.policy(found.document, at, "identity", "unattached", astray=astray)


def _without_role(it: Declaring) -> Guard | None:
    """When the resource has no role of the user's: always, or in a branch of an `Fn::If`; None for never."""
    given = it.value("Role")
    if given is None:
        return ALWAYS
    return next((o.when for o in alternatives(given) if isinstance(o, Scalar) and o.value is None), None)


def _policy(role: GeneratedRole, element: str, item: Value) -> None:
    it = role.it
    at = role.at(element, item.place, item.when)
    if isinstance(item, MapValue):
        if item.get("Statement") is not None:
            it.builder.policy(item, at, "identity", "inline", [role.target])
        elif (document := item.get("PolicyDocument")) is not None:
            astray = "`PolicyDocument` belongs to roles: SAM takes its content here"
            it.builder.policy(document, at, "identity", "inline", [role.target], astray=astray)
        elif item.get("Effect") is not None:
            statements = (Text(parts=("Statement",), place=item.place), ListValue((item,), item.place))
            it.builder.policy(MapValue((statements,), item.place), at, "identity", "inline", [role.target])
        elif len(item.entries) == 1:
            _policy_template(role, at, *item.entries[0])
        return
    if isinstance(item, UnknownValue) and item.unknown.many:
        it.builder.note_unknown(item.unknown)
        return
    text = as_text(item)
    if text is not None:
        at.via = text.via
        role.attach_text(_as_arn(text), at)


def _policy_template(role: GeneratedRole, at: At, name: Text, given: Value) -> None:
    """One of SAM's policy templates: AWS wrote its statements, the user chose it and gave the parameters."""
    it = role.it
    statements = published.policy_template(name.shown)
    if statements is None:
        it.builder.note_unknown(Unknown("a SAM policy template that is not known", name.shown))
        return
    at.place = name.place
    for option in alternatives(given):
        when = at.when.joined(option.when)
        if when is None:
            continue
        parameters = option if isinstance(option, MapValue) else MapValue((), option.place)
        place = At(at.place, at.address, at.element, at.via, when)
        # Those that take no parameter are AWS's from end to end.
        fixed = [statement for statement in statements if not has_holes(statement)]
        filled = [statement for statement in statements if has_holes(statement)]
        if fixed:
            body = document(it, fixed, name.place)
            it.builder.policy(body, place, "identity", "generated", [role.target], name.shown)
        if filled:
            body = document(it, filled, name.place, parameters.get)
            it.builder.policy(body, place, "identity", "aws_managed", [role.target], name.shown)


def _as_arn(text: Text) -> Text:
    """A managed policy that is written by its bare name, by its ARN."""
    name = text.literal
    if name is None or _BARE_NAME.fullmatch(name) is None:
        return text
    path = published.managed_policy_path(name)
    arn = Text(parts=(f"arn:aws:iam::aws:policy/{path}",), place=text.place)
    named = reworked(arn, via=text.via, when=text.when)
    return named if isinstance(named, Text) else text


_QUEUED = {"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}


def _dead_letters(it: Declaring, role: GeneratedRole) -> None:
    for queue in _maps(it.value("DeadLetterQueue")):
        kind, arn = queue.get("Type"), queue.get("TargetArn")
        name = as_text(kind) if kind is not None else None
        action = _QUEUED.get(name.literal or "") if name is not None else None
        if action is not None and arn is not None:
            statement = {"Effect": "Allow", "Action": action, "Resource": arn}
            role.grant([statement], "DeadLetterQueue", arn.place, queue.when)


def _maps(value: Value | None) -> Iterator[MapValue]:
    for option in alternatives(value) if value is not None else ():
        if isinstance(option, MapValue):
            yield option


def _connector(it: Declaring) -> None:
    connector(it, it.properties, it.at())


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::Serverless::Function": _function,
    "AWS::Serverless::StateMachine": _state_machine,
    "AWS::Serverless::Api": api,
    "AWS::Serverless::Connector": _connector,
}

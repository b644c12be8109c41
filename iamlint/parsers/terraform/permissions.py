"""Permissions that are one statement written as arguments: Lambda functions and layers, event buses."""

from __future__ import annotations

from iamlint.model.text import Text
from iamlint.model.value import ListValue, MapValue, Value
from iamlint.parsers.terraform.declaring import Declaring, block_value, text_of
from iamlint.parsers.terraform.literals import text
from iamlint.source.hcl_syntax import Attribute
from iamlint.source.span import Place

# argument: (condition operator, condition key). Lambda Developer Guide, AddPermission.
_CONDITIONS = {
    "source_arn": ("ArnLike", "AWS:SourceArn"),
    "source_account": ("StringEquals", "AWS:SourceAccount"),
    "principal_org_id": ("StringEquals", "aws:PrincipalOrgID"),
    "organization_id": ("StringEquals", "aws:PrincipalOrgID"),
    "event_source_token": ("StringEquals", "lambda:EventSourceToken"),
    "function_url_auth_type": ("StringEquals", "lambda:FunctionUrlAuthType"),
}


def lambda_permission(it: Declaring) -> None:
    """`aws_lambda_permission` as the statement that Lambda adds to the function's policy."""
    _declare(it, "function_name", ("action",))


def lambda_layer_permission(it: Declaring) -> None:
    """`aws_lambda_layer_version_permission` as the statement that Lambda adds to the layer's policy."""
    _declare(it, "layer_name", ("action",))


def event_permission(it: Declaring) -> None:
    """`aws_cloudwatch_event_permission` as the statement that EventBridge adds to the bus's policy."""
    tests: dict[str, list[tuple[Text, Value]]] = {}
    for condition in it.blocks("condition"):
        operator, key = (text_of(block_value(condition, name)) for name in ("type", "key"))
        value = block_value(condition, "value")
        if key is not None and value is not None:
            name = (operator.literal if operator is not None else None) or "StringEquals"
            tests.setdefault(name, []).append((key, value))
    _declare(it, "", ("action",), "events", "events:PutEvents", tests)


def _declare(
    it: Declaring, resource: str, actions: tuple[str, ...], service: str = "lambda", action_left_out: str = "",
    tests: dict[str, list[tuple[Text, Value]]] | None = None,
) -> None:  # fmt: skip
    block = it.instance.block
    entries: list[tuple[Text, Value]] = [(text("Effect", block), text("Allow", block))]

    def put(name: str, value: Value, place: Place) -> None:
        entries.append((text(name, place), value))

    written: dict[str, Attribute] = block.body.attributes
    sid = it.value("statement_id")
    if sid is not None:
        put("Sid", sid, written["statement_id"])
    for name in actions:
        action = it.value(name)
        if action is not None:
            put("Action", action, written[name])
        elif action_left_out:
            put("Action", text(action_left_out, block), block)
    principal = it.text("principal")
    if principal is not None:
        put("Principal", _principal(principal), written["principal"])
    target = it.value(resource) if resource else None
    if target is not None:
        put("Resource", target, written[resource])
    tests = {} if tests is None else tests
    for name, (operator, key) in _CONDITIONS.items():
        value = it.value(name)
        if value is not None:
            tests.setdefault(operator, []).append((text(key, written[name]), value))
    if tests:
        conditions = tuple((text(op, block), MapValue(tuple(pairs), block)) for op, pairs in tests.items())
        put("Condition", MapValue(conditions, block), block)
    statement = MapValue(tuple(entries), block)
    document = MapValue(((text("Statement", block), ListValue((statement,), block)),), block)
    it.builder.policy(document, it.at(), "resource", "resource", (), "", service, it.instance.address)


def _principal(principal: Text) -> Value:
    """Who is meant: everybody, a service, or an account or ARN."""
    literal = principal.literal
    if literal == "*":
        return principal
    shown = principal.shown
    kind = "Service" if shown.endswith((".amazonaws.com", ".amazonaws.com.cn")) else "AWS"
    if literal is None and kind == "AWS" and not shown.startswith("arn:"):
        return principal
    return MapValue(((text(kind, principal.place), principal),), principal.place)

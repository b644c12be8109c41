"""Permissions that are one statement written as arguments: Lambda functions and layers."""

from __future__ import annotations

from iamlint.model.text import Text
from iamlint.model.value import ListValue, MapValue, Value
from iamlint.parsers.terraform.declaring import Declaring
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


def _declare(it: Declaring, resource: str, actions: tuple[str, ...]) -> None:
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
    principal = it.text("principal")
    if principal is not None:
        put("Principal", _principal(principal), written["principal"])
    target = it.value(resource)
    if target is not None:
        put("Resource", target, written[resource])
    tests: dict[str, list[tuple[Text, Value]]] = {}
    for name, (operator, key) in _CONDITIONS.items():
        value = it.value(name)
        if value is not None:
            tests.setdefault(operator, []).append((text(key, written[name]), value))
    if tests:
        conditions = tuple((text(op, block), MapValue(tuple(pairs), block)) for op, pairs in tests.items())
        put("Condition", MapValue(conditions, block), block)
    statement = MapValue(tuple(entries), block)
    document = MapValue(((text("Statement", block), ListValue((statement,), block)),), block)
    it.builder.policy(document, it.at(), "resource", "resource", (), "", "lambda", it.instance.address)


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

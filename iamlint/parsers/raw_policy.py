"""A policy file standing alone: told apart by its shape; and the output of the AWS CLI's `iam get-…` commands."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from urllib.parse import unquote

from iamlint.model.policy import AttachmentForm, PolicyKind
from iamlint.model.stack import Stack
from iamlint.model.text import Text
from iamlint.model.value import ListValue, MapValue, Scalar, Value
from iamlint.parsers.assemble import At, StackBuilder, Target
from iamlint.parsers.nodes import value_of
from iamlint.parsers.values import as_list, as_text
from iamlint.source.document import Document
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Place

_DETAILS = {"UserDetailList": "user", "GroupDetailList": "group", "RoleDetailList": "role"}
_CLI = ("PolicyVersion", "Role", "PolicyDocument", "RoleDetailList", "UserDetailList", "GroupDetailList", "Roles")
_GUARDRAIL_WORDS = ("scp", "service_control", "service-control", "guardrail")
_RCP_WORDS = ("rcp", "resource_control", "resource-control")


def is_policy(root: Node) -> bool:
    """Whether a file's content is a policy, or CLI output or a list with policies in it."""
    if isinstance(root, SequenceNode):
        return bool(root.items) and all(is_policy(item) for item in root.items[:3])
    if not isinstance(root, MappingNode):
        return False
    return _is_document(root) or any(root.get(key) is not None for key in _CLI)


def _is_document(node: Node | None) -> bool:
    """Whether a node is a policy document: statements that have an Effect."""
    if not isinstance(node, MappingNode):
        return False
    statement = next((value for key, value in node.entries if str(key.value).lower() == "statement"), None)
    items = statement.items if isinstance(statement, SequenceNode) else [statement]
    return bool(items) and any(
        isinstance(item, MappingNode) and any(str(key).lower() == "effect" for key in item.keys()) for item in items
    )


def stack(document: Document) -> Stack:
    """The stack of a policy file: its policies, each of the kind that its shape says."""
    builder = StackBuilder(document.source.path)
    if document.root is not None:
        _read(document.root, "", builder, document.source.path)
    _credentials(document, builder)
    return builder.build()


def _read(root: Node, address: str, builder: StackBuilder, path: str) -> None:
    if isinstance(root, SequenceNode):
        for number, item in enumerate(root.items):
            _read(item, f"{address}/{number}".lstrip("/"), builder, path)
        return
    if not isinstance(root, MappingNode):
        return
    if _is_document(root):
        value = value_of(root)
        kind = _kind(value, path)
        form: AttachmentForm = "resource" if kind == "resource" else "unattached"
        label = PurePosixPath(path).name if kind == "resource" else ""
        builder.policy(value, At(root, address), kind, form, label=label)
        return
    _read_cli_output(root, builder, path)


def _kind(document: Value, path: str) -> PolicyKind:
    """The kind of a document: with principals a trust policy when it is about assuming roles, else a resource's."""
    statements = [item for item in as_list(_member(document, "Statement") or document) if isinstance(item, MapValue)]
    if any(item.get("Principal") or item.get("NotPrincipal") for item in statements):
        actions = [text.shown.lower() for item in statements for text in _texts(item.get("Action"))]
        if actions and all(action.startswith("sts:") for action in actions):
            return "trust"
        return "rcp" if any(word in path.lower() for word in _RCP_WORDS) else "resource"
    words = path.lower()
    return "scp" if any(word in words for word in _GUARDRAIL_WORDS) else "identity"


def _member(value: Value | None, key: str) -> Value | None:
    return value.get(key) if isinstance(value, MapValue) else None


def _texts(value: Value | None) -> list[Text]:
    return [text for item in as_list(value) if (text := as_text(item)) is not None] if value is not None else []


def _read_cli_output(root: MappingNode, builder: StackBuilder, path: str) -> None:
    version = root.get("PolicyVersion")
    if isinstance(version, MappingNode):
        nested = version.get("Document")
        if nested is not None and _is_document(nested):
            builder.policy(value_of(nested), At(nested, "PolicyVersion"), "identity", "managed")
    role = root.get("Role")
    if isinstance(role, MappingNode):
        _identity(role, "role", builder)
    inline = root.get("PolicyDocument")
    if _is_document(inline) and inline is not None:
        _inline_output(root, inline, builder)
    for key, kind in (*_DETAILS.items(), ("Roles", "role")):
        listed = root.get(key)
        for item in listed.items if isinstance(listed, SequenceNode) else ():
            if isinstance(item, MappingNode):
                _identity(item, kind, builder)
    policies = root.get("Policies")
    for item in policies.items if isinstance(policies, SequenceNode) else ():
        if isinstance(item, MappingNode):
            _managed(item, builder)


def _inline_output(root: MappingNode, document: Node, builder: StackBuilder) -> None:
    """What `get-role-policy`, `get-user-policy` and `get-group-policy` print."""
    for key, kind in (("RoleName", "role"), ("UserName", "user"), ("GroupName", "group")):
        name = _text(root, key)
        if name is not None:
            target = Target(kind, name)  # type: ignore[arg-type]
            policy_name = _text(root, "PolicyName")
            builder.policy(
                value_of(document),
                At(root, name.shown),
                "identity",
                "inline",
                [target],
                name=policy_name.shown if policy_name is not None else "",
            )


def _text(node: MappingNode, key: str) -> Text | None:
    value = node.get(key)
    return as_text(value_of(value)) if value is not None else None


def _identity(node: MappingNode, kind: str, builder: StackBuilder) -> None:
    """An identity as the CLI prints it, with its inline policies, attachments, groups and trust policy."""
    name = _text(node, f"{kind.title()}Name")
    if name is None:
        return
    address = f"{kind}/{name.shown}"
    boundary = node.get("PermissionsBoundary")
    bound = _text(boundary, "PermissionsBoundaryArn") if isinstance(boundary, MappingNode) else None
    builder.identity(kind, At(node, address), name, bound)  # type: ignore[arg-type]
    own = Target(kind, address=address)  # type: ignore[arg-type]
    trust = node.get("AssumeRolePolicyDocument")
    if trust is not None:
        builder.policy(_decoded(trust), At(trust, address, "AssumeRolePolicyDocument"), "trust", "inline", [own])
    inline = node.get(f"{kind.title()}PolicyList")
    for number, item in enumerate(inline.items if isinstance(inline, SequenceNode) else ()):
        document = item.get("PolicyDocument") if isinstance(item, MappingNode) else None
        if document is not None and isinstance(item, MappingNode):
            policy_name = _text(item, "PolicyName")
            at = At(item, address, f"{kind.title()}PolicyList/{number}")
            shown = policy_name.shown if policy_name is not None else ""
            builder.policy(_decoded(document), at, "identity", "inline", [own], name=shown)
    attached = node.get("AttachedManagedPolicies")
    for number, item in enumerate(attached.items if isinstance(attached, SequenceNode) else ()):
        arn = _text(item, "PolicyArn") if isinstance(item, MappingNode) else None
        if arn is not None:
            at = At(arn.place, address, f"AttachedManagedPolicies/{number}")
            builder.attach(arn, at, kind, holder_address=address)  # type: ignore[arg-type]
    groups = node.get("GroupList")
    for group in _texts(value_of(groups)) if groups is not None else ():
        builder.member(group, user_address=address)


def _managed(node: MappingNode, builder: StackBuilder) -> None:
    """A customer-managed policy of `get-account-authorization-details`: its default version."""
    name = _text(node, "PolicyName")
    arn = _text(node, "Arn")
    if arn is not None and ":iam::aws:policy/" in arn.shown:
        return
    versions = node.get("PolicyVersionList")
    for version in versions.items if isinstance(versions, SequenceNode) else ():
        if not isinstance(version, MappingNode):
            continue
        default, document = version.get("IsDefaultVersion"), version.get("Document")
        if isinstance(default, ScalarNode) and default.value is True and document is not None:
            shown = name.shown if name is not None else ""
            at = At(node, arn.shown if arn is not None else shown)
            builder.policy(_decoded(document), at, "identity", "managed", name=shown)


def _decoded(node: Node) -> Value:
    """A document, which the API itself (unlike the CLI) prints URL-encoded."""
    value = value_of(node)
    literal = value.literal if isinstance(value, Text) else None
    if literal is not None and literal.startswith("%7B"):
        try:
            return _at(json.loads(unquote(literal)), node)
        except ValueError:
            return value
    return value


def _at(plain: object, place: Place) -> Value:
    """Plain JSON data as a value, all of it at one place."""
    if isinstance(plain, dict):
        entries = tuple((Text(parts=(str(k),), place=place), _at(v, place)) for k, v in plain.items())
        return MapValue(entries, place)
    if isinstance(plain, list):
        return ListValue(tuple(_at(item, place) for item in plain), place)
    if isinstance(plain, str):
        return Text(parts=(plain,), place=place)
    assert plain is None or isinstance(plain, (bool, int, float))
    return Scalar(plain, place)


def _credentials(document: Document, builder: StackBuilder) -> None:
    """Access keys that stand in the file."""
    from iamlint.model.secret import Secret
    from iamlint.parsers import credentials

    for found in credentials.find(document.source.text):
        builder.add(
            Secret(
                kind=found.kind,
                context="text",
                hint=found.hint,
                is_example=found.is_example,
                place=Place(document.source, found.start, found.end),
            )
        )

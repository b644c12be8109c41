"""A policy file standing alone, told apart by its shape; and what the AWS command line prints of policies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from iamlint.model.policy import HolderKind, PolicyKind
from iamlint.model.secret import Secret
from iamlint.model.stack import Stack
from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers import credentials
from iamlint.parsers.assemble import At, StackBuilder, Target
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.nodes import value_of
from iamlint.parsers.policy_shapes import statement_of
from iamlint.parsers.values import as_list, as_text
from iamlint.source.document import Document
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Place

# get-account-authorization-details, list-roles: the lists, and what each has in it.
_LISTS: tuple[tuple[str, HolderKind], ...] = (
    ("UserDetailList", "user"),
    ("GroupDetailList", "group"),
    ("RoleDetailList", "role"),
    ("Roles", "role"),
)
_NAMES: tuple[tuple[HolderKind, str], ...] = (("role", "RoleName"), ("user", "UserName"), ("group", "GroupName"))
_GUARDRAIL = re.compile(r"(?<![a-z])scps?(?![a-z])|service[-_ ]?control|guardrail", re.IGNORECASE)
_RESOURCE_GUARDRAIL = re.compile(r"(?<![a-z])rcps?(?![a-z])|resource[-_ ]?control", re.IGNORECASE)
# At the end of a file's name: `check-boundary-of-new-roles.json` is no boundary.
_BOUNDARY = re.compile(r"(?<![a-z])boundary([-_ ]?policy)?$", re.IGNORECASE)
_ENDPOINT = re.compile(r"vpc[-_ ]?endpoint|endpoint[-_ ]?polic", re.IGNORECASE)
_VERSIONS = ("2012-10-17", "2008-10-17")
_ORGANIZATION: dict[str, PolicyKind] = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}


def is_policy(root: Node) -> bool:
    """Whether a file's content is a policy, a list of them, or what the AWS command line prints of policies."""
    if isinstance(root, SequenceNode):
        return bool(root.items) and (all(map(is_policy, root.items[:3])) or _is_bare(root))
    if not isinstance(root, MappingNode):
        return False
    return _is_document(root) or _is_printed(root) or _is_bare(root)


def _is_bare(root: Node) -> bool:
    """Whether a file is a statement, or a list of them, for something else to make a policy of."""
    items = root.items if isinstance(root, SequenceNode) else [root]
    return bool(items) and all(map(_is_statement, items))


def _is_statement(node: Node) -> bool:
    if not isinstance(node, MappingNode):
        return False
    effect = node.get("Effect")
    names = {str(key.value) for key, _ in node.entries}
    is_whole = not names.isdisjoint(("Action", "NotAction")) and "Statement" not in names
    return is_whole and isinstance(effect, ScalarNode) and effect.value in ("Allow", "Deny")


def stack(document: Document) -> Stack:
    """The stack of a policy file: its policies, each of the kind that its shape says."""
    source = document.source
    builder = StackBuilder(source.path)
    if document.root is not None:
        _File(builder, source.path).read(document.root, "")
    for found in credentials.find(source.text):
        place = Place(source, found.start, found.end)
        builder.add(Secret(kind=found.kind, context="text", hint=found.hint, is_example=found.is_example, place=place))
    return builder.build()


def _is_document(node: Node | None) -> bool:
    """Whether a node is a policy document: statements that have an Effect, in any letter case, or beside its Version
    none of them."""
    if not isinstance(node, MappingNode):
        return False
    named = ("statement", "statements")
    statement = next((value for key, value in node.entries if str(key.value).lower() in named), None)
    if (isinstance(statement, SequenceNode) and not statement.items) or len(node.entries) == 1:
        version = node.get("Version")
        if isinstance(version, ScalarNode) and version.value in _VERSIONS:
            return True
    items = statement.items if isinstance(statement, SequenceNode) else [statement]
    return any(isinstance(item, MappingNode) and _has_effect(item) for item in items)


def _has_effect(statement: MappingNode) -> bool:
    """Whether an object has an Effect, and what it says is IAM's: an `effect` other things have too."""
    written = {str(key.value).lower(): value for key, value in statement.entries}
    effect = written.get("effect")
    if isinstance(effect, ScalarNode) and str(effect.value).strip().lower() in ("allow", "deny"):
        return True
    return effect is not None and not written.keys().isdisjoint(("action", "notaction", "resource", "notresource"))


def _is_encoded(node: Node | None) -> bool:
    """Whether a node is a document, or a string with one in it: JSON, or JSON encoded as in a URL."""
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        text = node.value.lstrip()
        return text.startswith(("{", "%7B")) and "Statement" in text and "Effect" in text
    return _is_document(node)


def _is_printed(root: MappingNode) -> bool:
    """Whether this is output of the AWS command line with policies in it."""
    version, role = root.get("PolicyVersion"), root.get("Role")
    if isinstance(version, MappingNode) and _is_encoded(version.get("Document")):
        return True
    if isinstance(role, MappingNode) and _is_encoded(role.get("AssumeRolePolicyDocument")):
        return True
    if _is_encoded(root.get("PolicyDocument")) or _is_encoded(_content(root.get("Policy"))):
        return True
    return any(any(_is_identity(item, kind) for item in _items(root.get(key))) for key, kind in _LISTS)


def _is_identity(node: Node, kind: HolderKind) -> bool:
    """Whether an item of a list is an identity as IAM describes it."""
    return isinstance(node, MappingNode) and all(
        isinstance(node.get(key), ScalarNode) for key in ("Arn", "Path", f"{kind.title()}Name")
    )


def _content(policy: Node | None) -> Node | None:
    """The document in `Policy`: the value itself (get-bucket-policy …), or its Content (describe-policy)."""
    return policy.get("Content") if isinstance(policy, MappingNode) and not _is_document(policy) else policy


def _items(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, SequenceNode) else []


def kind_and_service(document: Value, named: str) -> tuple[PolicyKind, str]:
    """What a document that stands alone is for, by its elements and a name; of a resource's, the resource's service."""
    listed = statement_of(document) if isinstance(document, MapValue) else None
    statements = [s for s in as_list(listed) if isinstance(s, MapValue)] if listed is not None else []
    kind = _kind(statements, named)
    return kind, _service(statements) if kind == "resource" else ""


def _kind(statements: list[MapValue], path: str) -> PolicyKind:
    """With principals: a trust policy when it is about assuming a role, else a resource's or a VPC endpoint's;
    without: an identity's, unless the name of the file or its folder says what it is."""
    named = "/".join(PurePosixPath(path).parts[-2:])
    if any(_member(s, "Principal") is not None or _member(s, "NotPrincipal") is not None for s in statements):
        actions = [action.lower() for s in statements for action in _texts(_member(s, "Action"))]
        if actions and all(action.startswith("sts:") for action in actions):
            return "trust"
        if _RESOURCE_GUARDRAIL.search(named):
            return "rcp"
        return "vpc_endpoint" if _is_for_endpoint(statements, named) else "resource"
    if _GUARDRAIL.search(named):
        return "scp"
    return "boundary" if _BOUNDARY.search(PurePosixPath(path).stem) else "identity"


class _File:
    """One file on its way into a stack."""

    def __init__(self, builder: StackBuilder, path: str) -> None:
        self._builder = builder
        self._path = path

    def read(self, root: Node, address: str) -> None:
        """Reads a policy, a list of such, statements alone, or printed output."""
        if _is_bare(root):
            value = value_of(root)
            self._standing_alone(_unresolved(_of_statements(value)), root, address)
            return
        for number, item in enumerate(_items(root)):
            self.read(item, f"{address}/{number}".lstrip("/"))
        if isinstance(root, MappingNode):
            if _is_document(root):
                text = root.source.text
                in_template = '"Fn::' in text or '"Ref"' in text
                document = value_of(root)
                self._standing_alone(_unresolved(document) if in_template else document, root, address)
            else:
                self._printed(root, address)

    def _standing_alone(self, document: Value, place: Place, address: str) -> None:
        listed = statement_of(document) if isinstance(document, MapValue) else None
        statements = [s for s in as_list(listed) if isinstance(s, MapValue)] if listed is not None else []
        kind = _kind(statements, self._path)
        at = At(place, address)
        if kind != "resource":
            self._builder.policy(document, at, kind, "unattached")
            return
        label = PurePosixPath(self._path).name
        self._builder.policy(document, at, kind, "resource", service=_service(statements), label=label)

    def _printed(self, root: MappingNode, address: str) -> None:
        prefix = f"{address}/" if address else ""
        version, role, policy = root.get("PolicyVersion"), root.get("Role"), root.get("Policy")
        if isinstance(version, MappingNode):
            document = version.get("Document")
            if document is not None:
                at = At(document, f"{prefix}PolicyVersion")
                self._builder.policy(_decoded(document), at, "identity", "managed")
        if isinstance(role, MappingNode):
            self._identity(role, "role", prefix)
        self._inline(root, prefix)
        if _is_encoded(_content(policy)):
            self._described(policy, f"{prefix}Policy")
        for key, kind in _LISTS:
            for item in _items(root.get(key)):
                if isinstance(item, MappingNode):
                    self._identity(item, kind, prefix)
        for item in _items(root.get("Policies")):
            if isinstance(item, MappingNode):
                self._managed(item, prefix)

    def _described(self, policy: Node | None, address: str) -> None:
        """What get-bucket-policy, get-key-policy, get-queue-policy … and `organizations describe-policy` print."""
        content = _content(policy)
        if content is None:
            return
        summary = policy.get("PolicySummary") if isinstance(policy, MappingNode) else None
        listed = _text(summary, "Type") if isinstance(summary, MappingNode) else None
        if listed is None:
            self._standing_alone(_decoded(content), content, address)
        elif listed.shown in _ORGANIZATION:
            self._builder.policy(_decoded(content), At(content, address), _ORGANIZATION[listed.shown], "managed")

    def _inline(self, root: MappingNode, prefix: str) -> None:
        """What get-role-policy, get-user-policy and get-group-policy print."""
        document = root.get("PolicyDocument")
        if document is None:
            return
        if _is_encoded(document) and all(root.get(key) is None for _, key in _NAMES):
            # What create-policy is given with --cli-input-json.
            self._standing_alone(_decoded(document), document, f"{prefix}PolicyDocument")
        for kind, key in _NAMES:
            name = _text(root, key)
            if name is not None:
                at = At(root, f"{prefix}{kind}/{name.shown}", "PolicyDocument")
                named = _shown(root, "PolicyName")
                self._builder.policy(_decoded(document), at, "identity", "inline", [Target(kind, name)], named)

    def _identity(self, node: MappingNode, kind: HolderKind, prefix: str) -> None:
        """An identity as IAM describes it: its policies, attachments, groups and trust policy."""
        title = kind.title()
        name = _text(node, f"{title}Name")
        if name is None:
            return
        address = f"{prefix}{kind}/{name.shown}"
        boundary = node.get("PermissionsBoundary")
        bound = _text(boundary, "PermissionsBoundaryArn") if isinstance(boundary, MappingNode) else None
        self._builder.identity(kind, At(node, address), name, bound)
        own = [Target(kind, address=address)]
        trust = node.get("AssumeRolePolicyDocument")
        if trust is not None:
            at = At(trust, address, "AssumeRolePolicyDocument")
            self._builder.policy(_decoded(trust), at, "trust", "inline", own)
        for number, item in enumerate(_items(node.get(f"{title}PolicyList"))):
            document = item.get("PolicyDocument") if isinstance(item, MappingNode) else None
            if document is not None and isinstance(item, MappingNode):
                at = At(item, address, f"{title}PolicyList/{number}")
                named = _shown(item, "PolicyName")
                self._builder.policy(_decoded(document), at, "identity", "inline", own, named)
        for number, item in enumerate(_items(node.get("AttachedManagedPolicies"))):
            arn = _text(item, "PolicyArn") if isinstance(item, MappingNode) else None
            if arn is not None:
                at = At(arn.place, address, f"AttachedManagedPolicies/{number}")
                self._builder.attach(arn, at, kind, holder_address=address)
        for group in _items(node.get("GroupList")):
            text = as_text(value_of(group))
            if text is not None:
                self._builder.member(text, user_address=address)

    def _managed(self, node: MappingNode, prefix: str) -> None:
        """A customer-managed policy: of its versions the default one."""
        arn = _shown(node, "Arn")
        if ":iam::aws:policy/" in arn:
            return
        name = _shown(node, "PolicyName")
        for version in _items(node.get("PolicyVersionList")):
            if not isinstance(version, MappingNode):
                continue
            default, document = version.get("IsDefaultVersion"), version.get("Document")
            if isinstance(default, ScalarNode) and default.value is True and document is not None:
                at = At(node, f"{prefix}policy/{name}")
                self._builder.policy(_decoded(document), at, "identity", "managed", name=name)


def _of_statements(value: Value) -> MapValue:
    """The document that is made of statements; it has no place of its own."""
    return MapValue(((_literal("Statement", value.place), value),), value.place)


def _member(value: Value, name: str) -> Value | None:
    """An element of a document or statement, in any letter case."""
    if not isinstance(value, MapValue):
        return None
    exact = value.get(name)
    if exact is not None:
        return exact
    return next((v for key, v in value.entries if key.shown.lower() == name.lower()), None)


def _is_for_endpoint(statements: list[MapValue], named: str) -> bool:
    """Whether a policy with principals can only be a VPC endpoint's, which is for what passes through it.

    A bucket's policy speaks of that bucket alone: S3 refuses one that names another. Where the name of the file or its
    folder says so, `*` will do.
    """
    resources = [text for s in statements for text in _texts(_member(s, "Resource"))]
    buckets = {arn.split(":", 5)[5].partition("/")[0] for arn in resources if re.match(r"arn:[^:]*:s3:::", arn)}
    if len({bucket for bucket in buckets if "*" not in bucket and "?" not in bucket}) > 1:
        return True
    return "*" in resources and _ENDPOINT.search(named) is not None


def _texts(value: Value | None) -> Iterator[str]:
    for item in as_list(value) if value is not None else ():
        text = as_text(item)
        if text is not None:
            yield text.shown


def _service(statements: list[MapValue]) -> str:
    """The one service whose actions a resource policy speaks of; empty when there is no such one."""
    prefixes = {
        action.partition(":")[0].lower() for s in statements for action in _texts(_member(s, "Action")) if ":" in action
    }
    return prefixes.pop() if len(prefixes) == 1 else ""


def _text(node: MappingNode, key: str) -> Text | None:
    value = node.get(key)
    return as_text(value_of(value)) if value is not None else None


def _shown(node: MappingNode, key: str) -> str:
    text = _text(node, key)
    return text.shown if text is not None else ""


def _decoded(node: Node) -> Value:
    """A document as it stands, as JSON in a string, or encoded as in a URL, as the API prints it."""
    value = value_of(node)
    literal = value.literal if isinstance(value, Text) else None
    if literal is None or not isinstance(value, Text):
        return value
    if literal.lstrip().startswith("{"):
        return read_json_text(value)
    try:
        return _placed(json.loads(unquote(literal)), node)
    except (ValueError, RecursionError):
        return value


def _placed(plain: object, place: Place) -> Value:
    """Decoded JSON as a value, all of it at one place: what is encoded has no places of its own."""
    if isinstance(plain, dict):
        return MapValue(tuple((_literal(str(k), place), _placed(v, place)) for k, v in plain.items()), place)
    if isinstance(plain, list):
        return ListValue(tuple(_placed(item, place) for item in plain), place)
    if isinstance(plain, str):
        return _literal(plain, place)
    return Scalar(plain if isinstance(plain, (bool, int, float)) else None, place)


def _unresolved(value: Value) -> Value:
    """A document that is a fragment of a CloudFormation template, whose functions nobody can resolve."""
    if isinstance(value, ListValue):
        return ListValue(tuple(map(_unresolved, value.items)), value.place)
    if not isinstance(value, MapValue):
        return value
    if len(value.entries) == 1:
        name = value.entries[0][0].literal or ""
        if name == "Ref" or name.startswith("Fn::"):
            return UnknownValue(Unknown("a CloudFormation function outside of a template", name), value.place)
    return MapValue(tuple((key, _unresolved(item)) for key, item in value.entries), value.place)


def _literal(content: str, place: Place) -> Text:
    return Text(parts=(content,), place=place)

"""What a provider reads back into one resource though another one declares it: in a state both have it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode

# (type, attribute that is read back): (type that declares it, its attribute).
_DECLARED_BY: dict[tuple[str, str], tuple[str, str]] = {
    ("aws_iam_role", "inline_policy"): ("aws_iam_role_policy", "policy"),
    ("aws_iam_role", "managed_policy_arns"): ("aws_iam_role_policy_attachment", "policy_arn"),
    ("aws_s3_bucket", "policy"): ("aws_s3_bucket_policy", "policy"),
    ("aws_sqs_queue", "policy"): ("aws_sqs_queue_policy", "policy"),
    ("aws_sns_topic", "policy"): ("aws_sns_topic_policy", "policy"),
    ("aws_kms_key", "policy"): ("aws_kms_key_policy", "policy"),
    ("aws_secretsmanager_secret", "policy"): ("aws_secretsmanager_secret_policy", "policy"),
    ("aws_elasticsearch_domain", "access_policies"): ("aws_elasticsearch_domain_policy", "access_policies"),
    ("aws_opensearch_domain", "access_policies"): ("aws_opensearch_domain_policy", "access_policies"),
    ("aws_api_gateway_rest_api", "policy"): ("aws_api_gateway_rest_api_policy", "policy"),
    ("aws_vpc_endpoint", "policy"): ("aws_vpc_endpoint_policy", "policy"),
}
_DECLARING = frozenset(_DECLARED_BY.values())


class Mirrors:
    """The policies that resources of their own declare, to know them again where they are read back."""

    __slots__ = ("_declared",)

    def __init__(self, resources: Iterable[MappingNode]) -> None:
        self._declared: dict[tuple[str, str], set[str]] = {}
        kinds = {kind for kind, _ in _DECLARING}
        for resource in resources:
            kind, values = resource.get("type"), resource.get("values")
            if isinstance(kind, ScalarNode) and kind.value in kinds and isinstance(values, MappingNode):
                for key, node in values.entries:
                    declaring = (str(kind.value), str(key.value))
                    if declaring in _DECLARING:
                        self._declared.setdefault(declaring, set()).update(_contents(node))

    def repeated(self, kind: str, values: MappingNode) -> frozenset[str]:
        """The attributes of a resource that say only what other resources declare."""
        return frozenset(str(key.value) for key, node in values.entries if self._is_repeated(kind, key, node))

    def _is_repeated(self, kind: str, key: ScalarNode, node: Node) -> bool:
        declaring = _DECLARED_BY.get((kind, str(key.value)))
        declared = self._declared.get(declaring) if declaring is not None else None
        if not declared:
            return False
        contents = list(_contents(node))
        return bool(contents) and all(content in declared for content in contents)


def _contents(node: Node) -> Iterator[str]:
    """The strings of a value, or the policies of its objects; documents that are the same JSON are the same."""
    if isinstance(node, ScalarNode):
        if isinstance(node.value, str):
            yield _normal(node.value)
        return
    for item in node.items if isinstance(node, SequenceNode) else (node,):
        inner = item.get("policy") if isinstance(item, MappingNode) else item
        if isinstance(inner, ScalarNode) and isinstance(inner.value, str):
            yield _normal(inner.value)


def _normal(text: str) -> str:
    if not text.startswith("{"):
        return text
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (ValueError, RecursionError):
        return text

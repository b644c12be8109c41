"""Every ARN that is foreseen is one that AWS documents for the service."""

from __future__ import annotations

import re
from functools import cache

import pytest

from iamlint.aws import actions
from iamlint.parsers.terraform.arn_shapes import ArnShape, arns, ids

# AWS documents these elsewhere: on the page of the feature, not among the resource types of its actions.
_ELSEWHERE = {
    # API Gateway Developer Guide: the ARN of an API is where those of its methods begin.
    ("aws_api_gateway_rest_api", "execution_arn"): "arn:aws:execute-api:${}:${}:${}",
    ("aws_api_gateway_stage", "execution_arn"): "arn:aws:execute-api:${}:${}:${}/${}",
    ("aws_apigatewayv2_api", "execution_arn"): "arn:aws:execute-api:${}:${}:${}",
    # EventBridge API Reference, CreateConnection and CreateApiDestination: an id follows the name.
    ("aws_cloudwatch_event_api_destination", "arn"): "arn:aws:events:${}:${}:api-destination/${}/${}",
    ("aws_cloudwatch_event_connection", "arn"): "arn:aws:events:${}:${}:connection/${}/${}",
    # The provider's own: all revisions of a task definition.
    ("aws_ecs_task_definition", "arn_without_revision"): "arn:aws:ecs:${}:${}:task-definition/${}",
    # IAM User Guide, "Service-linked roles": a role with a path.
    ("aws_iam_service_linked_role", "arn"): "arn:aws:iam::${}:role/aws-service-role/${}/${}",
    # SNS Developer Guide, "Mobile push".
    ("aws_sns_platform_application", "arn"): "arn:aws:sns:${}:${}:app/${}/${}",
    # KMS Developer Guide: the name of an alias begins with `alias/` already.
    ("aws_kms_alias", "arn"): "arn:aws:kms:${}:${}:${}",
}


@cache
def documented(service: str) -> list[str]:
    known = actions.service(service)
    return [one.strip() for patterns in known.arns.values() for one in patterns.split(",")] if known is not None else []


def segments(arn: str) -> list[str]:
    return re.split("[:/]", re.sub(r"\$?\{\w*\}", "*", arn))


def shown(shape: ArnShape) -> str:
    resource = re.sub(r"\[\w+/\]", "", shape.resource)
    region, account = "{}" if shape.has_region else "", "{}" if shape.has_account else ""
    return f"arn:{{}}:{shape.service}:{region}:{account}:{resource}"


def agree(one: str, other: str) -> bool:
    """Whether a segment may be the other: either is a variable, or has one at its end."""
    prefix = min(one.partition("*")[0], other.partition("*")[0], key=len)
    return one == other or ("*" in one + other and one.startswith(prefix) and other.startswith(prefix))


def matches(shape: str, pattern: str) -> bool:
    ours, theirs = segments(shape), segments(pattern)
    return len(ours) == len(theirs) and all(map(agree, ours, theirs))


@pytest.mark.parametrize(("kind", "attribute"), sorted(arns()))
def test_it_is_an_arn_of_the_service(kind: str, attribute: str) -> None:
    shape = arns()[kind, attribute]
    elsewhere = _ELSEWHERE.get((kind, attribute))
    patterns = [elsewhere] if elsewhere is not None else documented(shape.service)
    assert any(matches(shown(shape), pattern) for pattern in patterns), (shown(shape), patterns)


def test_ids_that_are_arns_have_one() -> None:
    for kind, shape in ids().items():
        assert shape != "arn" or (kind, "arn") in arns(), kind


def test_there_are_many() -> None:
    assert len({kind for kind, _ in arns()}) >= 150

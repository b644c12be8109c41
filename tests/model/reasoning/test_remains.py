"""What Denies leave of the actions of a statement that expose something."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamlint.parsers import raw_policy
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText


def exposed(action: str, exposure: str, *denied: str) -> tuple[str, ...]:
    statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": action, "Resource": "*"}]
    if denied:
        statements.append({"Effect": "Deny", "Action": list(denied), "Resource": "*"})
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    stack = raw_policy.stack(read_json(SourceText("policy.json", text)))
    (policy,) = stack.policies
    return stack.exposed_by(policy, policy.statements[0], exposure)


@pytest.mark.parametrize(
    ("action", "exposure", "denied", "left"),
    [
        ("s3:PutBucket*", "resources", [], True),
        # The first of those that the pattern takes in is denied, and others are not.
        ("s3:PutBucket*", "resources", ["s3:PutBucketAcl"], True),
        ("s3:PutBucket*", "resources", ["s3:Put*Policy", "s3:Put*Acl", "s3:PutBucketP*", "s3:PutBucketO*"], False),
        ("dynamodb:*Item", "data", ["dynamodb:BatchGetItem"], True),
        ("dynamodb:*Item", "data", ["dynamodb:BatchGetItem", "dynamodb:Get*"], False),
    ],
)
def test_all_that_a_pattern_takes_in_must_be_denied(action: str, exposure: str, denied: list[str], left: bool) -> None:
    assert exposed(action, exposure, *denied) == ((action,) if left else ())

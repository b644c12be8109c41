"""Which service calls on behalf of which resource."""

from __future__ import annotations

import pytest

from iamlint.aws.source_principals import calls_for


@pytest.mark.parametrize(
    ("principal", "arn", "answer"),
    [
        ("sns.amazonaws.com", "arn:aws:sns:eu-west-1:111122223333:t", True),
        ("s3.amazonaws.com", "arn:${}:sns:${}:${}:t", False),
        ("logs.eu-west-1.amazonaws.com", "arn:aws:logs:eu-west-1:111122223333:log-group:l:*", True),
        ("delivery.logs.amazonaws.com", "arn:aws:logs:eu-west-1:111122223333:*", True),
        ("apigateway.amazonaws.com", "arn:aws:execute-api:eu-west-1:111122223333:a/*", True),
        ("events.amazonaws.com.cn", "arn:aws-cn:events:cn-north-1:111122223333:rule/r", True),
        ("events.amazonaws.com", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a", None),
        ("${}", "arn:aws:sns:eu-west-1:111122223333:t", None),
        ("s3.amazonaws.com", "${}", None),
        ("s3.amazonaws.com", "*", None),
    ],
)
def test_who_calls_for_a_resource(principal: str, arn: str, answer: bool | None) -> None:
    assert calls_for(principal, arn) is answer

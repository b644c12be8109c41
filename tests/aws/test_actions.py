"""What the action data says, through the typed look-ups; a changed schema of the data would fail here."""

from __future__ import annotations

import re

import pytest

from iamlint.aws import actions


def test_a_service_and_its_actions() -> None:
    s3 = actions.service("S3")
    assert s3 is not None
    info = s3.action("GetObject")
    assert info is not None
    assert info.name == "GetObject"
    assert info.access_levels == {"Read"}
    assert "object" in info.resource_types
    assert s3.arns["bucket"] == "arn:${Partition}:s3:::${BucketName}"
    assert actions.service("s3x") is None


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("s3:GetObject", True),
        ("s3:getobject", True),
        ("s3:ListAllMyBuckets", False),
        ("ec2:Describe*", False),
        ("s3:Get*", True),
        ("xray:PutTraceSegments", False),
        # What is optional: a data set, a lexicon. The domain is always there, and so is one of two kinds of child.
        ("cloudwatch:PutMetricData", False),
        ("polly:SynthesizeSpeech", False),
        ("es:ESHttpGet", True),
        ("organizations:ListParents", True),
        ("s3:NoSuchAction", False),
        ("nosuch:*", False),
        ("*", False),
    ],
)
def test_which_actions_can_be_restricted(action: str, expected: bool) -> None:
    assert actions.can_be_restricted(action) is expected


@pytest.mark.parametrize(("prefix", "keeps"), [("s3", True), ("ssmmessages", False), ("nosuch", True)])
def test_which_services_keep_resources(prefix: str, keeps: bool) -> None:
    assert actions.keeps_resources(prefix) is keeps


def test_the_shape_is_that_of_the_resource_that_the_action_is_about() -> None:
    assert actions.arn_shapes("s3:GetObject") == ("arn:aws:s3:::<BucketName>/<ObjectName>",)
    assert actions.arn_shapes("glue:GetTable") == ("arn:aws:glue:<Region>:<Account>:table/<DatabaseName>/<TableName>",)
    assert actions.arn_shapes("ec2:CreateNetworkInterface") == (
        "arn:aws:ec2:<Region>:<Account>:network-interface/<NetworkInterfaceId>",
    )
    assert actions.arn_shapes("sqs:SendMessage") == ("arn:aws:sqs:<Region>:<Account>:<QueueName>",)


def test_the_date_of_the_data() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", actions.data_date())

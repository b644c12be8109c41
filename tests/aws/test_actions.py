"""What the action data says, through the typed look-ups; a changed schema of the data would fail here."""

from __future__ import annotations

import pytest

from iamlint.aws import actions
from iamlint.logic import glob


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


@pytest.mark.parametrize(
    "pattern",
    [
        "s3:Get*", "s3:*", "s3:**", "s3:*Bucket*", "s3:*Acl", "s3:GetObject*", "s3:Get*Acl", "s3:Get*Object*Acl",
        "s3:Get?bject", "s3:*Tag*Tag*", "s3:G*tOb*ct", "s3:Getobject*Getobject", "s3:?etObject*", "S3:GETOBJECT*",
        "ec2:*Instance*", "s3:*?", "s3:*Get?bject*", "s3:Fetch*", "iam:*Role?*",
    ],
)  # fmt: skip
def test_a_pattern_takes_in_what_the_glob_matches(pattern: str) -> None:
    prefix, _, name = pattern.lower().partition(":")
    known = actions.service(prefix)
    assert known is not None
    expected = sorted(info.name for info in known.actions() if glob.matches(name, info.name.lower()))
    assert sorted(info.name for info in actions.matching(pattern)) == expected


@pytest.mark.parametrize(
    ("pattern", "count"), [("s3:GetObject", 1), ("s3:Fetch*", 0), ("*", 0), ("*:*", 0), ("s*:*", 0)]
)
def test_what_names_no_one_service_is_not_expanded(pattern: str, count: int) -> None:
    assert len(actions.matching(pattern)) == count

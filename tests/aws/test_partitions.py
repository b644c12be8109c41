"""Partitions, and the Regions in them."""

from __future__ import annotations

import pytest

from iamlint.aws import partitions, regions


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_where_a_region_is(region: str, partition: str) -> None:
    assert region in regions.names()
    assert partitions.partition_of(region) == partition


def test_every_partition_has_a_region() -> None:
    assert {partitions.partition_of(region) for region in regions.names()} == set(partitions.PARTITIONS)


@pytest.mark.parametrize(
    ("pattern", "expected"), [("eu-*", True), ("us-????-1", True), ("xx-*", False), ("eu-west-11", False)]
)
def test_patterns_of_regions(pattern: str, expected: bool) -> None:
    assert regions.is_region(pattern) is expected

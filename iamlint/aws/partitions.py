"""The partitions of AWS, and which Region belongs to which.

IAM User Guide, "Amazon Resource Names": a partition is a group of Regions; as of November 2026
(botocore 1.44.5, partitions.json).
"""

from __future__ import annotations

PARTITIONS: tuple[str, ...] = (
    "aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f",
)  # fmt: skip

# How the names of a partition's Regions begin; those of all others are of `aws`.
_BEGINNINGS = (
    ("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc"), ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"), ("eu-isoe-", "aws-iso-e"), ("us-isof-", "aws-iso-f"),
)  # fmt: skip


def partition_of(region: str) -> str:
    """The partition that a Region is in."""
    return next((partition for beginning, partition in _BEGINNINGS if region.startswith(beginning)), "aws")

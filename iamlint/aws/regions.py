"""The Regions of AWS, by name, in all its partitions.

From the partition data of botocore 1.44.5 (November 2026); "AWS Regions" tells more of each
(https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html).
"""

from __future__ import annotations

from functools import lru_cache

from iamlint.logic import glob

AS_OF = "2026-11"
"""The month of the list, and of the partitions."""

_NAMES = """
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
    ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
    eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
    me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 us-east-1 us-east-2 us-west-1 us-west-2
    cn-north-1 cn-northwest-1 us-gov-east-1 us-gov-west-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1
    us-isof-east-1 us-isof-south-1 eu-isoe-west-1 eusc-de-east-1
"""


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The names of all Regions."""
    return frozenset(_NAMES.split())


@lru_cache(maxsize=256)
def is_region(pattern: str) -> bool:
    """Whether a name is that of a Region, or a pattern takes one in; names of no single place (`aws-global`) pass."""
    if pattern in names() or pattern.startswith("aws-") or pattern == "global":
        return True
    return ("*" in pattern or "?" in pattern) and any(glob.matches(pattern, name) for name in names())

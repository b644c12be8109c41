"""Which images have IMDSv2 required by default."""

from __future__ import annotations

import pytest

from iamlint.aws.images import demands_session_tokens


@pytest.mark.parametrize(
    ("name", "demands"),
    [
        ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", True),
        ("/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id", True),
        ("/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id", True),
        ("al2023-ami-2023.*-x86_64", True),
        ("/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2", False),
        ("/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id", False),
        ("ami-0abcdef1234567890", False),
        ("", False),
    ],
)
def test_by_name(name: str, demands: bool) -> None:
    assert demands_session_tokens(name) is demands

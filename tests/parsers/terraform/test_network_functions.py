"""Networks are cut up as Terraform does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('cidrhost("10.12.112.0/20", 16)', "10.12.112.16"),
        ('cidrhost("10.12.112.0/20", 268)', "10.12.113.12"),
        ('cidrhost("fd00:fd12:3456:7890:00a2::/72", 34)', "fd00:fd12:3456:7890::22"),
        ('cidrhost("10.12.112.0/20", -1)', "10.12.127.255"),
        ('cidrnetmask("172.16.0.0/12")', "255.240.0.0"),
        ('cidrsubnet("172.16.0.0/12", 4, 2)', "172.18.0.0/16"),
        ('cidrsubnet("10.1.2.0/24", 4, 15)', "10.1.2.240/28"),
        ('cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)', "fd00:fd12:3456:7800:a200::/72"),
        ('cidrsubnet("10.1.2.3/24", 0, 0)', "10.1.2.0/24"),
        ('cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)', ["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20"]),
        (
            'cidrsubnets("fd00:fd12:3456:7890::/56", 16, 16, 16, 32)',
            [
                "fd00:fd12:3456:7800::/72",
                "fd00:fd12:3456:7800:100::/72",
                "fd00:fd12:3456:7800:200::/72",
                "fd00:fd12:3456:7800:300::/88",
            ],
        ),
        ('cidrsubnets("10.0.0.0/24")', []),
        ('cidrsubnets("10.0.0.0/24", 8, 1)', ["10.0.0.0/32", "10.0.0.128/25"]),
        ('cidrsubnets("010.0.0.0/24", 8)', ["10.0.0.0/32"]),
    ],
)
def test_network_functions(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "expression",
    [
        'cidrhost("10.0.0.0/30", 4)',
        'cidrhost("10.0.0.0/30", -5)',
        'cidrhost("nope", 1)',
        'cidrnetmask("fd00::/8")',
        'cidrsubnet("10.1.2.0/24", 9, 0)',
        'cidrsubnet("10.1.2.0/24", 1, 2)',
        'cidrsubnets("10.0.0.0/24", 1, 1, 1)',
    ],
)
def test_network_functions_refuse_what_terraform_refuses(value: Shown, expression: str) -> None:
    assert value(f"can({expression})") is False
    assert str(value(expression)).startswith("${")

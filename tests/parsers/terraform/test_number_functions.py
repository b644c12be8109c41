"""Functions on numbers give what Terraform gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("abs(-23.5)", 23.5),
        ('abs("-3")', 3),
        ("ceil(5.1)", 6),
        ("ceil(-5.5)", -5),
        ("floor(4.9)", 4),
        ("floor(-4.1)", -5),
        ("log(50, 10) > 1.69", True),
        ("log(16, 2)", 4),
        ("pow(3, 2)", 9),
        ("pow(2, -1)", 0.5),
        ("pow(4, 0.5)", 2),
        ("signum(-13)", -1),
        ("signum(0)", 0),
        ('parseint("100", 10)', 100),
        ('parseint("FF", 16)', 255),
        ('parseint("-10", 16)', -16),
        ('parseint("1011111011101111", 2)', 48879),
        ('parseint("aA", 62)', 656),
        ("max(12, 54, 3)", 54),
        ('max("12", 5)', 12),
        ("min(12, -54, 3)", -54),
        ("max([1,2]...)", 2),
        ("sum([10, 13, 6, 4.5])", 33.5),
        ('sum(["1", 2])', 3),
        ("sum([0.1, 0.2])", 0.3),
        ("sum(toset([1, 2, 2]))", 3),
    ],
)
def test_number_functions(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "expression",
    [
        "signum(0.3)",
        'parseint("12", 2)',
        'parseint("", 10)',
        "min()",
        'max(1, "a")',
        "sum([])",
    ],
)
def test_number_functions_refuse_what_terraform_refuses(value: Shown, expression: str) -> None:
    assert value(f"can({expression})") is False
    assert str(value(expression)).startswith("${")

"""Values are converted as Terraform converts them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('toset(["b", "a", 1])', ["1", "a", "b"]),
        ("toset([3, 1, 20])", [1, 3, 20]),
        ("toset([])", []),
        ('tolist(["a", 1])', ["a", "1"]),
        ('tolist(["a", true])', ["a", "true"]),
        ('tolist(toset(["b", "a"]))', ["a", "b"]),
        ('tomap({ a = 1, b = "x" })', {"a": "1", "b": "x"}),
        ("tomap({})", {}),
        ('tostring("hello")', "hello"),
        ("tostring(1)", "1"),
        ("tostring(1.5)", "1.5"),
        ("tostring(true)", "true"),
        ("tostring(null)", None),
        ('tonumber("1")', 1),
        ('tonumber("1.50")', 1.5),
        ('tonumber("1e3")', 1000),
        ('tonumber("+5")', 5),
        ('tonumber(".5")', 0.5),
        ('tonumber("5.")', 5),
        ("tonumber(null)", None),
        ('tonumber("0123")', 123),
        ("tobool(true)", True),
        ('tobool("true")', True),
        ('tobool("1")', True),
        ('tobool("0")', False),
        ("tobool(null)", None),
        ('nonsensitive(sensitive("x"))', "x"),
        ('ephemeralasnull("x")', "x"),
    ],
)
def test_conversion_functions(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "expression",
    [
        'toset("a")',
        "tolist([1, true])",
        "tolist({ a = 1 })",
        'tomap(["a"])',
        "tostring([1])",
        'tonumber("no")',
        'tonumber("0x10")',
        'tonumber("1_000")',
        'tonumber(" 1")',
        "tonumber(true)",
        'tobool("yes")',
        'tobool("True")',
        "tobool(1)",
        'tobool(["a"])',
    ],
)
def test_conversion_functions_refuse_what_terraform_refuses(value: Shown, expression: str) -> None:
    assert value(f"can({expression})") is False
    assert str(value(expression)).startswith("${")

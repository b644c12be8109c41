"""Functions on sets give what Terraform gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('contains(["a", "b"], "a")', True),
        ('contains(["1"], 1)', False),
        ('contains([1], "1")', False),
        ('contains([1, "a"], "1")', False),
        ('contains([], "a")', False),
        ('contains([["a"]], ["a"])', True),
        ('contains(toset(["a"]), "a")', True),
        ('distinct(["a", "b", "a", "c"])', ["a", "b", "c"]),
        ('distinct([1, "1", 2])', ["1", "2"]),
        ("distinct([[1], [1]])", [[1]]),
        ("distinct([{ a = 1 }, { a = 1 }])", [{"a": 1}]),
        ("distinct([])", []),
        ('index(["a", "b"], "b")', 1),
        ('index(["a", 1], 1)', 1),
        ('setintersection(["a", "b"], ["b", "c"], ["b", "d"])', ["b"]),
        ('setproduct(["a", "b"], ["x", "y"])', [["a", "x"], ["a", "y"], ["b", "x"], ["b", "y"]]),
        ('setproduct(["a"], [])', []),
        ('setproduct(["a", 1], ["x"])', [["a", "x"], ["1", "x"]]),
        ('setproduct(toset(["b", "a"]), toset(["x"]))', [["a", "x"], ["b", "x"]]),
        ('setsubtract(["a", "b", "c"], ["a", "c"])', ["b"]),
        ('setsubtract(["b", "a"], [])', ["a", "b"]),
        ('setunion(["a", "b"], ["b", "c"], ["d"])', ["a", "b", "c", "d"]),
        ('setunion(["b"], ["a"])', ["a", "b"]),
        ('setunion([1], ["a"])', ["1", "a"]),
        ('sort(["e", "d", "a", "x"])', ["a", "d", "e", "x"]),
        ('sort([10, 9, "1"])', ["1", "10", "9"]),
        ("sort([])", []),
        ('sort(["B", "a", "é"])', ["B", "a", "é"]),
        ("range(3)", [0, 1, 2]),
        ("range(0)", []),
        ("range(-2)", [0, -1]),
        ("range(1, 4)", [1, 2, 3]),
        ("range(4, 1)", [4, 3, 2]),
        ("range(1, 8, 2)", [1, 3, 5, 7]),
        ("range(1, 4, 0.5)", [1, 1.5, 2, 2.5, 3, 3.5]),
        ("range(4, 1, -1)", [4, 3, 2]),
        ("range(10, 5, -2)", [10, 8, 6]),
        ("range(1, 1)", []),
        ("range(3, 3, 1)", []),
        ("range(3, 3, -1)", []),
        ("length(range(1024))", 1024),
        ('range("3")', [0, 1, 2]),
        ("range(1.5)", [0, 1]),
        ("alltrue([])", True),
        ('alltrue(["true", true])', True),
        ("alltrue([true, false])", False),
        ("alltrue([true, null])", False),
        ("anytrue([])", False),
        ('anytrue(["true"])', True),
    ],
)
def test_set_functions(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "expression",
    [
        'contains({ a = "x" }, "x")',
        'index(["a", "b"], "c")',
        'setproduct(["a"])',
        "range(1, 4, -1)",
        "range(1025)",
        "range(1, 4, 0)",
        'anytrue([false, "x"])',
    ],
)
def test_set_functions_refuse_what_terraform_refuses(value: Shown, expression: str) -> None:
    assert value(f"can({expression})") is False
    assert str(value(expression)).startswith("${")

"""Functions on lists and maps give what Terraform gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('length(regexall("[a-z]+", "1234abcd5678efgh9"))', 2),
        ('concat(["a", ""], ["b", "c"])', ["a", "", "b", "c"]),
        ('concat(["a"], [1])', ["a", 1]),
        ("concat([])", []),
        ('element(["a", "b", "c"], 3)', "a"),
        ('flatten([["a", "b"], [], ["c"]])', ["a", "b", "c"]),
        ('flatten([[["a"], []], ["c"]])', ["a", "c"]),
        ('flatten(["a", [1]])', ["a", 1]),
        ("flatten([{ a = [1] }, [{ b = 1 }]])", [{"a": [1]}, {"b": 1}]),
        ('flatten([toset(["b", "a"])])', ["a", "b"]),
        ("keys({ a = 1, c = 2, d = 3 })", ["a", "c", "d"]),
        ("keys({})", []),
        ("values({ a = 3, c = 2, b = 1 })", [3, 1, 2]),
        ("length([])", 0),
        ("length({ a = 1 })", 1),
        ('length("hello")', 5),
        ('length("héé")', 3),
        ('length(toset(["a", "a"]))', 1),
        ('lookup({ a = "ay" }, "a", "what?")', "ay"),
        ('lookup({ a = "ay" }, "c", "what?")', "what?"),
        ('lookup({ a = 1 }, "a", "x")', 1),
        ('lookup({ a = "x" }, "b", null)', None),
        ('lookup({ a = "x", b = { c = 1 } }, "b", {})', {"c": 1}),
        ('lookup({ "1" = "x" }, 1, "y")', "x"),
        ('matchkeys(["i-123", "i-abc", "i-def"], ["us-west", "us-east", "us-east"], ["us-east"])', ["i-abc", "i-def"]),
        ('merge({ a = "b", c = "d" }, { e = "f", c = "z" })', {"a": "b", "c": "z", "e": "f"}),
        ('merge({ a = "b" }, { a = [1, 2], c = "z" }, { d = 3 })', {"a": [1, 2], "c": "z", "d": 3}),
        ("merge({ a = 1 }, null)", {"a": 1}),
        ("merge()", {}),
        ("merge(null)", {}),
        ("one([])", None),
        ('one(["hello"])', "hello"),
        ('one(toset(["x"]))', "x"),
        ('coalesce("a", "b")', "a"),
        ('coalesce("", "b")', "b"),
        ('coalesce(null, "b")', "b"),
        ('coalesce(1, "b")', "1"),
        ('coalesce(["", "b"]...)', "b"),
        ('coalesce([], ["a"])', []),
        ('coalescelist(["a", "b"], ["c"])', ["a", "b"]),
        ('coalescelist([], ["c"])', ["c"]),
        ('compact(["a", "", null, "b"])', ["a", "b"]),
        ('compact([1, "a"])', ["1", "a"]),
        ("compact([])", []),
        ("reverse([1, 2, 3])", [3, 2, 1]),
        ('reverse(toset(["a", "b"]))', ["b", "a"]),
        ("reverse([])", []),
        ('slice(["a", "b", "c", "d"], 1, 3)', ["b", "c"]),
        ('slice(["a", "b"], 1, 1)', []),
        ('transpose({ a = ["1", "2"], b = ["2", "3"] })', {"1": ["a"], "2": ["a", "b"], "3": ["b"]}),
        ('zipmap(["a", "b"], [1, 2])', {"a": 1, "b": 2}),
        ('zipmap(["a", "a"], [1, 2])', {"a": 2}),
        ('zipmap([1], ["x"])', {"1": "x"}),
        ("zipmap([], [])", {}),
        ('chunklist(["a", "b", "c", "d", "e"], 2)', [["a", "b"], ["c", "d"], ["e"]]),
        ('chunklist(["a", "b"], 1)', [["a"], ["b"]]),
        ('chunklist(["a", "b"], 0)', [["a", "b"]]),
        ("chunklist([], 2)", []),
        ("core::length([1])", 1),
    ],
)
def test_collection_functions(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "expression",
    [
        "concat()",
        'concat(["a"], "b")',
        'element(["a", "b", "c"], -1)',
        'element(["a"], 1.5)',
        "element([], 0)",
        'flatten("a")',
        'keys(["a"])',
        "length(null)",
        "length(5)",
        'lookup({ a = "ay" }, "c")',
        'matchkeys(["a"], ["b", "c"], ["b"])',
        'one(["a", "b"])',
        "one(null)",
        "coalesce(null, null)",
        'coalesce("", null)',
        "coalescelist([], [])",
        'coalescelist(null, ["c"])',
        'slice(["a", "b"], 0, 5)',
        'slice(["a", "b"], -1, 1)',
        'slice(["a", "b"], 1, 0)',
        'zipmap(["a"], [1, 2])',
        'chunklist(["a"], -1)',
    ],
)
def test_collection_functions_refuse_what_terraform_refuses(value: Shown, expression: str) -> None:
    assert value(f"can({expression})") is False
    assert str(value(expression)).startswith("${")

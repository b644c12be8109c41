"""Functions give what Terraform's documentation says they give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('join("-", ["a", "b"])', "a-b"),
        ('join("", [])', ""),
        ('split(",", "a,b")', ["a", "b"]),
        ('format("Hello, %s! %d %05d %%", "X", 4, 7)', "Hello, X! 4 00007 %"),
        ('format("%[2]s %[1]s", "a", "b")', "b a"),
        ('formatlist("x-%s", ["a", "b"])', ["x-a", "x-b"]),
        ('replace("1 + 2", "+", "-")', "1 - 2"),
        ('replace("hello world", "/w.*d/", "everybody")', "hello everybody"),
        ('lower("AB")', "ab"),
        ('title("hello world")', "Hello World"),
        ('trimspace("  a ")', "a"),
        ('trimprefix("helloworld", "hello")', "world"),
        ('substr("hello world", 1, 4)', "ello"),
        ('startswith("abc", "ab")', True),
        ('endswith("abc", "ab")', False),
        ('regex("[a-z]+", "53453453.345345aaabbbccc23454")', "aaabbbccc"),
        ('regexall("[a-z]+", "1234abcd5678efgh9")', ["abcd", "efgh"]),
        ('regex("(\\\\d+)-(\\\\d+)", "2019-02")', ["2019", "02"]),
        ('base64decode(base64encode("Hello"))', "Hello"),
        ('urlencode("a b&c")', "a+b%26c"),
        ("max(12, 54, 3)", 54),
        ("ceil(5.1)", 6),
        ("abs(-3)", 3),
        ('concat(["a"], ["b"], [])', ["a", "b"]),
        ('flatten([["a"], [], ["b", ["c"]]])', ["a", "b", "c"]),
        ('compact(["a", "", null, "b"])', ["a", "b"]),
        ('distinct(["a", "b", "a"])', ["a", "b"]),
        ('toset(["b", "a", "b"])', ["a", "b"]),
        ("merge({ a = 1, b = 2 }, { b = 3 })", {"a": 1, "b": 3}),
        ("merge([{ a = 1 }, { b = 2 }]...)", {"a": 1, "b": 2}),
        ("keys({ b = 1, a = 2 })", ["a", "b"]),
        ("values({ b = 1, a = 2 })", [2, 1]),
        ('lookup({ a = "x" }, "b", "d")', "d"),
        ('element(["a", "b", "c"], 4)', "b"),
        ("length({ a = 1 })", 1),
        ('one(["a"])', "a"),
        ("one([])", None),
        ('coalesce("", null, "c")', "c"),
        ('coalescelist([], ["b"])', ["b"]),
        ('contains(["a"], "a")', True),
        ('zipmap(["a", "b"], [1, 2])', {"a": 1, "b": 2}),
        ('setproduct(["a", "b"], ["c"])', [["a", "c"], ["b", "c"]]),
        ('setintersection(["a", "b"], ["b", "c"])', ["b"]),
        ('setsubtract(["a", "b"], ["b"])', ["a"]),
        ('setunion(["a"], ["a", "b"])', ["a", "b"]),
        ("range(3)", [0, 1, 2]),
        ('reverse(["a", "b"])', ["b", "a"]),
        ('sort(["b", "a"])', ["a", "b"]),
        ('slice(["a", "b", "c"], 1, 3)', ["b", "c"]),
        ('chunklist(["a", "b", "c"], 2)', [["a", "b"], ["c"]]),
        ('transpose({ a = ["1", "2"], b = ["2"] })', {"1": ["a"], "2": ["a", "b"]}),
        ("alltrue([true, false])", False),
        ("tostring(1)", "1"),
        ('tonumber("4")', 4),
        ('jsondecode("{\\"a\\": [1]}")', {"a": [1]}),
        ('jsonencode({ a = ["b"] })', {"a": ["b"]}),
        ('"${jsonencode({ a = ["b", 1, true, null] })}!"', '{"a":["b",1,true,null]}!'),
        ('provider::aws::arn_build("aws", "iam", "", "1", "role/x")', "arn:aws:iam::1:role/x"),
        ('provider::aws::arn_parse("arn:aws:iam::1:role/x").service', "iam"),
        ("uuid()", "${uuid()}"),
        ("upper(var.nothing)", "${var.nothing}"),
        ("element([], 0)", "${element([], 0)}"),
        ('try(regex("x", "y"), "fallback")', "fallback"),
    ],
)
def test_functions(value: Shown, expression: str, expected: Any) -> None:
    assert value(expression) == expected


def test_unknown_items_stay_in_their_lists(value: Shown) -> None:
    context = 'variable "x" {}\n'
    assert value('distinct(concat(["a"], var.x, ["a"]))', context) == ["a", "${var.x}…"]
    assert value('formatlist("%s/*", var.x)', context) == ["${var.x}/*"]
    assert value('join(",", ["a", var.x])', context) == "a,${var.x}"
    assert value("merge({ a = 1 }, var.x)", context) == {"a": 1, "…": "${var.x}"}
    assert value("length(var.x)", context) == "${var.x}"
    assert value('split("/", "a/${var.x}/b")', context) == ["a", "${var.x}", "b"]
    assert value('compact([var.x ? "a" : "", "b"])', context) == ["a", "b"]


def test_files_are_read_only_inside_the_scanned_folder(value: Shown) -> None:
    files = {"policy.tpl": "Hi ${name}%{ if loud }!%{ endif }\n", "plain.txt": "text"}
    assert value('templatefile("${path.module}/policy.tpl", { name = "Ann", loud = true })', "", files) == "Hi Ann!\n"
    assert value('file("plain.txt")', "", files) == "text"
    assert value('fileexists("plain.txt")', "", files) is True
    assert value('fileexists("other.txt")', "", files) is False
    assert value('file("/etc/passwd")') == '${file("/etc/passwd")}'
    assert value('file("../../../../../../../../etc/passwd")').startswith("${")

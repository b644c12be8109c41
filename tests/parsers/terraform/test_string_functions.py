"""Functions on strings give what Terraform gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('lower("HELLO ÀB")', "hello àb"),
        ("lower(5)", "5"),
        ("lower(true)", "true"),
        ('upper("straße")', "STRAßE"),
        ('upper("héllo")', "HÉLLO"),
        ('title("hello world")', "Hello World"),
        ('title("hello-world foo_bar it\'s a1b éa")', "Hello-World Foo_bar It'S A1b Éa"),
        ('trim("?!hello?!", "!?")', "hello"),
        ('trim("  a ", " ")', "a"),
        ('trim("abc", "")', "abc"),
        (r'trimspace("  hello\n\n")', "hello"),
        (r'trimspace("\u00a0a")', "a"),
        ('trimprefix("helloworld", "hello")', "world"),
        ('trimsuffix("helloworld", "world")', "hello"),
        ('trimsuffix("abc", "")', "abc"),
        (r'chomp("hello\n")', "hello"),
        (r'chomp("hello\r\n\n")', "hello"),
        (r'chomp("hello\n x")', "hello\n x"),
        (r'indent(2, "[\n  foo,\n]\n")', "[\n    foo,\n  ]\n  "),
        (r'indent(0, "a\nb")', "a\nb"),
        ('substr("hello world", 1, 4)', "ello"),
        ('substr("hello", -3, -1)', "llo"),
        ('substr("hello", 1, -1)', "ello"),
        ('substr("hello", 10, 1)', ""),
        ('substr("hello", -10, 2)', "he"),
        ('substr("hello", 0, 0)', ""),
        ('substr("hello", 0, -2)', "hello"),
        ('substr("héllo", 1, 1)', "é"),
        ('strrev("hello")', "olleh"),
        ('strrev("hé☃")', "☃éh"),
        ('split(",", "foo,bar,baz")', ["foo", "bar", "baz"]),
        ('split(",", "foo")', ["foo"]),
        ('split(",", "")', [""]),
        ('split("", "abc")', ["a", "b", "c"]),
        ('split(", ", "a, b,c")', ["a", "b,c"]),
        ('join(", ", ["foo", "bar"])', "foo, bar"),
        ('join(",", [1, true])', "1,true"),
        ('join(",", ["a"], ["b", "c"])', "a,b,c"),
        ('join("-", [])', ""),
        ('join(",", toset(["b","a"]))', "a,b"),
        ('startswith("hello world", "hello")', True),
        ('startswith("hello", "")', True),
        ('endswith("hello world", "world")', True),
        ('endswith("hello", "hellohello")', False),
        ('strcontains("hello world", "wor")', True),
        ('strcontains("hello", "z")', False),
        ('core::upper("a")', "A"),
    ],
)
def test_string_functions(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "expression",
    [
        "lower(null)",
        "upper()",
        'upper("a", "b")',
        'join(",", [null])',
    ],
)
def test_string_functions_refuse_what_terraform_refuses(value: Shown, expression: str) -> None:
    assert value(f"can({expression})") is False
    assert str(value(expression)).startswith("${")

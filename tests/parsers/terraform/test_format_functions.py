"""`format` writes what Terraform's does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('format("Hello, %s!", "Ander")', "Hello, Ander!"),
        ('format("There are %d lights", 4)', "There are 4 lights"),
        ('format("%s", 4)', "4"),
        ('format("%s", true)', "true"),
        ('format("%d", "7")', "7"),
        ('format("%05d|%5d|%-5d|%+d|% d", 7, 7, 7, 7, 7)', "00007|    7|7    |+7| 7"),
        ('format("%x %X %o %b %#x", 255, 255, 8, 5, 255)', "ff FF 10 101 0xff"),
        ('format("%f %.2f %8.3f %08.3f", 3.14159, 3.14159, 3.14159, 3.14159)', "3.141590 3.14    3.142 0003.142"),
        (
            'format("%e %E %g %G", 123456.789, 123456.789, 123456.789, 1e-10)',
            "1.234568e+05 1.234568E+05 123456.789 1E-10",
        ),
        ('format("%g", 1e21)', "1e+21"),
        ('format("%g", 100000)', "100000"),
        ('format("%v", 1e21)', "1e+21"),
        ('format("%v", 1.5)', "1.5"),
        ('format("%s", 1e21)', "1000000000000000000000"),
        ('format("%t %t", true, "false")', "true false"),
        (r'format("%q %q", "a\"b", 5)', '"a\\"b" "5"'),
        ('format("%v %v %v", [1, "a"], { b = 1, a = true }, "x")', '[1,"a"] {"a":true,"b":1} x'),
        ('format("%#v", "x")', '"x"'),
        ('format("%5s|%-5s|%.2s|%5.1s", "ab", "ab", "abc", "abc")', "   ab|ab   |ab|    a"),
        ('format("%05s", "ab")', "000ab"),
        ('format("%%")', "%"),
        ('format("%[2]s %[1]s", "a", "b")', "b a"),
        ('format("%[1]s %[1]s", "a")', "a a"),
        ('format("%s-%s", "a", 3)', "a-3"),
        ('format("%[1]s %s", "a", "b")', "a b"),
        ('format("%v", 100000000000000000000)', "1e+20"),
        ('formatlist("Hello, %s!", ["V", "A"])', ["Hello, V!", "Hello, A!"]),
        ('formatlist("%s, %s!", "Salutations", ["V", "A"])', ["Salutations, V!", "Salutations, A!"]),
        ('formatlist("%s=%s", ["a", "b"], ["1", "2"])', ["a=1", "b=2"]),
        ('formatlist("%s", "a")', ["a"]),
        ('formatlist("%s", [])', []),
        ('formatlist("%s", toset(["b", "a"]))', ["a", "b"]),
        ('formatlist("x")', ["x"]),
    ],
)
def test_format_functions(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "expression",
    [
        'format("%d", 4.5)',
        'format("%[3]s", "a")',
        'format("%s %s", "a")',
        'format("%s", "a", "b")',
        'format("x", "b")',
        'format("%z", "b")',
        'format("%")',
        'formatlist("%s=%s", ["a", "b"], ["1"])',
    ],
)
def test_format_functions_refuse_what_terraform_refuses(value: Shown, expression: str) -> None:
    assert value(f"can({expression})") is False
    assert str(value(expression)).startswith("${")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('format("arn:${var.p}:s3:::%s/${var.q}/%s", "b", "k")', "arn:${var.p}:s3:::b/${var.q}/k"),
        ('formatlist("${var.p}/%s/*", ["a", "b"])', ["${var.p}/a/*", "${var.p}/b/*"]),
        ('format("${var.p}-%03d", 7)', "${var.p}-007"),
    ],
)
def test_what_is_not_known_of_a_spec_stays_where_it_is(value: Shown, expression: str, expected: Any) -> None:
    assert value(expression, 'variable "p" {}\nvariable "q" {}') == expected


def test_a_string_made_of_an_unknown_part_is_not_that_part(value: Shown) -> None:
    context = 'variable "p" {}'
    assert value('upper("a-${var.p}")', context) != value("var.p", context)

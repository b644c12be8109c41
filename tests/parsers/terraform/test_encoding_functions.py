"""What is encoded and decoded is what Terraform encodes and decodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('jsonencode("hello")', '"hello"'),
        (r'jsonencode("a\"b")', '"a\\"b"'),
        ("jsonencode(5)", "5"),
        ("jsonencode(true)", "true"),
        ("jsonencode(null)", "null"),
        ('"${jsonencode("x")}"', '"x"'),
        (
            r'"x${jsonencode({ b = [1, null, 1.5, true], a = "<é>\n" })}"',
            'x{"a":"\\u003cé\\u003e\\n","b":[1,null,1.5,true]}',
        ),
        (r'jsondecode("{\"hello\": \"world\"}")', {"hello": "world"}),
        ('jsondecode("true")', True),
        (r'jsondecode("\"x\"")', "x"),
        ('jsondecode("null")', None),
        (r'jsondecode("[1, 2.5, null, \"a\"]")', [1, 2.5, None, "a"]),
        ('yamlencode({ a = "b", c = "d" })', '"a": "b"\n"c": "d"\n'),
        ('yamlencode({ foo = [1, 2, 3], bar = "baz" })', '"bar": "baz"\n"foo":\n- 1\n- 2\n- 3\n'),
        (
            'yamlencode({ foo = [1, { a = "b", c = "d" }, 3], bar = "baz" })',
            '"bar": "baz"\n"foo":\n- 1\n- "a": "b"\n  "c": "d"\n- 3\n',
        ),
        ("yamlencode([])", "[]\n"),
        ("yamlencode({})", "{}\n"),
        ('yamlencode("x")', '"x"\n'),
        (r'yamlencode("x\ny")', "|-\n  x\n  y\n"),
        ("yamlencode(null)", "null\n...\n"),
        (
            r'yamlencode({ a = null, b = {}, c = [], d = [[1], [2]], f = "l1\nl2\n", g = { h = { i = 1 } } })',
            '"a": null\n"b": {}\n"c": []\n"d":\n- - 1\n- - 2\n"f": |\n  l1\n  l2\n"g":\n  "h":\n    "i": 1\n',
        ),
        ("yamlencode([{ a = [1], b = { c = 1 } }])", '- "a":\n  - 1\n  "b":\n    "c": 1\n'),
        ('yamldecode("hello: world")', {"hello": "world"}),
        ('yamldecode("true")', True),
        ('yamldecode("{a: &foo [1, 2, 3], b: *foo}")', {"a": [1, 2, 3], "b": [1, 2, 3]}),
        (r"""yamldecode("- a\n- b: 1\n  c: [x, 'y']\n")""", ["a", {"b": 1, "c": ["x", "y"]}]),
        (r'yamldecode("a: |\n  x\n  y\nb: >\n  x\n  y\n")', {"a": "x\ny\n", "b": "x y\n"}),
        ('yamldecode("5")', 5),
        ('yamldecode("x")', "x"),
        (r'yamldecode("1: a\ntrue: b")', {"1": "a", "true": "b"}),
        (r'yamldecode("<<: {a: 1}\nb: 2")', {"a": 1, "b": 2}),
        ('yamldecode(yamlencode({ a = [1, "x", { b = null }] }))', {"a": [1, "x", {"b": None}]}),
        (r'csvdecode("a,b,c\n1,2,3\n4,5,6")', [{"a": "1", "b": "2", "c": "3"}, {"a": "4", "b": "5", "c": "6"}]),
        (r'csvdecode("a,b\n\"x,1\",\"y\"\"z\"\n")', [{"a": "x,1", "b": 'y"z'}]),
        ('csvdecode("a,b")', []),
        (r'csvdecode("a,b\n\n1,2\n")', [{"a": "1", "b": "2"}]),
        ('base64encode("Hello World")', "SGVsbG8gV29ybGQ="),
        ('base64encode("é")', "w6k="),
        ('base64decode("SGVsbG8gV29ybGQ=")', "Hello World"),
        ('textencodebase64("Hello World", "UTF-16LE")', "SABlAGwAbABvACAAVwBvAHIAbABkAA=="),
        ('textdecodebase64("SABlAGwAbABvACAAVwBvAHIAbABkAA==", "UTF-16LE")', "Hello World"),
        ('textencodebase64("Hé", "ISO-8859-1")', "SOk="),
        ('textencodebase64("Hé", "windows-1252")', "SOk="),
        ('urlencode("Hello World!")', "Hello+World%21"),
        ('urlencode("☃")', "%E2%98%83"),
        ('urlencode("foo:bar@localhost?foo=bar&bar=baz")', "foo%3Abar%40localhost%3Ffoo%3Dbar%26bar%3Dbaz"),
        ('urlencode("~_-.*/")', "~_-.%2A%2F"),
    ],
)
def test_encoding_functions(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "expression",
    [
        'jsondecode("{")',
        'jsondecode("")',
        'yamldecode("a: b: c")',
        'yamldecode("")',
        r'csvdecode("a,a\n1,2")',
        r'csvdecode("a,b\n1")',
        'csvdecode("")',
        'base64decode("SGVsbG8")',
        'base64decode("/w==")',
        'base64decode("!!!")',
        'textencodebase64("☃", "ISO-8859-1")',
    ],
)
def test_encoding_functions_refuse_what_terraform_refuses(value: Shown, expression: str) -> None:
    assert value(f"can({expression})") is False
    assert str(value(expression)).startswith("${")

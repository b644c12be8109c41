"""Regular expressions match what Go's match."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('replace("1 + 2 + 3", "+", "-")', "1 - 2 - 3"),
        ('replace("hello world", "/w.*d/", "everybody")', "hello everybody"),
        ('replace("hello world", "/(h)(e)/", "$2$1")', "ehllo world"),
        ('replace("aXbX", "X", "")', "ab"),
        ('replace("a.b.c", ".", "-")', "a-b-c"),
        ('replace("abc", "/(?P<x>b)/", "[$${x}]")', "a[b]c"),
        ('replace("abc", "/b/", "$$0$$0")', "a$0$0c"),
        ('replace("abc", "", "-")', "-a-b-c-"),
        ('replace("baac", "/a*/", "x")', "xbxcx"),
        ('replace("a/b", "/", "-")', "a-b"),
        ('replace("hello", "/L/", "x")', "hello"),
        ('replace("HELLO", "/(?i)l/", "x")', "HExxO"),
        (r'replace("a b  c", "/\\s+/", "-")', "a-b-c"),
        ('replace("my.domain_name", "/[^a-zA-Z0-9-]/", "-")', "my-domain-name"),
        (r'replace("line\n", "/$/", "!")', "line\n!"),
        ('regex("[a-z]+", "53453453.345345aaabbbccc23454")', "aaabbbccc"),
        (r'regex("(\\d\\d\\d\\d)-(\\d\\d)-(\\d\\d)", "2019-02-01")', ["2019", "02", "01"]),
        (
            'regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?", "https://terraform.io/docs/")',
            {"scheme": "https", "authority": "terraform.io"},
        ),
        ('regex("^[[:alpha:]]+$", "abc")', "abc"),
        ('regex("^([^:]+):([^:]+):(.*)$", "a:b:c:d")', ["a", "b", "c:d"]),
        ('regex("(a)|(b)", "b")', [None, "b"]),
        ('regexall("[a-z]+", "1234abcd5678efgh9")', ["abcd", "efgh"]),
        ('regexall("a*", "baac")', ["", "aa", ""]),
        ('regexall("(a)(b)?", "abac")', [["a", "b"], ["a", None]]),
        (r'regexall("(?P<k>\\w)=(?P<v>\\w)", "a=1,b=2")', [{"k": "a", "v": "1"}, {"k": "b", "v": "2"}]),
        ('regexall("[a-z]+", "123")', []),
    ],
)
def test_regex_functions(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "expression",
    [
        'regex("[a-z]+", "123")',
    ],
)
def test_regex_functions_refuse_what_terraform_refuses(value: Shown, expression: str) -> None:
    assert value(f"can({expression})") is False
    assert str(value(expression)).startswith("${")

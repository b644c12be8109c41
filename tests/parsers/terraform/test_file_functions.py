"""Files are read as Terraform reads them, and none outside of the scanned folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('basename("foo/bar/baz.txt")', "baz.txt"),
        ('basename("foo/")', "foo"),
        ('basename("")', "."),
        ('basename("/")', "/"),
        ('dirname("foo/bar/baz.txt")', "foo/bar"),
        ('dirname("foo")', "."),
        ('dirname("/foo")', "/"),
        ('dirname("foo/bar/")', "foo/bar"),
        ('dirname("a/../b/c")', "b"),
        ('dirname("")', "."),
        ('dirname("/")', "/"),
        ('pathexpand("a/b")', "a/b"),
    ],
)
def test_file_functions(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


FILES = {
    "sub/a.json": '{"a": 1}',
    "sub/b.txt": "hello\n",
    "sub/deep/c.json": "{}",
    "list.tpl": "%{ for x in xs ~}\n- ${x}\n%{ endfor ~}\nend\n",
    "strip.tpl": "x\n  %{~ if a }\n  yes\n  %{~ else }\n  no\n  %{~ endif }\nend",
    "escapes.tpl": '$${a} %%{b} \\n ${upper("x")}',
    "again.tpl": '${templatefile("again.tpl", {})}',
    "broken.tpl": "a %{ if a }b",
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('fileset("sub", "*.json")', ["a.json"]),
        ('fileset("sub", "**/*.json")', ["a.json", "deep/c.json"]),
        ('fileset("sub", "**")', ["a.json", "b.txt", "deep/c.json"]),
        ('fileset("sub", "{a,b}.*")', ["a.json", "b.txt"]),
        ('fileset("sub", "[ab].???")', ["b.txt"]),
        ('fileset(path.module, "sub/*.txt")', ["sub/b.txt"]),
        ('fileset("nowhere", "*")', []),
        ('fileset("sub", "../*")', ['${fileset("sub", "../*")}…']),
        ('fileset("/etc", "*")', ['${fileset("/etc", "*")}…']),
        ('[for f in fileset("sub", "*.json") : jsondecode(file("sub/${f}"))]', [{"a": 1}]),
        ('{ for f in fileset("sub", "*.txt") : f => length(file("sub/${f}")) }', {"b.txt": 6}),
        ('filebase64("sub/b.txt")', "aGVsbG8K"),
        ('filemd5("sub/b.txt")', "b1946ac92492d2347c6235b4d2611184"),
        ('filesha1("sub/b.txt")', "f572d396fae9206628714fb2ce00f72e94f2258f"),
        ('filebase64sha256("sub/b.txt")', "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="),
        ('fileexists("sub")', False),
        ('can(file("nowhere"))', False),
        ('try(file("nowhere"), "other")', "other"),
        ('try(file("/etc/passwd"), "other")', '${file("/etc/passwd")}'),
        ('filesha256("/etc/passwd")', '${filesha256("/etc/passwd")}'),
        ('templatefile("list.tpl", { xs = ["p", "q"] })', "- p\n- q\nend\n"),
        ('templatefile("strip.tpl", { a = true })', "x\n\n  yes\n\nend"),
        ('templatefile("escapes.tpl", {})', "${a} %{b} \\n X"),
        ('can(templatefile("again.tpl", {}))', False),
        ('can(templatefile("broken.tpl", { a = true }))', False),
        ('templatestring(local.t, { n = "Ann" })', "Hi Ann!"),
    ],
)
def test_files_below_the_scanned_folder(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression, 'locals { t = "Hi $${n}!" }', FILES)
    assert ([found] if isinstance(expected, list) and isinstance(found, str) else found) == expected

"""Functions give what Terraform's documentation says they give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamlint.parsers.terraform.functions import NAMES
from iamlint.parsers.terraform.signatures import SIGNATURES

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
        ('try(jsondecode("nope"), "fallback")', "fallback"),
        ('try({}.a, [].b, "c")', "c"),
        ('try([{}.a], "c")', "c"),
        ("try({ a = [1][2] }, null)", None),
        ('can("a")', True),
        ("can([{}.a])", False),
        ('can(keys("x"))', False),
        ('core::upper("a")', "A"),
        ('upper("a", "b")', '${upper("a", "b")}'),
        ("upper()", "${upper()}"),
        ("upper(null)", "${upper(null)}"),
        ('max([3, "12"]...)', 12),
        ('provider::aws::trim_iam_role_path("arn:aws:iam::1:role/a/b/x")', "arn:aws:iam::1:role/x"),
        ('can(provider::aws::arn_parse("arn:aws"))', False),
        ("provider::other::make(1)", "${provider::other::make(1)}"),
        ('cidrcontains("10.0.0.0/8", "10.1.2.3")', True),
        ('cidrcontains("10.0.0.0/8", "10.1.0.0/16")', True),
        ('cidrcontains("10.0.0.0/8", "11.0.0.0/16")', False),
        ('urldecode("a%20b%2Bc+d")', "a b+c d"),
        ('base64gunzip("H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA==")', "hello"),
        ('list("a", "b")', ["a", "b"]),
        ('map("a", 1)', {"a": 1}),
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


# Every function of Terraform 1.11 and of OpenTofu 1.9, and those of Terraform 0.11 that old modules still call.
# fmt: off
BUILT_IN = frozenset((
    "abs", "abspath", "alltrue", "anytrue", "base64decode", "base64encode", "base64gunzip", "base64gzip",
    "base64sha256", "base64sha512", "basename", "bcrypt", "can", "ceil", "chomp", "chunklist", "cidrcontains",
    "cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets", "coalesce", "coalescelist", "compact", "concat",
    "contains", "csvdecode", "defaults", "dirname", "distinct", "element", "endswith", "ephemeralasnull", "file",
    "filebase64", "filebase64sha256", "filebase64sha512", "fileexists", "filemd5", "fileset", "filesha1",
    "filesha256", "filesha512", "flatten", "floor", "format", "formatdate", "formatlist", "indent", "index",
    "issensitive", "join", "jsondecode", "jsonencode", "keys", "length", "list", "log", "lookup", "lower", "map",
    "matchkeys", "max", "md5", "merge", "min", "nonsensitive", "one", "parseint", "pathexpand", "plantimestamp",
    "pow", "range", "regex", "regexall", "replace", "reverse", "rsadecrypt", "sensitive", "setintersection",
    "setproduct", "setsubtract", "setunion", "sha1", "sha256", "sha512", "signum", "slice", "sort", "split",
    "startswith", "strcontains", "strrev", "substr", "sum", "templatefile", "templatestring", "textdecodebase64",
    "textencodebase64", "timeadd", "timecmp", "timestamp", "title", "tobool", "tolist", "tomap", "tonumber",
    "toset", "tostring", "transpose", "trim", "trimprefix", "trimspace", "trimsuffix", "try", "type", "upper",
    "urldecode", "urlencode", "uuid", "uuidv5", "values", "yamldecode", "yamlencode", "zipmap",
    "provider::aws::arn_build", "provider::aws::arn_parse", "provider::aws::trim_iam_role_path",
    "provider::terraform::decode_tfvars", "provider::terraform::encode_expr", "provider::terraform::encode_tfvars",
))
# fmt: on


def test_every_built_in_function_is_there() -> None:
    assert sorted(NAMES) == sorted(BUILT_IN)


def test_every_function_says_what_it_takes() -> None:
    assert sorted(SIGNATURES) == sorted(BUILT_IN - {"try", "can"})  # which take expressions, not values


@pytest.mark.parametrize(
    "call",
    [
        "timestamp()", "plantimestamp()", "uuid()", 'bcrypt("x")', 'base64gzip("x")', 'rsadecrypt("x", "y")',
        'pathexpand("~/x")', 'issensitive("x")', 'sha256(jsonencode({ a = 1 }))', 'type("x")',
        "provider::terraform::encode_tfvars({})",
    ],
)  # fmt: skip
def test_what_no_file_tells_stays_unknown(value: Shown, call: str) -> None:
    assert value(call) == f"${{{call}}}"
    assert value(f"try({call}, 1)") == f"${{{call}}}"


# fmt: off
ARGUMENTS = (
    "", "null", '"a"', "1", "-1", "0.5", "true", "[]", "{}", '["a"]', '[1, "a", null, [], {}]', "{ a = [1] }",
    "var.x", "[var.x]", "{ (var.x) = 1 }", '"${var.x}-a"', '"a-${var.x}"', 'var.x ? "a" : ["b"]',
    "var.x ? null : {}", "[for k in var.x : k]", "null, null", '"a", "b"', "1, 2", '"a", 1', '1, "a"', '["a"], "a"',
    '["a"], 0', '{ a = 1 }, "a"', "[1], [2]", '"10.0.0.0/8", 8, 1', '"a", "b", "c"', "var.x, 1",
    'var.x, "a", var.x', "1, var.x, 2", '"%s", var.x', '"a", "/a*/", "$1"', '"%d", "x"', '"[", "a"', "[], [], []",
    "{}, {}, {}", "[null]...", "var.x...", '"\\u0000"', '"../../../etc/passwd"', '"/etc/passwd", {}',
    "1e100, 1e100", "-1e100, 3", '"é😀", 1, 1',
)
# fmt: on


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_no_arguments_make_a_function_raise(value: Shown, name: str) -> None:
    calls = ", ".join(f"{name}({arguments})" for arguments in ARGUMENTS)
    assert len(value(f"[{calls}]", 'variable "x" {}')) == len(ARGUMENTS)


def test_what_is_known_of_an_argument_is_known_of_the_result(value: Shown) -> None:
    context = 'variable "x" {}\n'
    assert value('upper("a-${var.x}")', context) == "A-${var.x}"
    assert value('trimprefix("a-${var.x}", "a-")', context) == "${var.x}"
    assert value('trimsuffix("${var.x}/*", "/*")', context) == "${var.x}"
    assert value('startswith("arn:${var.x}", "arn:")', context) is True
    assert value('endswith("${var.x}/*", "/*")', context) is True
    assert value('endswith("${var.x}/*", ".json")', context) is False
    assert value('strcontains("a-${var.x}", "a-")', context) is True
    assert value('format("%s/%05d", var.x, 7)', context) == "${var.x}/00007"
    assert value('formatlist("%s-%s", ["a", "b"], var.x)', context) == ["a-${var.x}", "b-${var.x}"]
    assert value('formatlist("%s/*", concat(["a"], var.x))', context) == ["a/*", "${var.x}/*"]
    assert value('toset(["b", "a", var.x])', context) == ["b", "a", "${var.x}"]
    assert value('contains(["a", var.x], "a")', context) is True
    assert value("length([var.x, 1])", context) == 2
    assert value('zipmap(["a"], [var.x])', context) == {"a": "${var.x}"}
    assert value('yamldecode("a: ${var.x}\\nb: 1")', context) == {"a": "${var.x}", "b": 1}
    assert value('jsondecode("{\\"a\\": \\"${var.x}\\"}").a', context) == "${var.x}"
    assert value('replace("a.${var.x}.b", ".", "-")', context) == "a-${var.x}-b"
    assert value("element([var.x, 1], 1)", context) == 1
    assert value("sum([1, var.x])", context) == "${var.x}"
    assert value('upper(var.x ? "a" : "b")', context) == {"when var.x": "A", "when not var.x": "B"}

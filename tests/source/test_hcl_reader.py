"""The HCL reader: structure, places, strings and heredocs, comments, and what a syntax error costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hcl2
import pytest

from iamlint.source import hcl_syntax as syntax
from iamlint.source.document import Document
from iamlint.source.hcl_reader import read_hcl, read_template
from iamlint.source.hcl_syntax import Body, Expression, Template
from iamlint.source.span import SourceText, place_within


def read(text: str) -> Document:
    return read_hcl(SourceText("main.tf", text))


def body(text: str) -> Body:
    document = read(text)
    assert document.problems == []
    assert document.body is not None
    return document.body


def value(text: str) -> Expression:
    return body(f"x = {text}\n").attributes["x"].value


def string(text: str) -> str | None:
    found = value(text)
    assert isinstance(found, Template)
    return found.literal


def test_blocks_and_labels() -> None:
    found = body('resource "aws_iam_role" "app" {\n  name = "a"\n  inline_policy {\n    name = "b"\n  }\n}\n')
    (block,) = found.blocks
    assert (block.kind, block.labels) == ("resource", ("aws_iam_role", "app"))
    assert block.written == 'resource "aws_iam_role" "app"'
    assert block.whole.span.end_line == 6
    assert [inner.kind for inner in block.body.blocks] == ["inline_policy"]
    assert block.body.attributes["name"].written == 'name = "a"'


def test_places_count_characters_not_bytes() -> None:
    found = body('description = "Zugänge für 🚀"\nx = "s3:*"\n')
    assert found.attributes["x"].value.written == '"s3:*"'
    assert found.attributes["x"].value.span.column == 5
    description = found.attributes["description"].value
    assert isinstance(description, Template)
    assert description.literal == "Zugänge für 🚀"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r'"a\nb"', "a\nb"),
        (r'"say \"hi\" \\ \t"', 'say "hi" \\ \t'),
        (r'"\u00e4\U0001F680"', "ä🚀"),
        ('"$${aws:username} %%{if}"', "${aws:username} %{if}"),
        ('"  spaced  "', "  spaced  "),
        ('""', ""),
        ('"&{aws:username}"', "&{aws:username}"),
        ("<<EOF\n  a\n b\nEOF", "  a\n b\n"),
        ("<<-EOF\n    a\n      b\n\n    c\n  EOF", "a\n  b\n\nc\n"),
        ("<<EOF\nEOF", ""),
        ("<<EOF\n$${x} \\n %%{y}\nEOF", "${x} \\n %{y}\n"),
    ],
)
def test_string_content(written: str, expected: str) -> None:
    assert string(written) == expected


def test_every_character_of_a_string_knows_its_place() -> None:
    found = value('"a\\"b$${c}"')
    assert isinstance(found, Template)
    (piece,) = found.parts
    assert isinstance(piece, syntax.Piece)
    assert piece.text == 'a"b${c}'
    assert place_within(piece, 2, 3).written == "b"
    assert place_within(piece, 5, 6).written == "c"
    assert len(piece.offsets()) == len(piece.text) + 1


def test_every_character_of_an_indented_heredoc_knows_its_place() -> None:
    found = value('<<-EOF\n    {"a": 1,\n      "b": 2}\n    EOF')
    assert isinstance(found, Template)
    (piece,) = found.parts
    assert isinstance(piece, syntax.Piece)
    assert piece.text == '{"a": 1,\n  "b": 2}\n'
    start = piece.text.index('"b"')
    place = place_within(piece, start, start + 3)
    assert (place.written, place.span.line, place.span.column) == ('"b"', 3, 7)


def shown(template: Expression) -> list[Any]:
    """A template in plain data: strings, and a list for each dynamic part."""
    assert isinstance(template, Template)
    result: list[Any] = []
    for part in template.parts:
        if isinstance(part, syntax.Piece):
            result.append(part.text)
        elif isinstance(part, syntax.Interpolation):
            result.append([part.value.written])
        elif isinstance(part, syntax.IfDirective):
            result.append(["if", part.condition.written, shown(part.yes), shown(part.no) if part.no else None])
        else:
            result.append(["for", part.key, part.value, part.collection.written, shown(part.body)])
    return result


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"a ${var.x} b"', ["a ", ["var.x"], " b"]),
        ('"${var.x}"', [["var.x"]]),
        ('"a  ${~ x ~}  b"', ["a", ["x"], "b"]),
        ('"%{ if a }yes%{ else } no%{ endif }"', [["if", "a", ["yes"], [" no"]]]),
        ('"%{ if a ~} yes %{~ endif } ."', [["if", "a", ["yes"], None], " ."]),
        ('"%{ for k, v in m }${k} %{ endfor }"', [["for", "k", "v", "m", [["k"], " "]]]),
        ("<<EOF\n%{ for a in b ~}\n  ${a}\n%{ endfor ~}\nEOF", [["for", "", "a", "b", ["  ", ["a"], "\n"]]]),
        ('<<-EOF\n  a: "${b}",\n    ${c}\n  EOF', ['a: "', ["b"], '",\n  ', ["c"], "\n"]),
        ('"${"nested ${a}"}"', [['"nested ${a}"']]),
    ],
)
def test_templates(written: str, expected: list[Any]) -> None:
    assert shown(value(written)) == expected


def kinds(expression: Any) -> Any:
    """The shape of an expression in plain data."""
    match expression:
        case syntax.Literal():
            return expression.value
        case Template():
            return expression.literal if expression.literal is not None else shown(expression)
        case syntax.Reference():
            return [expression.root, *steps(expression.steps)]
        case syntax.Access():
            return ["access", kinds(expression.target), *steps(expression.steps)]
        case syntax.Call():
            return [f"{expression.name}()", *map(kinds, expression.arguments), *(["..."] if expression.expands else [])]
        case syntax.Conditional():
            return ["?", kinds(expression.condition), kinds(expression.yes), kinds(expression.no)]
        case syntax.Binary():
            return [expression.operator, kinds(expression.left), kinds(expression.right)]
        case syntax.Unary():
            return [expression.operator, kinds(expression.operand)]
        case syntax.Tuple():
            return list(map(kinds, expression.items))
        case syntax.Object():
            return [(kinds(key), kinds(item)) for key, item in expression.entries]
        case syntax.For():
            names = f"{expression.key},{expression.value}"
            key = kinds(expression.result_key) if expression.result_key is not None else None
            test = kinds(expression.condition) if expression.condition is not None else None
            return ["for", names, kinds(expression.collection), key, kinds(expression.result), test, expression.grouped]
    raise AssertionError(expression)


def steps(taken: tuple[syntax.Step, ...]) -> Iterator[Any]:
    for step in taken:
        if isinstance(step, syntax.GetAttr):
            yield f".{step.name}"
        elif isinstance(step, syntax.Index):
            yield [kinds(step.key)]
        else:
            yield "[*]"
            yield from steps(step.steps)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1", 1),
        ("3.5", 3.5),
        ("1e3", 1000),
        ("true", True),
        ("null", None),
        ("var.x", ["var", ".x"]),
        ('a.b[0]["k"].0.c', ["a", ".b", [0], ["k"], [0], ".c"]),
        ("a[*].b[0]", ["a", "[*]", ".b", [0]]),
        ("a.*.b", ["a", "[*]", ".b"]),
        ("f(a, b...)", ["f()", ["a"], ["b"], "..."]),
        ("provider::aws::arn_parse(a).region", ["access", ["provider::aws::arn_parse()", ["a"]], ".region"]),
        ("[1, 2][0]", ["access", [1, 2], [0]]),
        ('a.b == "" ? c : d', ["?", ["==", ["a", ".b"], ""], ["c"], ["d"]]),
        ("1 + 2 * 3", ["+", 1, ["*", 2, 3]]),
        ("(1 + 2) * 3", ["*", ["+", 1, 2], 3]),
        ("(a).b", ["access", ["a"], ".b"]),
        ("!a && -b < c || d", ["||", ["&&", ["!", ["a"]], ["<", ["-", ["b"]], ["c"]]], ["d"]]),
        ('{ a = 1, "b" : 2, (c) = 3 }', [("a", 1), ("b", 2), (["c"], 3)]),
        ("[for v in xs : v if v != 1]", ["for", ",v", ["xs"], None, ["v"], ["!=", ["v"], 1], False]),
        ("{ for k, v in m : k => v... }", ["for", "k,v", ["m"], ["k"], ["v"], None, True]),
        ("[\n  1, # one\n  2,\n]", [1, 2]),
    ],
)
def test_expressions(written: str, expected: Any) -> None:
    assert kinds(value(written)) == expected


def test_comments_that_speak_to_iamlint_are_kept() -> None:
    document = read(
        '# iamlint: ignore[a] because\nx = 1 // iamlint: ignore[b]\n/* iamlint: ignore[c] */\n# other\ny = "iamlint"\n'
    )
    assert [(c.text, c.own_line, c.place.span.line) for c in document.comments] == [
        ("iamlint: ignore[a] because", True, 1),
        ("iamlint: ignore[b]", False, 2),
        ("iamlint: ignore[c]", True, 3),
    ]


def test_a_syntax_error_costs_its_block_and_not_the_file() -> None:
    document = read('a "x" {\n  y = 1\n}\nresource "b" "c" {\n  z = [1,\n  w = 2\n}\nresource "d" "e" {\n  v = 3\n}\n')
    assert document.body is not None
    assert [block.labels for block in document.body.blocks] == [("x",), ("d", "e")]
    (problem,) = document.problems
    assert problem.kind == "unreadable"
    assert problem.place.span.line == 6
    assert "line 6, column 5: unexpected `=`, expected" in problem.message
    assert "`]`" in problem.message


def test_a_missing_brace_does_not_swallow_the_blocks_after_it() -> None:
    document = read('resource "a" "b" {\n  x = 1\n\nresource "c" "d" {\n  y = 2\n}\n')
    assert document.body is not None
    assert [block.labels for block in document.body.blocks] == [("c", "d")]
    (problem,) = document.problems
    assert problem.place.span.line == 1


def test_the_pieces_of_one_broken_block_are_one_problem() -> None:
    # What Terraform 0.11 took: blocks written as maps, and blocks in these.
    broken = """resource "pod" "NAME" {
  metadata {
    labels {
      App = "y"
    }
  }
  spec {
    container {
      env = {
        name = "A"
        value = "x"
      }
      env = {
        name = "T"
        value_from {
          secret_key_ref {
            name = "n"
            key = "token"
          }
        }
      }
      port {
        container_port = 80
      }
    }
  }
  depends_on = ["z"]
}
"""
    sound = 'resource "c" "d" {\n}\n'
    document = read(broken.replace("NAME", "a") + broken.replace("NAME", "b") + sound)
    assert document.body is not None
    assert [block.labels for block in document.body.blocks] == [("c", "d")]
    assert [problem.place.span.line for problem in document.problems] == [15, 43]


def test_what_stands_between_blocks_costs_neither() -> None:
    sound = 'resource "c" "d" {\n  v = 3\n}\n'
    document = read(f'{sound}value_from {{\n  = "x" {{\n}}\n{sound}')
    assert document.body is not None
    assert [block.labels for block in document.body.blocks] == [("c", "d"), ("c", "d")]
    assert len(document.problems) == 1


def test_a_text_that_stops_within_a_value_is_a_problem() -> None:
    document = read('resource "a" "b" {\n  x = 1\n}\nresource "c" "d" {\n  y = \n')
    (problem,) = document.problems
    assert (problem.kind, problem.place.span.line) == ("unreadable", 5)


def test_text_that_is_no_hcl_is_one_problem() -> None:
    document = read("{{ cookiecutter.x }}\n")
    assert [problem.kind for problem in document.problems] == ["template"]


def test_line_ends_of_windows() -> None:
    found = body('x = <<EOF\r\na\r\nb\r\nEOF\r\ny = "z"\r\n')
    text = found.attributes["x"].value
    assert isinstance(text, Template)
    assert text.literal == "a\r\nb\r\n"
    assert kinds(found.attributes["y"].value) == "z"


def test_deep_nesting_is_bounded() -> None:
    deep = "[" * 3000 + "]" * 3000
    assert isinstance(value(deep), syntax.Tuple)


def test_a_template_file() -> None:
    text = 'a "${b}"\n%{ if c }d%{ endif }'
    source = SourceText("policy.tpl", text)
    found = read_template(source, text, range(len(text) + 1))
    assert found is not None
    assert shown(found) == ['a "', ["b"], '"\n', ["if", "c", ["d"], None]]
    part = found.parts[1]
    assert isinstance(part, syntax.Interpolation)
    assert (part.span.line, part.span.column, part.span.path) == (1, 4, "policy.tpl")


SNIPPETS = [
    'resource "aws_s3_bucket" "b" {\n  bucket = "x"\n  tags = { a = 1, b = [true, null] }\n}\n',
    'variable "v" {\n  type = list(string)\n  default = ["a", "b"]\n}\n',
    "locals {\n  a = 1\n  b = 2.5\n  c = true\n}\n",
    'data "x" "y" {\n  statement {\n    actions = ["s3:*"]\n    condition {\n      values = ["1"]\n    }\n  }\n}\n',
    'terraform {\n  backend "s3" {\n    bucket = "b"\n  }\n}\n',
]


def plain(found: Body) -> list[Any]:
    """A body in plain data, expressions only where they are literal."""
    attributes = sorted((name, scalar(attribute.value)) for name, attribute in found.attributes.items())
    return [attributes, [(block.kind, *block.labels, plain(block.body)) for block in found.blocks]]


def scalar(expression: Expression) -> str:
    match expression:
        case Template(literal=str() as literal):
            return literal
        case syntax.Literal():
            return spelled(expression.value)
        case syntax.Tuple():
            return f"[{', '.join(map(scalar, expression.items))}]"
        case syntax.Object():
            return f"{{{', '.join(f'{scalar(k)}={scalar(v)}' for k, v in expression.entries)}}}"
    return "…"


def referee(found: dict[str, Any]) -> list[Any]:
    """What python-hcl2 read, in the same plain data."""
    attributes: list[tuple[str, str]] = []
    blocks: list[Any] = []
    for name, item in found.items():
        if name.startswith("__"):
            continue
        if isinstance(item, list) and item and all(isinstance(i, dict) for i in item):
            blocks.extend(labelled(name, inner) for inner in item)
        else:
            attributes.append((name, spelled(item)))
    return [sorted(attributes), blocks]


def labelled(kind: str, found: dict[str, Any]) -> tuple[Any, ...]:
    labels: list[str] = []
    while "__is_block__" not in found:
        ((label, found),) = found.items()
        labels.append(label.strip('"'))
    return (kind, *labels, referee(found))


def spelled(item: Any) -> str:
    if isinstance(item, bool) or item is None:
        return {True: "true", False: "false", None: "null"}[item]
    if isinstance(item, list):
        return f"[{', '.join(map(spelled, item))}]"
    if isinstance(item, dict):
        return f"{{{', '.join(f'{k}={spelled(v)}' for k, v in item.items())}}}"
    text = str(item)
    return "…" if text.startswith("${") else text.strip('"')


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_python_hcl2_agrees(snippet: str) -> None:
    assert plain(body(snippet)) == referee(hcl2.loads(snippet))


def test_long_runs_of_blanks_cost_no_place() -> None:
    blank = " " * 60_000
    text = f'a = {{ n = "p"{blank}}}\nb = "x{blank}y"\nc = <<E\nq' + "\n" * 9_000 + "E\nd = 1\n"
    document = read(text)
    assert not document.problems
    attributes = document.body.attributes if document.body is not None else {}
    assert [text[each.start : each.start + 3] for each in attributes.values()] == ["a =", "b =", "c =", "d ="]

"""Reading JSON: the same values as json.loads, every one at its place, and errors in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.source.document import Document, Problem
from iamlint.source.json_reader import MAXIMUM_DEPTH, read_json
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import EmbeddedText, SourceText

HOLE = "\ue000"


def read(text: str, holes: bool = False) -> Document:
    return read_json(SourceText("policy.json", text), holes)


def root(text: str, holes: bool = False) -> Node:
    document = read(text, holes)
    assert not document.problems
    assert document.root is not None
    return document.root


def scalar(text: str, holes: bool = False) -> ScalarNode:
    node = root(text, holes)
    assert isinstance(node, ScalarNode)
    return node


def problem(text: str, holes: bool = False) -> Problem:
    document = read(text, holes)
    assert document.root is None
    (found,) = document.problems
    return found


def plain(node: Node) -> object:
    if isinstance(node, MappingNode):
        return {key.value: plain(value) for key, value in node.entries}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    return node.value


def every(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [node, *(inner for key, value in node.entries for inner in [key, *every(value)])]
    if isinstance(node, SequenceNode):
        return [node, *(inner for item in node.items for inner in every(item))]
    return [node]


texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\/\n\t\u2028é😀{}[],:'), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(value=values, ascii_only=st.booleans(), indent=st.sampled_from([None, 2, "\t"]), crlf=st.booleans())
def test_reads_what_json_loads_reads(value: object, ascii_only: bool, indent: int | str | None, crlf: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    text = text.replace("\n", "\r\n") if crlf else text
    node = root(text)
    assert plain(node) == json.loads(text)
    for inner in every(node):
        assert json.loads(inner.written) == plain(inner)


@settings(max_examples=80, deadline=None)
@given(value=texts, ascii_only=st.booleans())
def test_each_character_of_a_string_is_traced_to_where_it_is_written(value: str, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    node = scalar(f"  {text}")
    offsets = node.offsets()
    assert len(offsets) == len(value) + 1
    written = [node.source.text[start:end] for start, end in pairwise(offsets)]
    assert "".join(json.loads(f'"{piece}"') for piece in written) == value
    assert offsets[-1] == node.end - 1


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.sampled_from('{}[],:"\\ \nu0d8-.1eEtruefalsn/*#\t\ue000'), max_size=14), holes=st.booleans())
def test_any_text_gives_a_document(text: str, holes: bool) -> None:
    document = read(text, holes)
    kinds = {found.kind for found in document.problems} - {"duplicate-key"}
    assert (document.root is None) == bool(kinds - {"mended"})
    if not holes:
        try:
            json.loads(text)
        except ValueError:
            assert document.root is None or kinds == {"mended"}
        else:
            assert document.root is not None
            assert not kinds


def test_places_of_keys_and_values() -> None:
    node = root('{\n\t"Action" : [ "s3:*" , 12 ]\r\n}')
    assert isinstance(node, MappingNode)
    (entry,) = node.entries
    assert [str(place.span) for place in (*every(node), entry[0])] == [
        "policy.json:1:1",
        "policy.json:2:2",
        "policy.json:2:13",
        "policy.json:2:15",
        "policy.json:2:24",
        "policy.json:2:2",
    ]
    assert [place.written for place in every(node)][1:] == ['"Action"', '[ "s3:*" , 12 ]', '"s3:*"', "12"]


def test_surrogate_pairs_are_one_character() -> None:
    node = scalar(r'"a\ud83d\ude00\\ud83d\"b"')
    assert node.value == 'a😀\\ud83d"b'
    assert [node.source.text[at] for at in node.offsets()] == list('a\\\\ud83d\\b"')


def test_lone_surrogates_become_the_replacement_character() -> None:
    assert scalar(r'"a\ud800b"').value == "a\ufffdb"


def test_numbers_beyond_python_keep_their_text() -> None:
    assert scalar("9" * 5000).value == "9" * 5000
    assert scalar("1e999").value == "1e999"
    assert scalar("123456789012").value == 123456789012


def test_duplicate_keys_are_reported_at_the_later_one() -> None:
    document = read('{"Effect": "Deny",\n "Sid": "x",\n "Effect": "Allow"}')
    assert isinstance(document.root, MappingNode)
    value = document.root.get("Effect")
    assert isinstance(value, ScalarNode)
    assert value.value == "Allow"
    (found,) = document.problems
    assert found.kind == "duplicate-key"
    assert str(found.place.span) == "policy.json:3:2"
    assert "`Effect`" in found.message
    assert "line 1" in found.message


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "1:1", "the file is empty"),
        ('{"a": 1 "b": 2}', "1:9", 'expected `,` or `}` after the value of `a`, found `"`'),
        ('{"a": [1 2]}', "1:10", "expected `,` or `]` after item 1 of the list, found `2`"),
        ('{"a" 1}', "1:6", "expected `:` after the key `a`, found `1`"),
        ("{a: 1}", "1:2", "expected a key in double quotes, found `a`"),
        ("{'a': 1}", "1:2", "expected a key in double quotes, found `'`"),
        ('{"a": Allow}', "1:7", "expected a value, found `Allow`"),
        ('{"a": NaN}', "1:7", "expected a value, found `NaN`"),
        ('{"a": 01}', "1:7", "expected a value, found `0`"),
        ('{"a": "x', "1:7", 'this string has no closing `"`'),
        ('{"a": "x\n"}', "1:7", 'this string has no closing `"` on its line'),
        ('{"a": "x\ty"}', "1:9", "the character U+0009 cannot stand in a string as it is"),
        ('{"a": "x\\d"}', "1:9", "`\\d` is no escape of JSON"),
        ('{"a": "\\u12"}', "1:8", "`\\u` is no escape of JSON"),
        ('{"a": 1', "1:8", "expected `,` or `}` after the value of `a`, found the end of the file"),
        ("{} {}", "1:4", "expected the end of the text, found `{`"),
    ],
)
def test_errors_say_what_is_wrong_and_where(text: str, place: str, message: str) -> None:
    found = problem(text)
    assert found.kind == "unreadable"
    assert (str(found.place.span), found.message) == (f"policy.json:{place}", message)
    assert found.remedy


@pytest.mark.parametrize(
    "text",
    ['{"a": {{ cookiecutter.a }}}', '{"a": ${jsonencode(x)}}', "{% if x %}{}{% endif %}", '{"a": <%= x %>}'],
)
def test_templates_of_other_languages_are_told_apart(text: str) -> None:
    assert problem(text).kind == "template"


def test_a_dynamic_reference_of_cloudformation_is_no_template() -> None:
    assert problem('{"a": "{{resolve:ssm:x}}" 1}').kind == "unreadable"


def test_depth_is_bounded() -> None:
    assert plain(root("[" * MAXIMUM_DEPTH + "]" * MAXIMUM_DEPTH)) is not None
    assert "levels deep" in problem("[" * 100_000).message
    assert "levels deep" in problem('{"a":' * 100_000).message


def test_holes_stand_bare_and_in_strings() -> None:
    node = root(f'{{"Action": [{HOLE}, "s3:{HOLE}\n*"], "Resource": {HOLE}}}', holes=True)
    assert plain(node) == {"Action": [HOLE, f"s3:{HOLE}\n*"], "Resource": HOLE}
    bare = [place for place in every(node) if place.written == HOLE]
    assert [place.end - place.start for place in bare] == [1, 1]


def test_holes_are_refused_where_none_are_expected() -> None:
    assert problem(f"[{HOLE}]").message == "expected a value, found an expression"
    assert problem(f"{{{HOLE}: 1}}", holes=True).message == "expected a key in double quotes, found an expression"
    assert problem('["a\nb"]').kind == "unreadable"


def test_an_escape_cannot_fake_a_hole() -> None:
    assert scalar(rf'"\ue000{HOLE}"', holes=True).value == f"\ufffd{HOLE}"
    assert scalar(r'"\ue000"').value == HOLE


def test_embedded_json_is_placed_in_the_outer_text() -> None:
    outer = SourceText("main.tf", 'x = "{\\"a\\": 1,}"')
    inner = EmbeddedText(outer, '{"a": 1,}', [5, 6, 8, 9, 11, 12, 13, 14, 15, 16])
    (found,) = read_json(inner).problems
    assert str(found.place.span) == "main.tf:1:15"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{"a": 1,\n}', "1:8", "a comma before `}`: JSON and IAM refuse it"),
        ("[1,\n]", "1:3", "a comma before `]`: JSON and IAM refuse it"),
        ('{"a": 1} // x', "1:10", "a comment: JSON has none, and IAM refuses it"),
        ('{ /* x */ "a": 1}', "1:3", "a comment: JSON has none, and IAM refuses it"),
        ('{"a": # x\n 1}', "1:7", "a comment: JSON has none, and IAM refuses it"),
        ('// x\n{"a": [1, ], // y\n /* z */}', "1:1", "a comment: JSON has none, and IAM refuses it"),
        ('{"a": 1}\n}\n', "2:1", "closes what is not open"),
        ("[1]\n ] }", "2:2", "closes what is not open"),
        (
            '{"b": "]}", "a": [{"c": [1]}',
            "1:29",
            "expected `,` or `]` after item 1 of the list, found the end of the file",
        ),
        ('{"a": {"b\\"]": 1, "c": ""},\n', "2:1", "expected a key in double quotes, found the end of the file"),
    ],
)
def test_what_is_too_much_or_missing_at_the_end_is_told_and_read_over(text: str, place: str, message: str) -> None:
    document = read(text)
    (found,) = document.problems
    assert (found.kind, str(found.place.span), found.message) == ("mended", f"policy.json:{place}", message)
    assert document.root is not None
    inner = next(node for node in _scalars(document.root) if node.value == 1)
    assert text[inner.start : inner.end] == "1"


def _scalars(node: Node) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _scalars(item)
    else:
        for _, value in node.entries:
            yield from _scalars(value)


def test_what_is_wrong_besides_is_not_mended() -> None:
    assert problem('{"a": 1, // x\n "b" 2}').message == "a comment: JSON has none, and IAM refuses it"
    many = "[" + "/* x */" * 200 + "1]"
    assert problem(many).kind == "unreadable"


@pytest.mark.parametrize("text", ['{"a": 1, "b', '{"a": ', '{"a":', "[1", '{"a": [1}', '{"a": 1}, {"b": 2}', '{"a"'])
def test_what_is_cut_off_within_a_value_is_not_mended(text: str) -> None:
    assert problem(text).kind == "unreadable"
    assert read(text).root is None


def test_duplicate_keys_are_told_once_where_something_is_mended() -> None:
    document = read('{"a": 1, "a": 2, // x\n}')
    assert [found.kind for found in document.problems] == ["mended", "duplicate-key"]


def test_nothing_is_mended_where_it_is_not_asked_for() -> None:
    document = read_json(SourceText("t.template", '{"a": 1,}'), mend=False)
    assert (document.root, [found.kind for found in document.problems]) == (None, ["unreadable"])


def test_a_long_string_that_is_never_closed_is_looked_through_once() -> None:
    assert problem('{"a": "' + '\\"' * 40_000 + "]").kind == "unreadable"

"""Reading YAML: what it means to CloudFormation, every value at its place, with and without libyaml."""

from __future__ import annotations

import sys
from subprocess import run

import cfn_tools
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.source.document import Document, Problem
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import SourceText, place_within
from iamlint.source.yaml_reader import read_yaml


def shape(node: Node | None) -> object:
    """Everything about a node: values, places and offsets."""
    if isinstance(node, MappingNode):
        return node.start, node.end, [(shape(key), shape(value)) for key, value in node.entries]
    if isinstance(node, SequenceNode):
        return node.start, node.end, [shape(item) for item in node.items]
    return node and (node.start, node.end, node.value, list(node.offsets()))


def read(text: str) -> Document:
    """Read with libyaml and without it: both must agree."""
    document = read_yaml(SourceText("t.yaml", text))
    pure = read_yaml(SourceText("t.yaml", text), _pure=True)
    assert shape(document.root) == shape(pure.root)
    assert [(found.kind, found.place.span, found.message) for found in document.problems] == [
        (found.kind, found.place.span, found.message) for found in pure.problems
    ]
    return document


def root(text: str) -> Node:
    document = read(text)
    assert not document.problems
    assert document.root is not None
    return document.root


def problem(text: str) -> Problem:
    document = read(text)
    assert document.root is None
    (found,) = document.problems
    return found


def plain(node: Node) -> object:
    if isinstance(node, MappingNode):
        return {key.value: plain(value) for key, value in node.entries}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    return node.value


def scalars(node: Node) -> list[ScalarNode]:
    if isinstance(node, MappingNode):
        return [inner for key, value in node.entries for inner in [key, *scalars(value)]]
    if isinstance(node, SequenceNode):
        return [inner for item in node.items for inner in scalars(item)]
    return [node]


def at(node: Node, *path: str | int) -> Node:
    for step in path:
        if isinstance(step, int):
            assert isinstance(node, SequenceNode)
            node = node.items[step]
        else:
            assert isinstance(node, MappingNode)
            found = node.get(step)
            assert found is not None
            node = found
    return node


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2012-10-17", "2012-10-17"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("012345678901", "012345678901"),
        ("123456789012", "123456789012"),
        ("1234567890123", 1234567890123),
        ("-0", 0),
        ("+12", 12),
        ("0x1F", 31),
        ("0b101", 5),
        ("0b12", "0b12"),
        ("1.5", 1.5),
        ("1.5e+3", 1500.0),
        ("22:22", "22:22"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("1e5", "1e5"),
        ("yes", True),
        ("Off", False),
        ("TRUE", True),
        ("tRUE", "tRUE"),
        ("n", "n"),
        ("~", None),
        ("Null", None),
        ("", None),
        ("'yes'", "yes"),
        ('"123"', "123"),
        ("!!str 123", "123"),
        ("!!int '3'", 3),
        ("! yes", True),
        ("s3:*", "s3:*"),
        ("=", "="),
    ],
)
def test_plain_scalars(written: str, value: object) -> None:
    found = plain(root(f"k: {written}\n"))
    assert found == {"k": value}
    assert isinstance(found, dict)
    assert type(found["k"]) is type(value)


def test_digits_beyond_python_keep_their_text() -> None:
    assert plain(root("k: " + "9" * 5000)) == {"k": "9" * 5000}


def test_keys_stay_the_text_that_was_written() -> None:
    assert plain(root("on: 1\n123456789012: 2\n~: 3\n2012-10-17: 4\n1.0: 5\n")) == {
        "on": 1,
        "123456789012": 2,
        "~": 3,
        "2012-10-17": 4,
        "1.0": 5,
    }


@pytest.mark.parametrize("name", ["Sub", "Ref", "Condition", "GetAtt", "Join", "If", "Transform", "Select", "Other"])
@pytest.mark.parametrize("written", ["a.b.c", "'a.b'", '"x"', "|\n    a.b\n    c\n", "[a, b.c]", "[a, yes, 3]", "123"])
def test_short_intrinsics_mean_what_cfn_flip_says(name: str, written: str) -> None:
    text = f"k: !{name} {written}\n"
    assert plain(root(text)) == cfn_tools.load_yaml(text)


@pytest.mark.parametrize("name", ["Sub", "Ref", "Condition", "Join", "If", "Transform", "Select", "Other"])
@pytest.mark.parametrize("written", ["{a: b}", "\n    a: b\n    c: !Ref d\n", "\n  - a\n  - !Sub b\n", "[!Ref a, {}]"])
def test_short_intrinsics_of_collections_mean_what_cfn_flip_says(name: str, written: str) -> None:
    text = f"k: !{name} {written}\n"
    assert plain(root(text)) == cfn_tools.load_yaml(text)


def test_a_long_form_inside_get_att_is_kept() -> None:
    assert plain(root("k: !GetAtt [Role, !Ref Name]")) == {"k": {"Fn::GetAtt": ["Role", {"Ref": "Name"}]}}


def test_the_key_of_a_short_intrinsic_is_placed_at_its_tag() -> None:
    node = at(root("Arn:\n  &x !Sub  'arn:${A}'\nOther: 1\n"), "Arn")
    assert isinstance(node, MappingNode)
    ((key, value),) = node.entries
    assert (str(key.span), key.value, key.written) == ("t.yaml:2:6", "Fn::Sub", "!Sub")
    assert (value.written, node.written) == ("'arn:${A}'", "!Sub  'arn:${A}'")


def test_both_parts_of_a_get_att_have_their_place() -> None:
    for quote in ("", "'", '"'):
        found = at(root(f"k: !GetAtt {quote}Role.Arn.x{quote}"), "k", "Fn::GetAtt")
        assert isinstance(found, SequenceNode)
        assert [item.written for item in found.items] == ["Role", "Arn.x"]


def test_places_with_crlf_and_characters_of_every_width() -> None:
    node = root("é: 😀 x\r\n# ß\r\nb:\r\n  - {c: 'ü'}\r\n  - d\r\n")
    assert [(scalar.written, str(scalar.span)) for scalar in scalars(node)] == [
        ("é", "t.yaml:1:1"),
        ("😀 x", "t.yaml:1:4"),
        ("b", "t.yaml:3:1"),
        ("c", "t.yaml:4:6"),
        ("'ü'", "t.yaml:4:9"),
        ("d", "t.yaml:5:5"),
    ]
    assert at(node, "b").written == "- {c: 'ü'}\r\n  - d"
    assert at(node, "b", 0).written == "{c: 'ü'}"


def test_a_byte_order_mark_moves_no_place() -> None:
    assert [scalar.written for scalar in scalars(root("\ufeffa: &x b\nc: 'd'\n"))] == ["a", "b", "c", "'d'"]


def test_collections_end_with_their_last_value() -> None:
    node = root("a:\n  b:\n    - c\n\n# comment\n\nd: |\n  e\n\n\nf:\n  g:\n")
    assert [at(node, key).written for key in ("a", "d", "f")] == ["b:\n    - c", "|\n  e", "g:"]


@pytest.mark.parametrize(
    "written",
    [
        "plain words",
        "plain\n  over\n\n  lines # comment",
        "'it''s'",
        "'two\n\n  lines  \n  x'",
        r'"q\"\\\t\u00e9\U0001F600\x41\N"',
        '"folded\n  here \\\n  and \\\n\n  there"',
        "|\n  one\n    two\n\n  three\n",
        "|-\n  one\n  two\n",
        "|+\n  one\n\n\n",
        "|2\n    one\n   two\n",
        "\n  |\n  one\r\n  two\r\n",
        ">\n  one\n  two\n\n  three\n",
        ">-\n  one\n    more\n  two\n\n\n  three\n",
        ">\n\n  one\n  two",
        "!Sub |\n  # no comment\n  two",
        "&anchor !Sub # comment\n  'x'",
    ],
)
def test_each_character_is_traced_to_where_it_is_written(written: str) -> None:
    for scalar in scalars(root(f"k: {written}")):
        value = scalar.value
        assert isinstance(value, str)
        offsets = scalar.offsets()
        if value == "Fn::Sub":
            continue
        assert len(offsets) == len(value) + 1
        assert list(offsets) == sorted(set(offsets)), "every character has its own place"
        for character, offset in zip(value, offsets, strict=False):
            stands = scalar.source.text[offset]
            assert stands == character or stands == "\\" or (character in " \n" and stands in " \r\n")


def test_a_part_of_a_block_scalar_is_placed() -> None:
    node = at(root("Policy: !Sub |\n  {\n    'Action': 's3:*'\n  }\n"), "Policy", "Fn::Sub")
    assert isinstance(node, ScalarNode)
    assert isinstance(node.value, str)
    start = node.value.index("s3")
    place = place_within(node, start, start + 4)
    assert (place.written, str(place.span)) == ("s3:*", "t.yaml:3:16")


def test_surrogate_pairs_of_json_in_yaml_are_one_character() -> None:
    assert plain(root('{"a": "\\ud83d\\ude00 \\ud800"}')) == {"a": "😀 \ufffd"}


def test_anchors_and_merges() -> None:
    node = root("a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 0\nd: {<<: *a}\ne: *b\n")
    assert plain(at(node, "c")) == {"x": 0, "y": 2, "z": 4}
    assert plain(at(node, "d")) == {"x": 1, "y": 2}
    assert at(node, "e") is at(node, "b")


def test_a_merge_of_something_else_stays_a_key() -> None:
    assert plain(root("<<: x\n")) == {"<<": "x"}
    assert plain(root("'<<': {a: 1}\n")) == {"<<": {"a": 1}}


def test_aliases_cannot_grow_without_bound() -> None:
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    assert "the aliases of this file stand for more than" in problem(laughs).message
    deep = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 400))
    assert "levels deep" in problem(deep).message
    assert "no anchor" in problem("a: &a [*a]").message
    assert "levels deep" in problem("[" * 5000).message
    assert "levels deep" in problem("!Sub [" * 5000).message


def test_duplicate_keys_are_reported_and_the_last_wins() -> None:
    document = read("a: 1\nb: {x: 1, x: 2}\na: 3\n")
    assert isinstance(document.root, MappingNode)
    assert plain(document.root) == {"a": 3, "b": {"x": 2}}
    assert [(found.kind, str(found.place.span)) for found in document.problems] == [
        ("duplicate-key", "t.yaml:2:11"),
        ("duplicate-key", "t.yaml:3:1"),
    ]


def test_the_first_document_with_a_mapping_counts() -> None:
    assert plain(root("- 1\n---\nb: 2\n---\nc: 3\n")) == {"b": 2}
    assert plain(root("---\n- 1\n...\n")) == [1]


def test_only_comments_that_name_iamlint_are_kept() -> None:
    text = (
        "# iamlint: ignore[a]\n# other\na: 'x # iamlint: b'  # iamlint: ignore[c] why # not\n"
        "b: |  # iamlint: ignore[d]\n  # iamlint: e\n# iamlint: f\nc: x#iamlint\nd: [1, # iamlint: g\n  2]\n"
        'e: "x\n  # iamlint: h"\n'
    )
    comments = read(text).comments
    assert [(comment.text, comment.own_line, comment.place.span.line) for comment in comments] == [
        ("iamlint: ignore[a]", True, 1),
        ("iamlint: ignore[c] why # not", False, 3),
        ("iamlint: ignore[d]", False, 4),
        ("iamlint: f", True, 6),
        ("iamlint: g", False, 8),
    ]
    assert comments[1].place.written == "# iamlint: ignore[c] why # not"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "1:1", "the file is empty"),
        ("a:\n\t- b", "2:1", "a tab indents this line: YAML is indented with spaces"),
        ("Action: *", "1:10", "`*` begins an alias and `&` an anchor, and no name follows"),
        ("a: %x", "1:4", "no value can begin with `%` here"),
        ("a: b: c", "1:5", "`:` stands where no key can end"),
        ('a:\n  "b', "2:3", "this quote is never closed"),
        ("a: [1", "1:6", "expected `,` or `]` in this list, found the end of the file"),
        ("a: {b: 1]", "1:9", "expected `,` or `}` in this mapping, found `]`"),
        ("a:\n  - b\n c: d", "3:2", "this line does not fit the block that it is in: `c` was not expected"),
        ('a: "\\q"', "1:6", "no escape of YAML begins with `\\` and `q`"),
        ('a: "\\UFFFFFFFF"', "1:7", "this number is no character"),
        ("a: b\nc\n", "2:1", "this line has no `:` after its key"),
        ("a: é\x01", "1:5", "the character U+0001 cannot stand in YAML"),
        ("a: *b", "1:4", "no anchor `&b` stands before this alias"),
        ("? [a]\n: b", "1:3", "a key has to be text"),
        ("  a: 1\nb: 2", "2:1", "the text goes on after the end of the document: `b`"),
    ],
)
def test_errors_say_what_is_wrong_and_where(text: str, place: str, message: str) -> None:
    found = problem(text)
    assert (found.kind, str(found.place.span), found.message) == ("unreadable", f"t.yaml:{place}", message)
    assert found.remedy


@pytest.mark.parametrize(
    "text",
    [
        "a: {{ x }}\n", "{% if x %}\na: 1\n{% endif %}\n", "{{- if .x }}\na: 1\n", "a: %codeUri%\n", "a: @version@-1\n",
        "a:\n- @@STAGE@@\n",
    ],
)  # fmt: skip
def test_templates_of_other_languages_are_told_apart(text: str) -> None:
    assert problem(text).kind == "template"


@pytest.mark.parametrize("text", ["a: %codeUri\n", "a: @here\n", "a: %%x%\n"])
def test_half_a_placeholder_is_none(text: str) -> None:
    assert problem(text).kind == "unreadable"


def test_a_dynamic_reference_without_quotes_is_no_template() -> None:
    found = problem("a: {{resolve:ssm:x}}")
    assert found.kind == "unreadable"
    assert found.remedy == "Put a value that begins with `{{` in quotes."


def test_tabs_that_indent_nothing_are_fine() -> None:
    assert plain(root("a:\tb\t# c\nd: [1,\t2]\ne: f\tg\n")) == {"a": "b", "d": [1, 2], "e": "f\tg"}


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a:\n\t- b", "2:1", "a tab indents this line: YAML is indented with spaces"),
        ("Action: *", "1:10", "`*` begins an alias and `&` an anchor, and no name follows"),
        ("a:\n  - b\n c: d", "3:2", "this line does not fit the block that it is in"),
        ('a:\n  "b', "2:3", "this quote is never closed"),
        ("a: ]", "1:4", "expected a value, found `]`"),
    ],
)
def test_errors_far_into_a_file_are_explained_without_reading_it_again(text: str, place: str, message: str) -> None:
    before = "".join(f"key{number}: 1\n" for number in range(3000))
    (found,) = read_yaml(SourceText("t.yaml", before + text)).problems
    line, column = map(int, place.split(":"))
    assert (found.place.span.line, found.place.span.column) == (3000 + line, column)
    assert found.message.startswith(message)


text_values = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t '\"#:-&*!|>%@"), max_size=20
)
tree = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | text_values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(
    value=tree, style=st.sampled_from([None, '"', "'", "|", ">"]), flow=st.booleans(), width=st.sampled_from([8, 200])
)
def test_reads_what_pyyaml_writes(value: object, style: str | None, flow: bool, width: int) -> None:
    text = yaml.safe_dump({"k": value}, default_style=style, default_flow_style=flow, width=width, allow_unicode=True)
    if "!!binary" in text:
        return
    assert plain(root(text)) == {"k": value}


pieces = st.sampled_from(
    [
        "a: b\n",
        "- ",
        "  ",
        "\n",
        "!Sub ",
        "!GetAtt ",
        "&x ",
        "*x",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "\\",
        ">",
        "#",
        "é",
        "<<: ",
        "\t",
        "\r\n",
        "? ",
        "---\n",
        "|",
    ]
)


@settings(max_examples=150, deadline=None)
@given(text=st.lists(pieces, max_size=9).map("".join))
def test_any_text_gives_a_document(text: str) -> None:
    for pure in (False, True):
        document = read_yaml(SourceText("t.yaml", text), _pure=pure)
        assert (document.root is None) == any(found.kind != "duplicate-key" for found in document.problems)
        assert all(str(found.place.span) for found in document.problems)
        shape(document.root)


def test_reading_yaml_imports_no_cfn_flip() -> None:
    code = """if True:
        import sys
        from iamlint.source.span import SourceText
        from iamlint.source.yaml_reader import read_yaml
        assert read_yaml(SourceText("t.yaml", "k: !GetAtt a.b")).root is not None
        assert not {"cfn_flip", "cfn_tools", "pathspec", "tree_sitter"} & set(sys.modules)
    """
    run([sys.executable, "-c", code], check=True)

"""Whatever is written, evaluating it ends and does not raise; what is known gives what is known."""

from __future__ import annotations

import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.model.unknown import Unknown
from iamlint.model.value import Value, measure
from iamlint.parsers.terraform.declarations import Declarations
from iamlint.parsers.terraform.files import Files
from iamlint.parsers.terraform.instances import Module, Run
from iamlint.parsers.terraform.literals import Failed, has_failed, plain
from iamlint.source.hcl_reader import read_hcl
from iamlint.source.span import Place, SourceText

FOLDER = tempfile.gettempdir()

# fmt: off
NAMES = st.sampled_from((
    "upper", "join", "split", "concat", "flatten", "merge", "keys", "values", "toset", "tolist", "length",
    "format", "replace", "regex", "lookup", "element", "coalesce", "jsonencode", "yamlencode", "jsondecode",
    "range", "setproduct", "distinct", "sort", "zipmap", "try", "can", "substr", "cidrsubnet", "formatlist",
    "compact", "one", "contains", "slice", "tostring", "tonumber", "base64encode", "sum", "max", "reverse",
    "transpose",
))
# fmt: on
ATOMS = st.sampled_from(
    ["1", "-2.5", "true", "null", '"a"', '"1"', '""', "[]", "{}", "[1, 2]", '["b", "a"]', "{ a = 1 }", '"${1}x"', "0"]
)
CONDITIONS = st.sampled_from(["true", "false", "1 < 2", '"a" == "b"', '"true"', "!true", "null == null", "[] != [1]"])
OPERATORS = st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Larger expressions of smaller ones."""
    return st.one_of(
        st.builds("({} {} {})".format, inner, OPERATORS, inner),
        st.builds("({} ? {} : {})".format, CONDITIONS, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{ a = {}, (b) = {} }}".replace("(b)", '"b"').format, inner, inner),
        st.builds("{}({})".format, NAMES, inner),
        st.builds("{}({}, {})".format, NAMES, inner, inner),
        st.builds("{}({}...)".format, NAMES, inner),
        st.builds("[for k, v in {} : {} if k != v]".format, inner, inner),
        st.builds("{{ for v in {} : v => {}... }}".format, inner, inner),
        st.builds("{}[0]".format, inner),
        st.builds("({}).a".format, inner),
        st.builds("({})[*].a".format, inner),
        st.builds("!{}".format, inner),
        st.builds('"x${{{}}}%{{ if {} }}y%{{ endif }}"'.format, inner, CONDITIONS),
        st.builds('"%{{ for v in {} ~}} ${{v}} %{{~ endfor }}"'.format, inner),
    )


EXPRESSIONS = st.recursive(ATOMS, grown, max_leaves=8)


def evaluated(text: str, most_steps: int = 50_000) -> tuple[Value, Run]:
    declared = Declarations(FOLDER, [read_hcl(SourceText("main.tf", text))], [])
    run = Run(Files(lambda path: None, FOLDER), FOLDER, most_steps=most_steps)
    return Module(run, declared).local("asked", Place(SourceText("main.tf", text), 0, 0)), run


@given(EXPRESSIONS)
@settings(max_examples=150, deadline=None)
def test_known_in_known_out(expression: str) -> None:
    value, _ = evaluated(f"locals {{\n  asked = {expression}\n}}\n")
    data = plain(value)
    assert not isinstance(data, Unknown) or has_failed_within(value) or "regular expression" in data.reason


def has_failed_within(value: Value) -> bool:
    """Whether some part of it is what Terraform would refuse, or is larger than is looked at."""
    if has_failed(value) or isinstance(getattr(value, "rest", None), Failed):
        return True
    parts = getattr(value, "items", None) or [item for _, item in getattr(value, "entries", ())]
    return any(map(has_failed_within, parts))


@given(st.text(st.sampled_from(list('a1"${}%~[](),.:=!?*<>\n \\\u00e9#/-')), max_size=60))
@settings(max_examples=200, deadline=None)
def test_nothing_that_is_written_makes_it_raise(written: str) -> None:
    evaluated(f"locals {{\n  asked = {written}\n}}\n")
    evaluated(f"locals {{\n  asked = <<-EOT\n{written}\n  EOT\n}}\n")


def chain(first: str, step: str, length: int = 60) -> str:
    lines = [f"  v{i} = {step.replace('@', f'local.v{i - 1}')}\n" for i in range(1, length)]
    return f"locals {{\n  v0 = {first}\n{''.join(lines)}  asked = local.v{length - 1}\n}}\n"


@pytest.mark.parametrize(
    ("first", "step"),
    [
        ('"abcdefgh"', '"${@}${@}"'),
        ('["a"]', "concat(@, @)"),
        ('["a"]', "[@, @]"),
        ("{ a = 1 }", "{ a = @, b = @ }"),
        ('["a"]', "flatten([[@, @], @])"),
        ("10", "@ * @"),
        ('"abc"', "join(@, [@, @])"),
        ('"abc"', 'format("%s%s%s", @, @, @)'),
        ('"aaaa"', 'replace(@, "a", "aa")'),
        ('"\\""', "jsonencode(@)"),
        ('"a\\n"', 'indent(1000, "${@}${@}")'),
        ('["a", "b"]', "flatten(setproduct(@, @))"),
        ("{ a = 1 }", 'merge(@, { for k, v in @ : "${k}1" => v })'),
        ('["a"]', "[for x in @ : @]"),
    ],
)
@pytest.mark.parametrize("length", [20, 50])
def test_what_doubles_itself_is_bounded(first: str, step: str, length: int) -> None:
    value, run = evaluated(chain(first, step, length), most_steps=20_000)
    assert measure(value)[0] <= 200_000
    assert run.steps < 200_000


@pytest.mark.parametrize(
    "expression",
    [
        "range(1e9)", "range(0, 1e9, 1e-9)", "pow(10, pow(10, 10))", 'format("%100000000d", 5)', 'indent(1e9, "a\\nb")',
        "setproduct(range(1000), range(1000))", 'regex("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")',
        'split("", join("", [for i in range(1000) : "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]))',
        "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]][999]",
    ],
)  # fmt: skip
def test_what_is_too_large_is_unknown_and_says_why(expression: str) -> None:
    value, _ = evaluated(f"locals {{\n  asked = {expression}\n}}\n")
    data = plain(value)
    assert isinstance(data, Unknown)
    assert data.reason


def test_a_loop_over_very_many_items_says_that_there_are_more() -> None:
    text = "locals {\n  asked = [for x in concat(range(1000), range(1000), range(1000)) : x]\n}\n"
    value, _ = evaluated(text)
    data = plain(value)
    assert isinstance(data, Unknown)
    assert data.reason == "more items than are looked at"
    assert data.many

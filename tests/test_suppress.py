"""Ignores: where they count, what is wrong with them, what they say of themselves."""

from __future__ import annotations

import re
from typing import Any

import pytest

from iamlint.engine.finding import Finding
from iamlint.source.document import Comment, Document
from iamlint.source.hcl_reader import read_hcl
from iamlint.source.json_reader import read_json
from iamlint.source.span import Place, SourceText
from iamlint.source.yaml_reader import read_yaml
from iamlint.suppress import Kept, Terms, keep


def document(text: str, path: str = "main.tf") -> Document:
    """A document with the comments of a text: `#`, `//`, and `/* */`."""
    source = SourceText(path, text)
    comments = []
    for match in re.finditer(r"(#|//)[^\n]*|/\*.*?\*/", text, re.DOTALL):
        before = text[: match.start()].rpartition("\n")[2]
        stripped = match.group().strip("#/* ")
        comments.append(Comment(Place(source, match.start(), match.end()), stripped, not before.strip()))
    return Document(source, "hcl", comments=comments)


def finding(of: Document, literal: str, *around: str, rule: str = "wide", **given: Any) -> Finding:
    """A finding on a literal, with the places of further literals as its scopes."""
    text = of.source.text

    def at(words: str) -> Place:
        return Place(of.source, text.index(words), text.index(words) + len(words))

    return Finding(rule, "low", "m", at(literal), scopes=tuple(at(words) for words in around), **given)


def kept(of: Document, *findings: Finding, tables: Any = (), **terms: Any) -> Kept:
    given: dict[str, Any] = {"today": "2026-06-15", "ran": frozenset({"wide", "other"}), "explain": lambda name: ""}
    return keep(findings, [of], tables, Terms(**{**given, **terms}))


@pytest.mark.parametrize(
    "text",
    [
        "block {\n  a = X # iamlint: ignore[wide] fine\n}\n",
        "block {\n  # iamlint: ignore[wide] fine\n  a = X\n}\n",
        "block {\n  // iamlint: ignore[wide] fine\n  a = X\n}\n",
        "block {\n  /* iamlint: ignore[wide] fine */\n  a = X\n}\n",
        "# iamlint: ignore[wide] fine\nblock {\n  a = X\n}\n",
        "block { # iamlint: ignore[wide] fine\n  a = X\n}\n",
        "# iamlint: ignore[wide] fine\n# more words\nblock {\n  a = X\n}\n",
        "block {\n  a = X # iamlint: ignore[other] no iamlint: ignore[wide] fine\n}\n",
        "block {\n  a = X # iamlint:ignore[ other , wide ] fine\n}\n",
        "/*\n iamlint: ignore[wide] fine\n*/\nblock {\n  a = X\n}\n",
    ],
)
def test_where_a_comment_counts(text: str) -> None:
    of = document(text)
    result = kept(of, finding(of, "X", "block {"))
    assert result.findings == []
    assert [reason for _, reason in result.ignored] == ["fine"]


@pytest.mark.parametrize(
    "text",
    [
        "# iamlint: ignore[wide] fine\n\nblock {\n  a = X\n}\n",
        "block {\n  # iamlint: ignore[wide] fine\n  b = 1\n  a = X\n}\n",
        "block {\n  a = X\n} # iamlint: ignore[wide] fine\n",
        "block {\n  a = X # iamlint: ignore[other] fine\n}\n",
        "block {\n  a = X # ignore[wide] iamlint\n}\n",
        "block {\n  a = X\n  # iamlint: ignore[wide] fine\n}\n",
    ],
)
def test_where_a_comment_does_not_count(text: str) -> None:
    of = document(text)
    assert len(kept(of, finding(of, "X", "block {")).findings) == 1


def test_an_ignore_says_whether_it_was_used() -> None:
    of = document("a = X # iamlint: ignore[wide, other] fine\n")
    wide, other = kept(of, finding(of, "X")).ignores
    assert (wide.rules, wide.used, wide.place.written) == (("wide",), True, "wide")
    assert (other.rules, other.used, other.place.written) == (("other",), False, "other")


def test_a_rule_that_did_not_run_is_not_called_unused() -> None:
    of = document("a = X # iamlint: ignore[strict-one] fine\n")
    assert kept(of).ignores == []


def test_a_wrong_name_is_noted_and_suppresses_nothing() -> None:
    of = document("a = X # iamlint: ignore[wdie]\n")
    (ignore,) = kept(of, explain=lambda name: f"no rule is called `{name}`").ignores
    assert (ignore.note, ignore.used) == ("no rule is called `wdie`", False)


def test_another_tools_id_stands_for_its_rules() -> None:
    of = document("a = X # iamlint: ignore[W11] fine\n")
    stands_for: dict[str, tuple[str, ...]] = {"W11": ("wide", "strict-one")}
    result = kept(of, finding(of, "X"), meant=stands_for.__getitem__)
    assert (result.findings, [reason for _, reason in result.ignored]) == ([], ["fine"])
    # The rule that did not run might have used it.
    assert kept(of, meant=stands_for.__getitem__).ignores == []
    (unused,) = kept(of, meant={"W11": ("wide", "other")}.__getitem__).ignores
    assert not unused.used


@pytest.mark.parametrize("written", ["iamlint: ignore", "iamlint: ignore[]", "iamlint: ignore all"])
def test_an_ignore_without_names_is_noted(written: str) -> None:
    of = document(f"a = X # {written}\n")
    result = kept(of, finding(of, "X"))
    assert len(result.findings) == 1
    assert "names no rule" in result.ignores[0].note


@pytest.mark.parametrize(
    ("until", "stays", "expired"),
    [("2026-06-15", False, False), ("2026-06-14", True, True), ("2026-13-01", True, False)],
)
def test_until(until: str, stays: bool, expired: bool) -> None:
    of = document(f"a = X # iamlint: ignore[wide] moving until={until}, soon\n")
    result = kept(of, finding(of, "X"))
    assert bool(result.findings) is stays
    assert (result.ignores[0].expired, result.ignores[0].reason) == (expired, "moving soon")
    assert ("is not a date" in result.ignores[0].note) is (until == "2026-13-01")


def test_a_reason_can_be_required() -> None:
    of = document("a = X # iamlint: ignore[wide]\n")
    assert kept(of, finding(of, "X")).findings == []
    result = kept(of, finding(of, "X"), require_reason=True)
    assert len(result.findings) == 1
    assert "reason" in result.ignores[0].note


TEMPLATE = """{
  "Metadata": {%s},
  "Resources": {
    "A": {
      "Metadata": {"iamlint": {"ignore": [{"rule": "wide", "reason": "known", "until": "2026-12-31"}]}},
      "Properties": "X"
    },
    "B": {"Properties": "Y"}
  }
}
"""


def test_metadata_of_a_resource_counts_for_it_alone() -> None:
    of = read_json(SourceText("t.json", TEMPLATE % ""))
    inside, outside = finding(of, '"X"'), finding(of, '"Y"')
    result = kept(of, inside, outside)
    assert result.findings == [outside]
    assert result.ignored == [(inside, "known")]
    assert (result.ignores[0].until, result.ignores[0].place.written) == ("2026-12-31", '"wide"')


def test_metadata_of_a_template_counts_for_all_of_it() -> None:
    of = read_json(SourceText("t.json", TEMPLATE % '"iamlint": {"ignore": ["other"]}'))
    result = kept(of, finding(of, '"Y"', rule="other"), finding(of, '"Y"'))
    assert [found.rule for found in result.findings] == ["wide"]


@pytest.mark.parametrize("wrong", ['"iamlint": 1', '"iamlint": {"ignore": [{"reason": "x"}]}', '"iamlint": {}'])
def test_metadata_that_is_wrong_is_noted(wrong: str) -> None:
    of = read_json(SourceText("t.json", TEMPLATE % wrong))
    assert any(ignore.note for ignore in kept(of).ignores)


class Table:
    """An ignore of the configuration."""

    def __init__(self, **given: str) -> None:
        self.rules = ("wide",)
        self.place = Place(SourceText("iamlint.toml", "[[ignore]]\n"), 0, 10)
        self.path = self.address = self.sid = self.reason = self.until = ""
        self.__dict__.update(given)


@pytest.mark.parametrize(
    ("given", "ignored"),
    [
        ({}, True),
        ({"path": "infra/**"}, True),
        ({"path": "main.tf"}, True),
        ({"path": "*.yaml"}, False),
        ({"address": 'module.net["a"].aws_iam_policy.*'}, True),
        ({"address": "aws_iam_policy.*"}, False),
        ({"sid": "Admin"}, True),
        ({"sid": "Other"}, False),
        ({"path": "main.tf", "sid": "Other"}, False),
        ({"until": "2026-06-14"}, False),
    ],
)
def test_configured_ignores(given: dict[str, str], ignored: bool) -> None:
    of = document("a = X\n")
    found = finding(of, "X", address='module.net["a"].aws_iam_policy.x', sid="Admin")
    result = kept(of, found, tables=[Table(**given)], locate=lambda path: f"infra/{path}")
    assert bool(result.ignored) is ignored


YAML = """# iamlint: ignore[other] top
AWSTemplateFormatVersion: 2010-09-09
Resources:
  # iamlint: ignore[wide] all of A
  A:
    List:
      - X
      - two
  B:
    Metadata:
      iamlint: {ignore: [{rule: wide, reason: in B}]}
    List: # iamlint: ignore[other] list
      - Y
  C:
    Last: Z
"""


def test_a_comment_above_an_entry_counts_for_all_of_it() -> None:
    of = read_yaml(SourceText("t.yaml", YAML))
    found = [finding(of, f"{literal}\n", rule=rule) for literal in "XYZ" for rule in ("wide", "other")]
    result = kept(of, *found)
    ignored = [(one.place.written.strip(), one.rule, reason) for one, reason in result.ignored]
    assert ignored == [("X", "wide", "all of A"), ("Y", "wide", "in B"), ("Y", "other", "list")]


def test_a_comment_above_a_block_counts_for_all_of_it() -> None:
    text = "# iamlint: ignore[wide] a\na {\n  b {\n    c = X\n  }\n}\n\nd {\n  c = Y\n}\n"
    of = read_hcl(SourceText("main.tf", text))
    result = kept(of, finding(of, "X"), finding(of, "Y"))
    assert [one.place.written for one in result.findings] == ["Y"]


def test_a_comment_above_an_attribute_counts_for_all_of_it() -> None:
    text = "a {\n  # iamlint: ignore[wide] a\n  b = [\n    X,\n  ]\n  c = Y\n}\n"
    of = read_hcl(SourceText("main.tf", text))
    result = kept(of, finding(of, "X"), finding(of, "Y"))
    assert [one.place.written for one in result.findings] == ["Y"]

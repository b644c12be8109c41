"""Loading rules: the index, a user's folder, and the errors of a rule that is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from iamlint.engine.index import INDEX, compile_index, rule_files, rules_folder
from iamlint.engine.rule import RuleError, check_record, load_rules
from iamlint.engine.rule_file import read_rule
from iamlint.engine.vocabulary import vocabulary

RULE = """\
title: A role that an intern may assume
severity: medium
flag: principal
when: statement.allows and principal.entity == "role/intern"
message: "`{principal}` is for interns"
why: Interns rotate.
instead: Let the team's role assume it.
examples:
  - {format: json, bad: '{}', good: '{}'}
"""


def folder(tmp_path: Path, text: str, name: str = "intern-trusted") -> str:
    (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return str(tmp_path)


def test_every_built_in_rule_fits_the_model() -> None:
    files = rule_files(rules_folder())
    assert len(files) > 50
    for name, path in files:
        check_record(read_rule(name, path, Path(path).read_text(encoding="utf-8")))


def test_a_users_rule_is_loaded(tmp_path: Path) -> None:
    rule = load_rules([folder(tmp_path, RULE)]).rules["intern-trusted"]
    assert (rule.severity, rule.flag, rule.strict) == ("medium", "principal", False)
    assert rule.examples[0].format == "json"
    assert not rule.gathered
    (tmp_path / "intern-trusted.yaml").write_text(f"{RULE}gathered: true\n", encoding="utf-8")
    assert load_rules([str(tmp_path)]).rules["intern-trusted"].gathered


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "said"),
    [
        ("principal.entity", "principal.entitty", 4, 7, "did you mean `entity`"),
        ("flag: principal", "flag: principle", 3, 7, "nothing is called `principle`"),
        ("severity: medium", "severity: serious", 2, 11, "no severity"),
        ("why: Interns", "wy: Interns", 6, 1, "did you mean `why`"),
        ("{principal}", "{principal", 5, 12, "without"),
        ("statement.allows", "1 + 1", 4, 7, "arithmetic"),
        ("flag:", "group: Trust Policies\nflag:", 3, 8, "no group's name"),
        ("why:", "frameworks: [cis-3.0:1.16, cis-3:1.16]\nwhy:", 6, 28, "`cis-3:1.16` is no requirement"),
        ("why:", "frameworks: fsbp\nwhy:", 6, 13, "list of texts"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, column: int, said: str
) -> None:
    assert old in RULE
    with pytest.raises(RuleError) as caught:
        load_rules([folder(tmp_path, RULE.replace(old, new, 1))])
    error = caught.value
    assert said in str(error)
    assert (error.line, error.column) == (line, column)


def test_a_missing_key_and_a_name_taken(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="`why:` is missing"):
        load_rules([folder(tmp_path, RULE.replace("why: Interns rotate.\n", ""))])
    with pytest.raises(RuleError, match="is a rule already"):
        load_rules([folder(tmp_path, RULE, "admin-access"), str(tmp_path)])


def test_the_index_says_what_the_files_say_and_an_edited_file_wins(tmp_path: Path) -> None:
    copy = tmp_path / "rules"
    shutil.copytree(rules_folder(), copy, ignore=shutil.ignore_patterns(INDEX))
    index = compile_index(str(copy))
    assert len(json.loads(index)["rules"]) == len(rule_files(str(copy)))
    (copy / INDEX).write_text(index, encoding="utf-8")
    mine = {name: (copy / f"{name}.yaml").read_text(encoding="utf-8") for name, _ in rule_files(str(copy))}
    edited = mine["inline-policy"].replace("severity: low", "severity: high")
    (copy / "extra").mkdir()
    (copy / "extra" / "my-inline-policy.yaml").write_text(edited, encoding="utf-8")
    (copy / "extra" / INDEX).write_text(index, encoding="utf-8")
    assert load_rules([str(copy / "extra")]).rules["my-inline-policy"].severity == "high"


def test_every_word_is_documented() -> None:
    words = vocabulary()
    assert {"statement", "policy", "action", "principal", "trail", "secret"} <= {word.subject for word in words}
    undocumented = [f"{word.subject}.{word.name}" for word in words if word.name.endswith(")") and not word.doc]
    assert not undocumented


def test_every_built_in_rule_has_a_group() -> None:
    assert {rule.name for rule in load_rules().rules.values() if not rule.group} == set()

"""The report for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iamlint.engine.finding import Finding
from iamlint.report.report import Look, Report, RuleText
from iamlint.report.text_format import render


def test_shows_source_underline_why_and_instead(report: Report) -> None:
    first, second, closing = render(report, Look()).split("\n\n")
    assert first.splitlines() == [
        "infra/main.tf:2:13: medium service-wildcard",
        '  `"s3:*"` is wide',
        "    |",
        '  2 |     actions = ["s3:*"]',
        "    |                ^^^^^^",
        "  in: aws_iam_policy.a Statement/0",
        "  see: infra/vars.tf:1:5: value of var.actions set here",
        "  why: A leaked credential can do anything there.",
        "  instead: List the actions.",
    ]
    assert second.startswith("infra/main.tf:3:16: high wildcard-resource\n")
    assert closing == (
        "2 findings (1 high, 1 medium) in 2 files, 1 policy, 3 statements; 1 ignored; 2 values unresolved\n"
    )


def test_breaks_lines_between_words_for_a_terminal(flag: Callable[..., Finding]) -> None:
    words = "the words of a message that is longer than one line of the terminal that it is printed to"
    line = "x = " + "one, " * 20 + "HERE" + ", more" * 20
    out = render(
        Report(findings=[flag(line + "\n", "HERE", message=words, address="a.b")]), Look(columns=60)
    ).splitlines()
    assert out[1:3] == [
        "  the words of a message that is longer than one line of the",
        "  terminal that it is printed to",
    ]
    assert max(map(len, out)) <= 60
    above, below = out[4:6]
    assert above[below.index("^") : below.rindex("^") + 1] == "HERE"


def test_explains_a_rule_once(report: Report) -> None:
    report.findings = [report.findings[0]] * 3
    assert render(report, Look()).count("  why: ") == 1


def test_colour_only_when_asked(report: Report) -> None:
    assert "\033" not in render(report, Look())
    assert "\033[31mhigh\033[0m" in render(report, Look(colour=True))


def test_shows_ignored_with_their_reason(report: Report) -> None:
    assert "infra/main.tf:3:3: low wildcard-resource  ignored: reviewed\n" in render(report, Look(show_ignored=True))
    assert "reviewed" not in render(report, Look())


def test_nothing_found() -> None:
    assert render(Report(files=1), Look()) == "No findings in 1 file, 0 policies, 0 statements\n"


def test_control_characters_of_a_file_never_reach_the_terminal(flag: Callable[..., Finding]) -> None:
    text = 'x = "\033]0;owned\a\u202e\x9b31m\ud800" # \033[2J\n'
    finding = flag(text, '"\033]0;owned\a\u202e\x9b31m\ud800"', path="\033[31m.tf", address="a\r\nb")
    out = render(Report(findings=[finding]), Look())
    assert not set(out) & set("\033\a\r\u202e\x9b\ud800")
    assert "\\x1b]0;owned\\x07\\u202e\\x9b31m\\ud800" in out
    out.encode()


def test_a_secret_is_masked_but_not_the_name_of_a_parameter(
    flag: Callable[..., Finding], described: Callable[..., RuleText]
) -> None:
    rules = {"leak": described("leak", flag="secret")}
    leaked = flag('x = "hunter2-very"\n', "hunter2-very", rule="leak", message="m", address="aws_db_instance.db")
    out = render(Report(findings=[leaked], rules=rules), Look()).splitlines()
    assert out[3:5] == ['  1 | x = "hunt********"', "    |      ^^^^^^^^^^^^"]
    named = flag("DbPassword:\n", "DbPassword", rule="leak", message="m", address="Parameters/DbPassword")
    assert "  1 | DbPassword:\n" in render(Report(findings=[named], rules=rules), Look())


def test_of_a_short_secret_less_is_shown(flag: Callable[..., Finding], described: Callable[..., RuleText]) -> None:
    rules = {"leak": described("leak", flag="secret")}
    leaked = flag('x = "test"\n', '"test"', rule="leak", message="m", address="aws_db_instance.db")
    assert '  1 | x = "t***"\n' in render(Report(findings=[leaked], rules=rules), Look())


def test_carets_line_up_below_wide_characters(flag: Callable[..., Finding]) -> None:
    out = render(Report(findings=[flag('名 = "*"\n', '"*"')]), Look()).splitlines()
    assert out[3:5] == ['  1 | 名 = "*"', "    |      ^^^"]


def test_a_span_of_several_lines_is_underlined_on_its_first(flag: Callable[..., Finding]) -> None:
    out = render(Report(findings=[flag("a {\n  b\n}\n", "{\n  b\n}")]), Look()).splitlines()
    assert out[3:5] == ["  1 | a {", "    |   ^"]


def test_a_minified_line_is_cut_around_the_flagged_text(flag: Callable[..., Finding]) -> None:
    out = render(Report(findings=[flag("x" * 5000 + '"*"' + "y" * 5000, '"*"')]), Look()).splitlines()
    assert len(out[3]) < 200
    at = out[4].index("^^^")
    assert out[3][at : at + 3] == '"*"'
    assert out[3].endswith("…")


_ONE_LINE = json.dumps(
    {
        "Resources": {
            "P": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Resource": "*", "Action": "*"}]}},
            },
            "W": {
                "Properties": {"Environment": {"Variables": {"DB_PASSWORD": "h7Gk2pQz9Lw4"}}},
                "Type": "AWS::Lambda::Function",
            },
        }
    },
    separators=(",", ":"),
)


@pytest.mark.parametrize(
    "options", [("--select", "wildcard-action"), ("--severity", "critical", "--ignore", "credentials-in-environment")]
)
def test_a_secret_is_masked_though_its_own_rule_does_not_run(
    tmp_path: Path, iamlint: Callable[..., Any], options: tuple[str, ...]
) -> None:
    (tmp_path / "one.json").write_text(_ONE_LINE, encoding="utf-8")
    output = iamlint("check", "one.json", *options, folder=tmp_path).output
    assert "DB_PASSWORD" in output
    assert "Gk2pQz9Lw4" not in output

"""The formats that programs read."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from iamlint.engine.finding import Finding
from iamlint.report.formats import FORMATS, render
from iamlint.report.report import Look, Report


def test_json_keeps_its_contract(report: Report) -> None:
    content = json.loads(render("json", report, Look()))
    assert list(content) == ["version", "iamlint", "data", "findings", "summary"]
    assert content["version"] == 1
    assert list(content["findings"][0]) == [
        "rule", "severity", "message", "path", "line", "column", "end_line", "end_column", "address", "element",
        "related", "fingerprint", "help",
    ]  # fmt: skip
    assert content["findings"][0]["related"] == [
        {"path": "infra/vars.tf", "line": 1, "column": 5, "message": "value of var.actions set here"}
    ]
    assert content["summary"] == {
        "files": 2,
        "policies": 1,
        "statements": 3,
        "findings": {"critical": 0, "high": 1, "medium": 1, "low": 0, "info": 0},
        "ignored": 1,
        "unresolved": 2,
    }


def test_json_shows_ignored_when_asked(report: Report) -> None:
    (ignored,) = json.loads(render("json", report, Look(show_ignored=True)))["ignored"]
    assert (ignored["message"], ignored["reason"]) == ("told", "reviewed")


def test_sarif_is_what_code_scanning_takes(report: Report) -> None:
    content = json.loads(render("sarif", report, Look()))
    assert content["version"] == "2.1.0"
    (run,) = content["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
    first, second = run["results"]
    assert (first["level"], second["level"]) == ("warning", "error")
    location = first["locations"][0]["physicalLocation"]
    assert location == {
        "artifactLocation": {"uri": "infra/main.tf"},
        "region": {"startLine": 2, "startColumn": 13, "endLine": 2, "endColumn": 19},
    }
    assert first["relatedLocations"][0]["message"] == {"text": "value of var.actions set here"}
    assert rules[0]["help"]["markdown"].startswith("**Statement allows")
    assert rules[0]["properties"]["security-severity"] == "5.5"
    assert "suppressions" not in str(content)


def test_sarif_escapes_paths_and_tells_equal_findings_apart(flag: Callable[..., Finding]) -> None:
    finding = flag('x = "*"\n', '"*"', path="a b/ü#.tf")
    results = json.loads(render("sarif", Report(findings=[finding, finding]), Look()))["runs"][0]["results"]
    assert results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/%C3%BC%23.tf"
    marks = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    assert marks == [f"{finding.fingerprint}:1", f"{finding.fingerprint}:2"]


def test_github_escapes_what_would_end_a_command(flag: Callable[..., Finding]) -> None:
    finding = flag('x = "*"\n', '"*"', path="a,b:c.tf", message="100%\n::set-env name=x::y\033", severity="high")
    assert render("github", Report(findings=[finding]), Look()) == (
        "::error file=a%2Cb%3Ac.tf,line=1,col=5,endLine=1,endColumn=7,title=service-wildcard (high)"
        "::100%25%0A::set-env name=x::y\\x1b\n"
    )


def test_gitlab(report: Report) -> None:
    first, second = json.loads(render("gitlab", report, Look()))
    assert (first["severity"], second["severity"]) == ("major", "critical")
    assert first["location"] == {"path": "infra/main.tf", "lines": {"begin": 2, "end": 2}}
    assert first["fingerprint"] != second["fingerprint"]


def test_junit_is_xml_whatever_the_file_says(flag: Callable[..., Finding], report: Report) -> None:
    bad = flag('x = "<\0&\ud800"\n', '"<\0&\ud800"')
    suite = ElementTree.fromstring(render("junit", Report(findings=[bad]), Look()).encode())
    assert suite.get("failures") == "1"
    whole = ElementTree.fromstring(render("junit", report, Look(show_ignored=True)))
    assert [whole.get(name) for name in ("tests", "failures", "skipped")] == ["3", "2", "1"]
    assert ElementTree.fromstring(render("junit", Report(), Look())).get("tests") == "1"


def test_markdown_cannot_be_broken_out_of(flag: Callable[..., Finding]) -> None:
    finding = flag('x = "*"\n', '"*"', message="`a|b` <img src=x> [x](y) | z")
    row = next(line for line in render("markdown", Report(findings=[finding]), Look()).splitlines() if "medium" in line)
    assert row == (
        "| medium | `service-wildcard` | `infra/main.tf:1:5` | `a\\|b` \\<img src=x\\> \\[x\\]\\(y\\) \\| z |"
    )


def test_concise(report: Report) -> None:
    assert render("concise", report, Look(show_ignored=True)).splitlines() == [
        'infra/main.tf:2:13: medium service-wildcard: `"s3:*"` is wide',
        "infra/main.tf:3:16: high wildcard-resource: every resource",
        "infra/main.tf:3:3: low wildcard-resource: told [ignored: reviewed]",
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_renders_nothing_and_the_same_bytes_twice(form: str, report: Report) -> None:
    assert render(form, Report(), Look()) is not None  # type: ignore[arg-type]
    assert render(form, report, Look()) == render(form, report, Look())  # type: ignore[arg-type]

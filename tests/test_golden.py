"""Golden files: what each rule says about its fixtures, through the whole pipeline.

`tests/fixtures/RULE/bad*.EXT` must give the lines of `bad*.EXT.out` (`line:col: rule: message`), `good*.EXT` nothing.
A fixture may also be a folder (`bad-…/`, `good-…/`), for what takes several files; then each line begins with the
path. `pytest --update-golden` writes the .out files: read what it wrote before you commit it.
"""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parent / "fixtures"
RULES = Path(__file__).parents[1] / "rules"
DEMO = FIXTURES / "demo"

RULE_NAMES = sorted(path.stem for path in RULES.glob("*.yaml"))


# Only an ignore of a rule that ran can be of no use.
SELECTED_TOO = {"unused-ignore": "inline-policy", "expired-ignore": "inline-policy"}

# What a rule needs in the configuration to say anything.
TRUSTED = 'trusted_accounts = ["111122223333"]\ntrusted_orgs = ["o-exampleorg1"]\n'
CONFIGURED = {"untrusted-account": TRUSTED, "untrusted-share": TRUSTED}


def selection(rule: str) -> str:
    return f"{rule},{SELECTED_TOO[rule]}" if rule in SELECTED_TOO else rule


def fixtures(prefix: str) -> list[Any]:
    return [
        pytest.param(rule, path, id=f"{rule}/{path.name}")
        for rule in RULE_NAMES
        for path in sorted((FIXTURES / rule).glob(f"{prefix}*"))
        if path.suffix != ".out"
    ]


def alone(fixture: Path, folder: Path, rule: str) -> Path:
    """A copy of a fixture in an empty folder: what lies beside a file is its context, and its siblings are not."""
    if rule in CONFIGURED:
        (folder / "iamlint.toml").write_text(CONFIGURED[rule], encoding="utf-8")
    copy = folder / fixture.name
    if fixture.is_dir():
        shutil.copytree(fixture, copy)
    else:
        shutil.copy(fixture, copy)
    return copy


def lines(findings: list[dict[str, Any]], of: Path) -> list[str]:
    written = []
    for finding in findings:
        line = f"{finding['line']}:{finding['column']}: {finding['rule']}: {finding['message']}\n"
        path = Path(finding["path"])
        written.append(f"{path.relative_to(of.name).as_posix()}:{line}" if of.is_dir() else line)
    return written


@pytest.mark.parametrize(("rule", "fixture"), fixtures("bad"))
def test_bad(
    rule: str, fixture: Path, tmp_path: Path, iamlint: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    alone(fixture, tmp_path, rule)
    run = iamlint("check", "--no-cache", "--format", "json", "--select", selection(rule), fixture.name, folder=tmp_path)
    found = lines(run.findings, fixture)
    golden = fixture.with_name(f"{fixture.name}.out")
    if request.config.getoption("--update-golden"):
        golden.write_text("".join(found), encoding="utf-8", newline="\n")
    assert found, f"{rule} says nothing about {fixture.name}"
    assert {finding["rule"] for finding in run.findings} == {rule}
    assert golden.exists(), f"no {golden.name}; `pytest --update-golden` writes it"
    wanted = golden.read_text(encoding="utf-8").splitlines(keepends=True)
    assert found == wanted, "\n" + "".join(difflib.unified_diff(wanted, found, golden.name, "now"))


@pytest.mark.parametrize(("rule", "fixture"), fixtures("good"))
def test_good(rule: str, fixture: Path, tmp_path: Path, iamlint: Callable[..., Any]) -> None:
    alone(fixture, tmp_path, rule)
    selected = iamlint(
        "check", "--no-cache", "--format", "json", "--select", selection(rule), fixture.name, folder=tmp_path
    )
    assert lines(selected.findings, fixture) == []
    whole = iamlint("check", "--no-cache", "--format", "json", fixture.name, folder=tmp_path)
    assert [finding for finding in whole.findings if finding["rule"] == rule] == []


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_every_rule_has_a_bad_and_a_good_fixture(rule: str) -> None:
    names = [path.name for path in (FIXTURES / rule).glob("*") if path.suffix != ".out"]
    assert any(name.startswith("bad") for name in names), f"tests/fixtures/{rule} has no bad.*"
    assert any(name.startswith("good") for name in names), f"tests/fixtures/{rule} has no good.*"


def test_every_fixture_is_used() -> None:
    used = {path for kind in ("bad", "good") for path in (value.values[1] for value in fixtures(kind))}
    outs = {path.with_name(f"{path.name}.out") for path in used if path.name.startswith("bad")}
    there = {path for folder in FIXTURES.iterdir() if folder.is_dir() and folder != DEMO for path in folder.iterdir()}
    assert there - used - outs == set()


@pytest.mark.parametrize("name", ["main.tf", "template.yaml", "policy.json"])
def test_the_insecure_demo_has_findings_in_every_format(name: str, iamlint: Callable[..., Any]) -> None:
    run = iamlint("check", "--no-cache", "--format", "json", "insecure", folder=DEMO)
    assert run.exit_code == 1
    assert [finding["rule"] for finding in run.findings if finding["path"] == f"insecure/{name}"]


def test_the_insecure_demo_shows_many_practices(iamlint: Callable[..., Any]) -> None:
    import json

    practices = {rule["name"]: rule["practice"] for rule in json.loads(iamlint("rules", "--format", "json").output)}
    run = iamlint("check", "--no-cache", "--format", "json", "insecure", folder=DEMO)
    shown = {practices[finding["rule"]] for finding in run.findings}
    assert shown >= {2, 3, 4, 5, 6, 7, 8, 9, 10}


def test_the_secure_demo_is_clean(iamlint: Callable[..., Any]) -> None:
    run = iamlint("check", "--no-cache", "--format", "json", "secure", folder=DEMO)
    assert lines(run.findings, DEMO / "secure") == []
    assert run.exit_code == 0

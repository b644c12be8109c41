"""Configuration files: what is taken from them, and what is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.config import Config, ConfigError, find_config, load_config

FULL = """\
# rules
select = ["practice:8"]
strict = true
severity = "low"
fail-on = "high"
rules = ["own"]
exclude = ["examples/**"]
trusted_accounts = ["123456789012"]
require_reason = true

[severities]
inline-policy = "high"

[[ignore]]
rule = "wildcard-action"
path = "legacy/*.tf"
reason = "old"
until = 2027-01-31

[[ignore]]
rules = ["a", "b"]
sid = "Admin"
"""


def written(folder: Path, text: str, name: str = "iamlint.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_config(written(folder, text))
    return caught.value


def test_everything(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, FULL))
    assert config.select == ("practice:8",)
    assert (config.strict, config.severity, config.fail_on, config.require_reason) == (True, "low", "high", True)
    assert config.rules == (tmp_path / "own",)
    assert config.exclude == ("examples/**",)
    assert config.trusted_accounts == ("123456789012",)
    assert config.severities == {"inline-policy": "high"}
    first, second = config.ignores
    assert (first.rules, first.path, first.reason, first.until) == (
        ("wildcard-action",), "legacy/*.tf", "old", "2027-01-31",
    )  # fmt: skip
    assert (first.place.span.line, second.place.span.line) == (14, 20)
    assert (second.rules, second.sid) == (("a", "b"), "Admin")


def test_organizations_and_sessions(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, 'trusted-orgs = ["o-abcdefghij"]\nlongest-session = 3600\n'))
    assert (config.trusted_orgs, config.longest_session) == (("o-abcdefghij",), 3600)
    assert load_config(written(tmp_path, "")).longest_session == 43200


def test_names_and_tables_in_one_ignore(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, 'ignore = ["a", {rule = "b", path = "x.tf"}]\n'))
    assert config.ignore == ("a",)
    assert [(table.rules, table.path) for table in config.ignores] == [(("b",), "x.tf")]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("strict = true\nselct = []\n", 2, 'did you mean "select"?'),
        ("\nstrict = 'yes'\n", 2, '"strict" must be true or false'),
        ("severity = 'urgent'\n", 1, "must be one of info, low, medium, high, critical"),
        ("select = [1]\n", 1, "must be a list of strings"),
        ("[severities]\na = 'b'\n", 2, '"a" must be one of'),
        ("trusted_accounts = ['12']\n", 1, "not an account id"),
        ("trusted_orgs = ['example']\n", 1, "not the id of an organization"),
        ("longest_session = 60\n", 1, "from 900 to 43200"),
        ("longest_session = true\n", 1, "must be a number of seconds"),
        ("x = [\n", 1, "Invalid"),
        ("[[ignore]]\npath = 'x'\n", 1, "names no rule"),
        ("\n[[ignore]]\nrule = 'x'\npaht = 'y'\n", 2, 'did you mean "path"?'),
        ("[[ignore]]\nrule = 'x'\nuntil = 'soon'\n", 1, '"soon" is not a date'),
        ("[ignore]\nrule = 'x'\n", 1, "two brackets"),
    ],
)
def test_wrong_ones_are_refused_with_their_place(tmp_path: Path, text: str, line: int, part: str) -> None:
    error = refused(tmp_path, text)
    assert part in str(error)
    if "Invalid" not in part:
        assert error.line == line


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    outer = written(tmp_path, "[tool.iamlint]\nstrict = true\n", "pyproject.toml")
    written(tmp_path / "a", "[project]\nname = 'uses-iamlint'\n", "pyproject.toml")
    assert find_config(inner) == outer
    own = written(tmp_path / "a", "")
    assert find_config(inner) == own


def test_pyproject(tmp_path: Path) -> None:
    path = written(tmp_path, "[project]\nname = 'x'\n[tool.iamlint]\nstrict = true\n", "pyproject.toml")
    assert load_config(path).strict
    assert load_config(path).folder == tmp_path


def test_nothing_is_read_of_a_pyproject_without_us(tmp_path: Path) -> None:
    written(tmp_path, "this is [ no toml", "pyproject.toml")
    found = find_config(tmp_path)
    assert found is None or found.parent != tmp_path


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "none.toml")


def test_defaults() -> None:
    assert (Config().severity, Config().fail_on) == ("info", "low")

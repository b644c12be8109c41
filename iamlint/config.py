"""The configuration: `iamlint.toml`, or `[tool.iamlint]` in pyproject.toml; what it does not know it refuses."""

from __future__ import annotations

import os.path
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, cast

from iamlint.engine.finding import SEVERITIES, Severity
from iamlint.source.span import Place, SourceText

OWN_FILE = "iamlint.toml"
PROJECT_FILE = "pyproject.toml"
_TOML_POSITION = r" \(at (?:line (\d+), column \d+|end of document)\)\Z"


class ConfigError(Exception):
    """A configuration that cannot be taken: where it is wrong, and what would be right."""

    def __init__(self, path: str, line: int, message: str, remedy: str = "") -> None:
        at = f"{path}:{line}" if line else path
        super().__init__(f"{at}: {message}" + (f" ({remedy})" if remedy else ""))
        self.path = path
        self.line = line
        self.message = message
        self.remedy = remedy


class IgnoreTable(NamedTuple):
    """An `[[ignore]]` of the configuration: findings of these rules where path, address and Sid match."""

    rules: tuple[str, ...]
    place: Place
    path: str = ""
    address: str = ""
    sid: str = ""
    reason: str = ""
    until: str = ""


@dataclass
class Config:
    """What the configuration says. `folder` is where its file stands: `rules`, `exclude` and paths count from there."""

    path: str = ""
    folder: Path = Path()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    severity: Severity = "info"
    fail_on: Severity = "low"
    rules: tuple[Path, ...] = ()
    exclude: tuple[str, ...] = ()
    trusted_accounts: tuple[str, ...] = ()
    trusted_orgs: tuple[str, ...] = ()
    longest_session: int = 43200
    extra_actions: tuple[str, ...] = ()
    extra_services: tuple[str, ...] = ()
    extra_condition_keys: tuple[str, ...] = ()
    severities: dict[str, Severity] = field(default_factory=dict)
    require_reason: bool = False
    ignores: tuple[IgnoreTable, ...] = ()


def find_config(folder: Path) -> Path | None:
    """The configuration file that counts for a folder: the nearest one upward, iamlint.toml before pyproject.toml."""
    folder = folder.absolute()
    for above in (folder, *folder.parents):
        own = above / OWN_FILE
        if own.is_file():
            return own
        project = above / PROJECT_FILE
        if project.is_file() and _speaks_of_us(project):
            return project
    return None


def load_config(path: Path) -> Config:
    """Reads a configuration file; raises ConfigError where it is wrong."""
    shown = _shown(path)
    table, source = _read_table(path, shown)
    return _Reader(shown, path.absolute().parent, source).config(table)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that was probably meant: `did you mean "x"?`, or nothing."""
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(known), 1, 0.6)
    return f'did you mean "{close[0]}"?' if close else ""


def _shown(path: Path) -> str:
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return path.as_posix()
    return path.as_posix() if relative.startswith("..") else Path(relative).as_posix()


def _speaks_of_us(path: Path) -> bool:
    """Whether a pyproject.toml has a table for us; one that never names us is not even parsed."""
    try:
        if b"iamlint" not in path.read_bytes():
            return False
    except OSError:
        return False
    content, _ = _parse(path, _shown(path))
    tool = content.get("tool")
    return isinstance(tool, dict) and "iamlint" in tool


def _read_table(path: Path, shown: str) -> tuple[dict[str, Any], SourceText]:
    content, source = _parse(path, shown)
    if path.name != PROJECT_FILE:
        return content, source
    tool = content.get("tool", {})
    table = tool.get("iamlint", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise ConfigError(shown, 0, "tool.iamlint is not a table")
    return table, source


def _parse(path: Path, shown: str) -> tuple[dict[str, Any], SourceText]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        text = path.read_bytes().decode().removeprefix("\ufeff").replace("\r\n", "\n")
    except OSError as error:
        raise ConfigError(shown, 0, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(shown, 0, "is not UTF-8 text, as TOML must be") from None
    try:
        return tomllib.loads(text), SourceText(shown, text)
    except tomllib.TOMLDecodeError as error:
        position = re.search(_TOML_POSITION, str(error))
        line = int(position.group(1)) if position and position.group(1) else text.count("\n") + 1
        raise ConfigError(shown, line, re.sub(_TOML_POSITION, "", str(error))) from None


class _Reader:
    """Takes a table apart, key by key."""

    def __init__(self, shown: str, folder: Path, source: SourceText) -> None:
        self._shown = shown
        self._folder = folder
        self._source = source

    def config(self, table: dict[str, Any]) -> Config:
        config = Config(path=self._shown, folder=self._folder)
        takers: dict[str, Callable[[str, Any], object]] = {
            "select": self._names,
            "ignore": self._rule_names,
            "strict": self._flag,
            "severity": self._level,
            "fail_on": self._level,
            "rules": self._folders,
            "exclude": self._names,
            "trusted_accounts": self._accounts,
            "trusted_orgs": self._organizations,
            "longest_session": self._seconds,
            "extra_actions": self._with_prefix,
            "extra_services": self._services,
            "extra_condition_keys": self._with_prefix,
            "severities": self._levels,
            "require_reason": self._flag,
        }
        for written, value in table.items():
            key = written.replace("-", "_")
            if key not in takers:
                hint = nearest(key, takers) or f"known: {', '.join(takers)}"
                raise self._error(written, f'unknown key "{written}"', hint)
            setattr(config, key, takers[key](written, value))
        config.ignores = tuple(self._ignore_tables(table.get("ignore", ())))
        return config

    def _error(self, key: str, message: str, remedy: str = "") -> ConfigError:
        return ConfigError(self._shown, self._line(key), message, remedy)

    def _line(self, key: str) -> int:
        """The line on which a key is written: as `key =`, in a header, or in an inline table; 0 when not found."""
        name = re.escape(key)
        pattern = rf"""^[ \t]*(?:\[+[^\]\n]*\.?)?["']?{name}["']?[ \t]*(?:=|\]|\.)|[{{,][ \t]*{name}[ \t]*="""
        match = re.search(pattern, self._source.text, re.MULTILINE)
        return self._source.position(match.start())[0] if match else 0

    def _names(self, key: str, value: Any) -> tuple[str, ...]:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self._error(key, f'"{key}" must be a list of strings')
        return tuple(items)

    def _rule_names(self, key: str, value: Any) -> tuple[str, ...]:
        """The plain names in `ignore`, which may also hold tables."""
        if isinstance(value, list):
            return self._names(key, [item for item in value if not isinstance(item, dict)])
        if isinstance(value, dict):
            raise self._error(key, f'"{key}" must be a list', "write [[ignore]] with two brackets")
        return self._names(key, value)

    def _flag(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._error(key, f'"{key}" must be true or false')
        return value

    def _level(self, key: str, value: Any) -> Severity:
        if value not in SEVERITIES:
            raise self._error(key, f'"{key}" must be one of {", ".join(SEVERITIES)}')
        return cast(Severity, value)

    def _levels(self, key: str, value: Any) -> dict[str, Severity]:
        if not isinstance(value, dict):
            raise self._error(key, f'"{key}" must be a table of rule = level')
        return {rule: self._level(rule, level) for rule, level in value.items()}

    def _folders(self, key: str, value: Any) -> tuple[Path, ...]:
        return tuple(self._folder / name for name in self._names(key, value))

    def _accounts(self, key: str, value: Any) -> tuple[str, ...]:
        for account in self._names(key, value):
            if not re.fullmatch(r"\d{12}", account):
                raise self._error(key, f'"{account}" is not an account id', "twelve digits in quotes")
        return self._names(key, value)

    def _organizations(self, key: str, value: Any) -> tuple[str, ...]:
        for organization in self._names(key, value):
            if not re.fullmatch(r"o-[a-z0-9]{10,32}", organization):
                raise self._error(key, f'"{organization}" is not the id of an organization', 'such as "o-a1b2c3d4e5"')
        return self._names(key, value)

    def _seconds(self, key: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 900 <= value <= 43200:
            raise self._error(key, f'"{key}" must be a number of seconds', "from 900 to 43200, which is 12 hours")
        return value

    def _with_prefix(self, key: str, value: Any) -> tuple[str, ...]:
        """Actions and condition keys, each with the prefix of its service."""
        for name in self._names(key, value):
            if not re.fullmatch(r"[\w-]+:\S+", name):
                raise self._error(key, f'"{name}" in "{key}" has no service prefix', 'write "service:Name"')
        return self._names(key, value)

    def _services(self, key: str, value: Any) -> tuple[str, ...]:
        for name in self._names(key, value):
            if not re.fullmatch(r"[\w-]+", name):
                raise self._error(key, f'"{name}" in "{key}" is no service prefix', 'write it as in "service:Action"')
        return self._names(key, value)

    def _ignore_tables(self, value: Any) -> Iterable[IgnoreTable]:
        headers = list(re.finditer(r"^[ \t]*\[\[[^\]\n]*\bignore[ \t]*\]\]", self._source.text, re.MULTILINE))
        tables = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
        for number, table in enumerate(tables):
            if number < len(headers):
                place = Place(self._source, *headers[number].span())
            else:
                start = max(0, self._source.text.find("ignore"))
                place = Place(self._source, start, start + len("ignore"))
            yield self._ignore_table(table, place)

    def _ignore_table(self, table: dict[str, Any], place: Place) -> IgnoreTable:
        line = place.span.line
        texts: dict[str, str] = {}
        rules: tuple[str, ...] = ()
        for key, value in table.items():
            if key in ("rule", "rules"):
                rules += self._names(key, value)
            elif key == "until" and hasattr(value, "isoformat"):
                texts[key] = value.isoformat()[:10]
            elif key not in ("path", "address", "sid", "reason", "until"):
                hint = nearest(key, ("rule", "rules", "path", "address", "sid", "reason", "until"))
                raise ConfigError(self._shown, line, f'unknown key "{key}" in ignore', hint)
            elif not isinstance(value, str):
                raise ConfigError(self._shown, line, f'"{key}" in ignore must be a string')
            else:
                texts[key] = value
        if not rules:
            raise ConfigError(self._shown, line, "this ignore names no rule", 'add rule = "…"')
        until = texts.get("until", "")
        if until and not is_date(until):
            raise ConfigError(self._shown, line, f'"{until}" is not a date', "until = 2027-01-31")
        return IgnoreTable(rules, place, **texts)


def is_date(text: str) -> bool:
    """Whether the text is a calendar date, `YYYY-MM-DD`."""
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

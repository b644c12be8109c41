"""Where the built-in rules are, and the index that spares parsing them on every run."""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from typing import Any

from iamlint.engine.rule_file import Record, read_rule

INDEX = ".index.json"
_FORMAT = 1

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def rules_folder() -> str:
    """The folder of the built-in rules: in the installed package, or beside the package in a checkout."""
    inside = os.path.join(_PACKAGE, "rules")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_PACKAGE), "rules")


def rule_files(folder: str) -> list[tuple[str, str]]:
    """(rule name, path) of each rule file of a folder, by name."""
    names = [name for name in os.listdir(folder) if name.endswith((".yaml", ".yml"))]
    return sorted((name.rpartition(".")[0], os.path.join(folder, name)) for name in names)


def _key(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def compile_index(folder: str) -> str:
    """The index of a folder's rules as JSON: for the digest of each file's content the parsed record.

    Needs nothing but the standard library and PyYAML, so that a build can call it. Raises RuleError.
    """
    records = {}
    for name, path in rule_files(folder):
        with open(path, "rb") as file:
            content = file.read()
        records[_key(name.encode() + b"\0" + content)] = plain(
            read_rule(name, os.path.basename(path), content.decode())
        )
    return json.dumps({"format": _FORMAT, "rules": records}, separators=(",", ":"), sort_keys=True)


def plain(record: Record) -> dict[str, Any]:
    """A record without places and examples: what a run needs of a rule."""
    kept = {key: value for key, value in record.items() if key not in ("places", "examples")}
    kept["severity_when"] = [[level, tree] for level, tree, *_ in record["severity_when"]]
    return kept


def load_index(folder: str) -> dict[str, Record]:
    """The index that lies beside the rules of a folder; empty when there is none that this version understands."""
    try:
        with open(os.path.join(folder, INDEX), encoding="utf-8") as file:
            index = json.load(file)
    except (OSError, ValueError):
        return {}
    if not isinstance(index, dict) or index.get("format") != _FORMAT:
        return {}
    rules: dict[str, Record] = index["rules"]
    return rules


def indexed(index: dict[str, Record], name: str, content: bytes) -> Record | None:
    """The record of a rule whose file has this content, when the index has it: an edited file never matches."""
    return index.get(_key(name.encode() + b"\0" + content)) if index else None

"""Other tools' checks of IAM: which tool an id belongs to, its spellings, and why a check has no rule here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

TOOLS = {
    "checkov": "Checkov",
    "trivy": "Trivy",
    "tfsec": "tfsec",
    "kics": "KICS",
    "cfn-nag": "cfn_nag",
    "cfripper": "CFRipper",
    "cdk-nag": "cdk-nag",
    "terrascan": "Terrascan",
    "regula": "Regula",
    "guard": "Guard Rules Registry",
    "semgrep": "Semgrep",
    "cfn-lint": "cfn-lint",
    "tflint": "TFLint",
    "parliament": "Parliament",
    "cloudsplaining": "Cloudsplaining",
    "access-analyzer": "IAM Access Analyzer",
    "config": "AWS Config",
    "security-hub": "AWS Security Hub",
}

_ALSO = {
    "analyzer": "access-analyzer",
    "aws-config": "config",
    "aws-security-hub": "security-hub",
    "cfn-guard": "guard",
    "cloudformation-guard": "guard",
    "fsbp": "security-hub",
    "guard-rules-registry": "guard",
    "iam-access-analyzer": "access-analyzer",
    "securityhub": "security-hub",
}

# Trivy dropped the `AVD-` of its ids; cdk-nag puts the pack before a rule's name and the finding behind it in brackets;
# Semgrep puts the path of its registry before an id.
_PACK = re.compile(r"(?:NIST\.800\.53\.R[45]|HIPAA\.Security|PCI\.DSS\.321|Serverless)-(?=[A-Z])", re.IGNORECASE)
_FINDING = re.compile(r"\[.*\]\Z", re.DOTALL)
_REGISTRY = re.compile(r"(?:[a-z-]+\.){2,}(?=[a-z])")
_DIGIT = re.compile(r"[0-9]")


# How what rules leave untold begins.
_UNTOLD = "not told "


@dataclass(frozen=True, slots=True)
class Check:
    """A check of another tool: its id, the id whose rules it shares, and why no rule here does the same.

    `same_as` and `why_none` are empty when there is nothing to say. Of a check that has rules `why_none` says what
    these leave untold on purpose.
    """

    tool: str
    id: str
    same_as: str
    why_none: str


def tool_named(name: str) -> str | None:
    """The key in TOOLS of what a user calls a tool: any letter case, `_` for `-`; none when no tool is called so."""
    folded = name.strip().casefold().replace("_", "-")
    folded = _ALSO.get(folded, folded)
    return folded if folded in TOOLS else None


@lru_cache(maxsize=4096)
def spelled(identifier: str) -> str:
    """An id in the one spelling that ids are compared in: `AVD-AWS-0057` and `aws_0057` become the same."""
    text = _PACK.sub("", _FINDING.sub("", identifier.strip())).casefold().replace("_", "-").removeprefix("avd-")
    return _REGISTRY.sub("", text) if text.count(".") > 1 else text


@cache
def checks() -> tuple[Check, ...]:
    """Every check that the table of other tools knows, by tool and in the table's order."""
    path = os.path.join(os.path.dirname(__file__), "other_tools.tsv")
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return tuple(Check(*row) for row in rows)


@cache
def _by_spelling() -> dict[str, tuple[Check, ...]]:
    found: dict[str, tuple[Check, ...]] = {}
    for check in checks():
        key = spelled(check.id)
        found[key] = (*found.get(key, ()), check)
    return found


def called(identifier: str) -> tuple[Check, ...]:
    """The checks with this id, in whatever spelling: of several tools when they share an id, empty when none has it."""
    return _by_spelling().get(spelled(identifier), ())


def why_none(check: Check) -> str:
    """Why no rule here does the same, said of the check or of the one whose rules it shares; empty when a rule does."""
    if check.why_none or not check.same_as:
        return check.why_none
    return next((other.why_none for other in called(check.same_as) if other.why_none), "")


def untold(check: Check) -> str:
    """What the rules that stand for a check, or for the one whose rules it shares, leave untold on purpose."""
    why = why_none(check)
    return why if why.startswith(_UNTOLD) else ""


def tool_of_shape(identifier: str) -> str | None:
    """The tool whose ids look like this one but for the digits, as `CKV_AWS_999` looks like Checkov's."""
    wanted = _shape(identifier)
    if "0" not in wanted:
        return None
    return next((check.tool for check in checks() if _shape(check.id) == wanted), None)


def _shape(identifier: str) -> str:
    return _DIGIT.sub("0", spelled(identifier))


def spellings(identifier: str) -> set[str]:
    """The compared spellings of an id and of those whose rules it shares."""
    return {spelled(identifier)} | {spelled(check.same_as) for check in called(identifier) if check.same_as}


def by_tool(identifiers: Iterable[str]) -> dict[str, list[str]]:
    """Ids sorted to their tools, in the order of TOOLS; what no table knows stands under an empty name, at the end."""
    listed: dict[str, list[str]] = {name: [] for name in (*TOOLS, "")}
    for identifier in identifiers:
        for tool in sorted({check.tool for check in called(identifier)}) or [""]:
            listed[tool].append(identifier)
    return {tool: found for tool, found in listed.items() if found}


def of_tool(tool: str) -> Iterator[Check]:
    """The checks of a tool, by the key in TOOLS."""
    return (check for check in checks() if check.tool == tool)

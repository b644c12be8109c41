"""`iamlint rules --from` and `--other-tools`: which rules do what another tool's check does, and the reverse."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from iamlint.cli.asking import wrong
from iamlint.cli.tables import ListFormat, code, table
from iamlint.engine.other_tools import TOOLS, Check, by_tool, of_tool, spelled, spellings, tool_named, untold, why_none

if TYPE_CHECKING:
    from iamlint.engine.rule import Rule

# The ten practices, as headings.
_PRACTICES = {
    1: "Root account",
    2: "MFA and rotation",
    3: "Embedded and shared keys",
    4: "AWS managed policies",
    5: "Monitoring",
    6: "Unnecessary credentials",
    7: "Password policy",
    8: "Least privilege",
    9: "Managed over inline",
    10: "Roles for EC2",
}


def listed_from(asked: str, rules: Mapping[str, Rule], form: ListFormat) -> str:
    """The checks of another tool, each with the rules here that do the same, or why there is none."""
    tool = tool_named(asked)
    if tool is None:
        wrong(f'no tool is called "{asked}" here: {", ".join(TOOLS)}')
    claims = _claims(rules.values())
    rows = [(check, _rules_of(check, claims)) for check in of_tool(tool)]
    if form == "json":
        found = [
            {
                "tool": check.tool,
                "id": check.id,
                "same_as": check.same_as or None,
                "rules": names,
                "why_none": None if names else why_none(check) or None,
                "untold": untold(check) or None if names else None,
            }
            for check, names in rows
        ]
        return json.dumps(found, indent=2) + "\n"
    return table(
        (TOOLS[tool], "iamlint"),
        [
            (code(check.id, form), _doing(check, names, form) if names else f"({why_none(check)})")
            for check, names in rows
        ],
        form,
    )


def _doing(check: Check, names: Sequence[str], form: ListFormat) -> str:
    """The rules that do the same as a check, in Markdown with what they leave untold."""
    listed = ", ".join(code(name, form) for name in names)
    left = untold(check) if form == "markdown" else ""
    return f"{listed} ({left})" if left else listed


def _claims(rules: Iterable[Rule]) -> dict[str, list[str]]:
    claims: dict[str, list[str]] = {}
    for rule in rules:
        for identifier in rule.also_known_as:
            claims.setdefault(spelled(identifier), []).append(rule.name)
    return claims


def _rules_of(check: Check, claims: Mapping[str, list[str]]) -> list[str]:
    return sorted({name for spelling in spellings(check.id) for name in claims.get(spelling, ())})


def listed_by_practice(rules: Sequence[Rule], form: ListFormat) -> str:
    """The rules, practice by practice, with their ids in other tools."""
    ordered = sorted(rules, key=lambda rule: (rule.practice or 99, rule.group == "validation", rule.name))
    if form == "json":
        found = [{"rule": rule.name, "other_tools": by_tool(rule.also_known_as)} for rule in ordered]
        return json.dumps(found, indent=2) + "\n"
    heads = ("Rule", "In other tools")
    if form == "text":
        return table(heads, [(rule.name, _in_other_tools(rule, form)) for rule in ordered], form)
    sections: dict[str, list[tuple[str, str]]] = {}
    for rule in ordered:
        sections.setdefault(_heading(rule), []).append((code(rule.name, form), _in_other_tools(rule, form)))
    written = [f"## {heading}\n\n{table(heads, rows, form)}" for heading, rows in sections.items()]
    return "\n".join([*written, f"## Checks without a rule here\n\n{_left_out(_claims(rules), form)}"])


def _left_out(claims: Mapping[str, list[str]], form: ListFormat) -> str:
    """The checks of other tools that no rule here stands for, by the reason."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for tool in TOOLS:
        for check in of_tool(tool):
            if check.why_none and not _rules_of(check, claims):
                reasons.setdefault(check.why_none, {}).setdefault(tool, []).append(code(check.id, form))
    rows = [
        (reason, "; ".join(f"{TOOLS[tool]} {', '.join(identifiers)}" for tool, identifiers in found.items()))
        for reason, found in sorted(reasons.items())
    ]
    return table(("Why", "Checks"), rows, form)


def _heading(rule: Rule) -> str:
    if rule.group == "validation":
        return "Is the policy valid"
    return f"{rule.practice}. {_PRACTICES[rule.practice]}" if rule.practice else "Without a practice"


def _in_other_tools(rule: Rule, form: ListFormat) -> str:
    parts = [
        " ".join(filter(None, (TOOLS.get(tool, ""), ", ".join(code(name, form) for name in identifiers))))
        for tool, identifiers in by_tool(rule.also_known_as).items()
    ]
    return "; ".join(parts)

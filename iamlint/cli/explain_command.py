"""`iamlint explain`: what a rule is about, by its name or by its id in another tool."""

from __future__ import annotations

from textwrap import fill, indent
from typing import TYPE_CHECKING, Annotated

import typer

from iamlint.cli.asking import asking
from iamlint.cli.choosing import ConfigOption, RulesOption, configuration, folders
from iamlint.cli.output import has_colour, to_stdout
from iamlint.report.printable import printable, printable_source

if TYPE_CHECKING:
    from iamlint.engine.rule import Rule

_WIDTH = 96


def command(
    name: Annotated[
        str,
        typer.Argument(
            metavar="RULE|OTHER-TOOL-ID", help="`wildcard-action`, `CKV_AWS_63`, `AVD-AWS-0057`, `W11`, `IAM.1` …"
        ),
    ],
    config: ConfigOption = None,
    rules: RulesOption = None,
) -> None:
    """Explain a rule, with examples.

    Why it matters, what to do instead, what is flagged and what is not, its names in other tools, references.
    """
    with asking():
        from iamlint.engine.rule import load_rules
        from iamlint.selection import UnknownRuleError, by_name_or_id, nearest_rule

        known = load_rules(folders(configuration(config), rules)).rules
        found = by_name_or_id(known, name)
        if not found:
            raise UnknownRuleError(name, nearest_rule(known, name))
        bold = has_colour()
        to_stdout("\n\n".join(explained(rule, bold=bold) for rule in found) + "\n")


def explained(rule: Rule, *, bold: bool) -> str:
    """Everything about a rule, for reading."""

    def heading(text: str) -> str:
        return f"\033[1m{text}\033[0m" if bold else text

    practice = f", practice {rule.practice}" if rule.practice else ""
    strict = ", off until selected (strict)" if rule.strict else ""
    parts = [
        f"{heading(rule.name)} ({rule.severity}{practice}{strict})\n{_paragraph(rule.title)}",
        f"{heading('Why')}\n{_paragraph(rule.why)}",
        f"{heading('Instead')}\n{_paragraph(rule.instead)}",
    ]
    for example in rule.examples:
        for label, text in (("Flagged", example.bad), ("Good", example.good)):
            shown = "\n".join(printable_source(line) for line in text.strip("\n").split("\n"))
            parts.append(f"{heading(f'{label} ({example.format})')}\n{indent(shown, '    ')}")
    if rule.also_known_as:
        parts.append(f"{heading('Also known as')}\n{_also_known_as(rule)}")
    if rule.frameworks:
        parts.append(f"{heading('Frameworks')}\n{_frameworks(rule)}")
    if rule.references:
        parts.append(f"{heading('References')}\n" + "\n".join(f"  {printable(link)}" for link in rule.references))
    terms = [
        rule.name,
        f"group:{rule.group}" if rule.group else "",
        f"practice:{rule.practice}" if rule.practice else "",
    ]
    parts.append(f"{heading('Select')}\n  --select {' or '.join(filter(None, terms))}")
    ignoring = f"# iamlint: ignore[{rule.name}] reason"
    parts.append(f"{heading('Ignore')}\n  {ignoring}")
    return "\n\n".join(parts)


def _also_known_as(rule: Rule) -> str:
    from iamlint.engine.other_tools import TOOLS, by_tool

    lines = [
        f"{TOOLS[tool]}: {', '.join(identifiers)}" if tool else ", ".join(identifiers)
        for tool, identifiers in by_tool(rule.also_known_as).items()
    ]
    return "\n".join(_paragraph(line) for line in lines)


def _frameworks(rule: Rule) -> str:
    from iamlint.engine.frameworks import FRAMEWORKS

    found: dict[str, list[str]] = {}
    for item in rule.frameworks:
        name, _, requirement = item.partition(":")
        found.setdefault(name, []).append(requirement)
    return "\n".join(_paragraph(f"{FRAMEWORKS[name]}: {', '.join(listed)}") for name, listed in found.items())


def _paragraph(text: str) -> str:
    return fill(printable(text), _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)

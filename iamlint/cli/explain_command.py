"""`iamlint explain`: what a rule is about, by its name or by its id in another tool."""

from __future__ import annotations

from textwrap import fill, indent
from typing import TYPE_CHECKING, Annotated

import typer

from iamlint.cli.asking import asking
from iamlint.cli.choosing import ConfigOption, RulesOption, configuration, folders
from iamlint.cli.output import columns, has_colour, to_stdout
from iamlint.report.printable import printable, printable_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iamlint.engine.rule import Rule

_WIDTH = 96


def command(
    name: Annotated[
        str,
        typer.Argument(
            metavar="RULE|OTHER-TOOL-ID",
            help="`wildcard-action`, `CKV_AWS_63`, `AVD-AWS-0057`, `W11`, `IAM.1`, `cis-5.0:1.15` …",
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
        from iamlint.selection import by_name_or_id, named

        known = load_rules(folders(configuration(config), rules)).rules
        found = by_name_or_id(known, name)
        pages = [explained(rule, bold=has_colour(), width=min(_WIDTH, columns() or _WIDTH)) for rule in found]
        # What selects rules without being the id of a check, as `fsbp:IAM.1`, is answered by their names alone.
        found = found or named(known, name)
        if len(found) > 1 or not pages:
            pages.insert(0, _overview(name, found))
        pages += [_paragraph(line, min(_WIDTH, columns() or _WIDTH)).strip() for line in _untold(name, found)]
        to_stdout("\n\n".join(pages) + "\n")


def _untold(name: str, rules: Sequence[Rule]) -> list[str]:
    """What the rules that stand for another tool's check leave untold on purpose, by the tool."""
    from iamlint.engine.other_tools import TOOLS, called, untold

    if any(rule.name.casefold() == name.strip().casefold() for rule in rules):
        return []
    return [f"Of {TOOLS[check.tool]}'s {check.id}: {left}." for check in called(name) if (left := untold(check))]


def _overview(name: str, rules: Sequence[Rule]) -> str:
    """The rules that a name stands for, a line each."""
    heads = f"{printable(name)} is " + ("one rule" if len(rules) == 1 else f"{len(rules)} rules") + " here:"
    longest = max(len(rule.name) for rule in rules)
    return "\n".join(
        [heads, *(f"  {rule.name:<{longest}}  {rule.severity}: {printable(rule.title)}" for rule in rules)]
    )


def explained(rule: Rule, *, bold: bool, width: int = _WIDTH) -> str:
    """Everything about a rule, for reading, in lines of `width` columns."""

    def heading(text: str) -> str:
        return f"\033[1m{text}\033[0m" if bold else text

    def paragraph(text: str) -> str:
        return _paragraph(text, width)

    practice = f", practice {rule.practice}" if rule.practice else ""
    strict = ", off until selected (strict)" if rule.strict else ""
    parts = [
        f"{heading(rule.name)} ({rule.severity}{practice}{strict})\n{paragraph(rule.title)}",
        f"{heading('Why')}\n{paragraph(rule.why)}",
        f"{heading('Instead')}\n{paragraph(rule.instead)}",
    ]
    for example in rule.examples:
        for label, text in (("Flagged", example.bad), ("Good", example.good)):
            shown = "\n".join(printable_source(line) for line in text.strip("\n").split("\n"))
            parts.append(f"{heading(f'{label} ({example.format})')}\n{indent(shown, '    ')}")
    if rule.also_known_as:
        parts.append(f"{heading('Also known as')}\n{paragraph(_also_known_as(rule))}")
    if rule.frameworks:
        parts.append(f"{heading('Frameworks')}\n{paragraph(_frameworks(rule))}")
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
    return "\n".join(lines)


def _frameworks(rule: Rule) -> str:
    from iamlint.engine.frameworks import FRAMEWORKS

    found: dict[str, list[str]] = {}
    for item in rule.frameworks:
        name, _, requirement = item.partition(":")
        found.setdefault(name, []).append(requirement)
    return "\n".join(f"{FRAMEWORKS[name]}: {', '.join(listed)}" for name, listed in found.items())


def _paragraph(text: str, width: int) -> str:
    """Lines of text, each wrapped and indented."""
    return "\n".join(
        fill(
            printable(line),
            width,
            initial_indent="  ",
            subsequent_indent="  ",
            break_on_hyphens=False,
            break_long_words=False,
        )
        for line in text.split("\n")
    )

"""`iamlint rules`: lists the rules, the words that rules are written in, and the schema of a rule file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from iamlint.cli.asking import asking, wrong
from iamlint.cli.choosing import ConfigOption, RulesOption, configuration, folders
from iamlint.cli.output import to_stdout

if TYPE_CHECKING:
    from iamlint.engine.rule import Rule

ListFormat = Literal["text", "json", "markdown"]


def command(
    vocabulary: Annotated[
        bool, typer.Option("--vocabulary", help="List the words that rules are written in instead.")
    ] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a rule file instead.")] = False,
    form: Annotated[ListFormat, typer.Option("--format", "-f", help="The format of the list.")] = "text",
    config: ConfigOption = None,
    rules: RulesOption = None,
) -> None:
    """List the rules."""
    if vocabulary and schema:
        wrong("--vocabulary and --schema are two different answers: ask for one")
    if schema:
        if form == "markdown":
            wrong("--schema is JSON: there is no Markdown of it")
        from iamlint.engine.schema import schema as of_rule

        to_stdout(json.dumps(of_rule(), indent=2) + "\n")
    elif vocabulary:
        to_stdout(_vocabulary(form))
    else:
        with asking():
            from iamlint.engine.rule import load_rules

            known = load_rules(folders(configuration(config), rules)).rules
        to_stdout(_listed(list(known.values()), form))


def _listed(rules: Sequence[Rule], form: ListFormat) -> str:
    if form == "json":
        return json.dumps([_as_object(rule) for rule in rules], indent=2) + "\n"
    ordered = sorted(rules, key=lambda rule: (rule.practice or 99, rule.name))
    rows = [
        (_code(rule.name, form), rule.severity, str(rule.practice or ""), "off" if rule.strict else "on", rule.title)
        for rule in ordered
    ]
    return _table(("Rule", "Severity", "Practice", "Default", "Flags"), rows, form)


def _as_object(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "title": rule.title,
        "severity": rule.severity,
        "practice": rule.practice,
        "default": not rule.strict,
        "flag": rule.flag,
        "also_known_as": list(rule.also_known_as),
        "why": rule.why,
        "instead": rule.instead,
        "references": list(rule.references),
    }


def _vocabulary(form: ListFormat) -> str:
    from iamlint.engine.vocabulary import vocabulary

    words = vocabulary()
    if form == "json":
        return json.dumps([word._asdict() for word in words], indent=2) + "\n"
    rows = [(word.subject, _code(word.name, form), word.type, word.doc) for word in words]
    return _table(("Of", "Word", "Is", "Meaning"), rows, form)


def _code(text: str, form: ListFormat) -> str:
    return f"`{text}`" if form == "markdown" else text


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], form: ListFormat) -> str:
    if form == "markdown":
        lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)
    table = [heads, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(heads))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in table
    )

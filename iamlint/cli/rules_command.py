"""`iamlint rules`: lists the rules, other tools' checks, the words of the rule language, the schema of a rule file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iamlint.cli.asking import asking, wrong
from iamlint.cli.choosing import ConfigOption, RulesOption, configuration, folders
from iamlint.cli.output import to_stdout
from iamlint.cli.tables import ListFormat, code, table

if TYPE_CHECKING:
    from iamlint.engine.rule import Rule


def command(
    vocabulary: Annotated[
        bool, typer.Option("--vocabulary", help="List the words that rules are written in instead.")
    ] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a rule file instead.")] = False,
    other_tool: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="TOOL",
            help="List another tool's checks of IAM with the rules that do the same: `checkov`, `trivy`, `tfsec`, "
            "`kics`, `cfn-nag`, `cfripper`, `cdk-nag`, `terrascan`, `regula`, `guard`, `semgrep`, `cfn-lint`, "
            "`tflint`, `parliament`, `cloudsplaining`, `access-analyzer`, `config`, `security-hub`.",
        ),
    ] = None,
    other_tools: Annotated[
        bool, typer.Option("--other-tools", help="List the rules with their ids in other tools.")
    ] = False,
    form: Annotated[ListFormat, typer.Option("--format", "-f", help="The format of the list.")] = "text",
    config: ConfigOption = None,
    rules: RulesOption = None,
) -> None:
    """List the rules."""
    asked = [
        option
        for option, given in (
            ("--vocabulary", vocabulary),
            ("--schema", schema),
            ("--from", other_tool is not None),
            ("--other-tools", other_tools),
        )
        if given
    ]
    if len(asked) > 1:
        wrong(f"{' and '.join(asked)} are different answers: ask for one")
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
        if other_tool is not None:
            from iamlint.cli.other_tools import listed_from

            to_stdout(listed_from(other_tool, known, form))
        elif other_tools:
            from iamlint.cli.other_tools import listed_by_practice

            to_stdout(listed_by_practice(list(known.values()), form))
        else:
            to_stdout(_listed(list(known.values()), form))


def _listed(rules: Sequence[Rule], form: ListFormat) -> str:
    if form == "json":
        return json.dumps([_as_object(rule) for rule in rules], indent=2) + "\n"
    ordered = sorted(rules, key=lambda rule: (rule.practice or 99, rule.name))
    rows = [
        (code(rule.name, form), rule.severity, str(rule.practice or ""), "off" if rule.strict else "on", rule.title)
        for rule in ordered
    ]
    return table(("Rule", "Severity", "Practice", "Default", "Flags"), rows, form)


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
        "group": rule.group,
        "frameworks": list(rule.frameworks),
    }


def _vocabulary(form: ListFormat) -> str:
    from iamlint.engine.vocabulary import vocabulary

    words = vocabulary()
    if form == "json":
        return json.dumps([word._asdict() for word in words], indent=2) + "\n"
    if form == "text":
        return "".join(
            f"{word.subject}.{word.name}: {word.type}\n" + (f"    {word.doc}\n" if word.doc else "") for word in words
        )
    rows = [(word.subject, code(word.name, form), word.type, word.doc) for word in words]
    return table(("Of", "Word", "Is", "Meaning"), rows, form)

"""`iamlint show`: the policies of a file as resolved, each value with where it was written and how it came there."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iamlint.cli.asking import asking, wrong
from iamlint.cli.choosing import EnvironmentOption, ParametersOption, VarFileOption, VarOption
from iamlint.cli.output import to_stdout
from iamlint.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from iamlint.model.policy import Policy
    from iamlint.model.principal import Principal
    from iamlint.model.stack import Stack
    from iamlint.model.statement import Statement
    from iamlint.model.text import Text
    from iamlint.model.thing import Placed


def command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A template, a Terraform file or a policy.")],
    yaml: Annotated[bool, typer.Option("--yaml", help="As YAML instead of JSON.")] = False,
    var: VarOption = None,
    var_file: VarFileOption = None,
    tf_var_env: EnvironmentOption = False,
    parameters: ParametersOption = None,
) -> None:
    """Show the policies of a file as resolved.

    Each value comes with the place where it is written, and the places through which it got there.
    """
    from iamlint.cli.inputs import parameter_files, variable_files, variables_in_environment, variables_of
    from iamlint.parsers.stacks import Inputs, Reading, stacks

    with asking():
        given = variables_of(var), variable_files(var_file), parameter_files(parameters)
        reading = Reading(Inputs((file,), {}, *given, variables_in_environment() if tf_var_env else {}))
        shown = []
        unread: dict[str, None] = {}
        for stack in stacks(reading):
            shown += [_policy(policy) for policy in stack.policies if policy.place.source.path in reading.focus]
            unread |= dict.fromkeys(_unread(stack, reading.focus))
    if unread and not shown:
        wrong("\n".join(unread))
    for said in unread:
        print(f"iamlint: {printable(said)}", file=sys.stderr)
    if not shown and not reading.ours:
        wrong(f"{file}: neither a template, nor Terraform, nor a policy")
    text = json.dumps({"policies": shown}, indent=2) + "\n"
    if yaml:
        from iamlint.source.flip import to_yaml

        text = to_yaml(text)
    to_stdout(text)


def _unread(stack: Stack, focus: Collection[str]) -> Iterator[str]:
    """What could not be read of these files, and why."""
    from iamlint.model.account import FileProblem

    for problem in stack.of_kind("problem"):
        if isinstance(problem, FileProblem) and problem.is_unreadable and problem.place.source.path in focus:
            yield f"{problem.place.span}: cannot be read: {problem.message}"


def _policy(policy: Policy) -> dict[str, Any]:
    content: dict[str, Any] = {
        "address": policy.address,
        "element": policy.element,
        "kind": policy.kind,
        "attachment": policy.attachment,
        "attached_to": [str(holder) for holder in policy.holders],
        **_where(policy),
    }
    if policy.unresolved is not None:
        content["unresolved"] = policy.unresolved.reason
    if policy.version is not None:
        content["Version"] = _text(policy.version)
    content["Statement"] = [_statement(statement) for statement in policy.statements]
    return content


def _statement(statement: Statement) -> dict[str, Any]:
    content: dict[str, Any] = {**_where(statement)}
    if statement.sid is not None:
        content["Sid"] = _text(statement.sid)
    content["Effect"] = _text(statement.effect) if statement.effect is not None else None
    lists: tuple[tuple[str, tuple[Text, ...]], ...] = (
        ("Action", statement.actions),
        ("NotAction", statement.not_actions),
        ("Resource", statement.resources),
        ("NotResource", statement.not_resources),
    )
    content.update({name: [_text(value) for value in values] for name, values in lists if values})
    for name, principals in (("Principal", statement.principals), ("NotPrincipal", statement.not_principals)):
        if principals:
            content[name] = [_principal(principal) for principal in principals]
    if statement.conditions:
        content["Condition"] = [
            {
                "operator": condition.operator.shown,
                "key": condition.key.shown,
                "values": [_text(value) for value in condition.values],
                **_where(condition),
            }
            for condition in statement.conditions
        ]
    return content


def _principal(principal: Principal) -> dict[str, Any]:
    return {"kind": principal.kind, "value": principal.name.shown, **_where(principal)}


def _text(text: Text) -> dict[str, Any]:
    content: dict[str, Any] = {"value": text.shown, **_where(text)}
    if text.hole is not None:
        content["unresolved"] = [part.reason for part in text.parts if not isinstance(part, str)]
    return content


def _where(placed: Placed) -> dict[str, Any]:
    content: dict[str, Any] = {"at": str(placed.place.span)}
    if placed.via:
        content["via"] = [f"{place.span}: {message}" for place, message in placed.via]
    if placed.when.branches:
        content["when"] = str(placed.when).removeprefix("when ")
    return content

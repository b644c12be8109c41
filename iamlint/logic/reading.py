"""JSON policies as plain data: each spelling that AWS accepts becomes one form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from iamlint.logic.glob import ANY, ONE, Token, Tokens
from iamlint.logic.policy import Condition, Policy, Principal, PrincipalKind, Qualifier, Statement, Variable

_EXPRESSION = re.compile(r"\$\{([^{}]*)\}")
_VARIABLE = re.compile(r"\s*([^,'\s]+)\s*(?:,\s*'([^']*)'\s*)?\Z")
_WILD: dict[str, Token] = {"*": ANY, "?": ONE}
# Operators whose values may hold wildcards, and those whose values may hold variables.
_GLOBBING = frozenset({"stringlike", "stringnotlike", "arnequals", "arnlike", "arnnotequals", "arnnotlike"})
_KINDS: dict[str, PrincipalKind] = {
    "aws": "aws",
    "service": "service",
    "federated": "federated",
    "canonicaluser": "canonical",
}


def pattern(text: str, wild: bool = True, variables: bool = True) -> Tokens:
    """The tokens of a policy's text: wildcards, variables, and the escapes `${*}`, `${?}` and `${$}`."""
    has_wildcards = wild and ("*" in text or "?" in text)
    if not has_wildcards and not (variables and "${" in text):
        return tuple(text)
    result: list[Token] = []
    at = 0
    for found in _EXPRESSION.finditer(text) if variables else ():
        inner = found[1]
        if inner in ("*", "?", "$"):
            token: Token = inner
        elif named := _VARIABLE.match(inner):
            token = Variable(named[1].lower(), named[2])
        else:
            continue
        _spell(text[at : found.start()], wild, result)
        result.append(token)
        at = found.end()
    _spell(text[at:], wild, result)
    return tuple(result)


def _spell(text: str, wild: bool, result: list[Token]) -> None:
    if not wild or ("*" not in text and "?" not in text):
        result += text
        return
    for character in text:
        token = _WILD.get(character, character)
        if token is not ANY or not result or result[-1] is not ANY:
            result.append(token)


def condition(operator: str, key: str, values: tuple[Tokens, ...]) -> Condition:
    """A condition from an operator as written, such as `ForAnyValue:StringLikeIfExists`."""
    qualifier, _, name = operator.strip().lower().rpartition(":")
    base = name.removesuffix("ifexists")
    known: dict[str, Qualifier] = {"": "", "foranyvalue": "foranyvalue", "forallvalues": "forallvalues"}
    if qualifier not in known:
        base, qualifier = operator.strip().lower(), ""
    return Condition(base, key.strip().lower(), values, known[qualifier], base != name)


def globbing(operator: str) -> bool:
    """Whether `*` and `?` are wildcards in the values of an operator as written."""
    return operator.strip().lower().rpartition(":")[2].removesuffix("ifexists") in _GLOBBING


def has_variables(operator: str) -> bool:
    """Whether `${…}` is a variable in the values of an operator as written: in strings and ARNs."""
    return operator.strip().lower().rpartition(":")[2].startswith(("string", "arn"))


def read_policy(document: Mapping[str, Any]) -> Policy:
    """The policy that a JSON document says. What is not a statement is left out; nothing raises."""
    variables = document.get("Version") == "2012-10-17"
    statements = _listed(document.get("Statement"))
    return Policy(
        tuple(
            _statement(raw, variables, str(raw.get("Sid") or f"statement {number}"))
            for number, raw in enumerate(statements, 1)
            if isinstance(raw, Mapping)
        )
    )


def _statement(raw: Mapping[str, Any], variables: bool, name: str) -> Statement:
    actions, not_actions = _either(raw, "Action")
    resources, not_resources = _either(raw, "Resource")
    principals, not_principals = _either(raw, "Principal")
    return Statement(
        allow=raw.get("Effect") == "Allow",
        actions=tuple(pattern(text.strip().lower(), variables=False) for text in _texts(actions)),
        resources=None if resources is None else tuple(pattern(t, variables=variables) for t in _texts(resources)),
        principals=None if principals is None else tuple(_principals(principals)),
        conditions=tuple(_conditions(raw.get("Condition"), variables)),
        not_actions=not_actions,
        not_resources=not_resources,
        not_principals=not_principals,
        name=name,
    )


def _either(raw: Mapping[str, Any], element: str) -> tuple[Any, bool]:
    return (raw[element], False) if element in raw else (raw.get(f"Not{element}"), f"Not{element}" in raw)


def _principals(raw: Any) -> list[Principal]:
    if not isinstance(raw, Mapping):
        raw = {"AWS": raw}
    found = []
    for kind, names in raw.items():
        for name in _texts(names):
            if kind.lower() == "aws" and name == "*":
                found.append(Principal("anyone"))
            elif kind.lower() in _KINDS:
                found.append(Principal(_KINDS[kind.lower()], pattern(name, variables=False)))
    return found


def _conditions(raw: Any, variables: bool) -> list[Condition]:
    found = []
    for operator, block in raw.items() if isinstance(raw, Mapping) else ():
        wild, with_variables = globbing(operator), variables and has_variables(operator)
        for key, values in block.items() if isinstance(block, Mapping) else ():
            tokens = tuple(pattern(text, wild, with_variables) for text in _texts(values))
            found.append(condition(operator, key, tokens))
    return found


def _listed(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else [] if raw is None else [raw]


def _texts(raw: Any) -> list[str]:
    """Scalars as AWS reads them: `true` and `5` are strings in a policy."""
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in _listed(raw) if item is not None]

"""Variables of which a statement says what they are: `${aws:username}` is `bob` where `aws:username` must be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from iamlint.logic.glob import Token, Tokens
from iamlint.logic.policy import Condition, Statement, Variable, shown

Pins = Mapping[str, str | None]  # by key: its one value, None when it is absent
_EXACT = ("stringequals", "stringlike")


def pins(statements: Iterable[Statement], variables: Collection[str], sets: Collection[str]) -> Pins:
    """What the variables are in every request that all statements speak of; keys with several values are none."""
    if not variables:
        return {}
    conditions = (condition for statement in statements for condition in statement.conditions)
    return dict(
        pin
        for condition in conditions
        if condition.key in variables and condition.key not in sets
        if (pin := _pin(condition)) is not None
    )


def _pin(condition: Condition) -> tuple[str, str | None] | None:
    if condition.qualifier or condition.if_exists or len(condition.values) != 1:
        return None
    (value,) = condition.values
    if condition.operator in _EXACT and all(isinstance(token, str) for token in value):
        return condition.key, shown(value)
    if condition.operator == "null" and shown(value).lower() == "true":
        return condition.key, None
    return None


def filled(statement: Statement, values: Pins) -> Statement:
    """The statement with the variables as what they are; a text whose variable is absent matches nothing."""
    resources = statement.resources
    conditions = tuple(
        condition._replace(values=tuple(_texts(condition.values, values))) for condition in statement.conditions
    )
    return statement._replace(
        resources=None if resources is None else tuple(_texts(resources, values)), conditions=conditions
    )


def _texts(texts: Iterable[Tokens], values: Pins) -> Iterable[Tokens]:
    for text in texts:
        written = _text(text, values)
        if written is not None:
            yield written


def _text(text: Tokens, values: Pins) -> Tokens | None:
    result: list[Token] = []
    for token in text:
        if not isinstance(token, Variable) or token.name not in values:
            result.append(token)
            continue
        value = values[token.name]
        value = token.default if value is None else value
        if value is None:
            return None
        result += value
    return tuple(result)

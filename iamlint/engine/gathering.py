"""Hits of a rule on many parts of one statement become one: a list of sixty services is one thing to mend."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from iamlint.engine.subject import PARTS
from iamlint.model.statement import Statement

if TYPE_CHECKING:
    from iamlint.engine.run import Hit

MOST_APART = 5  # as many are told each at its own place
_MOST_NAMED = 8


def gathered(hits: list[Hit]) -> list[Hit]:
    """The hits, in their order; those of rules that gather become one for each statement, branch and severity that has
    more than a few. It points to the statement, so that a comment at one part of it silences no other."""
    together: dict[tuple[object, ...], list[Hit]] = defaultdict(list)
    for hit in hits:
        if hit.rule.gathered and hit.rule.flag in PARTS:
            together[_group(hit)].append(hit)
    many = {key: members for key, members in together.items() if len(members) > MOST_APART}
    if not many:
        return hits
    of_many = {id(hit): key for key, members in many.items() for hit in members}
    kept: list[Hit] = []
    for hit in hits:
        key = of_many.get(id(hit))
        if key is None:
            kept.append(hit)
        elif hit is many[key][0]:
            kept.append(_whole(many[key]))
    return kept


def _group(hit: Hit) -> tuple[object, ...]:
    policy, statement = hit.scope["policy"], hit.scope["statement"]
    return (hit.rule.name, hit.severity, id(policy), id(statement), hit.guard)


def _whole(hits: list[Hit]) -> Hit:
    """One hit on the statement, that says of its first part what is so of the others too."""
    statement: Statement = hits[0].scope["statement"]
    others = hits[1:]
    named = ", ".join(f"`{hit.subject}`" for hit in others[:_MOST_NAMED])
    rest = f" and {len(others) - _MOST_NAMED} others" if len(others) > _MOST_NAMED else ""
    message = f"{hits[0].message} (and so do {len(others)} more: {named}{rest})"
    return replace(hits[0], subject=statement, place=statement.place, via=statement.via, message=message)

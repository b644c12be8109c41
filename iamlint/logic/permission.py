"""Whether some request of a shape may pass a policy: through which Allow, or what stops it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from iamlint.logic.actions import Catalogue
from iamlint.logic.boxes import Base
from iamlint.logic.evaluator import allows, applies
from iamlint.logic.glob import Tokens
from iamlint.logic.languages import Budget, SpentError
from iamlint.logic.policy import Condition, Policy, Principal, Qualifier, Statement
from iamlint.logic.question import Doubt, Goal, Grant, Inquiry, Question, statements_of, why_spent


class Asked(NamedTuple):
    """The requests asked about. Actions are patterns in lower case; None stands for any resource, any caller.

    Each key of the context has exactly the values listed, or is absent when none are; other keys are free.
    """

    actions: tuple[Tokens, ...]
    resources: tuple[Tokens, ...] | None = None
    principals: tuple[Principal, ...] | None = None
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Stop(NamedTuple):
    """An Allow that would let a request pass, and what keeps it from doing so: Denies, or the numbers of limits."""

    statement: Statement
    denies: tuple[Statement, ...] = ()
    limits: tuple[int, ...] = ()


class Permission(NamedTuple):
    """yes: a grant for each Allow through which a request passes, with its witness; no: it is proved that none does,
    and `stops` says what stops each Allow that speaks of one; unknown: `doubts` name what is in the way."""

    answer: Literal["yes", "no", "unknown"]
    grants: tuple[Grant, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    stops: tuple[Stop, ...] = ()


def may(policy: Policy, asked: Asked, catalogue: Catalogue | None = None, budget: Budget | None = None) -> Permission:
    """Whether the policy, its limits and Denies counted, lets some request of the shape pass."""
    shape = _statement(asked)
    allowed = [statement for statement in policy.statements if statement.allow]
    if not allowed:
        return Permission("no")
    try:
        question = Question([*statements_of((policy,)), shape], catalogue, budget or Budget())
    except SpentError as spent:
        return Permission("unknown", (), (Doubt(allowed[0], (), why_spent(spent)),))

    def goals(statement: Statement) -> Iterator[Goal]:
        for within in question.combined(statement, policy.limits):
            yield Goal((*within, shape), policy.denies)

    inquiry = Inquiry(question, goals, lambda one: allows(policy, one) is True and applies(shape, one) is True)
    grants: list[Grant] = []
    doubts: list[Doubt] = []
    for statement in allowed:
        found, unsure = inquiry.judge(statement)
        grants += found
        doubts += unsure
    if grants or doubts:
        return Permission("yes" if grants else "unknown", tuple(grants), tuple(doubts))
    return Permission("no", stops=tuple(_stops(question, policy, shape, allowed)))


def _statement(asked: Asked) -> Statement:
    """The shape as a statement that speaks of its requests."""
    conditions: list[Condition] = []
    for key, values in asked.context:
        key = key.lower()
        texts = tuple(tuple(value) for value in dict.fromkeys(values))
        if len(texts) < 2:
            conditions.append(Condition("stringequals", key, texts) if texts else _null(key, "true"))
            continue
        conditions += [_null(key, "false"), _several(key, texts, "forallvalues")]
        conditions += [_several(key, (text,), "foranyvalue") for text in texts]
    return Statement(True, asked.actions, asked.resources, asked.principals, tuple(conditions))


def _null(key: str, value: str) -> Condition:
    return Condition("null", key, (tuple(value),))


def _several(key: str, texts: tuple[Tokens, ...], qualifier: Qualifier) -> Condition:
    return Condition("stringequals", key, texts, qualifier)


def _stops(question: Question, policy: Policy, shape: Statement, allowed: list[Statement]) -> Iterator[Stop]:
    """For each Allow that speaks of a request of the shape: the limit that does not, or the Denies that stop it."""
    for statement in allowed:
        try:
            if not _is_met(question, Goal((statement, shape), ())):
                continue
            limits = tuple(
                number
                for number, limit in enumerate(policy.limits)
                if not any(_is_met(question, Goal((statement, shape, one), ())) for one in limit if one.allow)
            )
            yield Stop(statement, () if limits else _denies(question, policy, shape, statement), limits)
        except SpentError:
            yield Stop(statement)  # what stops it takes too long to tell; that something does is proved


def _denies(question: Question, policy: Policy, shape: Statement, statement: Statement) -> tuple[Statement, ...]:
    """The Deny that stops all of it, the first when there are several; else all that stop some of it."""
    within = (statement, shape)
    touching = [deny for deny in policy.denies if _is_met(question, Goal((*within, deny), ()))]
    alone = [deny for deny in touching if not _is_met(question, Goal(within, (deny,)))]
    return tuple(alone[:1] or touching)


def _is_met(question: Question, goal: Goal) -> bool:
    met: Base | SpentError
    for _, met in question.met(goal):
        if isinstance(met, SpentError):
            raise met
        return True
    return False

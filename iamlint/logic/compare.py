"""Whether a new policy allows something that an old one does not: proved, shown by a request, or unknown and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from iamlint.logic.actions import Catalogue
from iamlint.logic.evaluator import allows
from iamlint.logic.languages import Budget, SpentError
from iamlint.logic.policy import Policy, Statement
from iamlint.logic.question import Doubt, Goal, Grant, Inquiry, Question, statements_of, why_spent
from iamlint.logic.request import Request

Answer = Literal["pass", "fail", "unknown"]


class Comparison(NamedTuple):
    """The answer: pass is proved, fail has a confirmed witness for each grant, unknown names what is in the way."""

    answer: Answer
    grants: tuple[Grant, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def compare(new: Policy, old: Policy, catalogue: Catalogue | None = None, budget: Budget | None = None) -> Comparison:
    """Whether NEW allows a request that OLD does not: `pass` when it surely does not.

    With a catalogue the actions are those of today and what the policies name besides; without one, every string is.
    Each grant is what one statement of NEW newly allows.
    """
    judged = _judged(new, old)
    if not judged:
        return Comparison("pass")
    try:
        inquiry = _inquiry(new, old, catalogue, budget or Budget())
    except SpentError as spent:
        return Comparison("unknown", (), (Doubt(judged[0], (), why_spent(spent)),))
    grants: list[Grant] = []
    doubts: list[Doubt] = []
    for statement in judged:
        found, unsure = inquiry.judge(statement)
        grants += found
        doubts += unsure
    return Comparison("fail" if grants else "unknown" if doubts else "pass", tuple(grants), tuple(doubts))


def is_within(new: Policy, old: Policy, catalogue: Catalogue | None = None, budget: Budget | None = None) -> bool:
    """Whether NEW surely allows nothing that OLD does not: what `compare` calls `pass`, without its looking for
    witnesses where it is something else."""
    judged = _judged(new, old)
    if not judged:
        return True
    try:
        inquiry = _inquiry(new, old, catalogue, budget or Budget())
    except SpentError:
        return False
    return all(inquiry.finds_nothing(statement) for statement in judged)


def _judged(new: Policy, old: Policy) -> list[Statement]:
    """The Allows of NEW that may grant something which OLD does not."""
    around = _changed_around(new, old)
    before = _nameless(old.statements)
    return [s for s in new.statements if s.allow and (around or s._replace(name="") not in before)]


def _inquiry(new: Policy, old: Policy, catalogue: Catalogue | None, budget: Budget) -> Inquiry:
    question = Question(statements_of((new, old)), catalogue, budget)
    return Inquiry(question, _Goals(question, new, old).of, lambda request: _is_new(new, old, request))


def _is_new(new: Policy, old: Policy, request: Request) -> bool:
    return allows(new, request) is True and allows(old, request) is False


def _changed_around(new: Policy, old: Policy) -> bool:
    """Whether an Allow that both have may give more in NEW: a Deny is gone, or a limit is another one."""
    limits = {_nameless(limit) for limit in new.limits}
    return not _nameless(old.denies) <= _nameless(new.denies) or any(_nameless(one) not in limits for one in old.limits)


def _nameless(statements: tuple[Statement, ...]) -> frozenset[Statement]:
    return frozenset(statement._replace(name="") for statement in statements)


class _Goals:
    """What an Allow of NEW newly grants: what no Allow of OLD (or of a limit of it) speaks of, or a Deny of it did."""

    def __init__(self, question: Question, new: Policy, old: Policy) -> None:
        self._question = question
        self._limits = new.limits
        self._denies = new.denies
        kept = _nameless(new.denies)
        self._gone = tuple(statement for statement in old.denies if statement._replace(name="") not in kept)
        parts = (old.statements, *old.limits)
        self._factors = [tuple(statement for statement in part if statement.allow) for part in parts]

    def of(self, statement: Statement) -> Iterator[Goal]:
        """The goals of one Allow."""
        for within in self._question.combined(statement, self._limits):
            for factor in self._factors:
                yield Goal(within, (*self._denies, *factor))
            for deny in self._gone:
                yield Goal((*within, deny), self._denies)

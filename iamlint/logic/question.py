"""Questions about policies: what some of their statements say together that others do not, action by action."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from iamlint.logic import callers, keys
from iamlint.logic.actions import Actions, Catalogue
from iamlint.logic.boxes import Base, Box, Theory, box
from iamlint.logic.glob import Tokens
from iamlint.logic.languages import Budget, SpentError
from iamlint.logic.naming import named
from iamlint.logic.pinning import filled, pins
from iamlint.logic.policy import Policy, Statement, Variable, holes, texts
from iamlint.logic.request import Request
from iamlint.logic.search import has_way_out, search, start
from iamlint.logic.witness import Shape, Surroundings, confirmed


class Grant(NamedTuple):
    """What one statement grants of what was asked about: actions on those of its resources, and a request that shows
    it, which the evaluator has confirmed.

    `actions` has those patterns of the statement of which all is granted, as they stand there; of the others what is
    granted as `naming` tells it; it is empty where all is granted that a NotAction leaves.
    """

    statement: Statement
    actions: tuple[str, ...]
    resources: tuple[Tokens, ...]  # those patterns of the statement that grant it; all for a NotResource
    witness: Request


class Doubt(NamedTuple):
    """What could not be decided of one statement, and the construct in the way."""

    statement: Statement
    actions: tuple[str, ...]
    construct: str


class Goal(NamedTuple):
    """Is there a request that all of `within` and of the literals `besides` speak of, and none of `avoid`?"""

    within: tuple[Statement, ...]
    avoid: tuple[Statement, ...]
    besides: Box = ()


class Question:
    """What all goals of one question share: the actions, the theory, the boxes of the statements, the budget.

    `statements` are all that its goals speak of. Raises SpentError when even the actions take more than the budget.
    """

    def __init__(self, statements: Iterable[Statement], catalogue: Catalogue | None, budget: Budget) -> None:
        self.statements = tuple(statements)
        self.budget = budget
        self.with_callers = any(statement.principals is not None for statement in self.statements)
        patterns = (tokens for statement in self.statements for tokens in statement.actions)
        self.actions = Actions(patterns, catalogue, budget)
        sets = keys.set_valued(
            (condition for statement in self.statements for condition in statement.conditions),
            is_single=catalogue.is_single_valued if catalogue is not None else lambda key: False,
        )
        self.theory = Theory(sets, budget)
        self.around = Surroundings(self.statements)
        self._variables = frozenset(hole.name for hole in self.around.holes if isinstance(hole, Variable))
        self._boxes: dict[tuple[Statement, bool], Box] = {}

    def box(self, statement: Statement, surely: bool = False) -> Box:
        """What the statement asks of a request, its actions apart."""
        key = (statement, surely)
        if key not in self._boxes:
            self.budget.spend(1 + len(statement.resources or ()) + len(statement.conditions))
            self._boxes[key] = self.theory.register(box(statement, surely))
        return self._boxes[key]

    def met(self, goal: Goal) -> Iterator[tuple[int, Base | SpentError]]:
        """For each set of actions for which the goal can be met: its bits, and how; or that the budget is used up."""
        for actions, base, boxes in self._searches(goal):
            try:
                met = search(base, boxes, self.theory)
            except SpentError as spent:
                yield actions, spent
                continue
            if met is not None:
                yield actions, met

    def may_be_met(self, goal: Goal) -> bool:
        """Whether `met` has anything for the goal: a first look often tells that, and the search is spared."""
        searches = self._searches(goal)
        return any(has_way_out(base, boxes, self.theory) for _, base, boxes in searches) or any(
            True for _ in self.met(goal)
        )

    def _searches(self, goal: Goal) -> Iterator[tuple[int, Base, list[Box]]]:
        """For each set of actions that is looked at by itself: its bits, what must hold, and the boxes to avoid."""
        mask = self._mask(goal.within)
        if not mask:
            return
        goal = self._pinned(goal)
        base = start(
            [*(self.box(statement) for statement in goal.within), self.theory.register(goal.besides)], self.theory
        )
        if base is None:
            return
        avoid = self._avoided(goal, mask)
        mask &= ~avoid.pop((), 0)
        for actions, boxes in _classes(mask, avoid):
            yield actions, base, boxes

    def _pinned(self, goal: Goal) -> Goal:
        """The goal with the variables that can only be one value as that value."""
        values = pins(goal.within, self._variables, self.theory.sets)
        if not values:
            return goal
        within, avoid = (tuple(filled(one, values) for one in several) for several in (goal.within, goal.avoid))
        self.budget.spend(len(within) + len(avoid))
        return Goal(within, avoid, goal.besides)

    def combined(
        self, statement: Statement, limits: tuple[tuple[Statement, ...], ...]
    ) -> Iterator[tuple[Statement, ...]]:
        """The Allow together with one Allow of each limit, every way that leaves some request."""
        pending: list[tuple[Statement, ...]] = [(statement,)]
        while pending:
            within = pending.pop()
            self.budget.spend(1)
            if len(within) > 1 and not self._meet(within):
                continue
            if len(within) > len(limits):
                yield within
            else:
                pending += [(*within, other) for other in reversed(limits[len(within) - 1]) if other.allow]

    def _meet(self, within: tuple[Statement, ...]) -> bool:
        boxes = [self.box(statement) for statement in within]
        return bool(self._mask(within)) and start(boxes, self.theory) is not None

    def _mask(self, within: tuple[Statement, ...]) -> int:
        if len(within) == 1:
            return self.actions.mask(within[0])
        mask = self.actions.every
        for statement in within:
            mask &= self.actions.mask(statement, fill=True)
        return mask

    def _avoided(self, goal: Goal, mask: int) -> dict[Box, int]:
        """The boxes to avoid, each with the actions that it surely speaks of."""
        spoken = {(statement.actions, statement.not_actions) for statement in goal.within}
        avoid: dict[Box, int] = {}
        for statement in goal.avoid:
            alike = (statement.actions, statement.not_actions) in spoken
            touched = mask if alike else mask & self.actions.mask(statement, fill=False)
            if touched:
                for surely in (False, True) if statement.not_principals else (False,):
                    one = self.box(statement, surely)
                    avoid[one] = avoid.get(one, 0) | touched
        return avoid


def _classes(mask: int, avoid: Mapping[Box, int]) -> list[tuple[int, list[Box]]]:
    """The actions of a mask in classes for which the same boxes are to be avoided."""
    classes: list[tuple[int, list[Box]]] = [(mask, [])] if mask else []
    for one, touched in avoid.items():
        divided: list[tuple[int, list[Box]]] = []
        for actions, boxes in classes:
            inside = actions & touched
            if inside:
                divided.append((inside, [*boxes, one]))
            if actions & ~touched:
                divided.append((actions & ~touched, boxes))
        classes = divided
    return classes


class Inquiry:
    """What Allows grant among the requests that meet a goal and pass a test of the evaluator."""

    def __init__(
        self,
        question: Question,
        goals: Callable[[Statement], Iterator[Goal]],
        passes: Callable[[Request], bool],
    ) -> None:
        """`goals` of an Allow: one of them is met when it grants something; `passes` confirms a request."""
        self._question = question
        self._goals = goals
        self._passes = passes

    def judge(self, statement: Statement) -> tuple[list[Grant], list[Doubt]]:
        """What an Allow grants, resource pattern by resource pattern; and what nobody knows of it."""
        found: dict[int, tuple[list[Tokens], Request]] = {}
        unsure: dict[int, str] = {}
        spent_on = ""
        try:
            parts = _by_resource(statement)
            for part, tokens in parts if len(parts) == 1 or self._may_be_met(statement) else ():
                for actions, answer in self._met(part).items():
                    if isinstance(answer, Request):
                        found.setdefault(actions, ([], answer))[0].extend(tokens)
                    else:
                        unsure.setdefault(actions, answer)
        except SpentError as spent:
            spent_on = why_spent(spent)
        every = self._question.actions
        grants = [
            Grant(statement, named(every, statement, actions), tuple(dict.fromkeys(resources)), witness)
            for actions, (resources, witness) in _merged(found)
        ]
        doubts = [
            Doubt(statement, named(every, statement, actions), why)
            for actions, why in unsure.items()
            if actions not in found
        ]
        return grants, [*doubts, Doubt(statement, (), spent_on)] if spent_on else doubts

    def finds_nothing(self, statement: Statement) -> bool:
        """Whether an Allow surely grants nothing: `judge` has neither grants nor doubts."""
        try:
            parts = _by_resource(statement)
            if len(parts) > 1 and not self._may_be_met(statement):
                return True
            return not any(self._may_be_met(part) for part, _ in parts)
        except SpentError:
            return False

    def _may_be_met(self, statement: Statement) -> bool:
        every = self._question.actions
        if every.doubt and every.mask(statement):
            return True
        return any(self._question.may_be_met(goal) for goal in self._goals(statement))

    def _met(self, statement: Statement) -> dict[int, Request | str]:
        """For each set of actions that the Allow grants: a confirmed request, or why none is."""
        answers: dict[int, Request | str] = {}
        done = 0
        for goal in self._goals(statement):
            for actions, met in self._question.met(goal):
                actions &= ~done
                if not actions:
                    continue
                answer = self._answer(actions, met, goal)
                if isinstance(answer, Request):
                    done |= actions
                    answers = {mask & ~actions: why for mask, why in answers.items() if mask & ~actions}
                answers[actions] = answer
        every = self._question.actions
        if not answers and every.doubt and every.mask(statement):
            answers[every.mask(statement)] = every.doubt
        return answers

    def _answer(self, actions: int, met: Base | SpentError, goal: Goal) -> Request | str:
        if isinstance(met, SpentError):
            return why_spent(met)
        question = self._question
        members = question.actions.within(actions & -actions)
        try:
            shape = Shape(members[0], met, question.theory, question.with_callers)
        except SpentError as spent:
            return why_spent(spent)
        request = confirmed(shape, question.around, self._passes)
        if request is not None:
            return request
        return construct((*goal.within, *goal.avoid), question.theory.sets, question.with_callers)


def _by_resource(statement: Statement) -> list[tuple[Statement, tuple[Tokens, ...]]]:
    """The statement once for each of its resource patterns, when it has several."""
    resources = statement.resources or ()
    if statement.not_resources or len(resources) < 2:
        return [(statement, resources)]
    return [(statement._replace(resources=(tokens,)), (tokens,)) for tokens in resources]


def _merged(found: dict[int, tuple[list[Tokens], Request]]) -> list[tuple[int, tuple[list[Tokens], Request]]]:
    """Sets of actions on the same resources become one."""
    by_resources: dict[tuple[Tokens, ...], tuple[int, Request]] = {}
    for actions, (resources, witness) in found.items():
        key = tuple(resources)
        others, first = by_resources.get(key, (0, witness))
        by_resources[key] = (others | actions, first)
    return [(actions, (list(resources), witness)) for resources, (actions, witness) in by_resources.items()]


def why_spent(spent: SpentError) -> str:
    """A budget used up, in words."""
    return f"too many possibilities to try: {spent.what}"


def statements_of(policies: Iterable[Policy]) -> list[Statement]:
    """All statements of policies and of their limits."""
    return [s for policy in policies for part in (policy.statements, *policy.limits) for s in part]


def construct(statements: Iterable[Statement], sets: Iterable[str], with_callers: bool) -> str:
    """What among the statements keeps a question from an answer."""
    several = set(sets)
    found: dict[str, None] = {}
    for statement in statements:
        found.update(dict.fromkeys(statement.doubts))
        if statement.not_principals and statement.principals:
            found["NotPrincipal"] = None
        told = {condition.key for condition in statement.conditions} & set(callers.KEYS)
        found.update({f"{key} beside a Principal": None for key in sorted(told) if with_callers})
        for condition in statement.conditions:
            if not keys.family(condition):
                found[f"condition {condition}"] = None
            elif condition.operator != "null" and condition.key in several and not condition.qualifier:
                found[f"{condition.operator} without a set operator on {condition.key}"] = None
            elif condition.qualifier == "foranyvalue" and condition.if_exists:
                found[f"ForAnyValue with IfExists on {condition.key}"] = None
        for text in texts(statement):
            for hole in holes(text):
                kind = "variable" if isinstance(hole, Variable) else "unresolved part"
                found[f"{kind} {hole!r}"] = None
    return ", ".join(found) or "conditions of different kinds on one key"

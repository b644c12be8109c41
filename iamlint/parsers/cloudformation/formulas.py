"""Formulas over the values of variables, and whether some values make several of them come out as wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

# Work is counted in parts of formulas that are asked.
_MOST_WORK = 100_000
_MOST_WORK_TOGETHER = 2_000_000
LARGEST = 10_000
Assignment = Mapping[str, str]
# True or False once enough variables have a value; None before.
Answer = bool | None


@dataclass(frozen=True, slots=True)
class Formula:
    """How an answer follows from the values of variables, the values that each is compared with, and of how many
    parts it is made, a shared one counted as often as it is there."""

    holds: Callable[[Assignment], Answer]
    compared: Mapping[str, frozenset[str]]
    size: int = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """A formula with the answer that it shall have."""

    formula: Formula
    answer: bool


def constant(answer: bool) -> Formula:
    """What is so whatever the values are."""
    return Formula(lambda _: answer, {})


def equality(variable: str, value: str) -> Formula:
    """Whether a variable has a value."""

    def holds(given: Assignment) -> Answer:
        has = given.get(variable)
        return None if has is None else has == value

    return Formula(holds, {variable: frozenset((value,))})


def opaque(name: str) -> Formula:
    """What nothing is known of but that it is the same wherever it is named the same."""
    return equality(f"whether {name}", "yes")


def negation(formula: Formula) -> Formula:
    """Whether a formula does not hold."""

    def holds(given: Assignment) -> Answer:
        answer = formula.holds(given)
        return None if answer is None else not answer

    return Formula(holds, formula.compared, formula.size + 1)


def conjunction(parts: Sequence[Formula]) -> Formula:
    """Whether all hold."""
    return parts[0] if len(parts) == 1 else _together(parts, decisive=False)


def disjunction(parts: Sequence[Formula]) -> Formula:
    """Whether any holds."""
    return parts[0] if len(parts) == 1 else _together(parts, decisive=True)


def _together(parts: Sequence[Formula], decisive: bool) -> Formula:
    """What one part decides alone when its answer is `decisive`."""

    def holds(given: Assignment) -> Answer:
        open_parts = False
        for part in parts:
            answer = part.holds(given)
            if answer is decisive:
                return decisive
            open_parts |= answer is None
        return None if open_parts else not decisive

    return Formula(holds, _compared(parts), 1 + sum(part.size for part in parts))


def _compared(parts: Iterable[Formula]) -> dict[str, frozenset[str]]:
    compared: dict[str, frozenset[str]] = {}
    for part in parts:
        for variable, values in part.compared.items():
            before = compared.get(variable)
            compared[variable] = values if before is None else before | values
    return compared


class Solver:
    """Says whether formulas can come out as wanted. What would take too much work to say counts as possible: in one
    question, and in all questions together.

    `domain` gives the values to try of a variable that is compared with some.
    """

    def __init__(self, domain: Callable[[str, frozenset[str]], Sequence[str]]) -> None:
        self._domain = domain
        self._left = _MOST_WORK_TOGETHER

    def satisfiable(self, wanted: Sequence[Wanted]) -> bool:
        """Whether the variables can have values with which every formula has the wanted answer."""
        compared = _compared(want.formula for want in wanted)
        domains = {variable: self._domain(variable, values) for variable, values in compared.items()}
        for group in _groups(wanted):
            search = _Search(group, domains, min(_MOST_WORK, self._left))
            found = search.found()
            self._left -= search.work
            if not found:
                return False
        return True


def _groups(wanted: Sequence[Wanted]) -> list[list[Wanted]]:
    """The formulas apart by what they speak of: groups without a variable in common are solved each alone."""
    groups: list[tuple[set[str], list[Wanted]]] = []
    for want in wanted:
        variables, members = set(want.formula.compared), [want]
        apart: list[tuple[set[str], list[Wanted]]] = []
        for known, others in groups:
            if known.isdisjoint(variables):
                apart.append((known, others))
            else:
                variables |= known
                members = others + members
        groups = [*apart, (variables, members)]
    return [members for _, members in groups]


class _Search:
    """Gives variables values one by one, and turns back where a formula has come out wrong."""

    def __init__(self, wanted: Sequence[Wanted], domains: Mapping[str, Sequence[str]], most: int) -> None:
        self._wanted = wanted
        self._domains = domains
        self._given: dict[str, str] = {}
        self._most = most
        self._cost = sum(want.formula.size for want in wanted)
        self.work = 0

    def found(self) -> bool:
        """Whether there are values that do, with those that are given so far."""
        if self.work >= self._most:
            return True
        self.work += self._cost
        undecided: Formula | None = None
        for want in self._wanted:
            answer = want.formula.holds(self._given)
            if answer is None:
                undecided = undecided or want.formula
            elif answer is not want.answer:
                return False
        if undecided is None:
            return True
        variable = next(name for name in undecided.compared if name not in self._given)
        for value in self._domains[variable]:
            self._given[variable] = value
            if self.found():
                return True
        self._given.pop(variable, None)
        return False

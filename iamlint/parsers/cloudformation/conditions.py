"""The conditions of a template as logic: which branches can be taken together, for some values of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from iamlint.model.unknown import Guard
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode

_OTHER = "\0other"  # any value that the template does not compare with
_MOST_ASSIGNMENTS = 4096
_DEEPEST = 60
Assignment = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Formula:
    """A condition: how it follows from the values of variables, and the values that each is compared with."""

    holds: Callable[[Assignment], bool]
    compared: Mapping[str, frozenset[str]]


class Conditions:
    """The `Conditions` section. Variables are parameters, pseudo-parameters, and expressions that stay opaque.

    `finite` gives the allowed values of those parameters that have them.
    """

    def __init__(self, section: Node | None, finite: Mapping[str, Sequence[str]]) -> None:
        self._nodes = section if isinstance(section, MappingNode) else None
        self._finite = finite
        self._formulas: dict[str, Formula] = {}
        self._answers: dict[tuple[tuple[str, bool], ...], bool] = {}

    def allow(self, guard: Guard) -> bool:
        """Whether the branches of a guard can all be taken for some values of the parameters."""
        if not guard.branches:
            return True
        answer = self._answers.get(guard.branches)
        if answer is None:
            answer = self._answers[guard.branches] = self._satisfiable(guard)
        return answer

    def _satisfiable(self, guard: Guard) -> bool:
        wanted = [(self._named(name, 0), branch) for name, branch in guard.branches]
        domains: dict[str, set[str]] = {}
        for formula, _ in wanted:
            for variable, values in formula.compared.items():
                domains.setdefault(variable, set()).update(values)
        for variable, domain in domains.items():
            allowed = self._finite.get(variable)
            if allowed is not None:
                # Of the allowed values that nothing is compared with, one stands for all.
                others = [value for value in allowed if value not in domain]
                domains[variable] = (domain & set(allowed)) | set(others[:1])
            else:
                domain.add(_OTHER)
        if prod(map(len, domains.values())) > _MOST_ASSIGNMENTS:
            return True  # too many to try: a branch that may be reachable is checked
        names = list(domains)
        for chosen in product(*domains.values()):
            assignment = dict(zip(names, chosen, strict=True))
            if all(formula.holds(assignment) is branch for formula, branch in wanted):
                return True
        return False

    def _named(self, name: str, depth: int) -> Formula:
        """The formula of a condition, or of a choice of a value, `Parameter = value`."""
        formula = self._formulas.get(name)
        if formula is not None:
            return formula
        variable, chosen, value = name.partition(" = ")
        node = self._nodes.get(name) if self._nodes is not None else None
        if chosen:
            formula = _equality(variable, value)
        elif node is None or depth > _DEEPEST:
            formula = _opaque(name)
        else:
            self._formulas[name] = _opaque(name)  # what a condition that refers to itself finds
            formula = self._formula(node, depth + 1)
        self._formulas[name] = formula
        return formula

    def _formula(self, node: Node, depth: int) -> Formula:
        if depth > _DEEPEST or not isinstance(node, MappingNode) or len(node.entries) != 1:
            return _opaque(node.written)
        key, argument = node.entries[0]
        if key.value == "Condition" and isinstance(argument, ScalarNode):
            return self._named(str(argument.value), depth + 1)
        if not isinstance(argument, SequenceNode):
            return _opaque(node.written)
        if key.value == "Fn::Equals" and len(argument.items) == 2:
            return self._equals(argument.items[0], argument.items[1], node)
        parts = [self._formula(item, depth + 1) for item in argument.items]
        compared = _merged(parts)
        if key.value == "Fn::Not" and len(parts) == 1:
            inner = parts[0].holds
            return Formula(lambda given: not inner(given), compared)
        if key.value == "Fn::And":
            return Formula(lambda given: all(part.holds(given) for part in parts), compared)
        if key.value == "Fn::Or":
            return Formula(lambda given: any(part.holds(given) for part in parts), compared)
        return _opaque(node.written)

    def _equals(self, left: Node, right: Node, node: Node) -> Formula:
        one, other = _operand(left), _operand(right)
        if one.literal is not None and other.literal is not None:
            same = one.literal == other.literal
            return Formula(lambda _: same, {})
        if one.literal is not None:
            return _equality(other.variable, one.literal)
        if other.literal is not None:
            return _equality(one.variable, other.literal)
        if one.variable == other.variable:
            return Formula(lambda _: True, {})
        return _opaque(node.written)


@dataclass(frozen=True, slots=True)
class _Operand:
    literal: str | None
    variable: str = ""


def spelled(value: object) -> str:
    """A scalar as CloudFormation compares it: booleans are the words, null is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _operand(node: Node) -> _Operand:
    if isinstance(node, ScalarNode):
        return _Operand(spelled(node.value))
    if isinstance(node, MappingNode) and len(node.entries) == 1:
        key, argument = node.entries[0]
        if key.value == "Ref" and isinstance(argument, ScalarNode):
            return _Operand(None, str(argument.value))
    return _Operand(None, " ".join(node.written.split()))


def _equality(variable: str, value: str) -> Formula:
    return Formula(lambda given: given[variable] == value, {variable: frozenset((value,))})


def _opaque(name: str) -> Formula:
    """A condition of which nothing is known but that it is the same wherever it is written the same."""
    variable = f"whether {name}"
    return Formula(lambda given: given[variable] == "yes", {variable: frozenset(("yes",))})


def _merged(parts: Sequence[Formula]) -> dict[str, frozenset[str]]:
    compared: dict[str, frozenset[str]] = {}
    for part in parts:
        for variable, values in part.compared.items():
            compared[variable] = compared.get(variable, frozenset()) | values
    return compared

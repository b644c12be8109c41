"""The conditions of a template as logic: which branches can be taken together, for some values of the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iamlint.model.text import Text
from iamlint.model.unknown import Guard, Unknown
from iamlint.parsers.cloudformation.formulas import (
    LARGEST,
    Formula,
    Solver,
    Wanted,
    conjunction,
    constant,
    disjunction,
    equality,
    negation,
    opaque,
)
from iamlint.parsers.cloudformation.sections import spelled
from iamlint.parsers.values import alternatives, as_text
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from iamlint.model.value import Value
    from iamlint.parsers.cloudformation.intrinsics import Evaluator

_OTHER = "\0other"  # any value that the template does not compare with
_DEEPEST = 60
_MOST_PAIRS = 256


@dataclass(frozen=True, slots=True)
class _Operand:
    """One side of a comparison, in one of the cases that it has: a string that is known, or a variable."""

    when: Formula | None
    literal: str | None
    variable: str = ""
    text: Text | None = None


class Conditions:
    """The `Conditions` section, and what `Rules` asserts. Variables are parameters, pseudo-parameters, and expressions
    that stay opaque."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._sections = evaluator.sections
        self._declared: dict[str, tuple[Node, dict[str, Value]]] | None = None
        self._formulas: dict[str, Formula] = {}
        self._rules: list[Formula] | None = None
        self._solver = Solver(self._domain)
        self._answers: dict[tuple[tuple[str, bool], ...], bool] = {}

    def allow(self, guard: Guard) -> bool:
        """Whether the branches of a guard can all be taken for some values of the parameters."""
        if not guard.branches:
            return True
        answer = self._answers.get(guard.branches)
        if answer is None:
            wanted = [Wanted(self._named(name, 0), branch) for name, branch in guard.branches]
            if self._rules is None:
                self._rules = []  # what a rule is read with
                self._rules = self._asserted()
            wanted += [Wanted(rule, answer=True) for rule in _touching(wanted, self._rules)]
            answer = self._answers[guard.branches] = self._solver.satisfiable(wanted)
        return answer

    def _domain(self, variable: str, compared: frozenset[str]) -> Sequence[str]:
        """The values to try of a variable: of those that nothing is compared with, one stands for all."""
        allowed = self._sections.allowed(variable)
        if allowed is not None:
            others = [value for value in allowed if value not in compared]
            return [*(value for value in allowed if value in compared), *others[:1]]
        parameter = self._sections.parameters.get(variable)
        values = [value for value in sorted(compared) if parameter is None or parameter.admits(value)]
        return [*values, _OTHER]

    def _named(self, name: str, depth: int) -> Formula:
        """The formula of a condition, or of a choice of a value, `Parameter = value`."""
        formula = self._formulas.get(name)
        if formula is not None:
            return formula
        if self._declared is None:
            self._declared = self._evaluator.declared_conditions()
        found = self._declared.get(name)
        variable, chosen, value = name.partition(" = ")
        if found is None and chosen:
            formula = equality(variable, value)
        elif found is None or depth > _DEEPEST:
            formula = opaque(name)
        else:
            self._formulas[name] = opaque(name)  # what a condition that refers to itself finds
            with self._evaluator.deciding(found[1]):
                formula = self._formula(found[0], depth + 1)
            if formula.size > LARGEST:
                formula = opaque(name)
        self._formulas[name] = formula
        return formula

    def _formula(self, node: Node, depth: int) -> Formula:
        if depth > _DEEPEST or not isinstance(node, MappingNode) or len(node.entries) != 1:
            return opaque(node.written)
        key, argument = node.entries[0]
        if key.value == "Condition":
            name = self._evaluator.name(argument)
            return self._named(name, depth + 1) if name is not None else opaque(node.written)
        if not isinstance(argument, SequenceNode):
            return opaque(node.written)
        if key.value == "Fn::Equals" and len(argument.items) == 2:
            return self._equals(self._operands(argument.items[0]), self._operands(argument.items[1]), node)
        if key.value == "Fn::Contains" and len(argument.items) == 2:
            return self._contains(argument.items[0], argument.items[1], node)
        if key.value not in ("Fn::Not", "Fn::And", "Fn::Or") or not argument.items:
            return opaque(node.written)
        parts = [self._formula(item, depth + 1) for item in argument.items]
        if key.value == "Fn::Not":
            return negation(parts[0]) if len(parts) == 1 else opaque(node.written)
        return conjunction(parts) if key.value == "Fn::And" else disjunction(parts)

    def _equals(self, left: list[_Operand], right: list[_Operand], node: Node) -> Formula:
        if len(left) == len(right) == 1 and left[0].literal is None and right[0].literal is None:
            # Two parameters that are compared with each other: by the values of one, where they are known.
            values = self._sections.allowed(left[0].variable) or self._sections.allowed(right[0].variable) or ()
            left = [_Operand(equality(left[0].variable, value), value) for value in values] or left
        if len(left) * len(right) > _MOST_PAIRS:
            return opaque(node.written)
        cases = []
        for one in left:
            for other in right:
                guards = [when for when in (one.when, other.when) if when is not None]
                same = _same(one, other)
                cases.append(conjunction([*guards, same]) if guards else same)
        return disjunction(cases) if cases else opaque(node.written)

    def _contains(self, listed: Node, value: Node, node: Node) -> Formula:
        """`Fn::Contains` of a rule: whether a value is one of a list."""
        if not isinstance(listed, SequenceNode) or not listed.items:
            return opaque(node.written)
        wanted = self._operands(value)
        return disjunction([self._equals(self._operands(item), wanted, node) for item in listed.items])

    def _operands(self, node: Node) -> list[_Operand]:
        if isinstance(node, ScalarNode):
            if not self._evaluator.scope:
                return [_Operand(None, spelled(node.value))]
        elif isinstance(node, MappingNode) and len(node.entries) == 1:
            key, argument = node.entries[0]
            if key.value == "Ref" and isinstance(argument, ScalarNode):
                name = str(argument.value)
                if name not in self._evaluator.scope:
                    return [_Operand(None, None, name)]
        written = " ".join(node.written.split())
        return [self._operand(option, written) for option in alternatives(self._evaluator.value(node))]

    def _operand(self, value: Value, written: str) -> _Operand:
        guards = [self._branch(name, branch) for name, branch in value.when.branches]
        when = conjunction(guards) if guards else None
        text = as_text(value)
        if text is None:
            return _Operand(when, None, written)
        # The scope of a loop is not in what is written, but it is in what is shown.
        return _Operand(when, text.literal, f"{written} {text.shown}", text)

    def _branch(self, name: str, branch: bool) -> Formula:
        formula = self._named(name, 0)
        return formula if branch else negation(formula)

    def _asserted(self) -> list[Formula]:
        """What the rules of the template assert: a parameter's values that break one are refused at deploy time."""
        asserted: list[Formula] = []
        section = self._sections.rules
        with self._evaluator.deciding({}):
            for _, rule in section.entries if section is not None else ():
                if not isinstance(rule, MappingNode):
                    continue
                condition, listed = rule.get("RuleCondition"), rule.get("Assertions")
                unless = [negation(self._formula(condition, 0))] if condition is not None else []
                for item in listed.items if isinstance(listed, SequenceNode) else ():
                    claim = item.get("Assert") if isinstance(item, MappingNode) else None
                    if claim is not None:
                        asserted.append(disjunction([*unless, self._formula(claim, 0)]))
        return asserted


def _same(one: _Operand, other: _Operand) -> Formula:
    if one.literal is not None and other.literal is not None:
        return constant(one.literal == other.literal)
    if one.literal is None and other.literal is None:
        if one.variable == other.variable:
            return constant(True)
        return opaque(" = ".join(sorted((one.variable, other.variable))))
    known, open_side = (one, other) if one.literal is not None else (other, one)
    assert known.literal is not None
    if open_side.text is not None and not isinstance(open_side.text.equals(known.literal), Unknown):
        return constant(False)
    return equality(open_side.variable, known.literal)


def _touching(wanted: Sequence[Wanted], rules: Sequence[Formula]) -> list[Formula]:
    """The rules that speak of the same variables, and those that speak of theirs."""
    variables = {variable for want in wanted for variable in want.formula.compared}
    found: list[Formula] = []
    rest = list(rules)
    while rest:
        near = [rule for rule in rest if not variables.isdisjoint(rule.compared)]
        if not near:
            break
        found += near
        rest = [rule for rule in rest if variables.isdisjoint(rule.compared)]
        variables.update(variable for rule in near for variable in rule.compared)
    return found

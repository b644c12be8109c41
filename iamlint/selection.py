"""Which rules run: chosen by name, by another tool's id, by practice or by severity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from iamlint.engine.finding import SEVERITIES


class Selectable(Protocol):
    """What a choice looks at in a rule."""

    @property
    def name(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def practice(self) -> int | None: ...
    @property
    def strict(self) -> bool: ...
    @property
    def also_known_as(self) -> tuple[str, ...]: ...


R = TypeVar("R", bound=Selectable)


class UnknownRuleError(Exception):
    """A name that selects nothing, with a hint at what was probably meant."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(f'no rule has the name or id "{name}"' + (f": {hint}" if hint else ""))
        self.name = name
        self.hint = hint


def select(rules: Mapping[str, R], selected: Iterable[str], ignored: Iterable[str], strict: bool) -> list[R]:
    """The rules to run: those selected (by default all that are not strict), without those ignored.

    A term is a rule's name, another tool's id, `practice:8`, a severity, `default` or `all`. Selecting turns strict
    rules on. Raises UnknownRuleError for a term that is none of these.
    """
    terms = list(selected)
    if terms:
        chosen = {rule.name for term in terms for rule in named(rules, term)}
    else:
        chosen = {rule.name for rule in rules.values() if strict or not rule.strict}
    if terms and strict:
        chosen |= {rule.name for rule in rules.values() if rule.strict}
    chosen -= {rule.name for term in ignored for rule in named(rules, term)}
    return [rule for name, rule in rules.items() if name in chosen]


def named(rules: Mapping[str, R], term: str) -> list[R]:
    """The rules that a term speaks of; at least one."""
    exact = rules.get(term)
    if exact is not None:
        return [exact]
    folded = term.strip().casefold()
    if folded == "all":
        return list(rules.values())
    if folded == "default":
        return [rule for rule in rules.values() if not rule.strict]
    if folded in SEVERITIES:
        found = [rule for rule in rules.values() if rule.severity == folded]
    elif folded.startswith("practice:"):
        found = [rule for rule in rules.values() if rule.practice and str(rule.practice) == folded[9:].strip()]
        if not found:
            raise UnknownRuleError(term, "practices are practice:1 to practice:10")
    else:
        found = by_name_or_id(rules, folded)
        if not found:
            raise UnknownRuleError(term, nearest_rule(rules, term))
    return found


def by_name_or_id(rules: Mapping[str, R], term: str) -> list[R]:
    """The rules with this name, or with this id in another tool; letter case does not matter. Empty when none has."""
    folded = term.strip().casefold()
    return [
        rule
        for rule in rules.values()
        if rule.name.casefold() == folded or any(name.casefold() == folded for name in rule.also_known_as)
    ]


def nearest_rule(rules: Mapping[str, R], term: str) -> str:
    """A hint at the rule that was probably meant: `did you mean "wildcard-action"?`, or nothing."""
    from difflib import get_close_matches

    # Rules are named after what is wrong; who comes from other linters tries `no-…`.
    wanted = term.casefold().replace("_", "-").removeprefix("no-")
    close = get_close_matches(wanted, sorted(rules), 1, 0.6)
    return f'did you mean "{close[0]}"?' if close else ""

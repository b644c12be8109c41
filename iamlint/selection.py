"""Which rules run: chosen by name, another tool's id, practice, group, severity or compliance framework."""

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
    def group(self) -> str | None: ...
    @property
    def also_known_as(self) -> tuple[str, ...]: ...
    @property
    def frameworks(self) -> tuple[str, ...]: ...


R = TypeVar("R", bound=Selectable)


class UnknownRuleError(Exception):
    """A name that selects nothing, with a hint at what was probably meant."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(f'no rule has the name or id "{name}": {hint or "`iamlint rules` lists the rules"}')
        self.name = name
        self.hint = hint


def select(rules: Mapping[str, R], selected: Iterable[str], ignored: Iterable[str], strict: bool) -> list[R]:
    """The rules to run: those selected (by default all that are not strict), without those ignored.

    A term is a rule's name, another tool's id, `practice:8`, `group:trust`, a severity (`high`, `severity:high`), a
    compliance framework or one of its requirements (`cis-3.0`, `nist-800-53:AC-6`), `default` or `all`. Selecting
    turns strict rules on. Raises UnknownRuleError for a term that is none of these.
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
    from iamlint.engine.frameworks import FRAMEWORKS, covers, speaks_of_framework

    severity = folded.removeprefix("severity:").strip()
    if severity in SEVERITIES:
        found, hint = [rule for rule in rules.values() if rule.severity == severity], ""
    elif folded.startswith("severity:"):
        found, hint = [], "severities are " + ", ".join(SEVERITIES)
    elif folded.startswith("practice:"):
        number = folded[9:].strip()
        found = [rule for rule in rules.values() if rule.practice and str(rule.practice) == number]
        hint = "practices are practice:1 to practice:10"
    elif folded.startswith("group:"):
        found = [rule for rule in rules.values() if rule.group == folded[6:].strip()]
        hint = "groups are " + ", ".join(sorted({rule.group for rule in rules.values() if rule.group}))
    elif speaks_of_framework(folded):
        found = [rule for rule in rules.values() if any(covers(folded, item) for item in rule.frameworks)]
        hint = "no rule speaks to it; frameworks are " + ", ".join(FRAMEWORKS)
    else:
        found = by_name_or_id(rules, folded)
        hint = "" if found else _nearest_term(rules, folded) or nearest_rule(rules, term)
    if not found:
        raise UnknownRuleError(term, hint)
    return found


def _nearest_term(rules: Mapping[str, R], term: str) -> str:
    """A hint for what looks like a term of another kind than a rule: `trust`, `practise:8`, `cis-9.0`, `strict`."""
    from difflib import get_close_matches

    from iamlint.engine.frameworks import FRAMEWORKS

    if term == "strict":
        return "`--strict` runs the strict rules too, `all` is every rule"
    if any(rule.group == term for rule in rules.values()):
        return f'did you mean "group:{term}"?'
    if term.isdecimal():
        return "practices are practice:1 to practice:10"
    kind, colon, rest = term.partition(":")
    if colon and (close := get_close_matches(kind, ("practice", "group", "severity"), 1, 0.6)):
        return f'did you mean "{close[0]}:{rest}"?'
    if kind.startswith("cis") or kind in ("nist", "nist-800", "security-hub") or (colon and not rest.startswith(":")):
        return "frameworks are " + ", ".join(FRAMEWORKS)
    return ""


def by_name_or_id(rules: Mapping[str, R], term: str) -> list[R]:
    """The rules with this name, or with this id in another tool, in any of its spellings. Empty when none has."""
    from iamlint.engine.other_tools import spelled, spellings

    folded = term.strip().casefold()
    named_so = [rule for rule in rules.values() if rule.name.casefold() == folded]
    if named_so:
        return named_so
    wanted = spellings(term)
    return [rule for rule in rules.values() if any(spelled(name) in wanted for name in rule.also_known_as)]


def nearest_rule(rules: Mapping[str, R], term: str) -> str:
    """A hint at what was probably meant, `did you mean "wildcard-action"?`; why another tool's check has no rule."""
    from difflib import get_close_matches

    from iamlint.engine.other_tools import TOOLS, called, checks, spelled, tool_named, tool_of_shape, why_none

    for check in called(term):
        if why := why_none(check):
            return f"{TOOLS[check.tool]}'s {check.id} has none here: {why}"
    tool = tool_named(term)
    if tool is not None:
        return f"`iamlint rules --from {tool}` lists {TOOLS[tool]}'s checks with the rules that do the same"
    tool = tool_of_shape(term)
    if tool is not None:
        return f"it is none of {TOOLS[tool]}'s checks of IAM, which `iamlint rules --from {tool}` lists"
    # Rules are named after what is wrong; who comes from other linters tries `no-…`.
    wanted = term.casefold().replace("_", "-").removeprefix("no-")
    close = get_close_matches(wanted, sorted(rules), 1, 0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    # Ids of a tool begin alike; whoever mistypes one gets that much right.
    wanted = spelled(term)
    identifiers = {spelled(check.id): check.id for check in checks() if not check.same_as}
    close = get_close_matches(wanted, sorted(name for name in identifiers if name[:2] == wanted[:2]), 1, 0.8)
    return f'did you mean "{identifiers[close[0]]}"?' if close else ""

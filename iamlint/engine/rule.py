"""Rules, loaded: built-in ones and a user's through one door."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from iamlint.engine.evaluate import Evaluate, Scope, certainty, compiled, condition, conjuncts, message, names_in
from iamlint.engine.expression import Tree
from iamlint.engine.finding import Severity
from iamlint.engine.index import indexed, load_index, rule_files, rules_folder
from iamlint.engine.rule_file import Record, RuleError, expression_error, read_rule
from iamlint.model.unknown import Truth

__all__ = ["Example", "Rule", "RuleError", "RuleSet", "load_rules"]


@dataclass(frozen=True)
class Example:
    """A rule's example: in one format, a text that must be flagged and one that must not."""

    format: str
    bad: str
    good: str


@dataclass
class Rule:
    """One rule. Its expressions are compiled when it is first asked, its examples read when they are first shown."""

    path: str
    record: Record = field(repr=False)

    def __post_init__(self) -> None:
        record = self.record
        self.name: str = record["name"]
        self.title: str = record["title"]
        self.severity: Severity = record["severity"]
        self.practice: int | None = record["practice"]
        self.group: str | None = record.get("group")
        self.strict: bool = record["strict"]
        self.gathered: bool = record.get("gathered", False)
        self.flag: str = record["flag"]
        self.why: str = record["why"]
        self.instead: str = record["instead"]
        self.implies: tuple[str, ...] = tuple(record.get("implies", ()))

    @property
    def also_known_as(self) -> tuple[str, ...]:
        """Ids of the same check in other tools."""
        return tuple(self.record.get("also_known_as", ()))

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Requirements of compliance frameworks that the rule speaks to, like `cis-3.0:1.16`."""
        return tuple(self.record.get("frameworks", ()))

    @property
    def references(self) -> tuple[str, ...]:
        """Pages that say so."""
        return tuple(self.record.get("references", ()))

    @cached_property
    def when(self) -> Any:
        """The compiled condition: a function from a scope to an answer."""
        return condition(self.record["when"])

    @cached_property
    def holds(self) -> Callable[[Scope], bool]:
        """Whether the condition surely holds, by the shortest way."""
        return certainty(self._parts)

    @cached_property
    def holds_around(self) -> Callable[[Scope], bool]:
        """Whether what the condition says first, before it speaks of the flagged thing, surely holds."""
        return certainty(self._parts[: self._around])

    @cached_property
    def holds_of_it(self) -> Callable[[Scope], bool]:
        """Whether the rest of the condition surely holds."""
        return certainty(self._parts[self._around :])

    @cached_property
    def _parts(self) -> list[Tree]:
        return conjuncts(self.record["when"])

    @cached_property
    def _around(self) -> int:
        """How many parts of the condition come before the first that speaks of the flagged thing."""
        speaking = (number for number, part in enumerate(self._parts) if self.flag in names_in(part))
        return next(speaking, len(self._parts))

    @cached_property
    def code(self) -> str | None:
        """The code of the flaws that a rule on flaws is about; None for those of any."""
        for part in self._parts:
            if part[:3] == ["compare", "==", ["attr", ["name", "flaw"], "code"]] and part[3][0] == "literal":
                return str(part[3][1])
        return None

    @cached_property
    def at(self) -> Evaluate | None:
        """What gives the flagged place, when it is not the subject itself."""
        return compiled(self.record["at"]) if self.record["at"] is not None else None

    @cached_property
    def message(self) -> Any:
        """The message's renderer: a function from a scope to text."""
        return message(self.record["message"])

    @cached_property
    def _levels(self) -> list[tuple[Severity, Any]]:
        return [(level, condition(tree)) for level, tree, *_ in self.record["severity_when"]]

    def answers(self, scope: Scope) -> Truth:
        """Whether the subject in this scope is flagged."""
        answer: Truth = self.when(scope)
        return answer

    def severity_in(self, scope: Scope) -> Severity:
        """The severity of a finding in this scope: the first case of `severity_when` that holds, else `severity`."""
        return next((level for level, test in self._levels if test(scope) is True), self.severity)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """The rule's own examples, read from its file."""
        record = self.record
        if "examples" not in record:
            with open(self.path, encoding="utf-8") as file:
                record = read_rule(self.name, self.path, file.read())
        return tuple(Example(**example) for example in record["examples"])


@dataclass
class RuleSet:
    """All rules of a run, by name."""

    rules: dict[str, Rule]


def load_rules(extra_folders: Sequence[str] = ()) -> RuleSet:
    """The built-in rules and those of further folders. Raises RuleError for a rule that is wrong or defined twice."""
    rules: dict[str, Rule] = {}
    for folder in (rules_folder(), *extra_folders):
        if not os.path.isdir(folder):
            raise RuleError(folder, 1, 1, "there is no such folder of rules")
        index = load_index(folder)
        for name, path in rule_files(folder):
            rule = _load(name, path, index)
            if name in rules:
                raise RuleError(path, 1, 1, f"`{name}` is a rule already", f"it is {rules[name].path}; rename yours")
            rules[name] = rule
    for rule in rules.values():
        for implied in rule.implies:
            if implied not in rules:
                raise RuleError(rule.path, 1, 1, f"`implies` names `{implied}`, which is no rule")
    return RuleSet(rules)


def load_file(path: str) -> Rule:
    """One rule from its file. Raises RuleError."""
    return _load(os.path.basename(path).rpartition(".")[0], path, {})


def _load(name: str, path: str, index: dict[str, Record]) -> Rule:
    try:
        with open(path, "rb") as file:
            content = file.read()
        known = indexed(index, name, content)
        if known is not None:
            return Rule(path, known)
        text = content.decode()
    except OSError as error:
        raise RuleError(path, 1, 1, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RuleError(path, 1, 1, "not UTF-8") from error
    record = read_rule(name, path, text)
    check_record(record)
    return Rule(path, record)


def check_record(record: Record) -> None:
    """Whether a rule's expressions fit the model. Raises RuleError."""
    from iamlint.engine.check_types import check
    from iamlint.engine.expression import ExpressionError
    from iamlint.engine.rule_file import refused
    from iamlint.engine.subject import SUBJECTS, scope_types

    places = record["places"]
    if record["flag"] not in SUBJECTS:
        raise refused(places["flag"], f"nothing is called `{record['flag']}`", "one of " + ", ".join(SUBJECTS))
    scope = scope_types(record["flag"])
    trees = [(record["when"], places["when"])]
    if record["at"] is not None:
        trees.append((record["at"], places["at"]))
    trees += [(tree, node) for _, tree, node in record["severity_when"]]
    trees += [(piece, places["message"]) for piece in record["message"] if not isinstance(piece, str)]
    for tree, node in trees:
        try:
            check(tree, scope)
        except ExpressionError as error:
            raise expression_error(error, node) from error

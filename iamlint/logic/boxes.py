"""Statements as boxes: each a conjunction of literals on one dimension of a request, and what each dimension can be."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from iamlint.logic import keys
from iamlint.logic.glob import ANY, Hole, Token, Tokens
from iamlint.logic.languages import ANY_IN_PART, Budget, Pattern, SpentError, Union, arn_pattern, find
from iamlint.logic.policy import Condition, Principal, Statement, shown

Dimension = tuple[str, str]  # ("resource", ""), ("principal", ""), ("key", "aws:username"), ("guard", …), ("doubt", …)
Literal = Union | Condition | str
RESOURCE: Dimension = ("resource", "")
PRINCIPAL: Dimension = ("principal", "")


class Item(NamedTuple):
    """One literal of a box, and whether it is to hold."""

    dimension: Dimension
    literal: Literal
    holds: bool

    def opposite(self) -> Item:
        """The same literal the other way round."""
        return Item(self.dimension, self.literal, not self.holds)


Box = tuple[Item, ...]
Asked = frozenset[tuple[Literal, bool]]
Base = dict[Dimension, Asked]
Found = tuple[Tokens, ...]  # the values of a dimension; none for an absent key


class Theory:
    """Whether literals on one dimension can hold together. Answers are kept: searches ask the same again and again."""

    def __init__(self, sets: Collection[str], budget: Budget) -> None:
        self.sets = sets
        self.budget = budget
        self._places: dict[Literal, int] = {}
        self._known: dict[tuple[Dimension, Asked], Found | SpentError | None] = {}

    def register(self, one: Box) -> Box:
        """Takes note of a box before its literals are asked about, which are then looked at in this order, so that the
        same question always finds the same values."""
        for item in one:
            self._places.setdefault(item.literal, len(self._places))
        return one

    def found(self, dimension: Dimension, asked: Asked) -> Found | SpentError | None:
        """Values with which the literals hold; None is a proof that there are none; SpentError that nobody knows."""
        key = (dimension, asked)
        if key not in self._known:
            try:
                self._known[key] = self._find(dimension, asked)
            except SpentError as spent:
                self._known[key] = spent
        return self._known[key]

    def _find(self, dimension: Dimension, asked: Asked) -> Found | None:
        self.budget.spend(1 + len(asked))
        if any(wanted and (literal, False) in asked for literal, wanted in asked):
            return None
        ordered = sorted(asked, key=lambda item: (self._places.get(item[0], -1), item[1])) if len(asked) > 1 else asked
        if dimension[0] == "key":
            conditions = [(c, wanted) for c, wanted in ordered if isinstance(c, Condition)]
            return keys.find(dimension[1], conditions, self.sets, self.budget)
        if dimension[0] in ("guard", "doubt"):
            return (tuple("true" if all(wanted for _, wanted in asked) else "false"),)
        unions = [(union, wanted) for union, wanted in ordered if not isinstance(union, (Condition, str))]
        outside = dict.fromkeys(pattern for union, wanted in unions if not wanted for pattern in union)
        word = find(tuple(union for union, wanted in unions if wanted), tuple(outside), self.budget)
        return None if word is None else (word,)


def box(statement: Statement, surely: bool = False) -> Box:
    """What a statement asks of a request, its actions apart; with `surely` a NotPrincipal speaks of those whom it
    leaves out whatever AWS makes of the accounts of the others."""
    items = [Item(("guard", name), "", value) for name, value in statement.guards]
    items += [Item(("doubt", doubt), "", True) for doubt in statement.doubts]
    if statement.resources is not None and (statement.not_resources or (ANY,) not in statement.resources):
        patterns = {arn_pattern(tokens, complete=True) or Pattern(tokens) for tokens in statement.resources}
        items.append(Item(RESOURCE, _sorted(patterns), not statement.not_resources))
    if statement.principals is not None:
        items += _principals(statement.principals, statement.not_principals, surely)
    for condition in statement.conditions:
        values = tuple(sorted(set(condition.values), key=shown))
        items.append(Item(("key", condition.key), condition._replace(values=values), True))
    return tuple(dict.fromkeys(items))


def _sorted(patterns: set[Pattern]) -> Union:
    return tuple(sorted(patterns, key=lambda pattern: (shown(pattern.tokens), len(pattern.tokens))))


def _principals(principals: tuple[Principal, ...], negated: bool, surely: bool) -> list[Item]:
    if any(principal.kind == "anyone" for principal in principals):
        return [Item(PRINCIPAL, (), True)] if negated else []
    union = _sorted({pattern for principal in principals for pattern in principal_patterns(principal)})
    if negated and not surely and not any(_is_account(principal) for principal in principals):
        # AWS tests the account and the principal apart: without the account in the list, all of it is meant as well.
        named = ", ".join(sorted(shown(principal.name) for principal in principals))
        return [Item(("doubt", f"NotPrincipal {named}"), "", True)]
    return [Item(PRINCIPAL, union, not negated)]


def _is_account(principal: Principal) -> bool:
    text = shown(principal.name)
    return principal.kind == "aws" and (text.isdigit() or text.endswith(":root"))


def principal_patterns(principal: Principal) -> list[Pattern]:
    """The callers that a principal means, as patterns of `aws:ACCOUNT:user/NAME`, `service:NAME` and so on.

    An account takes in all that is in it, and a role its sessions, whose ARNs do not have the role's path. The
    partition is left out: an account is in one only.
    """
    name = principal.name
    if principal.kind != "aws":
        return [Pattern((*principal.kind, ":", *name))]
    if len(name) == 12 and shown(name).isdigit():
        return [Pattern((*"aws:", *name, ":", ANY))]
    colons = [at for at, letter in enumerate(name) if letter == ":"]
    if len(colons) < 5 or isinstance(name[0], Hole):
        return [Pattern((*"aws:", *name))]
    account: list[Token] = [ANY_IN_PART if token is ANY else token for token in name[colons[3] + 1 : colons[4]]]
    rest = name[colons[4] + 1 :]
    start = (*"aws:", *account, ":")
    if rest == tuple("root"):
        return [Pattern((*start, ANY))]
    patterns = [Pattern((*start, *rest))]
    if rest[:5] == tuple("role/"):
        slash = max(at for at, letter in enumerate(rest) if letter == "/")
        patterns.append(Pattern((*start, *"assumed-role/", *rest[slash + 1 :], "/", ANY)))
    return patterns

"""A policy as plain data: what the model lowers itself into, and what every question here is asked about."""

from __future__ import annotations

from typing import Literal, NamedTuple

from iamlint.logic.glob import Hole, Tokens, Wild

PrincipalKind = Literal["anyone", "aws", "service", "federated", "canonical"]
Qualifier = Literal["", "foranyvalue", "forallvalues"]


class Variable(Hole):
    """A policy variable, `${aws:username}`: what the request's context says; `name` is the key in lower case."""

    __slots__ = ("default",)

    def __init__(self, name: str, default: str | None = None) -> None:
        super().__init__(name)
        self.default = default

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Variable) and (other.name, other.default) == (self.name, self.default)

    def __hash__(self) -> int:
        return hash(("variable", self.name, self.default))


class Condition(NamedTuple):
    """One key of one operator block, its parts in lower case; a key with an unresolved part has it as `${…}`."""

    operator: str  # without qualifier and IfExists: "stringequals"
    key: str
    values: tuple[Tokens, ...]
    qualifier: Qualifier = ""
    if_exists: bool = False

    def __str__(self) -> str:
        qualified = f"{self.qualifier}:" if self.qualifier else ""
        values = ", ".join(shown(value) for value in self.values)
        return f"{qualified}{self.operator}{'ifexists' if self.if_exists else ''} {self.key} [{values}]"


class Principal(NamedTuple):
    """One principal of a statement; `anyone` is `*`, and has no name."""

    kind: PrincipalKind
    name: Tokens = ()


class Statement(NamedTuple):
    """One statement. None stands for an element that is not written, which then restricts nothing.

    `guards` are facts that decide whether the statement is there at all (`("IsProd", True)`); `doubts` are parts that
    cannot be said in this language: the statement applies only where each of them holds, and nobody knows where.
    """

    allow: bool
    actions: tuple[Tokens, ...]
    resources: tuple[Tokens, ...] | None = None
    principals: tuple[Principal, ...] | None = None
    conditions: tuple[Condition, ...] = ()
    not_actions: bool = False
    not_resources: bool = False
    not_principals: bool = False
    guards: tuple[tuple[str, bool], ...] = ()
    doubts: tuple[str, ...] = ()
    name: str = ""


class Policy(NamedTuple):
    """Statements taken together, such as all policies of a role; and what limits them.

    Each limit is a policy (a permissions boundary, a service control policy) that must allow the request as well.
    """

    statements: tuple[Statement, ...]
    limits: tuple[tuple[Statement, ...], ...] = ()

    @property
    def denies(self) -> tuple[Statement, ...]:
        """The Denies of the policy and of its limits."""
        every = (self.statements, *self.limits)
        return tuple(statement for statements in every for statement in statements if not statement.allow)


def shown(tokens: Tokens) -> str:
    """Tokens as they are written."""
    return "".join(token if isinstance(token, str) else repr(token) for token in tokens)


_WITHOUT_HOLES = frozenset({str, Wild})


def holes(tokens: Tokens) -> tuple[Hole, ...]:
    """The unknown parts and variables among tokens."""
    if _WITHOUT_HOLES.issuperset(map(type, tokens)):
        return ()
    return tuple([token for token in tokens if isinstance(token, Hole)])


def texts(statement: Statement) -> tuple[Tokens, ...]:
    """Every text of a statement that may have holes."""
    values = (value for condition in statement.conditions for value in condition.values)
    names = (principal.name for principal in statement.principals or ())
    return (*statement.actions, *(statement.resources or ()), *names, *values)

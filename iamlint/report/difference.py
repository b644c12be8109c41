"""What a comparison of two states has to tell: what is newly granted, what stayed unknown, what came and went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from iamlint.source.span import Place

Result = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True, slots=True)
class Held:
    """A condition of a grant, as written."""

    operator: str
    key: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        values = self.values[0] if len(self.values) == 1 else f"[{', '.join(self.values)}]"
        return f"{self.operator} {self.key} {values}"


@dataclass(frozen=True, slots=True)
class Witness:
    """A request that passes in one state and not in the other, as the evaluator has confirmed.

    `fillings` are values of unresolved expressions with which it does, those of the statement itself first, `when` the
    template's conditions.
    """

    action: str
    resource: str
    principal: str
    context: Mapping[str, tuple[str, ...]]
    fillings: Mapping[str, str]
    when: str

    def __str__(self) -> str:
        told = [self.action]
        told += [f"on {self.resource}"] if self.resource else []
        told += [f"by {self.principal}"] if self.principal else []
        context = [f"{key} = {', '.join(values) or chr(34) * 2}" for key, values in self.context.items()]
        told += [f"with {' and '.join(context)}"] if context else []
        fillings = [f"{name} is {value or chr(34) * 2}" for name, value in self.fillings.items()]
        told += [f"where {shortened(fillings, 3, ' and ')}"] if fillings else []
        told += [self.when] if self.when else []
        return " ".join(told)


@dataclass(frozen=True, slots=True)
class Granted:
    """What one statement grants in one state and nothing does in the other.

    `number` counts the statements of its policy from 1; it is None for what AWS wrote. `actions` may be a phrase
    (`everything but …`). `branches` are the conditions of the template, or of Terraform, under which the statement is
    there; one of them is empty when it always is. `holders` and `addresses` are those who get it; `because` says which
    Deny or boundary stood in the way before.
    """

    place: Place
    policy: str
    number: int | None
    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...]
    conditions: tuple[Held, ...]
    branches: tuple[str, ...]
    witness: Witness
    because: str
    holders: tuple[str, ...]
    addresses: tuple[str, ...]

    @property
    def named(self) -> str:
        """The statement as a sentence calls it."""
        statement = self.sid or (f"statement {self.number}" if self.number is not None else "")
        return f"{statement} of {self.policy}" if statement and self.policy else statement or self.policy

    @property
    def when(self) -> str:
        """Under which conditions the statement is there; empty when it always is."""
        return "" if "" in self.branches else f"when {shortened(self.branches, 2, ' or ')}"

    @property
    def summary(self) -> str:
        """The grant in a line."""
        told = [shortened(self.actions)]
        told += [f"on {shortened(self.resources)}"] if self.resources else []
        told += [f"for {shortened(self.principals)}"] if self.principals else []
        conditions = [str(condition) for condition in self.conditions]
        told += [f"if {' and '.join(conditions)}"] if conditions else []
        told += [self.when] if self.when else []
        return " ".join(told)


@dataclass(frozen=True, slots=True)
class Undecided:
    """What could not be decided of a statement, and the construct in the way."""

    place: Place
    policy: str
    number: int | None
    sid: str
    actions: tuple[str, ...]
    reason: str
    holders: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """An identity or policy that is in one of the states only, or is called otherwise in the other (`formerly`)."""

    kind: str
    label: str
    address: str
    place: Place
    formerly: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """The whole answer. `removed` is None when it was not asked for; `compared` counts the pairs that were compared."""

    result: Result
    assumptions: tuple[str, ...]
    new: Sequence[Granted]
    unknown: Sequence[Undecided]
    added: Sequence[Party]
    gone: Sequence[Party]
    renamed: Sequence[Party]
    compared: int
    removed: Sequence[Granted] | None = None


_MOST = 6


def shortened(items: Sequence[str], most: int = _MOST, between: str = ", ") -> str:
    """A list as a line shows it, the tail counted."""
    more = len(items) - most
    return between.join(items) if more <= 1 else f"{between.join(items[:most])} and {more} more"

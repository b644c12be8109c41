"""Whether a role of the stack lets another identity of it become the role, as its trust policy says."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from iamlint.logic import glob
from iamlint.logic.glob import Hole
from iamlint.model.identity import Role
from iamlint.model.lowering import arn_of
from iamlint.model.unknown import Unknown, certain, possible

if TYPE_CHECKING:
    from iamlint.model.condition import Condition
    from iamlint.model.identity import Identity
    from iamlint.model.principal import Principal
    from iamlint.model.stack import Stack
    from iamlint.model.statement import Statement
    from iamlint.model.text import Text

# By name, a role of the same account needs no permission of its own; an account says that its policies decide.
# (IAM User Guide, "Grant a user permissions to switch roles" and "Policy evaluation logic".)
Manner = Literal["by name", "by account"]

_POSITIVE = ("stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike")


class Trust(NamedTuple):
    """How a role trusts an identity, and where it says so."""

    manner: Manner
    statement: Statement
    principal: Principal


def trusted(stack: Stack, strong: Container[str]) -> dict[str, list[str]]:
    """The addresses of the strong roles by those, and by the names, that their trust policies speak of."""
    found: dict[str, list[str]] = {}
    for role in stack.of_kind("role"):
        if isinstance(role, Role) and role.trust is not None and role.address in strong:
            for statement in role.trust.statements:
                for text in (*(one.name for one in statement.principals), *_own_arns(statement)):
                    for part in text.parts:
                        if isinstance(part, Unknown) and part.ref:
                            found.setdefault(part.ref, []).append(role.address)
                    found.setdefault(text.masked.rpartition("/")[2], []).append(role.address)
    return found


def _own_arns(statement: Statement) -> Iterator[Text]:
    for condition in statement.conditions:
        if (condition.key.literal or "").lower() == "aws:principalarn":
            yield from condition.values


def trust(stack: Stack, role: Role, identity: Identity) -> Trust | None:
    """How, if at all, a role's trust policy surely lets an identity in that has nothing but its credentials."""
    statements = role.trust.statements if role.trust is not None else ()
    if any(possible(statement.denies) and possible(statement.speaks_of("sts:AssumeRole")) for statement in statements):
        return None
    found: Trust | None = None
    for statement in statements:
        if not certain(statement.grants("sts:AssumeRole")) or statement.not_principals:
            continue
        if not all(_is_met(condition, identity) for condition in statement.conditions):
            continue
        for principal in statement.principals:
            manner = _manner(stack, role, principal, statement, identity)
            if manner == "by name":
                return Trust(manner, statement, principal)
            if manner is not None:
                found = found or Trust(manner, statement, principal)
    return found


def _is_met(condition: Condition, identity: Identity) -> bool:
    """Whether an identity can see to it that a condition holds: an external id is no secret to those who are of the
    same stack, and its own ARN is what it is."""
    key = (condition.key.literal or "").lower()
    if condition.base not in _POSITIVE or condition.set_qualifier:
        return False
    if key == "sts:externalid":
        return bool(condition.values)
    return key == "aws:principalarn" and any(names(value, identity) for value in condition.values)


def _manner(stack: Stack, role: Role, principal: Principal, statement: Statement, identity: Identity) -> Manner | None:
    if principal.kind == "aws" and names(principal.name, identity):
        return "by name"
    if certain(principal.is_anyone):
        return "by account"
    known = certain(principal.is_account) and principal.account in stack.own_accounts
    if known or (principal.kind == "aws" and _is_here(principal, role)):
        return "by account"
    return None


def _is_here(principal: Principal, role: Role) -> bool:
    """Whether a principal is the very account that the role is in, by the word of the language for it."""
    here = Hole("AWS::AccountId")
    tokens = arn_of(principal.name, role.address)
    return tokens == (here,) or tokens[-6:] == (here, ":", *"root")


def names(text: Text, identity: Identity) -> bool:
    """Whether a text takes in the ARN of an identity: by its declaration, or by its name."""
    refs = {part.ref for part in text.parts if isinstance(part, Unknown) and part.ref}
    if refs:
        return identity.address in refs
    name = identity.name.literal if identity.name is not None else None
    kind, slash, path = text.masked.split(":", 5)[-1].partition("/")
    if not name or kind != identity.kind_of_thing or "${}" in path or not slash:
        return False
    return glob.matches(path, name) or glob.matches(path.rpartition("/")[2], name)

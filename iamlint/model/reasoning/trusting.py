"""Whether a role of the stack lets another identity of it become the role, as its trust policy says."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
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
    found: Trust | None = None
    for door in stack.doors(role):
        if not all(_is_met(condition, identity) for condition in door.statement.conditions):
            continue
        named = _named(door, identity)
        if named is not None:
            return Trust("by name", door.statement, named)
        if door.of_account is not None:
            found = found or Trust("by account", door.statement, door.of_account)
    return found


class Door(NamedTuple):
    """A statement of a trust policy that lets principals in: by what they refer to, by the last part of the names that
    they give, by patterns of names, or as the whole account of the stack."""

    statement: Statement
    by_address: Mapping[str, Principal]
    by_name: Mapping[str, Sequence[Principal]]
    by_pattern: Sequence[Principal]
    of_account: Principal | None


def doors(stack: Stack, role: Role) -> tuple[Door, ...]:
    """The statements by which a role's trust policy surely lets identities of the stack in; none where it denies."""
    statements = role.trust.statements if role.trust is not None else ()
    if any(possible(statement.denies) and possible(statement.speaks_of("sts:AssumeRole")) for statement in statements):
        return ()
    return tuple(
        _door(stack, role, statement)
        for statement in statements
        if certain(statement.grants("sts:AssumeRole")) and not statement.not_principals
    )


def _door(stack: Stack, role: Role, statement: Statement) -> Door:
    by_address: dict[str, Principal] = {}
    by_name: dict[str, list[Principal]] = {}
    by_pattern: list[Principal] = []
    of_account: Principal | None = None
    for principal in statement.principals:
        if of_account is None and _is_own_account(stack, role, principal):
            of_account = principal
        refs = {part.ref for part in principal.name.parts if isinstance(part, Unknown) and part.ref}
        last = principal.name.masked.rpartition("/")[2]
        if principal.kind != "aws":
            continue
        if refs:
            by_address.update({ref: principal for ref in refs if ref not in by_address})
        elif "*" in principal.name.masked or "?" in principal.name.masked:
            by_pattern.append(principal)
        else:
            by_name.setdefault(last, []).append(principal)
    return Door(statement, by_address, by_name, by_pattern, of_account)


def _named(door: Door, identity: Identity) -> Principal | None:
    """The principal of a statement that takes in the ARN of an identity."""
    name = identity.name.literal if identity.name is not None else None
    candidates = (*door.by_name.get(name or "", ()), *door.by_pattern)
    by_name = next((principal for principal in candidates if names(principal.name, identity)), None)
    return door.by_address.get(identity.address, by_name)


def _is_met(condition: Condition, identity: Identity) -> bool:
    """Whether an identity can see to it that a condition holds: an external id is no secret to those who are of the
    same stack, and its own ARN is what it is."""
    key = (condition.key.literal or "").lower()
    if condition.base not in _POSITIVE or condition.set_qualifier:
        return False
    if key == "sts:externalid":
        return bool(condition.values)
    return key == "aws:principalarn" and any(names(value, identity) for value in condition.values)


def _is_own_account(stack: Stack, role: Role, principal: Principal) -> bool:
    if certain(principal.is_anyone):
        return True
    known = certain(principal.is_account) and principal.account in stack.own_accounts
    return known or (principal.kind == "aws" and _is_here(principal, role))


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

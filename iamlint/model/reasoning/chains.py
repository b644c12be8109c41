"""Roles of the stack whose power somebody else gets: by assuming them, or by handing them to a service that it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from iamlint.aws import escalation as known
from iamlint.model.identity import Group, Role
from iamlint.model.lowering import arn_of
from iamlint.model.reasoning import paths
from iamlint.model.reasoning.passing import named
from iamlint.model.reasoning.paths import Way
from iamlint.model.unknown import Unknown, certain

if TYPE_CHECKING:
    from iamlint.model.identity import Identity
    from iamlint.model.patterns import Resource
    from iamlint.model.policy import Policy
    from iamlint.model.reasoning.paths import Given, Judge
    from iamlint.model.stack import Stack
    from iamlint.model.statement import Statement


def way_to(stack: Stack, identity: Identity, mask: int, strong: Mapping[str, str]) -> Iterator[Way]:
    """The first way, if any, from an identity to a role that `strong` has by its address, with what it is or can do
    in words; `mask` has the bits of the actions that the identity may have."""
    if isinstance(identity, Group):
        return
    judge: Judge | None = None
    for policy, statement, resource, role in _reached(stack, identity, strong):
        judge = judge or paths.of(identity)
        by_assuming = _by_assuming(judge, identity, policy, statement, resource, role)
        found = by_assuming or _by_passing(judge, mask, policy, statement, resource, role)
        if found is not None:
            verb, name = "become" if by_assuming else "run code as", role.label.removeprefix("Resources/")
            how = f"{verb} role {name}, which {strong[role.address]}"
            path = known.Path("workload", tuple(one.action for one in found), how, (), "", 0)
            yield Way(path, found)
            return


def _reached(
    stack: Stack, identity: Identity, strong: Mapping[str, str]
) -> Iterator[tuple[Policy, Statement, Resource, Role]]:
    """The strong roles that a statement of an identity names beside assuming or passing roles."""
    for policy in (*identity.policies, *identity.group_policies):
        for statement in policy.statements:
            if not certain(statement.allows) or not (statement.assume_role_actions or statement.pass_role_actions):
                continue
            for resource in statement.resources:
                if certain(resource.is_wildcard):
                    continue
                for role in named(stack, resource):
                    if role.address in strong and role.address != identity.address:
                        yield policy, statement, resource, role


def _by_assuming(
    judge: Judge, identity: Identity, policy: Policy, statement: Statement, resource: Resource, role: Role
) -> tuple[Given, ...] | None:
    # That people change roles for what needs more is how it is meant.
    if not isinstance(identity, Role) or not statement.assume_role_actions or not statement.is_unconditional:
        return None
    if not _trusts(role, identity):
        return None
    given = judge.on("sts:AssumeRole", arn_of(resource, policy.address))
    if given is None or given.statement is not statement:
        return None
    return (given,)


def _trusts(role: Role, identity: Role) -> bool:
    """Whether a role's trust policy lets another one in without more ado: by its declaration, or by its name."""
    for statement in role.trust.statements if role.trust is not None else ():
        if not certain(statement.grants("sts:AssumeRole")) or statement.conditions:
            continue
        for principal in statement.principals:
            refs = {part.ref for part in principal.name.parts if isinstance(part, Unknown) and part.ref}
            if identity.address in refs:
                return True
            name = identity.name.literal if identity.name is not None else None
            if name and not refs and principal.kind == "aws" and principal.name.shown.endswith(f":role/{name}"):
                return True
    return False


def _by_passing(
    judge: Judge, mask: int, policy: Policy, statement: Statement, resource: Resource, role: Role
) -> tuple[Given, ...] | None:
    if not statement.pass_role_actions:
        return None
    takers = {
        principal.name.literal
        for trusting in (role.trust.statements if role.trust is not None else ())
        if certain(trusting.grants("sts:AssumeRole")) and not trusting.conditions
        for principal in trusting.principals
        if principal.kind == "service" and principal.name.literal
    }
    for path in known.paths() if takers else ():
        if path.gain != "role" or path.actions[0] != "iam:PassRole" or path.bits & ~mask:
            continue
        for service in takers.intersection(path.services):
            passed = judge.on("iam:PassRole", arn_of(resource, policy.address), service)
            others = [judge.action(action, False, "") for action in path.actions[1:]]
            given = [one for one in (passed, *others) if one is not None]
            if len(given) == len(path.actions) and passed is not None and passed.statement is statement:
                return tuple(given)
    return None

"""What Denies and boundaries leave of what a statement gives those who hold its policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.logic import policy as logic
from iamlint.logic.languages import Budget
from iamlint.model.reasoning.asking import STEPS, lowered
from iamlint.model.unknown import certain, possible

if TYPE_CHECKING:
    from iamlint.model.access import Access
    from iamlint.model.patterns import Action
    from iamlint.model.policy import Policy
    from iamlint.model.stack import Stack
    from iamlint.model.statement import Statement


def remains(stack: Stack, policy: Policy, statement: Statement, action: str) -> bool:
    """Whether some holder may take the action by this statement, on any other resource."""
    if not policy.holders and policy.only_allows:
        return True
    return any(_left(access, statement, action) for access in accesses(stack, policy))


def leaves_some(stack: Stack, policy: Policy, statement: Statement) -> bool:
    """Whether some holder may do anything at all by this statement."""
    return any(_some_left(access, statement) for access in accesses(stack, policy))


def _some_left(access: Access, statement: Statement) -> bool:
    denies = access.policy.denies
    mine = lowered(access, statement) if denies else None
    if mine is None or not mine.allow:
        return True
    left = logic.Policy((mine, *denies))
    from iamlint.logic.compare import is_within

    return not is_within(left, logic.Policy(()), None, Budget(STEPS))


def exposed(stack: Stack, policy: Policy, statement: Statement, exposure: str) -> tuple[str, ...]:
    """The actions as written, of those that say more than a service's name, by which a holder exposes something."""
    found = []
    for action, named in statement.exposing_actions.get(exposure, ()):
        if any(remains(stack, policy, statement, single) for single in named):
            assert action.literal is not None
            found.append(action.literal)
    return tuple(found)


# How ARNs end that take in every key, secret or parameter of an account at least.
_EVERY = {"kms": ("", "key"), "secretsmanager": ("", "secret"), "ssm": ("", "parameter")}


def reading(stack: Stack, policy: Policy, statement: Statement, what: str) -> tuple[Action, ...]:
    """The actions by which a holder decrypts with every key, or reads every secret or parameter."""
    found = []
    for action, (single, *_) in statement.exposing_actions.get(what, ()):
        if (
            _takes_in_every(statement, single.partition(":")[0])
            and not possible(statement.narrows_resources)
            and remains(stack, policy, statement, single)
        ):
            found.append(action)
    return tuple(found)


def _takes_in_every(statement: Statement, service: str) -> bool:
    for resource in statement.resources:
        if certain(resource.is_wildcard):
            return True
        fields = resource.masked.split(":", 5)
        if len(fields) < 6 or fields[2] not in (service, "*") or "*" not in fields[5]:
            continue
        if fields[5].rstrip("*/:") in _EVERY[service]:
            return True
    return False


def accesses(stack: Stack, policy: Policy) -> Iterator[Access]:
    """What each holder of a policy may do, and the policy by itself where some holder is not in the code."""
    if not policy.holders:
        yield policy.access
        return
    for holder in policy.holders:
        identity = stack.identities.get(holder.address)
        yield policy.access if identity is None else identity.access


def _left(access: Access, statement: Statement, action: str) -> bool:
    mine = lowered(access, statement)
    if mine is None or not mine.allow:
        return False
    if not access.policy.denies and not access.policy.limits:
        return True
    from iamlint.model.reasoning import paths

    return paths.Judge(access, ()).leaves(mine, action)

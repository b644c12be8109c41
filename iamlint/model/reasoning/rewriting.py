"""Policies that grant exactly what a policy of AWS's own grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iamlint.aws import likeness, managed_policies
from iamlint.logic.languages import Budget
from iamlint.logic.policy import Policy as Lowered
from iamlint.model.identity import Role
from iamlint.model.lowering import Lowering
from iamlint.model.reasoning.asking import STEPS
from iamlint.model.reasoning.passing import services as trusted_services
from iamlint.model.unknown import ALWAYS, certain

if TYPE_CHECKING:
    from iamlint.aws.managed_policies import StatementData
    from iamlint.model.policy import Policy
    from iamlint.model.stack import Stack


def rewritten(stack: Stack, policy: Policy) -> str:
    """The path and name of the AWS managed policy that allows the same requests, and is for who holds this one; empty
    when there surely is none, or the policy is not wholly known."""
    if policy.unresolved is not None or not policy.complete:
        return ""
    named: list[tuple[str, str]] = []
    for statement in policy.statements:
        effect = "allow" if certain(statement.allows) else "deny" if certain(statement.denies) else ""
        listed = statement.not_actions or statement.actions
        if not effect or not listed or statement.branches > 1 or statement.when.branches:
            return ""
        if any(action.literal is None for action in listed) or certain(statement.allows_everything):
            return ""
        mark = "!" if statement.not_actions else ""
        named += [(effect, f"{mark}{action.literal}") for action in listed]
    if not any(effect == "allow" for effect, _ in named):
        return ""
    if len(named) == 1 and "*" not in named[0][1]:
        return ""  # who names the one action that is needed has no copy to keep up to date
    found = [name for name in likeness.alike(likeness.digest(named)) if _is_for(stack, policy, name)]
    return next((name for name in found if _is_the_same(policy, name)), "")


def _is_for(stack: Stack, policy: Policy, name: str) -> bool:
    """Whether the name speaks of a service that the policy is about, or that takes the role which holds it: what a
    policy for EKS grants is no reason to attach it elsewhere."""
    holders = [stack.identities.get(holder.address) for holder in policy.holders]
    services = {action.service for statement in policy.statements for action in statement.actions}
    for holder in holders:
        if isinstance(holder, Role):
            services |= trusted_services(holder)
    about = "".join(filter(str.isalnum, name)).lower()
    return not any(holders) or any(service and service.replace("-", "") in about for service in services)


# Effect, the elements that name actions and resources with what they name, and by operator and key what is compared.
_Said = tuple[str | None, dict[str, list[str | None]], dict[tuple[str | None, str | None], list[str | None]]]


def _says(policy: Policy) -> list[_Said] | None:
    """What the statements of a policy say word by word; None where that is not known, or where they do not speak the
    version of the language of AWS's policies."""
    if policy.version is None or policy.version.literal != "2012-10-17" or policy.when.branches:
        return None
    told: list[_Said] = []
    for one in policy.statements:
        named = {"Action": one.actions, "NotAction": one.not_actions, "Resource": one.resources,
                 "NotResource": one.not_resources}  # fmt: skip
        compared = {(c.operator.literal, c.key.literal): c.values for c in one.conditions}
        elements = {name: [text.literal for text in texts] for name, texts in named.items() if texts}
        conditions = {key: [value.literal for value in values] for key, values in compared.items()}
        if one.around.branches or one.principals or one.not_principals or len(compared) < len(one.conditions):
            return None
        told.append((one.effect.literal if one.effect is not None else None, elements, conditions))
    return told


def _said(statement: StatementData) -> _Said:
    """The same of a statement of AWS's."""
    elements = {name: _listed(written) for name, written in statement.items() if name not in ("Effect", "Condition")}
    conditions = {
        (operator, key): _listed(values)
        for operator, block in statement.get("Condition", {}).items()
        for key, values in block.items()
    }
    return (statement["Effect"], elements, conditions)


def _listed(written: Any) -> list[str | None]:
    return [written] if isinstance(written, str) else written if isinstance(written, list) else [None]


def _is_the_same(policy: Policy, name: str) -> bool:
    granted = managed_policies.granted(name)
    if granted is None:
        return False
    if _says(policy) == [_said(one) for one in granted]:
        return True  # word by word
    from iamlint.logic.compare import is_within

    mine = Lowered(tuple(one._replace(guards=()) for one in policy.access.policy.statements))
    theirs = Lowered(Lowering().managed(name, granted, ALWAYS, policy.place))
    return all(is_within(new, old, None, Budget(STEPS)) for new, old in ((mine, theirs), (theirs, mine)))

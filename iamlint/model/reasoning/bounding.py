"""What the permissions boundaries of those who hold a policy leave of a statement that allows everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from iamlint.logic.glob import ANY
from iamlint.model.reasoning.remains import accesses

if TYPE_CHECKING:
    from iamlint.logic import policy as logic
    from iamlint.model.policy import Policy
    from iamlint.model.stack import Stack

# What is left: all, what some boundary does not deny, or what it lists; or all that a boundary which is not in the code
# may leave.
Left = Literal["all", "what is not denied", "what is listed", "unknown"]
_TOLD: dict[Left, str] = {
    "all": "",
    "what is not denied": ", but for what its permissions boundary denies",
    "what is listed": ", as far as its permissions boundary lets it",
    "unknown": ", as far as its permissions boundary, which is not in the code, lets it",
}
_MOST_FIRST: tuple[Left, ...] = ("all", "unknown", "what is not denied", "what is listed")


def left(stack: Stack, policy: Policy) -> Left:
    """What is left of everything for the holder of a policy that has the most."""
    found = [_of(access.policy.limits) for access in accesses(stack, policy)]
    return next((one for one in _MOST_FIRST if one in found), "all")


def told(stack: Stack, policy: Policy) -> str:
    """The same in words, after what the policy gives; empty when all is left."""
    return _TOLD[left(stack, policy)]


def _of(limits: tuple[tuple[logic.Statement, ...], ...]) -> Left:
    if not limits:
        return "all"
    statements = limits[0]
    if any(_is_everything(statement) for statement in statements):
        return "what is not denied" if any(not statement.allow for statement in statements) else "all"
    return "unknown" if any(statement.allow and statement.doubts for statement in statements) else "what is listed"


def _is_everything(statement: logic.Statement) -> bool:
    """Whether a statement allows everything; one that is there in some deploys only does so in these."""
    return (
        statement.allow
        and (ANY,) in statement.actions
        and (statement.resources is None or (ANY,) in statement.resources)
        and not (statement.not_actions or statement.not_resources or statement.conditions or statement.doubts)
    )

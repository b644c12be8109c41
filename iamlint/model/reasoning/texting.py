"""Roles by which Amazon Cognito sends text messages, which cannot name what they publish to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamlint.model.identity import Role
from iamlint.model.reasoning.passing import services

if TYPE_CHECKING:
    from iamlint.model.policy import Policy
    from iamlint.model.stack import Stack
    from iamlint.model.statement import Statement


def texts_for_pool(stack: Stack, policy: Policy, statement: Statement) -> bool:
    """Whether a statement lets a user pool's role alone send text messages: sns:Publish to a phone number, which has no
    ARN (Amazon Cognito Developer Guide, "SMS message settings": `"Resource": ["*"]`)."""
    if any(action.lower() != "sns:publish" for action in statement.restrictable_actions) or not policy.holders:
        return False
    roles = [
        next((thing for thing in stack.by_address.get(holder.address, ()) if isinstance(thing, Role)), None)
        for holder in policy.holders
    ]
    return all(role is not None and services(role) == {"cognito-idp"} for role in roles)

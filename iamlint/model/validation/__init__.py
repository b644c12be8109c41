"""What AWS's own validator knows about a policy, answered offline: one module a theme, each yields flaws.

The codes are those of IAM Access Analyzer's policy validation in kebab-case
(https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html).
What is not known never trips a check: a text with a hole is right when any filling of the hole is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from iamlint.model.flaw import Flaw

if TYPE_CHECKING:
    from iamlint.model.policy import Policy

Check = Callable[["Policy"], Iterator[Flaw]]


def checks() -> tuple[Check, ...]:
    """Every check, in the order in which their flaws are told."""
    from iamlint.model.validation import (
        action_resources,
        actions,
        arns,
        condition_keys,
        condition_operators,
        condition_support,
        condition_values,
        confused_deputy,
        coverage,
        organizations,
        principals,
        redundancy,
        resource_policies,
        sids,
        sizes,
        trust,
        variables,
    )

    return (
        sids.check,
        actions.check,
        arns.check,
        action_resources.check,
        resource_policies.check,
        principals.check,
        trust.check,
        confused_deputy.check,
        organizations.check,
        sizes.check,
        variables.check,
        redundancy.check,
        coverage.check,
        condition_operators.check,
        condition_keys.check,
        condition_support.check,
        condition_values.check,
    )


def flaws(policy: Policy) -> Iterator[Flaw]:
    """The flaws that the model can see; those of the grammar itself are seen where a document is parsed."""
    for check in checks():
        yield from check(policy)

"""Which resource type means what: one table over all types that the model knows."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.parsers.cloudformation import compute, identities, resource_policies, sam
from iamlint.parsers.cloudformation.declaring import Declaring

TYPES: dict[str, Callable[[Declaring], None]] = {
    **identities.TYPES,
    **resource_policies.TYPES,
    **compute.TYPES,
    **sam.TYPES,
}


def declare(it: Declaring) -> None:
    """Tells the stack what a resource is; a type that is not in the table is nothing to IAM."""
    declared = TYPES.get(it.kind)
    if declared is not None:
        declared(it)

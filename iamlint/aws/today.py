"""The actions of today as the logic wants them: names of a service are read when a question needs them."""

from __future__ import annotations

from functools import cache

from iamlint.aws import actions
from iamlint.aws.condition_keys import find_key
from iamlint.aws.service_names import prefixes
from iamlint.logic.actions import Catalogue


def catalogue() -> Catalogue:
    """AWS's list of actions, with what the configuration adds to it."""
    return Catalogue(prefixes(), _names, _is_single_valued)


def _names(prefix: str) -> tuple[str, ...]:
    service = actions.service(prefix)
    return tuple(service.names) if service is not None else ()


@cache
def _is_single_valued(key: str) -> bool:
    info = find_key(key)
    return info is not None and not info.is_multivalued

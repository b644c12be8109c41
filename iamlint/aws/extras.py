"""What the configuration knows beyond AWS's published data: further actions, services and condition keys.

The data of a process is one: what is configured extends it for all that is asked afterwards.
"""

from __future__ import annotations

from typing import NamedTuple

from iamlint.logic import glob


class Extras(NamedTuple):
    """The configuration's `extra_actions`, `extra_services` and `extra_condition_keys`; an action may be a glob."""

    actions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    condition_keys: tuple[str, ...] = ()


_extras = Extras()


def configure(extras: Extras) -> None:
    """Takes what the configuration names for known, in place of what an earlier one named."""
    global _extras  # noqa: PLW0603 - see the module's first words: one process, one configuration
    lowered = Extras(*(tuple(name.lower() for name in names) for names in extras))
    if lowered == _extras:
        return
    _extras = lowered
    from iamlint.aws import condition_keys

    condition_keys.configure(extras.condition_keys)


def has_action(pattern: str) -> bool:
    """Whether a pattern takes in an action of the configuration, in any letter case, or is about a service of its."""
    lowered = pattern.lower()
    if lowered.partition(":")[0] in _extras.services:
        return True
    tokens = glob.tokens(lowered)
    return any(glob.overlap(glob.tokens(action), tokens) for action in _extras.actions)


def has_service(prefix: str) -> bool:
    """Whether the configuration names a service with this prefix, itself or by one of its actions."""
    lowered = prefix.lower()
    return lowered in _extras.services or any(action.startswith(lowered + ":") for action in _extras.actions)

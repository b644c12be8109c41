"""Values of the IP address operators: between the borders of the conditions' networks, every address behaves alike."""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from functools import lru_cache

from iamlint.logic.glob import Tokens
from iamlint.logic.languages import Budget
from iamlint.logic.policy import Condition, shown

OPERATORS = frozenset({"ipaddress", "notipaddress"})
_BITS = {4: 32, 6: 128}
_BEYOND = 1 << 129  # more than any address


class Range(tuple[int, int, int]):
    """(version, first address, last address) of a network."""

    __slots__ = ()


@lru_cache(maxsize=4096)
def network(text: str) -> Range | None:
    """The addresses of a CIDR block or a single address, host bits ignored; None when it is neither."""
    address, slash, length = text.strip().partition("/")
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    bits = _BITS[parsed.version]
    if slash and not (length.isascii() and length.isdigit() and int(length) <= bits):
        return None
    hosts = (1 << (bits - int(length))) - 1 if slash else 0
    return Range((parsed.version, int(parsed) & ~hosts, int(parsed) | hosts))


def candidate(tests: list[tuple[Condition, bool]], key: str, budget: Budget) -> Tokens | None:
    """An address in a network of each condition that is to match and in none of the others; None when there is none."""
    networks = {found for condition, _ in tests for found in _networks(condition)}
    places = {(4, 0), (6, 0)}
    for version, first, last in networks:
        places |= {(version, first), (version, last + 1)}
    for version, address in sorted(places):
        budget.spend(len(tests))
        if address >> _BITS[version]:
            continue
        if all(_contains(condition, version, address) is wanted for condition, wanted in tests):
            kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
            return tuple(str(kind(address)))
    return tuple("none") if "tag/" in key and not any(wanted for _, wanted in tests) else None


def matches(condition: Condition, text: str) -> bool:
    """Whether a text is an address in one of the condition's networks."""
    found = network(text) if "/" not in text else None
    return found is not None and _contains(condition, found[0], found[1])


@lru_cache(maxsize=4096)
def _networks(condition: Condition) -> tuple[Range, ...]:
    """The networks that a condition compares with; what is none matches nothing."""
    return tuple(found for value in condition.values if (found := network(shown(value))) is not None)


@lru_cache(maxsize=4096)
def _ranges(condition: Condition) -> tuple[tuple[int, int, int], ...]:
    """The networks of a condition in order, those that touch as one."""
    merged: list[tuple[int, int, int]] = []
    for version, first, last in sorted(_networks(condition)):
        if merged and merged[-1][0] == version and first <= merged[-1][2] + 1:
            merged[-1] = (version, merged[-1][1], max(last, merged[-1][2]))
        else:
            merged.append((version, first, last))
    return tuple(merged)


def _contains(condition: Condition, version: int, address: int) -> bool:
    ranges = _ranges(condition)
    place = bisect_right(ranges, (version, address, _BEYOND)) - 1
    return place >= 0 and ranges[place][0] == version and address <= ranges[place][2]

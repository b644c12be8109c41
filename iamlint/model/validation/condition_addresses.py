"""Addresses in conditions: IP ranges, and the ids of VPCs and their endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from iamlint.model.validation.condition_operators import flaw_at, is_open

if TYPE_CHECKING:
    from iamlint.model.condition import Condition
    from iamlint.model.flaw import Flaw
    from iamlint.model.statement import Statement
    from iamlint.model.text import Text

# Addresses that no request over the Internet comes from: RFC 1918, 4193 and the like. Those for documentation are not
# among them, as examples use them for any public address.
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10",
            "::1/128")  # fmt: skip

_IDS = {
    "aws:sourcevpc": ("vpc-", "invalid-vpc-format"),
    "aws:sourcevpce": ("vpce-", "invalid-vpce-format"),
}


class Range(NamedTuple):
    """An IP range as AWS would write it, and whether all its addresses are private."""

    canonical: str
    is_private: bool


@lru_cache(maxsize=1024)
def ip_range(written: str) -> Range | None:
    """The range that a text stands for; None when it is neither an address nor a range."""
    import ipaddress

    text = written.strip()
    address, slash, prefix = text.partition("/")
    if slash and not prefix.isdecimal():
        return None
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    private = any(
        network.version == other.version and network.subnet_of(other)  # type: ignore[arg-type]
        for other in map(ipaddress.ip_network, _PRIVATE)
    )
    same = not slash or ipaddress.ip_address(address) == network.network_address
    return Range(text if same else str(network), private)


def address_flaws(statement: Statement, condition: Condition) -> Iterator[Flaw]:
    """What is wrong with the values of an IP operator."""
    ranges: list[tuple[Text, Range]] = []
    for value in condition.values:
        if value.literal is None or is_open(value.literal):
            continue
        found = ip_range(value.literal)
        if found is None:
            message = f"`{value.literal}` is neither an IP address nor a range such as `203.0.113.0/24`"
            yield flaw_at("type-mismatch-ip-range", message, statement, condition, value)
            continue
        ranges.append((value, found))
        if found.canonical != value.literal.strip():
            message = f"`{value.literal}` has bits beyond its mask, which count for nothing: it is `{found.canonical}`"
            yield flaw_at("improve-ip-range", message, statement, condition, value)
    if condition.on("aws:SourceIp") is True:
        yield from _private(statement, condition, ranges)


def _private(statement: Statement, condition: Condition, ranges: list[tuple[Text, Range]]) -> Iterator[Flaw]:
    """Private ranges for aws:SourceIp, which is always a public address."""
    private = [value for value, found in ranges if found.is_private]
    if not private:
        return
    is_all = len(private) == len(condition.values)
    kind = "private-not-ip-address" if condition.negated else "private-ip-address"
    if not is_all:
        message = f"`{{}}` is private, and `{condition.key.shown}` is always a public address: it changes nothing"
        for value in private:
            yield flaw_at(f"{kind}-subset", message.format(value.shown), statement, condition, value)
        return
    effect = "always" if condition.negated else "never"
    shown = " and ".join(f"`{value.shown}`" for value in private[:3]) + (" …" if len(private) > 3 else "")
    message = f"the condition {effect} holds: `{condition.key.shown}` is a public address, and private are {shown}"
    yield flaw_at(kind, message, statement, condition, private[0])


def id_flaws(statement: Statement, condition: Condition, key: str) -> Iterator[Flaw]:
    """Values of aws:SourceVpc and aws:SourceVpce that are no such ids; a wildcard is another rule's business."""
    wanted = _IDS.get(key)
    if wanted is None or condition.family != "string":
        return
    prefix, code = wanted
    for value in condition.values:
        written = value.literal
        if written is None or "*" in written or "?" in written or is_open(written):
            continue
        number = written.removeprefix(prefix)
        if number == written or len(number) not in (8, 17) or not (number.isascii() and number.isalnum()):
            message = f"`{written}` is no id for `{condition.key.shown}`: it must be `{prefix}` and 8 or 17 characters"
            yield flaw_at(code, message, statement, condition, value)

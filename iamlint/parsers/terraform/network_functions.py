"""Terraform's functions on IP networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamlint.model.unknown import Unknown
from iamlint.parsers.terraform.lifting import Function, on_known

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    Network = IPv4Network | IPv6Network
    Address = IPv4Address | IPv6Address

MOST_NETWORKS = 1000


def _network(prefix: str) -> Network:
    """The network of a prefix; the bits of a host in it count for nothing."""
    from ipaddress import ip_network

    address, slash, length = prefix.partition("/")
    if not slash or not length.isdigit():
        raise ValueError("not a network")
    # Terraform reads leading zeros as decimal, which Python refuses.
    if "." in address and ":" not in address:
        fields = address.split(".")
        address = ".".join([str(int(field)) if field.isdigit() and len(field) < 9 else field for field in fields])
    return ip_network(f"{address}/{int(length)}", strict=False)


def _address(number: int, network: Network) -> Address:
    return type(network.network_address)(number)


def cidrhost(prefix: str, host: int) -> str:
    """`cidrhost(prefix, hostnum)`; a negative number counts from the end."""
    network = _network(prefix)
    if host != int(host) or not -network.num_addresses <= host < network.num_addresses:
        raise ValueError("no such host in the network")
    first = int(network.network_address)
    return str(_address(first + int(host) if host >= 0 else first + network.num_addresses + int(host), network))


def cidrnetmask(prefix: str) -> str:
    """`cidrnetmask(prefix)`, for IPv4 alone."""
    network = _network(prefix)
    if network.version != 4:
        raise ValueError("IPv6 has no netmasks")
    return str(network.netmask)


def cidrsubnet(prefix: str, more_bits: int, number: int) -> str:
    """`cidrsubnet(prefix, newbits, netnum)`."""
    network = _network(prefix)
    length = network.prefixlen + more_bits
    if more_bits < 0 or length > network.max_prefixlen or not 0 <= number < 2 ** int(more_bits):
        raise ValueError("no such network in the network")
    at = int(network.network_address) + (int(number) << (network.max_prefixlen - int(length)))
    return f"{_address(at, network)}/{int(length)}"


def cidrsubnets(prefix: str, *more_bits: int) -> list[str] | Unknown:
    """`cidrsubnets(prefix, newbits…)`: networks one after the other."""
    if len(more_bits) > MOST_NETWORKS:
        return Unknown("too many networks")
    network = _network(prefix)
    at, end = int(network.network_address), int(network.broadcast_address) + 1
    found: list[str] = []
    for bits in more_bits:
        length = network.prefixlen + int(bits)
        if bits < 1 or length > network.max_prefixlen:
            raise ValueError("no such network in the network")
        size = 1 << (network.max_prefixlen - length)
        at = -(-at // size) * size
        if at + size > end:
            raise ValueError("no room left in the network")
        found.append(f"{_address(at, network)}/{length}")
        at += size
    return found


def cidrcontains(prefix: str, inner: str) -> bool:
    """`cidrcontains(prefix, address or prefix)` of OpenTofu."""
    from ipaddress import ip_address

    outer = _network(prefix)
    first = last = ip_address(inner) if "/" not in inner else None
    if first is None or last is None:
        network = _network(inner)
        first, last = network.network_address, network.broadcast_address
    if first.version != outer.version:
        raise ValueError("networks of two kinds")
    return int(outer.network_address) <= int(first) and int(last) <= int(outer.broadcast_address)


TABLE: dict[str, Function] = {
    "cidrcontains": on_known(cidrcontains),
    "cidrhost": on_known(cidrhost),
    "cidrnetmask": on_known(cidrnetmask),
    "cidrsubnet": on_known(cidrsubnet),
    "cidrsubnets": on_known(cidrsubnets),
}

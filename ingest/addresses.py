"""Which IP addresses may be reached. Pure: no name is resolved here.

Deny by default: what is not ordinary global unicast is refused. `ipaddress.is_private` misses shared space
(100.64/10) and `is_global` lets multicast, NAT64 and 6to4 pass, so neither decides alone.
Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries, RFC 6890.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_IPV4_REFUSED = {
    IPv4Network(network): name
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared space of a provider (CGNAT)"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "service of a cloud host"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT relay"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
}
_IPV6_REFUSED = {
    IPv6Network(network): name
    for network, name in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::ffff:0:0:0/96", "IPv4-translated"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "private (unique local)"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
}
_IPV6_UNICAST = IPv6Network("2000::/3")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


def parse_address(text: str) -> IPv4Address | IPv6Address:
    """The address that `text` writes in its usual form, without a zone.

    Raises ValueError for anything else, the short, octal and hexadecimal forms of IPv4 included.
    """
    address = ip_address(text)
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise ValueError(f"address with a zone: {text!r}")
    return address


def refusal(text: str) -> str | None:
    """Why the address must not be reached, as a word for the range it lies in; None where it may be."""
    try:
        address = parse_address(text)
    except ValueError:
        return "not an IP address"
    if isinstance(address, IPv4Address):
        return _refusal_of_ipv4(address)
    return _refusal_of_ipv6(address)


def is_loopback(text: str) -> bool:
    """Whether the address is this machine's own: 127.0.0.0/8 or ::1, in no disguise."""
    try:
        address = parse_address(text)
    except ValueError:
        return False
    return (address in IPv4Network("127.0.0.0/8")) if isinstance(address, IPv4Address) else address == IPv6Address("::1")


def _refusal_of_ipv4(address: IPv4Address) -> str | None:
    for network, name in _IPV4_REFUSED.items():
        if address in network:
            return name
    return None if address.is_global else "not global"


def _refusal_of_ipv6(address: IPv6Address) -> str | None:
    for network, name in _IPV6_REFUSED.items():
        if address in network:
            return name
    if address not in _IPV6_UNICAST or not address.is_global:
        return "not global unicast"
    # ISATAP (RFC 5214) hides an IPv4 address in the low 32 bits of an otherwise ordinary prefix.
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return "ISATAP"
    return None

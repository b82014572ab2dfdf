from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.addresses import is_loopback, refusal


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "113.160.0.1",
        "203.162.4.190",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "223.255.255.255",
        "2001:ee0:4f80::1",
        "2606:4700:4700::1111",
        "2a00:1450:4001:800::200e",
    ],
)
def test_ordinary_public_addresses_may_be_reached(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.31.196.1",
        "192.52.193.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.175.48.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "2620:4f:8000::1",
        "2606:4700::5efe:7f00:1",
        "2606:4700::200:5efe:a00:1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_special_addresses_are_refused(address: str) -> None:
    assert refusal(address)


@pytest.mark.parametrize(
    "text",
    ["", " ", "localhost", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "8.8.8.8 ", "[::1]", "2001:ee0::1%1", "8.8.8"],
)
def test_what_is_not_an_address_in_its_usual_form_is_refused(text: str) -> None:
    assert refusal(text) == "not an IP address"


@given(st.ip_addresses())
def test_an_address_that_may_be_reached_is_global_unicast(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if refusal(str(address)) is None:
        assert address.is_global
        special = (address.is_private, address.is_loopback, address.is_link_local, address.is_multicast, address.is_reserved)
        assert not any(special)
        assert address.version == 4 or int(address) >> 125 == 1


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:", "::", "64:ff9b::", "::ffff:0:", "2002:"]))
def test_no_ipv4_address_is_reached_in_the_guise_of_ipv6(address: ipaddress.IPv4Address, prefix: str) -> None:
    packed = f"{int(address) >> 16:x}:{int(address) & 0xFFFF:x}"
    guise = f"2002:{packed}::1" if prefix == "2002:" else f"{prefix}{packed}"
    assert refusal(guise)


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    reason = refusal(text)
    if reason is None:
        ipaddress.ip_address(text)
    assert not is_loopback(text) or reason


@given(st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_loopback_is_refused_and_known_as_loopback(address: ipaddress.IPv4Address) -> None:
    assert is_loopback(str(address))
    assert refusal(str(address)) == "loopback"


@pytest.mark.parametrize("address", ["10.0.0.1", "128.0.0.1", "::ffff:127.0.0.1", "::2", "127.1", "localhost"])
def test_nothing_else_passes_for_loopback(address: str) -> None:
    assert not is_loopback(address)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0x7f000001", "017700000001", "127.1", "0177.0.0.1"])
def test_what_the_resolver_makes_of_odd_spellings_of_loopback_is_refused(host: str) -> None:
    addresses = {str(entry[4][0]) for entry in socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM)}
    assert addresses == {"127.0.0.1"}
    assert all(refusal(address) for address in addresses)

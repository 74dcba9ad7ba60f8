"""Whether an address is of this machine only, or one of its own; and which those are."""

from __future__ import annotations

import contextlib
import fcntl
import ipaddress
import socket
import struct
from pathlib import Path

_SIOCGIFADDR = 0x8915
_V6 = Path("/proc/net/if_inet6")


def is_loopback(host: str) -> bool:
    """Tell whether `host` is an address of this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_here(host: str) -> bool:
    """Tell whether `host` is an address of this machine, whoever else can reach it: the kernel is asked."""
    if is_loopback(host):
        return True
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # nobody here knows the name, or it can be none
        return False
    return any(_may_bind(family, str(address[0])) for family, _, _, _, address in found)


def _may_bind(family: int, address: str) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
        return True


def own_name() -> str:
    """Return the name of this machine, as it was given to it."""
    return socket.gethostname()


def own_addresses() -> tuple[str, ...]:
    """Return the addresses of this machine's network interfaces, as far as the system tells; loopback is among them.

    Addresses of a link alone (fe80::) are left out: nobody writes them down.
    """
    found = ["127.0.0.1", "::1"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # it has none
                told = fcntl.ioctl(asking, _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                found.append(socket.inet_ntoa(told[20:24]))
    with contextlib.suppress(OSError):  # a system without version 6
        found += [str(ipaddress.IPv6Address(bytes.fromhex(line[:32]))) for line in _V6.read_text().splitlines()]
    return tuple(dict.fromkeys(one for one in found if not ipaddress.ip_address(one).is_link_local))

"""Questions about addresses: is it this machine only, does anyone answer there."""

from __future__ import annotations

import ipaddress
import socket

from broker.contract.link import Address


def is_loopback(host: str) -> bool:
    """Tell whether `host` is an address of this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def accepts(address: Address) -> bool:
    """Tell whether something accepts connections there."""
    try:
        with socket.create_connection((address.host, address.port), timeout=0.5):
            return True
    except OSError:
        return False

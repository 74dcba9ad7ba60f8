"""Questions about addresses: does anyone answer there, which port is free."""

from __future__ import annotations

import socket

from broker.contract.link import Address

_LAST_PORT, _TRIED = 65536, 200


def accepts(address: Address) -> bool:
    """Tell whether something accepts connections there."""
    try:
        with socket.create_connection((address.host, address.port), timeout=0.5):
            return True
    except OSError:
        return False


def free_port(first: int) -> int:
    """Return the first port of this machine from `first` on that nobody has; OSError where there is none."""
    for port in range(min(first, _LAST_PORT - _TRIED), _LAST_PORT):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    message = f"no port from {first} on is free"
    raise OSError(message)

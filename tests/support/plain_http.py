"""For whoever opens pages by plain HTTP: a client of httpx reads the authorities of the whole world, for 25 ms."""

from __future__ import annotations

import ssl

NO_AUTHORITY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody: `httpx.Client(verify=NO_AUTHORITY)`."""

"""The tokens of sessions: made anew from the request that asked for one, so that none has to be written down."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import secrets
from pathlib import Path

from hardware.files import write_whole

KEY_BYTES = 32

log = logging.getLogger(__name__)


class SessionTokens:
    """The same client and request always get the same token, and nobody without the key can tell which."""

    def __init__(self, path: Path) -> None:
        """Use the key in `path`; the first broker of a data folder makes it."""
        self._key = _read_key(path) or _make_key(path)

    def token(self, client: str, request_id: str) -> str:
        """Return the token for a request to sign in: 192 bits, as text."""
        digest = hmac.digest(self._key, json.dumps([client, request_id]).encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:24]).decode()


def _read_key(path: Path) -> bytes | None:
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("the key of the sessions cannot be read, another is made: %s", error)
        return None
    return key if len(key) == KEY_BYTES else None


def _make_key(path: Path) -> bytes:
    """Make a key; where it cannot be kept, only a sign-in that is repeated over a restart asks for the PIN again."""
    key = secrets.token_bytes(KEY_BYTES)
    try:
        write_whole(path, key, durable=True)
    except OSError as error:
        log.warning("the key of the sessions is not kept over a restart: %s", error)
    return key

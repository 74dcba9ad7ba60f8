"""The tokens of sessions: made anew from the request that asked for one, so that none has to be written down."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import secrets
from collections.abc import Callable
from pathlib import Path

from hardware.files import write_whole

KEY_BYTES = 32
MARK_LENGTH = 16
"""So many letters at the end of a token tell whose it is."""

log = logging.getLogger(__name__)


class SessionTokens:
    """The same client and request always get the same token, and nobody without the key can tell which."""

    def __init__(self, path: Path, login: Callable[[str], str] = str) -> None:
        """Use the key in `path`; the first broker of a data folder makes it. `login` tells which of a client counts."""
        self._key = _read_key(path) or _make_key(path)
        self._login = login

    def token(self, client: str, request_id: str) -> str:
        """Return the token for a request to sign in: 192 bits, and 96 that tell whose it is, as text."""
        digest = hmac.digest(self._key, json.dumps([client, request_id]).encode(), "sha256")
        begin = base64.urlsafe_b64encode(digest[:24]).decode()
        return begin + self._mark(client, begin)

    def is_of(self, client: str, token: str) -> bool:
        """Tell whether a token was given to this client, by the login that it has now; one that is none, to nobody."""
        begin, mark = token[:-MARK_LENGTH], token[-MARK_LENGTH:]
        return hmac.compare_digest(self._mark(client, begin).encode(), mark.encode())

    def veiled(self, text: str) -> str:
        """Return what tells a text from others, and tells it to nobody."""
        return hmac.digest(self._key, json.dumps([text, "veiled"]).encode(), "sha256")[:9].hex()

    def _mark(self, client: str, begin: str) -> str:
        digest = hmac.digest(self._key, json.dumps([self._login(client), begin, "whose"]).encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:12]).decode()


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

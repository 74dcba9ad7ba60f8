"""The office's key: what people write is sealed with it, and digests that nobody may guess are keyed with it."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from broker.ports import SealError
from hardware.files import write_whole

KEY_BYTES = 32
NONCE_BYTES = 12
SECRET_BYTES = 10
"""80 bits, as 16 letters and digits."""


class OfficeKey:
    """One file for all words of an office. Without it they are lost, so a backup of the data folder has to hold it."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is read at the first use, and made where nothing was ever sealed."""
        self.path = path
        self._key = b""

    def open(self, known: str | None) -> str:
        """Read the key, or make it where none is known yet; return what it is known by.

        `known` is what the database says of the key that it was sealed with: `SealError` where that is another one.
        """
        try:
            key = self.path.read_bytes()
        except FileNotFoundError:
            key = b"" if known is not None else self._make()
        except OSError as error:
            message = f"{self.path} cannot be read: {error.strerror or error}"
            raise SealError(message) from error
        mark = _derived(key, "mark").hex()
        if len(key) != KEY_BYTES or (known is not None and not hmac.compare_digest(known, mark)):
            what = "is not there" if not key else "is not the key that words of visitors were sealed with"
            message = f"{self.path} {what}: put it back from the backup; until then nobody is asked or heard"
            raise SealError(message)
        self._key = key
        return mark

    def keyed(self, text: str) -> str:
        """Return a digest of a text that nobody without the key can make."""
        return hmac.digest(self._derived("digest"), text.encode(), "sha256").hex()

    def secret(self, client: str, request_id: str) -> str:
        """Return the secret of a receipt: for the same request always the same, so that none has to be kept.

        Nothing where the key is not open: then nobody gets a receipt.
        """
        if not self._key:
            return ""
        digest = hmac.digest(self._derived("receipt"), f"{client}\n{request_id}".encode(), "sha256")
        return b32encode(digest[:SECRET_BYTES]).decode()

    def seal(self, words_id: str, text: str) -> bytes:
        """Return a text that only the key opens, and only under its own id."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._derived("seal")).encrypt(nonce, text.encode(), words_id.encode())

    def unseal(self, words_id: str, sealed: bytes) -> str:
        """Return the text; `SealError` where somebody changed it, or laid it under another id."""
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(self._derived("seal")).decrypt(nonce, body, words_id.encode()).decode()
        except (InvalidTag, ValueError) as error:
            message = f"the words of {words_id} were changed since they were sealed"
            raise SealError(message) from error

    def _derived(self, use: str) -> bytes:
        if not self._key:
            message = f"{self.path} was not opened"
            raise SealError(message)
        return _derived(self._key, use)

    def _make(self) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        try:
            write_whole(self.path, key, durable=True)
        except OSError as error:
            message = f"{self.path} cannot be made: {error.strerror or error}"
            raise SealError(message) from error
        return key


def _derived(key: bytes, use: str) -> bytes:
    """Return a key for one use alone (HMAC-SHA-256 as the expansion of HKDF, RFC 5869, with one block)."""
    return hmac.digest(key, f"antrean {use}".encode() + b"\x01", "sha256")

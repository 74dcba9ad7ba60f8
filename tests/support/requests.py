"""What screens ask is understood by the engine: no fake takes a request that it would refuse as misspelt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from broker.domain.errors import DomainError
from broker.gateway.decoding import decode


def must_be_understood(command: str, arguments: Mapping[str, Any]) -> None:
    """Fail where a command or an argument is misspelt, missing or of a wrong type."""
    decoded = decode(command, json.dumps({"id": "r", **arguments}).encode(), {"ticket": "t", "token": "t"})
    if isinstance(decoded.command, DomainError):
        message = f"nobody understands {command} {dict(arguments)}: {decoded.command.message}"
        raise AssertionError(message)  # noqa: TRY004 - a test has failed, no type is wrong

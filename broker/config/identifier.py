"""How parts of the office are called in config.yaml, on the wire and in the database."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

ID = r"^[a-z0-9][a-z0-9_-]{0,31}$"

Identifier = Annotated[str, StringConstraints(pattern=ID)]

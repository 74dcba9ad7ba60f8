"""What a check found: a verdict, what was seen, and what a technician does about it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal["good", "warning", "fault"]


class Finding(BaseModel):
    """One line of a check-up. `advice` is empty only where nothing needs doing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    verdict: Verdict
    seen: str
    advice: str = ""

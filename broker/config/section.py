"""What every section of a configuration is made of: the frozen base, and texts by language."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

LANGUAGE = r"^[a-z]{2}$"

LanguageCode = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Text = dict[LanguageCode, Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]]
TextList = dict[LanguageCode, tuple[Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)], ...]]


class SettingsModel(BaseModel):
    """Base of every section."""

    model_config = ConfigDict(frozen=True, extra="forbid")

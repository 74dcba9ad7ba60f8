"""How a visitor wants to be met: larger, in high contrast, low enough, spoken. It ends with the visit. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Way = Literal["larger", "contrast", "low", "voice", "dark"]


@dataclass(frozen=True, slots=True)
class Access:
    """What holds now; all of it can be combined. As it is made, nothing is chosen."""

    larger: bool = False
    contrast: bool = False
    low: bool = False
    """Every control within reach of somebody who sits."""
    voice: bool = False
    dark: bool = False
    """The screen is off: whoever listens may not want to be read over the shoulder."""

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing was chosen."""
        return self == Access()

    def has(self, way: Way) -> bool:
        """Tell whether one of them holds."""
        found: bool = getattr(self, way)
        return found

    def turned(self, way: Way) -> Access:
        """Return it with one of them the other way round. Nobody is left with a dark screen that does not speak."""
        changed = replace(self, **{way: not self.has(way)})
        return changed if changed.voice else replace(changed, dark=False)


PLAIN = Access()
"""Nothing chosen."""

"""How much room words take, before any widget shows them. Import after `window.prepare`."""

from __future__ import annotations

from functools import lru_cache

from kivy.core.text import Label


@lru_cache(maxsize=1024)
def text_lines(text: str, *, font_px: float, width_px: float) -> int:
    """Return on how many lines `text` wraps in the default font; at least one."""
    label = Label(text=text or " ", font_size=font_px, text_size=(max(1, int(width_px)), None))
    label.render()
    return max(1, len(label._cached_lines))  # noqa: SLF001 - Kivy has no public count of wrapped lines

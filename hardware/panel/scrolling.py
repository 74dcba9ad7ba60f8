"""Brings a line of a list into sight. Import after `window.prepare`."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock


def bring_into_view(scroll: Any, line: Any) -> None:  # noqa: ANN401 - a ScrollView and one of its widgets
    """Scroll as little as shows `line`, once the layout has come to rest; a short list stays at its head."""

    def look(_elapsed: float) -> None:
        # ScrollView.scroll_to pushes content that is shorter than the view to the bottom.
        if scroll.viewport_size[1] <= scroll.height:
            scroll.scroll_y = 1
        elif line.parent is not None:
            scroll.scroll_to(line, padding=0, animate=False)

    Clock.schedule_once(look, 0)

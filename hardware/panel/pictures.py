"""Pictures of the screen as it stands."""

from __future__ import annotations

from pathlib import Path

from kivy.core.window import Window


def save_picture(path: Path) -> Path:
    """Write the window as PNG to exactly `path` and return it. On the screen's thread; takes some 40 ms."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Kivy numbers its screenshots; the numbered file is renamed, which also makes the picture appear whole.
    written = Path(Window.screenshot(name=f"{path.absolute().with_suffix('')}.part.png"))
    return written.replace(path)

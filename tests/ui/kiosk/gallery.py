"""Draws every screen of the kiosk in its true window: `python -m tests.ui.kiosk.gallery WIDTHxHEIGHT FOLDER [NAME]`.

Prints a JSON list of the words that do not fit, and of buttons without any. Needs a display; with a NAME only screens
that begin so are drawn, and their pictures are written into the folder.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hardware.panel.window import PLACE_VARIABLE, prepare
from tests.ui.kiosk.kiosk_samples import screens, settings


def _ghosts(widget: Any) -> Iterator[str]:  # noqa: ANN401 - any widget
    """Yield the target of each button that is seen and says nothing: left over from the screen before."""
    if widget.opacity == 0 or widget.width <= 1 or widget.height <= 1:
        return
    if hasattr(widget, "target") and hasattr(widget, "title") and not widget.title:
        yield widget.target
    for child in widget.children:
        yield from _ghosts(child)


def main() -> None:
    """Draw, look, report."""
    size, folder, wanted = sys.argv[1], Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None
    os.environ[PLACE_VARIABLE] = f"{size}+0+0"
    panel = settings().kiosks[0].panel
    prepare(panel, title="Gallery", data_dir=folder)
    # Kivy reads its settings when it is imported.
    from hardware.panel.bridge import every  # noqa: PLC0415
    from hardware.panel.scale import Reader  # noqa: PLC0415
    from hardware.panel.screen import PanelApp, save_picture  # noqa: PLC0415
    from hardware.panel.text_room import clipped  # noqa: PLC0415
    from kiosk.drawing.screen import RULES, KioskWidget  # noqa: PLC0415

    views: list[KioskWidget] = []
    faults: list[dict[str, object]] = []

    def build() -> object:
        views.append(KioskWidget(lambda _target: None, touched=lambda: None, targets=None))
        return views[0].root

    app = PanelApp(panel, reader=Reader.VISITOR, title="Gallery", rules=RULES, root=build)

    def visit() -> Iterator[None]:
        for language in ("id", "en"):
            for name, view in screens(language):
                if wanted and not name.startswith(wanted):
                    continue
                views[0].show(view)
                yield from (None, None, None)
                root = views[0].root
                faults.extend(
                    {"screen": name, "language": language, **fault}
                    for fault in (
                        *map(dataclasses.asdict, clipped(root, (root.width, root.height))),
                        *({"without words": target} for target in _ghosts(root)),
                    )
                )
                if wanted is not None:
                    save_picture(folder / f"{name}-{language}.png")
        app.stop()

    tour = visit()

    def begin() -> None:
        every(0, lambda: next(tour, None))

    app.on_begin = begin
    app.run()
    sys.stdout.write(json.dumps(faults, indent=1))


if __name__ == "__main__":
    main()

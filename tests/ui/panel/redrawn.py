"""`python -m tests.ui.panel.redrawn SCREEN FOLDER`: one page after the other, drawn in parts and then whole.

Ways of access and pressed buttons come and go with them. Says as JSON after how many frames in parts, and on which
pages what had been drawn in parts was not what is drawn whole.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import ImageChops

from broker.config import load_settings
from hardware.panel.window import prepare
from tests.contact_sheet import SIZES, Sitting, on_panel, screen_layout
from tests.support.office import CONFIG
from tests.ui.panels import MODES

SIZE = {"kiosk": "21.5 portrait", "display": "43 1920x1080 5 m", "counter": "1280x800"}
EVERY = {"kiosk": 5, "display": 20, "counter": 9}
"""Of so many pages of a screen one is looked at."""
MODE = {"kiosk": ("plain", "contrast", "plain"), "display": ("plain", "night"), "counter": ("plain",)}


class Redrawn:
    """One window, and what was seen on it."""

    def __init__(self, screen: str, folder: Path) -> None:
        from hardware.panel import redraw  # noqa: PLC0415 - imports Kivy, which `prepare` must precede
        from hardware.panel.screen import PanelApp  # noqa: PLC0415 - the same

        panel, _ = SIZES[screen][SIZE[screen]]
        settings = on_panel(load_settings(CONFIG, {}), screen, panel)
        self._screen, self._folder = screen, folder
        self._layout = screen_layout(Sitting(screen, SIZE[screen], ("plain",)), settings)
        self.wrong = list[str]()
        redraw.MOST = 1.0  # whatever changes is drawn in parts, however much it is
        self._app = PanelApp(
            panel, reader=self._layout.reader, title=screen, rules=self._layout.rules, root=self._build
        )
        self._app.on_begin = self._begin

    def run(self) -> None:
        """Show the window until all was seen."""
        self._app.run()

    @property
    def parts(self) -> int:
        """Return how many frames were drawn in parts."""
        return self._app._redraw.parts if self._app._redraw is not None else 0

    def _build(self) -> Any:  # noqa: ANN401 - a widget
        self._root = self._layout.build(self._app.look)
        return self._root

    def _begin(self) -> None:
        from hardware.panel.bridge import every  # noqa: PLC0415 - imports Kivy

        frames = self._frames()
        every(0, lambda: next(frames, None))

    def _frames(self) -> Iterator[None]:
        """Do one thing a frame."""
        pages = [page for at, page in enumerate(self._layout.pages()) if at % EVERY[self._screen] == 0]
        for mode in MODE[self._screen]:
            self._app.set_mode(MODES[mode])
            for shown in pages:
                shown.show()
                yield
                yield
                yield from self._compare(f"{mode} {shown.language} {shown.name}")
            for button in list(_buttons(self._root))[:4]:
                for state in ("down", "normal"):
                    button.state = state
                    yield
                    yield from self._compare(f"{mode} {button.target} {state}")
        self._app.stop()

    def _compare(self, name: str) -> Iterator[None]:
        from hardware.panel.screen import picture  # noqa: PLC0415 - imports Kivy

        in_parts = picture()
        assert self._app._redraw is not None
        self._app._redraw.draw_whole()
        yield
        whole = picture()
        box = ImageChops.difference(in_parts, whole).getbbox()
        if box is not None:
            self.wrong.append(f"{name}: {box}")
            in_parts.save(self._folder / f"{len(self.wrong)}-parts.png")
            whole.save(self._folder / f"{len(self.wrong)}-whole.png")


def _buttons(widget: Any) -> Iterator[Any]:  # noqa: ANN401 - any widget
    if widget.opacity and getattr(widget, "target", "") and hasattr(widget, "state"):
        yield widget
    for child in widget.children if widget.opacity else ():
        yield from _buttons(child)


def main() -> None:
    """Walk through one screen."""
    screen, folder = sys.argv[1], Path(sys.argv[2])
    prepare(SIZES[screen][SIZE[screen]][0], title=f"redrawn {screen}", data_dir=folder)
    seen = Redrawn(screen, folder)
    seen.run()
    sys.stdout.write(json.dumps({"parts": seen.parts, "wrong": seen.wrong}) + "\n")


if __name__ == "__main__":
    main()

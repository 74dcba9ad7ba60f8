"""Lays out every state of display or counter in one window and reports words that do not fit.

`python -m tests.ui.stage display|counter OUT WIDTHxHEIGHT [look]` needs an X server; with `look` the pictures of all
states are saved to OUT. Prints one JSON object per fault, then how many states were laid out.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from broker.config import load_settings
from hardware.config import PanelConfig
from hardware.panel.look import Look
from hardware.panel.scale import Reader
from hardware.panel.window import miniature, prepare

SETTLE_FRAMES = 3
"""Kivy's layouts need some frames to come to rest."""

Step = tuple[str, Callable[[], None]]


def main() -> int:
    """Walk through all states of one screen."""
    part, out, size = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    os.environ["ANTREAN_WINDOW"] = f"{size}+0+0"
    settings = load_settings(Path("config.yaml"), {})
    panel = settings.displays[0].panel if part == "display" else settings.counter_panel
    prepare(panel, title=f"stage-{part}", data_dir=out / "data")
    stage = _Stage(part, panel, out, pictures="look" in sys.argv[4:])
    stage.run()
    sys.stdout.write(json.dumps({"states": stage.states}) + "\n")
    return 0


class _Stage:
    """One window and the steps through its states."""

    def __init__(self, part: str, panel: PanelConfig, out: Path, *, pictures: bool) -> None:
        from hardware.panel.screen import PanelApp  # noqa: PLC0415 - imports Kivy, which `prepare` must precede

        rules: Path | None = None
        if part == "counter":
            from counter.drawing.screen import RULES  # noqa: PLC0415 - the same

            rules = RULES
        self._part, self._out, self._pictures = part, out, pictures
        self.states = 0
        self._screen: Any = None
        reader = Reader.HALL if part == "display" else Reader.OFFICER
        shown = panel if part == "display" else miniature(panel, os.environ)
        self._app = PanelApp(shown, reader=reader, title=f"stage {part}", rules=rules, root=self._build)
        self._app.on_begin = self._begin

    def run(self) -> None:
        """Show the window until all states were seen."""
        self._app.run()

    def _build(self) -> Any:  # noqa: ANN401 - a widget
        self._steps = self._lobby_steps() if self._part == "display" else self._desk_steps()
        return self._screen.root

    def _lobby_steps(self) -> Iterator[Step]:
        from display.drawing.screen import LobbyScreen, frame_of, screen_name  # noqa: PLC0415 - imports Kivy
        from display.pages.layout import lay_out  # noqa: PLC0415 - only one of the two is needed
        from tests.ui.display.lobby_pages import pages, states  # noqa: PLC0415 - the same

        settings = load_settings(Path("config.yaml"), {})
        screen = self._screen = LobbyScreen(self._app.look, None)
        frame = frame_of(self._app.look)
        every = (*states(settings, frame), *pages(settings, frame))
        return iter(
            [
                (f"display-{name}", lambda page=page: screen.show(lay_out(page, frame), screen_name(page)))
                for name, page in every
            ]
        )

    def _desk_steps(self) -> Iterator[Step]:
        from counter.drawing.screen import CounterWidget  # noqa: PLC0415 - imports Kivy
        from tests.ui.counter.desk_pages import Office, pages  # noqa: PLC0415 - only one of the two is needed

        settings = load_settings(Path("config.yaml"), {})
        inputs = Office(settings, "id").presenter
        screen = self._screen = CounterWidget(inputs, self._app.look.theme, touched=lambda: None, targets=None)
        every = [
            (f"counter-{language}-{name}", view)
            for language in settings.office.languages
            for name, view in pages(settings, language)
        ]
        return iter([(name, lambda view=view: screen.show(view)) for name, view in every])

    def _begin(self) -> None:
        from hardware.panel.bridge import post  # noqa: PLC0415 - imports Kivy

        def advance() -> None:
            step = next(self._steps, None)
            if step is None:
                self._app.stop()
                return
            name, draw = step
            draw()
            wait(SETTLE_FRAMES, lambda: self._look_at(name, lambda: post(advance)))

        def wait(frames: int, then: Callable[[], None]) -> None:
            post(then if frames == 0 else lambda: wait(frames - 1, then))

        wait(SETTLE_FRAMES, advance)

    def _faults(self, look: Look) -> Iterator[Mapping[str, object]]:
        """Yield what does not fit; on a display by what letters cover: its lines stand closer than their pictures."""
        from hardware.panel.faults import layout_faults  # noqa: PLC0415 - imports Kivy
        from hardware.panel.text_room import clipped  # noqa: PLC0415 - the same

        if self._part == "display":
            yield from ({"text": str(fault)} for fault in layout_faults(self._screen.root, look, Reader.HALL))
            return
        for fault in clipped(self._screen.root, (look.width, look.height)):
            yield {"text": fault.text, "needs": fault.needs, "room": fault.room}

    def _look_at(self, name: str, then: Callable[[], None]) -> None:
        from hardware.panel.screen import save_picture  # noqa: PLC0415 - the same

        look = self._app.look
        for fact in self._faults(look):
            sys.stdout.write(json.dumps({"state": name, **fact}, ensure_ascii=False) + "\n")
        self.states += 1
        if self._pictures and "-page-" not in name:
            save_picture(self._out / f"{name}.png")
        then()


if __name__ == "__main__":
    sys.exit(main())

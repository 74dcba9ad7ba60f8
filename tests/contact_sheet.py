"""Every screen on every size of panel, in every language and mode, as one page of pictures: `make pictures`.

`python -m tests.contact_sheet FOLDER [SCREEN...]` takes them of true windows under Xvfb and writes FOLDER/index.html.
The pages are those that `antrean check-config` lays out: each screen's `samples`.
"""

from __future__ import annotations

import html
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from broker.bootstrap.rules import office_message
from broker.config import load_settings
from broker.config.settings import Settings
from broker.up.screens import VirtualScreen
from hardware.config import PanelConfig
from hardware.panel.look import Mode
from hardware.panel.window import prepare
from tests.support.office import CONFIG
from tests.ui.panels import DESKS, DISPLAYS, KIOSKS, MODES

Size = tuple[int, int]
Shot = tuple[str, str, str, str]
"""Page, language, mode and file."""

SIZES: dict[str, dict[str, tuple[PanelConfig, Size]]] = {
    "kiosk": {
        name: (KIOSKS[name], (KIOSKS[name].width_px, KIOSKS[name].height_px))
        for name in ("15.6 portrait", "21.5 portrait", "32 portrait", "18.5 landscape", "27 landscape")
    },
    "display": {
        name: (DISPLAYS[name], (DISPLAYS[name].width_px, DISPLAYS[name].height_px))
        for name in ("32 1366x768 5 m", "43 1920x1080 5 m", "43 1080x1920 5 m", "55 3840x2160 8 m", "65 1920x1080 10 m")
    },
    "counter": dict(DESKS),
}
WANTED = {
    "kiosk": ("plain", "larger", "contrast", "low", "night"),
    "display": ("plain", "night"),
    "counter": ("plain", "larger", "contrast", "night"),
}
"""Which modes are taken of each screen, on its usual panel."""
USUAL = frozenset({"21.5 portrait", "43 1920x1080 5 m", "1280x800"})
ELSEWHERE = {"kiosk": ("plain", "all"), "display": ("plain",), "counter": ("plain",)}
"""Which modes are taken on all other panels."""
LONGEST_SIDE_PX = 640
"""Of a picture on the sheet: small enough for hundreds on a page, large enough to see what is wrong."""
SETTLE_FRAMES = 3


def main() -> int:
    """Take all pictures, or in a window of its own those of one size."""
    if sys.argv[1] == "--take":
        return take(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    sections = [
        (screen, name, _taken(screen, name, size, folder))
        for screen in sys.argv[2:] or SIZES
        for name, (_, size) in SIZES[screen].items()
    ]
    (folder / "index.html").write_text(page(sections), encoding="utf-8")
    count = sum(len(shots) for _, _, shots in sections)
    sys.stdout.write(f"{count} pictures: {folder / 'index.html'}\n")
    return 0 if count else 1


def _taken(screen: str, name: str, size: Size, folder: Path) -> list[Shot]:
    virtual = VirtualScreen(*size)
    virtual.start()
    try:
        found = subprocess.run(
            [sys.executable, "-m", "tests.contact_sheet", "--take", screen, name, str(folder)],
            env={**os.environ, "DISPLAY": virtual.name, "ANTREAN_WINDOW": f"{size[0]}x{size[1]}+0+0"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    finally:
        virtual.stop()
    return [tuple(shot) for shot in json.loads(found.stdout.splitlines()[-1])]


def take(screen: str, name: str, folder: Path) -> int:
    """Show every page of a screen in a true window of this size, and keep a picture of each."""
    panel, _ = SIZES[screen][name]
    settings = on_panel(load_settings(CONFIG, {}), screen, panel)
    prepare(panel, title=f"pictures {screen}", data_dir=folder / "data")
    walk = Walk(screen, name, settings, folder)
    walk.run()
    sys.stdout.write(json.dumps(walk.shots) + "\n")
    return 0


def on_panel(settings: Settings, screen: str, panel: PanelConfig) -> Settings:
    """Return the office with one kiosk or display, on this panel."""
    if screen == "counter":
        return settings.model_copy(
            update={"counter_panel": settings.counter_panel.model_copy(update=panel.model_dump())}
        )
    section = f"{screen}s"
    first = getattr(settings, section)[0]
    return settings.model_copy(update={section: (first.model_copy(update={"panel": panel}),)})


def _layout(screen: str, settings: Settings) -> Any:  # noqa: ANN401 - a `Layout`: its module imports Kivy
    if screen == "counter":
        return _desk(settings)
    samples = importlib.import_module(f"{screen}.samples")
    return next(iter(samples.layouts(settings, office_message(settings))))


def _desk(settings: Settings) -> Any:  # noqa: ANN401 - the same
    """Return the officer's window in every state that its own tests walk through."""
    from counter.desk.room import Room, arrangement_of  # noqa: PLC0415 - only the counter needs it
    from counter.drawing.screen import RULES, CounterWidget  # noqa: PLC0415 - Kivy comes after `prepare`
    from hardware.panel.check import Layout, Page  # noqa: PLC0415 - the same
    from hardware.panel.scale import Reader  # noqa: PLC0415 - the same
    from tests.ui.counter.desk_pages import Office, pages  # noqa: PLC0415 - only the counter needs it

    made: list[CounterWidget] = []
    rooms: list[Room] = []

    def build(look: Any) -> Any:  # noqa: ANN401 - a Look and a widget
        arrangement = arrangement_of(look.width, look.body)
        rooms.append(Room(arrangement, 8 if arrangement == "wide" else 4))
        inputs = Office(settings, settings.office.languages[0]).presenter
        made.append(CounterWidget(inputs, look.theme, touched=lambda: None, targets=None))
        return made[-1].root

    def every() -> Iterator[Page]:
        for language in settings.office.languages:
            for name, view in pages(settings, language, room=rooms[-1]):
                yield Page(name, language, partial(made[-1].show, view))

    return Layout("counter-1", settings.counter_panel, Reader.OFFICER, RULES, build, every, scrolls=True)


class Walk:
    """One window, and the way through its pages in every mode."""

    def __init__(self, screen: str, name: str, settings: Settings, folder: Path) -> None:
        from hardware.panel.screen import PanelApp  # noqa: PLC0415 - imports Kivy, which `prepare` must precede

        self._layout = _layout(screen, settings)
        self._modes = {mode: MODES[mode] for mode in (WANTED if name in USUAL else ELSEWHERE)[screen]}
        self._folder = folder
        self._prefix = f"{screen}-{re.sub(r'[^a-z0-9]+', '-', name.lower())}"
        self.shots: list[Shot] = []
        self._app = PanelApp(
            self._layout.panel,
            reader=self._layout.reader,
            title=self._prefix,
            rules=self._layout.rules,
            root=self._build,
        )
        self._app.on_begin = self._begin

    def run(self) -> None:
        """Show the window until all was seen."""
        self._app.run()

    def _build(self) -> Any:  # noqa: ANN401 - a widget
        return self._layout.build(self._app.look)

    def _begin(self) -> None:
        from hardware.panel.bridge import every  # noqa: PLC0415 - imports Kivy

        frames = self._frames()
        every(0, lambda: next(frames, None))

    def _frames(self) -> Iterator[None]:
        """Do one thing a frame."""
        for name, mode in self._modes.items():
            self._turn(mode)
            yield
            for at, shown in enumerate(self._layout.pages()):
                shown.show()
                for _ in range(SETTLE_FRAMES):
                    yield
                self.shots.append((shown.name, shown.language, name, self._kept(f"{self._prefix}-{name}-{at:03d}")))
        self._app.stop()

    def _turn(self, mode: Mode) -> None:
        from kivy.core.window import Window  # noqa: PLC0415 - Kivy comes after `prepare`

        self._app.set_mode(mode)
        for child in list(Window.children):
            Window.remove_widget(child)
        Window.add_widget(self._layout.build(self._app.look))

    def _kept(self, name: str) -> str:
        from hardware.panel.screen import save_picture  # noqa: PLC0415 - imports Kivy

        whole = save_picture(self._folder / f"{name}.png")
        with Image.open(whole) as picture:
            small = picture.convert("RGB")
            small.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX), Image.Resampling.LANCZOS)
            small.save(self._folder / f"{name}.webp", quality=82)
        whole.unlink()
        return f"{name}.webp"


def page(sections: Sequence[tuple[str, str, Sequence[Shot]]]) -> str:
    """Return the sheet: a section a size, a row a mode and language, a picture a page."""
    parts = [_HEAD]
    for screen, name, shots in sections:
        parts.append(f"<h2>{html.escape(screen)}, {html.escape(name)}</h2>")
        rows = dict.fromkeys((mode, language) for _, language, mode, _ in shots)
        for mode, language in rows:
            parts.append(f"<h3>{html.escape(mode)}, {html.escape(language)}</h3><div class=row>")
            parts += [
                f'<figure><a href="{file}"><img loading=lazy src="{file}" alt=""></a>'
                f"<figcaption>{html.escape(title)}</figcaption></figure>"
                for title, spoken, seen, file in shots
                if (seen, spoken) == (mode, language)
            ]
            parts.append("</div>")
    return "\n".join(parts)


_HEAD = """<!doctype html><meta charset=utf-8><title>Antrean: every screen</title><style>
body{font:16px/1.4 system-ui,sans-serif;margin:2rem;background:#f3f5f7;color:#10202e}
h2{margin:3rem 0 0;border-top:2px solid #5a7184;padding-top:1rem}h3{margin:1.2rem 0 .4rem}
.row{display:flex;flex-wrap:wrap;gap:12px}figure{margin:0}figcaption{font-size:13px}
img{display:block;max-height:340px;border:1px solid #5a7184;background:#fff}</style>
<h1>Antrean: every screen, size, mode and language</h1>"""


if __name__ == "__main__":
    sys.exit(main())

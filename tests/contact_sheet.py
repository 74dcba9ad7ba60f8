"""Every screen in its states, on panels of every kind, in its languages and modes, as one page: `make pictures`.

`python -m tests.contact_sheet FOLDER [SCREEN...]` takes them of true windows under Xvfb and writes FOLDER/index.html:
the sizes that tell most, of one size every state. All else by an argument: `--help`.
"""

from __future__ import annotations

import argparse
import html
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
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
    "kiosk": {name: (panel, (panel.width_px, panel.height_px)) for name, panel in KIOSKS.items()},
    "display": {name: (panel, (panel.width_px, panel.height_px)) for name, panel in DISPLAYS.items()},
    "counter": dict(DESKS),
}
USUAL: dict[str, tuple[str, ...]] = {
    "kiosk": ("21.5 portrait", "15.6 portrait", "21.5 landscape", "32 portrait"),
    "display": (
        "43 1920x1080 5 m",
        "32 1366x768 5 m",
        "43 1920x1080 10 m",
        "55 3840x2160 10 m",
        "43 1080x1920 5 m",
    ),
    "counter": ("1280x800", "640 docked", "360 docked"),
}
"""The sizes that are taken where none is asked for; of the first one every state there is."""
SCRIPTS = Path("tests/offices/four-languages.yaml")
LONGEST_SIDE_PX = 640
"""Of a picture on the sheet: small enough for hundreds on a page, large enough to see what is wrong."""
SETTLE_FRAMES = 3
MODES_OF = {
    "kiosk": ("plain", "all", "larger", "contrast", "low"),
    "display": ("plain", "night"),
    "counter": ("plain", "larger", "contrast", "night"),
}
TOGETHER = {"kiosk": ("plain", "all"), "display": ("plain",), "counter": ("plain",)}
"""The modes of a size where nothing else is asked for."""
PAGES_LIKE_EACH_OTHER = 8
"""A display has hundreds of procedures' pages beside calls; of so many one is taken where not all are asked for."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One size of one screen, and what is taken there."""

    screen: str
    size: str
    modes: tuple[str, ...]
    is_every: bool = False
    language: str = ""
    """Only this one; all where it is empty."""
    config: str = str(CONFIG)
    part: str = ""
    """Only pages whose name has this in it."""
    longest_px: int = LONGEST_SIDE_PX

    @property
    def title(self) -> str:
        """Return what stands above its pictures."""
        return ", ".join(filter(None, (self.screen, self.size, self.language)))

    @property
    def prefix(self) -> str:
        """Return how its files begin."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower())


def sittings(asked: argparse.Namespace) -> Iterator[Sitting]:
    """Yield what is asked for, or what shows best in a few minutes how everything looks."""
    for screen in asked.screens or SIZES:
        known = [*SIZES[screen]] if asked.everything else USUAL[screen]
        for at, size in enumerate(asked.size or known):
            if size not in SIZES[screen]:
                continue
            is_every = asked.everything or bool(asked.size) or bool(asked.page)
            if at == 0 and not is_every and not asked.mode:
                yield Sitting(screen, size, ("plain",), is_every=True, language=asked.language)
                yield Sitting(screen, size, MODES_OF[screen][1:], language=asked.language or "id")
            else:
                modes = tuple(asked.mode) or (MODES_OF if asked.everything else TOGETHER)[screen]
                yield Sitting(screen, size, modes, is_every, asked.language, part=asked.page, longest_px=asked.pixels)
        if not (asked.size or asked.mode or asked.language or asked.page) and screen != "counter":
            yield Sitting(screen, USUAL[screen][0], ("plain",), language="ar", config=str(SCRIPTS))


def main() -> int:
    """Take all pictures, or in a window of its own those of one size."""
    if sys.argv[1] == "--take":
        return take(Sitting(**json.loads(sys.argv[2])), Path(sys.argv[3]))
    parser = argparse.ArgumentParser(prog="python -m tests.contact_sheet", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("screens", nargs="*", help=f"of {', '.join(SIZES)}; all of them by default")
    parser.add_argument("--everything", action="store_true", help="every size, mode and page: about two hours")
    parser.add_argument("--size", action="append", default=[], help='such as "18.5 landscape": tests/ui/panels.py')
    parser.add_argument("--mode", action="append", default=[], choices=MODES)
    parser.add_argument("--language", default="")
    parser.add_argument("--page", default="", help="only pages whose name has this in it")
    parser.add_argument("--pixels", type=int, default=LONGEST_SIDE_PX, help="of a picture's longest side")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    sections = []
    for sitting in sittings(asked):
        sections.append((sitting.title, _taken(sitting, asked.folder)))
        # After each: who looks at it meanwhile sees what there is.
        (asked.folder / "index.html").write_text(page(sections), encoding="utf-8")
    count = sum(len(shots) for _, shots in sections)
    sys.stdout.write(f"{count} pictures: {asked.folder / 'index.html'}\n")
    return 0 if count else 1


def _taken(sitting: Sitting, folder: Path) -> list[Shot]:
    width, height = SIZES[sitting.screen][sitting.size][1]
    virtual = VirtualScreen(width, height)
    virtual.start()
    try:
        found = subprocess.run(
            [sys.executable, "-m", "tests.contact_sheet", "--take", json.dumps(asdict(sitting)), str(folder)],
            env={**os.environ, "DISPLAY": virtual.name, "ANTREAN_WINDOW": f"{width}x{height}+0+0"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    finally:
        virtual.stop()
    return [tuple(shot) for shot in json.loads(found.stdout.splitlines()[-1])]


def take(sitting: Sitting, folder: Path) -> int:
    """Show every page of a screen in a true window of this size, and keep a picture of each."""
    panel, _ = SIZES[sitting.screen][sitting.size]
    settings = on_panel(load_settings(Path(sitting.config), {}), sitting.screen, panel)
    prepare(panel, title=f"pictures {sitting.screen}", data_dir=folder / "data")
    walk = Walk(sitting, settings, folder)
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


def screen_layout(sitting: Sitting, settings: Settings) -> Any:  # noqa: ANN401 - a `Layout`: its module imports Kivy
    """Return what lays out the pages of a screen, for its window."""
    if sitting.screen == "counter":
        return _desk(settings)
    samples = importlib.import_module(f"{sitting.screen}.samples")
    more = {"is_every": sitting.is_every} if sitting.screen == "kiosk" else {}
    return next(iter(samples.layouts(settings, office_message(settings), **more)))


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

    def __init__(self, sitting: Sitting, settings: Settings, folder: Path) -> None:
        from hardware.panel.screen import PanelApp  # noqa: PLC0415 - imports Kivy, which `prepare` must precede

        self._sitting = sitting
        self._layout = screen_layout(sitting, settings)
        self._folder = folder
        self.shots: list[Shot] = []
        self._app = PanelApp(
            self._layout.panel,
            reader=self._layout.reader,
            title=sitting.title,
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
        for name in self._sitting.modes:
            self._turn(MODES[name])
            yield
            for at, shown in enumerate(self._layout.pages()):
                if not self._is_wanted(shown.name, shown.language, at):
                    continue
                shown.show()
                for _ in range(SETTLE_FRAMES):
                    yield
                file = self._kept(f"{self._sitting.prefix}-{name}-{at:03d}")
                self.shots.append((shown.name, shown.language, name, file))
        self._app.stop()

    def _is_wanted(self, name: str, language: str, at: int) -> bool:
        sitting = self._sitting
        if sitting.screen == "display" and not sitting.part and " beside " in name and at % PAGES_LIKE_EACH_OTHER:
            return False
        return sitting.language in ("", language) and sitting.part in name

    def _turn(self, mode: Mode) -> None:
        from kivy.core.window import Window  # noqa: PLC0415 - Kivy comes after `prepare`

        self._app.set_mode(mode)
        for child in list(Window.children):
            Window.remove_widget(child)
        Window.add_widget(self._layout.build(self._app.look))

    def _kept(self, name: str) -> str:
        from hardware.panel.screen import picture  # noqa: PLC0415 - imports Kivy

        small = picture()
        small.thumbnail(
            (self._sitting.longest_px, self._sitting.longest_px), Image.Resampling.LANCZOS, reducing_gap=2.0
        )
        small.save(self._folder / f"{name}.webp", quality=82, method=2)
        return f"{name}.webp"


def page(sections: Sequence[tuple[str, Sequence[Shot]]]) -> str:
    """Return the sheet: a section a size, a row a mode and language, a picture a page."""
    parts = [_HEAD]
    for heading, shots in sections:
        parts.append(f"<h2>{html.escape(heading)}</h2>")
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

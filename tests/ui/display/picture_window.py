"""A true display window with a picture on its panel: `python -m tests.ui.display.picture_window DATA PICTURE`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from broker.bootstrap.rules import office_message
from broker.config import load_settings
from broker.language import words_of
from display.pages.panel import MediaPage
from display.pages.samples import samples
from display.pages.sheet import frame_for
from hardware.panel.scale import Reader
from hardware.panel.window import prepare
from tests.support.office import CONFIG


def main() -> None:
    """Show it until the window is told to end."""
    settings = load_settings(CONFIG, {})
    panel = settings.displays[0].panel
    prepare(panel, title="picture", data_dir=Path(sys.argv[1]))
    from display.drawing.screen import LobbyScreen  # noqa: PLC0415 - imports Kivy, which `prepare` precedes
    from display.pages.layout import lay_out  # noqa: PLC0415 - the same
    from hardware.panel.screen import PanelApp  # noqa: PLC0415 - the same

    def build() -> object:
        screen = LobbyScreen(app.look, None)
        frame = frame_for(app.look)
        words = words_of("display", settings.office.languages)
        pages = (page for _, page in samples(settings, office_message(settings), frame, words))
        page = next(page for page in pages if page.panel and not page.front and not page.closed)
        shown = replace(page, panel=MediaPage(sys.argv[2], moves=False, language="id"))
        screen.show(lay_out(shown, frame), "picture")
        return screen.root

    app = PanelApp(panel, reader=Reader.HALL, title="picture", root=build)
    app.run()


if __name__ == "__main__":
    main()

"""What stands above a whole screen: it takes its own room, whatever is said, and gives it back."""

from __future__ import annotations

import pytest

from broker.language import training_mark
from hardware.config import PanelConfig
from hardware.panel import headless
from hardware.panel.scale import Reader

SMALL = PanelConfig(width_px=1280, height_px=800, diagonal_in=15.4, viewing_distance_m=0.6)
LOBBY = PanelConfig(width_px=1920, height_px=1080, diagonal_in=43, viewing_distance_m=5)
TOLD = "Banyak pengunjung datang bersamaan, dan sebagian akan menunggu lebih lama dari yang dijanjikan. " * 2


@pytest.mark.parametrize(("panel", "reader"), [(SMALL, Reader.OFFICER), (LOBBY, Reader.HALL)], ids=["counter", "lobby"])
def test_a_mark_covers_nothing_of_the_page_and_leaves_as_it_came(panel: PanelConfig, reader: Reader) -> None:
    headless.prepare()
    from kivy.uix.widget import Widget  # noqa: PLC0415 - Kivy comes after `prepare`

    page = Widget()
    stage = headless.Stage(panel, reader=reader, build=lambda: page)
    stage.app.root = stage.root
    whole = stage.look.height
    heights = []
    for told in ("", TOLD):
        stage.app.mark(training_mark(("id", "en")), told)
        stage.settle()
        band, below, _ = reversed(stage.app.root.children)
        assert (page.x, page.y, page.width) == (0, 0, panel.width_px)
        assert page.height == stage.look.height == whole - band.height - below.height
        assert stage.look.low_px <= page.height
        assert (below.height > 0) is bool(told)
        heights.append(band.height + below.height)
    assert heights[0] < whole / 8
    assert heights[0] < heights[1] < whole / 3
    stage.app.mark("")
    stage.settle()
    assert stage.app.root is page
    assert (page.height, stage.look.height) == (whole, whole)


def test_a_screen_that_is_marked_from_the_beginning_has_its_room_from_the_beginning() -> None:
    headless.prepare()
    from kivy.app import App  # noqa: PLC0415 - the same
    from kivy.uix.widget import Widget  # noqa: PLC0415 - the same

    def build() -> object:
        App.get_running_app().mark("LATIHAN")
        return Widget()

    stage = headless.Stage(LOBBY, reader=Reader.HALL, build=build)
    assert stage.look.height < LOBBY.height_px

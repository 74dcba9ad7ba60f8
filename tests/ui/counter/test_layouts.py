"""Every page of an officer's window at every size, in both languages, laid out on the true widgets: all of it fits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from broker.bootstrap.rules import office_message
from broker.config import load_settings
from hardware.config import PanelConfig
from hardware.panel.look import look_for
from hardware.panel.scale import Reader
from tests.ui.counter.desk_pages import Office, pages
from tests.ui.panels import longer_office, longer_words

SETTINGS = load_settings(Path("config.yaml"), {})
SMALL = PanelConfig(width_px=1280, height_px=800, diagonal_in=15.4, viewing_distance_m=0.6)
LAPTOP = PanelConfig(width_px=1366, height_px=768, diagonal_in=15.6, viewing_distance_m=0.6)
MONITOR = PanelConfig(width_px=1920, height_px=1080, diagonal_in=23.8, viewing_distance_m=0.6)


def faults(panel: PanelConfig, window: tuple[int, int], language: str, *, longer: bool) -> Iterator[str]:
    """Yield what is wrong on any page in a language, in a line each."""
    from hardware.panel import headless  # noqa: PLC0415 - Kivy is prepared where no window is wanted, and only there

    headless.prepare()
    from counter.samples import layout  # noqa: PLC0415 - the same
    from hardware.panel.faults import layout_faults  # noqa: PLC0415 - the same

    office = longer_office(SETTINGS) if longer else SETTINGS
    shown = office.counter_panel.model_copy(update=panel.model_dump())
    office = office.model_copy(update={"counter_panel": shown})
    with longer_words() if longer else nullcontext():
        tried = layout(office, office_message(office), window)
        look = look_for(shown, tried.reader, window)
        stage = headless.Stage(
            shown, reader=tried.reader, rules=tried.rules, build=lambda: tried.build(look), window=window
        )
        for page in tried.pages():
            if page.language != language:
                continue
            page.show()
            stage.settle()
            for fault in layout_faults(stage.root, stage.look, tried.reader, scrolls=True):
                yield f"{page.name} ({page.language}): {fault}"


@pytest.mark.parametrize("language", SETTINGS.office.languages)
@pytest.mark.parametrize(
    ("panel", "window"),
    [(SMALL, (1280, 800)), (LAPTOP, (640, 768)), (LAPTOP, (360, 768))],
    ids=["wide", "640", "360"],
)
def test_every_page_fits_whatever_the_window(panel: PanelConfig, window: tuple[int, int], language: str) -> None:
    assert list(faults(panel, window, language, longer=False)) == []


@pytest.mark.parametrize("language", SETTINGS.office.languages)
@pytest.mark.parametrize(
    ("panel", "window"),
    [(SMALL, (1280, 800)), (LAPTOP, (640, 768)), (MONITOR, (360, 1080))],
    ids=["wide", "640", "360"],
)
def test_every_page_fits_with_texts_that_are_longer_by_two_fifths(
    panel: PanelConfig, window: tuple[int, int], language: str
) -> None:
    assert list(faults(panel, window, language, longer=True)) == []


def test_the_search_finds_what_does_not_fit() -> None:
    assert any("serving" in fault for fault in islice(faults(SMALL, (640, 320), "id", longer=False), 500))


def test_every_state_that_an_officer_comes_to_fits() -> None:
    """Lay out what the window's own presenter makes of a day's work, where `samples` has states made by hand."""
    from hardware.panel import headless  # noqa: PLC0415 - Kivy is prepared where no window is wanted, and only there

    headless.prepare()
    from counter.drawing.screen import RULES, CounterWidget  # noqa: PLC0415 - the same
    from hardware.panel.faults import layout_faults  # noqa: PLC0415 - the same

    look = look_for(SMALL, Reader.OFFICER)
    widgets: list[CounterWidget] = []

    def build() -> object:
        inputs = Office(SETTINGS, "id").presenter
        widgets.append(CounterWidget(inputs, look.theme, touched=lambda: None, targets=None))
        return widgets[-1].root

    stage = headless.Stage(SMALL, reader=Reader.OFFICER, rules=RULES, build=build)
    found, seen = list[str](), 0
    for name, page in pages(SETTINGS, "id"):
        widgets[-1].show(page)
        stage.settle()
        seen += 1
        found += [f"{name}: {fault}" for fault in layout_faults(stage.root, look, Reader.OFFICER, scrolls=True)]
    assert found == []
    assert seen > 40


def test_neither_the_number_nor_a_line_of_the_list_is_cut_where_long_words_want_their_room() -> None:
    from hardware.panel import headless  # noqa: PLC0415 - Kivy is prepared where no window is wanted, and only there

    headless.prepare()
    from counter.drawing.screen import RULES, CounterWidget  # noqa: PLC0415 - the same

    office, window = longer_office(SETTINGS), (1366, 768)
    widgets: list[CounterWidget] = []

    def build() -> object:
        inputs = Office(office, "id").presenter
        widgets.append(
            CounterWidget(inputs, look_for(LAPTOP, Reader.OFFICER).theme, touched=lambda: None, targets=None)
        )
        return widgets[-1].root

    with longer_words():
        stage = headless.Stage(LAPTOP, reader=Reader.OFFICER, rules=RULES, build=build, window=window)
        widgets[-1].show(dict(pages(office, "id"))["serving"])
        stage.settle()
    ids = dict(named(stage.root))
    card, number, area = (ids[name] for name in ("WideTicket", "BigNumber", "RowsArea"))
    assert number.top <= card.top
    assert number.height >= 0.95 * stage.look.huge - 1
    seen = area.to_window(area.x, area.y)[1]
    edges = [line.to_window(line.x, line.y)[1] for name, line in named(area) if name == "WideLine"]
    assert min(abs(edge - seen) for edge in edges) <= 1, "the last line that is seen is seen whole"


def named(widget: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any widget
    """Yield every widget below one with what the rules call it."""
    yield type(widget).__name__, widget
    for child in widget.children:
        yield from named(child)

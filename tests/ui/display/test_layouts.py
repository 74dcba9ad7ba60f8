"""Every page of a display on every panel that an office owns: nothing small, cut off, covered or left out."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.bootstrap.rules import office_message
from broker.config import load_settings
from broker.config.settings import Settings
from broker.language import Phrases
from display.pages.layout import lay_out
from display.pages.lobby import LobbyPage
from display.pages.panel import ProcedurePage
from display.pages.samples import Sample, samples
from display.pages.sheet import Box, Frame, Media, Sheet, frame_for
from hardware.office_logo import Logo
from hardware.panel import headless
from hardware.panel.look import look_for
from hardware.panel.scale import Reader
from tests.ui.panels import DISPLAYS, longer_office, longer_words

PHRASES = functools.partial(Phrases, "display")
SETTINGS = load_settings(Path("config.yaml"), {})
UNREADABLE = {name for name in DISPLAYS if name.startswith(("32 1080x1920 8", "32 1080x1920 10", "43 1080x1920 10"))}
"""Where a number of six signs is wider than the panel at 0.7 degrees: `check-config` refuses them."""


STATES = 13
"""So many samples of the demo office come before the pages of its panel."""


def _frame(panel: str) -> Frame:
    return frame_for(look_for(DISPLAYS[panel], Reader.HALL))


def _busy_office() -> Settings:
    """Return the demo office with names that are hard to set: a long service, "Loket Prioritas 12", forty counters."""
    first = SETTINGS.counters[0]
    labels = ["Loket Prioritas 12", "Khusus", *(str(number) for number in range(1, 40) if number != 12)]
    counters = tuple(first.model_copy(update={"id": f"c{place}", "label": label}) for place, label in enumerate(labels))
    long = {
        "id": "Perpanjangan Izin Tinggal Terbatas bagi Tenaga Kerja Asing",
        "en": "Extension of limited stay permits",
    }
    services = (SETTINGS.services[0].model_copy(update={"name": long}), *SETTINGS.services[1:])
    return SETTINGS.model_copy(update={"counters": counters, "services": services})


def _faults(page: LobbyPage, sheet: Sheet, frame: Frame) -> Iterator[str]:
    """Yield what is wrong with a sheet, by its boxes alone."""
    window = Box(0, 0, frame.width, frame.height)
    for words in sheet.words:
        if not window.holds(words.box):
            yield f"{words.text!r} leaves the window"
        if words.font_px < (frame.key if words.is_key else frame.sign) - 0.01:
            yield f"{words.text!r} is too small"
    for one, other in itertools.combinations(sheet.words, 2):
        if one.box.overlaps(other.box):
            yield f"{one.text!r} lies over {other.text!r}"
    yield from _missing(page, sheet, frame)


def _samples(
    settings: Settings, frame: Frame, phrases: Callable[[str], Phrases], *, has_panel: bool = True
) -> Iterator[Sample]:
    return samples(settings, office_message(settings), frame, phrases, has_panel=has_panel)


def _missing(page: LobbyPage, sheet: Sheet, frame: Frame) -> Iterator[str]:
    sizes = {words.text: words.font_px for words in sheet.words}
    awaited = [*(call.number for call in page.front), *(call.number for call in page.others if not call.over)]
    if sheet.turns_list:
        for turn in range(1, len(awaited)):
            after = lay_out(replace(page, list_turn=turn), frame)
            sizes |= {words.text: max(words.font_px, sizes.get(words.text, 0)) for words in after.words}
    for number in awaited:
        if sizes.get(number, 0) < frame.listed - 0.01:
            yield f"{number} is not there at the size of the list, with no turn"
    if page.front and not sheet.turns_list and sizes.get(page.front[0].number, 0) < frame.key - 0.01:
        yield f"{page.front[0].number} does not stand large"
    if sheet.panel_level is not None and isinstance(page.panel, ProcedurePage) and not page.closed:
        shown = " ".join(words.text for words in sheet.words)
        for item in page.panel.items:
            if any(word not in shown for word in item.split()):
                yield f"{item!r} is not all there"


@pytest.mark.parametrize("panel", DISPLAYS)
def test_all_that_a_display_shows_fits_every_panel_in_the_largest_type_that_its_reader_needs(panel: str) -> None:
    frame = _frame(panel)
    # In millimetres panels of one shape are alike, so that the many pages of procedures are laid out on some of them.
    every = _samples(SETTINGS, frame, PHRASES)
    pages = every if "x1080 " in panel or "x1920 " in panel else itertools.islice(every, STATES)
    found = {
        f"{name}: {fault}"
        for name, page in (*pages, *_samples(SETTINGS, frame, PHRASES, has_panel=False))
        for sheet in (lay_out(page, frame),)
        for fault in (_faults(page, sheet, frame) if sheet.is_readable else ["not readable"])
    }
    assert bool(found) == (panel in UNREADABLE), found


@pytest.mark.parametrize("panel", ["32 1366x768 5 m", "43 1920x1080 8 m", "55 1080x1920 5 m"])
def test_it_fits_with_long_names_many_counters_and_texts_that_are_longer_by_two_fifths(panel: str) -> None:
    frame = _frame(panel)
    with longer_words():
        found = [
            f"{name}: {fault}"
            for settings in (longer_office(SETTINGS), _busy_office())
            for name, page in itertools.islice(_samples(settings, frame, PHRASES), 0, None, 5)
            for fault in _faults(page, lay_out(page, frame), frame)
        ]
    assert found == []


@pytest.mark.parametrize("panel", ["32 1366x768 5 m", "43 1920x1080 5 m", "43 1920x1080 10 m", "55 3840x2160 8 m"])
def test_the_true_widgets_have_no_faults(panel: str) -> None:
    pages = tuple(_samples(SETTINGS, _frame(panel), PHRASES))
    assert list(_drawn_faults(panel, (*pages[:STATES], *pages[STATES::12]))) == []


@pytest.mark.parametrize("panel", ["43 1080x1920 5 m", "65 1920x1080 10 m"])
def test_the_true_widgets_have_none_with_longer_texts_nor_without_procedures(panel: str) -> None:
    with longer_words():
        pages = tuple(_samples(longer_office(SETTINGS), _frame(panel), PHRASES))
        calls = tuple(_samples(_busy_office(), _frame(panel), PHRASES, has_panel=False))
        assert list(_drawn_faults(panel, (*pages[:STATES], *pages[STATES::24], *calls[::8]))) == []


def _drawn_faults(panel: str, pages: tuple[Sample, ...]) -> Iterator[tuple[str, str]]:
    headless.prepare()
    from display.drawing.screen import LobbyScreen  # noqa: PLC0415 - imports Kivy
    from hardware.panel.faults import layout_faults  # noqa: PLC0415 - the same

    screens: list[LobbyScreen] = []

    def build() -> object:
        screens.append(LobbyScreen(look_for(DISPLAYS[panel], Reader.HALL), None))
        return screens[-1].root

    stage = headless.Stage(DISPLAYS[panel], reader=Reader.HALL, build=build)
    frame = _frame(panel)
    for name, page in pages:
        screens[-1].show(lay_out(page, frame), name)
        stage.settle()
        yield from ((name, str(fault)) for fault in layout_faults(stage.root, stage.look, Reader.HALL))


def test_a_logo_stands_above_the_name_of_an_office_that_rests_and_leaves_first_where_there_is_no_room() -> None:
    frame = _frame("43 1920x1080 5 m")
    named = (page for _, page in _samples(SETTINGS, frame, PHRASES, has_panel=False))
    resting = next(page for page in named if not (page.front or page.others or page.closed))
    page = replace(resting, office="Kantor Imigrasi Contoh", logo=Logo("office.png", 1.5))
    sheet = lay_out(page, frame)
    (logo,) = (item for item in sheet.items if isinstance(item, Media))
    name = next(words for words in sheet.words if words.text.startswith("Kantor"))
    assert logo.box.bottom <= name.box.y
    assert list(_faults(page, sheet, frame)) == []
    crowded = replace(page, resting=("Silakan menunggu di ruang tunggu",) * 9)
    assert not any(isinstance(item, Media) for item in lay_out(crowded, frame).items)

"""The pages of a feedback kiosk on kiosks and on a counter's tablet: laid out with the true widgets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest

from kiosk.pages.feedback_samples import feedback_screens
from kiosk.pages.page import Screen
from kiosk.visit.keyboard import ROW
from tests.ui.kiosk.kiosk_samples import office, settings
from tests.ui.kiosk.test_layouts import kiosk
from tests.ui.panels import KIOSKS, MODES, TABLETS, longer_words

SMALLEST = TABLETS["10 portrait"].model_copy(update={"diagonal_in": 8.0})
PANELS = {**KIOSKS, **TABLETS, "8 portrait": SMALLEST}
HARDEST = (
    "20-start-scanner",
    "20-faces",
    "20-thanks-invited",
    "21-about",
    "21-question-skm-product",
    "21-question-ipk-equal-treatment",
    "21-profile-skm-occupation",
    "22-suggestion-figures",
    "22-sentence-full",
    "23-visit-given",
    "23-contact",
    "23-review",
    "23-receipt-screen",
    "24-status-answered",
)
TABLET = (
    "20-resting",
    "20-faces-tablet",
    "20-thanks-tablet",
    "20-start",
    "22-suggestion",
    "21-question-skm-product",
    "24-secret",
)


@lru_cache(maxsize=4)
def pages(language: str, *, is_longer: bool = False) -> dict[str, Screen]:
    """Return every page of a feedback kiosk in a language, with its words or with longer ones."""
    if not is_longer:
        return dict(feedback_screens(settings(), office(), language))
    with longer_words():
        return dict(feedback_screens(settings(), office(), language))


def faults(panel: str, mode: str, shown: Iterator[tuple[str, Screen]]) -> dict[str, list[str]]:
    """Return what is wrong there, page by page."""
    made, look = kiosk(), MODES[mode]
    made.stage.turn(PANELS[panel], look)
    found = {name: made.faults(screen, look) for name, screen in shown}
    return {name: wrong for name, wrong in found.items() if wrong}


def wanted(language: str, names: tuple[str, ...] = HARDEST, *, is_longer: bool = False) -> Iterator[tuple[str, Screen]]:
    """Yield the pages that hold most."""
    yield from ((name, pages(language, is_longer=is_longer)[name]) for name in names)


def test_every_page_fits_the_usual_kiosk() -> None:
    other = (one for one in pages("id").items() if not one[0].startswith(("21-question-ipk", "21-profile-ipk")))
    assert faults("21.5 portrait", "plain", other) == {}


@pytest.mark.parametrize(
    ("panel", "mode", "language"),
    [
        ("15.6 portrait", "all", "id"),
        ("15.6 landscape", "all", "en"),
        ("18.5 landscape", "plain", "id"),
        ("32 portrait", "low", "id"),
        ("10 portrait", "plain", "id"),
        ("10 landscape", "contrast", "en"),
    ],
)
def test_the_fullest_pages_fit_from_a_small_tablet_to_a_large_kiosk(panel: str, mode: str, language: str) -> None:
    assert faults(panel, mode, wanted(language)) == {}


def test_a_tablet_that_lies_is_read_in_large_type_too() -> None:
    assert faults("10 landscape", "larger", wanted("id", TABLET)) == {}


def test_a_tablet_that_lies_asks_and_shows_an_answer_on_the_first_page_in_large_type_too() -> None:
    made, look = kiosk(), MODES["larger"]
    made.stage.turn(PANELS["10 landscape"], look)
    begun = {}
    for name, target in (("20-start", "topic:rating"), ("20-faces-tablet", "face:1"), ("24-case", "key:1")):
        made.faults(pages("id")[name], look)
        made.widget._sheet.begin()
        made.widget._sheet._again()
        made.stage.settle()
        shown = {getattr(one, "target", "") for one in made.stage.root.walk() if one.parent}
        begun[name] = target in shown
    assert all(begun.values()), begun


def test_a_tablet_that_lies_shows_four_short_answers_at_once() -> None:
    made, look = kiosk(), MODES["plain"]
    made.stage.turn(PANELS["10 landscape"], look)
    made.faults(pages("id")["21-question-skm-time"], look)
    made.widget._sheet.begin()
    made.widget._sheet._again()
    made.stage.settle()
    shown = {one.target for one in made.stage.root.walk() if getattr(one, "target", "").startswith("pick:")}
    assert shown == {"pick:1", "pick:2", "pick:3", "pick:4"}


def test_longer_words_fit_too() -> None:
    assert faults("15.6 portrait", "plain", wanted("id", is_longer=True)) == {}


@pytest.mark.parametrize(
    ("panel", "mode", "least_mm", "columns"),
    [
        ("21.5 portrait", "plain", 20, ROW),
        ("21.5 landscape", "plain", 20, ROW),
        ("15.6 landscape", "plain", 15, ROW),
        ("15.6 portrait", "larger", 15, ROW),
        ("10 landscape", "plain", 11, ROW),
        ("10 portrait", "larger", 11, ROW),
        ("8 portrait", "plain", 11, ROW // 2),
    ],
)
def test_a_key_is_20_mm_where_the_panel_allows_and_11_at_least_else_half_the_keyboard_stands_below_the_other(
    panel: str, mode: str, least_mm: float, columns: int
) -> None:
    made, look = kiosk(), MODES[mode]
    made.stage.turn(PANELS[panel], look)
    made.faults(pages("id")["22-suggestion"], look)
    made.widget._sheet.begin()
    made.widget._sheet._again()
    made.stage.settle()
    keys = [one for one in made.stage.root.walk() if getattr(one, "target", "").startswith("type:") and one.parent]
    letters = [one for one in keys if len(one.title) == 1 and not one.icon]
    side = min(min(one.width, one.height) for one in letters) / made.stage.look.scale.px_per_mm
    rows = {round(one.y) for one in letters}
    assert side >= least_mm - 0.5, f"{side:.1f} mm"
    assert max(sum(round(one.y) == row for one in letters) for row in rows) == columns

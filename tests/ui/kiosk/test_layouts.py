"""Every page on every panel that an office owns, in every mode and language: laid out with the true widgets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from broker.bootstrap.rules import office_message
from broker.contract.messages import OfficeMessage
from hardware.office_logo import Logo
from hardware.panel import headless
from hardware.panel.look import Mode
from hardware.panel.scale import Reader
from kiosk.pages.focus import stops
from kiosk.pages.page import Banner, Screen, WelcomePage
from kiosk.pages.samples import screens_of
from kiosk.samples import answers
from kiosk.visit.access import Access
from tests.ui.kiosk.kiosk_samples import settings
from tests.ui.panels import KIOSKS, MODES, longer_office, longer_words

EVERYTHING_ON = (("21.5 portrait", "plain", "id"), ("21.5 landscape", "all", "en"))
"""Where every page there is is laid out; elsewhere those whose words are longest or that hold most."""
PARTS = 3
"""In so many tests, none of which is long on a machine that has other work."""
HARDEST = (
    "1-welcome",
    "2-service",
    "2-service-short",
    "3-requirements-new-passport",
    "3-missing-printed",
    "4-lane",
    "4-lane-full",
    "4-rule",
    "5-issuing-unlinked",
    "6-ticket-priority",
    "6-ticket-failed-paper_out",
    "8-offline",
    "8-alone",
    "8-alone-no-paper",
    "8-alone-service",
    "8-alone-service-spent",
    "8-alone-lane",
    "8-alone-lane-spent",
    "8-alone-ticket-confirmed",
    "8-alone-ticket-page-failed",
    "9-number-unknown",
    "9-found-missed",
    "9-found-waiting",
    "9-found-more",
    "6-ticket-page-failed-wifi",
    "11-access",
    "11-help-told",
)


class Kiosk:
    """The kiosk's widgets on a window that nobody sees."""

    def __init__(self, logo: Logo | None = None) -> None:
        headless.prepare()
        from kiosk.drawing.screen import RULES, KioskWidget  # noqa: PLC0415 - imports Kivy, which is set up only now

        def build() -> Any:  # noqa: ANN401 - Kivy's widgets have no types
            self.widget = KioskWidget(lambda _target: None, touched=lambda: None, targets=None, logo=logo)
            return self.widget.root

        self.stage = headless.Stage(KIOSKS["21.5 portrait"], reader=Reader.VISITOR, rules=RULES, build=build)

    def faults(self, screen: Screen, mode: Mode) -> list[str]:
        """Return what is wrong with each page that a screen is shown on."""
        from hardware.panel.faults import layout_faults  # noqa: PLC0415 - imports Kivy, which is set up only now
        from hardware.panel.targets import targets  # noqa: PLC0415 - the same

        self._begin(screen, mode)
        found, seen = list[str](), set[str]()
        for _ in range(MOST_PAGES):
            shown = dict(targets(self.stage.root, (self.stage.look.width, self.stage.look.height)))
            seen |= shown.keys()
            if self.widget.has_pages and screen.warning is None and not {"page:before", "page:after"} & shown.keys():
                found.append("pages that nobody can turn")
            found += [str(fault) for fault in layout_faults(self.stage.root, self.stage.look, Reader.VISITOR)]
            if not self.widget.turn_on():
                wanted = {stop.target for stop in stops(screen) if stop.is_control}
                if screen.warning is not None:
                    wanted = set()
                return [*found, *(f"never shown: {target}" for target in sorted(wanted - seen))]
            self.stage.settle()
        return [*found, f"more than {MOST_PAGES} pages"]

    def answers_behind(self, screen: Screen, mode: str = "plain") -> list[str]:
        """Return what is wrong where nothing that answers a page is seen before it is turned."""
        from hardware.panel.check import behind  # noqa: PLC0415 - the same

        self._begin(screen, MODES[mode])
        return [str(fault) for fault in behind(self.stage.root, answers(screen))]

    def _begin(self, screen: Screen, mode: Mode) -> None:
        access = Access(larger=mode.larger, contrast=mode.contrast, low=mode.low)
        self.widget.show(replace(screen, access=access))
        sheet = self.widget._sheet
        if sheet.content.page or sheet.controls.page:  # the same page was turned before
            sheet.begin()
            sheet._again()
        self.stage.settle()


MOST_PAGES = 24
"""Whoever turns more pages for one question has long asked an officer."""


@lru_cache(maxsize=1)
def kiosk() -> Kiosk:
    """Return the one kiosk of this process: Kivy knows one window."""
    return Kiosk()


@lru_cache(maxsize=4)
def pages(language: str, *, is_longer: bool = False) -> dict[str, Screen]:
    """Return every page in a language, with the office's own texts or with longer ones."""
    if not is_longer:
        return dict(screens_of(office_message(settings()), language))
    with longer_words():
        return dict(screens_of(longer(), language))


def longer() -> OfficeMessage:
    """Return what the office offers, in texts 40 % longer."""
    return office_message(longer_office(settings()))


def wanted(language: str, *, is_longer: bool) -> Iterator[tuple[str, Screen]]:
    """Yield the pages that are laid out everywhere."""
    yield from ((name, screen) for name, screen in pages(language, is_longer=is_longer).items() if name in HARDEST)


DIFFERENT = tuple(name for name in KIOSKS if not name.startswith("27"))
"""Type grows with the panel: one of 27 inches is one of 21.5 magnified, wherever nobody asks for lower controls."""


@pytest.mark.parametrize(("panel", "mode"), [*((one, "plain") for one in DIFFERENT), *((one, "all") for one in KIOSKS)])
def test_everything_fits_on_every_panel(panel: str, mode: str) -> None:
    assert _faults(panel, mode, "id") == {}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("panel", "mode", "language"), EVERYTHING_ON)
def test_every_other_page_there_is_fits(panel: str, mode: str, language: str, part: int) -> None:
    others = [(name, screen) for name, screen in pages(language).items() if name not in HARDEST]
    assert _faults_of(panel, mode, others[part::PARTS]) == {}


@pytest.mark.parametrize("mode", ["plain", "all"])
@pytest.mark.parametrize("panel", ["15.6 portrait", "21.5 landscape"])
def test_everything_fits_in_english_too(panel: str, mode: str) -> None:
    assert _faults(panel, mode, "en") == {}


@pytest.mark.parametrize("mode", ["larger", "contrast", "low"])
@pytest.mark.parametrize("panel", ["18.5 portrait", "32 portrait"])
def test_each_way_of_access_fits_alone(panel: str, mode: str) -> None:
    assert _faults(panel, mode, "id") == {}


@pytest.mark.parametrize("panel", DIFFERENT)
def test_texts_that_are_longer_fit_too(panel: str) -> None:
    assert _faults(panel, "plain", "id", is_longer=True) == {}


def test_words_that_push_every_answer_off_the_first_page_are_a_fault() -> None:
    made = kiosk()
    made.stage.turn(KIOSKS["15.6 landscape"])
    screen = pages("id")["8-alone"]
    long = Banner("info", "Tidak tersambung sejak 09.37 / Not connected since 9:37 AM", "Nomor tetap sah. " * 12)
    assert made.answers_behind(screen) == []
    assert made.answers_behind(replace(screen, banner=long)) == [], "it leaves its room to them"
    assert isinstance(screen.page, WelcomePage)
    wordy = replace(screen, page=replace(screen.page, titles=("Ambil nomor antrean Anda di sini. " * 12,)))
    assert "behind 'Bahasa Indonesia'" in made.answers_behind(wordy)[0]


REMARKED = (
    "1-welcome-unanswered",
    "1-welcome-no-paper",
    "1-welcome-paper-low",
    "1-welcome-twice",
    "1-welcome-nothing",
    "6-ticket-late",
    "2-service-unanswered",
    "2-service-no-paper",
    "10-scanner-service-foreign",
    "10-scanner-service-wifi",
    "10-scanner-service-past",
    "4-lane-help-told",
    "4-lane-help-coming",
    "8-alone",
    "8-alone-no-paper",
    "8-alone-service",
    "8-alone-service-spent",
    "8-alone-lane",
)
"""Pages that ask, and on which something is remarked besides."""


@pytest.mark.parametrize("mode", ["plain", "all"])
@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)])
def test_whatever_is_remarked_an_answer_is_seen_beside_it_on_the_lowest_panel(mode: str, size: tuple[int, int]) -> None:
    made = kiosk()
    made.stage.turn(
        KIOSKS["15.6 landscape"].model_copy(update={"width_px": size[0], "height_px": size[1]}), MODES[mode]
    )
    found = {}
    for language in ("id", "en"):
        for name in REMARKED:
            screen = pages(language)[name]
            assert answers(screen), name
            faults = made.answers_behind(screen, mode)
            # In the largest type a page may read on before it asks: also where nothing is remarked.
            if faults and not made.answers_behind(replace(screen, banner=None), mode):
                found[name, language] = faults
    assert found == {}


@pytest.mark.parametrize("panel", DIFFERENT)
def test_an_answer_is_seen_at_once_on_every_panel(panel: str) -> None:
    made = kiosk()
    made.stage.turn(KIOSKS[panel])
    asking = [(name, screen) for language in ("id", "en") for name, screen in wanted(language, is_longer=False)]
    found = {name: made.answers_behind(screen) for name, screen in asking if answers(screen)}
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("panel", ["21.5 portrait", "21.5 landscape", "32 portrait"])
def test_longer_texts_fit_in_every_way_of_access_at_once(panel: str) -> None:
    assert _faults(panel, "all", "id", is_longer=True) == {}


@pytest.mark.parametrize("panel", KIOSKS)
def test_what_can_be_chosen_begins_in_the_upper_half_of_what_all_can_reach(panel: str) -> None:
    made = kiosk()
    made.stage.turn(KIOSKS[panel])
    for name in ("1-welcome", "2-service", "4-lane"):
        made.faults(pages("id")[name], MODES["plain"])
        made.widget._sheet.begin()
        made.widget._sheet._again()
        made.stage.settle()
        look = made.stage.look
        assert _highest_choice(made.stage.root, look.height) >= look.low_px / 2, name


@pytest.mark.parametrize("mode", ["plain", "all"])
@pytest.mark.parametrize("panel", ["15.6 portrait", "18.5 portrait", "15.6 landscape"])
def test_the_figures_of_a_number_stand_together(panel: str, mode: str) -> None:
    made = kiosk()
    made.stage.turn(KIOSKS[panel], MODES[mode])
    assert made.faults(pages("id")["9-number-unknown"], MODES[mode]) == []
    shelf = made.widget._sheet.controls
    shown = [
        {item.widget.title for row in shelf._rows[begin:end] for item in row.items if hasattr(item.widget, "title")}
        for begin, end in shelf.pages
    ]
    assert [page & set("0123456789") for page in shown if page & set("0123456789")] == [set("0123456789")]


def _highest_choice(root: Any, height: float) -> float:  # noqa: ANN401 - any widget
    """Return where the first answer begins, in pixels above the window's lower edge."""
    from hardware.panel.targets import targets  # noqa: PLC0415 - imports Kivy

    answers = ("language:", "service:", "lane:")
    boxes = targets(root, (root.width, root.height))
    return max(height - top for name, (_, top, _, _) in boxes if name.startswith(answers))


def _faults(panel: str, mode: str, language: str, *, is_longer: bool = False) -> dict[str, list[str]]:
    return _faults_of(panel, mode, wanted(language, is_longer=is_longer))


def _faults_of(panel: str, mode: str, looked_at: Iterable[tuple[str, Screen]]) -> dict[str, list[str]]:
    made = kiosk()
    made.stage.turn(KIOSKS[panel], MODES[mode])
    found = {name: made.faults(screen, MODES[mode]) for name, screen in looked_at}
    return {name: faults for name, faults in found.items() if faults}


def test_a_logo_stands_before_the_name_and_leaves_first_where_there_is_no_room(tmp_path: Path) -> None:
    Image.new("RGBA", (300, 200), "white").save(tmp_path / "office.png")
    kiosk.cache_clear()  # Kivy knows one window
    shown = Kiosk(Logo(str(tmp_path / "office.png"), 1.5))
    seen = {}
    for mode in ("plain", "all"):
        assert shown.faults(pages("en")["2-service"], MODES[mode]) == []
        head = shown.widget._header
        seen[mode] = head._logo.parent is head.widget
        if seen[mode]:
            assert head._logo.right < head._office.x
            assert head._logo.height < 1.5 * shown.stage.look.body
    kiosk.cache_clear()
    assert seen == {"plain": True, "all": False}

"""What the office publishes of its visitors' voice, on the display among the procedures."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.bootstrap.rules import office_message
from broker.config import load_settings
from broker.contract.clock import EngineClock
from broker.contract.messages import ComplaintFigures, FeedbackMessage, PublishedRow, PublishedWaits, ResultsMessage
from broker.language import Phrases
from display.hall.presenter import LobbyPresenter
from display.pages.layout import lay_out
from display.pages.lobby import Room
from display.pages.results import Chart, ResultPage, Ways, count_pages, published_on, survey_pages, wait_pages, waits_on
from display.pages.samples import samples
from display.pages.sheet import frame_for
from hardware.panel import headless
from hardware.panel.look import look_for
from hardware.panel.scale import Reader
from tests.ui.display.lobby_samples import (
    MORNING,
    SPEECH,
    TestClock,
    hall,
    office,
    published,
    service,
    survey_result,
)
from tests.ui.panels import DISPLAYS

PHRASES = functools.partial(Phrases, "display")
BOTH = ("id", "en")


def roomy(page: ResultPage) -> bool:
    """Tell that anything fits."""
    return bool(page.title)


def said(page: ResultPage) -> str:
    """Return every word of a page."""
    parts = (part if isinstance(part, str) else part.caption for part in page.parts)
    return "\n".join((page.title, page.figure, *page.beside, *parts))


def surveys(message: FeedbackMessage | None, language: str = "en") -> list[str]:
    """Return the survey's pages as words."""
    return [said(page) for page in survey_pages(message, (language,), phrases=PHRASES, fits=roomy)]


def counts(message: FeedbackMessage | None, language: str = "en", **ways: str) -> list[str]:
    """Return the pages of complaints and ratings as words."""
    found = count_pages(message, (language,), phrases=PHRASES, fits=roomy, ways=Ways(**ways))  # type: ignore[arg-type] # an address
    return [said(page) for page in found]


def waited(within: float = 92.4) -> PublishedWaits:
    """Return waits as they are published."""
    return PublishedWaits(n=120, within=within, median_min=7.1, most_min=19.0, served=110)


def results(**changes: object) -> ResultsMessage:
    """Return what is published of the waits of a Tuesday and its month."""
    plain = {
        "at": MORNING,
        "day": dt.date(2026, 3, 3),
        "begin": dt.date(2026, 3, 1),
        "total": PublishedRow(id="", day=waited(), month=waited(90.0)),
        "services": (PublishedRow(id="paspor-baru", day=waited(71.0), month=waited(75.0)),),
        "lanes": (
            PublishedRow(id="regular", promised_s=1800, day=waited(91.0), month=waited(88.0)),
            PublishedRow(id="gone", month=waited()),
        ),
    }
    return ResultsMessage.model_validate(plain | changes)


def test_waits_are_told_with_what_was_promised_by_lane_and_by_service() -> None:
    known = office().model_copy(update={"languages": ("en",)})
    day, lanes, services = wait_pages(results(), known, phrases=PHRASES, fits=roomy)
    assert said(day) == (
        "Waits on Tuesday, March 3\n92%\ncalled within what we promise\n"
        "Half waited up to 8 minutes, nine in ten up to 19"
    )
    assert lanes.title == "Called in time by lane: Mar 1\N{EN DASH}3 (on March 3)"
    assert bars_of(lanes) == [("Regular", "88% in 30 min (91%)", 0.88)], "a lane that is no more is left out"
    assert services.title == "Called in time by service: Mar 1\N{EN DASH}3 (on March 3)"
    assert bars_of(services) == [("New passport", "75% (71%)", 0.75)]


def bars_of(page: ResultPage) -> list[tuple[str, str, float]]:
    """Return the bars of a page's charts."""
    return [(bar.label, bar.value, bar.share) for part in page.parts if isinstance(part, Chart) for bar in part.bars]


@pytest.mark.parametrize("most", [3, 0])
def test_of_many_services_none_is_left_out_where_a_page_has_no_room_for_all(most: int) -> None:
    def small(page: ResultPage) -> bool:
        return len(bars_of(page)) <= most and len(page.parts) <= 3

    known = office(*(service("A", f"Layanan {n}", f"Service {n}") for n in range(7)))
    known = known.model_copy(update={"languages": ("en",)})
    rows = tuple(PublishedRow(id=one.id, month=waited()) for one in known.services)
    pages = [
        page
        for page in wait_pages(results(services=rows), known, phrases=PHRASES, fits=small)
        if page.title.startswith("Called in time by service")
    ]
    told = [f"{label}: {value}" for page in pages for label, value, _ in bars_of(page)]
    told += [part for page in pages for part in page.parts if isinstance(part, str)]
    assert told == [f"Service {n}: 92%" for n in range(7)], "in words where not one bar has room"


def test_of_a_day_with_few_visitors_the_month_is_told_and_of_a_quiet_month_nothing() -> None:
    few = PublishedRow(id="", month=waited(90.0))
    pages = wait_pages(results(total=few), office(), phrases=PHRASES, fits=roomy)
    assert {page.figure for page in pages} <= {"90%", "90 %", ""}
    assert pages[0].title == "Waktu tunggu"
    assert wait_pages(results(total=PublishedRow(id="")), office(), phrases=PHRASES, fits=roomy) == ()
    assert waits_on(results(), dt.date(2026, 3, 17)) is not None
    assert waits_on(results(), dt.date(2026, 3, 18)) is None, "it is no news any more"


def test_the_last_survey_is_told_with_all_that_one_has_to_know_of_it() -> None:
    index, lowest = surveys(published())
    assert index == (
        "Public satisfaction survey, May 2025\n86.25\nGrade B\nGood\nFrom 312 answers\n"
        "95 times in 100 it lies between 85.04 and 87.41\n1.23 higher than last time"
    )
    assert lowest.splitlines()[-3:] == [
        "Speed: 3.12 of 4. Dua loket dibuka pukul 07.30. By December 31, 2025.",
        "Facilities: 3.12 of 4. Kursi ditambah",
        "Fee: 3.12 of 4. What is done about it is being decided.",
    ]


def test_in_indonesian_figures_are_written_as_one_writes_them_there() -> None:
    index, _lowest = surveys(published(), "id")
    assert "Survei Kepuasan Masyarakat, Mei 2025\n86,25\nMutu B\nBaik\nDari 312 jawaban" in index
    assert "Naik 1,23 dari periode lalu" in index


@pytest.mark.parametrize(
    ("begin", "end", "told"),
    [
        ((2025, 5, 1), (2025, 5, 31), "Mei 2025"),
        ((2025, 7, 1), (2025, 9, 30), "Juli\N{EN DASH}September 2025"),
        ((2025, 5, 10), (2025, 5, 31), "10\N{EN DASH}31 Mei 2025"),
    ],
)
def test_a_period_is_named_by_its_months(begin: tuple[int, int, int], end: tuple[int, int, int], told: str) -> None:
    result = survey_result().model_copy(update={"begin": dt.date(*begin), "end": dt.date(*end)})
    assert surveys(published(MORNING, result), "id")[0].startswith(f"Survei Kepuasan Masyarakat, {told}\n")


def test_too_few_answers_are_said_to_be_too_few() -> None:
    few = survey_result().model_copy(update={"answers": 40})
    assert "40 answers, of 291 that were wanted" in surveys(published(MORNING, few))[0]


@pytest.mark.parametrize(
    ("before", "told"),
    [((90.0,), "3.75 lower than last time"), ((86.25,), "The same as last time"), ((), "")],
)
def test_the_trend_is_a_sentence_too(before: tuple[float, ...], told: str) -> None:
    page = surveys(published(MORNING, survey_result().model_copy(update={"before": before})))[0]
    assert told in page
    assert bool(told) == ("last time" in page)


def test_each_value_of_the_trend_is_written_and_a_half_is_never_rounded_down() -> None:
    (index, *_) = survey_pages(published(), ("id",), phrases=PHRASES, fits=roomy)
    (chart,) = (part for part in index.parts if isinstance(part, Chart))
    assert [(bar.value, bar.is_now) for bar in chart.bars] == [("84,1", False), ("85,0", False), ("86,3", True)]


def test_the_years_complaints_stand_with_their_date_and_with_how_to_complain() -> None:
    assert counts(published(), address="antrian.lan")[0] == (
        "Complaints in 2025\n128\nreceived up to June 12\n119 answered, 117 of them in time\n"
        "To complain: to any officer, or at antrian.lan"
    )


def test_without_a_complaint_the_way_to_complain_is_told_all_the_same() -> None:
    none = published().model_copy(update={"complaints": ComplaintFigures(since=dt.date(2025, 1, 1))})
    assert counts(none, "id")[0] == (
        "Pengaduan tahun 2025\n0\nditerima sampai 12 Juni\nSampaikan pengaduan kepada petugas"
    )


def test_the_months_ratings_are_a_share_with_its_number_and_four_bars() -> None:
    page = count_pages(published(), ("en",), phrases=PHRASES, fits=roomy, ways=Ways())[-1]
    assert said(page).startswith("How visitors rated us in June 2025\n97%\nsaid good or very good\nFrom 100 ratings")
    (chart,) = (part for part in page.parts if isinstance(part, Chart))
    assert [(bar.label, bar.value) for bar in chart.bars] == [
        ("Very good", "67%"),
        ("Good", "30%"),
        ("Not so good", "2%"),
        ("Bad", "1%"),
    ]


def test_where_there_is_nothing_to_publish_there_is_no_page() -> None:
    assert surveys(None) == counts(None) == []
    assert surveys(FeedbackMessage(at=MORNING)) == counts(FeedbackMessage(at=MORNING)) == []


def test_what_is_old_is_not_shown_as_new() -> None:
    message = published()
    kept = published_on(message, MORNING.date())
    assert kept == message
    next_month = published_on(message, dt.date(2025, 7, 1))
    assert next_month is not None
    assert (next_month.ratings, next_month.complaints) == ((), message.complaints), "a month's ratings end with it"
    next_year = published_on(message, dt.date(2026, 1, 1))
    assert next_year is not None
    assert (next_year.complaints, next_year.results) == (None, message.results), "a closed period stays what it was"


def test_a_few_ratings_tell_nothing_and_are_not_told() -> None:
    few = published_on(published(ratings=(0, 0, 1, 8)), MORNING.date())
    assert few is not None
    assert few.ratings == ()


def test_a_text_too_long_for_a_page_goes_on_on_the_next_and_loses_no_word() -> None:
    def fits(page: ResultPage) -> bool:
        return sum(len(part) for part in page.parts if isinstance(part, str)) <= 40 and not (page.figure and page.parts)

    plan = survey_result().lowest[0].model_copy(update={"plan": "Dua loket wawancara dibuka setengah jam lebih awal."})
    result = survey_result().model_copy(update={"lowest": (plan,)})
    pages = survey_pages(published(MORNING, result), ("id",), phrases=PHRASES, fits=fits)
    told = " ".join(str(part).removesuffix(" \N{HORIZONTAL ELLIPSIS}") for page in pages[-4:] for part in page.parts)
    assert "Waktu: 3,12 dari 4. Dua loket wawancara dibuka setengah jam lebih awal. Selesai 31 Desember 2025." in told
    assert all(len(str(part).split()) > 1 for page in pages for part in page.parts), "no word is left behind alone"


def test_where_not_even_the_figure_fits_there_is_none() -> None:
    assert survey_pages(published(), BOTH, phrases=PHRASES, fits=lambda page: not page.figure and not page.parts) == ()


def _shown(panel: str) -> Iterator[tuple[ResultPage, dict[str, float]]]:
    settings = load_settings(Path("config.yaml"), {})
    frame = frame_for(look_for(DISPLAYS[panel], Reader.HALL))
    for _name, page in samples(settings, office_message(settings), frame, PHRASES):
        if isinstance(page.panel, ResultPage) and not page.closed:
            without = lay_out(replace(page, panel=None), frame).words
            words = [words for words in lay_out(page, frame).words if words not in without]
            yield page.panel, {words.text: words.font_px for words in words}


@pytest.mark.parametrize("panel", ["32 1366x768 5 m", "43 1920x1080 5 m", "55 1080x1920 8 m"])
def test_the_figure_is_read_from_the_last_seat_and_all_else_at_half_its_angle(panel: str) -> None:
    frame = frame_for(look_for(DISPLAYS[panel], Reader.HALL))
    pages = list(_shown(panel))
    assert {page.figure for page, _sizes in pages} >= {"86,25", "86.25", "128", "96%"}
    for page, sizes in pages:
        assert sizes.get(page.figure, frame.key) >= frame.key, "0.7 degrees"
        assert min(sizes.values()) >= frame.listed, "0.35 degrees"


def test_they_come_among_the_procedures_and_leave_with_their_month() -> None:
    clock = TestClock()
    presenter = LobbyPresenter(
        clock=EngineClock(clock.own, clock.monotonic),
        languages=BOTH,
        phrases=PHRASES,
        announce=lambda _call, _words: None,
        page_s=8,
        room=lambda _texts: Room(2, lambda _page, _level: True),
        speech=SPEECH,
    )
    presenter.office(office())
    presenter.feedback(published().model_copy(update={"results": (), "complaints": None}))

    def titles() -> set[str]:
        found = set()
        for _ in range(600):
            clock.pass_s(1)
            presenter.hall(hall(1, clock()))
            panel = presenter.page.panel
            if isinstance(panel, ResultPage):
                found.add(panel.title)
        return found

    assert titles() == {"Penilaian pengunjung, Juni 2025", "How visitors rated us in June 2025"}
    clock.pass_s(19 * 86_400)
    assert titles() == set()


@pytest.mark.parametrize(
    ("panel", "results", "told"),
    [("32 1366x768 5 m", True, True), ("43 1920x1080 5 m", True, False), ("32 1366x768 5 m", False, False)],
)
def test_check_config_tells_where_a_call_leaves_them_no_room(panel: str, results: bool, told: bool) -> None:  # noqa: FBT001 - columns of the table
    headless.prepare()
    from display.samples import layouts  # noqa: PLC0415 - imports Kivy

    settings = load_settings(Path("config.yaml"), {})
    shown = settings.displays[0].model_copy(update={"panel": DISPLAYS[panel], "results": results})
    settings = settings.model_copy(update={"displays": (shown,)})
    (layout,) = layouts(settings, office_message(settings))
    look = look_for(shown.panel, Reader.HALL)
    headless.Stage(shown.panel, reader=Reader.HALL, build=lambda: layout.build(look))
    names = [page.name for page in layout.pages()]
    assert len(names) > 20, "all else is laid out"
    assert ("what is published of surveys and complaints" in layout.left_out()) is told

"""What `check-config` says of a screen that cannot show its pages: which text, why, and what would help."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.bootstrap.rules import office_message
from broker.config import load_settings
from broker.contract.messages import OfficeMessage
from broker.layout import MOST_NAMED, LayoutFault, PanelSize, ScreenReport, remarks, screen_reports, sentences, whole
from tests.support.office import CONFIG

SMALL = PanelSize(width_px=1366, height_px=768, diagonal_in=32, viewing_distance_m=10)
NAME = LayoutFault(page="services", language="id", kind="clipped", text="Paspor Baru", needs=412, has=380)


HELPS = (
    "readers who stand at 6 m or nearer (viewing_distance_m)",
    "a screen of 55 inches or more (diagonal_in)",
    "shorter texts where they are named here",
)


def report(*faults: LayoutFault, readable_m: float | None = None, diagonal_in: float | None = None) -> ScreenReport:
    return ScreenReport(
        part="display-1", panel=SMALL, pages=40, faults=faults, readable_m=readable_m, diagonal_in=diagonal_in
    )


def test_screens_are_told_of_the_procedures_too_which_the_wire_tells_apart() -> None:
    office = office_message(load_settings(CONFIG, {}))
    assert OfficeMessage.model_validate(whole(office)) == office
    assert all(service.documents for service in office.services)


def test_a_screen_that_shows_all_is_not_mentioned() -> None:
    assert list(sentences(report())) == []


def test_a_text_that_does_not_fit_is_named_with_its_page_its_language_and_what_would_help() -> None:
    assert list(sentences(report(NAME, readable_m=6.0, diagonal_in=55))) == [
        "display-1: a 32 inch screen of 1366x768 that is read from 10 m cannot show all of its pages",
        '  page services (id): "Paspor Baru" does not fit: it needs 412 px and has 380',
        f"  what helps: {'; '.join(HELPS)}",
    ]


def test_where_nothing_would_help_another_panel_is_asked_for() -> None:
    small = NAME.model_copy(update={"kind": "small", "unit": "mm", "needs": 4.8, "has": 4.1})
    assert list(sentences(report(small)))[1:] == [
        '  page services (id): "Paspor Baru" is too small for the distance: it needs 4.8 mm and has 4.1',
        "  what helps: another panel: no distance and no size has room for all at 1366x768",
    ]


def test_the_mode_in_which_it_was_seen_is_said() -> None:
    larger = NAME.model_copy(update={"mode": ("larger", "low")})
    assert "page services (id, larger text, low controls):" in list(sentences(report(larger)))[1]


def test_of_very_many_texts_the_first_are_named() -> None:
    many = [NAME.model_copy(update={"text": f"text {at}", "page": f"page {at // 2}"}) for at in range(20)]
    said = list(sentences(report(*many)))
    assert len(said) == MOST_NAMED + 3
    assert said[-2] == "  and 12 more, on 10 pages in all"


def test_a_text_that_does_not_fit_is_named_before_what_follows_from_it() -> None:
    follows = NAME.model_copy(update={"kind": "overlap", "other": "back"})
    assert '"Paspor Baru" does not fit' in list(sentences(report(follows, NAME)))[1]


def test_a_number_that_has_no_room_at_all_is_said() -> None:
    none = NAME.model_copy(update={"kind": "no_room", "text": "AP-100"})
    every = [none.model_copy(update={"page": f"call {at}"}) for at in range(1, 7)]
    said = list(sentences(report(*every)))
    assert '"AP-100" cannot be shown large enough to be read from there' in said[1]
    assert said[2] == "  and 5 more, on 6 pages in all", "once is enough"


def test_answers_that_are_seen_only_when_a_page_is_turned_are_said() -> None:
    behind = NAME.model_copy(update={"kind": "behind", "text": "Bahasa Indonesia", "unit": ""})
    said = list(sentences(report(behind)))
    assert '"Bahasa Indonesia" and every other answer is only seen when a page is turned' in said[1]
    assert HELPS[2] in said[2]


def test_what_leaves_for_want_of_room_is_remarked_though_nothing_is_wrong() -> None:
    assert list(remarks(report())) == []
    (said,) = remarks(report().model_copy(update={"left_out": ("procedures", "waits and clock")}))
    assert said == (
        "display-1: read from 10 m, a 32 inch screen of 1366x768 has no room for procedures and waits and clock while "
        "somebody is called; nearer readers (viewing_distance_m) or a larger screen would help"
    )


@pytest.mark.parametrize("screen", ["kiosk", "display", "counter"])
def test_every_screen_answers_without_a_window(screen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    reports = screen_reports(CONFIG, load_settings(Path(CONFIG), {}), screens=[screen])
    assert [found for found in reports if found.faults] == []

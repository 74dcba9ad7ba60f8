"""A kiosk's printers on the wire: two of them, a restart, an engine that is away, papers that officers ask for."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broker.contract.messages import Ticket
from kiosk.paper.news import PrintersHealth
from kiosk.paper.print_log import PrintLog
from kiosk.paper.printer import ASK_THE_SILENT_S
from kiosk.paper.printers import YOUNG
from tests.support.station import Station, StationOffice, wait_until


@pytest.fixture
def office(tmp_path: Path) -> Iterator[StationOffice]:
    office = StationOffice(tmp_path)
    yield office
    office.close()


Open = Callable[..., Station]


@pytest.fixture
def station(office: StationOffice) -> Iterator[Open]:
    opened: list[Station] = []

    def begin(*, printers: int = 1) -> Station:
        made = Station(office, printers=printers)
        opened.append(made)
        settle(made)
        return made

    yield begin
    for made in opened:
        made.close()


def settle(station: Station) -> None:
    """Let the kiosk know how all its printers are."""
    printers = station.printers._printers
    wait_until(lambda: not any(one._is_checking for one in printers), "the printers were asked", pump=station.pump)


def check(station: Station) -> None:
    """Let the kiosk ask its printers how they are."""
    station.printers.check()
    settle(station)


def take_a_number(station: Station) -> Ticket:
    """Walk to the number; return its ticket when it is known what became of the paper."""
    station.touch("language:id", "service:new-passport", "continue", "lane:regular")
    ticket = station.presenter._flow.visit.ticket
    assert ticket is not None
    wait_until(lambda: stored(station, ticket) != ["queued"], "the engine knows of the paper", pump=station.pump)
    return ticket


def stored(station: Station, ticket: Ticket) -> list[str]:
    """Return the outcomes on record."""
    return [state for _, state, _ in station.office.papers(ticket.id)]


# -- two printers ---------------------------------------------------------------------------------------------------


def test_the_second_printer_takes_over_while_the_first_is_known_to_be_in_trouble(station: Open) -> None:
    kiosk = station(printers=2)
    first, second = kiosk.emulators
    first.do("paper_out")
    check(kiosk)
    assert kiosk.health == PrintersHealth(("paper_out", "ready"))
    ticket = take_a_number(kiosk)
    assert (first.whole(), second.whole(), stored(kiosk, ticket)) == (0, 1, ["confirmed"])
    assert kiosk.ticket_page.title == "Mohon ambil tiket Anda dari printer kedua"
    first.do("ready")
    check(kiosk)
    kiosk.touch("done")
    take_a_number(kiosk)
    assert (first.whole(), second.whole()) == (1, 1)


def test_it_also_takes_over_where_the_trouble_shows_only_now_and_nothing_was_sent(station: Open) -> None:
    kiosk = station(printers=2)
    first, second = kiosk.emulators
    first.do("unplug")
    ticket = take_a_number(kiosk)
    assert (second.whole(), stored(kiosk, ticket)) == (1, ["confirmed"])
    assert kiosk.health == PrintersHealth(("offline", "ready"))


def test_once_a_byte_has_gone_no_other_printer_gets_the_paper(station: Open) -> None:
    kiosk = station(printers=2)
    first, second = kiosk.emulators
    first.do("paper_out 5")
    ticket = take_a_number(kiosk)
    assert stored(kiosk, ticket) == ["failed"]
    assert (first.whole(), second.lines) == (0, [])
    assert kiosk.ticket_page.again is not None  # a wish of the visitor is another matter
    kiosk.touch("print_again")
    wait_until(lambda: stored(kiosk, ticket) == ["failed", "confirmed"], "the copy is out", pump=kiosk.pump)
    assert second.whole() == 1
    assert "SALINAN" in " ".join(second.lines)


def test_a_fault_of_ours_after_the_paper_came_out_brings_no_second_one(
    station: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = station(printers=2)
    first, second = kiosk.emulators

    def miscount(_height_mm: float) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(kiosk.printers._printers[0]._roll, "used", miscount)
    ticket = take_a_number(kiosk)
    assert stored(kiosk, ticket) == ["confirmed"]
    assert (first.whole(), second.lines) == (1, [])


def test_with_both_in_trouble_nothing_is_tried_and_the_number_holds(station: Open) -> None:
    kiosk = station(printers=2)
    for emulator in kiosk.emulators:
        emulator.do("cover_open")
    check(kiosk)
    ticket = take_a_number(kiosk)
    assert stored(kiosk, ticket) == ["failed"]
    assert kiosk.ticket_page.paper.title == "Tutup printer terbuka"
    assert [emulator.lines for emulator in kiosk.emulators] == [[], []]


def test_both_tell_how_they_fare(station: Open) -> None:
    kiosk = station(printers=2)
    kiosk.emulators[1].do("paper_low")
    check(kiosk)
    where = [f"network: 127.0.0.1:{emulator.wire.port}" for emulator in kiosk.emulators]
    assert kiosk.printers.devices == {"printer-0": f"ready, {where[0]}", "printer-1": f"paper_low, {where[1]}"}


def test_a_printer_that_is_away_is_logged_once_and_says_why(station: Open, caplog: pytest.LogCaptureFixture) -> None:
    kiosk = station()
    kiosk.emulators[0].do("unplug")
    for _ in range(4):
        check(kiosk)
    assert [record.levelname for record in caplog.records if "Connection refused" in record.message] == ["WARNING"]
    assert kiosk.printers.devices["printer-0"].endswith(": Connection refused")


# -- an engine that is away, a kiosk that starts again ----------------------------------------------------------------


def test_an_outcome_reaches_an_engine_that_was_away(station: Open) -> None:
    kiosk = station()
    kiosk.emulators[0].do("speed 20")
    kiosk.touch("language:id", "service:new-passport", "continue", "lane:regular")
    ticket = kiosk.presenter._flow.visit.ticket
    assert ticket is not None
    kiosk.office.server.up = False
    kiosk.bus.lost()
    kiosk.emulators[0].do("speed 0")
    wait_until(lambda: kiosk.printers._papers.state(ticket) == "confirmed", "the paper is out", pump=kiosk.pump)
    assert stored(kiosk, ticket) == ["queued"]
    kiosk.office.server.up = True
    kiosk.bus.connect()
    wait_until(lambda: kiosk.printers._papers.state(ticket) == "acknowledged", "the engine has it", pump=kiosk.pump)
    assert stored(kiosk, ticket) == ["confirmed"]


def left_queued(kiosk: Station, *, ago: dt.timedelta) -> Ticket:
    """Let a kiosk be killed when it had a number and no paper yet; return the ticket."""
    kiosk.emulators[0].do("cover_open")
    check(kiosk)
    ticket = take_a_number(kiosk)
    kiosk.stop()
    path = kiosk.office.folder / "kiosk-1.jsonl"
    path.unlink()
    log = PrintLog(path, lambda: kiosk.now() - ago)
    assert log.claim(ticket)
    log.change(ticket, "queued")
    kiosk.emulators[0].do("ready")
    return ticket


def test_a_paper_that_had_not_begun_is_printed_if_its_visitor_may_still_stand_there(station: Open) -> None:
    kiosk = station()
    ticket = left_queued(kiosk, ago=YOUNG / 2)
    kiosk.start()
    wait_until(lambda: stored(kiosk, ticket) == ["confirmed"], "it came out", pump=kiosk.pump)
    assert kiosk.emulators[0].whole() == 1
    assert kiosk.shown.banner is not None
    assert ticket.number in kiosk.shown.banner.title


def test_a_clock_that_went_back_to_last_year_brings_no_paper_for_nobody(station: Open) -> None:
    kiosk = station()
    ticket = left_queued(kiosk, ago=dt.timedelta(days=-300))
    kiosk.start()
    wait_until(lambda: kiosk.printers._papers.state(ticket) == "acknowledged", "it is told", pump=kiosk.pump)
    assert stored(kiosk, ticket) == ["failed"]
    assert kiosk.emulators[0].lines == []


def test_one_that_is_older_fails_and_no_paper_comes_for_nobody(station: Open) -> None:
    kiosk = station()
    ticket = left_queued(kiosk, ago=YOUNG * 2)
    kiosk.start()
    wait_until(lambda: kiosk.printers._papers.state(ticket) == "acknowledged", "it is told", pump=kiosk.pump)
    assert stored(kiosk, ticket) == ["failed"]
    assert kiosk.emulators[0].lines == []


# -- papers that officers ask for -------------------------------------------------------------------------------------


def test_a_copy_that_a_counter_asks_for_comes_out_of_its_kiosk_once(station: Open, office: StationOffice) -> None:
    kiosk = station()
    ticket = take_a_number(kiosk)
    kiosk.touch("done")
    counter = office.caller("counter-2")
    counter.request("reprint", {"ticket": ticket.id, "check": ticket.check}, lambda _reply: None)
    office.server.publish(*office.last_event("reprinted"), retain=False)  # at least once, says the wire
    wait_until(lambda: stored(kiosk, ticket) == ["confirmed", "confirmed"], "the copy is out", pump=kiosk.pump)
    assert kiosk.emulators[0].whole() == 2
    assert kiosk.emulators[0].lines.count("SALINAN") == 1


def test_a_copy_that_another_kiosk_asks_for_is_its_own_affair(station: Open, office: StationOffice) -> None:
    kiosk = station()
    ticket = take_a_number(kiosk)
    office.caller("kiosk-2").request("reprint", {"ticket": ticket.id, "check": ticket.check}, lambda _reply: None)
    kiosk.pump()
    assert kiosk.emulators[0].whole() == 1
    assert stored(kiosk, ticket) == ["confirmed", "queued"]


# -- the roll ---------------------------------------------------------------------------------------------------------


def roll_of(kiosk: Station) -> float:
    """Return the metres left."""
    return kiosk.printers._printers[0]._roll.left_m


def test_every_paper_is_taken_off_the_roll(station: Open) -> None:
    kiosk = station()
    take_a_number(kiosk)
    used_m = 70 - roll_of(kiosk)
    assert 0.1 < used_m < 0.3
    kiosk.touch("done")
    take_a_number(kiosk)
    assert 70 - roll_of(kiosk) == pytest.approx(2 * used_m, rel=0.2)


def test_a_low_roll_is_a_sign_for_staff_and_a_new_one_ends_it(station: Open) -> None:
    kiosk = station()
    kiosk.printers._printers[0]._roll.used(66_000)
    check(kiosk)
    assert kiosk.shown.footer.staff == "Kertas hampir habis"
    assert kiosk.printers.devices["printer-0"].startswith("paper_low, ")
    kiosk.emulators[0].do("paper_out")
    check(kiosk)
    kiosk.emulators[0].do("ready")
    check(kiosk)
    assert (kiosk.shown.footer.staff, roll_of(kiosk)) == ("", 70)


def test_a_printer_that_was_only_opened_has_its_old_roll(station: Open) -> None:
    kiosk = station()
    take_a_number(kiosk)
    left_m = roll_of(kiosk)
    for command in ("cover_open", "ready"):
        kiosk.emulators[0].do(command)
        check(kiosk)
    assert roll_of(kiosk) == left_m < 70


def test_a_printer_is_not_asked_again_while_it_has_not_answered(station: Open) -> None:
    kiosk = station()
    kiosk.emulators[0].do("silence")
    check(kiosk)
    assert kiosk.health == PrintersHealth(("unknown",))
    kiosk.emulators[0].do("ready")
    check(kiosk)
    assert kiosk.health == PrintersHealth(("unknown",))


def test_one_that_was_silent_is_asked_again_after_a_minute_and_believed(station: Open) -> None:
    kiosk = station()
    kiosk.emulators[0].do("silence")
    check(kiosk)
    ticket = take_a_number(kiosk)
    assert (stored(kiosk, ticket), kiosk.health) == (["unconfirmed"], PrintersHealth(("unknown",)))
    kiosk.emulators[0].do("ready")
    kiosk.printers._printers[0]._monotonic = lambda: time.monotonic() + ASK_THE_SILENT_S
    check(kiosk)
    kiosk.touch("done")
    ticket = take_a_number(kiosk)
    assert (stored(kiosk, ticket), kiosk.health) == (["confirmed"], PrintersHealth(("ready",)))

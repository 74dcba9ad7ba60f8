"""A kiosk that cannot reach the office goes on with numbers that it has in advance, and hands them in (decision 75)."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from broker.contract.link import STALE_AFTER_S
from broker.contract.messages import HallMessage, OfficeMessage
from broker.language import words_of
from hardware.receipt import read_out
from hardware.worker import DeviceWorker
from kiosk.outbox.keeper import ReserveFile
from kiosk.outbox.known import KnownOffice
from kiosk.outbox.reserve import Outbox
from kiosk.pages.page import Banner, IssuingPage, LanePage, OfflinePage, ServicesPage, TicketPage, WelcomePage
from kiosk.paper.layout import ticket_receipt
from kiosk.visit.newcomer import SUPERSEDED
from kiosk.visit.presenter import INTERRUPTED
from kiosk.visit.steps import GIVE_UP_AFTER_S, GIVE_UP_CUT_OFF_S, SLOW_AFTER_S, STARTING_S
from tests.ui.kiosk.kiosk_samples import NOW, news, offered, ticket, with_hours
from tests.ui.kiosk.kiosk_visitor import FakeRequest, KeptShelf, Visitor

PLACE = ("new-passport", "regular")


class Disk:
    """Writes at once, or refuses, or holds what it is to write until the test lets it go on."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data
        self.is_full = self.is_slow = False
        self.aside = b""
        self._held: list[tuple[bytes, Callable[[bool], None]]] = []

    def found(self) -> bytes:
        """Return what is on it."""
        return self.data

    def put_aside(self) -> None:
        """Keep what was found."""
        self.aside = self.data

    def put(self, data: bytes, told: Callable[[bool], None]) -> None:
        """Write it."""
        self._held.append((data, told))
        if not self.is_slow:
            self.work()

    def work(self, *, tells: bool = True) -> None:
        """Write what was held; where the kiosk dies of it, it is told nothing."""
        self.is_slow = False
        while self._held:
            data, told = self._held.pop(0)
            if not self.is_full:
                self.data = data
            if tells:
                told(not self.is_full)

    @property
    def box(self) -> Outbox:
        """Return what the next run would find."""
        return Outbox.model_validate_json(self.data)


def lend(request: FakeRequest, count: int) -> None:
    """Answer a lease with so many numbers for the place that it is about, where that is ours; else with none."""
    place = request.arguments["service"], request.arguments["lane"]
    blanks = [
        {
            "ticket": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{request.id}/{at}")),
            "number": f"A-{900 + at}",
            "check": "0417",
            "qr": "ANTREAN-X",
        }
        for at in range(count if place == PLACE else 0)
    ]
    until = NOW.replace(hour=0, minute=0, second=0) + dt.timedelta(days=1)
    leased = {"day": NOW.date().isoformat(), "until": until.isoformat(), "blanks": blanks}
    request.reply(ok=True, result={"leased": leased | {"service": place[0], "lane": place[1]}})


def with_numbers(count: int = 2, disk: Disk | None = None, shelf: KeptShelf | None = None) -> tuple[Visitor, Disk]:
    """Return a kiosk that has numbers in advance for one service in one lane."""
    disk = disk or Disk()
    visitor = Visitor(reserve=disk, shelf=shelf).connected()
    answered: set[str] = set()
    for _ in range(60):
        for request in visitor.engine.of("lease"):
            if request.id not in answered:
                answered.add(request.id)
                lend(request, count)
        visitor.wait(0.5)
    return visitor, disk


def alone(visitor: Visitor) -> Visitor:
    """Cut the kiosk off, for as long as it takes to see that."""
    visitor.cut()
    visitor.wait(STALE_AFTER_S + 1)
    return visitor


def take_number(visitor: Visitor) -> None:
    """Walk to a number."""
    newcomer = visitor.presenter.newcomer
    steps: tuple[Callable[[], None], ...] = (
        lambda: visitor.presenter.choose_language("id"),
        lambda: newcomer.choose_service(PLACE[0]),
        newcomer.go_on,
        lambda: newcomer.choose_lane(PLACE[1]),
    )
    for step in steps:
        visitor.settle()
        step()


def test_a_kiosk_that_is_cut_off_gives_a_valid_number_and_says_that_the_wait_is_unknown() -> None:
    visitor, disk = with_numbers()
    alone(visitor)
    assert visitor.screen == "language"
    take_number(visitor)
    assert visitor.screen == "ticket"
    (paper,) = visitor.papers
    assert (paper.number, paper.check, paper.is_wait_known) == ("A-900", "0417", False)
    assert [one.held.blank.number for one in disk.box.given] == ["A-900"]
    said = read_out(ticket_receipt(paper, visitor.offer, words_of("kiosk", ("id",))("id"), columns=48))
    assert any("belum diketahui" in line for line in said)
    assert visitor.issues == []


def test_what_was_given_out_is_handed_in_once_in_order_at_its_time_and_the_kiosk_goes_on_online() -> None:
    visitor, disk = with_numbers()
    alone(visitor)
    came_at = []
    for _ in range(2):
        take_number(visitor)
        came_at.append(visitor.papers[-1].issued_at)
        visitor.presenter.start_over()
        visitor.wait(60)
        visitor.presenter.start_over()
    visitor.settle()
    assert visitor.screen == "offline"  # nothing left to give: an officer has to
    visitor.mend()
    visitor.wait(10)
    told = visitor.engine.of("hand_in")
    assert [one.arguments["number"] for one in told] == ["A-900", "A-901"]
    assert [dt.datetime.fromisoformat(one.arguments["arrived_at"]) for one in told] == came_at
    told[0].answer(visitor.papers[0])
    told[1].refuse("already_given")
    assert disk.box.given == ()
    visitor.wait(30)
    assert len(visitor.engine.of("hand_in")) == 2
    assert visitor.screen == "language"


def test_a_kiosk_that_was_killed_while_alone_hands_in_after_its_restart_and_gives_no_number_twice() -> None:
    visitor, disk = with_numbers()
    alone(visitor)
    take_number(visitor)
    again = Visitor(reserve=Disk(disk.data))
    again.presenter.recover()
    again.connected().wait(10)
    (told,) = again.engine.of("hand_in")
    assert (told.arguments["number"], told.id) == ("A-900", f"hand-in-{visitor.papers[0].id}")
    alone(again)
    take_number(again)
    assert [paper.number for paper in again.papers] == ["A-901"]


def killed_before_the_paper() -> tuple[Visitor, Disk]:
    """Return the next run of a kiosk that was killed while alone: the number was on disk, and nothing was shown yet."""
    visitor, disk = with_numbers()
    alone(visitor)
    disk.is_slow = True
    take_number(visitor)
    disk.work(tells=False)
    assert ([one.held.blank.number for one in disk.box.given], visitor.papers) == (["A-900"], [])
    again = Visitor(reserve=disk)
    again.presenter.recover()
    again.connected().wait(10)
    return again, disk


def test_a_number_that_a_killed_kiosk_had_kept_and_not_begun_to_print_is_handed_in_and_given_up() -> None:
    """Else it would be called, and nobody would come."""
    again, disk = killed_before_the_paper()
    (told,) = again.engine.of("hand_in")
    told.answer(ticket())
    assert disk.box.given, "the next run has to know, until the office has taken it back"
    (failed,) = again.engine.of("printed")
    assert (failed.arguments["outcome"], failed.arguments["reason"]) == ("failed", INTERRUPTED)
    failed.answer(ticket())
    (given_up,) = again.engine.of("cancel")
    assert given_up.arguments == {"ticket": told.arguments["ticket"], "reason": INTERRUPTED}
    given_up.answer(ticket(state="cancelled"))
    assert (disk.box.given, again.papers, again.refused) == ((), [], [])
    alone(again)
    take_number(again)
    assert [paper.number for paper in again.papers] == ["A-901"], "its holder may have seen it for a moment"


def test_a_number_that_nobody_got_and_the_office_refuses_is_no_paper_of_which_staff_are_told() -> None:
    again, disk = killed_before_the_paper()
    (told,) = again.engine.of("hand_in")
    told.refuse("too_late")
    again.engine.of("printed")[0].refuse("unknown_ticket")
    again.engine.of("cancel")[0].refuse("unknown_ticket")
    assert (disk.box.given, again.refused) == ((), [])


@pytest.mark.parametrize("knows", ["the log of papers", "the reserve", "neither, for an older version wrote it"])
def test_a_number_that_may_be_on_paper_is_never_given_up(knows: str) -> None:
    """Also where the log of papers could not be written: whoever holds a paper is called."""
    visitor, disk = with_numbers()
    alone(visitor)
    take_number(visitor)
    kept = json.loads(disk.data)
    assert kept["given"][0].pop("is_begun") is True
    if knows == "the log of papers":
        kept["given"][0]["is_begun"] = False
    left = Disk(disk.data if knows == "the reserve" else json.dumps(kept).encode())
    in_log = {visitor.papers[0].id} if knows == "the log of papers" else set[str]()
    again = Visitor(reserve=left, has_paper=lambda of, copies: of in in_log and copies == 0)
    again.presenter.recover()
    again.connected().wait(10)
    again.engine.of("hand_in")[0].answer(visitor.papers[0])
    again.wait(10)
    assert (left.box.given, again.engine.of("cancel")) == ((), [])


def test_no_number_is_shown_that_is_not_on_disk() -> None:
    visitor, disk = with_numbers()
    alone(visitor)
    disk.is_full = True
    take_number(visitor)
    assert (visitor.screen, visitor.papers) == ("problem", [])
    disk.is_full = False
    visitor.settle()
    visitor.presenter.start_over()
    take_number(visitor)
    assert [paper.number for paper in visitor.papers] == ["A-900"], "nobody has it, and nobody is called by it"
    assert [one.held.blank.number for one in disk.box.given] == ["A-900"]
    visitor.mend()
    visitor.wait(10)
    assert [one.arguments["number"] for one in visitor.engine.of("hand_in")] == ["A-900"]


def test_a_paper_that_the_office_refuses_for_good_is_told_to_staff() -> None:
    visitor, disk = with_numbers()
    alone(visitor)
    take_number(visitor)
    visitor.mend()
    visitor.wait(10)
    (told,) = visitor.engine.of("hand_in")
    told.refuse("unknown_service")
    assert (disk.box.given, visitor.refused) == ((), ["refused, A-900: unknown_service"])


def cut_while_asking() -> tuple[Visitor, KeptShelf, FakeRequest]:
    """Cut the line before a number is answered for, and put it back once one in advance has taken its place."""
    shelf = KeptShelf()
    visitor, _ = with_numbers(shelf=shelf)
    take_number(visitor)
    (asked,) = visitor.issues
    visitor.cut()
    visitor.wait(10)
    visitor.presenter.start_over()
    visitor.mend()
    visitor.wait(1)
    return visitor, shelf, asked


def test_whoever_asked_as_the_line_was_cut_has_a_number_in_advance_within_ten_seconds() -> None:
    visitor, disk = with_numbers()
    take_number(visitor)
    visitor.cut()
    visitor.wait(SLOW_AFTER_S + 0.5)
    page = visitor.page
    assert isinstance(page, IssuingPage)
    assert page.banner is not None
    assert page.banner.title == "Tidak tersambung sejak 09.41"
    visitor.wait(10 - SLOW_AFTER_S)
    assert visitor.screen == "ticket"
    assert [paper.number for paper in visitor.papers] == ["A-900"]
    assert [one.held.blank.number for one in disk.box.given] == ["A-900"]


def test_what_was_asked_for_before_is_given_up_once_the_line_is_back_if_it_was_done() -> None:
    """Else the same visitor stands in the queue twice, and by one of the numbers nobody comes."""
    visitor, shelf, asked = cut_while_asking()
    (again,) = [heard for heard in visitor.engine.heard_again if heard.id == asked.id][-1:]
    assert again.until is not None
    assert again.until <= visitor.now() - dt.timedelta(seconds=10), "it is only asked whether it was done"
    asked.answer(ticket(number="A-012"))
    (failed,) = visitor.engine.of("printed")
    failed.answer(ticket(number="A-012"))
    assert shelf.left(), "the next run has to know, until the office has taken it back"
    (given_up,) = visitor.engine.of("cancel")
    assert given_up.arguments["reason"] == SUPERSEDED
    given_up.answer(ticket(number="A-012", state="cancelled"))
    assert shelf.left() == []
    assert [paper.number for paper in visitor.papers] == ["A-900"], "also while its visitor may still stand there"


def test_what_was_not_done_before_the_line_was_cut_is_not_done_behind_the_number_in_advance() -> None:
    visitor, shelf, asked = cut_while_asking()
    asked.refuse("too_late")
    assert shelf.left() == []
    assert visitor.engine.of("cancel") == []


def test_an_answer_that_comes_before_the_number_in_advance_is_on_disk_counts() -> None:
    visitor, disk = with_numbers()
    take_number(visitor)
    (asked,) = visitor.issues
    visitor.cut()
    disk.is_slow = True
    visitor.wait(10)
    visitor.mend()
    asked.answer(ticket(number="A-012"))
    disk.work()
    assert [paper.number for paper in visitor.papers] == ["A-012"]
    visitor.wait(10)
    (told,) = visitor.engine.of("hand_in")
    told.refuse("already_given")
    visitor.engine.of("printed")[0].refuse("unknown_ticket")
    assert [one.arguments["ticket"] for one in visitor.engine.of("cancel")] == [told.arguments["ticket"]]


def test_whoever_asked_as_the_line_was_cut_and_has_no_number_in_advance_is_soon_sent_to_an_officer() -> None:
    visitor, _ = with_numbers(count=0)
    take_number(visitor)
    visitor.cut()
    visitor.wait(GIVE_UP_CUT_OFF_S - 1)
    assert visitor.screen == "issuing"
    visitor.wait(2)
    assert visitor.screen == "problem"


def test_a_number_that_comes_after_its_visitor_has_left_is_handed_in_and_given_up() -> None:
    visitor, disk = with_numbers()
    alone(visitor)
    disk.is_slow = True
    take_number(visitor)
    visitor.wait(GIVE_UP_AFTER_S + 1)
    visitor.presenter.start_over()
    disk.work()
    assert visitor.papers == []
    visitor.mend()
    visitor.wait(10)
    (told,) = visitor.engine.of("hand_in")
    assert visitor.engine.of("cancel") == []
    told.refuse("already_given")
    visitor.engine.of("printed")[0].refuse("unknown_ticket")
    assert len(visitor.engine.of("cancel")) == 1


def test_a_number_that_comes_late_is_not_given_to_the_next_visitor() -> None:
    visitor, disk = with_numbers()
    alone(visitor)
    disk.is_slow = True
    take_number(visitor)
    visitor.wait(GIVE_UP_AFTER_S + 1)
    visitor.presenter.start_over()
    take_number(visitor)
    disk.work()
    assert [paper.number for paper in visitor.papers] == ["A-901"]
    visitor.mend()
    visitor.wait(10)
    late, own = visitor.engine.of("hand_in")
    assert (late.arguments["number"], own.arguments["number"]) == ("A-900", "A-901")
    late.refuse("already_given")
    visitor.engine.of("printed")[0].refuse("unknown_ticket")
    assert [one.arguments["ticket"] for one in visitor.engine.of("cancel")] == [late.arguments["ticket"]]


def test_what_cannot_be_read_is_kept_aside_and_staff_are_told() -> None:
    """A card that lies: somebody may hold a number that stands in it."""
    visitor, disk = with_numbers()
    alone(visitor)
    take_number(visitor)
    torn = Disk(disk.data[:-30])
    again = Visitor(reserve=torn)
    again.presenter.recover()
    again.connected().wait(10)
    assert (torn.aside, again.refused) == (disk.data[:-30], ["refused, outbox: unreadable"])
    assert torn.box.given == ()


def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    path, writer = tmp_path / "outbox" / "kiosk-1.json", DeviceWorker("outbox", lambda step: step())
    path.mkdir(parents=True)  # as unreadable as a page that the card has lost
    (path / "content").write_text("A-900")
    Visitor(reserve=ReserveFile(path, writer))
    writer.stop()
    assert (tmp_path / "outbox" / "kiosk-1.json.unreadable" / "content").read_text() == "A-900"
    assert not path.exists()


def lent_to(visitor: Visitor) -> set[tuple[str, str]]:
    """Answer all leases with nothing; return for what numbers were asked."""
    places = set[tuple[str, str]]()
    for _ in range(60):
        for request in visitor.engine.of("lease"):
            place = request.arguments["service"], request.arguments["lane"]
            if place not in places:
                places.add(place)
                lend(request, 0)
        visitor.wait(0.5)
    return places


def test_numbers_are_asked_for_as_soon_as_they_are_given_out_and_for_nothing_that_is_closed() -> None:
    visitor = Visitor(reserve=Disk()).connected()
    open_hall = offered(visitor.hall, (PLACE[0], PLACE[1], "closed"))
    visitor.hall = with_hours(open_hall, is_open=False)
    visitor.engine.say(visitor.hall)
    before = len(visitor.engine.of("lease"))
    visitor.wait(400)
    assert len(visitor.engine.of("lease")) == before == 0, "a kiosk that stands in a closed office asks for nothing"
    visitor.hall = open_hall
    visitor.engine.say(visitor.hall)
    everything = {(service.id, lane.id) for service in visitor.offer.services for lane in visitor.offer.lanes}
    assert lent_to(visitor) == everything - {PLACE}


def test_who_was_alone_asks_for_numbers_again_as_soon_as_the_link_is_back() -> None:
    visitor, _ = with_numbers(1)
    alone(visitor)
    take_number(visitor)
    asked = len(visitor.engine.of("lease"))
    visitor.mend()
    visitor.wait(STALE_AFTER_S)
    visitor.engine.of("hand_in")[0].answer(visitor.papers[0])
    assert len(visitor.engine.of("lease")) == asked + 1, "not five minutes later: the cable may be loose"


def test_an_old_picture_is_never_shown_as_new() -> None:
    visitor, _ = with_numbers()
    alone(visitor)
    visitor.settle()
    visitor.presenter.choose_language("id")
    assert "menit" not in repr(visitor.page)
    assert isinstance(visitor.page, ServicesPage)
    assert "lama menunggu belum diketahui" in visitor.page.hint
    assert visitor.shown.footer.connection.startswith("Tidak tersambung sejak")


def test_whoever_has_a_ticket_is_sent_to_an_officer_at_once_and_nothing_is_looked_up() -> None:
    visitor, _ = with_numbers()
    alone(visitor)
    visitor.settle()
    page = visitor.page
    assert isinstance(page, WelcomePage)
    assert visitor.shown.footer.connection.startswith("Tidak tersambung sejak 09.4")
    assert " / Not connected since 9:4" in visitor.shown.footer.connection
    assert page.entry is None
    assert page.scan.splitlines() == [
        "Jika sudah punya tiket, silakan tanya petugas.",
        "If you have a ticket, please ask an officer.",
    ]
    assert visitor.shown.banner == Banner(
        "info",
        "Nomor Anda tetap sah; lama menunggu belum diketahui.\nYour number is valid; the wait is not known now.",
    )
    visitor.presenter.choose_language("en")
    services = visitor.page
    assert isinstance(services, ServicesPage)
    assert services.entry is None
    assert services.hint.endswith("If you have a ticket, please ask an officer.")
    visitor.mend()
    visitor.wait(10)
    online = visitor.page
    assert isinstance(online, ServicesPage)
    assert online.entry is not None


def test_what_has_no_number_left_sends_to_an_officer_and_is_never_called_closed() -> None:
    visitor, _ = with_numbers()
    alone(visitor)
    visitor.settle()
    visitor.presenter.choose_language("en")
    services = visitor.page
    assert isinstance(services, ServicesPage)
    badges = {choice.key: choice.badge for choice in services.choices}
    assert badges.pop(PLACE[0]) == ""
    assert set(badges.values()) == {"Please ask an officer"}
    visitor.settle()
    visitor.presenter.newcomer.choose_service(PLACE[0])
    visitor.settle()
    visitor.presenter.newcomer.go_on()
    lanes = visitor.page
    assert isinstance(lanes, LanePage)
    told = {choice.key: (choice.badge, choice.note) for choice in lanes.choices}
    assert told == {"regular": ("", ""), "priority": ("Please ask an officer", "")}


def test_another_paper_is_offered_only_where_it_can_be_had() -> None:
    visitor, _ = with_numbers()
    alone(visitor)
    take_number(visitor)
    visitor.presenter.printed(news("unconfirmed", ticket=visitor.papers[0].id, number=visitor.papers[0].number))
    assert isinstance(visitor.page, TicketPage)
    assert visitor.page.again is None


def test_a_number_of_the_reserve_says_that_its_turn_is_not_its_size() -> None:
    visitor, _ = with_numbers()
    alone(visitor)
    take_number(visitor)
    assert isinstance(visitor.page, TicketPage)
    (fact,) = visitor.page.facts
    assert fact == ("Waktu tunggu belum diketahui", "Giliran Anda dihitung sejak pukul 09.41, berapa pun nomornya.")
    said = read_out(ticket_receipt(visitor.papers[0], visitor.offer, words_of("kiosk", ("id",))("id"), columns=48))
    assert fact[1] in said


def test_an_office_whose_days_are_ahead_is_of_today_and_over_at_midnight() -> None:
    """After a clock was ahead by days and is right again, days stay ahead (decision 18)."""
    visitor, _ = with_numbers()
    assert visitor.engine.hall is not None
    ahead = visitor.engine.hall.day + dt.timedelta(days=3)
    visitor.engine.say(visitor.engine.hall.model_copy(update={"day": ahead}))
    alone(visitor)
    take_number(visitor)
    assert visitor.screen == "ticket"
    visitor.wait((dt.timedelta(days=1) - dt.timedelta(hours=NOW.hour)).total_seconds(), step=600.0)
    assert visitor.screen == "offline"


# -- started while nobody can be reached ------------------------------------------------------------------------------


def known_by(visitor: Visitor) -> tuple[OfficeMessage, HallMessage]:
    """Return what a run knew of its office."""
    return visitor.offer, visitor.hall.model_copy(update={"at": visitor.now(), "retained": True})


def started_alone(disk: Disk, before: Visitor, boot: str = "the machine's first start") -> Visitor:
    """Start a kiosk anew that reaches nobody, as what a run before it knew counts in that start of the machine."""
    again = Visitor(reserve=disk, boot=boot)
    is_same = boot == "the machine's first start"
    again.presenter.remember(known_by(before) if is_same else None, None if is_same else "restarted")
    again.presenter.recover()
    again.presenter.tick()
    return again


def test_a_kiosk_that_is_started_while_nobody_can_be_reached_goes_on_with_its_next_number() -> None:
    visitor, disk = with_numbers()
    alone(visitor)
    take_number(visitor)
    again = started_alone(disk, visitor)
    assert again.screen == "offline", "it may be reached in a moment"
    again.wait(STARTING_S + 1)
    assert again.screen == "language"
    take_number(again)
    assert [paper.number for paper in again.papers] == ["A-901"]
    again.presenter.start_over()
    again.connected().wait(10)
    assert [one.arguments["number"] for one in again.engine.of("hand_in")] == ["A-900", "A-901"]


def test_a_machine_that_was_started_anew_gives_no_number_of_before_and_says_why() -> None:
    """Its disk may be of an older image, or have lost what it had confirmed: somebody may hold what looks free."""
    visitor, disk = with_numbers()
    image = Disk(disk.data)
    alone(visitor)
    take_number(visitor)
    again = started_alone(image, visitor, boot="the machine's second start")
    again.wait(STARTING_S + 1)
    assert again.screen == "offline"
    assert isinstance(again.page, OfflinePage)
    assert again.page.words[0][1].startswith(
        "Silakan minta nomor kepada petugas. Untuk petugas: mesin kios baru dinyalakan"
    )
    again.connected().wait(10)
    alone(again)
    assert again.screen == "offline"
    (back,) = again.engine.of("give_back")
    assert len(back.arguments["tickets"]) == 2
    assert image.box.held == ()


def test_an_older_image_asks_for_no_lease_again_whose_numbers_may_be_on_paper() -> None:
    visitor = Visitor(reserve=(disk := Disk())).connected()
    visitor.wait(1)
    (asked,) = visitor.engine.of("lease")
    image = Disk(disk.data)
    assert [one.id for one in image.box.asked] == [asked.id]
    again = Visitor(reserve=image, boot="the machine's second start")
    again.presenter.recover()
    again.connected().wait(1)
    assert asked.id not in [one.id for one in again.engine.of("lease")]


def test_what_was_known_counts_while_the_machine_runs_and_tells_the_time_whatever_its_clock_says(
    tmp_path: Path,
) -> None:
    path, writer = tmp_path / "kiosk-1.office.json", DeviceWorker("print-log", lambda step: step())
    first = KnownOffice(path, writer, boot="one", since_boot_s=lambda: 100.0)
    assert (first.found, first.unknown, first.now()) == (None, "never", None)
    visitor = Visitor()
    first.keep(visitor.offer, visitor.hall, NOW)
    writer.stop()
    second = KnownOffice(path, writer, boot="one", since_boot_s=lambda: 160.0)
    assert second.found is not None
    office, hall = second.found
    assert (office, hall.retained, hall.counters, hall.waiting) == (visitor.offer, True, (), visitor.hall.waiting)
    assert (second.unknown, second.now()) == (None, NOW + dt.timedelta(seconds=60))
    for boot in ("two", ""):
        other = KnownOffice(path, writer, boot=boot)
        assert (other.found, other.unknown, other.now()) == (None, "restarted", None)
    path.write_text("{", encoding="utf-8")
    assert KnownOffice(path, writer, boot="one").unknown == "never"


def test_of_yesterday_nothing_is_given_out_by_what_was_known() -> None:
    visitor, disk = with_numbers()
    again = Visitor(reserve=disk)
    office, hall = known_by(visitor)
    again.presenter.remember((office, hall.model_copy(update={"at": hall.at - dt.timedelta(days=1)})), None)
    again.wait(STARTING_S + 1)
    assert again.screen == "offline"

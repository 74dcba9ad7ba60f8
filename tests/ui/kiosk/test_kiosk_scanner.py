"""A ticket's code held to the scanner: at every step of a visit, and whatever else may be held there."""

from __future__ import annotations

import uuid

import pytest

from broker.config.web import Wifi
from broker.domain.identity import qr_text
from kiosk.pages.page import FoundPage, NumberPage, ServicesPage, WelcomePage
from kiosk.visit.returning import ticket_code
from kiosk.visit.steps import FOREIGN_NOTICE_S, SETTLE_S
from kiosk.visit.touches import touch
from tests.ui.kiosk.kiosk_samples import office, ticket
from tests.ui.kiosk.kiosk_visitor import IDLE_S, FakeRequest, Visitor, with_languages

TICKET = "6f1c1f0e-0000-4000-8000-000000000012"
CODE = qr_text(TICKET)
FOREIGN = "https://contoh.id/menu"
KEY = "Q7ZK2AYW5MMB4CEX"
BOTH = "Kode ini bukan tiket kantor ini\nThis code is not a ticket of this office"


class WithScanner(Visitor):
    """Stands before a kiosk that has a scanner."""

    def scan(self, text: str = CODE) -> WithScanner:
        """Hold a code to the scanner."""
        self.presenter.returning.scanned(text)
        return self

    @property
    def lookups(self) -> list[FakeRequest]:
        """Return what was looked up."""
        return self.engine.of("lookup")

    @property
    def keypad(self) -> NumberPage:
        """Return the keypad."""
        assert isinstance(self.page, NumberPage)
        return self.page

    @property
    def banner(self) -> str | None:
        """Return the title of the remark on the screen."""
        return None if self.shown.banner is None else self.shown.banner.title


@pytest.fixture
def visitor() -> WithScanner:
    made = WithScanner(has_scanner=True)
    made.connected()
    return made


# -- what a code is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [CODE, CODE.lower(), f" {CODE} ", f"]Q1{CODE}"],
)
def test_a_code_of_the_engine_is_known_however_the_scanner_spells_it(text: str) -> None:
    assert ticket_code(text) == CODE


@pytest.mark.parametrize(
    "text",
    [
        f"HTTP://ANTRIAN.LAN/T/{KEY}",
        f"http://antrian.lan/t/{KEY.lower()}",
        f"]Q1HTTPS://192.168.1.10:8443/T/{KEY}",
        f" {KEY} ",
    ],
)
def test_the_link_of_a_ticket_s_page_is_known_by_its_key(text: str) -> None:
    assert ticket_code(text) == KEY


def test_every_ticket_of_the_engine_is_known() -> None:
    bare = [qr_text(str(uuid.UUID(int=bits))) for bits in (0, 1, 2**128 - 1, 2**127, 12345678901234567890)]
    codes = [*bare, *(f"{code}{check}" for code in bare for check in ("0417", "9999"))]
    assert [ticket_code(code) for code in codes] == codes


@pytest.mark.parametrize("text", ["", FOREIGN, CODE[:-1], CODE + "A", CODE.replace("A", "1"), "ANTREAN-", "A-012"])
def test_anything_else_is_no_ticket(text: str) -> None:
    assert ticket_code(text) is None


# -- a ticket ---------------------------------------------------------------------------------------------------------


def test_a_ticket_held_to_the_scanner_at_the_start_shows_how_it_stands_in_its_own_language(
    visitor: WithScanner,
) -> None:
    visitor.scan()
    assert visitor.screen == "requesting"
    assert visitor.lookups[0].arguments == {"ticket": CODE}
    visitor.lookups[0].answer(ticket(state="no_show", counter="counter-3", language="en"))
    assert isinstance(visitor.page, FoundPage)
    assert visitor.page.state.title == "Your number was called"
    assert [choice.key for choice in visitor.page.choices] == ["rejoin", "reprint", "cancel", "done"]


@pytest.mark.parametrize(("errand", "target"), [("reprint", "do:reprint"), ("rejoin", "do:rejoin")])
def test_what_is_done_with_a_scanned_ticket_is_done_with_the_ticket_that_was_found(
    visitor: WithScanner, errand: str, target: str
) -> None:
    visitor.scan().lookups[0].answer(ticket(state="no_show", counter="counter-3"), is_holder=True)
    visitor.settle()
    touch(visitor.presenter, target)
    assert visitor.engine.of(errand)[0].arguments == {"ticket": CODE}


def test_a_scanned_ticket_can_be_given_up(visitor: WithScanner) -> None:
    visitor.scan().lookups[0].answer(ticket(), is_holder=True)
    for target in ("do:cancel", "confirm:yes"):
        visitor.settle()
        touch(visitor.presenter, target)
    assert visitor.engine.of("cancel")[0].arguments == {"ticket": CODE}


def test_a_code_that_says_too_little_shows_the_ticket_and_the_check_code_is_asked_for(visitor: WithScanner) -> None:
    visitor.scan().lookups[0].answer(ticket(), is_holder=False)
    visitor.settle()
    touch(visitor.presenter, "do:cancel")
    assert visitor.screen == "code"
    for target in (*(f"key:{digit}" for digit in "0417"), "find"):
        visitor.settle()
        touch(visitor.presenter, target)
    assert visitor.lookups[1].arguments == {"ticket": CODE, "check": "0417"}


def test_the_code_of_the_paper_may_be_held_to_the_scanner_instead_of_typed(visitor: WithScanner) -> None:
    visitor.scan().lookups[0].answer(ticket(), is_holder=False)
    visitor.settle()
    touch(visitor.presenter, "do:cancel")
    visitor.scan(f"{CODE}0417")
    assert visitor.lookups[1].arguments == {"ticket": f"{CODE}0417"}
    visitor.lookups[1].answer(ticket(), is_holder=True)
    visitor.settle()
    touch(visitor.presenter, "do:cancel")
    assert visitor.screen == "confirm"


def test_it_is_taken_from_the_services_and_from_the_keypad_too_in_the_language_chosen_there(
    visitor: WithScanner,
) -> None:
    touch(visitor.presenter, "language:en")
    visitor.scan().lookups[0].answer(ticket(language="id"))
    assert visitor.shown.header.language == "en"
    visitor.presenter._flow.begin_anew()
    visitor.settle()
    touch(visitor.presenter, "have_ticket")
    touch(visitor.presenter, "key:B")
    visitor.scan()
    assert visitor.lookups[1].arguments == {"ticket": CODE}


def test_the_next_visitor_may_scan_while_the_last_ones_ticket_still_stands_there(visitor: WithScanner) -> None:
    touch(visitor.presenter, "language:id")
    visitor.scan().lookups[0].answer(ticket())
    other = qr_text(str(uuid.UUID(int=7)))
    visitor.scan(other)
    assert visitor.lookups[1].arguments == {"ticket": other}
    visitor.lookups[1].answer(ticket(number="B-001", language="en"))
    assert isinstance(visitor.page, FoundPage)
    assert (visitor.page.number, visitor.shown.header.language) == ("B-001", "en")


def test_a_lookup_that_takes_long_can_be_left_for_the_keypad(visitor: WithScanner) -> None:
    visitor.scan().settle()
    touch(visitor.presenter, "back")
    assert visitor.lookups[0].is_cancelled
    assert visitor.screen == "number"
    for key in "A12":
        touch(visitor.presenter, f"key:{key}")
    visitor.settle()
    touch(visitor.presenter, "find")
    assert visitor.lookups[1].arguments == {"ticket": "A-012"}


def test_a_refusal_that_may_pass_asks_for_the_same_code_again(visitor: WithScanner) -> None:
    visitor.scan().lookups[0].refuse("not_ready")
    visitor.settle()
    touch(visitor.presenter, "way:again")
    assert visitor.lookups[1].arguments == {"ticket": CODE}


def test_an_impatient_hand_asks_once(visitor: WithScanner) -> None:
    visitor.scan().scan().scan()
    assert len(visitor.lookups) == 1


# -- whoever else is there ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["requirements", "lane", "issuing", "ticket"])
def test_a_scan_does_not_disturb_a_visitor_on_the_way_to_a_number(visitor: WithScanner, step: str) -> None:
    visitor.go(step)
    before = visitor.shown
    visitor.scan().scan(FOREIGN)
    assert visitor.shown == before
    assert visitor.lookups == []


def test_a_scan_does_not_disturb_who_is_asked_whether_to_give_up_a_ticket(visitor: WithScanner) -> None:
    visitor.scan().lookups[0].answer(ticket(), is_holder=True)
    visitor.settle()
    touch(visitor.presenter, "do:cancel")
    visitor.scan(qr_text(str(uuid.UUID(int=7))))
    assert visitor.screen == "confirm"


def test_a_scan_without_connection_begins_nothing(visitor: WithScanner) -> None:
    visitor.cut()
    visitor.scan().scan(FOREIGN)
    assert visitor.screen == "offline"
    visitor.mend()
    assert (visitor.screen, visitor.lookups) == ("language", [])


# -- other codes ------------------------------------------------------------------------------------------------------


def test_a_foreign_code_gets_a_calm_sentence_in_every_language_for_a_while(visitor: WithScanner) -> None:
    visitor.scan(FOREIGN)
    assert (visitor.screen, visitor.banner, visitor.lookups) == ("language", BOTH, [])
    visitor.wait(FOREIGN_NOTICE_S)
    assert visitor.banner is None


def test_the_sentence_goes_with_the_next_screen(visitor: WithScanner) -> None:
    visitor.scan(FOREIGN)
    touch(visitor.presenter, "language:en")
    assert (visitor.screen, visitor.banner) == ("service", None)
    visitor.scan(FOREIGN)
    assert visitor.banner == "This code is not a ticket of this office"


def test_at_the_keypad_it_stands_where_a_wrong_number_would_be_told(visitor: WithScanner) -> None:
    touch(visitor.presenter, "have_ticket")
    visitor.scan(FOREIGN)
    assert visitor.keypad.banner is not None
    assert (visitor.keypad.banner.title, visitor.banner) == ("Kode ini bukan tiket kantor ini", None)


def test_a_ticket_that_the_engine_does_not_know_is_not_one_of_today(visitor: WithScanner) -> None:
    visitor.scan().lookups[0].refuse("unknown_ticket")
    assert visitor.screen == "language"
    assert visitor.banner == "Ini bukan tiket hari ini\nThis is not a ticket of today"
    visitor.settle()
    touch(visitor.presenter, "language:en")
    visitor.scan().lookups[1].refuse("unknown_ticket")
    assert visitor.keypad.banner is not None
    assert visitor.keypad.banner.title == "This is not a ticket of today"
    assert "on its own day" in visitor.keypad.banner.text


def test_a_link_of_today_opens_its_ticket_for_its_holder(visitor: WithScanner) -> None:
    visitor.scan(f"http://antrian.lan/t/{KEY.lower()}").lookups[0].answer(ticket(), is_holder=True)
    for target in ("do:cancel", "confirm:yes"):
        visitor.settle()
        touch(visitor.presenter, target)
    assert visitor.engine.of("cancel")[0].arguments == {"ticket": KEY}


def test_whoever_holds_the_code_of_the_wifi_to_the_scanner_is_told_of_the_other_one(visitor: WithScanner) -> None:
    touch(visitor.presenter, "language:en")
    visitor.scan(Wifi(name="Tamu", password="imigrasi;2026").qr)  # noqa: S106 - nobody's
    assert (visitor.banner, visitor.lookups) == ("This code is for the Wi-Fi", [])


def test_a_foreign_code_does_not_hide_a_ticket_that_is_looked_at(visitor: WithScanner) -> None:
    visitor.scan().lookups[0].answer(ticket())
    before = visitor.shown
    visitor.scan(FOREIGN)
    assert visitor.shown == before


def test_a_scan_shows_that_somebody_is_there(visitor: WithScanner) -> None:
    touch(visitor.presenter, "have_ticket")
    visitor.wait(IDLE_S - 1)
    visitor.scan(FOREIGN)
    visitor.wait(SETTLE_S + 2)
    assert visitor.shown.warning is None


# -- what the screens say of it ---------------------------------------------------------------------------------------

HINTS = [
    "Anda juga dapat mengarahkan kode pada tiket ke pemindai.",
    "You can also hold the code of your ticket to the scanner.",
]


@pytest.mark.parametrize("has_scanner", [True, False])
def test_the_start_and_the_keypad_tell_of_a_scanner_only_where_there_is_one(
    has_scanner: bool,  # noqa: FBT001 - the one thing that differs
) -> None:
    visitor = WithScanner(has_scanner=has_scanner)
    visitor.connected()
    assert isinstance(visitor.page, WelcomePage)
    assert visitor.page.scan == ("\n".join(HINTS) if has_scanner else "")
    touch(visitor.presenter, "have_ticket")
    assert visitor.keypad.hint.endswith(HINTS[0]) == has_scanner


def test_while_the_scanner_is_unplugged_nobody_is_asked_to_use_it() -> None:
    visitor = WithScanner(has_scanner=True)
    visitor.connected()
    visitor.presenter.scanner_changed(is_there=False)
    assert isinstance(visitor.page, WelcomePage)
    assert visitor.page.scan == ""
    visitor.presenter.scanner_changed(is_there=True)
    assert visitor.page.scan == "\n".join(HINTS)


def test_an_office_of_one_language_tells_of_it_beside_its_services() -> None:
    visitor = WithScanner(with_languages(office(), "en"), has_scanner=True)
    visitor.connected()
    assert isinstance(visitor.page, ServicesPage)
    assert visitor.page.entry is not None
    assert visitor.page.entry.subtitle == HINTS[1]

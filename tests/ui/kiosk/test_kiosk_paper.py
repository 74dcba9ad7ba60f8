"""What a visitor is told about the paper, before it and after it; and when another one is offered."""

from __future__ import annotations

import pytest

from broker.contract.messages import ErrorCode
from hardware.ports import PrinterState
from kiosk.pages.page import Banner, FoundPage, TicketPage
from kiosk.paper.news import PrintersHealth, PrintOutcome
from kiosk.visit.requests import MOST_UNDER_WAY
from kiosk.visit.steps import MAX_COPIES, PAPER_PATIENCE_S
from kiosk.visit.touches import touch
from tests.ui.kiosk.kiosk_samples import news, ticket
from tests.ui.kiosk.kiosk_visitor import Visitor


class WithPaper(Visitor):
    """A visitor before the ticket's page."""

    @property
    def ticket_page(self) -> TicketPage:
        """Return the ticket's page, which must stand there."""
        assert isinstance(self.page, TicketPage)
        return self.page

    @property
    def banner(self) -> Banner | None:
        """Return the remark on top of the page."""
        return self.shown.banner

    def offers_paper(self) -> bool:
        """Tell whether the ticket can be printed again."""
        return self.ticket_page.again is not None

    def printers(self, *states: PrinterState, low: bool = False) -> None:
        """Let the printers say how they are."""
        self.presenter.printers_changed(PrintersHealth(states, is_paper_low=low))

    def reprinted(self, copies: int) -> None:
        """Let the engine allow another paper."""
        self.engine.of("reprint")[-1].answer(ticket().model_copy(update={"copies": copies}))
        self.settle()


@pytest.fixture
def visitor() -> WithPaper:
    made = WithPaper()
    made.connected()
    return made


def at_ticket(visitor: WithPaper) -> WithPaper:
    visitor.go("ticket")
    return visitor


def test_before_anybody_chooses_it_is_said_in_every_language_that_there_is_no_paper(visitor: WithPaper) -> None:
    visitor.printers("paper_out")
    banner = visitor.banner
    assert banner is not None
    assert banner.tone == "info"
    assert banner.title.splitlines() == [
        "Tanpa kertas: nomor Anda tampil di sini",
        "No paper now: your number is shown here",
    ]
    visitor.printers("ready")
    assert visitor.shown.banner is None


@pytest.mark.parametrize("states", [("ready",), ("paper_low",), ("unknown",), ("paper_out", "ready")])
def test_nothing_is_said_while_any_printer_can_print(visitor: WithPaper, states: tuple[PrinterState, ...]) -> None:
    visitor.printers(*states)
    assert visitor.shown.banner is None


@pytest.mark.parametrize(
    ("states", "low", "sign"),
    [
        (("ready",), False, ""),
        (("paper_low",), True, "Kertas hampir habis"),
        (("ready",), True, "Kertas hampir habis"),
        (("ready", "cover_open"), False, "Printer terbuka"),
        (("paper_out",), False, "Kertas habis"),
    ],
)
def test_staff_see_a_small_sign(visitor: WithPaper, states: tuple[PrinterState, ...], low: bool, sign: str) -> None:  # noqa: FBT001 - from the table
    visitor.printers(*states, low=low)
    assert visitor.shown.footer.staff == sign


TROUBLES: list[tuple[PrinterState, str, str]] = [
    ("paper_out", "Kertas printer habis", "The printer has no paper"),
    ("cover_open", "Tutup printer terbuka", "The printer is open"),
    ("cutter_error", "Kertas tersangkut di printer", "The paper is stuck in the printer"),
    ("offline", "Printer tidak merespons", "The printer does not answer"),
]


@pytest.mark.parametrize(("trouble", "indonesian", "english"), TROUBLES)
def test_the_trouble_is_named_and_the_number_holds(
    visitor: WithPaper, trouble: PrinterState, indonesian: str, english: str
) -> None:
    at_ticket(visitor).printers(trouble)
    visitor.presenter.printed(news("failed", trouble=trouble))
    assert (visitor.ticket_page.paper.title, visitor.ticket_page.again) == (indonesian, None)
    assert "tetap berlaku" in visitor.ticket_page.paper.text
    touch(visitor.presenter, "switch:en")
    assert visitor.ticket_page.paper.title == english
    assert "valid without paper" in visitor.ticket_page.paper.text


@pytest.mark.parametrize(
    ("outcome", "code"), [("confirmed", ""), ("unconfirmed", "Kode 0417"), ("failed", "Kode 0417")]
)
def test_the_check_code_stands_beside_the_number_where_no_paper_tells_it(
    visitor: WithPaper, outcome: PrintOutcome, code: str
) -> None:
    visitor.go("issuing").issues[0].answer(ticket(check="0417"))
    assert visitor.ticket_page.code == ""
    visitor.presenter.printed(news(outcome))
    assert visitor.ticket_page.code == code
    assert ("nomor dan kode" in visitor.ticket_page.paper.text) == (outcome == "failed")


def test_who_got_a_confirmed_paper_is_not_asked(visitor: WithPaper) -> None:
    at_ticket(visitor).presenter.printed(news("confirmed"))
    assert (visitor.ticket_page.again, visitor.ticket_page.done.title) == (None, "Selesai")


def test_who_may_have_no_paper_is_asked_and_can_say_no(visitor: WithPaper) -> None:
    at_ticket(visitor).presenter.printed(news("unconfirmed"))
    assert visitor.ticket_page.paper.title == "Apakah tiket Anda keluar?"
    assert visitor.ticket_page.done.title == "Ya, sudah saya ambil"
    assert visitor.ticket_page.again is not None
    touch(visitor.presenter, "print_again")
    visitor.reprinted(copies=1)
    assert [(paper.number, paper.copies) for paper in visitor.papers] == [("A-012", 0), ("A-012", 1)]
    assert visitor.ticket_page.paper.tone == "info"


def test_who_says_yes_is_done(visitor: WithPaper) -> None:
    at_ticket(visitor).presenter.printed(news("unconfirmed"))
    touch(visitor.presenter, "done")
    assert visitor.screen == "language"
    assert visitor.engine.of("reprint") == []


def test_a_failed_paper_can_be_printed_when_the_printer_is_well_again(visitor: WithPaper) -> None:
    at_ticket(visitor).printers("paper_out")
    visitor.presenter.printed(news("failed", trouble="paper_out"))
    assert not visitor.offers_paper()
    visitor.printers("ready")
    assert visitor.offers_paper()
    touch(visitor.presenter, "print_again")
    assert [made.arguments for made in visitor.engine.of("reprint")] == [{"ticket": ticket().id}]


def test_after_some_copies_an_officer_is_needed(visitor: WithPaper) -> None:
    at_ticket(visitor).presenter.printed(news("unconfirmed"))
    for copies in range(1, MAX_COPIES + 1):
        touch(visitor.presenter, "print_again")
        visitor.reprinted(copies)
        visitor.presenter.printed(news("unconfirmed", copies=copies))
    assert visitor.ticket_page.again is None


def test_a_silent_printer_may_still_print_so_no_second_paper_is_offered(visitor: WithPaper) -> None:
    at_ticket(visitor).wait(PAPER_PATIENCE_S)
    assert (visitor.ticket_page.paper.tone, visitor.ticket_page.again) == ("warn", None)
    touch(visitor.presenter, "print_again")
    assert visitor.engine.of("reprint") == []


def test_the_word_on_an_earlier_copy_says_nothing_of_the_present_one(visitor: WithPaper) -> None:
    at_ticket(visitor).presenter.printed(news("unconfirmed"))
    touch(visitor.presenter, "print_again")
    visitor.reprinted(copies=1)
    visitor.presenter.printed(news("failed", copies=0))
    assert visitor.ticket_page.title == "Tiket Anda sedang dicetak"


@pytest.mark.parametrize(("language", "words"), [("id", "printer kedua"), ("en", "the second printer")])
def test_the_second_printer_is_named(visitor: WithPaper, language: str, words: str) -> None:
    at_ticket(visitor).presenter.printed(news("confirmed", by_spare=True))
    touch(visitor.presenter, f"switch:{language}")
    assert visitor.ticket_page.title.endswith(words)


@pytest.mark.parametrize("code", ["storage_failed", "not_ready", "too_many"])
def test_a_report_that_is_refused_for_now_is_sent_again_until_the_engine_has_it(
    visitor: WithPaper, code: ErrorCode
) -> None:
    acknowledged: list[str] = []
    visitor.presenter.printed(news("confirmed", acknowledge=lambda: acknowledged.append("yes")))
    for times in range(1, 4):
        visitor.engine.of("printed")[-1].refuse(code)
        assert (len(visitor.engine.of("printed")), acknowledged) == (times, [])
        visitor.wait(2**times)
    last = visitor.engine.of("printed")[-1]
    assert (last.arguments, len(visitor.engine.of("printed"))) == (visitor.engine.of("printed")[0].arguments, 4)
    last.answer(ticket())
    visitor.wait(120)
    assert (len(visitor.engine.of("printed")), acknowledged) == (4, ["yes"])


def test_a_report_that_is_refused_for_good_is_logged_and_ticked_off(
    visitor: WithPaper, caplog: pytest.LogCaptureFixture
) -> None:
    acknowledged: list[str] = []
    visitor.presenter.printed(news("confirmed", acknowledge=lambda: acknowledged.append("yes")))
    assert acknowledged == []
    visitor.engine.of("printed")[0].refuse("unknown_ticket")
    assert acknowledged == ["yes"]
    assert [record.levelname for record in caplog.records if "refused for good" in record.message] == ["ERROR"]


def test_what_became_of_two_papers_of_a_ticket_is_reported_in_order(visitor: WithPaper) -> None:
    visitor.presenter.printed(news("unconfirmed"))
    visitor.presenter.printed(news("confirmed", copies=1))
    visitor.engine.of("printed")[0].refuse("storage_failed")
    visitor.wait(2)
    visitor.engine.of("printed")[1].answer(ticket())
    outcomes = [made.arguments["outcome"] for made in visitor.engine.of("printed")]
    assert outcomes == ["unconfirmed", "unconfirmed", "confirmed"]


def test_after_a_long_outage_the_engine_hears_a_few_reports_at_a_time(visitor: WithPaper) -> None:
    for number in range(20):
        visitor.presenter.printed(news("confirmed", ticket=f"ticket-{number}"))
    assert len(visitor.engine.of("printed")) == MOST_UNDER_WAY
    for number in range(20):
        visitor.engine.of("printed")[number].answer(ticket())
    assert [made.arguments["ticket"] for made in visitor.engine.of("printed")] == [f"ticket-{n}" for n in range(20)]


def test_a_paper_that_comes_after_a_restart_is_told_to_whoever_stands_there(visitor: WithPaper) -> None:
    visitor.presenter.printed(news("confirmed", is_late=True))
    assert visitor.shown.banner is not None
    assert "A-012" in visitor.shown.banner.title


def test_no_reprint_is_offered_where_nothing_can_print(visitor: WithPaper) -> None:
    visitor.printers("offline")
    visitor.presenter.returning.begin()
    visitor.settle()
    for key in "A12":
        visitor.presenter.returning.press(key)
    visitor.presenter.returning.find()
    visitor.engine.of("lookup")[0].answer(ticket())
    visitor.settle()
    assert visitor.screen == "found"
    page = visitor.page
    assert isinstance(page, FoundPage)
    assert [choice.key for choice in page.choices] == ["cancel", "more", "done"]

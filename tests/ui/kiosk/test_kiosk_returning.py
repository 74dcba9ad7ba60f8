"""Whoever has a ticket: type its number, see how it stands, print, come back, cancel; and all that can go astray."""

from __future__ import annotations

import pytest

from broker.contract.messages import ErrorCode, TicketState
from kiosk.pages.page import (
    ConfirmPage,
    FoundPage,
    IssuingPage,
    MorePage,
    NumberPage,
    ProblemPage,
    TicketPage,
    WelcomePage,
)
from kiosk.visit import typed_number
from kiosk.visit.steps import GIVE_UP_AFTER_S, SLOW_AFTER_S, WARNING_S
from kiosk.visit.touches import touch
from tests.ui.kiosk.kiosk_samples import calling, news, office, ticket
from tests.ui.kiosk.kiosk_visitor import IDLE_S, FakeRequest, Visitor, with_lanes, with_languages

CODE = "0417"
BY_ID = {"ticket": ticket().id, "check": CODE}


class HolderOfATicket(Visitor):
    """Stands before a kiosk with a ticket in the hand."""

    def type(self, number: str) -> HolderOfATicket:
        """Say at the first screen that there is a ticket, and type its number."""
        touch(self.presenter, "have_ticket")
        self.settle()
        for key in number.replace("-", ""):
            touch(self.presenter, f"key:{key}")
        return self

    def find(self, state: TicketState = "waiting", number: str = "A-012", language: str = "id") -> HolderOfATicket:
        """Look a ticket up that stands so."""
        self.type(number)
        touch(self.presenter, "find")
        counter = None if state in {"waiting", "cancelled"} else "counter-3"
        self.asked("lookup").answer(ticket(number=number, state=state, counter=counter, language=language))
        self.settle()
        return self

    def code(self, digits: str) -> HolderOfATicket:
        """Type what stands on the paper."""
        self.do(*(f"key:{digit}" for digit in digits), "find")
        return self

    def want(self, errand: str) -> HolderOfATicket:
        """Want something done with the ticket that was found, and type its code."""
        found = self.presenter._flow.visit.ticket
        assert found is not None
        self.do(f"do:{errand}").code(CODE)
        self.asked("lookup").answer(found, is_holder=True)
        self.settle()
        return self

    def do(self, *targets: str) -> HolderOfATicket:
        """Touch one after the other, each when the screen has settled."""
        for target in targets:
            touch(self.presenter, target)
            self.settle()
        return self

    def asked(self, command: str) -> FakeRequest:
        """Return the last request of this kind."""
        return self.engine.of(command)[-1]

    @property
    def number(self) -> NumberPage:
        """Return the typed_number."""
        assert isinstance(self.page, NumberPage)
        return self.page

    @property
    def found(self) -> FoundPage:
        """Return the ticket as it is shown."""
        assert isinstance(self.page, FoundPage)
        return self.page

    @property
    def problem(self) -> ProblemPage:
        """Return what went wrong."""
        assert isinstance(self.page, ProblemPage)
        return self.page


@pytest.fixture
def holder() -> HolderOfATicket:
    visitor = HolderOfATicket()
    visitor.connected()
    return visitor


# -- the keypad -------------------------------------------------------------------------------------------------------

TYPED = [
    ("A-012", "A-012", "A-012"),
    ("A12", "A-12", "A-012"),
    ("AP3", "AP-3", "AP-003"),
    ("AP1003", "AP-1003", "AP-1003"),
    ("J7", "J-7", "J-007"),
    ("12A4", "A-4", "A-004"),
    ("AB4", "A-4", "A-004"),
    ("PA1", "A-1", "A-001"),
    ("A12345", "A-1234", "A-1234"),
    ("A1P2", "A-12", "A-012"),
]


@pytest.mark.parametrize(("keys", "shown", "asked"), TYPED)
def test_what_is_typed_becomes_the_number_on_the_paper(
    holder: HolderOfATicket, keys: str, shown: str, asked: str
) -> None:
    holder.type(keys)
    assert holder.number.typed == shown
    touch(holder.presenter, "find")
    assert holder.asked("lookup").arguments == {"ticket": asked}


@pytest.mark.parametrize(
    ("typed", "open_keys"),
    [
        ("", "ABCDEFGHJ"),
        ("A", "P0123456789"),
        ("AP", "0123456789"),
        ("A1", "0123456789"),
        ("A1234", ""),
    ],
)
def test_only_keys_that_can_follow_can_be_touched(holder: HolderOfATicket, typed: str, open_keys: str) -> None:
    page = holder.type(typed).number
    keys = [choice for choice in (*page.letters, *page.digits) if choice.key != "erase"]
    assert {choice.key for choice in keys if choice.is_available} == set(open_keys)
    assert page.find.is_available == (len(typed_number.split(typed)[1]) > 0)


def test_an_office_whose_lanes_all_have_letters_wants_both_of_them() -> None:
    offer = office()
    lanes = tuple(lane.model_copy(update={"letter": lane.letter or "R"}) for lane in offer.lanes)
    offer = offer.model_copy(update={"lanes": lanes})
    assert not typed_number.fits(offer, "A", "1")
    assert typed_number.fits(offer, "AR", "1")


def test_the_last_key_can_be_taken_back(holder: HolderOfATicket) -> None:
    holder.type("AP1").do("erase", "erase")
    assert holder.number.typed == "A"
    holder.do("erase", "erase")
    assert holder.number.typed == ""


def test_an_unfinished_number_is_not_looked_up(holder: HolderOfATicket) -> None:
    holder.type("AP").do("find")
    assert holder.engine.requests == []


def test_a_number_that_is_not_there_stays_typed_with_what_to_do(holder: HolderOfATicket) -> None:
    holder.type("A099")
    touch(holder.presenter, "find")
    holder.asked("lookup").refuse("unknown_ticket")
    assert holder.number.banner is not None
    assert holder.number.banner.title == "A-099 tidak ditemukan"
    assert holder.number.typed == "A-099"
    holder.do("erase")
    assert holder.number.banner is None


def test_the_first_screen_offers_it_in_every_language(holder: HolderOfATicket) -> None:
    assert isinstance(holder.page, WelcomePage)
    assert holder.page.entry is not None
    assert (holder.page.entry.title, holder.page.entry.subtitle) == ("Saya sudah punya tiket", "I have a ticket")


def test_an_office_of_one_language_offers_it_beside_its_services() -> None:
    visitor = HolderOfATicket(with_languages(office(), "id"))
    visitor.connected()
    assert visitor.screen == "service"
    assert visitor.type("A1").screen == "number"


# -- how it stands ----------------------------------------------------------------------------------------------------

STATES: list[tuple[TicketState, str, list[str]]] = [
    ("waiting", "Anda masih dalam antrean", ["reprint", "cancel", "more", "done"]),
    ("called", "Giliran Anda: silakan menuju loket 3", ["reprint", "done"]),
    ("serving", "Anda sedang dilayani di loket 3", ["reprint", "done"]),
    ("held", "Tiket Anda disimpan sementara oleh petugas", ["reprint", "cancel", "more", "done"]),
    ("no_show", "Nomor Anda sudah dipanggil", ["rejoin", "reprint", "cancel", "done"]),
    ("finished", "Layanan Anda sudah selesai", ["done"]),
    ("cancelled", "Tiket ini sudah dibatalkan", ["done"]),
]


@pytest.mark.parametrize(("state", "title", "choices"), STATES)
def test_every_state_is_said_in_words_with_what_can_be_done(
    holder: HolderOfATicket, state: TicketState, title: str, choices: list[str]
) -> None:
    page = holder.find(state).found
    assert page.state.title == title
    assert [choice.key for choice in page.choices] == choices


def test_who_waits_sees_the_next_step_the_people_before_and_the_range_of_the_wait(holder: HolderOfATicket) -> None:
    assert holder.find().found.facts == (
        ("Tahap berikutnya", "Pemeriksaan Berkas"),
        ("Sebelum Anda", "4 orang"),
        ("Anda dipanggil", "sekitar 09.55-10.15"),
    )


def test_who_does_not_wait_sees_no_wait(holder: HolderOfATicket) -> None:
    assert holder.find("no_show").found.facts == ()


def test_a_call_that_comes_while_one_looks_is_shown_at_once(holder: HolderOfATicket) -> None:
    holder.find()
    holder.presenter.hall_changed(calling(holder.hall, "A-012", counter="2"))
    assert holder.found.state.title == "Giliran Anda: silakan menuju loket 2"
    assert holder.found.facts == ()


def test_the_ticket_speaks_its_own_language_until_the_visitor_chooses_one(holder: HolderOfATicket) -> None:
    assert holder.find(language="en").found.state.title == "You are in the queue"
    holder.do("switch:id")
    assert holder.found.state.title == "Anda masih dalam antrean"


def test_a_language_that_was_chosen_before_stays(holder: HolderOfATicket) -> None:
    holder.do("language:en")
    assert holder.find(language="id").shown.header.language == "en"


def test_one_lane_only_needs_no_sign() -> None:
    visitor = HolderOfATicket(with_lanes(office(), 1))
    visitor.connected()
    assert visitor.find().found.lane is None


# -- what can be done -------------------------------------------------------------------------------------------------


def test_another_paper_has_the_same_number_and_says_that_it_is_a_copy(holder: HolderOfATicket) -> None:
    holder.find().want("reprint")
    assert holder.asked("reprint").arguments == BY_ID
    holder.asked("reprint").answer(ticket().model_copy(update={"copies": 1}))
    assert isinstance(holder.page, TicketPage)
    assert [(paper.number, paper.copies) for paper in holder.papers] == [("A-012", 1)]
    holder.presenter.printed(news("confirmed", copies=1))
    assert holder.page.paper.tone == "good"


def test_a_missed_visitor_is_taken_in_again_by_the_tickets_id(holder: HolderOfATicket) -> None:
    holder.find("no_show").want("rejoin")
    assert holder.asked("rejoin").arguments == BY_ID
    holder.asked("rejoin").answer(ticket(ahead=3))
    assert holder.found.state.title == "Anda sudah kembali masuk antrean"
    assert ("Sebelum Anda", "3 orang") in holder.found.facts


def test_a_ticket_is_cancelled_only_after_a_question(holder: HolderOfATicket) -> None:
    holder.find().want("cancel")
    assert isinstance(holder.page, ConfirmPage)
    assert holder.page.title == "Batalkan tiket A-012?"
    assert [choice.key for choice in holder.page.choices] == ["no", "yes"]
    assert holder.engine.of("cancel") == []
    holder.do("confirm:yes")
    holder.asked("cancel").answer(ticket(state="cancelled"))
    assert holder.found.state.title == "Tiket Anda berhasil dibatalkan"
    assert [choice.key for choice in holder.found.choices] == ["done"]


def test_whoever_thinks_better_of_it_keeps_the_ticket(holder: HolderOfATicket) -> None:
    holder.find().want("cancel").do("confirm:no")
    assert holder.screen == "found"
    assert holder.engine.of("cancel") == []


@pytest.mark.parametrize(("state", "errand"), [("waiting", "rejoin"), ("called", "cancel"), ("finished", "reprint")])
def test_what_the_state_does_not_allow_is_not_even_asked(
    holder: HolderOfATicket, state: TicketState, errand: str
) -> None:
    holder.find(state).do(f"do:{errand}")
    assert (holder.screen, holder.engine.of(errand)) == ("found", [])


@pytest.mark.parametrize("target", ["do:done", "start_over", "leave"])
def test_done_leads_back_to_the_start_and_forgets_the_ticket(holder: HolderOfATicket, target: str) -> None:
    holder.find().do(target)
    assert holder.screen == "language"
    holder.type("")
    assert holder.number.typed == ""


# -- whose it is ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("errand", ["reprint", "rejoin", "cancel"])
def test_a_number_read_off_somebodys_paper_shows_how_it_stands_and_does_nothing(
    holder: HolderOfATicket, errand: str
) -> None:
    holder.find("no_show").do(f"do:{errand}", "confirm:yes", "find")
    assert (holder.screen, holder.number.title) == ("code", "Ketik kode tiket Anda")
    for wrong in ("0000", "1234"):
        holder.code(wrong)
        asked = holder.asked("lookup")
        assert asked.arguments == {"ticket": "A-012", "check": wrong}
        asked.answer(ticket(state="no_show"), is_holder=False)
        holder.settle()
        assert holder.number.banner is not None
        assert (holder.screen, holder.number.banner.title) == ("code", "Ini bukan kode tiket ini")
    assert {made.command for made in holder.engine.requests} == {"lookup"}


def test_an_id_that_this_kiosk_gave_out_proves_nothing(holder: HolderOfATicket) -> None:
    holder.find()
    holder.do("do:reprint").code("9999")
    holder.asked("lookup").refuse("not_ready")
    holder.settle()
    holder.do("way:again")
    assert holder.asked("lookup").arguments == {"ticket": "A-012", "check": "9999"}
    holder.asked("lookup").answer(ticket(), is_holder=False)
    assert holder.screen == "code"


@pytest.mark.parametrize("target", ["key:A", "find", "do:cancel", "confirm:yes"])
def test_only_four_digits_are_a_code(holder: HolderOfATicket, target: str) -> None:
    holder.find().do("do:cancel", "key:0", "key:4", "key:1", target)
    assert (holder.screen, holder.number.typed) == ("code", "0 4 1 -")
    assert not holder.number.find.is_available
    holder.do("key:7", "key:7", "erase", "key:5")
    assert (holder.number.typed, holder.number.find.is_available) == ("0 4 1 5", True)


def test_the_right_code_counts_for_all_that_the_holder_wants(holder: HolderOfATicket) -> None:
    holder.find("no_show").want("rejoin")
    holder.asked("rejoin").answer(ticket())
    holder.settle()
    holder.do("do:cancel", "confirm:yes")
    assert holder.asked("cancel").arguments == BY_ID


def test_what_cannot_be_done_any_more_when_the_code_is_right_is_not_done(holder: HolderOfATicket) -> None:
    holder.find().do("do:cancel").code(CODE)
    holder.asked("lookup").answer(ticket(state="called", counter="counter-3"), is_holder=True)
    assert holder.found.state.title == "Giliran Anda: silakan menuju loket 3"


def test_too_many_wrong_codes_lead_to_an_officer(holder: HolderOfATicket) -> None:
    holder.find().do("do:cancel").code("1111")
    holder.asked("lookup").refuse("not_holder", locked=True)
    holder.settle()
    page = holder.number
    assert page.banner is not None
    assert page.banner.title == "Kode salah terlalu sering"
    assert "petugas di loket" in page.banner.text
    holder.do("key:1")
    assert not any(choice.is_available for choice in (*page.digits, page.find))
    holder.do("back")
    assert holder.screen == "found"


def test_who_has_lost_the_paper_is_told_where_to_go(holder: HolderOfATicket) -> None:
    banner = holder.find().do("do:cancel").number.banner
    assert banner is not None
    assert banner.text == "Kertas hilang? Silakan bertanya kepada petugas di loket."


def test_looking_once_more_makes_nobody_the_holder(holder: HolderOfATicket) -> None:
    holder.find().do("do:reprint").code("1111")
    holder.asked("lookup").refuse("unknown_ticket")
    holder.settle()
    holder.do("way:look")
    assert holder.asked("lookup").arguments["ticket"] == ticket().id
    holder.asked("lookup").answer(ticket(), is_holder=True)  # by its id, which this kiosk gave out
    holder.settle()
    holder.do("do:cancel")
    assert holder.screen == "code"


# -- astray -----------------------------------------------------------------------------------------------------------

REFUSALS: list[tuple[str, TicketState, ErrorCode, str, list[str]]] = [
    ("rejoin", "no_show", "not_allowed", "beberapa kali dipanggil", ["look", "start_over"]),
    ("rejoin", "no_show", "illegal_transition", "baru saja berubah", ["look", "start_over"]),
    ("rejoin", "no_show", "storage_failed", "tidak ada yang berubah", ["again", "start_over"]),
    ("reprint", "waiting", "illegal_transition", "baru saja berubah", ["look", "start_over"]),
    ("reprint", "waiting", "not_ready", "sedang disiapkan", ["again", "start_over"]),
    ("reprint", "waiting", "unknown_ticket", "tidak ditemukan", ["look", "start_over"]),
]


@pytest.mark.parametrize(("errand", "state", "code", "part", "ways"), REFUSALS)
def test_a_refusal_is_explained_with_ways_out(  # noqa: PLR0917 - the columns of the table
    holder: HolderOfATicket, errand: str, state: TicketState, code: ErrorCode, part: str, ways: list[str]
) -> None:
    holder.find(state).want(errand)
    holder.asked(errand).refuse(code)
    assert part in holder.problem.text
    assert [choice.key for choice in holder.problem.choices] == ways
    assert holder.papers == []


def test_looking_again_asks_for_the_same_ticket_by_its_id(holder: HolderOfATicket) -> None:
    holder.find("no_show").want("rejoin")
    holder.asked("rejoin").refuse("illegal_transition")
    holder.settle()
    holder.do("way:look")
    assert holder.asked("lookup").arguments == BY_ID
    holder.asked("lookup").answer(ticket())
    assert holder.found.state.title == "Anda masih dalam antrean"


@pytest.mark.parametrize(("errand", "state"), [("lookup", "waiting"), ("rejoin", "no_show")])
def test_trying_again_repeats_the_errand_with_a_new_request(
    holder: HolderOfATicket, errand: str, state: TicketState
) -> None:
    if errand == "lookup":
        holder.type("A12").do("find")
    else:
        holder.find(state).want(errand)
    first = holder.asked(errand)
    first.refuse("storage_failed")
    holder.settle()
    holder.do("way:again")
    assert holder.screen == "requesting"
    assert (holder.asked(errand).arguments, holder.asked(errand).id != first.id) == (first.arguments, True)


def test_a_reply_without_a_ticket_sends_to_an_officer(holder: HolderOfATicket) -> None:
    holder.type("A12").do("find")
    made = holder.asked("lookup")
    made.reply(ok=True, result={"ticket": {"number": "A-012"}})
    assert holder.problem.title == "Silakan menemui petugas"


@pytest.mark.parametrize("errand", ["lookup", "reprint", "rejoin", "cancel"])
def test_without_an_answer_in_three_seconds_it_says_what_to_do_and_asks_on(
    holder: HolderOfATicket, errand: str
) -> None:
    _under_way(holder, errand)
    holder.wait(SLOW_AFTER_S)
    assert isinstance(holder.page, IssuingPage)
    assert holder.page.banner is not None
    assert "petugas" in holder.page.banner.text
    assert len(holder.engine.of(errand)) == 1
    assert not holder.asked(errand).is_cancelled


@pytest.mark.parametrize("errand", ["lookup", "reprint", "rejoin", "cancel"])
def test_after_a_minute_it_sends_to_an_officer_and_shows_what_still_comes(holder: HolderOfATicket, errand: str) -> None:
    _under_way(holder, errand)
    holder.wait(GIVE_UP_AFTER_S + 1)
    assert [choice.key for choice in holder.problem.choices] == ["start_over"]
    holder.do("way:again", "way:look")
    assert len(holder.engine.of(errand)) == 1
    holder.asked(errand).answer(ticket())
    assert holder.screen == ("ticket" if errand == "reprint" else "found")


@pytest.mark.parametrize("errand", ["reprint", "rejoin", "cancel"])
def test_nothing_leads_away_while_something_is_being_done(holder: HolderOfATicket, errand: str) -> None:
    _under_way(holder, errand)
    holder.do("start_over", "back", f"do:{errand}", "find", "confirm:yes")
    assert (holder.screen, holder.shown.bar.back, holder.shown.bar.start_over) == ("requesting", "", "")
    assert len(holder.engine.of(errand)) == 1


def test_what_is_only_looked_up_can_be_left(holder: HolderOfATicket) -> None:
    _under_way(holder, "lookup")
    assert holder.shown.bar.back
    holder.do("back")
    assert (holder.screen, holder.number.typed) == ("number", "A-12")
    assert holder.asked("lookup").is_cancelled
    holder.asked("lookup").answer(ticket())
    assert holder.screen == "number"


def test_a_paper_whose_visitor_has_left_is_not_printed(holder: HolderOfATicket) -> None:
    _under_way(holder, "reprint")
    holder.wait(GIVE_UP_AFTER_S + 1)
    holder.do("start_over")
    holder.asked("reprint").answer(ticket().model_copy(update={"copies": 1}))
    assert (holder.screen, holder.papers) == ("language", [])
    assert holder.asked("printed").arguments == {
        "ticket": ticket().id,
        "outcome": "failed",
        "reason": "the visitor had left the kiosk before the answer came",
    }


@pytest.mark.parametrize("target", ["do:rejoin", "do:cancel"])
def test_a_double_touch_does_it_once(holder: HolderOfATicket, target: str) -> None:
    holder.find("no_show").want("reprint")
    holder.asked("reprint").refuse("illegal_transition")
    holder.settle()
    holder.do("way:look")
    holder.asked("lookup").answer(ticket(state="no_show"))
    holder.settle()
    for _ in range(2):
        touch(holder.presenter, target)
        touch(holder.presenter, "confirm:yes")
    assert len(holder.engine.of("rejoin")) == (target == "do:rejoin")
    assert holder.engine.of("cancel") == []


# -- connection and idleness ------------------------------------------------------------------------------------------


def _at(holder: HolderOfATicket, screen: str) -> None:
    if screen == "number":
        holder.type("A1")
    elif screen == "found":
        holder.find()
    else:
        holder.find().want("cancel")


def _under_way(holder: HolderOfATicket, errand: str) -> None:
    if errand == "lookup":
        holder.type("A12").do("find")
    elif errand == "cancel":
        holder.find().want("cancel").do("confirm:yes")
    else:
        holder.find("no_show").want(errand)


@pytest.mark.parametrize("screen", ["number", "found", "confirm"])
def test_the_place_is_kept_when_the_connection_goes_and_returns(holder: HolderOfATicket, screen: str) -> None:
    _at(holder, screen)
    holder.cut()
    assert (holder.screen, holder.shown.is_blocked) == (screen, True)
    assert holder.shown.banner is not None
    asked = len(holder.engine.requests)
    holder.do("find", "do:reprint", "confirm:yes")
    assert len(holder.engine.requests) == asked
    holder.mend()
    mended = holder.shown
    assert (mended.is_blocked, mended.banner) == (False, None)


def test_nobody_begins_without_connection(holder: HolderOfATicket) -> None:
    holder.cut()
    holder.do("have_ticket")
    assert holder.screen == "offline"


@pytest.mark.parametrize("screen", ["number", "found", "confirm"])
def test_an_abandoned_ticket_is_warned_about_then_taken_off_the_screen(holder: HolderOfATicket, screen: str) -> None:
    _at(holder, screen)
    holder.wait(IDLE_S + 1)
    assert holder.shown.warning is not None
    holder.do("stay")
    stayed = holder.shown
    assert (stayed.name, stayed.warning) == (screen, None)
    holder.wait(IDLE_S + WARNING_S + 1)
    assert holder.screen == "language"


@pytest.mark.parametrize("screen", ["number", "found", "confirm"])
def test_the_language_can_be_switched_without_losing_the_place(holder: HolderOfATicket, screen: str) -> None:
    _at(holder, screen)
    holder.do("switch:en")
    assert (holder.screen, holder.shown.header.office) == (screen, "Sample Immigration Office")


# -- what a phone would tell --------------------------------------------------------------------------------------


def test_whoever_has_no_phone_reads_here_what_the_phone_tells(holder: HolderOfATicket) -> None:
    holder.find(language="en").do("do:more")
    page = holder.page
    assert isinstance(page, MorePage)
    told = {section.heading: [text for _, text in section.lines] for section in page.sections}
    assert told["You are in the queue"][0] == "Before you: 4 people"
    assert "-" in told["You are in the queue"][1], "from when until when, by the clock"
    assert told["Your way"] == ["Document check", "Interview, photo and fingerprints", "Payment"]
    assert told["Please have these ready:"]
    reasons = " ".join(told["Why others may be called first"])
    assert "Priority lane" in reasons
    assert "Law 25/2009" in reasons
    holder.do("more:done")
    assert holder.found.number == "A-012"


def test_the_way_shows_what_is_done_and_what_comes_next(holder: HolderOfATicket) -> None:
    holder.type("A-012")
    touch(holder.presenter, "find")
    holder.asked("lookup").answer(ticket(language="en").model_copy(update={"stage": "interview"}))
    holder.settle()
    holder.do("do:more")
    page = holder.page
    assert isinstance(page, MorePage)
    way = next(section for section in page.sections if section.heading == "Your way")
    assert [icon for icon, _ in way.lines] == ["check_circle", "arrow_forward", "radio_button_unchecked"]


@pytest.mark.parametrize("state", ["called", "serving", "finished", "cancelled", "no_show"])
def test_what_counts_now_is_not_hidden_behind_more_to_read(holder: HolderOfATicket, state: TicketState) -> None:
    holder.find(state)
    assert "more" not in [choice.key for choice in holder.found.choices]


def test_who_waits_in_the_most_urgent_lane_is_overtaken_by_no_lane(holder: HolderOfATicket) -> None:
    holder.type("AP-003")
    touch(holder.presenter, "find")
    holder.asked("lookup").answer(ticket(number="AP-003", lane="priority", language="en"))
    holder.settle()
    holder.do("do:more")
    page = holder.page
    assert isinstance(page, MorePage)
    assert not any("called earlier" in text for section in page.sections for _, text in section.lines)

"""A visit as it should go, and every way in which it can go astray."""

from __future__ import annotations

import pytest

from broker.contract.messages import ErrorCode, Wait
from broker.language import Phrases
from kiosk.pages.offers import queue_words
from kiosk.pages.page import (
    Banner,
    IssuingPage,
    LanePage,
    OfflinePage,
    ProblemPage,
    RequirementsPage,
    ServicesPage,
    TicketPage,
    WelcomePage,
)
from kiosk.visit.newcomer import NOBODY_THERE
from kiosk.visit.offer import Queue, queue_of
from kiosk.visit.steps import (
    GIVE_UP_AFTER_S,
    MOST_EXTENSIONS,
    NO_PAPER_STAY_S,
    PAPER_PATIENCE_S,
    SLOW_AFTER_S,
    STARTING_S,
    STILL_HERE_S,
    TICKET_STAY_S,
    WARNING_S,
)
from kiosk.visit.touches import touch
from tests.ui.kiosk.kiosk_samples import news, office, ticket
from tests.ui.kiosk.kiosk_visitor import IDLE_S, Visitor, with_lanes, with_languages, without_service

MID_FLOW = ("requirements", "lane")


# -- the way ----------------------------------------------------------------------------------------------------------


def test_a_visit_leads_through_all_steps_to_the_printed_ticket() -> None:
    visitor = Visitor().connected()
    seen = [visitor.screen]
    for target in ("language:en", "service:new-passport", "continue", "lane:priority"):
        touch(visitor.presenter, target)
        visitor.settle()
        seen.append(visitor.screen)
    assert visitor.issues[0].arguments == {"service": "new-passport", "lane": "priority", "language": "en"}
    visitor.issues[0].answer(ticket(lane="priority", number="AP-003"))
    assert [*seen, visitor.screen] == ["language", "service", "requirements", "lane", "issuing", "ticket"]
    assert [paper.number for paper in visitor.papers] == ["AP-003"]


def test_the_ticket_stands_large_with_people_ahead_wait_and_lane() -> None:
    visitor = Visitor().connected().go("ticket")
    page = visitor.page
    assert isinstance(page, TicketPage)
    assert page.number == "A-012"
    assert page.facts == (("Sebelum Anda", "4 orang"), ("Anda dipanggil", "sekitar 09.55-10.15"))
    assert page.lane is not None
    assert (page.lane.shape, page.lane.title) == ("circle", "Jalur Umum")
    assert page.qr == ticket().qr


def test_one_lane_only_skips_the_lane_question() -> None:
    visitor = Visitor(with_lanes(office(), 1)).connected().go("requirements")
    visitor.presenter.newcomer.go_on()
    assert visitor.screen == "issuing"
    assert visitor.issues[0].arguments["lane"] == "regular"


def test_one_language_only_skips_the_language_question_and_its_switch() -> None:
    visitor = Visitor(with_languages(office(), "id")).connected()
    assert visitor.screen == "service"
    assert visitor.shown.header.languages == ()


@pytest.mark.parametrize(("screen", "before"), [("requirements", "service"), ("lane", "requirements")])
def test_back_returns_one_step(screen: str, before: str) -> None:
    visitor = Visitor().connected().go(screen)
    assert visitor.shown.bar.back
    visitor.presenter.back()
    assert visitor.screen == before


@pytest.mark.parametrize("screen", ["service", "requirements", "lane", "ticket"])
def test_start_over_forgets_the_visit_and_its_language(screen: str) -> None:
    visitor = Visitor().connected().go(screen)
    visitor.presenter.choose_language("en")
    visitor.settle()
    visitor.presenter.start_over()
    assert visitor.screen == "language"
    assert visitor.shown.header.language == "id"


@pytest.mark.parametrize("screen", ["service", "requirements", "lane", "issuing", "ticket"])
def test_the_language_can_be_switched_on_every_screen_without_losing_the_place(screen: str) -> None:
    visitor = Visitor().connected().go(screen)
    assert [choice.title for choice in visitor.shown.header.languages] == ["Bahasa Indonesia", "English"]
    visitor.presenter.choose_language("en")
    assert visitor.screen == screen
    assert visitor.shown.header.office == "Sample Immigration Office"


def test_the_first_screen_greets_in_every_language() -> None:
    page = Visitor().connected().page
    assert isinstance(page, WelcomePage)
    assert page.titles == ("Ambil nomor antrean Anda di sini", "Take your queue number here")
    assert [choice.subtitle for choice in page.choices] == ["Sentuh di sini untuk mulai", "Touch here to begin"]


def test_services_tell_the_wait_once_a_row_and_where_no_counter_serves() -> None:
    visitor = Visitor()
    closed = tuple(
        counter.model_copy(update={"state": "closed"}) if counter.id != "counter-2" else counter
        for counter in visitor.hall.counters
    )
    waiting = tuple(
        group.model_copy(update={"wait": None}) if group.service == "collection" else group
        for group in visitor.hall.waiting
    )
    visitor.hall = visitor.hall.model_copy(update={"counters": closed, "waiting": waiting})
    page = visitor.connected().go("service").page
    assert isinstance(page, ServicesPage)
    lines = {choice.key: (choice.subtitle, choice.note) for choice in page.choices}
    assert len(lines) == 9
    assert lines["new-passport"] == ("", "10-25 menit")
    assert lines["collection"] == ("", "Belum ada loket buka")


@pytest.mark.parametrize(
    ("queue", "said"),
    [
        (Queue(0, Wait(low_s=420, high_s=1320), is_served=True), "5-25 minutes"),
        (Queue(0, Wait(low_s=0, high_s=120), is_served=True), "0-5 minutes"),
        (Queue(3, None, is_served=True), "3 wait"),
        (Queue(0, None, is_served=True), "nobody waits"),
        (Queue(3, None, is_served=False), "No counter is open yet"),
    ],
)
def test_a_wait_is_said_in_fives_and_rounded_outward(queue: Queue, said: str) -> None:
    assert queue_words(queue, Phrases("kiosk", "en")) == said


def test_a_counter_that_helps_out_counts_where_the_engine_counts_it() -> None:
    visitor = Visitor()
    closed = tuple(counter.model_copy(update={"state": "closed"}) for counter in visitor.hall.counters)
    hall = visitor.hall.model_copy(update={"counters": closed})
    service = visitor.offer.services[0]
    assert queue_of(visitor.offer, hall, service).is_served


def test_a_counter_with_steps_is_no_counter_for_a_step_free_lane() -> None:
    visitor = Visitor()
    lanes = tuple(lane.model_copy(update={"step_free": lane.id == "priority"}) for lane in visitor.offer.lanes)
    offer = visitor.offer.model_copy(update={"lanes": lanes})
    open_ones = {place.id for place in offer.counters if not place.step_free}
    hall = visitor.hall.model_copy(
        update={
            "waiting": tuple(group.model_copy(update={"wait": None}) for group in visitor.hall.waiting),
            "counters": tuple(
                counter.model_copy(update={"state": "open" if counter.id in open_ones else "closed"})
                for counter in visitor.hall.counters
            ),
        }
    )
    service = offer.services[0]
    assert queue_of(offer, hall, service, "regular").is_served
    assert not queue_of(offer, hall, service, "priority").is_served


def test_requirements_name_documents_fee_time_and_their_source() -> None:
    page = Visitor().connected().go("requirements").page
    assert isinstance(page, RequirementsPage)
    assert page.documents[0] == "KTP elektronik (e-KTP)"
    assert [label for label, _ in page.facts] == ["Biaya", "Waktu penyelesaian"]
    assert "PP 45/2024" in page.source


def test_the_lane_question_shows_rule_letter_and_shape() -> None:
    page = Visitor().connected().go("lane").page
    assert isinstance(page, LanePage)
    assert page.title == "Apakah Anda berhak didahulukan?"
    assert [(choice.letter, choice.shape) for choice in page.choices] == [("P", "diamond"), ("", "circle")]
    assert [choice.title for choice in page.choices] == ["Ya, Jalur Prioritas", "Tidak, Jalur Umum"]
    assert [choice.note for choice in page.choices] == ["dipanggil sekitar 09.50-10.10"] * 2


# -- touches that must not count --------------------------------------------------------------------------------------


def test_a_double_touch_asks_for_one_number() -> None:
    visitor = Visitor().connected().go("lane")
    visitor.presenter.newcomer.choose_lane("regular")
    visitor.presenter.newcomer.choose_lane("regular")
    assert len(visitor.issues) == 1


@pytest.mark.parametrize("target", ["service:new-passport", "continue", "lane:regular", "lane:none", "service:none"])
def test_touches_of_another_screen_do_nothing(target: str) -> None:
    visitor = Visitor().connected()
    touch(visitor.presenter, target)
    assert (visitor.screen, visitor.issues) == ("language", [])


def test_the_second_half_of_a_double_touch_does_not_reach_the_next_screen() -> None:
    visitor = Visitor().connected().go("requirements")
    visitor.presenter.newcomer.go_on()
    visitor.presenter.newcomer.choose_lane("regular")
    assert (visitor.screen, visitor.issues) == ("lane", [])


def test_nothing_leads_away_while_a_number_is_being_asked_for() -> None:
    visitor = Visitor().connected().go("issuing")
    for move in (visitor.presenter.start_over, visitor.presenter.back, visitor.presenter.newcomer.go_on):
        move()
    assert visitor.screen == "issuing"
    assert (visitor.shown.bar.back, visitor.shown.bar.start_over) == ("", "")


def _issuing_banner(visitor: Visitor) -> Banner | None:
    assert isinstance(visitor.page, IssuingPage)
    return visitor.page.banner


# -- no answer --------------------------------------------------------------------------------------------------------


def test_without_an_answer_in_three_seconds_it_says_what_to_do_and_asks_on() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.wait(SLOW_AFTER_S - 1)
    assert _issuing_banner(visitor) is None
    visitor.wait(1)
    banner = _issuing_banner(visitor)
    assert banner is not None
    assert "Giliran Anda tidak akan hilang" in banner.text
    assert len(visitor.issues) == 1
    assert not visitor.issues[0].is_cancelled


def test_an_answer_after_long_silence_still_shows_and_prints_the_one_number() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.wait(GIVE_UP_AFTER_S + 5)
    assert visitor.screen == "problem"
    visitor.issues[0].answer(ticket())
    assert visitor.screen == "ticket"
    assert len(visitor.papers) == 1


def test_after_a_minute_it_sends_the_visitor_to_an_officer() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.wait(GIVE_UP_AFTER_S + 1)
    page = visitor.page
    assert isinstance(page, ProblemPage)
    assert page.title == "Silakan menemui petugas"
    assert [choice.key for choice in page.choices] == ["start_over"]


def test_an_unanswered_request_cannot_be_repeated_as_another_one() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.wait(GIVE_UP_AFTER_S + 1)
    visitor.presenter.try_again()
    visitor.presenter.newcomer.choose_again("lanes")
    assert (visitor.screen, len(visitor.issues)) == ("problem", 1)


def test_a_number_whose_visitor_has_left_is_given_up_with_a_reason_and_not_printed() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.wait(GIVE_UP_AFTER_S + IDLE_S + WARNING_S + 2)
    assert visitor.screen == "language"
    visitor.issues[0].answer(ticket())
    assert (visitor.screen, visitor.papers) == ("language", [])
    (failed,) = visitor.engine.of("printed")
    assert (failed.arguments["ticket"], failed.arguments["outcome"]) == (ticket().id, "failed")
    failed.answer(ticket())
    (given_up,) = visitor.engine.of("cancel")
    assert given_up.arguments == {
        "ticket": ticket().id,
        "reason": NOBODY_THERE,
    }


@pytest.mark.parametrize("screen", ["issuing", "problem"])
def test_a_request_for_a_number_is_followed_to_its_end_and_meant_as_long_as_the_visit_can_last(screen: str) -> None:
    visitor = Visitor().connected().go("issuing")
    begun = visitor.now()
    if screen == "problem":
        visitor.wait(GIVE_UP_AFTER_S + 1)
        visitor.presenter.start_over()
    assert not visitor.issues[0].is_cancelled
    until = visitor.issues[0].until
    assert until is not None
    assert (until - begun).total_seconds() == pytest.approx(GIVE_UP_AFTER_S + IDLE_S + WARNING_S, abs=1)


def test_after_an_outage_nobody_is_given_a_number_who_has_long_gone() -> None:
    visitor = Visitor().connected().go("lane")
    visitor.server.lose_next("antrean/v1/demo/cmd/+/issue")
    visitor.presenter.newcomer.choose_lane("regular")
    visitor.cut()
    visitor.wait(2400, step=5)
    assert visitor.screen == "offline"
    visitor.mend()
    visitor.wait(5)
    (late,) = visitor.issues
    assert late.until is not None
    assert late.until < visitor.now()
    late.refuse("too_late")
    assert (visitor.screen, visitor.papers, visitor.engine.of("cancel")) == ("language", [], [])


def test_an_answer_that_overtook_the_leaving_is_shown_at_the_start() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.wait(GIVE_UP_AFTER_S + 1)
    visitor.presenter.start_over()
    visitor.issues[0].answer(ticket())
    assert (visitor.screen, len(visitor.papers)) == ("ticket", 1)


def test_an_answer_to_an_earlier_visit_does_not_disturb_the_next_visitor_and_its_number_is_given_up() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.wait(GIVE_UP_AFTER_S + 1)
    visitor.presenter.start_over()
    visitor.settle()
    visitor.go("service")
    visitor.issues[0].answer(ticket())
    assert (visitor.screen, visitor.shown.banner, visitor.papers) == ("service", None, [])
    visitor.engine.of("printed")[0].answer(ticket())
    assert len(visitor.engine.of("cancel")) == 1


def test_whoever_left_some_time_ago_does_not_find_the_number_on_the_screen_of_the_next() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.wait(GIVE_UP_AFTER_S + 1)
    visitor.presenter.start_over()
    visitor.wait(STILL_HERE_S + 1)
    visitor.issues[0].answer(ticket())
    assert (visitor.screen, visitor.papers) == ("language", [])


def test_the_next_visitor_gets_a_number_while_the_one_before_has_no_answer_yet() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.wait(GIVE_UP_AFTER_S + 1)
    visitor.presenter.start_over()
    visitor.settle()
    visitor.go("issuing")
    first, second = visitor.issues
    second.answer(ticket(number="A-013"))
    first.answer(ticket())
    assert [paper.number for paper in visitor.papers] == ["A-013"]


# -- refusals ---------------------------------------------------------------------------------------------------------

LANES = ["lanes", "services", "start_over"]
SERVICES = ["services", "start_over"]
AGAIN = ["again", "start_over"]
AWAY = ["start_over"]


@pytest.mark.parametrize(
    ("code", "ways"),
    [
        ("quota_reached", LANES),
        ("lane_closed", LANES),
        ("unknown_lane", LANES),
        ("service_closed", SERVICES),
        ("unknown_service", SERVICES),
        ("storage_failed", AGAIN),
        ("not_ready", AGAIN),
        ("too_many", AGAIN),
        ("too_late", AGAIN),
        ("bad_request", AWAY),
        ("not_allowed", AWAY),
    ],
)
def test_a_refusal_is_explained_in_words_with_ways_out(code: ErrorCode, ways: list[str]) -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.issues[0].refuse(code)
    page = visitor.page
    assert isinstance(page, ProblemPage)
    assert [choice.key for choice in page.choices] == ways
    assert code not in page.text
    assert visitor.papers == []


@pytest.mark.parametrize(
    ("way", "screen"), [("lanes", "lane"), ("services", "service"), ("again", "issuing"), ("start_over", "language")]
)
def test_every_way_out_leads_somewhere(way: str, screen: str) -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.issues[0].refuse("quota_reached")
    visitor.settle()
    touch(visitor.presenter, f"way:{way}")
    assert visitor.screen == screen


def test_a_full_lane_offers_no_other_lane_where_there_is_none() -> None:
    visitor = Visitor(with_lanes(office(), 1)).connected().go("issuing")
    visitor.issues[0].refuse("quota_reached")
    assert isinstance(visitor.page, ProblemPage)
    assert [choice.key for choice in visitor.page.choices] == SERVICES


def test_trying_again_is_a_new_request_after_the_old_one_was_answered() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.issues[0].refuse("storage_failed")
    visitor.settle()
    visitor.presenter.try_again()
    assert len({made.id for made in visitor.issues}) == 2


def test_a_reply_without_a_ticket_sends_to_an_officer() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.issues[0].reply(ok=True, result={"ticket": {"number": "A-012"}})
    assert isinstance(visitor.page, ProblemPage)
    assert visitor.page.title == "Silakan menemui petugas"


# -- the connection ---------------------------------------------------------------------------------------------------


def test_a_kiosk_that_was_just_started_asks_for_patience_before_it_complains() -> None:
    visitor = Visitor()
    visitor.presenter.tick()
    assert isinstance(visitor.page, OfflinePage)
    assert visitor.page.is_starting
    visitor.wait(STARTING_S)
    assert not visitor.page.is_starting


@pytest.mark.parametrize("screen", ["language", "service"])
def test_nothing_is_begun_without_connection_and_both_languages_say_so(screen: str) -> None:
    visitor = Visitor().connected().go(screen)
    visitor.cut()
    page = visitor.page
    assert isinstance(page, OfflinePage)
    assert [title for title, _ in page.words] == ["Tidak tersambung sejak 09.41", "Not connected since 9:41 AM"]
    visitor.mend()
    assert visitor.screen == screen


@pytest.mark.parametrize("screen", MID_FLOW)
def test_a_visitor_keeps_the_place_when_the_connection_goes_and_returns(screen: str) -> None:
    visitor = Visitor().connected().go(screen)
    visitor.cut()
    cut = visitor.shown
    assert (cut.name, cut.is_blocked) == (screen, True)
    assert cut.banner is not None
    assert cut.banner.title == "Tidak tersambung sejak 09.41 / Not connected since 9:41 AM"
    visitor.mend()
    mended = visitor.shown
    assert (mended.name, mended.is_blocked, mended.banner) == (screen, False, None)


@pytest.mark.parametrize("screen", MID_FLOW)
def test_without_connection_no_number_is_asked_for_but_one_can_go_back(screen: str) -> None:
    visitor = Visitor().connected().go(screen)
    visitor.cut()
    visitor.presenter.newcomer.go_on()
    visitor.presenter.newcomer.choose_lane("regular")
    assert visitor.issues == []
    visitor.presenter.back()
    assert visitor.screen != screen


def test_a_connection_lost_while_issuing_keeps_the_same_request() -> None:
    visitor = Visitor().connected().go("issuing")
    visitor.cut()
    visitor.wait(SLOW_AFTER_S)
    assert isinstance(visitor.page, IssuingPage)
    assert visitor.page.banner is not None
    assert visitor.page.banner.title == "Tidak tersambung sejak 09.41"
    visitor.mend()
    visitor.issues[0].answer(ticket())
    assert (visitor.screen, len(visitor.issues)) == ("ticket", 1)


def test_the_number_stays_on_the_screen_without_connection() -> None:
    visitor = Visitor().connected().go("ticket")
    visitor.cut()
    assert visitor.screen == "ticket"
    assert not visitor.shown.footer.is_connected


def test_a_silent_engine_counts_as_not_connected() -> None:
    visitor = Visitor().connected()
    visitor.seconds += 20
    visitor.presenter.tick()
    assert visitor.screen == "offline"


def test_a_service_that_was_withdrawn_is_chosen_anew() -> None:
    visitor = Visitor().connected().go("lane")
    visitor.presenter.office_changed(without_service(visitor.offer, "new-passport"))
    assert visitor.screen == "service"
    assert isinstance(visitor.page, ServicesPage)
    assert "new-passport" not in [choice.key for choice in visitor.page.choices]


def _is_warned(visitor: Visitor) -> bool:
    return visitor.shown.warning is not None


# -- idle -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", ["service", "requirements", "lane"])
def test_an_abandoned_visit_is_warned_for_twenty_seconds_then_ended(screen: str) -> None:
    visitor = Visitor().connected().go(screen)
    visitor.wait(IDLE_S - 1)
    assert not _is_warned(visitor)
    visitor.wait(2)
    assert _is_warned(visitor)
    visitor.wait(WARNING_S - 3)
    assert _is_warned(visitor)
    visitor.wait(3)
    assert visitor.screen == "language"


def test_one_touch_extends_the_visit_ten_times_and_then_it_ends_kindly() -> None:
    visitor = Visitor().connected().go("requirements")
    for _ in range(MOST_EXTENSIONS):
        visitor.wait(IDLE_S + WARNING_S - 2)
        assert visitor.shown.warning is not None
        assert visitor.shown.warning.stay == "Ya, lanjutkan"
        touch(visitor.presenter, "stay")
        assert not _is_warned(visitor)
    visitor.wait(IDLE_S + 2)
    last = visitor.shown.warning
    assert last is not None
    assert (last.stay, last.title) == ("", "Terima kasih, pengunjung lain mungkin menunggu")
    touch(visitor.presenter, "stay")
    assert _is_warned(visitor)
    visitor.wait(WARNING_S)
    assert visitor.screen == "language"


def test_whoever_goes_on_may_extend_anew() -> None:
    visitor = Visitor().connected().go("requirements")
    for _ in range(MOST_EXTENSIONS + 2):
        visitor.wait(IDLE_S + 2)
        touch(visitor.presenter, "stay")
        touch(visitor.presenter, "switch:en")
        assert not _is_warned(visitor)
    assert visitor.screen == "requirements"


def test_whoever_says_no_is_back_at_the_start_at_once() -> None:
    visitor = Visitor().connected().go("requirements")
    visitor.wait(IDLE_S + 1)
    touch(visitor.presenter, "leave")
    assert visitor.screen == "language"


def test_the_start_never_warns() -> None:
    visitor = Visitor().connected()
    visitor.wait(300)
    assert (visitor.screen, visitor.shown.warning) == ("language", None)


# -- the paper --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "title", "tone"),
    [
        ("confirmed", "Mohon ambil tiket Anda", "good"),
        ("unconfirmed", "Mohon ambil tiket Anda", "info"),
        ("failed", "Mohon ingat nomor Anda", "warn"),
    ],
)
def test_the_outcome_of_the_paper_is_shown_and_told_to_the_engine(outcome: str, title: str, tone: str) -> None:
    visitor = Visitor().connected().go("ticket")
    visitor.presenter.printed(news(outcome))  # type: ignore[arg-type]  # from the table
    page = visitor.page
    assert isinstance(page, TicketPage)
    assert (page.title, page.paper.tone) == (title, tone)
    assert visitor.engine.of("printed")[0].arguments == {"ticket": ticket().id, "outcome": outcome}


def test_a_failed_printer_says_why_to_the_engine_and_that_the_number_is_valid_to_the_visitor() -> None:
    visitor = Visitor().connected().go("ticket")
    visitor.presenter.printed(news("failed", "printer: no paper"))
    assert visitor.engine.of("printed")[0].arguments["reason"] == "printer: no paper"
    assert isinstance(visitor.page, TicketPage)
    assert "tetap berlaku" in visitor.page.paper.text


def test_a_printer_that_says_nothing_does_not_promise_paper_for_ever() -> None:
    visitor = Visitor().connected().go("ticket")
    visitor.wait(PAPER_PATIENCE_S)
    assert isinstance(visitor.page, TicketPage)
    assert visitor.page.paper.tone == "warn"


@pytest.mark.parametrize(("outcome", "stay_s"), [("confirmed", TICKET_STAY_S), ("failed", NO_PAPER_STAY_S)])
def test_the_ticket_stays_long_enough_and_longer_without_paper(outcome: str, stay_s: float) -> None:
    visitor = Visitor().connected().go("ticket")
    visitor.presenter.printed(news(outcome))  # type: ignore[arg-type]  # from the table
    visitor.wait(stay_s - 5)
    assert isinstance(visitor.page, TicketPage)
    assert visitor.page.done.subtitle == "Kembali ke awal dalam 5 detik"
    visitor.wait(6)
    assert visitor.screen == "language"


def test_a_touch_keeps_the_ticket_on_the_screen() -> None:
    visitor = Visitor().connected().go("ticket")
    visitor.presenter.printed(news("confirmed"))
    visitor.wait(TICKET_STAY_S - 1)
    touch(visitor.presenter, "switch:en")
    visitor.wait(TICKET_STAY_S - 1)
    assert visitor.screen == "ticket"


def test_done_counts_even_at_the_moment_when_the_paper_comes() -> None:
    visitor = Visitor().connected().go("ticket")
    visitor.presenter.printed(news("confirmed"))
    touch(visitor.presenter, "done")
    assert visitor.screen == "language"


def test_the_outcome_of_an_earlier_paper_does_not_change_the_present_screen() -> None:
    visitor = Visitor().connected().go("ticket")
    visitor.presenter.printed(news("failed", ticket="another-ticket"))
    assert isinstance(visitor.page, TicketPage)
    assert visitor.page.paper.tone == "info"


def test_the_view_is_drawn_only_when_it_changed() -> None:
    visitor = Visitor().connected()
    before = len(visitor.screens)
    visitor.wait(5, step=0.1)
    assert len(visitor.screens) == before

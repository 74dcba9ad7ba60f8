"""What visitors say at a feedback kiosk, from first touch to thanks: faces, surveys, suggestions, complaints."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from broker.contract.messages import ErrorCode, FeedbackMessage
from kiosk.pages.feedback_samples import ANSWER, RECEIPT
from kiosk.pages.page import AskPage, CasePage, FacesPage, FeedbackPage, ProblemPage, ReceiptPage, ReviewPage, WritePage
from kiosk.visit.opinion import Asks, Opinion
from tests.ui.kiosk.feedback_visitor import CHECK, CODE, DONE, Guest, holder, settings
from tests.ui.kiosk.kiosk_samples import NOW
from tests.ui.kiosk.kiosk_visitor import IDLE_S, KeptShelf

SKM = "skm"
TEXT = "Loket 3: mohon kursi (2) untuk ibu hamil."


def complaining(guest: Guest) -> Guest:
    """Write a complaint, up to its review."""
    guest.touch("topic:complaint", "pick:complaint").write("Too long. Two hours!").touch(
        "written", "pick:on", "pick:contact"
    )
    return guest.write("siti@surel.id").touch("written", "pick:yes")


# -- the start ------------------------------------------------------------------------------------------------------


def test_the_start_asks_in_every_language_what_one_has_to_say_and_also_while_the_hall_is_closed() -> None:
    guest = Guest().connected()
    assert isinstance(guest.page, FeedbackPage)
    assert guest.page.titles == ("Bagaimana pelayanan kami?", "How was our service?")
    assert [one.key for one in guest.page.choices] == ["rating", "survey", "suggestion", "complaint", "status"]


def test_only_what_the_office_takes_is_offered() -> None:
    guest = Guest(Asks(rating=False, surveys=())).connected(publishes=FeedbackMessage(at=NOW))
    assert isinstance(guest.page, FeedbackPage)
    assert [one.key for one in guest.page.choices] == ["suggestion"]


def test_without_connection_nothing_is_begun_and_the_screen_says_so_in_every_language() -> None:
    guest = Guest().connected()
    guest.cut()
    assert guest.screen == "offline"
    assert "Tidak tersambung sejak" in guest.words
    assert "Not connected since" in guest.words


# -- a face ---------------------------------------------------------------------------------------------------------


def test_whoever_scans_a_finished_ticket_gives_a_face_by_one_touch_and_a_sentence_if_they_like() -> None:
    guest = Guest(has_scanner=True).connected()
    guest.presenter.scanned(CODE)
    guest.settle()
    assert isinstance(guest.page, FacesPage)
    guest.touch("face:4", "pick:write").write("Ramah.").touch("written")
    assert guest.screen == "thanks"
    assert guest.office.done == [("rate", {"ticket": CODE, "score": 4, "text": "Ramah."})]
    guest.wait(11)
    assert guest.screen == "feedback"


def test_whoever_has_no_scanner_types_number_and_check_code() -> None:
    guest = Guest().connected().touch("topic:rating", "key:A", "key:0", "key:1", "key:2", "find")
    assert guest.screen == "code"
    guest.touch(*(f"key:{digit}" for digit in "0000"), "find")
    assert guest.screen == "code"
    guest.touch(*(f"key:{digit}" for digit in CHECK), "find")
    assert guest.screen == "faces"
    guest.touch("face:1", "pick:send")
    assert guest.office.done == [("rate", {"ticket": "A-012", "check": CHECK, "score": 1})]


def test_a_number_that_nobody_has_can_be_put_right() -> None:
    guest = (
        Guest().connected().touch("topic:rating", "key:A", "key:9", "find", *(f"key:{one}" for one in CHECK), "find")
    )
    assert guest.screen == "number"
    assert "A-009" in guest.words


def test_whoever_is_not_done_yet_is_told_so() -> None:
    guest = Guest(has_scanner=True).connected()
    guest.office.ticket = holder(DONE)
    guest.presenter.scanned(CODE)
    assert isinstance(guest.page, ProblemPage)
    assert guest.office.done == []


def test_one_face_a_ticket() -> None:
    guest = Guest(has_scanner=True).connected()
    for _ in range(2):
        guest.presenter.scanned(CODE)
        guest.settle()
        guest.touch("face:3", "pick:send")
        guest.wait(11)
    assert isinstance(guest.page, ProblemPage)
    assert len(guest.office.done) == 1


def test_a_face_counts_also_where_its_visitor_walks_away_before_the_sentence() -> None:
    guest = Guest(has_scanner=True).connected()
    guest.presenter.scanned(CODE)
    guest.settle()
    guest.touch("face:2", "pick:write").write("Karena")
    guest.wait(IDLE_S + 25)
    assert guest.screen == "feedback"
    assert guest.office.done == [("rate", {"ticket": CODE, "score": 2})]


# -- a counter's tablet ---------------------------------------------------------------------------------------------


def tablet() -> Guest:
    return Guest(Asks(counter="counter-1")).connected()


def test_a_tablet_asks_whoever_was_served_at_its_counter_in_their_language_by_one_touch_and_rests_again() -> None:
    guest = tablet()
    assert guest.screen == "resting"
    guest.office.finish()
    assert isinstance(guest.page, FacesPage)
    assert guest.page.title == "How was our service?"
    guest.settle()
    guest.touch("face:3")
    assert guest.screen == "thanks"
    assert guest.office.done == [("rate", {"ticket": DONE.id, "score": 3})]
    guest.wait(21)
    assert guest.screen == "resting"


def test_whoever_likes_adds_a_sentence_at_the_tablet_which_is_joined_to_no_ticket_and_the_next_is_asked_after() -> None:
    guest = tablet()
    guest.office.finish(language="id")
    guest.settle()
    guest.touch("face:2", "pick:write").write("Lama.")
    guest.office.finish(ticket="another")
    assert guest.typed == "Lama."
    guest.touch("written")
    about = {"text": "Lama.", "language": "id", "service": DONE.service}
    assert guest.office.done == [("rate", {"ticket": DONE.id, "score": 2}), ("suggest", about)]
    guest.wait(11)
    assert guest.screen == "faces"


def test_whoever_likes_not_is_asked_no_more_and_no_tablet_waits_for_them() -> None:
    guest = tablet()
    for end in ("done", "gone", "next"):
        guest.office.finish(ticket=end)
        guest.settle()
        guest.touch("face:4")
        assert guest.screen == "thanks"
        match end:
            case "done":
                guest.touch("pick:done")
            case "gone":
                guest.wait(21)
            case _:
                guest.office.finish(ticket="another")
        assert guest.screen == ("faces" if end == "next" else "resting")


@pytest.mark.parametrize("is_cut", [True, False])
def test_no_sentence_is_asked_for_where_none_is_taken_or_none_could_be_sent(is_cut: bool) -> None:  # noqa: FBT001 - a case
    guest = Guest(Asks(counter="counter-1", suggestions=is_cut)).connected()
    guest.office.finish()
    guest.settle()
    if is_cut:
        guest.cut()
        guest.settle()
    guest.touch("face:4")
    assert isinstance(guest.page, AskPage)
    assert guest.page.choices == ()


def test_a_tablet_asks_nobody_of_another_counter_nobody_who_goes_on_to_another_stage_and_nobody_twice() -> None:
    guest = tablet()
    guest.office.finish(counter="counter-2")
    guest.office.finish(stage="document-check")
    assert guest.screen == "resting"
    guest.office.finish()
    guest.settle()
    guest.touch("face:4")
    guest.wait(21)
    guest.office.finish()
    assert guest.screen == "resting"


def test_a_tablet_turns_to_the_next_visitor_and_does_not_ask_for_ever() -> None:
    guest = tablet()
    guest.office.finish()
    guest.wait(30)
    guest.office.finish(ticket="another", language="id")
    assert isinstance(guest.page, FacesPage)
    assert guest.page.title == "Bagaimana pelayanan kami?"
    guest.wait(91)
    assert guest.screen == "resting"
    assert guest.office.done == []


def test_a_tablet_no_longer_asks_whoever_sits_at_the_counter_again_and_asks_when_the_visit_is_over() -> None:
    guest = tablet()
    guest.office.finish()
    guest.office.undo(counter="counter-2")
    assert guest.screen == "faces"
    guest.office.undo()
    assert guest.screen == "resting"
    guest.office.finish()
    guest.settle()
    guest.office.refusing["rate"] = "illegal_transition"  # undone, and the touch was faster than the word of it
    guest.touch("face:2").wait(21)
    guest.office.finish()
    guest.settle()
    guest.touch("face:4")
    assert guest.office.done == [("rate", {"ticket": DONE.id, "score": 4})]


def test_a_face_at_a_tablet_without_connection_is_kept_said_so_and_sent_once() -> None:
    guest = tablet()
    guest.office.finish()
    guest.settle()
    guest.cut()
    guest.settle()
    guest.touch("face:1")
    assert "It is kept here" in guest.words
    guest.mend()
    guest.wait(10)
    assert guest.office.done == [("rate", {"ticket": DONE.id, "score": 1})]


# -- what is kept for the time without a link ------------------------------------------------------------------------


def at_the_last_question(guest: Guest) -> Guest:
    """Answer a survey, but for what one may say of oneself."""
    guest.touch("topic:survey", f"pick:{SKM}", "pick:begin", "pick:new-passport")
    for _ in next(one for one in guest.surveys if one.id == SKM).elements:
        guest.touch("pick:3")
    return guest


def test_a_survey_that_is_answered_without_a_link_is_thanked_for_at_once_kept_and_done_once() -> None:
    disk = KeptShelf()
    guest = at_the_last_question(Guest(said=disk).connected())
    guest.cut()
    guest.touch("pick:none")
    assert guest.screen == "thanks"
    assert "Tersimpan di sini" in guest.words
    assert b'"survey"' in disk.data
    guest.mend()
    guest.wait(10)
    assert [command for command, _ in guest.office.done] == ["survey"]
    assert disk.data == b"[]"


@pytest.mark.parametrize("is_answered", [False, True])
def test_who_is_cut_off_while_sending_goes_and_what_they_said_is_done_once(is_answered: bool) -> None:  # noqa: FBT001 - a case
    guest = at_the_last_question(Guest(said=KeptShelf()).connected())
    guest.office.is_silent = True
    guest.touch("pick:none")
    assert guest.screen == "sending"
    guest.cut()
    guest.wait(0.2)
    assert guest.screen == "thanks"
    if is_answered:
        guest.office.speak()
    guest.office.is_silent = False
    guest.mend()
    guest.wait(10)
    assert [command for command, _ in guest.office.done] == ["survey"]


def test_nobody_waits_for_an_engine_that_says_nothing() -> None:
    guest = Guest(has_scanner=True, said=KeptShelf()).connected()
    guest.presenter.scanned(CODE)
    guest.settle()
    guest.touch("face:2")
    guest.office.is_silent = True
    guest.touch("pick:send")
    guest.wait(2)
    assert guest.screen == "sending"
    guest.wait(1.5)
    assert guest.screen == "thanks"
    guest.wait(11)
    guest.office.speak()
    assert guest.screen == "feedback"
    assert guest.office.done == [("rate", {"ticket": CODE, "score": 2})]


def test_what_a_killed_kiosk_had_not_handed_in_its_next_run_does_under_the_same_id() -> None:
    disk = KeptShelf()
    first = Guest(Asks(counter="counter-1"), said=disk).connected()
    first.office.finish()
    first.settle()
    first.cut()
    first.settle()
    first.touch("face:1")
    assert first.office.done == []
    kept = disk.data
    second = Guest(Asks(counter="counter-1"), said=disk, after=first).connected()
    second.wait(5)
    assert second.office.done == [("rate", {"ticket": DONE.id, "score": 1})]
    disk.data = kept  # killed before it had written that it was answered
    third = Guest(Asks(counter="counter-1"), said=disk, after=second).connected()
    third.wait(5)
    assert len(third.office.done) == 1
    assert disk.data == b"[]"


def test_what_somebody_wrote_stands_on_no_disk_of_a_kiosk() -> None:
    disk = KeptShelf()
    guest = Guest(has_scanner=True, said=disk).connected()
    guest.presenter.scanned(CODE)
    guest.settle()
    guest.touch("face:4", "pick:write").write("Ramah.")
    guest.cut()
    guest.touch("written")
    assert guest.screen == "sending"
    assert b"Ramah" not in disk.data
    guest.mend()
    guest.wait(5)
    assert guest.office.done == [("rate", {"ticket": CODE, "score": 4, "text": "Ramah."})]


def test_a_finger_on_its_way_as_a_remark_moves_the_faces_gives_none() -> None:
    guest = tablet()
    guest.office.finish()
    guest.settle()
    guest.cut()
    guest.touch("face:2")
    assert guest.screen == "faces"
    guest.touch("face:1")
    assert guest.screen == "thanks"


# -- a survey -------------------------------------------------------------------------------------------------------


def test_a_survey_is_one_question_a_page_by_one_touch_each_with_a_way_back() -> None:
    guest = Guest().connected().touch("topic:survey", f"pick:{SKM}", "pick:begin", "pick:new-passport")
    elements = next(one for one in guest.surveys if one.id == SKM).elements
    for at, element in enumerate(elements):
        assert guest.screen == f"question-{at + 1}"
        assert isinstance(guest.page, AskPage)
        assert guest.page.title.replace("\u200b", "") == element.question
        if at == 4:
            guest.touch("back")
            assert guest.screen == "question-4"
            guest.touch("pick:1")
        guest.touch("pick:3")
    profile = next(one for one in guest.surveys if one.id == SKM).profile
    for at, question in enumerate(profile):
        assert guest.screen == f"profile-{at + 1}"
        guest.touch(f"pick:{question.choices[0].code}" if at == 0 else "pick:skip")
    assert guest.screen == "thanks"
    ((command, arguments),) = guest.office.done
    assert command == "survey"
    assert arguments["answers"] == {one.code: 1 if at == 3 else 3 for at, one in enumerate(elements)}
    assert arguments["profile"] == {profile[0].code: profile[0].choices[0].code}
    assert (arguments["survey"], arguments["service"]) == (SKM, "new-passport")
    assert "ticket" not in arguments


def test_nine_answers_and_no_profile_take_a_visitor_far_less_than_ninety_seconds() -> None:
    guest = Guest(Asks(surveys=(SKM,))).connected()
    began = guest.seconds
    guest.touch("topic:survey", "pick:begin", "pick:new-passport", *(["pick:4"] * 9), "pick:none")
    assert guest.screen == "thanks"
    steps = 13
    assert guest.seconds - began + steps * 5.0 < 90


def test_whoever_rates_and_is_invited_goes_on_to_the_survey_which_is_joined_to_no_ticket() -> None:
    guest = Guest(has_scanner=True).connected()
    guest.office.invitations = (SKM,)
    guest.presenter.scanned(CODE)
    guest.settle()
    guest.touch("face:4", "pick:send", "pick:survey", "pick:begin", *(["pick:3"] * 9), "pick:none")
    (_, (command, arguments)) = guest.office.done
    assert command == "survey"
    assert arguments["invitation"] == f"{SKM}ABCDEFGH"
    assert not {"ticket", "check", "service"} & set(arguments)


def test_whoever_is_invited_has_as_long_to_decide_as_for_every_other_question() -> None:
    guest = Guest(has_scanner=True).connected()
    guest.office.invitations = (SKM,)
    guest.presenter.scanned(CODE)
    guest.settle()
    guest.touch("face:4", "pick:send")
    guest.wait(IDLE_S - 1)
    assert guest.screen == "thanks"
    guest.wait(25)
    assert guest.screen == "feedback"


def test_thanks_below_a_page_that_nobody_closes_end_too() -> None:
    guest = Guest().connected().touch("topic:suggestion").write("Chairs.").touch("written", "access")
    guest.wait(IDLE_S + 25)
    assert guest.screen == "feedback"


def test_a_survey_that_is_for_the_invited_alone_asks_for_the_ticket() -> None:
    guest = Guest(Asks(surveys=(SKM,)), has_scanner=True)
    guest.surveys = tuple(one.model_copy(update={"is_open": False}) for one in guest.surveys)
    guest.connected().touch("topic:survey")
    assert guest.screen == "number"
    guest.presenter.scanned(CODE)
    assert isinstance(guest.page, ProblemPage)
    guest.settle()
    guest.touch("way:start_over", "topic:survey")
    guest.office.invitations = (SKM,)
    guest.presenter.scanned(CODE)
    assert guest.screen == "intro"


# -- a suggestion ---------------------------------------------------------------------------------------------------


def test_a_suggestion_is_typed_on_the_screen_with_capitals_figures_and_signs() -> None:
    guest = Guest().connected().touch("topic:suggestion").write(TEXT)
    assert guest.typed == TEXT
    guest.touch("written")
    assert guest.office.done == [("suggest", {"text": TEXT, "language": "id"})]
    assert guest.screen == "thanks"


def test_a_sentence_begins_with_a_capital_and_the_last_sign_can_be_taken_back() -> None:
    guest = Guest().connected().touch("topic:suggestion")
    guest.touch(*(f"type:{sign}" for sign in "ok."), "type:space", "type:a", "type:erase", "type:b")
    assert guest.typed == "Ok. B"


def test_nothing_is_sent_before_anything_was_written_and_no_more_than_there_is_room_for() -> None:
    guest = Guest().connected().touch("topic:suggestion", "written")
    assert guest.screen == "suggestion"
    guest.touch(*(["type:a"] * 2050))
    assert len(guest.typed) == 2000
    assert isinstance(guest.page, WritePage)
    assert guest.page.left


# -- a complaint ----------------------------------------------------------------------------------------------------


def test_a_complaint_is_reviewed_sent_and_its_receipt_stays_until_it_was_written_down() -> None:
    guest = complaining(Guest().connected())
    assert isinstance(guest.page, ReviewPage)
    told = [value.replace("\u200b", "") for _, value in guest.page.facts]
    assert told[1:4] == ["Too long. Two hours!", "Tidak disebutkan", "siti@surel.id"]
    guest.touch("pick:text").write(" Really.").touch("written")
    assert guest.screen == "review"
    guest.touch("pick:send")
    ((command, arguments),) = guest.office.done
    assert command == "complain"
    assert arguments == {
        "kind": "complaint",
        "text": "Too long. Two hours! Really.",
        "contact": "siti@surel.id",
        "anonymous": False,
        "confidential": True,
        "language": "id",
    }
    assert guest.screen == "receipt"
    assert "2025-0007" in guest.words
    assert "K7QX 2M4P ZB5W T3HD" in guest.words
    guest.wait(300)
    assert guest.screen == "receipt"
    guest.touch("pick:noted")
    assert guest.screen == "feedback"


def test_a_complaint_may_name_the_ticket_as_it_is_typed_and_the_service_and_both_can_be_taken_out() -> None:
    guest = Guest().connected().touch("topic:complaint", "pick:complaint").write("Too long.").touch("written")
    assert guest.screen == "visit"
    guest.touch("pick:ticket", "key:A", "key:P", "key:9", "find", "pick:service", "pick:collection", "pick:service")
    guest.touch("pick:service", "back", "pick:service", "pick:new-passport", "pick:on", "pick:anonymous", "pick:no")
    assert "AP-009, Paspor Baru" in guest.words
    guest.touch("pick:visit", "pick:ticket", "pick:on")
    assert guest.screen == "review"
    guest.touch("pick:send")
    ((_, arguments),) = guest.office.done
    assert arguments["service"] == "new-passport"
    assert "ticket" not in arguments
    assert guest.office.of("lookup") == []


def test_with_a_complaint_the_code_of_any_ticket_of_today_is_scanned_done_or_not() -> None:
    guest = Guest(has_scanner=True).connected()
    guest.office.ticket = holder(DONE)
    guest.touch("topic:complaint", "pick:complaint").write("Too long.").touch("written")
    guest.presenter.scanned(CODE)
    assert guest.screen == "visit"
    guest.settle()
    guest.touch("pick:on", "pick:anonymous", "pick:no", "pick:send")
    ((_, arguments),) = guest.office.done
    assert (arguments["ticket"], arguments["service"]) == (DONE.number, DONE.service)


@pytest.mark.parametrize("code", ["unknown_ticket", "not_holder"])
def test_a_ticket_that_cannot_be_looked_up_is_typed_and_what_was_written_stays(code: ErrorCode) -> None:
    guest = Guest(has_scanner=True).connected()
    guest.touch("topic:complaint", "pick:complaint").write("Too long.").touch("written")
    guest.office.refusing["lookup"] = code
    guest.presenter.scanned(CODE)
    assert guest.screen == "number"
    assert "Nomornya tetap bisa diketik." in guest.words
    guest.settle()
    guest.touch("key:A", "key:7", "find", "pick:on", "pick:anonymous", "pick:no", "pick:send")
    ((_, arguments),) = guest.office.done
    assert (arguments["ticket"], arguments["text"]) == ("A-007", "Too long.")


def test_whoever_stays_anonymous_leaves_no_contact() -> None:
    guest = Guest().connected().touch("topic:complaint", "pick:information").write("When do you open?")
    guest.touch("written", "pick:on", "pick:contact").write("siti@surel.id").touch(
        "back", "pick:anonymous", "pick:no", "pick:send"
    )
    ((_, arguments),) = guest.office.done
    assert arguments["anonymous"] is True
    assert "contact" not in arguments


def test_where_there_is_a_printer_the_receipt_comes_on_paper() -> None:
    guest = complaining(Guest(Asks(has_printer=True)).connected()).touch("pick:send")
    assert [paper.number for paper in guest.papers] == ["2025-0007"]
    guest.told_printed(True)  # noqa: FBT003 - a callback
    assert isinstance(guest.page, ReceiptPage)
    assert guest.page.paper.tone == "good"
    guest.wait(IDLE_S + 25)
    assert guest.screen == "feedback"


def test_what_a_slow_printer_says_of_an_earlier_receipt_is_not_said_of_the_next() -> None:
    guest = complaining(Guest(Asks(has_printer=True)).connected()).touch("pick:send")
    late = guest.told_printed
    guest.office.receipt = RECEIPT.model_copy(update={"number": "2025-0008"})
    complaining(guest.touch("pick:noted")).touch("pick:send")
    late(True)  # noqa: FBT003 - a callback
    assert isinstance(guest.page, ReceiptPage)
    assert guest.page.paper.tone == "info"


def test_no_paper_and_the_receipt_stands_on_the_screen() -> None:
    guest = complaining(Guest(Asks(has_printer=True)).connected()).touch("pick:send")
    guest.told_printed(False)  # noqa: FBT003 - a callback
    guest.wait(300)
    assert isinstance(guest.page, ReceiptPage)
    assert guest.page.paper.tone == "warn"


# -- what became of it ------------------------------------------------------------------------------------------------

RECEIPT_CODE = "http://antrian.lan/c/2025-0007#k7qx2m4pzb5wt3hd"  # a scanner that types may lose the capitals


def looked_up(guest: Guest) -> Guest:
    """Type number and code of the receipt."""
    guest.touch("topic:status", *(f"key:{digit}" for digit in "20257"), "find")
    return guest.touch(*(f"type:{sign}" for sign in RECEIPT.secret.lower()), "written")


def test_whoever_types_number_and_code_sees_how_it_stands_what_to_do_by_when_and_what_happened() -> None:
    guest = looked_up(Guest().connected())
    page = guest.page
    assert isinstance(page, CasePage)
    assert page.state.title == "Kantor sudah menjawab"
    assert ("Ditutup dengan sendirinya pada", "Rabu, 24 Desember 2025") in page.facts
    assert ("Kantor menulis", ANSWER) in page.facts
    told = [text for _, text in page.facts[-4:]]
    assert told == ["Diterima.", "Ditelaah.", "Diteruskan: Inspektorat Jenderal. Diteruskan ya.", "Dijawab."]
    asked = [dict(made.arguments) for made in guest.office.of("complaint")]
    assert {one["complaint"] for one in asked} == {"2025-0007"}
    assert [one.get("step") for one in asked] == [None, 2, 3]  # what the visitor wrote stands on no screen again


def test_whoever_holds_the_receipt_to_the_scanner_sees_it_at_once_and_nothing_of_it_is_left_afterwards(
    caplog: pytest.LogCaptureFixture,
) -> None:
    guest = Guest(has_scanner=True).connected()
    guest.presenter.scanned(RECEIPT_CODE)
    assert guest.screen == "status"
    assert "K7QX" not in repr(guest.presenter._flow.visit)
    guest.wait(IDLE_S + 25)
    assert guest.screen == "feedback"
    state = guest.words + repr(guest.presenter._flow.visit.opinion) + caplog.text
    assert not [one for one in ("2025-0007", "K7QX", ANSWER) if one in state]
    assert guest.presenter._flow.visit.opinion == Opinion()


def test_a_wrong_number_is_told_as_a_wrong_code_is_and_what_was_typed_can_be_put_right() -> None:
    guest = Guest().connected().touch("topic:status", *(f"key:{digit}" for digit in "20258"), "find")
    assert isinstance(guest.page, WritePage)
    guest.touch("written", *(f"type:{sign}" for sign in RECEIPT.secret.lower()), "type:a")
    assert guest.typed.replace("\u00a0", " ") == "K7QX 2M4P ZB5W T3HD"
    guest.touch("written")
    assert guest.screen == "case"
    assert "Tidak ada pengaduan dengan nomor dan kode ini" in guest.words
    guest.touch("erase", "key:7", "find", "written")
    assert guest.screen == "status"


def test_a_foreign_code_is_said_to_be_none_of_ours() -> None:
    guest = Guest(has_scanner=True).connected().touch("topic:status")
    guest.presenter.scanned(CODE)
    assert "Kode ini bukan tanda terima kantor ini" in guest.words


def test_whoever_is_not_helped_replies_and_sees_it_opened_again() -> None:
    guest = looked_up(Guest().connected()).touch("pick:reply").write("Belum beres.").touch("written")
    assert guest.office.done == [
        (
            "complaint_step",
            {"complaint": "2025-0007", "secret": RECEIPT.secret, "action": "reply", "text": "Belum beres."},
        )
    ]
    assert guest.screen == "status"
    assert "Pengaduan dibuka kembali" in guest.words
    assert "Belum beres" not in guest.words


def test_whoever_is_helped_closes_it_after_being_asked_once_more() -> None:
    guest = looked_up(Guest().connected()).touch("pick:settled", "pick:no", "pick:settled", "pick:yes")
    assert [arguments["action"] for _, arguments in guest.office.done] == ["close"]
    assert "Pengaduan sudah ditutup" in guest.words
    assert isinstance(guest.page, CasePage)
    assert [one.key for one in guest.page.choices] == ["done"]
    guest.touch("pick:done")
    assert guest.screen == "feedback"


def test_what_has_gone_on_meanwhile_is_looked_at_again() -> None:
    guest = looked_up(Guest().connected())
    guest.office.refusing["complaint_step"] = "illegal_transition"
    guest.touch("pick:settled", "pick:yes")
    assert isinstance(guest.page, ProblemPage)
    guest.touch("way:again")
    assert guest.screen == "status"
    assert guest.office.done == []


# -- trouble --------------------------------------------------------------------------------------------------------


def test_a_lost_link_while_sending_is_said_and_the_same_request_is_sent_again_and_done_once() -> None:
    guest = complaining(Guest().connected())
    guest.server.lose_next(guest.bus.topics.reply("feedback-1"))
    guest.touch("pick:send")
    guest.cut()
    assert guest.screen == "sending"
    assert "Tidak tersambung sejak" in guest.words
    guest.mend()
    guest.wait(5)
    assert guest.screen == "receipt"
    assert len({made.id for made in guest.office.of("complain")}) == 1
    assert [command for command, _ in guest.office.done] == ["complain"]


def test_who_writes_while_the_link_is_lost_goes_on_and_sends_when_it_is_back() -> None:
    guest = Guest().connected().touch("topic:suggestion")
    guest.cut()
    guest.write("Kursi lagi.")
    assert guest.typed == "Kursi lagi."
    assert guest.screens[-1].banner is not None
    guest.touch("written")
    assert guest.screen == "sending"
    guest.mend()
    guest.wait(5)
    assert guest.screen == "thanks"
    assert len(guest.office.done) == 1


def test_no_answer_for_a_minute_keeps_what_was_written_and_waiting_on_sends_nothing_twice() -> None:
    guest = complaining(Guest().connected())
    guest.office.is_silent = True
    guest.touch("pick:send")
    guest.wait(61)
    assert isinstance(guest.page, ProblemPage)
    guest.touch("way:again")
    assert guest.screen == "sending"
    guest.office.speak()
    assert guest.screen == "receipt"
    assert len(guest.office.of("complain")) == 1


def test_a_refusal_that_may_pass_is_asked_anew_with_all_that_was_written() -> None:
    guest = complaining(Guest().connected())
    guest.office.refusing = {"complain": "storage_failed"}
    guest.touch("pick:send")
    assert isinstance(guest.page, ProblemPage)
    guest.touch("way:again")
    assert guest.screen == "receipt"
    assert len({made.id for made in guest.office.of("complain")}) == 2


def test_a_double_touch_answers_one_question() -> None:
    guest = Guest(Asks(surveys=(SKM,))).connected().touch("topic:survey", "pick:begin", "pick:new-passport")
    guest.presenter.pick("3")
    guest.presenter.pick("3")
    assert guest.screen == "question-2"


# -- what stays -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["walks away", "starts over", "is thanked"])
def test_nothing_that_was_written_is_left_after_the_visit(end: str, caplog: pytest.LogCaptureFixture) -> None:
    guest = complaining(Guest().connected())
    written = ("Too long", "siti@")
    assert all(one in guest.words for one in written)
    match end:
        case "walks away":
            guest.wait(IDLE_S + 25)
        case "starts over":
            guest.touch("start_over")
        case _:
            guest.touch("pick:send", "pick:noted")
    assert guest.screen == "feedback"
    state = repr(guest.presenter._flow.visit) + str(guest.presenter._flow.visit.opinion.text)
    assert not any(one in guest.words + state + caplog.text for one in written)


def test_no_repr_tells_what_was_written_or_who_wrote_it() -> None:
    guest = complaining(Guest().connected())
    assert "siti" not in repr(guest.presenter._flow.visit)
    assert "Two hours" not in repr(guest.presenter._flow.visit)
    guest.touch("pick:send")
    assert "K7QX" not in repr(guest.presenter._flow.visit)


def test_an_abandoned_text_is_asked_about_and_goes() -> None:
    guest = Guest().connected().touch("topic:suggestion").write("Kursi")
    guest.wait(IDLE_S + 1)
    assert guest.screens[-1].warning is not None
    guest.touch("stay")
    assert guest.typed == "Kursi"
    guest.wait(IDLE_S + 25)
    assert guest.screen == "feedback"
    assert guest.office.done == []


def test_what_the_configuration_says_is_what_is_asked() -> None:
    from kiosk.visit.opinion import asks_of  # noqa: PLC0415 - beside what it is compared with

    kiosk = settings().kiosks[0].model_copy(update={"role": "feedback", "printer": None, "counter": "counter-2"})
    asks = asks_of(settings(), kiosk)
    assert (asks.counter, asks.has_printer, asks.surveys) == ("counter-2", False, ("skm", "ipk"))
    assert replace(asks, counter=None).rating
    assert json.dumps(asks.surveys)

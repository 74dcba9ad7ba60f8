"""Whoever sees nothing takes a ticket alone, by four keys and by ear; whoever sees may go by keys too."""

from __future__ import annotations

import pytest

from broker.language import Phrases
from hardware.receipt import read_out
from kiosk.paper.layout import ticket_receipt
from kiosk.visit.steps import TICKET_STAY_S, WARNING_S
from kiosk.voice.guide import Key
from tests.ui.kiosk.kiosk_samples import news, ticket
from tests.ui.kiosk.kiosk_visitor import IDLE_S
from tests.ui.kiosk.listener import Listener

IN_ENGLISH: tuple[tuple[tuple[Key, ...], str, tuple[str, ...]], ...] = (
    (("headset_in",), "language", ("Voice is on. Press Next", "Take your queue number here", "three choices")),
    (("next", "next"), "language", ("Bahasa Indonesia. Sentuh", "English. Touch here to begin")),
    (("ok",), "service", ("What do you need today?", "ten choices")),
    (("next",), "service", ("New passport. ten to twenty-five minutes.",)),
    (
        ("ok",),
        "requirements",
        ("Do you have these with you?", "New passport.", "Family card", "three hundred and fifty thousand"),
    ),
    (("next",), "requirements", ("I have everything.",)),
    (("ok",), "lane", ("Are you entitled to priority?", "three choices")),
    (("next", "next"), "lane", ("Yes, Priority lane. called about nine fifty", "No, Regular lane")),
    (("ok",), "issuing", ("Your number is being prepared. Please wait a moment.",)),
)
IN_INDONESIAN: tuple[tuple[tuple[Key, ...], str, tuple[str, ...]], ...] = (
    (("next",), "language", ("Suara aktif. Tekan Berikutnya", "Ambil nomor antrean Anda di sini", "tiga pilihan")),
    (("next",), "language", ("Bahasa Indonesia. Sentuh",)),
    (("ok",), "service", ("Layanan apa yang Anda perlukan?", "sepuluh pilihan")),
    (("next",), "service", ("Paspor Baru. sepuluh sampai dua puluh lima menit.",)),
    (("ok",), "requirements", ("Apakah berkas ini Anda bawa?", "Kartu Keluarga", "tiga ratus lima puluh ribu rupiah")),
    (("next",), "requirements", ("Berkas saya lengkap.",)),
    (("ok",), "lane", ("Apakah Anda berhak didahulukan?", "tiga pilihan")),
    (("next", "next"), "lane", ("Ya, Jalur Prioritas.", "Tidak, Jalur Umum.")),
    (("ok",), "issuing", ("Nomor Anda sedang disiapkan.",)),
)


@pytest.fixture
def visitor() -> Listener:
    listener = Listener()
    listener.connected()
    listener.settle()
    return listener


def follow(visitor: Listener, steps: tuple[tuple[tuple[Key, ...], str, tuple[str, ...]], ...]) -> None:
    """Press, and find on each screen all that must be heard there, in order."""
    for keys, screen, fragments in steps:
        heard = " ".join(visitor.press(*keys))
        assert visitor.screen == screen
        at = 0
        for fragment in fragments:
            assert fragment in heard[at:], (fragment, heard)
            at = heard.index(fragment, at)


@pytest.mark.parametrize(
    ("steps", "number", "taken"),
    [
        (IN_ENGLISH, "Your queue number. A, P, twelve.", "Please take your ticket."),
        (IN_INDONESIAN, "Nomor antrean Anda. A, P, dua belas.", "Mohon ambil tiket Anda"),
    ],
)
def test_a_whole_visit_by_four_keys_and_by_ear(
    visitor: Listener, steps: tuple[tuple[tuple[Key, ...], str, tuple[str, ...]], ...], number: str, taken: str
) -> None:
    follow(visitor, steps)
    language = str(visitor.issues[-1].arguments["language"])
    paper = ticket(lane="priority", number="AP-012", check="0417", language=language)
    visitor.issues[-1].answer(paper)
    heard = visitor.listen()
    assert number in " ".join(heard)
    visitor.presenter.printed(news("confirmed", number="AP-012"))
    heard += visitor.listen()
    assert taken in " ".join(heard)
    spoken = " ".join(heard)
    for word in ("zero, four, one, seven", "nol, empat, satu, tujuh"):
        assert (word in spoken) == (word.startswith("zero") == (language == "en"))
    last = "Done." if language == "en" else "Selesai."
    assert visitor.press("next") == [last]
    assert visitor.press("ok")[0].startswith("Voice is off." if language == "en" else "Suara dimatikan.")
    assert visitor.screen == "language"
    assert not visitor.shown.access.voice


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("copies", [0, 1])
def test_all_that_stands_on_the_paper_is_said(visitor: Listener, language: str, copies: int) -> None:
    visitor.press("headset_in")
    visitor.presenter.choose_language(language)
    visitor.settle()
    visitor.go("issuing")
    paper = ticket(lane="priority", number="AP-012", check="0417", language=language)
    paper = paper.model_copy(update={"copies": copies})
    visitor.listen()
    visitor.issues[-1].answer(paper)
    visitor.presenter.printed(news("confirmed", number="AP-012", copies=copies))
    visitor.listen()
    said = {sentence.text for sentence in visitor.speaker.script(visitor.shown)}
    printed = read_out(ticket_receipt(paper, visitor.offer, Phrases("kiosk", language), columns=42))
    assert len(printed) > 12
    whole = "\n".join(said)
    assert [line for line in printed for part in line.split(" / ") if part not in whole] == []
    again = " ".join(visitor.press("repeat"))
    assert ("COPY" if language == "en" else "SALINAN") in again or not copies
    assert ("Thank you for waiting." if language == "en" else "Terima kasih sudah menunggu.") in again


def test_whatever_the_visitor_does_cuts_off_what_is_being_said(visitor: Listener) -> None:
    visitor.press("headset_in")
    keys: tuple[Key, ...] = ("next", "previous", "repeat", "volume_up", "ok", "back")
    for key in keys:
        before = visitor.ear.hushes
        visitor.press(key)
        assert visitor.ear.hushes > before, key
    before = visitor.ear.hushes
    visitor.guide.felt()
    assert visitor.ear.hushes == before + 1


def test_repeat_says_it_again_and_twice_what_the_keys_are_for(visitor: Listener) -> None:
    visitor.press("headset_in")
    visitor.presenter.choose_language("en")
    visitor.settle()
    visitor.listen()
    heard = visitor.press("next")
    assert visitor.press("repeat") == heard
    assert "The Repeat key says it again" in visitor.press("repeat")[0]
    assert visitor.press("repeat") == heard


def test_the_volume_is_told_bounded_and_the_usual_one_for_the_next_visitor(visitor: Listener) -> None:
    visitor.press("headset_in")
    visitor.presenter.choose_language("en")
    visitor.settle()
    visitor.listen()
    assert visitor.press("volume_up") == ["Volume seventy percent."]
    louder: list[Key] = ["volume_up"] * 9
    softer: list[Key] = ["volume_down"] * 12
    assert visitor.press(*louder)[-1] == "Volume one hundred percent."
    assert visitor.press(*softer)[-1] == "Volume twenty percent."
    visitor.press("headset_out")
    assert visitor.ear.volumes[-1] == 20
    visitor.press("headset_in")
    assert visitor.ear.volumes[-1] == 60


def test_the_question_whether_anybody_is_there_sounds_is_spoken_and_leaves_one_where_one_stood(
    visitor: Listener,
) -> None:
    visitor.press("headset_in", "next", "next", "ok", "next", "next")
    stood = visitor.guide._place
    visitor.wait(IDLE_S)
    assert visitor.ear.alerts == 1
    assert "Are you still there? This screen returns to the start in twenty seconds." in " ".join(visitor.listen())
    assert visitor.press("next") == ["Yes, go on."]
    assert visitor.press("ok")[0].startswith("What do you need today?")
    assert (visitor.screen, visitor.guide._place) == ("service", stood)


def test_who_sees_hears_the_question_too_as_a_tone(visitor: Listener) -> None:
    visitor.presenter.choose_language("en")
    visitor.settle()
    visitor.wait(IDLE_S)
    assert (visitor.ear.alerts, visitor.listen()) == (1, [])


def test_a_visit_lasts_while_it_is_read_to_but_silence_is_no_answer(visitor: Listener) -> None:
    visitor.press("headset_in", "next", "next", "ok")
    visitor.ear.is_speaking = True
    visitor.wait(4 * IDLE_S)
    assert (visitor.screen, visitor.shown.warning) == ("service", None)
    visitor.ear.is_speaking = False
    visitor.wait(IDLE_S)
    assert visitor.shown.warning is not None
    visitor.ear.is_speaking = True  # the question itself
    visitor.wait(WARNING_S)
    assert visitor.screen == "language"
    assert not visitor.shown.access.voice


def test_a_ticket_stays_until_it_has_been_read(visitor: Listener) -> None:
    visitor.press("headset_in")
    visitor.go("issuing")
    visitor.issues[-1].answer(ticket())
    visitor.presenter.printed(news("confirmed"))
    visitor.ear.is_speaking = True
    visitor.wait(3 * TICKET_STAY_S)
    assert visitor.screen == "ticket"


def test_trouble_is_spoken_no_paper_no_connection_and_a_refusal(visitor: Listener) -> None:
    visitor.press("headset_in", "next", "next", "ok", "next", "ok")
    visitor.listen()
    visitor.cut()
    assert "Not connected since" in " ".join(visitor.listen())
    visitor.mend()
    visitor.settle()
    visitor.presenter.newcomer.go_on()
    visitor.settle()
    visitor.presenter.newcomer.choose_lane("regular")
    visitor.listen()
    visitor.issues[-1].refuse("quota_reached")
    visitor.settle()
    heard = " ".join(visitor.listen())
    assert "No number was given out. All numbers of this lane are taken for today." in heard
    visitor.presenter.newcomer.choose_again("lanes")
    visitor.settle()
    visitor.presenter.newcomer.choose_lane("priority")
    visitor.issues[-1].answer(ticket(check="0417"))
    visitor.listen()
    visitor.presenter.printed(news("failed", trouble="paper_out"))
    heard = " ".join(visitor.listen())
    assert "Please remember your number. The printer has no paper." in heard
    assert "Code zero, four, one, seven." in heard


def test_a_number_is_typed_by_keys_and_each_sign_is_told(visitor: Listener) -> None:
    visitor.press("headset_in")
    visitor.presenter.choose_language("en")
    visitor.settle()
    visitor.listen()
    visitor.presenter.returning.begin()
    visitor.settle()
    assert "Type the number of your ticket" in visitor.listen()[0]
    assert visitor.press("next") == ["A."]
    assert visitor.press("ok") == ["A."]
    while visitor.press("next") != ["three."]:
        pass
    assert visitor.press("ok") == ["A, three."]


def test_whoever_sees_goes_by_tab_enter_and_esc_with_a_ring_and_in_silence(visitor: Listener) -> None:
    for _ in range(2):
        visitor.guide.key("next")
    assert visitor.ring == "language:en"
    visitor.guide.key("ok")
    assert (visitor.screen, visitor.ring) == ("service", "service:new-passport")
    visitor.settle()
    visitor.guide.key("ok")
    visitor.settle()
    assert visitor.screen == "requirements"
    visitor.guide.key("back")
    visitor.settle()
    assert visitor.screen == "service"
    visitor.guide.felt()
    assert visitor.ring == ""
    assert visitor.listen() == []
    visitor.guide.key("ok")
    visitor.settle()
    assert visitor.screen == "service", "no ring told what OK would do"


def test_where_nothing_can_be_heard_the_keypad_still_leads(visitor: Listener) -> None:
    visitor.ear.is_there = False
    visitor.press("headset_in", "next", "next", "ok")
    assert (visitor.screen, visitor.shown.access.voice) == ("service", False)


def test_the_end_of_the_headset_is_the_end_of_the_voice(visitor: Listener) -> None:
    visitor.press("headset_in", "next", "next", "ok")
    assert visitor.ear.by_headset
    visitor.press("headset_out")
    assert (visitor.screen, visitor.shown.access.voice, visitor.ear.by_headset) == ("service", False, False)

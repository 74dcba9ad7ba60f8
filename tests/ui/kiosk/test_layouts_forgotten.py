"""What is left of a visit at a feedback kiosk: nothing in widgets, in words that were drawn, or anywhere in memory."""

from __future__ import annotations

import gc
from dataclasses import replace

from broker.language import words_of
from hardware.codecs.number_words import Spelling
from hardware.receipt import Qr, Text, read_out
from kiosk.pages.feedback_samples import RECEIPT, feedback_screens
from kiosk.pages.focus import Sentence, stops
from kiosk.pages.page import WritePage
from kiosk.pages.spoken import Speaker, aloud
from kiosk.paper.layout import complaint_receipt
from tests.ui.kiosk.feedback_visitor import Guest, office, settings
from tests.ui.kiosk.test_layouts import kiosk
from tests.ui.panels import KIOSKS, MODES

MARK = "Rahasiaqz"
"""Stands nowhere else in this process."""


def holders() -> list[str]:
    """Return the types of whatever holds a text with the mark."""
    gc.unfreeze()  # what stood before the tests may hold it as well
    gc.collect()
    found = []
    for thing in gc.get_objects():
        kind = type(thing)  # never isinstance: a weak proxy of another test would answer for what is gone
        if issubclass(kind, (list, tuple, dict, set, frozenset)) or hasattr(kind, "__slots__"):
            held = [one for one in gc.get_referents(thing) if isinstance(one, str) and len(one) < 5000]
            if any(MARK in one and one != MARK for one in held):
                found.append(kind.__name__)
    return found


def test_nothing_that_was_typed_is_anywhere_in_the_kiosks_memory_after_the_visit() -> None:
    made = kiosk()
    made.stage.turn(KIOSKS["15.6 portrait"], MODES["plain"])
    guest = Guest().connected().touch("topic:complaint", "pick:complaint")
    guest.write(f"{MARK} dua jam").touch("written", "pick:on", "pick:contact").write(f"{MARK} surel").touch("written")
    shown = list(guest.screens)
    for screen in shown[-60:]:
        made.widget.show(screen)
    guest.touch("pick:no")
    made.widget.show(guest.screens[-1])
    made.stage.settle()
    assert holders(), "the text is on the screen"
    guest.touch("start_over")
    made.widget.show(guest.screens[-1])
    guest.screens[:] = guest.screens[-1:]
    shown.clear()
    del screen
    made.widget.forget()
    made.stage.settle()
    assert holders() == []


def test_nothing_of_what_became_of_a_complaint_is_anywhere_in_the_kiosks_memory_after_the_visit() -> None:
    made = kiosk()
    made.stage.turn(KIOSKS["15.6 portrait"], MODES["plain"])
    guest = Guest(has_scanner=True).connected()
    guest.office.texts[3] = f"{MARK} sudah ditangani."
    guest.presenter.scanned(str(RECEIPT.qr))
    guest.settle()
    made.widget.show(guest.screens[-1])
    made.stage.settle()
    assert guest.screen == "status"
    assert holders(), "the answer is on the screen"
    guest.touch("pick:done")
    assert guest.screen == "feedback"
    made.widget.show(guest.screens[-1])
    guest.screens[:] = guest.screens[-1:]
    guest.office.forget()
    made.widget.forget()
    made.stage.settle()
    assert holders() == []


def test_whoever_listens_hears_the_word_in_hand_after_each_key_and_signs_by_their_names() -> None:
    guest = Guest().connected().touch("topic:suggestion").write("Kursi lagi")
    page = guest.page
    assert isinstance(page, WritePage)
    assert page.echo == "lagi"
    speaker = Speaker(words_of("kiosk", ("id", "en")), "id")
    before = stops(guest.screens[-1])
    guest.touch("type:x")
    (news,) = speaker.news(before, stops(guest.screens[-1]))
    assert (news.text, news.is_private) == ("lagix", True)
    said = aloud((Sentence(",", "en"), Sentence("?", "en")), words_of("kiosk", ("en",)), lambda _language: None)
    assert [one.text for one in said] == ["Comma. Question mark."]


def test_number_and_code_of_a_complaint_are_told_sign_by_sign_and_to_its_holder_alone() -> None:
    screens = dict(feedback_screens(settings(), office(), "en"))
    said = [one for stop in stops(screens["23-receipt-screen"]) for one in stop.sentences]
    (code,) = [one for one in said if "K7QX" in one.text]
    assert code.is_private
    spelling = Spelling("en")
    (heard,) = aloud((replace(code, is_private=False),), words_of("kiosk", ("en",)), lambda _language: spelling)
    assert heard.text.startswith("Code K, seven, Q, X, two, M")
    (number,) = aloud((Sentence("2025-0007", "en"),), words_of("kiosk", ("en",)), lambda _language: spelling)
    assert number.text == "two, zero, two, five, zero, zero, zero, seven."


def test_the_receipt_on_paper_has_number_code_dates_and_the_way_to_the_answer() -> None:
    paper = complaint_receipt(RECEIPT, office(), words_of("kiosk", ("id", "en"))("en"), columns=48)
    said = read_out(paper)
    assert {"2025-0007", "K7QX 2M4P ZB5W T3HD"} <= set(said)
    assert "Friday, December 12, 2025" in said
    assert [item.text for item in paper.items if isinstance(item, Qr)] == [RECEIPT.qr]
    assert all(item.width <= 2 for item in paper.items if isinstance(item, Text))

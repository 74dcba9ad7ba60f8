"""What people write is kept whole or refused in words; hostile or not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.contract.messages import MAX_PAYLOAD_BYTES
from broker.domain.errors import DomainError
from broker.domain.feedback import commands as fb
from broker.domain.feedback import texts
from broker.gateway.decoding import decode
from tests.fakes.engine_room import EngineRoom
from tests.fakes.feedback import HELD, casebook_office, complain, look, staff_in

KEPT = {
    "markup": "<script>alert(1)</script> [b]bold[/b] &amp; =1+1",
    "from the right": "\u202eevil\u202c \u2067\u0634\u0643\u0648\u0649\u2069",
    "lines": "one\ntwo\n\nthree\ttabbed",
    "scripts": "申诉 🙏🏽 ข้อร้องเรียน",
    "quotes": "\"'`;--\\ {} ${x} %s {0}",
}
REFUSED = {
    "a bell": "ring\a",
    "an escape": "\x1b[2J",
    "nothing": "   \n ",
    "invisible": "\u200b\u2060",
    "zero": "a\x00b",
    "delete": "a\x7f",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_hostile_words_are_kept_whole(text: str) -> None:
    room = EngineRoom(office=casebook_office())
    number = complain(room, text)
    assert look(room, number, secret=HELD, step=0)["text"] == text
    room.ask(fb.Suggest(text, row="one"))
    session = staff_in(room)
    assert room.ask(fb.ReadSuggestion(session, "one"))["text"] == text


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_no_writing_is_refused_in_words(text: str) -> None:
    room = EngineRoom(office=casebook_office())
    for command in (fb.Suggest(text, row="one"), fb.Complain("complaint", text, secret=HELD)):
        reply = room.ask(command)
        assert (reply["error"], reply["detail"]["field"]) == ("bad_request", "text")


def test_line_ends_are_of_one_kind() -> None:
    assert texts.required(" a\r\nb\rc ", "text") == "a\nb\nc"


@pytest.mark.parametrize("length", [2001, 10_000])
def test_ten_thousand_characters_are_refused_in_words(length: int) -> None:
    decoded = decode("suggest", json.dumps({"id": "r", "text": "x" * length}).encode(), {})
    assert isinstance(decoded.command, DomainError)
    assert ("2000" in decoded.command.message) or (str(MAX_PAYLOAD_BYTES) in decoded.command.message)


def test_what_fits_in_characters_but_not_in_bytes_is_refused_in_words() -> None:
    room = EngineRoom(office=casebook_office())
    reply = room.ask(fb.Suggest("🙏" * 2000, row="one"))
    assert reply["error"] == "bad_request"


@pytest.mark.parametrize(("typed", "kept"), [("a-012", "A-012"), (" AP-003 ", "AP-003"), ("12", "12"), ("", None)])
def test_a_ticket_is_a_number(typed: str, kept: str | None) -> None:
    assert texts.ticket_number(typed) == kept


@pytest.mark.parametrize("typed", ["Budi Santoso", "0812 3456 7890", "A-012; DROP", "٣", "x" * 200])
def test_what_is_no_number_is_no_ticket(typed: str) -> None:
    with pytest.raises(DomainError, match="number on the paper"):
        texts.ticket_number(typed)


@given(st.text(max_size=60))
def test_a_text_is_itself_again_or_refused(text: str) -> None:
    try:
        kept = texts.required(text, "text")
    except DomainError:
        return
    assert kept == text.replace("\r\n", "\n").replace("\r", "\n").strip()
    assert texts.required(kept, "text") == kept

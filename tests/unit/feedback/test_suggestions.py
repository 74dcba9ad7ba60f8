"""The suggestion box: everybody puts in, supervisors read and tag."""

from __future__ import annotations

import pytest

from broker.domain.feedback import commands as fb
from broker.domain.feedback.rules import FeedbackRules
from tests.fakes.engine_room import EngineRoom
from tests.fakes.feedback import book_of, casebook_office, finished, rate, said, staff_in

DAY_S = 24 * 3600


@pytest.fixture
def room() -> EngineRoom:
    return EngineRoom(office=casebook_office())


def box(room: EngineRoom, session: str, page: int = 0) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = room.ask(fb.ListSuggestions(session, page))["suggestions"]
    return listed


def test_what_nobody_has_read_comes_first_then_the_newest(room: EngineRoom) -> None:
    for row in ("b", "a"):
        room.ask(fb.Suggest(f"more chairs {row}", "visa", "en", row))
    room.clock.advance(DAY_S)
    room.ask(fb.Suggest("more light", row="c"))
    session = staff_in(room)
    assert [one["id"] for one in box(room, session)] == ["c", "a", "b"]
    room.ask(fb.MarkSuggestion(session, "c", is_read=True))
    assert [(one["id"], one["is_read"]) for one in box(room, session)] == [("a", False), ("b", False), ("c", True)]
    first = box(room, session)[0]
    assert (first["service"], first["language"], first["text"]) == ("visa", "en", "more chairs a")


def test_a_long_one_is_cut_in_the_list_and_whole_by_itself(room: EngineRoom) -> None:
    text = "x" * 81
    room.ask(fb.Suggest(text, row="a"))
    session = staff_in(room)
    (listed,) = box(room, session)
    assert (listed["text"], listed["is_whole"]) == (text[:80], False)
    assert room.ask(fb.ReadSuggestion(session, "a"))["text"] == text


def test_tags_are_set_in_place_of_those_before_and_outlive_a_restart(room: EngineRoom) -> None:
    room.ask(fb.Suggest("more chairs", row="a"))
    session = staff_in(room)
    room.ask(fb.MarkSuggestion(session, "a", ("chairs", "hall", "chairs")))
    room.ask(fb.MarkSuggestion(session, "a", is_read=True))
    assert (book_of(room).suggestions["a"].tags, book_of(room).suggestions["a"].is_read) == (("chairs", "hall"), True)
    before, seq = said(book_of(room)), room.hall.seq
    room.restart()
    assert said(book_of(room)) == before
    assert room.ask(fb.MarkSuggestion(session, "a", is_read=True))["events"] == [], "it is so already"
    assert room.hall.seq == seq


def test_only_supervisors_and_who_handles_complaints_read(room: EngineRoom) -> None:
    room.ask(fb.Suggest("more chairs", row="a"))
    officer, handler = staff_in(room, "sari"), staff_in(room, "budi")
    for question in (fb.ListSuggestions(officer), fb.ReadSuggestion(officer, "a"), fb.MarkSuggestion(officer, "a")):
        assert room.ask(question)["error"] == "not_allowed"
    assert room.ask(fb.ListSuggestions("stolen"))["error"] == "no_session"
    assert len(box(room, handler)) == 1
    assert room.ask(fb.ReadSuggestion(handler, "z"))["error"] == "unknown_suggestion"


def test_a_sentence_beside_a_rating_is_read_there_without_a_trace_of_the_ticket(room: EngineRoom) -> None:
    room.sign_in("c1", "sari")
    ticket = finished(room)
    rate(room, ticket, 2, text="It took long.")
    (listed,) = box(room, staff_in(room))
    assert (listed["text"], listed["tags"], listed["service"]) == ("It took long.", ["rating"], "visa")
    told = room.wire.told[-2:]
    assert not any("suggest" in type(one.event).__name__.lower() for one in told)


def test_where_there_is_no_box_nothing_is_put_in() -> None:
    room = EngineRoom(office=casebook_office(feedback=FeedbackRules(suggestions=False)))
    assert room.ask(fb.Suggest("x", row="a"))["error"] == "not_allowed"
    assert EngineRoom().ask(fb.Suggest("x", "no-service", row="a"))["error"] == "unknown_service"


def test_pages_hold_eight_and_none_is_left_out(room: EngineRoom) -> None:
    for row in range(19):
        room.ask(fb.Suggest(f"{row}", row=f"{row:02}"))
    session = staff_in(room)
    pages = [box(room, session, page) for page in range(4)]
    assert [len(page) for page in pages] == [8, 8, 3, 0]
    assert len({one["id"] for page in pages for one in page}) == 19

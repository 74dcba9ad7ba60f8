"""What pages of feedback say and read, without a request."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.contract import messages as ms
from broker.language import Phrases
from broker.web.staff import complaints, suggestions
from broker.web.visitor import complaint, results, survey
from broker.web.visitor.writing import new_mark, read, read_line, request_id, text_field, too_long
from tests.support.surveys import result_of, skm_message

EN, ID, AR = (Phrases("broker.web", language) for language in ("en", "id", "ar"))
NOW = dt.datetime(2026, 11, 26, 9, 0, tzinfo=dt.UTC)


def told(state: str, **changes: object) -> ms.Complaint:
    """Return a complaint in a state."""
    day = NOW.date()
    shape = {"number": "2026-0007", "kind": "complaint", "state": state, "received_at": NOW}
    return ms.Complaint.model_validate({**shape, "verify_by": day, "answer_by": day, "closes_on": day, **changes})


@given(st.text(), st.text())
def test_one_form_with_one_content_is_one_request_and_another_content_another(one: str, other: str) -> None:
    mark = "a" * 32
    ids = [request_id(mark, "suggest", {"text": text}) for text in (one, other)]
    assert (ids[0] == ids[1]) == (one == other)
    assert request_id(new_mark(), "suggest", {"text": one}) != ids[0]
    assert ids[0].isascii()
    assert len(ids[0]) <= 64


@given(st.text())
def test_what_is_read_has_nothing_that_nobody_sees_and_loses_no_letter(text: str) -> None:
    kept = read({"text": text}, "text")
    assert not any(sign in kept for sign in "\x00\x07\x1b\u202e\u2066\ufeff\r\t")
    assert [sign for sign in text if sign.isalnum()] == [sign for sign in kept if sign.isalnum()]
    assert "\n" not in read_line({"text": text}, "text")


def test_a_text_says_how_much_is_left_and_by_how_much_it_is_too_long() -> None:
    assert text_field(EN, "text", "", "abc", limit=10).left == "Characters left: 7"
    assert text_field(EN, "text", "", "a" * 11, limit=10).left == "Characters left: 0"
    assert "1 character too long" in too_long(EN, "a" * 2001, 2000)
    assert "too long for the office" in too_long(EN, "\U0001f600" * 1600, 2000)
    assert not too_long(EN, "a" * 2000, 2000)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("abcd efgh ijkl mnop", "ABCDEFGHIJKLMNOP"), ("ABCD-EFGH-IJKL-MN0P", "ABCDEFGHIJKLMNOP"), ("", "")],
)
def test_a_secret_may_be_typed_as_people_type(typed: str, meant: str) -> None:
    assert complaint.read_access({"number": " 2026-0007 ", "secret": typed}) == ("2026-0007", meant)


@pytest.mark.parametrize("state", [*complaint.STATES])
def test_each_state_is_told_to_both_sides(state: str) -> None:
    seen = complaint.status(EN, told(state), "S" * 16, "m", zone=dt.UTC, texts={})
    assert seen.state in {EN.say(text) for text in complaint.STATES.values()}
    offered = complaints.actions(EN, state, {})
    assert offered, "staff can always do something"
    assert sum(one.is_first for one in offered) <= 1
    assert (seen.reply is None) == (state in {"closed", "rejected", "merged"})


def test_an_unknown_state_or_step_of_a_newer_engine_is_shown_as_it_is() -> None:
    step = ms.ComplaintStep(at=NOW, type="blessed")
    seen = complaint.status(EN, told("blessed", kind="novel", steps=(step,)), "S" * 16, "m", zone=dt.UTC, texts={})
    assert (seen.state, seen.kind, seen.steps[0].what) == ("blessed", "novel", "blessed")


def test_a_survey_reads_only_its_own_answers() -> None:
    asked = skm_message("id")
    given_answers = survey.read_answers(asked, {"a-time": "4", "a-fee": "9", "a-none": "1", "p-sex": "x", "i": "short"})
    assert given_answers.answers == {"time": 4}
    assert not given_answers.profile
    assert not given_answers.invitation
    assert len(survey.faults(ID, asked, given_answers)) == 8


def test_figures_are_written_as_the_language_writes_them() -> None:
    message = ms.FeedbackMessage(at=NOW, results=(result_of("skm"),))
    assert results.results(ID, message, "id").indices[0].index == "91,48"
    assert results.results(EN, message, "id").indices[0].index == "91.48"
    assert results.results(AR, message, "id").indices[0].name == result_of("skm").name["id"], "the office's own instead"


def test_tags_are_each_taken_once() -> None:
    assert suggestions.tags_of(" Kursi, kursi,, Ruang  tunggu ") == ["kursi", "ruang tunggu"]

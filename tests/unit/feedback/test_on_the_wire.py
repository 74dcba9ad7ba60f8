"""Feedback as a client sees it: shapes, secrets that no reply keeps, pictures that come seldom, nothing over 8 KiB."""

from __future__ import annotations

from typing import Any

import pytest

from broker.contract import messages as ms
from broker.contract.messages import MAX_PAYLOAD_BYTES
from broker.contract.topics import Topics
from broker.domain.feedback.complaints import MOST_STEPS
from broker.domain.vocabulary import EVENT_TYPES
from broker.gateway import Inbound
from tests.fakes.feedback import casebook_office
from tests.fakes.store import MemoryStore
from tests.unit.gateway.test_outbound import Office

LONGEST = "ก" * 80
"""A script whose letters have three bytes."""


@pytest.fixture
def office() -> Office:
    office = Office(casebook_office())
    office._inbound = Inbound(
        Topics("demo"),
        lambda submission: office.engine.step([office.engine.pin_checker.checked(submission)]),
        token=lambda *request: "/".join(request),
        secret=lambda client, request: f"SECRET-OF-{client}-{request}".upper(),
    )
    return office


def staff(office: Office, officer: str = "budi") -> dict[str, Any]:
    return {"client": "web", "session": office.do("staff_in", client="web", officer=officer, pin="1234")["session"]}


def complain(office: Office, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - arguments of a request
    receipt: dict[str, Any] = office.do("complain", kind="complaint", **{"text": "It was slow.", **more})["receipt"]
    return receipt


def stored(office: Office) -> bytes:
    """Return all replies that are kept."""
    store = office.engine._store
    assert isinstance(store, MemoryStore)
    return b"".join(payload for _, payload in store.replies.values())


def test_a_receipt_has_its_secret_and_the_kept_reply_has_not(office: Office) -> None:
    first = office.ask("complain", kind="complaint", text="It was slow.")
    receipt = first["result"]["receipt"]
    assert ms.Receipt.model_validate_json(ms.Receipt(**receipt).model_dump_json())
    assert receipt["secret"].encode() not in stored(office)
    office._count -= 1
    office.clock.advance(60)
    assert office.ask("complain", kind="complaint", text="It was slow.") == first


def test_what_is_asked_for_is_kept_among_no_replies(office: Office) -> None:
    receipt, at = complain(office, contact="quagga"), staff(office)
    before = stored(office)
    office.do("suggestions", **at)
    office.do("complaints", **at)
    office.do("complaint", **at, complaint=receipt["number"], step=0)
    office.do("complaint", **at, complaint=receipt["number"], contact=True)
    assert office.ask("complaint", complaint=receipt["number"], secret=LONGEST)["error"]["code"] == "unknown_complaint"
    assert stored(office) == before


def test_of_feedback_an_event_tells_its_name_and_nothing_else(office: Office) -> None:
    receipt, at = complain(office), staff(office)
    office.do("suggest", text="more chairs")
    office.do("complaint_step", **at, complaint=receipt["number"], action="forward", to="Kantor Wilayah")
    office.do("staff_out", **at)
    told = office.air.all("event/")
    assert {one["type"] for one in told} <= EVENT_TYPES.keys()
    assert {frozenset(one) for one in told} == {frozenset({"seq", "at", "type"})}
    assert [one["seq"] for one in told] == list(range(1, len(told) + 1))


def test_a_complaint_has_the_fields_of_the_protocol(office: Office) -> None:
    receipt, at = complain(office, ticket="A-012", service="visa", confidential=True), staff(office)
    (listed,) = office.do("complaints", **at)["complaints"]
    seen = office.do("complaint", **at, complaint=receipt["number"])["complaint"]
    assert listed.keys() == seen.keys() == ms.Complaint.model_fields.keys()
    assert (listed["steps"], len(seen["steps"])) == ([], 1)
    assert {name: listed[name] for name in listed if name != "steps"} == {
        name: seen[name] for name in seen if name != "steps"
    }
    moved = office.do("complaint_step", **at, complaint=receipt["number"], action="verify")["complaint"]
    assert (moved["state"], moved["steps"][-1]["by"]) == ("verified", "Budi S.")


def test_whoever_left_words_in_the_widest_script_is_told_of_them_whole(office: Office) -> None:
    at = staff(office)
    for text in ("ก" * 2000, '"' * 2000, "🙏" * 1500):
        receipt = complain(office, text=text)
        assert office.do("complaint", **at, complaint=receipt["number"], step=0)["text"] == text
    assert office.air.longest <= MAX_PAYLOAD_BYTES


def test_no_list_is_longer_than_a_message(office: Office) -> None:
    at = staff(office)
    for _ in range(15):
        complain(office, ticket="AAA-999999", service="collection", confidential=True, contact=LONGEST)
        office.do("suggest", text=LONGEST * 3, service="collection")
    for suggestion in tuple(book_of_office(office).suggestions):
        tags = [f"{letter}" * 20 for letter in "กขคงจ"]
        office.do("suggestion_step", **at, suggestion=suggestion, tags=tags)
    assert len(office.do("complaints", **at, state="all")["complaints"]) == 14
    assert office.do("complaints", **at, state="all")["pages"] == 2
    assert len(office.do("suggestions", **at)["suggestions"]) == 8
    assert office.air.longest <= MAX_PAYLOAD_BYTES


def test_the_longest_story_fits_a_message(office: Office) -> None:
    receipt, at = complain(office), staff(office)
    for _ in range(MOST_STEPS - 1):
        office.do("complaint_step", **at, complaint=receipt["number"], action="forward", to=LONGEST)
    again = office.ask("complaint_step", **at, complaint=receipt["number"], action="forward", to=LONGEST)
    assert again["error"]["code"] == "illegal_transition"
    for action, more in (("answer", {"text": LONGEST}), ("close", {})):
        office.do("complaint_step", **at, complaint=receipt["number"], action=action, **more)
    assert len(office.do("complaint", **at, complaint=receipt["number"])["complaint"]["steps"]) == MOST_STEPS + 2
    assert office.air.longest <= MAX_PAYLOAD_BYTES


def test_a_marked_suggestion_comes_back_without_its_words_for_that_reply_is_kept(office: Office) -> None:
    at = staff(office)
    office.do("suggest", text="Zebrafish want chairs")
    (listed,) = office.do("suggestions", **at)["suggestions"]
    assert (listed["text"], listed["is_whole"]) == ("Zebrafish want chairs", True)
    marked = office.do("suggestion_step", **at, suggestion=listed["id"], tags=["chairs"])["suggestion"]
    assert (marked["tags"], marked["text"], marked["is_whole"]) == (["chairs"], "", False)
    assert b"Zebrafish" not in stored(office)


def test_what_is_published_comes_seldom_and_only_where_it_changed(office: Office) -> None:
    office.pause_s = 0.1
    office.engine.step([])
    before = len(office.air.all("state/feedback"))
    for _ in range(100):
        complain(office)
    drawn = office.air.all("state/feedback")[before:]
    assert 3 <= len(drawn) <= 6, "ten seconds, and not more often than every other"
    office.clock.advance(2)
    office.engine.step([])
    assert office.air.last("state/feedback")["complaints"]["received"] == 100
    count = len(office.air.all("state/feedback"))
    for _ in range(300):
        office.clock.advance(1)
        office.engine.step([])
    assert len(office.air.all("state/feedback")) == count


def test_complaints_that_get_late_are_published_though_nothing_happens(office: Office) -> None:
    complain(office)
    office.clock.advance(4 * 24 * 3600)
    office.engine.step([])
    assert office.air.last("state/feedback")["complaints"]["overdue"] == 1


def book_of_office(office: Office) -> Any:  # noqa: ANN401 - the engine's own
    book = office.engine._book
    assert book is not None
    return book


@pytest.mark.parametrize("score", [True, 3.5, "3", 0, 5, None])
def test_what_is_no_whole_number_from_one_to_four_is_no_score(office: Office, score: object) -> None:
    rated = office.ask("rate", ticket="A-001", score=score)
    answered = office.ask("survey", survey="skm", version="1", answers={"time": score})
    assert [reply["error"]["code"] for reply in (rated, answered)] == ["bad_request"] * 2
    assert [reply["error"]["detail"]["field"] for reply in (rated, answered)] == ["score", "answers.time"]

"""A complaint on a whole office: the receipt, a broker that is killed, the answer, and what lies on the disk then."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.contract.messages import FeedbackMessage
from tests.support.caller import Caller, wait_until
from tests.support.office import OfficeProcess

PIN = "1234"
TEXT, ANSWER, CONTACT = "Zebrafish were slow", "Okapis regret it", "quagga@example.org"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeProcess]:
    office = OfficeProcess(tmp_path)
    office.start()
    yield office
    office.stop()


def figures(caller: Caller) -> queue.SimpleQueue[FeedbackMessage]:
    """Return what is published of feedback, as it comes."""
    heard: queue.SimpleQueue[FeedbackMessage] = queue.SimpleQueue()
    caller.bus.listen(caller.bus.topics.feedback(), FeedbackMessage, heard.put)
    return heard


def test_a_complaint_outlives_the_broker_and_is_answered_by_staff(office: OfficeProcess) -> None:
    phone = office.caller("kiosk-1")
    heard = figures(phone)
    with phone:
        asked = {"kind": "complaint", "text": TEXT, "contact": CONTACT, "ticket": "A-001"}
        first = phone.ask("complain", request_id="the-form", **asked)
        assert first.result is not None
        office.kill()
        office.start()
        wait_until(lambda: phone.linked, "the engine is online again")
        again = phone.ask("complain", request_id="the-form", **asked)
        assert again.result == first.result, "sent again it is the same complaint, with the same secret"
        receipt = first.result["receipt"]
        number, secret = receipt["number"], receipt["secret"]
        assert (number[5:], len(secret)) == ("0001", 16)
        assert phone.refused("complaint", complaint=number, secret="A" * 16) == "unknown_complaint"
        with office.caller("kiosk-2") as desk:
            signed = desk.do("staff_in", officer="yusuf", pin=PIN)
            assert (signed["officer"], signed["role"]) == ("Muhammad Yusuf", "complaints")
            session = signed["session"]
            (listed,) = desk.do("complaints", session=session)["complaints"]
            assert (listed["number"], listed["ticket"], listed["steps"]) == (number, "A-001", [])
            assert desk.do("complaint", complaint=number, session=session, step=0) == {"text": TEXT}
            assert desk.do("complaint", complaint=number, session=session, contact=True) == {"contact": CONTACT}
            desk.do("complaint_step", complaint=number, action="answer", text=ANSWER, session=session)
            desk.do("staff_out", session=session)
            assert desk.refused("complaints", session=session) == "no_session"
        own = phone.do("complaint", complaint=number, secret=secret)["complaint"]
        assert (own["state"], own["ticket"], [step["by"] for step in own["steps"]]) == ("answered", None, [None, None])
        assert phone.do("complaint", complaint=number, secret=secret, step=1) == {"text": ANSWER}
        phone.do("complaint_step", complaint=number, action="close", secret=secret)
        wait_until(lambda: _answered(heard) == 1, "it is published that one was answered")
    office.stop()
    kept = b"".join(path.read_bytes() for path in office.data_dir.rglob("*") if path.is_file())
    assert number.encode() in kept
    for words in (TEXT.split(maxsplit=1)[0], ANSWER.split(maxsplit=1)[0], CONTACT, secret):
        assert words.encode() not in kept
    office.start()


def _answered(heard: queue.SimpleQueue[FeedbackMessage]) -> int:
    """Return of the next picture how many were answered; waits for one."""
    complaints = heard.get(timeout=10).complaints
    assert complaints is not None
    return complaints.answered

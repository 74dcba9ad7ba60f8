"""A supervisor's acts on a real broker: whoever watches sees each within a second, and a stranger gets none done."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from broker import permissions
from broker.contract.messages import AnnouncementsMessage
from broker.domain.vocabulary import COMMANDS
from tests.support.browsing import asked_before
from tests.support.caller import Caller, wait_until
from tests.support.office import OfficeProcess
from tests.support.plain_http import NO_AUTHORITY
from tests.support.web_process import PUBLIC, WebProcess
from tests.web.test_feedback_pages import hidden

SERVICE, WHY = "new-passport", "the scanner is broken"
SOON_S = 1.0
"""What is promised; a machine that has much else to do gets its time beside it."""
ACTS = ("staff_transfer", "staff_cancel", "staff_call", "offer", "quota", "intake", "ask_counter", "announce")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeProcess]:
    """Yield a running office."""
    process = OfficeProcess(tmp_path / "var", extra=PUBLIC)
    process.start()
    yield process
    process.stop()


def seen_within(true: Callable[[], bool], what: str) -> float:
    """Wait until something is seen; return how long that took."""
    begun = time.monotonic()
    wait_until(true, what)
    return time.monotonic() - begun


def test_every_act_is_seen_by_all_within_a_second_and_outlives_a_restart(office: OfficeProcess) -> None:
    said: list[AnnouncementsMessage] = []
    display = office.caller("display-1")
    display.bus.listen(display.bus.topics.announcements(), AnnouncementsMessage, said.append)
    with display, office.caller("kiosk-1") as kiosk, office.caller("counter-1") as counter, office.caller("web") as web:
        session = web.do("staff_in", officer="maria", pin="1234")["session"]
        staff = {"session": session, "reason": WHY}
        ticket = kiosk.do("issue", service=SERVICE)["ticket"]
        desk = {
            "counter": "counter-1",
            "session": counter.do("open", counter="counter-1", officer="siti", pin="1234")["session"],
        }
        took: dict[str, float] = {}

        web.do("offer", **staff, service=SERVICE, action="close")
        took["offer"] = seen_within(lambda: offer(display) == "closed", "the display knows that it is closed")
        assert kiosk.refused("issue", service=SERVICE) == "service_closed"
        assert display.hall is not None
        assert [one.service for one in display.hall.closed_today] == [SERVICE]
        web.do("staff_undo", session=session)
        took["undo"] = seen_within(lambda: offer(display) == "open", "it is open again")

        web.do("quota", **staff, service=SERVICE, quota=1)
        took["quota"] = seen_within(lambda: offer(display) == "full", "the kiosks say full")
        web.do("quota", **staff, service=SERVICE, quota=None)

        until = display.hall.at.replace(hour=23, minute=59, second=59)
        web.do("intake", **staff, action="stop", resume_at=until.isoformat())
        took["intake"] = seen_within(lambda: is_stopped(display, until), "all say when to come back")
        office.kill()
        office.start()
        wait_until(lambda: kiosk.linked and web.linked and display.linked, "the broker is back")
        assert kiosk.refused("issue", service=SERVICE) == "service_closed"
        web.do("intake", **staff, action="resume")
        took["resume"] = seen_within(lambda: display.hall is not None and display.hall.intake is None, "numbers again")

        text = {"id": "Loket 3 tutup.", "en": "Counter 3 is closed."}
        name = web.do("announce", session=session, text=text, ends_at=until.isoformat(), say=True)["announcement"]
        took["announce"] = seen_within(lambda: [one.id for one in said[-1].items] == [name], "it is announced")
        web.do("unannounce", session=session, announcement=name)
        wait_until(lambda: not said[-1].items, "it is over")

        web.do("ask_counter", session=session, counter="counter-1", action="pause", reason=WHY)
        took["ask_counter"] = seen_within(
            lambda: counter.counters["counter-1"].asked is not None, "the counter is asked"
        )
        counter.do("asked", **desk, action="decline")
        wait_until(lambda: counter.counters["counter-1"].asked is None, "it has said no")

        web.do("staff_call", **staff, ticket=ticket["number"], counter="counter-1")
        took["staff_call"] = seen_within(lambda: is_called(display, ticket["number"]), "the display calls it")
        web.do("staff_transfer", **staff, ticket=ticket["number"], to_counter="counter-2")
        took["staff_transfer"] = seen_within(lambda: not is_called(display, ticket["number"]), "the call is over")
        web.do("staff_cancel", **staff, ticket=ticket["number"])
        assert kiosk.do("lookup", ticket=ticket["id"])["ticket"]["state"] == "cancelled"
        late = {act: seconds for act, seconds in took.items() if seconds > SOON_S}
        assert not late, late


def test_a_foreign_client_gets_nothing_done_without_session_or_role(office: OfficeProcess) -> None:
    with office.caller("counter-1") as stranger:
        ticket = stranger.do("issue", service=SERVICE)["ticket"]
        at_desk = stranger.do("open", counter="counter-1", officer="siti", pin="1234")["session"]
        own = stranger.do("staff_in", officer="siti", pin="1234")["session"]
        assert stranger.do("staff_sessions", session=own, own=True)["sessions"][0]["role"] == permissions.OFFICER
        for act in ACTS:
            assert act in COMMANDS
            for session, code in (("stolen", "no_session"), (at_desk, "no_session"), (own, "not_allowed")):
                arguments: dict[str, Any] = {"reason": WHY, **ARGUMENTS[act], "session": session}
                arguments |= {"ticket": ticket["id"]} if "ticket" in arguments else {}
                assert stranger.refused(act, **arguments) == code, act
        assert stranger.do("lookup", ticket=ticket["id"])["ticket"]["state"] == "waiting"
        stranger.do("next", counter="counter-1", session=at_desk)
        happened: list[str] = []
        while "called" not in happened:
            happened.append(stranger.events.get(timeout=30).type)
        assert happened == ["issued", "opened", "staff_signed_in", "called"], "nothing else has happened"


def test_a_supervisor_closes_a_service_in_the_browser_and_a_phone_reads_what_is_announced(
    office: OfficeProcess,
) -> None:
    web = WebProcess(office)
    web.start()
    try:
        with (
            office.caller("kiosk-1") as kiosk,
            httpx.Client(base_url=web.address, timeout=30, verify=NO_AUTHORITY) as browser,
        ):
            key = kiosk.do("issue", service=SERVICE)["ticket"]["key"]
            press(browser, "/staff/in", officer="maria", pin="1234")
            shown = press(browser, "/staff/acts/offer", place=f"service:{SERVICE}", reason=WHY, **hidden_of(browser))
            assert "hari ini" in shown
            wait_until(lambda: offer(kiosk) == "closed", "the kiosk knows")
            words = {"text-id": "Kami tutup pukul 12.", "text-en": "We close at noon."}
            press(browser, "/staff/acts/announce", ends_at="23:59", **words, **hidden_of(browser))
            wait_until(lambda: "tutup pukul 12" in browser.get(f"/t/{key}").text, "the phone says so")
            press(
                browser,
                "/staff/acts/offer",
                place=f"service:{SERVICE}",
                action="open",
                reason=WHY,
                **hidden_of(browser),
            )
            wait_until(lambda: offer(kiosk) == "open", "it is open again")
    finally:
        web.stop()


def offer(caller: Caller) -> str:
    """Return what this client knows of the service in the first lane."""
    groups = caller.hall.waiting if caller.hall else ()
    return next((one.offer for one in groups if (one.service, one.lane) == (SERVICE, "regular")), "")


def is_stopped(caller: Caller, until: dt.datetime) -> bool:
    """Tell whether this client knows that no numbers are given out, and until when."""
    hall = caller.hall
    told = hall is not None and hall.intake is not None and hall.hours is not None
    return (
        told
        and hall is not None
        and hall.hours is not None
        and (hall.hours.is_open, hall.hours.opens_at) == (False, until)
    )


def is_called(caller: Caller, number: str) -> bool:
    """Tell whether this client sees the number called."""
    return caller.hall is not None and number in {call.number for call in caller.hall.calling}


def press(browser: httpx.Client, path: str, **fields: str) -> str:
    """Send a form as a page of ours would; return the page that follows."""
    fields = asked_before(browser) | fields if path == "/staff/in" else fields
    answer = browser.post(
        path, data=fields, headers={"Origin": str(browser.base_url).rstrip("/")}, follow_redirects=True
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def hidden_of(browser: httpx.Client) -> dict[str, str]:
    """Return what the forms of the page of acts carry unseen."""
    html = browser.get("/staff/acts").text
    return {"token": hidden(html, "token"), "request": hidden(html)}


ARGUMENTS: dict[str, dict[str, object]] = {
    "staff_transfer": {"ticket": "", "stage": "payment"},
    "staff_cancel": {"ticket": ""},
    "staff_call": {"ticket": "", "counter": "counter-1"},
    "offer": {"service": SERVICE, "action": "close"},
    "quota": {"service": SERVICE, "quota": 0},
    "intake": {"action": "stop"},
    "ask_counter": {"counter": "counter-1", "action": "pause"},
    "announce": {"text": {"id": "a", "en": "b"}, "ends_at": "2026-03-02T12:00:00+07:00"},
}

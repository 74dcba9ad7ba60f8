"""What leaves: the shapes of the protocol, field by field, times with an offset, and never more than 8 KiB."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from broker.bootstrap.rules import announcements, office_message, office_rules
from broker.config import load_settings
from broker.contract.messages import MAX_PAYLOAD_BYTES, Announcement
from broker.contract.topics import Topics
from broker.domain import commands as cmd
from broker.domain.model import Counter, Hours, Lane, Service
from broker.engine import Engine
from broker.gateway import Inbound, MqttWire
from broker.inbox import Reconnected
from tests.fakes.clock import FakeClock
from tests.fakes.offices import OnePin, small_office
from tests.fakes.store import MemoryStore
from tests.support.office import shipped_settings

CONFIG = Path(__file__).parents[3] / "config.yaml"
ROOT = "antrean/v1/demo"
OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\+07:00")


@dataclass
class Air:
    """A publisher that keeps what was published, and checks what holds for every message."""

    messages: list[tuple[str, dict[str, Any], bool]] = field(default_factory=list)
    announced_after: list[int] = field(default_factory=list)
    longest: int = 0

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Keep a message."""
        self.longest = max(self.longest, len(payload))
        self.messages.append((topic, json.loads(payload.decode()), retain))
        return True

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Let it be."""

    def announce(self) -> None:
        """Keep the moment."""
        self.announced_after.append(len(self.messages))

    def last(self, topic: str) -> dict[str, Any]:
        """Return the last message of a topic."""
        return [body for name, body, _ in self.messages if name == f"{ROOT}/{topic}"][-1]

    def all(self, topic: str) -> list[dict[str, Any]]:
        """Return every message whose topic begins so."""
        return [body for name, body, _ in self.messages if name.startswith(f"{ROOT}/{topic}")]


class Office:
    """Gateway and engine as the broker has them, with the network taken out."""

    def __init__(self, rules: Any = None, announced: Sequence[Announcement] = ()) -> None:  # noqa: ANN401 - rules of an office, or the small one
        settings = shipped_settings()
        self.air, self.clock = Air(), FakeClock()
        topics = Topics("demo")
        self.engine = Engine(
            office=rules or small_office(kiosks=frozenset({"kiosk-1"})),
            store=MemoryStore(),
            wire=MqttWire(topics, self.air, office_message(settings), announced, first_revision=lambda: 1000),
            credentials=OnePin(),
            clock=self.clock.now,
            monotonic=self.clock.monotonic,
        )
        self._inbound = Inbound(
            topics,
            lambda submission: self.engine.step([self.engine.pin_checker.checked(submission)]),
            token=lambda *request: "/".join(request),
        )
        self._count = 0
        self.pause_s = 1.0

    def ask(self, command: str, *, client: str = "kiosk-1", **arguments: object) -> dict[str, Any]:
        """Send a request as a client would; return the reply."""
        self._count += 1
        self.clock.advance(self.pause_s)
        payload = json.dumps({"id": f"r-{self._count}", **arguments}, ensure_ascii=False).encode()
        self._inbound.received(f"{ROOT}/cmd/{client}/{command}", payload)
        return self.air.last(f"reply/{client}")

    def do(self, command: str, *, client: str = "kiosk-1", **arguments: object) -> dict[str, Any]:
        """Send a request that has to succeed; return the result."""
        reply = self.ask(command, client=client, **arguments)
        assert reply["ok"], reply
        result: dict[str, Any] = reply["result"]
        return result

    def sign_in(self, counter: str = "c1", officer: str = "sari") -> dict[str, str]:
        """Open a counter; return what its requests carry."""
        result = self.do("open", client="counter-1", counter=counter, officer=officer, pin="1234")
        return {"client": "counter-1", "counter": counter, "session": result["session"]}


@pytest.fixture
def office() -> Office:
    return Office()


# -- fields ---------------------------------------------------------------------------------------------------------

TICKET = {
    "id": str,
    "number": str,
    "service": str,
    "lane": str,
    "stage": str,
    "state": str,
    "language": str,
    "issued_at": str,
    "waiting_since": str,
    "ahead": int,
    "wait": (dict, type(None)),
    "counter": (str, type(None)),
    "copies": int,
    "qr": str,
    "check": (str, type(None)),
    "key": (str, type(None)),
    "is_wait_known": bool,
    "times_called": int,
    "history": list,
}
REASON = {"policy": str, "score": float, "waited_s": int, "promised_s": int, "passed_over": list}
HALL = {
    "revision": int,
    "seq": int,
    "at": str,
    "day": str,
    "calling": list,
    "recent": list,
    "waiting": list,
    "counters": list,
    "unanswered_s": int,
    "hours": dict,
    "intake": (dict, type(None)),
    "closed_today": list,
}
HOURS = {"is_open": bool, "today": list, "closes_at": (str, type(None)), "opens_at": (str, type(None))}
SPAN = {"begin": str, "end": str}
CALL = {
    "number": str,
    "lane": str,
    "language": str,
    "counter": str,
    "counter_label": str,
    "called_at": str,
    "times_called": int,
}
ROW = {
    "stage": str,
    "service": str,
    "lane": str,
    "count": int,
    "wait": (dict, type(None)),
    "offer": str,
    "opens_at": (str, type(None)),
}
HALL_COUNTER = {"id": str, "label": str, "state": str, "number": (str, type(None))}
COUNTER = {
    "id": str,
    "label": str,
    "state": str,
    "officer": (str, type(None)),
    "role": (str, type(None)),
    "ticket": (dict, type(None)),
    "queue": list,
    "queue_length": int,
    "held": list,
    "missed": list,
    "undo_until": (str, type(None)),
    "undo_action": (str, type(None)),
    "undo_number": (str, type(None)),
    "no_show_from": (str, type(None)),
    "reason": (dict, type(None)),
    "today": dict,
    "day": (dict, type(None)),
    "asked": (dict, type(None)),
    "helps": list,
    "pauses": bool,
}
ENTRY = {"id": str, "number": str, "service": str, "lane": str, "waiting_since": str, "score": float}
EVENT_OF_TICKET = {
    "seq": int,
    "at": str,
    "type": str,
    "ticket": str,
    "number": str,
    "service": str,
    "lane": str,
    "stage": str,
    "language": str,
}
EVENT_AT_COUNTER = EVENT_OF_TICKET | {"counter": str, "counter_label": str}
EVENT_OF_CALL = EVENT_AT_COUNTER | {"times_called": int, "called_at": str}
EVENT_OF_COUNTER = {"seq": int, "at": str, "type": str, "counter": str, "counter_label": str}


def check(body: dict[str, Any], fields: dict[str, Any]) -> None:
    """Check that `body` has exactly these fields, of these types."""
    assert {name: type(value) for name, value in body.items()}.keys() == fields.keys()
    wrong = {name: body[name] for name, kind in fields.items() if not isinstance(body[name], kind)}
    assert not wrong


def a_visit(office: Office) -> dict[str, Any]:
    """Let one visitor come, be called twice, be served and leave; return the session."""
    at = office.sign_in()
    office.do("issue", service="visa", lane="priority", language="en")
    office.do("issue", service="visa")
    office.do("next", **at)
    office.do("recall", **at)
    office.do("start", **at)
    office.do("finish", **at)
    office.do("next", **at)
    office.do("no_show", **at)
    return at


def test_a_ticket_has_the_fields_of_the_protocol(office: Office) -> None:
    ticket = office.do("issue", service="visa")["ticket"]
    check(ticket, TICKET)
    assert (ticket["number"], ticket["state"], ticket["ahead"], ticket["wait"]) == ("B-001", "waiting", 0, None)
    office.sign_in()
    second = office.do("issue", service="visa")["ticket"]
    assert second["ahead"] == 1
    check(second["wait"], {"low_s": int, "high_s": int})


def test_a_call_tells_its_reason(office: Office) -> None:
    at = office.sign_in()
    office.do("issue", service="visa")
    office.do("issue", service="visa", lane="priority")
    office.clock.advance(600)
    result = office.do("next", **at)
    assert set(result) == {"ticket", "reason"}
    check(result["reason"], REASON)
    (earlier,) = result["reason"]["passed_over"]
    check(earlier, {"number": str, "score": float})
    assert (result["ticket"]["number"], earlier["number"]) == ("BP-001", "B-001")
    assert (result["ticket"]["counter"], result["ticket"]["times_called"]) == ("c1", 1)


def test_the_result_of_each_command_is_the_one_of_the_protocol(office: Office) -> None:
    assert set(office.do("issue", service="visa")) == {"ticket"}
    ticket = office.do("issue", service="passport")["ticket"]["id"]
    assert set(office.do("printed", ticket=ticket, outcome="confirmed")) == {"ticket"}
    assert office.do("reprint", ticket=ticket)["ticket"]["copies"] == 1
    opened = office.do("open", counter="c1", officer="sari", pin="1234")
    assert set(opened) == {"session", "counter"}
    at = {"counter": "c1", "session": opened["session"]}
    for command in ("pause", "resume"):
        assert set(office.do(command, **at)) == {"counter"}
    assert set(office.do("next", **at)) == {"ticket", "reason"}
    for command in ("recall", "start", "finish"):
        assert set(office.do(command, **at)) == {"ticket"}
    assert set(office.do("call", **at, ticket=ticket)) == {"ticket", "reason"}
    assert office.do("no_show", **at)["ticket"]["state"] == "no_show"
    assert office.do("next", **at) == {"ticket": None, "reason": None}
    assert office.do("close", **at)["counter"]["state"] == "closed"


def test_an_error_has_code_text_and_detail(office: Office) -> None:
    reply = office.ask("issue", service="fishing")
    assert (reply["ok"], "result" in reply) == (False, False)
    check(reply["error"], {"code": str, "message": str, "detail": dict})
    assert reply["error"]["code"] == "unknown_service"
    assert reply["error"]["detail"] == {"service": "fishing"}


def test_the_hall_has_the_fields_of_the_protocol(office: Office) -> None:
    at = a_visit(office)
    office.do("issue", service="visa")
    office.do("issue", service="visa")
    office.do("next", **at)
    office.clock.advance(1)
    office.engine.step([])
    hall = office.air.last("state/hall")
    check(hall, HALL)
    (calling,) = hall["calling"]
    check(calling, CALL)
    assert calling["number"] == "B-002"
    for call in hall["recent"]:
        check(call, CALL)
    assert [call["number"] for call in hall["recent"]] == ["B-001", "BP-001"]
    for row in hall["waiting"]:
        check(row, ROW)
    assert [row["count"] for row in hall["waiting"] if row["count"]] == [1]
    for counter in hall["counters"]:
        check(counter, HALL_COUNTER)
    assert {c["id"]: (c["state"], c["number"]) for c in hall["counters"]}["c1"] == ("calling", "B-002")


MONDAY = Hours({0: ((dt.time(7, 30), dt.time(12)), (dt.time(13), dt.time(15)))})


def test_a_closed_office_says_when_it_opens_and_still_answers_what_is_possible() -> None:
    office = Office(small_office(hours=MONDAY, posted_hours=MONDAY))
    ticket = office.do("issue", service="visa")["ticket"]
    office.clock.advance(4 * 3600)
    office.engine.step([])
    hours = office.air.last("state/hall")["hours"]
    check(hours, HOURS)
    check(hours["today"][0], SPAN)
    assert hours["today"] == [
        {"begin": "2026-03-02T07:30:00+07:00", "end": "2026-03-02T12:00:00+07:00"},
        {"begin": "2026-03-02T13:00:00+07:00", "end": "2026-03-02T15:00:00+07:00"},
    ]
    assert (hours["is_open"], hours["closes_at"], hours["opens_at"]) == (False, None, "2026-03-02T13:00:00+07:00")
    assert office.ask("issue", service="visa")["error"]["code"] == "service_closed"
    assert office.do("lookup", ticket=ticket["number"])["ticket"]["state"] == "waiting"
    assert office.do("cancel", ticket=ticket["id"])["ticket"]["state"] == "cancelled"
    office.clock.advance(3600)
    office.engine.step([])
    hours = office.air.last("state/hall")["hours"]
    assert (hours["is_open"], hours["closes_at"], hours["opens_at"]) == (
        True,
        "2026-03-02T15:00:00+07:00",
        "2026-03-09T07:30:00+07:00",
    )


def test_hours_that_bind_nobody_are_told_all_the_same() -> None:
    office = Office(small_office(posted_hours=MONDAY))
    office.clock.advance(12 * 3600)
    office.engine.step([])
    hours = office.air.last("state/hall")["hours"]
    assert (hours["is_open"], hours["closes_at"], hours["opens_at"], len(hours["today"])) == (True, None, None, 2)


def test_a_clock_that_was_set_closes_no_office_by_the_hours_either() -> None:
    office = Office(small_office(hours=MONDAY, posted_hours=MONDAY))
    office.do("issue", service="visa")
    office.clock.at += dt.timedelta(hours=26)
    office.engine.step([])
    assert office.air.last("state/hall")["hours"]["is_open"]
    office.do("issue", service="visa")


def test_a_new_day_begins_with_nothing_of_yesterday_though_nothing_has_happened_yet(office: Office) -> None:
    at = a_visit(office)
    ticket = office.do("issue", service="visa")["ticket"]
    office.do("next", **at)
    office.do("no_show", **at)
    for hours, numbers, missed, served in (
        (0, ["B-002", "B-001", "BP-001"], ["B-001", ticket["number"]], 1),
        (24, [], [], 0),
    ):
        office.clock.advance(hours * 3600 + 1)
        office.engine.step([Reconnected()])
        hall, counter = office.air.last("state/hall"), office.air.last("state/counter/c1")
        assert [call["number"] for call in hall["recent"]] == numbers
        assert [entry["number"] for entry in counter["missed"]] == missed
        assert counter["today"]["served"] == served


def test_the_hall_has_a_row_for_all_that_is_on_offer(office: Office) -> None:
    office.engine.step([])
    rows = {(row["stage"], row["service"], row["lane"]) for row in office.air.last("state/hall")["waiting"]}
    assert rows == {
        (stage, service, lane)
        for stage, service in (("check", "passport"), ("check", "visa"), ("collection", "collection"))
        for lane in ("regular", "priority")
    }


def test_a_counter_has_the_fields_of_the_protocol(office: Office) -> None:
    at = a_visit(office)
    for _ in range(3):
        office.do("issue", service="visa")
    office.do("next", **at)
    office.clock.advance(1)
    office.engine.step([])
    counter = office.air.last("state/counter/c1")
    check(counter, COUNTER)
    check(counter["ticket"], TICKET)
    check(counter["reason"], REASON)
    assert [line["type"] for line in counter["ticket"]["history"]] == ["issued", "called"]
    for entry in (*counter["queue"], *counter["missed"]):
        check(entry, ENTRY)
    assert [entry["number"] for entry in counter["queue"]] == ["B-003", "B-004"]
    assert [entry["number"] for entry in counter["missed"]] == ["B-001"]
    assert counter["officer"] == "Sari W."
    assert counter["today"]["served"] == 1


def test_events_have_the_fields_of_the_protocol(office: Office) -> None:
    at = a_visit(office)
    ticket = office.do("issue", service="visa")["ticket"]["id"]
    office.do("printed", ticket=ticket, outcome="failed", reason="no paper")
    office.do("reprint", ticket=ticket)
    for command in ("pause", "resume", "close"):
        office.do(command, **at)
    fields = {
        "issued": EVENT_OF_TICKET,
        "printed": EVENT_OF_TICKET,
        "reprinted": EVENT_OF_TICKET | {"client": str, "copies": int, "check": str, "key": str, "qr": str},
        "called": EVENT_OF_CALL,
        "recalled": EVENT_OF_CALL,
        "started": EVENT_AT_COUNTER,
        "finished": EVENT_AT_COUNTER,
        "no_show": EVENT_AT_COUNTER,
        "opened": EVENT_OF_COUNTER,
        "closed": EVENT_OF_COUNTER,
        "paused": EVENT_OF_COUNTER,
        "resumed": EVENT_OF_COUNTER,
    }
    seen = set()
    for topic, body, retained in office.air.messages:
        if "/event/" in topic:
            name = topic.rsplit("/", 1)[1]
            seen.add(name)
            check(body, fields[name])
            assert body["type"] == name
            assert not retained
    assert seen == set(fields)
    assert [event["seq"] for event in office.air.all("event/")] == list(range(1, 16))
    assert [event["times_called"] for event in office.air.all("event/recalled")] == [2]


# -- times, secrets, order ------------------------------------------------------------------------------------------


def times(body: object, name: str = "") -> Iterator[str]:
    """Find everything that is a moment."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from times(value, key)
    elif isinstance(body, list):
        for value in body:
            yield from times(value, name)
    elif isinstance(body, str) and (name == "at" or name.endswith(("_at", "_since", "_until"))):
        yield body


def test_another_paper_says_who_asked_for_it_and_which_one_it_is(office: Office) -> None:
    at = office.sign_in()
    ticket = office.do("issue", service="visa")["ticket"]
    assert re.fullmatch("[0-9]{4}", ticket["check"])
    office.do("reprint", **at, ticket=ticket["number"])
    again = office.do("reprint", client="kiosk-1", ticket=ticket["id"])["ticket"]
    assert (again["check"], again["qr"]) == (ticket["check"], ticket["qr"])
    told = [(event["client"], event["copies"]) for event in office.air.all("event/reprinted")]
    assert told == [("counter-1", 1), ("kiosk-1", 2)]
    papers = [(event["check"], event["qr"]) for event in office.air.all("event/reprinted")]
    assert papers == [(ticket["check"], ticket["qr"])] * 2
    assert ticket["qr"].endswith(ticket["check"])
    assert not {"client", "check", "key", "qr"} & office.air.last("event/issued").keys()


def test_what_only_the_paper_tells_comes_with_papers_only(office: Office) -> None:
    at = office.sign_in()
    ticket = office.do("issue", service="visa")["ticket"]
    before = len(office.air.messages)
    for command in ("next", "recall", "start", "hold"):
        office.do(command, **at)
    office.do("lookup", ticket=ticket["qr"])
    office.do("cancel", ticket=ticket["qr"])
    said = json.dumps([body for _, body, _ in office.air.messages[before:]])
    assert ticket["qr"] not in said
    assert f'"check": "{ticket["check"]}"' not in said


def test_every_time_carries_the_offset_of_the_office(office: Office) -> None:
    office.clock.at = office.clock.at.astimezone(dt.UTC)
    at = a_visit(office)
    office.do("issue", service="visa")
    office.do("next", **at)
    found = [moment for _, body, _ in office.air.messages for moment in times(body)]
    assert len(found) > 50
    assert [moment for moment in found if not OFFSET.fullmatch(moment)] == []


def test_no_secret_leaves_but_the_session_to_who_opened(office: Office) -> None:
    at = a_visit(office)
    told = [topic for topic, body, _ in office.air.messages if at["session"] in json.dumps(body)]
    assert told == [f"{ROOT}/reply/counter-1"]
    assert not any('"1234"' in json.dumps(body) or "pin" in body for _, body, _ in office.air.messages)


def test_states_are_retained_and_nothing_else(office: Office) -> None:
    a_visit(office)
    assert all(retained == ("/state/" in topic) for topic, _, retained in office.air.messages)


def test_who_waits_for_help_is_retained_and_told_once(office: Office) -> None:
    at = office.sign_in()
    asked = office.do("help", action="ask", page="services")
    assert asked == {
        "help": {
            "kiosk": "kiosk-1",
            "since": "2026-03-02T08:00:02+07:00",
            "page": "services",
            "coming": None,
            "counter": None,
        }
    }
    office.do("help", action="come", kiosk="kiosk-1", **at)
    office.clock.advance(1)
    office.engine.step([])
    (call,) = office.air.last("state/help")["open"]
    assert (call["kiosk"], call["coming"], call["counter"]) == ("kiosk-1", "1", "c1")
    event = office.air.last("event/help_coming")
    assert (event["kiosk"], event["counter"], event["counter_label"]) == ("kiosk-1", "c1", "1")
    said = len(office.air.all("state/help"))
    office.clock.advance(30)
    office.engine.step([])
    assert len(office.air.all("state/help")) == said, "what has not changed is not said again"
    assert office.do("help", action="done", kiosk="kiosk-1", **at) == {"help": None}
    office.clock.advance(1)
    office.engine.step([])
    assert office.air.last("state/help")["open"] == []


def test_the_day_is_retained_when_it_changes_and_at_most_every_ten_seconds(office: Office) -> None:
    at = a_visit(office)
    office.clock.advance(10)
    office.engine.step([])
    day = office.air.last("state/day")
    assert day["services"][1] == {"id": "visa", "last": "B-001", "issued": 2, "served": 1}
    assert [lane["id"] for lane in day["lanes"]] == ["regular", "priority"]
    assert day["lanes"][1] == {"id": "priority", "promised_min": 15.0, "called": 1, "within": 1}
    own = office.air.last("state/counter/c1")["day"]
    assert own == {"served": 1, "mean_service_s": 3, "called": 2, "within_promise": 2}
    before = len(office.air.all("state/day"))
    for _ in range(30):
        office.do("issue", service="visa")
        office.engine.step([])
    assert 2 <= len(office.air.all("state/day")) - before <= 4
    assert office.do("close", **at)["counter"]["day"] is None


ANNOUNCED = """announcements:
  - id: early
    text: {id: Tutup pukul 11, en: Closed from 11}
    say: true
    since: 2026-03-01
    until: "2026-03-02"
  - id: later
    text: {id: Besok libur, en: Closed tomorrow}
    since: "2026-03-04 10:30"
"""


def test_what_is_announced_is_retained_until_it_is_over(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.read_text().replace("announcements: []", ANNOUNCED, 1))
    office = Office(announced=announcements(load_settings(config, {})))
    office.do("issue", service="visa")
    office.engine.step([])
    assert office.air.last("state/announcements")["items"] == [
        {
            "id": "early",
            "text": {"id": "Tutup pukul 11", "en": "Closed from 11"},
            "say": True,
            "since": "2026-03-01T00:00:00+07:00",
            "until": "2026-03-03T00:00:00+07:00",
            "by_staff": False,
        },
        {
            "id": "later",
            "text": {"id": "Besok libur", "en": "Closed tomorrow"},
            "say": False,
            "since": "2026-03-04T10:30:00+07:00",
            "until": None,
            "by_staff": False,
        },
    ]
    office.clock.advance(16 * 3600)
    office.engine.step([])
    assert [one["id"] for one in office.air.last("state/announcements")["items"]] == ["later"]
    assert len(office.air.all("state/announcements")) == 2


def test_online_is_said_last_when_everything_is_there(office: Office) -> None:
    office.engine.reconnected()
    office.engine.step(office.engine.take(0))
    (count,) = office.air.announced_after
    topics = {topic.removeprefix(f"{ROOT}/") for topic, _, _ in office.air.messages[:count]}
    services = {f"state/service/{service['id']}" for service in office.air.last("state/office")["services"]}
    assert len(services) == 9
    of_office = ("office", "hall", "help", "day", "announcements", "feedback", "waiting/0", "board/0", "alerts")
    states = {f"state/{name}" for name in of_office}
    assert topics == states | {f"state/counter/c{n}" for n in (1, 2, 3, 4)} | services
    assert len(office.air.messages) == count


def test_the_revision_rises_by_one(office: Office) -> None:
    a_visit(office)
    revisions = [hall["revision"] for hall in office.air.all("state/hall")]
    assert revisions == list(range(1001, 1001 + len(revisions)))


def test_a_request_that_is_repeated_gets_the_same_bytes(office: Office) -> None:
    first = office.ask("issue", service="visa")
    office.clock.advance(100)
    office._count -= 1
    assert office.ask("issue", service="visa") == first


# -- 8 KiB ----------------------------------------------------------------------------------------------------------

LONG = "x" * 29


def longest_office() -> Any:  # noqa: ANN401 - an office, kept short
    """Return an office whose every id is as long as a configuration allows (32 characters)."""
    lanes = tuple(Lane(f"{LONG}{n:03}", "P" if n else "", 900 * (n + 1)) for n in range(2))
    stages = tuple(f"{LONG}{n:03}" for n in range(2))
    services = {f"{LONG}{n:03}": Service(f"{LONG}{n:03}", "ABC"[n], stages) for n in range(3)}
    return small_office(
        lanes=lanes,
        services=services,
        stage_standard_s=dict.fromkeys(stages, 600),
        counters={f"{LONG}{n:03}": Counter(f"{LONG}{n:03}", "12345678901" + str(n), stages) for n in range(2)},
    )


@pytest.mark.parametrize("rules", [small_office, longest_office], ids=["small", "longest ids"])
def test_with_a_thousand_waiting_every_message_fits_8_kib_and_carries_what_it_promises(rules: Any) -> None:  # noqa: ANN401 - a function that makes an office
    office = Office(rules())
    office.pause_s = 0.001
    counter = next(iter(office.engine.hall.office.counters))
    at = office.sign_in(counter)
    services = list(office.engine.hall.office.services)
    lanes = list(office.engine.hall.office.lanes)
    for n in range(1100):
        office.do("issue", service=services[n % 2], lane=lanes[n % 7 == 0])
    for _ in range(60):
        office.do("next", **at)
        office.do("no_show", **at)
    office.do("next", **at)
    for n in range(100):
        office.do("recall", **at, note=str(n))
    office.clock.advance(1)
    office.engine.step([])
    state = office.air.last(f"state/counter/{counter}")
    assert state["queue_length"] == 1039
    assert state["ticket"]["history"][-1]["type"] == "recalled"
    assert state["ticket"]["history"][0]["type"] == "issued"
    if rules is small_office:
        assert len(state["queue"]) >= 32
    else:
        assert len(state["queue"]) >= 10
    assert [entry["score"] for entry in state["queue"]] == sorted((e["score"] for e in state["queue"]), reverse=True)
    assert state["missed"]
    assert office.air.longest <= MAX_PAYLOAD_BYTES


def test_hundreds_of_reprints_fit_as_well(office: Office) -> None:
    at = office.sign_in()
    ticket = office.do("issue", service="visa")["ticket"]["id"]
    office.do("next", **at)
    for _ in range(300):
        office.do("reprint", ticket=ticket)
    assert office.air.longest <= MAX_PAYLOAD_BYTES
    assert office.air.last("state/counter/c1")["ticket"]["copies"] == 300


def test_errors_about_the_longest_names_fit() -> None:
    office = Office()
    name = "\u0001" * 200
    for command, arguments in {
        "issue": {"service": name},
        "reprint": {"ticket": name},
        "open": {"counter": name, "officer": name, "pin": "1"},
        "next": {"counter": name, "session": name},
    }.items():
        assert not office.ask(command, **arguments)["ok"]
    assert office.air.longest <= MAX_PAYLOAD_BYTES


def test_the_demo_office_at_noon_fits() -> None:
    settings = shipped_settings()
    office = Office(office_rules(settings))
    office.pause_s = 0.01
    for n in range(400):
        for service in settings.services:
            if n % 10 == 0:
                office.ask("issue", service=service.id, lane="priority")
        office.do("issue", service=settings.services[n % 9].id)
    assert office.air.longest <= MAX_PAYLOAD_BYTES


def test_no_command_of_the_domain_is_forgotten_in_replies() -> None:
    """`_result` falls through to the ticket: every command but the desk's own must concern one."""
    about_desks = {cmd.SignIn, cmd.Close, cmd.Pause, cmd.Resume}
    assert about_desks < set(cmd.Command.__args__)


def test_results_of_closed_days_stand_on_the_wire(office: Office) -> None:
    office.do("issue", service="visa", lane="regular")
    office.clock.advance(24 * 3600)
    office.do("issue", service="visa", lane="regular")
    for _ in range(3):
        office.clock.advance(61)
        office.engine.step([])
    (told,) = office.air.all("state/results")
    assert (told["day"], told["begin"], told["lanes"][0]["id"]) == ("2026-03-02", "2026-03-01", "regular")
    assert told["lanes"][0]["day"] is None, "of a single visitor nothing is published"

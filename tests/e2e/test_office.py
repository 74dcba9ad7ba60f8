"""The office through its wire, on both MQTT servers."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading

from broker.contract.messages import EventMessage
from broker.store.papers import NEVER_TOLD
from tests.support.caller import Caller, wait_until
from tests.support.office import CONFIG, OfficeProcess
from tests.support.program import run
from tests.support.sqlite import opened

SERVICE, COUNTER, OFFICER, PIN = "new-passport", "counter-1", "siti", "1234"


def sign_in(caller: Caller, counter: str = COUNTER, officer: str = OFFICER) -> dict[str, str]:
    session = caller.do("open", counter=counter, officer=officer, pin=PIN)["session"]
    return {"counter": counter, "session": session}


def event_named(caller: Caller, name: str) -> EventMessage:
    while True:
        event = caller.events.get(timeout=10)
        if event.type == name:
            return event


def test_a_visit_from_ticket_to_finish(office: OfficeProcess) -> None:
    with office.caller("kiosk-1") as kiosk, office.caller("counter-1") as counter, office.caller("lobby") as lobby:
        ticket = kiosk.do("issue", service=SERVICE, language="en")["ticket"]
        assert (ticket["number"], ticket["state"], ticket["ahead"], ticket["wait"]) == ("A-001", "waiting", 0, None)
        kiosk.do("printed", ticket=ticket["id"], outcome="confirmed")
        desk = sign_in(counter)
        called = counter.do("next", **desk)
        assert called["ticket"]["id"] == ticket["id"]
        assert called["reason"]["policy"] == "promise"
        event = event_named(lobby, "called")
        assert (event.number, event.counter, event.counter_label) == ("A-001", COUNTER, "1")
        assert (event.language, event.times_called) == ("en", 1)
        wait_until(lambda: lobby.hall is not None and bool(lobby.hall.calling), "the hall shows the call")
        assert lobby.hall is not None
        assert lobby.hall.calling[0].number == "A-001"
        assert counter.do("recall", **desk)["ticket"]["times_called"] == 2
        assert counter.do("start", **desk)["ticket"]["state"] == "serving"
        for stage in ("interview", "payment"):
            moved_on = counter.do("finish", **desk)["ticket"]
            assert (moved_on["number"], moved_on["state"], moved_on["stage"]) == ("A-001", "waiting", stage)
            assert counter.do("next", **desk)["ticket"]["id"] == ticket["id"]
        assert counter.do("finish", **desk)["ticket"]["state"] == "finished"
        assert counter.do("next", **desk) == {"ticket": None, "reason": None}
        wait_until(lambda: counter.counters[COUNTER].today.served == 3, "today's figures are shown")


def test_papers_and_devices_are_on_record(office: OfficeProcess) -> None:
    with office.caller("kiosk-1") as kiosk:
        kiosk.bus.report_devices({"printer": "paper_low"})
        ticket = kiosk.do("issue", service=SERVICE)["ticket"]["id"]
        kiosk.do("printed", ticket=ticket, outcome="unconfirmed", reason="the cable came out")
    office.stop()
    with opened(office.database) as connection:
        papers = connection.execute("SELECT ticket, copy_no, client, state, reason FROM print_jobs").fetchall()
        devices = connection.execute("SELECT device, state FROM device_health WHERE client = 'kiosk-1' ORDER BY id")
        assert papers == [(ticket, 0, "kiosk-1", "unconfirmed", "the cable came out")]
        assert [state for device, state in devices if device == "printer"] == ["paper_low"]


def test_a_kiosk_that_vanished_and_came_back_has_not_told_of_its_paper(mosquitto_office: OfficeProcess) -> None:
    """By the last will: the network thread ends and the socket goes, as the kernel does with a killed process."""
    office = mosquitto_office
    gone = office.caller("kiosk-1")
    gone.__enter__()
    ticket = gone.do("issue", service=SERVICE)["ticket"]["id"]
    gone.bus._paho.loop_stop()
    socket = gone.bus._paho.socket()
    assert socket is not None
    socket.close()
    gone.bus._stopping.set()

    def papers() -> list[tuple[str, str]]:
        with opened(office.database) as connection:
            return connection.execute("SELECT state, coalesce(reason, '') FROM print_jobs").fetchall()

    def connections() -> list[str]:
        with opened(office.database) as connection:
            rows = connection.execute("SELECT state FROM device_health WHERE client = 'kiosk-1' ORDER BY id")
            return [state for (state,) in rows]

    wait_until(lambda: connections() == ["online", "offline"], "the last will is on record")
    assert papers() == [("queued", "")]
    with office.caller("kiosk-1") as back:
        wait_until(lambda: papers() == [("unconfirmed", NEVER_TOLD)], "nobody told")
        back.do("printed", ticket=ticket, outcome="failed", reason="the kiosk was interrupted")
        assert papers() == [("failed", "the kiosk was interrupted")]


def test_a_request_sent_again_is_done_once_even_after_a_crash(office: OfficeProcess) -> None:
    with office.caller("kiosk-1") as kiosk:
        first = kiosk.ask("issue", request_id="the-very-same", service=SERVICE)
        again = kiosk.ask("issue", request_id="the-very-same", service=SERVICE)
        assert again == first
        refused = kiosk.ask("issue", request_id="bad", service="no-such")
        opened = kiosk.ask("open", request_id="mine", counter=COUNTER, officer=OFFICER, pin=PIN)
    office.kill()
    office.start()
    with office.caller("kiosk-1") as kiosk:
        assert kiosk.ask("issue", request_id="the-very-same", service=SERVICE) == first
        assert kiosk.ask("issue", request_id="bad", service="no-such") == refused
        assert kiosk.ask("open", request_id="mine", counter=COUNTER, officer=OFFICER, pin=PIN) == opened
        assert kiosk.do("issue", service=SERVICE)["ticket"]["number"] == "A-002"
        session = (opened.result or {})["session"]
        assert kiosk.do("next", counter=COUNTER, session=session)["ticket"]["number"] == "A-001"
    office.stop()
    written = b"".join(path.read_bytes() for path in office.data_dir.glob("**/*") if path.is_file())
    assert session.encode() not in written, "whoever reads the books cannot act as the officer"


def test_five_wrong_pins_lock_an_officer_over_a_crash_too(mosquitto_office: OfficeProcess) -> None:
    office, asked = mosquitto_office, {"counter": COUNTER, "officer": OFFICER}
    with office.caller("counter-1") as counter:
        assert {counter.refused("open", **asked, pin="0000") for _ in range(5)} == {"wrong_pin"}
    office.kill()
    office.start()
    with office.caller("counter-1") as counter:
        error = counter.ask("open", **asked, pin=PIN).error
        assert error is not None
        assert (error.code, 0 < error.detail["locked_s"] <= 60) == ("wrong_pin", True)
        assert counter.ask("open", counter=COUNTER, officer="budi", pin=PIN).ok


def test_the_broker_is_killed_in_the_middle_and_nothing_is_lost(office: OfficeProcess) -> None:
    with office.caller("kiosk-1") as kiosk, office.caller("counter-1") as counter:
        numbers = [kiosk.do("issue", service=SERVICE)["ticket"]["number"] for _ in range(5)]
        desk = sign_in(counter)
        assert counter.do("next", **desk)["ticket"]["number"] == numbers[0]
        seq = max(counter.events.get(timeout=5).seq for _ in range(7))
        office.kill()
        wait_until(lambda: not kiosk.linked, "the kiosk sees that nobody keeps the truth")
        replies: queue.SimpleQueue[str] = queue.SimpleQueue()
        kiosk.bus.request(
            "issue", {"service": SERVICE}, lambda reply: replies.put((reply.result or {})["ticket"]["number"])
        )
        office.start()
        assert replies.get(timeout=20) == "A-006"
        wait_until(lambda: counter.linked, "the counter is back by itself")
        assert counter.do("start", **desk)["ticket"]["number"] == numbers[0]
        counter.do("finish", **desk)
        served = [counter.do("next", **desk)["ticket"]["number"]]
        counter.do("finish", **desk)
        assert served == [numbers[1]]
        later = [event_named(counter, "finished").seq]
        assert later[0] > seq
        # Four have not been called yet; the two who were served wait for their interview.
        wait_until(lambda: counter.counters[COUNTER].queue_length == 6, "all others still wait")


def test_eight_clients_issue_500_tickets_at_once(mosquitto_office: OfficeProcess) -> None:
    clients, each = 8, 63
    numbers: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()

    def take(caller: Caller, which: int) -> None:
        for _ in range(each):
            numbers.put((which, caller.do("issue", service=SERVICE)["ticket"]["number"]))

    callers = [mosquitto_office.caller(f"kiosk-{n}") for n in range(clients)]
    for caller in callers:
        caller.__enter__()
    threads = [threading.Thread(target=take, args=(caller, n)) for n, caller in enumerate(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for caller in callers:
        caller.bus.stop()
    given = [numbers.get() for _ in range(clients * each)]
    assert {number for _, number in given} == {f"A-{n:03d}" for n in range(1, clients * each + 1)}
    for which in range(clients):
        own = [number for client, number in given if client == which]
        assert own == sorted(own), "each client saw its numbers rise"


HOSTILE = [
    ("issue", b""),
    ("issue", b"\xff\xfe\x00"),
    ("issue", b"[]"),
    ("issue", b"{" * 5000),
    ("issue", b"[" * 8000),
    ("issue", b'{"id": ""}'),
    ("issue", b'{"id": 7, "service": "new-passport"}'),
    ("issue", json.dumps({"id": "x" * 65, "service": SERVICE}).encode()),
    ("issue/deeper", b'{"id": "h"}'),
    ("issue", b'{"id": "h", "service": "' + b"a" * 200_000 + b'"}'),
]
ANSWERED = [
    ("issue", b'{"id": "h0"}', "bad_request"),
    ("issue", b'{"id": "h1", "service": 5}', "bad_request"),
    ("issue", b'{"id": "h2", "service": "new-passport", "vip": true}', "bad_request"),
    ("issue", b'{"id": "h3", "service": "new-passport", "lane": "gold"}', "unknown_lane"),
    ("issue", b'{"id": "h4", "service": "new-passport", "language": "xx"}', "bad_request"),
    ("issue", b'{"id": "h5", "service": "' + b"a" * 9000 + b'"}', "bad_request"),
    ("explode", b'{"id": "h6"}', "bad_request"),
    ("open", b'{"id": "h7", "counter": "counter-1", "officer": "siti", "pin": "0000"}', "wrong_pin"),
    ("open", b'{"id": "h8", "counter": "counter-1", "officer": "nobody", "pin": "1234"}', "unknown_officer"),
    ("open", b'{"id": "h9", "counter": "nowhere", "officer": "siti", "pin": "1234"}', "unknown_counter"),
    ("next", b'{"id": "h10", "counter": "counter-1", "session": "guess"}', "no_session"),
    ("printed", b'{"id": "h11", "ticket": "Z-999", "outcome": "failed"}', "unknown_ticket"),
    ("printed", b'{"id": "h12", "ticket": "Z-999", "outcome": "eaten"}', "bad_request"),
    ("transfer", b'{"id": "h13"}', "bad_request"),
]


def test_hostile_payloads_get_their_error_and_stop_nothing(office: OfficeProcess) -> None:
    with office.caller("kiosk-1") as kiosk:
        root = kiosk.bus.topics.root
        for command, payload in HOSTILE:
            kiosk.bus.publish(f"{root}/cmd/kiosk-1/{command}", payload)
        for command, payload, code in ANSWERED:
            request = json.loads(payload)
            assert kiosk.refused(command, request_id=request.pop("id"), **request) == code
        assert kiosk.do("issue", service=SERVICE)["ticket"]["number"] == "A-001"


def test_the_journal_verifies_and_a_changed_line_shows(mosquitto_office: OfficeProcess) -> None:
    with mosquitto_office.caller("kiosk-1") as kiosk:
        for _ in range(3):
            kiosk.do("issue", service=SERVICE)
    command = ("broker", "journal", "verify", "--config", str(CONFIG), "--data", str(mosquitto_office.data_dir))
    assert run(*command, env=mosquitto_office.environment).returncode == 0
    mosquitto_office.stop()
    change = "update events set body = replace(body, 'A-002', 'A-009') where seq = 2"
    python = (
        f"import sqlite3; c = sqlite3.connect({str(mosquitto_office.database)!r}); c.execute({change!r}); c.commit()"
    )
    subprocess.run([sys.executable, "-c", python], check=True)
    found = run(*command, env=mosquitto_office.environment)
    assert found.returncode == 1
    assert "line 2" in found.stderr
    mosquitto_office.start()


def test_a_second_broker_on_the_same_folder_is_refused(mosquitto_office: OfficeProcess) -> None:
    mosquitto_office.wait_online()
    second = OfficeProcess(mosquitto_office.data_dir)
    command = ("broker", "broker", "--config", str(CONFIG), "--data", str(second.data_dir))
    found = run(*command, env=second.environment)
    assert found.returncode == 1
    assert "another broker already works" in found.stderr
    assert "Traceback" not in found.stderr


def test_an_old_session_is_worth_nothing_after_closing(mosquitto_office: OfficeProcess) -> None:
    with mosquitto_office.caller("counter-1") as counter:
        desk = sign_in(counter)
        counter.do("close", **desk)
        for command in ("next", "recall", "start", "finish", "no_show", "pause", "resume", "close"):
            assert counter.refused(command, **desk) == "no_session"

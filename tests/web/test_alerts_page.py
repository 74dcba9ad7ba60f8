"""Alerts on the staff's pages: for whom they are, as they come, and who sees to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from broker.cli.reporting import Reporting
from broker.contract import messages as ms
from broker.domain.alerts import AlertRules, Rule
from broker.language import words_of
from broker.store.sql import SqlStore
from broker.web.staff.alert_history import Told, read_history
from broker.web.staff.alerts import AlertPages, _stood
from broker.web.staff.reporter import Made, Reporter, Wanted
from tests.fakes.clock import MORNING
from tests.fakes.engine_room import EngineRoom
from tests.fakes.web_office import WebOffice, refuse
from tests.support.browsing import Visitor, in_a_loop
from tests.support.caller import wait_until
from tests.support.office import CONFIG
from tests.unit.alerts.test_engine import goes_by, heard, office
from tests.web.test_feedback_pages import hidden
from tests.web.test_staff_pages import desk, impatient, near, sign_in

__all__ = ["desk", "impatient", "near"]


def alert(kind: ms.AlertKind, identity: str = "a-1", **more: object) -> ms.Alert:
    plain = {"place": {}, "since": MORNING, "value": 0, "limit": 0}
    return ms.Alert.model_validate({"id": identity, "kind": kind, "roles": ("supervisor",), **plain, **more})


LATE = alert(
    "wait",
    place={"stage": "document-check", "lane": "priority"},
    value=1900,
    limit=900,
    about="AP-003",
    roles=("supervisor", "complaints"),
)
PAPER = alert(
    "paper_low", "a-2", place={"client": "kiosk-1", "device": "printer"}, about="paper_out", roles=("technician",)
)


def say(office: WebOffice, *alerts: ms.Alert) -> None:
    office.say(office.topics.alerts(), ms.AlertsMessage(at=office.now(), alerts=alerts))


def test_it_stands_on_each_page_of_those_whom_it_is_for_and_of_nobody_else(near: Visitor) -> None:
    say(near.office, LATE, PAPER)
    sign_in(near)
    wait_until(
        lambda: "AP-003 has waited 31 min; the lane&#39;s limit is 15 min." in near.get("/staff/complaints"),
        what="the alert on the page",
    )
    html = near.get("/staff/complaints")
    assert "no paper" not in html
    assert "I see to it" in html
    assert "AP-003 sudah menunggu 31 menit; batas jalur ini 15 menit." in near.get("/staff/complaints", language="id")
    assert "AP-003" not in near.get("/"), "nor on any page of visitors"


def test_whoever_is_not_signed_in_hears_nothing(near: Visitor) -> None:
    say(near.office, LATE)
    near.get("/staff/alerts", status=401)
    near.get("/staff/alerts/events", status=401)


def test_who_sees_to_it_says_so_by_one_press_and_the_engine_is_told_once(near: Visitor) -> None:
    taken = list[Mapping[str, Any]]()

    def take(request: Mapping[str, Any]) -> dict[str, Any]:
        taken.append(request)
        return {}

    near.office.answers["alert_ack"] = take
    say(near.office, LATE)
    token = sign_in(near)
    assert near.post("/staff/alerts/seen", token=token, alert="a-1", reason="counter 4 opens") == "/staff/alerts"
    [request] = taken
    assert (request["alert"], request["reason"]) == ("a-1", "counter 4 opens")
    near.post("/staff/alerts/seen", status=403, token="forged", alert="a-1")  # noqa: S106 - that is the point
    near.office.answers["alert_ack"] = lambda _: refuse("not_allowed")
    answer = near.post("/staff/alerts/seen", status=403, token=token, alert="a-2")
    assert "This page is open to" in answer


def test_the_page_has_all_with_who_sees_to_it(near: Visitor) -> None:
    by = {"acknowledged_by": "maria", "acknowledged_name": "Maria Lestari", "acknowledged_at": LATE.since}
    seen = LATE.model_copy(update=by)
    say(near.office, seen)
    sign_in(near)
    wait_until(
        lambda: "Maria Lestari sees to it (8:00" in near.get("/staff/alerts"),
        what="the alert on the page",
    )
    html = near.get("/staff/alerts")
    assert "1 alert, seen to" in html
    assert 'name="reason"' not in html, "nobody else has to"
    assert "What stood before is kept on the machine of the database." in html
    assert 'id="alert-sound"' in html
    assert "checked" not in html, "sound is off until somebody wants it"


def test_an_open_page_hears_of_it_at_once_and_when_it_is_over(near: Visitor) -> None:
    sign_in(near)
    with near.client.stream("GET", "/staff/alerts/events", headers={"Accept-Language": "en"}) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "event: alerts"
        assert next(lines) == "data: -"
        say(near.office, LATE)
        told = next(line for line in lines if line.startswith("data: ") and "AP-003" in line)
        assert hidden(told, "alert") == "a-1"
        say(near.office)
        assert next(line for line in lines if line == "data: -")


def test_words_of_others_are_shown_as_words(near: Visitor) -> None:
    say(near.office, alert("device_lost", place={"client": "<script>x</script>"}, roles=("complaints",)))
    sign_in(near)
    wait_until(lambda: "&lt;script&gt;x" in near.get("/staff/complaints"), what="the alert on the page")
    assert "<script>x" not in near.get("/staff/complaints")


def with_alerts(folder: Path) -> list[Told] | None:
    """Let paper run low twice in an office; return what stood by what its database says."""
    rules = AlertRules((Rule("paper", "paper_low", ("technician",), for_s=0),), frozenset({"kiosk-1"}))
    with closing(SqlStore(f"sqlite:///{folder}/office.db", "demo")) as store:
        room = EngineRoom(store=store, office=office(alerts=rules))
        for word in ("paper_out", "ready", "paper_low"):
            heard(room, "kiosk-1", {"connection": "online", "printer": word})
            goes_by(room, 40)
        return read_history(folder / "office.db")


def test_what_stood_is_read_from_the_journal(tmp_path: Path) -> None:
    told = with_alerts(tmp_path)
    assert told is not None
    assert [(one.alert.about, one.ended_at is None) for one in told] == [("paper_low", True), ("paper_out", False)]
    assert read_history(tmp_path / "nowhere.db") is None


def test_what_stood_is_asked_for_where_a_database_server_has_the_journal(tmp_path: Path) -> None:
    """The process that makes reports reads it there; it reads a file just as well."""
    here = with_alerts(tmp_path)

    class Answering(Reporter):
        """Answers on the spot what its process would."""

        async def made(self, wanted: Wanted, *, patience_s: float) -> Made | int:
            """Return what was made."""
            del patience_s
            asked = {"what": wanted.what, "query": wanted.query, "language": wanted.language}
            answer = Reporting(self.config, self.data).answer(asked)
            return Made("made", answer.content) if answer.status == "made" else Made("failed")

    asked = in_a_loop(AlertPages(reporter=Answering(CONFIG, tmp_path))._history())
    assert asked == here
    assert here
    assert in_a_loop(AlertPages(reporter=Answering(CONFIG, tmp_path / "elsewhere"))._history()) is None


def test_what_stood_is_told_with_the_name_of_who_saw_to_it_and_with_the_id_where_nobody_knows_it() -> None:
    pages = AlertPages(officers={"maria": "Maria Lestari"})
    for by, name in (("maria", "Maria Lestari"), ("gone", "gone")):
        told = Told(LATE.model_copy(update={"acknowledged_by": by, "acknowledged_at": MORNING}), MORNING)
        row = _stood(words_of("broker", ("en",))("en"), pages._named(told), None, MORNING.tzinfo or dt.UTC)
        assert row[2].startswith(f"{name} (")


@pytest.mark.parametrize("kind", ms.AlertKind.__args__)  # type: ignore[attr-defined]  # of a Literal
def test_every_kind_has_a_sentence_that_names_the_place(near: Visitor, kind: ms.AlertKind) -> None:
    place = {"stage": "document-check", "lane": "priority", "counter": "counter-1", "client": "kiosk-1"}
    say(near.office, alert(kind, place=place, value=120, limit=600, roles=("complaints",)))
    sign_in(near)
    wait_until(lambda: 'data-alert="a-1"' in near.get("/staff/complaints"), what="the alert on the page")
    html = near.get("/staff/complaints", language="id")
    words = {
        "wait": "Prioritas",
        "forecast": "terlewati 2 menit lagi",
        "idle_counter": "Loket 1",
        "paper_low": "kiosk-1",
    }
    words |= {"device_lost": "tidak terhubung", "quota_near": "120 dari 600", "complaint_due": "120 pengaduan"}
    assert words[kind] in html

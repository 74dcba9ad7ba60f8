"""A training on the pages: marked on all of them, what it asks on the staff's, and its review on one of its own."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from broker.bootstrap.rules import office_message
from broker.contract import messages as ms
from broker.web.staff.training import TrainingPages
from tests.fakes.clock import MORNING
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.web_office import WebOffice, demo_settings
from tests.support.browsing import Visitor, visitor
from tests.support.caller import wait_until
from tests.web.test_staff_pages import desk, impatient, near, sign_in

__all__ = ["desk", "impatient", "near"]

MARK = "LATIHAN: bukan antrean sungguhan \N{MIDDLE DOT} TRAINING: not the real queue"


def train(office: WebOffice, step: str = "missed") -> None:
    offer = office_message(office.settings).model_copy(update={"is_training": True})
    office.say(office.topics.office_state(), offer)
    text = {"id": "Panggil <b>sekarang</b>", "en": "Call <b>now</b>"}
    office.say(office.topics.training(), ms.TrainingMessage(at=office.now(), step=step, text=text))


def a_training() -> WebOffice:
    """Return a training that has pages of its own."""
    office = WebOffice(demo_settings().model_copy(update={"training": True}))
    FeedbackDesk(office)
    return office


def test_every_page_says_that_it_is_a_training_and_the_staffs_what_is_asked(near: Visitor) -> None:
    near.office.give_out()
    for path in ("/", "/t/ABCDEFGHIJKLMNOP", "/complain"):
        assert MARK not in near.get(path)
    sign_in(near)
    train(near.office)
    wait_until(lambda: MARK in near.get("/"), what="the mark")
    for path in ("/", "/t/ABCDEFGHIJKLMNOP", "/complain", "/staff/complaints", "/staff/alerts"):
        html = near.get(path)
        assert html.count(MARK) == 2, f"{path}: above the page and in its title"
    assert "Call &lt;b&gt;now&lt;/b&gt;" in near.get("/staff/complaints")
    assert "Panggil &lt;b&gt;" in near.get("/staff/complaints", language="id")
    assert "now&lt;/b&gt;" not in near.get("/"), "visitors are asked nothing"
    assert "/staff/training" not in near.get("/staff/complaints"), "before it is over"
    train(near.office, step="over")
    wait_until(lambda: 'href="/staff/training"' in near.get("/staff/complaints"), what="the way to the review")


def test_an_open_page_hears_what_is_asked_next(near: Visitor) -> None:
    sign_in(near)
    train(near.office)
    with near.client.stream("GET", "/staff/alerts/events", headers={"Accept-Language": "en"}) as answer:
        lines = answer.iter_lines()
        assert next(line for line in lines if "Call &lt;b&gt;now" in line)


def test_whoever_opens_a_training_beside_the_office_stays_signed_in_at_the_office(near: Visitor) -> None:
    sign_in(near)
    training = a_training()
    with visitor(training) as beside:
        both = Visitor(training, near.client, beside.address)  # one browser: it keeps no cookies apart by port
        own, near.client.base_url = near.client.base_url, httpx.URL(beside.address)
        asked = both.get("/staff/complaints", status=401)
        assert "sign in as latihan (supervisor) or pengaduan (complaints). The PIN is 1234." in asked
        assert sign_in(both)
        both.get("/staff/complaints")
        near.client.base_url = own
        assert near.get("/staff/complaints")
        names = {cookie.name for cookie in near.client.cookies.jar}
        assert {"antrean-staff", "antrean-staff-training"} <= names


def test_an_office_that_is_no_training_has_no_review_and_asks_nothing(near: Visitor) -> None:
    office = near.office
    said = ms.TrainingMessage(at=office.now(), step="missed", text={"id": "x", "en": "strange words"})
    office.say(office.topics.training(), said)
    assert "latihan" not in near.get("/staff")
    sign_in(near)
    near.get("/staff/training", status=404)
    assert "strange words" not in near.get("/staff/complaints")


def test_the_review_is_read_from_the_journal(tmp_path: Path) -> None:
    lines: list[tuple[str, int, dict[str, object]]] = [
        ("training_step", 0, {"step": "sign_in", "about": None, "text": {}}),
        ("complained", 10, {"number": "P-1"}),
        ("complaint_moved", 33, {"number": "P-1"}),
        ("training_step", 60, {"step": "over", "about": None, "text": {}}),
    ]
    with closing(sqlite3.connect(tmp_path / "office.db")) as connection:
        connection.execute("CREATE TABLE events (seq INTEGER, type TEXT, body TEXT)")
        for seq, (kind, s, facts) in enumerate(lines):
            body = json.dumps(facts | {"at": (MORNING + dt.timedelta(seconds=s)).isoformat()})
            connection.execute("INSERT INTO events VALUES (?, ?, ?)", (seq, kind, body))
        connection.commit()
    training = a_training()
    with visitor(training, data=tmp_path) as near:
        sign_in(near)
        html = near.get("/staff/training")
        assert "The complaint was looked at after 23 s." in html
        assert "The training is not over" not in html
        assert "Ini bukan ujian" in near.get("/staff/training", language="id")
        (tmp_path / "office.db").unlink()
        near.get("/staff/training", status=503)
    assert TrainingPages().section().entries == (), "no office has it in its navigation"

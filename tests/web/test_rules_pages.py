"""Pages on which an office changes its rules: what they show, what a form becomes, and who is let in."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker.config.document import read_value
from broker.language import words_of
from broker.web.staff import rules_forms as forms
from broker.web.staff.rules import RulesFiles
from broker.web.staff.rules_forms import GONE
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.web_office import WebOffice, refuse
from tests.support.browsing import Visitor, visitor
from tests.support.office import CONFIG
from tests.web.test_feedback_pages import hidden
from tests.web.test_ticket_page import text_of

TODAY = dt.date(2026, 11, 27)
DATA: dict[str, Any] = read_value(CONFIG.read_text(encoding="utf-8"))  # type: ignore[assignment] # a mapping
P = words_of("broker.web.staff", ["id", "en"])("en")
PAGES = [
    "services.new-passport",
    "hours",
    "waits",
    "services.new",
    "counters.counter-2",
    "counters.new",
    "officers.siti",
    "officers.new",
    "announcements.new",
    "texts",
    "journey",
    "displays.display-1",
]


def form(name: str) -> forms.Form:
    """Return a form of the demo office."""
    found = forms.form_of(P, DATA, name, TODAY)
    assert found is not None
    return found


def untouched(one: forms.Form) -> dict[str, str]:
    """Return what a browser sends of a form that nobody touched."""
    sent: dict[str, str] = {}
    for spot in one.spots:
        if spot.kind == "many":
            sent |= {f"{spot.name}:{value}": "yes" for value in spot.value or ()}
        elif spot.kind != "yes" or spot.value:
            sent[spot.name] = forms.words_at(P, spot)
    return sent


def edits(name: str, **changes: str) -> list[tuple[str, Any]]:
    """Return what changes of a form come to."""
    one = form(name)
    typed = forms.typed(P, one, untouched(one) | changes, DATA)
    assert typed.faults == {}
    return typed.edits


@pytest.mark.parametrize("name", [page for page in PAGES if not page.endswith(".new")])
def test_a_form_that_nobody_touched_changes_nothing(name: str) -> None:
    assert edits(name) == []


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        (
            "services.new-passport",
            {"f.services.new-passport.documents.id": "KTP\n\n KK "},
            [("services.new-passport.documents.id", ["KTP", "KK"])],
        ),
        (
            "services.collection",
            {"f.services.collection.short_name.id": "", "f.services.collection.short_name.en": ""},
            [("services.collection.short_name", GONE)],
        ),
        ("hours", {"f.hours.mon": "8.00-12.00; 13:00-15:00"}, [("hours.mon", ["08:00-12:00", "13:00-15:00"])]),
        ("hours", {"f.hours.+0:day": "2026-12-25"}, [("hours.2026-12-25", [])]),
        ("waits", {"f.lanes.priority.daily_quota": ""}, [("lanes.priority.daily_quota", GONE)]),
        ("waits", {"f.lanes.priority.promised_wait_min": "12,5"}, [("lanes.priority.promised_wait_min", 12.5)]),
        ("counters.counter-2", {"f.counters.counter-2.step_free": "yes"}, [("counters.counter-2.step_free", True)]),
        ("officers.siti", {"gone": "yes"}, [("officers.siti", GONE)]),
        (
            "officers.new",
            {"f.officers.+.id": "joko", "f.officers.+.name": "Joko", "f.officers.+.role": "supervisor"},
            [("officers.joko", {"id": "joko", "name": "Joko", "role": "supervisor"})],
        ),
        (
            "counters.new",
            {"f.counters.+.id": "counter-9", "f.counters.+.label": "9", "f.counters.+.stages:interview": "yes"},
            [("counters.counter-9", {"id": "counter-9", "label": "9", "stages": ["interview"], "step_free": False})],
        ),
        (
            "announcements.new",
            {"f.announcements.+.text.id": "Tutup", "f.announcements.+.text.en": "Closed"},
            [
                (
                    "announcements.a20261127-1",
                    {"id": "a20261127-1", "text": {"id": "Tutup", "en": "Closed"}, "say": False},
                )
            ],
        ),
    ],
)
def test_what_was_typed_becomes_edits_of_these_places_alone(
    name: str, changes: dict[str, str], expected: list[tuple[str, Any]]
) -> None:
    assert edits(name, **changes) == expected


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("hours", {"f.hours.mon": "morning"}),
        ("hours", {"f.hours.+0:day": "tomorrow", "f.hours.+0": "08:00-12:00"}),
        ("waits", {"f.lanes.priority.promised_wait_min": "soon"}),
        ("waits", {"f.lanes.priority.promised_wait_min": "inf"}),
        ("waits", {"f.lanes.priority.promised_wait_min": ""}),
        ("services.new-passport", {"f.services.new-passport.fee.en": " "}),
        ("services.new-passport", {"f.services.new-passport.effective_from": "1 January"}),
        ("officers.new", {"f.officers.+.id": "Joko W", "f.officers.+.name": "Joko"}),
        ("officers.new", {"f.officers.+.id": "siti", "f.officers.+.name": "Siti"}),
        ("services.new", {"f.services.+.id": "umrah"}),
        ("services.new-passport", {"f.services.new-passport.effective_from": "1 January", "gone": "yes"}),
        ("hours", {"effective_from": "01.01.2027"}),
    ],
)
def test_what_cannot_be_meant_is_said_at_its_field(name: str, changes: dict[str, str]) -> None:
    one = form(name)
    assert forms.typed(P, one, untouched(one) | changes, DATA).faults != {}


def test_every_place_of_every_page_may_be_changed_from_there() -> None:
    from broker.config.differences import Difference, act_of  # noqa: PLC0415 - beside what it is held against
    from broker.config.patching import LEAVE_OUT  # noqa: PLC0415 - the same

    for name in PAGES:
        for spot in form(name).spots:
            path = spot.path.replace("hours.+0", "hours.2026-12-25").replace("hours.+1", "hours.2026-12-26")
            section, is_new, key = path.partition(".+.")
            change = Difference(path.replace("hours.+2", "hours.2026-12-27"), None, "x")
            if is_new:
                change = Difference(f"{section}.x", LEAVE_OUT, {"id": "x", key.partition(".")[0]: "x"})
            assert act_of(change) is not None, path


# -- over HTTP ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def near(office: WebOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """Yield a browser on the office's own machine."""
    monkeypatch.setattr("broker.web.office.ANSWER_S", 0.2)
    FeedbackDesk(office)
    with visitor(office) as found:
        yield found


def sign_in(near: Visitor, officer: str, pin: str) -> None:
    """Sign somebody in."""
    near.post("/staff/in", officer=officer, pin=pin)


@pytest.mark.parametrize("page", ["", *(f"/{name}" for name in PAGES), "/versions"])
@pytest.mark.parametrize("language", ["en", "id"])
def test_a_supervisor_sees_each_page(near: Visitor, page: str, language: str) -> None:
    sign_in(near, "siti", "2002")
    html = near.get(f"/staff/rules{page}", language=language)
    assert "$argon2id" not in html
    assert "pin_hash" not in html


@pytest.mark.parametrize(("officer", "pin"), [("rina", "3003"), ("adi", "1001")])
def test_who_may_not_change_rules_does_not_see_them(near: Visitor, officer: str, pin: str) -> None:
    sign_in(near, officer, pin)
    near.get("/staff/rules", status=403)
    near.get("/staff/rules/hours", status=403)


def test_a_technician_is_offered_displays_alone(near: Visitor) -> None:
    sign_in(near, "tono", "4004")
    said = text_of(near.get("/staff/rules"))
    assert "display-1" in said
    assert "Officers" not in said


@pytest.mark.parametrize(
    "page", ["nothing", "services.nothing", "mqtt", "store", "kiosks.kiosk-1", "services", "a.b.c", "%2e%2e"]
)
def test_there_is_no_page_for_other_places(near: Visitor, page: str) -> None:
    sign_in(near, "siti", "2002")
    near.get(f"/staff/rules/{page}", status=404)


def sent(near: Visitor, name: str, *, status: int, do: str = "save", **changes: str) -> str:
    """Send a form as it stands, with changes; return the answer."""
    html = near.get(f"/staff/rules/{name}")
    fields = {key: hidden(html, key) for key in ("token", "request", "base")}
    return near.post(f"/staff/rules/{name}", status=status, do=do, **(fields | untouched(form(name)) | changes))


def test_a_change_goes_to_the_engine_with_what_it_was_made_from_and_why(near: Visitor) -> None:
    sign_in(near, "siti", "2002")
    near.office.answers["rules_change"] = lambda _: {"digest": "x", "restart": ["displays"], "warnings": []}
    where = sent(near, "hours", status=303, reason="Natal", **{"f.hours.+0:day": "2026-12-25"})
    assert where == "/staff/rules?saved&restart=displays"
    [asked] = [arguments for command, arguments in near.office.asked if command == "rules_change"]
    assert asked["edits"] == [{"path": "hours.2026-12-25", "value": []}]
    assert asked["reason"] == "Natal"
    assert len(asked["base"]) == 12
    assert "after a restart of the screens concerned: displays" in text_of(near.get(where))


def test_a_day_that_has_not_come_plans_a_services_texts(near: Visitor) -> None:
    sign_in(near, "siti", "2002")
    near.office.answers["rules_change"] = lambda _: {"digest": "x", "restart": [], "warnings": []}
    changes = {"f.services.new-passport.fee.en": "Rp1", "f.services.new-passport.effective_from": "2999-01-01"}
    where = sent(near, "services.new-passport", status=303, reason="law", **changes)
    [asked] = [arguments for command, arguments in near.office.asked if command == "rules_change"]
    assert asked["effective_from"] == "2999-01-01"
    assert "Until then all stays as it is." in text_of(near.get(where))


def test_a_service_is_taken_out_on_its_day_and_not_before(near: Visitor) -> None:
    sign_in(near, "siti", "2002")
    near.office.answers["rules_change"] = lambda _: {"digest": "x", "restart": [], "warnings": []}
    day = {"f.services.new-passport.effective_from": "2999-01-01"}
    sent(near, "services.new-passport", status=303, reason="law", gone="yes", **day)
    sent(near, "services.new-passport", status=303, reason="law", gone="yes")
    planned, at_once = [arguments for command, arguments in near.office.asked if command == "rules_change"]
    assert planned["edits"] == at_once["edits"] == [{"path": "services.new-passport"}]
    assert (planned.get("effective_from"), at_once.get("effective_from")) == ("2999-01-01", None)


@pytest.mark.parametrize(
    ("how", "status"),
    [({"do": "look"}, 200), ({}, 422), ({"reason": "left"}, 422)],
    ids=["looked at", "without a reason", "refused"],
)
def test_who_has_left_still_has_when_the_page_comes_back(near: Visitor, how: dict[str, str], status: int) -> None:
    sign_in(near, "siti", "2002")
    near.office.answers["rules_change"] = lambda _: refuse("conflict")
    html = sent(near, "officers.siti", status=status, gone="yes", **how, **{"f.officers.siti.role": "supervisor"})
    assert 'name="gone" value="yes" checked' in html
    assert '<option value="supervisor" selected>' in html
    assert 'name="gone" value="yes">' in sent(near, "officers.siti", status=200, do="look"), "unless it was not ticked"


@pytest.mark.parametrize(
    ("code", "detail", "expected"),
    [
        ("conflict", {"by": "maria", "at": "2026-11-27T03:00:00+00:00"}, "Changed by maria at"),
        ("conflict", {"by": None, "at": None}, "somebody who edited the file itself"),
        ("bad_rules", {"problems": ["hours.mon[0]: ends <before>"]}, "hours.mon[0]: ends &lt;before&gt;"),
        ("not_allowed", {}, "not allowed"),
        ("storage_failed", {}, "The rules cannot be written now. Nothing was changed."),
        ("not_ready", {}, "What you entered is still here"),
    ],
)
def test_a_refusal_keeps_what_was_typed(near: Visitor, code: Any, detail: dict[str, Any], expected: str) -> None:  # noqa: ANN401
    sign_in(near, "siti", "2002")
    near.office.answers["rules_change"] = lambda _: refuse(code, **detail)
    status = 503 if code in {"storage_failed", "not_ready"} else 422
    html = sent(near, "hours", status=status, reason="Natal", **{"f.hours.sun": "08:00-09:00"})
    assert expected in html
    assert 'value="08:00-09:00"' in html
    assert 'value="Natal"' in html


def test_of_a_single_date_it_is_said_what_counts_there_before_and_that_it_is_closed(near: Visitor) -> None:
    """A dash stands for "closed" on this very page, so it cannot stand for "as every Monday", too."""
    sign_in(near, "siti", "2002")
    dates = {"f.hours.+0:day": "2026-11-30", "f.hours.+0": "09:00-12:00", "f.hours.+1:day": "2026-12-05"}
    html = sent(near, "hours", status=200, do="look", **dates, **{"f.hours.+2:day": "2026-12-25"})
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", html, re.DOTALL)
    told = [" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in cells]
    monday = told.index("Monday, November 30, 2026")
    assert told[monday + 1 : monday + 3] == ["as usual: 07:30-12:00, 13:00-15:00", "09:00-12:00"]
    saturday, christmas = (told.index(day) for day in ("Saturday, December 5, 2026", "Friday, December 25, 2026"))
    assert told[saturday + 1 : saturday + 3] == ["as usual: closed all day", "closed all day"]
    assert told[christmas + 2] == "closed all day"


def test_without_a_reason_and_without_our_own_form_nothing_is_sent(near: Visitor) -> None:
    sign_in(near, "siti", "2002")
    assert "Please say why" in sent(near, "hours", status=422, **{"f.hours.sun": "08:00-09:00"})
    near.post("/staff/rules/hours", status=403, do="save", reason="x", token="0" * 32)
    near.post("/staff/rules/versions/0123456789ab", status=403, reason="x")
    near.post("/staff/rules/planned/x", status=403, reason="x")
    assert not [one for one, _ in near.office.asked if one == "rules_change"]


def test_what_was_typed_is_still_there_when_the_session_is_over(near: Visitor) -> None:
    sign_in(near, "siti", "2002")
    html = near.get("/staff/rules/hours")
    fields = {key: hidden(html, key) for key in ("token", "request", "base")}
    near.office.answers["staff_sessions"] = lambda _: refuse("no_session")
    changes = {"f.hours.sun": "08:00-09:00", "reason": "Pemilu"}
    html = near.post("/staff/rules/hours", status=401, do="save", **(fields | changes))
    assert "What you wrote was not sent." in html
    assert "08:00-09:00" in html
    assert "Pemilu" in html


@pytest.mark.parametrize(
    "raw", [None, "name: Ren\N{LATIN SMALL LETTER E WITH ACUTE}".encode("latin-1"), b"a: [", b"- x"]
)
def test_a_file_that_cannot_be_read_is_said_in_words(
    office: WebOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes | None
) -> None:
    config = tmp_path / "config.yaml"
    if raw is not None:
        config.write_bytes(raw)
    monkeypatch.setattr("broker.web.app.RulesFiles", lambda _config, _data: RulesFiles(config, tmp_path))
    FeedbackDesk(office)
    with visitor(office) as near:
        sign_in(near, "siti", "2002")
        for page in ("", "/hours", "/versions"):
            assert "cannot be read: it is not there, not written in UTF-8, or no YAML" in text_of(
                near.get(f"/staff/rules{page}", status=503)
            )


def laid_out(office: WebOffice, config: Path, monkeypatch: pytest.MonkeyPatch, sections: dict[str, object]) -> None:
    """Write the demo's rules with other sections, and let the pages read them."""
    config.write_text(json.dumps({**DATA, **sections}), encoding="utf-8")
    monkeypatch.setattr("broker.web.app.RulesFiles", lambda _config, _data: RulesFiles(config, config.parent))
    FeedbackDesk(office)


@pytest.mark.parametrize(
    ("section", "value", "place"),
    [
        ("planned", "soon", "planned"),
        ("planned", [None], "planned[0]"),
        ("planned", [{"id": "x", "effective_from": "2999-01-01", "change": "x"}], "planned[0].change"),
        ("planned", [{"effective_from": "2999-01-01", "change": {}}], "planned[0]"),
        ("planned", [{"id": "x", "effective_from": "2000-01-01", "change": {"hours": []}}], "hours"),
        ("hours", None, "hours"),
        ("lanes", [{}], "lanes[0]"),
        ("office", {**DATA["office"], "languages": "id"}, "office.languages"),
    ],
)
def test_a_file_that_is_laid_out_amiss_is_said_in_words_with_the_place(  # noqa: PLR0917 - the columns of the table
    office: WebOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str, value: object, place: str
) -> None:
    laid_out(office, tmp_path / "config.yaml", monkeypatch, {section: value})
    with visitor(office) as near:
        sign_in(near, "siti", "2002")
        for page in ("", "/hours", "/versions", "/slides/display-1"):
            html = near.get(f"/staff/rules{page}", status=503)
            assert f"not laid out as it should be: see {place}." in text_of(html)


@pytest.mark.parametrize(
    ("path", "value", "pages"),
    [
        ("services.new-passport.fee.en", "Rp1", {"services.new-passport"}),
        ("services.new-passport", None, {"services.new-passport", "waits"}),
        ("services.0", None, {"services.new-passport", "waits"}),
        ("services.new-passport.short_name", None, {"services.new-passport"}),
        ("hours.2999-12-25", [], {"hours"}),
        ("hours", {}, {"hours"}),
        ("lanes.priority.name", {"en": "x"}, {"texts"}),
        ("displays.display-1.page_second", 3, set()),
    ],
)
@pytest.mark.parametrize("day", ["2999-01-01", "soon"])
def test_each_page_tells_of_what_is_planned_there(  # noqa: PLR0917 - the columns of the table
    office: WebOffice,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    value: object,
    pages: set[str],
    day: str,
) -> None:
    assert DATA["services"][0]["id"] == "new-passport"
    planned = [{"id": "x", "effective_from": day, "change": {path: value}}]
    laid_out(office, tmp_path / "config.yaml", monkeypatch, {"planned": planned})
    with visitor(office) as near:
        sign_in(near, "siti", "2002")
        assert "Take this plan back" in text_of(near.get("/staff/rules"))
        told = {page for page in PAGES if "counts here already" in text_of(near.get(f"/staff/rules/{page}"))}
    assert told == pages

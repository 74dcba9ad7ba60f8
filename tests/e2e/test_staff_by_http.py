"""A stranger without a browser at the staff's pages: each address by each role, forms of others, planted sessions.

The table below is written by hand: an address that the application has and the table has not fails, and so does one
that opens for somebody else.
"""

from __future__ import annotations

import csv
import http.cookies
import io
import secrets
import socket
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.routing import Route

from broker.web.app import web_app
from broker.web.staff.access import COOKIE, Staff, staff_of
from broker.web.start import plan_of
from tests.support.browsing import asked_before
from tests.support.caller import wait_until
from tests.support.plain_http import NO_AUTHORITY
from tests.support.staffed_office import PIN, STRANGE_NAME, WHO, StaffedOffice

O, S, C, T = "officer", "supervisor", "complaints", "technician"  # noqa: E741 - columns of a table
ALL = frozenset({O, S, C, T})
OUTSIDE = frozenset({"everybody"})
"""Without a session: visitors' own pages, and the door."""
BY_TOKEN = frozenset({"programs"})
RULES: dict[str, frozenset[str]] = {
    "GET /staff/board": frozenset({O, S, T}),
    "GET /staff/board/events": frozenset({O, S, T}),
    "GET /staff/board/at/{stage}/{service}/{lane}": frozenset({O, S, T}),
    "GET /staff/board/ticket/{ticket}": frozenset({S}),
    "GET /staff/alerts": frozenset({S, C, T}),
    "GET /staff/alerts/events": ALL,
    "POST /staff/alerts/seen": frozenset({S, C, T}),
    "GET /staff/acts": frozenset({S}),
    "GET /staff/acts/for/{kind}/{name}": frozenset({S}),
    "POST /staff/acts/{act}": frozenset({S}),
    "GET /staff/complaints": frozenset({S, C}),
    "GET /staff/complaints/new": frozenset({O, S, C}),
    "POST /staff/complaints/new": frozenset({O, S, C}),
    "GET /staff/complaints/{number}": frozenset({S, C}),
    "POST /staff/complaints/{number}/contact": frozenset({S, C}),
    "POST /staff/complaints/{number}/{action}": frozenset({S, C}),
    "GET /staff/suggestions": frozenset({S, C}),
    "POST /staff/suggestions/{suggestion}": frozenset({S, C}),
    "GET /staff/surveys": frozenset({O, S, C}),
    "GET /staff/surveys/{survey}/paper": frozenset({O, S, C}),
    "POST /staff/surveys/{survey}/paper": frozenset({O, S, C}),
    "POST /staff/surveys/{survey}/plan": frozenset({S}),
    "GET /staff/results/{survey}/{file}": frozenset({O, S, C}),
    "GET /staff/reports": frozenset({S}),
    "GET /staff/reports/report.{kind}": frozenset({S}),
    "GET /staff/reports/tickets": frozenset({S}),
    "GET /staff/figures": ALL,
    "GET /staff/training": ALL,
    "GET /staff/advice": frozenset({S}),
    "POST /staff/advice": frozenset({S}),
    "POST /staff/advice/cancel": frozenset({S}),
    "GET /staff/advice/{answer}": frozenset({S}),
    "GET /staff/rules": frozenset({S, T}),
    "GET /staff/rules/versions": frozenset({S, T}),
    "GET /staff/rules/versions/{digest}": frozenset({S, T}),
    "POST /staff/rules/versions/{digest}": frozenset({S, T}),
    "GET /staff/rules/previews/{preview}": frozenset({S, T}),
    "GET /staff/rules/previews/{preview}/{name}.png": frozenset({S, T}),
    "GET /staff/rules/previews/{preview}/{name}/phone": frozenset({S, T}),
    "POST /staff/rules/previews/{preview}/cancel": frozenset({S, T}),
    "GET /staff/rules/slides/{display}": frozenset({S, T}),
    "POST /staff/rules/slides/{display}": frozenset({S, T}),
    "GET /staff/rules/slides/{display}/{name}": frozenset({S, T}),
    "POST /staff/rules/planned/{plan}": frozenset({S, T}),
    "GET /staff/rules/{form}": frozenset({S, T}),
    "POST /staff/rules/{form}": frozenset({S, T}),
    "GET /staff": OUTSIDE,
    "GET /staff/in": OUTSIDE,
    "POST /staff/in": OUTSIDE,
    "POST /staff/out": ALL,
    "GET /staff/account": ALL,
    "GET /staff/sessions": frozenset({S, T}),
    "POST /staff/sessions/end": ALL,
    "POST /staff/sessions/reset": frozenset({S}),
    "POST /staff/account/password": ALL,
    "POST /staff/account/totp": ALL,
    "GET /api/v1/reports": BY_TOKEN,
    "GET /metrics": BY_TOKEN,
    **dict.fromkeys(
        (
            *("GET /", "GET /results", "GET /static/{name}", "GET /favicon.ico", "GET /robots.txt"),
            "GET /events",
            *(f"{how} /{t}/{{key}}{rest}" for t in "tT" for how, rest in (("GET", ""), ("GET", "/events"))),
            *(f"{how} /{t}/{{key}}/cancel" for t in "tT" for how in ("GET", "POST")),
            *(f"POST /{t}/{{key}}/rejoin" for t in "tT"),
            *(f"{how} {path}" for how in ("GET", "POST") for path in ("/r/{key}", "/s/{survey}", "/suggest")),
            *(f"{how} {path}" for how in ("GET", "POST") for path in ("/complain", "/c", "/c/{number}")),
            "POST /c/{number}/{action}",
        ),
        OUTSIDE,
    ),
}
"""By method and path, who may. A technician's part of the rules is smaller than a supervisor's: see below."""
BY_STAFF = {route: who for route, who in RULES.items() if " /staff/" in route and who is not OUTSIDE}
FORMS = [route for route in BY_STAFF if route.startswith("POST")]
DOES: dict[str, dict[str, str]] = {
    "POST /staff/alerts/seen": {"alert": "wait.x"},
    "POST /staff/acts/{act}": {"action": "stop", "reason": "x", "for": "rest"},
    "POST /staff/complaints/new": {"kind": "complaint", "text": "Palsu."},
    "POST /staff/suggestions/{suggestion}": {"read": "yes", "tags": "palsu"},
    "POST /staff/surveys/{survey}/plan": {"by": "2030-01-01", "text": "Palsu."},
    "POST /staff/sessions/end": {"of": "none", "reason": "x"},
    "POST /staff/sessions/reset": {"officer": "maria", "what": "password", "reason": "x"},
    "POST /staff/account/password": {"old": PIN, "new": "kopi tanpa gula", "again": "kopi tanpa gula"},
    "POST /staff/account/totp": {"action": "begin"},
    "POST /staff/rules/{form}": {"do": "save", "reason": "x", "f.hours.sun": "09:00-10:00"},
}
"""What a form would do if it counted."""
WHY = "Petugas sakit."
FOR_FEW = ("Maria Simanjuntak", WHY, "Budi Santoso", "Dewi Lestari", "Pendingin", "pin_hash")
"""What only some of the staff are told: names, and what was written."""
UNASKED = {"POST /staff/complaints/new": 422, "POST /staff/account/totp": 404}
"""What is answered before the engine was asked: a form that visitors have, too, and what is no act at all."""
FROM_AFAR: tuple[dict[str, str], ...] = (
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://other.antrian.lan"},
)


class Stranger(httpx.Client):
    """Somebody at an address of their own on this machine: what one sends too often is held back."""

    addresses = iter(range(2, 250))

    def __init__(self, office: StaffedOffice, officer: str = "", pin: str = PIN) -> None:
        """Come to an office; within `with`, as an officer of it if one is named."""
        transport = httpx.HTTPTransport(verify=NO_AUTHORITY, local_address=f"127.0.0.{next(self.addresses)}")
        super().__init__(base_url=office.address, transport=transport, timeout=60, headers={"Accept-Language": "en"})
        self.office, self.officer, self.pin = office, officer, pin

    def __enter__(self) -> Self:
        super().__enter__()
        if self.officer:
            answer = self.send_form("/staff/in", {"officer": self.officer, "pin": self.pin})
            assert answer.status_code == 303, answer.text
        return self

    @property
    def session(self) -> Staff:
        """Return what the cookie says."""
        found = staff_of(self.cookies.get(COOKIE))
        assert found is not None
        return found

    def send_form(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send a form as a page of the office would; the one that asks who it is has to be open."""
        asked = asked_before(self) if path == "/staff/in" else {}
        return self.post(path, data={**asked, **fields}, headers={"Origin": self.office.address, **(headers or {})})

    def with_token(
        self, path: str, fields: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send one with the token of one's own session."""
        mine = {"token": self.session.token, "request": secrets.token_hex(16)}
        return self.send_form(path, {**mine, **(fields or {})}, headers)


@pytest.fixture(scope="module")
def roles(staffed: StaffedOffice) -> Iterator[dict[str, Stranger]]:
    """Yield somebody of each role; the supervisor has closed a service for today, for a reason that is not for all."""
    with ExitStack() as stack:
        found = {role: stack.enter_context(Stranger(staffed, officer)) for role, officer in WHO.items()}
        closing = {"place": "service:visit-permit", "reason": WHY}
        assert found[S].with_token("/staff/acts/offer", closing).status_code == 303
        wait_until(lambda: WHY in found[S].get("/staff/acts").text, "who may see it sees why")
        yield found
    staffed.open_again("visit-permit")


def somewhere(office: StaffedOffice, route: str) -> str:
    """Return an address of this kind."""
    known = {
        "stage": "document-check",
        "service": "new-passport",
        "lane": "regular",
        "ticket": office.ticket,
        "number": office.complaint,
        "act": "intake",
        "action": "verify",
        "suggestion": "s0",
        "survey": "skm",
        "file": "2026-11.csv",
        "kind": "csv",
        "answer": "1",
        "digest": "0" * 12,
        "name": "x",
        "plan": "x",
        "preview": "x",
        "display": "display-1",
        "form": "hours",
    }
    return route.partition(" ")[2].format_map(known)


def incomplete(office: StaffedOffice, route: str) -> list[tuple[str, dict[str, str]]]:
    """Return forms of this kind that lack something, so that they are given back."""
    if route == "POST /staff/acts/{act}":
        acts = ("offer", "quota", "intake", "ticket", "ask_counter", "announce", "back")
        return [(f"/staff/acts/{act}", {}) for act in acts]
    return [(somewhere(office, route), {})] if route in FORMS and DOES.get(route) else []


def journal(office: StaffedOffice) -> list[tuple[int, str]]:
    """Return what has happened so far, as it is on the disk."""
    with closing(sqlite3.connect(f"file:{office.office.database}?mode=ro", uri=True)) as connection:
        return list(connection.execute("SELECT seq, type FROM events ORDER BY seq"))


def happened(office: StaffedOffice, before: list[tuple[int, str]]) -> list[str]:
    """Return what has happened since, but what sessions do by themselves and what the hall does."""
    of_its_own = ("staff_signed_in", "staff_signed_out", "alert", "staff_session")
    return [kind for seq, kind in journal(office)[len(before) :] if seq and not kind.startswith(of_its_own)]


# -- who may where --------------------------------------------------------------------------------------------------


def test_each_address_of_the_application_has_a_rule_here(staffed: StaffedOffice) -> None:
    plan = plan_of(staffed.office.settings, "web", config=staffed.office.config, data=Path("no-data"))
    found = [route for route in web_app(plan).routes if isinstance(route, Route)]
    assert len(found) == len(web_app(plan).routes), "each is one address"
    known = {f"{method} {route.path}" for route in found for method in (route.methods or set()) - {"HEAD"}}
    assert known == set(RULES)


@pytest.mark.parametrize("role", WHO)
def test_a_page_that_is_not_for_somebody_is_refused_in_words_and_tells_nothing(
    staffed: StaffedOffice, roles: dict[str, Stranger], role: str
) -> None:
    for route, who in BY_STAFF.items():
        if route.startswith("GET") and role not in who:
            answer = roles[role].get(somewhere(staffed, route))
            assert answer.status_code == 403, (route, answer.status_code)
            assert "<h1" in answer.text, route
            assert [told for told in FOR_FEW if told in answer.text] == [], route


@pytest.mark.parametrize("role", WHO)
def test_a_form_that_is_not_for_somebody_changes_nothing(
    staffed: StaffedOffice, roles: dict[str, Stranger], role: str
) -> None:
    before, config = journal(staffed), staffed.office.config.read_bytes()
    for route in FORMS:
        if role not in BY_STAFF[route]:
            for path, fields in ((somewhere(staffed, route), DOES.get(route)), *incomplete(staffed, route)):
                answer = roles[role].with_token(path, fields)
                assert answer.status_code in {403, 404, 422}, (path, answer.status_code)
                listed = (
                    {"Maria Simanjuntak"} if path.startswith("/staff/sessions") else set()
                )  # a technician ends them
                assert {told for told in FOR_FEW if told in answer.text} <= listed, path
    assert happened(staffed, before) == []
    assert staffed.office.config.read_bytes() == config


@pytest.mark.usefixtures("roles")
def test_without_a_session_every_page_asks_who_it_is(staffed: StaffedOffice) -> None:
    with Stranger(staffed, "agus") as gone:
        over, token = dict(gone.cookies), gone.session.token
        assert gone.with_token("/staff/out").status_code == 303
    planted = Staff("planted" * 4, "Rudi Palsu", "supervisor")
    held = {"nothing": {}, "over": over, "planted": {COOKIE: planted.cookie()}, "broken": {COOKIE: "a" * 500}}
    before = journal(staffed)
    for name, cookies in held.items():
        with Stranger(staffed) as stranger:
            stranger.cookies.update(cookies)
            said = planted.token if name == "planted" else token
            for route in BY_STAFF:
                asked = [(somewhere(staffed, route), DOES.get(route, {})), *incomplete(staffed, route)]
                for path, fields in asked:
                    if route.startswith("GET"):
                        answer = stranger.get(path)
                    else:
                        answer = stranger.send_form(path, {"token": said, "request": "1" * 32, **fields})
                        if route == "POST /staff/out" and answer.status_code == 303:
                            continue  # whoever leaves is let go
                    assert answer.status_code in {401, 403, UNASKED.get(route)}, (name, path)
                    assert [told for told in FOR_FEW if told in answer.text] == [], (name, path)
                    stranger.cookies.update(cookies)
    assert happened(staffed, before) == []


# -- forms of others ------------------------------------------------------------------------------------------------


def test_no_form_counts_that_another_site_sends_or_that_lacks_our_token(
    staffed: StaffedOffice, roles: dict[str, Stranger]
) -> None:
    before, config = journal(staffed), staffed.office.config.read_bytes()
    others = roles[T].session.token
    for route in FORMS:
        path, fields = somewhere(staffed, route), DOES.get(route, {})
        with Stranger(staffed) as who:  # from an address of its own: what is sent too often is not even looked at
            who.cookies.update(roles[S].cookies)
            for headers in FROM_AFAR:
                assert who.with_token(path, fields, headers).status_code == 403, (route, headers)
            for token in ("", "0" * 32, others):
                assert who.send_form(path, {**fields, "token": token}).status_code == 403, (route, token)
            plain = who.post(path, data={"token": "0" * 32, **fields})
            assert plain.status_code == 403, (route, "an old browser says no origin, and yet needs the token")
            asked = who.get(path, params={"token": who.session.token, **fields})
            assert asked.status_code in {200, 303, 404, 405}, (route, "and nothing is done by a link")
    assert happened(staffed, before) == []
    assert staffed.office.config.read_bytes() == config


def test_signing_in_from_another_site_or_into_a_planted_session_is_none(staffed: StaffedOffice) -> None:
    with Stranger(staffed) as stranger:
        for headers in FROM_AFAR:
            answer = stranger.send_form("/staff/in", {"officer": "agus", "pin": PIN}, headers)
            assert answer.status_code == 403, headers
            assert COOKIE not in answer.headers.get("set-cookie", "")
        planted = Staff("planted" * 4, "Agus Setiawan", "officer").cookie()
        stranger.cookies.set(COOKIE, planted)
        answer = stranger.send_form("/staff/in", {"officer": "agus", "pin": PIN})
        cookies = (http.cookies.SimpleCookie(said) for said in answer.headers.get_list("set-cookie"))
        (given,) = [found[COOKIE] for found in cookies if COOKIE in found]
        assert given.value != planted
        assert (given["httponly"], given["samesite"], given["path"]) == (True, "strict", "/staff")
        with Stranger(staffed) as other:
            other.cookies.set(COOKIE, planted)
            assert other.get("/staff/account").status_code == 401, "what was planted is no session now"


def test_a_session_that_somebody_ends_is_over_at_once(staffed: StaffedOffice, roles: dict[str, Stranger]) -> None:
    with Stranger(staffed, "agus") as lost:
        assert lost.get("/staff/account").status_code == 200
        html = roles[S].get("/staff/sessions").text
        of = html.partition("Agus Setiawan")[2].partition('name="of" value="')[2].partition('"')[0]
        answer = roles[S].with_token("/staff/sessions/end", {"of": of, "reason": "The tablet is lost."})
        assert answer.status_code == 200
        kept = lost.session.token
        for route, who in BY_STAFF.items():
            if O in who and route != "POST /staff/out":
                path = somewhere(staffed, route)
                answer = lost.get(path) if route.startswith("GET") else lost.send_form(path, {"token": kept})
                assert answer.status_code in {401, 403}, (route, answer.status_code)


# -- what belongs to others -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [O, C, T])
def test_nobody_reads_or_ends_what_is_another_officers(
    staffed: StaffedOffice, roles: dict[str, Stranger], role: str
) -> None:
    who, before = roles[role], journal(staffed)
    refused = who.get("/staff/figures", params={"officer": "budi"})
    assert refused.status_code == 403
    assert "Budi Santoso" not in refused.text
    whole = roles[S].session.session
    for of in (whole, whole[:16], "maria", "budi", "*", ""):
        if role == T and of == "maria":
            continue  # a technician ends anybody's session, with a reason
        answer = who.with_token("/staff/sessions/end", {"of": of, "reason": "Just so."})
        assert answer.status_code == 422, (of, answer.status_code)
    assert roles[S].get("/staff/account").status_code == 200
    assert happened(staffed, before) == []


def test_a_password_is_changed_for_nobody_but_oneself(staffed: StaffedOffice) -> None:
    taken = "teh manis hangat"
    with Stranger(staffed, "putu") as who:
        own = {"old": PIN, "new": taken, "again": taken}
        for name in ("officer", "id", "of", "staff", "session"):
            own[name] = "maria"
        assert who.with_token("/staff/account/password", own).status_code == 200
    with Stranger(staffed, "putu", taken), Stranger(staffed, "maria"):
        """Both come in: the one by what was taken, the other as before."""


def test_an_officers_board_names_no_officer(roles: dict[str, Stranger]) -> None:
    names = ("Budi Santoso", "Dewi Lestari")
    assert all(name in roles[S].get("/staff/board").text for name in names)
    for role in (O, T):
        for path in ("/staff/board", "/staff/board?wall", "/staff/board?role=supervisor"):
            html = roles[role].get(path).text
            assert not [name for name in names if name in html], (role, path)
            with roles[role].stream("GET", path.replace("/board", "/board/events")) as events:
                sent = next(line for line in events.iter_lines() if line.startswith("data:"))
                assert not [name for name in names if name in sent], (role, path)


def test_a_technician_sees_and_changes_no_rules_of_the_office(
    staffed: StaffedOffice, roles: dict[str, Stranger]
) -> None:
    config = staffed.office.config.read_bytes()
    for form in ("hours", "officers.siti", "services.new-passport", "waits"):
        refused = roles[T].get(f"/staff/rules/{form}")
        assert refused.status_code == 403, form
        assert "Siti" not in refused.text
    assert roles[T].get("/staff/rules/displays.display-1").status_code == 200
    base = roles[S].get("/staff/rules/hours").text.partition('name="base" value="')[2].partition('"')[0]
    assert base
    sent = {"base": base, "do": "save", "reason": "x", "f.hours.sun": "09:00-10:00"}
    assert roles[T].with_token("/staff/rules/hours", sent).status_code == 403
    assert staffed.office.config.read_bytes() == config


# -- guesses, paths, words that do something ------------------------------------------------------------------------


def test_guesses_lock_one_officer_at_one_place_for_longer_and_longer_and_nobody_else(staffed: StaffedOffice) -> None:
    with Stranger(staffed) as stranger, Stranger(staffed, "hendra") as inside:
        said = [stranger.send_form("/staff/in", {"officer": "hendra", "pin": "9753"}) for _ in range(6)]
        assert {answer.status_code for answer in said} == {422}
        assert "again in 1 minute, also with the right one" in said[-1].text
        right = stranger.send_form("/staff/in", {"officer": "hendra", "pin": PIN})
        assert right.status_code == 422, "not even the right one, from here"
        with Stranger(staffed) as elsewhere:
            right = elsewhere.send_form("/staff/in", {"officer": "hendra", "pin": PIN})
            assert right.status_code == 303, "nobody is kept from their own PC"
        assert inside.get("/staff/account").status_code == 200, "who is in stays in"
        with Stranger(staffed, "rina") as another:
            assert another.get("/staff/account").status_code == 200, "nobody else is locked"
        many = [stranger.send_form("/staff/in", {"officer": f"nobody-{n}", "pin": "9753"}) for n in range(70)]
        assert many[-1].status_code == 429, "one machine is slowed down, whomever it guesses"
        assert int(many[-1].headers["retry-after"]) >= 1


OUT_OF_THERE = ("..", "../../config.yaml", "..%2F..%2Fconfig.yaml", "%2e%2e%2f%2e%2e%2fconfig.yaml", "..%5cconfig.yaml")


def test_no_download_leads_out_of_its_folder(staffed: StaffedOffice, roles: dict[str, Stranger]) -> None:
    host, port = urlsplit(staffed.address).hostname, urlsplit(staffed.address).port
    cookie = f"{COOKIE}={roles[S].cookies[COOKIE]}"
    for place in (
        "results/skm",
        "results",
        "rules/versions",
        "rules/previews/x",
        "rules/slides/display-1",
        "rules",
        "reports",
        "advice",
    ):
        for way in OUT_OF_THERE:
            for end in ("", ".csv", ".png", "%00.csv"):
                with closing(socket.create_connection((host, port), timeout=30)) as raw:  # no client mends the path
                    path = f"/staff/{place}/{way}{end}"
                    head = f"Host: x\r\nCookie: {cookie}\r\nConnection: close"
                    raw.sendall(f"GET {path} HTTP/1.1\r\n{head}\r\n\r\n".encode())
                    answer = raw.makefile("rb").read()
                status = int(answer.split(b" ", 2)[1])
                assert status in {303, 400, 404, 422}, (path, status)
                assert b"pin_hash" not in answer, path


def test_a_name_is_a_name_on_pages_and_in_files(staffed: StaffedOffice, roles: dict[str, Stranger]) -> None:
    by_service = f"by=service&period={staffed.month_before:%Y-%m}"
    for kind, separator in (("csv", ","), ("excel", ";")):
        answer = roles[S].get(f"/staff/reports/report.{kind}?{by_service}")
        assert answer.status_code == 200, answer.text
        lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=separator)
        cells = [cell for line in lines for cell in line]
        assert any(STRANGE_NAME in cell for cell in cells)
        assert not [cell for cell in cells if cell.startswith(("=", "@", "\t"))], kind
    report = f"/staff/reports?{by_service}"
    wait_until(lambda: "refresh" not in roles[S].get(report).headers, "the report is made")
    for path in ("/staff/rules", "/staff/rules/officers.rina", "/staff/acts", report):
        html = roles[S].get(path).text
        assert "&lt;i&gt;Rina" in html, path
        assert "<i>Rina" not in html, path


def test_what_is_sent_sets_no_header_and_leads_to_no_other_host(
    staffed: StaffedOffice, roles: dict[str, Stranger]
) -> None:
    with Stranger(staffed) as stranger:
        for path in ("/staff?lang=en%0d%0aSet-Cookie:%20a=b", "//evil.example/staff?lang=en", "/staff/%0d%0aX-Evil:1"):
            answer = stranger.get(f"{staffed.address}{path}")
            assert "x-evil" not in answer.headers
            assert "a=b" not in answer.headers.get("set-cookie", "")
            assert urlsplit(answer.headers.get("location", "/")).netloc == ""
        answer = stranger.send_form("/staff/in", {"officer": "a\r\nX-Evil: 1", "pin": "<script>"})
        assert "x-evil" not in answer.headers
        assert "<script>" not in answer.text.partition("<main")[2]
    shown = roles[S].get("/staff", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in shown.headers.get("location", "") + shown.text


def test_what_is_too_much_or_too_slow_harms_nobody(staffed: StaffedOffice, roles: dict[str, Stranger]) -> None:
    with Stranger(staffed, "maria") as who:
        assert who.with_token("/staff/acts/announce", {"text-id": "a" * 70_000}).status_code == 413
        assert who.with_token("/staff/acts/announce", {f"x{n}": "1" for n in range(500)}).status_code == 400
        long = who.with_token("/staff/acts/announce", {"text-id": "a" * 60_000, "text-en": "b", "ends_at": "23:59"})
        assert long.status_code == 422
        cookie = f"{COOKIE}={who.cookies[COOKIE]}"
    headers = f"Host: {urlsplit(staffed.address).netloc}\r\nCookie: {cookie}\r\n"
    slow = f"POST /staff/acts/intake HTTP/1.1\r\n{headers}Content-Type: application/x-www-form-urlencoded\r\n"
    where = (urlsplit(staffed.address).hostname, urlsplit(staffed.address).port)
    waiting = [socket.create_connection(where, timeout=30) for _ in range(20)]
    try:
        for one in waiting:
            one.sendall(f"{slow}Content-Length: 2000\r\n\r\ntoken=".encode())
        begun = time.monotonic()
        assert roles[S].get("/staff/account").status_code == 200
        assert time.monotonic() - begun < 5, "twenty slow forms hold nobody up"
    finally:
        for one in waiting:
            one.close()

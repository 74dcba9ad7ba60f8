"""Who comes into the staff's pages, and what was tried to come in without leave: roles, forms, cookies, guesses."""

from __future__ import annotations

import logging
import re

import pytest

from broker import permissions
from broker.contract.messages import ErrorCode
from broker.web.staff.access import BEFORE, COOKIE, Staff, staff_of
from broker.web.staff.account import otpauth
from broker.web.staff.desk import Page
from broker.web.staff.routes import StaffPages
from tests.fakes.feedback_desk import OFFICERS, FeedbackDesk
from tests.fakes.web_office import WebOffice, refuse
from tests.support.browsing import Visitor, asked_before
from tests.support.surveys import skm_message
from tests.web.test_feedback_pages import hidden
from tests.web.test_staff_pages import a_complaint, from_afar

BY_ROLE = {role: (officer, pin) for officer, (_, role, pin) in OFFICERS.items()}
PASSWORD = "kopi tanpa gula"  # noqa: S105 - of nobody
PAGES = [page for section in StaffPages().sections for page in section.pages if page.act is not None]


@pytest.fixture
def desk(office: WebOffice) -> FeedbackDesk:
    """Return what the engine of that office does with feedback and staff."""
    office.say(office.topics.survey("skm", "id"), skm_message("id"))
    return FeedbackDesk(office)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages wait for the engine no longer than a test does."""
    monkeypatch.setattr("broker.web.office.ANSWER_S", 0.2)


@pytest.fixture
def near(page: Visitor, desk: FeedbackDesk) -> Visitor:
    """Return a browser on the office's own machine."""
    assert desk is not None
    return page


def come_in(near: Visitor, role: str) -> str:
    """Sign in as somebody of a role; return the token that forms carry."""
    officer, pin = BY_ROLE[role]
    near.post("/staff/in", officer=officer, pin=pin)
    return hidden(near.get("/staff/account"), "token")


def cookie_of(near: Visitor) -> Staff:
    """Return what the browser holds."""
    (value,) = [one.value for one in near.client.cookies.jar if one.name == COOKIE]
    found = staff_of(value)
    assert found is not None
    return found


def somewhere(path: str, **known: str) -> str:
    """Return an address of this kind; what a section names in it and this file does not know is anything."""
    return re.sub(r"\{(\w+)[^}]*\}", lambda part: {"survey": "skm", **known}.get(part[1], "s0"), path)


# -- roles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", permissions.ROLES)
@pytest.mark.parametrize("one", [page for page in PAGES if page.method == "GET"], ids=lambda page: page.path)
def test_a_page_opens_for_whom_the_table_says(near: Visitor, desk: FeedbackDesk, one: Page, role: str) -> None:
    come_in(near, role)
    number = a_complaint(desk)
    assert one.act is not None
    path = somewhere(one.path, number=number, file="2026-11.pdf")
    with near.client.stream("GET", path) as answer:  # some never end
        assert (answer.status_code == 403) is not permissions.may(role, one.act), answer.status_code
        if answer.status_code == 403:
            assert b"Lama sekali" not in answer.read()


@pytest.mark.parametrize("role", permissions.ROLES)
def test_the_navigation_leads_only_where_the_role_may_go(near: Visitor, role: str) -> None:
    come_in(near, role)
    html = near.get("/staff/account")
    inside = re.findall(r'href="(/staff/[a-z]+)"', html.partition('<nav aria-label="Staff')[2].partition("</nav>")[0])
    assert not [url for url in inside if near.client.get(url).status_code in {401, 403}]
    assert ("/staff/complaints" in inside) is (role in {"supervisor", "complaints"})
    assert ("/staff/sessions" in inside) is (role in {"supervisor", "technician"})


def test_a_role_that_a_browser_gives_itself_opens_nothing(near: Visitor, desk: FeedbackDesk) -> None:
    come_in(near, "officer")
    number = a_complaint(desk)
    forged = Staff(cookie_of(near).session, "Adi", "supervisor")
    near.client.cookies.clear()
    near.client.cookies.set(COOKIE, forged.cookie(), path="/staff")
    for path in ("/staff/complaints", f"/staff/complaints/{number}", "/staff/suggestions", "/staff/sessions"):
        near.get(path, status=403)
    near.post("/staff/sessions/reset", status=403, token=forged.token, officer="siti", what="password", reason="x")


def test_a_session_that_is_revoked_is_out_at_the_next_look(near: Visitor, desk: FeedbackDesk) -> None:
    token = come_in(near, "supervisor")
    desk.sessions.clear()
    near.get("/staff/sessions", status=401)
    near.client.cookies.set(COOKIE, Staff("gone", "Siti", "supervisor").cookie(), path="/staff")
    near.post("/staff/sessions/end", status=403, token=token, of="x", reason="x")


def test_the_engine_being_away_opens_nothing(near: Visitor) -> None:
    come_in(near, "supervisor")
    near.office.go_down()
    assert "does not answer" in near.get("/staff/sessions", status=503)


# -- sessions -------------------------------------------------------------------------------------------------------


def test_a_supervisor_ends_a_session_and_says_why(near: Visitor, desk: FeedbackDesk) -> None:
    come_in(near, "officer")
    left_open = cookie_of(near)
    near.client.cookies.clear()
    token = come_in(near, "supervisor")
    html = near.get("/staff/sessions")
    assert "Adi (officer)" in html
    (of,) = set(re.findall(r'name="of" value="([^"]+)"', html))
    sent = {"token": token, "of": of, "back": "/staff/sessions"}
    assert "Please say why" in near.post("/staff/sessions/end", status=422, reason=" ", **sent)
    assert "The session is over." in near.post("/staff/sessions/end", status=200, reason="Left open.", **sent)
    assert left_open.session not in desk.sessions
    assert desk.revoked == ["Left open."]


def test_an_officer_sees_and_ends_no_session_of_others(near: Visitor, desk: FeedbackDesk) -> None:
    come_in(near, "supervisor")
    other = cookie_of(near)
    near.client.cookies.clear()
    token = come_in(near, "officer")
    html = near.get("/staff/account")
    assert "Siti" not in html
    sent = {"token": token, "of": other.session[:16], "reason": "Just so."}
    assert "Nobody is signed in there" in near.post("/staff/sessions/end", status=422, **sent)
    assert other.session in desk.sessions


def test_signing_in_gives_a_session_of_its_own_whatever_the_browser_held_before(
    near: Visitor, desk: FeedbackDesk
) -> None:
    planted = {"Cookie": f"{COOKIE}={Staff('planted', 'Siti', 'supervisor').cookie()}"}
    sent = {"officer": "adi", "pin": "1001"}
    answers = []
    for _ in range(2):
        asked = asked_before(near.client)
        held = planted | {"Cookie": f"{planted['Cookie']}; {BEFORE}={asked[BEFORE]}"}
        answers.append(near.client.post("/staff/in", data=sent | asked, headers=held, follow_redirects=False))
    given = {answer.headers["set-cookie"].partition(";")[0] for answer in answers}
    assert len(given) == 2, "each log-in has one of its own"
    assert "planted" not in desk.sessions
    near.client.cookies.clear()
    assert near.client.get("/staff/account", headers=planted).status_code == 401


# -- passwords and codes --------------------------------------------------------------------------------------------


def test_a_password_is_taken_and_from_then_on_asked_for(near: Visitor, desk: FeedbackDesk) -> None:
    token = come_in(near, "supervisor")
    sent = {"token": token, "old": "2002", "new": PASSWORD}
    assert "the same in both fields" in near.post("/staff/account/password", status=422, again="x", **sent)
    short = {**sent, "new": "kopi", "again": "kopi"}
    assert "at least 8 characters" in near.post("/staff/account/password", status=422, **short)
    wrong = {**sent, "old": "9999", "again": PASSWORD}
    assert "so far is not right" in near.post("/staff/account/password", status=422, **wrong)
    html = near.post("/staff/account/password", status=200, again=PASSWORD, **sent)
    assert "The password is saved." in html
    assert PASSWORD not in html
    near.client.cookies.clear()
    assert "do not fit together" in near.post("/staff/in", status=422, officer="siti", pin="2002")
    assert near.post("/staff/in", officer="siti", pin=PASSWORD).startswith("/staff/")
    assert desk.passwords == {"siti": PASSWORD}


def test_a_second_factor_is_shown_once_confirmed_and_asked_for(near: Visitor, desk: FeedbackDesk) -> None:
    token = come_in(near, "supervisor")
    begun = near.post("/staff/account/totp", status=200, token=token, action="begin")
    assert "JBSW Y3DP EHPK 3PXP" in begun
    assert "<svg" in begun
    wrong = near.post("/staff/account/totp", status=422, token=token, action="confirm", code="000000")
    assert "JBSW Y3DP" not in wrong
    assert "The office's clock says" in wrong.replace("&#39;", "'")
    assert "is on" in near.post("/staff/account/totp", status=200, token=token, action="confirm", code="123456")
    assert "Switch it off" in near.get("/staff/account")
    near.client.cookies.clear()
    assert "A code from your phone is needed" in near.post("/staff/in", status=422, officer="siti", pin="2002")
    assert "not right, or was used" in near.post("/staff/in", status=422, officer="siti", pin="2002", code="1")
    assert near.post("/staff/in", officer="siti", pin="2002", code="123456").startswith("/staff/")
    assert desk.factors == {"siti": "123456"}


@pytest.mark.parametrize(
    ("command", "path", "code", "form"),
    [
        ("staff_in", "/staff/in", "wrong_pin", {"officer": "siti", "pin": PASSWORD}),
        ("staff_in", "/staff/in", "wrong_code", {"officer": "siti", "pin": PASSWORD, "code": "1"}),
        ("staff_password", "/staff/account/password", "wrong_pin", {"old": "1", "new": PASSWORD, "again": PASSWORD}),
        ("staff_totp", "/staff/account/totp", "wrong_code", {"action": "end", "code": "1"}),
    ],
)
def test_who_is_locked_is_told_so_whatever_was_wrong(
    near: Visitor, command: str, path: str, code: ErrorCode, form: dict[str, str]
) -> None:
    token = come_in(near, "supervisor")
    near.office.answers[command] = lambda _: refuse(code, locked_s=61)
    html = near.post(path, status=422, **({} if command == "staff_in" else {"token": token}), **form)
    assert "Too many wrong tries" in html
    assert "again in 2 minutes, also with the right one. A supervisor can end that sooner." in html
    assert "not right" not in html


def test_what_an_app_scans_names_office_and_officer_and_escapes_them() -> None:
    assert (
        otpauth("ABC", "siti", "kanim-1") == "otpauth://totp/Antrean%20kanim-1:siti?secret=ABC&issuer=Antrean%20kanim-1"
    )
    assert "&evil" not in otpauth("ABC", "a&evil=1", "b").replace("&issuer", "")


def test_without_the_offices_key_it_is_said_who_can_still_sign_in_and_where(near: Visitor) -> None:
    near.office.answers["staff_in"] = lambda _: refuse("not_allowed", is_sealed=True)
    html = near.post("/staff/in", status=422, officer="siti", pin="2002", code="123456")
    assert "the office&#39;s key is missing" in html
    assert "At a counter you can sign in" in html


def test_a_supervisor_resets_what_is_lost_and_a_technician_does_not(near: Visitor, desk: FeedbackDesk) -> None:
    desk.passwords["adi"] = PASSWORD
    token = come_in(near, "technician")
    assert "When somebody cannot sign in" not in near.get("/staff/sessions")
    sent = {"officer": "adi", "what": "password", "reason": "Forgotten."}
    near.post("/staff/sessions/reset", status=422, token=token, **sent)
    assert desk.passwords
    near.client.cookies.clear()
    token = come_in(near, "supervisor")
    assert "When somebody cannot sign in" in near.get("/staff/sessions")
    assert "Done:" in near.post("/staff/sessions/reset", status=200, token=token, **sent)
    assert not desk.passwords


# -- forms from elsewhere -------------------------------------------------------------------------------------------

FORMS = [page for page in PAGES if page.method == "POST"]


@pytest.mark.parametrize("one", FORMS, ids=lambda page: page.path)
def test_no_form_counts_without_our_token_and_none_from_another_site(
    near: Visitor, desk: FeedbackDesk, one: Page
) -> None:
    token = come_in(near, "supervisor")
    path = somewhere(one.path, number=a_complaint(desk), action="verify")
    foreign = [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.testserver"},
    ]
    before = dict(desk.sessions)
    assert near.client.post(path, data={"action": "begin"}).status_code == 403
    assert near.client.post(path, data={"token": "0" * 32}).status_code == 403
    for headers in foreign:
        assert near.client.post(path, data={"token": token}, headers=headers).status_code == 403, headers
    assert near.client.post(path, json={"token": token}).status_code in {403, 415}
    assert near.client.get(f"{path}?token={token}").status_code in {200, 404, 405}, "and nothing is done by a link"
    assert desk.sessions == before
    assert not desk.revoked


def test_another_sessions_token_is_none(near: Visitor) -> None:
    token = come_in(near, "supervisor")
    near.client.cookies.clear()
    come_in(near, "technician")
    near.post("/staff/out", status=403, token=token)


def test_nobody_is_signed_in_by_a_strangers_page(near: Visitor, desk: FeedbackDesk) -> None:
    """An old browser says neither Origin nor Sec-Fetch-Site: a stranger's form of the stranger's own name and PIN."""
    sent = {"officer": "adi", "pin": "1001"}
    own = asked_before(near.client)  # what the stranger gets at their own browser
    near.client.cookies.clear()
    for guessed in ({}, own, {BEFORE: ""}):
        answer = near.client.post("/staff/in", data=sent | guessed, follow_redirects=False)
        assert answer.status_code == 403
        assert COOKIE not in answer.headers.get("set-cookie", "")
        near.client.cookies.clear()
        asked_before(near.client)  # whose browser it is has the page open, too
    assert not desk.sessions
    assert near.client.post("/staff/in", data=sent | asked_before(near.client)).status_code in {200, 303}
    assert desk.sessions


# -- cookies, logs, plain HTTP --------------------------------------------------------------------------------------


def test_over_https_the_cookie_goes_over_nothing_else(near: Visitor) -> None:
    sent = {"officer": "adi", "pin": "1001"}
    plain = near.client.post("/staff/in", data=sent | asked_before(near.client), follow_redirects=False)
    assert "Secure" not in plain.headers["set-cookie"]
    near.client.cookies.clear()
    by_proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
    asked = near.client.get("/staff/in", headers=by_proxy).headers["set-cookie"]
    before = asked.partition(";")[0]
    assert before.startswith("__Secure-"), "no plain page of this machine can lay another one over it"
    by_proxy |= {"Cookie": before}  # which a client of plain HTTP does not send
    sent |= {BEFORE: before.partition("=")[2]}
    sealed = near.client.post("/staff/in", data=sent, headers=by_proxy, follow_redirects=False)
    [kept] = [one for one in sealed.headers.get_list("set-cookie") if one.startswith(f"__Secure-{COOKIE}=")]
    for flag in ("Secure", "HttpOnly", "Path=/staff", "SameSite=strict", "Max-Age=43200"):
        assert flag.lower() in kept.lower()


def test_no_page_is_kept_by_anybody_and_no_secret_stands_in_the_log(
    near: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        token = come_in(near, "supervisor")
        begun = near.client.post("/staff/account/totp", data={"token": token, "action": "begin"})
    assert begun.headers["cache-control"] == "no-store"
    for secret in ("2002", "JBSWY3DPEHPK3PXP", token, cookie_of(near).session):
        assert secret not in caplog.text


def test_plain_http_is_loud_on_every_page(office: WebOffice, near: Visitor) -> None:
    assert office.settings.web is not None
    come_in(near, "supervisor")
    assert "Not encrypted" not in near.get("/staff/account"), "this machine hears itself"
    held = cookie_of(near).cookie()
    web = office.settings.web.model_copy(update={"staff": "everywhere"})
    office.settings = office.settings.model_copy(update={"web": web})
    answer = from_afar(office, "/staff/account", cookie=held)
    assert "Not encrypted" in answer.text


def test_guesses_are_answered_alike_for_who_is_there_and_who_is_not(near: Visitor) -> None:
    texts = []
    for officer in ("siti", "nobody"):
        html = near.post("/staff/in", status=422, officer=officer, pin="0000")
        texts.append(html.replace(f'value="{officer}"', "").partition("<main")[2])
    assert texts[0] == texts[1]


def test_a_wall_has_nothing_to_press(near: Visitor) -> None:
    come_in(near, "supervisor")
    html = near.get("/staff/sessions?wall")
    assert "/staff/out" not in html
    assert 'class="band"' not in html
    assert 'class="staff wall' in html

"""The staff's pages: who comes in, what they see, and what they do."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from broker.contract import messages as ms
from broker.web.staff.access import COOKIE, Staff, is_near, staff_of
from broker.web.staff.files import ResultFiles
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.web_office import WebOffice, refuse
from tests.support.browsing import Visitor, app_of, asked_before, visitor
from tests.support.office import CONFIG
from tests.support.surveys import result_of, skm_message
from tests.web.test_feedback_pages import HOSTILE, answers, hidden
from tests.web.test_ticket_page import text_of


@pytest.fixture
def desk(office: WebOffice) -> FeedbackDesk:
    """Return what the engine of that office does with feedback."""
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


def from_afar(office: WebOffice, path: str, *, cookie: str = "") -> httpx.Response:
    """Return what a browser of another machine gets."""

    async def ask() -> httpx.Response:
        app = app_of(office)
        transport = httpx.ASGITransport(app, client=("10.0.0.7", 40000))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://antrian.lan") as client,
        ):
            held = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
            return await client.get(path, headers={"Accept-Language": "en", **held})

    with ThreadPoolExecutor(1) as thread:  # a loop of its own: that of the browser's tests may run in this one
        return thread.submit(lambda: asyncio.run(ask())).result()


def sign_in(near: Visitor, officer: str = "rina", pin: str = "3003") -> str:
    """Sign in; return the token that forms carry."""
    assert near.post("/staff/in", officer=officer, pin=pin).startswith("/staff/")
    html = near.get("/staff/complaints" if officer != "adi" else "/staff/surveys")
    return hidden(html, "token")


def a_complaint(desk: FeedbackDesk, text: str = "Lama sekali", **more: object) -> str:
    """Let a visitor complain; return the number."""
    receipt = desk.complain({"kind": "complaint", "text": text, "language": "id", **more})["receipt"]
    return str(receipt["number"])


# -- who comes in ---------------------------------------------------------------------------------------------------


def test_whoever_signs_out_while_the_engine_is_away_leaves_nobody_signed_in_at_this_browser(near: Visitor) -> None:
    token = sign_in(near)
    near.office.go_down()
    assert near.post("/staff/out", token=token) == "/staff"
    assert COOKIE not in near.client.cookies
    near.office.come_back()
    near.get("/staff/complaints", status=401)


def test_an_answer_that_was_being_written_as_the_session_ended_is_still_there(
    near: Visitor, desk: FeedbackDesk
) -> None:
    number = a_complaint(desk)
    token = sign_in(near)
    near.office.answers["complaint_step"] = lambda _: refuse("no_session")
    html = near.post(
        f"/staff/complaints/{number}/answer", status=401, token=token, text="Mohon <maaf>, sudah kami ubah"
    )
    assert "What you wrote was not sent. Copy it before you sign in:" in html
    assert "Mohon &lt;maaf&gt;, sudah kami ubah</textarea>" in html


def test_who_may_not_any_more_is_told_so_and_not_that_the_page_is_foreign(near: Visitor, desk: FeedbackDesk) -> None:
    number = a_complaint(desk)
    sign_in(near)
    for command in ("complaints", "complaint", "suggestions"):
        near.office.answers[command] = lambda _: refuse("not_allowed")
    for path in ("/staff/complaints", f"/staff/complaints/{number}", "/staff/suggestions"):
        assert "This page is open to: supervisors, who handles complaints." in near.get(path, status=403)


def test_nobody_comes_in_without_id_and_pin(near: Visitor, desk: FeedbackDesk) -> None:
    assert 'type="password"' in near.get("/staff")
    for path in ("/staff/complaints", "/staff/suggestions", "/staff/surveys", "/staff/complaints/new"):
        assert 'type="password"' in near.get(path, status=401)
    assert "do not fit together" in near.post("/staff/in", status=422, officer="rina", pin="0000")
    assert "do not fit together" in near.post("/staff/in", status=422, officer="nobody", pin="0000")
    assert "again in 5 minutes, also with the right one" in near.post(
        "/staff/in", status=422, officer="rina", pin="9999"
    )
    assert "Too many wrong tries" in near.post("/staff/in", status=422, officer="rina", pin="3003"), "the lock holds"
    assert not desk.sessions


def test_the_cookie_is_for_these_pages_alone_and_ends_with_the_session(near: Visitor, desk: FeedbackDesk) -> None:
    sent = {"officer": "rina", "pin": "3003"} | asked_before(near.client)
    answer = near.client.post("/staff/in", data=sent, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "Path=/staff" in cookie
    token = hidden(near.get("/staff/complaints"), "token")
    assert near.post("/staff/out", token=token) == "/staff"
    assert not desk.sessions
    near.client.cookies.set(COOKIE, Staff("gone", "Rina", "complaints").cookie(), path="/staff")
    assert "You are signed out." in near.get("/staff/complaints", status=401)


@pytest.mark.parametrize("cookie", ["", "x", "AAAA", "W10", "eyJhIjoxfQ", "é", "A" * 5000])
def test_a_cookie_that_is_none_is_nobody(cookie: str) -> None:
    assert staff_of(cookie) is None


def test_a_form_from_elsewhere_is_refused(near: Visitor, desk: FeedbackDesk) -> None:
    token = sign_in(near)
    number = a_complaint(desk)
    near.post(f"/staff/complaints/{number}/verify", status=403)
    near.post(f"/staff/complaints/{number}/verify", status=403, token="f" * 32)
    foreign = near.client.post(
        f"/staff/complaints/{number}/verify", data={"token": token}, headers={"Origin": "http://evil.example"}
    )
    assert foreign.status_code == 403
    assert desk.cases[number].told.state == "received"


def test_other_machines_are_served_only_where_the_office_allows_it(office: WebOffice, desk: FeedbackDesk) -> None:
    assert desk is not None
    for path in ("/staff", "/staff/complaints"):
        assert from_afar(office, path).status_code == 404
    assert office.settings.web is not None
    web = office.settings.web.model_copy(update={"staff": "everywhere"})
    office.settings = office.settings.model_copy(update={"web": web})
    answer = from_afar(office, "/staff")
    assert answer.status_code == 200
    assert "could read your password" in answer.text, "plain HTTP is warned of"


@pytest.mark.parametrize(
    ("address", "is_one"), [("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("", False), ("testclient", False)]
)
def test_near_is_this_machine_alone(address: str, is_one: bool) -> None:  # noqa: FBT001 - a table
    assert is_near(address) is is_one


def test_an_officer_without_the_role_enters_paper_forms_and_reads_no_complaint(
    near: Visitor, desk: FeedbackDesk
) -> None:
    sign_in(near, "adi", "1001")
    number = a_complaint(desk, "Rahasia saya")
    assert "This page is open to: supervisors, who handles complaints." in near.get("/staff/complaints", status=403)
    assert "Rahasia saya" not in near.client.get(f"/staff/complaints/{number}").text
    assert "on paper" in near.get("/staff/surveys/skm/paper")


# -- complaints -----------------------------------------------------------------------------------------------------


def test_the_inbox_stands_by_date_and_marks_what_is_overdue(near: Visitor, desk: FeedbackDesk) -> None:
    sign_in(near)
    assert "No complaint is open." in near.get("/staff/complaints")
    late, fresh = a_complaint(desk), a_complaint(desk, confidential=True)
    told = desk.cases[late].told
    desk.cases[late].told = told.model_copy(update={"is_overdue": True})
    html = near.get("/staff/complaints")
    assert html.index(late) < html.index(fresh)
    assert re.search(rf'class="overdue">\s*<th scope="row"><a href="/staff/complaints/{late}"', html)
    assert ">overdue</strong>" in html
    assert ">confidential</strong>" in html


def test_a_complaint_goes_through_its_states(near: Visitor, desk: FeedbackDesk) -> None:
    token = sign_in(near)
    number = a_complaint(desk, "Lama sekali", ticket="A-012")
    url = f"/staff/complaints/{number}"
    html = near.get(url)
    assert "Lama sekali" in html
    assert "A-012" in html
    for action, fields, state in (
        ("verify", {}, "verified"),
        ("forward", {"to": "Seksi Lalintalkim"}, "forwarded"),
        ("answer", {"text": "Sudah kami perbaiki."}, "answered"),
        ("reopen", {"text": "Salah kirim"}, "reopened"),
        ("reject", {"to": "Dinas Dukcapil", "text": "Ini urusan KTP."}, "rejected"),
        ("reopen", {}, "reopened"),
        ("answer", {"text": "Maaf."}, "answered"),
        ("close", {}, "closed"),
    ):
        mark = hidden(near.get(url))
        assert near.post(f"{url}/{action}", status=303, token=token, request=mark, **fields) == f"{url}?done={action}"
        assert desk.cases[number].told.state == state
    html = near.get(f"{url}?done=close")
    assert "It is closed." in html
    assert "Seksi Lalintalkim" in html
    assert "Rina" in html


def test_what_cannot_be_done_is_said_and_the_words_stay(near: Visitor, desk: FeedbackDesk) -> None:
    token = sign_in(near)
    number = a_complaint(desk)
    url = f"/staff/complaints/{number}"
    html = near.post(f"{url}/reject", status=422, token=token, text="Panjang lebar")
    assert "Something is missing" in html
    assert "Panjang lebar</textarea>" in html
    html = near.post(f"{url}/merge", status=422, token=token, into="2026-9999")
    assert "There is no complaint with this number." in html
    near.office.is_silent = True
    away = near.post(f"{url}/answer", status=503, token=token, request="b" * 32, text="Jawaban panjang")
    assert "Jawaban panjang</textarea>" in away
    assert hidden(away) == "b" * 32
    near.office.is_silent = False
    near.post(f"{url}/answer", token=token, request="b" * 32, text="Jawaban panjang")
    assert desk.cases[number].texts.count("Jawaban panjang") == 1
    near.get("/staff/complaints/2026-4444", status=404)
    near.post(f"{url}/erase", status=404, token=token)


def test_the_contact_is_shown_after_a_click_to_who_may_read_it(near: Visitor, desk: FeedbackDesk) -> None:
    number = a_complaint(desk, contact="0812-3456")
    url = f"/staff/complaints/{number}"
    token = sign_in(near)
    assert "0812-3456" not in near.get(url)
    assert not desk.contacts_read
    assert "0812-3456" in near.post(f"{url}/contact", status=200, token=token)
    assert desk.contacts_read == [("rina", number)]
    near.client.cookies.clear()
    token = sign_in(near, "siti", "2002")
    assert "0812-3456" not in near.post(f"{url}/contact", status=422, token=token)


def test_a_confidential_one_is_read_by_who_may_read_contacts_alone(near: Visitor, desk: FeedbackDesk) -> None:
    number = a_complaint(desk, "Rahasia saya", confidential=True)
    sign_in(near, "siti", "2002")
    html = near.get(f"/staff/complaints/{number}")
    assert "Rahasia saya" not in html
    assert "This one is confidential" in html
    assert "Send the answer" not in html
    near.client.cookies.clear()
    sign_in(near)
    html = near.get(f"/staff/complaints/{number}")
    assert "Rahasia saya" in html
    assert "Send the answer" in html


def test_staff_write_down_what_somebody_tells_them(near: Visitor, desk: FeedbackDesk) -> None:
    token = sign_in(near)
    mark = hidden(near.get("/staff/complaints/new"))
    sent = {"token": token, "request": mark, "kind": "aspiration", "text": "Kursi roda"}
    html = near.post("/staff/complaints/new", status=200, **sent)
    (case,) = desk.cases.values()
    assert case.told.number in html
    assert near.post("/staff/complaints/new", status=200, **sent).count(case.told.number) >= 1
    assert len(desk.cases) == 1
    assert "Please write what happened." in near.post("/staff/complaints/new", status=422, **{**sent, "text": ""})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_to_staff_too(near: Visitor, desk: FeedbackDesk, text: str) -> None:
    sign_in(near)
    number = a_complaint(desk, text, contact=text)
    desk.suggest({"text": text})
    for path in (f"/staff/complaints/{number}", "/staff/suggestions", "/staff/suggestions?whole=s0"):
        html = near.get(path).partition("<main")[2]
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "7006652" not in text_of(html)


# -- suggestions ----------------------------------------------------------------------------------------------------


def test_suggestions_are_read_and_tagged(near: Visitor, desk: FeedbackDesk) -> None:
    token = sign_in(near)
    assert "Nobody has suggested anything yet." in near.get("/staff/suggestions")
    desk.suggest({"text": "Kursi " * 40})
    html = near.get("/staff/suggestions")
    assert "Read it whole" in html
    assert ("Kursi " * 40).strip() in near.get("/staff/suggestions?whole=s0")
    sent = {"token": token, "request": hidden(html), "tags": "Kursi, Ruang  Tunggu,kursi", "read": "yes", "page": "0"}
    assert near.post("/staff/suggestions/s0", status=303, **sent) == "/staff/suggestions?page=0"
    (one, _), *_ = desk.box
    assert (one.tags, one.is_read) == (("kursi", "ruang tunggu"), True)


# -- surveys --------------------------------------------------------------------------------------------------------


def test_paper_forms_are_entered_one_after_the_other(near: Visitor, desk: FeedbackDesk) -> None:
    token = sign_in(near, "adi", "1001")
    mark = hidden(near.get("/staff/surveys/skm/paper"))
    sent = {"token": token, "request": mark, "service": "new-passport", **answers(3)}
    following = near.post("/staff/surveys/skm/paper", status=303, **sent)
    near.post("/staff/surveys/skm/paper", status=303, **sent)
    assert len(desk.surveyed) == 1, "sent twice is one form"
    html = near.get(following)
    assert "The form is saved." in html
    assert 'value="new-passport" selected' in html
    near.post("/staff/surveys/skm/paper", status=303, **{**sent, "request": hidden(html)})
    assert len(desk.surveyed) == 2, "two papers with the same answers are two"
    missing = {**sent, "request": "c" * 32, "a-fee": ""}
    assert "Please choose one answer." in near.post("/staff/surveys/skm/paper", status=422, **missing)


def say_results(office: WebOffice) -> None:
    """Let a survey run, with the results of its last period."""
    progress = ms.SurveyProgress(
        survey="skm",
        name={"id": "Survei Kepuasan", "en": "Satisfaction survey"},
        period="2026-11",
        begin=result_of("skm").begin,
        end=result_of("skm").end,
        answers=40,
        wanted=169,
        services=(ms.ServiceProgress(service="new-passport", answers=40, wanted=80),),
    )
    message = ms.FeedbackMessage(at=office.now(), surveys=(progress,), results=(result_of("skm"),))
    office.say(office.topics.feedback(), message)


@pytest.mark.parametrize("is_here", [True, False], ids=["the data are here", "the data are elsewhere"])
def test_files_are_offered_where_they_can_be_made_and_elsewhere_it_is_said_where(
    office: WebOffice, desk: FeedbackDesk, tmp_path: Path, *, is_here: bool
) -> None:
    assert desk is not None
    database = tmp_path / "office.db"
    if is_here:
        database.touch()
    with visitor(office, files=ResultFiles(CONFIG, tmp_path, database)) as near:
        say_results(office)
        sign_in(near, "siti", "2002")
        html = near.get("/staff/surveys")
    assert html.count(" download>") == (4 if is_here else 0)
    assert ("antrean survey results" in html) is not is_here


def test_progress_and_plans_for_the_lowest_three(near: Visitor, desk: FeedbackDesk) -> None:
    say_results(near.office)
    token = sign_in(near, "siti", "2002")
    html = near.get("/staff/surveys")
    assert "40 answers of 169 wanted" in html
    assert "40 more are wanted" in html
    assert html.count('name="element"') == 3
    plan = {"token": token, "request": hidden(html), "period": "2026-10", "element": "time"}
    assert "Please write what the office does" in near.post("/staff/surveys/skm/plan", status=422, **plan)
    said = near.post("/staff/surveys/skm/plan", status=200, **plan, plan="Loket tambahan", by="2026-12-31")
    assert "The plan is saved" in said
    assert desk.plans[0]["plan"] == "Loket tambahan"

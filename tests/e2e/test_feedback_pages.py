"""Feedback by the pages beside the real broker: from the first form to the end, and through what breaks on the way."""

from __future__ import annotations

import html
import re
import signal
import threading
from collections.abc import Iterator

import httpx
import pytest

from broker.config.surveys import shipped_survey
from tests.support.browsing import asked_before
from tests.support.caller import wait_until
from tests.support.office import OfficeProcess
from tests.support.plain_http import NO_AUTHORITY
from tests.support.web_process import PUBLIC, WebProcess

EVERYBODY = {"ANTREAN_FEEDBACK__SURVEYS__0__INVITE_EVERY": "1"}
PIN = "1234"
MOST_STAGES = 5


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebProcess]:
    """Yield the pages of a running office that invites everybody; each test leaves both running."""
    office = OfficeProcess(tmp_path_factory.mktemp("office") / "var", extra=PUBLIC | EVERYBODY)
    office.start()
    process = WebProcess(office)
    try:
        process.start()
        yield process
    finally:
        process.stop()
        office.stop()


def browser(web: WebProcess) -> httpx.Client:
    """Return a browser without JavaScript."""
    headers = {"Accept-Language": "en", "Origin": web.address}
    return httpx.Client(base_url=web.address, headers=headers, follow_redirects=True, timeout=30, verify=NO_AUTHORITY)


def field(page: httpx.Response, name: str) -> str:
    """Return a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return html.unescape(found[1])


def send(client: httpx.Client, url: str, **fields: str) -> httpx.Response:
    """Send a form that has to be taken."""
    fields = asked_before(client) | fields if url == "/staff/in" else fields
    answer = client.post(url, data=fields)
    assert answer.status_code == 200, (answer.status_code, answer.text)
    return answer


def finished_ticket(office: OfficeProcess) -> str:
    """Serve a visitor to the end; return the ticket's key."""
    with office.caller("kiosk-1") as kiosk, office.caller("counter-1") as counter:
        key = str(kiosk.do("issue", service="new-passport")["ticket"]["key"])
        opened = counter.do("open", counter="counter-1", officer="siti", pin=PIN)
        desk = {"counter": "counter-1", "session": opened["session"]}
        stages = 0
        while counter.do("next", **desk)["ticket"] is not None and stages < MOST_STAGES:
            counter.do("start", **desk)
            counter.do("finish", **desk)
            stages += 1
        counter.do("close", **desk)
    return key


def complaints(office: OfficeProcess) -> int:
    """Return how many complaints the office has."""
    with office.caller("probe") as probe:
        session = probe.do("staff_in", officer="yusuf", pin=PIN)["session"]
        return len(probe.do("complaints", session=session, state="all")["complaints"])


def test_rating_survey_and_complaint_from_the_first_form_to_the_end(web: WebProcess) -> None:
    key = finished_ticket(web.office)
    with browser(web) as phone, browser(web) as staff:
        rated = send(phone, f"/r/{key}", request=field(phone.get(f"/r/{key}"), "request"), score="4")
        assert "Your rating has been counted" in rated.text
        invited = re.search(r'href="(/s/skm\?i=[A-Z2-7]+)"', rated.text)
        assert invited is not None, rated.text
        asked = phone.get(invited[1])
        given = {f"a-{code}": "4" for code in shipped_survey("skm").codes}
        sent = {"request": field(asked, "request"), "i": field(asked, "i"), **given, "text": "Baik <b>"}
        assert "Your answers have been counted" in send(phone, "/s/skm", **sent).text
        assert "Your answers have been counted" in send(phone, "/s/skm", **sent).text
        assert "counted already" in send(phone, "/s/skm", **{**sent, "request": "0" * 32}).text

        mark = field(phone.get("/complain"), "request")
        told = {"request": mark, "kind": "complaint", "text": "Tiga jam <script>", "contact": "0812", "ticket": "A-001"}
        receipt = send(phone, "/complain", **told)
        number, secret = field(receipt, "number"), field(receipt, "secret")
        assert f"/c/{number}" in receipt.text

        send(staff, "/staff/in", officer="yusuf", pin=PIN)
        case = staff.get(f"/staff/complaints/{number}")
        assert "Tiga jam &lt;script&gt;" in case.text
        token = field(case, "token")
        contact = send(staff, f"/staff/complaints/{number}/contact", token=token)
        assert "0812" in contact.text
        for action, words in (("verify", {}), ("forward", {"to": "Seksi"}), ("answer", {"text": "Maaf."})):
            mark = field(staff.get(f"/staff/complaints/{number}"), "request")
            send(staff, f"/staff/complaints/{number}/{action}", token=token, request=mark, **words)

        seen = send(phone, "/c", number=number, secret=secret)
        assert "Maaf." in seen.text
        own = {"number": number, "secret": secret, "request": field(seen, "request")}
        assert "Belum" in send(phone, f"/c/{number}/reply", **own, text="Belum").text
        assert "The complaint is closed." in send(phone, f"/c/{number}/close", **own).text

        send(phone, "/suggest", request="1" * 32, text="Kursi \u202e terbalik")
        box = staff.get("/staff/suggestions")
        assert "Kursi  terbalik" in box.text
        tagged = re.search(r'action="(/staff/suggestions/[^"]+)"', box.text)
        assert tagged is not None
        send(staff, tagged[1], token=token, request=field(box, "request"), tags="kursi", read="yes")
        assert 'value="kursi"' in staff.get("/staff/suggestions").text
        paper = staff.get("/staff/surveys/skm/paper")
        form = {"token": token, "request": field(paper, "request"), "service": "new-passport", **given}
        assert "The form is saved." in send(staff, "/staff/surveys/skm/paper", **form).text
        wait_until(lambda: "2 / " in staff.get("/staff/surveys").text, "both answers are counted")
        assert "Received" in phone.get("/results").text


def test_the_pages_die_in_the_middle_of_a_submit(web: WebProcess) -> None:
    office = web.office
    assert office.process is not None
    before = complaints(office)
    with office.caller("witness") as witness, browser(web) as phone:
        told = {"request": field(phone.get("/complain"), "request"), "kind": "complaint", "text": "Tiga jam"}
        office.process.send_signal(signal.SIGSTOP)
        lost: list[Exception] = []

        def submit() -> None:
            try:
                phone.post("/complain", data=told)
            except httpx.HTTPError as error:
                lost.append(error)

        sending = threading.Thread(target=submit)
        try:
            sending.start()
            sending.join(1.0)  # nobody may listen to others' requests; that it was under way is seen below
            web.kill()
            sending.join(20)
        finally:
            office.process.send_signal(signal.SIGCONT)
        assert lost, "the phone heard nothing"
        while witness.events.get(timeout=15).type != "complained":
            pass
    web.start()
    with browser(web) as phone:
        first, second = send(phone, "/complain", **told), send(phone, "/complain", **told)
    assert "The office has received it." in first.text
    assert (field(first, "number"), field(first, "secret")) == (field(second, "number"), field(second, "secret"))
    assert complaints(office) == before + 1


def test_the_broker_dies_in_the_middle_of_a_submit(web: WebProcess) -> None:
    before = complaints(web.office)
    with browser(web) as phone:
        told = {"request": field(phone.get("/complain"), "request"), "kind": "information", "text": "Kapan buka?"}
        web.office.kill()
        away = phone.post("/complain", data=told)
        assert away.status_code == 503
        assert "Kapan buka?" in away.text
        assert field(away, "request") == told["request"]
        web.office.start()
        web.office.wait_online()
        wait_until(lambda: 'class="note warn"' not in phone.get("/").text, "the pages know that the office is back")
        assert field(send(phone, "/complain", **told), "number") == field(send(phone, "/complain", **told), "number")
    assert complaints(web.office) == before + 1


def test_results_are_downloaded(web: WebProcess) -> None:
    with browser(web) as staff:
        send(staff, "/staff/in", officer="maria", pin=PIN)
        paper = staff.get("/staff/surveys/skm/paper")
        given = {f"a-{code}": "3" for code in shipped_survey("skm").codes}
        own = {"token": field(paper, "token"), "request": field(paper, "request"), "service": "new-passport"}
        send(staff, "/staff/surveys/skm/paper", **own, **given)
        period = re.search(r">(\d{4}-\d{2}): \d answer", staff.get("/staff/surveys").text)
        assert period is not None
        for kind, begins in (("csv", b""), ("xlsx", b"PK"), ("pdf", b"%PDF")):
            answer = staff.get(f"/staff/results/skm/{period[1]}.{kind}")
            assert answer.status_code == 200, answer.text
            assert answer.content.lstrip(b"\xef\xbb\xbf").startswith(begins)
        assert staff.get("/staff/results/skm/1999-01.csv").status_code == 404
        assert staff.get("/staff/results/skm/..%2F.csv").status_code == 404

"""What a stranger may send: everything is harmless, and said in a page."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import logging
import re
import select
import socket
from importlib import resources

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.web.guard import HEADERS, Limits, usual_limits
from broker.web.page import preferred, static_files
from broker.web.rates import Rates
from broker.web.server import REQUEST_S, Connections
from tests.fakes.clock import FakeClock
from tests.fakes.web_office import KEY, WebOffice
from tests.support.browsing import Visitor, app_of, served, visitor
from tests.support.caller import wait_until
from tests.support.plain_http import NO_AUTHORITY

T = f"/t/{KEY}"
STATIC = resources.files("broker.web").joinpath("static")
WHOLE_PAGE_BYTES = 30 * 1024


# -- rates -----------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 5), max_size=60))
def test_nobody_asks_more_often_than_burst_and_rate_allow(pauses: list[float]) -> None:
    clock = FakeClock()
    rates = Rates(burst=5, per_s=2, monotonic=clock.monotonic)
    allowed = 0
    for pause_s in pauses:
        clock.advance(pause_s)
        allowed += not rates.wait_s("phone")
    assert allowed <= 5 + 2 * sum(pauses) + 1e-6


def test_whoever_waits_as_told_may_ask_again() -> None:
    clock = FakeClock()
    rates = Rates(burst=1, per_s=0.1, monotonic=clock.monotonic)
    assert rates.wait_s("phone") == 0
    assert rates.wait_s("other") == 0
    wait_s = rates.wait_s("phone")
    assert wait_s == 10
    clock.advance(wait_s)
    assert rates.wait_s("phone") == 0


def test_a_million_addresses_take_no_more_room_than_the_bound() -> None:
    rates = Rates(burst=1, per_s=1, monotonic=FakeClock().monotonic, most=100)
    for n in range(10_000):
        rates.wait_s(str(n))
    assert len(rates) == 100


def few(**changes: float) -> Limits:
    """Return limits that are soon met."""
    clock = FakeClock()

    def rates(name: str) -> Rates:
        return Rates(burst=changes.get(name, 1000), per_s=0.5, monotonic=clock.monotonic)

    return Limits(pages=rates("pages"), sent=rates("sent"), ticket=rates("ticket"))


@pytest.mark.parametrize(("limits", "path"), [({"pages": 3}, "/"), ({"ticket": 3}, T)])
def test_too_many_requests_get_a_page_that_says_when_to_come_back(
    office: WebOffice, limits: dict[str, float], path: str
) -> None:
    office.give_out()
    with visitor(office, limits=few(**limits)) as page:
        for _ in range(3):
            page.get(path)
        answer = page.client.get(path)
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "2"
        assert "<h1>" in answer.text
        assert page.client.get("/robots.txt").status_code == (429 if "pages" in limits else 200)


def test_forms_have_a_limit_of_their_own(office: WebOffice) -> None:
    office.give_out()
    with visitor(office, limits=few(sent=1)) as page:
        page.post(f"{T}/rejoin", status=409)
        page.post(f"{T}/rejoin", status=429)
        page.get(T)


# -- requests --------------------------------------------------------------------------------------------------


def test_every_answer_carries_the_headers_of_a_careful_site(page: Visitor) -> None:
    page.office.give_out()
    script = next(file.url for name, file in static_files().items() if name == "ticket.js")
    for path in ("/", T, "/nothing", script, "/favicon.ico", "/robots.txt"):
        headers = page.client.get(path).headers
        assert {name: headers.get(name) for name in HEADERS} == HEADERS, path
        assert "server" not in headers
        assert "set-cookie" not in headers


def test_head_tells_as_much_as_get_and_sends_nothing(page: Visitor) -> None:
    page.office.give_out()
    for path, status in (("/", 200), (T, 200), ("/nothing", 404), (f"{T}/events", 200)):
        answer = page.client.head(path)
        assert answer.status_code == status
        assert answer.content == b""


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused_in_a_page(page: Visitor, method: str) -> None:
    answer = page.client.request(method, T, headers={"Origin": page.address})
    assert answer.status_code == 405
    assert "<h1>" in answer.text


@pytest.mark.parametrize("path", ["/" + "a" * 300, "/?" + "q" * 1100])
def test_an_address_that_is_too_long_is_refused_in_a_page(page: Visitor, path: str) -> None:
    assert "<h1>" in page.get(path, status=414)


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/..%2fapp.py", "/static/app.css", "//evil.example/?lang=en", "/%2e%2e/"]
)
def test_no_path_leads_out(page: Visitor, path: str) -> None:
    answer = page.client.get(path)
    assert answer.status_code in {303, 404}
    assert not answer.headers.get("location", "/").startswith("//")


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {"Origin": "x"}],
)
def test_a_form_of_another_site_is_refused(page: Visitor, headers: dict[str, str]) -> None:
    page.office.give_out()
    answer = page.client.post(f"{T}/cancel", headers=headers)
    assert answer.status_code == 403
    assert page.office.tickets[KEY].state == "waiting"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"request=" + b"a" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"{}", "application/json", 415),
        (b"x" * 1000, "multipart/form-data; boundary=q", 400),
        (b"&".join(b"a=1" for _ in range(500)), "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe%zz&&&=;", "application/x-www-form-urlencoded", 303),
    ],
)
def test_a_body_that_is_no_form_of_ours_is_refused_in_a_page(
    page: Visitor, body: bytes, kind: str, status: int
) -> None:
    page.office.give_out()
    answer = page.client.post(f"{T}/cancel", content=body, headers={"Content-Type": kind, "Origin": page.address})
    assert answer.status_code == status
    assert status == 303 or "<h1>" in answer.text


def test_a_body_without_a_length_is_bounded_too(page: Visitor) -> None:
    page.office.give_out()
    answer = page.client.post(
        f"{T}/cancel",
        content=(b"a" * 10_000 for _ in range(20)),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Origin": page.address},
    )
    assert answer.status_code == 413


def test_the_log_names_no_key_and_no_address(page: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    page.office.give_out()
    page.get(T)
    page.get(f"{T}/cancel")
    page.post(f"{T}/cancel")
    page.get(f"/nothing/{KEY}?secret=word", status=404)
    said = " ".join(record.getMessage() for record in caplog.records if record.name.startswith(("broker", "uvicorn")))
    assert "GET ticket 200" in said
    for secret in (KEY, KEY.lower(), "word", "127.0.0.1:"):
        assert secret not in said.replace(page.address, "").replace(page.address.partition("//")[2], "")


# -- connections -----------------------------------------------------------------------------------------------


def test_connections_beyond_the_bound_are_turned_away_at_once_and_harm_nobody(office: WebOffice) -> None:
    connections = Connections(most=20)
    with served(app_of(office), connections=connections) as address, contextlib.ExitStack() as stack:
        host, _, port = address.removeprefix("http://").partition(":")
        idle = [stack.enter_context(socket.create_connection((host, int(port)))) for _ in range(20)]
        wait_until(lambda: len(connections) == 20, "all are counted")
        more = stack.enter_context(socket.create_connection((host, int(port))))
        more.settimeout(5)
        assert more.recv(200).startswith(b"HTTP/1.1 503 ")
        for one in idle:
            one.close()
        wait_until(lambda: len(connections) == 0, "all are gone")
        assert httpx.get(address, verify=NO_AUTHORITY).status_code == 200


def test_one_address_cannot_take_all_of_them() -> None:
    connections = Connections(most=10, most_of_one=3, monotonic=FakeClock().monotonic)
    assert [connections.came(n, "10.0.0.1") for n in range(5)] == [True, True, True, False, False]
    assert connections.came(9, "10.0.0.2")
    connections.went(0, "10.0.0.1")
    assert connections.came(10, "10.0.0.1")


SLOW_FORM = (
    f"POST {T}/cancel HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 9\r\n\r\n1"
)


WHOLE = "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"
UNFINISHED = "GET /robots.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"


@pytest.mark.parametrize("sent", ["", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", SLOW_FORM])
def test_a_connection_that_never_finishes_asking_is_ended(office: WebOffice, sent: str) -> None:
    clock = FakeClock()
    connections = Connections(monotonic=clock.monotonic)
    with served(app_of(office), connections=connections) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as slow:
            slow.sendall(sent.encode())
            wait_until(lambda: len(connections) == 1, "it is connected")
            clock.advance(REQUEST_S + 1)
            slow.settimeout(5)
            with contextlib.suppress(ConnectionResetError):
                while slow.recv(4096):
                    pass
        wait_until(lambda: len(connections) == 0, "it is gone")


@pytest.mark.parametrize(("first", "then"), [(WHOLE, "G"), (UNFINISHED, "1"), (UNFINISHED, "123456789")])
def test_one_that_was_answered_does_not_stay_by_a_byte_now_and_then(office: WebOffice, first: str, then: str) -> None:
    clock = FakeClock()
    connections = Connections(monotonic=clock.monotonic)
    with served(app_of(office), connections=connections) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as slow:
            slow.settimeout(5)
            slow.sendall(first.encode())
            answer = b""
            while not answer.endswith(b"Disallow: /\n"):
                answer += slow.recv(4096)
            slow.sendall(then.encode())  # uvicorn waits no longer for it now
            wait_until(lambda: _is_ended(connections, clock), "it is gone")


def _is_ended(connections: Connections, clock: FakeClock) -> bool:
    clock.advance(REQUEST_S + 1)
    return not len(connections)


def test_headers_without_end_are_refused(office: WebOffice) -> None:
    with served(app_of(office)) as address:
        assert httpx.get(address, headers={"X-Long": "a" * 20_000}, verify=NO_AUTHORITY).status_code == 431
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as endless:
            endless.settimeout(5)
            sent = 0
            endless.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
            # In pieces, as it comes over a network; who is refused hears of it while still sending, then is cut off.
            with contextlib.suppress(ConnectionError):
                while not select.select([endless], [], [], 0.001)[0]:
                    endless.sendall(b"a" * 1000)
                    sent += 1000
                    assert sent < 1_000_000, "nobody refused it"
            assert endless.recv(200).startswith(b"HTTP/1.1 400 ")


# -- what pages are made of ------------------------------------------------------------------------------------


def test_what_is_vendored_is_as_it_was_published() -> None:
    table = STATIC.joinpath("README.md").read_text(encoding="utf-8")
    sums = dict(re.findall(r"\| `(\w+\.js)` \|.*?\| `([0-9a-f]{64})` \|", table))
    assert sorted(sums) == ["htmx.js", "sse.js"]
    for name, digest in sums.items():
        assert hashlib.sha256(STATIC.joinpath(name).read_bytes()).hexdigest() == digest, name
    for name in ("LICENSE-htmx.txt", "LICENSE-htmx-ext-sse.txt"):
        assert STATIC.joinpath(name).is_file()


def test_a_page_is_30_kilobytes_all_in(page: Visitor) -> None:
    page.office.give_out(lane="priority", number="AP-003")
    html = page.get(T)
    files = {file.url: file for file in static_files().values()}
    named = re.findall(r"/static/[\w.]+", html)
    assert len(named) >= 5
    whole = len(gzip.compress(html.encode(), 6)) + sum(len(files[name].zipped) for name in named)
    assert whole <= WHOLE_PAGE_BYTES, whole


def test_files_are_kept_for_ever_and_zipped(page: Visitor) -> None:
    url = static_files()["app.css"].url
    answer = page.client.get(url)
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert page.client.get(url, headers={"Accept-Encoding": "identity"}).text == answer.text


def test_no_page_names_another_host(page: Visitor) -> None:
    page.office.give_out()
    for path in ("/", T, f"{T}/cancel"):
        found = re.findall(r"""(?:href|src|action|content)=["'](?:\w+:)?//[^"']*""", page.get(path))
        assert found == []


# -- languages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("id", "id"),
        ("fr, id;q=0.3, en;q=0.8", "en"),
        ("fr", None),
        ("", None),
        ("en;q=0, id;q=0.1", "id"),
        ("en;q=x, id;q=0.1", "id"),
        (",;=;q," * 500, None),
        ("EN", "en"),
    ],
)
def test_the_browser_says_which_language(header: str, language: str | None) -> None:
    assert preferred(header, ("id", "en")) == language


def test_the_visible_switch_outlives_the_page(page: Visitor) -> None:
    page.office.give_out()
    assert "Mohon menunggu" in page.get(T, language="fr")
    answer = page.client.get(f"{T}?lang=en&i=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{T}?i=1"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "Please wait" in page.get(T, language="id")
    assert page.client.get(f"{T}?lang=xx").status_code == 200


def test_the_usual_limits_let_a_hall_behind_one_address_in() -> None:
    clock = FakeClock()
    limits = usual_limits(clock.monotonic)
    assert sum(not limits.pages.wait_s("10.0.0.1") for _ in range(500)) == 500

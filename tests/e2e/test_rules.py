"""A supervisor changes the rules in a browser's place; it is on all screens within two seconds, and can be undone."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from PIL import Image

from tests.e2e.test_reload import Screen
from tests.support.browsing import asked_before
from tests.support.caller import wait_until
from tests.support.office import CONFIG, OfficeProcess
from tests.support.plain_http import NO_AUTHORITY
from tests.support.web_process import WebProcess
from tests.web.test_feedback_pages import hidden

WITHIN_S = 2.0
NOW = dt.datetime.now(ZoneInfo("Asia/Jakarta"))
SERVICE = "/staff/rules/services.new-passport"
FEE = "f.services.new-passport.fee.en"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeProcess]:
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.read_text(encoding="utf-8"), encoding="utf-8")
    office = OfficeProcess(tmp_path, config=config)
    office.start()
    office.wait_online()
    yield office
    office.stop()


@pytest.fixture
def browser(office: OfficeProcess) -> Iterator[httpx.Client]:
    """Yield Maria's browser: a supervisor of the demo."""
    web = WebProcess(office)
    web.start()
    with httpx.Client(
        base_url=web.address, headers={"Accept-Language": "en", "Origin": web.address}, timeout=20, verify=NO_AUTHORITY
    ) as one:
        assert one.post("/staff/in", data={"officer": "maria", "pin": "1234"} | asked_before(one)).status_code == 303
        yield one
    web.stop()


def filled(html: str) -> dict[str, str]:
    """Return what a form would send as it stands there."""
    fields = dict(re.findall(r'<input id="f[^"]*" name="([^"]+)"[^>]* value="([^"]*)"', html))
    fields |= dict(re.findall(r'<textarea id="f[^"]*" name="([^"]+)"[^>]*>\n(.*?)</textarea>', html, re.DOTALL))
    return fields | {name: hidden(html, name) for name in ("token", "request", "base")}


def shown(screen: Screen) -> str:
    """Return what is told of the service."""
    return json.dumps(screen.states["state/service/new-passport"])


def told(screen: Screen, text: str) -> bool:
    """Tell whether screens hear a text of the service, or of the office."""
    return text in shown(screen) or text in office_of(screen)


def office_of(screen: Screen) -> str:
    """Return what is told of the office."""
    return json.dumps(screen.states["state/office"])


def today(screen: Screen) -> list[object]:
    """Return today's hours."""
    hours: list[object] = screen.states["state/hall"]["hours"]["today"]
    return hours


def announced(screen: Screen) -> bool:
    """Tell whether the announcement has come."""
    return "Moved" in json.dumps(screen.states.get("state/announcements"))


def test_a_supervisor_changes_a_fee_and_takes_it_back(office: OfficeProcess, browser: httpx.Client) -> None:
    before = office.config.read_bytes()
    screen = Screen(office)
    wait_until(lambda: "state/service/new-passport" in screen.states, "the procedures are shown")
    form = filled(browser.get(SERVICE).text) | {FEE: "Rp700,000 <b>& more</b>", "reason": "PP 50/2026"}
    looked = browser.post(SERVICE, data=form | {"do": "look"}).text
    assert "What changes" in looked
    assert "Rp700,000 &lt;b&gt;&amp; more&lt;/b&gt;" in looked
    assert office.config.read_bytes() == before
    sent_at = time.monotonic()
    answer = browser.post(SERVICE, data=form | {"do": "save"})
    assert answer.headers["location"] == "/staff/rules?saved", answer.text
    wait_until(lambda: "& more" in shown(screen), "the kiosk shows it", timeout_s=WITHIN_S)
    assert time.monotonic() - sent_at < WITHIN_S + 1
    versions = browser.get("/staff/rules/versions").text
    assert "PP 50/2026" in versions
    first = re.findall(r'href="(/staff/rules/versions/[0-9a-f]{12})"', versions)[-1]
    page = browser.get(first).text
    assert "This would change:" in page
    back = {name: hidden(page, name) for name in ("token", "request", "base")} | {"reason": "a mistake"}
    assert browser.post(first, data=back).status_code == 303
    assert office.config.read_bytes() == before
    wait_until(lambda: "& more" not in shown(screen), "it is as before", timeout_s=WITHIN_S)


KINDS: list[tuple[str, str, dict[str, str], Callable[[Screen], bool]]] = [
    (
        "text",
        "services.new-passport",
        {"f.services.new-passport.name.en": "Fresh one"},
        lambda it: told(it, "Fresh one"),
    ),
    ("fee", "services.new-passport", {FEE: "Rp1,234"}, lambda it: told(it, "Rp1,234")),
    (
        "hours",
        "hours",
        {f"f.hours.{NOW:%a}".lower(): "06:15-06:20"},
        lambda it: "T06:20" in json.dumps(today(it)),
    ),
    (
        "closure",
        "hours",
        {"f.hours.+0:day": f"{NOW:%Y-%m-%d}", "f.hours.+0": "-"},
        lambda it: not today(it),
    ),
    (
        "quota",
        "waits",
        {"f.lanes.priority.daily_quota": "0"},
        lambda it: '"full"' in json.dumps(it.states["state/hall"]),
    ),
    (
        "promise",
        "waits",
        {"f.lanes.priority.promised_wait_min": "7"},
        lambda it: '"promised_wait_s": 420' in office_of(it),
    ),
    (
        "counter's work",
        "counters.counter-2",
        {"f.counters.counter-2.label": "Loket 77"},
        lambda it: "Loket 77" in office_of(it),
    ),
    (
        "announcement",
        "announcements.new",
        {f"f.announcements.+.text.{one}": "Moved" for one in ("id", "en")},
        announced,
    ),
]
"""One change of each kind: its page, what is typed there, and how a screen tells that it has come."""


def test_each_kind_of_change_comes_to_the_screens(office: OfficeProcess, browser: httpx.Client) -> None:
    screen = Screen(office)
    wait_until(lambda: {"state/office", "state/hall", "state/service/new-passport"} <= {*screen.states}, "all is shown")
    for kind, page, changes, has_come in KINDS:
        html = browser.get(f"/staff/rules/{page}").text
        ticked = dict.fromkeys(re.findall(r'<input type="checkbox" name="(f[^"]+)" value="yes" checked', html), "yes")
        chosen = dict(re.findall(r'<select id="(f[^"]+)".*?value="([^"]*)" selected', html))
        sent = filled(html) | ticked | chosen | changes | {"reason": kind, "do": "save"}
        assert not has_come(screen), kind
        begun = time.monotonic()
        answer = browser.post(f"/staff/rules/{page}", data=sent)
        assert answer.status_code == 303, (kind, answer.text)
        wait_until(lambda: has_come(screen), f"{kind} is there")  # noqa: B023 - asked at once
        print(f"{kind}: {time.monotonic() - begun:.2f} s")  # noqa: T201 - shown with -s
    screen.bus.stop()


def test_pictures_of_the_screens_have_the_size_of_their_panels_and_what_cannot_be_drawn_is_said(tmp_path: Path) -> None:
    pages = [
        ("kiosk", "kiosk-1", "paper-new-passport"),
        ("kiosk", "kiosk-1", "closed"),
        ("display", "display-1", "new-passport, fee, page * beside 0 calls"),
        ("display", "display-1", "no such page"),
    ]
    shots = [
        {"name": f"p{n}", "screen": screen, "part": part, "page": page, "language": "id"}
        for n, (screen, part, page) in enumerate(pages)
    ]
    order = json.dumps({"shots": shots, "day": "2026-12-25"})
    command = [sys.executable, "-m", "broker.preview", str(CONFIG), str(tmp_path)]
    said = subprocess.run(command, check=True, timeout=100, input=order, capture_output=True, text=True)
    told = [json.loads(line) for line in said.stdout.splitlines()]
    assert {"lost": ["p3"], "why": ""} in told
    assert told[-1] == {"done": True}
    assert told[0]["hours"]["today"] == [
        {"begin": "2026-12-25T07:30:00+07:00", "end": "2026-12-25T11:30:00+07:00"},
        {"begin": "2026-12-25T13:30:00+07:00", "end": "2026-12-25T15:00:00+07:00"},
    ]
    pictures = [Image.open(tmp_path / f"p{n}.png") for n in range(3)]
    assert [picture.size for picture in pictures[1:]] == [(1080, 1920), (1920, 1080)]
    assert all(len(picture.convert("L").getcolors() or ()) > 50 for picture in pictures), "there is something on them"


def test_two_supervisors_and_a_plug_that_is_pulled(office: OfficeProcess, browser: httpx.Client) -> None:
    one, other = (filled(browser.get(SERVICE).text) for _ in range(2))
    first = browser.post(SERVICE, data=one | {FEE: "Rp1", "reason": "first", "do": "save"})
    assert first.status_code == 303
    second = browser.post(SERVICE, data=other | {FEE: "Rp2", "reason": "second", "do": "save"})
    assert second.status_code == 422
    assert "Changed by maria at" in second.text
    assert "Rp2" in second.text, "what was typed is still there"
    assert 'en: "Rp1"' in office.config.read_text(encoding="utf-8")
    office.kill()
    office.start()
    office.wait_online()
    assert 'en: "Rp1"' in office.config.read_text(encoding="utf-8")

"""The pictures of a change on its page: asked of a worker, handed out as they come, and ended when nobody looks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.bootstrap.rules import office_message
from broker.layout import whole
from broker.web.staff.pictures import Previews
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.web_office import WebOffice
from tests.support.browsing import Visitor, visitor
from tests.support.caller import wait_until
from tests.web.test_feedback_pages import hidden
from tests.web.test_rules_pages import form, sign_in, untouched
from tests.web.test_ticket_page import text_of

FEE = "f.services.new-passport.documents.en"
WORKER = """
import json, os, pathlib, sys, time
config, folder = map(pathlib.Path, sys.argv[-2:])
office = json.loads(sys.argv[1])
for service in office["services"]:
    service["documents"] = {"id": ["KTP"], "en": ["KTP"]}
order = json.loads(sys.stdin.read())
say = lambda told: print(json.dumps(told), flush=True)
say({"office": office, "announcements": [], "at": None, "hours": None})
first, *rest = [shot["name"] for shot in order["shots"]]
(folder / f"{first}.png").write_bytes(b"a picture")
say({"picture": first})
say({"lost": rest, "why": "no glass"})
if "slow" in sys.argv:
    (folder / f"waits-{os.getpid()}").touch()
    time.sleep(60)
panel = {"width_px": 800, "height_px": 600, "diagonal_in": 10.1}
fault = {"page": "welcome", "language": "en", "kind": "clipped", "text": "Deed <of> birth"}
report = {"part": "kiosk-1", "panel": panel, "pages": 3, "faults": [fault]}
say({"report": report, "screen": "kiosk", "known": 0})
say({"done": True})
"""
"""What `broker.preview` says, without a screen."""


def told_of(office: WebOffice) -> str:
    """Return what an office tells of itself."""
    return json.dumps(whole(office_message(office.settings)))


@pytest.fixture
def near(office: WebOffice, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Yield a supervisor's browser, and a worker that is quick or slow."""
    monkeypatch.setattr("broker.web.office.ANSWER_S", 0.2)
    command = (sys.executable, "-c", WORKER, told_of(office), *getattr(request, "param", ()))
    monkeypatch.setattr("broker.web.app.Previews", lambda config: Previews(config, command))
    monkeypatch.setattr(Previews, "has_screen", staticmethod(lambda: True))
    FeedbackDesk(office)
    with visitor(office) as found:
        sign_in(found, "siti", "2002")
        yield found


def looked_at(near: Visitor, **changes: str) -> tuple[str, str]:
    """Look at a change of a service; return the page and the address of its preview."""
    html = near.get("/staff/rules/services.new-passport")
    fields = {key: hidden(html, key) for key in ("token", "request", "base")}
    changed = fields | untouched(form("services.new-passport")) | changes
    html = near.post("/staff/rules/services.new-passport", status=200, do="look", **changed)
    return html, found[1] if (found := re.search(r'hx-get="([^"?]+)\?news=', html)) else ""


def test_pictures_come_as_they_are_made_with_what_does_not_fit(near: Visitor) -> None:
    html, url = looked_at(near, **{FEE: "KTP"})
    assert "No picture" not in html
    wait_until(lambda: "All is looked at." in near.get(url), "the worker has ended")
    page = near.get(url)
    (picture,) = set(re.findall(r'img src="([^"]+)"', page))
    assert near.client.get(picture).content == b"a picture"
    assert "kiosk-1, 10.1 inch (English): “Deed &lt;of&gt; birth” does not fit." in page
    assert "Not drawn: no glass" in text_of(page)
    assert page.count("No picture was made.") == 5
    news = int(re.search(r"\?news=(\d+)", html)[1])  # type: ignore[index] # it is there while more is coming
    assert "All is looked at." in near.get(f"{url}?news={news}")
    assert "hx-get" not in page, "it asks no more"
    phones = re.findall(r'iframe src="([^"]+)"', page)
    assert len(phones) == 2
    answer = near.client.get(phones[1])
    assert "New passport" in answer.text
    assert "KTP" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert "frame-src 'self'" in near.client.get(url).headers["content-security-policy"]
    near.get(f"{url}/p99.png", status=404)
    near.get(f"{url}/p99/phone", status=404)
    near.client.cookies.clear()
    for path in (url, picture, phones[0]):
        near.get(path, status=401)


def waits(tmp_path: Path) -> set[int]:
    """Return the processes of the slow workers that have begun."""
    return {int(path.name.partition("-")[2]) for path in tmp_path.glob("*/waits-*")}


def is_running(process: int) -> bool:
    """Tell whether a process has not ended."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("near", [("slow",)], indirect=True)
def test_what_is_drawn_can_be_cancelled_and_what_nobody_looks_at_ends_and_goes_on_later(
    near: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    html, url = looked_at(near, **{FEE: "KTP"})
    wait_until(lambda: 'src="/staff/rules/previews' in near.get(url), "one picture is there")
    token = hidden(html, "token")
    near.post(f"{url}/cancel", status=403, token="0" * 32)
    assert near.post(f"{url}/cancel", token=token) == url
    assert "Cancelled." in near.get(url)
    before = waits(tmp_path)
    monkeypatch.setattr("broker.web.staff.pictures.UNSEEN_S", 0.5)
    _, url = looked_at(near, **{FEE: "KTP elektronik"})
    wait_until(lambda: len(waits(tmp_path)) == 2, "it is being drawn")
    (worker,) = waits(tmp_path) - before
    wait_until(lambda: not is_running(worker), "its worker is ended: nobody looks")
    monkeypatch.setattr("broker.web.staff.pictures.UNSEEN_S", 60.0)
    _, another = looked_at(near, **{FEE: "KTP and KK"})
    wait_until(lambda: len(waits(tmp_path)) == 3, "another one is being drawn")
    _, unseen = looked_at(near, **{FEE: "KK"})
    monkeypatch.setattr("broker.web.staff.pictures.UNSEEN_S", 0.0)
    near.post(f"{another}/cancel", token=token)
    monkeypatch.setattr("broker.web.staff.pictures.UNSEEN_S", 60.0)
    assert "hx-get" in near.get(url)
    wait_until(lambda: len(waits(tmp_path)) == 4, "whoever looks again has it drawn again")
    assert len(list(tmp_path.glob("antrean-preview-*"))) == 3, "the one that waited for its turn was not begun"
    near.post(f"{url}/cancel", token=token)
    assert "hx-get" in near.get(f"{unseen}?news=0")
    wait_until(lambda: len(waits(tmp_path)) == 5, "a page that slept goes on by itself")


def test_nothing_is_left_on_the_disk(tmp_path: Path, office: WebOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(
        "broker.web.app.Previews", lambda config: Previews(config, (sys.executable, "-c", WORKER, told_of(office)))
    )
    FeedbackDesk(office)
    with visitor(office) as near:
        sign_in(near, "siti", "2002")
        _, url = looked_at(near, **{FEE: "KTP"})
        wait_until(lambda: "All is looked at." in near.get(url), "the worker has ended")
        assert list(tmp_path.glob("antrean-preview-*"))
    assert not list(tmp_path.glob("antrean-preview-*"))


def test_a_preview_finds_what_the_rules_name_and_overwrites_none_of_it(
    tmp_path: Path, office: WebOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    beside = tmp_path / "office"
    for name in ("tmp", "tmp/antrean-preview-old", f"tmp/antrean-preview-{os.getpid()}-mine", "office", "office/logos"):
        (tmp_path / name).mkdir()
    gone = subprocess.Popen(["true"])
    gone.wait()
    (tmp_path / "tmp" / f"antrean-preview-{gone.pid}-x").mkdir()
    (beside / "logos" / "logo.jpg").write_bytes(b"a logo")
    (beside / "p0.png").write_bytes(b"a logo, too")
    command = (sys.executable, "-c", WORKER, told_of(office))
    monkeypatch.setattr("broker.web.app.Previews", lambda _config: Previews(beside / "config.yaml", command))
    FeedbackDesk(office)
    with visitor(office) as near:
        sign_in(near, "siti", "2002")
        _, url = looked_at(near, **{FEE: "KTP"})
        wait_until(lambda: "All is looked at." in near.get(url), "the worker has ended")
        own, mine = sorted((tmp_path / "tmp").iterdir(), key=lambda path: path.name.endswith("-mine"))
        assert mine.name.endswith("-mine"), "what processes left that are gone is swept, what others use is not"
        assert (own / "rules" / "config.yaml").is_file()
        assert (own / "rules" / "logos" / "logo.jpg").read_bytes() == b"a logo"
        assert near.client.get(f"{url}/p0.png").content == b"a picture"
    assert (beside / "p0.png").read_bytes() == b"a logo, too"
    assert (beside / "logos" / "logo.jpg").exists()

"""The slides of a display: what is taken, how it lies there, and what the display makes of it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from broker.config.slides import read_slides
from broker.contract.slides import MOST, SLIDES_FILE
from broker.web.guard import MAX_UPLOAD_BYTES
from broker.web.staff.rules import RulesFiles
from broker.web.staff.slides import NotTakenError, cleaned
from display.hall.media import media_in
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.web_office import WebOffice
from tests.support.browsing import Visitor, visitor
from tests.support.office import CONFIG
from tests.web.test_feedback_pages import hidden
from tests.web.test_rules_pages import sign_in
from tests.web.test_ticket_page import text_of

PAGE = "/staff/rules/slides/display-1"


@pytest.fixture
def near(office: WebOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """Yield a supervisor's browser on the machine whose display shows what lies in `slides`."""
    config = tmp_path / "config.yaml"
    text = CONFIG.read_text(encoding="utf-8")
    config.write_text(text.replace("    # media: media ", "    media: slides #", 1), encoding="utf-8")
    monkeypatch.setattr("broker.web.office.ANSWER_S", 0.2)
    monkeypatch.setattr("broker.web.app.RulesFiles", lambda _config, _data: RulesFiles(config, tmp_path / "var"))
    FeedbackDesk(office)
    with visitor(office) as found:
        sign_in(found, "siti", "2002")
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the slides lie."""
    return tmp_path / "var" / "slides"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), colour: str = "red") -> bytes:
    """Return a picture that says where it was taken, and that it lies on its side."""
    out, told = BytesIO(), Image.Exif()
    told[0x0112] = 6
    told[0x010E] = "taken at home, -6.2, 106.8"
    Image.new("RGB", size, colour).save(out, kind, **({"exif": told} if kind != "GIF" else {}))
    return out.getvalue()


def send(near: Visitor, raw: bytes = b"", *, status: int = 303, **fields: str) -> str:
    """Press a button of the page; return the answer."""
    fields = {"token": hidden(near.get(PAGE), "token"), **fields}
    files = {"picture": ("../../etc/holiday of Siti.png", raw, "image/png")} if raw else {"none": ("", b"")}
    answer = near.client.post(PAGE, data=fields, files=files, headers={"Origin": near.address, "Accept-Language": "en"})
    assert answer.status_code == status, (answer.status_code, answer.text)
    return answer.text


def names(folder: Path) -> list[str]:
    """Return the slides in their order."""
    return [slide.name for slide in read_slides(folder).slides]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_written_anew_under_a_name_of_ours(near: Visitor, folder: Path, kind: str) -> None:
    send(near, picture(kind), do="add")
    (name,) = names(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted([name, SLIDES_FILE])
    with Image.open(folder / name) as kept:
        assert (kept.format, kept.size) == ("JPEG", (60, 40) if kind == "GIF" else (40, 60)), "it stands upright"
        assert not kept.getexif()
    assert b"taken at home" not in (folder / name).read_bytes()
    assert name in near.get(PAGE)
    assert near.client.get(f"{PAGE}/{name}").content == (folder / name).read_bytes()


@pytest.mark.parametrize(
    "raw",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"GIF89a",
        picture()[:200],
        b"%PDF-1.7",
        b" ",
    ],
)
def test_what_is_no_picture_is_refused_in_words(near: Visitor, folder: Path, raw: bytes) -> None:
    assert "This is no picture" in text_of(send(near, raw, do="add", status=422))
    assert not folder.exists()


def test_too_large_too_many_and_not_from_our_own_page(near: Visitor, folder: Path) -> None:
    large = picture("PNG", (9000, 6000))
    assert "50 million pixels" in text_of(send(near, large, do="add", status=422))
    assert (
        near.client.post(PAGE, content=b"x" * (MAX_UPLOAD_BYTES + 1), headers={"Origin": near.address}).status_code
        == 413
    )
    send(near, picture(), do="add", status=403, token="0" * 32)
    assert not folder.exists()
    folder.mkdir(parents=True)
    for number in range(MOST):
        (folder / f"{number:02}.jpg").write_bytes(picture())
    assert f"There are {MOST} slides already" in text_of(send(near, picture(), do="add", status=422))
    for name in ("..%2f..%2fconfig.yaml", SLIDES_FILE, "x.jpg"):
        near.get(f"{PAGE}/{name}", status=404)
    near.get("/staff/rules/slides/no-display", status=404)
    near.client.cookies.clear()
    near.get(PAGE, status=401)
    near.get(f"{PAGE}/00.jpg", status=401)
    answer = near.client.post(PAGE, files={"picture": picture()}, headers={"Origin": near.address})
    assert answer.status_code == 401


def test_order_and_days_are_what_the_display_shows(near: Visitor, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "b.jpg").write_bytes(picture())
    (folder / "film.mp4").write_bytes(b"a film")
    send(near, picture(colour="green"), do="add")
    added = next(path.name for path in folder.glob("2*.jpg"))
    assert names(folder) == ["b.jpg", "film.mp4", added]
    send(near, do="up", name=added)
    assert names(folder) == ["b.jpg", added, "film.mp4"]
    send(near, do="down", name="b.jpg")
    send(near, do="days", name="b.jpg", since="2026-12-01", until="2026-12-24")
    assert "Not shown yet." in near.get(PAGE)

    def shown(day: dt.date) -> list[str]:
        return [Path(page.path).name for page in media_in(folder, "id", day=day, plays=lambda: True)[0]]

    assert shown(dt.date(2026, 11, 30)) == [added, "film.mp4"]
    assert shown(dt.date(2026, 12, 24)) == [added, "b.jpg", "film.mp4"]
    assert shown(dt.date(2026, 12, 25)) == [added, "film.mp4"]
    send(near, do="remove", name=added)
    send(near, do="remove", name="../../config.yaml")
    assert (folder.parent.parent / "config.yaml").exists()
    assert names(folder) == ["b.jpg", "film.mp4"]
    (folder / SLIDES_FILE).write_text("no json", encoding="utf-8")
    assert shown(dt.date(2026, 11, 30)) == ["b.jpg", "film.mp4"], "all are shown where the order is unreadable"
    for pressed in ({"do": "down"}, {"do": "days"}, {"do": "remove"}):
        assert "slides.json, or takes it away" in text_of(send(near, b"", name="b.jpg", status=422, **pressed))
    send(near, picture(), do="add", status=422)
    assert (folder / SLIDES_FILE).read_text(encoding="utf-8") == "no json", "what somebody may still mend stays"
    assert sorted(path.name for path in folder.glob("*.*")) == ["b.jpg", "film.mp4", SLIDES_FILE]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"since": "2026-12-01", "until": "24.12.2026"}, "Please write a day, such as 2027-01-01."),
        ({"since": "2026-12-25", "until": "2026-12-24"}, "The last day comes before the first"),
    ],
)
def test_days_that_cannot_be_meant_change_nothing(near: Visitor, folder: Path, days: dict[str, str], said: str) -> None:
    folder.mkdir(parents=True)
    (folder / "b.jpg").write_bytes(picture())
    send(near, do="days", name="b.jpg", since="", until="2026-12-24")
    assert said in text_of(send(near, b"", do="days", name="b.jpg", status=422, **days))
    (slide,) = read_slides(folder).slides
    assert (slide.since, slide.until) == (None, dt.date(2026, 12, 24))


def test_two_who_press_at_once_both_have_it(near: Visitor, folder: Path) -> None:
    folder.mkdir(parents=True)
    there = [f"{number}.jpg" for number in range(6)]
    for name in there:
        (folder / name).write_bytes(picture())
    token = hidden(near.get(PAGE), "token")

    def press(name: str) -> None:
        fields = {"token": token, "do": "days", "name": name, "until": "2026-12-24"}
        near.client.post(PAGE, data=fields, files={"none": ("", b"")}, headers={"Origin": near.address})

    with ThreadPoolExecutor(len(there)) as hands:
        list(hands.map(press, there))
    assert [(slide.name, str(slide.until)) for slide in read_slides(folder).slides] == [
        (name, "2026-12-24") for name in there
    ]


def test_a_picture_that_comes_too_slowly_is_given_up(near: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.web.staff.slides.UPLOAD_S", 0.1)
    is_refused = Event()

    def slowly() -> Iterator[bytes]:
        yield b"--x\r\n"
        is_refused.wait(0.5)
        yield b"--x--\r\n"

    headers = {"Origin": near.address, "Content-Type": "multipart/form-data; boundary=x"}
    assert near.client.post(PAGE, content=slowly(), headers=headers).status_code == 408


@pytest.mark.filterwarnings("ignore::UserWarning:PIL.TiffImagePlugin")
def test_whatever_stands_in_a_pictures_head_it_is_taken_or_refused() -> None:
    whole = picture()
    begin = whole.index(b"Exif")
    results: set[object] = set()
    for place in range(begin, begin + 40):
        for value in (0, 1, 2, 5, 10, 12, 255):
            changed = bytearray(whole)
            changed[place] = value
            try:
                results.add(cleaned(bytes(changed))[:2])
            except NotTakenError as error:
                results.add(error.why)
    assert b"\xff\xd8" in results


def test_a_small_file_of_a_large_picture_takes_little_memory(tmp_path: Path) -> None:
    Image.new("P", (7000, 7000), 3).save(tmp_path / "vast.png")
    program = (
        "import resource, sys, pathlib, PIL.Image, broker.web.staff.slides as slides\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "before = peak()\n"
        "slides.cleaned(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "print(peak() - before)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "vast.png")], capture_output=True, text=True, check=True
    )
    assert int(answer.stdout) < 200


def test_who_may_not_change_displays_brings_no_slides(near: Visitor, folder: Path) -> None:
    near.client.cookies.clear()
    sign_in(near, "rina", "3003")
    near.get(PAGE, status=403)
    assert not folder.exists()


def test_a_folder_that_can_be_none_has_no_slides(near: Visitor, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("media: slides #", 'media: "a\\0b" #', 1), encoding="utf-8")
    assert "There are no slides yet." in near.get(PAGE)

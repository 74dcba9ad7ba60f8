"""The true kiosk before a true broker, for a visitor who sees nothing: keys of a keypad, and what the voice was given.

The voice is espeak-ng, and what it says goes into files: that they hold sound is looked at too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.up.screens import VirtualScreen
from broker.up.visit import Window
from hardware.codecs.wave_sound import from_wav
from hardware.emulators.control import socket_path, tell
from tests.support.caller import wait_until
from tests.support.office import CONFIG, OfficeProcess
from tests.support.program import Program
from tests.ui.kiosk.blind import KEYS, Blind

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def office(data_dir: Path) -> Iterator[OfficeProcess]:
    extra = {
        "ANTREAN_KIOSKS__0__SOUND__PLAYER": "file",
        "ANTREAN_KIOSKS__0__KEYS": json.dumps(KEYS),
        "ANTREAN_HOURS__ENFORCED": "false",
    }
    made = OfficeProcess(data_dir / "office", extra=extra)
    made.start()
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()


@pytest.fixture
def blind(office: OfficeProcess, screen: VirtualScreen, data_dir: Path) -> Iterator[Blind]:
    ours = {
        "DISPLAY": screen.name,
        "ANTREAN_TARGETS": str(data_dir / "targets.json"),
        "ANTREAN_SPOKEN": str(data_dir / "spoken.jsonl"),
    }
    process = Program("kiosk", "--config", str(CONFIG), "--data", str(data_dir), env={**office.environment, **ours})
    window = Window("kiosk", screen, data_dir / "targets.json")
    window.wait_screen("language")
    yield Blind(window, data_dir)
    process.terminate()
    assert process.wait(10) == 0


def darkness(screen: VirtualScreen, path: Path) -> bool:
    """Tell whether the screen is black all over."""
    picture = screen.picture(path).convert("RGB")
    return bool(picture.getextrema() == ((0, 0), (0, 0), (0, 0)))


def test_a_blind_visitor_takes_a_ticket_alone_in_the_dark_in_either_language(
    blind: Blind, office: OfficeProcess, screen: VirtualScreen, tmp_path: Path
) -> None:
    blind.press("headset_in")
    blind.hears("Suara aktif", "Voice is on", "Ambil nomor antrean Anda", "Take your queue number here")
    blind.chooses("English")
    blind.hears("What do you need today?", language="en")
    blind.chooses("Access")
    blind.hears("How may we help you use this screen?")
    blind.chooses("Screen off. Nobody")
    blind.hears("Screen off is on")
    wait_until(lambda: darkness(screen, tmp_path / "dark.png"), "the screen is black")
    screen.touch(540, 960)
    blind.hears("Screen off is off")
    wait_until(lambda: not darkness(screen, tmp_path / "light.png"), "a touch brings the picture back")
    blind.chooses("Screen off. Nobody")
    wait_until(lambda: darkness(screen, tmp_path / "dark.png"), "the screen is black again")
    blind.chooses("Done")
    blind.hears("What do you need today?")
    blind.chooses("New passport")
    blind.hears("Do you have these with you?", "Family card")
    blind.chooses("I have everything")
    blind.hears("Are you entitled to priority?")
    blind.chooses("Yes, Priority lane")
    blind.hears("Your number is being prepared", "Your queue number. A, P, one.", "Please take your ticket")
    blind.hears("Your ticket says", "Code.", "Thank you for waiting.", language="en")
    assert darkness(screen, tmp_path / "dark.png")
    blind.chooses("Done")
    blind.hears("Voice is off")
    wait_until(lambda: not darkness(screen, tmp_path / "light.png"), "the next visitor sees")

    blind.press("next")
    blind.hears("Suara aktif", "Ambil nomor antrean Anda")
    blind.chooses("Bahasa Indonesia")
    blind.hears("Layanan apa yang Anda perlukan?", language="id")
    blind.chooses("Paspor Baru")
    blind.hears("Apakah berkas ini Anda bawa?")
    blind.chooses("Berkas saya lengkap")
    blind.hears("Apakah Anda berhak didahulukan?")
    blind.chooses("Tidak, Jalur Umum")
    blind.hears("Nomor antrean Anda. A, satu.", "Mohon ambil tiket Anda", "Tertulis di tiket Anda", "Terima kasih")
    blind.chooses("Selesai")
    blind.hears("Suara dimatikan")
    sounds = sorted((blind.data_dir / "sound").glob("*.wav"))
    assert sum(from_wav(path.read_bytes()).duration_s for path in sounds) > 60
    with office.caller("probe") as probe:
        assert probe.hall is not None
        assert sum(group.count for group in probe.hall.waiting) == 2


def test_trouble_is_heard_no_paper_and_no_connection(blind: Blind, office: OfficeProcess) -> None:
    printer = socket_path(blind.data_dir, "kiosk-1-printer")
    wait_until(printer.exists, "the emulated printer takes commands")
    assert tell(printer, "paper_out").startswith("paper_out")
    blind.press("headset_in")
    blind.hears("No paper now: your number is shown here", language="en")
    blind.chooses("English")
    blind.hears("What do you need today?")
    blind.chooses("Passport renewal")
    blind.hears("Passport renewal")
    blind.chooses("I have everything")
    blind.hears("Are you entitled to priority?")
    blind.chooses("No, Regular lane")
    blind.hears("Please remember your number. The printer has no paper.", "Code")
    blind.chooses("Done")
    blind.hears("Voice is off")
    blind.press("next")
    blind.hears("No paper now", language="en")
    blind.chooses("Bahasa Indonesia")
    blind.hears("Layanan apa yang Anda perlukan?")
    office.stop()
    blind.hears("Tidak tersambung sejak", language="id")
    blind.hears("Nomor Anda tetap sah", language="id")  # it has numbers in advance


def test_a_visitor_with_a_keyboard_alone_takes_a_ticket_and_sees_where_they_stand(
    blind: Blind, office: OfficeProcess, screen: VirtualScreen, tmp_path: Path
) -> None:
    window = blind.window
    left, top, width, height = window.wait_for("language:id")
    plain = screen.picture(tmp_path / "plain.png").crop((left, top, left + width, top + height))
    screen.press("Tab")

    def is_ringed() -> bool:
        seen = screen.picture(tmp_path / "ring.png").crop((left, top, left + width, top + height))
        return seen.tobytes() != plain.tobytes()

    wait_until(is_ringed, "a ring is drawn around what has the focus")
    for key, screen_after, then in (
        ("Return", "service", "service:new-passport"),
        ("Return", "requirements", "continue"),
        ("Escape", "service", "service:new-passport"),
        ("space", "requirements", "continue"),
        ("Return", "lane", "lane:priority"),
    ):
        screen.press(key)
        window.wait_screen(screen_after)
        window.wait_for(then)
    screen.press("Return")
    window.wait_screen("ticket")
    window.wait_for("done")
    screen.press("Return")
    window.wait_screen("language")
    with office.caller("probe") as probe:
        assert probe.hall is not None
        assert [group.lane for group in probe.hall.waiting if group.count] == ["priority"]
    assert blind.spoken == []

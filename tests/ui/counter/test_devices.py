"""The devices of the office at the counter: seen by supervisors; and papers that an officer asks for."""

from __future__ import annotations

from typing import Any

import pytest

from broker.contract.messages import Presence
from broker.language import Phrases
from counter.desk.devices import Devices
from counter.desk.keys import Intent
from counter.pages.devices import DeviceLine, device_lines
from counter.pages.lists import ListsColumn
from tests.fakes.clock import MORNING
from tests.ui.counter.desk_samples import Window, counter, presence, ticket

ESPEAK = "espeak-ng (library), 150 words a minute"
OFF = "silent: switched off in the configuration"
UNPLUGGED = "silent: the sound card Headset is not plugged in"
NO_VOICE = "none, chime only: the program espeak-ng is not installed"
PARTLY = "Not everything is spoken as it should be"


@pytest.fixture
def window() -> Window:
    made = Window()
    made.sign_in()
    return made


def shown(window: Window) -> list[tuple[str, str, str]]:
    """Return the devices in English."""
    return [(view.part, view.device, view.state) for view in device_lines(window.devices, Phrases("counter", "en"))]


def lists(window: Window) -> ListsColumn:
    return window.desk.lists


# -- what is seen -----------------------------------------------------------------------------------------------------


def test_what_needs_somebody_stands_first(window: Window) -> None:
    window.devices.heard("kiosk-1", presence(printer="ready, usb", spare_printer="paper_low, usb", scanner="open"))
    window.devices.heard("display-1", presence())
    assert shown(window) == [
        ("kiosk-1", "Second printer", "Paper is low"),
        ("kiosk-2", "", "Was not started yet"),
        ("kiosk-1", "", "Running"),
        ("kiosk-1", "Printer", "Ready to print"),
        ("kiosk-1", "Scanner", "Connected"),
        ("display-1", "", "Running"),
    ]


@pytest.mark.parametrize(("line", "told"), [("open", "Connected"), ("/dev/x cannot be opened: gone", "Interrupted")])
def test_a_line_and_what_hangs_on_it_are_told_in_words_for_people(window: Window, line: str, told: str) -> None:
    devices = {"line": line, "keypad counter-1": "present", "sign 21": "absent"}
    window.devices.heard("kiosk-1", presence().model_copy(update={"devices": devices}))
    of_line = {view.device: (view.state, view.tone) for view in device_lines(window.devices, Phrases("counter", "en"))}
    assert of_line["Line"] == (told, "good" if line == "open" else "bad")
    assert (of_line["Keypad counter-1"][0], of_line["Sign 21"][0]) == ("There", "Not there")


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("wanted, by another process (4f5e6d)", ("Used by two machines", "bad")),
        ("alone", ("Used by one machine", "good")),
    ],
)
def test_two_machines_with_one_name_are_told(window: Window, state: str, told: tuple[str, str]) -> None:
    window.devices.heard("kiosk-1", presence(id=state))
    (line,) = (view for view in device_lines(window.devices, Phrases("counter", "en")) if view.device == "Name")
    assert (line.state, line.tone) == told


@pytest.mark.parametrize(
    ("part", "device", "state", "told"),
    [
        ("broker", "config", "good, 4f5e6d", ("Configuration", "In order", "good")),
        ("broker", "config", "faulty, 4f5e6d: hours.mon", ("Configuration", "Has a fault and is not used", "bad")),
        ("broker", "feedback", "another key", ("What visitors wrote", "Cannot be opened", "bad")),
        ("broker", "rules", "the file cannot be written", ("Changed rules", "Cannot be written down", "bad")),
        ("web", "email", "failed, unreachable", ("E-mail", "Cannot be sent", "bad")),
        ("display-1", "clock", "right", ("Clock", "Right", "good")),
        ("display-1", "clock", "off, 90 s ahead of the broker's", ("Clock", "Goes wrong", "warn")),
        ("display-1", "speaker", f"speech: {ESPEAK}; sound: aplay, hw:1", ("Loudspeaker", "In order", "good")),
        ("display-1", "speaker", f"speech: {ESPEAK}; sound: {OFF}", ("Loudspeaker", "Switched off", "info")),
        ("kiosk-1", "headset", f"speech: {ESPEAK}; sound: {UNPLUGGED}", ("Headset", "Cannot be heard", "bad")),
        ("kiosk-1", "headset", "the speaker: aplay has not ended in time", ("Headset", "Cannot be heard", "bad")),
        ("display-1", "speaker", f"speech: {NO_VOICE}; sound: aplay", ("Loudspeaker", "Chime only, no voice", "warn")),
        (
            "display-1",
            "speaker",
            f"speech: {ESPEAK}; sound: aplay; trouble: exit 1 (0x7f)",
            ("Loudspeaker", PARTLY, "warn"),
        ),
        (
            "display-1",
            "media",
            "no pictures: /mnt/media: Input/output error",
            ("Pictures and films", "Cannot be shown", "bad"),
        ),
        (
            "display-1",
            "media",
            "3 shown, left out a.png: 0xdeadbeef",
            ("Pictures and films", "Not all are shown", "warn"),
        ),
        ("display-1", "media", "3 shown", ("Pictures and films", "In order", "good")),
        ("kiosk-1", "gate", "E_0x1F at 00:1b", ("gate", "Has a message for technicians (antrean doctor)", "info")),
        ("broker", "engine", "nobody is answered for 12 s", ("Answers", "Nobody is answered just now", "bad")),
        ("web", "webhook", "good", ("Webhook", "In order", "good")),
    ],
)
def test_what_is_no_hardware_is_told_in_words_too(part: str, device: str, state: str, told: tuple[str, ...]) -> None:
    devices = Devices((part,), kiosk="kiosk-1", now=lambda: MORNING)
    devices.heard(part, presence().model_copy(update={"devices": {device: state}}))
    lines = {line.device: line for line in device_lines(devices, Phrases("counter", "en"))}
    assert (told[0], lines[told[0]].state, lines[told[0]].tone) == told


def test_since_when_is_told_of_what_changed_before_our_eyes(window: Window) -> None:
    open_cover = presence(printer="cover_open, network: 10.0.0.9:9100")
    window.devices.heard("kiosk-1", open_cover)
    begun = shown(window)[0]
    assert begun[:2] == ("kiosk-1", "Printer")
    assert begun[2].startswith("Cover is open, since ")
    window.pass_s(120)
    window.devices.heard("kiosk-1", open_cover)
    assert shown(window)[0] == begun


def test_of_a_part_that_is_gone_nothing_else_is_known(window: Window) -> None:
    window.devices.heard("kiosk-1", presence(online=False))
    of_kiosk = [(device, state.partition(",")[0]) for part, device, state in shown(window) if part == "kiosk-1"]
    assert of_kiosk == [("", "Not running")]


def test_a_counter_that_was_closed_needs_nobody(window: Window) -> None:
    for part, kind in (("kiosk-2", "kiosk"), ("display-1", "counter")):
        window.devices.heard(part, presence(kind=kind))
        window.devices.heard(part, presence(online=False, kind=kind))
    tones = {view.part: view.tone for view in device_lines(window.devices, Phrases("counter", "en"))}
    assert (tones["kiosk-2"], tones["display-1"]) == ("bad", "info")


def test_a_printer_that_does_not_answer_is_no_part_that_does_not_run(window: Window) -> None:
    window.devices.heard("kiosk-1", presence(printer="offline, network: 10.0.0.9:9100"))
    assert [state.partition(",")[0] for _, device, state in shown(window) if device == "Printer"] == ["Does not answer"]


def test_an_officer_has_no_such_list(window: Window) -> None:
    window.keys("6")
    assert lists(window).devices is None
    window.keys("4")
    assert lists(window).pick is None


def test_a_supervisor_has_it_by_key(window: Window) -> None:
    window.presenter.desk(counter("open", role="supervisor"))
    window.keys("4")
    pick = lists(window).pick
    assert pick is not None
    assert (pick.intent, pick.label, pick.key) == (Intent.DEVICES, "Perangkat", "6")
    window.keys("6")
    devices = lists(window).devices
    assert devices is not None
    assert devices[0] == DeviceLine("kiosk-2", "", "Belum dijalankan", "info")


def test_what_is_wrong_with_the_broker_stands_first_and_by_a_name_for_people(window: Window) -> None:
    devices = Devices(("broker", "kiosk-1"), kiosk="kiosk-1", now=lambda: window.at)
    devices.heard("broker", presence(clock="jumped by +86400 s"))
    first, *_ = device_lines(devices, Phrases("counter", "en"))
    assert (first.part, first.device, first.state, first.tone) == ("Queue system", "Clock", "Goes wrong", "bad")


# -- papers -----------------------------------------------------------------------------------------------------------


def asked_for(window: Window) -> list[tuple[str, dict[str, Any]]]:
    """Return what was asked, each with the officer's session: a number alone is anybody's."""
    asked = [(one.command, dict(one.arguments)) for one in window.engine.asked]
    assert all((arguments.pop("counter"), arguments.pop("session")) == ("c3", "token-1") for _, arguments in asked)
    return asked


def test_another_paper_of_the_visitor_at_the_counter(window: Window) -> None:
    window.presenter.desk(counter("serving"))
    window.keys("g")
    assert asked_for(window) == [("reprint", {"ticket": ticket().id})]
    window.engine.agrees(ticket=ticket(state="serving", copies=1).model_dump(mode="json"))
    assert window.notice() == "Kertas baru untuk AP-012 keluar di kios."


def test_a_paper_of_another_number_leaves_the_visitor_at_the_counter(window: Window) -> None:
    window.presenter.desk(counter("serving"))
    window.presenter.choose_entry("id-A-010")
    window.keys("g")
    assert asked_for(window) == [("reprint", {"ticket": "id-A-010"})]
    window.engine.agrees(ticket=ticket("A-010", "serving", counter="c5").model_dump(mode="json"))
    assert window.desk.ticket is not None
    assert window.desk.ticket.number == "AP-012"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (presence(online=False), "Kios tidak berjalan"),
        (presence(printer="paper_out, usb"), "Kios tidak dapat mencetak"),
        (presence(printer="paper_out, usb", spare_printer="offline, usb"), "Kios tidak dapat mencetak"),
        (presence(printer="paper_out, usb", spare_printer="paper_low, usb"), ""),
        (presence(printer="unknown, serial"), ""),
    ],
)
def test_nobody_asks_a_kiosk_that_cannot_print(window: Window, said: Presence, why: str) -> None:
    window.devices.heard("kiosk-1", said)
    window.presenter.desk(counter("serving"))
    assert window.why_not(Intent.REPRINT) == why


def test_without_a_number_there_is_nothing_to_print(window: Window) -> None:
    assert window.why_not(Intent.REPRINT) == "Pilih nomor dahulu"

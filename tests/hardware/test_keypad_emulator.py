"""The emulated keypads as a technician meets them: by commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from broker.config.desk_devices import Keypads, Pad
from broker.up.emulated import keypad_arguments
from hardware.codecs.keypads.ascii import AsciiPad, AsciiTalk
from hardware.codecs.keypads.hid import HidPad, HidTalk
from hardware.codecs.keypads.pad import PadFace
from hardware.config import KeymapEntry, LineConfig, emulated_link
from hardware.emulators.keypad import EmulatedKeypads
from hardware.emulators.wire import PtyWire
from hardware.errors import DeviceUnavailable
from hardware.line.devices import build_keypads
from hardware.line.input_device import InputDevice
from hardware.line.serial_line import SerialLine
from tests.support.caller import wait_until


@pytest.fixture
def pads(tmp_path: Path) -> Iterator[EmulatedKeypads]:
    made = EmulatedKeypads(PtyWire(tmp_path / "pads"), AsciiPad(), (1, 2), read_s=0.002)
    made.start()
    yield made
    made.stop()


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("", "1: dark | 2: dark"),
        ("status", "1: dark | 2: dark"),
        ("absent 2", "1: dark | 2: absent"),
        ("press 1 next", "1: dark | 2: dark"),
        ("press 9 next", "there is no pad 9"),
        ("press 1 nxt", "there is no key nxt"),
        ("press one next", "is not understood"),
        ("press", "the address of a pad is missing"),
        ("dance", "there are: press, absent, present"),
    ],
)
def test_every_command_is_answered(pads: EmulatedKeypads, command: str, answer: str) -> None:
    assert answer in pads.command(command)


def test_what_a_pad_shows_is_told_until_it_loses_power(pads: EmulatedKeypads) -> None:
    with SerialLine.of(LineConfig(url=pads.wire.url), data_dir=Path(), device="pads") as line:
        line.send(AsciiTalk(width=8).show(2, PadFace("A-012", 7)))
        wait_until(lambda: pads.status() == "1: dark | 2: A-012 (7 waiting)", "it is shown")
    assert pads.command("power 2") == "1: dark | 2: dark"


def test_a_key_is_said_until_its_count_comes_back(pads: EmulatedKeypads) -> None:
    """So no key is lost with an answer that was lost."""
    talk = AsciiTalk(width=8)
    pads.command("press 1 next recall")
    with SerialLine.of(LineConfig(url=pads.wire.url), data_dir=Path(), device="pads") as line:
        answers = []
        for seq in (None, None, 1, 1, 2):
            line.send(talk.poll(1, seq))
            framer = talk.framer()
            while not (frames := framer.feed(line.receive(timeout_s=1))):
                pass
            heard = talk.hear(frames[0])
            assert heard is not None
            answers.append((heard.keys, heard.seq))
    assert answers == [(("next",), 1)] * 2 + [(("recall",), 2)] * 2 + [((), None)]


def test_an_emulated_keyboard_types_on_its_own(tmp_path: Path) -> None:
    pads = EmulatedKeypads(PtyWire(tmp_path / "keyboard"), HidPad(), (1,), read_s=0.002)
    pads.start()
    device = InputDevice(pads.wire.url, device="keyboard")
    talk = HidTalk(1)
    framer = talk.framer()
    pads.press(1, "1", "next")
    heard: list[str] = []
    while len(heard) < 2:
        found = [talk.hear(record) for record in framer.feed(device.receive(timeout_s=1))]
        heard += [key for one in found if one for key in one.keys]
    assert heard == ["1", "next"]
    pads.press(1, "2")
    device.drop_input()
    pads.wire.unplug()
    with pytest.raises(DeviceUnavailable, match="went away"):
        device.receive(timeout_s=1)
    device.close()
    pads.stop()


def test_a_keyboard_serves_as_a_pad_and_heals(tmp_path: Path) -> None:
    pads = EmulatedKeypads(PtyWire(emulated_link("keyboard", tmp_path)), HidPad(), (4,), read_s=0.002)
    pads.start()
    keys: SimpleQueue[tuple[int, str]] = SimpleQueue()
    states: list[str] = []
    master = build_keypads(
        keypads("pty:keyboard"),
        (4,),
        name="keypads-1",
        data_dir=tmp_path,
        on_key=lambda address, key: keys.put((address, key)),
        on_state=lambda _address, state: states.append(state),
        on_line=lambda _trouble: None,
    )
    master.start()
    wait_until(lambda: states == ["present"], "the keyboard is there")
    master.show(4, PadFace("A-012", 7))  # it has no display, and that does no harm
    pads.press(4, "next")
    assert keys.get(timeout=5) == (4, "next")
    pads.wire.unplug()
    wait_until(lambda: states == ["present", "absent"], "the pulled keyboard is missed")
    pads.wire.plug()
    wait_until(lambda: states == ["present", "absent", "present"], "it is back")
    pads.press(4, "next")
    assert keys.get(timeout=5) == (4, "next")
    assert master.stop()
    pads.stop()


def test_a_keyboard_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DeviceUnavailable, match="cannot be opened: No such file"):
        InputDevice(str(tmp_path / "none"), device="keyboard")


def keypads(url: str) -> Keypads:
    return Keypads(
        id="keypads-1",
        codec="hid",
        line=LineConfig(url=url),
        keymap=(KeymapEntry(code=78, key="next"),),
        pads=(Pad(counter="counter-1", address=4, officers=("siti",)),),
    )


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("pty:pads", ["--name", "pads", "--data", "/var/x"]),
        ("socket://127.0.0.1:4001", ["--name", "keypads-1", "--data", "/var/x", "--port", "4001"]),
    ],
)
def test_an_emulator_is_started_with_what_is_configured(url: str, place: list[str]) -> None:
    said = keypad_arguments(keypads(url), Path("/var/x"))
    tail = ["--address", "4", "--keymap", '{"code":78,"key":"next"}']
    assert said == ["keypad", "--codec", "hid", *place, *tail]


@pytest.mark.parametrize("url", ["/dev/ttyUSB0", "socket://10.0.0.7:4001", "rfc2217://127.0.0.1:4001"])
def test_true_pads_are_not_emulated(url: str) -> None:
    with pytest.raises(ValueError, match="its url must be pty:NAME"):
        keypad_arguments(keypads(url), Path("/var/x"))

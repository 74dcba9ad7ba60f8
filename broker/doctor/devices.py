"""Each configured device: asked in a process of its own, or, where a running part owns it, by what that part says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from broker.config.printers import kiosk_printers
from broker.config.settings import Settings
from broker.contract.claim import ID
from broker.contract.messages import Presence
from broker.doctor.truth import Presences
from hardware.config import SerialScanner
from hardware.doctor.question import Asked, Finding, LineQuestion, PrinterQuestion, Question, SpeakerQuestion, Verdict

PATIENCE_S = 45.0
"""What the drivers' usual deadlines add up to, a test page included; who sets longer ones may have to wait longer."""
SAYING_S = 120.0
"""A call in two languages, three times, and a sound card that takes its time."""
AT_ONCE = 4
OPEN = "open"
"""What a part says of its line while that is well; anything else is the reason why it is not."""
STATES: dict[str, tuple[Verdict, str]] = {
    "present": ("good", ""),
    "unknown": ("good", ""),
    "absent": ("fault", "check its power, the cable, and its address in config.yaml"),
}
"""What a running part says of a device on a line of its own (`codecs.talk.State`). `unknown`: it never answers."""

Owned = tuple[str, str, LineQuestion]
"""The part that keeps a line open while it runs, how its devices' names begin, and the line."""


def check_devices(
    settings: Settings, presences: Presences, data_dir: Path, *, only: frozenset[str], prints: bool
) -> list[Finding]:
    """Look at all devices of the parts in `only` (all parts where it is empty), several at once."""

    def wanted(part: str) -> bool:
        return not only or part in only

    questions = [question for part, question in _asked_any_time(settings, data_dir, prints=prints) if wanted(part)]
    lines = [owned for owned in _owned(settings, data_dir) if wanted(owned[0])]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(_ask, questions)
        told = pool.map(lambda owned: _of_line(owned, presences), lines)
        twice = [finding for part, presence in presences.items() if wanted(part) for finding in _twice(part, presence)]
        return [*twice, *answers, *(finding for findings in told for finding in findings)]


def say_a_call(
    settings: Settings, config: Path, data_dir: Path, *, only: frozenset[str], patience_s: float = SAYING_S
) -> Iterator[Finding]:
    """Let each display's loudspeaker announce a call, one after the other. Blocks as long as that lasts."""
    for display in settings.displays:
        if only and display.id not in only:
            continue
        subject = f"{display.id}-voice"
        call = (settings.services[0].letter + "-012", settings.counters[0].label)
        command = [sys.executable, "-m", "display.recording", "say", "--config", str(config), "--data", str(data_dir)]
        try:
            done = subprocess.run(  # noqa: S603 - our own module
                [*command, "--id", display.id, "--", *call],
                capture_output=True,
                text=True,
                timeout=patience_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            yield _silent(subject, patience_s)
            continue
        seen = "; ".join((done.stdout + done.stderr).strip().splitlines())
        if done.returncode:
            yield Finding(subject=subject, verdict="fault", seen=seen, advice="see docs/hardware.md, Sound")
        else:
            advice = "listen: could everybody in the hall understand it"
            yield Finding(subject=subject, verdict="good", seen=seen, advice=advice)


def _asked_any_time(settings: Settings, data_dir: Path, *, prints: bool) -> Iterator[tuple[str, Question]]:
    for kiosk in settings.kiosks:
        for name, config in kiosk_printers(kiosk).items():
            subject = f"{kiosk.id}-{name}"
            yield kiosk.id, PrinterQuestion(subject=subject, data_dir=data_dir, config=config, prints=prints)
        ways = (
            {}
            if kiosk.sound is None
            else {"headset": kiosk.sound.by_headset(), "loudspeaker": kiosk.sound.by_loudspeaker()}
        )
        for name, sound in ways.items():
            if sound is not None:
                yield kiosk.id, SpeakerQuestion(subject=f"{kiosk.id}-{name}", data_dir=data_dir, config=sound)
    for display in settings.displays:
        yield display.id, SpeakerQuestion(subject=f"{display.id}-speaker", data_dir=data_dir, config=display.sound)


def _owned(settings: Settings, data_dir: Path) -> Iterator[Owned]:
    for kiosk in settings.kiosks:
        if isinstance(kiosk.scanner, SerialScanner):
            subject = f"{kiosk.id}-scanner"
            yield kiosk.id, "scanner", LineQuestion(subject=subject, data_dir=data_dir, config=kiosk.scanner.line)
    for pads in settings.keypads:
        is_keyboard = pads.codec == "hid"
        line = LineQuestion(subject=pads.id, data_dir=data_dir, config=pads.line, is_keyboard=is_keyboard)
        yield pads.id, "keypad", line
    for signs in settings.signs:
        yield signs.id, "sign", LineQuestion(subject=signs.id, data_dir=data_dir, config=signs.line)


def _of_line(owned: Owned, presences: Presences) -> list[Finding]:
    """Return what the part says that keeps the line; where it does not run, whether the line can be opened."""
    part, name, question = owned
    presence = presences.get(part)
    if presence is None or not presence.online:
        found = _ask(question)
        if found.verdict == "fault":
            return [found]
        seen = f"{found.seen}, but {part} does not run"
        advice = f"start it: {_start(name, part)}"
        return [found.model_copy(update={"verdict": "warning", "seen": seen, "advice": advice})]
    devices = {device: state for device, state in presence.devices.items() if device.startswith(name)}
    line = presence.devices.get("line", OPEN)
    if line != OPEN:
        seen = f"{line}, says {part}, which uses the line"
        return [Finding(subject=question.subject, verdict="fault", seen=seen, advice=STATES["absent"][1])]
    if not devices:
        seen = f"{part} runs, but has said nothing of it yet"
        return [Finding(subject=question.subject, verdict="warning", seen=seen, advice="ask again in a moment")]
    return [_as_told(f"{part} {device}", state) for device, state in sorted(devices.items())]


def _twice(part: str, presence: Presence) -> Iterator[Finding]:
    """Yield what is wrong where a second process was started under a part's id; it waits, and does nothing."""
    state = presence.devices.get(ID, "")
    if presence.online and state.startswith("wanted"):
        advice = (
            "find the second one and end it, or give it an id of its own in config.yaml; its own log names this one"
        )
        yield Finding(subject=part, verdict="fault", seen=f"runs twice: its id is {state}", advice=advice)


def _start(name: str, part: str) -> str:
    kind = {"scanner": "kiosk", "keypad": "keypads", "sign": "signs"}[name]
    return f"antrean {kind} --id {part}"


def _as_told(subject: str, state: str) -> Finding:
    verdict, advice = STATES.get(state, ("warning", "see the log of this part"))
    return Finding(subject=subject, verdict=verdict, seen=f"{state}, says the part that uses it", advice=advice)


def _ask(question: Question) -> Finding:
    command = [sys.executable, "-m", "hardware.doctor.probe"]
    # python-escpos leaves a folder behind wherever temporary files go.
    with TemporaryDirectory(prefix="antrean-doctor-") as scratch:
        return _answer(question, command, {**os.environ, "TMPDIR": scratch})


def _answer(question: Question, command: list[str], environment: dict[str, str]) -> Finding:
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            env=environment,
            input=Asked(question=question).model_dump_json(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        )
        return Finding.model_validate_json(done.stdout)
    except subprocess.TimeoutExpired:
        return _silent(question.subject, PATIENCE_S)
    except subprocess.CalledProcessError as error:
        seen = error.stderr.strip().rpartition("\n")[2]
        return Finding(subject=question.subject, verdict="fault", seen=seen, advice="please report this as a bug")
    except ValidationError as error:
        return Finding(subject=question.subject, verdict="fault", seen=str(error), advice="please report this as a bug")


def _silent(subject: str, patience_s: float) -> Finding:
    seen = f"did not answer within {patience_s:g} s"
    return Finding(subject=subject, verdict="fault", seen=seen, advice="switch the device off and on")

"""Each configured device: asked in a process of its own, or, where a running part owns it, by what that part says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import ValidationError

from broker.config.settings import Kiosk, Settings
from hardware.config import PrinterConfig
from hardware.finding import Finding
from hardware.question import Asked, PrinterQuestion, Question, SpeakerQuestion

PATIENCE_S = 45.0
"""The longest that any driver's deadlines may add up to, a test page included."""
AT_ONCE = 4


def check_devices(settings: Settings, data_dir: Path, *, only: frozenset[str], prints: bool) -> list[Finding]:
    """Look at all devices of the parts in `only` (all parts where it is empty), several at once."""
    questions = questions_of(settings, data_dir, prints=prints)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(_asked, [question for part, question in questions if not only or part in only]))


def questions_of(settings: Settings, data_dir: Path, *, prints: bool) -> Iterator[tuple[str, Question]]:
    """Yield every device that may be asked at any time, with the part it belongs to."""
    for kiosk in settings.kiosks:
        for name, config in printers_of(kiosk):
            subject = f"{kiosk.id}-{name}"
            yield kiosk.id, PrinterQuestion(subject=subject, data_dir=data_dir, config=config, prints=prints)
    for display in settings.displays:
        yield display.id, SpeakerQuestion(subject=f"{display.id}-speaker", data_dir=data_dir, config=display.sound)


def printers_of(kiosk: Kiosk) -> list[tuple[str, PrinterConfig]]:
    """Return a kiosk's printers by name."""
    return [("printer", kiosk.printer)]


def _asked(question: Question) -> Finding:
    command = [sys.executable, "-m", "hardware.probe"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            input=Asked(question=question).model_dump_json(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        )
        return Finding.model_validate_json(done.stdout)
    except subprocess.TimeoutExpired:
        seen = f"did not answer within {PATIENCE_S:.0f} s"
        return Finding(subject=question.subject, verdict="fault", seen=seen, advice="switch the device off and on")
    except (subprocess.CalledProcessError, ValidationError) as error:
        said = getattr(error, "stderr", "") or str(error)
        seen = said.strip().splitlines()[-1]
        return Finding(subject=question.subject, verdict="fault", seen=seen, advice="report this with logs/doctor.log")

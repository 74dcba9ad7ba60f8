"""A keypad is learnt key by key: what is asked, what counts, and what stands in config.yaml afterwards."""

from __future__ import annotations

import os
from pathlib import Path

from broker.config import load_settings
from broker.language import Phrases
from broker.up.screens import VirtualScreen
from broker.up.visit import Window
from kiosk.voice.lesson import MEANINGS, Lesson
from tests.support.office import CONFIG
from tests.support.program import Program

X_KEYCODE_OF_F13 = 191


def test_each_key_is_asked_for_once_and_means_one_thing() -> None:
    lesson = Lesson(Phrases("kiosk", "en"))
    assert lesson.page.prompt == "Now press the key for: Next"
    lesson.pressed("F14")
    lesson.pressed("F14")
    assert lesson.page.remark == "F14 is already the key for: Next"
    lesson.skip()
    lesson.pressed("F15")
    assert lesson.keys == {"next": "F14", "ok": "F15"}
    assert lesson.page.learnt == (("Next", "F14"), ("Previous", "none"), ("OK", "F15"))
    for name in ("F16", "F17", "F18"):
        lesson.pressed(name)
    assert lesson.page.prompt == "Now plug the headset in"
    lesson.pressed("F19")
    lesson.pressed("F20")
    assert lesson.asked is None
    lesson.pressed("F21")
    assert lesson.page.end == "Write this down"
    lesson.again()
    fresh = lesson.page
    assert (fresh.prompt, fresh.learnt) == ("Now press the key for: Next", ())


def test_the_keys_of_a_true_keypad_are_written_where_the_kiosk_reads_them(
    screen: VirtualScreen, data_dir: Path
) -> None:
    config = data_dir / "config.yaml"
    data_dir.mkdir(parents=True)
    config.write_bytes(CONFIG.read_bytes())
    targets = data_dir / "targets.json"
    said = data_dir / "said"
    process = Program(
        "kiosk.learn_keys",
        "--config",
        str(config),
        "--data",
        str(data_dir),
        env={**os.environ, "DISPLAY": screen.name, "ANTREAN_TARGETS": str(targets)},
        output=said,
    )
    window = Window("lesson", screen, targets)
    for at in range(6):
        window.wait_screen(f"lesson-{at}")
        screen.press(str(X_KEYCODE_OF_F13 + at))
    for at in (6, 7):
        window.wait_screen(f"lesson-{at}")
        window.touch("skip")
    window.wait_screen("lesson-8")
    window.touch("end")
    window.wait_gone("again")
    window.touch("end")
    assert process.wait(10) == 0
    assert "the keys of kiosk-1" in said.read_text(encoding="utf-8")
    keys = load_settings(config, {}).kiosks[0].keys
    assert keys is not None
    assert keys.model_dump(exclude_none=True) == {meaning: f"F{13 + at}" for at, meaning in enumerate(MEANINGS[:6])}

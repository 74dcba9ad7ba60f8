"""`antrean kiosk --learn-keys`: asks which key of a tactile keypad is which, and writes it into config.yaml."""

from __future__ import annotations

import sys
from pathlib import Path

from broker.config.settings import Settings
from broker.config.writing import UnwritableError, section_lines, write_kiosk_section
from broker.language import mark, words_of
from broker.screen import config_path, run_screen
from hardware.panel.window import prepare

SECTION = "keys"


def learn(settings: Settings, name: str, *, data_dir: Path) -> None:
    """Show the lesson until it is closed; KeyError for a kiosk that the settings lack."""
    kiosk = {entry.id: entry for entry in settings.kiosks}[name]
    prepare(kiosk.panel, title=f"Antrean {name} keys", data_dir=data_dir)
    # Kivy reads its settings when it is imported: only now.
    from hardware.panel.keys import on_usb_key  # noqa: PLC0415
    from hardware.panel.scale import Reader  # noqa: PLC0415
    from hardware.panel.screen import PanelApp  # noqa: PLC0415
    from hardware.panel.targets import targets_file  # noqa: PLC0415
    from kiosk.drawing.lesson import RULES, LessonWidget  # noqa: PLC0415
    from kiosk.voice.lesson import Lesson  # noqa: PLC0415

    words = words_of("kiosk", settings.office.languages)(settings.office.languages[0])
    lesson, shown = Lesson(words), list[LessonWidget]()

    def touch(target: str) -> None:
        if target == "skip":
            lesson.skip()
        elif target == "again":
            lesson.again()
        elif lesson.asked is not None or lesson.result:
            app.end()
        else:
            lesson.result = words.say(written(name, lesson.keys))
        shown[0].show(lesson.page)

    def press(key: str, _shifted: bool) -> None:  # noqa: FBT001 - as a keyboard tells it
        lesson.pressed(key)
        shown[0].show(lesson.page)

    def build() -> object:
        shown.append(LessonWidget(touch, targets_file()))
        on_usb_key(press)
        shown[0].show(lesson.page)
        return shown[0].root

    app = PanelApp(kiosk.panel, reader=Reader.VISITOR, title=f"Antrean {name} keys", rules=RULES, root=build)
    app.run()


def written(kiosk: str, keys: dict[str, str]) -> str:
    """Write the keys into the configuration, or say on the terminal what to write; return what became of it."""
    path = config_path("kiosk")
    try:
        line = write_kiosk_section(path, kiosk, SECTION, keys)
    except UnwritableError as error:
        section = "\n".join(section_lines(SECTION, keys, indent=4))
        sys.stderr.write(f"{error}; please put this into the entry of {kiosk} in {path}:\n{section}\n")
        return _NOT_WRITTEN
    sys.stdout.write(f"{path}, line {line}: the keys of {kiosk}; they count when the kiosk starts again\n")
    return _WRITTEN


_WRITTEN = mark("It stands in config.yaml now, and counts when the kiosk starts again")
_NOT_WRITTEN = mark("It could not be written: the terminal shows what to put into config.yaml")


if __name__ == "__main__":
    sys.exit(run_screen("kiosk", learn, names=lambda settings: [entry.id for entry in settings.kiosks]))

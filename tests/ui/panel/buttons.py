"""A window of our own, a button in each corner: `python -m tests.ui.panel.buttons FOLDER PANEL [places] [ends]`.

PANEL is a panel's configuration as JSON. Each touched button, and with `places` each pressed key, is a line of
FOLDER/told; FOLDER/targets.json says where the buttons are. With `ends` a touched button gets another colour, and the
window is told to end just before that is drawn.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from hardware.config import PanelConfig
from hardware.panel.window import prepare

CORNERS = {
    "top-left": ("primary", {"x": 0, "top": 1}),
    "top-right": ("good", {"right": 1, "top": 1}),
    "bottom-left": ("band", {"x": 0, "y": 0}),
    "bottom-right": ("soft", {"right": 1, "y": 0}),
}
"""Each button's kind, of a colour of its own, and its place."""
RULES = Path(__file__).with_name("buttons.kv")


def main() -> None:
    """Show the window until it is told to end."""
    folder, panel = Path(sys.argv[1]), PanelConfig.model_validate_json(sys.argv[2])
    os.environ["ANTREAN_TARGETS"] = str(folder / "targets.json")
    prepare(panel, title="buttons", data_dir=folder)
    from kivy.lang import Builder  # noqa: PLC0415 - Kivy comes after `prepare`
    from kivy.uix.floatlayout import FloatLayout  # noqa: PLC0415 - the same

    from hardware.panel.keys import on_place  # noqa: PLC0415 - the same
    from hardware.panel.scale import Reader  # noqa: PLC0415 - the same
    from hardware.panel.screen import PanelApp  # noqa: PLC0415 - the same
    from hardware.panel.targets import targets_file  # noqa: PLC0415 - the same
    from hardware.panel.widgets import BigButton  # noqa: PLC0415 - the same

    def tell(line: str) -> None:
        with (folder / "told").open("a", encoding="utf-8") as told:
            told.write(line + "\n")

    sync = Builder.sync

    def told_to_end() -> None:
        signal.raise_signal(signal.SIGTERM)
        sync()

    def end(button: BigButton) -> None:
        button.kind = "plain"
        Builder.sync = told_to_end

    def build() -> FloatLayout:
        root = FloatLayout()
        for name, (kind, corner) in CORNERS.items():
            button = BigButton(target=name, title=name, size_hint=(0.3, 0.12), pos_hint=corner, kind=kind)
            button.bind(on_release=lambda pressed: tell(pressed.target))
            root.add_widget(button)
        targets = targets_file()
        if targets is not None:
            root.bind(size=lambda *_: targets.changed(root, "buttons"))
            targets.changed(root, "buttons")
        if "ends" in sys.argv[3:]:
            for button in root.children:
                button.bind(on_release=end)
        if "places" in sys.argv[3:]:
            on_place(lambda key: tell(f"place {key}"))
        return root

    PanelApp(panel, reader=Reader.VISITOR, title="buttons", rules=RULES, root=build).run()


if __name__ == "__main__":
    main()

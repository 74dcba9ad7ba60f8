"""The keyboard of a window: each press once, by name, whatever has the focus. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kivy.core.window import Keyboard, Window

_NAMES: Mapping[int, str] = {code: name for name, code in Keyboard.keycodes.items()}
_RENAMED: Mapping[str, str] = {"spacebar": "space", "numpadenter": "enter"}
_CHORDS = frozenset({"ctrl", "alt", "meta"})


def key_name(code: int, character: str | None) -> str:
    """Return a key's name: its character, a word such as `space` or `enter`, or nothing for an unknown key."""
    name = _NAMES.get(code, "")
    if name.startswith("numpad") and name[-1].isdecimal():
        return name[-1]
    if name in _RENAMED:
        return _RENAMED[name]
    if len(name) > 1:  # Kivy also gives these a character, by their code: Shift would be a Turkish I
        return name
    if character and character.isprintable():
        return character
    return name


def on_key(handler: Callable[[str], None], *, repeats: bool = False) -> None:
    """Hand over each key press once: a key that is held down does not repeat, chords belong to the desktop.

    `repeats` hands over repetitions too: X takes two quick presses of one key by a scanner for a key that is held.
    """
    held: set[int] = set()

    def down(_window: object, code: int, _scancode: int, character: str | None, modifiers: list[str]) -> bool:
        name = key_name(code, character)
        if (repeats or code not in held) and name and not _CHORDS.intersection(modifiers):
            held.add(code)
            handler(name)
        return True

    def up(_window: object, code: int, *_rest: object) -> bool:
        held.discard(code)
        return True

    Window.bind(on_key_down=down, on_key_up=up, focus=lambda *_: held.clear())

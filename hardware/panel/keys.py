"""The keyboard of a window: each press once, by name, whatever has the focus. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from kivy.core.window import Keyboard, Window

from hardware.usb_keys import key_at

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


_ROWS = {4: "abcdefghijklmnopqrstuvwxyz1234567890", 45: "-=[]\\", 51: ";'`,./", 84: "/*-+", 89: "1234567890"}
_ROWS_SHIFTED = {4: "ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()", 45: "_+{}|", 51: ':"~<>?', 84: "/*-+", 89: "1234567890"}
_PLAIN, _SHIFTED = (
    {first + at: letter for first, letters in rows.items() for at, letter in enumerate(letters)}
    for rows in (_ROWS, _ROWS_SHIFTED)
)
"""What a US keyboard has at a place, by its usage number (HID Usage Tables, page 0x07), which SDL calls scancode."""
_PLACES: Mapping[int, str] = {40: "enter", 43: "tab", 44: "space", 88: "enter", 99: "."}


def place_name(scancode: int, *, shifted: bool) -> str:
    """Return what a US keyboard calls the key at a place, whatever layout the desktop has; nothing for other keys."""
    return _PLACES.get(scancode) or (_SHIFTED if shifted else _PLAIN).get(scancode, "")


def on_place(handler: Callable[[str], None]) -> None:
    """Hand over each key press by its place, repetitions too: for a scanner that acts as a keyboard.

    X takes two quick presses of one key by a scanner for a key that is held. Its layout is the desktop's, which nobody
    set with a scanner in mind: on a Turkish one even the i of a US scanner is another letter.
    """

    def down(_window: object, _code: int, scancode: int, _character: str | None, modifiers: list[str]) -> bool:
        name = place_name(scancode, shifted="shift" in modifiers)
        if name and not _CHORDS.intersection(modifiers):
            handler(name)
        return True

    Window.bind(on_key_down=down)


def on_key(handler: Callable[[str], None], *, repeats: Collection[str] = ()) -> None:
    """Hand over each key press once; keys of `repeats` come again while they are held. Chords belong to the desktop.

    Tab with Shift comes as `shift-tab`.
    """
    held: set[int] = set()

    def down(_window: object, code: int, _scancode: int, character: str | None, modifiers: list[str]) -> bool:
        name = key_name(code, character)
        if (code not in held or name in repeats) and name and not _CHORDS.intersection(modifiers):
            held.add(code)
            handler("shift-tab" if name == "tab" and "shift" in modifiers else name)
        return True

    def up(_window: object, code: int, *_rest: object) -> bool:
        held.discard(code)
        return True

    Window.bind(on_key_down=down, on_key_up=up, focus=lambda *_: held.clear())


def on_usb_key(handler: Callable[[str, bool], None]) -> None:
    """Hand over each key press once by its name in `usb_keys`, and whether Shift is held; others hear of it too."""
    held: set[int] = set()

    def down(_window: object, _code: int, scancode: int, _character: str | None, modifiers: list[str]) -> bool:
        # What SDL has no number for has no name to be learnt by either.
        if scancode and scancode not in held and not _CHORDS.intersection(modifiers):
            held.add(scancode)
            handler(key_at(scancode), "shift" in modifiers)
        return False

    def up(_window: object, _code: int, scancode: int, *_rest: object) -> bool:
        held.discard(scancode)
        return False

    Window.bind(on_key_down=down, on_key_up=up, focus=lambda *_: held.clear())

"""Keys -> intents, of a keyboard; those of a pad are in `counter/keypads/presenter.py`. Pure.

A key is named by its character (`r`), by a word (`space`, `enter`, `up`) or, for a device that is no keyboard,
by the device and its key (`keypad:1`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What an officer may want of the window."""

    NEXT = "next"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no_show"
    HOLD = "hold"
    TRANSFER = "transfer"
    DROP = "drop"
    """Cancel the chosen ticket, or the current one."""
    UNDO = "undo"
    PAUSE = "pause"
    SIGN_OUT = "sign_out"
    PIN = "pin"
    """Take another PIN; a supervisor also sees to those of others."""
    LANGUAGE = "language"
    QUEUE = "queue"
    HELD = "held"
    MISSED = "missed"
    HALL = "hall"
    FIND = "find"
    """Look any number up."""
    DEVICES = "devices"
    """The health of the office's devices; supervisors only."""
    REPRINT = "reprint"
    """Another paper of the chosen ticket, or the current one, out of the kiosk."""
    HELP = "help"
    """Say to the visitor at a kiosk who calls that somebody is coming; said again, that it is done."""
    ACCEPT = "accept"
    """Do what a supervisor asks of the counter."""
    DECLINE = "decline"
    """Say no to that; or end what the counter does since it said yes."""
    SEEN = "seen"
    """See to the alert that stands at a supervisor's free desk."""
    MORE = "more"
    """What a smaller window has no room for at all times."""
    PICK = "pick"
    """Do with the chosen line of a list what that list is for."""
    CONFIRM = "confirm"
    CANCEL = "cancel"
    """Leave a question or a choice as it is."""
    ERASE = "erase"
    UP = "up"
    DOWN = "down"
    PAGE_UP = "page_up"
    PAGE_DOWN = "page_down"
    FIRST = "first"
    LAST = "last"
    FIELD = "field"
    """On to the next field, or button."""
    FIELD_BACK = "field_back"


@dataclass(frozen=True, slots=True)
class Typed:
    """A character for the field that is being filled in."""

    character: str


class Place(StrEnum):
    """Where a key is pressed: the same key means different things there."""

    DESK = "desk"
    FORM = "form"
    DIALOG = "dialog"


KEYS: Mapping[Intent, str] = {
    Intent.NEXT: "space",
    Intent.RECALL: "r",
    Intent.START: "s",
    Intent.FINISH: "f",
    Intent.NO_SHOW: "n",
    Intent.HOLD: "h",
    Intent.TRANSFER: "t",
    Intent.DROP: "c",
    Intent.UNDO: "u",
    Intent.PAUSE: "p",
    Intent.SIGN_OUT: "x",
    Intent.PIN: "i",
    Intent.LANGUAGE: "l",
    Intent.QUEUE: "1",
    Intent.HELD: "2",
    Intent.MISSED: "3",
    Intent.HALL: "4",
    Intent.FIND: "5",
    Intent.DEVICES: "6",
    Intent.REPRINT: "g",
    Intent.HELP: "a",
    Intent.ACCEPT: "y",
    Intent.DECLINE: "d",
    Intent.SEEN: "v",
    Intent.MORE: "0",
    Intent.PICK: "enter",
    Intent.CANCEL: "escape",
}
"""The key that is printed on each button: the same in every language, so that hands need not learn twice."""

MOVES: Mapping[str, Intent] = {
    "up": Intent.UP,
    "down": Intent.DOWN,
    "pageup": Intent.PAGE_UP,
    "pagedown": Intent.PAGE_DOWN,
    "home": Intent.FIRST,
    "end": Intent.LAST,
}
"""What chooses another line of a list, wherever one is open."""
FIELDS: Mapping[str, Intent] = {"tab": Intent.FIELD, "shift-tab": Intent.FIELD_BACK}
REPEATS = frozenset({*MOVES, *FIELDS, "backspace"})
"""What goes on while its key is held down. What an officer decides does not."""

ALIASES: Mapping[str, Intent] = {
    "m": Intent.START,  # Mulai
    "j": Intent.PAUSE,  # Jeda
    "k": Intent.SIGN_OUT,  # Keluar
    "b": Intent.LANGUAGE,  # Bahasa
    **MOVES,
    **FIELDS,
}
"""Arrows, and initials of Indonesian labels where no printed key has the letter: T is Teruskan, U is Urungkan."""

DESK_KEYS: Mapping[str, Intent] = {**{key: intent for intent, key in KEYS.items()}, **ALIASES}

FORM_KEYS: Mapping[str, Intent] = {
    "enter": Intent.CONFIRM,
    "escape": Intent.CANCEL,
    "backspace": Intent.ERASE,
    **MOVES,
    **FIELDS,
}


def moved_to(intent: Intent, at: int | None, count: int, *, page: int) -> int | None:
    """Return the place that a key of `MOVES` chooses among `count`; None where there are none. The ends hold."""
    if count == 0:
        return None
    match intent:
        case Intent.FIRST:
            return 0
        case Intent.LAST:
            return count - 1
    steps = {Intent.UP: -1, Intent.DOWN: 1, Intent.PAGE_UP: -page, Intent.PAGE_DOWN: page}
    step = steps[intent]
    if at is None:
        return 0 if step > 0 else count - 1
    return min(max(at + step, 0), count - 1)


def meaning(key: str, place: Place) -> Intent | Typed | None:
    """Return what a key of the keyboard means in a place."""
    match place:
        case Place.DESK:
            return at_desk(key)
        case Place.FORM:
            return in_form(key)
        case Place.DIALOG:
            return in_dialog(key)


def at_desk(key: str, bindings: Mapping[str, Intent] = DESK_KEYS) -> Intent | None:
    """Return what a key means to a signed-in officer; `bindings` may hold those of a keypad."""
    return bindings.get(key.lower())


def in_form(key: str) -> Intent | Typed | None:
    """Return what a key means while signing in: most are characters."""
    known = FORM_KEYS.get(key.lower())
    if known is not None:
        return known
    return Typed(key) if len(key) == 1 and key.isprintable() and not key.isspace() else None


def in_dialog(key: str) -> Intent | Typed | None:
    """Return what a key means while a note is written or something is chosen: as in the form, and words have spaces."""
    return Typed(" ") if key in {"space", " "} else in_form(key)

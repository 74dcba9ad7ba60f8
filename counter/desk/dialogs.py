"""What asks before it acts: a question, a choice of where to, or a short note. Pure: each step gives a new dialog.

One rule holds throughout: a digit picks, Enter does it, Esc goes back. Where nothing is done yet, a digit goes on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum

from counter.desk.keys import Intent, moved_to

MAX_TEXT = 60
"""So many characters of a note are shown wherever it stands."""
MAX_PIN = 12
MAX_ID = 32
MAX_DIGIT = 9
PAGE = 5
"""So many options a key for a page moves."""
DIGITS = 3
"""Numbers are printed with so many digits at least: whoever types A12 means A-012."""
_NUMBER = re.compile(r"([A-Z]+)-?([0-9]{1,6})")


class Step(Enum):
    """What the dialog wants to know now."""

    QUESTION = "question"
    KIND = "kind"
    TARGET = "target"
    NOTE = "note"
    NUMBER = "number"
    OLD_PIN = "old_pin"
    NEW_PIN = "new_pin"
    SAME_PIN = "same_pin"
    """The new one once more: whoever slips would be locked out."""

    @property
    def is_secret(self) -> bool:
        """Tell whether what is typed is shown to nobody."""
        return self in {Step.OLD_PIN, Step.NEW_PIN, Step.SAME_PIN}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose; `value` goes on the wire where it is an id, else the label does."""

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """A visit that was finished and the next one called, both by one key: one key takes both back."""

    finished: str
    called: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What was decided: a request, but for the counter and its session."""

    intent: Intent
    command: str
    arguments: dict[str, str] = field(repr=False)
    """Shown nowhere: a PIN may be among them."""
    then: Request | None = None
    """What is asked next, once this was done, and only then."""
    part_of: Handover | None = None
    """Given where the first of two was done already."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """One decision under way; `ticket` is how the wire knows the number."""

    purpose: Intent
    number: str = ""
    ticket: str = ""
    kind: str = ""
    """`stage`, `service` or `to_counter`: the argument that `target` is given as; of a PIN the command."""
    target: str = ""
    at: int | None = None
    text: str = ""
    moved: bool = False
    """A supervisor takes the ticket out of its course: named on the wire, and not without a reason."""
    secret: str = field(default="", repr=False)
    """What is typed of a PIN; gone with the dialog, as are those that were typed before."""
    old: str = field(default="", repr=False)
    new: str = field(default="", repr=False)
    unlike: bool = False
    """The new PIN was typed once so and once otherwise."""

    @property
    def step(self) -> Step:
        """Return what is asked now."""
        match self.purpose:
            case Intent.SIGN_OUT | Intent.PICK:
                return Step.QUESTION
            case Intent.PIN:
                return self._step_of_pin
            case Intent.FIND:
                return Step.NUMBER
            case Intent.TRANSFER if not self.kind:
                return Step.KIND
            case Intent.TRANSFER if not self.target:
                return Step.TARGET
            case _:
                return Step.NOTE

    @property
    def _step_of_pin(self) -> Step:
        if not self.kind:
            return Step.KIND
        if self.kind != "pin" and not self.target:
            return Step.TARGET
        if self.kind == "unlock":
            return Step.QUESTION
        if self.kind == "pin" and not self.old:
            return Step.OLD_PIN
        return Step.SAME_PIN if self.new else Step.NEW_PIN

    @property
    def is_last(self) -> bool:
        """Tell whether something is done after this step."""
        return self.step in {Step.QUESTION, Step.NOTE, Step.NUMBER, Step.SAME_PIN}

    @property
    def is_about_current(self) -> bool:
        """Tell whether it makes no sense any more once the visitor at the counter is another."""
        return self.purpose in {Intent.HOLD, Intent.TRANSFER} and not self.moved

    @property
    def needs_reason(self) -> bool:
        """Tell whether nothing is done without a reason: where a turn is given up, or a visit leaves its course."""
        return self.purpose is Intent.DROP or self.moved or self.kind == "stage"

    def reason(self, options: tuple[Option, ...]) -> str:
        """Return the note: what was typed, else what was picked."""
        if self.text.strip():
            return self.text.strip()
        return options[self.at].label if self.at is not None and self.at < len(options) else ""


def begun(purpose: Intent, *, number: str = "", ticket: str = "", moved: bool = False) -> Dialog:
    """Return a dialog at its first step; where something has to be chosen, the first option is."""
    return Dialog(purpose, number, ticket, at=0 if purpose is Intent.TRANSFER else None, moved=moved)


def begun_about_pin(*, supervises: bool) -> Dialog:
    """Return the dialog about a PIN: an officer's own, unless a supervisor means another's."""
    return Dialog(Intent.PIN, at=0) if supervises else Dialog(Intent.PIN, kind="pin")


def moved(dialog: Dialog, intent: Intent, count: int) -> Dialog:
    """Return the dialog with another of `count` options chosen, as the key wants."""
    return replace(dialog, at=moved_to(intent, dialog.at, count, page=PAGE)) if count else dialog


def picked(dialog: Dialog, index: int, options: tuple[Option, ...]) -> Dialog:
    """Return the dialog after an option was picked; a note that is picked again is let go."""
    if not 0 <= index < len(options):
        return dialog
    if dialog.step is Step.NOTE:
        return replace(dialog, at=None if dialog.at == index else index, text="")
    return _gone_on(replace(dialog, at=index), options)


def typed(dialog: Dialog, character: str, options: tuple[Option, ...]) -> Dialog:
    """Return the dialog after a character: a digit picks, unless it stands within words or a number."""
    if dialog.step.is_secret:
        digit = character if character.isdecimal() else ""
        return replace(dialog, secret=(dialog.secret + digit)[:MAX_PIN], unlike=False)
    if dialog.step is Step.TARGET and dialog.purpose is Intent.PIN and not options:
        return replace(dialog, text=(dialog.text + character.strip().lower())[:MAX_ID])
    if dialog.step is Step.NUMBER:
        return replace(dialog, text=(dialog.text + character.strip().upper())[:MAX_TEXT])
    if character.isdecimal() and not dialog.text:
        return picked(dialog, int(character) - 1, options)
    if dialog.step is not Step.NOTE or (not dialog.text and character == " "):
        return dialog
    return replace(dialog, text=(dialog.text + character)[:MAX_TEXT], at=None)


def erased(dialog: Dialog) -> Dialog:
    """Return the dialog with the last character taken back."""
    if dialog.step.is_secret:
        return replace(dialog, secret=dialog.secret[:-1])
    return replace(dialog, text=dialog.text[:-1])


def back(dialog: Dialog) -> Dialog | None:
    """Return the step before, or None where there was none."""
    if dialog.purpose is Intent.PIN:
        return _back_from_pin(dialog)
    if dialog.purpose is not Intent.TRANSFER or dialog.step is Step.KIND:
        return None
    if dialog.step is Step.TARGET:
        return replace(dialog, kind="", at=0)
    return replace(dialog, target="", at=0, text="")


def _back_from_pin(dialog: Dialog) -> Dialog | None:
    dialog = replace(dialog, secret="", text="", unlike=False)
    match dialog.step:
        case Step.SAME_PIN:
            return replace(dialog, new="")
        case Step.NEW_PIN if dialog.kind == "pin":
            return replace(dialog, old="")
        case Step.NEW_PIN | Step.QUESTION:
            return replace(dialog, target="", at=0)
        case Step.TARGET:
            return replace(dialog, kind="", at=0)
        case _:
            return None


def confirmed(dialog: Dialog, options: tuple[Option, ...]) -> Dialog | Request | None:
    """Return the next step, or what is to be done; None while something is still to be chosen."""
    if dialog.purpose is Intent.PIN:
        return _confirmed_about_pin(dialog, options)
    match dialog.step:
        case Step.QUESTION:
            signs_out = dialog.purpose is Intent.SIGN_OUT
            picked = Request(Intent.PICK, "call", {"ticket": dialog.ticket})
            return Request(Intent.SIGN_OUT, "close", {}) if signs_out else picked
        case Step.KIND | Step.TARGET:
            return _gone_on(dialog, options) if options and dialog.at is not None else None
        case Step.NOTE:
            return _noted(dialog, dialog.reason(options))
        case Step.NUMBER:
            return Request(Intent.FIND, "lookup", {"ticket": number_of(dialog.text)}) if dialog.text else None
        case _:
            return None


def _confirmed_about_pin(dialog: Dialog, options: tuple[Option, ...]) -> Dialog | Request | None:
    match dialog.step:
        case Step.TARGET if dialog.text:
            return replace(dialog, target=dialog.text, text="")
        case Step.KIND | Step.TARGET:
            return _gone_on(dialog, options) if options and dialog.at is not None else None
        case Step.QUESTION:
            return Request(Intent.PIN, "unlock", {"officer": dialog.target})
        case Step.OLD_PIN:
            return replace(dialog, old=dialog.secret, secret="")
        case Step.NEW_PIN:
            return replace(dialog, new=dialog.secret, secret="")
        case _:
            return _pin_chosen(dialog)


def number_of(text: str) -> str:
    """Return a number as it stands on paper, however it was typed; what a scanner reads stays as it is."""
    match = _NUMBER.fullmatch(text)
    return text if match is None else f"{match[1]}-{match[2].zfill(DIGITS)}"


def _gone_on(dialog: Dialog, options: tuple[Option, ...]) -> Dialog:
    value = options[dialog.at or 0].value
    if dialog.step is Step.KIND:
        return replace(dialog, kind=value, at=0)
    return replace(dialog, target=value, at=None)


def _pin_chosen(dialog: Dialog) -> Dialog | Request:
    if dialog.secret != dialog.new:
        return replace(dialog, new="", secret="", unlike=True)
    if dialog.kind == "pin":
        return Request(Intent.PIN, "pin", {"old": dialog.old, "new": dialog.new})
    return Request(Intent.PIN, "reset_pin", {"officer": dialog.target, "new": dialog.new})


def _noted(dialog: Dialog, reason: str) -> Request | None:
    if dialog.needs_reason and not reason:
        return None
    match dialog.purpose:
        case Intent.HOLD:
            return Request(Intent.HOLD, "hold", {"note": reason} if reason else {})
        case Intent.TRANSFER:
            why = {"reason": reason} if reason else {}
            whom = {"ticket": dialog.ticket} if dialog.moved else {}
            return Request(Intent.TRANSFER, "transfer", {**whom, dialog.kind: dialog.target, **why})
        case _:
            return Request(Intent.DROP, "cancel", {"ticket": dialog.ticket, "reason": reason})

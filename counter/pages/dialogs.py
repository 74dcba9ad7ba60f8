"""The card that asks before it acts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broker.language import mark
from counter.desk.dialogs import MAX_DIGIT, Dialog, Step
from counter.desk.keys import Intent
from counter.desk.open_dialog import missing
from counter.desk.state import DeskState
from counter.pages.actions import Action, key_name, obstacle_words
from counter.pages.choices import kind_label, options, target_name

_VERBS: Mapping[Intent, str] = {
    Intent.HOLD: mark("Hold {number}"),
    Intent.TRANSFER: mark("Transfer {number}"),
    Intent.DROP: mark("Cancel {number}"),
    Intent.PICK: mark("Call {number}"),
    Intent.SIGN_OUT: mark("Sign out"),
    Intent.FIND: mark("Look up"),
}
_QUESTIONS: Mapping[Intent, str] = {
    Intent.HOLD: mark("Why is {number} held?"),
    Intent.DROP: mark("Cancel {number}?"),
    Intent.PICK: mark("Call {number} now?"),
    Intent.SIGN_OUT: mark("Sign out and close this counter?"),
    Intent.FIND: mark("Which number?"),
}
_EXPLAINED: Mapping[Intent, str] = {
    Intent.HOLD: mark("The number stays with this counter. Take it on again from the list of held numbers."),
    Intent.TRANSFER: mark("It keeps its number and what it has waited. A reason may be added."),
    Intent.DROP: mark("The visitor gives up the turn. This cannot be taken back."),
    Intent.PICK: mark("An officer's own choice is recorded with the call."),
    Intent.FIND: mark("Type it as it stands on the ticket, or scan the ticket."),
}
_PIN_TITLES: Mapping[tuple[str, Step], str] = {
    ("", Step.KIND): mark("What about a PIN?"),
    ("reset_pin", Step.TARGET): mark("Who gets another PIN?"),
    ("unlock", Step.TARGET): mark("Who may try again?"),
    ("unlock", Step.QUESTION): mark("Let {officer} try again?"),
    ("pin", Step.OLD_PIN): mark("Your current PIN"),
    ("pin", Step.NEW_PIN): mark("Your new PIN"),
    ("pin", Step.SAME_PIN): mark("Your new PIN once more"),
    ("reset_pin", Step.NEW_PIN): mark("New PIN of {officer}"),
    ("reset_pin", Step.SAME_PIN): mark("New PIN of {officer} once more"),
}
_PIN_TEXTS: Mapping[tuple[str, Step], str] = {
    ("unlock", Step.QUESTION): mark("The wrong PINs so far are forgotten. This is recorded with your name."),
    ("pin", Step.OLD_PIN): mark("The one that you have signed in with."),
    ("pin", Step.NEW_PIN): mark("At least 4 digits; not all alike, and not a run such as 1234."),
    ("pin", Step.SAME_PIN): mark("So that a slip of a finger locks nobody out."),
    ("reset_pin", Step.NEW_PIN): mark("At least 4 digits; not all alike, and not a run such as 1234."),
    ("reset_pin", Step.SAME_PIN): mark("The PIN counts at once, and ends a lock. This is recorded with your name."),
}
_PIN_VERBS: Mapping[str, str] = {
    "pin": mark("Change the PIN"),
    "reset_pin": mark("Give this PIN"),
    "unlock": mark("Unlock"),
}
_UNLIKE = mark("The two were not alike. Please type the new PIN again.")
_RECORDED = mark("It keeps its number and what it has waited. The reason is recorded.")


@dataclass(frozen=True, slots=True)
class OptionLine:
    """One line to pick; `key` is its digit, if it has one."""

    key: str
    label: str
    detail: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DialogCard:
    """All that stands in the card over the window."""

    title: str
    text: str
    options: tuple[OptionLine, ...]
    field_label: str
    field: str
    confirm: Action
    cancel: Action
    pad: str = ""
    """What the key says that takes a digit back, where digits can be touched; nothing where they cannot."""
    is_fault: bool = False
    """Whether the text says that something was wrong."""


def dialog_card(dialog: Dialog, state: DeskState) -> DialogCard:
    """Return the card."""
    phrases, offered = state.phrases, options(dialog, state)
    return DialogCard(
        title=_title(dialog, state),
        text=_text(dialog, state, has_options=bool(offered)),
        options=tuple(
            OptionLine(str(place) if place <= MAX_DIGIT else "", option.label, option.detail, dialog.at == place - 1)
            for place, option in enumerate(offered, 1)
        ),
        field_label=_field_label(dialog, state),
        field="\N{BULLET}  " * len(dialog.secret) if dialog.step.is_secret else dialog.text,
        confirm=_confirm(dialog, state),
        cancel=Action(Intent.CANCEL, phrases.say("Back"), key_name(Intent.CANCEL, phrases), enabled=True),
        pad=phrases.say("Erase") if dialog.step.is_secret else "",
        is_fault=dialog.unlike,
    )


def _title(dialog: Dialog, state: DeskState) -> str:
    phrases, number = state.phrases, dialog.number
    if dialog.purpose is Intent.PIN:
        return phrases.say(_PIN_TITLES[dialog.kind, dialog.step], officer=state.words.officer(dialog.target))
    match dialog.step:
        case Step.KIND:
            return phrases.say("Where does {number} go?", number=number)
        case Step.TARGET:
            return f"{number}: {kind_label(dialog.kind, state)}"
        case _ if dialog.purpose is Intent.TRANSFER:
            return phrases.say("{number} to {target}?", number=number, target=target_name(dialog, state))
        case _:
            return phrases.say(_QUESTIONS[dialog.purpose], number=number)


def _text(dialog: Dialog, state: DeskState, *, has_options: bool) -> str:
    phrases = state.phrases
    if dialog.purpose is Intent.PIN:
        text = _UNLIKE if dialog.unlike else _PIN_TEXTS.get((dialog.kind, dialog.step))
        return phrases.say(text) if text else ""
    match dialog.step:
        case Step.QUESTION if dialog.purpose is Intent.SIGN_OUT:
            held = len(state.desk.held) if state.desk else 0
            return (
                phrases.count("{n} number is still held here.", "{n} numbers are still held here.", held)
                if held
                else ""
            )
        case Step.KIND:
            return ""
        case Step.TARGET:
            return "" if has_options else phrases.say("There is nowhere to send it.")
        case _:
            recorded = dialog.purpose is Intent.TRANSFER and dialog.needs_reason
            return phrases.say(_RECORDED if recorded else _EXPLAINED[dialog.purpose])


def _field_label(dialog: Dialog, state: DeskState) -> str:
    """Return what stands in the empty field; nothing where nothing is typed."""
    match dialog.step:
        case Step.NOTE:
            return state.phrases.say("or type a few words")
        case Step.NUMBER:
            return state.phrases.say("Number")
        case Step.TARGET if dialog.purpose is Intent.PIN and not options(dialog, state):
            return state.phrases.say("Officer ID")
        case step if step.is_secret:
            return state.phrases.say("PIN")
        case _:
            return ""


def _confirm(dialog: Dialog, state: DeskState) -> Action:
    phrases = state.phrases
    verb = _PIN_VERBS.get(dialog.kind, "") if dialog.purpose is Intent.PIN else _VERBS[dialog.purpose]
    label = phrases.say(verb, number=dialog.number) if dialog.is_last else phrases.say("Go on")
    why_not = obstacle_words(missing(dialog, state), state)
    return Action(
        Intent.CONFIRM,
        label,
        key_name(Intent.CONFIRM, phrases),
        enabled=not why_not and state.busy is None,
        why_not=why_not,
        primary=not why_not,
    )

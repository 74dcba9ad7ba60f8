"""The picture of what asks before it acts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broker.language import mark
from counter.actions import ActionView, key_name, obstacle
from counter.choices import kind_label, options, target_name
from counter.dialog import MAX_DIGIT, Dialog, Step
from counter.keymap import Intent
from counter.scene import Scene

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
_RECORDED = mark("It keeps its number and what it has waited. The reason is recorded.")


@dataclass(frozen=True, slots=True)
class OptionView:
    """One line to pick; `key` is its digit, if it has one."""

    key: str
    label: str
    detail: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DialogView:
    """All that stands in the card over the window."""

    title: str
    text: str
    options: tuple[OptionView, ...]
    field_label: str
    field: str
    confirm: ActionView
    cancel: ActionView


def dialog_view(dialog: Dialog, scene: Scene) -> DialogView:
    """Return the card."""
    phrases, offered = scene.phrases, options(dialog, scene)
    return DialogView(
        title=_title(dialog, scene),
        text=_text(dialog, scene, has_options=bool(offered)),
        options=tuple(
            OptionView(str(place) if place <= MAX_DIGIT else "", option.label, option.detail, dialog.at == place - 1)
            for place, option in enumerate(offered, 1)
        ),
        field_label=_field_label(dialog, scene),
        field=dialog.text,
        confirm=_confirm(dialog, scene),
        cancel=ActionView(Intent.CANCEL, phrases.say("Back"), key_name(Intent.CANCEL, phrases), enabled=True),
    )


def _title(dialog: Dialog, scene: Scene) -> str:
    phrases, number = scene.phrases, dialog.number
    match dialog.step:
        case Step.KIND:
            return phrases.say("Where does {number} go?", number=number)
        case Step.TARGET:
            return f"{number}: {kind_label(dialog.kind, scene)}"
        case _ if dialog.purpose is Intent.TRANSFER:
            return phrases.say("{number} to {target}?", number=number, target=target_name(dialog, scene))
        case _:
            return phrases.say(_QUESTIONS[dialog.purpose], number=number)


def _text(dialog: Dialog, scene: Scene, *, has_options: bool) -> str:
    phrases = scene.phrases
    match dialog.step:
        case Step.QUESTION if dialog.purpose is Intent.SIGN_OUT:
            held = len(scene.desk.held) if scene.desk else 0
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


def _field_label(dialog: Dialog, scene: Scene) -> str:
    """Return what stands in the empty field; nothing where nothing is typed."""
    match dialog.step:
        case Step.NOTE:
            return scene.phrases.say("or type a few words")
        case Step.NUMBER:
            return scene.phrases.say("Number")
        case _:
            return ""


def _confirm(dialog: Dialog, scene: Scene) -> ActionView:
    phrases = scene.phrases
    is_last = dialog.step in {Step.QUESTION, Step.NOTE, Step.NUMBER}
    label = phrases.say(_VERBS[dialog.purpose], number=dialog.number) if is_last else phrases.say("Go on")
    why_not = missing(dialog, scene)
    return ActionView(
        Intent.CONFIRM,
        label,
        key_name(Intent.CONFIRM, phrases),
        enabled=not why_not and scene.busy is None,
        why_not=why_not,
        primary=not why_not,
    )


def missing(dialog: Dialog, scene: Scene) -> str:
    """Return why it cannot be done yet, or nothing."""
    offered = options(dialog, scene)
    if dialog.step is Step.NOTE and dialog.needs_reason and not dialog.reason(offered):
        return scene.phrases.say("Pick or type a reason first")
    if dialog.step is Step.NUMBER and not dialog.text:
        return scene.phrases.say("Type a number first")
    return obstacle(dialog.purpose, scene)

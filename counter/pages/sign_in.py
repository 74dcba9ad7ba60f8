"""The window before anyone is signed in. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from counter.desk.keys import Intent
from counter.desk.room import ROOMY, Room
from counter.desk.sign_in import Field, SignInForm
from counter.desk.state import DeskState
from counter.pages.actions import Action, key_name, language_button
from counter.pages.banner import banner
from counter.pages.dialogs import DialogCard
from counter.pages.help import HelpLine, help_lines
from counter.pages.words import Notice


@dataclass(frozen=True, slots=True)
class SignInPage:
    """All that stands in the window before anyone is signed in."""

    counter: str
    title: str
    officer_title: str
    officers: tuple[str, ...]
    chosen: int | None
    typed_id: str
    pin_title: str
    pin_length: int
    focus: Field
    submit: str
    submit_key: str
    hint: str
    erase: str
    busy: bool
    banner: Notice | None
    notice: Notice | None
    live: bool
    language: Action
    help: tuple[HelpLine, ...] = ()
    """Visitors who call: whoever stands here sees it, and goes or signs in."""
    dialog: DialogCard | None = None
    room: Room = ROOMY
    button: str = ""
    """The button that has the focus; nothing where a field has it."""


def sign_in_page(form: SignInForm, state: DeskState, *, elsewhere: str | None = None) -> SignInPage:
    """Return the whole window; `elsewhere` is the counter where the officer is signed in already."""
    phrases = state.phrases
    hint = (
        phrases.say("Choose with the arrow keys or the first letter, type the PIN, then Enter.")
        if form.officers
        else phrases.say("Type your ID, Tab, then the PIN and Enter.")
    )
    return SignInPage(
        counter=state.title,
        title=phrases.say("Sign in"),
        officer_title=phrases.say("Officer") if form.officers else phrases.say("Officer ID"),
        officers=tuple(name for _, name in form.officers),
        chosen=form.chosen,
        typed_id=form.typed_id,
        pin_title=phrases.say("PIN"),
        pin_length=len(form.pin),
        focus=form.focus,
        submit=phrases.say("Sign in"),
        submit_key=key_name(Intent.CONFIRM, phrases),
        hint=hint,
        erase=phrases.say("Erase"),
        busy=state.busy is not None,
        banner=banner(state),
        notice=state.notice,
        live=state.stale_since is None and state.standing != "taken",
        language=language_button(state),
        help=tuple(replace(line, action=None, decline=None) for line in help_lines(state)),
        room=state.room,
        button=state.focus,
        dialog=None if elsewhere is None else _choice(elsewhere, state),
    )


def _choice(elsewhere: str, state: DeskState) -> DialogCard:
    """Return the question whether to leave another counter for this one."""
    phrases, there = state.phrases, state.words.counter(elsewhere)
    visitor = state.visitor_at(elsewhere)
    why_not = phrases.say("Finish {number} there first", number=visitor) if visitor else ""
    if not state.online:
        why_not = phrases.say("Not connected")
    return DialogCard(
        title=phrases.say("You are signed in at counter {counter}.", counter=there),
        text=phrases.say("An officer works at one counter. What is held at the other one stays in its list."),
        options=(),
        field_label="",
        field="",
        confirm=Action(
            Intent.CONFIRM,
            phrases.say("Work here, close counter {counter}", counter=there),
            key_name(Intent.CONFIRM, phrases),
            enabled=not why_not and state.busy is None,
            why_not=why_not,
            primary=not why_not,
        ),
        cancel=Action(Intent.CANCEL, phrases.say("Stay there"), key_name(Intent.CANCEL, phrases), enabled=True),
    )

"""The picture of the window before anyone is signed in. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from counter.actions import ActionView, key_name, language_button
from counter.dialog_view import DialogView
from counter.keymap import Intent
from counter.scene import NoticeView, Scene
from counter.signin import Field, SignInForm


@dataclass(frozen=True, slots=True)
class SignInView:
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
    notice: NoticeView | None
    link: str
    live: bool
    language: ActionView
    dialog: DialogView | None = None


def sign_in_view(form: SignInForm, scene: Scene, *, elsewhere: str | None = None) -> SignInView:
    """Return the whole window; `elsewhere` is the counter where the officer is signed in already."""
    phrases = scene.phrases
    hint = (
        phrases.say("Choose with the arrow keys or the first letter, type the PIN, then Enter.")
        if form.officers
        else phrases.say("Type your ID, Tab, then the PIN and Enter.")
    )
    return SignInView(
        counter=scene.title,
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
        busy=scene.busy is not None,
        notice=scene.notice,
        link=scene.link,
        live=scene.stale_since is None,
        language=language_button(scene),
        dialog=None if elsewhere is None else _choice(elsewhere, scene),
    )


def visitor_at(counter: str, scene: Scene) -> str:
    """Return the number that a counter has before it, or nothing."""
    counters = scene.hall.counters if scene.hall else ()
    return next((seen.number for seen in counters if seen.id == counter and seen.number), "")


def _choice(elsewhere: str, scene: Scene) -> DialogView:
    """Return the question whether to leave another counter for this one."""
    phrases, there = scene.phrases, scene.words.counter(elsewhere)
    visitor = visitor_at(elsewhere, scene)
    why_not = phrases.say("Finish {number} there first", number=visitor) if visitor else ""
    if not scene.online:
        why_not = phrases.say("Not connected")
    return DialogView(
        title=phrases.say("You are signed in at counter {counter}.", counter=there),
        text=phrases.say("An officer works at one counter. What is held at the other one stays in its list."),
        options=(),
        field_label="",
        field="",
        confirm=ActionView(
            Intent.CONFIRM,
            phrases.say("Work here, close counter {counter}", counter=there),
            key_name(Intent.CONFIRM, phrases),
            enabled=not why_not and scene.busy is None,
            why_not=why_not,
            primary=not why_not,
        ),
        cancel=ActionView(Intent.CANCEL, phrases.say("Stay there"), key_name(Intent.CANCEL, phrases), enabled=True),
    )

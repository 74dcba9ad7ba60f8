"""The picture of the window before anyone is signed in. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from counter.actions import ActionView, key_name, language_button
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


def sign_in_view(form: SignInForm, scene: Scene) -> SignInView:
    """Return the whole window."""
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
    )

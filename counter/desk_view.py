"""The picture of a signed-in officer's window: the visitor, what can be done, the lists. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from broker.contract.messages import CounterState
from counter.actions import BUTTONS, SIDE_BUTTONS, ActionView, action_view, language_button
from counter.dialog_view import DialogView, dialog_view
from counter.keymap import Intent
from counter.lists import queue_length
from counter.lists_view import ListsView, lists_view
from counter.scene import NoticeView, Scene, Tone
from counter.ticket_view import STATES, TONES, ReasonView, TicketView, reason_view, ticket_view


@dataclass(frozen=True, slots=True)
class DeskView:
    """All that stands in the window of a signed-in officer."""

    counter: str
    officer: str
    state: str
    state_tone: Tone
    link: str
    live: bool
    language: ActionView
    sign_out: ActionView
    dialog: DialogView | None
    notice: NoticeView | None
    ticket: TicketView | None
    resting: str
    reason: ReasonView | None
    actions: tuple[ActionView, ...]
    side_actions: tuple[ActionView, ...]
    lists: ListsView


def desk_view(scene: Scene) -> DeskView:
    """Return the whole window."""
    desk, words = scene.desk, scene.words
    ticket = desk.ticket if desk else None
    state: CounterState = desk.state if desk else "closed"
    return DeskView(
        counter=scene.title,
        officer=(desk.officer or "") if desk else "",
        state=scene.phrases.say(STATES[state]),
        state_tone=TONES[state],
        link=scene.link,
        live=scene.stale_since is None,
        language=language_button(scene),
        sign_out=action_view(Intent.SIGN_OUT, scene),
        dialog=dialog_view(scene.dialog, scene) if scene.dialog else None,
        notice=scene.notice,
        ticket=ticket_view(ticket, desk.reason if desk else None, words) if ticket else None,
        resting=_resting(scene),
        reason=reason_view(desk.reason, ticket, words) if desk and desk.reason and ticket else None,
        actions=tuple(action_view(intent, scene) for intent in BUTTONS),
        side_actions=tuple(action_view(intent, scene) for intent in SIDE_BUTTONS),
        lists=lists_view(scene),
    )


def _resting(scene: Scene) -> str:
    if scene.desk is None:
        return scene.phrases.say("Waiting for the queue system.")
    if scene.desk.state == "paused":
        return scene.phrases.say("This counter is on a break.")
    if queue_length(scene.desk):
        return scene.phrases.say("Ready for the next visitor.")
    return scene.phrases.say("Nobody is waiting for this counter.")

"""The window of a signed-in officer: the visitor, what can be done, the lists. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from broker.contract.messages import CounterState
from counter.desk.actions import MAIN_ACTIONS, SIDE_ACTIONS
from counter.desk.keys import Intent
from counter.desk.state import DeskState
from counter.pages.actions import Action, action_for, language_button
from counter.pages.banner import banner
from counter.pages.dialogs import DialogCard, dialog_card
from counter.pages.lists import ListsColumn, lists_column
from counter.pages.rest import RestCard, rest_card
from counter.pages.ticket import STATES, TONES, ReasonCard, TicketCard, reason_card, ticket_card
from counter.pages.words import Notice, Tone


@dataclass(frozen=True, slots=True)
class DeskPage:
    """All that stands in the window of a signed-in officer."""

    counter: str
    officer: str
    state: str
    state_tone: Tone
    link: str
    live: bool
    language: Action
    sign_out: Action
    dialog: DialogCard | None
    banner: Notice | None
    notice: Notice | None
    ticket: TicketCard | None
    rest: RestCard | None
    reason: ReasonCard | None
    actions: tuple[Action, ...]
    side_actions: tuple[Action, ...]
    lists: ListsColumn
    focus: str = ""


def desk_page(state: DeskState) -> DeskPage:
    """Return the whole window."""
    desk, words, warning = state.desk, state.words, banner(state)
    ticket = desk.ticket if desk else None
    has_room = warning is None or state.notice is None
    doing: CounterState = desk.state if desk else "closed"
    return DeskPage(
        counter=state.title,
        officer=(desk.officer or "") if desk else "",
        state=state.phrases.say(STATES[doing]),
        state_tone=TONES[doing],
        link=state.link,
        live=state.stale_since is None and state.standing != "taken",
        language=language_button(state),
        sign_out=action_for(Intent.SIGN_OUT, state),
        dialog=dialog_card(state.dialog, state) if state.dialog else None,
        banner=warning,
        notice=state.notice,
        ticket=ticket_card(ticket, desk.reason if desk else None, words) if ticket else None,
        rest=None if ticket else rest_card(state),
        # Where two sentences want attention there is no room for the third: who is called matters more than why.
        reason=reason_card(desk.reason, ticket, words) if has_room and desk and desk.reason and ticket else None,
        actions=tuple(action_for(intent, state) for intent in MAIN_ACTIONS),
        side_actions=tuple(action_for(intent, state) for intent in SIDE_ACTIONS),
        lists=lists_column(state),
        focus=state.focus,
    )

"""The window of a signed-in officer: the visitor, what can be done, the lists. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from broker.contract.messages import CounterState
from counter.desk.actions import MAIN_ACTIONS, SIDE_ACTIONS, near_actions
from counter.desk.keys import Intent
from counter.desk.room import ROOMY, Room
from counter.desk.state import DeskState
from counter.pages.actions import Action, action_for, language_button, more_button
from counter.pages.banner import banner
from counter.pages.dialogs import DialogCard, dialog_card
from counter.pages.help import HelpLine, help_lines
from counter.pages.lists import ListsColumn, lists_column
from counter.pages.rest import RestCard, rest_card
from counter.pages.ticket import STATES, TONES, ReasonCard, TicketCard, reason_card, ticket_card
from counter.pages.words import Notice, Tone

ONE_LINE = 85
"""So many characters of what wants attention stand in one line of the smallest wide window."""


@dataclass(frozen=True, slots=True)
class DeskPage:
    """All that stands in the window of a signed-in officer."""

    counter: str
    officer: str
    state: str
    state_tone: Tone
    live: bool
    language: Action
    pin: Action
    sign_out: Action
    dialog: DialogCard | None
    help: tuple[HelpLine, ...]
    banner: Notice | None
    notice: Notice | None
    ticket: TicketCard | None
    rest: RestCard | None
    reason: ReasonCard | None
    actions: tuple[Action, ...]
    """The main ones; in a smaller window the two or three that come next, the first of them first."""
    side_actions: tuple[Action, ...]
    """The others; in a smaller window only on demand, in place of the lists."""
    more: Action | None
    """What shows and hides them there."""
    lists: ListsColumn
    room: Room = ROOMY
    focus: str = ""


def desk_page(state: DeskState) -> DeskPage:
    """Return the whole window."""
    desk, words, warning = state.desk, state.words, banner(state)
    ticket = desk.ticket if desk else None
    doing: CounterState = desk.state if desk else "closed"
    near, others = _arranged(state)
    remarks = warning is not None, state.notice is not None
    # Where much wants attention there is no room for more: who is called matters more than why.
    remarked = sum(len(notice.text) for notice in (warning, state.notice) if notice is not None)
    is_calm = not state.help and warning is None and state.notice is None
    has_room = state.room.has_all and not state.help and not all(remarks) and remarked <= ONE_LINE
    return DeskPage(
        counter=state.title,
        officer=(desk.officer or "") if desk else "",
        state=state.phrases.say(STATES[doing]),
        state_tone=TONES[doing],
        live=state.stale_since is None and state.standing != "taken",
        language=language_button(state),
        pin=action_for(Intent.PIN, state),
        sign_out=action_for(Intent.SIGN_OUT, state),
        dialog=dialog_card(state.dialog, state) if state.dialog else None,
        help=help_lines(state),
        banner=warning,
        notice=state.notice,
        ticket=_visitor(ticket_card(ticket, desk.reason if desk else None, words), state) if ticket else None,
        rest=None if ticket else _rest(rest_card(state), state, is_calm=is_calm),
        reason=reason_card(desk.reason, ticket, words) if has_room and desk and desk.reason and ticket else None,
        actions=tuple(action_for(intent, state) for intent in near),
        side_actions=tuple(_side_action(intent, state) for intent in others),
        more=None if state.room.has_all else more_button(state),
        lists=lists_column(state),
        room=state.room,
        focus=state.focus,
    )


def _visitor(card: TicketCard, state: DeskState) -> TicketCard:
    """Return the visitor; where the other acts need the room, by number and service alone."""
    is_short = state.more and not state.room.has_all
    return replace(card, stage="", language="", waited="", called="", timer="", history=()) if is_short else card


def _rest(card: RestCard, state: DeskState, *, is_calm: bool) -> RestCard:
    """Return the free desk; what can be read later leaves its room to what wants attention now."""
    if card.complaints is not None or not is_calm:
        card = replace(card, own=None)
    if card.complaints is not None and not is_calm:
        # In a smaller window a visitor who waits for help comes first.
        card = replace(card, figures=(), complaints=card.complaints if state.room.has_all or not state.help else None)
    if state.room.is_narrow and state.tab is Intent.HALL:
        return replace(card, figures=(), complaints=None)  # they were seen before the office was opened
    if state.room.has_all or not state.more:
        return card
    # Whom the next call is for stands on its button.
    return replace(card, next_up=None, figures=(), complaints=None, own=None)


def _arranged(state: DeskState) -> tuple[tuple[Intent, ...], tuple[Intent, ...]]:
    """Return the buttons that stand out, and the others."""
    if state.room.has_all:
        return MAIN_ACTIONS, SIDE_ACTIONS
    near = near_actions(state)
    if not state.more:
        return near, ()
    others = tuple(intent for intent in (*MAIN_ACTIONS, *SIDE_ACTIONS) if intent not in near)
    # Nobody takes another PIN before a visitor: then there is no room to give away.
    own = (Intent.PIN,) if state.desk is None or state.desk.ticket is None else ()
    return near, (*others, Intent.LANGUAGE, *own, Intent.SIGN_OUT)


def _side_action(intent: Intent, state: DeskState) -> Action:
    """Return one of the others; in a smaller window why it is not possible is said when it is pressed."""
    if intent is Intent.LANGUAGE:
        return language_button(state)
    action = action_for(intent, state)
    return action if state.room.has_all else replace(action, why_not="")

"""The buttons in words: what each does, its key, and why it does not work now. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broker.contract.messages import CounterMessage, Ticket
from broker.language import Phrases, mark, own_name
from counter.desk.actions import Obstacle, finishes, obstacle
from counter.desk.dialogs import Handover
from counter.desk.keys import KEYS, Intent
from counter.desk.lists import pick_command, queue_length
from counter.desk.state import DeskState

_LABELS: Mapping[Intent, str] = {
    Intent.NEXT: mark("Call next"),
    Intent.RECALL: mark("Recall"),
    Intent.START: mark("Start"),
    Intent.FINISH: mark("Finish"),
    Intent.NO_SHOW: mark("No-show"),
    Intent.HOLD: mark("Hold"),
    Intent.TRANSFER: mark("Transfer"),
    Intent.DROP: mark("Cancel"),
    Intent.UNDO: mark("Undo"),
    Intent.PAUSE: mark("Pause"),
    Intent.SIGN_OUT: mark("Sign out"),
    Intent.PIN: mark("PIN"),
    Intent.FIND: mark("Look up"),
    Intent.REPRINT: mark("Print again"),
}
_PICK_LABELS: Mapping[str, str] = {
    "call": mark("Call {number}"),
    "unhold": mark("Take {number} on again"),
    "rejoin": mark("Let {number} queue again"),
}
_UNDOES: Mapping[str, str] = {
    "called": mark("the call of {number}"),
    "started": mark("the start of {number}"),
    "finished": mark("the end of {number}"),
    "no_show": mark("the no-show of {number}"),
    "held": mark("the hold of {number}"),
    "unheld": mark("the return of {number}"),
    "transferred": mark("the transfer of {number}"),
}
_OBSTACLES: Mapping[Obstacle, str] = {
    Obstacle.NOT_CONNECTED: mark("Not connected"),
    Obstacle.NOBODY_WAITS: mark("Nobody is waiting"),
    Obstacle.NOBODY_CALLED: mark("Nobody is called"),
    Obstacle.SERVICE_BEGUN: mark("Service has begun"),
    Obstacle.CALL_AGAIN_FIRST: mark("Call again first ({called} of {needed})"),
    Obstacle.TOO_EARLY: mark("Possible in {seconds} s"),
    Obstacle.FINISH_FIRST: mark("Finish {number} first"),
    Obstacle.RESUME_FIRST: mark("Resume first"),
    Obstacle.NOTHING_CHOSEN: mark("Choose a number first"),
    Obstacle.NOTHING_TO_PICK: mark("Use the arrow keys"),
    Obstacle.NOTHING_TO_DO: mark("There is nothing to do"),
    Obstacle.NOTHING_TO_UNDO: mark("Nothing to take back"),
    Obstacle.SUPERVISORS_ONLY: mark("Only a supervisor may"),
    Obstacle.KIOSK_AWAY: mark("The kiosk is not running"),
    Obstacle.KIOSK_CANNOT_PRINT: mark("The kiosk cannot print"),
    Obstacle.REASON_MISSING: mark("Pick or type a reason first"),
    Obstacle.NUMBER_MISSING: mark("Type a number first"),
    Obstacle.OFFICER_MISSING: mark("Type an officer's ID first"),
    Obstacle.PIN_MISSING: mark("Type the PIN first"),
}
_KEY_NAMES: Mapping[str, str] = {"space": mark("Space"), "enter": mark("Enter"), "escape": mark("Esc")}
_PRIMARY: Mapping[str, Intent] = {
    "open": Intent.NEXT,
    "calling": Intent.START,
    "serving": Intent.NEXT,
    "paused": Intent.PAUSE,
}


@dataclass(frozen=True, slots=True)
class Action:
    """One button: what it does, its key, whether it works now, and if not, why; or what more there is to know."""

    intent: Intent
    label: str
    key: str
    enabled: bool
    why_not: str = ""
    hint: str = ""
    busy: bool = False
    primary: bool = False


def obstacle_words(obstacle: Obstacle | None, state: DeskState) -> str:
    """Return why something is not possible now; nothing where it is."""
    if obstacle is None:
        return ""
    visitor = state.desk.ticket if state.desk else None
    return state.phrases.say(
        _OBSTACLES[obstacle],
        number=visitor.number if visitor else "",
        called=visitor.times_called if visitor else 0,
        needed=state.calls_before_no_show,
        seconds=state.no_show_left_s,
    )


def action_for(intent: Intent, state: DeskState) -> Action:
    """Return one button; while something is being asked for, nothing else works."""
    why_not = obstacle_words(obstacle(intent, state), state)
    busy = state.busy is intent
    return Action(
        intent=intent,
        label=label(intent, state),
        key=key_name(intent, state.phrases),
        enabled=not why_not and state.busy is None,
        why_not=state.phrases.say("Waiting for the answer") if busy else why_not,
        hint="" if why_not or busy else _hint(intent, state),
        busy=busy,
        primary=not why_not and state.desk is not None and _PRIMARY.get(state.desk.state) is intent,
    )


def label(intent: Intent, state: DeskState) -> str:
    """Return what the button says; where a chosen line of a list is meant, it names the number."""
    phrases, picked = state.phrases, state.picked
    if picked is not None:
        match intent:
            case Intent.DROP:
                return phrases.say("Cancel {number}", number=picked.number)
            case Intent.REPRINT:
                return phrases.say("Print {number} again", number=picked.number)
            case Intent.TRANSFER if state.moves_picked:
                return phrases.say("Transfer {number}", number=picked.number)
            case _:
                pass
    return _pick_label(state) if intent is Intent.PICK else phrases.say(_label(intent, state.desk))


def _label(intent: Intent, desk: CounterMessage | None) -> str:
    """Return what the button says to everybody; where the visitor is served, calling the next one ends that."""
    match intent:
        case Intent.PAUSE if desk is not None and desk.state == "paused":
            return mark("Resume")
        case Intent.NEXT if finishes(desk):
            calls_on = desk is not None and not desk.pauses and queue_length(desk)
            return mark("Finish, call next") if calls_on else _LABELS[Intent.FINISH]
        case _:
            return _LABELS[intent]


def _pick_label(state: DeskState) -> str:
    if state.picked is None:
        return state.phrases.say("Choose a number")
    command = pick_command(state.tab, state.picked)
    if command is None:
        return state.picked.number
    return state.phrases.say(_PICK_LABELS[command], number=state.picked.number)


def _hint(intent: Intent, state: DeskState) -> str:
    desk, phrases = state.desk, state.phrases
    match intent:
        case Intent.NEXT if desk:
            return _who_is_next(desk, phrases)
        case Intent.FINISH if desk and desk.ticket:
            following = next_stage(desk.ticket, state)
            return phrases.say("then {stage}", stage=state.words.stage(following)) if following else ""
        case Intent.DROP | Intent.REPRINT if desk and desk.ticket and not state.picked:
            return desk.ticket.number
        case Intent.UNDO if desk:
            called = desk.undo_number or ""
            if state.undoes_both:  # in full it would be three lines; what was done is said as it is taken back
                both = phrases.say("{this} and {that}", this=called, that=state.undoes_both)
                return phrases.say("{what}, {seconds} s left", what=both, seconds=state.undo_left_s)
            what = undoes(desk.undo_action or "", called, phrases)
            return phrases.say("{what}, {seconds} s left", what=what, seconds=state.undo_left_s)
        case _:
            return ""


def undoes(action: str, number: str, phrases: Phrases) -> str:
    """Return what `undo` takes back; an action of a newer engine is not named."""
    return phrases.say(_UNDOES.get(action, mark("the last step")), number=number)


def undoes_both(both: Handover, phrases: Phrases) -> str:
    """Return what one `undo` takes back where one key has finished a visit and called the next one."""
    what, first = undoes("called", both.called, phrases), undoes("finished", both.finished, phrases)
    return phrases.say("{this} and {that}", this=what, that=first)


def _who_is_next(desk: CounterMessage, phrases: Phrases) -> str:
    if desk.queue:
        return phrases.say("Next: {number}", number=desk.queue[0].number)
    return "" if queue_length(desk) else phrases.say(_OBSTACLES[Obstacle.NOBODY_WAITS])


def next_stage(ticket: Ticket, state: DeskState) -> str | None:
    """Return where a ticket goes when its stage is finished; None where the visit ends."""
    services = state.office.services if state.office else ()
    stages = next((service.stages for service in services if service.id == ticket.service), ())
    later = stages[stages.index(ticket.stage) + 1 :] if ticket.stage in stages else ()
    return later[0] if later else None


def language_button(state: DeskState) -> Action:
    """Return the switch to the next language, named in itself."""
    key = key_name(Intent.LANGUAGE, state.phrases)
    return Action(Intent.LANGUAGE, own_name(state.next_language), key, enabled=True)


def more_button(state: DeskState) -> Action:
    """Return what shows the acts that a narrow window has no room for, and hides them."""
    label = state.phrases.say("Back") if state.more else state.phrases.say("More")
    return Action(Intent.MORE, label, key_name(Intent.MORE, state.phrases), enabled=True)


def key_name(intent: Intent, phrases: Phrases) -> str:
    """Return the key as it is printed on the button."""
    key = KEYS.get(intent, "enter")
    return phrases.say(_KEY_NAMES[key]) if key in _KEY_NAMES else key.upper()

"""What an officer can do now, and what stands in the way. Pure; the engine decides in the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto

from broker.contract.messages import CounterMessage
from counter.desk.keys import Intent
from counter.desk.lists import pick_command, queue_length
from counter.desk.state import DeskState

MAIN_ACTIONS = (Intent.NEXT, Intent.RECALL, Intent.START, Intent.FINISH, Intent.NO_SHOW)
"""The large row of buttons, in the order of a visit."""
NEAR_ACTIONS: Mapping[str, tuple[Intent, ...]] = {
    "open": (Intent.NEXT, Intent.PAUSE),
    "calling": (Intent.START, Intent.RECALL, Intent.NO_SHOW),
    "serving": (Intent.NEXT, Intent.FINISH, Intent.HOLD),
    "paused": (Intent.PAUSE,),
}
"""The two or three next acts in each state of a counter, for a window that stands beside another program."""
SIDE_ACTIONS = (Intent.HOLD, Intent.TRANSFER, Intent.DROP, Intent.REPRINT, Intent.UNDO, Intent.PAUSE)
"""The smaller row: what does not happen with every visitor."""
ASK_FIRST = frozenset({Intent.SIGN_OUT, Intent.PIN, Intent.HOLD, Intent.TRANSFER, Intent.DROP, Intent.FIND})
"""What opens a dialog before anything is asked of the engine."""
WITHOUT_SESSION = frozenset({Intent.FIND})
"""What anybody may ask of the engine: the protocol takes no session with it."""

_COMMANDS: Mapping[Intent, str] = {
    Intent.NEXT: "next",
    Intent.RECALL: "recall",
    Intent.START: "start",
    Intent.FINISH: "finish",
    Intent.NO_SHOW: "no_show",
    Intent.UNDO: "undo",
    Intent.PAUSE: "pause",
    Intent.REPRINT: "reprint",
}


class Obstacle(Enum):
    """Why something is not possible now; the words are in `counter.pages.actions`."""

    NOT_CONNECTED = auto()
    NOBODY_WAITS = auto()
    NOBODY_CALLED = auto()
    SERVICE_BEGUN = auto()
    CALL_AGAIN_FIRST = auto()
    TOO_EARLY = auto()
    FINISH_FIRST = auto()
    RESUME_FIRST = auto()
    NOTHING_CHOSEN = auto()
    NOTHING_TO_PICK = auto()
    NOTHING_TO_DO = auto()
    NOTHING_TO_UNDO = auto()
    SUPERVISORS_ONLY = auto()
    KIOSK_AWAY = auto()
    KIOSK_CANNOT_PRINT = auto()
    REASON_MISSING = auto()
    NUMBER_MISSING = auto()
    OFFICER_MISSING = auto()
    PIN_MISSING = auto()


def near_actions(state: DeskState) -> tuple[Intent, ...]:
    """Return what comes next, the main thing first; the last step can be taken back while that is possible."""
    doing = state.desk.state if state.desk else "closed"
    near = NEAR_ACTIONS.get(doing, (Intent.NEXT,))
    if not state.undo_left_s:
        return near
    is_awaited = doing == "calling" and state.no_show_left_s == 0
    return near if is_awaited else (*near[:2], Intent.UNDO)


def finishes(desk: CounterMessage | None) -> bool:
    """Tell whether calling the next one finishes with the visitor at the counter first."""
    return desk is not None and desk.state == "serving" and desk.ticket is not None


def command_for(intent: Intent, desk: CounterMessage | None) -> str | None:
    """Return the protocol's command for an intent that needs no more to be known; None for any other."""
    if intent is Intent.PAUSE and desk is not None and desk.state == "paused":
        return "resume"
    return _COMMANDS.get(intent)


def obstacle(intent: Intent, state: DeskState) -> Obstacle | None:
    """Return why `intent` is not possible now; None where it is."""
    if not state.online or not state.is_known or state.desk is None:
        return Obstacle.NOT_CONNECTED
    check = _CHECKS.get(intent)
    return check(state, state.desk) if check is not None else None


def _no_visitor(_state: DeskState, desk: CounterMessage) -> Obstacle | None:
    return Obstacle.FINISH_FIRST if desk.ticket else None


def _free(_state: DeskState, desk: CounterMessage) -> Obstacle | None:
    if desk.state == "paused":
        return Obstacle.RESUME_FIRST
    return Obstacle.FINISH_FIRST if desk.ticket else None


def _next(state: DeskState, desk: CounterMessage) -> Obstacle | None:
    if finishes(desk):
        return None
    return _free(state, desk) or (None if queue_length(desk) else Obstacle.NOBODY_WAITS)


def _pick(state: DeskState, desk: CounterMessage) -> Obstacle | None:
    if state.picked is None:
        return Obstacle.NOTHING_TO_PICK
    command = pick_command(state.tab, state.picked)
    if command is None:
        return Obstacle.NOTHING_TO_DO
    return None if command == "rejoin" else _free(state, desk)


def _visitor(_state: DeskState, desk: CounterMessage) -> Obstacle | None:
    return None if desk.ticket else Obstacle.NOBODY_CALLED


def _called(_state: DeskState, desk: CounterMessage) -> Obstacle | None:
    if desk.ticket is None:
        return Obstacle.NOBODY_CALLED
    return Obstacle.SERVICE_BEGUN if desk.state == "serving" else None


def _no_show(state: DeskState, desk: CounterMessage) -> Obstacle | None:
    if desk.ticket is not None and desk.state != "serving":
        if desk.ticket.times_called < state.calls_before_no_show:
            return Obstacle.CALL_AGAIN_FIRST
        return Obstacle.TOO_EARLY if state.no_show_left_s else None
    return _called(state, desk)


def _transfer(state: DeskState, desk: CounterMessage) -> Obstacle | None:
    if state.moves_picked:
        return None
    return Obstacle.SUPERVISORS_ONLY if desk.ticket is None and state.picked is not None else _visitor(state, desk)


def _drop(state: DeskState, _desk: CounterMessage) -> Obstacle | None:
    return None if state.meant else Obstacle.NOTHING_CHOSEN


def _reprint(state: DeskState, desk: CounterMessage) -> Obstacle | None:
    kiosk = {"away": Obstacle.KIOSK_AWAY, "trouble": Obstacle.KIOSK_CANNOT_PRINT}
    return _drop(state, desk) or kiosk.get(state.devices.paper_obstacle)


def _undo(state: DeskState, _desk: CounterMessage) -> Obstacle | None:
    return None if state.undo_left_s else Obstacle.NOTHING_TO_UNDO


_CHECKS: Mapping[Intent, Callable[[DeskState, CounterMessage], Obstacle | None]] = {
    Intent.NEXT: _next,
    Intent.PICK: _pick,
    Intent.RECALL: _called,
    Intent.START: _called,
    Intent.NO_SHOW: _no_show,
    Intent.FINISH: _visitor,
    Intent.HOLD: _visitor,
    Intent.TRANSFER: _transfer,
    Intent.DROP: _drop,
    Intent.REPRINT: _reprint,
    Intent.UNDO: _undo,
    Intent.PAUSE: _no_visitor,
    Intent.SIGN_OUT: _no_visitor,
}

"""What an officer can do now, and in words why not. Pure; the engine decides in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broker.contract.messages import CounterMessage, Ticket
from broker.language import Phrases, mark, own_name
from counter.keymap import KEYS, Intent
from counter.lists import pick_command, queue_length
from counter.scene import Scene

BUTTONS = (Intent.NEXT, Intent.RECALL, Intent.START, Intent.FINISH, Intent.NO_SHOW)
"""The large row of actions, in the order of a visit."""
SIDE_BUTTONS = (Intent.HOLD, Intent.TRANSFER, Intent.DROP, Intent.REPRINT, Intent.UNDO, Intent.PAUSE)
"""The smaller row: what does not happen with every visitor."""
ASK_FIRST = frozenset({Intent.SIGN_OUT, Intent.HOLD, Intent.TRANSFER, Intent.DROP, Intent.FIND})
"""What opens a dialog before anything is asked of the engine."""

WITHOUT_SESSION = frozenset({Intent.FIND, Intent.REPRINT})
"""What anybody may ask of the engine: the protocol takes no session with it."""

_BEFORE_SERVICE = frozenset({Intent.RECALL, Intent.START, Intent.NO_SHOW})
_ABOUT_CURRENT = _BEFORE_SERVICE | {Intent.FINISH, Intent.HOLD, Intent.TRANSFER}

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
_KEY_NAMES: Mapping[str, str] = {"space": mark("Space"), "enter": mark("Enter"), "escape": mark("Esc")}
_PRIMARY: Mapping[str, Intent] = {
    "open": Intent.NEXT,
    "calling": Intent.START,
    "serving": Intent.FINISH,
    "paused": Intent.PAUSE,
}


@dataclass(frozen=True, slots=True)
class ActionView:
    """One button: what it does, its key, whether it works now, and if not, why; or what more there is to know."""

    intent: Intent
    label: str
    key: str
    enabled: bool
    why_not: str = ""
    hint: str = ""
    busy: bool = False
    primary: bool = False


def command_for(intent: Intent, desk: CounterMessage | None) -> str | None:
    """Return the protocol's command for an intent that needs no more to be known; None for any other."""
    if intent is Intent.PAUSE and desk is not None and desk.state == "paused":
        return "resume"
    return _COMMANDS.get(intent)


def obstacle(intent: Intent, scene: Scene) -> str:
    """Return why `intent` is not possible now, or nothing."""
    desk = scene.desk
    if not scene.online or desk is None:
        return scene.phrases.say("Not connected")
    if intent is Intent.TRANSFER and scene.moves_picked:
        return ""
    if intent in _ABOUT_CURRENT:
        return _current_obstacle(intent, scene, desk)
    return _desk_obstacle(intent, scene, desk)


def _desk_obstacle(intent: Intent, scene: Scene, desk: CounterMessage) -> str:
    phrases = scene.phrases
    match intent:
        case Intent.NEXT:
            return _not_ready(desk, phrases) or ("" if queue_length(desk) else phrases.say("Nobody is waiting"))
        case Intent.DROP | Intent.REPRINT:
            why_not = "" if scene.meant else phrases.say("Choose a number first")
            return why_not or (_paper_obstacle(scene) if intent is Intent.REPRINT else "")
        case Intent.PAUSE | Intent.SIGN_OUT:
            return _occupied(desk, phrases)
        case Intent.UNDO:
            return "" if scene.undo_left_s else phrases.say("Nothing to take back")
        case Intent.PICK:
            return _pick_obstacle(scene, desk)
        case _:
            return ""


def _paper_obstacle(scene: Scene) -> str:
    match scene.devices.paper_obstacle:
        case "away":
            return scene.phrases.say("The kiosk is not running")
        case "trouble":
            return scene.phrases.say("The kiosk cannot print")
        case _:
            return ""


def _current_obstacle(intent: Intent, scene: Scene, desk: CounterMessage) -> str:
    """Return why the visitor at the counter does not allow this."""
    if desk.ticket is None and intent is Intent.TRANSFER and scene.picked is not None:
        return scene.phrases.say("Only a supervisor may")
    if desk.ticket is None:
        return scene.phrases.say("Nobody is called")
    if intent in _BEFORE_SERVICE and desk.state == "serving":
        return scene.phrases.say("Service has begun")
    called, needed = desk.ticket.times_called, scene.calls_before_no_show
    if intent is Intent.NO_SHOW and called < needed:
        return scene.phrases.say("Call again first ({called} of {needed})", called=called, needed=needed)
    return ""


def _occupied(desk: CounterMessage, phrases: Phrases) -> str:
    return phrases.say("Finish {number} first", number=desk.ticket.number) if desk.ticket else ""


def _not_ready(desk: CounterMessage, phrases: Phrases) -> str:
    return phrases.say("Resume first") if desk.state == "paused" else _occupied(desk, phrases)


def _pick_obstacle(scene: Scene, desk: CounterMessage) -> str:
    if scene.picked is None:
        return scene.phrases.say("Use the arrow keys")
    command = pick_command(scene.tab, scene.picked)
    if command is None:
        return scene.phrases.say("There is nothing to do")
    return "" if command == "rejoin" else _not_ready(desk, scene.phrases)


def action_view(intent: Intent, scene: Scene) -> ActionView:
    """Return one button; while something is being asked for, nothing else works."""
    why_not = obstacle(intent, scene)
    busy = scene.busy is intent
    return ActionView(
        intent=intent,
        label=label(intent, scene),
        key=key_name(intent, scene.phrases),
        enabled=not why_not and scene.busy is None,
        why_not=scene.phrases.say("Waiting for the answer") if busy else why_not,
        hint="" if why_not or busy else _hint(intent, scene),
        busy=busy,
        primary=not why_not and scene.desk is not None and _PRIMARY.get(scene.desk.state) is intent,
    )


def label(intent: Intent, scene: Scene) -> str:
    """Return what the button says; where a chosen line of a list is meant, it names the number."""
    phrases, picked = scene.phrases, scene.picked
    if intent is Intent.PAUSE and scene.desk is not None and scene.desk.state == "paused":
        return phrases.say("Resume")
    if intent is Intent.DROP and picked is not None:
        return phrases.say("Cancel {number}", number=picked.number)
    if intent is Intent.REPRINT and picked is not None:
        return phrases.say("Print {number} again", number=picked.number)
    if intent is Intent.TRANSFER and scene.moves_picked and picked is not None:
        return phrases.say("Transfer {number}", number=picked.number)
    if intent is Intent.PICK:
        return _pick_label(scene)
    return phrases.say(_LABELS[intent])


def _pick_label(scene: Scene) -> str:
    if scene.picked is None:
        return scene.phrases.say("Choose a number")
    command = pick_command(scene.tab, scene.picked)
    if command is None:
        return scene.picked.number
    return scene.phrases.say(_PICK_LABELS[command], number=scene.picked.number)


def _hint(intent: Intent, scene: Scene) -> str:
    desk, phrases = scene.desk, scene.phrases
    match intent:
        case Intent.FINISH if desk and desk.ticket:
            following = next_stage(desk.ticket, scene)
            return phrases.say("then {stage}", stage=scene.words.stage(following)) if following else ""
        case Intent.DROP | Intent.REPRINT if desk and desk.ticket and not scene.picked:
            return desk.ticket.number
        case Intent.UNDO if desk:
            what = undoes(desk.undo_action or "", desk.undo_number or "", phrases)
            return phrases.say("{what}, {seconds} s left", what=what, seconds=scene.undo_left_s)
        case _:
            return ""


def undoes(action: str, number: str, phrases: Phrases) -> str:
    """Return what `undo` takes back; an action of a newer engine is not named."""
    return phrases.say(_UNDOES.get(action, mark("the last step")), number=number)


def next_stage(ticket: Ticket, scene: Scene) -> str | None:
    """Return where a ticket goes when its stage is finished; None where the visit ends."""
    services = scene.office.services if scene.office else ()
    stages = next((service.stages for service in services if service.id == ticket.service), ())
    later = stages[stages.index(ticket.stage) + 1 :] if ticket.stage in stages else ()
    return later[0] if later else None


def language_button(scene: Scene) -> ActionView:
    """Return the switch to the next language, named in itself."""
    key = key_name(Intent.LANGUAGE, scene.phrases)
    return ActionView(Intent.LANGUAGE, own_name(scene.next_language), key, enabled=True)


def key_name(intent: Intent, phrases: Phrases) -> str:
    """Return the key as it is printed on the button."""
    key = KEYS.get(intent, "enter")
    return phrases.say(_KEY_NAMES[key]) if key in _KEY_NAMES else key.upper()

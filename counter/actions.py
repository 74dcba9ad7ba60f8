"""What an officer can do now, and in words why not. Pure; the engine decides in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broker.contract.messages import CounterMessage
from broker.language import Phrases, mark
from counter.keymap import KEYS, Intent

BUTTONS = (Intent.NEXT, Intent.RECALL, Intent.START, Intent.FINISH, Intent.NO_SHOW, Intent.PAUSE)
"""The row of actions, in the order of a visit."""

_COMMANDS: Mapping[Intent, str] = {
    Intent.NEXT: "next",
    Intent.RECALL: "recall",
    Intent.START: "start",
    Intent.FINISH: "finish",
    Intent.NO_SHOW: "no_show",
    Intent.PAUSE: "pause",
    Intent.SIGN_OUT: "close",
}
_LABELS: Mapping[Intent, str] = {
    Intent.NEXT: mark("Call next"),
    Intent.RECALL: mark("Recall"),
    Intent.START: mark("Start"),
    Intent.FINISH: mark("Finish"),
    Intent.NO_SHOW: mark("No-show"),
    Intent.PAUSE: mark("Pause"),
    Intent.SIGN_OUT: mark("Sign out"),
    Intent.CONFIRM: mark("Yes"),
    Intent.CANCEL: mark("No"),
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
    """One button: what it does, its key, whether it works now, and if not, why."""

    intent: Intent
    label: str
    key: str
    enabled: bool
    why_not: str = ""
    busy: bool = False
    primary: bool = False


def command_for(intent: Intent, desk: CounterMessage | None) -> str | None:
    """Return the protocol's command for an intent; None where it is none."""
    if intent is Intent.PAUSE and desk is not None and desk.state == "paused":
        return "resume"
    return _COMMANDS.get(intent)


def obstacle(intent: Intent, desk: CounterMessage | None, *, online: bool, phrases: Phrases) -> str:
    """Return why `intent` is not possible now, or nothing."""
    if not online or desk is None:
        return phrases.say("Not connected")
    return _desk_obstacle(intent, desk, phrases)


def _desk_obstacle(intent: Intent, desk: CounterMessage, phrases: Phrases) -> str:
    busy = phrases.say("Finish {number} first", number=desk.ticket.number) if desk.ticket else ""
    match intent:
        case Intent.NEXT if desk.state == "paused":
            return phrases.say("Resume first")
        case Intent.NEXT:
            return busy or ("" if desk.queue or desk.queue_length else phrases.say("Nobody is waiting"))
        case Intent.RECALL | Intent.START | Intent.NO_SHOW if desk.state == "serving":
            return phrases.say("Service has begun")
        case Intent.RECALL | Intent.START | Intent.NO_SHOW | Intent.FINISH:
            return "" if desk.ticket else phrases.say("Nobody is called")
        case Intent.PAUSE | Intent.SIGN_OUT:
            return busy
        case _:
            return ""


def action_view(
    intent: Intent, desk: CounterMessage | None, *, online: bool, busy: Intent | None, phrases: Phrases
) -> ActionView:
    """Return one button; while `busy` is being asked for, nothing else works."""
    why_not = obstacle(intent, desk, online=online, phrases=phrases)
    return ActionView(
        intent=intent,
        label=label(intent, desk, phrases),
        key=key_name(intent, phrases),
        enabled=not why_not and busy is None,
        why_not=phrases.say("Waiting for the answer") if busy is intent else why_not,
        busy=busy is intent,
        primary=not why_not and desk is not None and _PRIMARY.get(desk.state) is intent,
    )


def label(intent: Intent, desk: CounterMessage | None, phrases: Phrases) -> str:
    """Return what the button says."""
    if intent is Intent.PAUSE and desk is not None and desk.state == "paused":
        return phrases.say("Resume")
    return phrases.say(_LABELS[intent])


def key_name(intent: Intent, phrases: Phrases) -> str:
    """Return the key as it is printed on the button."""
    key = KEYS[intent]
    return phrases.say(_KEY_NAMES[key]) if key in _KEY_NAMES else key.upper()

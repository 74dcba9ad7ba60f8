"""Visitors at the kiosks who call for help: who is on the way, and what an officer can say to that. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from broker.contract.messages import HelpCall
from broker.language import bare_counter
from counter.desk.keys import Intent
from counter.desk.state import DeskState
from counter.pages.actions import Action, key_name

MOST_SHOWN = 2
"""So many calls have a line of their own, in a smaller window one; how many more there are stands in the last line."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One kiosk where somebody waits for help."""

    kiosk: str
    text: str
    action: Action | None
    """What this counter can say: that somebody is coming, or that it is done; nothing while others see to it."""


def help_lines(state: DeskState) -> tuple[HelpLine, ...]:
    """Return the calls for help, those that wait for somebody first; each with the same key, which is for the first."""
    calls = sorted(state.help, key=lambda call: (call.counter != state.counter, call.counter is not None, call.since))
    shown = calls[: MOST_SHOWN if state.room.has_all else 1]
    lines = [_line(call, state, is_first=index == 0) for index, call in enumerate(shown)]
    more = len(calls) - len(shown)
    if more > 0:
        text = state.phrases.count("{n} more kiosk calls", "{n} more kiosks call", more)
        lines[-1] = HelpLine(lines[-1].kiosk, f"{lines[-1].text} {text}", lines[-1].action)
    return tuple(lines)


def _line(call: HelpCall, state: DeskState, *, is_first: bool) -> HelpLine:
    phrases, values = state.phrases, {"kiosk": call.kiosk, "time": state.words.clock(call.since)}
    is_ours = call.counter == state.counter
    if call.counter is None:
        text = phrases.say("{kiosk}: a visitor asks for help, since {time}.", **values)
    elif is_ours:
        text = phrases.say("{kiosk}: the visitor knows that you are coming.", **values)
    else:
        coming = bare_counter(call.coming or call.counter)
        return HelpLine(
            call.kiosk, phrases.say("{kiosk}: counter {counter} is coming.", counter=coming, **values), None
        )
    why_not = "" if state.online else phrases.say("Not connected")
    action = Action(
        Intent.HELP,
        phrases.say("Done") if is_ours else phrases.say("I am coming"),
        key_name(Intent.HELP, phrases) if is_first else "",
        enabled=not why_not and state.busy is None,
        why_not=why_not,
        primary=not is_ours,
    )
    return HelpLine(call.kiosk, text, action)

"""What wants somebody's answer: a supervisor who asks something of the counter, visitors who call for help. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from broker.contract.messages import HelpCall
from broker.language import bare_counter, mark
from counter.desk.keys import Intent
from counter.desk.state import DeskState
from counter.pages.actions import Action, key_name

MOST_SHOWN = 2
"""So many calls have a line of their own, in a smaller window one; how many more there are stands in the last line."""


_ASKED = {
    "open": mark("{who} asks you to open this counter."),
    "help": mark("{who} asks you to call for {stage} too, while nobody waits for your own work."),
    "pause": mark("{who} asks you to pause when your visitor has left."),
}


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One kiosk where somebody waits for help, or what is asked of the counter."""

    kiosk: str
    """Empty where a supervisor asks."""
    text: str
    action: Action | None
    """What this counter can say: that somebody is coming, or that it is done; nothing while others see to it."""
    decline: Action | None = None
    """The way out of what a supervisor asks."""

    @property
    def stop(self) -> str:
        """Return the name of its button."""
        return f"{Intent.HELP}:{self.kiosk}" if self.kiosk else Intent.ACCEPT.value


def help_lines(state: DeskState) -> tuple[HelpLine, ...]:
    """Return what staff ask of the counter, then the calls for help; as many as there is room for."""
    asked, calls, since = _asked(state), _calls(state), _agreed(state)
    return (*asked, *calls, *since)[: MOST_SHOWN if state.room.has_all else 1]


def _asked(state: DeskState) -> tuple[HelpLine, ...]:
    """Return what a supervisor asks of this counter; whoever has not signed in answers by that."""
    asked, phrases = state.desk.asked if state.desk else None, state.phrases
    if asked is None:
        return ()
    text = phrases.say(_ASKED[asked.action], who=asked.by, stage=state.words.stage(asked.stage or ""))
    text = f"{text} {phrases.say('Reason: {reason}', reason=asked.text)}" if asked.text else text
    if state.desk is None or state.desk.state == "closed":
        return (HelpLine("", text, None),)
    return (HelpLine("", text, _answer(Intent.ACCEPT, phrases.say("Yes"), state), _no(phrases.say("No"), state)),)


def _agreed(state: DeskState) -> tuple[HelpLine, ...]:
    """Return what the counter does since it said yes, and how that ends."""
    desk, phrases = state.desk, state.phrases
    if desk is None or desk.asked is not None or desk.state == "closed":
        return ()
    if desk.pauses:
        text = phrases.say("This counter pauses when its visitor has left.")
        return (HelpLine("", text, None, _no(phrases.say("Go on calling"), state)),)
    if desk.helps:
        stages = ", ".join(map(state.words.stage, desk.helps))
        text = phrases.say("Today this counter also calls for: {stages}.", stages=stages)
        return (HelpLine("", text, None, _no(phrases.say("No longer"), state)),)
    return ()


def _no(label: str, state: DeskState) -> Action:
    return _answer(Intent.DECLINE, label, state)


def _answer(intent: Intent, label: str, state: DeskState) -> Action:
    why_not = "" if state.online else state.phrases.say("Not connected")
    return Action(
        intent,
        label,
        key_name(intent, state.phrases),
        enabled=not why_not and state.busy is None,
        why_not=why_not,
        primary=intent is Intent.ACCEPT,
    )


def _calls(state: DeskState) -> tuple[HelpLine, ...]:
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

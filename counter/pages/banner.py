"""The line above everything else: what staff must know of the office's machines before they trust the window. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from broker.contract.link import broker_speaks
from broker.language import Phrases, mark
from counter.desk.state import DeskState
from counter.pages.words import Notice, Tone

UNANSWERED_SHOWN_S = 5
"""So long the oldest request of anybody may wait before that is said; an answer usually takes milliseconds."""

WAIT_S = 300
"""So long an officer waits for the connection before people do by voice what the queue did."""

_TROUBLES: Mapping[str, tuple[Tone, str]] = {
    "journal": ("bad", mark("The queue system cannot trust what it has stored. Call technical support now.")),
    "engine": ("warn", mark("The queue system answers nobody for now. Please wait; nothing is done twice.")),
    "clock": ("warn", mark("The clock of the queue system has jumped. Tell technical support; go on working.")),
}
"""What the broker says of itself where something is wrong (`presence/broker`, `devices`), the worst first."""
_VERSIONS: Mapping[str, str] = {
    "older": mark("The queue system is older than this window, and some things may not work. Tell technical support."),
    "newer": mark("This window is older than the queue system, and some things may not work. Tell technical support."),
}


def banner(state: DeskState) -> Notice | None:
    """Return what has to be known, the worst alone; None where all is well."""
    return next(_warnings(state), None)


def _warnings(state: DeskState) -> Iterator[Notice]:
    """Yield all that is wrong, the worst first."""
    phrases, us = state.phrases, state.counter
    if state.standing == "taken":
        text = phrases.say("Another machine already works as this counter ({id}). This window does nothing.", id=us)
        yield Notice("bad", text)
    if state.standing == "untrusted":
        text = phrases.say("What answers is not this office's server. Nothing is sent to it. Call technical support.")
        yield Notice("bad", text)
    troubles = state.broker.devices if state.broker is not None else {}
    if state.online and "journal" in troubles:  # then the picture is old too, and this is why
        yield _trouble("journal", phrases)
    if state.stale_since is not None:
        yield Notice("bad", " ".join(_cut_off(state)))
    yield from (_trouble(name, phrases) for name in _TROUBLES if name in troubles)
    if state.hall is not None and state.hall.unanswered_s >= UNANSWERED_SHOWN_S:
        waited_s = state.hall.unanswered_s
        yield Notice("warn", phrases.say("The queue system is slow: somebody waits {n} s for an answer.", n=waited_s))
    speaks = broker_speaks(state.broker) if state.broker is not None else None
    if speaks is not None:
        yield Notice("warn", phrases.say(_VERSIONS[speaks]))
    if state.standing == "wanted":
        text = phrases.say("Another machine was started as this counter ({id}) too. Close it there.", id=us)
        yield Notice("warn", text)


def _cut_off(state: DeskState) -> Iterator[str]:
    """Yield since when nothing new came, and what an officer does meanwhile."""
    phrases, desk, ticket = state.phrases, state.desk, state.desk.ticket if state.desk else None
    yield state.link
    is_long = state.stale_since is not None and state.words.since(state.stale_since) >= WAIT_S
    if desk is None or desk.state == "closed":
        yield phrases.say("Nobody can sign in until it is back.")
        if is_long:
            yield phrases.say("Tell technical support.")
        return
    if is_long:
        yield phrases.say("Tell technical support.")
        yield phrases.say("Call by voice, note the numbers, and enter them by Find later.")
        return
    if ticket is not None:
        yield phrases.say("Go on with {number}; call nobody yet.", number=ticket.number)
    else:
        yield phrases.say("Please wait; call nobody yet.")
    yield phrases.say("Keys do nothing meanwhile.")


def _trouble(name: str, phrases: Phrases) -> Notice:
    tone, text = _TROUBLES[name]
    return Notice(tone, phrases.say(text))

"""The words of the pages on which there is nothing to do but wait: for an answer, or for the connection. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from broker.contract.messages import OfficeMessage
from broker.language import mark
from kiosk.outbox.known import Unknown
from kiosk.pages.page import Banner, IssuingPage, OfflinePage
from kiosk.visit.state import State
from kiosk.visit.steps import Errand

_UNDER_WAY = {
    Errand.ISSUE: mark("Your number is being prepared"),
    Errand.LOOKUP: mark("Your ticket is being looked up"),
    Errand.REPRINT: mark("Another paper is being prepared"),
    Errand.REJOIN: mark("You are being taken in again"),
    Errand.CANCEL: mark("Your ticket is being cancelled"),
}


UNANSWERED = mark("The queue system is not answering right now")
_TAKEN = mark("Please use the other kiosk, or ask an officer. For staff: this kiosk was started twice, under one id.")
_UNTRUSTED = mark(
    "Please ask an officer for your number. For staff: what answers is not the office's server. Tell technical support."
)


_UNKNOWN: Mapping[Unknown, str] = {
    "never": mark(
        "Please ask an officer for your number. For staff: this kiosk has not reached the queue system yet. "
        "Check its network cable, then tell technical support."
    ),
    "restarted": mark(
        "Please ask an officer for your number. For staff: its machine was started anew, so its numbers in advance "
        "do not count. It needs the queue system to go on."
    ),
}
"""Why nothing can be given out by a kiosk that was started while nobody can be reached."""


def issuing_page(state: State, _office: OfficeMessage) -> IssuingPage:
    """Return what is being asked of the engine, and what to do where the answer is slow."""
    words, since = state.words, state.offline_since
    banner = None
    if state.is_slow:
        title = words.say("Still working, please wait")
        if since is not None:
            title = words.say("Not connected since {time}", time=state.words.clock(since))
        elif state.is_unanswered:
            title = words.say(UNANSWERED)
        banner = Banner(
            "warn",
            title,
            words.say("You will not lose your place and need not touch again. If this lasts, please ask an officer."),
        )
    return IssuingPage(
        title=state.words.say(_UNDER_WAY[state.visit.errand]),
        text=words.say("Please wait a moment."),
        banner=banner,
        beat=state.beat,
    )


def offline_page(state: State) -> OfflinePage:
    """Return, in every language, that nothing can be done here now."""
    if state.is_starting:
        words = tuple(
            (state.phrases(code).say("One moment, please"), state.phrases(code).say("This screen is starting."))
            for code in state.languages
        )
        return OfflinePage(words, is_starting=True, beat=state.beat)
    if state.standing == "taken":
        words = tuple(
            (state.phrases(code).say("This kiosk is not in use"), state.phrases(code).say(_TAKEN))
            for code in state.languages
        )
        return OfflinePage(words, is_starting=False, beat=0)
    since = state.offline_since or state.now
    why = None if state.unknown is None else _UNKNOWN[state.unknown]
    wait = mark("Please ask an officer for your number. This screen will work again by itself.")
    words = tuple(
        (
            state.phrases(code).say("Not connected since {time}", time=state.phrases(code).clock(since)),
            state.phrases(code).say(_UNTRUSTED if state.standing == "untrusted" else why or wait),
        )
        for code in state.languages
    )
    return OfflinePage(words, is_starting=False, beat=0)

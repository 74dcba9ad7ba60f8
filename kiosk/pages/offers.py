"""The words for what the office offers at this moment: how long a queue is, what is full or closed. Pure."""

from __future__ import annotations

import datetime as dt

from broker.language import Phrases
from kiosk.pages.page import Banner
from kiosk.visit.offer import Offer, Queue
from kiosk.visit.state import State

A_WEEK = dt.timedelta(days=7)
"""The name of a weekday tells the day for less than that."""


def offer_banner(state: State) -> Banner | None:
    """Return that no number is given out any more for what the visitor is looking at, and what to do."""
    words, offer = state.words, state.offer
    match offer:
        case "open":
            return None
        case "full":
            advice = words.say("All numbers for today are taken. Please choose another service, or ask an officer.")
        case "closed":
            advice = words.say("No numbers are given out now. Please see the opening hours, or ask an officer.")
    return Banner("warn", offer_state(offer, words, state.opens_at, state.now), advice)


def closed_banner(state: State) -> Banner:
    """Return, in every language, that nothing is offered now: whoever has no ticket need not begin."""
    titles = [state.phrases(code).say("Closed now") for code in state.languages]
    advice = [state.phrases(code).say("Please see the opening hours, or ask an officer.") for code in state.languages]
    return Banner("warn", "  /  ".join(titles), "\n".join(advice))


def offer_state(offer: Offer, words: Phrases, opens_at: dt.datetime | None, now: dt.datetime) -> str:
    """Return why no number is given out, in few words: from when it is, where that is known."""
    if offer == "full":
        return words.say("FULL today")
    if opens_at is None or opens_at.date() - now.date() >= A_WEEK:
        return words.say("Closed now")
    if opens_at.date() == now.date():
        return words.say("from {time}", time=words.clock(opens_at))
    return words.say("from {day} {time}", day=words.weekday(opens_at.date()), time=words.clock(opens_at))


def queue_words(queue: Queue, words: Phrases) -> str:
    """Return how long a newcomer waits, once: how many wait says less, and only where nobody knows how long."""
    if not queue.is_served:
        return words.say("No counter is open yet")
    if queue.wait is not None:
        return words.rough_wait(queue.wait.low_s, queue.wait.high_s)
    return words.count("{n} waits", "{n} wait", queue.count) if queue.count else words.say("nobody waits")


def called_words(queue: Queue, now: dt.datetime, words: Phrases) -> str:
    """Return when whoever takes a number now is called: by the clock on the wall."""
    if queue.wait is None or not queue.is_served:
        return words.say("No counter is open yet")
    return words.say("called {time}", time=words.about(now, queue.wait.low_s, queue.wait.high_s))

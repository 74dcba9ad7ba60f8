"""The words for what the office offers at this moment: how long a queue is, what is full or closed. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from broker.contract.messages import IntakeInfo
from broker.language import Phrases, mark
from kiosk.pages.page import Banner
from kiosk.visit.offer import Offer, Queue, intake_of
from kiosk.visit.state import State

ASK_OFFICER = mark("Please ask an officer")
"""Why something cannot be had at a kiosk that cannot reach the office."""
A_WEEK = dt.timedelta(days=7)
"""The name of a weekday tells the day for less than that."""


def offer_banner(state: State) -> Banner | None:
    """Return that no number is given out any more for what the visitor is looking at, and what to do."""
    words, offer = state.words, state.offer
    if state.service is not None and state.is_spent(state.service):
        title, advice = words.say("No number here right now"), words.say("Please ask an officer for your number.")
        return Banner("warn", title, advice, is_all=True)
    match offer:
        case "open":
            return None
        case "full":
            advice = words.say("All numbers for today are taken. Please choose another service, or ask an officer.")
        case "closed" if (intake := intake_of(state.hall)) is not None:
            return replace(intake_banner(intake, words), is_all=True)
        case "closed" if state.is_closed_today:
            advice = words.say(
                "No more numbers are given out for this today. Please choose another, or ask an officer."
            )
        case "closed":
            advice = words.say("No numbers are given out now. Please see the opening hours, or ask an officer.")
    title = offer_state(offer, words, state.opens_at, state.now, closed_today=state.is_closed_today)
    return Banner("warn", title, advice, is_all=True)


def intake_banner(intake: IntakeInfo, words: Phrases) -> Banner:
    """Return that somebody has stopped the numbers, and when to come back."""
    if intake.until is None:
        advice = words.say("Please come back on another day, or ask an officer.")
        return Banner("warn", words.say("No more numbers are given out today"), advice)
    title = words.say("Come back at {time}", time=words.clock(intake.until))
    return Banner(
        "warn", title, words.say("No numbers are given out until then. Please ask an officer if it is urgent.")
    )


def closed_banner(state: State) -> Banner:
    """Return, in every language, that nothing is offered now: whoever has no ticket need not begin."""
    intake = intake_of(state.hall)
    if intake is not None:
        said = [intake_banner(intake, state.phrases(code)) for code in state.languages]
        return Banner("warn", "  /  ".join(one.title for one in said), "\n".join(one.text for one in said))
    titles = [state.phrases(code).say("Closed now") for code in state.languages]
    advice = [state.phrases(code).say("Please see the opening hours, or ask an officer.") for code in state.languages]
    return Banner("warn", "  /  ".join(titles), "\n".join(advice))


def offer_state(
    offer: Offer, words: Phrases, opens_at: dt.datetime | None, now: dt.datetime, *, closed_today: bool = False
) -> str:
    """Return why no number is given out, in few words: from when it is, where that is known."""
    if offer == "full":
        return words.say("FULL today")
    if closed_today:
        return words.say("Closed today")
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

"""The words for what the office offers at this moment: how long a queue is, what is full or closed. Pure."""

from __future__ import annotations

from broker.language import Phrases
from kiosk.pages.page import Banner
from kiosk.visit.offer import Offer, Queue
from kiosk.visit.state import State


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
    return Banner("warn", offer_state(offer, words), advice)


def closed_banner(state: State) -> Banner:
    """Return, in every language, that nothing is offered now: whoever has no ticket need not begin."""
    titles = [state.phrases(code).say("Closed now") for code in state.languages]
    advice = [state.phrases(code).say("Please see the opening hours, or ask an officer.") for code in state.languages]
    return Banner("warn", "  /  ".join(titles), "\n".join(advice))


def offer_state(offer: Offer, words: Phrases) -> str:
    """Return why no number is given out, in few words."""
    return words.say("Full for today") if offer == "full" else words.say("Closed now")


def queue_words(queue: Queue, words: Phrases) -> str:
    """Return in one line how many wait and how long, or that nobody serves yet."""
    waiting = words.say("Nobody is waiting")
    if queue.count:
        waiting = words.count("{n} person is waiting", "{n} people are waiting", queue.count)
    if not queue.is_served:
        return f"{waiting}  ·  {words.say('No counter is open yet')}"
    if queue.wait is None:
        return waiting
    told = words.say("wait {duration}", duration=words.wait(queue.wait.low_s, queue.wait.high_s))
    # Visitors of other services may come first: "nobody is waiting" would then sound like "at once".
    return told if not queue.count and queue.wait.low_s else f"{waiting}  ·  {told}"

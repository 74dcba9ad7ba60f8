"""What an answer of the engine means, in a sentence: what was done out of sight, and why something was not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker.contract.messages import CounterMessage, Error, Ticket
from broker.language import mark
from counter.actions import undoes
from counter.reply import reply_ticket
from counter.scene import NoticeView, Words

_CANNOT_COME_BACK = mark("{number} came back too often. Only a supervisor brings it back now, by Transfer.")
_DONE: Mapping[str, str] = {
    "cancel": mark("{number} is cancelled."),
    "reprint": mark("Another paper of {number} comes out of the kiosk."),
}


def outcome(command: str, result: Mapping[str, Any], undone: str, words: Words) -> NoticeView | None:
    """Return what has happened, where the window itself does not show it."""
    ticket, phrases = reply_ticket(result), words.phrases
    if ticket is None:
        return NoticeView("info", phrases.say("Nobody is waiting for this counter.")) if command == "next" else None
    match command:
        case "finish" | "transfer" if ticket.state == "waiting":
            stage = words.stage(ticket.stage)
            return NoticeView(
                "good", phrases.say("{number} now waits for: {stage}.", number=ticket.number, stage=stage)
            )
        case "cancel" | "reprint":
            return NoticeView("good", phrases.say(_DONE[command], number=ticket.number))
        case "undo":
            what = undoes(undone, ticket.number, phrases)
            return NoticeView("good", phrases.say("Taken back: {what}.", what=what))
        case "rejoin":
            return NoticeView("good", _rejoined(ticket, words))
        case _:
            return None


def taken_away(before: CounterMessage | None, after: CounterMessage, words: Words) -> NoticeView | None:
    """Return what is said when a visitor leaves the counter by nothing that was done here, such as by a supervisor."""
    if before is None or before.ticket is None or after.ticket is not None or after.state == "closed":
        return None
    text = words.phrases.say(
        "{number} has left this counter: moved, cancelled or finished from elsewhere.", number=before.ticket.number
    )
    return NoticeView("warn", text)


def refusal(error: Error | None, words: Words) -> str:
    """Return why something was not done, and what to do."""
    if error is None:
        return words.phrases.error("bad_request")
    where = error.detail.get("open_at")
    if error.code == "counter_busy" and where:
        return words.phrases.say(
            "Counter {counter} has a visitor: finish there first, then sign in here.",
            counter=words.counter(str(where)),
        )
    if error.code == "not_allowed" and "times" in error.detail:
        return words.phrases.say(_CANNOT_COME_BACK, number=error.detail.get("ticket", ""))
    return words.phrases.error(error.code)


def _rejoined(ticket: Ticket, words: Words) -> str:
    again = words.phrases.say("{number} queues again.", number=ticket.number)
    before = words.phrases.count("{n} number comes before it.", "{n} numbers come before it.", ticket.ahead)
    return f"{again} {before}" if ticket.ahead else again

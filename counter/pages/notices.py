"""The one sentence that wants attention: what was done, why something was not, and how long that stands. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from broker.contract.messages import CounterMessage, Error, ErrorCode, Ticket
from broker.language import Phrases, mark
from counter.desk.dialogs import Handover, Request
from counter.desk.replies import reply_ticket
from counter.desk.state import DesktopFault
from counter.pages.actions import undoes, undoes_both
from counter.pages.words import Notice, Tone, Words

NOTICE_S = 8.0
_PASSING: frozenset[Tone] = frozenset({"info", "good"})
_CANNOT_COME_BACK = mark("{number} came back too often. Only a supervisor brings it back now, by Transfer.")
_BY_DETAIL: Mapping[ErrorCode, tuple[str, str]] = {
    "too_late": (
        "unanswered",
        mark("No answer came, and nothing more is sent. Look at what stands here once it is live, then choose again."),
    ),
    "too_early": ("wait_s", mark("The visitor is still on the way: this is possible in {wait_s} s.")),
}
"""Refusals of which a detail says more: its name, and what is said then."""
_WEAK: Mapping[str, str] = {
    "no_digits": mark("A PIN has digits only."),
    "short": mark("A PIN has at least 4 digits."),
    "long": mark("A PIN has 12 digits at most."),
    "equal": mark("Digits that are all alike are too easy to guess."),
    "run": mark("Digits that only run up or down are too easy to guess."),
    "old": mark("That is the PIN in use now: please choose another."),
}
_PIN_DONE: Mapping[str, str] = {
    "pin": mark("Your PIN is changed: the new one counts from now on."),
    "reset_pin": mark("{officer} has another PIN now."),
    "unlock": mark("{officer} may try to sign in again."),
}
_DONE: Mapping[str, str] = {
    "cancel": mark("{number} is cancelled."),
    "reprint": mark("Another paper of {number} comes out of the kiosk."),
}


class Notices:
    """What was said last; good news passes, bad news stays until something else is done."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Begin with nothing to say."""
        self._monotonic = monotonic
        self._shown: tuple[float, Notice] | None = None

    def show(self, notice: Notice | None) -> None:
        """Show this from now on; nothing leaves what is shown."""
        self._shown = self._shown if notice is None else (self._monotonic(), notice)

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None

    @property
    def current(self) -> Notice | None:
        """Return what is still to be seen."""
        if self._shown is None:
            return None
        since_s, notice = self._shown
        is_over = notice.tone in _PASSING and self._monotonic() - since_s > NOTICE_S
        return None if is_over else notice


def outcome(request: Request, result: Mapping[str, Any], undone: str, words: Words) -> Notice | None:
    """Return what has happened, where the window itself does not show it."""
    ticket, phrases, command = reply_ticket(result), words.phrases, request.command
    if ticket is None:
        return _without_ticket(request, words)
    match command:
        case "finish" | "transfer" if ticket.state == "waiting":
            stage = words.stage(ticket.stage)
            return Notice("good", phrases.say("{number} now waits for: {stage}.", number=ticket.number, stage=stage))
        case "cancel" | "reprint":
            return Notice("good", phrases.say(_DONE[command], number=ticket.number))
        case "undo":
            both = request.part_of
            what = undoes(undone, ticket.number, phrases) if both is None else undoes_both(both, phrases)
            return Notice("good", phrases.say("Taken back: {what}.", what=what))
        case "rejoin":
            return Notice("good", _rejoined(ticket, words))
        case _:
            return None


def _without_ticket(request: Request, words: Words) -> Notice | None:
    phrases, command = words.phrases, request.command
    if command in _PIN_DONE:
        officer = words.officer(request.arguments.get("officer", ""))
        return Notice("good", phrases.say(_PIN_DONE[command], officer=officer))
    return Notice("info", phrases.say("Nobody is waiting for this counter.")) if command == "next" else None


def taken_away(before: CounterMessage | None, after: CounterMessage, words: Words) -> Notice | None:
    """Return what is said when a visitor leaves the counter by nothing that was done here, such as by a supervisor."""
    if before is None or before.ticket is None or after.ticket is not None or after.state == "closed":
        return None
    text = words.phrases.say(
        "{number} has left this counter: moved, cancelled or finished from elsewhere.", number=before.ticket.number
    )
    return Notice("warn", text)


def refusal(error: Error | None, words: Words) -> str:
    """Return why something was not done, and what to do."""
    if error is None:
        return words.phrases.error("bad_request")
    if error.code in _BY_DETAIL and _BY_DETAIL[error.code][0] in error.detail:
        name, message = _BY_DETAIL[error.code]
        return words.phrases.say(message, **{name: error.detail[name]})
    where = error.detail.get("open_at")
    if error.code == "counter_busy" and where:
        return words.phrases.say(
            "Counter {counter} has a visitor: finish there first, then sign in here.",
            counter=words.counter(str(where)),
        )
    if error.code == "not_allowed" and "times" in error.detail:
        return words.phrases.say(_CANNOT_COME_BACK, number=error.detail.get("ticket", ""))
    return words.phrases.error(error.code)


def pin_refused(error: Error | None, words: Words) -> str:
    """Return why a PIN is as it was."""
    phrases, detail = words.phrases, error.detail if error else {}
    if error is not None and error.code == "wrong_pin":
        if detail.get("locked_s"):
            return locked(int(detail["locked_s"]), phrases).text
        why = phrases.say("The current PIN was not correct.")
    elif error is not None and error.code == "weak_pin" and detail.get("reason") in _WEAK:
        why = phrases.say(_WEAK[str(detail["reason"])])
    else:
        return refusal(error, words)
    return phrases.say("The PIN is as it was. {why}", why=why)


def half_done(command: str, both: Handover, error: Error | None, words: Words) -> str:
    """Return what was done and what was not, where the second of two requests was refused or heard nothing."""
    why, values = refusal(error, words), {"finished": both.finished, "called": both.called}
    if command == "next":
        return words.phrases.say("{finished} is finished, but nobody was called. {why}", why=why, **values)
    return words.phrases.say("{called} waits again, but {finished} stays finished. {why}", why=why, **values)


def _rejoined(ticket: Ticket, words: Words) -> str:
    again = words.phrases.say("{number} queues again.", number=ticket.number)
    before = words.phrases.count("{n} number comes before it.", "{n} numbers come before it.", ticket.ahead)
    return f"{again} {before}" if ticket.ahead else again


def slow(phrases: Phrases) -> Notice:
    """Return what is said while a request waits for its answer."""
    return Notice(
        "warn",
        phrases.say(
            "Nothing came back yet. Please wait: the same request goes on by itself, and it is done once at most."
        ),
    )


def refused_for_now(phrases: Phrases) -> Notice:
    """Return what is said while a request is sent again that the engine could not do at first."""
    return Notice("warn", phrases.say("This could not be done yet. It is tried again by itself."))


def locked(left_s: int, phrases: Phrases) -> Notice:
    """Return what is said after too many wrong PINs."""
    minutes = -(-left_s // 60)
    left = (
        phrases.count("{n} minute", "{n} minutes", minutes)
        if minutes > 1
        else phrases.count("{n} second", "{n} seconds", left_s)
    )
    text = phrases.say("Too many wrong PINs. This officer can sign in again in {duration}.", duration=left)
    return Notice("bad", text)


def not_granted(faults: Sequence[DesktopFault], phrases: Phrases) -> Notice | None:
    """Return what the desktop does not do of what the configuration wants, and what to do instead."""
    parts = []
    for fault in faults:
        match fault.what:
            case "keys" if fault.chords:
                keys = ", ".join(chord.title() for chord in fault.chords)
                parts.append(
                    phrases.say("Another program has these keys, or the keyboard lacks them: {keys}.", keys=keys)
                )
            case "keys":
                parts.append(phrases.say("This desktop has no keys that work from other programs. A keypad does it."))
            case "dock":
                parts.append(phrases.say("This desktop cannot keep the window at its edge above the others."))
            case "hint":
                parts.append(phrases.say("This desktop cannot show in its task bar that somebody has come."))
    return Notice("warn", " ".join(parts)) if parts else None


def nobody(phrases: Phrases, *, has_list: bool) -> Notice:
    """Return what is said when a PIN comes without a name."""
    return Notice(
        "info", phrases.say("Choose your name first.") if has_list else phrases.say("Type your officer ID first.")
    )

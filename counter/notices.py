"""The one sentence that wants attention: kept while it matters. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from broker.language import Phrases
from counter.scene import NoticeView, Tone

NOTICE_S = 8.0
_PASSING: frozenset[Tone] = frozenset({"info", "good"})


class Notices:
    """What was told last; good news passes, bad news stays until something else is done."""

    def __init__(self, now: Callable[[], dt.datetime]) -> None:
        """Begin with nothing to tell."""
        self._now = now
        self._told: tuple[dt.datetime, NoticeView] | None = None

    def tell(self, notice: NoticeView | None) -> None:
        """Show this from now on; nothing leaves what is shown."""
        self._told = self._told if notice is None else (self._now(), notice)

    def clear(self) -> None:
        """Show nothing."""
        self._told = None

    @property
    def current(self) -> NoticeView | None:
        """Return what is still to be seen."""
        if self._told is None:
            return None
        told_at, notice = self._told
        is_over = notice.tone in _PASSING and abs((self._now() - told_at).total_seconds()) > NOTICE_S
        return None if is_over else notice


def slow(phrases: Phrases) -> NoticeView:
    """Return what is said while a request waits for its answer."""
    return NoticeView("warn", phrases.say("No answer yet. The same request goes on; it will be done once at most."))


def locked(left_s: int, phrases: Phrases) -> NoticeView:
    """Return what is said after too many wrong PINs."""
    minutes = -(-left_s // 60)
    left = (
        phrases.count("{n} minute", "{n} minutes", minutes)
        if minutes > 1
        else phrases.count("{n} second", "{n} seconds", left_s)
    )
    text = phrases.say("Too many wrong PINs. This officer can sign in again in {duration}.", duration=left)
    return NoticeView("bad", text)


def nobody(phrases: Phrases, *, has_list: bool) -> NoticeView:
    """Return what is said when a PIN comes without a name."""
    return NoticeView(
        "info", phrases.say("Choose your name first.") if has_list else phrases.say("Type your officer ID first.")
    )

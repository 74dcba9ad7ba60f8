"""What the lobby sees and hears: pure. Messages and time go in, one frozen page and announcements come out."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections import deque
from collections.abc import Callable
from typing import Literal

from broker.contract.claim import Standing
from broker.contract.clock import EngineClock
from broker.contract.link import Freshness, broker_speaks
from broker.contract.messages import Announcement as Notice
from broker.contract.messages import (
    AnnouncementsMessage,
    DayMessage,
    EventMessage,
    FeedbackMessage,
    HallMessage,
    OfficeMessage,
    Presence,
    ResultsMessage,
    WaitingMessage,
)
from broker.language import Phrases
from display.hall.announcer import Announcement, SpeechRules, SpokenNotices
from display.hall.board import SPEECH_OVERRUN_S, Call, CallBoard, Zone
from display.hall.programme import Programme
from display.pages.lobby import LobbyPage, LobbyState, OfficeTexts, Room, is_over, lobby_page, office_texts
from display.pages.panel import InfoPage, MediaPage, announced_at
from display.pages.places import Places
from display.pages.results import Ways, published_on, waits_on
from display.pages.sheet import Sheet

Announce = Callable[[Call | None, Announcement], None]
"""Says a call, or without one what the office announces."""
STARTING_S = 8.0
"""A screen that was just switched on is not disconnected yet."""
RUN_S = 1.5
"""A call that is spoken so soon after another needs no chime: everybody listens."""
CALM_S = 3.0
"""So long nobody has to have been called before anything else is said."""
CLOCK_OFF_S = 2.0
"""A clock that differs from the engine's by more is worth a word to staff."""
PULSE_S = 1.0
"""A call that is repeated is bright for half of this, and darker for the other: far from three times a second."""
LIST_PAGE_S = 4.0
"""So long each page of the list of calls stays, where one has not room for all who are awaited."""
FOOTER_S = 8.0
"""So long each line below stays."""
CUT_OFF_AFTER_S = 20.0
"""So long a picture that is old stays: a broker that is started anew is back by then, and nobody is disturbed."""
LEISURE_S = 0.5
"""What nobody waits for (figures, who is served, the list's order) is drawn anew no more often than this."""


class LobbyPresenter:
    """Fed by the bus on the screen's thread; `page` may be asked at every frame."""

    def __init__(
        self,
        *,
        clock: EngineClock,
        languages: tuple[str, ...],
        phrases: Callable[[str], Phrases],
        announce: Announce,
        page_s: float,
        room: Callable[[OfficeTexts], Room],
        has_panel: bool = True,
        zone: Zone = Zone(),  # noqa: B008 - frozen
        veil: Callable[[dt.time], float] = lambda _at: 0.0,
        speech: SpeechRules,
        ways: Ways = Ways(),  # noqa: B008 - frozen
    ) -> None:
        """`announce` must return at once; `speech_ended` is told when it is over. `veil`: how dark it is when idle.

        `ways`: how one complains here.
        """
        self._clock = clock
        self._monotonic = clock.monotonic
        self._phrases = phrases
        self._announce = announce
        self._room_for = room
        self._texts = OfficeTexts()
        self._room = room(self._texts)
        self._has_panel = has_panel
        self._zone, self._veil = zone, veil
        self._speech = speech
        self._languages = languages
        self._fresh = Freshness(clock.now, clock.monotonic)
        self._standing: Standing = "alone"
        self._speaks: Literal["older", "newer"] | None = None
        self._board = CallBoard(monotonic=self._monotonic, first_language=languages[0])
        self._pieces: deque[Announcement] = deque()
        self._heard_until_s = -math.inf
        self._notices = SpokenNotices(self._monotonic)
        self._notice_heard_until_s = -math.inf
        self._notice_lasts_until_s = -math.inf
        """Until then a call waits with its turn, if the sentence is not over before."""
        self._office: OfficeMessage | None = None
        self._hall: HallMessage | None = None
        self._figures: HallMessage | None = None
        self._figures_at_s = -math.inf
        self._day: DayMessage | None = None
        self._announcements: AnnouncementsMessage | None = None
        self._programme = Programme(self._monotonic, phrases=phrases, least_s=page_s, ways=ways)
        self._feedback: FeedbackMessage | None = None
        self._waits: ResultsMessage | None = None
        self._places, self._has_moved, self._placed_at_s = Places(), False, -math.inf
        self._published: tuple[FeedbackMessage | None, dt.date] | None = None
        """What was published last, and on which day that was true."""
        self._announced: tuple[Notice, ...] = ()
        self._footer_from_s = self._monotonic()
        """When the line below was at its first turn: what has just been announced is there at once."""
        self._turns_list = False
        self._started_at_s = self._monotonic()
        self._useless_from_s: float | None = None
        """Since when nothing new can be shown; None while it can."""
        self._drawn_at_s = -math.inf
        self._clock_told_s: float | None = None
        self._drawn: tuple[LobbyState, LobbyPage] | None = None

    # -- what came in -----------------------------------------------------------------------------------------------

    def office(self, message: OfficeMessage) -> None:
        """Take in what the office offers."""
        self._office, self._has_moved = self._zone.office_of(message), True
        self._board.show(self._zone.counters_of(message.counters))
        if self._hall is not None:
            self._board.snapshot(self._hall)
        self._languages = message.languages or self._languages
        self._texts = office_texts(self._office, self._phrases(self._languages[0]).say("Counter"))
        self._fit()

    def hall(self, message: HallMessage) -> None:
        """Take in the live picture."""
        self._clock.heard(message.at, retained=message.retained)
        if not message.retained:
            self._fresh.heard()
        self._hall = message
        self._board.snapshot(message)
        self.tick()

    def day(self, message: DayMessage) -> None:
        """Take in what the day came to so far."""
        self._day = message
        self._programme.figures(self._figures, message)

    def announcements(self, message: AnnouncementsMessage) -> None:
        """Take in what the office announces, now or later."""
        self._announcements = message
        self._announce_now()

    def waiting(self, message: WaitingMessage) -> None:
        """Take in a page of where everybody stands; it is shown with the figures, at leisure."""
        self._places.heard(message)
        self._has_moved = True

    def feedback(self, message: FeedbackMessage) -> None:
        """Take in what the office publishes of its visitors' voice."""
        self._feedback = message
        self._publish_now()

    def results(self, message: ResultsMessage) -> None:
        """Take in what the office publishes of its waits."""
        self._waits = message
        self._publish_now()

    def event(self, message: EventMessage) -> None:
        """Take in one fact."""
        self._clock.heard(message.at)
        self._fresh.heard()
        self._board.event(message)
        self.tick()

    def link(self, *, online: bool) -> None:
        """Take note that the engine is reachable, or no longer."""
        self._fresh.link_changed(online=online)

    def broker(self, presence: Presence) -> None:
        """Take in what the broker says of itself."""
        self._speaks = broker_speaks(presence)

    def taken(self, standing: Standing) -> None:
        """Take note that another process has or wants our id, or no longer."""
        self._standing = standing

    def speech_ended(self, call: Call | None) -> None:
        """Take note that the voice has finished with a piece of `call`, or with a sentence of an announcement.

        The rest gives way to whoever waits, and is not said any more where the visitor has come.
        """
        if call is None:
            self._notice_heard_until_s, self._notice_lasts_until_s = self._monotonic(), -math.inf
            self.tick()
            return
        self._heard_until_s = self._monotonic()
        if self._pieces and not self._board.upcoming and call in self._board.awaited:
            self._announce(call, self._pieces.popleft())
            return
        self._pieces.clear()
        self._board.speech_ended(call)
        self.tick()

    def fit(self, room: Callable[[OfficeTexts], Room]) -> None:
        """Cut the procedures anew for a window of another size."""
        self._room_for = room
        self._drawn = None
        self._fit()

    def drawn(self, sheet: Sheet) -> None:
        """Take note of what had room: pages of the panel wait while it has none, and a list too long turns its own."""
        self._programme.crowd(sheet.panel_level)
        self._turns_list = sheet.turns_list

    def media(self, pages: tuple[MediaPage, ...]) -> None:
        """Take in which pictures and films the office's folder has."""
        self._programme.show(pages)

    def tick(self) -> None:
        """Let time pass: speak the next call, turn the panel."""
        # Without the engine nobody knows who is still called.
        now_s = self._monotonic()
        if self._fresh.stale_since is None and now_s >= self._notice_lasts_until_s:
            call = self._board.next_turn()
            if call is not None:
                self._say(call)
            elif self._is_calm(now_s):
                self._say_notice(now_s)
        if now_s - self._figures_at_s >= LEISURE_S and self._figures is not self._hall:
            self._figures, self._figures_at_s = self._hall, now_s
            self._programme.figures(self._figures, self._day)
        if self._has_moved and now_s - self._placed_at_s >= LEISURE_S:
            self._has_moved, self._placed_at_s = False, now_s
            self._programme.stand(self._places.by_number(self._office))
        self._announce_now()
        self._publish_now()
        self._programme.tick()

    # -- what is shown ----------------------------------------------------------------------------------------------

    @property
    def page(self) -> LobbyPage:
        """Return the page of this moment; the very same one while nothing on it has changed that is worth a drawing."""
        state, now_s = self._state(), self._monotonic()
        if self._drawn is not None:
            before, page = self._drawn
            if state == before or (now_s - self._drawn_at_s < LEISURE_S and not _is_pressing(state, before)):
                return page
        # Only what is drawn needs to know who stays large to the last: it takes as long as all the rest of a state.
        ranked = dataclasses.replace(state, ranks=self._board.ranks(self._room.front_calls))
        page = lobby_page(ranked, phrases=self._phrases)
        self._drawn, self._drawn_at_s = (state, page), now_s
        return page

    @property
    def clock_health(self) -> str:
        """Return how this machine's clock differs from the engine's; nothing depends on it."""
        offset_s = self._clock.offset_s
        if offset_s is None:
            return ""
        if self._clock_told_s is None or abs(offset_s - self._clock_told_s) > max(1.0, abs(self._clock_told_s) / 20):
            self._clock_told_s = offset_s
        told_s = abs(self._clock_told_s)
        if told_s < CLOCK_OFF_S:
            return "right"
        amount = f"{told_s:.0f} s" if told_s < 120 else f"{told_s / 60:.0f} min"  # noqa: PLR2004 - two minutes
        return f"off, {amount} {'ahead of' if self._clock_told_s > 0 else 'behind'} the broker's"

    # -- inside -----------------------------------------------------------------------------------------------------

    def _state(self) -> LobbyState:
        stale_since, now_s = self._fresh.stale_since, self._monotonic()
        most = self._room.front_calls
        is_starting = self._hall is None and now_s - self._started_at_s < STARTING_S
        is_useless = (stale_since is not None and not is_starting) or self._standing in {"taken", "untrusted"}
        if not is_useless:
            self._useless_from_s = None
        elif self._useless_from_s is None:
            self._useless_from_s = now_s
        return LobbyState(
            minute=self._clock.now().replace(second=0, microsecond=0),
            languages=self._languages,
            office=self._office,
            texts=self._texts,
            figures=self._figures,
            stale_since=None if stale_since is None or is_starting else stale_since,
            is_starting=stale_since is not None and is_starting,
            standing=self._standing,
            speaks=self._speaks,
            front=self._board.front(most),
            ranks={},
            speaking=self._board.speaking,
            lit=self._board.repeated if self._monotonic() % PULSE_S < PULSE_S / 2 else frozenset(),
            awaited=self._board.awaited,
            over=self._board.over,
            upcoming=self._board.upcoming,
            announced=self._announced,
            is_cut_off=self._useless_from_s is not None and now_s - self._useless_from_s >= CUT_OFF_AFTER_S,
            panel=self._programme.page if self._has_panel else None,
            veil=self._veil(self._clock.now().time()) if not self._board.awaited else 0.0,
            has_panel=self._has_panel,
            footer_turn=int((self._monotonic() - self._footer_from_s) / FOOTER_S),
            list_turn=int(self._monotonic() / LIST_PAGE_S) if self._turns_list else 0,
        )

    def _fit(self) -> None:
        self._room = self._room_for(self._texts)
        if self._office is not None:
            self._programme.offer(self._office, self._room.fits)

    def _say(self, call: Call) -> None:
        now_s = self._monotonic()
        first, *rest = self._speech.announcements(
            call,
            first_language=self._languages[0],
            at=self._clock.now().time(),
            waiting=len(self._board.upcoming),
            in_run=now_s - self._heard_until_s < RUN_S,
            is_training=self._is_training,
        ) or (None,)
        self._pieces = deque(piece for piece in rest if piece is not None)
        if first is not None:
            lasts_s = sum(map(self._speech.duration_s, (first, *self._pieces)))
            self._board.speech_began(call, lasts_s)
            self._announce(call, first)

    @property
    def _is_training(self) -> bool:
        return self._office is not None and self._office.is_training

    def _announce_now(self) -> None:
        announced = announced_at(self._announcements, self._clock.now())
        if announced != self._announced:
            self._announced, self._footer_from_s = announced, self._monotonic()
            self._programme.announce(announced)

    def _publish_now(self) -> None:
        day = self._clock.now().date()
        if self._published != (self._feedback, day):
            self._published = self._feedback, day
            self._programme.publish(published_on(self._feedback, day))
        self._programme.publish_waits(waits_on(self._waits, day))

    def _is_calm(self, now_s: float) -> bool:
        """Tell whether now there is the time for what the office announces: nobody is called, somebody may hear it."""
        calm_s = now_s - self._heard_until_s
        if not self._notices.is_unfinished:
            calm_s = min(calm_s, now_s - self._notice_heard_until_s)
        is_calling = self._board.speaking is not None or bool(self._board.upcoming or self._pieces)
        is_heard = not self._speech.is_quiet(self._clock.now().time()) and not is_over(self._hall, self._board.awaited)
        return calm_s >= CALM_S and not is_calling and is_heard

    def _say_notice(self, now_s: float) -> None:
        holding = announced_at(self._announcements, self._clock.now())
        sentence = self._notices.next_sentence(
            holding, self._languages, self._speech.manner, is_training=self._is_training
        )
        if sentence is not None:
            piece = Announcement(now_s - self._notice_heard_until_s >= RUN_S, (sentence,))
            self._notice_lasts_until_s = now_s + self._speech.duration_s(piece) + SPEECH_OVERRUN_S
            self._announce(None, piece)


def _is_pressing(state: LobbyState, before: LobbyState) -> bool:
    """Tell whether something is new that has to be seen in the next frame: a call above all.

    That a call leaves, or comes to the front after it stood in the list, is seen half a second later as well: in a rush
    every call is one frame, not two.
    """
    return (
        not set(state.awaited) <= set(before.awaited)
        or _subject(state.panel) != _subject(before.panel)
        or (state.stale_since is None, state.is_starting) != (before.stale_since is None, before.is_starting)
        or (state.standing, state.speaks, state.is_cut_off) != (before.standing, before.speaks, before.is_cut_off)
        or (state.lit, state.list_turn) != (before.lit, before.list_turn)
        or (state.office, state.announced) != (before.office, before.announced)
    )


def _subject(page: InfoPage | None) -> object:
    """Return what a page of the panel is about, whatever its figures are."""
    return None if page is None else (type(page), page.language, page.start, getattr(page, "of", ""))

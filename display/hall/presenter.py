"""What the lobby sees: pure. Messages and time go in, one frozen page comes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from broker.contract.link import Freshness
from broker.contract.messages import EventMessage, HallMessage, OfficeMessage
from broker.language import Phrases
from display.hall.announcer import SpeechRules
from display.hall.stage import Call, CallBoard
from display.pages.lobby import LobbyPage, LobbyState, Room, lobby_page
from display.pages.panel import ProcedurePanel, procedure_panels
from hardware.ports import Utterance

Announce = Callable[[Call, tuple[Utterance, ...]], None]


class LobbyPresenter:
    """Fed by the bus on the screen's thread; `page` may be asked at every frame."""

    def __init__(
        self,
        *,
        now: Callable[[], dt.datetime],
        languages: tuple[str, ...],
        phrases: Callable[[str], Phrases],
        announce: Announce,
        page_s: float,
        room: Room,
        speech: SpeechRules,
    ) -> None:
        """`now` tells the office's own time; `announce` must return at once."""
        self._now = now
        self._phrases = phrases
        self._announce = announce
        self._page_s = page_s
        self._room = room
        self._speech = speech
        self._languages = languages
        self._fresh = Freshness(now)
        self._board = CallBoard(now=now, speech_s=self._speech_s, first_language=languages[0])
        self._office: OfficeMessage | None = None
        self._hall: HallMessage | None = None
        self._procedures: tuple[ProcedurePanel, ...] = ()
        self._turn = 0
        self._turned_at = now()

    # -- what came in -----------------------------------------------------------------------------------------------

    def office(self, message: OfficeMessage) -> None:
        """Take in what the office offers."""
        self._office = message
        self._languages = message.languages or self._languages
        self._lay_out_procedures()

    def hall(self, message: HallMessage) -> None:
        """Take in the live picture."""
        self._fresh.heard()
        self._hall = message
        self._board.snapshot(message)
        self.tick()

    def event(self, message: EventMessage) -> None:
        """Take in one fact."""
        self._board.event(message)
        self.tick()

    def link(self, *, online: bool) -> None:
        """Take note that the engine is reachable, or no longer."""
        self._fresh.link_changed(online=online)

    def speech_ended(self, call: Call) -> None:
        """Take note that the voice has finished with `call`."""
        self._board.speech_ended(call)

    def fit(self, room: Room) -> None:
        """Lay the procedures out again for a window of another size."""
        self._room = room
        self._lay_out_procedures()

    def tick(self) -> None:
        """Let time pass: bring the next call to the front, turn the panel."""
        call = self._board.tick()
        if call is not None and call.announced:
            self._say(call)
        now = self._now()
        if self._board.calling_now:
            self._turned_at = now
        elif abs((now - self._turned_at).total_seconds()) >= self._page_s:
            self._turned_at = now
            self._turn += 1

    # -- what is shown ----------------------------------------------------------------------------------------------

    @property
    def page(self) -> LobbyPage:
        """Return the page of this moment."""
        state = LobbyState(
            now=self._now(),
            languages=self._languages,
            office=self._office,
            hall=self._hall,
            stale_since=self._fresh.stale_since,
            front=self._board.current,
            is_calling=self._board.calling_now,
            others=self._board.others,
            upcoming=self._board.queued,
            procedures=self._procedures,
            turn=self._turn,
        )
        return lobby_page(state, room=self._room, phrases=self._phrases)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _utterances(self, call: Call) -> tuple[Utterance, ...] | None:
        first, at, behind = self._languages[0], self._now().time(), len(self._board.queued)
        return self._speech.announcement(call, first_language=first, at=at, behind=behind)

    def _speech_s(self, call: Call) -> float:
        return self._speech.duration_s(self._utterances(call))

    def _say(self, call: Call) -> None:
        utterances = self._utterances(call)
        if utterances is None:  # quiet hours
            self._board.speech_ended(call)
        else:
            self._announce(call, utterances)

    def _lay_out_procedures(self) -> None:
        if self._office is not None:
            room = self._room
            self._procedures = procedure_panels(
                self._office, phrases=self._phrases, lines=room.lines, room=room.page_lines
            )

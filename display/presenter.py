"""What the lobby sees: pure. Messages and time go in, one frozen picture comes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from broker.contract.link import Freshness
from broker.contract.messages import EventMessage, HallMessage, OfficeMessage, ServiceInfo, Wait
from broker.language import Phrases, mark
from display.announcer import SpeechRules
from display.calls import Call, CallBoard
from display.pages import Page, chunks, pages
from display.scene import CallView, LaneView, LinkView, LobbyView, OtherCallView, Room, WaitingPage, WaitingView
from hardware.ports import Utterance

Announce = Callable[[Call, tuple[Utterance, ...]], None]
BETWEEN_LANGUAGES = "\n"
STARTING_S = 8.0
"""A screen that was just switched on is not disconnected yet."""


class LobbyPresenter:
    """Fed by the bus on the screen's thread; `view` may be asked at every frame."""

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
        self._pages: tuple[Page, ...] = ()
        self._turn = 0
        self._turned_at = now()

    # -- what came in -----------------------------------------------------------------------------------------------

    def office(self, message: OfficeMessage) -> None:
        """Take in what the office offers."""
        self._office = message
        self._languages = message.languages or self._languages
        self._lay_out_pages()

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
        """Lay the pages out again for a window of another size."""
        self._room = room
        self._lay_out_pages()

    def tick(self) -> None:
        """Let time pass: bring the next call to the front, turn the page."""
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
    def view(self) -> LobbyView:
        """Return the picture of this moment."""
        now = self._now()
        first = self._phrases(self._languages[0])
        panel = self._panel()
        # Headings change their language with the panel: side by side, two languages would not fit.
        passing = self._phrases(panel.language) if panel else first
        return LobbyView(
            office=self._office.office.name.get(first.language, "") if self._office else "",
            date=first.date(now.date()),
            clock=first.clock(now),
            link=self._link(),
            number_title=passing.say("Number"),
            counter_title=passing.say("Counter"),
            call=self._call(),
            calling=self._board.calling_now,
            resting=self._all(mark("Please keep your number ready.")),
            others_title=passing.say("Recent calls"),
            others=self._others(),
            panel=panel,
        )

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

    def _lay_out_pages(self) -> None:
        if self._office is not None:
            self._pages = pages(self._office, phrases=self._phrases, lines=self._room.lines, room=self._room.page_lines)

    def _all(self, message: str) -> str:
        """Return a text in every language of the office, each once."""
        texts = dict.fromkeys(self._phrases(language).say(message) for language in self._languages)
        return BETWEEN_LANGUAGES.join(texts)

    def _link(self) -> LinkView:
        since = self._fresh.stale_since
        first = self._phrases(self._languages[0])
        if since is None:
            return LinkView(live=True, text=first.say("Live"))
        if self._hall is None and (self._now() - since).total_seconds() < STARTING_S:
            return LinkView(live=False, text=first.say("One moment, please. This screen is starting."))
        text = first.say("Not connected since {time}. What is shown may be old.", time=first.clock(since))
        return LinkView(live=False, text=text)

    def _lane(self, lane_id: str, language: str) -> LaneView | None:
        for index, lane in enumerate(self._office.lanes if self._office else ()):
            if lane.id == lane_id:
                return LaneView(lane.letter, lane.shape, lane.name.get(language, lane.id), index)
        return None

    def _call(self) -> CallView | None:
        call = self._board.current
        if call is None:
            return None
        voices = [self._phrases(language) for language in dict.fromkeys((call.language, self._languages[0]))]
        again = voices[0].say("Call no. {n}", n=call.times_called) if call.times_called > 1 else ""
        return CallView(
            number=call.number,
            lane=self._lane(call.lane, call.language),
            counter_label=call.counter_label,
            requests=tuple(voice.say("Please go to counter {counter}", counter=call.counter_label) for voice in voices),
            again=again,
        )

    def _others(self) -> tuple[OtherCallView, ...]:
        first = self._phrases(self._languages[0])
        upcoming = self._board.queued
        return tuple(
            OtherCallView(
                number=call.number,
                lane=self._lane(call.lane, first.language),
                counter_label=call.counter_label,
                upcoming=call.place in upcoming,
            )
            for call in self._board.others[: self._room.other_calls]
        )

    def _panel(self) -> Page | WaitingPage | None:
        """Return what the panel shows: procedures and waiting services by turns."""
        if not self._pages:
            return None
        round_, is_waiting = divmod(self._turn, 2)
        page = self._pages[round_ % len(self._pages)]
        return self._waiting_page(round_, page.language) if is_waiting else page

    def _waiting_page(self, round_: int, language: str) -> WaitingPage | None:
        if self._office is None:
            return None
        phrases = self._phrases(language)

        def needs(service: ServiceInfo) -> int:
            return self._room.name_lines(service.name.get(language, service.id)) + 1

        blocks = tuple(chunks(self._office.services, needs, self._room.waiting_lines))
        rows = tuple(self._waiting_row(service, phrases) for service in blocks[round_ % len(blocks)])
        return WaitingPage(language, phrases.say("Waiting now"), rows)

    def _waiting_row(self, service: ServiceInfo, phrases: Phrases) -> WaitingView:
        groups = self._hall.waiting if self._hall else ()
        return WaitingView(
            letter=service.letter,
            service=service.name.get(phrases.language, service.id),
            count=str(sum(group.count for group in groups if group.service == service.id)),
            wait=self._wait_text(service.id, service.stages[0], phrases),
        )

    def _wait_text(self, service: str, stage: str, phrases: Phrases) -> str:
        wait = self._newcomers_wait(service, stage)
        if wait is None:
            return phrases.say("No counter is open yet")
        return phrases.say("Wait: {range}", range=phrases.wait(wait.low_s, wait.high_s))

    def _newcomers_wait(self, service: str, stage: str) -> Wait | None:
        """Return the wait of whoever drew a number now: in the first lane, before the first stage."""
        if self._hall is None or self._office is None:
            return None
        lane = self._office.lanes[0].id
        for group in self._hall.waiting:
            if (group.service, group.stage, group.lane) == (service, stage, lane):
                return group.wait
        return None

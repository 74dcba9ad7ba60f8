"""One keypad at one counter: keys, messages and time go in, what it shows comes out. Pure but for the requests.

The truth about the counter is its retained picture. Whoever signed in last has the session, here or at a window: the
other shows the same number, and its keys say that it is not signed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker.contract.claim import Standing
from broker.contract.clock import EngineClock
from broker.contract.link import Freshness, Requester
from broker.contract.messages import CounterMessage, HallMessage, Reply
from counter.desk.keys import Intent
from counter.desk.requests import Requests
from counter.desk.session import Session, Sessions, ends_session
from counter.keypads import words
from counter.keypads.entry import SignInEntry
from hardware.codecs.keypads.pad import PadFace

NOTICE_S = 3.0
FORGET_AFTER_S = 30.0
"""What was typed and not sent is forgotten after this: nobody else shall go on with half a PIN."""
SIGN_OUT_NUMBER = "0"
"""For pads without a key to sign out: this and Enter."""

_INTENTS: Mapping[str, Intent] = {
    "next": Intent.NEXT,
    "recall": Intent.RECALL,
    "start": Intent.START,
    "finish": Intent.FINISH,
    "no_show": Intent.NO_SHOW,
    "pause": Intent.PAUSE,
    "close": Intent.SIGN_OUT,
    "enter": Intent.CONFIRM,
    "clear": Intent.CANCEL,
}


class PadPresenter:
    """Fed by bus and keys on one thread; `face` may be asked at every tick."""

    def __init__(
        self,
        *,
        counter: str,
        officers: tuple[str, ...],
        clock: EngineClock,
        requester: Requester,
        sessions: Sessions,
    ) -> None:
        """`officers` are the ids of those who may sign in here; `clock`, this pad's own, is followed here."""
        self._counter = counter
        self._clock = clock
        self._sessions = sessions
        self._fresh = Freshness(clock.now, clock.monotonic)
        self._requests = Requests(clock, requester)
        self._entry = SignInEntry(officers)
        self._entering = False
        self._is_taken = False
        self._typed = ""
        self._typed_at_s = clock.monotonic()
        self._desk: CounterMessage | None = None
        self._notice: tuple[float, str] | None = None
        kept = sessions.load()
        self._session = kept if kept is not None and kept.counter == counter else None

    # -- what came in -----------------------------------------------------------------------------------------------

    def link(self, *, online: bool) -> None:
        """Take note that the engine is reachable, or no longer."""
        self._fresh.link_changed(online=online)

    def hall(self, message: HallMessage) -> None:
        """Take note of a sign of life; what a pad shows stands in the counter's own picture."""
        self._clock.heard(message.at, retained=message.retained)
        self._fresh.heard(retained=message.retained)
        self._end_if_closed(message)

    def desk(self, message: CounterMessage) -> None:
        """Take in the picture of one counter; those of others are passed by."""
        if message.id != self._counter:
            return
        self._desk = message
        self._end_if_closed()

    def taken(self, standing: Standing) -> None:
        """Take note that another process has or wants the line's id, or no longer."""
        self._is_taken = standing == "taken"

    def tick(self) -> None:
        """Take note that time goes by; several times a second."""
        self._requests.tick()

    def key(self, name: str) -> None:
        """Take a key. While nothing is connected keys do nothing, then or later."""
        if self._is_stale:
            return
        self._forget_what_is_old()
        self._typed_at_s = self._clock.monotonic()
        intent = _INTENTS.get(name)
        if intent is None:
            self._requests.pressed(Intent.FIELD)  # whatever key comes next is another wish
        elif not self._counts(intent):
            return
        if self._session is None:
            self._sign_in_key(name, intent)
        else:
            self._desk_key(name, intent)

    # -- what is shown ----------------------------------------------------------------------------------------------

    @property
    def face(self) -> PadFace:
        """Return what the pad shows now."""
        if self._is_taken:
            return PadFace(words.TAKEN)
        if self._is_stale or self._desk is None:
            return PadFace(words.NO_CONNECTION)
        self._forget_what_is_old()
        return PadFace(self._text(self._desk), self._desk.queue_length)

    def _text(self, desk: CounterMessage) -> str:
        if self._requests.slow or self._requests.refused_for_now:
            return words.WORKING
        if self._notice is not None and self._clock.monotonic() - self._notice[0] < NOTICE_S:
            return self._notice[1]
        if self._session is None and (self._entering or desk.state == "closed"):
            return self._entry.text
        if self._session is not None and self._typed:
            return self._typed
        if desk.ticket is not None:
            return desk.ticket.number
        return words.PAUSED if desk.state == "paused" else words.IDLE

    # -- inside -----------------------------------------------------------------------------------------------------

    @property
    def _is_stale(self) -> bool:
        return self._is_taken or self._fresh.stale_since is not None

    @property
    def _no_show_left_s(self) -> float:
        begin = self._desk.no_show_from if self._desk else None
        return 0.0 if begin is None else (begin - self._clock.now()).total_seconds()

    def _counts(self, intent: Intent) -> bool:
        """Tell whether a press is one of its own, not the bounce of the last or in the middle of a request."""
        if not self._requests.idle or self._requests.is_double_press(intent):
            return False
        self._requests.pressed(intent)
        self._notice = None
        return True

    def _sign_in_key(self, name: str, intent: Intent | None) -> None:
        match intent:
            case None:
                self._entering = True
                self._notice = None
                self._entry.type(name)
            case Intent.CANCEL:
                self._entry, self._entering = self._entry.again(), False
            case Intent.CONFIRM if not self._entry.officer and self._entry.number:
                if not self._entry.choose():
                    self._tell(words.NOBODY_OF_THAT_NUMBER)
            case Intent.CONFIRM if self._entry.pin:
                self._open()
            case Intent.CONFIRM:
                self._entering = True
            case _:
                self._tell(words.NOT_SIGNED_IN)

    def _desk_key(self, name: str, intent: Intent | None) -> None:
        match intent:
            case None:
                self._notice = None
                self._typed = (self._typed + name)[-4:]
            case Intent.CANCEL:
                self._typed = ""
            case Intent.CONFIRM if self._typed == SIGN_OUT_NUMBER:
                self._typed = ""
                self._ask(Intent.SIGN_OUT, "close")
            case Intent.CONFIRM:
                self._typed = ""
                self._tell(words.NOT_NOW)
            case Intent.NO_SHOW if self._no_show_left_s > 0:
                self._typed = ""
                self._tell(words.possible_in(self._no_show_left_s))
            case _:
                self._typed = ""
                self._ask(intent, self._command(intent))

    def _command(self, intent: Intent) -> str:
        if intent is Intent.SIGN_OUT:
            return "close"
        if intent is Intent.PAUSE and self._desk is not None and self._desk.state == "paused":
            return "resume"
        return str(intent)

    def _open(self) -> None:
        officer, pin = self._entry.officer, self._entry.take_pin()
        arguments = {"counter": self._counter, "officer": officer, "pin": pin}
        self._requests.send(Intent.CONFIRM, "open", arguments, lambda reply: self._opened(reply, officer))

    def _opened(self, reply: Reply, officer: str) -> None:
        if not reply.ok:
            self._tell(words.refusal(reply.error))
            return
        self._session = Session(self._counter, officer, str((reply.result or {}).get("session", "")))
        self._sessions.save(self._session)
        if self._desk is not None:  # with it, a hall that is on its way from before would end this session
            self._desk = self._desk.model_copy(update={"retained": False})
        self._entry, self._entering = self._entry.again(), False

    def _ask(self, intent: Intent, command: str) -> None:
        if self._session is not None:
            arguments = {"counter": self._counter, "session": self._session.token}
            self._requests.send(intent, command, arguments, lambda reply: self._answered(intent, reply))

    def _answered(self, intent: Intent, reply: Reply) -> None:
        result: Mapping[str, Any] = reply.result or {}
        if not reply.ok:
            self._tell(words.refusal(reply.error))
            if reply.error is not None and reply.error.code == "no_session":
                self._signed_out()
        elif intent is Intent.SIGN_OUT:
            self._signed_out()
        elif intent is Intent.NEXT and result.get("ticket") is None:
            self._tell(words.NOBODY_WAITS)

    def _end_if_closed(self, hall: HallMessage | None = None) -> None:
        if self._session is not None and self._requests.idle and ends_session(self._desk, hall):
            self._signed_out()

    def _signed_out(self) -> None:
        self._session = None
        self._sessions.clear()
        self._entry, self._entering = self._entry.again(), False
        self._typed = ""

    def _tell(self, text: str) -> None:
        self._notice = (self._clock.monotonic(), text)

    def _forget_what_is_old(self) -> None:
        if self._clock.monotonic() - self._typed_at_s > FORGET_AFTER_S:
            self._typed = ""
            if self._entering:
                self._entry, self._entering = self._entry.again(), False

"""The officer's window: pure. Keys, touches, messages and time go in; one frozen picture comes out.

At most one request is under way; until it is answered nothing else can be asked. The truth about the counter
is its retained picture; a reply only bridges the moment until that arrives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from broker.contract.link import Freshness, Requester
from broker.contract.messages import CounterMessage, HallMessage, OfficeMessage, Reply
from broker.language import Phrases
from counter.actions import BUTTONS, command_for, label, obstacle
from counter.desk_view import DeskView, desk_view
from counter.keymap import Intent, Typed
from counter.reply import bridged
from counter.scene import NoticeView, Scene, Tone
from counter.session import Session, Sessions
from counter.signin import Field, SignInForm
from counter.signin_view import SignInView, sign_in_view

SLOW_AFTER_S = 3.0
"""A request without an answer is shown as such after this."""
BUSY_SHOWN_AFTER_S = 0.25
"""Answers usually take a millisecond; buttons that blink grey would only disturb."""
DOUBLE_PRESS_S = 0.6
"""A second press of the same key within this belongs to the first one; another key is another wish."""
NOTICE_S = 8.0


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """The request that has not been answered yet."""

    intent: Intent
    since: dt.datetime


class CounterPresenter:
    """Fed by bus and keyboard on the window's thread; `view` may be asked at every frame."""

    def __init__(
        self,
        *,
        counter: str,
        now: Callable[[], dt.datetime],
        requester: Requester,
        sessions: Sessions,
        officers: tuple[tuple[str, str], ...],
        languages: tuple[str, ...],
        phrases: Callable[[str], Phrases],
    ) -> None:
        """`officers` are the (id, name) pairs that this machine knows, or none: then the id is typed."""
        self._counter = counter
        self._now = now
        self._requester = requester
        self._sessions = sessions
        self._languages = languages
        self._phrases_of = phrases
        self._language = languages[0]
        self._form = SignInForm(officers)
        self._fresh = Freshness(now)
        self._office: OfficeMessage | None = None
        self._hall: HallMessage | None = None
        self._desk: CounterMessage | None = None
        self._under_way: _UnderWay | None = None
        self._pressed: tuple[Intent, dt.datetime] | None = None
        self._notice: tuple[dt.datetime, NoticeView] | None = None
        self._asks_sign_out = False
        kept = sessions.load()
        self._session = kept if kept is not None and kept.counter == counter else None

    # -- what came in -----------------------------------------------------------------------------------------------

    def office(self, message: OfficeMessage) -> None:
        """Take in what the office offers."""
        self._office = message
        self._languages = message.languages or self._languages

    def hall(self, message: HallMessage) -> None:
        """Take in the live picture."""
        self._fresh.heard()
        self._hall = message

    def desk(self, message: CounterMessage) -> None:
        """Take in the picture of one counter; those of others are passed by."""
        if message.id != self._counter:
            return
        self._desk = message
        if message.state == "closed" and self._session is not None and self._under_way is None:
            self._signed_out(self._phrases.say("This counter was closed. Please sign in again."))

    def link(self, *, online: bool) -> None:
        """Take note that the engine is reachable, or no longer."""
        self._fresh.link_changed(online=online)

    # -- what the officer does --------------------------------------------------------------------------------------

    @property
    def signed_in(self) -> bool:
        """Tell which of the two pictures is shown."""
        return self._session is not None

    def press(self, intent: Intent) -> None:
        """Do what a key or a button of the desk asks for, if that is possible now."""
        if intent is Intent.LANGUAGE:
            self._switch_language()
        elif self._session is None:
            self._press_in_form(intent)
        elif self._asks_sign_out:
            self._answer_question(intent)
        elif intent in (*BUTTONS, Intent.SIGN_OUT):
            self._act(intent)

    def type(self, typed: Typed) -> None:
        """Take a character for the sign-in form, also while the engine still looks at the last attempt."""
        if self._session is None:
            self._form.type(typed.character)

    def choose_officer(self, index: int) -> None:
        """Take the officer at `index` of the list."""
        if self._session is None:
            self._form.choose(index)

    def focus(self, field: Field) -> None:
        """Go to a field of the form."""
        self._form.focus = field

    def _press_in_form(self, intent: Intent) -> None:
        match intent:
            case Intent.CONFIRM if self._under_way is None:
                self._sign_in()
            case Intent.ERASE:
                self._form.erase()
            case Intent.UP | Intent.DOWN:
                self._form.move(1 if intent is Intent.DOWN else -1)
            case Intent.FIELD:
                self._form.next_field()
            case Intent.CANCEL:
                self._form.take_pin()
            case _:
                pass

    def _act(self, intent: Intent) -> None:
        if self._under_way is not None or self._is_double_press(intent):
            return
        why_not = obstacle(intent, self._desk, online=self._fresh.online, phrases=self._phrases)
        if why_not:
            self._tell("info", f"{label(intent, self._desk, self._phrases)}: {why_not}")
            return
        self._pressed = (intent, self._now())
        self._notice = None
        if intent is Intent.SIGN_OUT:
            self._asks_sign_out = True
            return
        self._ask(intent)

    def _answer_question(self, intent: Intent) -> None:
        if intent is Intent.CONFIRM and self._under_way is None:
            self._asks_sign_out = False
            self._ask(Intent.SIGN_OUT)
        elif intent is Intent.CANCEL:
            self._asks_sign_out = False

    def _is_double_press(self, intent: Intent) -> bool:
        if self._pressed is None:
            return False
        last, at = self._pressed
        return intent is last and self._elapsed_s(at) < DOUBLE_PRESS_S

    def _switch_language(self) -> None:
        self._language = self._next_language
        self._notice = None

    # -- requests ---------------------------------------------------------------------------------------------------

    def _sign_in(self) -> None:
        if not self._form.officer:
            self._form.focus = Field.OFFICER
            self._tell(
                "info",
                self._phrases.say("Choose your name first.")
                if self._form.officers
                else self._phrases.say("Type your officer ID first."),
            )
        elif not self._form.pin:
            self._form.focus = Field.PIN
        else:
            self._notice = None
            arguments = {"counter": self._counter, "officer": self._form.officer, "pin": self._form.take_pin()}
            self._request(Intent.CONFIRM, "open", arguments)

    def _ask(self, intent: Intent) -> None:
        command = command_for(intent, self._desk)
        if command is not None and self._session is not None:
            self._request(intent, command, {"counter": self._counter, "session": self._session.token})

    def _request(self, intent: Intent, command: str, arguments: Mapping[str, Any]) -> None:
        self._under_way = _UnderWay(intent, self._now())
        officer = self._form.officer

        def answered(reply: Reply) -> None:
            self._under_way = None
            self._answered(intent, reply, officer)

        self._requester.request(command, arguments, answered)

    def _answered(self, intent: Intent, reply: Reply, officer: str) -> None:
        result = reply.result or {}
        if not reply.ok:
            self._refused(reply)
        elif intent is Intent.CONFIRM:
            self._signed_in(str(result.get("session", "")), officer, result)
        elif intent is Intent.SIGN_OUT:
            self._signed_out("")
        else:
            self._desk = bridged(self._desk, intent, result)
            if intent is Intent.NEXT and result.get("ticket") is None:
                self._tell("info", self._phrases.say("Nobody is waiting for this counter."))

    def _refused(self, reply: Reply) -> None:
        code = reply.error.code if reply.error else "bad_request"
        text = self._phrases.error(code)
        where = reply.error.detail.get("open_at") if reply.error else None
        if code == "not_allowed" and where:
            text = self._phrases.say(
                "You are still signed in at counter {counter}. Sign out there first.",
                counter=self._label_of(str(where)),
            )
        if code == "no_session" and self._session is not None:
            self._signed_out(text)
        else:
            self._tell("bad", text)

    def _signed_in(self, token: str, officer: str, result: Mapping[str, Any]) -> None:
        self._session = Session(self._counter, officer, token)
        self._sessions.save(self._session)
        self._desk = bridged(self._desk, Intent.CONFIRM, result)

    def _signed_out(self, why: str) -> None:
        self._session = None
        self._asks_sign_out = False
        self._sessions.clear()
        self._form = SignInForm(self._form.officers)
        self._notice = None
        if why:
            self._tell("warn", why)

    # -- what is shown ----------------------------------------------------------------------------------------------

    @property
    def view(self) -> SignInView | DeskView:
        """Return the picture of this moment."""
        scene = self._scene()
        return sign_in_view(self._form, scene) if self._session is None else desk_view(scene)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _scene(self) -> Scene:
        return Scene(
            counter=self._counter,
            office=self._office,
            hall=self._hall,
            desk=self._desk,
            phrases=self._phrases,
            next_language=self._next_language,
            now=self._now(),
            online=self._fresh.online,
            stale_since=self._fresh.stale_since,
            busy=self._busy,
            notice=self._notice_now(),
            asks_sign_out=self._asks_sign_out,
        )

    @property
    def _phrases(self) -> Phrases:
        return self._phrases_of(self._language)

    @property
    def _next_language(self) -> str:
        at = self._languages.index(self._language) if self._language in self._languages else -1
        return self._languages[(at + 1) % len(self._languages)]

    def _label_of(self, counter: str) -> str:
        counters = self._office.counters if self._office else ()
        return next((info.label for info in counters if info.id == counter), counter)

    @property
    def _busy(self) -> Intent | None:
        under_way = self._under_way
        return under_way.intent if under_way and self._elapsed_s(under_way.since) >= BUSY_SHOWN_AFTER_S else None

    def _elapsed_s(self, since: dt.datetime) -> float:
        return (self._now() - since).total_seconds()

    def _tell(self, tone: Tone, text: str) -> None:
        self._notice = (self._now(), NoticeView(tone, text))

    def _notice_now(self) -> NoticeView | None:
        if self._under_way is not None and self._elapsed_s(self._under_way.since) >= SLOW_AFTER_S:
            text = self._phrases.say("No answer yet. The same request goes on; it will be done once at most.")
            return NoticeView("warn", text)
        if self._notice is None:
            return None
        told_at, notice = self._notice
        return None if notice.tone == "info" and self._elapsed_s(told_at) > NOTICE_S else notice

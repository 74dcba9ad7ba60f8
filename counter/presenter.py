"""The officer's window: pure. Keys, touches, messages and time go in; one frozen picture comes out.

The truth about the counter is its retained picture; a reply only bridges the moment until that arrives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from broker.contract.link import Freshness, Requester
from broker.contract.messages import CounterMessage, HallMessage, OfficeMessage, Reply
from broker.language import Phrases
from counter.actions import ASK_FIRST, BUTTONS, SIDE_BUTTONS, WITHOUT_SESSION, command_for, label, obstacle
from counter.asking import Asking
from counter.desk_view import DeskView, desk_view
from counter.devices import Devices
from counter.dialog import Wanted
from counter.entrance import Entrance
from counter.keymap import KEYS, Intent, Place, Typed, meaning
from counter.lists import Lists, pages, pick_command
from counter.notices import Notices, locked, nobody, slow
from counter.reply import bridged, reply_ticket
from counter.scene import NoticeView, Scene, Tone
from counter.session import Session, Sessions
from counter.signin_view import SignInView, sign_in_view, visitor_at
from counter.talk import Talk
from counter.told import outcome, refusal, taken_away


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
        devices: Devices,
        calls_before_no_show: int = 1,
    ) -> None:
        """`officers` are the (id, name) pairs that this machine knows, or none: then the id is typed."""
        self._counter = counter
        self._now = now
        self._sessions = sessions
        self._languages = languages
        self._phrases_of = phrases
        self._devices = devices
        self._calls_before_no_show = calls_before_no_show
        self._language = languages[0]
        self._fresh = Freshness(now)
        self._asking = Asking(now, requester)
        self._entrance = Entrance(counter, officers, asking=self._asking, now=now, hears=self)
        self._office: OfficeMessage | None = None
        self._hall: HallMessage | None = None
        self._desk: CounterMessage | None = None
        self._lists = Lists()
        self._talk = Talk()
        self._notices = Notices(now)
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
        if self._session is not None and self._asking.idle:
            self._notices.tell(taken_away(self._desk, message, self._scene().words))
        self._desk = message
        self._talk.visitor_is(message.ticket.number if message.ticket else "")
        if message.state == "closed" and self._session is not None and self._asking.idle:
            self._signed_out(self._phrases.say("This counter was closed. Please sign in again."))

    def link(self, *, online: bool) -> None:
        """Take note that the engine is reachable, or no longer."""
        self._fresh.link_changed(online=online)

    # -- what the officer does --------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Return where keys go."""
        if self._session is None:
            return Place.FORM if self._entrance.elsewhere is None else Place.DIALOG
        return Place.DESK if self._talk.dialog is None else Place.DIALOG

    def key(self, name: str) -> None:
        """Take a key of the keyboard."""
        wanted = meaning(name, self.place)
        if isinstance(wanted, Typed):
            self.type(wanted)
        elif wanted is not None:
            self.press(wanted)

    def press(self, intent: Intent) -> None:
        """Do what a key or a button asks for, if that is possible now."""
        if intent is Intent.LANGUAGE and self._talk.dialog is None:
            self._language = self._next_language
            self._notices.clear()
        elif self._session is None:
            self._notices.clear()
            self._entrance.press(intent)
        elif self._talk.dialog is not None:
            self._press_in_dialog(intent)
        elif intent in (*BUTTONS, *SIDE_BUTTONS, Intent.SIGN_OUT, Intent.PICK):
            self._act(intent)
        else:
            self._press_in_lists(intent)

    def type(self, typed: Typed) -> None:
        """Take a character for the form, also while the engine still looks at the last attempt; or for a dialog."""
        if self._session is None:
            self._entrance.type(typed.character)
        elif self._talk.dialog is not None:
            opened_by = self._talk.dialog.purpose
            if typed.character.lower() != KEYS[opened_by] or not self._asking.is_double_press(opened_by):
                self._talk.type(typed.character, self._scene())

    def choose_officer(self, index: int) -> None:
        """Take the officer at `index` of the list."""
        if self._session is None:
            self._entrance.choose(index)

    def choose_number(self, number: str) -> None:
        """Choose a line of the open list, or let it go."""
        if self._talk.dialog is None:
            self._lists.choose(number)

    def choose_option(self, index: int) -> None:
        """Pick what stands at `index` of the dialog."""
        self._talk.choose(index, self._scene())

    def _press_in_dialog(self, intent: Intent) -> None:
        if intent is not Intent.CONFIRM:
            self._talk.press(intent, self._scene())
        elif self._asking.idle and not self._asking.is_double_press(intent):
            self._asking.pressed(intent)
            decided = self._talk.confirm(self._scene())
            if decided is not None:
                self._ask(decided)

    def _press_in_lists(self, intent: Intent) -> None:
        if intent is Intent.FIND:
            self._lists.open(intent)
            self._act(intent)
            return
        self._asking.pressed(intent)  # whatever key comes next is another wish
        if intent in pages(self._desk):
            self._lists.open(intent)
        elif intent in {Intent.UP, Intent.DOWN}:
            self._lists.move(1 if intent is Intent.DOWN else -1, self._desk)
        elif intent is Intent.CANCEL:
            self._lists.leave()
            self._notices.clear()

    def _act(self, intent: Intent) -> None:
        if not self._asking.idle or self._asking.is_double_press(intent):
            return
        scene = self._scene()
        why_not = obstacle(intent, scene)
        if why_not:
            self._tell("info", f"{label(intent, scene)}: {why_not}")
            return
        self._asking.pressed(intent)
        self._notices.clear()
        picked = scene.picked if intent is Intent.PICK else None
        command = pick_command(scene.tab, picked) if picked is not None else command_for(intent, self._desk)
        if intent in ASK_FIRST or command == "call":
            self._talk.begin(intent, scene)
        elif intent is Intent.REPRINT:
            self._ask(Wanted(intent, "reprint", {"ticket": scene.meant}))
        elif command is not None:
            self._ask(Wanted(intent, command, {} if picked is None else {"ticket": picked.number}))

    # -- requests ---------------------------------------------------------------------------------------------------

    def nobody_named(self) -> None:
        """Ask for a name: nothing was sent."""
        self._notices.tell(nobody(self._phrases, has_list=bool(self._entrance.form.officers)))

    def may_leave(self, counter: str) -> bool:
        """Tell whether a counter can be closed, as far as is known here."""
        return not visitor_at(counter, self._scene()) and self._fresh.online

    def signed_in(self, session: Session, result: Mapping[str, Any]) -> None:
        """Go on to the desk."""
        self._session = session
        self._sessions.save(session)
        self._notices.clear()
        self._desk = bridged(self._desk, Intent.CONFIRM, result)

    def _ask(self, wanted: Wanted) -> None:
        if self._session is None:
            return
        who = {"counter": self._counter, "session": self._session.token}
        arguments = wanted.arguments if wanted.intent in WITHOUT_SESSION else {**who, **wanted.arguments}
        undone = self._desk.undo_action if self._desk else None
        self._asking.ask(
            wanted.intent, wanted.command, arguments, lambda reply: self._answered(wanted, reply, undone or "")
        )

    def _answered(self, wanted: Wanted, reply: Reply, undone: str) -> None:
        result: Mapping[str, Any] = reply.result or {}
        ticket = reply_ticket(result) if reply.ok else None
        if not reply.ok:
            self.refused(reply)
        elif wanted.intent is Intent.SIGN_OUT:
            self._signed_out("")
        elif wanted.intent is Intent.FIND and ticket is not None:
            self._lists.show(ticket)
        else:
            self._desk = bridged(self._desk, wanted.intent, result)
            self._lists.heard(ticket)
            if wanted.intent in {Intent.PICK, Intent.DROP} or "ticket" in wanted.arguments:
                self._lists.leave()
            self._notices.tell(outcome(wanted.command, result, undone, self._scene().words))

    def refused(self, reply: Reply) -> None:
        """Say why something was not done."""
        text = refusal(reply.error, self._scene().words)
        if reply.error and reply.error.code == "no_session" and self._session is not None:
            self._signed_out(text)
        else:
            self._tell("bad", text)

    def _signed_out(self, why: str) -> None:
        self._session = None
        self._talk.end()
        self._lists = Lists()
        self._sessions.clear()
        self._entrance.empty()
        self._notices.clear()
        if why:
            self._tell("warn", why)

    # -- what is shown ----------------------------------------------------------------------------------------------

    @property
    def view(self) -> SignInView | DeskView:
        """Return the picture of this moment."""
        if self._session is None:
            return sign_in_view(self._entrance.form, self._scene(), elsewhere=self._entrance.elsewhere)
        return desk_view(self._scene())

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
            busy=self._asking.busy,
            notice=self._notice_now(),
            dialog=self._talk.dialog,
            tab=self._lists.tab,
            picked=self._lists.picked(self._desk),
            found=self._lists.found,
            calls_before_no_show=self._calls_before_no_show,
            devices=self._devices,
        )

    @property
    def _phrases(self) -> Phrases:
        return self._phrases_of(self._language)

    @property
    def _next_language(self) -> str:
        at = self._languages.index(self._language) if self._language in self._languages else -1
        return self._languages[(at + 1) % len(self._languages)]

    def _tell(self, tone: Tone, text: str) -> None:
        self._notices.tell(NoticeView(tone, text))

    def _notice_now(self) -> NoticeView | None:
        if self._asking.slow:
            return slow(self._phrases)
        locked_s = self._entrance.locked_left_s if self._session is None else 0
        return locked(locked_s, self._phrases) if locked_s else self._notices.current

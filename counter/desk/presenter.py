"""The officer's window: pure. Keys, touches, messages and time go in; one frozen page comes out.

The truth about the counter is its retained picture; a reply only bridges the moment until that arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from broker.contract.claim import Standing
from broker.contract.clock import EngineClock
from broker.contract.link import Freshness, Requester
from broker.contract.messages import (
    Alert,
    AlertsMessage,
    CounterMessage,
    FeedbackMessage,
    HallMessage,
    HelpCall,
    HelpMessage,
    OfficeMessage,
    Presence,
    Reply,
)
from broker.language import Phrases
from counter.desk.actions import ASK_FIRST, MAIN_ACTIONS, SIDE_ACTIONS, WITHOUT_SESSION, command_for, finishes, obstacle
from counter.desk.alerts import alert_shown
from counter.desk.arrivals import Arrivals
from counter.desk.devices import Devices
from counter.desk.dialogs import Handover, Request
from counter.desk.keys import FIELDS, KEYS, MOVES, Intent, Place, Typed, meaning
from counter.desk.lists import Lists, name_of, pick_command, queue_length, tabs_of
from counter.desk.open_dialog import OpenDialog
from counter.desk.own_ratings import OwnRatings
from counter.desk.replies import bridged, reply_ticket
from counter.desk.requests import Requests
from counter.desk.room import Room
from counter.desk.session import Session, Sessions, ends_session
from counter.desk.sign_in import Field, SignIn
from counter.desk.state import DeskState, DesktopFault
from counter.pages.actions import label, obstacle_words
from counter.pages.desk import DeskPage, desk_page
from counter.pages.focus import stops
from counter.pages.help import help_lines
from counter.pages.notices import (
    Notices,
    half_done,
    locked,
    nobody,
    not_granted,
    outcome,
    pin_refused,
    refusal,
    refused_for_now,
    slow,
    taken_away,
)
from counter.pages.sign_in import SignInPage, sign_in_page
from counter.pages.words import Notice, Tone


class CounterPresenter:
    """Fed by bus and keyboard on the window's thread; `page` may be asked at every frame."""

    def __init__(
        self,
        *,
        counter: str,
        clock: EngineClock,
        requester: Requester,
        sessions: Sessions,
        officers: tuple[tuple[str, str], ...],
        languages: tuple[str, ...],
        phrases: Callable[[str], Phrases],
        devices: Devices,
        calls_before_no_show: int = 1,
    ) -> None:
        """`officers` are the (id, name) pairs that this machine knows, or none: then the id is typed.

        `clock` is followed here: by it the window knows the engine's time.
        """
        self._counter = counter
        self._clock = clock
        self._sessions = sessions
        self._languages = languages
        self._phrases_of = phrases
        self._devices = devices
        self._calls_before_no_show = calls_before_no_show
        self._language = languages[0]
        self._fresh = Freshness(clock.now, clock.monotonic)
        self._requests = Requests(clock, requester)
        self._ratings = OwnRatings(clock, requester)
        self._feedback: FeedbackMessage | None = None
        self._alerts: tuple[Alert, ...] = ()
        self._sign_in = SignIn(counter, officers, requests=self._requests, monotonic=clock.monotonic, listener=self)
        self._broker: Presence | None = None
        self._standing: Standing = "alone"
        self._office: OfficeMessage | None = None
        self._hall: HallMessage | None = None
        self._desk: CounterMessage | None = None
        self._is_desk_known = False
        """Its picture was heard since the engine can be reached: what was done meanwhile stands in it."""
        self._lists = Lists()
        self._opened = OpenDialog()
        self._notices = Notices(clock.monotonic)
        self._handover: Handover | None = None
        self._arrivals = Arrivals()
        self._desktop: tuple[DesktopFault, ...] = ()
        self._help: tuple[HelpCall, ...] = ()
        self._room = Room()
        self._more = False
        self._focus = ""
        """What Enter presses, as Tab has chosen it."""
        self._ended: Session | None = None
        """One that was closed elsewhere, until it is known and said why."""
        kept = sessions.load()
        self._session = kept if kept is not None and kept.counter == counter else None

    # -- what came in -----------------------------------------------------------------------------------------------

    def office(self, message: OfficeMessage) -> None:
        """Take in what the office offers."""
        self._office = message
        self._languages = message.languages or self._languages

    def hall(self, message: HallMessage) -> None:
        """Take in the live picture."""
        self._clock.heard(message.at, retained=message.retained)
        self._fresh.heard(retained=message.retained)
        self._hall = message
        self._end_if_closed(message)
        if self._ended is not None and self._is_of_yesterday(self._ended):
            self._show("warn", self._why_ended(self._ended))
            self._ended = None

    def desk(self, message: CounterMessage) -> None:
        """Take in the picture of one counter; those of others are passed by."""
        if message.id != self._counter:
            return
        if self._session is not None and self._requests.idle:
            self._notices.show(taken_away(self._desk, message, self._state().words))
        self._desk, self._is_desk_known = message, True
        if self._session is not None:
            self._arrivals.heard(message)
        self._opened.visitor_is(message.ticket.id if message.ticket else "")
        self._end_if_closed()

    def help(self, message: HelpMessage) -> None:
        """Take in where visitors wait for help; a new call wants attention as somebody who comes does."""
        known = {call.kiosk for call in self._help}
        waiting = [call.kiosk for call in message.open if call.counter is None]
        is_new = self._session is not None and not message.retained and any(kiosk not in known for kiosk in waiting)
        self._arrivals.called(is_new=is_new, is_open=bool(waiting))
        self._help = message.open

    def feedback(self, message: FeedbackMessage) -> None:
        """Take in what is published of complaints, and whether visitors are asked for ratings at all."""
        self._feedback = message

    def alerts(self, message: AlertsMessage) -> None:
        """Take in what somebody of the staff is to see to."""
        self._alerts = message.alerts

    def link(self, *, online: bool) -> None:
        """Take note that the engine is reachable, or no longer."""
        if not online:
            self._is_desk_known = False
        self._fresh.link_changed(online=online)

    def broker(self, presence: Presence) -> None:
        """Take in what the broker says of itself."""
        self._broker = presence

    def taken(self, standing: Standing) -> None:
        """Take note that another process has or wants our id, or no longer."""
        self._standing = standing

    def tick(self) -> None:
        """Take note that time goes by; several times a second."""
        self._requests.tick()
        who = None if self._session is None else {"counter": self._counter, "session": self._session.token}
        is_free = self._desk is not None and self._desk.state in {"open", "paused"}
        has_ratings = self._feedback is not None and bool(self._feedback.ratings)
        has_time = is_free and has_ratings and self._requests.idle and self._fresh.stale_since is None
        self._ratings.tick(who, has_time=has_time)

    def desktop(self, faults: tuple[DesktopFault, ...]) -> None:
        """Take note of what the desktop does not grant: it is said to whoever signs in."""
        self._desktop = faults

    @property
    def wants_attention(self) -> bool:
        """Tell whether somebody has come to a free desk, and nobody has done anything since."""
        return self._arrivals.wants_attention

    # -- what the officer does --------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Return where keys go."""
        if self._session is None:
            return Place.FORM if self._sign_in.elsewhere is None else Place.DIALOG
        return Place.DESK if self._opened.dialog is None else Place.DIALOG

    def key(self, name: str) -> None:
        """Take a key of the keyboard."""
        wanted = meaning(name, self.place)
        if wanted in FIELDS.values():
            self._move_focus(-1 if wanted is Intent.FIELD_BACK else 1)
            return
        focused, self._focus = self._focus, ""
        if focused and wanted in {Intent.CONFIRM, Intent.PICK}:
            self._touch(focused)
            self._focus = focused if focused in stops(self.page) else ""
        elif isinstance(wanted, Typed):
            self.type(wanted)
        elif wanted is not None:
            self.press(wanted)

    def _move_focus(self, step: int) -> None:
        """Go on to the next button, or field of the form, in reading order; round and round."""
        names = stops(self.page)
        if self._session is None and self.place is Place.FORM and not self._focus:
            at = [*Field].index(self._sign_in.form.focus)
        else:
            at = names.index(self._focus) if self._focus in names else min(-step, 0)
        name = names[(at + step) % len(names)]
        is_field = self._session is None and name in {field.value for field in Field}
        self._focus = "" if is_field else name
        if is_field:
            self._sign_in.form.focus = Field(name)

    def _touch(self, name: str) -> None:
        """Do what a button does."""
        kind, _, which = name.partition(":")
        match kind:
            case "option":
                self.choose_option(int(which))
            case "help":
                self.see_to(which)
            case "tab":
                self.press(Intent(which))
            case _:
                self.press(Intent(kind))

    def press(self, intent: Intent) -> None:
        """Do what a key or a button asks for, if that is possible now."""
        self._arrivals.seen()
        if intent is Intent.LANGUAGE and self._opened.dialog is None:
            self._language = self._next_language
            self._notices.clear()
        elif self._session is None:
            self._notices.clear()
            self._ended = None
            self._sign_in.press(intent)
        elif self._opened.dialog is not None:
            self._press_in_dialog(intent)
        elif intent is Intent.HELP:
            self._see_to_first()
        elif intent is Intent.SEEN:
            self._see_to_alert()
        elif intent in {Intent.ACCEPT, Intent.DECLINE}:
            self._answer_asked(intent)
        elif intent in (*MAIN_ACTIONS, *SIDE_ACTIONS, Intent.PIN, Intent.SIGN_OUT, Intent.PICK):
            self._act(intent)
        else:
            self._press_in_lists(intent)

    def type(self, typed: Typed) -> None:
        """Take a character for the form, also while the engine still looks at the last attempt; or for a dialog."""
        if self._session is None:
            self._sign_in.type(typed.character)
        elif self._opened.dialog is not None:
            opened_by = self._opened.dialog.purpose
            if typed.character.lower() != KEYS[opened_by] or not self._requests.is_double_press(opened_by):
                self._opened.type(typed.character, self._state())
            if opened_by is Intent.PIN:
                self._requests.pressed(opened_by)  # Enter after a PIN is never the Enter of before

    def anywhere(self, intent: Intent) -> None:
        """Do what a key from within another program asks for; nothing that would answer a question open here."""
        if self.place is Place.DESK:
            self._focus = ""
            self.press(intent)

    def choose_officer(self, index: int) -> None:
        """Take the officer at `index` of the list."""
        if self._session is None:
            self._sign_in.choose(index)

    def choose_entry(self, name: str) -> None:
        """Choose a line of the open list, or let it go."""
        if self._opened.dialog is None:
            self._lists.choose(name)

    def room(self, room: Room) -> None:
        """Take note of how much room the window has."""
        self._room = room
        self._lists.in_sight = room.lines

    def see_to(self, kiosk: str) -> None:
        """Say that somebody is coming to a kiosk, or that it is done there."""
        call = next((call for call in self._help if call.kiosk == kiosk), None)
        if call is None or self._session is None or self._opened.dialog is not None or not self._requests.idle:
            return
        self._arrivals.seen()
        if not self._fresh.online or self._requests.is_double_press(Intent.HELP):
            return
        self._requests.pressed(Intent.HELP)
        action = "done" if call.counter == self._counter else "come"
        self._send(Request(Intent.HELP, "help", {"action": action, "kiosk": kiosk}))

    def _answer_asked(self, intent: Intent) -> None:
        """Do what a supervisor asks of the counter, or not, or no more; nothing where nothing is asked."""
        desk = self._desk
        line = next((one for one in help_lines(self._state()) if not one.kiosk), None)
        offered = None if line is None else line.action if intent is Intent.ACCEPT else line.decline
        if desk is None or offered is None or not offered.enabled or self._requests.is_double_press(intent):
            return
        self._requests.pressed(intent)
        self._notices.clear()
        if desk.asked is None and desk.pauses:
            self._send(Request(intent, "resume", {}))
        else:
            self._send(Request(intent, "asked", {"action": intent.value}))

    def _see_to_alert(self) -> None:
        """Say that one sees to the alert that stands here; nothing where none does, or several."""
        alert = alert_shown(self._state())
        if alert is None or not self._requests.idle or not self._fresh.online:
            return
        if not self._requests.is_double_press(Intent.SEEN):
            self._requests.pressed(Intent.SEEN)
            self._send(Request(Intent.SEEN, "alert_ack", {"alert": alert.id}))

    def choose_option(self, index: int) -> None:
        """Pick what stands at `index` of the dialog."""
        self._opened.choose(index, self._state())

    def _press_in_dialog(self, intent: Intent) -> None:
        if intent is not Intent.CONFIRM:
            self._opened.press(intent, self._state())
        elif self._requests.idle and not self._requests.is_double_press(intent):
            self._requests.pressed(intent)
            decided = self._opened.confirm(self._state())
            if decided is not None:
                self._send(decided)

    def _press_in_lists(self, intent: Intent) -> None:
        if intent is Intent.FIND:
            self._lists.open(intent)
            self._act(intent)
            return
        self._requests.pressed(intent)  # whatever key comes next is another wish
        if intent in tabs_of(self._desk):
            self._lists.open(intent)
            self._more = False
        elif intent is Intent.MORE:
            self._more = not self._room.has_all and not self._more
        elif intent in MOVES.values():
            self._lists.move(intent, self._desk, self._lines)
        elif intent is Intent.CANCEL:
            self._lists.leave()
            self._notices.clear()

    def _see_to_first(self) -> None:
        """See to the call that the key stands beside."""
        first = next((line.kiosk for line in help_lines(self._state()) if line.action is not None), None)
        if first is not None:
            self.see_to(first)

    @property
    def _lines(self) -> int:
        """Return how many lines the open list has where none can be chosen."""
        if self._lists.tab is Intent.DEVICES:
            return sum(len(health.states) or 1 for health in self._devices.known.values())
        counters = len(self._hall.counters) if self._hall else 0
        return -(-counters // 2) + len(self._office.services if self._office else ())

    def _act(self, intent: Intent) -> None:
        if not self._requests.idle or self._requests.is_double_press(intent):
            return
        state = self._state()
        why_not = obstacle(intent, state)
        if why_not is not None:
            self._show("info", f"{label(intent, state)}: {obstacle_words(why_not, state)}")
            return
        self._requests.pressed(intent)
        self._notices.clear()
        picked = state.picked if intent is Intent.PICK else None
        command = pick_command(state.tab, picked) if picked is not None else command_for(intent, self._desk)
        if intent in ASK_FIRST or command == "call":
            self._opened.begin(intent, state)
        elif intent is Intent.REPRINT:
            self._send(Request(intent, "reprint", {"ticket": state.meant}))
        elif intent is Intent.NEXT and finishes(self._desk):
            self._finish_and_call(state)
        elif intent is Intent.UNDO and state.undoes_both:
            self._send(Request(intent, "undo", {}, then=Request(intent, "undo", {}, part_of=self._handover)))
        elif command is not None:
            self._send(Request(intent, command, {} if picked is None else {"ticket": name_of(picked)}))

    def _finish_and_call(self, state: DeskState) -> None:
        """Finish with the visitor, then call the next one where anybody waits; a refusal of the first ends it."""
        visitor = state.desk.ticket if state.desk else None
        both = Handover(visitor.number if visitor else "")
        calls_on = state.desk is not None and not state.desk.pauses and queue_length(state.desk)
        following = Request(Intent.NEXT, "next", {}, part_of=both) if calls_on else None
        self._send(Request(Intent.NEXT, "finish", {}, then=following))

    # -- requests ---------------------------------------------------------------------------------------------------

    def nobody_named(self) -> None:
        """Ask for a name: nothing was sent."""
        self._notices.show(nobody(self._phrases, has_list=bool(self._sign_in.form.officers)))

    def may_leave(self, counter: str) -> bool:
        """Tell whether a counter can be closed, as far as is known here."""
        return not self._state().visitor_at(counter) and self._fresh.online

    def signed_in(self, session: Session, result: Mapping[str, Any]) -> None:
        """Go on to the desk."""
        self._session = self._ended = None
        self._keep(session)
        self._notices.clear()
        self._desk = bridged(self._desk, Intent.CONFIRM, result)

    def _keep(self, session: Session) -> None:
        """Keep the session with the office's day, so that one which the end of a day closes can be told from others."""
        session = replace(session, day=self._hall.day.isoformat() if self._hall else session.day)
        if session != self._session:
            self._session = session
            self._sessions.save(session)

    def _is_of_yesterday(self, session: Session) -> bool:
        return self._hall is not None and bool(session.day) and session.day < self._hall.day.isoformat()

    def _why_ended(self, session: Session) -> str:
        if self._is_of_yesterday(session):
            return self._phrases.say("The office day has ended, and this counter with it. Please sign in for today.")
        return self._phrases.say("This counter was closed. Please sign in again.")

    def _end_if_closed(self, hall: HallMessage | None = None) -> None:
        ended = self._session
        if ended is not None and self._requests.idle and ends_session(self._desk, hall):
            self._signed_out(self._why_ended(ended))
            self._ended = None if self._is_of_yesterday(ended) else ended

    def _send(self, request: Request) -> None:
        if self._session is None:
            return
        who = {"counter": self._counter, "session": self._session.token}
        arguments = request.arguments if request.intent in WITHOUT_SESSION else {**who, **request.arguments}
        undone = self._desk.undo_action if self._desk else None
        if request.command in {"finish", "undo"}:
            self._handover = None
        self._requests.send(
            request.intent, request.command, arguments, lambda reply: self._answered(request, reply, undone or "")
        )

    def _answered(self, request: Request, reply: Reply, undone: str) -> None:
        if reply.ok and self._session is not None and request.intent not in WITHOUT_SESSION:
            self._keep(self._session)
        result: Mapping[str, Any] = reply.result or {}
        ticket = reply_ticket(result) if reply.ok else None
        if not reply.ok and request.part_of is not None:
            self._refused(reply, half_done(request.command, request.part_of, reply.error, self._state().words))
        elif not reply.ok and request.intent is Intent.PIN:
            self._refused(reply, pin_refused(reply.error, self._state().words))
        elif not reply.ok:
            self.refused(reply)
        elif request.intent is Intent.SIGN_OUT:
            self._signed_out("")
        elif request.intent is Intent.FIND and ticket is not None:
            self._lists.show(ticket)
        else:
            self._desk = bridged(self._desk, request.intent, result)
            self._lists.heard(ticket)
            if request.intent in {Intent.PICK, Intent.DROP} or "ticket" in request.arguments:
                self._lists.leave()
            self._notices.show(outcome(request, result, undone, self._state().words))
            if request.command == "next" and request.part_of is not None and ticket is not None:
                self._handover = replace(request.part_of, called=ticket.number)
            if request.then is not None:
                self._send(request.then)

    def refused(self, reply: Reply) -> None:
        """Say why something was not done."""
        self._refused(reply, refusal(reply.error, self._state().words))

    def _refused(self, reply: Reply, text: str) -> None:
        if reply.error and reply.error.code == "no_session" and self._session is not None:
            is_over = self._is_of_yesterday(self._session)
            self._signed_out(self._why_ended(self._session) if is_over else text)
        else:
            self._show("bad", text)

    def _signed_out(self, why: str) -> None:
        self._session = None
        self._arrivals = Arrivals()
        self._opened.end()
        self._lists = Lists(in_sight=self._room.lines)
        self._more, self._focus = False, ""
        self._sessions.clear()
        self._sign_in.empty()
        self._notices.clear()
        if why:
            self._show("warn", why)

    # -- what is shown ----------------------------------------------------------------------------------------------

    @property
    def page(self) -> SignInPage | DeskPage:
        """Return the page of this moment."""
        if self._session is None:
            return sign_in_page(self._sign_in.form, self._state(), elsewhere=self._sign_in.elsewhere)
        return desk_page(self._state())

    def _state(self) -> DeskState:
        return DeskState(
            counter=self._counter,
            office=self._office,
            hall=self._hall,
            desk=self._desk,
            phrases=self._phrases,
            next_language=self._next_language,
            now=self._clock.now(),
            online=self._fresh.online and self._standing != "taken",
            is_known=self._is_desk_known,
            stale_since=self._fresh.stale_since,
            broker=self._broker,
            standing=self._standing,
            busy=self._requests.busy,
            notice=self._notice_now(),
            dialog=self._opened.dialog,
            tab=self._lists.tab,
            picked=self._lists.picked(self._desk),
            found=self._lists.found,
            calls_before_no_show=self._calls_before_no_show,
            devices=self._devices,
            help=self._help,
            room=self._room,
            more=self._more and not self._room.has_all,
            opened=self._lists.opened,
            scrolled=self._lists.scrolled,
            focus=self._focus,
            handover=self._handover,
            colleagues=self._colleagues,
            complaints=self._feedback.complaints if self._feedback else None,
            alerts=self._alerts,
            ratings=self._ratings.known if self._session else None,
        )

    @property
    def _colleagues(self) -> tuple[tuple[str, str], ...]:
        us = "" if self._session is None else self._session.officer
        return tuple((officer, name) for officer, name in self._sign_in.form.officers if officer != us)

    @property
    def _phrases(self) -> Phrases:
        return self._phrases_of(self._language)

    @property
    def _next_language(self) -> str:
        at = self._languages.index(self._language) if self._language in self._languages else -1
        return self._languages[(at + 1) % len(self._languages)]

    def _show(self, tone: Tone, text: str) -> None:
        self._notices.show(Notice(tone, text))

    def _notice_now(self) -> Notice | None:
        if self._requests.refused_for_now:
            return refused_for_now(self._phrases)
        if self._requests.slow:
            return slow(self._phrases)
        if self._session is not None:
            return self._notices.current
        locked_s = self._sign_in.locked_left_s
        if locked_s:
            return locked(locked_s, self._phrases)
        return self._notices.current or not_granted(self._desktop, self._phrases)

"""Draws what the presenter says in the officer's window, and reports touches. Decides nothing.

Import after `window.prepare`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from counter.actions import ActionView
from counter.desk_view import DeskView, QueueRow, ReasonView, TicketView, WaitingRow
from counter.keymap import Intent, Typed
from counter.scene import LaneView, NoticeView
from counter.signin import Field
from counter.signin_view import SignInView
from hardware.panel.pool import Pool
from hardware.panel.targets import TargetsFile
from hardware.panel.theme import Theme
from hardware.panel.widgets import make

RULES = Path(__file__).with_name("counter.kv")
PAD = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "erase")


class Inputs(Protocol):
    """What touches mean: the presenter's methods."""

    def press(self, intent: Intent) -> None:
        """Do what a button asks for."""

    def type(self, typed: Typed) -> None:
        """Type a digit."""

    def choose_officer(self, index: int) -> None:
        """Choose a name."""


class CounterScreen:
    """The widgets of the window, built once and updated. One thread: the window's."""

    def __init__(
        self, inputs: Inputs, theme: Theme, *, touched: Callable[[], None], targets: TargetsFile | None
    ) -> None:
        """`touched` is called after each touch that meant something."""
        self.root = make("CounterRoot")
        self._inputs = inputs
        self._theme = theme
        self._touched = touched
        self._targets = targets
        self._desk, self._form = make("DeskPage"), make("SignInPage")
        self._ticket, self._reason, self._rest = make("TicketCard"), make("ReasonCard"), make("RestCard")
        self._standing: Any = None
        self._build_desk()
        self._build_form()

    def show(self, view: SignInView | DeskView) -> None:
        """Draw a picture."""
        for page in (self._desk, self._form):
            remarks = page.ids.remarks.ids
            _notice(remarks.notice, view.notice)
            _notice(remarks.banner, None if view.live else NoticeView("bad", view.link))
        header = self.root.ids.header.ids
        header.counter.text = view.counter
        header.status.text = view.link if view.live else ""
        header.status.opacity = 1 if view.live else 0
        header.language.title, header.language.key = view.language.label, view.language.key
        if isinstance(view, DeskView):
            self._show_desk(view)
        else:
            self._show_form(view)
        if self._targets is not None:
            self._targets.changed(self.root, screen_name(view))

    # -- building ---------------------------------------------------------------------------------------------------

    def _build_desk(self) -> None:
        ids, header, question = self._desk.ids, self.root.ids.header.ids, self.root.ids.question.ids
        self._actions = Pool(ids.actions, lambda: make("DeskAction"))
        self._queue = Pool(ids.queue, lambda: make("QueueLine"))
        self._lanes = Pool(ids.lanes, lambda: make("LaneHead"))
        self._waiting = Pool(ids.waiting, lambda: make("WaitingLine"))
        self._bound: set[Any] = set()
        for button, intent in (
            (header.language, Intent.LANGUAGE),
            (header.sign_out, Intent.SIGN_OUT),
            (question.confirm, Intent.CONFIRM),
            (question.cancel, Intent.CANCEL),
        ):
            self._bind(button, partial(self._inputs.press, intent))

    def _build_form(self) -> None:
        ids = self._form.ids
        self._officers = Pool(ids.officers, lambda: make("OfficerLine"))
        self._bind(ids.submit, partial(self._inputs.press, Intent.CONFIRM))
        for name in PAD:
            key = make("PadKey")
            key.title, key.opacity, key.disabled = name, 1 if name else 0, not name
            key.target = f"pad:{name}" if name else ""
            key.size_role = "title" if len(name) == 1 else "small"
            if name == "erase":
                self._erase = key
                self._bind(key, partial(self._inputs.press, Intent.ERASE))
            else:
                self._bind(key, partial(self._inputs.type, Typed(name)))
            ids.pad.add_widget(key)

    def _bind(self, button: Any, work: Callable[[], None]) -> None:  # noqa: ANN401 - a widget
        def released(_button: object) -> None:
            work()
            self._touched()

        button.bind(on_release=released)

    # -- the desk ---------------------------------------------------------------------------------------------------

    def _show_desk(self, view: DeskView) -> None:
        header = self.root.ids.header.ids
        header.officer.text, header.state.text = view.officer, view.state
        header.chip.tone = view.state_tone
        header.sign_out.title, header.sign_out.key = view.sign_out.label, view.sign_out.key
        header.sign_out.opacity, header.sign_out.disabled = 1, False
        header.sign_out.possible = view.sign_out.enabled
        header.sign_out.target = "sign_out" if view.sign_out.enabled else ""
        self._stand(self._desk)
        # Old news is never drawn like new: it fades.
        self._desk.ids.side.opacity = self._desk.ids.visitor.opacity = 1 if view.live else 0.45
        self._show_visitor(view)
        self._show_lists(view)
        for index, (button, action) in enumerate(zip(self._actions.take(len(view.actions)), view.actions, strict=True)):
            self._show_action(button, action)
            button.size_hint_x = 1.7 if index == 0 else 1
        question = self.root.ids.question
        question.shown = bool(view.question)
        question.ids.text.text = view.question
        self._show_answer(question.ids.confirm, view.confirm)
        self._show_answer(question.ids.cancel, view.cancel)

    def _show_visitor(self, view: DeskView) -> None:
        wanted = [self._rest] if view.ticket is None else [self._ticket]
        if view.ticket is None:
            self._rest.ids.text.text = view.resting
        else:
            self._show_ticket(view.ticket)
        if view.reason is not None:
            self._show_reason(view.reason)
            wanted.append(self._reason)
        _stand_in(self._desk.ids.visitor, wanted)

    def _show_ticket(self, ticket: TicketView) -> None:
        ids = self._ticket.ids
        ids.number.text, ids.service.text, ids.stage.text = ticket.number, ticket.service, ticket.stage
        ids.language.text, ids.waited.text = ticket.language, ticket.waited
        ids.called.text, ids.timer.text = ticket.called, ticket.timer
        ids.lane.text = ticket.lane.name if ticket.lane else ""
        self._show_mark(ids.mark, ticket.lane)

    def _show_reason(self, reason: ReasonView) -> None:
        ids = self._reason.ids
        ids.title.text, ids.text.text, ids.passed.text = reason.title, reason.text, reason.passed_over

    def _show_lists(self, view: DeskView) -> None:
        ids = self._desk.ids
        ids.queue_title.text, ids.more.text = view.queue_title, view.more
        ids.waiting_title.text = view.waiting_title if view.waiting else ""
        ids.today.text = view.today
        for line, row in zip(self._queue.take(len(view.queue)), view.queue, strict=True):
            self._show_queue_line(line, row)
        lanes = view.lanes if view.waiting else ()
        for head, lane in zip(self._lanes.take(len(lanes)), lanes, strict=True):
            self._show_mark(head.ids.mark, lane)
        for line, waiting in zip(self._waiting.take(len(view.waiting)), view.waiting, strict=True):
            _show_waiting_line(line, waiting)

    def _show_queue_line(self, line: Any, row: QueueRow) -> None:  # noqa: ANN401 - a widget
        ids = line.ids
        ids.number.text, ids.service.text, ids.waited.text, ids.share.text = (
            row.number,
            row.service,
            row.waited,
            row.share,
        )
        self._show_mark(ids.mark, row.lane)

    def _show_mark(self, mark: Any, lane: LaneView | None) -> None:  # noqa: ANN401 - a widget
        mark.opacity = 0 if lane is None else 1
        if lane is not None:
            mark.letter, mark.shape, mark.colour = lane.letter, lane.shape, self._theme.lane(lane.index)

    def _show_action(self, button: Any, action: ActionView) -> None:  # noqa: ANN401 - a widget
        if button not in self._bound:
            self._bound.add(button)
            self._bind(button, partial(self._inputs.press, action.intent))
        # What is not possible can be pressed, to be told why; programs from outside see only what works.
        button.target = action.intent.value if action.enabled else ""
        button.title, button.key, button.note = action.label, action.key, action.why_not
        button.possible, button.primary = action.enabled or action.busy, action.primary and action.enabled

    def _show_answer(self, button: Any, action: ActionView) -> None:  # noqa: ANN401 - a widget
        button.title, button.key = action.label, action.key

    # -- signing in -------------------------------------------------------------------------------------------------

    def _show_form(self, view: SignInView) -> None:
        header = self.root.ids.header.ids
        header.officer.text = header.state.text = ""
        header.sign_out.opacity, header.sign_out.disabled = 0, True
        self.root.ids.question.shown = False
        self._stand(self._form)
        ids = self._form.ids
        ids.title.text, ids.officer_title.text, ids.pin_title.text = view.title, view.officer_title, view.pin_title
        ids.hint.text = view.hint
        ids.typed.opacity = 0 if view.officers else 1
        ids.typed.ids.words.text, ids.typed.focused = view.typed_id, view.focus is Field.OFFICER
        ids.pin.ids.words.text, ids.pin.focused = "\N{BULLET}  " * view.pin_length, view.focus is Field.PIN
        ids.submit.title, ids.submit.key = view.submit, view.submit_key
        ids.submit.primary = ids.submit.possible = not view.busy
        self._erase.title = view.erase
        self._show_officers(view)

    def _show_officers(self, view: SignInView) -> None:
        for index, (line, name) in enumerate(zip(self._officers.take(len(view.officers)), view.officers, strict=True)):
            if line not in self._bound:
                self._bound.add(line)
                line.target = f"officer:{index}"
                self._bind(line, partial(self._inputs.choose_officer, index))
            was_chosen, line.chosen, line.title = line.chosen, index == view.chosen, name
            if line.chosen and not was_chosen:
                self._form.ids.scroll.scroll_to(line, animate=False)

    def _stand(self, page: Any) -> None:  # noqa: ANN401 - a widget
        if page is not self._standing:
            self._standing = page
            _stand_in(self.root.ids.stage, [page])


def screen_name(view: SignInView | DeskView) -> str:
    """Return what stands in the window, for programs that watch it."""
    if isinstance(view, SignInView):
        return "sign_in"
    if view.question:
        return "question"
    return "desk" if view.ticket is None else f"desk {view.ticket.number}"


def _stand_in(container: Any, widgets: list[Any]) -> None:  # noqa: ANN401 - widgets
    if container.children[::-1] != widgets:
        container.clear_widgets()
        for widget in widgets:
            container.add_widget(widget)


def _notice(widget: Any, notice: NoticeView | None) -> None:  # noqa: ANN401 - a widget
    widget.tone, widget.text = (notice.tone, notice.text) if notice else ("info", "")


def _show_waiting_line(line: Any, row: WaitingRow) -> None:  # noqa: ANN401 - a widget
    line.ids.letter.text, line.ids.service.text = row.letter, row.service
    counts = line.ids.counts
    while len(counts.children) < len(row.counts):
        counts.add_widget(make("Count"))
    for label, count in zip(reversed(counts.children), row.counts, strict=False):
        label.text = count

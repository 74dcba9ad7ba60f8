"""The dialog that is open, and what its keys do to it. Pure: what is decided comes back, and others ask for it."""

from __future__ import annotations

from counter.desk import dialogs
from counter.desk.actions import Obstacle, obstacle
from counter.desk.dialogs import Dialog, Request, Step
from counter.desk.keys import MOVES, Intent
from counter.desk.lists import name_of
from counter.desk.state import DeskState
from counter.pages.choices import options


class OpenDialog:
    """At most one dialog at a time."""

    def __init__(self) -> None:
        """Begin with none."""
        self.dialog: Dialog | None = None

    def begin(self, intent: Intent, state: DeskState) -> None:
        """Open the dialog of an intent: about the chosen line of a list, else about the visitor at the counter."""
        picked, ticket = state.picked, state.desk.ticket if state.desk else None
        moved = intent is Intent.TRANSFER and state.moves_picked
        if intent is Intent.PIN:
            self.dialog = dialogs.begun_about_pin(supervises=state.supervises)
        elif picked is not None and (moved or intent in {Intent.PICK, Intent.DROP}):
            self.dialog = dialogs.begun(intent, number=picked.number, ticket=name_of(picked), moved=moved)
        elif ticket is not None and intent not in {Intent.SIGN_OUT, Intent.FIND}:
            self.dialog = dialogs.begun(intent, number=ticket.number, ticket=ticket.id)
        else:
            self.dialog = dialogs.begun(intent)

    def end(self) -> None:
        """Leave it as it is."""
        self.dialog = None

    def visitor_is(self, ticket: str) -> None:
        """Take note of who is at the counter; a dialog about somebody else who was there makes no sense any more."""
        if self.dialog is not None and self.dialog.is_about_current and self.dialog.ticket != ticket:
            self.dialog = None

    def type(self, character: str, state: DeskState) -> None:
        """Take a character."""
        if self.dialog is not None:
            self.dialog = dialogs.typed(self.dialog, character, options(self.dialog, state))

    def choose(self, index: int, state: DeskState) -> None:
        """Pick what stands at `index`."""
        if self.dialog is not None:
            self.dialog = dialogs.picked(self.dialog, index, options(self.dialog, state))

    def press(self, intent: Intent, state: DeskState) -> None:
        """Do what a key means, but for the one that confirms."""
        if self.dialog is None:
            return
        if intent in MOVES.values():
            self.dialog = dialogs.moved(self.dialog, intent, len(options(self.dialog, state)))
            return
        match intent:
            case Intent.ERASE:
                self.dialog = dialogs.erased(self.dialog)
            case Intent.CANCEL:
                self.dialog = dialogs.back(self.dialog)
            case _:
                pass

    def confirm(self, state: DeskState) -> Request | None:
        """Go on to the next step; where there is none, end and return what was decided."""
        if self.dialog is None or missing(self.dialog, state):
            return None
        decided = dialogs.confirmed(self.dialog, options(self.dialog, state))
        if isinstance(decided, Request):
            self.dialog = None
            return decided
        self.dialog = decided or self.dialog
        return None


def missing(dialog: Dialog, state: DeskState) -> Obstacle | None:
    """Return why it cannot be done yet; None where it can."""
    if dialog.step is Step.NOTE and dialog.needs_reason and not dialog.reason(options(dialog, state)):
        return Obstacle.REASON_MISSING
    if dialog.step is Step.NUMBER and not dialog.text:
        return Obstacle.NUMBER_MISSING
    if dialog.step.is_secret and not dialog.secret:
        return Obstacle.PIN_MISSING
    if dialog.purpose is Intent.PIN and dialog.step is Step.TARGET and not (dialog.text or options(dialog, state)):
        return Obstacle.OFFICER_MISSING
    return obstacle(dialog.purpose, state)

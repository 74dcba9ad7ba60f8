"""The dialog that is open, and what its keys do to it. Pure: what is decided comes back, and others ask for it."""

from __future__ import annotations

from counter import dialog as dialogs
from counter.choices import options
from counter.dialog import Dialog, Wanted
from counter.dialog_view import missing
from counter.keymap import Intent
from counter.scene import Scene


class Talk:
    """At most one dialog at a time."""

    def __init__(self) -> None:
        """Begin with none."""
        self.dialog: Dialog | None = None

    def begin(self, intent: Intent, scene: Scene) -> None:
        """Open the dialog of an intent: about the chosen line of a list, else about the visitor at the counter."""
        picked, ticket = scene.picked, scene.desk.ticket if scene.desk else None
        moved = intent is Intent.TRANSFER and scene.moves_picked
        if picked is not None and (moved or intent in {Intent.PICK, Intent.DROP}):
            self.dialog = dialogs.begun(intent, number=picked.number, ticket=picked.number, moved=moved)
        elif ticket is not None and intent not in {Intent.SIGN_OUT, Intent.FIND}:
            self.dialog = dialogs.begun(intent, number=ticket.number, ticket=ticket.id)
        else:
            self.dialog = dialogs.begun(intent)

    def end(self) -> None:
        """Leave it as it is."""
        self.dialog = None

    def visitor_is(self, number: str) -> None:
        """Take note of who is at the counter; a dialog about somebody else who was there makes no sense any more."""
        if self.dialog is not None and self.dialog.is_about_current and self.dialog.number != number:
            self.dialog = None

    def type(self, character: str, scene: Scene) -> None:
        """Take a character."""
        if self.dialog is not None:
            self.dialog = dialogs.typed(self.dialog, character, options(self.dialog, scene))

    def choose(self, index: int, scene: Scene) -> None:
        """Pick what stands at `index`."""
        if self.dialog is not None:
            self.dialog = dialogs.picked(self.dialog, index, options(self.dialog, scene))

    def press(self, intent: Intent, scene: Scene) -> None:
        """Do what a key means, but for the one that confirms."""
        if self.dialog is None:
            return
        match intent:
            case Intent.UP | Intent.DOWN:
                step, count = 1 if intent is Intent.DOWN else -1, len(options(self.dialog, scene))
                self.dialog = dialogs.moved(self.dialog, step, count)
            case Intent.ERASE:
                self.dialog = dialogs.erased(self.dialog)
            case Intent.CANCEL:
                self.dialog = dialogs.back(self.dialog)
            case _:
                pass

    def confirm(self, scene: Scene) -> Wanted | None:
        """Go on to the next step; where there is none, end and return what was decided."""
        if self.dialog is None or missing(self.dialog, scene):
            return None
        decided = dialogs.confirmed(self.dialog, options(self.dialog, scene))
        if isinstance(decided, Wanted):
            self.dialog = None
            return decided
        self.dialog = decided or self.dialog
        return None

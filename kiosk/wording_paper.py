"""The words for the paper: what became of it, what to do without it, and what staff should see. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from broker.language import Phrases, mark
from hardware.ports import PrinterState
from kiosk.pages import Banner, Choice
from kiosk.scene import Scene
from kiosk.visit import MAX_COPIES, Paper, Visit

_SIT_DOWN = mark("Please sit down. Your number will be shown on the display and called out.")
_VALID = mark("Remember or photograph this number. Your ticket is valid without paper.")
_TROUBLE: Mapping[PrinterState, str] = {
    "paper_out": mark("The printer has no paper"),
    "cover_open": mark("The printer is open"),
    "cutter_error": mark("The paper is stuck in the printer"),
    "offline": mark("The printer does not answer"),
}
_SIGN: Mapping[PrinterState, str] = {
    "paper_out": mark("Paper is out"),
    "cover_open": mark("Printer is open"),
    "cutter_error": mark("Paper is stuck"),
    "offline": mark("Printer is off"),
}
"""The same in few words, for staff."""
_SPARE = mark("the second printer")


def paper_words(scene: Scene) -> tuple[str, Banner]:
    """Return the title of the ticket's page, and what became of the paper."""
    words, visit = scene.words, scene.visit
    match visit.paper:
        case Paper.PRINTING:
            return words.say("Your ticket is being printed"), Banner("info", words.say("Please wait for the paper."))
        case Paper.CONFIRMED:
            text = words.say(_SIT_DOWN)
            return _take(scene), Banner("good", words.say("Please keep it until you are done."), text)
        case Paper.UNCONFIRMED if visit.trouble is not None:
            return words.say("Please look for your ticket"), _without_paper(visit.trouble, words)
        case Paper.UNCONFIRMED:
            text = words.say("If no paper comes out, this number is enough.")
            return _take(scene), Banner("info", words.say("Did your ticket come out?"), text)
        case Paper.FAILED | Paper.SILENT:
            return words.say("Please remember your number"), _without_paper(visit.trouble, words)
    assert_never(visit.paper)


def ticket_choices(scene: Scene, closing: str) -> tuple[Choice, Choice | None]:
    """Return how a visitor leaves the ticket's page, and another paper where there is need of one and hope for it."""
    words, visit = scene.words, scene.visit
    if visit.paper is Paper.UNCONFIRMED and _may_print(scene):
        return (
            Choice("done", words.say("Yes, I have my ticket"), closing),
            Choice("print_again", words.say("No, print it again")),
        )
    again = None
    if visit.paper is Paper.FAILED and _may_print(scene):
        again = Choice("print_again", words.say("Print the ticket again"))
    return Choice("done", words.say("Done"), closing), again


def no_paper_banner(scene: Scene) -> Banner | None:
    """Return what everybody should know before taking a number: that it comes without paper now."""
    if scene.printers.trouble is None:
        return None
    if scene.visit.has_chosen_language:
        return Banner("info", scene.words.say(_NO_PAPER), scene.words.say(_NO_PAPER_NEEDED))
    return Banner("info", "\n".join(scene.phrases(code).say(_NO_PAPER) for code in scene.languages))


_NO_PAPER = mark("No paper now: your number is shown here")
_NO_PAPER_NEEDED = mark("It is valid without paper. You may photograph it.")


def staff_words(scene: Scene) -> str:
    """Return what whoever looks after the kiosk should see in passing; nothing while all is well."""
    words, printers = scene.words, scene.printers
    if printers.is_paper_low:
        return words.say("Paper is running low")
    troubled = next((state for state in printers.states if state in _SIGN), None)
    return "" if troubled is None else words.say(_SIGN[troubled])


def _without_paper(trouble: PrinterState | None, words: Phrases) -> Banner:
    title = words.say("The printer could not print")
    if trouble is not None and trouble in _TROUBLE:
        title = words.say(_TROUBLE[trouble])
    return Banner("warn", title, words.say(_VALID))


def _take(scene: Scene) -> str:
    words = scene.words
    if not scene.visit.is_by_spare:
        return words.say("Please take your ticket")
    label = (scene.spare_label or {}).get(words.language) or words.say(_SPARE)
    return words.say("Please take your ticket from {printer}", printer=label)


def _may_print(scene: Scene) -> bool:
    """Tell whether another paper is offered: some printer works, and an officer was not needed long ago."""
    return scene.printers.trouble is None and copies_of(scene.visit) < MAX_COPIES


def copies_of(visit: Visit) -> int:
    """Return how many copies of its ticket a visitor had already."""
    return 0 if visit.ticket is None else visit.ticket.copies

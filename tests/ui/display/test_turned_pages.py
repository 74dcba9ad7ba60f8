"""A page in a language that is read from the right begins at the right edge of the panel."""

from __future__ import annotations

from pathlib import Path

from broker.config import load_settings
from display.pages.info import draw_panel
from display.pages.panel import NoticePage, ProcedurePage
from display.pages.sheet import Box, Words, frame_for
from hardware.panel.look import look_for
from hardware.panel.scale import Reader

SETTINGS = load_settings(Path(__file__).parents[2] / "offices" / "four-languages.yaml", {})
FRAME = frame_for(look_for(SETTINGS.displays[0].panel, Reader.HALL))
BOX = Box(100, 100, 900, 600)


def edges(page: NoticePage | ProcedurePage) -> tuple[set[int], set[int]]:
    """Return where the lines of a page begin and end."""
    lines = [item.box for item in draw_panel(page, BOX, FRAME) if isinstance(item, Words)]
    return {round(box.x) for box in lines}, {round(box.right) for box in lines}


def test_lines_begin_where_their_reader_begins() -> None:
    service = SETTINGS.services[0]
    for language, from_right in (("id", False), ("zh", False), ("ar", True)):
        page = NoticePage(language, service.name[language], service.documents[language])
        left, right = edges(page)
        assert (len(left) == 1) is not from_right
        assert (len(right) == 1) is from_right


def test_the_letter_of_a_service_stands_at_the_side_where_the_line_begins() -> None:
    service = SETTINGS.services[0]
    for language, from_right in (("id", False), ("ar", True)):
        page = ProcedurePage(
            language, service.id, service.letter, service.name[language], "", service.documents[language]
        )
        letter = next(item for item in draw_panel(page, BOX, FRAME) if isinstance(item, Words))
        assert letter.text == service.letter
        assert (letter.box.x > BOX.x + BOX.width / 2) is from_right

"""A page in a language that is read from the right begins at the right edge of the panel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from broker.config import load_settings
from display.pages.calls import usual_call
from display.pages.info import draw_panel
from display.pages.layout import across, lay_out
from display.pages.lobby import LinkStatus, ListedCall, LobbyPage, OfficeTexts
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


def lobby(footer: str) -> LobbyPage:
    """Return a call, one who is awaited in the list, and a line below."""
    texts = OfficeTexts()
    call = usual_call(texts)
    other = ListedCall("B-007", None, "2", call.counter, upcoming=False, over=False)
    live = LinkStatus(live=True, text="")
    return LobbyPage(
        "", "09.41", live, "Called", "Counter", texts, (call,), (other,), (), (footer,), 0, 0, None, has_panel=False
    )


def test_in_an_office_that_reads_from_the_right_the_calls_stand_the_other_way_round() -> None:
    page = replace(lobby(""), footer=())
    plain, turned = lay_out(page, FRAME), lay_out(replace(page, rtl=True), FRAME)
    boxes = {(type(item), across(item.box, FRAME)) for item in plain.items}
    assert {(type(item), item.box) for item in turned.items} == boxes
    number = {sheet: next(line.box for line in sheet.words if line.is_key) for sheet in (plain, turned)}
    assert number[plain].x < FRAME.width / 2 < number[turned].right


def test_the_line_below_begins_where_its_own_language_begins() -> None:
    for text, from_right in (("Selamat datang", False), ("\u0645\u0631\u062d\u0628\u0627", True)):
        for rtl in (False, True):
            sheet = lay_out(replace(lobby(text), rtl=rtl), FRAME)
            line, clock = (next(one for one in sheet.words if one.text == said) for said in (text, "09.41"))
            assert (clock.box.x < FRAME.width / 2) is rtl
            beside = clock.box.right if rtl else FRAME.width - clock.box.x
            left, right = (beside if rtl else 0), FRAME.width - (0 if rtl else beside)
            assert (line.box.x - left > right - line.box.right) is from_right

"""How a visitor wants to be met: one button on every page, and all of it ends with the visit."""

from __future__ import annotations

import pytest

from kiosk.pages.page import AccessPage
from kiosk.visit.access import Access
from kiosk.visit.steps import WARNING_S
from kiosk.visit.touches import touch
from tests.ui.kiosk.kiosk_samples import screens, ticket
from tests.ui.kiosk.kiosk_visitor import IDLE_S, Visitor


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_has_the_access_button(language: str) -> None:
    assert [name for name, screen in screens(language) if not screen.bar.access] == []


@pytest.mark.parametrize("screen", ["language", "service", "requirements", "lane", "issuing", "ticket"])
def test_access_opens_over_any_step_and_leads_back_to_it(screen: str) -> None:
    visitor = Visitor().connected().go(screen)
    touch(visitor.presenter, "access")
    assert visitor.screen == "access"
    visitor.settle()
    touch(visitor.presenter, "back")
    assert visitor.screen == screen


def test_each_way_is_one_touch_away_can_be_combined_and_is_announced() -> None:
    visitor = Visitor().connected().go("lane")
    touch(visitor.presenter, "access")
    for way, said in (("larger", "Tulisan lebih besar: aktif"), ("contrast", "Kontras tinggi: aktif")):
        touch(visitor.presenter, f"access:{way}")
        assert isinstance(visitor.page, AccessPage)
        assert visitor.page.said == said
    assert visitor.shown.access == Access(larger=True, contrast=True)
    touch(visitor.presenter, "access:larger")
    assert isinstance(visitor.page, AccessPage)
    assert visitor.page.said == "Tulisan lebih besar: tidak aktif"
    assert visitor.shown.access == Access(contrast=True)


def test_what_was_chosen_holds_to_the_end_of_the_visit_and_not_for_the_next_visitor() -> None:
    visitor = Visitor().connected()
    touch(visitor.presenter, "access")
    touch(visitor.presenter, "access:low")
    visitor.settle()
    touch(visitor.presenter, "access:done")
    visitor.settle()
    visitor.go("ticket")
    assert visitor.shown.access == Access(low=True)
    touch(visitor.presenter, "done")
    assert visitor.shown.access.is_plain


def test_whoever_leaves_the_start_with_large_text_is_asked_and_then_forgotten() -> None:
    visitor = Visitor().connected()
    touch(visitor.presenter, "access:larger")
    visitor.wait(IDLE_S + 1)
    assert [screen.warning is not None for screen in visitor.screens][-1]
    visitor.wait(WARNING_S)
    assert visitor.shown.warning is None
    assert visitor.shown.access.is_plain


def test_a_ticket_that_comes_meanwhile_is_shown() -> None:
    visitor = Visitor().connected().go("issuing")
    touch(visitor.presenter, "access")
    visitor.issues[0].answer(ticket())
    assert visitor.screen == "ticket"


def test_voice_is_offered_where_the_kiosk_can_speak() -> None:
    visitor = Visitor().connected()
    touch(visitor.presenter, "access")
    assert isinstance(visitor.page, AccessPage)
    assert "voice" not in [choice.key for choice in visitor.page.choices]
    visitor.presenter.voice_changed(is_there=True)
    touch(visitor.presenter, "access:voice")
    assert [choice.key for choice in visitor.page.choices][-2:] == ["voice", "dark"]


def test_a_screen_that_does_not_speak_is_never_dark() -> None:
    access = Access(voice=True).turned("dark")
    assert access.dark
    assert not access.turned("voice").dark
    assert not Access().turned("dark").dark

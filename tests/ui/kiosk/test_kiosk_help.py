"""Help is one touch away on every page: staff are told, whoever comes is announced, and it can be taken back."""

from __future__ import annotations

import pytest

from kiosk.pages.page import HelpPage
from kiosk.visit.steps import WARNING_S
from kiosk.visit.touches import touch
from tests.ui.kiosk.kiosk_samples import screens
from tests.ui.kiosk.kiosk_visitor import IDLE_S, Visitor


def _called(screen: str = "lane") -> Visitor:
    visitor = Visitor().connected().go(screen)
    touch(visitor.presenter, "help")
    visitor.settle()
    touch(visitor.presenter, "help:call")
    return visitor


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_has_the_help_button(language: str) -> None:
    assert [name for name, screen in screens(language) if not screen.bar.help] == []


@pytest.mark.parametrize("screen", ["language", "service", "requirements", "lane", "issuing", "ticket"])
def test_help_is_called_from_any_step_which_is_kept(screen: str) -> None:
    visitor = _called(screen)
    (asked,) = visitor.engine.of("help")
    assert asked.arguments == {"action": "ask", "page": screen}
    asked.reply(ok=True, result={})
    assert isinstance(visitor.page, HelpPage)
    assert visitor.page.title == "Petugas sudah diberi tahu"
    visitor.settle()
    touch(visitor.presenter, "help:done")
    assert visitor.screen == screen
    assert visitor.shown.banner is not None
    assert visitor.shown.banner.title == "Petugas sudah diberi tahu, mohon tetap di sini"


def test_whoever_comes_is_announced_and_once_they_were_there_the_call_is_over() -> None:
    visitor = _called()
    visitor.engine.of("help")[0].reply(ok=True, result={})
    visitor.presenter.help_changed({"kiosk-1": None, "kiosk-2": "5"})
    visitor.presenter.help_changed({"kiosk-1": "3"})
    assert isinstance(visitor.page, HelpPage)
    assert visitor.page.title == "Petugas dari loket 3 segera datang"
    visitor.presenter.help_changed({})
    assert (visitor.screen, visitor.shown.banner) == ("lane", None)


def test_a_call_can_be_taken_back() -> None:
    visitor = _called()
    visitor.engine.of("help")[0].reply(ok=True, result={})
    visitor.settle()
    touch(visitor.presenter, "help:cancel")
    assert [made.arguments["action"] for made in visitor.engine.of("help")] == ["ask", "cancel"]
    assert (visitor.screen, visitor.shown.banner) == ("lane", None)


def test_a_visitor_who_leaves_takes_the_call_along() -> None:
    visitor = _called("requirements")
    visitor.engine.of("help")[0].reply(ok=True, result={})
    visitor.wait(IDLE_S + WARNING_S + 1)
    assert visitor.screen == "language"
    assert [made.arguments["action"] for made in visitor.engine.of("help")] == ["ask", "cancel"]


def test_a_broker_that_knows_of_no_help_sends_the_visitor_to_a_counter() -> None:
    visitor = _called()
    visitor.engine.of("help")[0].refuse("bad_request")
    assert isinstance(visitor.page, HelpPage)
    assert visitor.page.banner is not None
    assert visitor.page.banner.text == "Silakan bertanya di loket."


def test_without_connection_nobody_is_promised_anything() -> None:
    visitor = Visitor().connected().go("lane")
    visitor.cut()
    touch(visitor.presenter, "help")
    assert isinstance(visitor.page, HelpPage)
    assert visitor.page.banner is not None
    assert not visitor.page.choices[0].is_available

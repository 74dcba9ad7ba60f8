"""What is spoken is what is shown: the script of every screen beside all words that its true widgets draw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from broker.language import Phrases
from hardware.panel import headless
from hardware.panel.scale import Reader
from kiosk.pages.feedback_samples import feedback_screens
from kiosk.pages.focus import BETWEEN_LANGUAGES, stops
from kiosk.pages.page import Screen
from kiosk.pages.spoken import Speaker
from tests.ui.kiosk.kiosk_samples import office, screens, settings

headless.prepare()

from kivy.uix.label import Label  # noqa: E402 - Kivy reads its settings when it is imported

from hardware.panel.widgets import Icon  # noqa: E402 - the same
from kiosk.drawing.screen import RULES, KioskWidget  # noqa: E402 - the same

TURNERS = {"page:before", "page:after"}
"""The buttons that turn the pages of what the panel has no room for: not of the screen's own."""
GIVES_WAY = ("steps.", "hint", "heading", "header.office", "header.date", "caption", "echo")
"""What the panel may have no room for; it is spoken all the same."""
LIKE_OTHERS = ("21-question-ipk", "21-profile-ipk", "22-sentence-full", "23-review-long")
"""Of a feedback kiosk: more of the same, and what has no room for all of a long text."""
PICTURES = ("erase", "pin:erase", "type:shift", "type:space", "type:erase")
"""What is drawn as a picture, and said in a word."""


class Shown:
    """The kiosk's true widgets, laid out on its own panel."""

    def __init__(self) -> None:
        self.widget: KioskWidget
        panel = settings().kiosks[0].panel
        self._stage = headless.Stage(panel, reader=Reader.VISITOR, rules=RULES, build=self._build)

    def seen(self, screen: Screen) -> list[Any]:
        """Show a screen; return what of it can be seen, page after page. A question lies over everything else."""
        self.widget.show(screen)
        self._stage.settle()
        top = self.widget.root if screen.warning is None else self.widget._overlay
        found = list(drawn(top))
        while "page:after" in self.widget.turners():
            self.widget.turn("page:after")
            self._stage.settle()
            found += drawn(top)
        return found

    def _build(self) -> Any:  # noqa: ANN401 - the same
        self.widget = KioskWidget(lambda _target: None, touched=lambda: None, targets=None)
        return self.widget.root


@pytest.fixture(scope="module")
def kiosk() -> Shown:
    return Shown()


def drawn(widget: Any) -> Iterator[Any]:  # noqa: ANN401 - Kivy's widgets have no types
    """Yield every widget that is seen, but for what only turns pages: whoever listens hears them in one."""
    if widget.opacity == 0 or type(widget).__name__ == "PageTurner":
        return
    yield widget
    for child in widget.children:
        yield from drawn(child)


def is_possible(widget: Any) -> bool:  # noqa: ANN401 - the same
    """Tell whether a touch of it would do something."""
    return not widget.disabled and getattr(widget, "possible", True)


def words(text: str) -> str:
    """Return a text without what only arranges it."""
    return " ".join(re.sub(r"[·\u2066-\u2069\u200e\u200f]", " ", text).split())


def pieces(text: str) -> list[str]:
    """Return what stands together in several languages, or in one line of the head, each by itself."""
    parts = (part for line in text.split(" \N{MIDDLE DOT} ") for part in BETWEEN_LANGUAGES.split(line))
    return [found for part in parts if (found := words(part))]


def everything(language: str) -> list[tuple[str, Screen]]:
    said = feedback_screens(settings(), office(), language) if language == "id" else ()
    return [*screens(language), *(one for one in said if not one[0].startswith(LIKE_OTHERS))]


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_word_that_is_drawn_is_spoken_and_every_word_that_is_spoken_is_drawn(kiosk: Shown, language: str) -> None:
    wrong: list[tuple[str, str, str]] = []
    for name, screen in everything(language):
        labels = [
            one for one in kiosk.seen(screen) if isinstance(one, Label) and not isinstance(one, Icon) and one.text
        ]
        seen = [piece for one in labels for piece in pieces(one.text)]
        speaker = Speaker(lambda code: Phrases("kiosk", code), screen.header.language)
        said = [piece for sentence in speaker.script(screen) for piece in pieces(sentence.text)]
        script, picture = "\n".join(said), "\n".join(seen)
        wrong += [(name, "is not spoken", piece) for piece in seen if piece not in script]
        left = ("on_paper", *GIVES_WAY, *PICTURES)
        on_screen = (one for one in stops(screen) if not one.place.startswith(left) and one.place != "service")
        shown = (piece for stop in on_screen for one in stop.sentences for piece in pieces(one.text))
        wrong += [(name, "is not drawn", piece) for piece in shown if piece not in picture]
    assert wrong == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_can_be_touched_can_be_reached_by_keys_and_nothing_else(kiosk: Shown, language: str) -> None:
    wrong: list[tuple[str, set[str]]] = []
    for name, screen in everything(language):
        touchable = {one.target for one in kiosk.seen(screen) if getattr(one, "target", "") and is_possible(one)}
        by_keys = {stop.target for stop in stops(screen) if stop.is_control}
        wrong += [(name, other)] if (other := (touchable ^ by_keys) - TURNERS) else []
    assert wrong == []


def test_what_has_the_focus_is_marked_and_only_that_also_after_the_page_was_drawn_anew(kiosk: Shown) -> None:
    widget = kiosk.widget
    for name, screen in everything("en"):
        kiosk.seen(screen)
        for stop in stops(screen):
            if stop.is_control:
                widget.stand_on(stop.target)
                widget.show(screen)
                marked = [one.target for one in drawn(widget.root) if getattr(one, "focused", False)]
                assert marked == [stop.target], name
        widget.stand_on("")
        assert not [one for one in drawn(widget.root) if getattr(one, "focused", False)]

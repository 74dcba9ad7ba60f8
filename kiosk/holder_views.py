"""The pages of whoever has a ticket: keypad, the ticket as it stands, a question. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hardware.panel.lists import Pool
from hardware.panel.widgets import make
from kiosk.page_views import Touch, button, draw_banner, draw_choices, draw_facts, draw_lane, strong_fact
from kiosk.pages import Choice, ConfirmPage, FoundPage, NumberPage


def _key(touch: Touch) -> Any:  # noqa: ANN401 - Kivy's widgets have no types
    made = make("Key")
    made.bind(on_release=lambda it: touch(it.target))
    return made


class Number:
    """Type the number of your ticket."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("NumberPage")
        ids = self.widget.ids
        ids.find.bind(on_release=lambda it: touch(it.target))
        self._letters = Pool(ids.letters, lambda: _key(touch))
        self._digits = Pool(ids.digits, lambda: _key(touch))

    def draw(self, page: NumberPage) -> None:
        """Write the page."""
        ids = self.widget.ids
        ids.title.text, ids.hint.text, ids.typed.text = page.title, page.hint, page.typed
        ids.find.title, ids.find.disabled = page.find.title, not page.find.is_available
        draw_banner(ids.notice, page.banner)
        _draw_keys(self._letters, page.letters)
        _draw_keys(self._digits, page.digits)


class Found:
    """The ticket as it stands."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("FoundPage")
        self._facts = Pool(self.widget.ids.facts, strong_fact)
        self._choices = Pool(self.widget.ids.choices, lambda: button(touch, align="center", size_hint_y=None))

    def draw(self, page: FoundPage) -> None:
        """Write the page; what most people came for stands out."""
        ids = self.widget.ids
        ids.caption.text, ids.number.text, ids.service.text = page.caption, page.number, page.service
        draw_lane(ids.lane_line, page.lane)
        draw_facts(self._facts, page.facts)
        draw_banner(ids.notice, page.state)
        draw_choices(self._choices, "do", page.choices)
        main = page.choices[0] if page.choices[0].key == "rejoin" else page.choices[-1]
        for made, choice in zip(self._choices.take(len(page.choices)), page.choices, strict=True):
            made.kind = "primary" if choice is main else "plain"


class Confirm:
    """Are you sure."""

    def __init__(self, touch: Touch) -> None:
        self.widget = make("ConfirmPage")
        self._choices = Pool(self.widget.ids.choices, lambda: button(touch, align="center", size_hint_y=None))

    def draw(self, page: ConfirmPage) -> None:
        """Write the page; the answer that changes nothing comes first and stands out."""
        ids = self.widget.ids
        ids.title.text, ids.text.text, ids.advice.text = page.title, page.text, page.advice
        draw_choices(self._choices, "confirm", page.choices)
        for at, made in enumerate(self._choices.take(len(page.choices))):
            made.kind = "primary" if at == 0 else "plain"


def _draw_keys(pool: Pool, keys: Sequence[Choice]) -> None:
    for made, key in zip(pool.take(len(keys)), keys, strict=True):
        is_word = len(key.title) > 1
        made.target = key.key if is_word else f"key:{key.key}"
        made.title, made.disabled = key.title, not key.is_available
        made.size_role = "body" if is_word else "title"

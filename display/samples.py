"""All pages of a display as they are laid out for `antrean check-config`: see `hardware.panel.check`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from broker.config.settings import Display, Settings
from broker.contract.messages import HoursInfo, OfficeMessage
from broker.language import words_of
from display.drawing.screen import LobbyScreen
from display.pages.layout import lay_out
from display.pages.lobby import LobbyPage
from display.pages.results import ResultPage
from display.pages.samples import samples
from display.pages.sheet import frame_for
from hardware.panel.check import Layout, NoRoomError, Page
from hardware.panel.look import Look
from hardware.panel.scale import Reader


def layouts(
    settings: Settings, office: OfficeMessage, at: dt.datetime | None = None, hours: HoursInfo | None = None
) -> Iterator[Layout]:
    """Yield every display of the office with all of its pages, at a moment that has these hours where one is given.

    Call after `headless.prepare`.
    """
    for display in settings.displays:
        shown = _Shown(settings, office, display, None if at is None or hours is None else (at, hours))
        yield Layout(
            display.id,
            display.panel,
            Reader.HALL,
            None,
            build=shown.build,
            pages=shown.pages,
            left_out=partial(sorted, shown.left_out),
        )


class _Shown:
    """One display's screen, as it was made last."""

    def __init__(
        self, settings: Settings, office: OfficeMessage, display: Display, moment: tuple[dt.datetime, HoursInfo] | None
    ) -> None:
        self._settings, self._office, self._display = settings, office, display
        self._moment = moment
        self.left_out: set[str] = set()
        """What has no room beside a single call."""

    def build(self, look: Look) -> object:
        """Make the widgets."""
        self._frame = frame_for(look)
        self._screen = LobbyScreen(look, None)
        return self._screen.root

    def pages(self) -> Iterator[Page]:
        """Yield every page."""
        languages = self._settings.office.languages
        phrases = words_of("display", languages)
        beside_calls = 0
        for name, page in samples(
            self._settings,
            self._office,
            self._frame,
            phrases,
            has_panel=self._display.procedures,
            moment=self._moment,
        ):
            if isinstance(page.panel, ResultPage) and not page.closed:
                if not self._publishes:
                    continue
                beside_calls += bool(page.front)
            language = page.panel.language if page.panel else languages[0]
            yield Page(name, language, partial(self._show, name, page))
        if self._publishes and not beside_calls:
            self.left_out.add("what is published of surveys and complaints")

    @property
    def _publishes(self) -> bool:
        """Tell whether this display shows what visitors said."""
        told = self._settings.feedback
        is_told = bool(told.surveys or told.rating) or told.complaints is not None
        return is_told and self._display.procedures and self._display.results

    def _show(self, name: str, page: LobbyPage) -> None:
        sheet = lay_out(page, self._frame)
        if not sheet.is_readable:
            raise NoRoomError(page.front[0].number if page.front else name)
        if len(page.front) == 1:
            self.left_out.update(sheet.left_out)
        self._screen.show(sheet, name)

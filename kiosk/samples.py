"""All that a kiosk may have to show with this office's own texts, for `antrean check-config`: does it fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from broker.config.settings import Kiosk, Settings
from broker.contract.messages import OfficeMessage
from hardware.office_logo import read_logo
from hardware.panel import headless
from hardware.panel.look import PLAIN, Look, Mode
from hardware.panel.scale import Reader
from kiosk.pages.feedback_samples import feedback_screens
from kiosk.pages.focus import stops
from kiosk.pages.page import Screen
from kiosk.pages.samples import screens_of
from kiosk.visit.access import Access

_WANTED = frozenset(
    {
        "1-welcome",
        "1-welcome-closed",
        "2-service",
        "2-service-short",
        "3-missing-new",
        "4-lane",
        "4-lane-full",
        "4-rule",
        "6-ticket-priority",
        "6-ticket-failed-paper_out",
        "8-offline",
        "8-alone",
        "8-alone-no-paper",
        "8-alone-service",
        "8-alone-lane",
        "8-alone-ticket-confirmed",
        "8-alone-ticket-page-failed",
        "9-number-unknown",
        "9-found-missed",
        "9-found-waiting",
        "9-found-more",
        "6-ticket-page-failed-wifi",
        "11-access",
        "11-help-told",
    }
)
"""What has words of the office, or the longest of ours; the other pages are like one of these."""
_ANSWERS = ("language:", "service:", "lane:")
_DOCUMENTS = "3-requirements-"
_FEEDBACK_WANTED = (
    "20-start",
    "20-resting",
    "20-faces",
    "20-number-unknown",
    "20-thanks-invited",
    "21-",
    "22-suggestion",
    "22-suggestion-written",
    "23-kind",
    "23-review",
    "23-receipt-screen",
)
"""The same of a feedback kiosk; what ends with a dash stands for all that begins so."""
_MODES = (PLAIN, Mode(larger=True, contrast=True, low=True))
"""As it stands there all day, and for whoever needs most."""


def reports(settings: Settings, office: OfficeMessage) -> Iterator[Mapping[str, object]]:
    """Lay out the pages of every kiosk; yield for each what does not fit, in plain values."""
    headless.prepare()
    from hardware.panel.check import plain_reports  # noqa: PLC0415 - Kivy is set up only now

    yield from plain_reports(layouts(settings, office))


def layouts(
    settings: Settings,
    office: OfficeMessage,
    *,
    is_every: bool = False,
    shown: Callable[[Callable[[Screen], None]], object] = lambda _show: None,
) -> Iterator[Any]:
    """Yield the pages of every kiosk, each a `hardware.panel.check.Layout`; every page there is where it is wanted.

    `shown` hears what shows any other page on the widgets. After Kivy was set up.
    """
    from hardware.panel.check import Layout, Page  # noqa: PLC0415 - imports Kivy
    from kiosk.drawing.screen import RULES, KioskWidget  # noqa: PLC0415 - the same

    widgets: list[KioskWidget] = []
    logo = read_logo(settings.office.logo)

    def build(_look: Look) -> Any:  # noqa: ANN401 - Kivy's widgets have no types
        widgets.append(KioskWidget(lambda _target: None, touched=lambda: None, targets=None, logo=logo))
        return widgets[-1].root

    def show(screen: Screen) -> None:
        mode = widgets[-1].mode
        access = Access(larger=mode.larger, contrast=mode.contrast, low=mode.low)
        widgets[-1].show(replace(screen, access=access))

    shown(show)

    def pages(kiosk: Kiosk) -> Iterator[Page]:
        for language in office.languages:
            for name, screen in _screens(settings, kiosk, office, language):
                if is_every or _is_wanted(name, kiosk):
                    yield Page(name.partition("-")[2], language, partial(show, screen), answers(screen))

    for kiosk in settings.kiosks:
        of_kiosk = partial(pages, kiosk)
        yield Layout(
            kiosk.id,
            kiosk.panel,
            Reader.VISITOR,
            RULES,
            build=build,
            pages=of_kiosk,
            modes=_MODES,
            follows=True,
        )


def answers(screen: Screen) -> tuple[tuple[str, str], ...]:
    """Return the target of each language, service or lane that can be chosen on a screen, and its first words."""
    return tuple(
        (stop.target, stop.sentences[0].text)
        for stop in stops(screen)
        if stop.is_control and stop.target.startswith(_ANSWERS)
    )


def _screens(settings: Settings, kiosk: Kiosk, office: OfficeMessage, language: str) -> Iterator[tuple[str, Screen]]:
    if kiosk.role == "tickets":
        return screens_of(office, language)
    return feedback_screens(settings, office, language, kiosk)


def _is_wanted(name: str, kiosk: Kiosk) -> bool:
    if kiosk.role == "tickets":
        return name in _WANTED or name.startswith(_DOCUMENTS)
    return any(name == one or (one.endswith("-") and name.startswith(one)) for one in _FEEDBACK_WANTED)

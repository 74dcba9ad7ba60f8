"""Pictures of a kiosk's pages and of its paper, for whoever changes the words on them: see `broker.preview`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from broker.config.settings import Kiosk, Settings
from broker.contract.messages import OfficeMessage
from broker.language import words_of
from broker.screen import PictureOrder, Shot
from hardware.config import PrinterConfig
from hardware.panel.pictures import Wanted, keep_pictures
from hardware.panel.window import prepare
from kiosk.pages.samples import closed_screen, ticket_of
from kiosk.paper.layout import ticket_receipt

PAPER = "paper-"
"""So the pages begin that are no pages but a ticket for a service, as it comes out of the printer."""
CLOSED = "closed"
"""The first page of a kiosk at the hours that were given."""


def draw(settings: Settings, order: PictureOrder, folder: Path, kept: Callable[[str], None]) -> None:
    """Keep pages of one kiosk, and tickets, as pictures. Paper needs no screen, but a printer."""
    kiosk = {entry.id: entry for entry in settings.kiosks}[order.part]
    for shot in order.shots:
        if shot.page.startswith(PAPER) and kiosk.printer is not None:
            _draw_paper(settings, kiosk.printer, order.office, shot, folder / f"{shot.name}.png")
            kept(shot.name)
    if shots := [shot for shot in order.shots if not shot.page.startswith(PAPER)]:
        wanted = [Wanted(one.page, one.language, folder / f"{one.name}.png") for one in shots]
        _draw_pages(settings, kiosk, order, wanted, kept)


def _draw_paper(settings: Settings, printer: PrinterConfig, office: OfficeMessage, shot: Shot, path: Path) -> None:
    from hardware.codecs.escpos_reader import read  # noqa: PLC0415 - loads python-escpos, which pages do not need
    from hardware.codecs.escpos_writer import render  # noqa: PLC0415 - the same
    from hardware.emulators.picture import draw as drawn  # noqa: PLC0415 - the same
    from hardware.factory import paper_for  # noqa: PLC0415 - the same

    paper = paper_for(printer)
    service = next(one for one in office.services if one.id == shot.page.removeprefix(PAPER))
    ticket = ticket_of(
        office,
        service=service.id,
        number=f"{service.letter}-012",
        stage=service.stages[0],
        language=shot.language,
        check="0417",
    )
    wifi = None if settings.web is None else settings.web.wifi
    phrases = words_of("kiosk", office.languages)(shot.language)
    receipt = ticket_receipt(ticket, office, phrases, columns=paper.columns, wifi=wifi)
    drawn(read(render(receipt, paper), paper), paper).image.save(path)


def _draw_pages(
    settings: Settings,
    kiosk: Kiosk,
    order: PictureOrder,
    wanted: Sequence[Wanted],
    kept: Callable[[str], None],
) -> None:
    prepare(kiosk.panel, title=f"Antrean {kiosk.id}, a picture", data_dir=wanted[0].path.parent)
    from hardware.panel.check import Page  # noqa: PLC0415 - Kivy reads its settings when it is imported: only now
    from kiosk.samples import layouts  # noqa: PLC0415 - the same

    shown: list[Any] = []
    of_kiosk = settings.model_copy(update={"kiosks": (kiosk,)})
    (layout,) = layouts(of_kiosk, order.office, is_every=True, shown=shown.append)

    def pages() -> Iterator[Page]:
        if order.at is not None and order.hours is not None:
            for language in order.office.languages:
                screen = closed_screen(order.office, language, order.hours, order.at)
                yield Page(CLOSED, language, partial(shown[-1], screen))
        yield from layout.pages()

    keep_pictures(replace(layout, pages=pages), wanted, lambda one: kept(one.path.stem))

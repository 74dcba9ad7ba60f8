"""What a training showed: for whoever trained, on a page that an office which is none does not have."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker.language import Phrases
from broker.reports.advice import PACKAGE
from broker.reports.training import ReviewTold, read_journal, review, review_told
from broker.web.staff.desk import Desk, Page, Section
from broker.web.staff.frame import Frame
from broker.web.staff.strip import REVIEW


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A review in the frame of the staff's pages."""

    title: str
    frame: Frame
    told: ReviewTold


@dataclass(frozen=True, slots=True)
class TrainingPages:
    """The review of a training, from its journal on this machine."""

    database: Path | None = None

    def section(self) -> Section:
        """Return where it stands; no navigation leads there, but what a training says does."""
        return Section((Page(REVIEW, self.reviewed, "own_figures"),))

    async def reviewed(self, desk: Desk) -> Response:
        """Show what the training shows so far."""
        offer = desk.office.offer
        if self.database is None or offer is None or not offer.is_training:
            raise HTTPException(404)
        try:
            journal = await asyncio.to_thread(read_journal, self.database)
        except sqlite3.Error:
            raise HTTPException(503) from None
        told = review_told(Phrases(PACKAGE, desk.p.worded_in), review(journal))
        return desk.show("staff/training.html", ReviewPage(told.title, desk.frame(), told))

"""The office as a kiosk knew it last, on disk: one that is started anew while nobody can be reached goes on by it.

It counts as long as the machine runs on. Only so is it sure what time it is, and that what is known of numbers in
advance is the latest that there is.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from broker.contract.messages import HallMessage, OfficeMessage, ServiceInfo, ServiceMessage
from broker.contract.office import WholeOffice
from hardware.boot import since_boot_s
from hardware.files import write_whole
from hardware.worker import DeviceWorker

KEPT_EVERY_S = 60.0
"""So old may be what is known of what is offered; of what changes every few seconds nothing is used later."""
Unknown = Literal["never", "restarted"]
"""Why a kiosk cannot go on by itself: it never heard of its office, or its machine was started anew since."""

log = logging.getLogger(__name__)


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)

    boot: str
    at: AwareDatetime
    """The engine's time."""
    at_s: float
    """The same by the seconds since the machine was started."""
    office: OfficeMessage
    procedures: tuple[ServiceMessage, ...]
    """Of its services: they are no part of how an office is written down."""
    hall: HallMessage

    def whole(self) -> OfficeMessage:
        """Return the office with the procedures of its services."""
        told: list[OfficeMessage] = []
        whole = WholeOffice(told.append)
        whole.office(self.office)
        for procedure in self.procedures:
            whole.service(procedure)
        return told[-1]


class KnownOffice:
    """A file. It is read once, before anything is shown; a thread that may wait for the disk writes it."""

    def __init__(
        self, path: Path, writer: DeviceWorker, *, boot: str, since_boot_s: Callable[[], float] = since_boot_s
    ) -> None:
        """`boot` is different after each start of the machine."""
        self._path, self._writer = path, writer
        self._boot, self._since_boot_s = boot, since_boot_s
        self._written: tuple[OfficeMessage, float] | None = None
        self.unknown: Unknown | None = None
        """Why nothing is known; None where it is."""
        self._kept = self._read()

    @property
    def found(self) -> tuple[OfficeMessage, HallMessage] | None:
        """Return the office and the last picture of it that an earlier run had."""
        return (
            None if self._kept is None else (self._kept.whole(), self._kept.hall.model_copy(update={"retained": True}))
        )

    def now(self) -> dt.datetime | None:
        """Return the engine's time by what an earlier run knew of it, whatever this machine's clock says."""
        if self._kept is None:
            return None
        return self._kept.at + dt.timedelta(seconds=self._since_boot_s() - self._kept.at_s)

    def keep(self, office: OfficeMessage, hall: HallMessage, now: dt.datetime) -> None:
        """Write down what is known now, if that is new."""
        at_s = self._since_boot_s()
        if self._written is not None and self._written[0] == office and at_s - self._written[1] < KEPT_EVERY_S:
            return
        self._written = office, at_s
        kept = _Kept(
            boot=self._boot,
            at=now,
            at_s=at_s,
            office=office,
            procedures=tuple(_procedure_of(service) for service in office.services),
            hall=_lasting(hall),
        )
        self._writer.submit(lambda: self._write(kept.model_dump_json().encode()), lambda _done: None)

    def _write(self, data: bytes) -> None:
        try:
            write_whole(self._path, data, durable=False)  # after a power cut it does not count
        except OSError as error:
            log.warning("what is known of the office is not kept over a restart: %s", error)

    def _read(self) -> _Kept | None:
        try:
            kept = _Kept.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            self.unknown = "never"
            return None
        except (OSError, ValidationError) as error:
            log.warning("what the last run knew of the office is forgotten, %s is unreadable: %s", self._path, error)
            self.unknown = "never"
            return None
        if not self._boot or kept.boot != self._boot:
            self.unknown = "restarted"
            return None
        return kept


def _procedure_of(service: ServiceInfo) -> ServiceMessage:
    return ServiceMessage(**{name: getattr(service, name) for name in ServiceMessage.model_fields})


def _lasting(hall: HallMessage) -> HallMessage:
    """Return of a picture what still counts when it is old: what is offered, and until when."""
    return hall.model_copy(update={"calling": (), "recent": (), "counters": ()})

"""What the office offers, put together from the topics that carry it. Pure, so that presenters may use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from pydantic import BaseModel

from broker.contract.claim import Standing
from broker.contract.link import Requester
from broker.contract.messages import OfficeMessage, ServiceInfo, ServiceMessage
from broker.contract.topics import Topics

M = TypeVar("M", bound=BaseModel)


class OfficeBus(Requester, Protocol):
    """What a screen needs of `broker.bus.Bus`; every handler runs on the screen's own thread."""

    def listen(self, topic_filter: str, model: type[M], handler: Callable[[M], None]) -> None:
        """Hand over what comes on a topic."""
        ...

    def on_link(self, handler: Callable[[bool], None]) -> None:
        """Tell when the engine can be reached and when not."""
        ...

    def on_taken(self, handler: Callable[[Standing], None]) -> None:
        """Tell when another process has or wants our id, and when no longer."""
        ...

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Tell how devices fare."""
        ...

    def start(self) -> None:
        """Connect in the background."""
        ...

    def stop(self) -> None:
        """Disconnect."""
        ...


@dataclass(slots=True)
class WholeOffice:
    """Puts the services' procedures, each of which comes by itself, back into the office that they belong to.

    `changed` is called with the bare office at once, for a screen may begin with that; then when the last procedure is
    there, and whenever any of it changes.
    """

    changed: Callable[[OfficeMessage], None]
    _office: OfficeMessage | None = field(init=False, default=None)
    _procedures: dict[str, ServiceMessage] = field(init=False, default_factory=dict)

    def office(self, office: OfficeMessage) -> None:
        """Take `state/office` in."""
        self._office = office
        self._tell(office)

    def service(self, procedure: ServiceMessage) -> None:
        """Take `state/service/{service}` in."""
        if self._procedures.get(procedure.id) == procedure:
            return
        self._procedures[procedure.id] = procedure
        office = self._office
        if office is not None and all(service.id in self._procedures for service in office.services):
            self._tell(office)

    def _tell(self, office: OfficeMessage) -> None:
        services = tuple(self._with_procedure(service) for service in office.services)
        self.changed(office.model_copy(update={"services": services}))

    def _with_procedure(self, service: ServiceInfo) -> ServiceInfo:
        procedure = self._procedures.get(service.id)
        if procedure is None:
            return service
        return service.model_copy(update={name: getattr(procedure, name) for name in ServiceMessage.model_fields})


def listen_to_office(bus: OfficeBus, topics: Topics, changed: Callable[[OfficeMessage], None]) -> None:
    """Hand over what the office offers, with the procedures of its services, whenever any of that changes."""
    whole = WholeOffice(changed)
    bus.listen(topics.office_state(), OfficeMessage, whole.office)
    bus.listen(topics.service("+"), ServiceMessage, whole.service)

"""What the office offers, put together from the topics that carry it. Pure, so that presenters may use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from broker.contract.messages import OfficeMessage, ServiceInfo, ServiceMessage


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

"""Who may call whom: the one definition, for the engine, the waits, the screens' offers and check-config. Pure.

A counter calls a visitor as its own work (one of its stages), or as borrowed work (one it helps out with) while nobody
waits for its own. Whatever the stage, it must take the service and the lane; a step-free lane needs a step-free
counter. A ticket that was sent to one counter is that counter's alone until its time there is over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Protocol


class Place(Protocol):
    """A counter as far as calling goes; no `services` or `lanes` means all of them."""

    @property
    def stages(self) -> Collection[str]:
        """Return its own work."""
        ...

    @property
    def borrows(self) -> Collection[str]:
        """Return the stages it helps out with."""
        ...

    @property
    def services(self) -> Collection[str] | None:
        """Return the services it takes."""
        ...

    @property
    def lanes(self) -> Collection[str] | None:
        """Return the lanes it takes."""
        ...

    @property
    def step_free(self) -> bool:
        """Tell whether it is reached without steps."""
        ...


class Way(Protocol):
    """A lane as far as calling goes."""

    @property
    def id(self) -> str:
        """Return the lane's id."""
        ...

    @property
    def step_free(self) -> bool:
        """Tell whether its visitors go to step-free counters only."""
        ...


def takes(place: Place, service: str, lane: Way) -> bool:
    """Tell whether a counter may serve such visitors at whatever stage."""
    return (
        (place.services is None or service in place.services)
        and (place.lanes is None or lane.id in place.lanes)
        and (place.step_free or not lane.step_free)
    )


def serves(place: Place, stage: str, service: str, lane: Way) -> bool:
    """Tell whether a counter calls such visitors as its own work."""
    return stage in place.stages and takes(place, service, lane)


def may_call(place: Place, stage: str, service: str, lane: Way) -> bool:
    """Tell whether a counter calls such visitors at all: as its own work, or while nobody waits for that."""
    return (stage in place.stages or stage in place.borrows) and takes(place, service, lane)


def is_open_to(counter: str, sent_to: str, sent_until: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether a ticket waits for this counter too: sent nowhere, sent here, or for long enough elsewhere."""
    return sent_to in {"", counter} or (sent_until is not None and sent_until <= now)

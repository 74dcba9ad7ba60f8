"""Pages that a visitor may open from anywhere, and comes back from to where the visit stood. No widgets, no wire."""

from __future__ import annotations

from typing import get_args

from kiosk.visit.access import Way
from kiosk.visit.flow import Flow
from kiosk.visit.steps import Aside


class Asides:
    """Opens and closes them, and does what can be done there."""

    def __init__(self, flow: Flow) -> None:
        """Take the visit."""
        self._flow = flow

    def open(self, aside: Aside) -> None:
        """Lay a page over the step; its own button closes it again."""
        if self._flow.is_settled:
            self._flow.lay_over(None if self._flow.visit.aside is aside else aside)

    def close(self) -> None:
        """Return to where the visit stands."""
        if self._flow.is_settled and self._flow.visit.aside is not None:
            self._flow.lay_over(None)

    def turn(self, way: str) -> None:
        """Turn a way of being met on or off, wherever the visit stands."""
        flow, known = self._flow, {str(one): one for one in get_args(Way)}
        if way in known:
            flow.change(access=flow.visit.access.turned(known[way]), announced=known[way])

"""Pages that a visitor may open from anywhere, and comes back from to where the visit stood. No widgets, no wire."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, get_args

from broker.contract.link import Pending, Requester
from broker.contract.messages import Reply
from kiosk.visit.access import Way
from kiosk.visit.flow import Flow
from kiosk.visit.steps import Aside

log = logging.getLogger(__name__)


class Asides:
    """Opens and closes them, and does what can be done there: how one is met, and the call for help."""

    def __init__(self, flow: Flow, requester: Requester, kiosk: str) -> None:
        """Take the visit, who carries the call for help, and the id by which it is heard of again."""
        self._flow = flow
        self._requester = requester
        self._kiosk = kiosk
        self._asked: Pending | None = None
        self._was_heard = False
        flow.on_end = self.withdraw

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

    # -- help -------------------------------------------------------------------------------------------------------

    def call(self) -> None:
        """Call staff to this kiosk."""
        flow = self._flow
        if flow.visit.aside is not Aside.HELP or flow.visit.help in {"asking", "told"} or not flow.is_settled:
            return
        flow.change(help="asking")
        self._was_heard = False
        arguments = {"action": "ask", "page": flow.visit.step.value}
        self._asked = self._requester.request("help", arguments, self._answered)

    def cancel(self) -> None:
        """Take the call back, and return to where the visit stands."""
        if self._flow.visit.help is not None and self._flow.is_settled:
            self.withdraw()
            self._flow.change(help=None)
            self._flow.lay_over(None)

    def withdraw(self) -> None:
        """Take the call back: whoever made it has gone or needs nobody any more."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        if self._flow.visit.help in {"asking", "told"}:
            self._flow.lasting.send("help", {"action": "cancel"})
        self._flow.coming = None

    def help_heard(self, open_calls: Mapping[str, str | None]) -> None:
        """Take which kiosks call for help, each with the counter that comes; one that is gone was answered."""
        flow = self._flow
        if flow.visit.help is None:
            return
        if self._kiosk in open_calls:
            self._was_heard = True
            flow.coming = open_calls[self._kiosk]
            flow.show()
        elif self._was_heard:
            self._was_heard = False
            flow.coming = None
            flow.change(help=None)
            if flow.visit.aside is Aside.HELP:
                flow.lay_over(None)

    def _answered(self, reply: Reply) -> None:
        self._asked = None
        if self._flow.visit.help == "asking":
            if not reply.ok:
                log.warning("nobody could be called: %s", reply.error)
            changes: dict[str, Any] = {"help": "told" if reply.ok else "failed"}
            self._flow.change(**changes)

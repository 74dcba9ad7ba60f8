"""Whether somebody has come to a free desk that nobody waited for: an officer may have looked away. Pure."""

from __future__ import annotations

from broker.contract.messages import CounterMessage
from counter.desk.lists import queue_length


class Arrivals:
    """Wants attention from the moment when somebody comes until anybody does something."""

    def __init__(self) -> None:
        """Begin with a picture of nothing."""
        self._was_idle = self._was_waiting = False
        self._comes = self._calls = False

    @property
    def wants_attention(self) -> bool:
        """Tell whether somebody has come, or calls for help, and nobody has done anything since."""
        return self._comes or self._calls

    def heard(self, desk: CounterMessage) -> None:
        """Take in how the counter is now; what a server had kept is no news."""
        is_idle = desk.state == "open" and not queue_length(desk)
        if self._was_idle and desk.state == "open" and queue_length(desk) and not desk.retained:
            self._comes = True
        elif self._was_waiting and not (desk.state == "open" and queue_length(desk)):
            self._comes = False
        self._was_waiting = desk.state == "open" and queue_length(desk) > 0
        self._was_idle = is_idle and not desk.retained

    def called(self, *, is_new: bool, is_open: bool) -> None:
        """Take note whether a visitor at a kiosk began to call for help, and whether any still waits for somebody."""
        self._calls = is_open and (is_new or self._calls)

    def seen(self) -> None:
        """Take note that somebody is there: a key was pressed, or a button."""
        self._comes = self._calls = False

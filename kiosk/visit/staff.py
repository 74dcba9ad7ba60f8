"""What staff can do at a kiosk, behind a hidden gesture and a PIN. No widgets, no wire."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from broker.contract.messages import Ticket
from kiosk.visit.flow import Flow
from kiosk.visit.steps import Aside

PIN_DIGITS = 4
MOST_PIN_DIGITS = 12
WRONG_PINS = 3
"""So many wrong PINs in a row lock the menu for `LOCKED_S`, as many again for twice as long, and so on."""
LOCKED_S = 60.0
MOST_DOUBLINGS = 6
VOLUME_STEP = 10
LEAST_VOLUME = 20
"""A voice that cannot be heard would look broken to whoever cannot look."""

log = logging.getLogger(__name__)


class Machine(Protocol):
    """What only the process itself can do. Nothing here blocks."""

    def verify(self, pin: str, told: Callable[[bool], None]) -> None:
        """Compare a PIN with the one of the configuration, on a thread of its own: that is slow by intent."""
        ...

    def print_test(self, told: Callable[[bool], None]) -> None:
        """Print the test page."""
        ...

    def set_volume(self, percent: int) -> None:
        """Be as loud as this from now on."""
        ...

    def restart(self) -> None:
        """End this program and begin it anew."""
        ...

    def shut_down(self) -> None:
        """End this program; where a command is configured, the machine too."""
        ...


class Staff:
    """The steps of whoever looks after the kiosk."""

    def __init__(self, flow: Flow, machine: Machine | None, reprint: Callable[[Ticket], None]) -> None:
        """Take the visit and the process; without one there is no menu."""
        self._flow = flow
        self._machine = machine
        self._reprint = reprint
        self._wrong = 0
        self._locked_until = -float("inf")
        self._is_comparing = False

    def knock(self) -> None:
        """Ask for the PIN: the hidden gesture was made."""
        if self._machine is not None and self._flow.visit.aside is None:
            self._flow.change(pin="", pin_trouble="locked" if self._is_locked else None, staff_said=None)
            self._flow.lay_over(Aside.PIN)

    def press(self, key: str) -> None:
        """Add a digit to the PIN."""
        flow = self._flow
        if flow.visit.aside is Aside.PIN and key.isdecimal() and len(flow.visit.pin) < MOST_PIN_DIGITS:
            flow.change(pin=flow.visit.pin + key, pin_trouble="locked" if self._is_locked else None)

    def erase(self) -> None:
        """Take the last digit back."""
        if self._flow.visit.aside is Aside.PIN:
            self._flow.change(pin=self._flow.visit.pin[:-1])

    def enter(self) -> None:
        """Compare the PIN; whoever guesses waits longer and longer."""
        flow = self._flow
        if flow.visit.aside is not Aside.PIN or self._machine is None or self._is_comparing:
            return
        if self._is_locked or len(flow.visit.pin) < PIN_DIGITS:
            flow.change(pin="", pin_trouble="locked" if self._is_locked else flow.visit.pin_trouble)
            return
        self._is_comparing = True
        self._machine.verify(flow.visit.pin, self._compared)

    def print_test(self) -> None:
        """Print the test page."""
        if self._machine is not None and self._is_in:
            self._flow.change(staff_said="printing")
            self._machine.print_test(self._printed)

    def print_last(self) -> None:
        """Print the last ticket again, as a copy that is counted and marked as any other."""
        flow = self._flow
        if self._is_in and flow.last_ticket is not None and flow.is_linked and not flow.is_unanswered:
            flow.lay_over(None)
            self._reprint(flow.last_ticket)

    def change_volume(self, steps: int) -> None:
        """Be louder or softer."""
        flow = self._flow
        if self._machine is not None and self._is_in and flow.volume_percent is not None:
            flow.volume_percent = min(100, max(LEAST_VOLUME, flow.volume_percent + steps * VOLUME_STEP))
            self._machine.set_volume(flow.volume_percent)
            flow.show()

    def restart(self) -> None:
        """Begin the program anew."""
        if self._machine is not None and self._is_in:
            log.warning("restarted by staff")
            self._machine.restart()

    def shut_down(self) -> None:
        """End the program."""
        if self._machine is not None and self._is_in:
            log.warning("shut down by staff")
            self._machine.shut_down()

    # -- inside -----------------------------------------------------------------------------------------------------

    @property
    def _is_in(self) -> bool:
        return self._flow.visit.aside is Aside.STAFF and self._flow.is_settled

    @property
    def _is_locked(self) -> bool:
        return self._flow.clocks.monotonic() < self._locked_until

    def _compared(self, is_right: bool) -> None:  # noqa: FBT001 - told by who compares
        self._is_comparing = False
        flow = self._flow
        if is_right:
            self._wrong = 0
            if flow.visit.aside is Aside.PIN:
                flow.change(pin="", pin_trouble=None)
                flow.lay_over(Aside.STAFF)
            return
        self._wrong += 1
        log.warning("a wrong PIN for the staff's menu, the %d. in a row", self._wrong)
        if self._wrong % WRONG_PINS == 0:
            doublings = min(MOST_DOUBLINGS, self._wrong // WRONG_PINS - 1)
            self._locked_until = flow.clocks.monotonic() + LOCKED_S * 2**doublings
        if flow.visit.aside is Aside.PIN:
            flow.change(pin="", pin_trouble="locked" if self._is_locked else "wrong")

    def _printed(self, is_printed: bool) -> None:  # noqa: FBT001 - told by who prints
        if self._flow.visit.aside is Aside.STAFF:
            self._flow.change(staff_said="printed" if is_printed else "failed")

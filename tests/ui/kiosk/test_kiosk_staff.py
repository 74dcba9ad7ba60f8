"""What staff reach behind the clock and a PIN, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.pages.page import NumberPage, StaffPage
from kiosk.visit.staff import LOCKED_S, WRONG_PINS, Machine
from kiosk.visit.touches import touch
from tests.ui.kiosk.kiosk_samples import ticket
from tests.ui.kiosk.kiosk_visitor import IDLE_S, Visitor

PIN = "2468"


class FakeMachine:
    """Remembers what it was told to do; compares at once, prints as well as it is said to."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.prints = True

    def verify(self, pin: str, told: Callable[[bool], None]) -> None:
        """Compare."""
        told(pin == PIN)

    def print_test(self, told: Callable[[bool], None]) -> None:
        """Print, or not."""
        self.done.append("test")
        told(self.prints)

    def set_volume(self, percent: int) -> None:
        """Take the volume."""
        self.done.append(f"volume {percent}")

    def restart(self) -> None:
        """Restart."""
        self.done.append("restart")

    def shut_down(self) -> None:
        """Shut down."""
        self.done.append("shut down")


def _type(visitor: Visitor, pin: str) -> None:
    for digit in pin:
        touch(visitor.presenter, f"pin:{digit}")
    touch(visitor.presenter, "pin:enter")


@pytest.fixture
def machine() -> FakeMachine:
    return FakeMachine()


@pytest.fixture
def visitor(machine: FakeMachine) -> Visitor:
    of: Machine = machine
    return Visitor(machine=of).connected()


@pytest.fixture
def inside(visitor: Visitor) -> Visitor:
    touch(visitor.presenter, "staff")
    _type(visitor, PIN)
    visitor.settle()
    return visitor


def test_without_a_pin_in_the_configuration_there_is_no_menu() -> None:
    visitor = Visitor().connected()
    touch(visitor.presenter, "staff")
    assert visitor.screen == "language"


def test_the_menu_opens_by_the_pin_alone(visitor: Visitor) -> None:
    touch(visitor.presenter, "staff:restart")
    assert visitor.screen == "language"
    touch(visitor.presenter, "staff")
    assert isinstance(visitor.page, NumberPage)
    _type(visitor, "1111")
    assert visitor.screen == "pin"
    _type(visitor, PIN)
    assert visitor.screen == "staff"


def test_what_is_typed_of_the_pin_is_not_shown(visitor: Visitor) -> None:
    touch(visitor.presenter, "staff")
    touch(visitor.presenter, "pin:2")
    assert isinstance(visitor.page, NumberPage)
    assert visitor.page.typed == "*"


def test_whoever_guesses_waits_and_then_waits_longer(visitor: Visitor) -> None:
    touch(visitor.presenter, "staff")
    for _ in range(WRONG_PINS):
        _type(visitor, "1111")
    _type(visitor, PIN)
    assert visitor.screen == "pin"
    assert isinstance(visitor.page, NumberPage)
    assert visitor.page.banner is not None
    for _ in range(int(LOCKED_S)):
        visitor.wait(1)
        touch(visitor.presenter, "pin:erase")
    _type(visitor, PIN)
    assert visitor.screen == "staff"


def test_staff_see_how_the_devices_are_and_print_a_test_page(inside: Visitor, machine: FakeMachine) -> None:
    inside.presenter.devices_changed({"printer": "ready, preview"})
    assert isinstance(inside.page, StaffPage)
    assert inside.page.facts == (("printer", "ready, preview"),)
    touch(inside.presenter, "staff:test")
    assert machine.done == ["test"]
    assert isinstance(inside.page, StaffPage)
    assert inside.page.said is not None
    assert inside.page.said.tone == "good"


def test_the_last_ticket_is_printed_again_as_a_counted_copy(visitor: Visitor) -> None:
    visitor.go("ticket")
    visitor.presenter.start_over()
    visitor.settle()
    touch(visitor.presenter, "staff")
    _type(visitor, PIN)
    visitor.settle()
    touch(visitor.presenter, "staff:last")
    (asked,) = visitor.engine.of("reprint")
    assert asked.arguments["ticket"] == ticket().id
    asked.answer(ticket().model_copy(update={"copies": 1}))
    assert (visitor.screen, [paper.copies for paper in visitor.papers]) == ("ticket", [0, 1])


def test_the_volume_is_set_in_steps_where_there_is_sound(inside: Visitor, machine: FakeMachine) -> None:
    touch(inside.presenter, "staff:louder")
    assert machine.done == []
    inside.presenter.volume_changed(95)
    touch(inside.presenter, "staff:louder")
    touch(inside.presenter, "staff:softer")
    assert machine.done == ["volume 100", "volume 90"]
    inside.presenter.volume_changed(25)
    touch(inside.presenter, "staff:softer")
    touch(inside.presenter, "staff:softer")
    assert machine.done[2:] == ["volume 20", "volume 20"], "a kiosk that cannot be heard would look broken"


def test_without_connection_the_menu_stays_and_no_ticket_is_offered_again(visitor: Visitor) -> None:
    visitor.go("ticket")
    visitor.presenter.start_over()
    visitor.settle()
    touch(visitor.presenter, "staff")
    _type(visitor, PIN)
    visitor.settle()
    visitor.presenter.link_changed(False)  # noqa: FBT003 - as the bus calls it
    touch(visitor.presenter, "staff:last")
    assert (visitor.screen, visitor.engine.of("reprint")) == ("staff", [])


@pytest.mark.parametrize(("target", "done"), [("staff:restart", "restart"), ("staff:shut_down", "shut down")])
def test_the_kiosk_is_restarted_or_shut_down(inside: Visitor, machine: FakeMachine, target: str, done: str) -> None:
    touch(inside.presenter, target)
    assert machine.done == [done]


def test_a_menu_that_was_left_open_closes_by_itself(inside: Visitor) -> None:
    inside.wait(IDLE_S + 25)
    assert inside.screen == "language"

"""What a touch means: from the name of a touch target to the presenter's method. Pure."""

from __future__ import annotations

import logging

from kiosk.presenter import Presenter
from kiosk.visit import Errand

log = logging.getLogger(__name__)


def touch(presenter: Presenter, target: str) -> None:
    """Do what the touch target called `target` is for; `kind:key` for one of several."""
    kind, _, key = target.partition(":")
    match kind:
        case "language" | "switch":
            presenter.choose_language(key)
        case "back":
            presenter.back()
        case "start_over" | "leave" | "done":
            presenter.start_over()
        case "way":
            _way_out(presenter, key)
        case "have_ticket" | "key" | "erase" | "find" | "do" | "confirm" | "print_again":
            _with_ticket(presenter, kind, key)
        case "stay":
            pass  # that there was a touch is all it takes
        case _:
            _choose(presenter, kind, key)
    presenter.touched()


def _choose(presenter: Presenter, kind: str, key: str) -> None:
    match kind:
        case "service":
            presenter.newcomer.choose_service(key)
        case "lane":
            presenter.newcomer.choose_lane(key)
        case "continue":
            presenter.newcomer.go_on()
        case _:
            log.error("no such touch target: %s:%s", kind, key)


def _with_ticket(presenter: Presenter, kind: str, key: str) -> None:
    holder = presenter.holder
    match kind:
        case "have_ticket":
            holder.begin()
        case "key":
            holder.press(key)
        case "erase":
            holder.erase()
        case "find":
            holder.find()
        case "print_again":
            holder.print_again()
        case "do" if key in _ERRANDS:
            holder.choose(Errand(key))
        case "do":
            presenter.start_over()
        case _ if key == "yes":
            holder.confirm()
        case _:
            holder.back()


_ERRANDS = frozenset({Errand.REPRINT.value, Errand.REJOIN.value, Errand.CANCEL.value})


def _way_out(presenter: Presenter, key: str) -> None:
    match key:
        case "again":
            presenter.try_again()
        case "look":
            presenter.holder.look_again()
        case "services" | "lanes":
            presenter.newcomer.choose_again(key)
        case _:
            presenter.start_over()

"""What a touch means: from the name of a touch target to the presenter's method. Pure."""

from __future__ import annotations

import logging

from kiosk.presenter import Presenter

log = logging.getLogger(__name__)


def touch(presenter: Presenter, target: str) -> None:
    """Do what the touch target called `target` is for; `kind:key` for one of several."""
    kind, _, key = target.partition(":")
    match kind:
        case "language" | "switch":
            presenter.choose_language(key)
        case "service":
            presenter.choose_service(key)
        case "lane":
            presenter.choose_lane(key)
        case "continue":
            presenter.go_on()
        case "back":
            presenter.back()
        case "start_over" | "leave" | "done":
            presenter.start_over()
        case "way":
            _way_out(presenter, key)
        case "stay":
            pass  # that there was a touch is all it takes
        case _:
            log.error("no such touch target: %s", target)
    presenter.touched()


def _way_out(presenter: Presenter, key: str) -> None:
    match key:
        case "again":
            presenter.try_again()
        case "services" | "lanes":
            presenter.choose_again(key)
        case _:
            presenter.start_over()

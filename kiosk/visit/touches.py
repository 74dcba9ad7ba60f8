"""What a touch means: from the name of a touch target to the presenter's method. Pure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from kiosk.visit.presenter import Presenter
from kiosk.visit.steps import Aside, Errand

log = logging.getLogger(__name__)


def touch(presenter: Presenter, target: str) -> None:
    """Do what the touch target called `target` is for; `kind:key` for one of several."""
    kind, _, key = target.partition(":")
    meant = _SINGLE.get(target) or _MANY.get(kind)
    if meant is None:
        log.error("no such touch target: %s", target)
    else:
        meant(presenter, key)
        if target != "stay":
            presenter.acted()
    presenter.touched()


_Meaning = Callable[[Presenter, str], None]

_MANY: Mapping[str, _Meaning] = {
    "language": lambda presenter, key: presenter.choose_language(key),
    "switch": lambda presenter, key: presenter.choose_language(key),
    "service": lambda presenter, key: presenter.newcomer.choose_service(key),
    "lane": lambda presenter, key: presenter.newcomer.choose_lane(key),
    "access": lambda presenter, key: presenter.asides.turn(key),
    "key": lambda presenter, key: presenter.returning.press(key),
    "pin": lambda presenter, key: presenter.staff.press(key),
}
"""One of several: the key says which."""

_SINGLE: Mapping[str, _Meaning] = {
    "back": lambda presenter, _: presenter.back(),
    "access": lambda presenter, _: presenter.asides.open(Aside.ACCESS),
    "access:done": lambda presenter, _: presenter.asides.close(),
    "start_over": lambda presenter, _: presenter.start_over(),
    "leave": lambda presenter, _: presenter.start_over(),
    "done": lambda presenter, _: presenter.start_over(),
    "stay": lambda _, __: None,  # that there was a touch is all it takes
    "continue": lambda presenter, _: presenter.newcomer.go_on(),
    "missing": lambda presenter, _: presenter.newcomer.miss_something(),
    "missing:look": lambda presenter, _: presenter.newcomer.look_again(),
    "missing:list": lambda presenter, _: presenter.newcomer.print_list(),
    "missing:anyway": lambda presenter, _: presenter.newcomer.go_on(),
    "missing:start_over": lambda presenter, _: presenter.start_over(),
    "help": lambda presenter, _: presenter.asides.open(Aside.HELP),
    "help:call": lambda presenter, _: presenter.asides.call(),
    "help:cancel": lambda presenter, _: presenter.asides.cancel(),
    "help:done": lambda presenter, _: presenter.asides.close(),
    "staff": lambda presenter, _: presenter.staff.knock(),
    "pin:erase": lambda presenter, _: presenter.staff.erase(),
    "pin:enter": lambda presenter, _: presenter.staff.enter(),
    "staff:test": lambda presenter, _: presenter.staff.print_test(),
    "staff:last": lambda presenter, _: presenter.staff.print_last(),
    "staff:louder": lambda presenter, _: presenter.staff.change_volume(1),
    "staff:softer": lambda presenter, _: presenter.staff.change_volume(-1),
    "staff:restart": lambda presenter, _: presenter.staff.restart(),
    "staff:shut_down": lambda presenter, _: presenter.staff.shut_down(),
    "staff:done": lambda presenter, _: presenter.asides.close(),
    "rule": lambda presenter, _: presenter.asides.open(Aside.RULE),
    "rule:done": lambda presenter, _: presenter.asides.close(),
    "have_ticket": lambda presenter, _: presenter.returning.begin(),
    "erase": lambda presenter, _: presenter.returning.erase(),
    "find": lambda presenter, _: presenter.returning.find(),
    "print_again": lambda presenter, _: presenter.returning.print_again(),
    "do:reprint": lambda presenter, _: presenter.returning.choose(Errand.REPRINT),
    "do:rejoin": lambda presenter, _: presenter.returning.choose(Errand.REJOIN),
    "do:cancel": lambda presenter, _: presenter.returning.choose(Errand.CANCEL),
    "do:done": lambda presenter, _: presenter.start_over(),
    "confirm:yes": lambda presenter, _: presenter.returning.confirm(),
    "confirm:no": lambda presenter, _: presenter.returning.back(),
    "way:again": lambda presenter, _: presenter.try_again(),
    "way:look": lambda presenter, _: presenter.returning.look_again(),
    "way:services": lambda presenter, _: presenter.newcomer.choose_again("services"),
    "way:lanes": lambda presenter, _: presenter.newcomer.choose_again("lanes"),
    "way:start_over": lambda presenter, _: presenter.start_over(),
}

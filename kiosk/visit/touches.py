"""What a touch means: from the name of a touch target to the presenter's method. Pure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

from kiosk.visit.feedback import FeedbackPresenter
from kiosk.visit.presenter import KioskPresenter, Presenter
from kiosk.visit.steps import Aside, Errand

log = logging.getLogger(__name__)


def touch(presenter: Presenter | FeedbackPresenter, target: str) -> None:
    """Do what the touch target called `target` is for; `kind:key` for one of several."""
    kind, _, key = target.partition(":")
    if isinstance(presenter, Presenter):
        done = _do(presenter, target, kind, key, _SINGLE, _MANY)
    else:
        done = _do(presenter, target, kind, key, _SAID, _SAID_OF)
    if not done:
        log.error("no such touch target: %s", kind)
    elif target != "stay":
        presenter.acted()
    presenter.touched()


def _do(  # noqa: PLR0917 - a target in its parts, and where it may stand
    presenter: P,
    target: str,
    kind: str,
    key: str,
    single: Mapping[str, Callable[[P, str], None]],
    many: Mapping[str, Callable[[P, str], None]],
) -> bool:
    meant = single.get(target) or many.get(kind) or _EVERYWHERE.get(target) or _OF_SEVERAL.get(kind)
    if meant is not None:
        meant(presenter, key)
    return meant is not None


P = TypeVar("P", Presenter, FeedbackPresenter)

_OF_SEVERAL: Mapping[str, Callable[[KioskPresenter, str], None]] = {
    "language": lambda presenter, key: presenter.choose_language(key),
    "switch": lambda presenter, key: presenter.choose_language(key),
    "access": lambda presenter, key: presenter.asides.turn(key),
    "pin": lambda presenter, key: presenter.staff.press(key),
}
"""One of several, at every kiosk: the key says which."""

_EVERYWHERE: Mapping[str, Callable[[KioskPresenter, str], None]] = {
    "back": lambda presenter, _: presenter.back(),
    "access": lambda presenter, _: presenter.asides.open(Aside.ACCESS),
    "access:done": lambda presenter, _: presenter.asides.close(),
    "start_over": lambda presenter, _: presenter.start_over(),
    "leave": lambda presenter, _: presenter.start_over(),
    "done": lambda presenter, _: presenter.start_over(),
    "stay": lambda _, __: None,  # that there was a touch is all it takes
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
    "way:again": lambda presenter, _: presenter.try_again(),
    "way:start_over": lambda presenter, _: presenter.start_over(),
}
"""What every kiosk has."""

_SAID_OF: Mapping[str, Callable[[FeedbackPresenter, str], None]] = {
    "topic": lambda presenter, key: presenter.choose(key),
    "face": lambda presenter, key: presenter.face(key),
    "pick": lambda presenter, key: presenter.pick(key),
    "type": lambda presenter, key: presenter.press(key),
    "key": lambda presenter, key: presenter.press(key),
}

_SAID: Mapping[str, Callable[[FeedbackPresenter, str], None]] = {
    "written": lambda presenter, _: presenter.written(),
    "erase": lambda presenter, _: presenter.erase(),
    "find": lambda presenter, _: presenter.find(),
}
"""At a feedback kiosk."""

_Meaning = Callable[[Presenter, str], None]

_MANY: Mapping[str, _Meaning] = {
    "service": lambda presenter, key: presenter.newcomer.choose_service(key),
    "lane": lambda presenter, key: presenter.newcomer.choose_lane(key),
    "key": lambda presenter, key: presenter.returning.press(key),
}
"""One of several: the key says which."""

_SINGLE: Mapping[str, _Meaning] = {
    "continue": lambda presenter, _: presenter.newcomer.go_on(),
    "missing": lambda presenter, _: presenter.newcomer.miss_something(),
    "missing:look": lambda presenter, _: presenter.newcomer.look_again(),
    "missing:list": lambda presenter, _: presenter.newcomer.print_list(),
    "missing:anyway": lambda presenter, _: presenter.newcomer.go_on(),
    "missing:start_over": lambda presenter, _: presenter.start_over(),
    "rule": lambda presenter, _: presenter.asides.open(Aside.RULE),
    "rule:done": lambda presenter, _: presenter.asides.close(),
    "do:more": lambda presenter, _: presenter.asides.open(Aside.MORE),
    "more:done": lambda presenter, _: presenter.asides.close(),
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
    "way:look": lambda presenter, _: presenter.returning.look_again(),
    "way:services": lambda presenter, _: presenter.newcomer.choose_again("services"),
    "way:lanes": lambda presenter, _: presenter.newcomer.choose_again("lanes"),
}

"""By keys alone: from any place of any screen everything is reached, in both directions, and nobody is held fast."""

from __future__ import annotations

import pytest

from kiosk.pages.focus import Stop, moved, stops
from kiosk.pages.page import Screen
from kiosk.visit import touches
from tests.ui.kiosk.kiosk_samples import screens

ALL = [(f"{name}-{language}", screen) for language in ("id", "en") for name, screen in screens(language)]


def walked(along: tuple[Stop, ...], by: int, *, reads: bool, begin: str = "") -> list[str]:
    """Return where one comes by pressing the same key as often as there are stops."""
    places, place = [], begin
    for _ in along:
        place = moved(along, place, by, reads=reads)
        places.append(place)
    return places


@pytest.mark.parametrize("reads", [False, True])
def test_every_control_of_every_screen_is_reached_from_everywhere_and_the_order_comes_round(*, reads: bool) -> None:
    for name, screen in ALL:
        along = stops(screen)
        controls = [stop.place for stop in along if stop.is_control]
        for begin in ("", *(stop.place for stop in along)):
            there = walked(along, 1, reads=reads, begin=begin)
            back = walked(along, -1, reads=reads, begin=begin)
            assert set(controls) <= set(there), name
            assert set(there) == set(back), name
        forth = dict.fromkeys(walked(along, 1, reads=reads))
        assert [place for place in forth if place in controls] == controls, name
        assert moved(along, moved(along, controls[0], 1, reads=reads), -1, reads=reads) == controls[0], name


def test_whoever_listens_comes_by_everything_that_is_shown_but_keys_that_do_not_fit() -> None:
    for name, screen in ALL:
        along = stops(screen)
        passed = {stop.place for stop in along if stop.is_key and not stop.is_available}
        assert set(walked(along, 1, reads=True)) == {stop.place for stop in along} - passed, name


def test_places_are_unique_and_the_title_comes_first() -> None:
    for name, screen in ALL:
        along = stops(screen)
        assert len({stop.place for stop in along}) == len(along), name
        assert along[0].is_title, name
        assert along[0].sentences, name


def test_what_stands_at_a_stop_is_what_a_touch_of_it_would_do() -> None:
    known = {*touches._SINGLE, *touches._MANY, *touches._EVERYWHERE, *touches._OF_SEVERAL}
    for name, screen in ALL:
        for stop in stops(screen):
            assert not stop.target or stop.target in known or stop.target.partition(":")[0] in known, (name, stop)


def test_while_somebody_is_asked_whether_they_are_there_that_is_all_there_is() -> None:
    asked = [screen for _, screen in ALL if screen.warning is not None]
    assert asked
    for screen in asked:
        offered = ["stay", "leave"] if screen.warning is not None and screen.warning.stay else ["leave"]
        assert [stop.target for stop in stops(screen) if stop.target] == offered


def test_words_in_every_language_are_read_each_in_its_own() -> None:
    welcome = dict(ALL)["1-welcome-id"]
    said = {sentence.text: sentence.language for stop in stops(welcome) for sentence in stop.sentences}
    assert said["Ambil nomor antrean Anda di sini"] == "id"
    assert said["Take your queue number here"] == "en"
    assert said["Touch here to begin"] == "en"
    offline: Screen = dict(ALL)["8-offline-en"]
    assert {sentence.language for stop in stops(offline)[:2] for sentence in stop.sentences} == {"id", "en"}


def test_what_is_blocked_can_be_heard_and_not_chosen_but_the_way_out_stays() -> None:
    blocked = dict(ALL)["4-lane-unlinked-id"]
    controls = {stop.target for stop in stops(blocked) if stop.is_control}
    assert not any(target.startswith("lane:") for target in controls)
    assert {"back", "start_over"} <= controls

"""What the day came to: by officer, service and lane, and as if nothing had been where something is taken back."""

from __future__ import annotations

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from broker.domain import commands as cmd
from broker.domain.errors import DomainError
from broker.domain.figures import Figures, LaneFigures, OfficerFigures, ServiceFigures
from tests.fakes.halls import Play


def test_a_visit_counts_for_officer_service_and_lane() -> None:
    play = Play()
    play.sign_in()
    play.issue("visa")
    play.wait(600)
    play.call_next()
    play.wait(20)
    play.start()
    play.wait(280)
    play.finish()
    assert play.hall.figures == Figures(
        {"sari": OfficerFigures(served=1, service_s=300.0, called=1, within=1)},
        {"visa": ServiceFigures(issued=1, served=1, last="B-001")},
        {"regular": LaneFigures(called=1, within=1)},
    )


def test_who_waited_longer_than_promised_was_called_but_not_within() -> None:
    play = Play()
    play.sign_in()
    play.issue("visa", "priority")
    play.wait(901)
    play.call_next()
    assert play.hall.figures.of_officer("sari") == OfficerFigures(called=1, within=0)
    assert play.hall.figures.of_lane("priority") == LaneFigures(called=1, within=0)


def test_a_journey_is_served_once_and_its_lane_counts_its_first_call_only() -> None:
    play = Play()
    play.sign_in()
    play.issue("passport")
    for _ in ("check", "interview"):
        play.wait(60)
        play.call_next()
        play.start()
        play.wait(60)
        play.finish()
    assert play.hall.figures.of_service("passport") == ServiceFigures(issued=1, served=1, last="A-001")
    assert play.hall.figures.of_lane("regular") == LaneFigures(called=1, within=1)
    assert play.hall.figures.of_officer("sari").served == 2


def test_an_officer_takes_the_figures_to_another_counter() -> None:
    play = Play()
    play.sign_in("c1")
    play.issue("passport")
    play.call_next("c1")
    play.finish("c1")
    play.do(cmd.SignIn("c2", "sari", "1234", "c2", pin_matches=True, leave="c1"))
    play.issue("passport")
    play.call_next("c2")
    play.finish("c2")
    assert play.hall.figures.of_officer("sari").served == 2


def test_a_day_begins_with_nothing() -> None:
    play = Play()
    play.sign_in()
    play.issue()
    play.call_next()
    play.finish()
    play.wait(24 * 3600)
    play.issue()
    assert play.hall.figures == Figures(services={"visa": ServiceFigures(issued=1)})


ACTS = st.lists(st.sampled_from(["issue", "next", "start", "finish", "no_show", "hold", "wait"]), max_size=25)


@given(before=ACTS, last=st.sampled_from(["next", "start", "finish", "no_show", "hold"]), two=st.booleans())
def test_what_is_taken_back_has_never_counted(before: list[str], last: str, *, two: bool) -> None:
    play = Play()
    play.sign_in()
    play.sign_in("c2", "budi")
    for act in before:
        _act(play, act)
    figures = deepcopy(play.hall.figures)
    if not _act(play, last):
        return
    if two:  # a colleague goes on meanwhile: only what is ours is taken back
        play.call_next("c2")
        figures.officers.pop("budi", None)
    play.undo()
    after = deepcopy(play.hall.figures)
    if two:
        after.officers.pop("budi", None)
        assert after.of_officer("sari") == figures.of_officer("sari")
        assert {name: day.served for name, day in after.services.items()} == {
            name: day.served for name, day in figures.services.items()
        }
        return
    for name in {*after.officers, *figures.officers}:
        assert after.of_officer(name) == figures.of_officer(name)
    assert after.services == figures.services
    for lane in {*after.lanes, *figures.lanes}:
        assert after.of_lane(lane) == figures.of_lane(lane)


def _act(play: Play, act: str) -> bool:
    """Do something at counter 1; return whether it was done."""
    match act:
        case "issue":
            play.issue("passport")
        case "wait":
            play.wait(100)
        case "next":
            return _called(play)
        case _:
            doing = {"start": play.start, "finish": play.finish, "no_show": play.no_show, "hold": play.hold}[act]
            try:
                doing()
            except DomainError:
                return False
    return True


def _called(play: Play) -> bool:
    try:
        return play.call_next() is not None
    except DomainError:
        return False

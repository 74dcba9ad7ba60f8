"""Whatever people wait for: no service is away from the display's panel for more than four minutes."""

from __future__ import annotations

import functools
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from broker.language import Phrases
from display.hall.programme import LATEST_S, ROUND_S, Programme, next_up
from display.pages.panel import ProcedurePage
from display.pages.results import ResultPage
from tests.support.trials import examples
from tests.ui.display.lobby_samples import office, published, service

SERVICES = [f"service-{place}" for place in range(40)]


@given(data=st.data(), count=st.integers(1, 40))
def test_no_service_is_away_for_more_than_four_minutes(data: st.DataObject, count: int) -> None:
    weights = data.draw(st.lists(st.floats(0.2, 1.0), min_size=count, max_size=count))
    lasts_s = {name: weight / sum(weights) * ROUND_S for name, weight in zip(SERVICES, weights, strict=False)}
    # One alone may take all the time there is to spare, and is never away.
    left_at_s = dict.fromkeys(lasts_s, 0.0)
    now_s, turns = 0.0, []
    for _ in range(60):
        waiting = data.draw(st.sets(st.sampled_from(list(lasts_s)), max_size=count))
        name = next_up(lasts_s, left_at_s, waiting=waiting, now_s=now_s)
        away_s = {other: now_s - at_s for other, at_s in left_at_s.items()}
        assert max(away_s.values()) <= LATEST_S + 1e-6, "some service waits for too long"
        now_s += data.draw(st.floats(0.3, 1.0)) * lasts_s[name]
        left_at_s[name] = now_s
        turns.append(name)
    assert count == 1 or all(one != other for one, other in itertools.pairwise(turns))


@given(data=st.data(), count=st.integers(2, 12))
def test_what_people_wait_for_comes_first_and_more_often(data: st.DataObject, count: int) -> None:
    lasts_s = dict.fromkeys(SERVICES[:count], 8.0)
    waiting = data.draw(st.sets(st.sampled_from(list(lasts_s)), min_size=1, max_size=count))
    left_at_s = dict.fromkeys(lasts_s, 0.0)
    now_s, turns = 0.0, []
    for _ in range(80):
        name = next_up(lasts_s, left_at_s, waiting=waiting, now_s=now_s)
        now_s += lasts_s[name]
        left_at_s[name] = now_s
        turns.append(name)
    first = turns[: len(waiting)]
    assert set(first) == waiting if len(waiting) > 1 else first[0] in waiting
    others = [turns.count(name) for name in lasts_s if name not in waiting]
    assert min(map(turns.count, waiting)) >= max(others, default=0)


@settings(max_examples=examples(40), deadline=None)
@given(data=st.data(), count=st.integers(2, 14))
def test_after_a_time_without_room_none_is_later_either(data: st.DataObject, count: int) -> None:
    now_s = 0.0
    programme = Programme(lambda: now_s, phrases=functools.partial(Phrases, "display"), least_s=12.0)
    names = [f"{place:02d}" for place in range(count)]
    shown = office(*(service("A", name, name) for name in names))
    programme.publish(published())
    # What the office publishes has room only where nobody is called.
    programme.offer(shown, lambda page, level: not (isinstance(page, ResultPage) and level))
    back_at_s = 0.0
    seen_at_s = dict.fromkeys(names, 0.0)
    room_since_s = dict.fromkeys(names, 0.0)
    """Of each, for how long there was room since it was last on."""
    rooms = st.tuples(st.sampled_from((0, 1, 2, None)), st.integers(1, 500))
    for level, lasts_s in data.draw(st.lists(rooms, max_size=12)):
        has_room = level is not None
        programme.crowd(level)
        for _ in range(lasts_s):
            now_s += 1
            programme.tick()
            if not has_room:
                back_at_s = now_s
                continue
            page = programme.page
            assert not level or not isinstance(page, ResultPage), "calls come first"
            for name in names:
                room_since_s[name] += 1
            if isinstance(page, ProcedurePage):
                seen_at_s[page.of], room_since_s[page.of] = now_s, 0.0
            assert max(room_since_s.values()) <= LATEST_S + 1, "of the time in which there is room"
            assert all(now_s - max(at_s, back_at_s) <= LATEST_S + 1 for at_s in seen_at_s.values())


def test_after_a_long_burst_services_come_in_the_order_in_which_they_were_seen_last() -> None:
    now_s = 0.0
    programme = Programme(lambda: now_s, phrases=functools.partial(Phrases, "display"), least_s=12.0)
    names = [f"{place:02d}" for place in range(6)]
    programme.offer(office(*(service("A", name, name) for name in names)), lambda _page, _level: True)
    seen_at_s = dict.fromkeys(names, 0.0)
    first_at_s: dict[str, float] = {}
    for second in range(1000):
        now_s += 1
        if second in (95, 700):
            programme.crowd(None if second == 95 else 0)
        programme.tick()
        page = programme.page
        if isinstance(page, ProcedurePage):
            if second < 95:
                seen_at_s[page.of], interrupted = now_s, page.of
            elif second >= 700:
                first_at_s.setdefault(page.of, now_s)
    order = [name for name in sorted(first_at_s, key=lambda name: first_at_s[name]) if name != interrupted]
    assert order == sorted(set(names) - {interrupted}, key=lambda name: seen_at_s[name])
    assert max(first_at_s.values()) - 700 <= LATEST_S

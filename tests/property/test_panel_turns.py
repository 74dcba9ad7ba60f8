"""Whatever people wait for: no service is away from the display's panel for more than four minutes."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from display.hall.programme import LATEST_S, ROUND_S, next_up

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

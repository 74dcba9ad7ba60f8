"""The figures of a journal once more, by other code: slowly, line by line, from the text of the lines.

It knows nothing of `broker.reports`. First every action that was taken back is crossed out with its taking back; then
each ticket and each counter is followed from its first line to its last, on a time that no clock can set; then what is
asked for is picked out and counted by hand.
"""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from tests.fakes.journals import JournalLine

Fact = dict[str, Any]
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
US = dt.timedelta(microseconds=1)
BESIDE = {"rated", "day_closed"}
"""What is of no day of the hall, and begins none."""
BY_STAFF = {"staff_transfer": "transferred", "staff_cancel": "cancelled", "staff_call": "called"}
"""What an act of the staff on a ticket is in the journal; the others move no ticket."""
LAST = "23:30"
"""In which half hour the end of a day closes what is left."""


@dataclass
class Recount:
    """What was found in a journal: a dictionary for each thing that happened, with all that it can be chosen by."""

    zone: dt.tzinfo
    now: dt.datetime
    happened: list[Fact] = field(default_factory=list)
    waits: list[Fact] = field(default_factory=list)
    visits: list[Fact] = field(default_factory=list)
    sat: list[Fact] = field(default_factory=list)
    papers: list[Fact] = field(default_factory=list)
    rated: list[Fact] = field(default_factory=list)
    """What stands beside the journal, which says of a rating that there was one and nothing else."""
    left_over: dict[dt.date, list[Fact]] = field(default_factory=dict)
    """By day: who was not done when it ended."""
    ends: dict[dt.date, tuple[int, int]] = field(default_factory=dict)
    """By day: when it ended, and by how much the clock had been set by then."""


def recount(lines: Sequence[JournalLine], zone: dt.tzinfo, now: dt.datetime) -> Recount:
    """Read a whole journal."""
    found = Recount(zone, now)
    of_hall = [line for line in lines if line.name not in BESIDE]
    told = [{**json.loads(line.body), "name": line.name, "client": line.client, "seq": line.seq} for line in of_hall]
    set_so_far = 0
    for one, line in zip(told, of_hall, strict=True):
        one["us"] = (dt.datetime.fromisoformat(one["at"]) - EPOCH) // US
        if one["name"] == "clock_set":
            set_so_far += dt.timedelta(seconds=one["by_s"]) // US
        one["run"] = one["us"] - set_so_far  # time as it passed, whatever the clock said
        one["set"], one["hall_day"] = set_so_far, line.hall_day
        local = dt.datetime.fromisoformat(one["at"]).astimezone(zone)
        one["half_hour"] = f"{local.hour:02}:{'30' if local.minute >= 30 else '00'}"
        is_closing = one["name"] in {"cancelled", "closed"} and one["client"] == "broker"
        one["is_end"] = is_closing and one.get("reason") == "end of day"
    _give_days(told)
    ends = found.ends = _ends(told, zone, (now - EPOCH) // US)
    standing = _without_undone(told)
    _follow_tickets(found, standing, _promises(told), ends)
    _follow_counters(found, told, standing, ends)
    return found


def _give_days(told: list[Fact]) -> None:
    """Give each line its day: the hall's; what closes a day belongs to it, unless something of the next came before."""
    day = None
    for one in told:
        if day is None or one["hall_day"] == day or not one["is_end"]:
            day = one["hall_day"]
        one["day"] = day


def _ends(told: list[Fact], zone: dt.tzinfo, now_us: int) -> dict[dt.date, tuple[int, int]]:
    """Return by day when it ended, by the clock, and by how much the clock had been set by then."""
    ends = {}
    days = list(dict.fromkeys(one["day"] for one in told))
    for day in days:
        of_day = [one for one in told if one["day"] == day and not one["is_end"]]
        last_us = of_day[0]["us"]
        for one in of_day:
            last_us = one["us"] if one["name"] == "clock_set" else max(last_us, one["us"])
        date = (EPOCH + last_us * US).astimezone(zone).date() + dt.timedelta(days=1)
        midnight_us = (dt.datetime(date.year, date.month, date.day, tzinfo=zone) - EPOCH) // US
        after = [one for one in told if one["day"] > day]
        begins_us = after[0]["us"] if after else now_us
        ends[day] = max(last_us, min(midnight_us, begins_us)), of_day[-1]["set"]
    return ends


def _without_undone(told: list[Fact]) -> list[Fact]:
    """Return the lines that stand: without each action that was taken back, and without its taking back."""
    standing: list[Fact] = []
    for one in told:
        if one["name"] == "undone":
            done = {"ticket": one["ticket"], "counter": one["counter"], "name": one["action"]}
        elif one["name"] == "staff_undone" and one["act"] in BY_STAFF:
            done = {"ticket": one["ticket"], "by": one["by"], "name": BY_STAFF[one["act"]]}
        else:
            standing.append(one)
            continue
        for place in range(len(standing) - 1, -1, -1):
            if all(standing[place].get(name) == value for name, value in done.items()):
                del standing[place]
                break
    return standing


def _promises(told: list[Fact]) -> dict[dt.date, dict[str, int]]:
    """Return by day and lane what was promised at the last call, though it may have been taken back."""
    promised: dict[str, int] = {}
    by_day = {}
    lane_of = {one["ticket"]: one["lane"] for one in told if one["name"] == "issued"}
    for one in told:
        if one.get("ticket") in lane_of:
            one["promised_before"] = promised.get(lane_of[one["ticket"]])
        if one["name"] == "called":
            promised[lane_of[one["ticket"]]] = one["reason"]["promised_s"]
        by_day[one["day"]] = dict(promised)
    return by_day


def _follow_tickets(
    found: Recount,
    standing: list[Fact],
    promises_by_day: dict[dt.date, dict[str, int]],
    ends: dict[dt.date, tuple[int, int]],
) -> None:
    sitting = _who_sits_where(standing)
    of_ticket: dict[str, list[Fact]] = {}
    for one in standing:
        if one.get("ticket") is not None:
            of_ticket.setdefault(one["ticket"], []).append(one)
    for lines in of_ticket.values():
        _follow_ticket(found, lines, sitting, ends, promises_by_day)


def _who_sits_where(standing: list[Fact]) -> Callable[[str | None, int], str | None]:
    seats: list[tuple[int, str, str | None]] = [
        (one["seq"], one["counter"], one.get("officer") if one["name"] == "opened" else None)
        for one in standing
        if one["name"] in {"opened", "closed"}
    ]

    def who(counter: str | None, seq: int) -> str | None:
        officer = None
        for at, where, name in seats:
            if at >= seq:
                break
            if where == counter:
                officer = name
        return officer

    return who


def _follow_ticket(  # noqa: C901, PLR0912, PLR0915 - one story from its beginning to its end
    found: Recount,
    lines: list[Fact],
    sitting: Callable[[str | None, int], str | None],
    ends: dict[dt.date, tuple[int, int]],
    promises_by_day: dict[dt.date, dict[str, int]],
) -> None:
    first = lines[0]
    lane, service, stage = first["lane"], first["service"], first["stage"]
    told = first["promised"]
    waiting_since: int | None = first["run"]
    taken_since = there_since = at_counter = None
    state, is_first = "waiting", True
    done_on: dt.date | None = None
    ended = {"finished", "no_show", "cancelled"}
    story: list[tuple[dt.date, Fact]] = []

    def where(one: Fact, counter: str | None = None, officer: str | None = None) -> Fact:
        half_hour = LAST if one["is_end"] else one["half_hour"]
        place = {"service": service, "lane": lane, "stage": stage, "counter": counter, "officer": officer}
        return {"ticket": one["ticket"], "day": one["day"], "half_hour": half_hour, **place}

    for one in lines:
        name, counter = one["name"], one.get("counter")
        if done_on is not None and one["day"] != done_on and name in {"printed", "reprinted"}:
            continue
        officer = sitting(counter, one["seq"])
        if name == "issued":
            found.happened.append({**where(one), "kind": "arrival"})
            if told is not None:
                found.happened.append({**where(one), "kind": "told"})
        elif name in {"printed", "reprinted"}:
            outcome = one["outcome"] if name == "printed" else "asked"
            found.papers.append({**where(one), "outcome": outcome})
        elif name == "called":
            assert waiting_since is not None
            found.waits.append(
                {
                    **where(one, counter, one["officer"]),
                    "us": one["run"] - waiting_since,
                    "is_first": is_first,
                    "promised_s": one["reason"]["promised_s"],
                    "called": True,
                    "told": told if is_first else None,
                }
            )
            waiting_since, taken_since, there_since, at_counter = None, one["run"], None, counter
            state, is_first = "called", False
        elif name == "started":
            there_since, state = one["run"], "serving"
        elif name == "unheld":
            taken_since, there_since, at_counter, state = one["run"], None, counter, "serving"
        elif name == "rejoined":
            found.happened.append({**where(one), "kind": "rejoined"})
            waiting_since, state, done_on = one["run"], "waiting", None
        if name in {"finished", "no_show", "held", "transferred", "cancelled"}:
            by_counter, by_officer = counter, officer
            if at_counter is not None:
                by_counter, by_officer = at_counter, sitting(at_counter, one["seq"])
                if not one["is_end"]:
                    found.visits.append(
                        {
                            **where(one, by_counter, by_officer),
                            "us": one["run"] - taken_since,
                            "way": None if there_since is None else there_since - taken_since,
                            "end": name,
                        }
                    )
            elif name == "cancelled" and state == "waiting" and not one["is_end"]:
                assert waiting_since is not None
                found.waits.append(
                    {
                        **where(one),
                        "us": one["run"] - waiting_since,
                        "is_first": is_first,
                        "promised_s": one["promised_before"],
                        "called": False,
                        "told": None,
                    }
                )
            if name == "finished" and one["next_stage"] is None:
                found.happened.append({**where(one, by_counter, by_officer), "kind": "served"})
            elif name == "cancelled":
                kind = "left" if one["is_end"] else "cancelled"
                found.happened.append({**where(one, by_counter, by_officer), "kind": kind})
            elif name in {"no_show", "transferred"}:
                found.happened.append({**where(one, by_counter, by_officer), "kind": name})
            at_counter = None
            if name == "finished" and one["next_stage"] is not None:
                waiting_since, stage, state = one["run"], one["next_stage"], "waiting"
            elif name == "transferred":
                if state != "waiting":
                    waiting_since = one["run"]
                service, stage, state, done_on = one["service"], one["stage"], "waiting", None
            else:
                state = name
                done_on = one["day"] if name in ended else None
        story.append(
            (
                one["day"],
                {
                    "ticket": one["ticket"],
                    "state": state,
                    "service": service,
                    "lane": lane,
                    "stage": stage,
                    "is_first": is_first,
                    "since_run": waiting_since,
                },
            )
        )
    for day, (_, set_by_then) in ends.items():
        known = [at for at in story if at[0] <= day]
        if known and known[-1][1]["state"] == "waiting":
            still = known[-1][1]
            promised_s = promises_by_day.get(day, {}).get(lane)
            since_us = still["since_run"] + set_by_then
            found.left_over.setdefault(day, []).append({**still, "since_us": since_us, "promised_s": promised_s})


def _follow_counters(
    found: Recount, told: list[Fact], standing: list[Fact], ends: dict[dt.date, tuple[int, int]]
) -> None:
    counters = {one["counter"] for one in standing if one["name"] == "opened"}
    for counter in sorted(counters):
        acts = [one for one in told if one.get("counter") == counter and one["name"] != "counter_asked"]
        _follow_counter(found, counter, acts, standing, ends)


def _follow_counter(
    found: Recount, counter: str, acts: list[Fact], standing: list[Fact], ends: dict[dt.date, tuple[int, int]]
) -> None:
    """Walk from line to line of the journal, and note from when on the counter was how."""
    officer = ticket = None
    paused = False
    changes: list[tuple[int, str | None, str]] = []
    for one in standing:
        name = one["name"]
        if one.get("ticket") == ticket and ticket is not None and name in {
            "finished", "no_show", "held", "transferred", "cancelled"
        }:  # fmt: skip
            ticket = None
        elif one.get("counter") == counter and name in {"called", "unheld"}:
            ticket = one["ticket"]
        elif one.get("counter") == counter and name == "opened":
            officer, paused = one["officer"], False
        elif one.get("counter") == counter and name == "closed":
            officer, paused = None, False
            if one["is_end"]:
                last_run = max(act["run"] for act in acts if act["seq"] < one["seq"] and not act["is_end"])
                before = [end_us - set_by_then for day, (end_us, set_by_then) in ends.items() if day < one["day"]]
                last_run = max([last_run, *before[-1:]])  # what was told of a day stands
                changes = [change for change in changes if change[0] <= last_run]
                changes.append((last_run, None, "closed"))
                ticket = None
                continue
        elif one.get("counter") == counter and name in {"paused", "resumed"}:
            paused = name == "paused"
        does = "closed" if officer is None else "busy" if ticket else "paused" if paused else "idle"
        changes.append((one["run"], officer, does))
    _cut(found, counter, changes, ends)


def _cut(
    found: Recount,
    counter: str,
    changes: list[tuple[int, str | None, str]],
    ends: dict[dt.date, tuple[int, int]],
) -> None:
    """Cut what a counter did at the ends of days, and into half hours by the clock as it was when the day ended."""
    stops = [*(begin for begin, _, _ in changes[1:]), 1 << 62]
    begin_of_day = -(1 << 62)
    for day, (end_us, set_by_then) in ends.items():
        end_of_day = end_us - set_by_then
        for (begin, officer, does), stop in zip(changes, stops, strict=True):
            at, until = max(begin, begin_of_day), min(stop, end_of_day)
            while officer is not None and at < until:
                local = (EPOCH + (at + set_by_then) * US).astimezone(found.zone)
                past_us = (local.minute % 30 * 60 + local.second) * 1_000_000 + local.microsecond
                then = min(until, at + 30 * 60_000_000 - past_us)
                half_hour = f"{local.hour:02}:{'30' if local.minute >= 30 else '00'}"
                place = {"day": day, "half_hour": half_hour, "counter": counter, "officer": officer}
                found.sat.append({**place, "does": does, "us": then - at})
                at = then
        begin_of_day = end_of_day


# -- figures ------------------------------------------------------------------------------------------------------


@dataclass
class Picked:
    """What belongs to one slice."""

    happened: list[Fact]
    waits: list[Fact]
    visits: list[Fact]
    papers: list[Fact]
    still: list[Fact]
    as_of_us: int


KINDS = {
    "arrivals": "arrival",
    "served": "served",
    "left": "left",
    "no_shows": "no_show",
    "returned": "rejoined",
    "cancelled": "cancelled",
    "transferred": "transferred",
    "told": "told",
}
OUTCOMES = ("confirmed", "unconfirmed", "failed", "asked")


def picked(found: Recount, is_wanted: Callable[[Fact], bool], last_day: dt.date) -> Picked:
    """Return what is wanted; who still waits is looked for at the end of the last day."""
    still, as_of_us = _still(found, last_day)
    half_hour = (EPOCH + (as_of_us - 1) * US).astimezone(found.zone)
    label = f"{half_hour.hour:02}:{'30' if half_hour.minute >= 30 else '00'}"
    return Picked(
        [one for one in found.happened if is_wanted(one)],
        [one for one in found.waits if is_wanted(one)],
        [one for one in found.visits if is_wanted(one)],
        [one for one in found.papers if is_wanted(one)],
        [one for one in still if is_wanted({**one, "day": last_day, "half_hour": label})],
        as_of_us,
    )


def behind(found: Recount, is_wanted: Callable[[Fact], bool], last_day: dt.date) -> dict[str, Counter[str]]:
    """Return the tickets that each figure is of, each as often as it counts."""
    of = picked(found, is_wanted, last_day)
    waits = [*of.waits, *of.still]
    done = [one for one in of.visits if one["end"] == "finished"]
    decided = [one for one in of.waits if sum(_promise([one], [], 0))]
    broken = [one for one in of.still if sum(_promise([], [one], of.as_of_us))]
    ranges = [one for one in of.waits if one["told"] is not None and one["called"]]
    at_once = [one for one in ranges if one["told"]["low_s"] == 0 and one["told"]["high_s"] <= 60]
    told = [one for one in ranges if one not in at_once]
    groups = {
        **{name: [one for one in of.happened if one["kind"] == kind] for name, kind in KINDS.items()},
        **{f"papers_{name}": [one for one in of.papers if one["outcome"] == name] for name in OUTCOMES},
        **dict.fromkeys(("wait_mean", "wait_median", "wait_p90", "wait_p95", "wait_longest"), waits),
        **dict.fromkeys(("visits", "service_mean", "service_median", "service_p90"), done),
        **dict.fromkeys(("told_kept", "told_early", "told_late", "told_error"), told),
        "still_waiting": of.still,
        "within_promise": [*decided, *broken],
        "way_median": [one for one in of.visits if one["way"] is not None],
        "at_once_kept": at_once,
    }
    return {name: Counter(one["ticket"] for one in facts) for name, facts in groups.items()}


def figures(found: Recount, is_wanted: Callable[[Fact], bool], last_day: dt.date) -> Fact:
    """Return every figure of what is wanted, by its id; who still waits is looked for at the end of the last day."""
    of = picked(found, is_wanted, last_day)
    happened, waits, visits, papers, still, as_of_us = (
        of.happened,
        of.waits,
        of.visits,
        of.papers,
        of.still,
        of.as_of_us,
    )
    sat = [one for one in found.sat if is_wanted(one)]
    scores = [one["score"] for one in found.rated if is_wanted(one)]
    lengths = [one["us"] for one in waits] + [max(0, as_of_us - one["since_us"]) for one in still]
    done = [one["us"] for one in visits if one["end"] == "finished"]
    kept, decided = _promise(waits, still, as_of_us)
    ranges = [
        (one["told"]["low_s"] * 1_000_000, one["told"]["high_s"] * 1_000_000, one["us"])
        for one in waits
        if one["told"] is not None and one["called"]
    ]
    at_once = [us for low, high, us in ranges if low == 0 and high <= 60_000_000]
    told = [(low, high, us) for low, high, us in ranges if not (low == 0 and high <= 60_000_000)]
    spent = {does: sum(one["us"] for one in sat if one["does"] == does) for does in ("idle", "paused", "busy")}
    open_counters = len({one["counter"] for one in sat})
    hours = {
        "open_hours": sum(spent.values()),
        "busy_hours": spent["busy"],
        "idle_hours": spent["idle"],
        "paused_hours": spent["paused"],
    }
    ready = spent["busy"] + spent["idle"]
    return {
        **{name: _count(happened, "kind", kind) for name, kind in KINDS.items()},
        **{f"papers_{name}": _count(papers, "outcome", name) for name in OUTCOMES},
        "still_waiting": (len(still), len(still)),
        "wait_mean": _mean(lengths),
        "wait_median": _rank(lengths, 50),
        "wait_p90": _rank(lengths, 90),
        "wait_p95": _rank(lengths, 95),
        "wait_longest": _rank(lengths, 100),
        "within_promise": _share(kept, decided),
        "visits": (len(done), len(done)),
        "service_mean": _mean(done),
        "service_median": _rank(done, 50),
        "service_p90": _rank(done, 90),
        "way_median": _rank([one["way"] for one in visits if one["way"] is not None], 50),
        **{
            name: (_rounded(Fraction(us, 3_600_000_000), 2), open_counters) if sat else (None, 0)
            for name, us in hours.items()
        },
        "use": (_rounded(Fraction(100 * spent["busy"], ready), 1), open_counters) if ready else (None, 0),
        "told_kept": _share(len([1 for low, high, us in told if low <= us <= high]), len(told)),
        "told_early": _share(len([1 for low, _, us in told if us < low]), len(told)),
        "told_late": _share(len([1 for _, high, us in told if us > high]), len(told)),
        "told_error": _half_rank([abs(low + high - 2 * us) for low, high, us in told]),
        "at_once_kept": _share(len([us for us in at_once if us <= 60_000_000]), len(at_once)),
        "ratings": (len(scores), len(scores)),
        "rating_mean": (_rounded(Fraction(sum(scores), len(scores)), 2), len(scores)) if scores else (None, 0),
    }


def _still(found: Recount, last_day: dt.date) -> tuple[list[Fact], int]:
    """Return who waits at the end of a day, or of the last one before of which anything is told; and when that is."""
    after = last_day + dt.timedelta(days=1)
    end_us = (dt.datetime(after.year, after.month, after.day, tzinfo=found.zone) - EPOCH) // US
    as_of_us = min(end_us, (found.now - EPOCH) // US)
    before = [day for day in sorted(found.ends) if day <= last_day]
    if not before:
        return [], as_of_us
    known_us = found.ends[before[-1]][0]
    as_of_us = known_us if before[-1] == last_day else max(as_of_us, known_us)
    return found.left_over.get(before[-1], []), as_of_us


def _promise(waits: Iterable[Fact], still: Iterable[Fact], as_of_us: int) -> tuple[int, int]:
    kept = broken = 0
    for one in waits:
        if not one["is_first"] or one["promised_s"] is None:
            continue
        is_late = one["us"] > one["promised_s"] * 1_000_000
        kept += one["called"] and not is_late
        broken += is_late
    for one in still:
        if one["is_first"] and one["promised_s"] is not None:
            broken += as_of_us - one["since_us"] > one["promised_s"] * 1_000_000
    return kept, kept + broken


def _count(facts: Iterable[Fact], name: str, value: str) -> tuple[int, int]:
    n = len([one for one in facts if one[name] == value])
    return n, n


def _rank(values: Sequence[int], percent: int) -> tuple[Decimal | None, int]:
    """Return the smallest value that so many percent do not exceed: by trying each."""
    tried = sorted(values)
    for value in tried:
        if bisect_right(tried, value) * 100 >= percent * len(tried):
            return _rounded(Fraction(value, 60_000_000), 1), len(values)
    return None, 0


def _half_rank(values: Sequence[int]) -> tuple[Decimal | None, int]:
    tried = sorted(values)
    for value in tried:
        if bisect_right(tried, value) * 2 >= len(tried):
            return _rounded(Fraction(value, 120_000_000), 1), len(values)
    return None, 0


def _mean(values: Sequence[int]) -> tuple[Decimal | None, int]:
    return (_rounded(Fraction(sum(values), 60_000_000 * len(values)), 1), len(values)) if values else (None, 0)


def _share(part: int, whole: int) -> tuple[Decimal | None, int]:
    return (_rounded(Fraction(100 * part, whole), 1), whole) if whole else (None, 0)


def _rounded(exact: Fraction, places: int) -> Decimal:
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)

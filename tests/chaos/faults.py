"""What breaks, and how it is mended: one function a kind of round."""

from __future__ import annotations

import resource
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from tests.chaos.ledger import BrokenPromiseError, read
from tests.support.office import free_port
from tests.support.program import run

if TYPE_CHECKING:
    from tests.chaos.play import Chaos

HOUR_S, DAY_S = 3600.0, 86400.0
FAR_OFF_S = (-60 * 365.25 * DAY_S, -3 * DAY_S, -2 * HOUR_S, 2 * HOUR_S, DAY_S, 36 * 365.25 * DAY_S)
"""By so much a clock may be wrong for a while: also before this program was there, and beyond all planning."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of round."""

    breaks: Callable[[Chaos, Any], None]
    """Break it and mend it; the second is what `before` returned."""
    before: Callable[[Chaos], Any] = lambda _chaos: None
    """What has to be there before anybody works."""
    overtakes: bool = False
    """The office forgets something, or has another day: officers have to sign in anew."""
    cast: frozenset[str] = frozenset()
    """Whom the round is about, beside the screens on the wire."""


# -- processes and lines --------------------------------------------------------------------------------------------


def _kill_broker(chaos: Chaos) -> None:
    chaos.office.kill()
    chaos.office.start()


def _freeze(chaos: Chaos, process: psutil.Process) -> None:
    process.send_signal(signal.SIGSTOP)
    try:
        chaos.pass_on(chaos.chance.uniform(0.2, 1.0))
    finally:
        process.send_signal(signal.SIGCONT)


def _fill_disk(chaos: Chaos) -> None:
    """Let no file of the broker grow for a while: writes fail as on a full disk, in the middle of a record too."""
    largest = max(path.stat().st_size for path in chaos.office.data_dir.glob("office.db*"))
    limit = max(1, largest - chaos.chance.randrange(4096))
    broker = chaos.broker.pid
    _, hard = resource.prlimit(broker, resource.RLIMIT_FSIZE)
    resource.prlimit(broker, resource.RLIMIT_FSIZE, (limit, hard))
    try:
        chaos.pass_on(chaos.chance.uniform(0.2, 0.8))
    finally:
        resource.prlimit(broker, resource.RLIMIT_FSIZE, (hard, hard))


# -- clocks ---------------------------------------------------------------------------------------------------------


def _clock_leaps(chaos: Chaos) -> None:
    """Let the clock say something quite else for a moment: nothing of that is believed."""
    right_s, lines = chaos.clock.off_s, _changes_of_time(chaos)
    chaos.clock.off_s = right_s + chaos.chance.choice(FAR_OFF_S)
    chaos.pass_on(chaos.chance.uniform(0.1, 1.0))
    chaos.clock.off_s = right_s
    _require_no_change(chaos, lines)


def _clock_wrong_at_start(chaos: Chaos) -> None:
    """Let the broker begin by a clock that is quite wrong, and is put right after a while."""
    right_s, lines = chaos.clock.off_s, _changes_of_time(chaos)
    chaos.office.kill()
    chaos.clock.off_s = right_s + chaos.chance.choice(FAR_OFF_S)
    chaos.office.start()
    chaos.pass_on(chaos.chance.uniform(0.1, 1.5))
    chaos.clock.off_s = right_s
    _require_no_change(chaos, lines)


def _clock_set_by_minutes(chaos: Chaos) -> None:
    """Set the clock as people do, forwards or back, and leave it so."""
    lines = _changes_of_time(chaos)
    chaos.set_clock("minutes", chaos.chance.uniform(120, 3000))
    chaos.wait(lambda: _changes_of_time(chaos) > lines, "the clock is believed")


def _clock_set_by_days(chaos: Chaos) -> None:
    """Set the clock to another day, or back, and say that it is right."""
    lines = _changes_of_time(chaos)
    chaos.set_clock("days", chaos.chance.choice((DAY_S, 3 * DAY_S)))
    chaos.pass_on(chaos.chance.uniform(0.1, 0.5))
    chaos.antrean("clock", "--believe")
    chaos.wait(lambda: _changes_of_time(chaos) > lines, "the clock is believed")


def _a_night(chaos: Chaos) -> None:
    """Switch the machine off in the evening and on in the morning: another day, with numbers of its own."""
    chaos.office.kill()
    (chaos.office.data_dir / "clock.json").unlink()  # the machine's own seconds begin anew
    chaos.clock.off_s += DAY_S
    chaos.office.start()


def _changes_of_time(chaos: Chaos) -> int:
    return len(read(chaos.office.database).of("clock_set"))


def _require_no_change(chaos: Chaos, lines: int) -> None:
    if _changes_of_time(chaos) > lines:
        message = "a clock was believed that was wrong for a moment"
        raise BrokenPromiseError(message)


# -- the database -----------------------------------------------------------------------------------------------------


def _copy(chaos: Chaos) -> Path:
    """Keep the database as it is now."""
    kept = chaos.office.data_dir.with_name("kept.db")
    kept.unlink(missing_ok=True)
    with closing(sqlite3.connect(chaos.office.database)) as source, closing(sqlite3.connect(kept)) as target:
        source.backup(target)
    return kept


def _beside(database: Path) -> tuple[Path, Path]:
    return database.with_name(f"{database.name}-wal"), database.with_name(f"{database.name}-shm")


def _put_back(chaos: Chaos, kept: Path) -> None:
    """Put an old copy in the place of the database, as somebody would who means well."""
    for one in _beside(chaos.office.database):
        one.unlink(missing_ok=True)
    shutil.copy(kept, chaos.office.database)


def _put_back_beside_its_log(chaos: Chaos, kept: Path) -> None:
    shutil.copy(kept, chaos.office.database)


def _lose_the_log(chaos: Chaos, _kept: Path) -> None:
    for one in _beside(chaos.office.database):
        one.unlink(missing_ok=True)


def _delete(chaos: Chaos, _kept: Path) -> None:
    for one in (chaos.office.database, *_beside(chaos.office.database)):
        one.unlink(missing_ok=True)


def _empty(chaos: Chaos, _kept: Path) -> None:
    chaos.office.database.write_bytes(b"")


def _harm(harm: Callable[[Chaos, Path], None], *, alive: bool = False) -> Callable[[Chaos, Path], None]:
    """Return a round in which the database is harmed while the broker is down, or under a living one."""

    def breaks(chaos: Chaos, kept: Path) -> None:
        chaos.pass_on(chaos.chance.uniform(0.0, 0.3))
        if alive:
            harm(chaos, kept)
            chaos.pass_on(chaos.chance.uniform(0.0, 0.5))
        chaos.office.kill()
        if not alive:
            harm(chaos, kept)
        _start_as_people_do(chaos)

    return breaks


def _start_as_people_do(chaos: Chaos) -> None:
    """Start; where the broker refuses, let `antrean recover` say what is missing, and start again."""
    chaos.office.start()
    if _has_ended(chaos):
        said = chaos.antrean("recover", "--yes")
        chaos.ledger.forget(said)
        chaos.office.start()
        if _has_ended(chaos):
            message = f"the broker does not begin after antrean recover: {_last_words(chaos)}"
            raise BrokenPromiseError(message)


def _has_ended(chaos: Chaos) -> bool:
    return chaos.office.process is None or chaos.office.process.poll() is not None


def _last_words(chaos: Chaos) -> str:
    assert chaos.office.said is not None
    return chaos.office.said.read_text(encoding="utf-8")[-600:]


# -- two engines ------------------------------------------------------------------------------------------------------


def _second_engine(chaos: Chaos) -> None:
    """Start another engine on the same database: it is refused in words, whatever happens to the first meanwhile."""
    lock, way = chaos.office.data_dir / "engine.lock", chaos.chance.choice(("folder", "lock", "stopped"))
    other = chaos.office.data_dir
    if way == "lock":
        lock.unlink()
    else:
        other = chaos.office.data_dir.with_name("other")
        other.mkdir(exist_ok=True)
    second = replace(chaos.office, data_dir=other, port=free_port(), web_port=free_port(), process=None)
    second.extra = {**second.extra, "ANTREAN_STORE__URL": f"sqlite:///{chaos.office.database}"}
    if way == "stopped":
        chaos.broker.send_signal(signal.SIGSTOP)
    try:
        place = ("--config", str(second.config), "--data", str(other))
        found = run("broker", "broker", *place, env=second.environment)
    finally:
        chaos.broker.send_signal(signal.SIGCONT)
    if found.returncode == 0 or "Traceback" in found.stderr or not found.stderr.strip():
        message = f"a second engine was not refused in words: {found.returncode}, {found.stderr}"
        raise BrokenPromiseError(message)


# -- the kiosk --------------------------------------------------------------------------------------------------------

KIOSK = frozenset({"kiosk"})
VISITORS = 3
"""Who come while it is cut off, or killed."""
GIVES_UP_S = 120.0
"""A visitor whose request was under way when the line was cut is told so after a minute; others come after that."""


def _with_reserve(chaos: Chaos) -> None:
    """Let the kiosk have numbers of today in advance, of which the office knows.

    What it knows of is kept: a kiosk that loses all it was lent again and again is lent no more.
    """
    chaos.kiosk.process.kill()
    if not chaos.kiosk.held <= read(chaos.office.database).lent:
        chaos.kiosk.outbox.unlink()
    chaos.kiosk.process.start()
    chaos.wait(lambda: chaos.kiosk.is_linked() and chaos.kiosk.reserve > VISITORS, "the kiosk has numbers in advance")


def _kiosk_killed(chaos: Chaos) -> None:
    """Kill the kiosk at some moment of a visit, twice."""
    for _ in range(2):
        chaos.kiosk.visited_by(1)
        chaos.pass_on(chaos.chance.uniform(0.0, 4.0))
        chaos.kiosk.process.kill()
        chaos.kiosk.process.start()


def _alone(chaos: Chaos) -> None:
    """Cut the kiosk off, and let visitors come until they have their numbers."""
    alone = chaos.kiosk.alone
    chaos.kiosk.line.cut()
    chaos.kiosk.visited_by(VISITORS)
    try:
        chaos.wait(lambda: chaos.kiosk.is_empty, "visitors of a kiosk that is alone have their numbers", GIVES_UP_S)
    except AssertionError as error:
        message = f"{error}: {chaos.kiosk.process.standing}"
        raise BrokenPromiseError(message) from error
    if chaos.kiosk.alone - alone < VISITORS:
        message = f"a kiosk that is alone gave {chaos.kiosk.alone - alone} numbers to {VISITORS} visitors"
        raise BrokenPromiseError(message)


def _kiosk_cut_off(chaos: Chaos) -> None:
    _alone(chaos)


def _kiosk_cut_off_with_a_wrong_clock(chaos: Chaos) -> None:
    chaos.kiosk.clock.off_s = chaos.chance.choice((-3000.0, 3000.0, -1.5 * DAY_S, 2 * DAY_S))
    _alone(chaos)
    chaos.kiosk.clock.off_s = 0.0


def _kiosk_cut_off_and_killed(chaos: Chaos) -> None:
    """Kill a kiosk that is alone: between two papers, as soon as a number is seen, or as soon as its disk knows of one.

    It knows what it has given when it is there again.
    """
    alone = chaos.kiosk.alone
    chaos.kiosk.line.cut()
    chaos.kiosk.visited_by(VISITORS)
    chaos.wait(lambda: chaos.kiosk.alone > alone, "a visitor of a kiosk that is alone has a number", GIVES_UP_S)
    moment = chaos.chance.choice(("later", "seen", "on disk"))
    if moment == "later":
        chaos.pass_on(chaos.chance.uniform(0.0, 3.0))
    elif moment == "on disk":
        given, until_s = chaos.kiosk.given, time.monotonic() + GIVES_UP_S
        while chaos.kiosk.given == given and time.monotonic() < until_s:
            time.sleep(0.0002)  # the moment is a short one
    chaos.kiosk.process.kill()
    chaos.kiosk.process.start()
    chaos.pass_on(chaos.chance.uniform(0.0, 1.0))


def _kiosk_hands_in_to_a_broker_that_dies(chaos: Chaos) -> None:
    _alone(chaos)
    chaos.heal()
    chaos.pass_on(chaos.chance.uniform(0.0, 1.5))
    _kill_broker(chaos)


def _kiosk_killed_while_it_hands_in(chaos: Chaos) -> None:
    _alone(chaos)
    chaos.heal()
    chaos.pass_on(chaos.chance.uniform(0.0, 1.5))
    chaos.kiosk.process.kill()
    chaos.kiosk.process.start()


def _kiosk_cut_off_while_the_office_forgets(chaos: Chaos) -> None:
    """Put an old copy of the database back while the kiosk gives numbers out that it was lent after that copy."""
    kept = _copy(chaos)
    _with_reserve(chaos)
    _alone(chaos)
    _harm(_put_back)(chaos, kept)


def _with_reserve_of_a_day_in_step(chaos: Chaos) -> None:
    """Begin on a day after which the next one comes: days that a clock was set ahead by are passed over at midnight."""
    if chaos.is_ahead:
        _a_night(chaos)
        chaos.go_on()
    _with_reserve(chaos)


def _kiosk_cut_off_over_night(chaos: Chaos) -> None:
    """Hand in on the next day: taken in, and nobody waits any more."""
    _alone(chaos)
    _a_night(chaos)


# -- the counter, and the pages ---------------------------------------------------------------------------------------

COUNTER, PAGES = frozenset({"counter"}), frozenset({"pages"})
OUTAGE_S = (0.3, 3.0)
"""A short cut; of a long one `tests/e2e/test_lines.py` tells."""


def _counter_killed(chaos: Chaos) -> None:
    """Kill the window at some moment between two presses, twice."""
    for _ in range(2):
        chaos.window.wants(1)
        chaos.pass_on(chaos.chance.uniform(0.0, 1.5))
        chaos.window.process.kill()
        chaos.window.process.start()


def _counter_killed_with_the_broker(chaos: Chaos) -> None:
    chaos.pass_on(chaos.chance.uniform(0.0, 1.0))
    chaos.window.process.kill()
    _kill_broker(chaos)
    chaos.window.process.start()


def _for_a_while(chaos: Chaos, breaks: Callable[[], None]) -> None:
    chaos.pass_on(chaos.chance.uniform(0.0, 0.5))
    breaks()
    chaos.pass_on(chaos.chance.uniform(*OUTAGE_S))


def _pages_killed(chaos: Chaos) -> None:
    """Kill the pages when the act is done and they do not know it; the browser sends the form again."""
    chaos.wait(chaos.pages.is_done, "a form of before is done")
    acts = len(read(chaos.office.database).of("quota_changed"))
    chaos.pages.line.hold("down")
    chaos.pages.begin()
    chaos.wait(lambda: len(read(chaos.office.database).of("quota_changed")) > acts, "the act is done")
    chaos.pages.process.kill()
    chaos.heal()
    chaos.pages.slip_in()
    chaos.pages.process.start()


def _pages_killed_at_some_moment(chaos: Chaos) -> None:
    chaos.pass_on(chaos.chance.uniform(0.0, 0.4))
    chaos.pages.process.kill()
    chaos.pages.process.start()


def _pages_killed_with_the_broker(chaos: Chaos) -> None:
    chaos.pass_on(chaos.chance.uniform(0.0, 0.4))
    chaos.pages.process.kill()
    _kill_broker(chaos)
    chaos.pages.process.start()


KINDS: Mapping[str, Kind] = {
    "broker killed": Kind(lambda chaos, _: _kill_broker(chaos)),
    "MQTT server killed": Kind(lambda chaos, _: chaos.server.send_signal(signal.SIGKILL)),
    "broker stopped": Kind(lambda chaos, _: _freeze(chaos, chaos.broker)),
    "MQTT server stopped": Kind(lambda chaos, _: _freeze(chaos, chaos.server)),
    "line cut": Kind(lambda chaos, _: chaos.line.cut()),
    "line held": Kind(lambda chaos, _: chaos.line.hold()),
    "answers held back": Kind(lambda chaos, _: chaos.line.hold("down")),
    "connections ended": Kind(lambda chaos, _: chaos.line.hang_up()),
    "line slow": Kind(lambda chaos, _: chaos.line.delay(chaos.chance.uniform(0.05, 0.3))),
    "disk full": Kind(lambda chaos, _: _fill_disk(chaos)),
    "clock wrong for a moment": Kind(lambda chaos, _: _clock_leaps(chaos)),
    "clock wrong at the start": Kind(lambda chaos, _: _clock_wrong_at_start(chaos)),
    "clock set by minutes": Kind(lambda chaos, _: _clock_set_by_minutes(chaos)),
    "clock set by days": Kind(lambda chaos, _: _clock_set_by_days(chaos), overtakes=True),
    "night": Kind(lambda chaos, _: _a_night(chaos), overtakes=True),
    "database put back": Kind(_harm(_put_back), before=_copy, overtakes=True),
    "database put back beside its newer log": Kind(_harm(_put_back_beside_its_log), before=_copy, overtakes=True),
    "database put back under the living broker": Kind(_harm(_put_back, alive=True), before=_copy, overtakes=True),
    "database deleted": Kind(_harm(_delete), before=_copy, overtakes=True),
    "database deleted under the living broker": Kind(_harm(_delete, alive=True), before=_copy, overtakes=True),
    "database emptied": Kind(_harm(_empty), before=_copy, overtakes=True),
    "log of the database lost": Kind(_harm(_lose_the_log), before=_copy, overtakes=True),
    "second engine": Kind(lambda chaos, _: _second_engine(chaos)),
    "kiosk killed": Kind(lambda chaos, _: _kiosk_killed(chaos), cast=KIOSK),
    "kiosk cut off": Kind(lambda chaos, _: _kiosk_cut_off(chaos), before=_with_reserve, cast=KIOSK),
    "kiosk cut off with a wrong clock": Kind(
        lambda chaos, _: _kiosk_cut_off_with_a_wrong_clock(chaos), before=_with_reserve, cast=KIOSK
    ),
    "kiosk cut off and killed": Kind(
        lambda chaos, _: _kiosk_cut_off_and_killed(chaos), before=_with_reserve, cast=KIOSK
    ),
    "kiosk hands in to a broker that dies": Kind(
        lambda chaos, _: _kiosk_hands_in_to_a_broker_that_dies(chaos), before=_with_reserve, cast=KIOSK
    ),
    "kiosk killed while it hands in": Kind(
        lambda chaos, _: _kiosk_killed_while_it_hands_in(chaos), before=_with_reserve, cast=KIOSK
    ),
    "kiosk cut off while the office forgets": Kind(
        lambda chaos, _: _kiosk_cut_off_while_the_office_forgets(chaos), overtakes=True, cast=KIOSK
    ),
    "kiosk cut off over night": Kind(
        lambda chaos, _: _kiosk_cut_off_over_night(chaos),
        before=_with_reserve_of_a_day_in_step,
        overtakes=True,
        cast=KIOSK,
    ),
    "counter killed": Kind(lambda chaos, _: _counter_killed(chaos), cast=COUNTER),
    "counter killed with the broker": Kind(lambda chaos, _: _counter_killed_with_the_broker(chaos), cast=COUNTER),
    "counter cut off": Kind(lambda chaos, _: _for_a_while(chaos, chaos.window.line.cut), cast=COUNTER),
    "counter's answers held back": Kind(
        lambda chaos, _: _for_a_while(chaos, lambda: chaos.window.line.hold("down")), cast=COUNTER
    ),
    "pages killed": Kind(lambda chaos, _: _pages_killed_at_some_moment(chaos), cast=PAGES),
    "pages killed between act and answer": Kind(lambda chaos, _: _pages_killed(chaos), cast=PAGES),
    "pages killed with the broker": Kind(lambda chaos, _: _pages_killed_with_the_broker(chaos), cast=PAGES),
    "pages cut off": Kind(lambda chaos, _: _for_a_while(chaos, chaos.pages.line.cut), cast=PAGES),
}
"""By name."""

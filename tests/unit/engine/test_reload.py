"""A changed configuration counts at once where it can, a faulty one changes nothing; what is under way goes on."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from broker.bootstrap.reload import ConfigWatch, change_of, reconfiguration
from broker.config import Settings, load_settings
from broker.domain import commands as cmd
from broker.domain.events import ConfigChanged
from broker.domain.model import Service
from broker.ports import Reconfiguration
from tests.fakes.engine_room import EngineRoom
from tests.fakes.halls import contents
from tests.fakes.offices import PRIORITY, REGULAR, small_office
from tests.fakes.store import MemoryStore
from tests.unit.config.sample import OFFICE, changed


def settings(folder: Path, *changes: tuple[str, str]) -> Settings:
    path = folder / "one.yaml"
    path.write_text(changed(*changes))
    return load_settings(path, {})


LIVE = [
    (("name: {id: Paspor, en: Passport}", "name: {id: Paspor Baru, en: New passport}"), "services"),
    (('mon: ["07:30-12:00", "13:00-15:00"]', 'mon: ["08:00-12:00"]'), "hours"),
    (("daily_quota: 30", "daily_quota: 3"), "lanes"),
    (("name: Siti", "name: Siti R."), "officers"),
    (("demo: true", "demo: true\nannouncements: [{id: a, text: {id: Satu, en: One}}]"), "announcements"),
    (("name: {id: Kantor, en: Office}", "name: {id: Kantor Lain, en: Another}"), "office"),
    (("standard_min: 8", "standard_min: 9"), "stages"),
]
WAITING = [
    (("port: 18830", "port: 18831"), "mqtt"),
    (("sqlite:///office.db", "sqlite:///other.db"), "store"),
    (("paper_mm: 80", "paper_mm: 58"), "kiosks"),
    (("diagonal_in: 43", "diagonal_in: 55"), "displays"),
    (("demo: true", "demo: true\nweb: {port: 8090}"), "web"),
]


@pytest.mark.parametrize(("edit", "section"), LIVE)
def test_what_is_said_and_ruled_counts_at_once(tmp_path: Path, edit: tuple[str, str], section: str) -> None:
    old, new = settings(tmp_path), settings(tmp_path, edit)
    change = change_of(old, new)
    assert (change.settings, change.live, change.waiting) == (new, (section,), ())


@pytest.mark.parametrize(("edit", "section"), WAITING)
def test_connections_and_devices_wait_for_a_restart_and_hold_nothing_else_up(
    tmp_path: Path, edit: tuple[str, str], section: str
) -> None:
    old = settings(tmp_path)
    change = change_of(old, settings(tmp_path, edit, LIVE[0][0]))
    assert (change.live, change.waiting) == (("services",), (section,))
    assert getattr(change.settings, section) == getattr(old, section)


def test_where_the_tickets_qr_leads_counts_at_once_while_there_are_pages_and_the_rest_of_them_waits(
    tmp_path: Path,
) -> None:
    old = settings(tmp_path, ("demo: true", 'demo: true\nweb: {port: 8090, public_url: "http://one.lan"}'))
    new = settings(tmp_path, ("demo: true", 'demo: true\nweb: {port: 8091, public_url: "http://two.lan"}'))
    change = change_of(old, new)
    assert (change.live, change.waiting) == (("web",), ("web",))
    assert change.settings.web is not None
    assert (change.settings.web.port, change.settings.web.public_url) == (8090, "http://two.lan")
    assert reconfiguration(change, "digest").rules.public_url == "http://two.lan"
    assert change_of(old, settings(tmp_path)).settings == old, "pages that are still served are still led to"


@pytest.mark.parametrize(
    "edit", [("timezone: Asia/Jakarta", "timezone: Asia/Makassar"), ("  - id: counter-2", "  - id: counter-3")]
)
def test_who_the_office_is_and_which_counters_it_has_waits_with_all_the_rest(
    tmp_path: Path, edit: tuple[str, str]
) -> None:
    old = settings(tmp_path)
    change = change_of(old, settings(tmp_path, edit, LIVE[0][0]))
    assert change.settings == old
    assert change.live == ()
    assert "services" in change.waiting


@dataclass
class Desk:
    """A watch, and what it told."""

    path: Path
    heard: list[Reconfiguration] = field(default_factory=list)
    state: str | None = ""

    def __post_init__(self) -> None:
        """Begin with the sample."""
        self.write(OFFICE)
        self.watch = ConfigWatch(
            self.path,
            load_settings(self.path, {}),
            environ={},
            changed=lambda change, _: self.heard.append(change),
            report=self._report,
        )

    def _report(self, device: str, state: str | None) -> None:
        assert device == "config"
        self.state = state

    def write(self, text: str) -> None:
        """Write the file anew, with another stamp also where the clock has not moved."""
        self.path.write_text(text)
        self.ticks = getattr(self, "ticks", 0) + 1
        os.utime(self.path, ns=(self.ticks, self.ticks))

    def edit(self, text: str) -> None:
        """Change the file, and let the watch look often enough."""
        self.write(text)
        self.watch.look()
        self.watch.look()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "config.yaml")


def test_a_good_edit_is_told_once_with_its_sections(desk: Desk) -> None:
    first = desk.state or ""
    assert first.startswith("good, ")
    desk.edit(changed(LIVE[0][0]))
    (change,) = desk.heard
    assert change.sections == ("services",)
    assert desk.state == f"good, {change.digest}" != first
    desk.watch.look()
    desk.edit(changed(LIVE[0][0]))
    assert len(desk.heard) == 1, "what is as before is no change"


def test_an_edit_between_the_start_and_the_first_look_counts_too(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(OFFICE)
    settings = load_settings(path, {})
    path.write_text(changed(LIVE[0][0]))
    heard: list[Reconfiguration] = []
    watch = ConfigWatch(path, settings, environ={}, changed=lambda change, _: heard.append(change), report=_nobody)
    watch.look()
    assert [change.sections for change in heard] == [("services",)]
    watch.look()
    assert len(heard) == 1


def _nobody(_device: str, _state: str | None) -> None:
    """Take no report."""


def test_a_faulty_edit_changes_nothing_and_says_why_and_a_mended_one_counts(desk: Desk) -> None:
    desk.edit(changed(("daily_quota: 30", "daily_quota: many")))
    assert desk.heard == []
    assert desk.state is not None
    assert desk.state.startswith("faulty, ")
    assert "config.yaml:" in desk.state
    desk.edit(changed(("daily_quota: 30", "daily_quota: 20")))
    assert [change.sections for change in desk.heard] == [("lanes",)]
    assert desk.state.startswith("good, ")


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"\xff\x00")])
def test_a_file_that_is_taken_away_or_destroyed_changes_nothing(desk: Desk, harm: Callable[[Path], object]) -> None:
    harm(desk.path)
    desk.watch.look()
    desk.watch.look()
    assert desk.heard == []
    assert desk.state is not None
    assert desk.state.startswith("faulty, ")


def test_a_file_that_is_being_written_is_left_in_peace(desk: Desk) -> None:
    whole = changed(LIVE[0][0])
    desk.write(whole[: len(whole) // 2])
    desk.watch.look()
    desk.write(whole)
    desk.watch.look()
    assert desk.state is not None
    assert desk.state.startswith("good, ")
    desk.watch.look()
    assert len(desk.heard) == 1


def test_what_needs_a_restart_is_named(desk: Desk) -> None:
    desk.edit(changed(WAITING[0][0], WAITING[2][0]))
    assert desk.heard == []
    assert desk.state is not None
    assert desk.state.startswith("waits, ")
    assert desk.state.endswith("for a restart: mqtt, kiosks")


# -- in the engine ----------------------------------------------------------------------------------------------------


def change(tmp_path: Path, **rules: object) -> Reconfiguration:
    """Return a change to other rules of the small office."""
    made = reconfiguration(change_of(settings(tmp_path), settings(tmp_path, LIVE[0][0])), "3fa2c1d09b7e")
    return replace(made, rules=small_office(**rules))  # type: ignore[arg-type]  # names are checked by replace


def test_a_change_is_journaled_told_and_shown(tmp_path: Path) -> None:
    room = EngineRoom()
    room.engine.reconfigure(change(tmp_path))
    room.engine.step([])
    assert isinstance(event := room.wire.told[-1].event, ConfigChanged)
    assert (event.digest, event.sections) == ("3fa2c1d09b7e", ("services",))
    assert room.wire.diary[-3:] == ["renew", "event 1", "show all"]
    room.restart()
    assert room.hall.seq == 1


def test_a_new_quota_counts_for_the_next_number_and_the_day_goes_on(tmp_path: Path) -> None:
    room = EngineRoom()
    for _ in range(3):
        room.issue("visa")
    room.engine.reconfigure(change(tmp_path, lanes=(replace(REGULAR, quota=4), PRIORITY)))
    assert room.ask(cmd.Issue("00000000-0000-0000-0000-0000000000aa", "visa"))["number"] == "B-004"
    assert room.ask(cmd.Issue("00000000-0000-0000-0000-0000000000ab", "visa"))["error"] == "quota_reached"


def test_visitors_desks_and_numbers_are_as_they_were(tmp_path: Path) -> None:
    room = EngineRoom()
    room.sign_in("c1")
    for service in ("passport", "visa", "visa"):
        room.issue(service)
    room.call_next("c1")
    room.start("c1")
    before = contents(room.hall)
    room.engine.reconfigure(
        change(tmp_path, services={**small_office().services, "tax": Service("tax", "T", ("check",))})
    )
    room.engine.step([])
    after = contents(room.hall)
    assert after.pop("seq") == before.pop("seq") + 1
    assert after == before
    room.finish("c1")
    assert room.ask(cmd.Issue("00000000-0000-0000-0000-0000000000aa", "tax"))["number"] == "T-001"


def test_a_service_that_is_dropped_lets_its_visitors_finish(tmp_path: Path) -> None:
    room = EngineRoom()
    room.sign_in("c1")
    room.issue("visa")
    services = {name: service for name, service in small_office().services.items() if name != "visa"}
    room.engine.reconfigure(change(tmp_path, services=services))
    assert room.ask(cmd.Issue("00000000-0000-0000-0000-0000000000aa", "visa"))["error"] == "unknown_service"
    assert room.call_next("c1")["number"] == "B-001"
    assert "error" not in room.finish("c1")


def test_a_change_that_cannot_be_written_down_counts_when_it_can(tmp_path: Path) -> None:
    store = MemoryStore()
    room = EngineRoom(store=store)
    store.failing_commits = 1
    room.engine.reconfigure(change(tmp_path, lanes=(replace(REGULAR, quota=0), PRIORITY)))
    room.engine.step([])
    assert not any(isinstance(told.event, ConfigChanged) for told in room.wire.told)
    room.clock.advance(2)
    room.engine.step([])
    room.engine.step([])
    assert isinstance(room.wire.told[-1].event, ConfigChanged)
    assert room.ask(cmd.Issue("00000000-0000-0000-0000-0000000000aa", "visa"))["error"] == "quota_reached"


def test_what_is_planned_counts_with_the_first_look_of_its_day_though_nobody_touched_the_file(tmp_path: Path) -> None:
    plan = "demo: true\nplanned: [{id: p, effective_from: 2027-01-01, change: {lanes.priority.daily_quota: 3}}]"
    path = tmp_path / "config.yaml"
    path.write_text(changed(("demo: true", plan)))
    now = [dt.datetime(2026, 12, 31, 16, 59, tzinfo=dt.UTC)]
    before = load_settings(path, {}, today=dt.date(2026, 12, 31))
    taken: list[Settings] = []
    watch = ConfigWatch(
        path,
        before,
        environ={},
        changed=lambda _change, settings: taken.append(settings),
        report=lambda _device, _state: None,
        clock=lambda: now[0],
    )
    watch.look()
    watch.look()
    assert taken == []
    now[0] += dt.timedelta(minutes=2)
    watch.look()
    assert [one.lanes[1].daily_quota for one in taken] == [3]
    watch.look()
    assert len(taken) == 1

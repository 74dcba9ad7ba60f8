"""The configuration is changed through the office: by who may, whole or not at all, and never behind another's back."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from broker.bootstrap.rules import office_rules
from broker.bootstrap.rules_desk import RulesDesk
from broker.config import load_settings
from broker.config.document import read_value
from broker.config.versions import FOLDER, RulesFile, Versions, digest_of
from broker.domain import commands as cmd
from broker.domain.events import RulesChanged
from broker.gateway.decoding import decode
from tests.fakes.engine_room import EngineRoom
from tests.fakes.offices import PIN
from tests.fakes.store import MemoryStore
from tests.unit.config.sample import OFFICE

STAFF = """\
  - id: rina
    name: Rina
    pin_hash: "$argon2id$v=19$m=8192,t=1,p=1$rA5sazbEDXanqEqtd87kfw$Yi7EsF0f0qYv1FZx6h/Axad+9kM+xoxaF/Infgx/KCo"
    role: supervisor
  - id: tono
    name: Tono
    pin_hash: "$argon2id$v=19$m=8192,t=1,p=1$rA5sazbEDXanqEqtd87kfw$Yi7EsF0f0qYv1FZx6h/Axad+9kM+xoxaF/Infgx/KCo"
    role: technician
"""
TEXT = OFFICE.replace("officers:\n", f"officers:\n{STAFF}")
FEE = "services.passport.fee.id"


class PowerCutError(BaseException):
    """The process is gone."""


@dataclass
class Place:
    """One office with its file, its data folder and an engine; `restart` is what a new process does."""

    folder: Path
    room: EngineRoom = field(init=False)
    desk: RulesDesk = field(init=False)
    reports: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.path = self.folder / "config.yaml"
        self.path.write_text(TEXT, encoding="utf-8")
        self.path.chmod(0o644)
        store = MemoryStore()
        self.room = EngineRoom(store=store, office=office_rules(load_settings(self.path, {})))
        self.restart()

    def restart(self) -> None:
        """Begin anew on what is on disk."""
        self.desk = RulesDesk(
            self.path,
            self.folder / "var",
            environ={},
            clock=self.room.clock.now,
            report=self.reports.__setitem__,
        )
        self.room.rules = self.desk
        self.room.restart()
        self.desk.make_good(self.room.hall.rules_changed)

    @property
    def text(self) -> str:
        """Return what the file says."""
        return self.path.read_text(encoding="utf-8")

    @property
    def digest(self) -> str:
        """Return its digest."""
        return digest_of(self.path.read_bytes())

    @property
    def versions(self) -> Versions:
        """Return the versions as another process reads them."""
        return Versions(self.folder / "var")

    @property
    def journal(self) -> list[RulesChanged]:
        """Return the changes that were told."""
        return [one.event for one in self.room.wire.told if isinstance(one.event, RulesChanged)]

    def sign_in(self, officer: str) -> str:
        """Return the session of an officer."""
        token = f"staff-{officer}-{next(self.room.ids)}"
        self.room.engine.step([self.room.submission(cmd.StaffIn(officer, PIN, token, pin_matches=True))])
        return token

    def ready(self, command: cmd.RulesChange) -> Any:  # noqa: ANN401 - a submission
        """Return a request as the desk hands it over."""
        return self.desk.prepared(self.room.submission(command, client="web"), self.room.engine.rules_editor)

    def ask(self, command: cmd.RulesChange) -> dict[str, Any]:
        """Return the answer to a change that is prepared and decided."""
        return self.room.ask_all(self.ready(command))[0]

    def change(self, session: str, *edits: cmd.RuleEdit, base: str = "", **more: Any) -> cmd.RulesChange:  # noqa: ANN401
        """Return a change by edits."""
        return cmd.RulesChange(session=session, base=base or self.digest, reason="new tariff", edits=edits, **more)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def rina(place: Place) -> str:
    return place.sign_in("rina")


def test_a_supervisor_changes_a_fee_and_the_file_says_so_with_who_when_and_why(place: Place, rina: str) -> None:
    before = place.digest
    reply = place.ask(place.change(rina, cmd.RuleEdit(FEE, "Rp400.000")))
    assert reply["events"] == ["rules_changed"]
    assert place.text == TEXT.replace("fee: {id: Rp350.000", "fee: {id: Rp400.000")
    assert place.path.stat().st_mode & 0o777 == 0o640
    [fact] = place.journal
    assert (fact.by, fact.reason, fact.before, fact.digest) == ("rina", "new tariff", before, place.digest)
    assert fact.sections == ("services",)
    newest, first = place.versions.listed()
    assert (newest.digest, newest.by, newest.reason, newest.before) == (place.digest, "rina", "new tariff", before)
    assert (first.digest, first.by) == (before, None), "what was there before is kept, too"
    assert place.versions.text_of(before) == TEXT.encode()
    assert {path.stat().st_mode & 0o077 for path in (place.folder / "var" / FOLDER).glob("*.*")} == {0}
    assert sorted(path.name for path in place.folder.iterdir()) == ["config.yaml", "var"]


def test_back_to_an_earlier_version_is_byte_for_byte_and_a_version_of_its_own(place: Place, rina: str) -> None:
    before = place.digest
    place.ask(place.change(rina, cmd.RuleEdit(FEE, "Rp1"), cmd.RuleEdit("hours.2026-12-25", [])))
    back = cmd.RulesChange(session=rina, base=place.digest, reason="a mistake", back_to=before)
    assert place.ask(back)["events"] == ["rules_changed"]
    assert place.text == TEXT
    assert [one.reason for one in place.versions.listed()] == ["a mistake", "new tariff", ""]
    gone = cmd.RulesChange(session=rina, base=place.digest, reason="x", back_to="0" * 12)
    assert place.ask(gone)["error"] == "bad_rules"


def test_of_two_editors_the_second_is_told_who_was_first_and_nothing_of_theirs_is_lost(place: Place, rina: str) -> None:
    base = place.digest
    place.ask(place.change(rina, cmd.RuleEdit(FEE, "Rp1")))
    refused = place.ready(place.change(rina, cmd.RuleEdit(FEE, "Rp2"), base=base))
    assert refused.command.prepared.code == "conflict"
    assert refused.command.prepared.detail["by"] == "rina"
    assert refused.command.prepared.detail["digest"] == place.digest
    assert place.room.ask_all(refused)[0]["error"] == "conflict"
    assert "{id: Rp1," in place.text


def test_two_that_were_prepared_from_the_same_file_do_not_both_come_to_count(place: Place, rina: str) -> None:
    first, second = (place.ready(place.change(rina, cmd.RuleEdit(FEE, fee))) for fee in ("Rp1", "Rp2"))
    one, other = place.room.ask_all(first, second)
    assert (one.get("error"), other.get("error")) == (None, "conflict")
    assert "{id: Rp1," in place.text
    third = place.ready(place.change(rina, cmd.RuleEdit(FEE, "Rp3")))
    place.path.write_text(place.text + "# by hand\n", encoding="utf-8")
    assert place.room.ask_all(third)[0]["error"] == "conflict", "somebody with an editor is an editor, too"
    assert place.text.endswith("# by hand\n")


@pytest.mark.parametrize(
    ("officer", "path", "value", "error"),
    [
        ("siti", FEE, "Rp1", "not_allowed"),
        ("tono", FEE, "Rp1", "not_allowed"),
        ("tono", "kiosks.kiosk-1.idle_s", 60, None),
        ("rina", "kiosks.kiosk-1.idle_s", 60, None),
        ("rina", "officers.siti.role", "supervisor", None),
        ("rina", "officers.siti.pin_hash", "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA", "bad_rules"),
        ("rina", "officers.siti.id", "rina2", "bad_rules"),
        ("rina", "kiosks.kiosk-1.shutdown_command", ["rm", "-rf", "/"], "bad_rules"),
        ("rina", "store.url", "sqlite:////tmp/other.db", "bad_rules"),
        ("rina", "mqtt.listen", "192.168.1.1", "bad_rules"),
        ("rina", "office.id", "other", "bad_rules"),
        ("rina", "services.passport.letter", "Z", "bad_rules"),
        ("rina", "services.passport.fee.id", "", "bad_rules"),
        ("rina", "services.passport.promised_wait_min", -1, "bad_rules"),
        ("rina", "services.passport.promised_wait_min", "x\n  pin_hash: y", "bad_rules"),
        ("rina", "services.passport.invented", 1, "bad_rules"),
        ("rina", "services.passport.fee.id", float("nan"), "bad_rules"),
        ("rina", "services.passport.daily_quota", 10**30, "bad_rules"),
        ("rina", "counters.counter-1.stages", ["nowhere"], "bad_rules"),
        ("rina", "displays.display-1.media", "/etc", "bad_rules"),
        ("rina", "displays.display-1.media", "../..", "bad_rules"),
    ],
)
def test_what_may_be_changed_by_whom(place: Place, officer: str, path: str, value: object, error: str | None) -> None:
    session = place.sign_in(officer)
    reply = place.ask(place.change(session, cmd.RuleEdit(path, value)))
    assert reply.get("error") == error
    assert (place.text == TEXT) is (error is not None)
    for left in place.folder.rglob(".config*"):  # as if ten minutes had gone by
        os.utime(left, (0, 0))
    place.desk.look(place.room.engine.carry_out)
    assert not list(place.folder.glob(".config*")), "nothing is left beside the file"


def test_without_a_session_nothing_is_even_prepared(place: Place) -> None:
    asked = place.ready(place.change("made-up", cmd.RuleEdit(FEE, "Rp1")))
    assert asked.command.prepared is None
    assert place.room.ask_all(asked)[0]["error"] == "no_session"
    assert not (place.folder / "var").exists()


def test_what_is_wrong_is_said_in_the_sentences_of_check_config(place: Place, rina: str) -> None:
    edits = (cmd.RuleEdit("hours.mon", ["12:00-09:00"]), cmd.RuleEdit("services.passport.fee.en", ""))
    refused = place.ready(place.change(rina, *edits)).command.prepared
    assert [one.partition(":")[0] for one in refused.detail["problems"]] == ["hours.mon[0]", "services[0].fee.en"]
    assert "ends before it begins" in refused.detail["problems"][0]


def test_an_officer_comes_without_a_pin_and_goes(place: Place, rina: str) -> None:
    joko = {"id": "joko", "name": "Joko", "role": "officer"}
    assert "error" not in place.ask(place.change(rina, cmd.RuleEdit("officers.joko", joko)))
    settings = load_settings(place.path, {})
    assert settings.officers[-1].id == "joko"
    assert settings.officers[-1].pin_hash is None
    sneaked = joko | {"id": "x", "pin_hash": "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA"}
    assert place.ask(place.change(rina, cmd.RuleEdit("officers.x", sneaked)))["error"] == "bad_rules"
    assert "error" not in place.ask(place.change(rina, cmd.RuleEdit("officers.joko")))
    assert place.text == TEXT


def test_what_is_planned_counts_on_its_day_and_is_then_put_into_its_place_by_the_office(
    place: Place, rina: str
) -> None:
    today = place.room.clock.now().date()
    day = today + dt.timedelta(days=2)
    edits = (cmd.RuleEdit(FEE, "Rp9"), cmd.RuleEdit("services.passport.effective_from", day.isoformat()))
    assert "error" not in place.ask(place.change(rina, *edits, effective_from=day.isoformat()))
    assert load_settings(place.path, {}, today=today).services[0].fee["id"] == "Rp350.000"
    assert load_settings(place.path, {}, today=day).services[0].fee["id"] == "Rp9"
    place.desk.look(place.room.engine.carry_out)
    place.room.engine.step([])
    assert "planned:" in place.text
    place.room.clock.advance(2 * 24 * 3600)
    place.desk.look(place.room.engine.carry_out)
    place.room.engine.step([])
    assert load_settings(place.path, {}, today=today).services[0].fee["id"] == "Rp9"
    assert load_settings(place.path, {}, today=day).planned == ()
    assert (place.journal[-1].by, place.journal[-1].reason[:8]) == (None, "planned:")
    place.desk.look(place.room.engine.carry_out)
    place.room.engine.step([])
    assert len(place.journal) == 2, "once"


def test_what_is_taken_out_on_a_later_day_stays_until_then_and_nothing_is_wrong_if_somebody_was_first(
    place: Place, rina: str
) -> None:
    today = place.room.clock.now().date()
    day = today + dt.timedelta(days=2)
    note = {"id": "a1", "text": {"id": "x", "en": "x"}}
    added = (cmd.RuleEdit("announcements.a1", note), cmd.RuleEdit("hours.2026-12-25", []))
    assert "error" not in place.ask(place.change(rina, *added))
    out = (cmd.RuleEdit("announcements.a1"), cmd.RuleEdit("hours.2026-12-25"), cmd.RuleEdit(FEE, "Rp9"))
    assert "error" not in place.ask(place.change(rina, *out, effective_from=day.isoformat()))
    before, then = (load_settings(place.path, {}, today=one) for one in (today, day))
    assert (len(before.announcements), dt.date(2026, 12, 25) in before.hours.dates) == (1, True)
    assert (len(then.announcements), dt.date(2026, 12, 25) in then.hours.dates) == (0, False)
    assert "error" not in place.ask(place.change(rina, cmd.RuleEdit("announcements.a1")))
    assert load_settings(place.path, {}, today=day).services[0].fee["id"] == "Rp9"
    place.room.clock.advance(2 * 24 * 3600)
    place.desk.look(place.room.engine.carry_out)
    place.room.engine.step([])
    assert "2026-12-25" not in place.text
    assert load_settings(place.path, {}, today=day).planned == ()


def test_a_service_comes_and_goes_but_not_while_somebody_holds_a_number_for_it(place: Place, rina: str) -> None:
    data: Any = read_value(place.text)
    fresh = {**data["services"][0], "id": "umrah", "letter": "U"}
    twice = place.change(rina, cmd.RuleEdit("services.umrah", fresh | {"letter": "A"}))
    assert place.ask(twice)["error"] == "bad_rules"
    assert "error" not in place.ask(place.change(rina, cmd.RuleEdit("services.umrah", fresh)))
    assert [one.id for one in load_settings(place.path, {}).services][-1] == "umrah"
    out = (cmd.RuleEdit("services.passport"), cmd.RuleEdit("counters.counter-2.services"))
    needed = place.ask(place.change(rina, out[0]))
    assert 'counters[1].services[0]: "passport" is not the id of one of the services' in str(needed)
    ticket = place.room.issue("passport", "regular")
    refused = place.ask(place.change(rina, *out))
    assert refused["detail"]["problems"][0].startswith("services.passport: 1 with a number for it are still here")
    place.room.ask(cmd.Cancel(ticket))
    assert "error" not in place.ask(place.change(rina, *out))
    assert [one.id for one in load_settings(place.path, {}).services] == ["collection", "umrah"]


def test_a_counter_comes_with_a_restart_and_goes_when_nobody_sits_there(place: Place, rina: str) -> None:
    new = {"id": "counter-9", "label": "9", "stages": ["check"]}
    asked = place.ready(place.change(rina, cmd.RuleEdit("counters.counter-9", new)))
    assert asked.command.prepared.restart == ("counters",)
    assert "error" not in place.room.ask_all(asked)[0]
    sneaked = place.change(rina, cmd.RuleEdit("counters.x", new | {"id": "x", "kiosk": "kiosk-1"}))
    assert place.ask(sneaked)["error"] == "bad_rules"
    place.room.engine.step([place.room.submission(cmd.SignIn("counter-2", "siti", PIN, "t", pin_matches=True))])
    refused = place.ask(place.change(rina, cmd.RuleEdit("counters.counter-2")))
    assert "siti is signed in there" in refused["detail"]["problems"][0]


@pytest.mark.parametrize("empty", ["", "planned: []\n"])
def test_a_section_that_the_file_has_not_yet_has_the_same_places_and_no_others(
    place: Place, rina: str, empty: str
) -> None:
    place.path.write_text(TEXT + empty, encoding="utf-8")
    assert "error" not in place.ask(place.change(rina, cmd.RuleEdit("journey.rejoin_times", 3)))
    plan = {"id": "x", "effective_from": "2999-01-01"}
    for path in ("kiosks.kiosk-1.shutdown_command", "store.url", "officers.rina.pin_hash"):
        sneaked = cmd.RuleEdit("planned.x", plan | {"change": {path: ["rm"]}})
        assert "planned.x: is not changed here" in str(place.ask(place.change(rina, sneaked)))
    fair = cmd.RuleEdit("planned.x", plan | {"change": {FEE: "Rp9"}})
    assert "error" not in place.ask(place.change(rina, fair))


@pytest.mark.parametrize(
    ("path", "value", "closed"),
    [
        ("services.passport", {"letter": "Q"}, "services.passport.letter"),
        ("officers.tono", {"id": "tono", "name": "Tono", "role": "technician"}, "officers.tono.pin_hash"),
        ("services.passport", {"fee": {"id": "Rp9", "en": "Rp9"}}, ""),
    ],
)
def test_a_plan_for_a_whole_entry_changes_no_more_of_it_than_may_be_changed_today(
    place: Place, rina: str, path: str, value: dict[str, Any], closed: str
) -> None:
    data: Any = read_value(place.text)
    whole = value if "id" in value else data["services"][0] | value
    for plans in (False, True):
        edit = cmd.RuleEdit(path, whole)
        plan = {"id": "x", "effective_from": "2999-01-01", "change": {path: whole}}
        made = place.change(rina, cmd.RuleEdit("planned.x", plan) if plans else edit)
        problems = place.ask(made).get("detail", {}).get("problems", [])
        where = f"from 2999-01-01 on: {closed}" if plans else closed
        assert [one for one in problems if "is not changed here" in one][:1] == (
            [f"{where}: is not changed here but in the file itself, by whoever may log in to the machine"]
            if closed
            else []
        )
        assert problems == [] or closed


def test_a_plan_that_would_break_the_office_is_refused_today(place: Place, rina: str) -> None:
    day = (place.room.clock.now() + dt.timedelta(days=9)).date().isoformat()
    change = place.change(rina, cmd.RuleEdit("counters.counter-1.stages", ["check"]), effective_from=day)
    refused = place.ready(change).command.prepared
    assert refused.code == "bad_rules"
    assert f"makes from {day} on:" in refused.detail["problems"][0]
    for wrong in ("2026-02-30", "0000000000"):
        bad = place.change(rina, cmd.RuleEdit(FEE, "x"), effective_from=wrong)
        assert place.ready(bad).command.prepared.code == "bad_rules"


def failing(number: int) -> Callable[..., None]:
    """Return what raises as a full disk does."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("where", ["lay_beside", "stage"])
def test_a_full_disk_refuses_before_anything_is_written_down(
    place: Place, rina: str, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(RulesFile if where == "lay_beside" else Versions, where, failing(errno.ENOSPC))
        change = place.change(rina, cmd.RuleEdit(FEE, "Rp1"))
        asked = place.ready(change)
        assert "disk is full" in asked.command.prepared.message
        assert place.room.ask_all(asked)[0]["error"] == "storage_failed"
    assert (place.text, place.journal) == (TEXT, [])
    assert "error" not in place.ask(change), "nothing was remembered: the same may be asked again"


def test_a_name_that_cannot_be_changed_now_is_changed_later(
    place: Place, rina: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(RulesFile, "replace", failing(errno.EIO))
        assert "error" not in place.ask(place.change(rina, cmd.RuleEdit(FEE, "Rp1")))
        assert place.text == TEXT
        assert "cannot be written" in (place.reports["rules"] or "")
    place.desk.look(place.room.engine.carry_out)
    assert "{id: Rp1," in place.text
    assert place.reports["rules"] is None


STEPS: Sequence[tuple[type, str]] = (
    (RulesFile, "lay_beside"),
    (Versions, "keep"),
    (Versions, "stage"),
    (MemoryStore, "commit"),
    (RulesFile, "replace"),
    (Versions, "settle"),
    (Versions, "drop"),
)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("kind", "name"), STEPS, ids=[name for _, name in STEPS])
def test_whoever_pulls_the_plug_at_any_step_finds_the_file_and_the_journal_at_one(
    place: Place, rina: str, monkeypatch: pytest.MonkeyPatch, kind: type, name: str, *, after: bool
) -> None:
    real = getattr(kind, name)

    def cut(*arguments: object, **named: object) -> None:
        if after:
            real(*arguments, **named)
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(kind, name, cut)
        with pytest.raises(PowerCutError):
            place.ask(place.change(rina, cmd.RuleEdit(FEE, "Rp1")))
    place.restart()
    last = place.room.hall.rules_changed
    assert (last is not None) == ("{id: Rp1," in place.text)
    if last is not None:
        assert last.digest == place.digest
        assert place.versions.listed()[0].digest == place.digest
    assert not list((place.folder / "var" / FOLDER / "staged").glob("*.*"))
    assert not list(place.folder.glob(".config*"))
    load_settings(place.path, {})
    again = place.ask(place.change(place.sign_in("rina"), cmd.RuleEdit(FEE, "Rp2")))
    assert "error" not in again
    assert "{id: Rp2," in place.text


def test_what_somebody_wrote_in_between_is_never_written_over(place: Place, rina: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RulesFile, "replace", failing(errno.EIO))
        place.ask(place.change(rina, cmd.RuleEdit(FEE, "Rp1")))
    place.path.write_text(f"{TEXT}# by hand\n", encoding="utf-8")
    place.restart()
    assert place.text == f"{TEXT}# by hand\n"


def test_a_link_stays_a_link_and_the_mark_at_a_texts_head_stays(tmp_path: Path) -> None:
    place = Place(tmp_path)
    real = tmp_path / "elsewhere" / "office.yaml"
    real.parent.mkdir()
    real.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    place.path.unlink()
    place.path.symlink_to(real)
    place.restart()
    assert "error" not in place.ask(place.change(place.sign_in("rina"), cmd.RuleEdit(FEE, "Rp1")))
    assert place.path.is_symlink()
    assert real.read_bytes().startswith(b"\xef\xbb\xbfoffice:")
    assert b"{id: Rp1," in real.read_bytes()


def test_a_file_in_another_encoding_is_refused_in_words_and_stays_as_it_is(place: Place, rina: str) -> None:
    raw = TEXT.replace("name: Rina", "name: Ren\N{LATIN SMALL LETTER E WITH ACUTE}").encode("latin-1")
    place.path.write_bytes(raw)
    refused = place.ask(place.change(rina, cmd.RuleEdit(FEE, "Rp1")))
    assert refused["detail"]["problems"] == ["is not written in UTF-8: save it so with an editor once"]
    assert place.path.read_bytes() == raw


def test_a_change_through_windows_line_ends_leaves_them(place: Place, rina: str) -> None:
    place.path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert "error" not in place.ask(place.change(rina, cmd.RuleEdit(FEE, "Rp1")))
    assert place.path.read_bytes().count(b"\n") == place.path.read_bytes().count(b"\r\n")
    assert b"{id: Rp1," in place.path.read_bytes()


def test_on_the_wire_a_missing_value_is_not_an_empty_one() -> None:
    body = {"id": "r", "session": "s", "base": "b", "reason": "w"}
    edits = [{"path": "a"}, {"path": "b", "value": None}, {"path": "c", "value": {"x": [1, "y"]}}]
    found = decode("rules_change", json.dumps({**body, "edits": edits}).encode(), {})
    assert isinstance(found.command, cmd.RulesChange)
    assert [one.value for one in found.command.edits] == [cmd.LEFT_OUT, None, {"x": [1, "y"]}]
    more: list[dict[str, Any]] = [{}, {"edits": []}, {"edits": edits, "back_to": "x"}, {"edits": edits, "prepared": {}}]
    for wrong in more:
        refused = decode("rules_change", json.dumps({**body, **wrong}).encode(), {})
        assert not isinstance(refused.command, cmd.RulesChange), wrong

"""`machines:` in config.yaml: what does not fit is said where it stands, and which machine this is."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from broker.config import load_settings
from broker.config.logins import LoginError, known_by
from broker.config.machines import Machine, MachineError, require_brokers_place, this_machine
from broker.loopback import is_here
from broker.up.office import Start
from tests.unit.config.sample import OFFICE, problems_of
from tests.unit.config.test_signs import uncommented

MQTT = "mqtt:\n  server: auto\n"
OPEN = "tls: own\n" + OFFICE.replace(MQTT, MQTT + '  host: "192.0.2.1"\n  listen: "0.0.0.0"\n', 1)
DESK = "  - {id: desk, host: PC-1.office.lan, opens: [broker, counter-1, counter-2]}\n"
HALL = "  - {id: hall, opens: [kiosk-1, display-1]}\n"
WHOLE = f"{OPEN}machines:\n{DESK}{HALL}"

FAULTS = [
    ("[kiosk-1, display-1]", "[kiosk-1, display-2]", "machines[1].opens[1]", 'did you mean "display-1"?'),
    ("[kiosk-1, display-1]", "[]", "machines[1].opens", "needs at least one entry"),
    ("display-1]}", "display-1, counter-2]}", "machines[1].opens[2]", '"counter-2" is opened by desk already'),
    ("display-1]}", "display-1, kiosk-1]}", "machines[1].opens[2]", '"kiosk-1" is opened here already'),
    ("display-1]}", "display-1, broker]}", "machines[1].opens[2]", '"broker" is opened by desk already'),
    ("display-1]}", "display-1, web]}", "machines[1].opens[2]", "there are no pages for phones"),
    ("[broker, counter-1", "[counter-1", "machines", "give the broker to none of them"),
    ("id: hall", "id: desk", "machines[1].id", '"desk" is already the id of another of the machines'),
    ("id: hall", "id: hall, host: pc-1", "machines[1].host", '"pc-1" is already what desk is called'),
    ("id: hall", "id: pc-1", "machines[1].id", '"pc-1" is already what desk is called'),
]
WARNINGS = [
    ("[kiosk-1, display-1]", "[kiosk-1]", "displays[0].id", '"display-1" is opened by none of the machines'),
    (", counter-2]", "]", "counters[1].id", '"counter-2" is opened by none of the machines'),
    ('"192.0.2.1"', "localhost", "mqtt.host", "they would look for the broker each on itself"),
    ('"0.0.0.0"', '"127.0.0.1"', "mqtt.listen", "answers this machine alone"),
]


@pytest.mark.parametrize(("old", "new", "path", "said"), FAULTS)
def test_what_does_not_fit_is_said(tmp_path: Path, old: str, new: str, path: str, said: str) -> None:
    assert WHOLE.count(old) == 1
    problems = [one for one in problems_of(tmp_path, WHOLE.replace(old, new)) if not one.warning]
    assert [one.path for one in problems] == [path]
    assert said in str(problems[0])


@pytest.mark.parametrize(("old", "new", "path", "said"), WARNINGS)
def test_what_will_hardly_work_is_a_warning(tmp_path: Path, old: str, new: str, path: str, said: str) -> None:
    assert WHOLE.count(old) == 1
    [problem] = problems_of(tmp_path, WHOLE.replace(old, new))
    assert problem.path == path
    assert problem.warning
    assert said in str(problem)


def test_a_whole_list_has_no_fault_nor_has_the_sample_in_the_shipped_file(tmp_path: Path) -> None:
    assert problems_of(tmp_path, WHOLE) == []
    path = tmp_path / "config.yaml"
    path.write_text(uncommented("machines", "#  - id: desk"), encoding="utf-8")
    assert [machine.id for machine in load_settings(path, {}).machines] == ["desk", "hall"]


def test_a_counter_with_a_keypad_needs_no_machine(tmp_path: Path) -> None:
    pads = (
        'keypads: [{id: pads-1, codec: ascii, line: {url: "pty:p"}, pads: [{counter: counter-2, officers: [siti]}]}]\n'
    )
    text = WHOLE.replace(", counter-2]", ", pads-1]").replace("counter_panel:", f"{pads}counter_panel:")
    assert problems_of(tmp_path, text) == []


DESK_MACHINE = Machine(id="desk", host="PC-1.office.lan", opens=("broker", "counter-1"))
HALL_MACHINE = Machine(id="hall", opens=("kiosk-1",))
BOTH = (DESK_MACHINE, HALL_MACHINE)


@pytest.mark.parametrize(
    ("hostname", "name", "machine"),
    [("pc-1", None, DESK_MACHINE), ("HALL.other.lan", None, HALL_MACHINE), ("pc-1", "hall", HALL_MACHINE)],
)
def test_a_machine_is_known_by_what_it_calls_itself_or_is_named(
    hostname: str, name: str | None, machine: Machine
) -> None:
    assert this_machine(BOTH, hostname, name) is machine


def test_a_machine_that_is_not_listed_is_told_which_are() -> None:
    with pytest.raises(MachineError, match=r"calls itself pc-7, .* desk \(called PC-1.office.lan\), hall: name one"):
        this_machine(BOTH, "pc-7")
    with pytest.raises(MachineError, match='"hal" is none of the machines'):
        this_machine(BOTH, "hall", "hal")
    with pytest.raises(MachineError, match="leave --machine out"):
        this_machine((), "hall", "hall")
    assert this_machine((), "hall") is None


def test_the_broker_is_refused_where_it_belongs_to_another_machine_alone() -> None:
    with pytest.raises(MachineError, match=r"this machine is hall, and config.yaml gives the broker to desk"):
        require_brokers_place(BOTH, "hall")
    for hostname in ("pc-1", "renamed"):
        require_brokers_place(BOTH, hostname)


def test_every_screen_of_a_machine_is_opened_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    settings = load_settings(path, {})
    opened = []
    for machine in (*settings.machines, None):
        start = Start(settings, path, tmp_path, once=False, pin="", tell=print, machine=machine)
        opened.append((start.opens_broker, [part.id for part in start.windows]))
    assert opened == [
        (True, ["counter-1", "counter-2"]),
        (False, ["kiosk-1", "display-1"]),
        (True, ["kiosk-1", "display-1", "counter-1"]),
    ]


def test_parts_beside_the_broker_get_in_by_whichever_address_of_its_machine_and_no_other(tmp_path: Path) -> None:
    own = [one.address.partition("%")[0] for found in psutil.net_if_addrs().values() for one in found]
    own = [address for address in own if "." in address]
    assert own
    assert all(map(is_here, own))
    assert not is_here("192.0.2.1")
    assert not is_here("no..name")
    path = tmp_path / "config.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    assert known_by(load_settings(path, {"ANTREAN_MQTT__HOST": own[0]}), "kiosk-1", tmp_path).mqtt.password
    with pytest.raises(LoginError, match="antrean provision kiosk-1"):
        known_by(load_settings(path, {}), "kiosk-1", tmp_path)
    with pytest.raises(LoginError, match=r"192\.0\.2\.1 \(mqtt\.host\) is no address of this machine"):
        known_by(load_settings(path, {}), "up", tmp_path)

"""Each kind of fault: where it is said to be, in which words, and with which hint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.config import KEY_NAME
from hardware.usb_keys import NAMES
from tests.unit.config.sample import OFFICE, changed, line_of, problems_of


@dataclass(frozen=True)
class Case:
    """One change to the office and the one fault that it makes; `line` is a text on that line."""

    old: str
    new: str
    line: str
    path: str
    message: str
    hint: str | None = None
    warning: bool = False


DISPLAY = "  - id: display-1\n    panel: {width_px: 1920, height_px: 1080, diagonal_in: 43, viewing_distance_m: 5}\n"

GROUPED = "services:\n  - id: passport\n    letter: A\n"
GROUP = "groups:\n  - id: travel\n    name: {id: Perjalanan, en: Travel}\n"


def announced(lines: str) -> str:
    return f"demo: true\nannouncements:\n  - id: one\n    text: {{id: Satu, en: One}}\n{lines}"


SHAPE = [
    Case(
        "  timezone: Asia/Jakarta",
        '  accent: "#F58220"\n  timezone: Asia/Jakarta',
        "accent",
        "office.accent",
        "#F58220 is too light: text on it would stand out 2.3 to 1, where 7 to 1 is needed; #753E0E would do",
    ),
    Case(
        "  timezone: Asia/Jakarta",
        "  accent: orange\n  timezone: Asia/Jakarta",
        "accent",
        "office.accent",
        'must be a colour in quotes, such as "#0B4060", not "orange"',
    ),
    Case(
        "demo: true",
        announced("    since: soon"),
        "soon",
        "announcements[0].since",
        'must be a date, perhaps with a time, in quotes, such as "2026-12-24" or "2026-12-24 10:30", not "soon"',
    ),
    Case(
        "demo: true",
        announced('    until: "2026-02-30"'),
        "02-30",
        "announcements[0].until",
        '"2026-02-30" is no day of the calendar',
    ),
    Case(
        "demo: true",
        announced('    since: 2026-03-03\n    until: "2026-03-02"'),
        "until",
        "announcements[0].until",
        '"2026-03-02" is not after since, "2026-03-03"',
    ),
    Case(
        "demo: true",
        announced('    since: "2026-03-02"\n    until: "2026-03-01 10:00"'),
        "until",
        "announcements[0].until",
        '"2026-03-01 10:00" is not after since, "2026-03-02"',
    ),
    Case(
        GROUPED,
        f"{GROUP}{GROUPED}    group: travvel\n",
        "travvel",
        "services[0].group",
        '"travvel" is not the id of one of the groups',
        'did you mean "travel"?',
    ),
    Case(
        GROUPED,
        f"{GROUPED}    group: travel\n",
        "group: travel",
        "services[0].group",
        '"travel" is not the id of one of the groups',
        "there is no list of groups",
    ),
    Case(
        GROUPED,
        f"{GROUPED}    icon: child_cair\n",
        "child_cair",
        "services[0].icon",
        '"child_cair" is not a pictogram that the screens have',
        'did you mean "child_care"?',
    ),
    Case(
        GROUPED,
        f"{GROUPED}    icon: Child Care\n",
        "Child Care",
        "services[0].icon",
        'must be the name of a pictogram of Material Symbols in small letters, such as child_care, not "Child Care"',
    ),
    Case(
        "    rule: {id: Lansia, en: Elderly}\n",
        "    rule: {id: Lansia, en: Elderly}\n    grounds: [{text: {id: Tua, en: Old}}]\n",
        "grounds",
        "lanes[1].grounds[0].icon",
        "is missing",
    ),
    Case("  port: 18830", "  prot: 18830", "prot", "mqtt.prot", "is not a known key", 'did you mean "port"?'),
    Case(
        "  port: 18830",
        "  zzz: 18830",
        "zzz",
        "mqtt.zzz",
        "is not a known key",
        "known here: server, host, port, listen, open_on_loopback, secret, shared_secret, plain_text, ca, "
        "password, devices, act_as",
    ),
    Case("demo: true", "demmo: true", "demmo", "demmo", "is not a known key", 'did you mean "demo"?'),
    Case("  timezone: Asia/Jakarta\n", "", "office:", "office.timezone", "is missing"),
    Case("  timezone:", "  timezon:", "timezon", "office.timezon", "is not a known key", 'did you mean "timezone"?'),
    Case("port: 18830", "port: eighty", "eighty", "mqtt.port", 'must be a whole number, not "eighty"'),
    Case("port: 18830", "port: 99999", "99999", "mqtt.port", "must be at most 65535, not 99999"),
    Case("port: 18830", "port: true", "port:", "mqtt.port", "must be a number, not true"),
    Case("port: 18830", "port:", "port:", "mqtt.port", "must be a whole number, not empty"),
    Case("demo: true", "demo: perhaps", "demo:", "demo", 'must be true or false, not "perhaps"'),
    Case("standard_min: 8", "standard_min: 0", "min: 0", "stages[0].standard_min", "must be more than 0, not 0"),
    Case('label: "1"', "label: 1", "label: 1", "counters[0].label", "must be text (put it in quotes), not 1"),
    Case('label: "1"', 'label: ""', 'label: ""', "counters[0].label", "must not be empty"),
    Case("name: Siti", 'name: ""', 'name: ""', "officers[0].name", "must not be empty"),
    Case(
        "stages: [check]\n    promised",
        "stages: []\n    promised",
        "stages: []",
        "services[0].stages",
        "needs at least one entry",
    ),
    Case(
        "stages: [hand-over]",
        "stages: hand-over",
        "stages: hand",
        "services[1].stages",
        'must be a list, not "hand-over"',
    ),
    Case(
        "store:\n  url: sqlite:///office.db",
        "store: here",
        "store:",
        "store",
        'must be a section with keys, not "here"',
    ),
    Case(
        "  server: auto",
        "  server: mosqitto",
        "mosqitto",
        "mqtt.server",
        'must be one of auto, mosquitto, embedded, external, not "mosqitto"',
        'did you mean "mosquitto"?',
    ),
    Case(
        "type: preview",
        "type: previw",
        "previw",
        "kiosks[0].printer.type",
        'must be one of preview, file, network, serial, usb, cups, not "previw"',
        'did you mean "preview"?',
    ),
    Case(
        "      type: preview\n",
        "",
        "printer:",
        "kiosks[0].printer.type",
        "is missing: one of preview, file, network, serial, usb, cups",
    ),
    Case(
        "kiosks:\n  - id: kiosk-1\n",
        "kiosks:\n  - id: kiosk-1\n    keys: {next: Dwn}\n",
        "Dwn",
        "kiosks[0].keys.next",
        '"Dwn" is no key of a USB keyboard',
        'did you mean "Down"?',
    ),
    Case("paper_mm: 80", "paper_mm: 70", "paper_mm", "kiosks[0].printer.paper_mm", "must be one of 58, 80, not 70"),
    Case(
        "paper_mm: 80",
        "papr_mm: 80",
        "papr_mm",
        "kiosks[0].printer.papr_mm",
        "is not a known key",
        'did you mean "paper_mm"?',
    ),
    Case("type: preview", "type: file", "printer:", "kiosks[0].printer.path", "is missing"),
    Case(
        "type: preview",
        'type: usb\n      vendor: "4b8"\n      product: "0e28"',
        "4b8",
        "kiosks[0].printer.vendor",
        'must be four hexadecimal figures as lsusb shows them, in quotes, such as "04b8", not "4b8"',
    ),
    Case(
        "type: preview",
        "type: cups\n      queue: -o",
        "queue: -o",
        "kiosks[0].printer.queue",
        'must be the name of a CUPS queue as lpstat -p shows it, such as tickets, not "-o"',
    ),
    Case(
        "id: siti",
        "id: Ibu Siti",
        "Ibu",
        "officers[0].id",
        'must be 1 to 32 small letters, digits, - or _, beginning with a letter or digit, not "Ibu Siti"',
    ),
    Case("letter: A", "letter: AB", "AB", "services[0].letter", 'must be one capital letter A-Z, not "AB"'),
    Case(
        "letter: P",
        "letter: p",
        "letter: p",
        "lanes[1].letter",
        'must be one capital letter A-Z, or empty quotes, not "p"',
    ),
    Case(
        '"07:30-12:00"',
        '"7:30-12:00"',
        '"7:30',
        "hours.mon[0]",
        'must be a span of time in quotes, such as "07:30-12:00", not "7:30-12:00"',
    ),
    Case(
        "effective_from: 2024-12-17",
        "effective_from: 17.12.2024",
        "17.12",
        "services[0].effective_from",
        'must be a date such as 2025-01-31, not "17.12.2024"',
    ),
    Case(
        "effective_from: 2024-12-17",
        "effective_from: 86400",
        "86400",
        "services[0].effective_from",
        "must be a date such as 2025-01-31, not 86400",
    ),
    Case(
        "sqlite:///office.db",
        "mysql://u:hidden@h/x",
        "mysql",
        "store.url",
        "must be a database address, such as sqlite:///office.db or postgresql+psycopg://user@host/name",
    ),
    Case(
        "  port: 18830",
        "  port: 18830\n  password: short",
        "password",
        "mqtt.password",
        "must have at least 12 characters",
    ),
    Case(
        "{id: Paspor, en: Passport}",
        "Passport",
        "name: Passport",
        "services[0].name",
        'must be a section with one entry per language, not "Passport"',
    ),
]

REFERENCES = [
    Case(
        "stages: [hand-over]",
        "stages: [hand-ower]",
        "ower",
        "services[1].stages[0]",
        '"hand-ower" is not the id of one of the stages',
        'did you mean "hand-over"?',
    ),
    Case(
        "services: [passport]",
        "services: [passprt]",
        "passprt",
        "counters[1].services[0]",
        '"passprt" is not the id of one of the services',
        'did you mean "passport"?',
    ),
    Case(
        "lanes: [regular]",
        "lanes: [x]",
        "lanes: [x]",
        "counters[1].lanes[0]",
        '"x" is not the id of one of the lanes',
        "known: regular, priority",
    ),
    Case(
        "id: budi",
        "id: siti",
        "id: siti\n    name: Budi",
        "officers[1].id",
        '"siti" is already the id of another of the officers',
    ),
    Case(
        "letter: B",
        "letter: A",
        "letter: A\n    name: {id: Pengam",
        "services[1].letter",
        '"A" is already the letter of another service',
    ),
    Case(
        "letter: P",
        'letter: ""',
        'letter: ""\n    shape: diamond',
        "lanes[1].letter",
        '"" is already the letter of another lane',
    ),
    Case("    letter: P\n", "", "id: priority", "lanes[1].letter", '"" is already the letter of another lane'),
    Case(
        'label: "2"',
        'label: "1"',
        'label: "1"\n    stages: [check]\n',
        "counters[1].label",
        '"1" is already the label of another counter',
    ),
    Case(
        "id: display-1",
        "id: kiosk-1",
        "id: kiosk-1\n    panel: {width_px: 1920",
        "displays[0].id",
        '"kiosk-1" is already the id of one of the kiosks: every machine needs its own',
    ),
    Case(
        "id: kiosk-1",
        "id: broker",
        "id: broker",
        "kiosks[0].id",
        '"broker" is already the id of the engine itself: every machine needs its own',
    ),
    Case("[check, hand-over]", "[check]", "id: hand-over", "stages[1]", 'no counter serves the stage "hand-over"'),
    Case(
        "    step_free: true",
        "    services: [collection]",
        "stages: [check]\n    promised",
        "services[0].stages[0]",
        'no counter serves "passport" at the stage "check" in the lane priority: those numbers could never be called',
    ),
    Case(
        "    step_free: true",
        "    services: [passport]",
        "stages: [hand-over]",
        "services[1].stages[0]",
        'no counter serves "collection" at the stage "hand-over" in the lane regular, priority:'
        " those numbers could never be called",
    ),
    Case(
        OFFICE[OFFICE.index("  - id: budi") : OFFICE.index("mqtt:")],
        "",
        "officers:",
        "officers",
        "has 1 officers for 2 counters: there must be one for each",
    ),
    Case(
        "Asia/Jakarta",
        "Asia/Jakrta",
        "Jakrta",
        "office.timezone",
        '"Asia/Jakrta" is not a known time zone',
        'did you mean "Asia/Jakarta"?',
    ),
    Case(
        "Asia/Jakarta",
        "../zone",
        "../zone",
        "office.timezone",
        '"../zone" is not a known time zone',
        "in Indonesia: Asia/Jakarta, Asia/Makassar, Asia/Jayapura",
    ),
    Case('"13:00-15:00"', '"15:00-13:00"', "15:00", "hours.mon[1]", '"15:00-13:00" ends before it begins'),
    Case(
        '"13:00-15:00"',
        '"11:30-15:00"',
        "11:30",
        "hours.mon[1]",
        '"11:30-15:00" begins before the span above it ends, at 12:00',
    ),
    Case(
        '  mon: ["07:30-12:00", "13:00-15:00"]\n',
        "",
        "hours:",
        "hours",
        "opens on no day, so no number would ever be given out",
    ),
    Case(
        "  port: 18830",
        "  port: 18830\n  secret: long enough for it",
        "secret: long",
        "mqtt.secret",
        "one password for all machines lets whoever has one of them speak for each: give each its own by "
        "antrean provision, and take this line out; or add shared_secret: allowed for as long as that takes",
    ),
    Case(
        "  port: 18830",
        "  port: 18830\n  act_as: [{device: pad, part: counter-1}]",
        "act_as",
        "mqtt.act_as[0].device",
        '"pad" is none of mqtt.devices',
    ),
    Case(
        "  port: 18830",
        "  port: 18830\n  devices: [pad]\n  act_as: [{device: pad, part: counter-77}]",
        "act_as",
        "mqtt.act_as[0].part",
        '"counter-77" is neither the id of a part of the office nor web',
    ),
    Case(
        "  port: 18830",
        "  listen: banana",
        "listen",
        "mqtt.listen",
        '"banana" is no address of this machine, such as 127.0.0.1 or 0.0.0.0',
    ),
    Case(
        "  port: 18830",
        '  port: 18830\n  listen: "0.0.0.0"',
        "listen",
        "mqtt.listen",
        "passwords and PINs would go over the network for everybody there to read: add tls: own as a line of "
        "its own and provision each machine anew (antrean provision); or add plain_text: allowed below mqtt",
    ),
    Case(
        "  port: 18830",
        "  port: 18830\n  host: antrean.lan",
        "antrean.lan",
        "mqtt.host",
        "passwords and PINs would go over the network for everybody there to read: add tls: own as a line of "
        "its own and provision each machine anew (antrean provision); or add plain_text: allowed below mqtt",
    ),
    Case(
        "  server: auto",
        "  server: external\n  host: 10.0.0.5",
        "10.0.0.5",
        "mqtt.host",
        "passwords and PINs would go over the network for everybody there to read: add tls: own as a line of "
        "its own and provision each machine anew (antrean provision); or add plain_text: allowed below mqtt",
    ),
    Case(
        "  server: auto",
        "  server: embedded\n  host: 10.0.0.5",
        "10.0.0.5",
        "mqtt.host",
        "the embedded MQTT server serves this machine only (127.0.0.1): take mosquitto for several machines",
    ),
    Case(
        "  server: auto",
        '  server: embedded\n  listen: "::"',
        "listen",
        "mqtt.listen",
        "the embedded MQTT server serves this machine only (127.0.0.1): take mosquitto for several machines",
    ),
    Case(
        "m=8192,t=1,p=1$rA",
        "m=99999999,t=1,p=1$rA",
        "rA5s",
        "officers[0].pin_hash",
        "is not an argon2id hash that can be verified: make a new one",
    ),
    Case(
        "v=19$m=8192,t=1,p=1$rA",
        "rA",
        "rA5s",
        "officers[0].pin_hash",
        "is not an argon2id hash that can be verified: make a new one",
    ),
]

REFERENCES += [
    Case(
        "  port: 18830",
        "  devices: [keypad-1, counter-1]",
        "devices",
        "mqtt.devices[1]",
        '"counter-1" is already the id of one of the counters: every machine needs its own',
    ),
]

SOUND = [
    Case(
        DISPLAY,
        f"{DISPLAY}    sound: {{{keys}}}\n",
        keys,
        f"displays[0].sound.{path}",
        message,
        hint,
    )
    for keys, path, message, hint in (
        ('player: "fil"', "player", 'must be one of auto, aplay, file, null, not "fil"', 'did you mean "file"?'),
        (
            "device: -D hw",
            "device",
            'must be the name of a sound device, such as default or plughw:CARD=Device, not "-D hw"',
            None,
        ),
        ("repeat: 9", "repeat", "must be at most 3, not 9", None),
        (
            'quiet_hours: ["12-13"]',
            "quiet_hours[0]",
            'must be a span of time in quotes, such as "07:30-12:00", not "12-13"',
            None,
        ),
        ('quiet_hours: ["12:00-12:00"]', "quiet_hours[0]", '"12:00-12:00" ends when it begins', None),
        (
            "speech: {engine: clip}",
            "speech.engine",
            'must be one of auto, library, program, clips, none, not "clip"',
            'did you mean "clips"?',
        ),
    )
]

TEXTS = [
    Case(
        "{id: Paspor, en: Passport}",
        "{id: Paspor}",
        "{id: Paspor}",
        "services[0].name.en",
        'is missing: every text is needed in "en"',
    ),
    Case(
        "{id: [Datang], en: [Come]}\n    fee: {id: Rp",
        "{id: [Datang]}\n    fee: {id: Rp",
        "steps: {id: [Datang]}",
        "services[0].steps.en",
        'is missing: every text is needed in "en"',
    ),
    Case("[id, en]", "[id, en, xx]", "xx", "office.languages[2]", '"xx" is not a known language code'),
    Case("[id, en]", "[id, en, id]", "en, id]", "office.languages[2]", '"id" is listed twice'),
    Case(
        "en: Passport}",
        "en: Passport, fr: Passeport}",
        "Passeport",
        "services[0].name.fr",
        'is never shown: "fr" is not among office.languages',
        warning=True,
    ),
    Case(
        "en: [Identity card]",
        "en: [Identity card, Photo]",
        "Photo",
        "services[0].documents",
        "does not say the same in every language: 1 in id, 2 in en",
        warning=True,
    ),
]


@pytest.mark.parametrize("case", [*SHAPE, *SOUND, *REFERENCES], ids=lambda case: f"{case.path}: {case.new[:24]!r}")
def test_one_fault_is_told_once_with_its_place(tmp_path: Path, case: Case) -> None:
    text = changed((case.old, case.new))
    [problem] = [problem for problem in problems_of(tmp_path, text) if not problem.warning]
    assert (problem.path, problem.message) == (case.path, case.message)
    assert problem.hint == case.hint
    assert problem.line == line_of(text, case.line)
    assert problem.file == str(tmp_path / "config.yaml")


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: f"{case.path}: {case.new[:24]!r}")
def test_every_text_is_wanted_in_every_language(tmp_path: Path, case: Case) -> None:
    text = changed((case.old, case.new))
    found = {(problem.path, problem.message, problem.warning): problem for problem in problems_of(tmp_path, text)}
    assert found[case.path, case.message, case.warning].line == line_of(text, case.line)


def test_a_language_without_words_of_the_screens_is_warned_about(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, changed(("[id, en]", "[id, en, fr]")))
    [warning] = [problem for problem in problems if problem.warning]
    assert warning.path == "office.languages[2]"
    assert warning.message.endswith('beside your texts they will be in "id"')


def test_a_problem_reads_as_one_line(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, changed(("  port:", "  prot:")))
    assert str(problem) == f'{tmp_path}/config.yaml:73: mqtt.prot: is not a known key (did you mean "port"?)'


def test_all_faults_of_a_file_come_at_once_from_top_to_bottom(tmp_path: Path) -> None:
    text = changed(
        ("Asia/Jakarta", "Asia/Jakrta"),
        ("standard_min: 8", "standard_min: eight"),
        ("stages: [hand-over]", "stages: [hand-over, x]"),
        ("  port: 18830", "  port: 18830\n  port: 18831\n  prt: 5"),
        ("paper_mm: 80", "paper_mm: 70"),
        ("en: Today", "fr: Aujourd'hui"),
    )
    problems = problems_of(tmp_path, text, {"ANTREAN_STORE__URI": "x"})
    assert [problem.path or problem.file for problem in problems] == [
        "office.timezone",
        "stages[0].standard_min",
        "services[1].stages[1]",
        "services[1].time.en",
        "mqtt.port",
        "mqtt.prt",
        "kiosks[0].printer.paper_mm",
        "ANTREAN_STORE__URI",
        "services[1].time.fr",
    ]
    assert [problem.warning for problem in problems] == [False] * 8 + [True]


def test_secrets_are_never_repeated_in_a_message(tmp_path: Path) -> None:
    text = changed(
        ("  port: 18830", "  password: hush"),
        ("sqlite:///office.db", "mysql://hush"),
        ('"$argon2id$v=19$m=8192,t=1,p=1$rA5sazbEDXanqEqtd87kfw$Yi7EsF0f0qYv1FZx6h/Axad+9kM+xoxaF/Infgx/KCo"', "hush"),
    )
    problems = problems_of(tmp_path, text)
    assert [problem.path for problem in problems] == ["officers[0].pin_hash", "mqtt.password", "store.url"]
    assert "hush" not in "".join(map(str, problems))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "'sqlite:///:memory:'",
        "sqlite:///var/",
        "sqlite:///office.db?mode=memory",
        r'"sqlite:///off\rice.db"',
        r'"sqlite:///var/ \n/o.db"',
        "\u201csqlite:///office.db\u201d",
        "sqlite+aiosqlite:///office.db",
        "postgresql://",
    ],
)
def test_a_store_that_would_be_no_file_is_refused_on_its_line(url: str, tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, changed(("sqlite:///office.db", url)))
    assert problem.path == "store.url"
    assert problem.message


def test_an_announcement_may_begin_and_end_on_one_day(tmp_path: Path) -> None:
    one_day = announced('    since: "2026-12-24 07:30"\n    until: "2026-12-24"')
    assert problems_of(tmp_path, changed(("demo: true", one_day))) == []


def test_every_key_that_can_be_learnt_can_stand_in_the_file() -> None:
    assert [name for name in NAMES.values() if not re.fullmatch(KEY_NAME, name)] == []


@pytest.mark.parametrize("said", ["  plain_text: allowed\n", "tls: own\n"])
def test_other_machines_are_served_where_that_is_encrypted_or_somebody_took_it_upon_them(
    tmp_path: Path, said: str
) -> None:
    lines = ("  port: 18830\n", f'  port: 18830\n  listen: "0.0.0.0"\n{said}')
    assert [one for one in problems_of(tmp_path, changed(lines)) if not one.warning] == []

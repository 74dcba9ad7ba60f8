"""The shape of config.yaml: frozen models, unknown keys refused, cross-references checked elsewhere."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from broker.config.alerts import Alerts
from broker.config.desk_devices import Keypads, SignBus
from broker.config.feedback import COUNTRY, Feedback
from broker.config.identifier import ID, Identifier
from broker.config.machines import Machine
from broker.config.section import LANGUAGE, LanguageCode, SettingsModel, Text, TextList
from broker.config.web import Web
from broker.contract.link import Address
from hardware.config import (
    ALSA_DEVICE,
    CHORD,
    KEY_NAME,
    LINE_URL,
    QUEUE_NAME,
    SPAN,
    USB_ID,
    Chime,
    Host,
    KioskKeys,
    KioskSound,
    PanelConfig,
    PrinterConfig,
    ScannerConfig,
    SoundConfig,
    is_within,
    span_of,
)

CONFIG_VERSION = 2
"""The shape below: a change that an older file does not survive raises it, with a step in `broker.config.upgrading`."""

_LETTER = r"^[A-Z]$"
_LETTER_OR_NONE = r"^[A-Z]?$"
_COLOUR = r"^#[0-9A-Fa-f]{6}$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}( ([01][0-9]|2[0-3]):[0-5][0-9])?$"
_ICON = r"^[a-z][a-z0-9_]{1,39}$"
_PIN_HASH = r"^\$argon2id\$"
_STORE_URL = (
    r"^(sqlite(\+pysqlite)?:///([^?\x00-\x1f\x7f]*/)?[^/:?\s\x00-\x1f\x7f]([^/?\x00-\x1f\x7f]*[^/?\s\x00-\x1f\x7f])?"
    r"|postgresql(\+[a-z0-9]+)?://[^\s\x00-\x1f\x7f]+)$"
)
"""SQLite needs the name of a file: `sqlite://` and `sqlite:///` would be an office in memory, gone with the process."""

PATTERNS = {
    ID: "must be 1 to 32 small letters, digits, - or _, beginning with a letter or digit",
    _LETTER: "must be one capital letter A-Z",
    _LETTER_OR_NONE: "must be one capital letter A-Z, or empty quotes",
    _COLOUR: 'must be a colour in quotes, such as "#0B4060"',
    LANGUAGE: "must be a language code of two small letters, such as id or en",
    _MOMENT: 'must be a date, perhaps with a time, in quotes, such as "2026-12-24" or "2026-12-24 10:30"',
    _ICON: "must be the name of a pictogram of Material Symbols in small letters, such as child_care",
    COUNTRY: "must be the code of a country in two capital letters, such as ID",
    SPAN: 'must be a span of time in quotes, such as "07:30-12:00"',
    CHORD: "must be keys such as ctrl+alt+space: one or more of ctrl, alt, shift and super, then one key",
    ALSA_DEVICE: "must be the name of a sound device, such as default or plughw:CARD=Device",
    KEY_NAME: "must be the name of a key, such as F13, Enter or #139: antrean kiosk --learn-keys finds it out",
    _PIN_HASH: "must be an argon2id hash of the PIN, never the PIN itself",
    LINE_URL: "must be a device such as /dev/ttyUSB0, socket://host:port, rfc2217://host:port, loop:// or pty:name",
    USB_ID: 'must be four hexadecimal figures as lsusb shows them, in quotes, such as "04b8"',
    QUEUE_NAME: "must be the name of a CUPS queue as lpstat -p shows it, such as tickets",
    _STORE_URL: "must be a database address, such as sqlite:///office.db or postgresql+psycopg://user@host/name",
}
"""What each pattern means, for people."""


def _written_date(value: object) -> object:
    """Read a date as it is written; figures alone would pass as seconds since 1970."""
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        kind, message = "date_type", "must be a date"
        raise PydanticCustomError(kind, message) from None


def _written_moment(value: object) -> object:
    """Read what YAML takes for a date or a time of its own as it was written."""
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}" if value.tzinfo is None and not value.second else value
    return value.isoformat() if isinstance(value, dt.date) else value


Letter = Annotated[str, StringConstraints(pattern=_LETTER)]
Span = Annotated[str, StringConstraints(pattern=SPAN)]
Opening = tuple[dt.time, dt.time]
"""From when and until when."""
LocalMoment = Annotated[str, BeforeValidator(_written_moment), StringConstraints(pattern=_MOMENT)]
"""A day, or a minute of one, by the office's clock."""
Day = Annotated[dt.date, BeforeValidator(_written_date)]
Icon = Annotated[str, StringConstraints(pattern=_ICON)]
Shape = Literal["circle", "diamond", "square", "triangle", "star"]


class Office(SettingsModel):
    """Who the office is. The first language is the office's own."""

    id: Identifier
    name: Text
    timezone: str
    languages: tuple[LanguageCode, ...] = Field(min_length=1)
    accent: Annotated[str, StringConstraints(pattern=_COLOUR)] | None = None
    logo: Annotated[str, StringConstraints(min_length=1)] | None = None
    """A PNG picture; `load_settings` makes the whole path of one that is named from the file's own folder."""

    @property
    def zone(self) -> ZoneInfo:
        """Return the office's time zone."""
        return ZoneInfo(self.timezone)


class Hours(SettingsModel):
    """When tickets are given out. `enforced: false` keeps them as information only (the demo).

    A key that is a date, such as `2026-12-25`, stands for that day alone and replaces its weekday's spans.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, tuple[Span, ...]]

    enforced: bool = True
    mon: tuple[Span, ...] = ()
    tue: tuple[Span, ...] = ()
    wed: tuple[Span, ...] = ()
    thu: tuple[Span, ...] = ()
    fri: tuple[Span, ...] = ()
    sat: tuple[Span, ...] = ()
    sun: tuple[Span, ...] = ()

    @property
    def weekly(self) -> tuple[tuple[Opening, ...], ...]:
        """Return the openings of each weekday, Monday first, local time."""
        days = (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)
        return tuple(tuple(map(span_of, spans)) for spans in days)

    @property
    def dates(self) -> dict[dt.date, tuple[Opening, ...]]:
        """Return the openings of single dates, local time."""
        written = self.__pydantic_extra__.items()
        return {dt.date.fromisoformat(day): tuple(map(span_of, spans)) for day, spans in written}


class Stage(SettingsModel):
    """One step that counters serve, with its standard time until today's is known."""

    id: Identifier
    name: Text
    standard_min: float = Field(gt=0, le=480)


class Ground(SettingsModel):
    """One reason why somebody may take a lane, in two or three words beside a pictogram."""

    icon: Icon
    text: Text


class Group(SettingsModel):
    """Services that stand together on the kiosk."""

    id: Identifier
    name: Text


class Lane(SettingsModel):
    """A queue beside the others; the promise is what dispatch measures its tickets against."""

    id: Identifier
    letter: Annotated[str, StringConstraints(pattern=_LETTER_OR_NONE)] = ""
    shape: Shape
    name: Text
    rule: Text
    grounds: tuple[Ground, ...] = Field(default=(), max_length=8)
    promised_wait_min: float = Field(gt=0, le=1440)
    daily_quota: int | None = Field(default=None, ge=0)
    max_wait_min: float | None = Field(default=None, gt=0, le=1440)
    step_free: bool = False
    no_show_after_s: int | None = Field(default=None, ge=0, le=600)
    chime: Chime = "auto"
    hours: Hours | None = None


class Service(SettingsModel):
    """What a visitor can come for; everything about it changes by regulation, so all of it is data."""

    id: Identifier
    letter: Letter
    name: Text
    short_name: Text | None = None
    group: Identifier | None = None
    icon: Icon | None = None
    stages: tuple[Identifier, ...] = Field(min_length=1)
    promised_wait_min: float = Field(gt=0, le=1440)
    daily_quota: int | None = Field(default=None, ge=0)
    hours: Hours | None = None
    documents: TextList
    steps: TextList
    fee: Text
    time: Text
    source: Annotated[str, StringConstraints(min_length=1)]
    effective_from: Day


class Counter(SettingsModel):
    """A desk: what it serves. No `services` or `lanes` means all of them."""

    id: Identifier
    label: Annotated[str, StringConstraints(min_length=1, max_length=12)]
    stages: tuple[Identifier, ...] = Field(min_length=1)
    services: tuple[Identifier, ...] | None = None
    lanes: tuple[Identifier, ...] | None = None
    step_free: bool = False
    prefers: Identifier | None = None
    borrows: tuple[Identifier, ...] = ()
    kiosk: Identifier | None = None


class Officer(SettingsModel):
    """Who may sign in at a counter; the PIN only as an argon2 hash."""

    id: Identifier
    name: Annotated[str, StringConstraints(min_length=1)]
    pin_hash: Annotated[str, StringConstraints(pattern=_PIN_HASH)] | None = Field(default=None, repr=False)
    """None: cannot sign in until a supervisor has given them a PIN."""
    role: Literal["officer", "supervisor", "complaints", "technician"] = "officer"


class PromiseDispatch(SettingsModel):
    """The ticket that has used the largest share of its lane's promised wait."""

    type: Literal["promise"] = "promise"


class HeadStartDispatch(SettingsModel):
    """The longest waiting, after lanes were given minutes of credit."""

    type: Literal["head_start"]
    credit_min: dict[Identifier, Annotated[float, Field(ge=0, le=1440)]]


class RatioDispatch(SettingsModel):
    """Lanes take turns in this pattern, such as priority, priority, regular."""

    type: Literal["ratio"]
    pattern: tuple[Identifier, ...] = Field(min_length=1, max_length=24)


class StrictDispatch(SettingsModel):
    """The first lane of this order that has anyone."""

    type: Literal["strict"]
    order: tuple[Identifier, ...] = Field(min_length=1)


class FifoDispatch(SettingsModel):
    """The longest waiting, whatever the lane."""

    type: Literal["fifo"]


Dispatch = Annotated[
    PromiseDispatch | HeadStartDispatch | RatioDispatch | StrictDispatch | FifoDispatch, Field(discriminator="type")
]


class Journey(SettingsModel):
    """What happens to tickets that do not go straight through."""

    calls_before_no_show: int = Field(default=1, ge=1, le=10)
    rejoin_behind: int = Field(default=3, ge=0, le=100)
    rejoin_times: int = Field(default=2, ge=0, le=10)
    sent_fallback_min: float = Field(default=15, gt=0, le=480)
    closes_left: bool = True


class Reserve(SettingsModel):
    """How many numbers a kiosk has in advance for a service in a lane, for when it cannot reach the broker."""

    least: int = Field(default=5, ge=0, le=200)
    most: int = Field(default=40, ge=0, le=200)
    cover_min: float = Field(default=30, gt=0, le=480)


class ActsAs(SettingsModel):
    """A further device that may send what a part of the office may, or `web`, and no more."""

    device: Identifier
    part: Identifier


class Mqtt(SettingsModel):
    """The MQTT server: started by us (`auto`, `mosquitto`, `embedded`) or run by others (`external`)."""

    server: Literal["auto", "mosquitto", "embedded", "external"] = "auto"
    host: Host = "127.0.0.1"
    port: int = Field(default=18830, ge=1, le=65535)
    listen: str = Field(default="127.0.0.1", min_length=1)
    open_on_loopback: bool = False
    """Any program of the broker's machine may ask under any name, without a login: for trying out."""
    secret: str | None = Field(default=None, min_length=12, repr=False)
    """One password for all, as before there was one login a device; taken with `shared_secret` alone."""
    shared_secret: Literal["allowed"] | None = None
    plain_text: Literal["allowed"] | None = None
    """Off this machine all goes without encryption, passwords too; else that is refused."""
    ca: Path | None = None
    """What the server's certificate is checked by, below the data folder where it is not absolute; with `tls` alone."""
    password: str | None = Field(default=None, min_length=12, repr=False)
    """Of the one client that this configuration is for; else it lies below the data folder, or is not needed."""
    devices: tuple[Identifier, ...] = ()
    act_as: tuple[ActsAs, ...] = ()
    """Whose rights devices have; of one that is not named: all that parts may."""

    def address(self, client: str) -> Address:
        """Return where a client of this office connects, and by what login, where it has one."""
        password = self.password or self.secret
        return Address(self.host, self.port, None if password is None else client, password, self.ca)


class Store(SettingsModel):
    """Where tickets are kept: an SQLAlchemy URL; a relative SQLite path lies below the data folder."""

    url: Annotated[str, StringConstraints(pattern=_STORE_URL)] = "sqlite:///office.db"


class Clock(SettingsModel):
    """When a clock that was set by more than an hour is believed."""

    believe_after_min: float = Field(default=10, ge=0, le=24 * 60)
    """So long it has to last; 0: at once."""


class BackupPlan(SettingsModel):
    """A backup each day, made by the broker."""

    folder: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    """Below the data folder where it is not absolute; better on another disk."""
    at: dt.time = dt.time(22)
    keep: int = Field(default=14, ge=1, le=1000)
    """So many of the newest stay."""
    mail_end: bool = False
    """Where the journal ends is mailed each day, to whom `alerts.email` names: what is there nobody can take back."""


class Kiosk(SettingsModel):
    """One kiosk and its devices. `spare_printer` prints while the first one cannot."""

    id: Identifier
    role: Literal["tickets", "feedback"] = "tickets"
    """Whether it gives out numbers, or takes what visitors say of the service."""
    counter: Identifier | None = None
    """Role feedback: it stands at this counter and asks whoever was served there."""
    panel: PanelConfig
    printer: PrinterConfig | None = None
    """Only a feedback kiosk does without: whoever complains there copies the receipt from the screen."""
    spare_printer: PrinterConfig | None = None
    spare_printer_label: Text | None = None
    idle_s: int = Field(default=45, ge=10, le=600)
    scanner: ScannerConfig | None = None
    staff_pin_hash: Annotated[str, StringConstraints(pattern=_PIN_HASH)] | None = Field(default=None, repr=False)
    """Of the PIN that opens the staff's menu; without one there is none."""
    shutdown_command: tuple[str, ...] = ()
    """What turns the machine off when staff shut the kiosk down; empty: only the program ends."""
    sound: KioskSound | None = None
    keys: KioskKeys | None = None


class Dim(SettingsModel):
    """When a display is darker, to spare the panel: only while nobody is called."""

    hours: tuple[Span, ...] = Field(min_length=1)
    how: Literal["dim", "dark"] = "dim"

    def veil(self, at: dt.time) -> float:
        """Return how dark it is at this time of day, 0 to 1."""
        return {"dim": 0.8, "dark": 1.0}[self.how] if is_within(self.hours, at) else 0.0


class Display(SettingsModel):
    """One lobby display and its sound."""

    id: Identifier
    panel: PanelConfig
    sound: SoundConfig = SoundConfig()
    page_s: int = Field(default=8, ge=4, le=120)
    procedures: bool = True
    waiting: bool = True
    """Whether who waits stands among the procedures, by number with the time of the call."""
    results: bool = True
    """Whether what the office publishes of surveys, complaints and ratings stands among the procedures."""
    stages: tuple[Identifier, ...] = ()
    counters: tuple[Identifier, ...] = ()
    """A zone of the hall: only what is called to these counters, or to counters of these stages. None: everything."""
    media: Path | None = None
    """Folder of pictures and films, below the data folder."""
    dim: Dim | None = None


Chord = Annotated[str, StringConstraints(pattern=CHORD)]


class Hotkeys(SettingsModel):
    """Keys that work for a counter's window from within any other program."""

    next: Chord | None = None
    recall: Chord | None = None
    start: Chord | None = None
    finish: Chord | None = None
    no_show: Chord | None = None
    undo: Chord | None = None
    pause: Chord | None = None
    window: Chord | None = None
    """Brings the window to the front, with the keyboard."""

    @property
    def chords(self) -> dict[str, str]:
        """Return the keys that are set, by what they are for."""
        named: dict[str, str] = self.model_dump(exclude_none=True)
        return named


class CounterPanel(PanelConfig):
    """The officers' windows, and how they stand beside another program."""

    docked: Literal["none", "left", "right"] = "none"
    docked_width_px: int = Field(default=360, ge=340, le=1280)
    hotkeys: Hotkeys = Hotkeys()
    arrival_sound: SoundConfig | None = None
    arrival_hint: bool = False


class Announcement(SettingsModel):
    """What the displays show and perhaps say, from one moment to another."""

    id: Identifier
    text: Text
    say: bool = False
    since: LocalMoment | None = None
    until: LocalMoment | None = None


class Planned(SettingsModel):
    """What is other from a day on: values by the places where they will stand."""

    id: Identifier
    effective_from: Day
    change: dict[str, Any] = Field(min_length=1)


class Settings(SettingsModel):
    """The whole office."""

    config_version: int = Field(default=CONFIG_VERSION, ge=1)
    """Which version of this shape the file was written for; a file that does not say it is of the first."""
    office: Office
    demo: bool = False
    training: bool = False
    """What `antrean up --training` writes into the configuration that it makes: nothing here is true."""
    hours: Hours
    announcements: tuple[Announcement, ...] = ()
    planned: tuple[Planned, ...] = ()
    stages: tuple[Stage, ...] = Field(min_length=1)
    lanes: tuple[Lane, ...] = Field(min_length=1)
    groups: tuple[Group, ...] = ()
    services: tuple[Service, ...] = Field(min_length=1)
    counters: tuple[Counter, ...] = Field(min_length=1)
    officers: tuple[Officer, ...] = Field(min_length=1)
    dispatch: Dispatch = PromiseDispatch()
    journey: Journey = Journey()
    reserve: Reserve = Reserve()
    feedback: Feedback = Feedback()
    alerts: Alerts = Alerts()
    tls: Literal["none", "own"] = "none"
    """`own`: the MQTT server, and staff's pages off this machine, with certificates that the office makes itself."""
    tls_names: tuple[Host, ...] = ()
    """By which names or addresses others reach this machine, beside those that it knows of itself."""
    mqtt: Mqtt = Mqtt()
    store: Store = Store()
    clock: Clock = Clock()
    backup: BackupPlan | None = None
    """None: nobody but a person makes any."""
    logs: Literal["text", "json"] = "text"
    """How lines of logs are written: for people, or for programs that gather them, with every request by its id."""
    web: Web | None = None
    """None: there are no pages on the phone."""
    kiosks: tuple[Kiosk, ...] = Field(min_length=1)
    displays: tuple[Display, ...] = ()
    keypads: tuple[Keypads, ...] = ()
    signs: tuple[SignBus, ...] = ()
    counter_panel: CounterPanel
    machines: tuple[Machine, ...] = ()
    """None: one machine, which opens the first of each kind."""

    def kiosk_of(self, counter: Counter) -> str:
        """Return the id of the kiosk that prints what a counter asks for: the first, unless another is named."""
        return counter.kiosk or self.ticket_kiosks[0].id

    @property
    def ticket_kiosks(self) -> tuple[Kiosk, ...]:
        """Return the kiosks that give out numbers; there is one at least."""
        return tuple(kiosk for kiosk in self.kiosks if kiosk.role == "tickets")

    @property
    def feedback_kiosks(self) -> tuple[Kiosk, ...]:
        """Return the kiosks that take what visitors say of the service."""
        return tuple(kiosk for kiosk in self.kiosks if kiosk.role == "feedback")


DEFAULT_CONFIG = Path("config.yaml")
DEFAULT_DATA = Path("var")
CA = Path("ca.pem")
"""Below a data folder: the certificate of the office's own authority, by which the server is checked."""

"""The broker process: MQTT server, store, engine and gateway put together, until it is told to stop."""

from __future__ import annotations

import datetime as dt
import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from broker.bootstrap.clock_file import ClockFile
from broker.bootstrap.logins import Logins, watch_logins
from broker.bootstrap.memory import Memory
from broker.bootstrap.nightly import Nightly, keep_daily
from broker.bootstrap.pins import PinBook
from broker.bootstrap.reload import LOOK_EVERY_S as CONFIG_EVERY_S
from broker.bootstrap.reload import ConfigWatch
from broker.bootstrap.rules import announcements, office_message, office_rules
from broker.bootstrap.rules_desk import RulesDesk
from broker.bootstrap.service import tell_systemd
from broker.bootstrap.tokens import SessionTokens
from broker.bootstrap.trials import MissedFile
from broker.bus import Bus
from broker.config.logins import LoginError, known_by
from broker.config.settings import CA, Settings
from broker.config.training import wrong_folder
from broker.contract.link import Address
from broker.contract.topics import ENGINE_CLIENT, Topics
from broker.engine import KEPT_REPLIES, REMEMBER, Engine
from broker.gateway import Inbound, MqttWire, Presences
from broker.loopback import is_loopback
from broker.office_time import EARLIEST
from broker.ports import Reconfiguration, StorageError, Submission
from broker.server.certificates import SERVER, CertificateError, make_certificates
from broker.server.start import MOST_HELD_BYTES, ServerError, ServerSpec, choose_kind, start_server
from broker.store.database import resolve_url
from broker.store.given import given_to_kiosks
from broker.store.head import Head
from broker.store.office_key import OfficeKey
from broker.store.sql import SqlStore
from broker.turnstile import Turnstile
from hardware.boot import since_boot_s
from hardware.files import close_to_others

WATCH_EVERY_S = 2.5
LOOK_EVERY_S = 2.0
"""How often the log of the database is looked at: a page that is spoilt is noticed before many numbers rely on it."""
WORD_EVERY_S = 1.0
CERTIFICATES_EVERY_S = 60.0
"""How often it is looked whether a certificate ends soon, or this machine is at another address than it says."""
LATE_S = 5.0
"""A request that has waited so long is late: screens ask again after 3 s."""
BELIEVE = "believe-clock"
"""Below the data folder: laid there by `antrean clock --believe`, and taken up at once."""

log = logging.getLogger(__name__)


class AlreadyRunningError(Exception):
    """Another engine works on the same data folder."""


def by_the_machine() -> dt.datetime:
    """Return the time by the machine's own clock."""
    return dt.datetime.now(dt.UTC)


def run_broker(
    settings: Settings,
    data_dir: Path,
    *,
    config: Path | None = None,
    clock: Callable[[], dt.datetime] = by_the_machine,
    most_held: int = MOST_HELD_BYTES,
) -> None:
    """Run the truth of the office until SIGTERM or SIGINT; where `config` is named its changes are followed.

    An MQTT server of ours that holds more than `most_held` bytes is started again.
    Raises `AlreadyRunningError`, `StorageError` or `ServerError` where it cannot begin.
    """
    if wrong := wrong_folder(data_dir, is_training=settings.training):
        raise StorageError(wrong)
    close_to_others(data_dir)
    key = OfficeKey(data_dir / "office.key")
    with (
        only_engine(data_dir),
        _store(settings, data_dir, key) as store,
        _logins(settings, data_dir) as logins,
        _mqtt_server(settings, data_dir, logins, most_held) as address,
    ):
        topics = Topics(settings.office.id)
        bus = Bus(
            address=address,
            office=settings.office.id,
            client=ENGINE_CLIENT,
            kind="engine",
            post=lambda step: step(),
            claims=True,
            sieve=Turnstile(
                topics.root,
                logins.clients.keys(),
                ENGINE_CLIENT,
                lambda client, text: inbound.too_many(client, text),  # noqa: PLW0108 - made below
                flooded=logins.suspend,
            ),
        )
        wire = MqttWire(
            topics,
            bus,
            office_message(settings),
            announcements(settings),
            settings.feedback.surveys,
            first_revision=lambda: int(time.time() * 100),
        )
        environ = dict(os.environ)
        tokens = SessionTokens(data_dir / "sessions.key", logins.login_of)
        desk = None if config is None else RulesDesk(config, data_dir, environ=environ, clock=clock, report=wire.report)
        engine = Engine(
            office=office_rules(settings),
            store=store,
            wire=wire,
            credentials=PinBook(
                pin_hashes(settings),
                MissedFile(data_dir / "wrong-pins.json"),
                chosen=store.pins(),
                passwords=store.passwords(),
                kinds={name: client.kind for name, client in logins.clients.items()},
                veiled=tokens.veiled,
            ),
            clock=clock,
            monotonic=since_boot_s,
            mark=ClockFile(data_dir / "clock.json"),
            kiosk_of={counter.id: settings.kiosk_of(counter) for counter in settings.counters},
            tidy=Memory().tidy,
            rules=desk,
            believe_after_s=settings.clock.believe_after_min * 60,
            earliest=EARLIEST,
            login_counts=logins.counts,
        )
        store.forget_replies(engine.now() - REMEMBER, most=KEPT_REPLIES)  # writes: a disk that refuses shows now
        submit: Callable[[Submission], None] = engine.submit
        if desk is not None:
            desk.make_good(engine.hall.rules_changed)
            submit = desk.before(engine.submit, wire.refuse)
            beside("rules-desk", desk.run, engine.submit, engine.rules_editor, engine.carry_out)
        inbound = Inbound(
            topics,
            submit,
            token=tokens.token,
            login=logins.login_of,
            secret=key.secret,
            refusal=logins.door(tokens.is_of).refusal,
            refuse=wire.refuse,
        )
        bus.listen_raw(topics.all_commands(), inbound.received, kept=inbound.kept)
        bus.listen_raw(topics.presence("+"), Presences(topics, engine.heard).received)
        bus.on_connect(engine.reconnected)
        logins.on_thrown_out, logins.on_changed = wire.gone, engine.logins_changed
        closing = tell_systemd(os.environ, bus.on_connect, engine.unanswered_s)
        bus.on_connect(lambda: log.info("office %s is open on port %d", settings.office.id, address.port))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: engine.stop())
        bus.start()
        log.info("connecting to the MQTT server at %s:%d", address.host, address.port)
        ended = threading.Event()
        _watch_beside(engine, store, wire, data_dir, ended)

        def changed(change: Reconfiguration, now: Settings) -> None:
            engine.reconfigure(change)
            engine.pin_checker.seeded(pin_hashes(now))

        if config is not None:
            changes = ConfigWatch(
                config,
                settings,
                environ=environ,
                changed=changed,
                report=wire.report,
                clock=clock,
            )
            beside("config-watch", watch_config, changes.look, ended.wait)
        if settings.backup is not None and config is not None and not settings.training:
            nightly = Nightly(settings, settings.backup, config, data_dir, clock)
            beside("backup", keep_daily, "backup", nightly.is_due, nightly.make, wire.report, ended.wait)
            if settings.backup.mail_end:
                beside("end", keep_daily, "email", nightly.is_end_due, nightly.mail_end, wire.report, ended.wait)
        engine.run()
        ended.set()
        closing()
        bus.stop()


def _watch_beside(engine: Engine, store: SqlStore, wire: MqttWire, data_dir: Path, ended: threading.Event) -> None:
    """Begin what looks after engine and database, and hears a word about the clock."""
    beside("engine-watch", watch_answers, engine.unanswered_s, wire.report, ended.wait)
    log_watch = store.log_watch()
    if log_watch is not None:
        beside("log-watch", watch_log, log_watch.is_suspect, engine.look_soon, store.settle, ended.wait)
    (data_dir / BELIEVE).unlink(missing_ok=True)  # laid there while nobody could hear it
    beside("clock-word", watch_word, take_up(data_dir / BELIEVE), engine.believe_clock, ended.wait)


def beside(name: str, work: Callable[..., None], *args: object) -> None:
    """Begin `work(*args)` on a thread of its own, which ends with the process."""
    threading.Thread(target=work, args=args, name=name, daemon=True).start()


def watch_answers(
    unanswered_s: Callable[[], float], report: Callable[[str, str | None], None], pause: Callable[[float], bool]
) -> None:
    """Say in the engine's presence when nobody is answered: an engine that waits for the disk cannot say so itself.

    Looks after each `pause`, until that returns True.
    """
    while not pause(WATCH_EVERY_S):
        late_s = unanswered_s()
        report("engine", f"no answer for {late_s:.0f} s" if late_s >= LATE_S else None)


def watch_log(
    is_suspect: Callable[[], bool],
    look_soon: Callable[[], None],
    settle: Callable[[], None],
    pause: Callable[[float], bool],
) -> None:
    """Let the engine look at the disk where its log seems to be spoilt, and bring the journal's end to the disk.

    Looks after each `pause` until one is True.
    """
    while not pause(LOOK_EVERY_S):
        settle()
        if is_suspect():
            look_soon()


def take_up(path: Path) -> Callable[[], bool]:
    """Return what tells whether a file was laid there, and takes it away."""

    def is_there() -> bool:
        if not path.exists():
            return False
        path.unlink(missing_ok=True)
        return True

    return is_there


def watch_word(is_there: Callable[[], bool], carry_out: Callable[[], None], pause: Callable[[float], bool]) -> None:
    """Do what somebody at this machine asks for by a file. Looks after each `pause` until one is True."""
    while not pause(WORD_EVERY_S):
        if is_there():
            carry_out()


def watch_config(look: Callable[[], None], pause: Callable[[float], bool]) -> None:
    """Look at the configuration after each `pause` until one is True."""
    while not pause(CONFIG_EVERY_S):
        look()


def pin_hashes(settings: Settings) -> dict[str, str]:
    """Return by officer what the configuration says of the PINs; empty for who has none yet."""
    return {officer.id: officer.pin_hash or "" for officer in settings.officers}


@contextmanager
def only_engine(data_dir: Path) -> Iterator[None]:
    """Hold the folder for one engine: there is one writer, or numbers would be given out twice."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "engine.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"another broker already works in {data_dir}: stop it, or choose another folder with --data"
            raise AlreadyRunningError(message) from error
        yield


@contextmanager
def _store(settings: Settings, data_dir: Path, key: OfficeKey) -> Iterator[SqlStore]:
    office = settings.office.id
    store = SqlStore(resolve_url(settings.store.url, data_dir), office, Head(data_dir, office), key=key)
    try:
        _require_papers(store, data_dir, settings.office.zone)
        yield store
    finally:
        store.close()


def _require_papers(store: SqlStore, data_dir: Path, zone: dt.tzinfo) -> None:
    """Raise `StorageError` where kiosks of this machine have numbers of which the database does not tell.

    Database and head may have gone back in time together, as with a disk that lies or a machine that was reset.
    """
    missing = given_to_kiosks(data_dir, zone, store.tickets_there).in_words(store.given)
    if missing:
        message = (
            f"no number is given out, for some would be given twice: kiosks here have {missing}, and the database "
            "does not tell of them. Put the whole database back; or take it as it is: antrean recover"
        )
        raise StorageError(message)


@contextmanager
def _logins(settings: Settings, data_dir: Path) -> Iterator[Logins]:
    """Yield who may log in; `ServerError` where that cannot be read."""
    try:
        yield Logins(settings, data_dir)
    except LoginError as error:
        raise ServerError(str(error)) from error


def _certificate(settings: Settings, data_dir: Path) -> Path | None:
    """Return what the MQTT server shows; None where lines are not encrypted. Raises ServerError."""
    if settings.tls == "none":
        return None
    try:
        make_certificates(settings, data_dir, by_the_machine())
    except CertificateError as error:
        raise ServerError(str(error)) from error
    return (data_dir / SERVER).absolute()


def watch_certificates(
    settings: Settings, data_dir: Path, reload: Callable[[], None], pause: Callable[[float], bool]
) -> None:
    """Make other certificates in time, and where this machine has got another address. Until a `pause` is True."""
    while not pause(CERTIFICATES_EVERY_S):
        try:
            if make_certificates(settings, data_dir, by_the_machine()):
                reload()
        except CertificateError as error:
            log.error("%s; until then the certificates of before count", error)  # noqa: TRY400 - the sentence says it all


@contextmanager
def _mqtt_server(settings: Settings, data_dir: Path, logins: Logins, most_held: int) -> Iterator[Address]:
    """Start the MQTT server where it is ours to start; yield where the engine connects, and as whom."""
    mqtt = settings.mqtt
    if mqtt.server == "external":
        yield known_by(settings, ENGINE_CLIENT, data_dir).mqtt.address(ENGINE_CLIENT)
        return
    kind = choose_kind(mqtt.server)
    certificate = _certificate(settings, data_dir)
    log.info("MQTT server: %s%s", kind, " (Mosquitto is not installed)" if mqtt.server != kind == "embedded" else "")
    logins.say_what_is_open()
    if certificate is None and not is_loopback(mqtt.listen):
        log.warning(
            "mqtt.plain_text: passwords and PINs go over the network at %s for everybody there to read: write tls: own "
            "into config.yaml and provision each machine anew, then take plain_text out",
            mqtt.listen,
        )
    spec = ServerSpec(
        kind=kind,
        listen=mqtt.listen,
        port=mqtt.port,
        folder=data_dir / "mqtt",
        access=lambda: logins.access,
        certificate=certificate,
        most_held=most_held,
    )
    server = start_server(spec)
    ended = threading.Event()
    following = (lambda: logins.look(server.admit), ended.wait)
    threading.Thread(target=watch_logins, args=following, name="logins", daemon=True).start()
    if certificate is not None:
        beside("certificates", watch_certificates, settings, data_dir, server.reload, ended.wait)
    ca = None if certificate is None else (data_dir / CA).absolute()
    try:
        yield replace(spec.address, username=ENGINE_CLIENT, password=logins.engine_password, ca=ca)
    finally:
        ended.set()
        server.stop()

"""Alerts on their way out of the office: by e-mail and to a webhook, where config.yaml names them.

Each way has a thread, for both block. Addresses come from the configuration alone, and no answer leads anywhere else.
What was sent is kept in the data folder, so that a restart sends nothing twice that it knows of, and loses nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import http.client
import json
import logging
import smtplib
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from broker.alert_words import alert_words
from broker.contract.messages import Alert, AlertsMessage, OfficeMessage
from broker.language import Phrases

TIMEOUT_S = 15.0
PAUSES_S = (5.0, 30.0, 120.0, 600.0, 1800.0)
"""So long it waits after a first, a second, ... failure; then always as long as the last."""
MOST_ANSWER_BYTES = 4096
MOST_WAITING = 200
"""So many wait to be sent at most; of more the oldest go, for what is new matters more."""
Fault = Literal["unreachable", "tls", "login", "refused"]
UNREACHABLE: Fault = "unreachable"
TLS: Fault = "tls"
LOGIN: Fault = "login"
REFUSED: Fault = "refused"
_ABOUT_STAFF = {"acknowledged_by", "acknowledged_name", "acknowledged_at"}
_TAKEN = 2
_FINAL = frozenset({3, 4})
_AGAIN = frozenset({408, 425, 429})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EmailWay:
    """A mail server, and who gets mail."""

    host: str
    port: int
    tls: Literal["starttls", "tls", "none"]
    sender: str
    to: tuple[str, ...]
    roles: tuple[str, ...]
    language: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class WebhookWay:
    """An address that takes JSON."""

    url: str = field(repr=False)
    roles: tuple[str, ...]
    language: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class News:
    """What is told of an alert."""

    id: str
    text: str
    at: dt.datetime
    alert: Alert | None
    """None: it is over."""


@dataclass(frozen=True, slots=True)
class State:
    """How a way fares."""

    sent_at: dt.datetime | None = None
    fault: Fault | None = None
    waiting: int = 0


class NotSentError(Exception):
    """Nothing is known to have been sent."""

    def __init__(self, fault: Fault, *, is_final: bool = False) -> None:
        """Say why, and whether to send the same again is of no use."""
        super().__init__(fault)
        self.fault: Fault = fault
        self.is_final = is_final


def send_email(way: EmailWay, office: str, news: Sequence[News], *, timeout_s: float = TIMEOUT_S) -> None:
    """Send one mail that tells of all of it. Blocks; raises NotSentError."""
    letter = EmailMessage()
    head = news[0].text if len(news) == 1 else f"{news[0].text} (+{len(news) - 1})"
    letter["Subject"] = " ".join(f"[{office}] {head}".split())[:200]
    letter["From"], letter["To"] = way.sender, ", ".join(way.to)
    letter["Date"] = formatdate(localtime=True)
    letter["Message-ID"] = make_msgid(domain=way.sender.rpartition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("\n".join(f"{one.at:%H:%M}  {one.text}" for one in news) + "\n")
    context = ssl.create_default_context()
    try:
        with contextlib.ExitStack() as stack:
            server: smtplib.SMTP
            if way.tls == "tls":
                server = smtplib.SMTP_SSL(way.host, way.port, timeout=timeout_s, context=context)
            else:
                server = smtplib.SMTP(way.host, way.port, timeout=timeout_s)
            stack.enter_context(server)
            if way.tls == "starttls":
                server.starttls(context=context)
            if way.user is not None and way.password is not None:
                server.login(way.user, way.password)
            server.send_message(letter)
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
        raise NotSentError(TLS) from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotSentError(LOGIN) from error
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise NotSentError(REFUSED) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(UNREACHABLE) from error


def send_webhook(way: WebhookWay, office: str, news: Sequence[News], *, timeout_s: float = TIMEOUT_S) -> None:
    """Post all of it as JSON, and follow no answer elsewhere. Blocks; raises NotSentError."""
    url = urlsplit(way.url)
    told = [
        {"event": "ended", "id": one.id, "at": one.at.isoformat(), "text": one.text}
        if one.alert is None
        else {"event": "raised", "text": one.text, **one.alert.model_dump(mode="json", exclude=_ABOUT_STAFF)}
        for one in news
    ]
    body = json.dumps({"office": office, "alerts": told}).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "antrean"}
    if way.token is not None:
        headers["Authorization"] = f"Bearer {way.token}"
    host = url.hostname or ""
    connect: Callable[..., http.client.HTTPConnection] = http.client.HTTPConnection
    if url.scheme == "https":
        connect = functools.partial(http.client.HTTPSConnection, context=ssl.create_default_context())
    try:
        with contextlib.closing(connect(host, url.port, timeout=timeout_s)) as connection:
            connection.request("POST", f"{url.path or '/'}{'?' + url.query if url.query else ''}", body, headers)
            answer = connection.getresponse()
            status = answer.status
            answer.read(MOST_ANSWER_BYTES)
    except ssl.SSLError as error:
        raise NotSentError(TLS) from error
    except (OSError, http.client.HTTPException) as error:
        raise NotSentError(UNREACHABLE) from error
    kind = status // 100
    if kind != _TAKEN:
        is_final = kind in _FINAL and status not in _AGAIN
        raise NotSentError(REFUSED if is_final else UNREACHABLE, is_final=is_final)


class Sender:
    """Sends what is new of `state/alerts`. `heard` on the event loop's thread; each way in a thread of its own."""

    def __init__(
        self,
        ways: Mapping[str, EmailWay | WebhookWay],
        *,
        office: str,
        words: Callable[[str], Phrases],
        folder: Path,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Send for an office of this name; what was sent is kept in `folder`."""
        self._report: Callable[[Mapping[str, str]], None] = lambda _devices: None
        self._outlets = {
            name: _Outlet(
                name, way, office=office, words=words(way.language), folder=folder, now=now, told=self._changed
            )
            for name, way in ways.items()
        }

    @property
    def states(self) -> Mapping[str, State]:
        """Return how each way fares."""
        return {name: outlet.state for name, outlet in self._outlets.items()}

    def begin(self, report: Callable[[Mapping[str, str]], None]) -> None:
        """Begin to send; `report` is told how each way fares, from any thread."""
        self._report = report
        for outlet in self._outlets.values():
            threading.Thread(target=outlet.run, name=f"alerts-{outlet.name}", daemon=True).start()

    def heard(self, told: AlertsMessage | None, offer: OfficeMessage | None) -> None:
        """Take in what stands."""
        if told is not None:
            for outlet in self._outlets.values():
                outlet.heard(told, offer)

    def send_now(self) -> dict[str, int]:
        """Send what waits, on this thread; return how often in a row each way has failed."""
        return {name: outlet.send_once() for name, outlet in self._outlets.items()}

    def stop(self) -> None:
        """End; what waits is sent after the next start."""
        for outlet in self._outlets.values():
            outlet.stop()

    def _changed(self) -> None:
        faults = {name: state.fault for name, state in self.states.items()}
        self._report({name: "good" if fault is None else f"failed, {fault}" for name, fault in faults.items()})


class _Outlet:
    """One way out, what waits for it and what it was sent."""

    def __init__(
        self,
        name: str,
        way: EmailWay | WebhookWay,
        *,
        office: str,
        words: Phrases,
        folder: Path,
        now: Callable[[], dt.datetime],
        told: Callable[[], None],
    ) -> None:
        """Begin with what is known to have been sent."""
        self.name = name
        self.state = State()
        self._failures = 0
        self._way, self._office, self._words, self._now = way, office, words, now
        self._file = folder / f"alerts-sent-{name}.json"
        self._lock = threading.Lock()
        self._tell = told
        self._has_news, self._over = threading.Event(), threading.Event()
        self._waiting: list[News] = []
        self._sent: dict[str, str] = self._read()
        """By id of an alert that stands: what was said of it."""

    def heard(self, told: AlertsMessage, offer: OfficeMessage | None) -> None:
        """Let what is new wait to be sent, and what is over, where it was told."""
        standing = {one.id: one for one in told.alerts if set(one.roles) & set(self._way.roles)}
        with self._lock:
            under_way = {one.id for one in self._waiting if one.alert is not None}
            for one in standing.values():
                if one.id not in self._sent and one.id not in under_way:
                    self._waiting.append(News(one.id, alert_words(self._words, one, offer), one.since, one))
            if not told.more:
                self._forget(set(standing), told)
            del self._waiting[:-MOST_WAITING]
            self.state = replace(self.state, waiting=len(self._waiting))
            has_news = bool(self._waiting)
        if has_news:
            self._has_news.set()

    def _forget(self, standing: set[str], told: AlertsMessage) -> None:
        """Let those go that are over: a webhook is told, mail is not sent for good news."""
        self._waiting = [one for one in self._waiting if one.alert is None or one.id in standing]
        over = [one for one in self._sent if one not in standing]
        for gone in over:
            text = self._sent.pop(gone)
            if isinstance(self._way, WebhookWay):
                self._waiting.append(News(gone, text, told.at, None))
        if over:
            self._write()

    def run(self) -> None:
        """Send until it is over."""
        while not self._over.is_set():
            if self._failures:
                self._over.wait(PAUSES_S[min(self._failures, len(PAUSES_S)) - 1])
            else:
                self._has_news.wait()
            self._has_news.clear()
            self.send_once()
            self._tell()

    def send_once(self) -> int:
        """Send all that waits; return how often in a row it has failed by now."""
        with self._lock:
            news = list(self._waiting)
        if not news or self._over.is_set():
            self._failures = 0
            return 0
        try:
            if isinstance(self._way, EmailWay):
                send_email(self._way, self._office, news)
            else:
                send_webhook(self._way, self._office, news)
        except NotSentError as error:
            log.warning("alerts cannot be sent by %s: %s (%r)", self.name, error.fault, error.__cause__)
            self._failures = 0 if error.is_final else self._failures + 1
            if error.is_final:
                self._settle(news, State(self.state.sent_at, error.fault))
            else:
                self.state = replace(self.state, fault=error.fault)
        else:
            self._failures = 0
            self._settle(news, State(self._now()))
        return self._failures

    def _settle(self, news: Sequence[News], state: State) -> None:
        with self._lock:
            self._sent |= {one.id: one.text for one in news if one.alert is not None}
            self._waiting = [one for one in self._waiting if one not in news]
            self.state = replace(state, waiting=len(self._waiting))
            self._write()

    def stop(self) -> None:
        """Let the thread end."""
        self._over.set()
        self._has_news.set()

    def _read(self) -> dict[str, str]:
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(one): str(text) for one, text in told.items()} if isinstance(told, dict) else {}

    def _write(self) -> None:
        beside = self._file.with_suffix(".new")
        try:
            beside.write_text(json.dumps(self._sent), encoding="utf-8")
            beside.replace(self._file)
        except OSError as error:
            log.warning("what was sent of alerts cannot be kept: %s", error)

"""Alerts in config.yaml: by which rules somebody is told, when nobody is, and where it is sent."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from broker.config.faults import Fault, PathKey
from broker.config.identifier import Identifier
from broker.config.schema import child, entries, known_ids, words
from broker.config.section import LanguageCode, SettingsModel
from broker.config.turns import unknown_id
from hardware.config import HOST_FAULT, SPAN, Host, span_of

Role = Literal["officer", "supervisor", "complaints", "technician"]
Span = Annotated[str, StringConstraints(pattern=SPAN)]
_EMAIL = r"[^\s@<>,;:\"\\]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_WHOLE_DAY_MIN = 24 * 60
_EVERYBODY: tuple[Role, ...] = ("officer", "supervisor", "complaints", "technician")


class _Rule(SettingsModel):
    """What all rules have."""

    id: Identifier
    roles: tuple[Role, ...] = Field(default=("supervisor",), min_length=1)
    quiet_hours: tuple[Span, ...] | None = None
    """None: those of all rules."""
    for_s: float = Field(default=30, ge=0, le=3600)
    """It has to be so for so long before anybody is told."""
    calm_s: float = Field(default=30, ge=5, le=3600)
    """It has to be over for so long before it is over."""


class WaitRule(_Rule):
    """Somebody has waited for so much of what the lane promises."""

    type: Literal["wait"]
    limit_percent: float = Field(default=100, ge=10, le=1000)
    end_percent: float | None = Field(default=None, gt=0, le=1000)
    stages: tuple[Identifier, ...] = ()
    lanes: tuple[Identifier, ...] = ()
    services: tuple[Identifier, ...] = ()


class ForecastRule(_Rule):
    """A promise will be broken soon if the hall goes on as it is."""

    type: Literal["forecast"]
    within_min: float = Field(default=15, ge=1, le=120)
    late_by_min: float = Field(default=2, ge=0, le=120)
    """So much too late the call has to be expected."""
    stages: tuple[Identifier, ...] = ()
    lanes: tuple[Identifier, ...] = ()
    services: tuple[Identifier, ...] = ()


class IdleRule(_Rule):
    """An open counter calls nobody, though somebody waits whom it may call."""

    type: Literal["idle_counter"]
    after_min: float = Field(default=4, ge=0.5, le=120)
    counters: tuple[Identifier, ...] = ()


class PaperRule(_Rule):
    """A printer has little paper left, or none."""

    type: Literal["paper_low"]
    clients: tuple[Identifier, ...] = ()


class DeviceRule(_Rule):
    """A screen, a keypad, a sign or a device at one of them is gone, or does nothing until somebody comes."""

    type: Literal["device_lost"]
    after_min: float = Field(default=2, ge=0.1, le=120)
    clients: tuple[Identifier, ...] = ()


class QuotaRule(_Rule):
    """So much of the day's numbers of a lane or a service is given out."""

    type: Literal["quota_near"]
    limit_percent: float = Field(default=90, ge=10, le=100)
    end_percent: float | None = Field(default=None, gt=0, le=100)
    lanes: tuple[Identifier, ...] = ()
    services: tuple[Identifier, ...] = ()


class ComplaintRule(_Rule):
    """So many complaints are due within two working days, or overdue."""

    type: Literal["complaint_due"]
    limit: int = Field(default=1, ge=1, le=1000)
    overdue_only: bool = False


AlertRule = Annotated[
    WaitRule | ForecastRule | IdleRule | PaperRule | DeviceRule | QuotaRule | ComplaintRule,
    Field(discriminator="type"),
]


def _address(text: str) -> str:
    if not re.fullmatch(_EMAIL, text):
        message = "must be one e-mail address, such as supervisor@kantor.go.id"
        raise PydanticCustomError(HOST_FAULT, "{said}", {"said": message})
    return text


def _webhook(text: str) -> str:
    if message := webhook_fault(text):
        raise PydanticCustomError(HOST_FAULT, "{said}", {"said": message})
    return text


def webhook_fault(text: str) -> str | None:
    """Return what is wrong with the address of a webhook, or None."""
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        return "must be an address such as https://gateway.kantor.go.id/antrean"
    faults = {
        "must begin with https:// or http://": url.scheme not in {"https", "http"},
        "must name a host": not url.hostname,
        "must have no name and password in it: give a token instead": "@" in url.netloc,
        "must have no spaces, nor signs that no address has": re.search(r"[\s\x00-\x20\x7f]", text) is not None,
        "must end before the # sign: it is never sent": "#" in text,
    }
    return next((message for message, is_so in faults.items() if is_so), None)


EmailAddress = Annotated[str, AfterValidator(_address)]


class Email(SettingsModel):
    """By which mail server alerts are sent, and to whom."""

    host: Host
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: Annotated[str, Field(min_length=1)] | None = None
    password: Annotated[str, Field(min_length=1)] | None = Field(default=None, repr=False)
    sender: EmailAddress
    to: tuple[EmailAddress, ...] = Field(min_length=1, max_length=20)
    roles: tuple[Role, ...] = Field(default=_EVERYBODY, min_length=1)
    """Alerts for these are sent."""
    language: LanguageCode | None = None
    """None: the office's own."""


class Webhook(SettingsModel):
    """To which address alerts are sent as JSON, such as an agency's own gateway for messages."""

    url: Annotated[str, AfterValidator(_webhook)] = Field(repr=False)
    token: Annotated[str, Field(min_length=8, max_length=500, pattern=r"^[!-~]+$")] | None = Field(
        default=None, repr=False
    )
    """Goes along as `Authorization: Bearer`."""
    roles: tuple[Role, ...] = Field(default=_EVERYBODY, min_length=1)


class Alerts(SettingsModel):
    """Whom the office tells of what; without rules nobody is told."""

    quiet_hours: tuple[Span, ...] = ()
    rules: tuple[AlertRule, ...] = Field(default=(), max_length=40)
    email: Email | None = None
    webhook: Webhook | None = None


# -- what only shows between sections ----------------------------------------------------------------------------------


def alert_faults(data: Mapping[str, object]) -> Iterator[Fault]:
    """Yield rules that cannot be kept, that tell nobody, and ways out that others could read."""
    alerts = child(data, "alerts")
    if child(child(data, "backup"), "mail_end") is True and not child(alerts, "email"):
        yield Fault(
            ("backup", "mail_end"), "is mailed by alerts.email, and that is not there", "add email below alerts"
        )
    if not isinstance(alerts, dict):
        return
    roles = {str(entry.get("role", "officer")) for _, entry in entries(data, "officers")}
    seen: set[object] = set()
    yield from _quiet(("alerts", "quiet_hours"), words(alerts, "quiet_hours"))
    for within, rule in entries(alerts, "rules"):
        path: PathKey = ("alerts", *within)
        if isinstance(rule.get("id"), str) and rule["id"] in seen:
            yield Fault((*path, "id"), f'"{rule["id"]}" is already the id of another rule')
        seen.add(rule.get("id"))
        yield from _quiet((*path, "quiet_hours"), words(rule, "quiet_hours"))
        yield from _limits(path, rule)
        yield from _places(path, rule, data)
        told = words(rule, "roles") or ["supervisor"]
        if roles and not roles & set(told):
            message = f"tells nobody: no officer has the role {' or '.join(told)}"
            yield Fault((*path, "roles") if rule.get("roles") else path, message, warning=True)
        feedback = data.get("feedback")
        if rule.get("type") == "complaint_due" and not (isinstance(feedback, dict) and feedback.get("complaints")):
            yield Fault(path, "never tells anything: no complaints are taken here", "see feedback", warning=True)
    yield from _ways_out(alerts, data)


def _quiet(path: PathKey, spans: list[str]) -> Iterator[Fault]:
    minutes = set[int]()
    for index, span in enumerate(spans):
        if not re.match(SPAN, span):
            continue
        begin, end = (at.hour * 60 + at.minute + (at.second > 0) for at in span_of(span))
        if begin == end:
            yield Fault((*path, index), f'"{span}" ends when it begins')
        minutes |= set(range(begin, end)) if begin < end else {*range(begin, _WHOLE_DAY_MIN), *range(end)}
    if len(minutes) >= _WHOLE_DAY_MIN:
        yield Fault(path, "covers the whole day: nobody would ever be told", "leave some time out of it")


def _limits(path: PathKey, rule: Mapping[str, object]) -> Iterator[Fault]:
    standard = {"wait": 100.0, "quota_near": 90.0}.get(str(rule.get("type")))
    limit, end = rule.get("limit_percent", standard), rule.get("end_percent")
    if isinstance(limit, int | float) and isinstance(end, int | float) and end >= limit:
        hint = "so that it is not raised and ended again with every visitor"
        yield Fault((*path, "end_percent"), f"{end:g} must be below limit_percent, {limit:g}", hint)


def _places(path: PathKey, rule: Mapping[str, object], data: Mapping[str, object]) -> Iterator[Fault]:
    for key in ("stages", "lanes", "services", "counters", "clients"):
        sections = ("kiosks", "displays", "keypads", "signs", "counters") if key == "clients" else (key,)
        known = [one for section in sections for one in known_ids(data, section)]
        if key == "clients":
            mqtt = child(data, "mqtt")
            known += ["web", *(words(mqtt, "devices") if isinstance(mqtt, dict) else ())]
        for index, one in enumerate(words(rule, key)):
            if one and one not in known:
                yield unknown_id((*path, key, index), one, key, known)


def _ways_out(alerts: Mapping[str, object], data: Mapping[str, object]) -> Iterator[Fault]:
    email, webhook = alerts.get("email"), alerts.get("webhook")
    is_end_mailed = child(child(data, "backup"), "mail_end") is True  # by the broker, which needs no pages for it
    for name, way in (("email", email), ("webhook", webhook)):
        if way is None or isinstance(data.get("web"), dict):
            continue
        if name != "email" or not is_end_mailed:
            yield Fault(("alerts", name), "is sent by the pages' process, and there is no section web", "add web")
        elif entries(alerts, "rules"):
            message = (
                "mails the journal's end alone: alerts are sent by the pages' process, and there is no section web"
            )
            yield Fault(("alerts", name), message, "add web", warning=True)
    if isinstance(email, dict):
        host = str(email.get("host", ""))
        if email.get("tls") == "none" and not _is_loopback(host):
            message = f'"none" lets others read along on the way to {host}'
            yield Fault(("alerts", "email", "tls"), message, "take starttls or tls; none is for this machine alone")
        if (email.get("user") is None) != (email.get("password") is None):
            yield Fault(("alerts", "email"), "user and password go together", "give both, or none of them")
        office = child(data, "office")
        languages = words(office, "languages") if isinstance(office, dict) else []
        language = email.get("language")
        if isinstance(language, str) and languages and language not in languages:
            yield Fault(("alerts", "email", "language"), f'"{language}" is none of {", ".join(languages)}')
    url = str(webhook.get("url", "")) if isinstance(webhook, dict) else ""
    if url.startswith("http://") and not webhook_fault(url) and not _is_loopback(urlsplit(url).hostname or ""):
        message = "goes over the network as it is: others could read it, its token too"
        yield Fault(("alerts", "webhook", "url"), message, "take https:// where the receiver has it", warning=True)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

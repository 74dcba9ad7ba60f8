"""From config.yaml to a lean process: who reads it needs 20 MB for that, which who serves phones has no use for."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

from pydantic import TypeAdapter

from broker.config import Settings
from broker.config.logins import OWN
from broker.config.settings import CA
from broker.contract.topics import ENGINE_CLIENT
from broker.loopback import is_here
from broker.screen import config_path
from broker.server.certificates import AUTHORITY, PAGES, CertificateError, given_pages, make_certificates
from broker.web.plan import Asked, Plan
from broker.web.sending import EmailWay, WebhookWay

KIND = "web"


def plan_of(settings: Settings, client: str, *, config: Path, data: Path, certificate: Path | None = None) -> Plan:
    """Return what the pages have to know. Raises KeyError where there is no section `web`."""
    web, office, feedback = settings.web, settings.office, settings.feedback
    if web is None:
        message = "there is no section web"
        raise KeyError(message)
    return Plan(
        client=client,
        office=office.id,
        names=dict(office.name),
        languages=tuple(office.languages),
        timezone=office.timezone,
        address=settings.mqtt.address(client),
        listen=web.listen,
        port=web.port,
        is_staff_everywhere=web.staff == "everywhere",
        tls_port=web.tls_port,
        certificate=certificate,
        officers={officer.id: officer.name for officer in settings.officers},
        is_training=settings.training,
        asked=Asked(
            rating=feedback.rating,
            suggestions=feedback.suggestions,
            surveys=bool(feedback.surveys),
            complaints=feedback.complaints is not None,
        ),
        parts=_parts(settings),
        config=config,
        data=data,
        email=email_way(settings),
        webhook=_webhook(settings),
        database=_database(settings, data),
        api_token=web.api_token,
        nightly_format="pdf" if web.nightly is None else web.nightly.format,
        nightly_folder=None if web.nightly is None else data / web.nightly.folder,
        logs=settings.logs,
    )


def _parts(settings: Settings) -> tuple[str, ...]:
    named = (settings.kiosks, settings.displays, settings.counters, settings.keypads, settings.signs)
    return (ENGINE_CLIENT, *(part.id for section in named for part in section), *settings.mqtt.devices)


def email_way(settings: Settings) -> EmailWay | None:
    """Return by which mail server the office sends, and to whom, where it does."""
    email = settings.alerts.email
    if email is None:
        return None
    return EmailWay(
        host=email.host,
        port=email.port,
        tls=email.tls,
        sender=email.sender,
        to=email.to,
        roles=email.roles,
        language=email.language or settings.office.languages[0],
        user=email.user,
        password=email.password,
    )


def _webhook(settings: Settings) -> WebhookWay | None:
    webhook = settings.alerts.webhook
    if webhook is None:
        return None
    return WebhookWay(webhook.url, webhook.roles, settings.office.languages[0], webhook.token)


def _database(settings: Settings, data: Path) -> Path | None:
    """Return the file that `store.url` names; one that is not absolute lies below the data folder."""
    kind, _, path = settings.store.url.partition(":///")
    return data / path if kind.startswith("sqlite") else None


def _certificate(settings: Settings, name: str, data: Path) -> Path | None:
    """Return what browsers of other machines are shown; None where nothing is encrypted. Raises CertificateError."""
    if settings.tls == "none" or settings.web is None or settings.web.staff == "loopback":
        return None
    is_bundle = (data / OWN / name).exists() and (data / CA).exists()
    if (is_bundle or not is_here(settings.mqtt.host)) and not (data / AUTHORITY).exists():
        given_pages(data)
    else:
        make_certificates(settings, data, dt.datetime.now(dt.UTC))
    return (data / PAGES).absolute()


def show(settings: Settings, name: str, *, data_dir: Path) -> None:
    """Become the process that serves the pages, which goes on under the same number and holds the same lock.

    Its plan goes over in memory: it may hold the password of the bus, which others could read on a command line.
    """
    try:
        certificate = _certificate(settings, name, data_dir)
    except CertificateError as error:
        sys.exit(str(error))
    plan = plan_of(settings, name, config=config_path(KIND), data=data_dir, certificate=certificate)
    handed_over = os.memfd_create("plan", 0)
    os.write(handed_over, TypeAdapter(Plan).dump_json(plan))
    os.lseek(handed_over, 0, os.SEEK_SET)
    os.execv(sys.executable, [sys.executable, "-m", "broker.web.served", str(handed_over)])  # noqa: S606 - our own

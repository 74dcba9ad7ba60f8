"""The pages on phones and what visitors tell: whether a phone gets there, and whether the office's key is safe."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from broker.config.settings import Settings
from broker.config.web import Web
from broker.contract.link import Address
from broker.contract.messages import Presence
from broker.contract.topics import ENGINE_CLIENT
from broker.doctor.truth import Presences
from broker.loopback import is_loopback
from broker.server.addresses import accepts
from hardware.doctor.question import Finding

WEB_KIND = "web"
KEY_FILE = "office.key"
_HTTP, _HTTPS = 80, 443
_OTHERS = 0o077
_WHERE = "pages on phones"

Resolve = Callable[[str], tuple[str, ...]]
"""Returns the addresses that a name stands for; none where it stands for nothing."""


def addresses_of(host: str) -> tuple[str, ...]:
    """Ask this machine what a name stands for. Blocks as long as its name server does."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(sorted({str(entry[4][0]) for entry in found}))


def pages(settings: Settings, presences: Presences, *, resolve: Resolve = addresses_of) -> Iterator[Finding]:
    """Yield what keeps phones from the pages; nothing where the office has none."""
    web = settings.web
    if web is None:
        return
    served = [client for client, told in sorted(presences.items()) if told.online and told.kind == WEB_KIND]
    yield _process(web, served)
    yield _address(web, resolve)
    if web.staff == "everywhere":
        yield _staff(web, is_encrypted=settings.tls == "own")
    if web.public_url is not None:
        yield _wifi(web)


def _process(web: Web, served: list[str]) -> Finding:
    """Tell whether the pages are served, and not something else at their place."""
    where = f"{web.listen}:{web.port}"
    here = Address("127.0.0.1" if ipaddress.ip_address(web.listen).is_unspecified else web.listen, web.port)
    is_taken = accepts(here)
    if served and is_taken:
        return Finding(subject=_WHERE, verdict="good", seen=f"served at {where}")
    if served:
        seen = f"served by {', '.join(served)}, on another machine"
        return Finding(subject=_WHERE, verdict="good", seen=seen)
    if is_taken:
        advice = f"find it: ss -ltnp 'sport = :{web.port}'; end it, or set web.port to another number"
        return Finding(subject=_WHERE, verdict="fault", seen=f"another program listens at {where}", advice=advice)
    advice = "start them: antrean web, or antrean up"
    return Finding(subject=_WHERE, verdict="warning", seen=f"nobody serves them at {where}", advice=advice)


def _address(web: Web, resolve: Resolve) -> Finding:
    """Tell whether a phone in the hall gets to where the QR of a ticket leads."""
    subject = "web.public_url"
    if web.public_url is None:
        advice = "set web.public_url to what phones reach, such as http://antrian.lan"
        return Finding(subject=subject, verdict="warning", seen="not set: no ticket leads to a page", advice=advice)
    parts = urlsplit(web.public_url)
    host, port = parts.hostname or "", parts.port or (_HTTPS if parts.scheme == "https" else _HTTP)
    if is_loopback(host):
        advice = "take the address of this machine in the hall's Wi-Fi, or a name that its router knows"
        seen = f"{web.public_url} is this machine alone: no phone gets there"
        return Finding(subject=subject, verdict="fault", seen=seen, advice=advice)
    found = resolve(host)
    if not found:
        advice = "let the hall's router know the name, or take this machine's address"
        return Finding(subject=subject, verdict="warning", seen=f"nobody here knows the name {host}", advice=advice)
    if parts.scheme == "http" and is_loopback(web.listen):
        advice = (
            f'set web.listen: "0.0.0.0", unless another program of this machine passes phones on to port {web.port}'
        )
        seen = f"pages are served on {web.listen}, for this machine alone"
        return Finding(subject=subject, verdict="warning", seen=seen, advice=advice)
    if parts.scheme == "http" and port != web.port:
        advice = f"write :{web.port} behind the address, or let the machine pass port {port} on to {web.port}"
        seen = f"phones go to port {port}, the pages are at {web.port}"
        return Finding(subject=subject, verdict="warning", seen=seen, advice=advice)
    return Finding(subject=subject, verdict="good", seen=f"{web.public_url}, which is {', '.join(found)}")


def _staff(web: Web, *, is_encrypted: bool) -> Finding:
    """Tell whether passwords, PINs and complaints may go over the network for all to read."""
    if is_encrypted:
        seen = f"everywhere, encrypted alone: https at port {web.tls_port}; other machines trust it by antrean ca"
        return Finding(subject="web.staff", verdict="good", seen=seen)
    seen = f"everywhere: whoever reaches {web.listen}:{web.port} finds the log-in of the staff's pages, in plain HTTP"
    advice = "write tls: own into config.yaml; or set it to loopback, or let only a proxy with HTTPS reach the port"
    return Finding(subject="web.staff", verdict="warning", seen=seen, advice=advice)


def _wifi(web: Web) -> Finding:
    """Tell what tickets say of the Wi-Fi; whether its password can be one is said by check-config."""
    subject = "web.wifi"
    if web.wifi is None:
        advice = "write its name under web.wifi, where visitors have one: it is printed beside the QR"
        return Finding(subject=subject, verdict="warning", seen="no Wi-Fi is named on tickets", advice=advice)
    kind = "open to all" if web.wifi.password is None else "with its password, which stands on every ticket"
    return Finding(subject=subject, verdict="good", seen=f"{web.wifi.name}, {kind}")


def office_key(settings: Settings, presences: Presences, data_dir: Path) -> Iterator[Finding]:
    """Yield how it stands with what visitors' words are sealed with; nothing where none are taken."""
    asked = settings.feedback
    if not (asked.rating or asked.suggestions or asked.surveys or asked.complaints):
        return
    path = data_dir / KEY_FILE
    said = _said(presences.get(ENGINE_CLIENT))
    if said:
        advice = "stop the broker, put the file back from the backup, and start again"
        yield Finding(subject=KEY_FILE, verdict="fault", seen=said, advice=advice)
        return
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        yield Finding(subject=KEY_FILE, verdict="good", seen="not here yet: the broker makes it where it first starts")
        return
    except OSError as error:
        seen = f"{path} cannot be looked at: {error.strerror or error}"
        yield Finding(
            subject=KEY_FILE, verdict="warning", seen=seen, advice="run the doctor as whoever runs the broker"
        )
        return
    if mode & _OTHERS:
        seen = f"{path} can be read by others of this machine ({mode & 0o777:o})"
        yield Finding(subject=KEY_FILE, verdict="fault", seen=seen, advice=f"chmod 600 {path}")
        return
    yield Finding(subject=KEY_FILE, verdict="good", seen=f"{path}, for its owner alone: keep it with the database")


def _said(broker: Presence | None) -> str:
    """Return what the broker says of its key; nothing where it has no trouble."""
    return broker.devices.get("feedback", "") if broker is not None and broker.online else ""
